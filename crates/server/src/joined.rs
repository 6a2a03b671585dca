//! The rows that orders and subscriptions are shown with: as many reads for a page as for a single one.

mod billing;
mod change;
mod portal;

use std::collections::HashMap;

use till_core::{
    catalog::products::ProductWithPrices,
    kernel::records::{Customer, Discount, Order, Organization, Subscription},
    orders::payment::OrderRows,
    seats::UsedSeats,
    subscriptions::revoke::HeldSubscription,
    usage::due,
};
use till_wire::{discounts::DiscountBase, money::Currency, orders, subscriptions};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, Result},
};

/// Everything a page of orders or subscriptions refers to, by id.
pub struct Joined {
    customers: HashMap<Uuid, Customer>,
    products: HashMap<Uuid, ProductWithPrices>,
    subscriptions: HashMap<Uuid, Subscription>,
    discounts: HashMap<Uuid, Discount>,
    default_currency: Currency,
}

fn found<T>(row: Option<&T>) -> Result<&T> {
    row.ok_or_else(|| ApiError::internal("a row that another refers to is not there"))
}

impl Joined {
    async fn load(
        app: &App,
        organization: &Organization,
        customers: Vec<Uuid>,
        products: Vec<Uuid>,
        subscriptions: Vec<Uuid>,
        discounts: Vec<Uuid>,
    ) -> Result<Self> {
        let organization_id = organization.id;
        let (customers, products, subscriptions, discounts) = tokio::try_join!(
            app.store.customers(organization_id, &customers),
            app.store.offered(organization_id, &products),
            app.store.subscriptions(organization_id, &subscriptions),
            app.store.discounts(organization_id, &discounts),
        )?;
        Ok(Self {
            customers: customers.into_iter().map(|c| (c.id, c)).collect(),
            products: products.into_iter().map(|p| (p.product.id, p)).collect(),
            subscriptions: subscriptions.into_iter().map(|s| (s.id, s)).collect(),
            discounts: discounts.into_iter().map(|d| (d.id, d)).collect(),
            default_currency: organization.default_currency,
        })
    }

    /// Adds the prices that are no catalog prices: those that single sessions had for themselves.
    async fn with_own_prices(
        mut self,
        app: &App,
        organization_id: Uuid,
        prices: Vec<Uuid>,
    ) -> Result<Self> {
        let known = |id: &Uuid| {
            self.products
                .values()
                .any(|o| o.prices.iter().any(|p| p.id == *id))
        };
        let missing: Vec<Uuid> = prices.into_iter().filter(|id| !known(id)).collect();
        let prices = app.store.prices(organization_id, &missing).await?;
        let meters = app.store.meters_of(organization_id, &prices).await?;
        for price in prices {
            if let Some(offered) = self.products.get_mut(&price.product_id) {
                offered.add(price, &meters);
            }
        }
        Ok(self)
    }

    /// Adds the usage of subscriptions that is not billed yet. Where none of their products has a metered price, nothing is
    /// read.
    async fn with_usage(self, app: &App, rows: &[Subscription]) -> Result<Self> {
        let is_metered = |row: &&Subscription| {
            let offered = self.products.get(&row.product_id);
            offered.is_some_and(|offered| !due::meters(row, offered).is_empty())
        };
        let metered: Vec<&Subscription> = rows.iter().filter(is_metered).collect();
        self.with_usage_of(app, metered).await
    }

    /// Adds the usage of subscriptions that is not billed yet, also of those that have had metered prices before: a bill
    /// ends it. Of an organization without metered prices nothing is read.
    async fn with_all_usage(self, app: &App, own: Uuid, rows: &[Subscription]) -> Result<Self> {
        let metered = match app.store.has_metered_prices(own).await? {
            true => rows.iter().collect(),
            false => Vec::new(),
        };
        self.with_usage_of(app, metered).await
    }

    async fn with_usage_of(mut self, app: &App, metered: Vec<&Subscription>) -> Result<Self> {
        if metered.is_empty() {
            return Ok(self);
        }
        let subscriptions: Vec<Uuid> = metered.iter().map(|row| row.id).collect();
        let mut customers: Vec<Uuid> = metered.iter().map(|row| row.customer_id).collect();
        customers.sort_unstable();
        customers.dedup();
        let (usage, credits) = tokio::try_join!(
            app.store.usage_charges(&subscriptions),
            app.store.meters_of_customers(&customers),
        )?;
        for row in metered {
            let Some(offered) = self.products.get_mut(&row.product_id) else {
                continue;
            };
            let own = usage
                .iter()
                .filter(|charge| charge.subscription_id == row.id);
            offered.parts.usage.extend(own.cloned());
            let own = credits
                .iter()
                .filter(|meter| meter.customer_id == row.customer_id);
            offered.parts.credits.extend(own.cloned());
        }
        Ok(self)
    }

