//! The SQL of a list: PostgreSQL's spelling (`$1`), which both databases understand.

use std::fmt::Write as _;

use till_core::kernel::values::Value;

use super::{Dialect, Filter, List, Order, Sort};
use crate::{Query, query::write_columns};

/// Values that are merged at most.
const MERGED: usize = 8;
/// Which rows of a list are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    /// The order's column and the id of the row that these come after; none: from the beginning.
    pub(crate) after: Option<&'a [Value; 2]>,
    /// Rows that are passed over.
    pub(crate) skip: u64,
    /// Rows at most.
    pub(crate) limit: u64,
}

/// One walk through an index: the filter whose values are walked for themselves, by its place; the value; and what else
/// must hold.
#[derive(Debug, Clone, Copy)]
struct Walk<'a> {
    place: usize,
    value: &'a Value,
    half: Option<&'static str>,
}

/// A statement being written.
#[derive(Debug, Default)]
pub(super) struct Text {
    sql: String,
    binds: Vec<Value>,
}

impl Text {
    pub(super) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    pub(super) fn bind(&mut self, value: Value) {
        self.binds.push(value);
        write!(self.sql, "${}", self.binds.len()).expect("writing to a string");
    }

    fn number(&mut self, n: u64) {
        self.bind(Value::Int(i64::try_from(n).unwrap_or(i64::MAX)));
    }

    /// `sql` with a `?` for each of `values`.
    pub(super) fn fill(&mut self, sql: &str, values: &[Value]) {
        let mut quoted = false;
        let mut values = values.iter();
        for c in sql.chars() {
            quoted ^= c == '\'';
            if c == '?' && !quoted {
                self.bind(values.next().expect("one value per ?").clone());
            } else {
                self.sql.push(c);
            }
        }
        debug_assert_eq!(values.len(), 0, "one ? per value: {sql}");
    }

    fn query(self) -> Query {
        Query::raw(self.sql, self.binds)
    }
}

impl List {
    /// The rows of a window.
    pub(crate) fn rows(&self, dialect: Dialect, window: Window<'_>) -> Query {
        let mut t = Text::default();
        t.push("select ");
        write_columns(&mut t.sql, self.table, self.columns);
        t.push(" from ");
        t.push(self.table);
        let merged = self.plain_sort().filter(|_| !self.walks().is_empty());
        if let Some(sort) = merged.filter(|_| self.searched.is_none()) {
            // The walks are merged, then the rows of the page are read.
            t.push(&format!(" where {}.id in (select id from (", self.table));
            self.walked(&mut t, dialect, sort, window, &[]);
            t.push(") found)");
        } else if let (Some(sort), true) = (self.plain_sort(), self.searched.is_some()) {
            t.push(&format!(" where {}.id in (select id from (", self.table));
            self.found(&mut t, dialect, sort);
            ordered(&mut t, sort.1);
            part(&mut t, window);
            t.push(") found)");
        } else if window.skip > 0 {
            // What is passed over is seen in the index only.
            t.push(&format!(
                " where {0}.id in (select {0}.id from {0}",
                self.table
            ));
            self.conditions(&mut t, dialect, None, window.after);
            self.orders(&mut t);
            part(&mut t, window);
            t.push(")");
        } else {
            self.conditions(&mut t, dialect, None, window.after);
            self.orders(&mut t);
            t.push(" limit ");
            t.number(window.limit);
            return t.query();
        }
        self.orders(&mut t);
        t.query()
    }

