use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use till_core::kernel::values::Value;
use till_wire::money::Currency;
use uuid::Uuid;

use crate::{Col, Query, Result, Store};

/// Orders that were paid, also those paid back later.
const PAID: &str = "o.status in ('paid', 'refunded', 'partially_refunded')";

/// The figures of one period: what was sold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Paid orders by currency; only currencies in which something was sold.
    pub sales: BTreeMap<Currency, Sales>,
    /// Sessions made.
    pub sessions: i64,
    /// The number of those that have succeeded since.
    pub succeeded: i64,
}

/// Paid orders in one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sales {
    /// After discounts, without tax, before refunds; minor units.
    pub revenue: i64,
    /// The number of orders.
    pub orders: i64,
}

impl Sales {
    /// From the two numbers as [`sales`] writes them.
    fn read(both: &str) -> Option<Self> {
        let (revenue, orders) = both.split_once(' ')?;
        Some(Self {
            revenue: revenue.parse().ok()?,
            orders: orders.parse().ok()?,
        })
    }
}

impl Figures {
    /// Paid orders in all currencies.
    pub fn orders(&self) -> i64 {
        self.sales.values().map(|sales| sales.orders).sum()
    }
}

/// The progress of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// It has a product that can be bought.
    pub product: bool,
    /// A session was made.
    pub session: bool,
    /// Something was bought.
    pub order: bool,
    /// There is a token that works, or worked.
    pub token: bool,
    /// An endpoint listens.
    pub endpoint: bool,
}

impl Store {
    /// The progress of an organization. One read.
    pub async fn progress(&self, organization_id: Uuid) -> Result<Progress> {
        let first = |table: &str, more: &str| {
            format!("exists (select 1 from {table} where organization_id = $1 {more})")
        };
        let found = [
            first("products", "and is_archived = $2"),
            first("checkouts", ""),
            first("orders", ""),
            first("access_tokens", ""),
            first(
                "webhook_endpoints",
                "and enabled = $3 and deleted_at is null",
            ),
        ]
        .map(|exists| format!("case when {exists} then 1 else 0 end"));
        let sql = format!("select {}", found.join(", "));
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Bool(false),
            Value::Bool(true),
        ];
        type Ones = (Col<i64>, Col<i64>, Col<i64>, Col<i64>, Col<i64>);
        let found: Option<Ones> = self.one(Query::raw(sql, binds)).await?;
        let (product, session, order, token, endpoint) =
            found.unwrap_or((Col(0), Col(0), Col(0), Col(0), Col(0)));
        let [product, session, order, token, endpoint] =
            [product, session, order, token, endpoint].map(|Col(one)| one == 1);
        Ok(Progress {
            product,
            session,
            order,
            token,
            endpoint,
        })
    }

    /// The figures between each boundary and the next (`n` boundaries, `n - 1` figures). Two reads.
    pub async fn figures(
        &self,
        organization_id: Uuid,
        boundaries: &[Timestamp],
    ) -> Result<Vec<Figures>> {
        let mut figures = vec![Figures::default(); boundaries.len().saturating_sub(1)];
        if figures.is_empty() {
            return Ok(figures);
        }
        let (sales, sessions) = futures_util::future::try_join(
            self.all::<(Col<i64>, Col<String>, Col<String>)>(sales(organization_id, boundaries)),
            self.all::<(Col<i64>, Col<i64>, Col<i64>)>(sessions(organization_id, boundaries)),
        )
        .await?;
        for (Col(i), Col(currency), Col(both)) in sales {
            // One order that does not read costs its own currency, not the figures of all others.
            let Ok(currency) = currency.parse::<Currency>() else {
                tracing::error!(%currency, "orders in an unknown currency are left out of the figures");
                continue;
            };
            let sold = Sales::read(&both).filter(|sales| sales.orders > 0);
            if let (Some(figures), Some(sold)) = (bucket(&mut figures, i), sold) {
                figures.sales.insert(currency, sold);
            }
        }
        for (Col(i), Col(made), Col(succeeded)) in sessions {
            if let Some(figures) = bucket(&mut figures, i) {
                (figures.sessions, figures.succeeded) = (made, succeeded);
            }
        }
        Ok(figures)
    }
}

/// The part with this number.
pub(super) fn bucket<T>(parts: &mut [T], i: i64) -> Option<&mut T> {
    parts.get_mut(usize::try_from(i).ok()?)
}

/// `report_period (i, since, until)`, one row per figure; the boundaries are bound from `$2` on.
pub(super) fn periods(boundaries: &[Timestamp]) -> String {
    let mut text = "report_period (i, since, until) as (values ".to_owned();
    for i in 0..boundaries.len() - 1 {
        let comma = if i == 0 { "" } else { ", " };
        write!(
            text,
            "{comma}({i}, cast(${} as timestamptz), cast(${} as timestamptz))",
            i + 2,
            i + 3
        )
        .expect("writing to a string");
    }
    text + ")"
}

/// The organization, and the boundaries of [`periods`].
pub(super) fn binds(organization_id: Uuid, boundaries: &[Timestamp]) -> Vec<Value> {
    [Value::Uuid(organization_id)]
        .into_iter()
        .chain(boundaries.iter().map(|at| Value::Time(*at)))
        .collect()
}

/// Walks one period of `orders_figures` for each figure: grouping would have to sort all rows first.
/// The currencies are found by hopping along the same index. Both numbers are one text, so that each row is
/// visited once: a subquery has one column.
fn sales(organization_id: Uuid, boundaries: &[Timestamp]) -> Query {
    let next = |more: &str| {
        format!(
            "(select o.currency from orders o where o.organization_id = $1 and {PAID} {more} \
             order by o.currency limit 1)"
        )
    };
    let of = format!(
        "from orders o where o.organization_id = $1 and o.currency = known.currency \
         and o.created_at >= report_period.since and o.created_at < report_period.until and {PAID}"
    );
    let sql = format!(
        "with recursive known (currency) as (select {} union all \
         select {} from known where known.currency is not null), {} \
         select cast(report_period.i as bigint), known.currency, \
         (select cast(coalesce(sum(o.net_amount), 0) as text) || ' ' || cast(count(*) as text) {of}) \
         from report_period cross join known where known.currency is not null",
        next(""),
        next("and o.currency > known.currency"),
        periods(boundaries),
    );
    Query::raw(sql, binds(organization_id, boundaries))
}

fn sessions(organization_id: Uuid, boundaries: &[Timestamp]) -> Query {
    let of = "from checkouts c where c.organization_id = $1 and c.created_at >= report_period.since \
              and c.created_at < report_period.until";
    let sql = format!(
        "with {} select cast(report_period.i as bigint), (select count(*) {of}), \
         (select count(*) {of} and c.status = 'succeeded') from report_period",
        periods(boundaries),
    );
    Query::raw(sql, binds(organization_id, boundaries))
}
