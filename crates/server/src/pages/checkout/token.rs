//! The token of the card that a form was sent with.

use till_ports::processor::sandbox::{CardField, CardInput, TokenizeError};

use super::{
    fields::{Field, FieldErrors},
    form::CheckoutForm,
    problems::card_error,
    view::PageContext,
};
use crate::app::App;

/// The token of the processor's form, or one of the page's own card fields; what is wrong with those is said at each.
pub(in crate::pages) async fn card_token(
    app: &App,
    page_context: PageContext,
    form: &CheckoutForm,
    errors: &mut FieldErrors,
) -> Option<String> {
    if app.processor.card_form().payment_element().is_some() {
        let token = form.confirmation_token_id.as_deref().map(str::trim);
        return token.filter(|token| !token.is_empty()).map(str::to_owned);
    }
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let card = CardInput::typed(
        &text(&form.card_number),
        &text(&form.card_expiry),
        &text(&form.card_cvc),
        form.customer_name.as_deref(),
    );
    let sandbox = app.sandbox.as_ref()?;
    match sandbox.tokenize(card, app.clock.now()).await {
        Ok(token) => Some(token),
        Err(TokenizeError::Card(wrong)) => {
            for problem in wrong {
                let field = match problem.field {
                    CardField::Number => Field::CardNumber,
                    CardField::Expiry => Field::CardExpiry,
                    CardField::Cvc => Field::CardCvc,
                };
                errors.replace(field, page_context.say(card_error(problem.code)));
            }
            None
        }
        Err(error) => {
            tracing::error!(%error, "the sandbox could not keep a token");
            errors.add(Field::CardNumber, page_context.say("error-card-unread"));
            None
        }
    }
}
