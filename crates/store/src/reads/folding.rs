use jiff::Timestamp;
use till_core::kernel::{changes::Record, values::Value, writes::KeyedTable};
use uuid::Uuid;

use crate::{Col, Query, Result, Store};

/// A row whose key an older version wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfoldedRow {
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Its id.
    pub id: Uuid,
    /// The text that its key is made of.
    pub source: String,
}

impl Store {
    /// Rows with a key that is not folded, from the oldest on, those after `after`; at most `limit`.
    pub async fn unfolded_keys(
        &self,
        keyed_table: KeyedTable,
        after: (Timestamp, Uuid),
        limit: i64,
    ) -> Result<Vec<UnfoldedRow>> {
        let (table, source, unfolded) = unfolded_key(keyed_table);
        let sql = format!(
            "select created_at, id, {source} from {table} where {unfolded} and (created_at, id) > ($1, $2) \
             order by created_at, id limit $3"
        );
        let binds = vec![
            Value::Time(after.0),
            Value::Uuid(after.1),
            Value::Int(limit),
        ];
        let found: Vec<(Col<Timestamp>, Col<Uuid>, Col<String>)> =
            self.all(Query::raw(sql, binds)).await?;
        let row = |(Col(created_at), Col(id), Col(source))| UnfoldedRow {
            created_at,
            id,
            source,
        };
        Ok(found.into_iter().map(row).collect())
    }

    /// The number of customers, discounts and people that have a key that is not folded: after the start, because
    /// another one has it.
    pub async fn shared_keys(&self, keyed_table: KeyedTable) -> Result<i64> {
        let (table, _, unfolded) = unfolded_key(keyed_table);
        let live = match keyed_table {
            KeyedTable::Customers | KeyedTable::Discounts => " and deleted_at is null",
            _ => "",
        };
        let sql = format!("select count(*) from {table} where {unfolded}{live}");
        self.scalar(Query::raw(sql, vec![])).await
    }

    /// Rows of which a text is not folded, of any organization, at most `limit`.
    pub async fn unfolded<R: Record + Send + 'static>(&self, limit: i64) -> Result<Vec<R>> {
        let rest = format!("where {} limit $1", unfolded_text(R::FOLDED));
        self.all(Query::select::<R>(&rest, vec![Value::Int(limit)]))
            .await
    }
}

/// The table, the column that the key is made of, and what holds where the key is not folded: as in the index of
/// migration 0020.
fn unfolded_key(keyed_table: KeyedTable) -> (&'static str, &'static str, &'static str) {
    let key = "octet_length(email_key) <> length(email_key)";
    match keyed_table {
        KeyedTable::Customers => ("customers", "email", key),
        KeyedTable::Discounts => (
            "discounts",
            "code",
            "octet_length(code_key) <> length(code_key)",
        ),
        KeyedTable::People => (
            "users",
            "email",
            "email_key is null and (octet_length(email) <> length(email) or replace(email, 'xn--', '') <> email)",
        ),
        KeyedTable::Redemptions => ("discount_redemptions", "email_key", key),
        KeyedTable::Trials => ("trial_redemptions", "email_key", key),
        KeyedTable::TrialClaims => (
            "trial_claims",
            "person",
            "octet_length(person) <> length(person)",
        ),
    }
}

/// The condition that a text is not folded: as in the indexes of migration 0020.
fn unfolded_text(folded: &[(&str, &str)]) -> String {
    let one = |(folded, text): &(&str, &str)| {
        let is_long = format!("octet_length({text}) <> length({text})");
        match text.ends_with("email") {
            true => format!(
                "({folded} is null and ({is_long} or replace({text}, 'xn--', '') <> {text}))"
            ),
            false => format!("({folded} is null and {is_long})"),
        }
    };
    folded.iter().map(one).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use till_core::kernel::records::{Checkout, Customer, Payment};

    use super::*;
    use crate::query_plan::{database, plan};

    #[tokio::test]
    async fn what_is_not_folded_is_found_without_reading_what_is() {
        let (_folder, db) = database().await;
        let plan = |sql: &str| plan(&db, &Query::raw(sql.to_owned(), vec![]));
        for (table, folded) in [
            (Customer::TABLE, Customer::FOLDED),
            (Checkout::TABLE, Checkout::FOLDED),
            (Payment::TABLE, Payment::FOLDED),
        ] {
            let plan = plan(&format!(
                "select id from {table} where {} limit 1",
                unfolded_text(folded)
            ));
            assert!(plan.contains(&format!("INDEX {table}_unfolded")), "{plan}");
        }
        for keyed_table in KeyedTable::ALL
            .into_iter()
            .filter(|table| *table != KeyedTable::People)
        {
            let (table, _, unfolded) = unfolded_key(keyed_table);
            let plan = plan(&format!(
                "select id from {table} where {unfolded} order by created_at, id limit 1"
            ));
            assert!(
                plan.contains(&format!("INDEX {table}_unfolded_key")),
                "{plan}"
            );
        }
    }
}
