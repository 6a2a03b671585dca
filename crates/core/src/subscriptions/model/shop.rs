//! Offer of the shop, in the independent model: plans, discounts, and the tax where the customer lives.

use super::calendar::{Every, day, is_last_day, later};

/// A product that is subscribed to.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub every: Every,
    pub price: Price,
    pub trial: Option<Every>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Price {
    Fixed(i64),
    Free,
    /// For each seat, of 1 to [`SEATS`].
    Seats(i64),
    /// As the buyer has chosen.
    Chosen,
}

pub const SEATS: i64 = 10;

impl Plan {
    pub fn is_by_seat(&self) -> bool {
        matches!(self.price, Price::Seats(_))
    }

    /// Price of a period, where parts of a period are billed.
    pub fn parted(&self, seats: Option<i64>) -> Option<i64> {
        match self.price {
            Price::Fixed(amount) => Some(amount),
            Price::Seats(each) => Some(each * seats.unwrap_or(0)),
            Price::Free | Price::Chosen => None,
        }
    }
}

/// A discount.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    pub worth: Worth,
    pub lasts: Lasts,
    /// The only plan that it is for.
    pub only: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub enum Worth {
    Percent(i64),
    Cents(i64),
}

#[derive(Debug, Clone, Copy)]
pub enum Lasts {
    Once,
    Months(i64),
    Forever,
}

impl Cut {
    pub fn off(&self, amount: i64) -> i64 {
        let off = match self.worth {
            Worth::Percent(percent) => (amount * percent * 2 + 100) / 200,
            Worth::Cents(cents) => cents,
        };
        off.clamp(0, amount.max(0))
    }

    pub fn is_over(&self, applied: i64, start: i64, anchor: i64) -> bool {
        match self.lasts {
            Lasts::Forever => false,
            Lasts::Once => start > applied,
            Lasts::Months(months) => {
                let anchor = match is_last_day(applied) {
                    true => anchor.max(day(applied)),
                    false => day(applied),
                };
                start > later(applied, Every::Months(months - 1), anchor)
            }
        }
    }
}

/// Offer of the shop, and where tax is collected.
#[derive(Debug)]
pub struct Shop {
    pub plans: Vec<Plan>,
    pub cuts: Vec<Cut>,
}

/// Country where the customer lives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Home {
    /// No tax.
    Nowhere,
    /// The price contains 19 %.
    Germany,
    /// 8.25 % are added.
    NewYork,
}

impl Home {
    /// Tax on an amount, and whether it is in it.
    pub fn tax(self, amount: i64) -> (i64, bool) {
        match self {
            Home::Nowhere => (0, false),
            Home::Germany => ((amount * 19 * 2 + 119) / 238, true),
            Home::NewYork => ((amount * 825 * 2 + 10_000) / 20_000, false),
        }
    }
}
