//! Subscriptions.

use jiff::Timestamp;
use till_core::kernel::records::Subscription as Row;
use till_store::List;
use till_wire::{
    page::Page,
    subscriptions::{CancellationReason, Subscription, SubscriptionStatus},
};
use uuid::Uuid;

use crate::{
    error::{OrNotFound, Result},
    http::extract::{
        Caller, Params,
        query::{
            MetadataFilters, Sorted, flag, ids, metadata, moment, query, sorting, text, texts,
            words,
        },
        scope,
    },
    joined::Joined,
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
        .any_of("organization_id", params.organizations())
        .any_of("product_id", sent.product_id)
        .any_of("customer_id", sent.customer_id)
        .of_external_customers(sent.external_customer_id)
        .any_of("discount_id", sent.discount_id)
        .any_of("status", sent.status)
        .any_of("status", grouped(sent.active))
        .later_than("started_at", sent.started_after)
        .before("started_at", sent.started_before)
        .search_buyers(own, &[], sent.query.as_deref())
        .all_metadata(&sent.metadata)
        .any_of("cancel_at_period_end", sent.cancel_at_period_end)
        .after("canceled_at", sent.canceled_at_after)
        .until("canceled_at", sent.canceled_at_before)
        .sorted(sent.sorting);
    // Till does not ask for reasons yet.
    if !sent.customer_cancellation_reason.is_empty() {
        list = list.never();
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
