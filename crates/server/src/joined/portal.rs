//! Orders and subscriptions as their customers see them.

use till_core::{
    kernel::records::{Order, Organization, Subscription},
    portal::view,
};
use till_wire::portal::{CustomerOrder, CustomerSubscription};

use super::{Joined, found};
use crate::{app::App, error::Result};

impl Joined {
    /// Orders as their customers see them.
    pub async fn customer_orders(
        app: &App,
        organization: &Organization,
        rows: &[Order],
    ) -> Result<Vec<CustomerOrder>> {
        let joined = Self::of_orders(app, organization, rows).await?;
        let shown = rows.iter().map(|row| {
            let (customer, offered) = joined.sold(row)?;
            let subscription = row.subscription_id;
            let subscription = subscription.and_then(|id| joined.subscriptions.get(&id));
            Ok(view::order(
                row,
                customer,
                offered,
                subscription,
                organization,
            ))
        });
        shown.collect()
    }

    /// Subscriptions as their customers see them.
    pub async fn customer_subscriptions(
        app: &App,
        organization: &Organization,
        rows: &[Subscription],
    ) -> Result<Vec<CustomerSubscription>> {
        let joined = Self::of_subscriptions(app, organization, rows).await?;
        let shown = rows.iter().map(|row| {
            let customer = found(joined.customers.get(&row.customer_id))?;
            let offered = found(joined.products.get(&row.product_id))?;
            Ok(view::subscription(row, customer, offered, organization))
        });
        shown.collect()
    }
}
