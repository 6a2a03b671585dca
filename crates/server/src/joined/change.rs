//! The rows that a change of a subscription depends on.

use till_core::{
    kernel::records::{Organization, Subscription},
    subscriptions::{change::ChangeRows, first_seat},
};
use uuid::Uuid;

use super::Joined;
use crate::{
    app::App,
    error::{OrNotFound, Result},
};

impl Joined {
    /// The rows that a change of a subscription depends on, with the product and the discount that it names.
    pub async fn change(
        app: &App,
        organization: &Organization,
        row: Subscription,
        product_id: Option<Uuid>,
        discount_id: Option<Uuid>,
    ) -> Result<ChangeRows> {
        let (rows, own) = ([row], organization.id);
        let (products, discounts) = (Vec::from_iter(product_id), Vec::from_iter(discount_id));
        let named = async {
            Ok(tokio::try_join!(
                app.store.offered(own, &products),
                app.store.discounts(own, &discounts),
            )?)
        };
        let billing = Box::pin(Self::billing(app, organization, &rows));
        let (mut billing, (mut products, mut discounts)) = tokio::try_join!(billing, named)?;
        let (mut billing, target) = (billing.pop().or_not_found()?, products.pop());
        let row = &billing.subscription;
        if (target.as_ref()).is_some_and(|target| first_seat::comes_with(row, target)) {
            Self::first_seat(app, &mut billing).await?;
        }
        Ok(ChangeRows {
            billing,
            target,
            discount: discounts.pop(),
        })
    }
}
