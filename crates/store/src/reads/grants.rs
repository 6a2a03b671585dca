use jiff::Timestamp;
use till_core::{
    kernel::{
        grants::{GrantScope, ManyScopes, ScopesOf},
        records::{Benefit, BenefitGrant},
        values::Value,
    },
    usage::credits::{Credits, Giver},
};
use till_wire::subscriptions::SubscriptionStatus;
use uuid::Uuid;

use super::{ids, marks};
use crate::list::List;
use crate::{Col, Query, Result, Store, columns};

/// A purchase that a walk comes by: where it stands in the walk, and which it is.
pub type FoundScope = ((Timestamp, Uuid), GrantScope);

/// Number of customers that are asked for at once.
const CUSTOMERS: usize = 200;

impl Store {
    /// A grant of the organization.
    pub async fn grant(&self, organization_id: Uuid, id: Uuid) -> Result<Option<BenefitGrant>> {
        self.own(organization_id, id, "").await
    }

    /// Grants that a subscription or an order has led to, in the order of the product.
    pub async fn grants_of(&self, scope: GrantScope) -> Result<Vec<BenefitGrant>> {
        let rest =
            "where coalesce(subscription_id, order_id) = $1 order by position, created_at, id";
        let binds = vec![Value::Uuid(scope.id())];
        self.all(Query::select::<BenefitGrant>(rest, binds)).await
    }

    /// Live grants of a customer, each with the benefit, the oldest grant first, `limit` at most.
    pub async fn granted_to(
        &self,
        customer_id: Uuid,
        limit: i64,
    ) -> Result<Vec<(BenefitGrant, Benefit)>> {
        let sql = format!(
            "select {}, {} from benefit_grants g join benefits b on b.id = g.benefit_id \
             where g.customer_id = $1 and g.granted_at is not null order by g.created_at, g.id limit $2",
            columns::<BenefitGrant>("g"),
            columns::<Benefit>("b")
        );
        let binds = vec![Value::Uuid(customer_id), Value::Int(limit)];
        self.all(Query::raw(sql, binds)).await
    }

    /// Paid renewals of a subscription, those included that were refunded later, but for those that only settle usage: for
    /// each live grant the number of those that began after it was granted.
    pub async fn paid_renewals(&self, subscription_id: Uuid) -> Result<Vec<(Uuid, i64)>> {
        let sql = "select g.id, count(*) from benefit_grants g join orders o \
                   on o.subscription_id = g.subscription_id and o.created_at > g.granted_at \
                   where coalesce(g.subscription_id, g.order_id) = $1 \
                   and o.subscription_id = $1 and o.billing_reason in ('subscription_cycle', 'subscription_meter_cycle') \
                   and not o.settles_usage \
                   and o.status in ('paid', 'refunded', 'partially_refunded') group by g.id";
        let binds = vec![Value::Uuid(subscription_id)];
        let found: Vec<(Col<Uuid>, Col<i64>)> = self.all(Query::raw(sql, binds)).await?;
        Ok(found
            .into_iter()
            .map(|(id, count)| (id.0, count.0))
            .collect())
    }

