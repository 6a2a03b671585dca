use std::collections::HashMap;

use till_core::{
    change::Value,
    products::Offered,
    records::{Product, ProductPrice},
};
use till_wire::money::Currency;
use uuid::Uuid;

use super::{ids, marks};
use crate::{Col, Query, Store, StoreError, columns};

/// Products with their prices: one row per price, or one without.
type Row = (Product, Option<ProductPrice>);

fn select(rest: &str) -> String {
    format!(
        "select {}, {} from products p left join product_prices r on r.product_id = p.id {rest}",
        columns::<Product>("p"),
        columns::<ProductPrice>("r"),
    )
}

fn grouped(rows: Vec<Row>) -> Vec<Offered> {
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
        .map(|(product, prices)| Offered::new(product, prices))
        .collect()
}

impl Store {
    /// Those of the products that exist in the organization, with all their prices, in no certain order.
    pub async fn offered(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<Offered>, StoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let rest = format!(
            "where p.organization_id = $1 and p.id in ({})",
            marks(1, wanted.len())
        );
        let binds = [Value::Uuid(organization_id)]
            .into_iter()
            .chain(ids(wanted))
            .collect();
        Ok(grouped(self.rows(Query::raw(select(&rest), binds)).await?))
    }

    /// The product that a price belongs to, with all its prices.
    pub async fn offered_by_price(
        &self,
        organization_id: Uuid,
        price: Uuid,
    ) -> Result<Vec<Offered>, StoreError> {
        let sql = select(
            "where p.organization_id = $1 and p.id = (select product_id from product_prices where id = $2)",
        );
        let binds = vec![Value::Uuid(organization_id), Value::Uuid(price)];
        Ok(grouped(self.rows(Query::raw(sql, binds)).await?))
    }

    /// Active products without an active price in `currency`.
    pub async fn unpriced(
        &self,
        organization_id: Uuid,
        currency: Currency,
    ) -> Result<Vec<Uuid>, StoreError> {
        let sql = "select p.id from products p where p.organization_id = $1 and p.is_archived = $2 \
                   and not exists (select 1 from product_prices r where r.product_id = p.id \
                   and r.is_archived = $2 and r.currency = $3)";
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Bool(false),
            Value::Text(currency.as_str().to_owned()),
        ];
        let found: Vec<Col<Uuid>> = self.rows(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|col| col.0).collect())
    }
}
