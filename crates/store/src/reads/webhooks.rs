use till_core::{change::Value, event::Audience, records::WebhookEndpoint};
use uuid::Uuid;

use crate::{Query, Store, StoreError};

impl Store {
    /// Who is told of an organization's events.
    pub async fn audience(&self, organization_id: Uuid) -> Result<Audience, StoreError> {
        let rest = "where organization_id = $1 and enabled = $2 and deleted_at is null order by created_at, id";
        let binds = vec![Value::Uuid(organization_id), Value::Bool(true)];
        Ok(Audience(
            self.all(Query::select::<WebhookEndpoint>(rest, binds))
                .await?,
        ))
    }
}