    /// Subscriptions of an organization that give these customers credits of meters, or will give them again when their
    /// pause is over.
    pub async fn credit_givers(
        &self,
        organization_id: Uuid,
        customers: &[Uuid],
    ) -> Result<Vec<Giver>> {
        type Row = (Col<Uuid>, Col<Uuid>, Col<Timestamp>, Col<Uuid>, Col<String>);
        let mut found: Vec<Row> = Vec::new();
        for some in customers.chunks(CUSTOMERS) {
            let sql = format!(
                "select g.customer_id, s.id, s.created_at, g.benefit_id, s.status from benefit_grants g \
                 join benefits b on b.id = g.benefit_id join subscriptions s on s.id = g.subscription_id \
                 where g.customer_id in ({}) and b.kind = 'meter_credit' and b.organization_id = $1 \
                 and (g.granted_at is not null or s.status = 'paused') \
                 group by g.customer_id, s.id, s.created_at, g.benefit_id, s.status",
                marks(1, some.len())
            );
            let binds = [Value::Uuid(organization_id)].into_iter();
            found.extend(
                self.all(Query::raw(sql, binds.chain(ids(some)).collect()))
                    .await?,
            );
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut wanted: Vec<Uuid> = found.iter().map(|row| row.3.0).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let benefits = self.benefits(organization_id, &wanted).await?;
        let giver = |(customer, subscription, created, benefit, status): Row| {
            let benefit = benefits.iter().find(|known| known.id == benefit.0)?;
            Some(Giver {
                customer_id: customer.0,
                subscription_id: subscription.0,
                created_at: created.0,
                meter_id: Credits::of(benefit)?.meter_id,
                is_paused: status.0 == SubscriptionStatus::Paused.as_str(),
            })
        };
        Ok(found.into_iter().filter_map(giver).collect())
    }

    /// The next purchases of a walk, `limit` at most.
    pub async fn scopes_of(&self, walk: &ManyScopes, limit: i64) -> Result<Vec<FoundScope>> {
        let (since, behind) = walk.after.unwrap_or((Timestamp::UNIX_EPOCH, Uuid::nil()));
        let (sql, id) = match walk.of {
            ScopesOf::Subscriptions(id) => (
                "select started_at, id, id, cast(null as uuid) from subscriptions where organization_id = $1 \
                 and started_at >= $3 and (started_at > $3 or id > $4) and product_id = $2 \
                 and status in ('active', 'trialing', 'past_due') order by started_at, id limit $5",
                id,
            ),
            ScopesOf::Orders(id) => (
                "select created_at, id, cast(null as uuid), id from orders where organization_id = $1 \
                 and created_at >= $3 and (created_at > $3 or id > $4) and product_id = $2 \
                 and subscription_id is null and status in ('paid', 'refunded', 'partially_refunded') \
                 order by created_at, id limit $5",
                id,
            ),
            ScopesOf::Benefit(id) => (
                "select created_at, id, subscription_id, order_id from benefit_grants where benefit_id = $2 \
                 and organization_id = $1 and created_at >= $3 and (created_at > $3 or id > $4) \
                 and granted_at is not null order by created_at, id limit $5",
                id,
            ),
            ScopesOf::Customer(id) => (
                "select created_at, id, subscription_id, order_id from benefit_grants where customer_id = $2 \
                 and organization_id = $1 and created_at >= $3 and (created_at > $3 or id > $4) \
                 and granted_at is not null order by created_at, id limit $5",
                id,
            ),
        };
        let binds = vec![
            walk.organization_id.into(),
            id.into(),
            since.into(),
            behind.into(),
            Value::Int(limit),
        ];
        type Row = (
            Col<Timestamp>,
            Col<Uuid>,
            Col<Option<Uuid>>,
            Col<Option<Uuid>>,
        );
        let found: Vec<Row> = self.all(Query::raw(sql, binds)).await?;
        let scope = |subscription: Option<Uuid>, order: Option<Uuid>| {
            let subscription = subscription.map(GrantScope::Subscription);
            subscription.or(order.map(GrantScope::Order))
        };
        let found = found
            .into_iter()
            .filter_map(|(at, id, subscription, order)| {
                Some(((at.0, id.0), scope(subscription.0, order.0)?))
            });
        Ok(found.collect())
    }

    /// Products that have benefits, behind the product of this ID, `limit` at most: each with its organization.
    pub async fn products_with_benefits(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<(Uuid, Uuid)>> {
        let sql = "select id, organization_id from products where id > $1 \
                   and cast(benefit_ids as text) <> '[]' order by id limit $2";
        let binds = vec![after.unwrap_or_default().into(), Value::Int(limit)];
        let found: Vec<(Col<Uuid>, Col<Uuid>)> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|(id, own)| (id.0, own.0)).collect())
    }
}

impl List {
    /// Grants whose benefit is public, and of one of these types (none given: of any), and whose description contains the
    /// text.
    pub fn of_public_benefits(
        self,
        organization_id: Uuid,
        kinds: Vec<Value>,
        text: Option<&str>,
    ) -> Self {
        let mut sql = "exists (select 1 from benefits b where b.id = benefit_grants.benefit_id \
                       and b.visibility = 'public'"
            .to_owned();
        if !kinds.is_empty() {
            let marks = vec!["?"; kinds.len()].join(", ");
            sql.push_str(&format!(" and b.kind in ({marks})"));
        }
        sql.push(')');
        let list = self.filter_sql(&sql, kinds);
        match text {
            Some(text) => {
                let theirs = &["description"];
                list.search_named::<Benefit>(&[], "benefit_id", theirs, organization_id, text)
            }
            None => list,
        }
    }

    /// Grants of a member (none: of nobody in particular), and where `customers_own` also those of the customer as such.
    pub fn held_by(self, member_id: Option<Uuid>, customers_own: bool) -> Self {
        match (member_id, customers_own) {
            (None, true) => self.is_null("member_id"),
            (None, false) => self.never(),
            (Some(id), false) => self.eq("member_id", id),
            (Some(id), true) => {
                let sql = "(benefit_grants.member_id is null or benefit_grants.member_id = ?)";
                self.filter_sql(sql, vec![id.into()])
            }
        }
    }

    /// Grants that purchases in these checkout sessions led to; none given: all rows.
    pub fn of_checkouts(self, checkouts: &[Uuid]) -> Self {
        if checkouts.is_empty() {
            return self;
        }
        let marks = vec!["?"; checkouts.len()].join(", ");
        let sql = format!(
            "(benefit_grants.order_id in (select o.id from orders o where o.checkout_id in ({marks})) or \
             benefit_grants.subscription_id in (select s.id from subscriptions s where s.checkout_id in ({marks})))"
        );
        let binds = ids(checkouts).chain(ids(checkouts)).collect();
        self.filter_sql(&sql, binds)
    }
}
