//! Fixtures that most tests need.

use serde_json::{Value, json};
use till_core::{
    kernel::{
        changes::{Changes, Record},
        period,
        records::{
            Checkout, Order, Payment, PaymentKind, PaymentState, ProcessorName, Purpose, Source,
            Subscription,
        },
        values::Json,
    },
    terms::{Buyer, Terms},
};
use till_wire::{
    checkouts::CheckoutStatus,
    money::Currency,
    orders::{BillingReason, OrderItem, OrderStatus},
    organizations::Features,
    payments::{CardMetadata, PaymentTrigger},
    subscriptions::SubscriptionStatus,
    values::Interval,
};
use uuid::Uuid;

use crate::Till;

/// The rows of one sale, as fulfilment leaves them.
#[derive(Debug, Clone)]
pub struct Sale {
    /// The session.
    pub checkout: Checkout,
    /// The subscription, if the product is one.
    pub subscription: Option<Subscription>,
    /// The order.
    pub order: Order,
    /// The payment.
    pub payment: Payment,
}

/// The id in a field of an API resource.
pub fn id_in(resource: &Value, key: &str) -> Uuid {
    resource[key].as_str().unwrap().parse().unwrap()
}

impl Till {
    /// A one-time product for 30.00 USD.
    pub async fn product(&self) -> Value {
        self.product_named("Book", 3000).await
    }

    /// A one-time product of this name and price (USD minor units).
    pub async fn product_named(&self, name: &str, amount: i64) -> Value {
        let price = json!({"amount_type": "fixed", "price_amount": amount});
        self.post("/v1/products/", json!({"name": name, "prices": [price]}))
            .await
            .created()
    }

    /// A subscription for 10.00 USD a month.
    pub async fn monthly(&self) -> Value {
        let price = json!({"amount_type": "fixed", "price_amount": 1000});
        let body = json!({"name": "Monthly", "recurring_interval": "month", "prices": [price]});
        self.post("/v1/products/", body).await.created()
    }

    /// A meter that counts every event.
    pub async fn meter(&self, name: &str) -> Value {
        let filter = json!({"conjunction": "and", "clauses": []});
        let body = json!({"name": name, "filter": filter, "aggregation": {"func": "count"}});
        self.post("/v1/meters/", body).await.created()
    }

    /// A benefit that is only words.
    pub async fn benefit(&self, description: &str, visibility: &str) -> Value {
        let body = json!({"type": "custom", "description": description, "visibility": visibility,
            "properties": {"note": null}});
        self.post("/v1/benefits/", body).await.created()
    }

    /// The organization as one from before seats could be sold.
    pub async fn without_seats(&self) {
        let none = |features: &mut Features| features.seat_based_pricing_enabled = false;
        self.featured(none).await;
    }

    /// The organization with its features set as a merchant cannot set them.
    pub async fn featured(&self, set: impl FnOnce(&mut Features)) {
        let old = self
            .app
            .store
            .organization(self.organization.id)
            .await
            .unwrap()
            .unwrap();
        let mut new = old.clone();
        set(&mut new.settings.0.feature_settings.features);
        let mut changes = Changes::new();
        changes.update(&old, &new);
        self.app.store.commit(changes).await.unwrap();
    }

    /// A one-time product whose price the buyer chooses, from 5.00 USD.
    pub async fn pay_what_you_want(&self) -> Value {
        let price = json!({"amount_type": "custom", "minimum_amount": 500});
        self.post("/v1/products/", json!({"name": "Gift", "prices": [price]}))
            .await
            .created()
    }

    /// A customer of this e-mail address.
    pub async fn customer(&self, email: &str) -> Value {
        self.post("/v1/customers/", json!({"email": email}))
            .await
            .created()
    }

    /// The same server, seen by the customer's owner: with a token of their portal.
    pub async fn viewer_of(&self, customer: &Value) -> Self {
        let id = customer["id"].as_str().expect("a customer has an ID");
        let owners = format!("/v1/members/?customer_id={id}&role=owner");
        let owner = self.items(&owners).await.remove(0);
        let body = json!({"customer_id": id, "member_id": owner["id"]});
        let session = self.post("/v1/customer-sessions/", body).await.created();
        self.with_token(session["token"].as_str().unwrap())
    }

