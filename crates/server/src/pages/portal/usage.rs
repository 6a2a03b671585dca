//! Usage of the viewer's customer: what each meter counted, and what that comes to with the next payment
//! (docs/behaviour: portal-pages/usage).

use axum::{http::Uri, response::Response};
use http::StatusCode;
use till_core::subscriptions::bill::BillingRows;
use till_wire::{subscriptions::SubscriptionNextCharge, usage::CustomerCustomerMeter};

use super::{
    access::{Answer, Visit, answered},
    change, order,
    view::Block,
};
use crate::{
    actions::portal::pages,
    error::{ApiError, Result},
    pages::{
        checkout::{
            money::{date, number, units},
            view::Fact,
        },
        page,
    },
};

/// `GET …/usage`
pub(super) async fn show(visit: Visit, uri: Uri) -> Response {
    let answer = async {
        let page_number = order::page_number(&uri);
        let (meters, more) = pages::meters(visit.app(), &visit.viewer, page_number).await?;
        let mut blocks = match page_number {
            1 => charges(&visit).await?,
            _ => Vec::new(),
        };
        if meters.is_empty() && page_number > 1 {
            return Err(ApiError::not_found());
        }
        if meters.is_empty() {
            blocks.push(Block::Text(visit.say("portal-no-usage")));
        }
        blocks.extend(meters.iter().map(|one| meter(&visit, one)));
        blocks.extend(order::paging(&visit, "/usage", page_number, more));
        let title = visit.say("portal-usage");
        Ok(page(StatusCode::OK, &visit.page("/usage", title, blocks)))
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}

/// Units that a meter counted; of one that gave units for free, also how many, and the balance.
fn meter(visit: &Visit, one: &CustomerCustomerMeter) -> Block {
    let locale = visit.portal.page_context.locale;
    let fact = |id: &str, value: String| Fact {
        label: visit.say(id),
        value,
    };
    let used = units(one.consumed_units, locale);
    let mut facts = vec![fact("portal-usage-used", used)];
    if one.credited_units != 0 {
        let credited = number(one.credited_units, locale);
        facts.push(fact("portal-usage-credited", credited));
        let balance = units(one.balance, locale);
        facts.push(fact("portal-usage-balance", balance));
    }
    Block::Facts(Some(one.meter.name.clone()), facts)
}

/// The next payments of subscriptions with prices by usage, for those who may see what is paid.
async fn charges(visit: &Visit) -> Result<Vec<Block>> {
    let Ok(viewer) = visit.viewer.billing() else {
        return Ok(Vec::new());
    };
    let mut blocks = Vec::new();
    for (billing, next) in Box::pin(pages::metered(visit.app(), &viewer)).await? {
        blocks.push(charge(visit, &billing, &next));
    }
    if !blocks.is_empty() {
        blocks.push(Block::Text(visit.say("portal-usage-more")));
    }
    Ok(blocks)
}

/// The next payment of a subscription as it stands.
fn charge(visit: &Visit, billing: &BillingRows, next: &SubscriptionNextCharge) -> Block {
    let row = &billing.subscription;
    let page_context = visit.portal.page_context;
    let day = date(next.at, page_context.locale);
    let when = page_context.with("portal-next-on", [("date", day.into())]);
    let name = &billing.sold_at(next.at).product.name;
    let (lines, total) = change::bill(visit, &next.charge, row.currency);
    Block::Sums(Some(format!("{name} · {when}")), lines, total)
}
