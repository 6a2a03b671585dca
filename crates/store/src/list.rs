//! Lists with optional filters. A list cannot be built without saying whose rows it may show.

use std::fmt::Write as _;

use sea_query::{
    Alias, Expr, NullOrdering, PostgresQueryBuilder, Query as Select, SelectStatement,
};
use till_core::change::{Record, Value};
use uuid::Uuid;

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// Which database the text is for, where the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone)]
enum Filter {
    /// SQL with a `?` per value.
    Sql(String, Vec<Value>),
    Metadata(String, String, Vec<String>),
    /// Uuid columns, other columns, the text.
    WrittenContains(Vec<String>, Vec<String>, String),
}

/// A filtered, ordered list of one table's rows. See [`Store::page`](crate::Store::page).
#[derive(Debug, Clone)]
#[must_use]
pub struct List {
    table: &'static str,
    columns: &'static [&'static str],
    filters: Vec<Filter>,
    orders: Vec<Sort>,
    /// Rows behind the page that are counted at most.
    counted: Option<u64>,
}

#[derive(Debug, Clone)]
enum Sort {
    Column(String, Order),
    /// Portable SQL; where it is null the row counts as largest on both databases.
    Sql(&'static str, Order),
    /// In the order of these ids; the others last.
    Ids(String, Vec<Uuid>, Order),
}

impl List {
    /// Rows of one organization (by `organization_id`).
    pub fn of<R: Record>(organization_id: Uuid) -> Self {
        Self::of_many::<R>(&[organization_id])
    }

    /// Rows of these organizations (by `organization_id`); none given: no rows.
    pub fn of_many<R: Record>(organization_ids: &[Uuid]) -> Self {
        Self::within::<R>("organization_id", organization_ids)
    }

    /// Rows of a table that names its tenancy otherwise (such as `id` of organizations).
    pub fn within<R: Record>(column: &str, ids: &[Uuid]) -> Self {
        let list = Self {
            table: R::TABLE,
            columns: R::COLUMNS,
            filters: Vec::new(),
            orders: Vec::new(),
            counted: None,
        };
        list.is_in(column, ids.iter().map(|id| Value::Uuid(*id)).collect())
    }

    pub(crate) fn table(&self) -> &'static str {
        self.table
    }

    /// `column` is one of `values`; none given: no rows.
    pub fn is_in(self, column: &str, values: Vec<Value>) -> Self {
        let values: Vec<_> = values.into_iter().filter(findable).collect();
        match values.len() {
            0 => self.never(),
            1 => {
                let sql = format!("{} = ?", self.column(column));
                self.filter_sql(&sql, values)
            }
            n => {
                let sql = format!("{} in ({})", self.column(column), marks(n));
                self.filter_sql(&sql, values)
            }
        }
    }

    /// `column` is `value`; never true for null.
    pub fn eq(self, column: &str, value: impl Into<Value>) -> Self {
        self.is_in(column, vec![value.into()])
    }

    /// `column` contains `text`, case-insensitively (SQLite: for ASCII letters).
    pub fn contains_ci(self, column: &str, text: &str) -> Self {
        if text.contains('\0') {
            return self.never();
        }
        let sql = format!(
            "lower({}) like lower(cast(? as text)) escape '!'",
            self.column(column)
        );
        self.filter_sql(&sql, vec![Value::Text(containing(text))])
    }

    /// `column` starts with `text`, exactly.
    pub fn starts_with(self, column: &str, text: &str) -> Self {
        if text.contains('\0') {
            return self.never();
        }
        let sql = format!(
            "substr({}, 1, {}) = ?",
            self.column(column),
            text.chars().count()
        );
        self.filter_sql(&sql, vec![Value::Text(text.to_owned())])
    }

    /// `column` lies before `at`.
    pub fn before(self, column: &str, at: jiff::Timestamp) -> Self {
        let sql = format!("{} < ?", self.column(column));
        self.filter_sql(&sql, vec![Value::Time(at)])
    }

    /// `column` is `at` or lies after it.
    pub fn after(self, column: &str, at: jiff::Timestamp) -> Self {
        let sql = format!("{} >= ?", self.column(column));
        self.filter_sql(&sql, vec![Value::Time(at)])
    }

    /// The JSON object in `column` has `key` with one of `values` (as text: 1 is `1`, true is `true`,
    /// strings are themselves).
    pub fn metadata(mut self, column: &str, key: &str, values: &[String]) -> Self {
        let values: Vec<_> = values
            .iter()
            .filter(|value| !value.contains('\0'))
            .cloned()
            .collect();
        if values.is_empty() || key.contains('\0') {
            return self.never();
        }
        let column = self.column(column);
        self.filters
            .push(Filter::Metadata(column, key.to_owned(), values));
        self
    }

    /// The written form of one of the columns, `uuids` or `numbers`, contains `text`, case-insensitively.
    pub fn written_contains(mut self, uuids: &[&str], numbers: &[&str], text: &str) -> Self {
        if uuids.len() + numbers.len() == 0 || text.contains('\0') {
            return self.never();
        }
        let named = |columns: &[&str]| columns.iter().map(|c| self.column(c)).collect::<Vec<_>>();
        let filter = Filter::WrittenContains(named(uuids), named(numbers), text.to_owned());
        self.filters.push(filter);
        self
    }

