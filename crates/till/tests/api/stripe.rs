//! Selling through Stripe, as the fake Stripe plays it: purchases, answers that do not come, notices, refunds, disputes.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use till_server::payments::notices::poll;
use till_testkit::{Answer, FakeStripe, Till, Troubles, both, buyer};

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";
const ASKS: &str = "pm_card_authenticationRequired";

/// A confirmation with one of Stripe's test cards.
async fn confirm(t: &Till, fake: &FakeStripe, checkout: &Value, card: &str) -> Answer {
    let saves =
        !checkout["subscription_id"].is_null() || checkout["product"]["is_recurring"] == true;
    t.confirm(checkout, buyer(ADA, &fake.token(card, saves)))
        .await
}

/// A session that was paid, and its order.
pub async fn paid(t: &Till, fake: &FakeStripe) -> (Value, Value) {
    let checkout = t.checkout_for(&t.product().await).await;
    confirm(t, fake, &checkout, VISA).await.ok();
    t.catch_up().await;
    let order = t.orders(&checkout).await.remove(0);
    (checkout, order)
}

/// Everything of a kind in the account.
pub fn rows(fake: &FakeStripe, kind: &str) -> Vec<Value> {
    fake.books()[kind].as_array().cloned().unwrap_or_default()
}

async fn payments(t: &Till) -> Vec<Value> {
    let listed = t.get("/v1/payments/").await.ok();
    listed["items"].as_array().unwrap().clone()
}

/// Troubles of confirmations alone.
fn confirmations(fake: &FakeStripe, trouble: Troubles) {
    let intents = rows(fake, "payment_intents");
    assert!(intents.is_empty(), "before the first intent");
    let paths = vec!["/v1/payment_intents/".to_owned()];
    fake.troubles(Troubles {
        paths,
        method: Some("POST".to_owned()),
        ..trouble
    });
}

