//! Telling of customers.

use till_core::{
    customers,
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
        let (subscriptions, subscribers) = tokio::try_join!(
            app.store.subscriptions_of(id),
            app.store.subscribers(customer.organization_id),
        )?;
        let prices = app.store.prices_of(&subscriptions).await?;
        changes.emit(
            &subscribers,
            &app.context(),
            EventType::CustomerStateChanged,
            id,
            || customers::state(&customer, &subscriptions, &prices),
        );
    }
    Ok(End::Done(changes))
}
