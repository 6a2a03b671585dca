use jiff::Timestamp;
use till_core::kernel::{
    changes::Record,
    records::{BillingEntry, CustomerBalance, Order, PaymentMethod, Subscription},
    values::Value,
};
use uuid::Uuid;

use super::{distinct, ids, marks};
use crate::{Engine, Query, Result, Store, columns, list::Dialect, rows::typed};

impl Store {
    /// Subscriptions for which something is due, the longest due first, for the caller until `until`: meanwhile nobody
    /// else finds them, and after it they are due again. Those of one organization, where one is named.
    pub async fn claim_due_subscriptions(
        &self,
        organization_id: Option<Uuid>,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Subscription>> {
        let rows = Box::new(Vec::<Subscription>::new());
        let query = |dialect| claim(dialect, organization_id, now, until, limit);
        let claimed = match &self.engine {
            Engine::Sqlite(db) => db.returning(query(Dialect::Sqlite), rows).await?,
            Engine::Postgres(db) => {
                let query = query(Dialect::Postgres);
                db.read(&query, usize::MAX, rows).await?
            }
        };
        let mut claimed: Vec<Subscription> = typed(claimed);
        claimed.sort_by_key(|subscription| (subscription.current_period_end, subscription.id));
        Ok(claimed)
    }

    /// A subscription, for Till's own workers.
    pub async fn subscription_by_id(&self, id: Uuid) -> Result<Option<Subscription>> {
        self.one(Query::by_id::<Subscription>(id)).await
    }

    /// Orders of subscriptions that wait for their payment, the oldest first.
    pub async fn unpaid_orders(&self, subscriptions: &[Uuid]) -> Result<Vec<Order>> {
        let rest = |marks| {
            format!(
                "where subscription_id in ({marks}) and status = 'pending' order by created_at, id"
            )
        };
        self.of_ids(subscriptions, rest).await
    }

    /// Orders of a customer's subscriptions that wait for their payment, the oldest first.
    pub async fn unpaid_orders_of_customer(
        &self,
        customer_id: Uuid,
        limit: usize,
    ) -> Result<Vec<Order>> {
        let rest = "where customer_id = $1 and status = 'pending' and subscription_id is not null \
                    order by created_at, id limit $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let binds = vec![Value::Uuid(customer_id), Value::Int(limit)];
        self.all(Query::select::<Order>(rest, binds)).await
    }

    /// The order that was made last for a subscription.
    pub async fn latest_order_of(&self, subscription_id: Uuid) -> Result<Option<Order>> {
        let rest = "where subscription_id = $1 order by created_at desc, id desc limit 1";
        let binds = vec![Value::Uuid(subscription_id)];
        self.one(Query::select::<Order>(rest, binds).keyed()).await
    }

    /// Lines that wait for the next order of their subscription, the oldest first.
    pub async fn billing_entries(&self, subscriptions: &[Uuid]) -> Result<Vec<BillingEntry>> {
        let rest = |marks| format!("where subscription_id in ({marks}) order by created_at, id");
        self.of_ids(subscriptions, rest).await
    }

    /// Balances of customers, in each currency.
    pub async fn balances(&self, customers: &[Uuid]) -> Result<Vec<CustomerBalance>> {
        let rest = |marks| format!("where customer_id in ({marks}) order by currency");
        self.of_ids(customers, rest).await
    }

    /// Saved methods of an organization by id.
    pub async fn payment_methods(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<PaymentMethod>> {
        self.owned(organization_id, wanted).await
    }

    /// Rows that name one of these ids; none wanted, nothing read.
    async fn of_ids<R: Record + Send + 'static>(
        &self,
        wanted: &[Uuid],
        rest: impl Fn(String) -> String,
    ) -> Result<Vec<R>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = distinct(wanted);
        let rest = rest(marks(0, wanted.len()));
        let binds = ids(&wanted).collect();
        self.all(Query::select::<R>(&rest, binds).keyed()).await
    }
}

/// A CTE, so that the rows are chosen once; on PostgreSQL rivals skip each other's.
fn claim(
    dialect: Dialect,
    organization_id: Option<Uuid>,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Query {
    let mut binds = vec![
        Value::Time(now),
        Value::Time(until),
        Value::Int(i64::try_from(limit).unwrap_or(i64::MAX)),
    ];
    let mut own = "";
    if let Some(id) = organization_id {
        own = "organization_id = $4 and";
        binds.push(Value::Uuid(id));
    }
    let lock = match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => "for update skip locked",
    };
    let sql = format!(
        "with due as materialized (select id as due_id from subscriptions \
         where {own} next_due_at <= $1 order by next_due_at limit $3 {lock}) \
         update subscriptions set next_due_at = $2 from due where subscriptions.id = due.due_id returning {}",
        columns::<Subscription>(Subscription::TABLE)
    );
    Query::raw(sql, binds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plan::{database, plan};

    #[tokio::test]
    async fn due_subscriptions_are_found_in_an_index() {
        let (_folder, db) = database().await;
        for (own, index) in [
            (None, "subscriptions_due "),
            (Some(Uuid::nil()), "subscriptions_due_of"),
        ] {
            let now = Timestamp::UNIX_EPOCH;
            let query = claim(Dialect::Sqlite, own, now, now, 10);
            let plan = plan(&db, &query);
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
