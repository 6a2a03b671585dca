//! The next bills of a customer's subscriptions, as they stand (docs/behaviour: dashboard/next-bills).

use till_core::subscriptions::bill::BillingRows;
use till_wire::subscriptions::SubscriptionNextCharge;
use uuid::Uuid;

use crate::{
    actions,
    dashboard::{
        access::Viewer,
        detail::{Fact, Part},
        parts::{Cell, Moment, money},
        resource_pages::SUBSCRIPTIONS,
    },
    error::Result,
    http::extract::{Caller, scope},
};

/// The part; none where nothing will be charged, and for those who may not see subscriptions.
pub(super) async fn part(viewer: &Viewer, customer: Uuid) -> Result<Option<Part>> {
    let Ok(caller) = viewer.may::<scope::SubscriptionsRead>() else {
        return Ok(None);
    };
    let billed = actions::subscriptions::running_of(&caller, customer).await?;
    let mut facts = Vec::new();
    for billing in &billed {
        if let Some(next) = next(&caller, billing).await {
            facts.push(fact(viewer, billing, &next));
        }
    }
    Ok((!facts.is_empty()).then_some(Part::Facts("Next bills", facts)))
}

/// The charge that comes next. One that cannot be worked out just now is left out: the page has more to show.
async fn next(
    caller: &Caller<scope::SubscriptionsRead>,
    billing: &BillingRows,
) -> Option<SubscriptionNextCharge> {
    let next = actions::subscriptions::preview::next(caller, billing);
    Box::pin(next).await.unwrap_or_else(|error| {
        let id = billing.subscription.id;
        tracing::warn!(?error, subscription = %id, "the next charge cannot be worked out");
        None
    })
}

fn fact(viewer: &Viewer, billing: &BillingRows, next: &SubscriptionNextCharge) -> Fact {
    let row = &billing.subscription;
    let due = money(next.charge.due_amount, row.currency);
    let mut words = Moment::words(next.at, &viewer.zone);
    if next.charge.metered_amount != 0 {
        let usage = money(next.charge.metered_amount, row.currency);
        words = format!("{words}, {usage} before tax for usage so far");
    }
    let product = billing.sold_at(next.at);
    let subscription = Cell::link(SUBSCRIPTIONS.path(viewer, row.id, ""), due);
    let cell = Cell::Many(vec![subscription, Cell::Text(words)]);
    Fact::new(product.product.name.clone(), cell)
}
