//! Discounts: what they take off, when they may be used, and how uses are counted (docs/behaviour/discounts.md).

mod edit;
mod view;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use till_wire::{
    discounts::{DiscountDuration, DiscountType},
    money::Currency,
    values::Interval,
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    period,
    records::{Checkout, Discount, DiscountRedemption},
    writes::DiscountWrite,
};

pub use edit::{create, delete, new_code, update};

/// Refused when a discount has been used as often as it may be, or was changed since it was read: a decision on
/// what it is now says which.
pub const MOVED: &str = "discount_moved";
/// Refused when one customer has used a discount as often as one customer may.
pub const CUSTOMER_LIMIT: &str = "discount_customer_limit";

impl Discount {
    /// Checks that the row has what its kind and duration need: a discount that cannot be worked out is an error, never
    /// nothing off.
    pub(crate) fn check(&self) -> Result<(), String> {
        let valued = match self.kind {
            DiscountType::Percentage => {
                let share = self.basis_points;
                share.is_some_and(|share| (0..=10_000).contains(&share))
            }
            DiscountType::Fixed => self.amounts.as_ref().is_some_and(|amounts| {
                !amounts.is_empty() && amounts.values().all(|amount| *amount >= 0)
            }),
        };
        let lasts =
            self.duration != DiscountDuration::Repeating || self.duration_in_months.is_some();
        if valued && lasts {
            return Ok(());
        }
        let (kind, duration) = (self.kind.as_str(), self.duration.as_str());
        Err(format!("a {kind} discount ({duration}) without its value"))
    }

    /// Basis points taken off, where it is a share.
    pub(super) fn share(&self) -> i64 {
        self.basis_points
            .expect("a discount's columns were checked when it was read")
    }

    /// For how many months it is repeated, where it is.
    pub(super) fn months(&self) -> i64 {
        self.duration_in_months
            .expect("a discount's columns were checked when it was read")
    }

    /// The amount that is taken off `amount` minor units, between 0 and all of it (docs/behaviour: discounts/amount);
    /// nothing in a currency that it has no amount for.
    ///
    /// The share is the one place of the house with floating point: the division comes first and the product
    /// is rounded half away from zero, because clients work out the same (1450 bp of 100 are 14, not 15).
    pub fn off(&self, amount: i64, currency: Currency) -> i64 {
        let off = match self.kind {
            DiscountType::Percentage => {
                let share = self.share() as f64 / 10_000.0;
                (amount as f64 * share).round() as i64
            }
            DiscountType::Fixed => match self.amount_in(currency) {
                Some(off) => off,
                None => return 0,
            },
        };
        let off = off.clamp(0, amount.max(0));
        // What is left must be an amount that can be charged.
        off - off % currency.charge_step()
    }

    /// The fixed amount in a currency, minor units.
    pub fn amount_in(&self, currency: Currency) -> Option<i64> {
        self.amounts.as_ref()?.0.get(&currency).copied()
    }

    /// The amounts that are taken off each of several (docs/behaviour: discounts/shares): a fixed amount is shared
    /// out in proportion, the units left over going to the largest remainders; a share is worked out for each alone.
    pub fn split(&self, amounts: &[i64], currency: Currency) -> Vec<i64> {
        if self.kind == DiscountType::Percentage {
            return amounts.iter().map(|a| self.off(*a, currency)).collect();
        }
        let whole: i128 = amounts.iter().map(|a| i128::from(*a)).sum();
        if whole <= 0 {
            return vec![0; amounts.len()];
        }
        let total = i64::try_from(whole).unwrap_or(i64::MAX);
        let off = i128::from(self.off(total, currency));
        let mut parts: Vec<i64> = amounts
            .iter()
            .map(|a| (off * i128::from(*a) / whole) as i64)
            .collect();
        let mut left = off as i64 - parts.iter().sum::<i64>();
        let mut order: Vec<usize> = (0..amounts.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(off * i128::from(amounts[*i]) % whole));
        for i in order {
            if left == 0 {
                break;
            }
            parts[i] += 1;
            left -= 1;
        }
        parts
    }

    /// True where it suits a product in a currency (docs/behaviour: discounts/suits).
    pub fn fits(&self, product_id: Uuid, currency: Currency) -> bool {
        let priced = self.kind == DiscountType::Percentage || self.amount_in(currency).is_some();
        priced && (self.product_ids.is_empty() || self.product_ids.contains(&product_id))
    }