    fn discount(&self, id: Option<Uuid>) -> Option<DiscountBase> {
        let discount = self.discounts.get(&id?)?;
        Some(discount.base(self.default_currency))
    }

    async fn of_orders(app: &App, organization: &Organization, rows: &[Order]) -> Result<Self> {
        let joined = Self::load(
            app,
            organization,
            rows.iter().map(|o| o.customer_id).collect(),
            rows.iter().map(|o| o.product_id).collect(),
            rows.iter().filter_map(|o| o.subscription_id).collect(),
            rows.iter().filter_map(|o| o.discount_id).collect(),
        )
        .await?;
        let prices = rows.iter().filter_map(|o| o.price_id).collect();
        joined.with_own_prices(app, organization.id, prices).await
    }

    /// The buyer of an order, and what was sold.
    fn sold(&self, order: &Order) -> Result<(&Customer, &ProductWithPrices)> {
        let customer = found(self.customers.get(&order.customer_id))?;
        Ok((customer, found(self.products.get(&order.product_id))?))
    }

    /// Orders as the API shows them.
    pub async fn orders(
        app: &App,
        organization: &Organization,
        rows: &[Order],
    ) -> Result<Vec<orders::Order>> {
        let joined = Self::of_orders(app, organization, rows).await?;
        rows.iter()
            .map(|row| {
                let (customer, product) = joined.sold(row)?;
                let subscription = row
                    .subscription_id
                    .and_then(|id| joined.subscriptions.get(&id));
                let discount = joined.discount(row.discount_id);
                Ok(row.view(customer, product, subscription, discount))
            })
            .collect()
    }

    /// An order with the rows that are told with it.
    pub async fn order_rows(
        app: &App,
        organization: &Organization,
        order: Order,
    ) -> Result<OrderRows> {
        let joined = Self::of_orders(app, organization, std::slice::from_ref(&order)).await?;
        let (customer, offered) = joined.sold(&order)?;
        let subscription = order.subscription_id;
        let subscription = subscription.and_then(|id| joined.subscriptions.get(&id).cloned());
        let (mut held, mut unpaid, mut seats) = (None, Vec::new(), UsedSeats::default());
        if let Some(subscription) = subscription {
            unpaid = app.store.unpaid_orders(&[subscription.id]).await?;
            unpaid.retain(|other| other.id != order.id);
            if subscription.seats.is_some() {
                let used = app.store.used_seats_of(&[subscription.id]).await?;
                seats = UsedSeats::of(used, organization);
            }
            held = Some(Self::held(app, organization, subscription).await?);
        }
        Ok(OrderRows {
            slug: organization.slug.clone(),
            customer: customer.clone(),
            offered: offered.clone(),
            held,
            unpaid,
            discount: joined.discount(order.discount_id),
            seats,
            order,
        })
    }

    /// A subscription with the rows that are told with it, besides its customer.
    pub async fn held(
        app: &App,
        organization: &Organization,
        row: Subscription,
    ) -> Result<HeldSubscription> {
        let (products, discounts) = (vec![row.product_id], row.discount_id.into_iter().collect());
        let none = Vec::new;
        let joined = Self::load(app, organization, none(), products, none(), discounts)
            .await?
            .with_own_prices(app, organization.id, row.price_ids.0.clone())
            .await?
            .with_usage(app, std::slice::from_ref(&row))
            .await?;
        let offered = found(joined.products.get(&row.product_id))?.clone();
        let discount = joined.discount(row.discount_id);
        Ok((row, offered, discount))
    }

    async fn of_subscriptions(
        app: &App,
        organization: &Organization,
        rows: &[Subscription],
    ) -> Result<Self> {
        let customers = rows.iter().map(|s| s.customer_id).collect();
        let products = rows.iter().map(|s| s.product_id).collect();
        let prices = rows.iter().flat_map(|s| s.price_ids.0.clone()).collect();
        let discounts = rows.iter().filter_map(|s| s.discount_id).collect();
        let joined = Self::load(
            app,
            organization,
            customers,
            products,
            Vec::new(),
            discounts,
        )
        .await?;
        joined
            .with_own_prices(app, organization.id, prices)
            .await?
            .with_usage(app, rows)
            .await
    }

    /// Subscriptions as the API shows them.
    pub async fn subscriptions(
        app: &App,
        organization: &Organization,
        rows: &[Subscription],
    ) -> Result<Vec<subscriptions::Subscription>> {
        let joined = Self::of_subscriptions(app, organization, rows).await?;
        rows.iter()
            .map(|row| {
                let customer = found(joined.customers.get(&row.customer_id))?;
                let product = found(joined.products.get(&row.product_id))?;
                Ok(row.view(customer, product, joined.discount(row.discount_id)))
            })
            .collect()
    }
}
