//! Product of a subscription.

use till_wire::{
    input::{Patch, Problem},
    loc,
    money::format_minor,
    subscriptions::{
        SubscriptionProrationBehavior as Behavior, SubscriptionStatus, SubscriptionUpdateBase,
    },
};
use uuid::Uuid;

use super::{
    Billing, ChangeRows, Decision, Unchanged, behavior, behavior_refused, dates, discount, goes_on,
    in_force, is_paid_for, nets, no_usage_is_due, nothing_is_due, restart, seats, title,
    waiting::{is_paused, wait},
};
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        context::DecisionContext,
        period,
        records::{Discount, DiscountChange, PriceKind, ProductPrice, Subscription},
        refusal::Refusal,
    },
    orders::create::Mismatch,
    subscriptions::{pending, prorate::Rest, renew},
    usage::due,
};

/// Changes the product, and with it the discount where the change says so.
pub(super) fn change(
    draft: &mut Decision,
    rows: &ChangeRows,
    id: Uuid,
    asked: &SubscriptionUpdateBase,
    ctx: &DecisionContext,
) -> Result<(), Unchanged> {
    let old = &rows.billing.subscription;
    goes_on(old)?;
    let next = target(rows, id)?;
    let behavior = behavior(rows, asked.proration_behavior)?;
    let seats = seats_of(old, next)?;
    if seats.is_some() && old.seats.is_none() && behavior == Behavior::NextPeriod {
        let words =
            "A change to a product that is sold by the seat cannot wait for the next period";
        return Err(behavior_refused(behavior, words).into());
    }
    let discount = match &asked.discount_id {
        Patch::Absent => DiscountChange::Keep,
        Patch::Null => DiscountChange::Remove,
        Patch::Value(id) => {
            draft.used = Some(discount::usable(rows, *id, next.product.id, ctx)?);
            DiscountChange::Set(*id)
        }
    };
    if behavior == Behavior::NextPeriod && !is_paused(old) {
        // Its use is counted when it is applied.
        draft.used = None;
        let sold_by_seat = seats.is_some();
        wait(draft, ctx, |update| {
            update.product_id = Some(next.product.id);
            update.seats = update.seats.filter(|_| sold_by_seat);
            update.discount = discount;
        });
        return Ok(());
    }
    if old.meter_interval.is_some() {
        no_usage_is_due(rows, ctx)?;
        settles(rows, id, ctx)?;
        draft.settles = true;
    }
    draft.subscription.pending_update = None;
    draft.subscription.seats = seats;
    pending::change_product(&mut draft.subscription, next, ctx.now);
    let parts = &rows.billing.offered.parts;
    draft.offered = next.clone();
    draft.offered.parts.usage.clone_from(&parts.usage);
    draft.offered.parts.credits.clone_from(&parts.credits);
    apply(draft, rows, discount, (behavior, asked), ctx)
}

/// Refuses a change that would settle usage which comes to more than can be billed (docs/behaviour: metered/too-much).
fn settles(rows: &ChangeRows, id: Uuid, ctx: &DecisionContext) -> Result<(), Unchanged> {
    let (old, offered) = (&rows.billing.subscription, &rows.billing.offered);
    let is_too_much = due::is_too_much(old, offered, renew::settled_until(ctx));
    if is_too_much.map_err(|error| Mismatch(error.to_string()))? {
        let most = format_minor(due::MOST, old.currency);
        let words = format!(
            "The usage so far must come to at most {most}, as it is billed with the change"
        );
        let place = loc!["body", "product_id"];
        return Err(Refusal::field(Problem::value(place, words, id.to_string())).into());
    }
    Ok(())
}

/// The product that a change names, where the subscription can have it.
fn target(rows: &ChangeRows, id: Uuid) -> Result<&ProductWithPrices, Refusal> {
    let old = &rows.billing.subscription;
    let refuse = |words: &str| {
        let place = loc!["body", "product_id"];
        Refusal::field(Problem::value(place, words, id.to_string()))
    };
    let found = rows.target.as_ref().filter(|found| found.product.id == id);
    let next = found.ok_or_else(|| refuse("This product does not exist"))?;
    if let Some(words) = next.unsellable() {
        return Err(refuse(words));
    }
    if !next.product.is_recurring() {
        return Err(refuse("This product is sold once, not by subscription"));
    }
    let mut kinds = next.active_in(old.currency).map(|price| price.amount_type);
    if kinds.clone().next().is_none() {
        return Err(refuse(
            "This product has no price in the subscription's currency",
        ));
    }
    if kinds.any(|kind| kind == PriceKind::Custom) {
        return Err(refuse(
            "The buyer chooses this product's price, so it is bought at a checkout",
        ));
    }
    let by_seat = |price: &ProductPrice| price.amount_type == PriceKind::SeatBased;
    if old.seats.is_some() && !next.active_in(old.currency).any(by_seat) {
        return Err(refuse(
            "This product is not sold by the seat, as the subscription is",
        ));
    }
    Ok(next)
}

