//! The next bills of a customer's subscriptions, as they stand (docs/behaviour: dashboard/next-bills).

use till_core::subscriptions::bill::BillingRows;
use till_wire::subscriptions::SubscriptionNextCharge;
use uuid::Uuid;

use crate::{
    actions::subscriptions::{preview::next_of_each, running_of},
    dashboard::{
        access::Viewer,
        detail::{Fact, Part},
        parts::{Cell, Moment, money},
        resource_pages::SUBSCRIPTIONS,
    },
    error::Result,
    http::extract::scope,
};

/// The part; none where nothing will be charged, and for those who may not see subscriptions.
pub(super) async fn part(viewer: &Viewer, customer: Uuid) -> Result<Option<Part>> {
    let Ok(caller) = viewer.may::<scope::SubscriptionsRead>() else {
        return Ok(None);
    };
    let billed = running_of(&caller, customer).await?;
    let (app, own) = (&caller.app, &caller.organization);
    let next = Box::pin(next_of_each(app, own, &billed)).await;
    let facts = (billed.iter().zip(&next))
        .filter_map(|(billing, next)| Some(fact(viewer, billing, next.as_ref()?)));
    let facts: Vec<Fact> = facts.collect();
    Ok((!facts.is_empty()).then_some(Part::Facts("Next bills", facts)))
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
