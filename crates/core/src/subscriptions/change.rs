//! Changes to a subscription that somebody asks for: what each comes to, before anything is written
//! (docs/behaviour: subscriptions/change). The same decision makes a change and its preview.

mod charge;
mod dates;
mod discount;
mod make;
mod next;
mod order;
mod plan;
mod preview;
mod seats;
mod settle;
mod waiting;

use till_wire::{
    events::EventType,
    input::Problem,
    loc,
    organizations::SubscriptionSettings,
    subscriptions::{
        SubscriptionProrationBehavior as Behavior, SubscriptionStatus, SubscriptionUpdate,
        SubscriptionUpdateBase,
    },
};

use super::{
    bill::{self, BillingRows},
    cancel, dun, pause,
    prorate::{Line, NetPrice},
    schedule::Period,
};
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        context::DecisionContext,
        records::{Discount, PriceKind, ProductPrice, Subscription},
        refusal::{Refusal, SubscriptionRefusal},
        values::Json,
    },
    orders::create::Mismatch,
    organizations::capabilities,
    usage::due,
};

pub use charge::{ChangeOutcome, declined, product_and_discount, record_outcome, settles};
pub use make::{Charge, Made, make};
pub use next::{Left, by_due_date, charge_preview, next_charge, next_renewal};
pub use preview::{cancel_preview, preview};

/// Rows that a change depends on.
#[derive(Debug, Clone)]
pub struct ChangeRows {
    /// The subscription, and what its bills depend on.
    pub billing: BillingRows,
    /// Product that the change names.
    pub target: Option<ProductWithPrices>,
    /// Discount that the change names.
    pub discount: Option<Discount>,
}

/// Reason why a change is not made.
#[derive(Debug, Clone, PartialEq)]
pub enum Unchanged {
    /// It is refused.
    Refused(Refusal),
    /// The cost cannot be worked out: a person has to look at it.
    Mismatch(Mismatch),
}