    /// The customer bought the product a moment ago.
    pub async fn sold(&self, customer: &Value, product: &Value) -> Sale {
        self.sold_with(customer, product, |_| {}).await
    }

    /// The customer bought the product; `change` sees the rows before they are kept.
    pub async fn sold_with(
        &self,
        customer: &Value,
        product: &Value,
        change: impl FnOnce(&mut Sale),
    ) -> Sale {
        self.advance(std::time::Duration::from_millis(1));
        let mut sale = self.sale(customer, product);
        change(&mut sale);
        let mut changes = Changes::new();
        changes.insert(&sale.checkout);
        if let Some(subscription) = &sale.subscription {
            changes.insert(subscription);
        }
        changes.insert(&sale.order).insert(&sale.payment);
        self.app.store.commit(changes).await.unwrap();
        sale
    }

    fn sale(&self, customer: &Value, product: &Value) -> Sale {
        let (customer_id, product_id) = (id_in(customer, "id"), id_in(product, "id"));
        let price = &product["prices"][0];
        let amount = price["price_amount"].as_i64().unwrap_or(500);
        let checkout = self.checkout_row(customer, product_id, id_in(price, "id"), amount);
        let (at, own) = (
            self.app.context_of(&self.organization),
            self.organization.id,
        );
        let interval: Option<Interval> = product["recurring_interval"]
            .as_str()
            .map(|word| word.parse().unwrap());
        let subscription = interval.map(|interval| {
            let anchor_day = period::anchor(at.now);
            Subscription {
                id: at.id(),
                created_at: at.now,
                modified_at: None,
                version: 1,
                organization_id: own,
                customer_id,
                product_id,
                checkout_id: Some(checkout.id()),
                payment_method_id: None,
                status: SubscriptionStatus::Active,
                amount,
                base_amount: amount,
                currency: Currency::USD,
                recurring_interval: interval,
                recurring_interval_count: 1,
                anchor_day,
                started_at: Some(at.now),
                current_period_start: at.now,
                current_period_end: period::end(at.now, interval, 1, anchor_day),
                cancel_at_period_end: false,
                canceled_at: None,
                ends_at: None,
                ended_at: None,
                price_ids: Json(vec![id_in(price, "id")]),
                metadata: Json::default(),
                discount_id: None,
                discount_applied_at: None,
                seats: None,
                trial_start: None,
                trial_end: None,
                tax_behavior: None,
                custom_field_data: Json::default(),
                past_due_at: None,
                pause_at_period_end: false,
                paused_at: None,
                resumes_at: None,
                customer_cancellation_reason: None,
                customer_cancellation_comment: None,
                pending_update: None,
                attempt_id: None,
                // A row for lists: nothing is ever due for it.
                next_due_at: None,
                meter_interval: None,
                meter_interval_count: None,
                meter_period_start: None,
            }
        });
        let name = product["name"].as_str().unwrap();
        let item = OrderItem {
            id: at.id(),
            created_at: at.now,
            modified_at: None,
            label: name.to_owned(),
            amount,
            tax_amount: 0,
            proration: false,
            product_price_id: Some(id_in(price, "id")),
            start_timestamp: None,
            end_timestamp: None,
        };
        let order = Order {
            id: at.id(),
            created_at: at.now,
            modified_at: None,
            version: 1,
            organization_id: own,
            customer_id,
            product_id,
            price_id: Some(id_in(price, "id")),
            subscription_id: subscription.as_ref().map(|s| s.id),
            checkout_id: Some(checkout.id),
            status: OrderStatus::Paid,
            billing_reason: match subscription {
                Some(_) => BillingReason::SubscriptionCreate,
                None => BillingReason::Purchase,
            },
            conflicting_external_customer_id: None,
            currency: Currency::USD,
            subtotal_amount: amount,
            discount_amount: 0,
            net_amount: amount,
            tax_amount: 0,
            refunded_amount: 0,
            refunded_tax_amount: 0,
            applied_balance_amount: 0,
            next_payment_attempt_at: None,
            failed_payments: 0,
            billing_name: None,
            billing_address: None,
            tax_id: None,
            invoice_number: Some(format!("ADA-{}", at.now.as_millisecond())),
            receipt_number: (amount > 0).then(|| format!("RCPT-{}", at.now.as_millisecond())),
            invoice_digest: None,
            receipt_digest: None,
            credit_notes: 0,
            description: name.to_owned(),
            items: Json(vec![item]),
            metadata: Json::default(),
            discount_id: None,
            seats: None,
            tax_behavior: None,
            tax_breakdown: None,
            custom_field_data: Json::default(),
            settles_usage: false,
        };
        let payment = Payment {
            id: at.id(),
            created_at: at.now,
            modified_at: None,
            version: 1,
            organization_id: own,
            purpose: Purpose::Checkout,
            subject_id: Some(checkout.id),
            source: Source::Token,
            method_id: None,
            processor: ProcessorName::Sandbox,
            checkout_id: Some(checkout.id),
            order_id: Some(order.id),
            customer_id: Some(customer_id),
            customer_email: checkout.buyer.customer_email.clone(),
            kind: PaymentKind::Charge,
            state: PaymentState::Succeeded,
            amount,
            currency: Currency::USD,
            method: "card".to_owned(),
            card: Some(Json(CardMetadata {
                brand: "visa".to_owned(),
                last4: "4242".to_owned(),
                exp_month: 12,
                exp_year: 2030,
                wallet: None,
            })),
            trigger_kind: Some(PaymentTrigger::Purchase),
            decline_reason: None,
            decline_message: None,
            reference: None,
            customer_reference: None,
            method_reference: None,
            client_secret: None,
            action_url: None,
            card_fingerprint: None,
            request_id: None,
            portal_token_hash: None,
            confirmation: Json(json!({})),
            network_key: None,
        };
        Sale {
            checkout,
            subscription,
            order,
            payment,
        }
    }

