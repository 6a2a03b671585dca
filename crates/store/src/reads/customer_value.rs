//! Money of a customer: what they paid.

use std::collections::BTreeMap;

use till_core::kernel::values::Value;
use till_wire::money::Currency;
use uuid::Uuid;

use crate::{Col, Query, Result, Store};

impl Store {
    /// Sums that a customer paid for orders, tax included, without what they got back; minor units by currency. Refunds
    /// that are not settled are not deducted. Two reads.
    pub async fn paid_by_customer(
        &self,
        organization_id: Uuid,
        customer_id: Uuid,
    ) -> Result<BTreeMap<Currency, i64>> {
        let of = |table: &str, which: &str| {
            let sql = format!(
                "select currency, cast(sum(amount) as bigint) from {table} where customer_id = $1 \
                 and organization_id = $2 and order_id is not null and state = 'succeeded' {which} group by currency"
            );
            let binds = vec![Value::Uuid(customer_id), Value::Uuid(organization_id)];
            self.all::<(Col<Currency>, Col<i64>)>(Query::raw(sql, binds))
        };
        let (charges, refunds) = futures_util::future::try_join(
            of("payments", "and kind = 'charge'"),
            of("refunds", ""),
        )
        .await?;
        let mut paid: BTreeMap<_, _> = charges.into_iter().map(|(c, sum)| (c.0, sum.0)).collect();
        for (Col(currency), Col(refunded)) in refunds {
            let left: &mut i64 = paid.entry(currency).or_default();
            *left = left.saturating_sub(refunded);
        }
        Ok(paid)
    }
}
