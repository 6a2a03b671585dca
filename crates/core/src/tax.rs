//! Tax: what a decision asks and what it is told (docs/behaviour/tax.md).

pub mod ids;
pub mod rates;
mod standard;

pub use standard::{check, standard};

use till_wire::{
    address::Address, country::Country, money::Currency, organizations::TaxBehaviorOption,
    tax::TaxLine,
};

/// A question for a tax: the amount and the place.
#[derive(Debug, Clone, PartialEq)]
pub struct TaxQuery {
    /// Currency of the amount.
    pub currency: Currency,
    /// Minor units, after discount.
    pub amount: i64,
    /// The behavior of the amount: inclusive or exclusive, never by location.
    pub behavior: TaxBehaviorOption,
    /// The buyer's address.
    pub address: Address,
    /// The merchant's country, if it is known.
    pub seller: Option<Country>,
    /// The tax id of a buyer that buys as a business, normalised, and its format, such as `eu_vat`; none for a
    /// consumer, whatever number is known.
    pub tax_id: Option<(String, String)>,
}

/// The tax that is due.
#[derive(Debug, Clone, PartialEq)]
pub struct TaxAnswer {
    /// Minor units.
    pub amount: i64,
    /// The lines of the tax; their amounts add up to `amount`.
    pub lines: Vec<TaxLine>,
}

/// The answer to a query, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Ruling {
    /// The tax that is due.
    Due(TaxAnswer),
    /// The address does not do; why, in words for the buyer.
    Refused(String),
    /// Not asked for yet: whoever runs the decision asks, and runs it again.
    Unasked,
}

/// Answers the tax questions of a decision.
pub trait Taxes: Sync {
    /// The tax that is due.
    fn rule(&self, query: &TaxQuery) -> Ruling;
}

/// The behavior of an amount, inclusive or exclusive, where that is left to the place (docs/behaviour: tax/behavior).
pub fn resolved(option: TaxBehaviorOption, country: &str) -> TaxBehaviorOption {
    match option {
        TaxBehaviorOption::Location if matches!(country, "US" | "CA" | "IN") => {
            TaxBehaviorOption::Exclusive
        }
        TaxBehaviorOption::Location => TaxBehaviorOption::Inclusive,
        stated => stated,
    }
}

/// Answers nothing, for decisions that ask nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoTaxes;

impl Taxes for NoTaxes {
    fn rule(&self, _: &TaxQuery) -> Ruling {
        Ruling::Unasked
    }
}