    fn checkout_row(
        &self,
        customer: &Value,
        product_id: Uuid,
        price_id: Uuid,
        amount: i64,
    ) -> Checkout {
        let ctx = self.app.context_of(&self.organization);
        Checkout {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            version: 1,
            organization_id: self.organization.id,
            status: CheckoutStatus::Succeeded,
            client_secret: ctx.token("polar_c_"),
            expires_at: ctx.now + jiff::SignedDuration::from_hours(1),
            success_url: None,
            return_url: None,
            embed_origin: None,
            product_ids: Json(vec![product_id]),
            allow_discount_codes: true,
            require_billing_address: false,
            ad_hoc: false,
            min_seats: None,
            max_seats: None,
            trial_interval: None,
            trial_interval_count: None,
            checkout_link_id: None,
            customer_id: Some(id_in(customer, "id")),
            matched_by_email: false,
            external_customer_id: None,
            conflicting_external_customer_id: None,
            customer_ip_address: None,
            processor_metadata: Json::default(),
            metadata: Json::default(),
            customer_metadata: Json::default(),
            subscription_id: None,
            attempt_id: None,
            opened_at: None,
            distinct_id: None,
            terms: Terms {
                product_id,
                price_id,
                price_ids: Json(vec![price_id]),
                amount,
                currency: Currency::USD,
                tax_amount: Some(0),
                tax_behavior: None,
                tax_breakdown: None,
                allow_trial: true,
                seats: None,
                discount_id: None,
                discount_amount: 0,
                trial_end: None,
            },
            buyer: Buyer {
                custom_field_data: Json::default(),
                is_business_customer: false,
                customer_name: None,
                customer_email: customer["email"].as_str().map(str::to_owned),
                customer_billing_name: None,
                customer_billing_address: None,
                customer_tax_id: None,
                customer_tax_id_format: None,
                locale: None,
                payment_method_type: None,
            },
        }
    }
}
