//! The figures of subscriptions: monthly recurring revenue, and those that began, ended and are past due.

use till_store::{Recurring, RecurringPart};
use till_wire::money::Currency;

use super::{Parts, Section, Total};
use crate::dashboard::{
    chart::{Form, Unit},
    listing::thousands,
    parts::money,
};

/// Meaning of monthly recurring revenue.
const MONTHLY: &str = "What subscriptions that are active or past due cost per month, after discounts and without tax; \
     a year counts as 12 months, 52 weeks or 365 days. Trials and pauses are left out.";
/// Meaning of the new subscriptions.
const STARTED: &str = "Subscriptions that started, trials included.";
/// Meaning of the churned subscriptions.
const ENDED: &str = "Subscriptions that ended.";
/// Meaning of the subscriptions that are past due.
const PAST_DUE: &str = "Subscriptions whose payment failed and is tried again, by when that began.";

/// Monthly recurring revenue in one currency at the end of a part.
fn monthly(part: &RecurringPart, currency: Currency) -> i64 {
    part.monthly.get(&currency).copied().unwrap_or(0)
}

/// The section: each figure as a sum and as a chart.
pub(super) fn section(recurring: &Recurring, parts: &Parts, currency: Currency) -> Section {
    let all = &recurring.parts;
    let now = all.last().map_or(0, |part| monthly(part, currency));
    let sum = |of: fn(&RecurringPart) -> i64| all.iter().map(of).sum::<i64>();
    let [started, ended] = [sum(|part| part.started), sum(|part| part.ended)];
    let total = |name, value, note| Total { name, value, note };
    let each = |of: fn(&RecurringPart) -> i64| all.iter().map(move |part| Some(of(part)));
    let counted = (Form::Bars, Unit::Count);
    let levels = all.iter().map(|part| Some(monthly(part, currency)));
    let title = format!("MRR in {}", currency.as_str().to_uppercase());
    Section {
        title: "Subscriptions",
        totals: vec![
            total(
                "MRR",
                money(now, currency),
                "Monthly recurring revenue now.",
            ),
            total("New", thousands(started), STARTED),
            total("Churned", thousands(ended), ENDED),
            total(
                "Past due",
                thousands(recurring.past_due),
                "Now, in all currencies.",
            ),
        ],
        charts: vec![
            parts.chart(
                "mrr",
                &title,
                MONTHLY,
                (Form::Line, Unit::Money(currency)),
                levels,
            ),
            parts.chart(
                "started",
                "New subscriptions",
                STARTED,
                counted,
                each(|part| part.started),
            ),
            parts.chart(
                "ended",
                "Churned subscriptions",
                ENDED,
                counted,
                each(|part| part.ended),
            ),
            parts.chart(
                "past-due",
                "Past due subscriptions",
                PAST_DUE,
                counted,
                each(|part| part.past_due),
            ),
        ],
    }
}