both! {
    async fn a_card_pays_through_stripe(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let (checkout, order) = paid(&t, &fake).await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert_eq!((&order["status"], &order["total_amount"]), (&json!("paid"), &json!(3000)));
        let intents = rows(&fake, "payment_intents");
        assert_eq!(intents.len(), 1);
        let intent = &intents[0];
        assert_eq!((&intent["status"], &intent["amount_received"]), (&json!("succeeded"), &json!(3000)));
        assert_eq!(intent["metadata"]["checkout_id"], checkout["id"]);
        assert_eq!(intent["metadata"]["attempt_id"], payments(&t).await[0]["id"]);
        assert_eq!(payments(&t).await[0]["method_metadata"]["last4"], "4242");
    }

    async fn a_subscription_keeps_the_card_for_its_renewals(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.monthly().await).await;
        confirm(&t, &fake, &checkout, VISA).await.ok();
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        let intent = &rows(&fake, "payment_intents")[0];
        assert_eq!(intent["setup_future_usage"], "off_session");
        let card = fake.object(intent["payment_method"].as_str().unwrap()).unwrap();
        assert_eq!(card["customer"], intent["customer"]);
    }

    async fn a_decline_leaves_the_session_open_and_its_intent_cancelled(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        let refused = confirm(&t, &fake, &checkout, "pm_card_chargeDeclinedInsufficientFunds").await;
        refused.refused(400, "PaymentError");
        assert_eq!(rows(&fake, "payment_intents")[0]["status"], "canceled");
        assert_eq!(payments(&t).await[0]["decline_reason"], "insufficient_funds");
        confirm(&t, &fake, &checkout, VISA).await.ok();
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert_eq!(rows(&fake, "payment_intents").len(), 2, "an intent is never used again");
    }

    async fn an_unsure_confirmation_blocks_another_until_stripe_says_how_it_ended(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        confirmations(&fake, Troubles { reset_after: 100, ..Troubles::default() });
        confirm(&t, &fake, &checkout, VISA).await.refused(409, "CheckoutLocked");
        fake.troubles(Troubles::default());
        confirm(&t, &fake, &checkout, VISA).await.refused(409, "CheckoutLocked");
        t.advance(Duration::from_secs(16));
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert_eq!(rows(&fake, "charges").len(), 1);
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn a_stripe_that_cannot_be_reached_charges_nothing_and_says_so(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        fake.troubles(Troubles { error_before: 100, ..Troubles::default() });
        let refused = confirm(&t, &fake, &checkout, VISA).await;
        refused.refused(400, "PaymentError");
        assert!(refused.text().contains("Nothing was charged"), "{}", refused.text());
        fake.troubles(Troubles::default());
        confirm(&t, &fake, &checkout, VISA).await.ok();
        t.catch_up().await;
        assert_eq!(rows(&fake, "charges").len(), 1);
    }

    async fn an_approval_at_the_bank_is_heard_of_by_a_notice(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        let waiting = confirm(&t, &fake, &checkout, ASKS).await.ok();
        let metadata = &waiting["payment_processor_metadata"];
        assert_eq!(metadata["intent_status"], "requires_action");
        let secret = metadata["intent_client_secret"].as_str().unwrap();
        fake.decide_3ds(secret, true);
        let notice = fake.notices(None).pop().unwrap();
        assert_eq!(t.stripe_sends(notice.clone()).await.status, 202);
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert_eq!(t.stripe_sends(notice).await.status, 202, "a notice that comes twice");
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn a_lost_notice_is_found_when_stripe_is_asked(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        let waiting = confirm(&t, &fake, &checkout, ASKS).await.ok();
        let secret = waiting["payment_processor_metadata"]["intent_client_secret"].as_str().unwrap().to_owned();
        fake.decide_3ds(&secret, true);
        assert!(poll(&t.app).await.unwrap() > 0);
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
    }

    async fn a_challenge_that_is_left_alone_is_cancelled_at_stripe_and_the_session_opens_again(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        confirm(&t, &fake, &checkout, ASKS).await.ok();
        t.catch_up().await;
        // An hour is the longest that a challenge is waited for.
        for _ in 0..8 {
            t.advance(Duration::from_secs(20 * 60));
            fake.advance(Duration::from_secs(20 * 60));
            t.catch_up().await;
        }
        assert_eq!(rows(&fake, "payment_intents")[0]["status"], "canceled");
        assert_eq!(payments(&t).await[0]["status"], "failed");
    }

    async fn a_notice_that_is_forged_old_or_unsigned_is_refused_and_writes_nothing(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        paid(&t, &fake).await;
        let (headers, body) = fake.notices(None).pop().unwrap();
        let before = t.all_rows().await;
        let altered = body.replace("3000", "1");
        assert_ne!(altered, body);
        t.stripe_sends((headers.clone(), altered)).await.refused(400, "NoticeRefused");
        t.stripe_sends((Vec::new(), body.clone())).await.refused(400, "NoticeRefused");
        t.stripe_sends((headers.clone(), "x".repeat(1024 * 1024 + 1))).await.refused(413, "RequestBodyTooLarge");
        t.advance(Duration::from_secs(301));
        t.stripe_sends((headers, body)).await.refused(400, "NoticeRefused");
        crate::foreign::unchanged("a refused notice", &before, &t.all_rows().await);
    }

    async fn what_is_not_tills_on_the_account_is_taken_and_forgotten(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let before = t.all_rows().await;
        let client = as_another_program(&fake, "/v1/payment_intents", "amount=500&currency=usd&confirm=true&payment_method=pm_card_visa&allowed_payment_method_types[]=card&return_url=https://shop.test");
        assert!(client.await, "another program of the merchant's charges");
        let notices = fake.notices(None);
        assert!(!notices.is_empty());
        for notice in notices {
            assert_eq!(t.stripe_sends(notice).await.status, 202);
        }
        crate::foreign::unchanged("a foreign notice", &before, &t.all_rows().await);
    }

    async fn a_refund_goes_to_stripe_once_and_the_order_says_so(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let (_, order) = paid(&t, &fake).await;
        let body = json!({"order_id": order["id"], "reason": "customer_request", "amount": 1000});
        let refund = t.post("/v1/refunds/", body).await.created();
        t.drain().await;
        assert_eq!(refund["status"], "succeeded");
        let at_stripe = rows(&fake, "refunds");
        assert_eq!(at_stripe.len(), 1);
        assert_eq!((&at_stripe[0]["amount"], &at_stripe[0]["metadata"]["refund_id"]), (&json!(1000), &refund["id"]));
        let order = t.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.ok();
        assert_eq!((&order["status"], &order["refunded_amount"]), (&json!("partially_refunded"), &json!(1000)));
    }

    async fn a_refund_whose_answer_was_lost_is_found_at_stripe_and_not_sent_again(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let (_, order) = paid(&t, &fake).await;
        let lost = Troubles { paths: vec!["/v1/refunds".into()], method: Some("POST".into()), reset_after: 100, ..Troubles::default() };
        fake.troubles(lost);
        let body = json!({"order_id": order["id"], "reason": "other", "amount": 3000});
        let refund = t.post("/v1/refunds/", body).await.created();
        assert_eq!(refund["status"], "pending");
        fake.troubles(Troubles::default());
        t.advance(Duration::from_secs(60));
        t.drain().await;
        assert_eq!(rows(&fake, "refunds").len(), 1);
        let order = t.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.ok();
        assert_eq!(order["status"], "refunded");
    }

    async fn a_refund_made_at_stripe_arrives_by_its_notice(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let (_, order) = paid(&t, &fake).await;
        let intent = rows(&fake, "payment_intents")[0]["id"].as_str().unwrap().to_owned();
        fake.refund(&intent, Some(1200));
        for notice in fake.notices(None) {
            t.stripe_sends(notice).await;
        }
        t.drain().await;
        let order = t.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.ok();
        assert_eq!((&order["status"], &order["refunded_amount"]), (&json!("partially_refunded"), &json!(1200)));
    }

    async fn a_refund_beyond_what_stripe_has_left_is_told_in_words_and_the_order_catches_up(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let (_, order) = paid(&t, &fake).await;
        let intent = rows(&fake, "payment_intents")[0]["id"].as_str().unwrap().to_owned();
        let wanted = |amount: i64| json!({"order_id": order["id"], "reason": "other", "amount": amount});
        fake.refund(&intent, Some(2000));
        let refused = t.post("/v1/refunds/", wanted(2500)).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains("At most 1000"), "{}", refused.text());
        let now = t.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.ok();
        assert_eq!((&now["status"], &now["refunded_amount"]), (&json!("partially_refunded"), &json!(2000)));
        fake.refund(&intent, Some(1000));
        t.post("/v1/refunds/", wanted(1000)).await.refused(403, "RefundedAlready");
        t.drain().await;
        assert_eq!(rows(&fake, "refunds").len(), 2);
    }

    async fn questions_to_stripe_about_one_payment_have_a_budget(t: &mut Till) {
        t.may_leave_work();
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        confirm(&t, &fake, &checkout, ASKS).await.ok();
        let before = fake.exchanges().len();
        let limited = t.limited(10_000);
        let back = format!("/checkout/{}/confirmation?redirect_status=succeeded&payment_intent=pi_1", checkout["client_secret"].as_str().unwrap());
        for _ in 0..15 {
            assert_eq!(limited.page(&back).await.status, 303);
        }
        assert_eq!(fake.exchanges().len() - before, 10);
    }

    async fn a_dispute_at_stripe_is_listed_and_can_be_conceded(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        paid(&t, &fake).await;
        let intent = rows(&fake, "payment_intents")[0]["id"].as_str().unwrap().to_owned();
        let reference = fake.open_dispute(&intent, "fraudulent");
        poll(&t.app).await.unwrap();
        t.drain().await;
        let listed = t.get("/v1/disputes/").await.ok();
        let dispute = &listed["items"][0];
        assert_eq!((&dispute["status"], &dispute["reason"], &dispute["amount"]), (&json!("needs_response"), &json!("fraudulent"), &json!(3000)));
        let path = format!("/v1/disputes/{}/accept", dispute["id"].as_str().unwrap());
        let accepted = t.post(&path, json!({})).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text());
        t.drain().await;
        assert_eq!(fake.object(&reference).unwrap()["status"], "lost");
    }

    async fn a_dispute_that_is_told_of_before_the_outcome_of_its_payment_is_known_is_not_forgotten(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        confirmations(&fake, Troubles { reset_after: 100, ..Troubles::default() });
        confirm(&t, &fake, &checkout, "pm_card_createDispute").await.refused(409, "CheckoutLocked");
        fake.troubles(Troubles::default());
        let is_dispute = |notice: &(_, String)| notice.1.contains("\"charge.dispute.created\"");
        let notice = fake.notices(None).into_iter().find(is_dispute).expect("the bank tells of it");
        assert_eq!(t.stripe_sends(notice).await.status, 202);
        t.drain().await;
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        let disputes = t.items("/v1/disputes/").await;
        assert_eq!(disputes.len(), 1);
        assert_eq!((&disputes[0]["status"], &disputes[0]["order_id"]), (&json!("needs_response"), &t.orders(&checkout).await[0]["id"]));
    }

    async fn an_inquiry_that_the_bank_closes_gives_nothing_back(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.monthly().await).await;
        confirm(&t, &fake, &checkout, "pm_card_createDisputeInquiry").await.ok();
        t.catch_up().await;
        poll(&t.app).await.unwrap();
        t.drain().await;
        let only = async || t.items("/v1/disputes/").await.remove(0);
        assert_eq!(only().await["status"], "early_warning");
        fake.decide_dispute(rows(&fake, "disputes")[0]["id"].as_str().unwrap(), "warning_closed");
        poll(&t.app).await.unwrap();
        t.drain().await;
        let closed = only().await;
        assert_eq!((&closed["status"], &closed["closed"]), (&json!("prevented"), &json!(true)));
        assert_eq!(rows(&fake, "refunds").len(), 0);
        assert_eq!(t.items("/v1/subscriptions/").await[0]["status"], "active");
        assert_eq!(t.orders(&checkout).await[0]["status"], "paid");
    }

    async fn a_slow_stripe_holds_up_nobody_who_does_not_pay(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        // More than there are connections to the database.
        let mut checkouts = Vec::new();
        for _ in 0..24 {
            checkouts.push(t.checkout_for(&t.product().await).await);
        }
        fake.troubles(Troubles { held: true, ..Troubles::default() });
        let pay = |number: usize| {
            let buyer = buyer(&format!("buyer{number}@example.com"), &fake.token(VISA, false));
            let (t, checkout) = (&t, &checkouts[number]);
            async move { t.confirm(checkout, buyer).await }
        };
        let mut paying = std::pin::pin!(join_all((0..checkouts.len()).map(pay)));
        let others = async {
            fake.held(checkouts.len()).await;
            let product = t.product().await;
            for _ in 0..20 {
                let other = t.checkout_for(&product).await;
                t.client_get(&other).await.ok();
                t.reload(&other).await;
                t.client_change(&other, json!({"customer_name": "Ada"})).await.ok();
            }
            assert_eq!(t.get("/v1/orders/").await.ok()["items"], json!([]));
        };
        tokio::select! {
            biased;
            _ = &mut paying => panic!("nobody was served until the payments ended"),
            () = others => {}
        }
        fake.troubles(Troubles::default());
        for paid in paying.await {
            paid.ok();
        }
        t.catch_up().await;
        for checkout in &checkouts {
            assert_eq!(t.reload(checkout).await["status"], "succeeded");
        }
    }

    async fn the_request_of_stripes_that_failed_is_shown_to_the_merchant_and_not_to_the_buyer(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let owner = t.dashboard().await;
        let decline = Troubles::default();
        let error = Troubles { error_before: 100, paths: vec!["/v1/payment_intents".into()], ..Troubles::default() };
        for (card, troubles) in [("pm_card_chargeDeclined", decline), (VISA, error)] {
            let checkout = t.checkout_for(&t.product().await).await;
            fake.troubles(troubles);
            let refused = confirm(&t, &fake, &checkout, card).await;
            fake.troubles(Troubles::default());
            let failed = fake.exchanges().into_iter().rfind(|one| one["method"] == "POST" && one["status"].as_u64() >= Some(400));
            let request = failed.expect("a request that failed")["request_id"].as_str().unwrap().to_owned();
            assert!(request.starts_with("req_"), "{request}");
            let payment = payments(&t).await.remove(0);
            assert_eq!(payment["processor_metadata"], json!({"request_id": request}));
            let page = owner.get(&format!("/dashboard/ada/payments/{}", payment["id"].as_str().unwrap())).await;
            assert!(page.text().contains(&request));
            assert!(page.text().contains(&format!("https://dashboard.stripe.com/test/logs/{request}")));
            let page = t.page(&format!("/checkout/{}", checkout["client_secret"].as_str().unwrap())).await;
            for seen in [refused.text(), t.client_get(&checkout).await.text(), page.text()] {
                assert!(!seen.contains("req_"), "{seen}");
            }
        }
        let (_, order) = paid(&t, &fake).await;
        assert_eq!(order["status"], "paid");
        assert_eq!(payments(&t).await[0]["processor_metadata"], json!({}), "nothing failed");
    }

    async fn the_request_of_an_unsure_confirmation_is_kept_until_it_is_known_to_have_succeeded(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        confirmations(&fake, Troubles { error_after: 100, ..Troubles::default() });
        confirm(&t, &fake, &checkout, VISA).await.refused(409, "CheckoutLocked");
        let pending = payments(&t).await.remove(0);
        assert_eq!(pending["status"], "pending");
        assert!(pending["processor_metadata"]["request_id"].is_string(), "{pending}");
        fake.troubles(Troubles::default());
        t.advance(Duration::from_secs(16));
        t.catch_up().await;
        let known = payments(&t).await.remove(0);
        assert_eq!((&known["status"], &known["processor_metadata"]), (&json!("succeeded"), &json!({})));
    }
}

/// A request with the account's secret key, as another program of the merchant's sends it; whether it was done.
async fn as_another_program(fake: &FakeStripe, path: &str, form: &str) -> bool {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let host = fake.api_url().trim_start_matches("http://");
    let mut connection = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{form}",
        fake.secret_key(),
        form.len()
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer.starts_with("HTTP/1.1 200")
}
