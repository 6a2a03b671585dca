use till_core::kernel::idempotency::KeptAnswer;
use uuid::Uuid;

use crate::{Query, Store, StoreError};

impl Store {
    /// The answer that is kept under a key.
    pub async fn kept_answer(&self, id: Uuid) -> Result<Option<KeptAnswer>, StoreError> {
        self.one(Query::by_id::<KeptAnswer>(id)).await
    }
}