/// Seats that the subscription has with another product: those that it has, else the least.
fn seats_of(old: &Subscription, next: &ProductWithPrices) -> Result<Option<i64>, Refusal> {
    let Some(range) = seats::range(next.active_in(old.currency)) else {
        return Ok(None);
    };
    let number = old.seats.unwrap_or(range.min);
    seats::within(range, number)?;
    Ok(Some(number))
}

/// Applies the discount, and bills what is left of the period.
fn apply(
    draft: &mut Decision,
    rows: &ChangeRows,
    asked_discount: DiscountChange,
    (behavior, asked): (Behavior, &SubscriptionUpdateBase),
    ctx: &DecisionContext,
) -> Result<(), Unchanged> {
    let old = &rows.billing.subscription;
    match asked_discount {
        DiscountChange::Set(_) => {
            let used = draft.used.clone();
            discount::set(draft, used);
            draft.subscription.discount_applied_at = is_paid_for(old).then_some(ctx.now);
        }
        DiscountChange::Remove => discount::set(draft, None),
        DiscountChange::Keep => {
            let is_for = |discount: &Discount| pending::is_for(discount, &draft.subscription);
            if !draft.discount.as_ref().is_none_or(is_for) {
                discount::set(draft, None);
            }
        }
    }
    match old.status {
        SubscriptionStatus::Trialing if asked.trial_end.is_none() => {
            nothing_is_due(rows, ctx)?;
            trial(draft, ctx);
        }
        _ if is_paid_for(old) => prorate(draft, rows, behavior, ctx)?,
        _ => {}
    }
    draft.reprice()
}

/// Gives the subscription the new product's trial, counted from when its own began; where that is over, or there is
/// none, the trial ends now.
fn trial(draft: &mut Decision, ctx: &DecisionContext) {
    let (new, product) = (&mut draft.subscription, &draft.offered.product);
    let start = new.trial_start.unwrap_or(new.current_period_start);
    let lasts = product.trial_interval.zip(product.trial_interval_count);
    let end = lasts.map(|(unit, count)| period::end(start, unit, count, period::anchor(start)));
    match end.filter(|end| *end > ctx.now) {
        Some(end) => dates::set_trial_end(new, end),
        None => dates::end_trial(draft, ctx.now),
    }
}

/// Lines for the rest of the period, or for the one that begins now.
fn prorate(
    draft: &mut Decision,
    rows: &ChangeRows,
    behavior: Behavior,
    ctx: &DecisionContext,
) -> Result<(), Unchanged> {
    let (old, old_offered) = (&rows.billing.subscription, &rows.billing.offered);
    let interval = |s: &Subscription| (s.recurring_interval, s.recurring_interval_count);
    let is_other_interval = interval(old) != interval(&draft.subscription);
    let rest = Rest::left(old.period(), ctx.now, old.currency);
    if behavior != Behavior::Reset {
        let discount = in_force(old, rows.billing.discount.as_ref());
        let nets = nets(old, old_offered, discount)?;
        draft.lines = rest.credits(&title(old, old_offered), &nets);
    }
    let mut covered = rest;
    if is_other_interval || behavior == Behavior::Reset {
        restart(draft, rows, ctx)?;
        covered = Rest::whole(draft.subscription.period(), old.currency);
    }
    let new = &draft.subscription;
    let discount = in_force(new, draft.discount.as_ref());
    let nets = nets(new, &draft.offered, discount)?;
    let debits = covered.debits(&title(new, &draft.offered), &nets);
    draft.lines.extend(debits);
    let waits = behavior == Behavior::Prorate && !is_other_interval;
    if !waits && !draft.lines.is_empty() {
        draft.billing = Billing::Now;
    }
    Ok(())
}