    /// The query for the number of rows, counted up to `most`.
    pub(crate) fn count(&self, dialect: Dialect, most: Option<u64>) -> Query {
        let mut t = Text::default();
        if let (Some(sort), true) = (self.plain_sort(), self.searched.is_some()) {
            t.push("select count(*) from (");
            self.found(&mut t, dialect, sort);
            t.push(") found");
            return t.query();
        }
        t.push("select count(*) from ");
        if most.is_some() || self.is_halved() {
            t.push("(select 1 from ");
        }
        t.push(self.table);
        match self.walks().as_slice() {
            walks if self.is_halved() => {
                for (i, walk) in walks.iter().enumerate() {
                    if i > 0 {
                        t.push(&format!(" union all select 1 from {}", self.table));
                    }
                    self.conditions(&mut t, dialect, Some(*walk), None);
                }
            }
            _ => self.conditions(&mut t, dialect, None, None),
        }
        if let Some(most) = most {
            t.push(" limit ");
            t.number(most);
        }
        if most.is_some() || self.is_halved() {
            t.push(") counted");
        }
        t.query()
    }

    /// The names among the first `newest` rows, each with their number and the least and the largest value of the order's
    /// column. The list must run by one column.
    pub(crate) fn counted_names(&self, dialect: Dialect, newest: u64) -> Query {
        let mut t = Text::default();
        let Some(sort) = self.plain_sort() else {
            debug_assert!(false, "the list runs by one column");
            return Query::raw("select null, 0, null, null where 1 = 0", vec![]);
        };
        t.push("select name, count(*), min(sorted), max(sorted) from (");
        let window = Window {
            after: None,
            skip: 0,
            limit: newest,
        };
        self.walked(&mut t, dialect, sort, window, &["name".to_owned()]);
        t.push(") named group by name");
        t.query()
    }

    /// The list runs by one column, and by id where rows tie.
    pub(crate) fn plain_sort(&self) -> Option<(&str, Order)> {
        match self.orders.as_slice() {
            [Sort::Column(column, order)] => Some((column, *order)),
            _ => None,
        }
    }

