//! Orders that wait for their payment, charged to a saved card while its owner is away.

use till_core::{
    kernel::{
        changes::Changes,
        records::{Payment, PaymentMethod},
    },
    orders::{
        create::{self, Bill, Paid, Sale},
        payment,
    },
};
use till_ports::processor::{Attempt, Source};
use till_wire::{
    orders::{BillingReason, OrderItem},
    payments::PaymentTrigger,
};
use uuid::Uuid;

use super::*;

/// Kept by a trial, and declined whenever it is charged.
const DECLINED_LATER: &str = "pm_card_chargeCustomerFail";

/// A subscription bought with this card; its session.
async fn subscribed(t: &Till, email: &str, card: &str) -> Value {
    let price = json!({"amount_type": "fixed", "price_amount": 1000});
    let product = t
        .post(
            "/v1/products/",
            json!({"name": "Monthly", "recurring_interval": "month", "prices": [price],
        "trial_interval": "week", "trial_interval_count": 1}),
        )
        .await
        .created();
    let checkout = t.checkout_for(&product).await;
    t.confirm(&checkout, buyer(email, card)).await.ok();
    t.catch_up().await;
    t.webhook_events().await;
    checkout
}

/// The next month of the session's subscription as an order that is still to be paid.
async fn due(t: &Till, checkout: &Value) -> Uuid {
    let (session, ctx, own) = (
        t.session(checkout).await,
        t.app.context(),
        t.organization.id,
    );
    let known = t
        .app
        .store
        .customers(own, &[session.checkout.customer_id.unwrap()])
        .await
        .unwrap();
    let mut customer = known[0].clone();
    let own_subscriptions = format!("/v1/subscriptions/?customer_id={}", customer.id);
    let subscription = &t.items(&own_subscriptions).await[0];
    let line = OrderItem {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        label: "A month".into(),
        amount: session.checkout.terms.amount,
        tax_amount: 0,
        proration: false,
        product_price_id: None,
        start_timestamp: None,
        end_timestamp: None,
    };
    let sale = Sale {
        organization: &session.organization,
        product: &session.selected().product,
        terms: &session.checkout.terms,
        bill: Bill::default(),
        paid: Paid::Later,
        applied_balance: 0,
        checkout_id: None,
        subscription_id: Some(id_in(subscription, "id")),
        conflicting_external_customer_id: None,
        metadata: Default::default(),
        custom_field_data: Default::default(),
    };
    let order = create::create(
        sale,
        vec![line],
        BillingReason::SubscriptionCycle,
        &mut customer,
        &ctx,
    )
    .unwrap();
    let mut changes = Changes::new();
    changes.update(&known[0], &customer).insert(&order);
    t.app.store.commit(changes).await.unwrap();
    order.id
}

async fn charge(t: &Till, order: Uuid) {
    payments::charge_order(&t.app, order).await.unwrap();
    t.drain().await;
}

async fn order(t: &Till, id: Uuid) -> Value {
    t.get(&format!("/v1/orders/{id}")).await.ok()
}

async fn payments_of(t: &Till, id: Uuid) -> Vec<Value> {
    t.items(&format!("/v1/payments/?order_id={id}")).await
}

/// An attempt to pay the order, when the server dies at this step of charging it.
async fn crash(t: &Till, id: Uuid, step: CrashPoint) -> Payment {
    let store = &t.app.store;
    let order = store.order_by_id(id).await.unwrap().unwrap();
    let customer = store
        .customers(order.organization_id, &[order.customer_id])
        .await
        .unwrap()
        .pop()
        .unwrap();
    let method = store.payment_method(
        order.organization_id,
        customer.default_payment_method_id.unwrap(),
    );
    let method: PaymentMethod = method.await.unwrap().unwrap();
    let trigger = PaymentTrigger::SubscriptionCycle;
    let ctx = t.app.context();
    let payment = payment::intend(&order, &customer, &method, trigger, &ctx).unwrap();
    let mut changes = Changes::new();
    payment::begin(&payment, &mut changes, &ctx);
    store.commit(changes).await.unwrap();
    let source = Source::Saved {
        customer: method.customer_reference.unwrap(),
        method: method.reference,
        present: false,
    };
    let attempt = Attempt {
        source,
        ..charge_of(&payment, "")
    };
    t.charge_until(step, payment, attempt).await
}

