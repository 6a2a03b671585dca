//! The page on which a customer pays an order.

use std::time::Duration;

use serde_json::{Value, json};
use till_core::{
    kernel::{
        changes::Changes,
        records::{Order, PaymentState, Subscription},
        values::Value as Cell,
    },
    orders::visit,
};
use till_testkit::{Answer, Sale, Till, both, id_in};
use till_wire::{orders::OrderStatus, organizations::OrganizationStatus};

/// The first customer.
const ADA: &str = "ada0@example.com";
const PARTIAL: [(&str, &str); 1] = [("x-till-partial", "1")];
const VISA: &str = "4242 4242 4242 4242";
const DECLINES: &str = "4000 0000 0000 0002";
const SECURE: &str = "4000 0025 0000 3155";

/// A subscription whose latest order waits for its payment, as it is after a declined renewal.
async fn unpaid(t: &Till) -> Sale {
    unpaid_with(t, |_| {}).await
}

async fn unpaid_with(t: &Till, change: impl FnOnce(&mut Sale)) -> Sale {
    let known = t.items("/v1/customers/").await.len();
    let ada = t.customer(&format!("ada{known}@example.com")).await;
    let plan = t.monthly().await;
    t.sold_with(&ada, &plan, |sale| {
        sale.order.status = OrderStatus::Pending;
        sale.order.receipt_number = None;
        sale.payment.state = PaymentState::Failed;
        sale.payment.decline_reason = Some("insufficient_funds".into());
        change(sale);
    })
    .await
}

/// The address of its page, as a path.
async fn link(t: &Till, order: &Order) -> String {
    let page = t
        .get(&format!("/v1/orders/{}/payment-page", order.id))
        .await
        .ok();
    let url = page["url"].as_str().unwrap();
    url.strip_prefix("https://till.test").unwrap().to_owned()
}

fn paying(number: &str) -> Vec<(&'static str, String)> {
    [
        ("intent", "pay"),
        ("card_number", number),
        ("card_expiry", "12 / 34"),
        ("card_cvc", "123"),
        ("shown_total", "1000"),
    ]
    .map(|(key, value)| (key, value.to_owned()))
    .to_vec()
}

