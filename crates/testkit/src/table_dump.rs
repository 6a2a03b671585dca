//! All rows of the database, for tests that look whether anything changed or leaked.

use std::collections::BTreeMap;

use till_store::{Col, Query};

use crate::Till;

/// They note when something was last used, and change whenever it is.
const USES: [&str; 2] = ["last_used_at", "last_seen_at"];

impl Till {
    /// Every row of every table as text, by table, in no particular order but always the same. Leases of
    /// work, and when something was last used, are left out.
    pub async fn all_rows(&self) -> BTreeMap<String, Vec<String>> {
        let sqlite =
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'";
        let postgres = "select cast(table_name as text) from information_schema.tables \
                        where table_schema = 'public' and table_type = 'BASE TABLE'";
        let known = self.texts("select version()").await;
        let (tables, is_sqlite) = match known {
            Some(_) => (self.texts(postgres).await, false),
            None => (self.texts(sqlite).await, true),
        };
        let mut all = BTreeMap::new();
        for table in tables.expect("a database knows its tables") {
            if table == "leases" {
                continue;
            }
            let columns = match is_sqlite {
                true => format!("select name from pragma_table_info('{table}')"),
                false => format!(
                    "select cast(column_name as text) from information_schema.columns \
                     where table_schema = 'public' and table_name = '{table}' order by ordinal_position"
                ),
            };
            let columns = self.texts(&columns).await.expect("tables have columns");
            let cells: Vec<_> = columns
                .iter()
                .filter(|column| !USES.contains(&column.as_str()))
                .map(|column| match is_sqlite {
                    true => format!("'{column}=' || quote(\"{column}\")"),
                    false => format!("'{column}=' || coalesce(cast(\"{column}\" as text), 'null')"),
                })
                .collect();
            let rows = format!("select {} from {table}", cells.join(" || ' ' || "));
            let mut rows = self.texts(&rows).await.expect("every table can be read");
            rows.sort_unstable();
            all.insert(table, rows);
        }
        all
    }

    async fn texts(&self, sql: &str) -> Option<Vec<String>> {
        let rows: Vec<Col<String>> = self
            .app
            .store
            .all(Query::raw(sql.to_owned(), vec![]))
            .await
            .ok()?;
        Some(rows.into_iter().map(|Col(text)| text).collect())
    }
}
