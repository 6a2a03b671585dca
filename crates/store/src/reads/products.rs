use std::collections::HashMap;

use futures_util::future::BoxFuture;
use till_core::{
    catalog::products::ProductWithPrices,
    kernel::{
        records::{Benefit, CustomField, File, Meter, Product, ProductPrice, Subscription},
        values::Value,
    },
};
use till_wire::money::Currency;
use uuid::Uuid;

use super::{checked, distinct, ids, marks};
use crate::{Col, Query, Result, Store, columns};

/// Products with their prices: one row per price, or one without.
type Row = (Product, Option<ProductPrice>);

fn select(rest: &str) -> String {
    format!(
        "select {}, {} from products p left join product_prices r \
         on r.product_id = p.id and r.checkout_id is null {rest}",
        columns::<Product>("p"),
        columns::<ProductPrice>("r"),
    )
}

fn grouped(rows: Vec<Row>) -> Vec<ProductWithPrices> {
    let mut order = Vec::new();
    let mut found: HashMap<Uuid, (Product, Vec<ProductPrice>)> = HashMap::new();
    for (product, price) in rows {
        let id = product.id;
        let entry = found.entry(id).or_insert_with(|| {
            order.push(id);
            (product, Vec::new())
        });
        entry.1.extend(price);
    }
    order
        .into_iter()
        .filter_map(|id| found.remove(&id))
        .map(|(product, prices)| ProductWithPrices::new(product, prices))
        .collect()
}

impl Store {
    /// The products that exist in the organization, with all their prices, in no certain order.
    pub fn offered<'a>(
        &'a self,
        organization_id: Uuid,
        wanted: &'a [Uuid],
    ) -> BoxFuture<'a, Result<Vec<ProductWithPrices>>> {
        Box::pin(async move {
            if wanted.is_empty() {
                return Ok(Vec::new());
            }
            let wanted = distinct(wanted);
            let rest = format!(
                "where {} = $1 and p.id in ({})",
                checked(self.dialect(), "p.organization_id"),
                marks(1, wanted.len())
            );
            let binds = [Value::Uuid(organization_id)]
                .into_iter()
                .chain(ids(&wanted))
                .collect();
            let found = grouped(self.all(Query::raw(select(&rest), binds).keyed()).await?);
            self.with_parts(organization_id, found).await
        })
    }

    /// Adds what the products are made of; plain products need no further read.
    async fn with_parts(
        &self,
        organization_id: Uuid,
        mut found: Vec<ProductWithPrices>,
    ) -> Result<Vec<ProductWithPrices>> {
        let (mut benefits, mut medias, mut fields, mut meters) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for offered in &found {
            benefits.extend(&offered.product.benefit_ids.0);
            medias.extend(&offered.product.media_ids.0);
            fields.extend(
                offered
                    .product
                    .custom_fields
                    .iter()
                    .map(|a| a.custom_field_id),
            );
            meters.extend(offered.prices.iter().filter_map(|p| p.meter_id));
        }
        let (benefits, medias, fields, meters) = tokio::try_join!(
            self.owned::<Benefit>(organization_id, &benefits),
            self.owned::<File>(organization_id, &medias),
            self.owned::<CustomField>(organization_id, &fields),
            self.owned::<Meter>(organization_id, &meters),
        )?;
        for offered in &mut found {
            let product = &offered.product;
            let parts = &mut offered.parts;
            let pick_benefit = |id: &Uuid| {
                benefits
                    .iter()
                    .find(|b| b.id == *id && b.deleted_at.is_none())
            };
            parts.benefits = product
                .benefit_ids
                .iter()
                .filter_map(pick_benefit)
                .cloned()
                .collect();
            let pick_media = |id: &Uuid| {
                medias
                    .iter()
                    .find(|m| m.id == *id && m.deleted_at.is_none())
            };
            parts.medias = product
                .media_ids
                .iter()
                .filter_map(pick_media)
                .cloned()
                .collect();
            let asked = product.custom_fields.iter().map(|a| a.custom_field_id);
            parts.fields = asked
                .filter_map(|id| fields.iter().find(|f| f.id == id && f.deleted_at.is_none()))
                .cloned()
                .collect();
            let used = |m: &&Meter| offered.prices.iter().any(|p| p.meter_id == Some(m.id));
            parts.meters = meters.iter().filter(used).cloned().collect();
        }
        Ok(found)
    }

    /// The prices that sessions have for themselves alone.
    pub async fn own_prices(&self, checkouts: &[Uuid]) -> Result<Vec<ProductPrice>> {
        if checkouts.is_empty() {
            return Ok(Vec::new());
        }
        let rest = format!("where checkout_id in ({})", marks(0, checkouts.len()));
        let binds = ids(checkouts).collect();
        self.all(Query::select::<ProductPrice>(&rest, binds).keyed())
            .await
    }

    /// The meters that prices count with.
    pub async fn meters_of(
        &self,
        organization_id: Uuid,
        prices: &[ProductPrice],
    ) -> Result<Vec<Meter>> {
        let wanted: Vec<Uuid> = prices.iter().filter_map(|p| p.meter_id).collect();
        self.meters(organization_id, &wanted).await
    }

    /// Prices by id, whoever they were made for.
    pub async fn prices(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<ProductPrice>> {
        self.owned(organization_id, wanted).await
    }

    /// The prices of the subscriptions that have not ended, which are all of one organization.
    pub async fn prices_of(&self, subscriptions: &[Subscription]) -> Result<Vec<ProductPrice>> {
        let Some(first) = subscriptions.first() else {
            return Ok(Vec::new());
        };
        let held = subscriptions.iter().filter(|s| s.is_billable());
        let named = held.flat_map(|s| s.price_ids.iter());
        let wanted: Vec<Uuid> = named.copied().collect();
        self.prices(first.organization_id, &wanted).await
    }

    /// The product that a price belongs to, with all its prices.
    pub async fn offered_by_price(
        &self,
        organization_id: Uuid,
        price: Uuid,
    ) -> Result<Vec<ProductWithPrices>> {
        let sql = select(
            "where p.organization_id = $1 and p.id = \
             (select product_id from product_prices where id = $2 and checkout_id is null)",
        );
        let binds = vec![Value::Uuid(organization_id), Value::Uuid(price)];
        let found = grouped(self.all(Query::raw(sql, binds).keyed()).await?);
        self.with_parts(organization_id, found).await
    }

    /// Active products without an active price in `currency`.
    pub async fn unpriced(&self, organization_id: Uuid, currency: Currency) -> Result<Vec<Uuid>> {
        let sql = "select p.id from products p where p.organization_id = $1 and p.is_archived = $2 \
                   and not exists (select 1 from product_prices r where r.product_id = p.id \
                   and r.is_archived = $2 and r.checkout_id is null and r.currency = $3)";
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Bool(false),
            Value::Text(currency.as_str().to_owned()),
        ];
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|col| col.0).collect())
    }
}
