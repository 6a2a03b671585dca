//! A subscription's page: what it is, what comes next and when, and what was charged.

use till_core::{
    kernel::records::{DiscountChange, PendingUpdate},
    subscriptions::{bill::BillingRows, dun::MOST_FAILURES},
};
use till_wire::{
    orders::Order,
    subscriptions::{Subscription, SubscriptionBase, SubscriptionNextCharge, SubscriptionStatus},
};

use super::{change::Change, preview, price, state};
use crate::{
    actions,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        answers::answers,
        buyers,
        detail::{Action, DetailPage, Fact, Part},
        metadata,
        parts::{Cell, MenuItem, Moment, money, sentence},
        resource_pages::{Listed as _, ORDERS, Related},
        sales::{
            self, collection,
            seats::{self, Of},
        },
        show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{PathId, scope},
};

pub(super) async fn detail(
    dashboard: Dashboard<scope::SubscriptionsRead>,
    PathId(id): PathId,
) -> Answer {
    let one = actions::subscriptions::get(&dashboard.caller, id).await?;
    let billing = actions::subscriptions::billing(&dashboard.caller, id).await?;
    let orders = Related::<Order>::find(&dashboard, ("subscription_id", id)).await?;
    let mut subjects = vec![id];
    subjects.extend(one.base.checkout_id);
    subjects.extend(orders.iter().flat_map(Related::ids));
    let charge = next_charge(&dashboard, &billing).await;
    let mut parts = Vec::from_iter(next(&dashboard, &one.base, &billing, charge.as_ref()));
    parts.extend(next_bill(&one, &billing, charge.as_ref())?);
    parts.push(about(&dashboard, &one));
    parts.push(schedule(&dashboard, &one.base));
    let bought = (id, one.base.seats);
    parts.extend(seats::part(&dashboard, Of::Subscription, bought).await?);
    parts.extend(orders.map(|some| some.part(&dashboard, "It has no orders yet.")));
    parts.extend(answers(&dashboard, &one.base.custom_field_data).await?);
    parts.extend(metadata(&one.base.metadata));
    parts.push(timeline(&dashboard, subjects).await?);
    let mut page = one.detail(&dashboard, state(&one.base), parts);
    offer(&dashboard, &one, &mut page);
    let assign = seats::assign_at(&dashboard, Of::Subscription, bought).await?;
    page.actions
        .extend(assign.map(|to| Action::Go("Assign seat", to)));
    show(&page)
}

/// The changes that can be made: the first as a button, the others in the menu.
fn offer(viewer: &Viewer, one: &Subscription, page: &mut DetailPage) {
    if viewer.may::<scope::SubscriptionsWrite>().is_err() {
        return;
    }
    let waits = one.pending_update.is_some();
    let offered = Change::ALL.into_iter();
    let mut offered = offered.filter(|change| change.is_offered(&one.base, waits));
    let to = |change: Change| (change.words().action, change.href(viewer, one.base.id));
    let Some((words, href)) = offered.next().map(to) else {
        return;
    };
    page.actions.push(Action::Go(words, href));
    if let Some(menu) = &mut page.menu {
        menu.items.push(MenuItem::Separator);
        let others = offered.map(|change| {
            let (words, href) = to(change);
            MenuItem::Link(words, href)
        });
        menu.items.extend(others);
    }
}

/// The charge that comes next. One that cannot be worked out just now, because a tax is not known, is left out.
async fn next_charge(
    dashboard: &Dashboard<scope::SubscriptionsRead>,
    billing: &BillingRows,
) -> Option<SubscriptionNextCharge> {
    let next = actions::subscriptions::preview::next(&dashboard.caller, billing);
    match Box::pin(next).await {
        Ok(next) => next,
        Err(error) => {
            let id = billing.subscription.id;
            tracing::warn!(?error, subscription = %id, "the next charge cannot be worked out");
            None
        }
    }
}

/// The bill of the next charge, where it has more to it than one line.
fn next_bill(
    one: &Subscription,
    billing: &BillingRows,
    next: Option<&SubscriptionNextCharge>,
) -> Result<Option<Part>> {
    let Some(next) = next.filter(|next| next.charge.base_amount != next.charge.due_amount) else {
        return Ok(None);
    };
    let waiting = billing.next_offered.as_ref();
    let name = waiting.map_or(&one.product.base.name, |offered| &offered.product.name);
    let bill = preview::bill(name, &next.charge, ("Due", one.base.currency));
    bill.part("Next charge").map(Some)
}

