//! An order paid by its customer, who is there: on the page that its link opens (docs/behaviour: orders/pay-page).

use till_wire::{orders::OrderStatus, payments::PaymentTrigger};
use uuid::Uuid;

use super::payment::{self, OrderRows};
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{Order, Organization, Payment, PaymentMethod, ProcessorName, Purpose, Source},
        refusal::Refusal,
        tokens::SecretKey,
    },
    organizations::capabilities,
    payments::attempt::{self, NewAttempt},
};

/// The most attempts to pay an order that its customer can make (docs/behaviour: orders/pay-page-limits).
pub const MOST_ATTEMPTS: i64 = 5;

/// Digits of the digest in a link, as many as nobody guesses.
const SIGNED: usize = 32;

/// The secret that opens an order's page: its id, and a digest of it. Nothing of it is kept.
pub fn secret(order_id: Uuid, key: &SecretKey) -> String {
    let digest = key.digest(&format!("payment page of order {order_id}"));
    format!("{}{}", order_id.simple(), &digest[..SIGNED])
}

/// The order whose page a secret opens.
pub fn order_of(sent: &str, key: &SecretKey) -> Option<Uuid> {
    let id = Uuid::try_parse(sent.get(..32)?).ok()?;
    // Compared by digests, which tell nothing of how far the texts agree.
    let is_it = key.digest(sent) == key.digest(&secret(id, key));
    is_it.then_some(id)
}

/// State of an order for the customer who opens its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It waits for its payment.
    Due,
    /// It was paid, whatever was given back since.
    Paid,
    /// It was voided: nothing is to be paid.
    Void,
    /// It is a draft of the merchant's.
    Draft,
}

impl Order {
    /// State of the order for its customer.
    pub fn standing(&self) -> Standing {
        match self.status {
            OrderStatus::Pending if self.is_claimed_draft() => Standing::Draft,
            OrderStatus::Pending => Standing::Due,
            OrderStatus::Draft => Standing::Draft,
            OrderStatus::Void => Standing::Void,
            OrderStatus::Paid | OrderStatus::Refunded | OrderStatus::PartiallyRefunded => {
                Standing::Paid
            }
        }
    }
}

impl OrderRows {
    /// True where the card that its customer pays with is kept: for the next payments of its subscription.
    pub fn keeps_card(&self) -> bool {
        self.subscription()
            .is_some_and(|subscription| subscription.ended_at.is_none())
    }

    /// True where an attempt has left a card that is to be kept.
    pub(super) fn keeps_card_of(&self, payment: &Payment) -> bool {
        payment.source == Source::Token && self.keeps_card()
    }
}

impl Payment {
    /// True where its customer began the attempt, by the order's page or in the portal: they are there to approve it at
    /// their bank, also where they pay with a saved card.
    pub fn is_by_customer(&self) -> bool {
        self.trigger_kind == Some(PaymentTrigger::RetryCustomer)
    }
}

/// Opens an attempt to pay an order by its customer, who has made so many before: with what they enter, or with the card
/// that they have `saved`. One at a time: a second one breaks the index of unsettled attempts.
///
/// # Errors
/// `OrderNotDue` for an order that does not wait for a payment, `ManualRetryLimitExceeded` after [`MOST_ATTEMPTS`],
/// `PaymentNotReady` where the organization takes none.
pub fn pay(
    rows: &OrderRows,
    organization: &Organization,
    (processor, saved): (ProcessorName, Option<&PaymentMethod>),
    made_before: i64,
    network_key: Option<String>,
    ctx: &DecisionContext,
) -> Result<(Payment, Changes), Refusal> {
    let (order, customer) = (&rows.order, &rows.customer);
    if order.standing() != Standing::Due {
        return Err(Refusal::OrderNotDue);
    }
    if made_before >= MOST_ATTEMPTS {
        return Err(Refusal::ManualRetryLimitExceeded);
    }
    if !capabilities(organization.status).checkout_payments {
        return Err(Refusal::PaymentNotReady);
    }
    let new = NewAttempt {
        organization_id: order.organization_id,
        purpose: Purpose::Order,
        subject_id: order.id,
        amount: Some(order.due_amount()),
        currency: order.currency,
        customer_id: Some(customer.id),
        customer_email: Some(customer.email.clone()),
        method_id: saved.map(|method| method.id),
        processor,
        customer_reference: match saved {
            Some(method) => method.customer_reference.clone(),
            None => customer.reference_at(processor).map(str::to_owned),
        },
        trigger: Some(PaymentTrigger::RetryCustomer),
    };
    let mut payment = attempt::intend(new, ctx);
    payment.network_key = network_key;
    let mut changes = Changes::new();
    changes.guard(order);
    payment::begin(&payment, &mut changes, ctx);
    Ok((payment, changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_secret_opens_an_order() {
        let (key, other) = (SecretKey::new(*b"one"), SecretKey::new(*b"other"));
        let id: Uuid = "7d444840-9dc0-41d1-b245-5ffdce74fad2".parse().unwrap();
        let link = secret(id, &key);
        assert_eq!(link.len(), 64);
        assert_eq!(order_of(&link, &key), Some(id));
        assert_eq!(order_of(&link, &other), None);
        let forged = format!("{}{}", Uuid::nil().simple(), &link[32..]);
        for wrong in [
            &link[..63],
            &link[..32],
            "",
            "é",
            &link.to_uppercase(),
            &format!("{link}0"),
            &forged,
        ] {
            assert_eq!(order_of(wrong, &key), None, "{wrong}");
        }
    }
}
