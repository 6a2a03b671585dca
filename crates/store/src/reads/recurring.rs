//! Figures of subscriptions: monthly recurring revenue, and those that began, ended and are past due.

use std::collections::BTreeMap;

use jiff::Timestamp;
use till_core::kernel::values::Value;
use till_wire::money::Currency;
use uuid::Uuid;

use super::figures::{binds, bucket, periods};
use crate::{Col, Query, Result, Store, list_cache::EXACT};

/// Monthly amount of a subscription `s`: what a period costs, by 12 months, 52 weeks or 365 days a year, rounded to the
/// minor unit, half of one upwards (docs/behaviour: dashboard/mrr).
const MONTHLY: &str = "case s.recurring_interval \
     when 'month' then (2 * s.amount + s.recurring_interval_count) / (2 * s.recurring_interval_count) \
     when 'year' then (s.amount + 6 * s.recurring_interval_count) / (12 * s.recurring_interval_count) \
     when 'week' then (52 * s.amount + 6 * s.recurring_interval_count) / (12 * s.recurring_interval_count) \
     when 'day' then (365 * s.amount + 6 * s.recurring_interval_count) / (12 * s.recurring_interval_count) end";

/// Figures of subscriptions: of each part of a period, and of now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recurring {
    /// The parts, the oldest first.
    pub parts: Vec<RecurringPart>,
    /// Number of subscriptions that are past due now.
    pub past_due: i64,
}

/// Figures of subscriptions in one part of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecurringPart {
    /// Monthly recurring revenue at the end of the part, or now in the last one, minor units by currency: only
    /// currencies in which there is or was any.
    pub monthly: BTreeMap<Currency, i64>,
    /// Number of subscriptions that started.
    pub started: i64,
    /// Number of subscriptions that ended.
    pub ended: i64,
    /// Number of subscriptions that are past due now and became so in this part.
    pub past_due: i64,
}

/// Change by one part in one currency.
#[derive(Debug, Clone, Copy, Default)]
struct Moves {
    /// Monthly amounts that were added, minor units.
    added: i64,
    /// Monthly amounts that went, minor units.
    removed: i64,
    /// Number of subscriptions that ended.
    ended: i64,
}

impl Moves {
    /// From the numbers as [`moves`] writes them.
    fn read([added, ended, paused]: [&str; 3]) -> Option<Self> {
        let (removed, ended) = ended.split_once(' ')?;
        let [removed, paused] = [removed.parse::<i64>().ok()?, paused.parse().ok()?];
        Some(Self {
            added: added.parse().ok()?,
            removed: removed.checked_add(paused)?,
            ended: ended.parse().ok()?,
        })
    }
}

impl Store {
    /// The figures of subscriptions between each boundary and the next, the last of which lies at or after `now`. Three
    /// reads, and one more for each currency.
    pub async fn recurring(
        &self,
        organization_id: Uuid,
        boundaries: &[Timestamp],
        now: Timestamp,
    ) -> Result<Recurring> {
        let mut parts = vec![RecurringPart::default(); boundaries.len().saturating_sub(1)];
        if parts.is_empty() {
            return Ok(Recurring::default());
        }
        type Texts = (Col<i64>, Col<String>, Col<String>, Col<String>, Col<String>);
        type Counts = (Col<i64>, Col<i64>, Col<i64>);
        let (moved, counts, past_due) = futures_util::future::try_join3(
            self.all::<Texts>(moves(organization_id, boundaries)),
            self.all::<Counts>(counts(organization_id, boundaries)),
            self.scalar(past_due(organization_id)),
        )
        .await?;
        let mut by_currency: BTreeMap<Currency, Vec<Moves>> = BTreeMap::new();
        for (Col(i), Col(currency), Col(added), Col(ended), Col(paused)) in moved {
            // As in the figures of sales: what does not read costs its own currency only.
            let moves = Moves::read([&added, &ended, &paused]);
            let (Ok(currency), Some(moves)) = (currency.parse::<Currency>(), moves) else {
                tracing::error!(%currency, "subscriptions are left out of the figures");
                continue;
            };
            let all = by_currency.entry(currency);
            let all = all.or_insert_with(|| vec![Moves::default(); parts.len()]);
            if let Some(place) = bucket(all, i) {
                *place = moves;
            }
        }
        for (Col(i), Col(started), Col(became_past_due)) in counts {
            if let Some(part) = bucket(&mut parts, i) {
                (part.started, part.past_due) = (started, became_past_due);
            }
        }
        for (currency, moves) in by_currency {
            let mut level = self.monthly(organization_id, currency, now).await?;
            for (part, moves) in parts.iter_mut().zip(&moves).rev() {
                part.ended += moves.ended;
                part.monthly.insert(currency, level);
                level = level
                    .saturating_sub(moves.added)
                    .saturating_add(moves.removed);
            }
        }
        Ok(Recurring { parts, past_due })
    }

