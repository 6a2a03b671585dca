//! Usage that is to be billed.

use jiff::Timestamp;
use till_core::{
    catalog::products::Parts,
    kernel::{
        records::{CustomerMeter, ProductPrice, Subscription, UsageCharge, UsageChargeValue},
        values::Value,
    },
    usage::charges::Charging,
};
use uuid::Uuid;

use super::{ids, marks};
use crate::{Query, Result, Store};

/// Number of customers, subscriptions or values that are asked for at once.
const AT_ONCE: usize = 200;

impl Store {
    /// Live subscriptions of customers with their metered prices, as events are charged to them. Where the organization
    /// has no metered prices, that is all that is read.
    pub async fn metered_subscriptions(
        &self,
        organization_id: Uuid,
        customers: &[Uuid],
    ) -> Result<(Vec<Subscription>, Vec<ProductPrice>)> {
        let none = (Vec::new(), Vec::new());
        if customers.is_empty() || !self.has_metered_prices(organization_id).await? {
            return Ok(none);
        }
        let mut subscriptions: Vec<Subscription> = Vec::new();
        for some in customers.chunks(AT_ONCE) {
            let rest = format!(
                "where customer_id in ({}) and status in ('trialing', 'active', 'past_due')",
                marks(0, some.len())
            );
            let query = Query::select::<Subscription>(&rest, ids(some).collect()).keyed();
            subscriptions.extend(self.all(query).await?);
        }
        subscriptions.retain(|one| one.organization_id == organization_id);
        let named = subscriptions.iter().flat_map(|one| one.price_ids.iter());
        let named: Vec<Uuid> = named.copied().collect();
        let mut prices = self.prices(organization_id, &named).await?;
        prices.retain(|price| price.meter_id.is_some());
        Ok((subscriptions, prices))
    }

    /// True where an organization has, or ever had, a metered price.
    pub async fn has_metered_prices(&self, organization_id: Uuid) -> Result<bool> {
        let sql = "select count(*) from (select 1 from product_prices where organization_id = $1 \
                   and meter_id is not null limit 1) metered";
        let found = self.scalar(Query::raw(sql, vec![organization_id.into()]));
        Ok(found.await? > 0)
    }

    /// Reads the rows that some usage is added to.
    pub async fn read_charges(&self, meter_id: Uuid, charging: &mut Charging) -> Result<()> {
        let subscriptions = charging.subscriptions();
        let mut charges = self.usage_charges(&subscriptions).await?;
        charges.retain(|row| row.meter_id == meter_id);
        let mut held = Vec::new();
        let values = charging.values();
        for charge in &charges {
            let own = values.get(&charge.subscription_id);
            let own: Vec<&str> = own.into_iter().flatten().copied().collect();
            for some in own.chunks(AT_ONCE) {
                let rest = format!(
                    "where charge_id = $1 and value in ({})",
                    marks(1, some.len())
                );
                let texts = some.iter().map(|value| Value::from(*value));
                let binds = [Value::Uuid(charge.id)].into_iter().chain(texts).collect();
                let query = Query::select::<UsageChargeValue>(&rest, binds).keyed();
                let found: Vec<UsageChargeValue> = self.all(query).await?;
                held.extend(found.into_iter().map(|row| (row.charge_id, row.value)));
            }
        }
        (charging.charges, charging.held) = (charges, held);
        Ok(())
    }

    /// Usage of subscriptions that is not billed yet, the oldest first.
    pub async fn usage_charges(&self, subscriptions: &[Uuid]) -> Result<Vec<UsageCharge>> {
        let mut charges = Vec::new();
        for some in subscriptions.chunks(AT_ONCE) {
            let rest = format!(
                "where subscription_id in ({}) and billed_at is null order by starts_at, id",
                marks(0, some.len())
            );
            let query = Query::select::<UsageCharge>(&rest, ids(some).collect()).keyed();
            charges.extend(self.all(query).await?);
        }
        Ok(charges)
    }

    /// Parts that are shown with the metered prices of subscriptions of one customer: the meters, and the usage that is not
    /// billed yet. Without metered prices nothing is read.
    pub async fn usage_parts(
        &self,
        subscriptions: &[Subscription],
        prices: &[ProductPrice],
    ) -> Result<Parts> {
        let metered = prices.iter().find(|price| price.meter_id.is_some());
        let Some(own) = metered.map(|price| price.organization_id) else {
            return Ok(Parts::default());
        };
        let named: Vec<Uuid> = subscriptions.iter().map(|one| one.id).collect();
        let mut customers: Vec<Uuid> = subscriptions.iter().map(|one| one.customer_id).collect();
        customers.sort_unstable();
        customers.dedup();
        let (meters, usage, credits) = tokio::try_join!(
            self.meters_of(own, prices),
            self.usage_charges(&named),
            self.meters_of_customers(&customers),
        )?;
        Ok(Parts {
            meters,
            usage,
            credits,
            ..Parts::default()
        })
    }

    /// The meters of customers.
    pub async fn meters_of_customers(&self, customers: &[Uuid]) -> Result<Vec<CustomerMeter>> {
        let mut meters = Vec::new();
        for some in customers.chunks(AT_ONCE) {
            let rest = format!("where customer_id in ({})", marks(0, some.len()));
            let query = Query::select::<CustomerMeter>(&rest, ids(some).collect()).keyed();
            meters.extend(self.all(query).await?);
        }
        Ok(meters)
    }

    /// True where events came in until a moment which any of these meters has not counted.
    pub async fn has_uncounted_usage(
        &self,
        organization_id: Uuid,
        meters: &[Uuid],
        until: Timestamp,
    ) -> Result<bool> {
        let sql = format!(
            "select (select count(*) from (select 1 from usage_batches where organization_id = $1 \
             and round is null and created_at <= $2 limit 1) unsealed) \
             + (select count(*) from (select 1 from usage_batches where organization_id = $1 and round is not null \
             and round > (select min(f.round) from meter_folds f where f.id in ({})) \
             and created_at <= $2 limit 1) uncounted)",
            marks(2, meters.len())
        );
        let binds = [Value::Uuid(organization_id), Value::Time(until)]
            .into_iter()
            .chain(ids(meters))
            .collect();
        Ok(self.scalar(Query::raw(sql, binds)).await? > 0)
    }
}
