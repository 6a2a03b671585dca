//! Discounts and custom fields, as tests need them.

use serde_json::{Map, Value, json};
use till_core::kernel::{changes::Changes, records::AttachedField, values::Json};

use crate::{Till, id_in};

impl Till {
    /// A share off everything, once; with more in its body.
    pub async fn percent_off(&self, basis_points: i64, more: Value) -> Value {
        let body = json!({"type": "percentage", "name": "Launch", "duration": "once", "basis_points": basis_points});
        self.discount(body, more).await
    }

    /// An amount (USD minor units) off everything, once; with more in its body.
    pub async fn amount_off(&self, amount: i64, more: Value) -> Value {
        let body = json!({"type": "fixed", "name": "Gift", "duration": "once", "amounts": {"usd": amount}});
        self.discount(body, more).await
    }

    async fn discount(&self, body: Value, more: Value) -> Value {
        let mut body: Map<String, Value> = body.as_object().unwrap().clone();
        body.extend(more.as_object().unwrap().clone());
        let made = self.post("/v1/discounts/", body.into()).await;
        made.created()
    }

    /// A custom field of this type and slug.
    pub async fn field(&self, kind: &str, slug: &str, properties: Value) -> Value {
        let body = json!({"type": kind, "slug": slug, "name": slug, "properties": properties});
        self.post("/v1/custom-fields/", body).await.created()
    }

    /// From now on the product asks for these fields, each required or not.
    pub async fn asks(&self, product: &Value, fields: &[(&Value, bool)]) {
        let wanted = [id_in(product, "id")];
        let found = self.app.store.offered(self.organization.id, &wanted);
        let old = found.await.unwrap().remove(0).product;
        let mut new = old.clone();
        let attached = fields.iter().map(|(field, required)| AttachedField {
            custom_field_id: id_in(field, "id"),
            required: *required,
        });
        new.custom_fields = Json(attached.collect());
        let mut changes = Changes::new();
        changes.update(&old, &new);
        self.app.store.commit(changes).await.unwrap();
    }
}
