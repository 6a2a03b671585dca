use jiff::Timestamp;
use till_core::kernel::{
    records::{EmailChange, PortalCode},
    values::Value,
};

use crate::{Query, Result, Store};

impl Store {
    /// Unused codes with this digest that have not expired; more than one only where two addresses drew the same.
    pub async fn portal_codes(&self, digest: &str, now: Timestamp) -> Result<Vec<PortalCode>> {
        let rest = "where code_hash = $1 and used_at is null and expires_at > $2 limit 10";
        let binds = vec![Value::Text(digest.to_owned()), Value::Time(now)];
        self.all(Query::select::<PortalCode>(rest, binds).keyed())
            .await
    }

    /// The e-mail address that a customer wants to have, by the digest of its link's token; none if the link has expired.
    pub async fn email_change(&self, digest: &str, now: Timestamp) -> Result<Option<EmailChange>> {
        let rest = "where token_hash = $1 and expires_at > $2";
        let binds = vec![Value::Text(digest.to_owned()), Value::Time(now)];
        self.one(Query::select::<EmailChange>(rest, binds).keyed())
            .await
    }
}
