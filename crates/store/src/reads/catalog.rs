use till_core::{
    catalog::{benefits, products},
    kernel::{
        records::{Benefit, CheckoutLink, Meter},
        values::Value,
    },
};
use uuid::Uuid;

use crate::{Query, Result, Store, list::holding};

impl Store {
    /// The rows that the body of a product names by id, as far as they exist in the organization.
    pub async fn product_references(
        &self,
        organization_id: Uuid,
        meters: &[Uuid],
        fields: &[Uuid],
        medias: &[Uuid],
    ) -> Result<products::ProductReferences> {
        let (meters, fields, medias) = tokio::try_join!(
            self.owned(organization_id, meters),
            self.owned(organization_id, fields),
            self.owned(organization_id, medias),
        )?;
        Ok(products::ProductReferences {
            meters,
            fields,
            medias,
        })
    }

    /// The rows that the properties of a benefit name by id, as far as they exist in the organization.
    pub async fn benefit_references(
        &self,
        organization_id: Uuid,
        meters: &[Uuid],
        files: &[Uuid],
    ) -> Result<benefits::BenefitReferences> {
        let (meters, files) = tokio::try_join!(
            self.owned(organization_id, meters),
            self.owned(organization_id, files),
        )?;
        Ok(benefits::BenefitReferences { meters, files })
    }

    /// A benefit of the organization, unless deleted.
    pub async fn benefit(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Benefit>> {
        self.own(organization_id, id, "and deleted_at is null")
            .await
    }

    /// The benefits that exist, deleted ones included.
    pub async fn benefits(&self, organization_id: Uuid, wanted: &[Uuid]) -> Result<Vec<Benefit>> {
        self.owned(organization_id, wanted).await
    }

    /// A meter of the organization.
    pub async fn meter(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Meter>> {
        self.own(organization_id, id, "").await
    }

    /// The meters that exist.
    pub async fn meters(&self, organization_id: Uuid, wanted: &[Uuid]) -> Result<Vec<Meter>> {
        self.owned(organization_id, wanted).await
    }

    /// True where an active catalog price or a benefit counts with the meter.
    pub async fn meter_in_use(&self, organization_id: Uuid, id: Uuid) -> Result<bool> {
        let sql = "select (select count(*) from product_prices where organization_id = $1 and meter_id = $2 \
                   and is_archived = $3 and checkout_id is null) + (select count(*) from benefits \
                   where organization_id = $1 and kind = 'meter_credit' and deleted_at is null \
                   and (properties ->> 'meter_id') = $4)";
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Uuid(id),
            Value::Bool(false),
            Value::Text(id.to_string()),
        ];
        Ok(self.scalar(Query::raw(sql, binds)).await? > 0)
    }

    /// The checkout links that lead to a product.
    pub async fn links_to(
        &self,
        organization_id: Uuid,
        product_id: Uuid,
    ) -> Result<Vec<CheckoutLink>> {
        let rest = "where organization_id = $1 and deleted_at is null \
                    and cast(product_ids as text) like $2";
        let binds = vec![Value::Uuid(organization_id), holding(product_id)];
        self.all(Query::select::<CheckoutLink>(rest, binds)).await
    }
}