/// Next step, and its time; none where it has ended.
fn next(
    viewer: &Viewer,
    base: &SubscriptionBase,
    billing: &BillingRows,
    charge: Option<&SubscriptionNextCharge>,
) -> Option<Part> {
    let row = &billing.subscription;
    if base.ended_at.is_some() {
        return None;
    }
    let time = |at| Cell::time(at, &viewer.zone);
    let until = |words: &str, at| Cell::Many(vec![time(at), Cell::Text(words.to_owned())]);
    let end = base.current_period_end;
    let mut facts = Vec::new();
    if row.attempt_id.is_some() {
        let words = "Other changes wait until its outcome is known.";
        facts.push(Fact::new(
            "A change is being charged",
            Cell::Text(words.to_owned()),
        ));
    }
    facts.push(match base.status {
        SubscriptionStatus::Paused => match base.resumes_at {
            Some(at) => Fact::new(
                "Resumes",
                until("A period begins then, and is charged.", at),
            ),
            None => Fact::new("Resumes", Cell::Text("Not until you resume it.".to_owned())),
        },
        _ if base.cancel_at_period_end => Fact::new("Ends", until("It is not renewed.", end)),
        _ if base.pause_at_period_end => Fact::new("Pauses", pauses(viewer, base)),
        SubscriptionStatus::Trialing => Fact::new("Trial ends", time(end)),
        _ => Fact::new("Renews", time(end)),
    });
    facts.extend(charge.map(|next| {
        let due = Cell::money(next.charge.due_amount, base.currency);
        Fact::new("Next charge", Cell::Many(vec![due, time(next.at)]))
    }));
    let pending = row.pending_update.as_ref();
    facts.extend(pending.map(|update| {
        let words = pending_words(&update.0, billing);
        Fact::new("Pending change", until(&words, update.applies_at))
    }));
    facts.extend(billing.unpaid.iter().map(|order| unpaid(viewer, order)));
    let card = collection::saved_card(billing.method.as_ref());
    facts.push(Fact::new("Card", card));
    Some(Part::Facts("What comes next", facts))
}

fn pauses(viewer: &Viewer, base: &SubscriptionBase) -> Cell {
    let until = match base.resumes_at {
        Some(at) => format!("Until {}.", Moment::words(at, &viewer.zone)),
        None => "Until you resume it.".to_owned(),
    };
    Cell::Many(vec![
        Cell::time(base.current_period_end, &viewer.zone),
        Cell::Text(until),
    ])
}

/// Words for the change that waits for the end of the period.
fn pending_words(update: &PendingUpdate, billing: &BillingRows) -> String {
    let mut words = Vec::new();
    if let Some(next) = &billing.next_offered {
        words.push(format!("to {}", next.product.name));
    }
    words.extend(update.seats.map(|seats| format!("to {seats} seats")));
    match update.discount {
        DiscountChange::Keep => {}
        DiscountChange::Remove => words.push("without the discount".to_owned()),
        DiscountChange::Set(_) => words.extend(
            billing
                .next_discount
                .as_ref()
                .map(|discount| format!("with {}", discount.name)),
        ),
    }
    format!(
        "{}.",
        crate::dashboard::parts::capitalized(&words.join(", "))
    )
}

/// An order that waits for its payment, and when it is tried again.
fn unpaid(viewer: &Viewer, order: &till_core::kernel::records::Order) -> Fact {
    let due = money(order.due_amount(), order.currency);
    let link = Cell::link(
        ORDERS.path(viewer, order.id, ""),
        match &order.invoice_number {
            Some(number) => format!("{due} of order {number}"),
            None => format!("{due} of an order"),
        },
    );
    let failed = format!(
        "{} of {MOST_FAILURES} attempts failed.",
        order.failed_payments
    );
    let again = match order.next_payment_attempt_at {
        Some(at) => format!(
            "{failed} The next one is made on {}.",
            Moment::words(at, &viewer.zone)
        ),
        None => failed,
    };
    Fact::new("Unpaid", Cell::Many(vec![link, Cell::Text(again)]))
}

fn about(viewer: &Viewer, one: &Subscription) -> Part {
    let discount = one.discount.as_ref().map(|d| d.brief.name.clone());
    let mut facts = vec![
        Fact::new("Subscription ID", Cell::Code(one.base.id.to_string())),
        Fact::new("Status", Cell::Text(sentence(one.base.status.as_str()))),
        Fact::new("Amount", Cell::Money(price(&one.base))),
        Fact::new("Customer", buyers::customer(viewer, &one.customer)),
        Fact::new("Product", sales::product(viewer, &one.product.base)),
        Fact::new("Discount", Cell::text(discount)),
        Fact::new(
            "Checkout",
            sales::linked(viewer, "checkouts", one.base.checkout_id, "The session"),
        ),
    ];
    let seats = one.base.seats.map(|seats| seats.to_string());
    if let Some(seats) = seats {
        facts.insert(3, Fact::new("Seats", Cell::Text(seats)));
    }
    Part::Facts("Subscription", facts)
}

fn schedule(viewer: &Viewer, base: &SubscriptionBase) -> Part {
    let time = |at| Cell::time_or_nothing(at, &viewer.zone);
    let mut facts = vec![
        Fact::new("Started", time(base.started_at)),
        Fact::new("This period began", time(Some(base.current_period_start))),
        Fact::new("This period ends", time(Some(base.current_period_end))),
    ];
    let sometimes = [
        ("Trial began", base.trial_start),
        ("Trial ends", base.trial_end),
        ("Past due since", base.past_due_at),
        ("Paused", base.paused_at),
        ("Resumes", base.resumes_at),
        ("Cancelled", base.canceled_at),
        ("Ends", base.ends_at.filter(|_| base.ended_at.is_none())),
        ("Ended", base.ended_at),
    ];
    for (name, at) in sometimes {
        if at.is_some() {
            facts.push(Fact::new(name, time(at)));
        }
    }
    if let Some(reason) = &base.customer_cancellation_reason {
        let reason = Cell::Text(sentence(reason.as_str()));
        facts.push(Fact::new("Cancellation reason", reason));
    }
    if let Some(words) = &base.customer_cancellation_comment {
        facts.push(Fact::new(
            "The customer's comment",
            Cell::Text(words.clone()),
        ));
    }
    Part::Facts("Schedule", facts)
}
