//! A bill: what was bought, its lines, and what they come to.

use askama::Template;
use till_wire::{
    money::Currency,
    tax::{TaxLine, TaxabilityReason},
};

use crate::{
    dashboard::{
        detail::Part,
        parts::{Cell, money, sentence},
    },
    error::{ApiError, Result},
};

/// One line: what it is for, and its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    label: String,
    note: Option<String>,
    amount: String,
    is_total: bool,
}

impl Line {
    /// A line; `minor` counts minor units.
    pub fn new(label: impl Into<String>, minor: i64, currency: Currency) -> Self {
        Self {
            label: label.into(),
            note: None,
            amount: money(minor, currency),
            is_total: false,
        }
    }

    /// With a softer line below the label.
    pub fn note(mut self, words: impl Into<String>) -> Self {
        self.note = Some(words.into());
        self
    }

    /// Amount that all lines above come to.
    pub fn total(mut self) -> Self {
        self.is_total = true;
        self
    }
}

/// A bill.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/bill.html")]
pub struct Bill {
    /// The product, and what it is to the bill: `Bought`; none where the lines say it.
    pub product: Option<(&'static str, Cell)>,
    /// The lines.
    pub lines: Vec<Line>,
    /// Below the lines: discount, taxes, total and what follows.
    pub sums: Vec<Line>,
    /// The customer, with the name and address of the bill; empty where another part of the page says it.
    pub billed_to: Vec<Cell>,
}

impl Bill {
    /// The bill as a part of a page.
    pub fn part(&self, title: &'static str) -> Result<Part> {
        let html = self.render().map_err(ApiError::internal)?;
        Ok(Part::Html(title, html))
    }
}

/// The taxes that a sum is made of, each as it is called, and why one is not charged; without any, the sum alone. None
/// where the tax is not known yet.
pub fn taxes(sum: Option<i64>, lines: Option<&[TaxLine]>, currency: Currency) -> Vec<Line> {
    let Some(lines) = lines.filter(|lines| !lines.is_empty()) else {
        let sum = sum.map(|sum| Line::new("Tax", sum, currency));
        return sum.into_iter().collect();
    };
    let line = |tax: &TaxLine| {
        let line = Line::new(tax.label(), tax.amount, currency);
        match tax.taxability_reason {
            TaxabilityReason::StandardRated => line,
            other => line.note(sentence(other.as_str())),
        }
    };
    lines.iter().map(line).collect()
}