impl From<Refusal> for Unchanged {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<SubscriptionRefusal> for Unchanged {
    fn from(refusal: SubscriptionRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Mismatch> for Unchanged {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

/// Billing of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billing {
    /// Not now: its lines wait for the next order.
    Later,
    /// At once, with an order of its own: the change is made when that is paid.
    Now,
    /// The current period is over with the change: what comes then comes now.
    PeriodEnd,
    /// The pause is over: a period begins now.
    Resume,
    /// Never: the subscription ends.
    Revoke,
}

/// Result of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The subscription as it will be.
    pub subscription: Subscription,
    /// Its product as it will be.
    pub offered: ProductWithPrices,
    /// Its discount as it will be.
    pub discount: Option<Discount>,
    /// Lines for parts of a period.
    pub lines: Vec<Line>,
    /// Billing of it.
    pub billing: Billing,
    /// Events that are told of the subscription; nothing where nothing changes.
    pub events: &'static [EventType],
    /// Discount whose uses are counted with the change.
    pub used: Option<Discount>,
    /// True where the usage that is not billed yet is settled with it (docs/behaviour: metered/settled).
    pub settles: bool,
}

impl Decision {
    /// Works out anew what a period costs.
    fn reprice(&mut self) -> Result<(), Unchanged> {
        let discount = self.discount.as_ref();
        bill::reprice(&mut self.subscription, &self.offered, discount)?;
        Ok(())
    }
}

/// Decides what a change comes to.
///
/// # Errors
/// Reason why it is not made.
pub fn decide(
    update: &SubscriptionUpdate,
    rows: &ChangeRows,
    ctx: &DecisionContext,
) -> Result<Decision, Unchanged> {
    let old = &rows.billing.subscription;
    if old.attempt_id.is_some() {
        return Err(SubscriptionRefusal::Locked.into());
    }
    let mut draft = Decision {
        subscription: old.clone(),
        offered: rows.billing.offered.clone(),
        discount: rows.billing.discount.clone(),
        lines: Vec::new(),
        billing: Billing::Later,
        events: &[EventType::SubscriptionUpdated],
        used: None,
        settles: false,
    };
    let changed = &mut draft.subscription;
    match update {
        SubscriptionUpdate::Base(asked) => base(&mut draft, rows, asked, ctx)?,
        SubscriptionUpdate::Seats(asked) => seats::change(&mut draft, rows, asked, ctx)?,
        SubscriptionUpdate::Units(_) => return Err(SubscriptionRefusal::NotUnitBased.into()),
        SubscriptionUpdate::BillingPeriod(at) => {
            nothing_is_due(rows, ctx)?;
            dates::move_period_end(changed, *at)?;
        }
        SubscriptionUpdate::Cancel(asked) => {
            draft.events = match asked.cancel_at_period_end {
                true => cancel::cancel(changed, &asked.cancellation, ctx.now)?,
                false => cancel::uncancel(changed)?,
            }
        }
        SubscriptionUpdate::Revoke(why) => {
            draft.events = cancel::revoke(changed, why)?;
            *changed = changed.revoked(ctx);
            draft.billing = Billing::Revoke;
            draft.settles = old.meter_interval.is_some();
        }
        SubscriptionUpdate::Pause(asked) => pause::schedule(changed, asked)?,
        SubscriptionUpdate::Resume => {
            pause::is_paused(changed)?;
            match may_renew(rows) {
                true => draft.billing = Billing::Resume,
                false => draft.events = &[],
            }
        }
        SubscriptionUpdate::Clear => clear(changed)?,
    }
    finish(&mut draft, rows, ctx);
    Ok(draft)
}

/// Product, discount, trial and metadata, in this order.
fn base(
    draft: &mut Decision,
    rows: &ChangeRows,
    asked: &SubscriptionUpdateBase,
    ctx: &DecisionContext,
) -> Result<(), Unchanged> {
    match asked.product_id {
        Some(id) => plan::change(draft, rows, id, asked, ctx)?,
        None => discount::change(draft, rows, &asked.discount_id, ctx)?,
    }
    if let Some(end) = asked.trial_end {
        nothing_is_due(rows, ctx)?;
        dates::move_trial_end(draft, end, ctx.now)?;
    }
    if let Some(metadata) = &asked.metadata {
        draft.subscription.metadata = Json(metadata.clone());
    }
    Ok(())
}

/// Withdraws the change that waits for the end of the period.
fn clear(subscription: &mut Subscription) -> Result<(), Refusal> {
    if subscription.pending_update.take().is_some() {
        return Ok(());
    }
    let words = "No change waits for the end of the period";
    let place = loc!["body", "pending_update"];
    Err(Refusal::field(Problem::value(place, words, ())))
}

/// Brings along what follows from the change: what comes with the end of the period, when the row was changed, and when
/// something is due for it next.
fn finish(draft: &mut Decision, rows: &ChangeRows, ctx: &DecisionContext) {
    let (old, new) = (&rows.billing.subscription, &mut draft.subscription);
    if old == new && draft.lines.is_empty() {
        return;
    }
    new.modified_at = Some(ctx.now);
    if let Some(update) = &mut new.pending_update {
        update.0.applies_at = new.current_period_end;
    }
    if new.cancel_at_period_end && new.ended_at.is_none() {
        new.ends_at = Some(new.current_period_end);
    }
    if draft.billing == Billing::PeriodEnd && !may_renew(rows) {
        // It is due, and is billed as soon as that is allowed.
        draft.billing = Billing::Later;
    }
    if new.ended_at.is_none() {
        new.schedule(dun::retries(&rows.billing.unpaid));
    }
}

/// True where periods of the organization's subscriptions may begin, and be charged.
fn may_renew(rows: &ChangeRows) -> bool {
    capabilities(rows.billing.organization.status).subscription_renewals
}

/// Refuses a change of plan or seats of a subscription that ends, or has ended.
fn goes_on(subscription: &Subscription) -> Result<(), SubscriptionRefusal> {
    let is_held = subscription.is_billable() || subscription.status == SubscriptionStatus::Paused;
    match is_held && subscription.ended_at.is_none() && !subscription.cancel_at_period_end {
        true => Ok(()),
        false => Err(SubscriptionRefusal::AlreadyCanceled),
    }
}

/// True where parts of the current period are billed: nothing is paid for while a trial or a pause lasts.
fn is_paid_for(subscription: &Subscription) -> bool {
    matches!(
        subscription.status,
        SubscriptionStatus::Active | SubscriptionStatus::PastDue
    )
}

/// Billing of a change: as it asks, else as the organization's settings say.
fn behavior(rows: &ChangeRows, asked: Option<Behavior>) -> Result<Behavior, Refusal> {
    let settings = &rows.billing.organization.settings;
    let SubscriptionSettings {
        proration_behavior, ..
    } = &settings.subscription_settings;
    let behavior = asked.unwrap_or_else(|| (*proration_behavior).into());
    let features = &settings.feature_settings.features;
    if behavior == Behavior::Reset && !features.reset_proration_behavior_enabled {
        return Err(behavior_refused(
            behavior,
            "The organization has not enabled this behavior",
        ));
    }
    Ok(behavior)
}

fn behavior_refused(behavior: Behavior, words: &str) -> Refusal {
    let place = loc!["body", "proration_behavior"];
    Refusal::field(Problem::value(place, words, behavior.as_str()))
}

/// Discount that a subscription's current period is billed with: one that was first applied to it, or before.
fn in_force<'a>(
    subscription: &Subscription,
    discount: Option<&'a Discount>,
) -> Option<&'a Discount> {
    let (applied, discount) = (subscription.discount_applied_at?, discount?);
    let Period { start, .. } = subscription.period();
    let is_over = discount.is_over(applied, start, subscription.anchor_day);
    (!is_over).then_some(discount)
}