async fn send(
    t: &Till,
    path: &str,
    fields: &[(&'static str, String)],
    headers: &[(&'static str, &str)],
) -> Answer {
    let fields = fields.iter().map(|(key, value)| (*key, value.as_str()));
    t.form(path, &fields.collect::<Vec<_>>(), headers).await
}

async fn pay(t: &Till, path: &str, number: &str) -> Answer {
    send(t, path, &paying(number), &[]).await
}

async fn order(t: &Till, sale: &Sale) -> Value {
    t.get(&format!("/v1/orders/{}", sale.order.id)).await.ok()
}

/// The attempts that the customer made, newest first.
async fn payments(t: &Till, sale: &Sale) -> Vec<Value> {
    let path = format!("/v1/payments/?order_id={}", sale.order.id);
    let theirs = |payment: &Value| payment["trigger"] == "retry_customer";
    t.items(&path).await.into_iter().filter(theirs).collect()
}

async fn subscription(t: &Till, sale: &Sale) -> Subscription {
    let id = sale.subscription.as_ref().unwrap().id;
    let found = t.app.store.subscription(t.organization.id, id).await;
    found.unwrap().unwrap()
}

fn is_page(page: &Answer, status: u16, words: &[&str]) {
    assert_eq!(page.status.as_u16(), status, "{}", page.text());
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("frame-ancestors 'none'")
            && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(page.header("cache-control").contains("no-store"));
    for one in words {
        assert!(page.text().contains(one), "no {one:?} in:\n{}", page.text());
    }
}

#[track_caller]
fn leads(answer: &Answer, to: &str) {
    let led = (answer.status.as_u16(), answer.header("location"));
    assert_eq!(led, (303, to), "{}", answer.text());
}

both! {
    async fn the_page_shows_what_is_due_and_asks_for_a_card(t: &mut Till) {
        let sale = unpaid_with(t, |sale| {
            sale.order.discount_amount = 100;
            sale.order.net_amount = 900;
            sale.order.tax_amount = 171;
            sale.order.applied_balance_amount = -71;
        }).await;
        let path = link(t, &sale.order).await;
        let page = t.page(&path).await;
        let number = sale.order.invoice_number.clone().unwrap();
        is_page(&page, 200, &["Monthly", "$10.00", "$1.00", "Tax", "$1.71", "Total", "$10.71", "Paid from your balance", "Amount due", "Pay $10.00",
            &number, "card_number", "Your card is saved", "Test mode"]);
        assert!(!page.text().contains("customer_name"), "only the card is asked for");
        assert!(!page.text().contains(ADA), "a link tells nobody whose order it is");
        t.see_through().await;
    }

    async fn paying_pays_the_order_once_and_its_card_is_the_subscriptions(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        t.listen().await;
        leads(&pay(t, &path, VISA).await, &path);
        let paid = order(t, &sale).await;
        assert_eq!(paid["status"], "paid");
        assert!(paid["receipt_number"].is_string());
        let made = payments(t, &sale).await;
        assert_eq!((made.len(), &made[0]["amount"], &made[0]["status"]), (1, &json!(1000), &json!("succeeded")));
        let told: Vec<_> = t.webhook_event_types().await;
        assert!(told.ends_with(&["order.updated".to_owned(), "order.paid".to_owned()]), "{told:?}");
        let customer = paid["customer_id"].as_str().unwrap();
        let methods = t.items(&format!("/v1/customers/{customer}/payment-methods")).await;
        assert_eq!((methods.len(), &methods[0]["method_metadata"]["last4"]), (1, &json!("4242")));
        assert_eq!(subscription(t, &sale).await.payment_method_id, Some(id_in(&methods[0], "id")));
        assert_eq!(methods[0]["is_default"], false, "it is kept for this subscription alone");
        let receipt = t.page(&path).await;
        is_page(&receipt, 200, &["This order is paid", "There is nothing left to pay", "Monthly", "$10.00", "Visa", "4242"]);
        assert!(!receipt.text().contains("card_number"));
        leads(&pay(t, &path, VISA).await, &path);
        assert_eq!(payments(t, &sale).await.len(), 1, "never twice");
    }

    async fn what_is_wrong_with_the_card_stands_at_its_field_and_a_decline_at_the_top(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let empty = send(t, &path, &[("intent", "pay".to_owned())], &[]).await;
        is_page(&empty, 200, &["card_number-error", "card_expiry-error", "card_cvc-error", "Please check"]);
        let declined = pay(t, &path, DECLINES).await;
        is_page(&declined, 200, &["Your card was declined", "role=\"alert\"", "card_number"]);
        assert!(!declined.text().contains("value=\"4000"), "a card is never filled in again");
        assert_eq!(order(t, &sale).await["status"], "pending");
        assert!(subscription(t, &sale).await.payment_method_id.is_none());
        let made = payments(t, &sale).await;
        assert_eq!((made.len(), &made[0]["status"]), (1, &json!("failed")));
        let again = t.page(&path).await;
        assert!(!again.text().contains("was declined"), "a new visit begins anew");
        leads(&pay(t, &path, VISA).await, &path);
        t.catch_up().await;
    }

    async fn the_bank_may_approve_refuse_or_be_left(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let ended = format!("{path}?posted=true");
        let to_bank = async || {
            let sent = pay(t, &path, SECURE).await;
            assert_eq!(sent.status, 303, "{}", sent.text());
            sent.header("location").to_owned()
        };
        let bank = to_bank().await;
        is_page(&t.page(&bank).await, 200, &["Test bank", "$10.00", "Ada&#39;s Shop"]);
        is_page(&t.page(&path).await, 200, &["One more step", &bank, "another-card"]);
        pay(t, &path, VISA).await;
        assert_eq!(payments(t, &sale).await.len(), 1, "one attempt at a time");
        leads(&t.form(&bank, &[("decision", "refuse")], &[]).await, &ended);
        is_page(&t.page(&ended).await, 200, &["Your bank did not approve the payment", "card_number"]);
        let bank = to_bank().await;
        leads(&t.form(&format!("{path}/another-card"), &[], &[]).await, &path);
        is_page(&t.page(&path).await, 200, &["card_number"]);
        leads(&t.page(&bank).await, &ended);
        let bank = to_bank().await;
        t.advance(Duration::from_secs(3_601));
        t.drain().await;
        is_page(&t.page(&path).await, 200, &["card_number"]);
        assert_eq!(order(t, &sale).await["status"], "pending");
        t.form(&bank, &[("decision", "approve")], &[]).await;
        assert_eq!(order(t, &sale).await["status"], "pending", "an attempt that was given up pays nothing");
        let bank = to_bank().await;
        leads(&t.form(&bank, &[("decision", "approve")], &[]).await, &ended);
        assert_eq!(order(t, &sale).await["status"], "paid");
        is_page(&t.page(&ended).await, 200, &["This order is paid"]);
        let made = payments(t, &sale).await;
        let states: Vec<_> = made.iter().rev().map(|payment| payment["status"].as_str().unwrap()).collect();
        assert_eq!(states, ["failed", "failed", "failed", "succeeded"]);
        t.catch_up().await;
    }

    async fn whoever_comes_back_from_the_bank_sees_what_the_processor_says(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let sent = pay(t, &path, SECURE).await;
        let secret = sent.header("location").rsplit('/').next().unwrap().to_owned();
        let back = format!("{path}?payment_intent=pi_1&redirect_status=succeeded");
        leads(&t.page(&back).await, &format!("{path}?posted=true"));
        assert_eq!(order(t, &sale).await["status"], "pending", "anybody can write into an address that it was paid");
        let bank = t.app.sandbox.as_ref().unwrap();
        bank.authenticate(&secret, true, t.app.context().now).await.unwrap();
        leads(&t.page(&back).await, &format!("{path}?posted=true"));
        assert_eq!(order(t, &sale).await["status"], "paid");
        t.catch_up().await;
    }

    async fn a_payment_that_takes_its_time_is_waited_for(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        leads(&pay(t, &path, "4000 0000 0000 3006").await, &path);
        is_page(&t.page(&path).await, 200, &["Processing your payment", "http-equiv=\"refresh\"", "data-stream=\"\""]);
        pay(t, &path, VISA).await;
        t.catch_up().await;
        is_page(&t.page(&path).await, 200, &["This order is paid"]);
        assert_eq!(payments(t, &sale).await.len(), 1);
    }

    async fn orders_that_are_not_due_say_so(t: &mut Till) {
        for (status, code, words) in [
            (OrderStatus::Paid, 200, "This order is paid"),
            (OrderStatus::Refunded, 200, "This order is paid"),
            (OrderStatus::PartiallyRefunded, 200, "This order is paid"),
            (OrderStatus::Void, 410, "This order was cancelled"),
            (OrderStatus::Draft, 409, "This order cannot be paid yet"),
        ] {
            let (product, customer) = (t.product().await, t.customer(&format!("{status}@example.com")).await);
            let sale = t.sold_with(&customer, &product, |sale| {
                sale.order.status = status;
                if status == OrderStatus::Draft {
                    sale.order.invoice_number = None;
                }
            }).await;
            let path = link(t, &sale.order).await;
            let page = t.page(&path).await;
            is_page(&page, code, &[words, "Ada&#39;s Shop"]);
            assert!(!page.text().contains("<form"), "{status}");
            leads(&pay(t, &path, VISA).await, &path);
            assert!(payments(t, &sale).await.is_empty(), "{status}");
        }
        t.see_through().await;
    }

    async fn a_wrong_link_opens_nothing(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let secret = path.strip_prefix("/pay/").unwrap();
        assert_eq!(visit::order_of(secret, &t.app.key), Some(sale.order.id));
        let almost = format!("{}{}", &secret[..63], if secret.ends_with('0') { '1' } else { '0' });
        for wrong in [almost.as_str(), &secret[..32], &sale.order.id.to_string(), "%25", "x"] {
            let none = ["find this order"];
            is_page(&t.page(&format!("/pay/{wrong}")).await, 404, &none);
            is_page(&pay(t, &format!("/pay/{wrong}"), VISA).await, 404, &none);
            is_page(&t.form(&format!("/pay/{wrong}/another-card"), &[], &[]).await, 404, &none);
        }
        let eve = t.with_token(&t.stranger().await.1);
        eve.get(&format!("/v1/orders/{}/payment-page", sale.order.id)).await.not_found();
        t.organization_is(OrganizationStatus::Blocked).await;
        assert_eq!(t.page(&path).await.status, 404);
        t.see_through().await;
    }

    async fn an_organization_that_takes_no_payments_takes_none_for_an_order(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        t.organization_is(OrganizationStatus::Denied).await;
        is_page(&pay(t, &path, VISA).await, 200, &["This shop cannot take payments at the moment"]);
        assert!(payments(t, &sale).await.is_empty());
        t.see_through().await;
    }

    async fn nobody_pays_an_amount_that_was_not_shown(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let mut form = paying(VISA);
        form.retain(|(key, _)| *key != "shown_total");
        form.push(("shown_total", "999".to_owned()));
        is_page(&send(t, &path, &form, &[]).await, 200, &["The total has changed"]);
        assert!(payments(t, &sale).await.is_empty());
        t.see_through().await;
    }

    async fn a_form_that_is_sent_again_is_one_attempt(t: &mut Till) {
        t.may_leave_work();
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let page = t.page(&path).await.text();
        let key = page.split("name=\"_idempotency_key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        for number in [DECLINES, SECURE] {
            let mut form = paying(number);
            form.push(("_idempotency_key", key.clone()));
            let (first, again) = (send(t, &path, &form, &PARTIAL).await, send(t, &path, &form, &PARTIAL).await);
            assert_eq!(first.status, again.status);
            match number {
                DECLINES => assert!(again.text().contains("Your card was declined")),
                _ => assert_eq!(first.ok(), again.ok()),
            }
        }
        assert_eq!(payments(t, &sale).await.len(), 2);
    }

    async fn of_two_who_pay_at_once_one_does(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let (a, b) = tokio::join!(pay(t, &path, VISA), pay(t, &path, VISA));
        for answer in [&a, &b] {
            assert!(answer.status == 303 || answer.text().contains("already being processed"), "{}", answer.text());
        }
        assert_eq!(order(t, &sale).await["status"], "paid");
        let made = payments(t, &sale).await;
        assert_eq!(made.iter().filter(|payment| payment["status"] == "succeeded").count(), 1);
        t.catch_up().await;
    }

    async fn declined_cards_and_attempts_have_the_budgets_of_the_checkout_page(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let counting = t.counting_declines(2, 100);
        for _ in 0..2 {
            is_page(&pay(&counting, &path, DECLINES).await, 200, &["Your card was declined"]);
        }
        let spent = pay(&counting, &path, VISA).await;
        is_page(&spent, 429, &["Too many payments were declined"]);
        assert!(!spent.header("retry-after").is_empty());
        assert_eq!(payments(t, &sale).await.len(), 2);
        let other = unpaid_with(t, |sale| sale.order.invoice_number = Some("2".into())).await;
        let path = link(t, &other.order).await;
        let limited = t.limited(10_000);
        let mut statuses = Vec::new();
        for _ in 0..7 {
            statuses.push(send(&limited, &path, &[("intent", "pay".to_owned())], &[]).await.status.as_u16());
        }
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429]);
        t.see_through().await;
    }

    async fn an_order_is_tried_five_times_there_and_what_reached_nobody_does_not_count(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        for _ in 0..5 {
            is_page(&pay(t, &path, DECLINES).await, 200, &["Your card was declined"]);
        }
        let spent = ["This order can no longer be paid here", "Contact the shop", "Ada&#39;s Shop"];
        is_page(&pay(t, &path, VISA).await, 429, &spent);
        is_page(&send(t, &path, &paying(VISA), &PARTIAL).await, 429, &spent);
        let page = t.page(&path).await;
        is_page(&page, 429, &spent);
        assert!(!page.text().contains("<form"), "nothing can be tried");
        let made = payments(t, &sale).await;
        assert_eq!((made.len(), &order(t, &sale).await["status"]), (5, &json!("pending")));
        let other = unpaid_with(t, |sale| sale.order.invoice_number = Some("2".into())).await;
        leads(&pay(t, &link(t, &other.order).await, VISA).await, &link(t, &other.order).await);
        let mut changes = Changes::new();
        let unreached = vec![Cell::Text("processor_unreachable".into()), Cell::Uuid(id_in(&made[0], "id"))];
        changes.any("update payments set decline_reason = $1 where id = $2", unreached);
        t.app.commit(changes).await.unwrap();
        leads(&pay(t, &path, VISA).await, &path);
        assert_eq!(order(t, &sale).await["status"], "paid");
        t.catch_up().await;
    }

    async fn what_an_attempt_took_of_the_budgets_is_given_back_when_it_pays(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        let counting = t.counting_declines(1, 100);
        leads(&pay(&counting, &path, VISA).await, &path);
        let again = unpaid_with(t, |sale| sale.order.invoice_number = Some("2".into())).await;
        let path = link(t, &again.order).await;
        is_page(&pay(&counting, &path, DECLINES).await, 200, &["Your card was declined"]);
        t.catch_up().await;
    }

    async fn the_page_speaks_the_customers_language_and_has_two_themes(t: &mut Till) {
        let sale = unpaid(t).await;
        let path = link(t, &sale.order).await;
        is_page(&t.page(&format!("{path}?locale=de&theme=dark")).await, 200, &["lang=\"de\"", "data-theme=\"dark\"", "Zu zahlen",
            &format!("action=\"{path}?theme=dark&#38;locale=de\"")]);
        let customer = format!("/v1/customers/{}", sale.order.customer_id);
        t.patch(&customer, json!({"locale": "ja"})).await.ok();
        is_page(&t.page(&format!("{path}?locale=de")).await, 200, &["lang=\"ja\"", "お支払い金額"]);
        t.see_through().await;
    }

    async fn the_dashboard_hands_out_the_link_of_an_order_that_is_due(t: &mut Till) {
        let sale = unpaid(t).await;
        let url = format!("https://till.test{}", link(t, &sale.order).await);
        let people = t.dashboard().await;
        let page = people.get(&format!("/dashboard/ada/orders/{}", sale.order.id)).await;
        page.says(200, &url);
        page.says(200, "Link for the customer");
        let paid = t.sold(&t.customer("paid@example.com").await, &t.product().await).await;
        let page = people.get(&format!("/dashboard/ada/orders/{}", paid.order.id)).await;
        assert!(!page.text().contains("Link for the customer"));
        t.see_through().await;
    }
}
