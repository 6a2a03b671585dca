//! Lists with optional filters. A list cannot be built without saying whose rows it may show.

#[cfg(test)]
mod plans;
mod table;
mod tables;
mod text;
mod text_search;

use jiff::Timestamp;
use till_core::kernel::{changes::Record, values::Value};
use uuid::Uuid;

use table::ListedTable;
pub(crate) use text::Window;

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
    /// A column of the list's table.
    In(String, Vec<Value>),
    Metadata(String, String, Vec<String>),
    /// By a text in its folded form.
    TextSearch(text_search::TextSearch),
    /// Uuid columns, other columns, the text.
    WrittenContains(Vec<String>, Vec<String>, String),
}

/// A filtered, ordered list of one table's rows. See [`Store::page`](crate::Store::page).
#[derive(Debug, Clone)]
#[must_use]
pub struct List {
    table: &'static str,
    columns: &'static [&'static str],
    folded: &'static [(&'static str, &'static str)],
    listed: &'static ListedTable,
    filters: Vec<Filter>,
    orders: Vec<Sort>,
    /// Rows behind the page that are counted at most.
    counted: Option<u64>,
    searched: Option<Searched>,
    as_of: Option<Timestamp>,
}

/// A text that is searched for: see [`List::written_among`].
#[derive(Debug, Clone)]
struct Searched {
    filter: Filter,
    /// The columns that the filter looks at, besides id and order.
    columns: Vec<String>,
    newest: u64,
    also: Vec<Uuid>,
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
            folded: R::FOLDED,
            listed: tables::listed(R::TABLE),
            filters: Vec::new(),
            orders: Vec::new(),
            counted: None,
            searched: None,
            as_of: None,
        };
        list.is_in(column, ids.iter().map(|id| Value::Uuid(*id)).collect())
    }

    pub(crate) fn table(&self) -> &'static str {
        self.table
    }

    /// `column` is one of `values`; none given: no rows.
    pub fn is_in(self, column: &str, values: Vec<Value>) -> Self {
        let values = values.into_iter().filter(findable).collect();
        self.filter(Filter::In(column.to_owned(), values))
    }

    /// `column` is one of `values`; none given: all rows.
    pub fn any_of<V: Into<Value>>(self, column: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        match values.is_empty() {
            true => self,
            false => self.is_in(column, values),
        }
    }

    /// `column` is none of `values`; none given: all rows.
    pub fn not_in(self, column: &str, values: Vec<Value>) -> Self {
        if values.is_empty() {
            return self;
        }
        let sql = format!("{} not in ({})", self.column(column), marks(values.len()));
        self.filter_sql(&sql, values)
    }

    /// `column` is `value`; never true for null.
    pub fn eq(self, column: &str, value: impl Into<Value>) -> Self {
        self.is_in(column, vec![value.into()])
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

    /// `column` lies before `at`; without it: all rows.
    pub fn before(self, column: &str, at: impl Into<Option<Timestamp>>) -> Self {
        self.compared(column, "<", at.into())
    }

    /// `column` is `at` or lies after it; without it: all rows.
    pub fn after(self, column: &str, at: impl Into<Option<Timestamp>>) -> Self {
        self.compared(column, ">=", at.into())
    }

    /// `column` lies after `at`; without it: all rows.
    pub fn later_than(self, column: &str, at: impl Into<Option<Timestamp>>) -> Self {
        self.compared(column, ">", at.into())
    }

    /// `column` is `at` or lies before it; without it: all rows.
    pub fn until(self, column: &str, at: impl Into<Option<Timestamp>>) -> Self {
        self.compared(column, "<=", at.into())
    }

    fn compared(self, column: &str, operator: &str, at: Option<Timestamp>) -> Self {
        let Some(at) = at else { return self };
        let sql = format!("{} {operator} ?", self.column(column));
        self.filter_sql(&sql, vec![Value::Time(at)])
    }

    /// `column` is true. Written out, because indexes of what is true, or is not, are found by it.
    pub fn is_true(self, column: &str) -> Self {
        let sql = self.column(column);
        self.filter_sql(&sql, vec![])
    }

    /// `column` is false: see [`List::is_true`].
    pub fn is_false(self, column: &str) -> Self {
        let sql = format!("not {}", self.column(column));
        self.filter_sql(&sql, vec![])
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

    /// All of these filters by the column `metadata`: keys and their values, see [`List::metadata`].
    pub fn all_metadata(self, filters: &[(String, Vec<String>)]) -> Self {
        filters.iter().fold(self, |list, (key, values)| {
            list.metadata("metadata", key, values)
        })
    }

    /// The written form of one of the columns, `uuids` or `numbers`, contains `text`, case-insensitively: in the first
    /// `newest` rows of the list as it is otherwise filtered, or one of the rows `also`, wherever they stand. For tables that are too long to be read through; the list must run by one
    /// column.
    pub fn written_among(
        mut self,
        newest: u64,
        also: Vec<Uuid>,
        uuids: &[&str],
        numbers: &[&str],
        text: &str,
    ) -> Self {
        if text.contains('\0') {
            return self.never();
        }
        let looked_at = uuids
            .iter()
            .chain(numbers)
            .filter(|column| **column != "id");
        self.searched = Some(Searched {
            filter: written(uuids, numbers, text),
            columns: looked_at.map(|column| (*column).to_owned()).collect(),
            newest,
            also,
        });
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

    /// Any portable condition on the list's table, with a `?` per value. For the store and its tests.
    #[doc(hidden)]
    pub fn filter_sql(mut self, sql: &str, binds: Vec<Value>) -> Self {
        self.filters.push(Filter::Sql(sql.to_owned(), binds));
        self
    }

    /// Sorts by a column, or by what the table's reads name so, after the orders given before. Rows that tie are
    /// ordered by id. A column that may be null has to be named there.
    pub fn order(mut self, by: &str, order: Order) -> Self {
        self.orders.push(match self.listed.sort(by) {
            Some(sql) => Sort::Sql(sql, order),
            None => Sort::Column(by.to_owned(), order),
        });
        self
    }

    /// Sorts by a column that is null in none of the list's rows, as [`List::order`] does.
    pub fn order_column(mut self, column: &str, order: Order) -> Self {
        self.orders.push(Sort::Column(column.to_owned(), order));
        self
    }

    /// Sorts by all of these, see [`List::order`].
    pub fn sorted(self, orders: impl IntoIterator<Item = (&'static str, Order)>) -> Self {
        let by = |list: Self, (by, order)| list.order(by, order);
        orders.into_iter().fold(self, by)
    }

    /// Sorts by the place of `column` among `ids`; rows that are not among them come last (`Asc`).
    pub fn order_ids(mut self, column: &str, ids: &[Uuid], order: Order) -> Self {
        let column = self.column(column);
        self.orders.push(Sort::Ids(column, ids.to_vec(), order));
        self
    }

    /// Counts no further than `rows` behind the page that is asked for: for tables that grow for ever. Who
    /// turns the pages still comes to the last one.
    pub fn counted_up_to(mut self, rows: u64) -> Self {
        self.counted = Some(rows);
        self
    }

    /// The moment at which the list is read. With it, what is long may be told from memory: a total above 10,000,
    /// and where pages behind the 10,000th row begin, are then as they were at most ten seconds before.
    pub fn as_of(mut self, now: Timestamp) -> Self {
        self.as_of = Some(now);
        self
    }

    /// No rows.
    pub fn never(self) -> Self {
        self.filter_sql("1 = 0", vec![])
    }

    fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    fn column(&self, column: &str) -> String {
        format!("{}.{column}", self.table)
    }

    /// Time at which it is read, if that was said; how far behind a page it is counted.
    pub(crate) fn cache_options(&self) -> (Option<Timestamp>, Option<u64>) {
        (self.as_of, self.counted)
    }

    /// The sort column, where the rows of a page can be found from the row before them.
    pub(crate) fn can_go_on(&self) -> Option<&str> {
        let plain = self.plain_sort().filter(|_| self.searched.is_none());
        plain.map(|(column, _)| column)
    }

    /// The same for the same rows in the same order.
    pub(crate) fn key(&self) -> String {
        format!(
            "{} {:?} {:?} {:?}",
            self.table, self.filters, self.orders, self.searched
        )
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
fn containing(text: &str) -> String {
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

fn written(uuids: &[&str], numbers: &[&str], text: &str) -> Filter {
    let named = |columns: &[&str]| columns.iter().map(|c| (*c).to_owned()).collect();
    Filter::WrittenContains(named(uuids), named(numbers), text.to_owned())
}
