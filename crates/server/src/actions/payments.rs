//! Payments. Attempts to keep a card are not shown: no money is asked for.

use jiff::Timestamp;
use till_core::kernel::records::{Payment as Row, PaymentKind, PaymentState};
use till_store::List;
use till_wire::{
    page::Page,
    payments::{Payment, PaymentStatus},
};
use uuid::Uuid;

use crate::{
    error::{OrNotFound, Result},
    http::extract::{
        Caller, Params,
        query::{Sorted, ids, moment, query, sorting, text, texts, words},
        scope,
    },
};

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("status", "status"),
    ("amount", "amount"),
    ("method", "method"),
];

query! {
    /// The query of a list of payments.
    pub(crate) struct ListQuery {
        /// Search for a part of the customer's e-mail address, in any case.
        query: Option<String> = text(),
        /// Filter by checkout session ID.
        checkout_id: Vec<Uuid> = ids(),
        /// Filter by order ID.
        order_id: Vec<Uuid> = ids(),
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by status.
        status: Vec<PaymentStatus> = words::<PaymentStatus>(),
        /// Filter by payment method, such as `card`.
        method: Vec<String> = texts(),
        /// Filter by the customer's whole e-mail address, in any case.
        customer_email: Vec<String> = texts(),
        /// Filter by time of creation: only payments after this time.
        created_after: Option<Timestamp> = moment(),
        /// Filter by time of creation: only payments before this time.
        created_before: Option<Timestamp> = moment(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists payments, attempts that failed included.
pub async fn list(
    caller: &Caller<scope::PaymentsRead>,
    mut params: Params,
) -> Result<Page<Payment>> {
    let sent = ListQuery::read(&mut params);
    let mut list = List::of::<Row>(caller.organization.id)
        .eq("kind", PaymentKind::Charge)
        .any_of("organization_id", params.organizations())
        .any_of("checkout_id", sent.checkout_id)
        .any_of("order_id", sent.order_id)
        .any_of("customer_id", sent.customer_id)
        .any_of("state", states(&sent.status))
        .any_of("method", sent.method)
        .later_than("created_at", sent.created_after)
        .before("created_at", sent.created_before)
        .sorted(sent.sorting)
        .contains_ci("customer_email", sent.query.as_deref());
    let emails = sent.customer_email;
    if !emails.is_empty() {
        list = list.is_email("customer_email", &emails);
    }
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// The states of attempts that have these statuses.
fn states(statuses: &[PaymentStatus]) -> Vec<PaymentState> {
    let status_of = |state: &PaymentState| match state {
        PaymentState::Succeeded => PaymentStatus::Succeeded,
        PaymentState::Failed => PaymentStatus::Failed,
        _ => PaymentStatus::Pending,
    };
    PaymentState::ALL
        .iter()
        .copied()
        .filter(|state| statuses.contains(&status_of(state)))
        .collect()
}

/// Shows a payment.
pub async fn get(caller: &Caller<scope::PaymentsRead>, id: Uuid) -> Result<Payment> {
    Ok(get_with_row(caller, id).await?.0)
}

/// Shows a payment, and the row that it was made of.
pub async fn get_with_row(
    caller: &Caller<scope::PaymentsRead>,
    id: Uuid,
) -> Result<(Payment, Row)> {
    let own = caller.organization.id;
    let row = caller.app.store.payment(own, id).await.or_not_found()?;
    Ok((row.view(), row))
}
