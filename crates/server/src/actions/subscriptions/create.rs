//! Subscriptions that are made by the API.

use axum::http::StatusCode;
use till_core::subscriptions::create::{self, CreateRows, has_seats};
use till_wire::subscriptions::{Subscription, SubscriptionCreate, SubscriptionFor};

use crate::{
    error::Result,
    http::{
        extract::{Caller, scope},
        idempotency::IdempotencyGuard,
    },
};

/// Subscribes a customer to a free product.
pub async fn create(
    caller: &Caller<scope::SubscriptionsWrite>,
    guard: &IdempotencyGuard,
    input: SubscriptionCreate,
) -> Result<Subscription> {
    let (app, own) = (&caller.app, &caller.organization);
    app.retry_on_conflict(|| async {
        let wanted = [input.product_id];
        let customer = async {
            match &input.customer {
                SubscriptionFor::Id(id) => app.store.customer(own.id, *id).await,
                SubscriptionFor::ExternalId(id) => {
                    app.store.customer_by_external_id(own.id, id).await
                }
            }
        };
        let (mut offered, customer, subscribers) = tokio::try_join!(
            app.store.offered(own.id, &wanted),
            customer,
            app.store.subscribers(own.id),
        )?;
        let offered = offered.pop();
        let owner = match (&offered, &customer) {
            (Some(offered), Some(customer)) if has_seats(offered, own) => {
                app.store.customer_owner(customer.id).await?
            }
            _ => None,
        };
        let rows = CreateRows {
            offered,
            customer,
            owner,
            subscribers,
        };
        let ctx = caller.context();
        let made = create::create(&input, own, &rows, &ctx)?;
        app.reply(guard, StatusCode::CREATED, made, |view| view)
            .await
    })
    .await
}
