//! Seats: what a number of them costs, and how many may be bought; who holds one (docs/behaviour/seats.md).

pub mod assign;
pub mod hold;
pub mod invite;
pub mod sold;
pub mod view;

use jiff::Timestamp;
use till_wire::{
    input::Problem,
    loc,
    products::{PriceAmount, SeatTierType, SeatTiers},
};

use crate::{
    benefits::subscription_gives,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{CustomerSeat, Organization, ProductPrice, Subscription},
        refusal::{Refusal, collected},
    },
};

/// The cost of `seats` seats, in minor units (docs/behaviour: seats/cost). Nothing costs nothing; seats beyond a last
/// tier that ends are refused by volume tiers and cost nothing by graduated ones.
pub fn cost(tiers: &SeatTiers, seats: i64) -> Result<i64, Refusal> {
    if seats < 0 {
        return Err(Refusal::InvalidQuantity);
    }
    let sum = match tiers.seat_tier_type {
        _ if seats == 0 => 0,
        SeatTierType::Volume => {
            let tier = tiers
                .tiers
                .iter()
                .find(|tier| tier.max_seats.is_none_or(|max| seats <= max))
                .ok_or(Refusal::InvalidQuantity)?;
            i128::from(tier.price_per_seat) * i128::from(seats)
        }
        SeatTierType::Graduated => {
            let mut from = 0;
            let mut sum = 0;
            for tier in &tiers.tiers {
                let to = tier.max_seats.map_or(seats, |max| max.min(seats));
                sum += i128::from(tier.price_per_seat) * i128::from((to - from).max(0));
                from = from.max(to);
            }
            sum
        }
    };
    i64::try_from(sum).map_err(|_| Refusal::InvalidQuantity)
}

/// A range of seats: least, and most where there is an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Least.
    pub min: i64,
    /// Most.
    pub max: Option<i64>,
}

impl Range {
    /// Narrowed by a session's own bounds.
    pub fn within(self, min: Option<i64>, max: Option<i64>) -> Self {
        Self {
            min: self.min.max(min.unwrap_or(self.min)),
            max: match (self.max, max) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }

    /// True where no number is in it.
    pub fn is_empty(self) -> bool {
        self.max.is_some_and(|max| max < self.min)
    }

    /// True where that many may be bought.
    pub fn contains(self, seats: i64) -> bool {
        seats >= self.min && self.max.is_none_or(|max| seats <= max)
    }

    /// The nearest number that may be bought.
    pub fn clamp(self, seats: i64) -> i64 {
        let upper = self.max.unwrap_or(i64::MAX).max(self.min);
        seats.clamp(self.min, upper)
    }
}

/// The range that the seat price among the prices of one currency allows; `None`: nothing here is sold by the seat.
pub fn range<'a>(prices: impl Iterator<Item = &'a ProductPrice>) -> Option<Range> {
    prices
        .filter_map(|price| match price.cost() {
            PriceAmount::SeatBased { seat_tiers, .. } => Some(Range {
                min: seat_tiers.minimum_seats,
                max: seat_tiers.maximum_seats,
            }),
            _ => None,
        })
        .next()
}

fn least(key: &'static str, value: i64, min: i64) -> Problem {
    Problem::new(
        "greater_than_equal",
        loc!["body", key],
        format!("At least {min} seats are required"),
        value,
    )
}

fn most(key: &'static str, value: i64, max: i64) -> Problem {
    Problem::new(
        "less_than_equal",
        loc!["body", key],
        format!("At most {max} seats can be bought"),
        value,
    )
}

fn not_sold(key: &'static str, value: i64) -> Problem {
    Problem::value(
        loc!["body", key],
        "This product is not sold by the seat",
        value,
    )
}

/// The bounds that a session may set for itself (docs/behaviour: seats/bounds); both are told of together.
pub fn judge_bounds(
    range: Option<Range>,
    min: Option<i64>,
    max: Option<i64>,
) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    match range {
        None => {
            problems.extend(min.map(|v| not_sold("min_seats", v)));
            problems.extend(max.map(|v| not_sold("max_seats", v)));
        }
        Some(range) => {
            if let Some(v) = min.filter(|v| *v < range.min) {
                problems.push(least("min_seats", v, range.min));
            }
            if let (Some(v), Some(limit)) = (max, range.max)
                && v > limit
            {
                problems.push(most("max_seats", v, limit));
            }
        }
    }
    collected(problems)
}

/// The number of seats of a session: the one asked for, else the least; within what may be bought, which is
/// nothing where the session's own bounds lie beyond the product's (docs/behaviour: seats/switching).
pub fn judge(range: Option<Range>, asked: Option<i64>) -> Result<Option<i64>, Refusal> {
    let Some(range) = range else {
        return match asked {
            None => Ok(None),
            Some(v) => Err(Refusal::field(not_sold("seats", v))),
        };
    };
    let seats = asked.unwrap_or(range.min);
    if seats < range.min {
        return Err(Refusal::field(least("seats", seats, range.min)));
    }
    match range.max.filter(|max| seats > *max) {
        Some(max) => Err(Refusal::field(most("seats", seats, max))),
        None => Ok(Some(seats)),
    }
}

/// Seats of a subscription that somebody holds or is invited to, with what becomes of them when it is not paid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UsedSeats {
    /// The seats: the owner's first, then the others, the first one first.
    pub seats: Vec<CustomerSeat>,
    /// Days for which they stay with a subscription that is past due.
    pub grace_days: i64,
}

impl UsedSeats {
    /// Seats of one of this organization's subscriptions.
    pub fn of(seats: Vec<CustomerSeat>, organization: &Organization) -> Self {
        let settings = &organization.settings.subscription_settings;
        Self {
            seats,
            grace_days: settings.benefit_revocation_grace_period,
        }
    }

    /// Their number.
    pub fn count(&self) -> i64 {
        i64::try_from(self.seats.len()).unwrap_or(i64::MAX)
    }

    /// True where a subscription as it is now keeps its seats: for as long as it gives its benefits
    /// (docs/behaviour: seats/end).
    pub fn are_kept(&self, subscription: &Subscription, now: Timestamp) -> bool {
        subscription_gives(subscription, self.grace_days, now)
    }

    /// Takes all of them back.
    pub fn revoke(&self, changes: &mut Changes, subscribers: &Subscribers, ctx: &DecisionContext) {
        hold::revoke_all(&self.seats, changes, subscribers, ctx);
    }

    /// Takes back those that are more than `total`: the newest first, and the owner's last (docs/behaviour: seats/surplus).
    /// The seats that are left here are used from then on.
    pub fn revoke_surplus(
        &mut self,
        total: i64,
        changes: &mut Changes,
        subscribers: &Subscribers,
        ctx: &DecisionContext,
    ) {
        let kept = usize::try_from(total).unwrap_or(0).min(self.seats.len());
        let mut surplus = self.seats.split_off(kept);
        surplus.reverse();
        hold::revoke_all(&surplus, changes, subscribers, ctx);
    }
}

#[cfg(test)]
mod tests;