    /// Monthly recurring revenue now. Of more subscriptions than are counted exactly elsewhere it is remembered for
    /// some seconds, as the number of a long list is.
    async fn monthly(
        &self,
        organization_id: Uuid,
        currency: Currency,
        now: Timestamp,
    ) -> Result<i64> {
        let key = format!("monthly recurring revenue {organization_id} {currency}");
        if let Some(known) = self.list_cache.total(&key, now) {
            return Ok(known);
        }
        let row: Option<(Col<String>, Col<i64>)> =
            self.one(level(organization_id, currency)).await?;
        let (sum, count) = row.map_or((String::new(), 0), |(Col(sum), Col(count))| (sum, count));
        let Ok(sum) = sum.parse() else {
            tracing::error!(%currency, "the sum of all subscriptions is out of range");
            return Ok(0);
        };
        if count > EXACT as i64 {
            self.list_cache.keep_total(&key, now, sum);
        }
        Ok(sum)
    }
}

/// Rows of one organization and currency; `$1` is the organization.
const OWN: &str =
    "from subscriptions s where s.organization_id = $1 and s.currency = known.currency";
/// Subscriptions that have not ended, in the order in which they began to pay; the words are those of
/// `subscriptions_live`.
const LIVE: &str = "s.ended_at is null";
/// Subscriptions that pay.
const PAYING: &str = "s.status in ('active', 'past_due')";
/// Subscriptions that have begun to pay.
const BEGUN: &str = "s.status in ('active', 'past_due', 'paused')";
/// Moment at which one that has ended paid no more.
const LEFT: &str = "coalesce(s.paused_at, s.ended_at)";

/// The sum of monthly amounts now, and of how many.
fn level(organization_id: Uuid, currency: Currency) -> Query {
    let sql = format!(
        "select cast(coalesce(sum({MONTHLY}), 0) as text), count(*) from subscriptions s \
         where s.organization_id = $1 and s.currency = $2 and {LIVE} and {PAYING}"
    );
    let currency = Value::from(currency.as_str());
    Query::raw(sql, vec![Value::Uuid(organization_id), currency])
}

/// The currencies of an index, found by hopping along it.
fn currencies(name: &str, which: &str) -> String {
    let next = |more: &str| {
        format!(
            "(select s.currency from subscriptions s where s.organization_id = $1 and {which} {more} \
             order by s.currency limit 1)"
        )
    };
    format!(
        "{name} (currency) as (select {} union all select {} from {name} where {name}.currency is not null)",
        next(""),
        next(&format!("and s.currency > {name}.currency"))
    )
}

/// Amounts that each part added and removed in each currency. Of the sums, each walks one stretch of one index for each
/// part; one begins to pay with the end of its trial, or without one at its start: two stretches.
fn moves(organization_id: Uuid, boundaries: &[Timestamp]) -> Query {
    let within = |column: &str| {
        format!("{column} >= report_period.since and {column} < report_period.until")
    };
    let sum = |amount: &str, which: &str| {
        format!("(select coalesce(sum({amount}), 0) {OWN} and {which})")
    };
    let [after_trial, at_once] = [
        within("s.trial_end"),
        format!("s.trial_end is null and {}", within("s.started_at")),
    ];
    let ended = "s.ended_at is not null";
    let paid = |since: &str| format!("case when {LEFT} > {since} then {MONTHLY} end");
    let added = [
        sum(MONTHLY, &format!("{LIVE} and {BEGUN} and {after_trial}")),
        sum(MONTHLY, &format!("{LIVE} and {BEGUN} and {at_once}")),
        sum(&paid("s.trial_end"), &format!("{ended} and {after_trial}")),
        sum(&paid("s.started_at"), &format!("{ended} and {at_once}")),
    ];
    let since = "coalesce(s.trial_end, s.started_at)";
    let left = format!("case when s.paused_at is null and s.ended_at > {since} then {MONTHLY} end");
    let ended = format!(
        "(select cast(coalesce(sum({left}), 0) as text) || ' ' || cast(count(*) as text) {OWN} and {ended} and {})",
        within("s.ended_at")
    );
    let paused = sum(
        &format!("case when s.paused_at > {since} then {MONTHLY} end"),
        &format!("s.paused_at is not null and {}", within("s.paused_at")),
    );
    let sql = format!(
        "with recursive {}, {}, known (currency) as (select currency from live where currency is not null \
         union select currency from gone where currency is not null), {} \
         select cast(report_period.i as bigint), known.currency, cast({} as text), {ended}, cast({paused} as text) \
         from report_period cross join known",
        currencies("live", LIVE),
        currencies("gone", "s.ended_at is not null"),
        periods(boundaries),
        added.join(" + "),
    );
    Query::raw(sql, binds(organization_id, boundaries))
}

/// The numbers of those that started, and of those that are past due since, for each part.
fn counts(organization_id: Uuid, boundaries: &[Timestamp]) -> Query {
    let of = |column: &str, more: &str| {
        format!(
            "(select count(*) from subscriptions s where s.organization_id = $1 and {column} >= report_period.since \
             and {column} < report_period.until {more})"
        )
    };
    let sql = format!(
        "with {} select cast(report_period.i as bigint), {}, {} from report_period",
        periods(boundaries),
        of("s.started_at", ""),
        of("s.past_due_at", "and s.status = 'past_due'"),
    );
    Query::raw(sql, binds(organization_id, boundaries))
}

fn past_due(organization_id: Uuid) -> Query {
    let sql = "select count(*) from subscriptions s where s.organization_id = $1 and s.status = 'past_due'";
    Query::raw(sql, vec![Value::Uuid(organization_id)])
}

#[cfg(test)]
mod tests;
