//! The part that takes a card: the page's own fields, or the processor's.

use serde_json::{Value, json};
use till_core::checkout::{Session, totals};
use till_ports::processor::{CardForm, PaymentElement, Processor};

use super::super::view::{ElementField, PageContext, Payment};

/// What the page takes the card with.
pub(super) fn payment(
    session: &Session,
    page_context: PageContext,
    processor: &dyn Processor,
) -> Payment {
    match processor.card_form() {
        CardForm::TestNumbers if totals::form(session).required() => Payment::Sandbox,
        CardForm::TestNumbers => Payment::NotNeeded,
        CardForm::PaymentElement(element) => {
            let intent = intent(session, page_context, &element);
            Payment::Element(Box::new(ElementField { intent, element }))
        }
    }
}

/// What the element is to take, as Stripe's script is told: the same that the attempt will ask for. None where no card
/// is needed.
fn intent(
    session: &Session,
    page_context: PageContext,
    element: &PaymentElement,
) -> Option<String> {
    let form = totals::form(session);
    let terms = &session.checkout.terms;
    let future = session.selected().product.is_recurring();
    let future = future.then_some("off_session");
    let asked = match (form.payment, form.setup) {
        (true, _) => json!({
            "mode": "payment",
            "amount": terms.totals().total,
            "setupFutureUsage": future,
        }),
        (false, true) => json!({"mode": "setup", "setupFutureUsage": Value::Null}),
        (false, false) => return None,
    };
    let mut intent = asked;
    intent["currency"] = terms.currency.as_str().into();
    intent["allowedPaymentMethodTypes"] = element.methods.clone().into();
    intent["locale"] = locale(page_context).into();
    Some(intent.to_string())
}

/// The page's language as Stripe names it.
pub(super) fn locale(page_context: PageContext) -> &'static str {
    match page_context.locale.tag() {
        "pt" => "pt-BR",
        "pt-PT" => "pt",
        tag => tag,
    }
}