/// Refuses a change that would begin a period, or move its end, where the period before is over and not followed by the
/// next one yet: the time since then would never be billed. What is due comes first.
fn nothing_is_due(rows: &ChangeRows, ctx: &DecisionContext) -> Result<(), SubscriptionRefusal> {
    let billing = &rows.billing;
    let is_over = billing.subscription.current_period_end <= ctx.now;
    let is_renewed = billing.customer.deleted_at.is_none() && may_renew(rows);
    match billing.subscription.is_billable() && is_over && is_renewed {
        true => Err(SubscriptionRefusal::Locked),
        false => Ok(()),
    }
}

/// Refuses a change that settles usage where a period of usage is over and not billed yet: each period has its credits.
fn no_usage_is_due(rows: &ChangeRows, ctx: &DecisionContext) -> Result<(), SubscriptionRefusal> {
    let (old, offered) = (&rows.billing.subscription, &rows.billing.offered);
    let is_over = old.usage_period().end <= ctx.now && !due::meters(old, offered).is_empty();
    match old.is_billable() && is_over && may_renew(rows) {
        true => Err(SubscriptionRefusal::Locked),
        false => Ok(()),
    }
}

/// Starts a period now, with its discount: one that is over is dropped, and one that was not used yet is used now.
fn restart(
    draft: &mut Decision,
    rows: &ChangeRows,
    ctx: &DecisionContext,
) -> Result<(), SubscriptionRefusal> {
    nothing_is_due(rows, ctx)?;
    let new = &mut draft.subscription;
    new.restart(ctx.now);
    let Some(discount) = &draft.discount else {
        return Ok(());
    };
    let applied = *new.discount_applied_at.get_or_insert(ctx.now);
    if discount.is_over(applied, new.current_period_start, new.anchor_day) {
        discount::set(draft, None);
    }
    Ok(())
}

/// Prices of a plan that parts of a period are billed by, each less its share of the discount: those that are fixed, or
/// by the seat, and not free.
fn nets(
    subscription: &Subscription,
    offered: &ProductWithPrices,
    discount: Option<&Discount>,
) -> Result<Vec<NetPrice>, Mismatch> {
    let priced = bill::priced(subscription, offered)?;
    let amounts: Vec<i64> = priced.iter().map(|(_, amount)| *amount).collect();
    let off = match discount {
        Some(discount) => discount.split(&amounts, subscription.currency),
        None => vec![0; amounts.len()],
    };
    let nets = priced.into_iter().zip(off);
    let nets = nets.filter(|((price, _), _)| {
        let is_chosen = price.amount_type == PriceKind::Custom;
        !is_chosen && !price.cost().is_free()
    });
    let net = |((price, amount), off): ((&ProductPrice, i64), i64)| NetPrice {
        price_id: price.id,
        amount: amount - off,
    };
    Ok(nets.map(net).collect())
}

/// Name of a plan on its lines.
fn title(subscription: &Subscription, offered: &ProductWithPrices) -> String {
    let name = &offered.product.name;
    match subscription.seats {
        Some(1) => format!("{name} (1 seat)"),
        Some(seats) => format!("{name} ({seats} seats)"),
        None => name.clone(),
    }
}

#[cfg(test)]
mod tests;
