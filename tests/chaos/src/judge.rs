//! Judging whether what is left of a run agrees with itself: a function of the record alone.

mod changes;
mod disputes;
mod documents;
mod events;
mod grants;
mod letters;
mod refunds;
mod renewals;
mod sales;
#[cfg(test)]
mod tests;
mod usage;

use std::{fmt, ops::RangeInclusive};

use crate::record::Record;

/// The counts, and what must not be.
#[derive(Debug, Default)]
pub struct Verdict {
    pub counts: Vec<(String, i64)>,
    pub violations: Vec<String>,
}

impl Verdict {
    pub fn count(&mut self, what: impl Into<String>, number: usize) {
        self.counts
            .push((what.into(), i64::try_from(number).unwrap_or(i64::MAX)));
    }

    fn broken(&mut self, words: String) {
        self.violations.push(words);
    }
}

/// Of many violations only so many are shown.
const SHOWN: usize = 40;

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, number) in &self.counts {
            writeln!(f, "  {what:<52} {number:>8}")?;
        }
        for violation in self.violations.iter().take(SHOWN) {
            writeln!(f, "  VIOLATION: {violation}")?;
        }
        if self.violations.len() > SHOWN {
            writeln!(f, "  … and {} more", self.violations.len() - SHOWN)?;
        }
        Ok(())
    }
}

/// Judges everything.
pub fn judge(record: &Record) -> Verdict {
    let mut verdict = Verdict::default();
    // First, because it explains much of the rest.
    for waiting in &record.waiting {
        verdict.broken(format!("still waiting at the end: {waiting}"));
    }
    sales::money(record, &mut verdict);
    sales::conserved(record, &mut verdict);
    refunds::refunds(record, &mut verdict);
    refunds::books(record, &mut verdict);
    disputes::disputes(record, &mut verdict);
    refunds::intents(record, &mut verdict);
    refunds::notices(record, &mut verdict);
    sales::sessions(record, &mut verdict);
    renewals::renewals(record, &mut verdict);
    changes::changes(record, &mut verdict);
    sales::people(record, &mut verdict);
    sales::discounts(record, &mut verdict);
    events::refunds(record, &mut verdict);
    events::written(record, &mut verdict);
    events::delivered(record, &mut verdict);
    events::in_order(record, &mut verdict);
    letters::letters(record, &mut verdict);
    documents::documents(record, &mut verdict);
    if let Some(usage) = &record.usage {
        usage::usage(record, usage, &mut verdict);
        grants::grants(record, usage, &mut verdict);
    }
    for key in &record.buried {
        verdict.broken(format!("job {key} was buried"));
    }
    verdict.count("violations", verdict.violations.len());
    verdict
}

/// The numbers of a range, in words.
fn between(range: &RangeInclusive<usize>) -> String {
    match (range.start(), range.end()) {
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    }
}