both! {
    async fn a_pending_order_is_charged_once_to_the_saved_card(t: &mut Till) {
        t.listen().await;
        let id = due(t, &subscribed(t, ADA, VISA).await).await;
        let pending = order(t, id).await;
        assert_eq!((&pending["status"], &pending["receipt_number"]), (&json!("pending"), &json!(null)));
        for _ in 0..2 {
            charge(t, id).await;
        }
        let paid = order(t, id).await;
        assert_eq!(paid["status"], "paid");
        assert!(paid["receipt_number"].is_string());
        let payments = payments_of(t, id).await;
        assert_eq!(payments.len(), 1);
        for (key, value) in [("status", json!("succeeded")), ("amount", json!(1000)), ("trigger", json!("subscription_cycle")),
            ("checkout_id", json!(null))] {
            assert_eq!(payments[0][key], value, "{key}");
        }
        assert_eq!(types(&told(t).await), ["order.updated", "order.paid"]);
    }

    async fn a_card_that_declines_or_asks_for_its_owner_leaves_the_order_pending(t: &mut Till) {
        for (email, card, reason) in [(ADA, DECLINED_LATER, "generic_decline"), ("grace@example.com", "pm_card_authenticationRequired", "authentication_required")] {
            let checkout = subscribed(t, email, card).await;
            if t.reload(&checkout).await["status"] != "succeeded" {
                t.form(&bank(t, &checkout).await, &[("decision", "approve")], &[]).await;
                t.catch_up().await;
            }
            let id = due(t, &checkout).await;
            charge(t, id).await;
            assert_eq!(order(t, id).await["status"], "pending", "{card}");
            let payment = &payments_of(t, id).await[0];
            assert_eq!((&payment["status"], &payment["decline_reason"]), (&json!("failed"), &json!(reason)));
        }
    }

    async fn a_charge_that_a_crash_left_behind_is_brought_to_its_end(t: &mut Till) {
        let checkout = subscribed(t, ADA, VISA).await;
        for (step, status) in [(CrashPoint::Intended, "pending"), (CrashPoint::Asked, "pending"), (CrashPoint::Charged, "paid")] {
            let id = due(t, &checkout).await;
            let attempt = crash(t, id, step).await;
            charge(t, id).await;
            assert_eq!(payments_of(t, id).await.len(), 1, "{step:?}: one attempt at a time");
            t.catch_up().await;
            assert_eq!(order(t, id).await["status"], status, "{step:?}");
            let ended = t.app.store.attempt(attempt.id).await.unwrap().unwrap();
            assert!(ended.state.is_settled(), "{step:?}");
            charge(t, id).await;
            assert_eq!(order(t, id).await["status"], "paid", "{step:?}");
        }
    }

    async fn money_for_an_order_that_is_paid_by_then_is_refunded(t: &mut Till) {
        let checkout = subscribed(t, ADA, VISA).await;
        let id = due(t, &checkout).await;
        let lost = crash(t, id, CrashPoint::Charged).await;
        let told = t.app.processor.retrieve(lost.id, lost.reference.as_deref(), t.app.context().now).await.unwrap().unwrap();
        let given_up = Outcome::Failed { decline_reason: "abandoned".into(), decline_message: "No.".into(), method: None, request_id: None };
        payments::record_outcome(&t.app, lost.id, &given_up).await.unwrap();
        charge(t, id).await;
        assert_eq!(order(t, id).await["status"], "paid");
        payments::record_outcome(&t.app, lost.id, &told).await.unwrap();
        t.catch_up().await;
        let late = t.app.store.attempt(lost.id).await.unwrap().unwrap();
        assert_eq!(late.decline_reason.as_deref(), Some("refunded"));
        assert_eq!(payments_of(t, id).await.iter().filter(|payment| payment["decline_reason"] == json!(null)).count(), 1);
    }
}