    /// The walks that are merged; none: the database finds its own way.
    fn walks(&self) -> Vec<Walk<'_>> {
        let late = self.listed.late.as_ref();
        let found = self
            .filters
            .iter()
            .enumerate()
            .find_map(|(i, filter)| match filter {
                Filter::In(column, values) if values.len() <= MERGED => {
                    let late = late.filter(|late| late.column == column && !values.is_empty());
                    let leads = self.listed.leading.contains(&column.as_str());
                    let is_led = values.len() > 1 && leads && !self.yields(column);
                    (late.is_some() || is_led).then_some((i, values, late))
                }
                _ => None,
            });
        let Some((place, values, late)) = found else {
            return Vec::new();
        };
        let halves = match late {
            Some(late) => late.halves.map(Some).to_vec(),
            None => vec![None],
        };
        let walk = |value| {
            halves.iter().map(move |half| Walk {
                place,
                value,
                half: *half,
            })
        };
        let is_first = |i: &usize| !values[..*i].contains(&values[*i]);
        let values = (0..values.len()).filter(is_first).map(|i| &values[i]);
        values.flat_map(walk).collect()
    }

    fn yields(&self, column: &str) -> bool {
        let narrowed = |by: &str| {
            let is_by = |filter: &Filter| matches!(filter, Filter::In(column, _) if column == by);
            self.filters.iter().any(is_by)
        };
        let mut rules = self.listed.yielding.iter();
        rules.any(|(yields, by)| *yields == column && narrowed(by))
    }

    fn is_halved(&self) -> bool {
        self.walks().iter().any(|walk| walk.half.is_some())
    }

    /// Id, order's column (`sorted`) and `more` columns of a window's rows, merged from the walks. Neither database
    /// walks further than it must if it is told so in its own way.
    fn walked(
        &self,
        t: &mut Text,
        dialect: Dialect,
        sort: (&str, Order),
        window: Window<'_>,
        more: &[String],
    ) {
        Self::walked_of(&[self], t, dialect, sort, window, more);
    }

    /// The query for ids and order's column of a window's rows of two lists of different tables, as one list, and the
    /// place of each row's list. Both run by the same column.
    pub(crate) fn both(&self, other: &List, dialect: Dialect, window: Window<'_>) -> Query {
        let mut t = Text::default();
        let Some(sort) = self.plain_sort() else {
            debug_assert!(false, "the lists run by one column");
            return Query::raw("select null, null, 0 where 1 = 0", vec![]);
        };
        Self::walked_of(&[self, other], &mut t, dialect, sort, window, &[]);
        t.query()
    }

    /// [`List::walked`] of some lists, each with its place, where there are several.
    fn walked_of(
        lists: &[&List],
        t: &mut Text,
        dialect: Dialect,
        sort: (&str, Order),
        window: Window<'_>,
        more: &[String],
    ) {
        let mut walks: Vec<(usize, Option<Walk<'_>>)> = Vec::new();
        for (place, list) in lists.iter().enumerate() {
            match list.walks() {
                none if none.is_empty() => walks.push((place, None)),
                some => walks.extend(some.into_iter().map(|walk| (place, Some(walk)))),
            }
        }
        let apart = dialect == Dialect::Postgres && walks.len() > 1;
        if apart {
            t.push("select * from (");
        }
        for (i, (place, walk)) in walks.into_iter().enumerate() {
            let list = lists[place];
            t.push(if i == 0 { "" } else { " union all " });
            if apart {
                t.push("select * from (");
            }
            t.push(&format!(
                "select {0}.id as id, {0}.{1} as sorted",
                list.table, sort.0
            ));
            if lists.len() > 1 {
                t.push(&format!(", {place} as place"));
            }
            for column in more {
                t.push(&format!(", {}.{column} as {column}", list.table));
            }
            t.push(" from ");
            t.push(list.table);
            list.conditions(t, dialect, walk, window.after);
            if apart {
                ordered(t, sort.1);
                t.push(" limit ");
                t.number(window.skip + window.limit);
                t.push(&format!(") walk{i}"));
            }
        }
        if apart {
            t.push(") walked");
        }
        ordered(t, sort.1);
        part(t, window);
    }

    /// Id and order's column of what is found by its text: see [`List::written_among`].
    fn found(&self, t: &mut Text, dialect: Dialect, sort: (&str, Order)) {
        let Some(searched) = &self.searched else {
            return;
        };
        t.push(&format!(
            "select {0}.id as id, {0}.sorted as sorted from (",
            self.table
        ));
        let newest = Window {
            after: None,
            skip: 0,
            limit: searched.newest,
        };
        self.walked(t, dialect, sort, newest, &searched.columns);
        t.push(&format!(") {} where ", self.table));
        searched.filter.write(t, dialect, self.table);
        if searched.also.is_empty() {
            return;
        }
        t.push(&format!(
            " union select {0}.id, {0}.{1} from {0}",
            self.table, sort.0
        ));
        self.conditions(t, dialect, None, None);
        t.push(&format!(" and {}.id in (", self.table));
        for (i, id) in searched.also.iter().enumerate() {
            t.push(if i == 0 { "" } else { ", " });
            t.bind(Value::Uuid(*id));
        }
        t.push(")");
    }

    /// The conditions of a row, of one walk or of all.
    fn conditions(
        &self,
        t: &mut Text,
        dialect: Dialect,
        walk: Option<Walk<'_>>,
        after: Option<&[Value; 2]>,
    ) {
        for (i, filter) in self.filters.iter().enumerate() {
            t.push(if i == 0 { " where " } else { " and " });
            match (walk, filter) {
                (Some(walk), Filter::In(column, _)) if walk.place == i => {
                    let one = Filter::In(column.clone(), vec![walk.value.clone()]);
                    one.write(t, dialect, self.table);
                }
                (_, Filter::In(column, _)) if dialect == Dialect::Sqlite && self.yields(column) => {
                    // a term that no index serves
                    t.push("+");
                    filter.write(t, dialect, self.table);
                }
                _ => filter.write(t, dialect, self.table),
            }
        }
        if let Some(half) = walk.and_then(|walk| walk.half) {
            t.push(" and ");
            t.push(half);
        }
        if let (Some(after), Some((column, order))) = (after, self.plain_sort()) {
            let compared = match order {
                Order::Asc => '>',
                Order::Desc => '<',
            };
            t.push(&format!(
                " and ({0}.{column}, {0}.id) {compared} (",
                self.table
            ));
            t.bind(after[0].clone());
            t.push(", ");
            t.bind(after[1].clone());
            t.push(")");
        }
    }

    fn orders(&self, t: &mut Text) {
        t.push(" order by ");
        let mut last = Order::Asc;
        for sort in &self.orders {
            last = match sort {
                Sort::Column(column, order) => {
                    t.push(&format!("{}.{column} {}, ", self.table, order.word()));
                    *order
                }
                Sort::Sql(expression, order) => {
                    let nulls = match order {
                        Order::Asc => "last",
                        Order::Desc => "first",
                    };
                    t.push(&format!("{expression} {} nulls {nulls}, ", order.word()));
                    *order
                }
                Sort::Ids(column, ids, order) => {
                    if !ids.is_empty() {
                        t.push("case");
                        for (i, id) in ids.iter().enumerate() {
                            t.push(&format!(" when {column} = "));
                            t.bind(Value::Uuid(*id));
                            t.push(&format!(" then {i}"));
                        }
                        t.push(&format!(" else {} end {}, ", ids.len(), order.word()));
                    }
                    *order
                }
            };
        }
        // the tie-breaker runs the way the list does, so that an index on both columns serves it
        t.push(&format!("{}.id {}", self.table, last.word()));
    }
}

