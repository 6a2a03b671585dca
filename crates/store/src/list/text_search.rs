//! Text searches of lists: compared in folded form (`till_core::kernel::folding`), so that both databases find alike.
//!
//! A row's folded form stands in a column of its own where it is more than the lower case of ASCII, which both
//! databases work out alike: `lower` of SQLite and of PostgreSQL's collation "C".

use till_core::kernel::{changes::Record, folding::fold, values::Value};
use uuid::Uuid;

use super::{Dialect, Filter, List, text::Text};

/// The way in which a column is compared with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MatchMode {
    /// It contains the text.
    Contains,
    /// It starts with the text.
    StartsWith,
    /// It is one of the texts.
    Equals,
}

#[derive(Debug, Clone)]
struct ColumnMatch {
    /// With the name of its table.
    column: String,
    folded: Option<String>,
    mode: MatchMode,
    texts: Vec<String>,
}

/// A row is found by one of its columns, or by those of a row that it names.
#[derive(Debug, Clone)]
pub(crate) struct TextSearch {
    own: Vec<ColumnMatch>,
    named: Option<RelatedRow>,
}

/// A row of another table, by the column that names it.
#[derive(Debug, Clone)]
struct RelatedRow {
    column: &'static str,
    table: &'static str,
    organization_id: Uuid,
    matches: Vec<ColumnMatch>,
}

fn compared<R: Record>(
    alias: &str,
    column: &str,
    mode: MatchMode,
    texts: &[String],
) -> ColumnMatch {
    one_of(R::FOLDED, alias, column, mode, texts)
}

fn one_of(
    known: &[(&'static str, &'static str)],
    alias: &str,
    column: &str,
    mode: MatchMode,
    texts: &[String],
) -> ColumnMatch {
    let folded = known.iter().find(|(_, source)| *source == column);
    ColumnMatch {
        column: format!("{alias}.{column}"),
        folded: folded.map(|(folded, _)| format!("{alias}.{folded}")),
        mode,
        texts: texts.to_vec(),
    }
}

impl List {
    fn own(&self, column: &str, mode: MatchMode, texts: &[String]) -> ColumnMatch {
        one_of(self.folded, self.table, column, mode, texts)
    }

    fn by(mut self, own: Vec<ColumnMatch>, named: Option<RelatedRow>) -> Self {
        self.filters
            .push(Filter::TextSearch(TextSearch { own, named }));
        self
    }

    /// `column` contains `text`, however either is written; without it: all rows.
    pub fn contains_ci<'a>(self, column: &str, text: impl Into<Option<&'a str>>) -> Self {
        self.search(&[column], &[], text)
    }

    /// One of `contained` contains `text`, or one of `started` starts with it, however it is written; without it: all
    /// rows.
    pub fn search<'a>(
        self,
        contained: &[&str],
        started: &[&str],
        text: impl Into<Option<&'a str>>,
    ) -> Self {
        let Some(text) = text.into() else { return self };
        if text.contains('\0') {
            return self.never();
        }
        let texts = [fold(text)];
        let within = contained
            .iter()
            .map(|c| self.own(c, MatchMode::Contains, &texts));
        let start = started
            .iter()
            .map(|c| self.own(c, MatchMode::StartsWith, &texts));
        let matches = within.chain(start).collect();
        self.by(matches, None)
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
        let own = columns
            .iter()
            .map(|c| self.own(c, MatchMode::Contains, &texts));
        let own = own.collect();
        let of = |theirs: &&str| compared::<R>("named", theirs, MatchMode::Contains, &texts);
        let named = RelatedRow {
            column,
            table: R::TABLE,
            organization_id,
            matches: theirs.iter().map(of).collect(),
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
        let column = self.own(column, MatchMode::Equals, &texts);
        self.by(vec![column], None)
    }
}

impl ColumnMatch {
    fn write(&self, t: &mut Text, dialect: Dialect) {
        let plain = match dialect {
            Dialect::Sqlite => format!("lower({})", self.column),
            Dialect::Postgres => format!("lower({} collate \"C\")", self.column),
        };
        let text = match &self.folded {
            Some(folded) => format!("coalesce({folded}, {plain})"),
            None => plain,
        };
        let first = self.texts.first().map(String::as_str).unwrap_or_default();
        let sql = match (self.mode, dialect) {
            (MatchMode::Contains, Dialect::Sqlite) => format!("instr({text}, ?) > 0"),
            (MatchMode::Contains, Dialect::Postgres) => format!("strpos({text}, ?) > 0"),
            (MatchMode::StartsWith, _) => {
                format!("substr({text}, 1, {}) = ?", first.chars().count())
            }
            (MatchMode::Equals, _) => format!("{text} in ({})", super::marks(self.texts.len())),
        };
        let texts: Vec<_> = self.texts.iter().cloned().map(Value::Text).collect();
        t.fill(&sql, &texts);
    }
}

impl TextSearch {
    pub(super) fn write(&self, t: &mut Text, dialect: Dialect, table: &str) {
        for (i, column) in self.own.iter().enumerate() {
            t.push(if i == 0 { "" } else { " or " });
            column.write(t, dialect);
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
        for (i, column) in named.matches.iter().enumerate() {
            t.push(if i == 0 { "" } else { " or " });
            column.write(t, dialect);
        }
        t.push("))");
    }
}
