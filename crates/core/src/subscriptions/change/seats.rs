//! Number of seats of a subscription.

use till_wire::{
    events::EventType,
    subscriptions::{SubscriptionProrationBehavior as Behavior, SubscriptionUpdateSeats},
};

use super::{
    Billing, ChangeRows, Decision, Unchanged, behavior, goes_on, in_force, is_paid_for, nets,
    restart, title,
    waiting::{self, drop_seats},
};
use crate::{
    kernel::{
        context::DecisionContext,
        records::{PriceKind, ProductPrice, Subscription},
        refusal::SubscriptionRefusal,
    },
    seats::{self, Range},
    subscriptions::prorate::{Line, NetPrice, Rest},
};

/// Changes the number of seats.
pub(super) fn change(
    draft: &mut Decision,
    rows: &ChangeRows,
    asked: &SubscriptionUpdateSeats,
    ctx: &DecisionContext,
) -> Result<(), Unchanged> {
    let old = &rows.billing.subscription;
    goes_on(old)?;
    let own = rows.billing.offered.prices.iter();
    let own = own.filter(|price| old.price_ids.contains(&price.id));
    let range = range(own).ok_or(SubscriptionRefusal::NotSeatBased)?;
    let behavior = behavior(rows, asked.proration_behavior)?;
    within(range, asked.seats)?;
    if old.seats == Some(asked.seats) {
        draft.events = match drop_seats(&mut draft.subscription) {
            true => &[EventType::SubscriptionUpdated],
            false => &[],
        };
        return Ok(());
    }
    let used = rows.billing.seats.count();
    if asked.seats < used {
        return Err(SubscriptionRefusal::SeatsAlreadyAssigned(used).into());
    }
    if behavior == Behavior::NextPeriod && !waiting::is_paused(old) {
        waiting::wait(draft, ctx, |update| update.seats = Some(asked.seats));
        return Ok(());
    }
    drop_seats(&mut draft.subscription);
    draft.subscription.seats = Some(asked.seats);
    apply(draft, rows, behavior, ctx)
}

/// Applies a new number of seats, and bills it.
fn apply(
    draft: &mut Decision,
    rows: &ChangeRows,
    behavior: Behavior,
    ctx: &DecisionContext,
) -> Result<(), Unchanged> {
    let old = &rows.billing.subscription;
    if is_paid_for(old) {
        if behavior == Behavior::Reset {
            restart(draft, rows, ctx)?;
            draft.billing = Billing::Now;
        }
        let new = &draft.subscription;
        let discount = in_force(new, draft.discount.as_ref());
        let after = nets(new, &draft.offered, discount)?;
        draft.lines = match behavior {
            Behavior::Reset => {
                let rest = Rest::whole(new.period(), new.currency);
                rest.debits(&title(new, &draft.offered), &after)
            }
            _ => {
                let before = nets(old, &draft.offered, discount)?;
                let rest = Rest::left(old.period(), ctx.now, old.currency);
                let line = difference(draft, rows, &before, &after, rest);
                line.into_iter().collect()
            }
        };
        if behavior == Behavior::Invoice && !draft.lines.is_empty() {
            draft.billing = Billing::Now;
        }
    }
    draft.reprice()
}

/// Line for the seats that are added or taken away until the end of the period.
fn difference(
    draft: &Decision,
    rows: &ChangeRows,
    before: &[NetPrice],
    after: &[NetPrice],
    rest: Rest,
) -> Option<Line> {
    let is_seats = |price: &&ProductPrice| price.amount_type == PriceKind::SeatBased;
    let mut own = draft.offered.prices.iter().filter(is_seats);
    let price = own.find(|price| draft.subscription.price_ids.contains(&price.id))?;
    let amount = |nets: &[NetPrice]| {
        let net = nets.iter().find(|net| net.price_id == price.id);
        net.map_or(0, |net| net.amount)
    };
    let seats = |subscription: &Subscription| subscription.seats.unwrap_or(0);
    let numbers = (
        seats(&rows.billing.subscription),
        seats(&draft.subscription),
    );
    let name = &draft.offered.product.name;
    rest.seats(name, numbers, (amount(before), amount(after)), price.id)
}

/// The numbers of seats that the prices allow; none where nothing is sold by the seat.
pub(super) fn range<'a>(prices: impl Iterator<Item = &'a ProductPrice>) -> Option<Range> {
    seats::range(prices)
}

/// Refuses a number of seats that may not be bought.
pub(super) fn within(range: Range, seats: i64) -> Result<(), SubscriptionRefusal> {
    if seats < range.min {
        return Err(SubscriptionRefusal::BelowMinimumSeats(range.min));
    }
    match range.max.filter(|most| seats > *most) {
        Some(most) => Err(SubscriptionRefusal::AboveMaximumSeats(most)),
        None => Ok(()),
    }
}
