//! Facts about a table that lists must know besides its columns. Each table's stand in `tables`.

/// A table that is listed.
#[derive(Debug)]
pub(crate) struct ListedTable {
    /// The table.
    pub(crate) name: &'static str,
    /// The sort keys that are no column, or a column that may be null: each with its name and portable SQL. Rows
    /// where that is null count as largest on both databases.
    pub(crate) sorts: &'static [(&'static str, &'static str)],
    /// Columns that an index leads with, before the order of the list: of several values each is walked for itself
    /// and the walks are merged, where the database alone would sort everything that they find.
    pub(crate) leading: &'static [&'static str],
    /// A column that is in no index while a row is new.
    pub(crate) late: Option<LateColumn>,
    /// A column, and one by which rows are found instead where a list is narrowed by both, because its values are rarer.
    /// SQLite, which plans without statistics, has to be told.
    pub(crate) yielding: &'static [(&'static str, &'static str)],
}

/// A column that is in no index while a row is new, because it arrives in no order and its place in an index would cost
/// each new row more than all others: new rows are few, and found by what makes them so.
#[derive(Debug)]
pub(crate) struct LateColumn {
    /// The column.
    pub(crate) column: &'static str,
    /// The conditions of new rows, and of all others.
    pub(crate) halves: [&'static str; 2],
}

impl ListedTable {
    /// A table that is sorted by its columns alone, and found by the database on its own.
    pub(crate) const PLAIN: Self = Self {
        name: "",
        sorts: &[],
        leading: &[],
        late: None,
        yielding: &[],
    };

    /// The SQL that a list is sorted by under this name, where it is no plain column.
    pub(crate) fn sort(&self, name: &str) -> Option<&'static str> {
        let found = self.sorts.iter().find(|(known, _)| *known == name);
        found.map(|(_, sql)| *sql)
    }
}
