use till_core::kernel::idempotency::KeptAnswer;
use uuid::Uuid;

use crate::{Query, Result, Store};

impl Store {
    /// The answer that is kept under a key.
    pub async fn kept_answer(&self, id: Uuid) -> Result<Option<KeptAnswer>> {
        self.one(Query::by_id::<KeptAnswer>(id)).await
    }
}
