//! Subscriptions.

mod create;
pub mod export;
pub mod preview;
mod update;

use jiff::Timestamp;
use till_core::{kernel::records::Subscription as Row, subscriptions::bill::BillingRows};
use till_store::{List, Order};
use till_wire::{
    page::Page,
    subscriptions::{CancellationReason, Subscription, SubscriptionStatus},
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::extract::{
        Access, Caller, Params,
        query::{
            MetadataFilters, Sorted, flag, ids, metadata, moment, query, sorting, text, texts,
            words,
        },
        scope,
    },
    joined::Joined,
};

pub use create::create;
pub use update::{Changing, revoke, update};
pub(super) use update::{counted_rows, rows_of};

/// Subscriptions of a customer that are looked at together, at most.
const CURRENT: u32 = 20;

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
        /// Search for a part of the customer's e-mail address or name, in any case.
        query: Option<String> = text(),
        /// Filter by product ID.
        product_id: Vec<Uuid> = ids(),
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID.
        external_customer_id: Vec<String> = texts(),
        /// Filter by discount ID.
        discount_id: Vec<Uuid> = ids(),
        /// Deprecated: use `status`. True: only trialing and active subscriptions; false: only canceled and unpaid
        /// ones.
        active: Option<bool> = flag(),
        /// Filter by status.
        status: Vec<SubscriptionStatus> = words::<SubscriptionStatus>(),
        /// Filter by cancellation: whether the subscription ends with its current period.
        cancel_at_period_end: Option<bool> = flag(),
        /// Filter by the reason that the customer gave for cancelling.
        customer_cancellation_reason: Vec<CancellationReason> = words::<CancellationReason>(),
        /// Filter by time of cancellation: at this time or later.
        canceled_at_after: Option<Timestamp> = moment(),
        /// Filter by time of cancellation: at this time or earlier.
        canceled_at_before: Option<Timestamp> = moment(),
        /// Filter by start: only subscriptions that started after this time.
        started_after: Option<Timestamp> = moment(),
        /// Filter by start: only subscriptions that started before this time.
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
    let list = List::of::<Row>(own)
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
        .any_of(
            "customer_cancellation_reason",
            sent.customer_cancellation_reason,
        )
        .sorted(sent.sorting);
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
    shown(caller, id).await
}

/// A subscription as it is now.
async fn shown<A: Access>(caller: &Caller<A>, id: Uuid) -> Result<Subscription> {
    let (app, own) = (&caller.app, caller.organization.id);
    let row = app.store.subscription(own, id).await.or_not_found()?;
    let mut shown = Joined::subscriptions(app, &caller.organization, &[row]).await?;
    shown.pop().or_not_found()
}

/// Subscriptions of a customer that have not ended, newest first; of more than twenty, the newest.
pub(super) async fn current(app: &App, own: Uuid, customer: Uuid) -> Result<Vec<Row>> {
    use SubscriptionStatus::{Active, PastDue, Paused, Trialing};
    let list = List::of::<Row>(own)
        .eq("customer_id", customer)
        .any_of("status", [Active, PastDue, Paused, Trialing])
        .order("created_at", Order::Desc);
    let (rows, _) = app.store.page(list, 1, CURRENT).await?;
    Ok(rows)
}

/// Subscriptions of a customer that have not ended, newest first, with all that their next bills depend on; of more than
/// twenty, the newest.
pub async fn running_of(
    caller: &Caller<scope::SubscriptionsRead>,
    customer: Uuid,
) -> Result<Vec<BillingRows>> {
    let (app, own) = (&caller.app, &caller.organization);
    let rows = current(app, own.id, customer).await?;
    Box::pin(Joined::billing(app, own, &rows)).await
}

/// A subscription with all that its next bills depend on.
pub async fn billing(caller: &Caller<scope::SubscriptionsRead>, id: Uuid) -> Result<BillingRows> {
    let (app, own) = (&caller.app, &caller.organization);
    let row = app.store.subscription(own.id, id).await.or_not_found()?;
    let mut rows = Box::pin(Joined::billing(app, own, &[row])).await?;
    rows.pop().or_not_found()
}
