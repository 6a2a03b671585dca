//! Test data: deleted as a whole, before the first real sale.

use till_core::kernel::changes::Changes;
use till_core::kernel::writes::NamedWrite;

use super::any;
use crate::{CommitError, Query, Result, Store};

/// The tables that a sale fills, those that refer to others first; each with the statement that empties it.
macro_rules! tables {
    ($($table:literal)+) => { [$(($table, concat!("delete from ", $table))),+] };
}

const CLEARED: [(&str, &str); 49] = tables! {
    "mails" "webhook_deliveries" "webhook_events" "journal" "jobs" "leases" "idempotency_keys" "budgets"
    "customer_seats" "customer_sessions" "portal_codes" "email_changes" "discount_redemptions" "trial_redemptions" "trial_claims" "subscription_claims"
    "usage_charge_values" "usage_charges" "disputes" "refunds" "license_key_activations" "license_keys" "file_downloads" "file_counts" "benefit_grants" "payments" "payment_methods" "balance_entries" "customer_balances" "billing_entries" "orders" "subscriptions" "checkouts" "customer_members" "customers"
    "usage_values" "usage_buckets" "customer_meters" "meter_folds" "usage_streams" "usage_batches" "usage_events" "event_types" "system_events" "system_event_types" "journal_positions"
    "sandbox_records" "processor_notices" "processor_states"
};

/// The tables that are counted for people.
const COUNTED: [&str; 7] = [
    "checkouts",
    "customers",
    "orders",
    "subscriptions",
    "payments",
    "refunds",
    "disputes",
];

impl Store {
    /// The number of rows of test sales, by table.
    pub async fn count_test_data(&self) -> Result<Vec<(&'static str, i64)>> {
        let mut counts = Vec::new();
        for table in COUNTED {
            let sql = format!("select count(*) from {table}");
            counts.push((table, self.scalar(Query::raw(sql, vec![])).await?));
        }
        Ok(counts)
    }

    /// Deletes everything that was sold, and what followed from it; what is sold, people and settings stay, and test
    /// clocks are gone. No server may run meanwhile.
    pub async fn clear_test_data(&self) -> Result<(), CommitError> {
        let mut changes = Changes::new();
        for (_, sql) in CLEARED {
            changes.write(NamedWrite::Statement(any(sql, Vec::new())));
        }
        let unused = "update discounts set redemptions_count = 0, version = version + 1 where redemptions_count > 0";
        changes.write(NamedWrite::Statement(any(unused, Vec::new())));
        let clockless = "update organizations set clock_offset_seconds = 0, clock_target_at = null, \
                         version = version + 1 where clock_offset_seconds > 0 or clock_target_at is not null";
        changes.write(NamedWrite::Statement(any(clockless, Vec::new())));
        self.commit(changes).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The tables of what is sold, of people and of settings.
    const KEPT: [&str; 16] = [
        "access_tokens",
        "benefits",
        "checkout_links",
        "custom_fields",
        "discounts",
        "files",
        "invitations",
        "members",
        "meters",
        "organizations",
        "product_prices",
        "products",
        "sign_in_links",
        "user_sessions",
        "users",
        "webhook_endpoints",
    ];

    #[test]
    fn every_table_is_either_cleared_or_kept() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
        let mut tables = BTreeSet::new();
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap().to_lowercase();
            let code: Vec<&str> = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("--"))
                .collect();
            for statement in code.join(" ").split(';') {
                let words: Vec<&str> = statement.split_whitespace().collect();
                match words[..] {
                    ["create", "table", name, ..] => drop(tables.insert(name.to_owned())),
                    ["alter", "table", old, "rename", "to", new, ..] => {
                        tables.remove(old);
                        tables.insert(new.to_owned());
                    }
                    ["drop", "table", name, ..] => drop(tables.remove(name)),
                    _ => {}
                }
            }
        }
        let cleared: BTreeSet<String> = CLEARED
            .iter()
            .map(|(table, _)| (*table).to_owned())
            .collect();
        let kept: BTreeSet<String> = KEPT.iter().map(|table| (*table).to_owned()).collect();
        assert_eq!(cleared.intersection(&kept).count(), 0);
        let known: BTreeSet<String> = cleared.union(&kept).cloned().collect();
        assert_eq!(
            tables, known,
            "say of a new table whether it holds test sales"
        );
    }
}
