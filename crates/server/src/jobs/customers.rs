//! Telling of customers.

use till_core::{
    customers::{self, STATE_GRANTS, STATE_METERS},
    kernel::{changes::Changes, jobs::End, records::Customer},
};
use till_store::Query;
use till_wire::events::EventType;
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// Emits `customer.state_changed` for the customer whose id is the payload (docs/behaviour: customers/state). A
/// customer that is gone meanwhile has told of its end itself.
pub async fn state_changed(app: &App, id: Uuid) -> Result<End, ApiError> {
    let customer: Option<Customer> = app.store.one(Query::by_id::<Customer>(id)).await?;
    let mut changes = Changes::new();
    if let Some(customer) = customer.filter(|c| c.deleted_at.is_none()) {
        let own = customer.organization_id;
        let (subscriptions, grants, subscribers, ctx) = tokio::try_join!(
            async { Ok(app.store.subscriptions_of(id).await?) },
            async { Ok(app.store.granted_to(id, STATE_GRANTS).await?) },
            async { Ok(app.store.subscribers(own).await?) },
            app.context_for(own),
        )?;
        let (prices, meters) = tokio::try_join!(
            app.store.prices_of(&subscriptions),
            app.store.customer_meters_of(id, STATE_METERS),
        )?;
        let parts = app.store.usage_parts(&subscriptions, &prices).await?;
        changes.emit(
            &subscribers,
            &ctx,
            EventType::CustomerStateChanged,
            id,
            || customers::state(&customer, &subscriptions, &prices, &parts, &grants, &meters),
        );
    }
    Ok(End::Done(changes))
}
