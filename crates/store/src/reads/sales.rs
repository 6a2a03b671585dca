use jiff::Timestamp;
use till_core::{
    checkout::update::Holder,
    kernel::{
        records::{
            Customer, Order, Payment, PaymentMethod, PaymentState, ProcessorName, Product, Purpose,
            Subscription,
        },
        values::Value,
    },
    payments::declines,
    subscriptions::claims::Upgraded,
};
use till_wire::payments::PaymentTrigger;
use uuid::Uuid;

use crate::list::List;
use crate::{Col, Query, Result, Store, columns};

impl Store {
    /// An order.
    pub async fn order(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Order>> {
        self.own(organization_id, id, "").await
    }

    /// An order, for Till's own workers.
    pub async fn order_by_id(&self, id: Uuid) -> Result<Option<Order>> {
        self.one(Query::by_id::<Order>(id)).await
    }

    /// The order of a checkout session, once it is fulfilled.
    pub async fn order_of_checkout(&self, checkout_id: Uuid) -> Result<Option<Order>> {
        let binds = vec![Value::Uuid(checkout_id)];
        self.one(Query::select::<Order>("where checkout_id = $1", binds).keyed())
            .await
    }

    /// The latest attempt to pay an order.
    pub async fn latest_attempt_of_order(&self, order_id: Uuid) -> Result<Option<Payment>> {
        let rest = "where order_id = $1 and purpose = $2 order by created_at desc, id desc limit 1";
        let binds = vec![Value::Uuid(order_id), Purpose::Order.into()];
        self.one(Query::select::<Payment>(rest, binds)).await
    }

    /// The latest attempt of a customer to keep a card.
    pub async fn latest_setup(
        &self,
        organization_id: Uuid,
        customer_id: Uuid,
    ) -> Result<Option<Payment>> {
        let rest = "where customer_id = $1 and organization_id = $2 and purpose = $3 \
                    order by created_at desc, id desc limit 1";
        let binds = vec![
            Value::Uuid(customer_id),
            Value::Uuid(organization_id),
            Purpose::Setup.into(),
        ];
        self.one(Query::select::<Payment>(rest, binds)).await
    }

    /// The number of attempts to pay an order that its customer has made, but for those that did not reach the processor.
    pub async fn attempts_by_customer(&self, order_id: Uuid) -> Result<i64> {
        let sql = "select count(*) from payments where order_id = $1 and purpose = $2 and trigger_kind = $3 \
                   and (decline_reason is null or decline_reason <> $4)";
        let binds = vec![
            Value::Uuid(order_id),
            Purpose::Order.into(),
            PaymentTrigger::RetryCustomer.into(),
            Value::Text(declines::UNREACHABLE.to_owned()),
        ];
        self.scalar(Query::raw(sql, binds)).await
    }

    /// A saved method.
    pub async fn payment_method(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<PaymentMethod>> {
        self.own(organization_id, id, "").await
    }

    /// The method that a customer has saved last with a processor.
    pub async fn newest_payment_method(
        &self,
        customer_id: Uuid,
        processor: ProcessorName,
    ) -> Result<Option<PaymentMethod>> {
        let rest =
            "where customer_id = $1 and processor = $2 order by created_at desc, id desc limit 1";
        let binds = vec![Value::Uuid(customer_id), processor.into()];
        self.one(Query::select::<PaymentMethod>(rest, binds)).await
    }

    /// Methods that a customer has saved, the newest first.
    pub async fn payment_methods_of(
        &self,
        customer_id: Uuid,
        most: usize,
    ) -> Result<Vec<PaymentMethod>> {
        let rest = "where customer_id = $1 order by created_at desc, id desc limit $2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let binds = vec![Value::Uuid(customer_id), Value::Int(most)];
        self.all(Query::select::<PaymentMethod>(rest, binds)).await
    }

    /// The attempt to keep a card for a customer that is under way.
    pub async fn unsettled_setup(&self, customer_id: Uuid) -> Result<Option<Payment>> {
        let rest = "where coalesce(subject_id, checkout_id) = $1 and purpose = $2 \
                    and state in ('intended', 'asked', 'requires_action', 'processing')";
        let binds = vec![Value::Uuid(customer_id), Purpose::Setup.into()];
        self.one(Query::select::<Payment>(rest, binds)).await
    }

    /// A customer's attempt to keep a card, by the processor's name for it.
    pub async fn setup_of(&self, customer_id: Uuid, reference: &str) -> Result<Option<Payment>> {
        let rest = "where reference = $1 and customer_id = $2 and purpose = $3";
        let binds = vec![
            Value::Text(reference.to_owned()),
            Value::Uuid(customer_id),
            Purpose::Setup.into(),
        ];
        self.one(Query::select::<Payment>(rest, binds)).await
    }

    /// A payment.
    pub async fn payment(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Payment>> {
        self.own(organization_id, id, "and kind = 'charge'").await
    }

    /// Payments by id.
    pub async fn payments(&self, organization_id: Uuid, wanted: &[Uuid]) -> Result<Vec<Payment>> {
        self.owned(organization_id, wanted).await
    }

    /// The number of attempts to pay that were begun since then, by their state.
    pub async fn attempts_since(
        &self,
        organization_id: Uuid,
        since: Timestamp,
    ) -> Result<Vec<(PaymentState, i64)>> {
        let sql = "select state, count(*) from payments \
                   where organization_id = $1 and created_at >= $2 group by state order by state";
        let binds = vec![Value::Uuid(organization_id), Value::Time(since)];
        let found: Vec<(Col<PaymentState>, Col<i64>)> = self.all(Query::raw(sql, binds)).await?;
        Ok(found
            .into_iter()
            .map(|(state, count)| (state.0, count.0))
            .collect())
    }

    /// Charged orders without a receipt number, the oldest first, each with its customer.
    pub async fn unreceipted_orders(&self, most: i64) -> Result<Vec<(Order, Customer)>> {
        let sql = format!(
            "select {}, {} from orders o join customers c on c.id = o.customer_id \
             where o.receipt_number is null and o.net_amount + o.tax_amount > 0 \
             and o.status in ('paid', 'refunded', 'partially_refunded') \
             and exists (select 1 from payments p where p.order_id = o.id \
                         and p.kind = 'charge' and p.state = 'succeeded') \
             order by o.created_at, o.id limit $1",
            columns::<Order>("o"),
            columns::<Customer>("c")
        );
        self.all(Query::raw(sql, vec![Value::Int(most)])).await
    }

    /// A subscription.
    pub async fn subscription(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<Subscription>> {
        self.own(organization_id, id, "").await
    }

    /// The subscription that a session upgrades, with its prices, if it names one that exists.
    pub async fn upgraded(
        &self,
        organization_id: Uuid,
        subscription_id: Option<Uuid>,
    ) -> Result<Option<Upgraded>> {
        let Some(id) = subscription_id else {
            return Ok(None);
        };
        let Some(subscription) = self.subscription(organization_id, id).await? else {
            return Ok(None);
        };
        let prices = self
            .prices(organization_id, &subscription.price_ids)
            .await?;
        Ok(Some(Upgraded {
            subscription,
            prices,
        }))
    }

    /// Subscriptions by id.
    pub async fn subscriptions(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<Subscription>> {
        self.owned(organization_id, wanted).await
    }

    /// A customer's subscriptions, newest first.
    pub async fn subscriptions_of(&self, customer_id: Uuid) -> Result<Vec<Subscription>> {
        let rest = "where customer_id = $1 order by started_at desc, id";
        self.all(Query::select::<Subscription>(
            rest,
            vec![Value::Uuid(customer_id)],
        ))
        .await
    }

    /// True where somebody holds a billable subscription of the organization (docs/behaviour: subscriptions/one-each).
    pub async fn holds_subscription(&self, organization_id: Uuid, holder: &Holder) -> Result<bool> {
        let (condition, value) = match holder {
            Holder::Customer(id) => ("s.customer_id = $2", Value::Uuid(*id)),
            Holder::Email(email) => (
                "s.customer_id = (select id from customers where organization_id = $1 \
                 and email_key = $2 and deleted_at is null)",
                Value::Text(email.clone()),
            ),
        };
        let sql = format!(
            "select count(*) from subscriptions s where s.organization_id = $1 and {condition} \
             and s.status in ('trialing', 'active', 'past_due')"
        );
        let binds = vec![Value::Uuid(organization_id), value];
        Ok(self.scalar(Query::raw(sql, binds).keyed()).await? > 0)
    }
}

impl List {
    /// Rows whose product's name contains the text, however it is written; without it: all rows.
    pub fn search_products(self, organization_id: Uuid, text: Option<&str>) -> Self {
        match text {
            Some(text) => {
                self.search_named::<Product>(&[], "product_id", &["name"], organization_id, text)
            }
            None => self,
        }
    }

    /// Orders of products that renew, or (`false`) of those that are paid once.
    pub fn of_recurring_products(self, recurring: bool) -> Self {
        let not = if recurring { "not " } else { "" };
        let sql = format!(
            "exists (select 1 from products p where p.id = orders.product_id and p.recurring_interval is {not}null)"
        );
        self.filter_sql(&sql, vec![])
    }
}
