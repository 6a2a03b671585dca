//! Sessions, and how they are paid.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value, json};
use till_core::{
    checkout::{
        CheckoutContext, Session,
        confirm::{self, Confirmed},
        update::Known,
    },
    kernel::{
        changes::Changes,
        records::{Organization, Payment, PaymentState},
        values::Json,
    },
    payments::{
        attempt::{self, References},
        methods,
    },
    tax::NoTaxes,
};
use till_ports::processor::{Attempt, AttemptKind, Outcome, card_token};
use till_server::payments::record_outcome;
use till_store::{BuyerKeys, Col, Query};
use till_wire::{
    checkouts::{CheckoutUpdate, Writer},
    input::Context,
    money::Money,
    organizations::OrganizationStatus,
};

use crate::{Answer, Till, id_in};

/// The point at which the server died while it was charging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashPoint {
    /// The attempt was written down; the processor has not heard of it.
    Intended,
    /// The processor has prepared it; nothing has moved.
    Asked,
    /// The processor has charged, and nobody heard how it ended.
    Charged,
}

/// A confirmation by somebody in France with this sandbox card.
pub fn buyer(email: &str, card: &str) -> Value {
    json!({"customer_email": email, "customer_billing_address": {"country": "FR"}, "confirmation_token_id": card})
}

impl Till {
    /// A new session from this body.
    pub async fn checkout(&self, body: Value) -> Value {
        self.post("/v1/checkouts/", body).await.created()
    }

    /// A new session for one product.
    pub async fn checkout_for(&self, product: &Value) -> Value {
        self.checkout(json!({"products": [product["id"]]})).await
    }

    /// A new session for one product, with more in its body.
    pub async fn checkout_with(&self, product: &Value, more: Value) -> Value {
        let mut body = Map::from_iter([("products".to_owned(), json!([product["id"]]))]);
        body.extend(more.as_object().unwrap().clone());
        self.checkout(body.into()).await
    }

    /// A one-time product with these prices.
    pub async fn priced(&self, prices: Value) -> Value {
        self.post("/v1/products/", json!({"name": "Priced", "prices": prices}))
            .await
            .created()
    }

    /// Confirms as the buyer.
    pub async fn confirm(&self, checkout: &Value, body: Value) -> Answer {
        let path = format!("{}/confirm", client_path(checkout));
        self.anonymous().post(&path, body).await
    }

    /// Confirms with a card that pays, and sees the purchase through; the session as it is then.
    pub async fn buy(&self, checkout: &Value, email: &str) -> Value {
        self.confirm(checkout, buyer(email, "pm_card_visa"))
            .await
            .ok();
        self.catch_up().await;
        self.reload(checkout).await
    }

    /// Changes the session as the merchant.
    pub async fn change(&self, checkout: &Value, body: Value) -> Answer {
        self.patch(&merchant_path(checkout), body).await
    }

    /// Changes the session as the buyer.
    pub async fn client_change(&self, checkout: &Value, body: Value) -> Answer {
        self.anonymous().patch(&client_path(checkout), body).await
    }

    /// The session as the merchant sees it now.
    pub async fn reload(&self, checkout: &Value) -> Value {
        self.get(&merchant_path(checkout)).await.ok()
    }

    /// The session as the buyer sees it now.
    pub async fn client_get(&self, checkout: &Value) -> Answer {
        self.anonymous().get(&client_path(checkout)).await
    }

    /// The session's rows.
    pub async fn session(&self, checkout: &Value) -> Session {
        let found = self.app.store.session_by_id(id_in(checkout, "id")).await;
        found.unwrap().unwrap()
    }

    /// The session's latest attempt.
    pub async fn attempt(&self, checkout: &Value) -> Payment {
        let found = self.app.store.latest_attempt(id_in(checkout, "id")).await;
        found.unwrap().unwrap()
    }

    /// The metadata that the sandbox keeps beside the session's latest attempt.
    pub async fn processor_record(&self, checkout: &Value) -> Value {
        let attempt = self.attempt(checkout).await.id.to_string();
        let all = Query::raw("select body from sandbox_records", vec![]);
        let rows: Vec<Col<Json<Value>>> = self.app.store.all(all).await.unwrap();
        let found = rows
            .into_iter()
            .find(|row| row.0.0["attempt_id"] == attempt.as_str());
        found.unwrap().0.0
    }

    /// A good minute passes, in which all work is done.
    pub async fn catch_up(&self) {
        self.drain().await;
        self.advance(Duration::from_secs(61));
        self.drain().await;
    }

    /// The same, and what endpoints were told is taken out of the outbox: the end of a test that has looked at it.
    pub async fn see_through(&self) {
        self.catch_up().await;
        self.webhook_events().await;
    }

    /// The orders of a session.
    pub async fn orders(&self, checkout: &Value) -> Vec<Value> {
        let id = checkout["id"].as_str().unwrap();
        self.items(&format!("/v1/orders/?checkout_id={id}")).await
    }

    /// The payments of a session.
    pub async fn payments(&self, checkout: &Value) -> Vec<Value> {
        let id = checkout["id"].as_str().unwrap();
        self.items(&format!("/v1/payments/?checkout_id={id}")).await
    }

