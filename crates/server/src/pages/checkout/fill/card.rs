//! The part that takes a card: the page's own fields, or the processor's.

use serde_json::{Value, json};
use till_core::checkout::{Session, totals};
use till_ports::processor::{CardForm, PaymentElement, Processor};
use till_wire::money::{Currency, Money};

use super::super::view::{ElementField, PageContext, Payment};

/// Form with which the page takes the card.
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

/// Form with which the page of an order takes the card; `keeps` says that the card is kept for later.
pub(super) fn payment_of(
    due: Money,
    keeps: bool,
    page_context: PageContext,
    processor: &dyn Processor,
) -> Payment {
    match processor.card_form() {
        CardForm::TestNumbers => Payment::Sandbox,
        CardForm::PaymentElement(element) => {
            let asked = charge(due.minor, keeps);
            let intent = Some(intent_of(asked, due.currency, page_context, &element));
            Payment::Element(Box::new(ElementField { intent, element }))
        }
    }
}

/// Form with which a page takes a card that is only kept.
pub(in crate::pages) fn setup(
    currency: Currency,
    page_context: PageContext,
    processor: &dyn Processor,
) -> Payment {
    match processor.card_form() {
        CardForm::TestNumbers => Payment::Sandbox,
        CardForm::PaymentElement(element) => {
            let asked = json!({"mode": "setup", "setupFutureUsage": Value::Null});
            let intent = Some(intent_of(asked, currency, page_context, &element));
            Payment::Element(Box::new(ElementField { intent, element }))
        }
    }
}

fn charge(amount: i64, keeps: bool) -> Value {
    let future = keeps.then_some("off_session");
    json!({"mode": "payment", "amount": amount, "setupFutureUsage": future})
}

/// Options of the element, as Stripe's script is told: the same that the attempt will ask for. None where no card
/// is needed.
fn intent(
    session: &Session,
    page_context: PageContext,
    element: &PaymentElement,
) -> Option<String> {
    let form = totals::form(session);
    let terms = &session.checkout.terms;
    let asked = match (form.payment, form.setup) {
        (true, _) => charge(
            terms.totals().total,
            session.selected().product.is_recurring(),
        ),
        (false, true) => json!({"mode": "setup", "setupFutureUsage": Value::Null}),
        (false, false) => return None,
    };
    Some(intent_of(asked, terms.currency, page_context, element))
}

fn intent_of(
    mut intent: Value,
    currency: Currency,
    page_context: PageContext,
    element: &PaymentElement,
) -> String {
    intent["currency"] = currency.as_str().into();
    intent["allowedPaymentMethodTypes"] = element.methods.clone().into();
    intent["locale"] = locale(page_context).into();
    intent.to_string()
}

/// The page's language as Stripe names it.
pub(super) fn locale(page_context: PageContext) -> &'static str {
    match page_context.locale.tag() {
        "pt" => "pt-BR",
        "pt-PT" => "pt",
        tag => tag,
    }
}
