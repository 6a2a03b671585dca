//! Refreshing an open session: discount, trial and tax as the merchant has them now.
//!
//! The sums in a session's row are those that were last shown. Before they are shown again, and before they are paid,
//! they are worked out anew; where they differ, the row is brought up to date first. So nobody is charged a sum that
//! was not shown.

use till_wire::{events::EventType, input::Problem, loc, money::format_minor};

use super::{Session, totals, update};
use crate::{
    kernel::{
        changes::Changes, context::DecisionContext, events::Subscribers, refusal::Refusal,
        urls::PublicUrls,
    },
    subscriptions::trials,
    tax::Taxes,
};

/// Reason for which a session's sums became other ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The discount has ended, no longer suits, or takes another amount off.
    Discount,
    /// There is a trial now, there is none any more, or it became shorter.
    Trial,
    /// Another tax is due.
    Tax,
}

/// True where there can be a difference at all, so that most looks cost nothing.
pub fn may_differ(session: &Session, ctx: &DecisionContext) -> bool {
    update::guard_open(&session.checkout, ctx).is_ok()
        && (session.organization.settings.tax.enabled
            || discount_differs(session, ctx)
            || trial_differs(session, ctx))
}

/// The session as it is worth now, where that is not what was last shown. One that is being paid for, or is over,
/// stays as it is.
pub fn refresh(
    session: &Session,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Option<(Session, Cause)> {
    if !may_differ(session, ctx) {
        return None;
    }
    let (discount, trial) = (discount_differs(session, ctx), trial_differs(session, ctx));
    let mut new = session.clone();
    new.discount = new.discount.filter(|held| {
        let row = &session.checkout;
        held.fits(row.terms.product_id, row.terms.currency) && held.is_running(ctx.now)
    });
    if trial {
        let product = &session.selected().product;
        new.checkout.terms.trial_end =
            trials::active(&new.checkout, product).map(|trial| trials::end(ctx.now, trial));
    }
    totals::recompute_totals(&mut new, taxes);
    let (old, now) = (&session.checkout, &new.checkout);
    let cause = if discount {
        Cause::Discount
    } else if trial {
        Cause::Trial
    } else if old.terms.totals() != now.terms.totals()
        || old.terms.tax_behavior != now.terms.tax_behavior
    {
        Cause::Tax
    } else {
        return None;
    };
    new.checkout.modified_at = Some(ctx.now);
    Some((new, cause))
}

fn discount_differs(session: &Session, ctx: &DecisionContext) -> bool {
    let row = &session.checkout;
    session.discount.as_ref().is_some_and(|held| {
        !held.fits(row.terms.product_id, row.terms.currency)
            || !held.is_running(ctx.now)
            || held.off(row.terms.amount, row.terms.currency) != row.terms.discount_amount
    })
}

/// A trial moves with every change, always forward: one that would end before what was shown is another one.
fn trial_differs(session: &Session, ctx: &DecisionContext) -> bool {
    let row = &session.checkout;
    let now = trials::active(row, &session.selected().product);
    match (
        row.terms.trial_end,
        now.map(|trial| trials::end(ctx.now, trial)),
    ) {
        (Some(shown), Some(now)) => now < shown,
        (shown, now) => shown.is_some() != now.is_some(),
    }
}

/// Writes a refreshed session and tells of it.
pub fn refreshed(
    old: &Session,
    new: &mut Session,
    subscribers: &Subscribers,
    urls: &PublicUrls,
    ctx: &DecisionContext,
) -> Changes {
    let mut changes = Changes::new();
    changes.update(&old.checkout, &new.checkout);
    new.checkout.version = old.checkout.version + 1;
    changes.emit_checkout(new, EventType::CheckoutUpdated, subscribers, urls, ctx);
    changes
}

/// Refuses a confirmation of sums that are not those last shown; `session` has the new ones. The total is in the words
/// and, in minor units, as `total_amount` in the problem's `ctx`.
pub fn total_changed(session: &Session, cause: Cause) -> Refusal {
    let row = &session.checkout;
    let total = row.terms.totals().total;
    let sum = format_minor(total, row.terms.currency);
    let (key, what) = match cause {
        Cause::Discount => ("discount_id", "The discount has ended or changed"),
        Cause::Trial => ("allow_trial", "The trial has changed"),
        Cause::Tax => ("customer_billing_address", "The tax has changed"),
    };
    let words =
        format!("{what}: the total is now {sum}. Nothing was charged. Confirm again to accept it.");
    Refusal::field(Problem::value(loc!["body", key], words, total))
}
