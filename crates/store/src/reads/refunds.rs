use till_core::kernel::{
    records::{Dispute, Payment, ProcessorName, Refund},
    values::Value,
};
use uuid::Uuid;

use crate::{Query, Result, Store};

impl Store {
    /// A refund, for Till's own workers.
    pub async fn refund(&self, id: Uuid) -> Result<Option<Refund>> {
        self.one(Query::by_id::<Refund>(id)).await
    }

    /// A refund of an organization.
    pub async fn own_refund(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Refund>> {
        self.own(organization_id, id, "").await
    }

    /// All refunds of a payment, the oldest first.
    pub async fn refunds_of_payment(&self, payment_id: Uuid) -> Result<Vec<Refund>> {
        let rest = "where payment_id = $1 order by created_at, id";
        let binds = vec![Value::Uuid(payment_id)];
        self.all(Query::select::<Refund>(rest, binds).keyed()).await
    }

    /// All refunds of an order, the newest first.
    pub async fn refunds_of_order(
        &self,
        organization_id: Uuid,
        order_id: Uuid,
    ) -> Result<Vec<Refund>> {
        let rest = "where organization_id = $1 and order_id = $2 order by created_at desc, id desc";
        let binds = vec![Value::Uuid(organization_id), Value::Uuid(order_id)];
        self.all(Query::select::<Refund>(rest, binds).keyed()).await
    }

    /// The payment that an order was paid with: not one whose money bought nothing.
    pub async fn payment_of_order(
        &self,
        organization_id: Uuid,
        order_id: Uuid,
    ) -> Result<Option<Payment>> {
        let rest = "where organization_id = $1 and order_id = $2 and kind = 'charge' and state = 'succeeded' \
                    and decline_reason is null order by created_at, id limit 1";
        let binds = vec![Value::Uuid(organization_id), Value::Uuid(order_id)];
        self.one(Query::select::<Payment>(rest, binds).keyed())
            .await
    }

    /// The payment that a processor knows by this name.
    pub async fn payment_by_reference(
        &self,
        processor: ProcessorName,
        reference: &str,
    ) -> Result<Option<Payment>> {
        let rest = "where reference = $1 and processor = $2";
        let binds = vec![reference.into(), processor.into()];
        self.one(Query::select::<Payment>(rest, binds).keyed())
            .await
    }

    /// A dispute of the organization.
    pub async fn dispute(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Dispute>> {
        self.own(organization_id, id, "").await
    }

    /// Disputes by id.
    pub async fn disputes(&self, organization_id: Uuid, wanted: &[Uuid]) -> Result<Vec<Dispute>> {
        self.owned(organization_id, wanted).await
    }

    /// The disputes of an order, the newest first.
    pub async fn disputes_of_order(
        &self,
        organization_id: Uuid,
        order_id: Uuid,
    ) -> Result<Vec<Dispute>> {
        let rest = "where organization_id = $1 and order_id = $2 order by created_at desc, id desc";
        let binds = vec![Value::Uuid(organization_id), Value::Uuid(order_id)];
        self.all(Query::select::<Dispute>(rest, binds).keyed())
            .await
    }

    /// The dispute that a processor knows by this name.
    pub async fn dispute_by_reference(
        &self,
        processor: ProcessorName,
        reference: &str,
    ) -> Result<Option<Dispute>> {
        let rest = "where processor = $1 and reference = $2";
        let binds = vec![processor.into(), reference.into()];
        self.one(Query::select::<Dispute>(rest, binds).keyed())
            .await
    }
}
