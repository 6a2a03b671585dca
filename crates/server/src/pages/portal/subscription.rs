//! Subscriptions: their list, and each with how it stands and what can be done with it.

use axum::{http::Uri, response::Response};
use http::StatusCode;
use jiff::Timestamp;
use till_core::{
    kernel::records::{Product, Subscription},
    orders::visit::Standing,
    subscriptions::bill::BillingRows,
};
use till_wire::subscriptions::SubscriptionStatus;
use uuid::Uuid;

use super::{
    access::{Answer, Id, Visit, answered},
    change_kind::Change,
    order, seat_list,
    view::{Badge, Block, List, Row, Tone},
};
use crate::{
    actions::portal::pages,
    error::Result,
    pages::{
        checkout::{
            fill,
            money::{date, interval_words, number},
            view::{Fact, Link},
        },
        page,
    },
};

/// A subscription's state for its customer.
fn badge(visit: &Visit, row: &Subscription) -> Badge {
    use SubscriptionStatus::{
        Active, Canceled, Incomplete, IncompleteExpired, PastDue, Paused, Trialing, Unpaid,
    };
    let (id, tone) = match row.status {
        Active => ("portal-active", Tone::Good),
        Trialing => ("portal-trialing", Tone::Good),
        PastDue => ("portal-past-due", Tone::Bad),
        Paused => ("portal-paused", Tone::Plain),
        Canceled | Unpaid | Incomplete | IncompleteExpired => ("portal-ended", Tone::Plain),
    };
    Badge {
        words: visit.say(id),
        tone,
    }
}

/// Price of a period, and its length.
fn price(visit: &Visit, row: &Subscription) -> String {
    let page_context = visit.portal.page_context;
    let price = fill::display(row.amount, row.currency, page_context.locale);
    let count = u32::try_from(row.recurring_interval_count).unwrap_or(1);
    let interval = interval_words(row.recurring_interval, count, page_context.locale);
    let values = [
        ("price", price.as_str().into()),
        ("interval", interval.as_str().into()),
    ];
    page_context.with("price-per", values)
}

/// The next step of a subscription, in a sentence.
pub(super) fn comes_next(visit: &Visit, row: &Subscription) -> String {
    let page_context = visit.portal.page_context;
    let on = |id: &str, at: Timestamp| {
        let day = date(at, page_context.locale);
        page_context.with(id, [("date", day.into())])
    };
    let end = row.current_period_end;
    match row.status {
        _ if row.ended_at.is_some() => on("portal-ended-on", row.ended_at.unwrap_or(end)),
        SubscriptionStatus::Paused => match row.resumes_at {
            Some(at) => on("portal-resumes-on", at),
            None => visit.say("portal-paused"),
        },
        _ if row.cancel_at_period_end => on("portal-ends-on", row.ends_at.unwrap_or(end)),
        _ if row.pause_at_period_end => on("portal-pauses-on", end),
        SubscriptionStatus::Trialing => on("portal-trial-until", row.trial_end.unwrap_or(end)),
        SubscriptionStatus::PastDue => visit.say("portal-past-due-body"),
        _ => on("portal-renews-on", end),
    }
}

/// A subscription in a list.
pub(super) fn row(visit: &Visit, row: &Subscription, product: &Product) -> Row {
    Row {
        url: Some(visit.url(&format!("/subscriptions/{}", row.id))).filter(|_| visit.is_billing()),
        title: product.name.clone(),
        badge: Some(badge(visit, row)),
        note: Some(comes_next(visit, row)),
        aside: visit.is_billing().then(|| price(visit, row)),
        forms: Vec::new(),
    }
}

