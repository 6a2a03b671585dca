//! Text searches of lists: compared in folded form (`till_core::kernel::folding`), so that both databases find alike.
//!
//! A row's folded form stands in a column of its own where it is more than the lower case of ASCII, which both
//! databases work out alike: `lower` of SQLite and of PostgreSQL's collation "C".

use till_core::kernel::{changes::Record, folding::fold, values::Value};
use uuid::Uuid;

use super::{Dialect, Filter, List, text::Text};

/// How a column is compared with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It contains the text.
    Within,
    /// It starts with the text.
    Start,
    /// It is one of the texts.
    Whole,
}

#[derive(Debug, Clone)]
struct Compared {
    /// With the name of its table.
    column: String,
    folded: Option<String>,
    way: Way,
    texts: Vec<String>,
}

/// A row is found by one of its columns, or by those of a row that it names.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    own: Vec<Compared>,
    named: Option<Named>,
}

/// A row of another table, by the column that names it.
#[derive(Debug, Clone)]
struct Named {
    column: &'static str,
    table: &'static str,
    organization_id: Uuid,
    ways: Vec<Compared>,
}

fn compared<R: Record>(alias: &str, column: &str, way: Way, texts: &[String]) -> Compared {
    one_of(R::FOLDED, alias, column, way, texts)
}

fn one_of(
    known: &[(&'static str, &'static str)],
    alias: &str,
    column: &str,
    way: Way,
    texts: &[String],
) -> Compared {
    let folded = known.iter().find(|(_, source)| *source == column);
    Compared {
        column: format!("{alias}.{column}"),
        folded: folded.map(|(folded, _)| format!("{alias}.{folded}")),
        way,
        texts: texts.to_vec(),
    }
}

impl List {
    fn own(&self, column: &str, way: Way, texts: &[String]) -> Compared {
        one_of(self.folded, self.table, column, way, texts)
    }

    fn by(mut self, own: Vec<Compared>, named: Option<Named>) -> Self {
        self.filters.push(Filter::Found(Found { own, named }));
        self
    }

    /// `column` contains `text`, however either is written.
    pub fn contains_ci(self, column: &str, text: &str) -> Self {
        self.search(&[column], &[], text)
    }

    /// One of `contained` contains `text`, or one of `started` starts with it, however it is written.
    pub fn search(self, contained: &[&str], started: &[&str], text: &str) -> Self {
        if text.contains('\0') {
            return self.never();
        }
        let texts = [fold(text)];
        let within = contained.iter().map(|c| self.own(c, Way::Within, &texts));
        let start = started.iter().map(|c| self.own(c, Way::Start, &texts));
        let ways = within.chain(start).collect();
        self.by(ways, None)
    }

    /// One of `columns` contains `text`, or one of `theirs` of the organization's row of `R` that `column` names,
    /// however it is written.
    pub(crate) fn search_named<R: Record>(
        self,
        columns: &[&str],
        column: &'static str,
        theirs: &[&str],
        organization_id: Uuid,
        text: &str,
    ) -> Self {
        if text.contains('\0') {
            return self.never();
        }
        let texts = [fold(text)];
        let own = columns.iter().map(|c| self.own(c, Way::Within, &texts));
        let own = own.collect();
        let of = |theirs: &&str| compared::<R>("named", theirs, Way::Within, &texts);
        let named = Named {
            column,
            table: R::TABLE,
            organization_id,
            ways: theirs.iter().map(of).collect(),
        };
        self.by(own, Some(named))
    }

    /// The address in `column` is one of these, however either is written; none given: no rows.
    pub fn is_email(self, column: &str, emails: &[String]) -> Self {
        let whole = |email: &String| till_core::kernel::folding::whole_email(email);
        let texts: Vec<String> = emails
            .iter()
            .filter(|email| !email.contains('\0'))
            .map(whole)
            .collect();
        if texts.is_empty() {
            return self.never();
        }
        let way = self.own(column, Way::Whole, &texts);
        self.by(vec![way], None)
    }
}

impl Compared {
    fn write(&self, t: &mut Text, dialect: Dialect) {
        let plain = match dialect {
            Dialect::Sqlite => format!("lower({})", self.column),
            Dialect::Postgres => format!("lower({} collate \"C\")", self.column),
        };
        let said = match &self.folded {
            Some(folded) => format!("coalesce({folded}, {plain})"),
            None => plain,
        };
        let first = self.texts.first().map(String::as_str).unwrap_or_default();
        let sql = match (self.way, dialect) {
            (Way::Within, Dialect::Sqlite) => format!("instr({said}, ?) > 0"),
            (Way::Within, Dialect::Postgres) => format!("strpos({said}, ?) > 0"),
            (Way::Start, _) => format!("substr({said}, 1, {}) = ?", first.chars().count()),
            (Way::Whole, _) => format!("{said} in ({})", super::marks(self.texts.len())),
        };
        let texts: Vec<_> = self.texts.iter().cloned().map(Value::Text).collect();
        t.fill(&sql, &texts);
    }
}

impl Found {
    pub(super) fn write(&self, t: &mut Text, dialect: Dialect, table: &str) {
        for (i, way) in self.own.iter().enumerate() {
            t.push(if i == 0 { "" } else { " or " });
            way.write(t, dialect);
        }
        let Some(named) = &self.named else {
            return;
        };
        if !self.own.is_empty() {
            t.push(" or ");
        }
        // They are found once, not once for each row: nothing in here names the list's table.
        t.push(&format!(
            "{table}.{} in (select named.id from {} named where named.organization_id = ",
            named.column, named.table
        ));
        t.bind(Value::Uuid(named.organization_id));
        t.push(" and (");
        for (i, way) in named.ways.iter().enumerate() {
            t.push(if i == 0 { "" } else { " or " });
            way.write(t, dialect);
        }
        t.push("))");
    }
}
