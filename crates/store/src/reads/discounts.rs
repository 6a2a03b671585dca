use till_core::{
    discounts::Hints,
    kernel::{
        folding::code_key,
        records::{Discount, Product},
        values::Value,
    },
};
use uuid::Uuid;

use crate::{Query, Result, Store, writes::redemption_counts};

impl Store {
    /// A discount of the organization by id, unless deleted.
    pub async fn discount(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Discount>> {
        self.own(organization_id, id, "and deleted_at is null")
            .await
    }

    /// A discount of the organization by its code, however it is typed.
    pub async fn discount_by_code(
        &self,
        organization_id: Uuid,
        code: &str,
    ) -> Result<Option<Discount>> {
        let rest = "where organization_id = $1 and code_key = $2 and deleted_at is null";
        let binds = vec![Value::Uuid(organization_id), Value::Text(code_key(code))];
        self.one(Query::select::<Discount>(rest, binds).keyed())
            .await
    }

    /// The uses of a discount by a buyer, this session aside (docs/behaviour: discounts/per-customer).
    pub async fn discount_uses(
        &self,
        discount_id: Uuid,
        checkout_id: Uuid,
        hints: &Hints,
    ) -> Result<i64> {
        let sql = concat!(
            "select count(*) from discount_redemptions r where r.discount_id = $1 and r.checkout_id <> $2 \
             and (r.customer_id = $3 or r.email_key = $4 or r.card_fingerprint = $5) and ",
            redemption_counts!()
        );
        let binds = vec![
            discount_id.into(),
            checkout_id.into(),
            hints.customer_id.into(),
            hints.email_key.clone().into(),
            hints.card_fingerprint.clone().into(),
        ];
        self.scalar(Query::raw(sql, binds).keyed()).await
    }

    /// Discounts by id, deleted ones too.
    pub async fn discounts(&self, organization_id: Uuid, wanted: &[Uuid]) -> Result<Vec<Discount>> {
        self.owned(organization_id, wanted).await
    }

    /// The products that exist, without their prices.
    pub async fn bare_products(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<Product>> {
        self.owned(organization_id, wanted).await
    }
}
