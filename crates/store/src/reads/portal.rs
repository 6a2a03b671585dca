use jiff::Timestamp;
use till_core::kernel::{records::PortalCode, values::Value};

use crate::{Query, Store, StoreError};

impl Store {
    /// Unused codes with this digest that have not expired; more than one only where two addresses drew the same.
    pub async fn portal_codes(
        &self,
        digest: &str,
        now: Timestamp,
    ) -> Result<Vec<PortalCode>, StoreError> {
        let rest = "where code_hash = $1 and used_at is null and expires_at > $2 limit 10";
        let binds = vec![Value::Text(digest.to_owned()), Value::Time(now)];
        self.all(Query::select::<PortalCode>(rest, binds).keyed())
            .await
    }
}