    /// True where now lies between its start and its end.
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.starts_at.is_none_or(|start| start <= now) && self.ends_at.is_none_or(|end| end >= now)
    }

    /// True where it may be used now by somebody (docs/behaviour: discounts/redeemable).
    pub fn is_redeemable(&self, now: Timestamp) -> bool {
        self.is_running(now)
            && self
                .max_redemptions
                .is_none_or(|max| self.redemptions_count < max)
    }

    /// True where one buyer who has used it `uses` times may not use it again (docs/behaviour: discounts/per-customer).
    pub fn is_used_up_by(&self, uses: i64) -> bool {
        self.max_redemptions_per_customer
            .is_some_and(|cap| uses >= cap)
    }

    /// True where it takes everything off, for ever (docs/behaviour: checkout/what-is-asked).
    pub fn is_everything_forever(&self) -> bool {
        self.kind == DiscountType::Percentage
            && self.duration == DiscountDuration::Forever
            && self.share() == 10_000
    }

    /// True where it is over for a subscription's period that starts at `period`, when it was first applied at
    /// `applied` (docs/behaviour: discounts/months). Months are calendar months, whatever the billing interval; where the first
    /// of them began on the last day of a month because the subscription's `anchor_day` comes later, the others end on
    /// the anchor day again.
    pub fn is_over(&self, applied: Timestamp, period: Timestamp, anchor_day: i64) -> bool {
        match self.duration {
            DiscountDuration::Forever => false,
            DiscountDuration::Once => period > applied,
            DiscountDuration::Repeating => {
                let months = self.months() - 1;
                let anchor = period::anchor_of(applied, anchor_day);
                period > period::end(applied, Interval::Month, months, anchor)
            }
        }
    }

    /// The number of billing periods that it is taken off, when the first of them starts at `applied` and each lasts
    /// `count` of `unit`. `None`: all of them.
    pub fn periods(&self, applied: Timestamp, (unit, count): (Interval, i64)) -> Option<i64> {
        let later_months = match self.duration {
            DiscountDuration::Forever => return None,
            DiscountDuration::Once => return Some(1),
            DiscountDuration::Repeating => self.months() - 1,
        };
        let days = || {
            let first = applied.to_zoned(TimeZone::UTC);
            let last = first.checked_add(later_months.months());
            let span = last.map(|last| last.timestamp().duration_since(applied));
            span.map_or(0, |span| span.as_hours() / 24)
        };
        let later = match unit {
            Interval::Day => days() / count.max(1),
            Interval::Week => days() / (7 * count.max(1)),
            Interval::Month => later_months / count.max(1),
            Interval::Year => later_months / (12 * count.max(1)),
        };
        Some(1 + later)
    }
}

/// The things that tell one buyer from another, as far as they are known (docs/behaviour: discounts/per-customer).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// The customer.
    pub customer_id: Option<Uuid>,
    /// The address without its tag (`folding::person_key`).
    pub email_key: Option<String>,
    /// The card.
    pub card_fingerprint: Option<String>,
}

/// Takes one use of the discount for the session, in the transaction that confirms it: refused as [`MOVED`] when
/// there is none left, as [`CUSTOMER_LIMIT`] when this buyer has none left. The discount's row is written before
/// its uses are counted, so that they wait for each other and are counted exactly.
pub fn claim(
    changes: &mut Changes,
    discount: &Discount,
    row: &Checkout,
    hints: &Hints,
    ctx: &DecisionContext,
) {
    changes.write(DiscountWrite::CountUse {
        discount_id: discount.id,
        modified_at: discount.modified_at,
    });
    let redemption = redemption(discount.id, row, hints, ctx);
    changes.insert(&redemption);
    let Some(limit) = discount.max_redemptions_per_customer else {
        return;
    };
    changes.write(DiscountWrite::CheckCustomerLimit {
        redemption_id: redemption.id,
        limit,
        discount_id: discount.id,
        checkout_id: row.id,
        customer_id: hints.customer_id,
        email_key: hints.email_key.clone(),
        card_fingerprint: hints.card_fingerprint.clone(),
    });
}

/// Counts a use whose money has arrived although its attempt had been given up: no limit may lose it now.
pub fn claim_late(
    changes: &mut Changes,
    discount_id: Uuid,
    row: &Checkout,
    hints: &Hints,
    ctx: &DecisionContext,
) {
    changes.write(DiscountWrite::CountLateUse(discount_id));
    changes.insert(&redemption(discount_id, row, hints, ctx));
}

fn redemption(
    discount_id: Uuid,
    row: &Checkout,
    hints: &Hints,
    ctx: &DecisionContext,
) -> DiscountRedemption {
    DiscountRedemption {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: row.organization_id,
        discount_id,
        checkout_id: row.id,
        subscription_id: None,
        customer_id: hints.customer_id,
        email_key: hints.email_key.clone(),
        card_fingerprint: hints.card_fingerprint.clone(),
    }
}

/// Gives a session's use back (docs/behaviour: discounts/uses); a session without one is left alone.
pub fn release(changes: &mut Changes, checkout_id: Uuid) {
    changes
        .write(DiscountWrite::UncountUse(checkout_id))
        .write(DiscountWrite::DeleteUse(checkout_id));
}

/// Ties a session's use to what came of it, and to the card that paid, which may not have been known before.
pub fn bind_redemption(
    changes: &mut Changes,
    checkout_id: Uuid,
    customer_id: Uuid,
    subscription_id: Option<Uuid>,
    card_fingerprint: Option<&str>,
) {
    changes.write(DiscountWrite::BindUse {
        checkout_id,
        customer_id,
        subscription_id,
        card_fingerprint: card_fingerprint.map(str::to_owned),
    });
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