    /// One of `ids` stands in `column`, a JSON list of ids; none given: all rows.
    pub fn holding(self, column: &str, ids: &[Uuid]) -> Self {
        if ids.is_empty() {
            return self;
        }
        let way = format!("cast({} as text) like ?", self.column(column));
        let values = ids.iter().map(|id| holding(*id)).collect();
        self.filter_sql(&vec![way; ids.len()].join(" or "), values)
    }

    /// `column` is null.
    pub fn is_null(self, column: &str) -> Self {
        let sql = format!("{} is null", self.column(column));
        self.filter_sql(&sql, vec![])
    }

    /// `column` is not null.
    pub fn not_null(self, column: &str) -> Self {
        let sql = format!("{} is not null", self.column(column));
        self.filter_sql(&sql, vec![])
    }

    /// Any portable condition on the list's table, with a `?` per value.
    pub fn filter_sql(mut self, sql: &str, binds: Vec<Value>) -> Self {
        self.filters.push(Filter::Sql(sql.to_owned(), binds));
        self
    }

    /// Sorts by `column`, after the orders given before. Rows that tie are ordered by id.
    pub fn order(mut self, column: &str, order: Order) -> Self {
        self.orders.push(Sort::Column(column.to_owned(), order));
        self
    }

    /// Sorts by a portable expression on the list's table, or by a column that may be null: rows where
    /// it is null count as largest on both databases.
    pub fn order_sql(mut self, expression: &'static str, order: Order) -> Self {
        self.orders.push(Sort::Sql(expression, order));
        self
    }

    /// Sorts by the place of `column` among `ids`; rows that are not among them come last (`Asc`).
    pub fn order_ids(mut self, column: &str, ids: &[Uuid], order: Order) -> Self {
        let column = self.column(column);
        self.orders.push(Sort::Ids(column, ids.to_vec(), order));
        self
    }

    /// One of `contained` contains `text`, or one of `started` starts with it, case-insensitively
    /// (SQLite: for ASCII letters).
    pub fn search(self, contained: &[&str], started: &[&str], text: &str) -> Self {
        if text.contains('\0') {
            return self.never();
        }
        let anywhere = containing(text);
        let at_start = anywhere[1..].to_owned();
        let one = |column: &&str| {
            format!(
                "lower({}) like lower(cast(? as text)) escape '!'",
                self.column(column)
            )
        };
        let ways: Vec<_> = contained.iter().chain(started).map(one).collect();
        let mut values = vec![Value::Text(anywhere); contained.len()];
        values.extend(vec![Value::Text(at_start); started.len()]);
        self.filter_sql(&ways.join(" or "), values)
    }

    /// Counts no further than `rows` behind the page that is asked for: for tables that grow for ever. Who
    /// turns the pages still comes to the last one.
    pub fn counted_up_to(mut self, rows: u64) -> Self {
        self.counted = Some(rows);
        self
    }

    fn never(self) -> Self {
        self.filter_sql("1 = 0", vec![])
    }

    fn column(&self, column: &str) -> String {
        format!("{}.{column}", self.table)
    }

    /// The statements for the rows of a page, and for the count.
    pub(crate) fn build(
        &self,
        dialect: Dialect,
        page: u32,
        limit: u32,
    ) -> (super::Query, super::Query) {
        let mut binds = Vec::new();
        let mut select = Select::select();
        select.from(Alias::new(self.table));
        for filter in &self.filters {
            select.and_where(filter.expr(dialect, &mut binds));
        }
        let offset = u64::from(page.saturating_sub(1)) * u64::from(limit);
        let mut count = select.clone();
        if let Some(behind) = self.counted {
            let most = offset + u64::from(limit) + behind;
            count.expr(Expr::cust("1")).limit(most);
            count = Select::select()
                .from_subquery(count, Alias::new("counted"))
                .to_owned();
        }
        count.expr(Expr::cust("count(*)"));
        for column in self.columns {
            select.column((Alias::new(self.table), Alias::new(*column)));
        }
        let mut last = Order::Asc;
        for sort in &self.orders {
            last = match sort {
                Sort::Column(column, order) => {
                    select.order_by((Alias::new(self.table), Alias::new(column)), order.sea());
                    *order
                }
                Sort::Sql(expression, order) => {
                    let nulls = match order {
                        Order::Asc => NullOrdering::Last,
                        Order::Desc => NullOrdering::First,
                    };
                    select.order_by_expr_with_nulls(Expr::cust(*expression), order.sea(), nulls);
                    *order
                }
                Sort::Ids(column, ids, order) => {
                    let place = |i: usize| format!(" when {column} = ? then {i}");
                    let places: String = (0..ids.len()).map(place).collect();
                    let values = ids.iter().map(|id| Value::Uuid(*id)).collect();
                    if !ids.is_empty() {
                        let sql = format!("case{places} else {} end", ids.len());
                        select.order_by_expr(custom(&sql, values, &mut binds), order.sea());
                    }
                    *order
                }
            };
        }
        // the tie-breaker runs the way the list does, so that an index on both columns serves it
        select.order_by((Alias::new(self.table), Alias::new("id")), last.sea());
        select.limit(u64::from(limit)).offset(offset);
        (text(&select, &binds), text(&count, &binds))
    }
}

