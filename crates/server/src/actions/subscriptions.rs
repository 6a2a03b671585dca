//! Subscriptions.

use jiff::Timestamp;
use till_core::kernel::{records::Subscription as Row, values::Value};
use till_store::List;
use till_wire::{
    page::Page,
    subscriptions::{CancellationReason, Subscription, SubscriptionStatus},
};
use uuid::Uuid;

use super::joined::Joined;
use crate::{
    error::{OrNotFound, Result},
    http::extract::{
        Caller, Filtered, Params,
        query::{
            MetadataFilters, Sorted, flag, ids, metadata, moment, query, sorting, text, texts,
            words,
        },
        scope,
    },
};

const SORT_KEYS: [(&str, &str); 9] = [
    ("customer", "customer"),
    ("status", "status"),
    ("started_at", "started_at"),
    ("current_period_end", "current_period_end"),
    ("ended_at", "ended_at"),
    ("ends_at", "ends_at"),
    ("amount", "amount"),
    ("product", "product"),
    ("discount", "discount"),
];

query! {
    /// The query of a list of subscriptions.
    pub(crate) struct ListQuery {
        /// Only of customers whose e-mail or name contains this, in any case.
        query: Option<String> = text(),
        /// Only of these products.
        product_id: Vec<Uuid> = ids(),
        /// Only of these customers.
        customer_id: Vec<Uuid> = ids(),
        /// Only of customers with these ids of the merchant.
        external_customer_id: Vec<String> = texts(),
        /// Only with these discounts.
        discount_id: Vec<Uuid> = ids(),
        /// Deprecated: only trialing and active ones, or only canceled and unpaid ones.
        active: Option<bool> = flag(),
        /// Only in these states.
        status: Vec<SubscriptionStatus> = words::<SubscriptionStatus>(),
        /// Only those that end with their period, or only others.
        cancel_at_period_end: Option<bool> = flag(),
        /// Only cancelled for these reasons.
        customer_cancellation_reason: Vec<CancellationReason> = words::<CancellationReason>(),
        /// Only cancelled at or after this moment.
        canceled_at_after: Option<Timestamp> = moment(),
        /// Only cancelled at or before this moment.
        canceled_at_before: Option<Timestamp> = moment(),
        /// Only started after this moment.
        started_after: Option<Timestamp> = moment(),
        /// Only started before this moment.
        started_before: Option<Timestamp> = moment(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "-started_at"),
    }
}

/// Lists subscriptions.
pub async fn list(
    caller: &Caller<scope::SubscriptionsRead>,
    mut params: Params,
) -> Result<Page<Subscription>> {
    let app = &caller.app;
    let sent = ListQuery::read(&mut params);
    let own = caller.organization.id;
    let mut list = List::of::<Row>(own)
        .ids("organization_id", params.organizations())
        .ids("product_id", sent.product_id)
        .ids("customer_id", sent.customer_id)
        .of_external_customers(sent.external_customer_id)
        .ids("discount_id", sent.discount_id)
        .nothing_if(!sent.customer_cancellation_reason.is_empty())
        .words("status", sent.status)
        .words("status", grouped(sent.active))
        .later("started_at", sent.started_after)
        .earlier("started_at", sent.started_before)
        .of_buyers(own, &[], sent.query)
        .all_metadata(&sent.metadata)
        .sorted(sent.sorting);
    if let Some(ends) = sent.cancel_at_period_end {
        list = list.eq("cancel_at_period_end", Value::Bool(ends));
    }
    if let Some(at) = sent.canceled_at_after {
        list = list.after("canceled_at", at);
    }
    if let Some(at) = sent.canceled_at_before {
        list = list.until("canceled_at", at);
    }
    let (rows, page) = params.page::<Row>(app, list).await?;
    let subscriptions = Joined::subscriptions(app, &caller.organization, &rows).await?;
    Ok(page.of(subscriptions))
}

/// The statuses that the deprecated `active` asks for.
fn grouped(active: Option<bool>) -> Vec<SubscriptionStatus> {
    use SubscriptionStatus::{Active, Canceled, Trialing, Unpaid};
    match active {
        None => Vec::new(),
        Some(true) => vec![Trialing, Active],
        Some(false) => vec![Canceled, Unpaid],
    }
}

/// Shows a subscription.
pub async fn get(caller: &Caller<scope::SubscriptionsRead>, id: Uuid) -> Result<Subscription> {
    let app = &caller.app;
    let own = caller.organization.id;
    let row = app.store.subscription(own, id).await.or_not_found()?;
    let mut shown = Joined::subscriptions(app, &caller.organization, &[row]).await?;
    shown.pop().or_not_found()
}