/// Order of the rows that were written.
fn ordered(t: &mut Text, order: Order) {
    let way = order.word();
    t.push(&format!(" order by sorted {way}, id {way}"));
}

fn part(t: &mut Text, window: Window<'_>) {
    t.push(" limit ");
    t.number(window.limit);
    t.push(" offset ");
    t.number(window.skip);
}

impl Order {
    fn word(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}

impl Filter {
    fn write(&self, t: &mut Text, dialect: Dialect, table: &str) {
        t.push("(");
        match self {
            Self::Sql(sql, values) => t.fill(sql, values),
            Self::In(column, values) => match values.as_slice() {
                [] => t.push("1 = 0"),
                [one] => {
                    t.push(&format!("{table}.{column} = "));
                    t.bind(one.clone());
                }
                many => t.fill(
                    &format!("{table}.{column} in ({})", super::marks(many.len())),
                    many,
                ),
            },
            Self::Metadata(column, key, values) => {
                let mut all = vec![Value::Text(key.clone())];
                all.extend(values.iter().cloned().map(Value::Text));
                let marks = super::marks(values.len());
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
                t.fill(&sql, &all);
            }
            Self::TextSearch(found) => found.write(t, dialect, table),
            Self::WrittenContains(uuids, numbers, text) => {
                let text = text.to_ascii_lowercase();
                let pattern = Value::Text(super::containing(&text));
                let plain = |column: &String| format!("{table}.{column}");
                let cast = |column: &String| format!("cast({} as text)", plain(column));
                let mut ways = Vec::new();
                let mut all = Vec::new();
                for column in uuids {
                    match dialect {
                        Dialect::Postgres => {
                            ways.push(format!("{} like ? escape '!'", cast(column)))
                        }
                        // Few have these digits: only theirs are written out in full.
                        Dialect::Sqlite => {
                            let column = plain(column);
                            ways.push(format!(
                                "(instr(hex({column}), ?) > 0 and {} like ? escape '!')",
                                dashed(&column)
                            ));
                            all.push(Value::Text(text.replace('-', "").to_ascii_uppercase()));
                        }
                    }
                    all.push(pattern.clone());
                }
                for column in numbers {
                    ways.push(format!("{} like ? escape '!'", cast(column)));
                    all.push(pattern.clone());
                }
                t.fill(&ways.join(" or "), &all);
            }
        }
        t.push(")");
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
