//! Orders in the customer portal.

use serde_json::{Value, json};
use till_core::kernel::{records::PaymentState, values::Json};
use till_testkit::{Sale, Till, both, id_in};
use till_wire::orders::OrderStatus;

fn path(id: impl std::fmt::Display) -> String {
    format!("/v1/customer-portal/orders/{id}")
}

/// A customer's order that waits for its payment after a declined renewal, and the customer's own view.
async fn unpaid(t: &Till) -> (Till, Sale) {
    let ada = t.customer("ada@example.com").await;
    let plan = t.monthly().await;
    let sale = t.sold_with(&ada, &plan, |sale| {
        sale.order.status = OrderStatus::Pending;
        sale.order.receipt_number = None;
        sale.payment.state = PaymentState::Failed;
        sale.payment.decline_reason = Some("insufficient_funds".into());
    });
    let sale = sale.await;
    (t.viewer_of(&ada).await, sale)
}

both! {
    async fn a_customer_sees_their_orders_without_what_is_the_merchants(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let (book, plan) = (t.product_named("Book", 3000).await, t.monthly().await);
        let first = t.sold_with(&ada, &book, |sale| {
            sale.order.metadata = Json(serde_json::from_value(json!({"margin": 5})).unwrap());
        }).await;
        let second = t.sold(&ada, &plan).await;
        let viewer = t.viewer_of(&ada).await;
        let listed = async |query: &str| viewer.get(&format!("/v1/customer-portal/orders/{query}")).await.listed("id");
        let (first, second) = (first.order.id.to_string(), second.order.id.to_string());
        let mut all = listed("").await;
        all.sort();
        let mut both = [first.clone(), second.clone()];
        both.sort();
        assert_eq!(all, both);
        assert_eq!(listed("?product_billing_type=one_time").await, std::slice::from_ref(&first));
        assert_eq!(listed(&format!("?product_id={}", plan["id"].as_str().unwrap())).await, std::slice::from_ref(&second));
        assert_eq!(listed("?query=bO%EF%BD%8Fk").await, std::slice::from_ref(&first));
        assert!(listed("?query=nothing").await.is_empty());
        let shown = viewer.get(&path(&first)).await.ok();
        assert_eq!(shown["product"]["organization"]["slug"], "ada");
        for hidden in ["metadata", "customer", "user", "custom_field_data", "platform_fee_amount"] {
            assert!(shown.get(hidden).is_none() && shown["product"].get(hidden).is_none(), "{hidden}");
        }
        assert!(!shown.to_string().contains("margin"));
        let merchants = t.get(&format!("/v1/orders/{first}")).await.ok();
        for same in ["status", "total_amount", "due_amount", "invoice_number", "items", "description", "refundable_amount"] {
            assert_eq!(shown[same], merchants[same], "{same}");
        }
    }

    async fn a_draft_is_the_merchants_and_no_order_yet(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        t.featured(|features| features.off_session_charges_enabled = true).await;
        let body = json!({"customer_id": ada["id"], "product_id": t.product().await["id"]});
        let draft = t.post("/v1/orders/", body).await.created();
        let viewer = t.viewer_of(&ada).await;
        assert!(viewer.get("/v1/customer-portal/orders/").await.listed("id").is_empty());
        viewer.get(&path(id_in(&draft, "id"))).await.not_found();
    }

    async fn a_customer_gets_invoice_and_receipt_once_the_bill_is_complete(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let sale = t.sold(&ada, &t.product().await).await;
        let (viewer, path) = (t.viewer_of(&ada).await, path(sale.order.id));
        let invoice = format!("{path}/invoice");
        viewer.post(&invoice, json!({})).await.refused(422, "MissingInvoiceBillingDetails");
        viewer.get(&invoice).await.refused(404, "InvoiceDoesNotExist");
        let bill = json!({"billing_name": "Ada Ltd", "billing_address": {"country": "FR"}});
        let changed = viewer.patch(&path, bill).await.ok();
        assert_eq!(changed["billing_name"], "Ada Ltd");
        assert_eq!(viewer.post(&invoice, json!({})).await.status, 202);
        t.catch_up().await;
        assert_eq!(viewer.get(&path).await.ok()["is_invoice_generated"], true);
        for document in ["invoice", "receipt"] {
            let url = viewer.get(&format!("{path}/{document}")).await.ok()["url"].as_str().unwrap().to_owned();
            let file = t.anonymous().get(url.strip_prefix("https://till.test").unwrap()).await;
            assert!(file.body.starts_with(b"%PDF"), "{document}");
        }
        t.see_through().await;
    }

    async fn a_customer_pays_what_waits_with_a_new_card_or_a_saved_one(t: &mut Till) {
        let (viewer, sale) = unpaid(t).await;
        let path = path(sale.order.id);
        let (status, confirm) = (format!("{path}/payment-status"), format!("{path}/confirm-payment"));
        assert_eq!(viewer.get(&status).await.ok(), json!({"status": "pending", "error": null}));
        for wrong in [json!({}), json!({"confirmation_token_id": "a", "payment_method_id": "1dbfc517-0bbf-4301-9ba8-555ca42b9737"})] {
            assert_eq!(viewer.post(&confirm, wrong).await.unreadable(), crate::pairs(&[("value_error", "body")]));
        }
        let declined = viewer.post(&confirm, json!({"confirmation_token_id": "pm_card_chargeDeclined"})).await.ok();
        assert_eq!((&declined["status"], declined["error"].is_string()), (&json!("failed"), true));
        assert_eq!(viewer.get(&status).await.ok(), json!({"status": "failed", "error": declined["error"]}));
        t.keep_card(&json!({"id": sale.order.customer_id}), "pm_card_chargeCustomerFail").await;
        let card = viewer.items("/v1/customer-portal/customers/me/payment-methods").await.remove(0);
        let declined = viewer.post(&confirm, json!({"payment_method_id": card["id"]})).await.ok();
        assert_eq!(declined["status"], "failed");
        let paid = viewer.post(&confirm, json!({"confirmation_token_id": "pm_card_visa"})).await.ok();
        assert_eq!(paid, json!({"status": "succeeded", "client_secret": null, "action_url": null, "error": null}));
        assert_eq!(viewer.get(&status).await.ok(), json!({"status": "succeeded", "error": null}));
        assert_eq!(viewer.get(&path).await.ok()["status"], "paid");
        viewer.post(&confirm, json!({"confirmation_token_id": "pm_card_visa"})).await.refused(422, "OrderNotEligibleForRetry");
        t.see_through().await;
    }

    async fn a_customer_approves_a_payment_with_their_bank(t: &mut Till) {
        let (viewer, sale) = unpaid(t).await;
        let path = path(sale.order.id);
        let asked = viewer.post(&format!("{path}/confirm-payment"), json!({"confirmation_token_id": "pm_card_threeDSecure2Required"})).await.ok();
        assert_eq!(asked["status"], "requires_action");
        assert!(asked["action_url"].is_string());
        let status = format!("{path}/payment-status");
        assert_eq!(viewer.get(&status).await.ok()["status"], "requires_action");
        let bank = t.app.sandbox.as_ref().unwrap();
        bank.authenticate(asked["client_secret"].as_str().unwrap(), true, t.app.context().now).await.unwrap();
        assert_eq!(viewer.get(&status).await.ok()["status"], "succeeded");
        t.see_through().await;
    }

    async fn a_saved_card_that_the_bank_asks_about_is_approved_or_given_up_on_the_orders_page(t: &mut Till) {
        let (viewer, sale) = unpaid(t).await;
        t.keep_card(&json!({"id": sale.order.customer_id}), "pm_card_threeDSecure2Required").await;
        let card = viewer.items("/v1/customer-portal/customers/me/payment-methods").await.remove(0);
        let confirm = format!("{}/confirm-payment", path(sale.order.id));
        let url = t.get(&format!("/v1/orders/{}/payment-page", sale.order.id)).await.ok()["url"].as_str().unwrap().to_owned();
        let page = url.strip_prefix("https://till.test").unwrap();
        let browser = t.browser();
        for _ in 0..2 {
            let asked = viewer.post(&confirm, json!({"payment_method_id": card["id"]})).await.ok();
            assert_eq!(asked["status"], "requires_action");
            browser.get(page).await.says(200, "Continue to your bank");
            let given_up = browser.post(&format!("{page}/another-card"), &[]).await;
            assert_eq!((given_up.status.as_u16(), given_up.header("location")), (303, page));
            browser.get(page).await.says(200, "name=\"card_number\"");
        }
        let asked = viewer.post(&confirm, json!({"payment_method_id": card["id"]})).await.ok();
        let bank = t.app.sandbox.as_ref().unwrap();
        bank.authenticate(asked["client_secret"].as_str().unwrap(), true, t.app.context().now).await.unwrap();
        let back = browser.get(&format!("{page}?redirect_status=succeeded")).await;
        assert_eq!(back.status, 303);
        browser.get(page).await.says(200, "This order is paid");
        t.see_through().await;
    }

    async fn a_customer_tries_five_times_and_the_same_request_is_one_attempt(t: &mut Till) {
        let (viewer, sale) = unpaid(t).await;
        let confirm = format!("{}/confirm-payment", path(sale.order.id));
        let declined = json!({"confirmation_token_id": "pm_card_chargeDeclined"});
        let keyed = async |key: &str| {
            let body = declined.to_string();
            let request = axum::http::Request::post(&confirm).header("content-type", "application/json")
                .header("content-length", body.len()).header("idempotency-key", key)
                .header("authorization", format!("Bearer {}", viewer.token));
            t.raw(request.body(axum::body::Body::from(body)).unwrap()).await
        };
        let first = keyed("one").await.ok();
        assert_eq!(keyed("one").await.ok(), first);
        for _ in 0..4 {
            assert_eq!(viewer.post(&confirm, declined.clone()).await.ok()["status"], "failed");
        }
        viewer.post(&confirm, declined.clone()).await.refused(429, "ManualRetryLimitExceeded");
        t.see_through().await;
    }

    async fn the_organization_is_there_for_everybody_with_what_everybody_can_buy(t: &mut Till) {
        let shown = t.product_named("Book", 3000).await;
        let body = json!({"name": "Hidden", "visibility": "private", "metadata": {"margin": 5}, "prices": [{"amount_type": "fixed", "price_amount": 1000}]});
        t.post("/v1/products/", body).await.created();
        let nobody = t.anonymous();
        let told: Value = nobody.get("/v1/customer-portal/organizations/ada").await.ok();
        assert_eq!(told["organization"]["name"], "Ada's Shop");
        let products: Vec<_> = told["products"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(products, [shown["id"].clone()]);
        assert!(told["products"][0].get("metadata").is_none());
        nobody.get("/v1/customer-portal/organizations/nobody").await.not_found();
    }
}