    /// The items of a list.
    pub async fn items(&self, path: &str) -> Vec<Value> {
        self.get(path).await.ok()["items"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Puts the test's organization in another state.
    pub async fn organization_is(&mut self, status: OrganizationStatus) {
        self.change_organization(|row| row.status = status).await;
    }

    /// Sets the test clock of the test's organization this far ahead, without anything that becomes due by it.
    pub async fn clock_is_ahead(&mut self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap();
        self.change_organization(|row| row.clock_offset_seconds = seconds)
            .await;
    }

    async fn change_organization(&mut self, change: impl FnOnce(&mut Organization)) {
        let id = self.organization.id;
        let old: Organization = self.app.store.organization(id).await.unwrap().unwrap();
        let mut new = old.clone();
        change(&mut new);
        let mut changes = Changes::new();
        changes.update(&old, &new);
        self.app.store.commit(changes).await.unwrap();
        self.organization = self.app.store.organization(id).await.unwrap().unwrap();
    }

    /// Leaves the database as it is when the server dies at this step of charging.
    pub async fn crash(&self, checkout: &Value, body: Value, step: CrashPoint) -> Payment {
        let session = self.session(checkout).await;
        let mut cx = Context::new("body");
        let input = cx
            .object(&body, |f| CheckoutUpdate::read(Writer::Client, f))
            .unwrap();
        let mut keys = BuyerKeys::of(&session.checkout);
        if let Some(email) = input.customer_email.as_value() {
            keys.email = Some(email.clone());
        }
        let own = self.organization.id;
        let ctx = self.app.context_of(&session.organization);
        let context = CheckoutContext {
            subscribers: &self.app.store.subscribers(own).await.unwrap(),
            urls: &self.app.urls,
            key: &self.app.key,
            taxes: &NoTaxes,
            ctx: &ctx,
        };
        let holders = self.app.store.buyer(own, &keys).await.unwrap();
        let decided =
            confirm::confirm(&session, &input, &Known::default(), &holders, context).unwrap();
        let Confirmed::Charge {
            payment, changes, ..
        } = decided
        else {
            panic!("nothing is due");
        };
        self.app.store.commit(changes).await.unwrap();
        let attempt = charge_of(&payment, &input.confirmation_token_id.unwrap());
        self.charge_until(step, *payment, attempt).await
    }

    /// Has the customer keep a card by this sandbox token, their bank's approval included; how the attempt stands then.
    pub async fn keep_card(&self, customer: &Value, token: &str) -> PaymentState {
        let (own, ctx) = (self.organization.id, self.app.context());
        let found = self.app.store.customer(own, id_in(customer, "id")).await;
        let (currency, name) = (
            self.organization.default_currency,
            self.app.processor.name(),
        );
        let (payment, changes) = methods::set_up(
            &found.unwrap().unwrap(),
            currency,
            name,
            Default::default(),
            &ctx,
        );
        self.app.store.commit(changes).await.unwrap();
        let attempt = Attempt {
            kind: AttemptKind::Setup,
            ..charge_of(&payment, token)
        };
        let payment = self
            .charge_until(CrashPoint::Charged, payment, attempt)
            .await;
        let (id, reference) = (payment.id, payment.reference.as_deref());
        let processor = &self.app.processor;
        let retrieve = async || processor.retrieve(id, reference, ctx.now).await.unwrap();
        let mut outcome = retrieve().await.unwrap();
        if let Outcome::RequiresAction { client_secret, .. } = &outcome {
            let bank = self.app.sandbox.as_ref().unwrap();
            bank.authenticate(client_secret, true, ctx.now)
                .await
                .unwrap();
            outcome = retrieve().await.unwrap();
        }
        let kept = record_outcome(&self.app, id, &outcome).await.unwrap();
        self.drain().await;
        kept.state
    }

    /// An attempt that is written down, when the server dies at this step of charging it.
    pub async fn charge_until(
        &self,
        step: CrashPoint,
        payment: Payment,
        attempt: Attempt,
    ) -> Payment {
        if step == CrashPoint::Intended {
            return payment;
        }
        let (processor, now) = (&self.app.processor, self.app.clock.now());
        let asked = processor.prepare(&attempt, now).await.unwrap();
        let references = References {
            attempt: &asked.reference,
            customer: &asked.customer,
            client_secret: &asked.client_secret,
        };
        let ctx = self.app.context_for(payment.organization_id).await.unwrap();
        let (payment, changes) = attempt::asked(&payment, references, &ctx);
        self.app.store.commit(changes).await.unwrap();
        if step == CrashPoint::Charged {
            let charged = processor.confirm(&attempt, &asked.reference, now);
            charged.await.unwrap();
        }
        payment
    }
}

/// The attempt at the processor that belongs to one of the journal.
pub fn charge_of(payment: &Payment, token: &str) -> Attempt {
    Attempt {
        id: payment.id,
        kind: AttemptKind::Charge {
            amount: Money::new(payment.amount, payment.currency),
            save_card: false,
        },
        source: card_token(token),
        email: None,
        name: None,
        description: "A book".to_owned(),
        statement_suffix: None,
        metadata: BTreeMap::new(),
        require_3ds: false,
        return_url: "https://till.test/".to_owned(),
    }
}

/// The session's address for its merchant.
fn merchant_path(checkout: &Value) -> String {
    format!("/v1/checkouts/{}", checkout["id"].as_str().unwrap())
}

/// The session's address for its buyer.
pub(crate) fn client_path(checkout: &Value) -> String {
    format!(
        "/v1/checkouts/client/{}",
        checkout["client_secret"].as_str().unwrap()
    )
}