/// `GET …/subscriptions`
pub(super) async fn list(visit: Visit, uri: Uri) -> Response {
    let answer = async {
        visit.billing()?;
        let number = order::page_number(&uri);
        let (held, more) = pages::subscriptions(visit.app(), &visit.viewer, number).await?;
        let rows = held.iter().map(|(one, product)| row(&visit, one, product));
        let list = Block::List(List {
            title: None,
            rows: rows.collect(),
            empty: visit.say("portal-no-subscriptions"),
            more: None,
        });
        let ways = order::paging(&visit, "/subscriptions", number, more);
        let blocks = std::iter::once(list).chain(ways).collect();
        let title = visit.say("portal-subscriptions");
        Ok(page(
            StatusCode::OK,
            &visit.page("/subscriptions", title, blocks),
        ))
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

/// `GET …/subscriptions/{id}`
pub(super) async fn show(visit: Visit, Id(id): Id) -> Response {
    let answer = async {
        visit.billing()?;
        shown(&visit, id, None, StatusCode::OK).await
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

/// The page of a subscription; `error` is why something was not done.
pub(super) async fn shown(
    visit: &Visit,
    id: Uuid,
    error: Option<String>,
    status: StatusCode,
) -> Answer {
    let viewer = visit.viewer.billing()?;
    let billing = pages::subscription(visit.app(), &viewer, id).await?;
    let row = &billing.subscription;
    let orders = pages::orders_of(visit.app(), &viewer, id).await?;
    let mut blocks = Vec::new();
    let due = orders.iter().filter(|one| one.standing() == Standing::Due);
    blocks.extend(due.map(|one| order::pay(visit, one)));
    blocks.extend(waiting(visit, &billing));
    blocks.push(Block::Text(comes_next(visit, row)));
    blocks.push(Block::Facts(None, facts(visit, &billing).await?));
    let ways: Vec<Link> = Change::ALL
        .into_iter()
        .filter(|change| change.is_offered(visit, row))
        .map(|change| Link {
            url: change.url(visit, id),
            label: visit.say(change.words()),
        })
        .collect();
    if !ways.is_empty() {
        blocks.push(Block::Links(ways));
    }
    blocks.extend(seat_list::of_subscription(visit, row).await?);
    blocks.push(Block::List(List {
        title: Some(visit.say("portal-orders")),
        rows: orders.iter().map(|one| order::row(visit, one)).collect(),
        empty: visit.say("portal-no-orders"),
        more: None,
    }));
    let title = billing.offered.product.name.clone();
    let mut shown = visit.page("/subscriptions", title, blocks);
    shown.up = Some(visit.link("/subscriptions", "portal-subscriptions"));
    shown.error = error;
    Ok(page(status, &shown))
}

/// The change that waits for the end of the period.
fn waiting(visit: &Visit, billing: &BillingRows) -> Option<Block> {
    let update = billing.subscription.pending_update.as_ref()?;
    let page_context = visit.portal.page_context;
    let day = date(update.applies_at, page_context.locale);
    let words = match (&billing.next_offered, update.seats) {
        (Some(offered), _) => page_context.with(
            "portal-pending-plan",
            [
                ("name", offered.product.name.as_str().into()),
                ("date", day.into()),
            ],
        ),
        (None, Some(seats)) => page_context.with(
            "portal-pending-seats",
            [("count", seats.into()), ("date", day.into())],
        ),
        (None, None) => page_context.with("portal-pending", [("date", day.into())]),
    };
    Some(Block::Notice(words))
}

async fn facts(visit: &Visit, billing: &BillingRows) -> Result<Vec<Fact>> {
    let (row, page_context) = (&billing.subscription, visit.portal.page_context);
    let locale = page_context.locale;
    let fact = |id: &str, value: String| Fact {
        label: visit.say(id),
        value,
    };
    let next = pages::next_charge(visit.app(), &visit.viewer, billing).await?;
    let mut facts = vec![
        fact("portal-state", badge(visit, row).words),
        fact("portal-price", price(visit, row)),
    ];
    facts.extend(row.seats.map(|seats| fact("seats", number(seats, locale))));
    facts.extend(next.filter(|next| next.charge.due_amount > 0).map(|next| {
        let sum = fill::display(next.charge.due_amount, row.currency, locale);
        let day = date(next.at, locale);
        fact("next-payment", format!("{sum} · {day}"))
    }));
    let card = billing.method.as_ref();
    facts.extend(card.map(|method| fact("card", fill::card(&method.card.0))));
    let started = row.started_at.unwrap_or(row.created_at);
    facts.push(fact("portal-since", date(started, locale)));
    Ok(facts)
}
