//! License keys of a customer, with everything that is kept of their activations.

use serde_json::{Value, json};
use till_core::kernel::records::{LicenseKey, LicenseKeyActivation};
use till_store::{List, Order};

use super::{Items, Reader};
use crate::error::Result;

/// Keys of one part: each may have many activations.
const PART: u32 = 1;

impl Reader {
    /// The next license keys.
    pub(super) async fn license_keys(&mut self) -> Result<Items> {
        let list = List::of::<LicenseKey>(self.organization.id)
            .eq("customer_id", self.customer.id)
            .order("created_at", Order::Desc);
        let store = &self.app.store;
        let (rows, last) = store.rows_after(list, self.after.as_ref(), PART).await?;
        let mut items = Vec::new();
        for row in &rows {
            items.push(key(row, &store.license_key_activations(row.id).await?));
        }
        let items = self.listed(items);
        self.after = last;
        Ok((items, self.after.is_some()))
    }
}

fn key(row: &LicenseKey, activations: &[LicenseKeyActivation]) -> Value {
    let activation = |row: &LicenseKeyActivation| {
        json!({
            "id": row.id,
            "created_at": row.created_at,
            "label": row.label,
            "conditions": row.conditions.0,
            "meta": row.meta.0,
        })
    };
    json!({
        "id": row.id,
        "created_at": row.created_at,
        "member_id": row.member_id,
        "benefit_id": row.benefit_id,
        "subscription_id": row.subscription_id,
        "order_id": row.order_id,
        "key": row.key,
        "status": row.status.as_str(),
        "limit_activations": row.limit_activations,
        "limit_usage": row.limit_usage,
        "usage": row.usage,
        "validations": row.validations,
        "last_validated_at": row.last_validated_at,
        "expires_at": row.expires_at,
        "activations": activations.iter().map(activation).collect::<Vec<_>>(),
    })
}