impl Order {
    fn sea(self) -> sea_query::Order {
        match self {
            Self::Asc => sea_query::Order::Asc,
            Self::Desc => sea_query::Order::Desc,
        }
    }
}

/// Text that no database can store is found nowhere.
fn findable(value: &Value) -> bool {
    !matches!(value, Value::Text(text) if text.contains('\0'))
}

fn marks(n: usize) -> String {
    vec!["?"; n].join(", ")
}

/// A LIKE pattern that finds `text` anywhere, itself taken literally (escape character `!`).
pub fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A LIKE pattern that finds an id in a JSON list of ids.
pub(crate) fn holding(id: Uuid) -> Value {
    Value::Text(format!("%\"{id}\"%"))
}

impl Filter {
    fn expr(&self, dialect: Dialect, binds: &mut Vec<Value>) -> Expr {
        match self {
            Self::Sql(sql, values) => custom(sql, values.clone(), binds),
            Self::Metadata(column, key, values) => {
                let mut all = vec![Value::Text(key.clone())];
                all.extend(values.iter().cloned().map(Value::Text));
                let marks = marks(values.len());
                let sql = match dialect {
                    Dialect::Postgres => {
                        format!("({column} ->> cast(? as text)) in ({marks})")
                    }
                    // json_each instead of a path: paths cannot name every key. `->` gives a number
                    // as it was written, where `value` would print 1e2 as 100.0.
                    Dialect::Sqlite => format!(
                        "exists (select 1 from json_each({column}) as e where e.key = ? and \
                         case e.type when 'true' then 'true' when 'false' then 'false' \
                         when 'real' then coalesce({column} -> e.fullkey, cast(e.value as text)) \
                         when 'integer' then coalesce({column} -> e.fullkey, cast(e.value as text)) \
                         else e.value end in ({marks}))"
                    ),
                };
                custom(&sql, all, binds)
            }
            Self::WrittenContains(uuids, numbers, text) => {
                let pattern = containing(&text.to_ascii_lowercase());
                let cast = |column: &String| format!("cast({column} as text)");
                let uuid = |column: &String| match dialect {
                    Dialect::Postgres => cast(column),
                    Dialect::Sqlite => dashed(column),
                };
                let written = uuids.iter().map(uuid).chain(numbers.iter().map(cast));
                let ways: Vec<_> = written
                    .map(|text| format!("{text} like ? escape '!'"))
                    .collect();
                let all = vec![Value::Text(pattern); ways.len()];
                custom(&format!("({})", ways.join(" or ")), all, binds)
            }
        }
    }
}

/// A stored uuid in its written form, on SQLite.
fn dashed(column: &str) -> String {
    let part = |from: u32, length: u32| format!("substr(hex({column}), {from}, {length})");
    format!(
        "lower({} || '-' || {} || '-' || {} || '-' || {} || '-' || {})",
        part(1, 8),
        part(9, 4),
        part(13, 4),
        part(17, 4),
        part(21, 12)
    )
}

/// The builder numbers the values; they themselves wait in `binds`, each known there by its place.
fn custom(sql: &str, values: Vec<Value>, binds: &mut Vec<Value>) -> Expr {
    let mut numbered = String::with_capacity(sql.len() + 8);
    numbered.push('(');
    let mut quoted = false;
    let mut n = 0;
    for c in sql.chars() {
        quoted ^= c == '\'';
        if c == '?' && !quoted {
            n += 1;
            write!(numbered, "${n}").expect("writing to a string");
        } else {
            numbered.push(c);
        }
    }
    numbered.push(')');
    debug_assert_eq!(n, values.len(), "one ? per value: {sql}");
    if values.is_empty() {
        return Expr::cust(numbered);
    }
    let places: Vec<i64> = values
        .into_iter()
        .map(|value| {
            binds.push(value);
            i64::try_from(binds.len() - 1).expect("few values")
        })
        .collect();
    Expr::cust_with_values(numbered, places)
}

/// PostgreSQL's spelling (`$1`, double quotes) is understood by both.
fn text(select: &SelectStatement, binds: &[Value]) -> super::Query {
    let (sql, places) = select.build(PostgresQueryBuilder);
    let values = places
        .into_iter()
        .map(|place| match place {
            sea_query::Value::BigInt(Some(i)) => {
                let i = usize::try_from(i).expect("a place is never negative");
                binds[i].clone()
            }
            sea_query::Value::BigUnsigned(Some(n)) => {
                Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
            }
            other => unreachable!("only places, limit and offset are bound: {other:?}"),
        })
        .collect();
    super::Query::raw(sql, values)
}
