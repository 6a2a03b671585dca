//! Customers themselves.

use till_core::portal::{BillingViewer, Viewer, profile, view};
use till_wire::portal::{CustomerPortalCustomer, CustomerPortalCustomerUpdate};

use crate::{
    app::App,
    error::{OrNotFound, Result},
};

/// The customer whose portal it is.
pub fn get(viewer: &Viewer) -> CustomerPortalCustomer {
    view::customer(&viewer.customer)
}

/// Changes what the customer's bills say, and what they pay with.
pub async fn update(
    app: &App,
    viewer: BillingViewer<'_>,
    input: CustomerPortalCustomerUpdate,
) -> Result<CustomerPortalCustomer> {
    let (organization, id) = (&viewer.organization, viewer.customer.id);
    app.retry_on_conflict(|| async {
        let (row, subscribers) = tokio::try_join!(
            app.store.customer(organization.id, id),
            app.store.subscribers(organization.id),
        )?;
        let row = row.or_not_found()?;
        let (mut default, mut subscriptions) = (None, Vec::new());
        if let Some(method) = input.default_payment_method_id {
            (default, subscriptions) = tokio::try_join!(
                app.store.payment_method(organization.id, method),
                app.store.subscriptions_of(id),
            )?;
        }
        let default = default.filter(|method| method.processor == app.processor.name());
        let updated = profile::update(
            &row,
            input.clone(),
            default.as_ref(),
            &subscriptions,
            &subscribers,
            &app.context_of(organization),
        )?;
        Ok(view::customer(&app.apply(updated).await?))
    })
    .await
}
