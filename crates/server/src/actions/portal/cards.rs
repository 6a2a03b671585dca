//! Saved payment methods of a customer.

use till_core::{
    kernel::{
        records::{Payment, PaymentMethod as Row, PaymentState},
        refusal::{PortalRefusal, Refusal},
    },
    payments::methods::SetUp,
    portal::{
        BillingViewer,
        cards::{self, MOST_CARDS},
    },
};
use till_store::{List, Order};
use till_wire::{
    input::Problem,
    loc,
    page::Page,
    payment_methods::PaymentMethod,
    portal::{
        CustomerPaymentMethodConfirm, CustomerPaymentMethodCreate,
        CustomerPaymentMethodCreateRequiresActionResponse, CustomerPaymentMethodCreateResponse,
        CustomerPaymentMethodCreateSucceededResponse, CustomerPortalCustomerUpdate,
    },
};
use uuid::Uuid;

use super::profile;
use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::{
        extract::Params,
        idempotency::IdempotencyGuard,
        limits::{self, Network},
    },
    payments::{self, by_customer, by_viewer},
};

/// Lists the customer's saved methods, newest first.
pub async fn list(
    app: &App,
    viewer: BillingViewer<'_>,
    params: Params,
) -> Result<Page<PaymentMethod>> {
    let window = params.last_window()?;
    let list = List::of::<Row>(viewer.organization.id)
        .eq("customer_id", viewer.customer.id)
        .order("created_at", Order::Desc);
    let (rows, page) = window.page::<Row>(app, list).await?;
    Ok(page.of(rows.iter().map(|row| row.view(&viewer.customer))))
}

/// Checks that the customer may save one more.
///
/// # Errors
/// `NotPermitted` where there are as many as there may be.
pub(super) async fn has_room(app: &App, viewer: &BillingViewer<'_>) -> Result<()> {
    let saved = app.store.payment_methods_of(viewer.customer.id, MOST_CARDS);
    if saved.await?.len() >= MOST_CARDS {
        let words = "Delete a saved payment method first: there are as many as there may be.";
        return Err(Refusal::NotPermitted(words.to_owned()).into());
    }
    Ok(())
}

/// Saves a card that the customer has just entered.
pub async fn add(
    app: &App,
    viewer: BillingViewer<'_>,
    input: CustomerPaymentMethodCreate,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<CustomerPaymentMethodCreateResponse> {
    if let Some(attempt) = guard.begun().flatten() {
        let attempt = app.store.attempt(attempt).await.or_not_found()?;
        return outcome(app, viewer, by_customer::known(attempt)?).await;
    }
    has_room(app, &viewer).await?;
    let wanted = SetUp {
        set_default: input.set_default,
    };
    let asked = (input.confirmation_token_id, wanted, input.return_url);
    let attempt = Box::pin(by_viewer::keep_card(app, &viewer, asked, guard, network)).await?;
    outcome(app, viewer, by_customer::known(attempt)?).await
}

/// Tells how a card stands that the customer's bank was to approve.
pub async fn confirm(
    app: &App,
    viewer: BillingViewer<'_>,
    input: CustomerPaymentMethodConfirm,
) -> Result<CustomerPaymentMethodCreateResponse> {
    let customer_id = viewer.customer.id;
    let load = async || {
        app.store
            .setup_of(customer_id, &input.setup_intent_id)
            .await
    };
    let Some(mut attempt) = load().await? else {
        let is_known = viewer.customer.processor_reference.is_some();
        return Err(match is_known {
            false => PortalRefusal::CustomerNotReady.into(),
            true => Refusal::field(Problem::value(
                loc!["body", "setup_intent_id"],
                "No payment method of this ID is being saved",
                input.setup_intent_id.clone(),
            ))
            .into(),
        });
    };
    if !attempt.state.is_settled() {
        limits::asking(app, customer_id).await?;
        // What is known already is told where the processor does not answer.
        if let Err(error) = payments::ask(app, attempt).await {
            error.log_fault();
        }
        attempt = load().await.or_not_found()?;
    }
    let made = outcome(app, viewer, by_customer::known(attempt)?).await?;
    match made {
        CustomerPaymentMethodCreateResponse::Succeeded(mut saved)
            if input.set_default && !saved.payment_method.is_default =>
        {
            let default = CustomerPortalCustomerUpdate {
                default_payment_method_id: Some(saved.payment_method.id),
                ..Default::default()
            };
            profile::update(app, viewer, default).await?;
            saved.payment_method.is_default = true;
            Ok(CustomerPaymentMethodCreateResponse::Succeeded(saved))
        }
        made => Ok(made),
    }
}

/// An attempt to keep a card, as its customer is told of it.
async fn outcome(
    app: &App,
    viewer: BillingViewer<'_>,
    attempt: Payment,
) -> Result<CustomerPaymentMethodCreateResponse> {
    match attempt.state {
        PaymentState::Succeeded => {
            let (own, id) = (viewer.organization.id, viewer.customer.id);
            let kept = app.store.payment_methods_of(id, MOST_CARDS).await?;
            let is_it = |one: &Row| {
                one.processor == attempt.processor
                    && Some(&one.reference) == attempt.method_reference.as_ref()
            };
            let row = kept.into_iter().find(is_it).or_not_found()?;
            let customer = app.store.customer(own, id).await.or_not_found()?;
            let saved = CustomerPaymentMethodCreateSucceededResponse {
                status: "succeeded",
                payment_method: row.view(&customer),
            };
            Ok(CustomerPaymentMethodCreateResponse::Succeeded(saved.into()))
        }
        PaymentState::Failed => {
            let words = by_customer::declined(&attempt);
            Err(PortalRefusal::PaymentMethodSetupFailed(words).into())
        }
        _ => match attempt.client_secret {
            Some(client_secret) if attempt.state == PaymentState::RequiresAction => {
                let waiting = CustomerPaymentMethodCreateRequiresActionResponse {
                    status: "requires_action",
                    client_secret,
                    action_url: attempt.action_url,
                };
                Ok(CustomerPaymentMethodCreateResponse::RequiresAction(waiting))
            }
            _ => Err(Refusal::PaymentAlreadyInProgress.into()),
        },
    }
}

/// Deletes a saved method. What was paid with it is paid with another one from then on.
pub async fn delete(app: &App, viewer: BillingViewer<'_>, id: Uuid) -> Result<()> {
    let (organization, customer_id) = (&viewer.organization, viewer.customer.id);
    app.retry_on_conflict(|| async {
        let (customer, card, kept, subscriptions, subscribers) = tokio::try_join!(
            app.store.customer(organization.id, customer_id),
            app.store.payment_method(organization.id, id),
            app.store.payment_methods_of(customer_id, MOST_CARDS),
            app.store.subscriptions_of(customer_id),
            app.store.subscribers(organization.id),
        )?;
        let card = card.filter(|card| card.customer_id == customer_id);
        let (customer, card) = (customer.or_not_found()?, card.or_not_found()?);
        let changes = cards::delete(
            &customer,
            &card,
            (&kept, app.processor.name()),
            &subscriptions,
            &subscribers,
            &app.context_of(organization),
        )?;
        app.commit(changes).await
    })
    .await
}
