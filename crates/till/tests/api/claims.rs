//! One subscription for each person, one upgrade of a subscription at a time, however many buy at once.

use futures_util::future::join_all;
use serde_json::{Value, json};
use till_core::kernel::changes::Changes;
use till_ports::processor::{Method, Outcome};
use till_server::payments;
use till_testkit::{Answer, Till, both, buyer, id_in};

use crate::pairs;

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";
const ASKED: &str = "pm_card_authenticationRequired";
const HELD: &str = "AlreadyActiveSubscriptionError";

async fn several(t: &Till, allowed: bool) {
    let path = format!("/v1/organizations/{}", t.organization.id);
    let mut settings = t.get(&path).await.ok()["subscription_settings"].clone();
    settings["allow_multiple_subscriptions"] = json!(allowed);
    t.patch(&path, json!({"subscription_settings": settings}))
        .await
        .ok();
}

/// A subscription for nothing.
async fn free_plan(t: &Till) -> Value {
    let body =
        json!({"name": "Free", "recurring_interval": "month", "prices": [{"amount_type": "free"}]});
    t.post("/v1/products/", body).await.created()
}

async fn answer_bank(t: &Till, checkout: &Value, decision: &str) {
    let page = t.attempt(checkout).await.action_url.unwrap();
    let answer = t.form(&page, &[("decision", decision)], &[]).await;
    assert_eq!(answer.status, 303);
    t.catch_up().await;
}

/// Confirms all at once; one is taken, the others are refused by this name.
async fn one_of(t: &Till, tries: &[(Value, Value)]) -> Value {
    let sent = tries
        .iter()
        .map(|(checkout, body)| t.confirm(checkout, body.clone()));
    let answers = join_all(sent).await;
    let good: Vec<_> = (0..tries.len())
        .filter(|i| answers[*i].status == 200)
        .collect();
    let told: Vec<_> = answers.iter().map(Answer::text).collect();
    assert_eq!(good.len(), 1, "{told:?}");
    for (i, answer) in answers.iter().enumerate() {
        if i != good[0] {
            answer.refused(403, HELD);
            assert_eq!(t.reload(&tries[i].0).await["status"], "open");
        }
    }
    tries[good[0]].0.clone()
}

async fn subscriptions(t: &Till) -> Vec<Value> {
    t.items("/v1/subscriptions/").await
}

/// A free subscription of Ada's, and a session that upgrades it to this product.
async fn upgrading(t: &Till, to: &[&Value]) -> (Value, Vec<Value>) {
    let free = t.checkout_for(&free_plan(t).await).await;
    t.confirm(&free, json!({"customer_email": ADA})).await.ok();
    t.catch_up().await;
    let old = subscriptions(t).await.remove(0);
    let mut sessions = Vec::new();
    for product in to {
        let body = json!({"subscription_id": old["id"]});
        sessions.push(t.checkout_with(product, body).await);
    }
    (old, sessions)
}

async fn plan(t: &Till, name: &str, amount: i64) -> Value {
    let price = json!({"amount_type": "fixed", "price_amount": amount});
    let body = json!({"name": name, "recurring_interval": "month", "prices": [price]});
    t.post("/v1/products/", body).await.created()
}

/// A confirmation with a card, by nobody in particular.
fn card(token: &str) -> Value {
    json!({"customer_billing_address": {"country": "FR"}, "confirmation_token_id": token})
}

fn stale() -> Vec<(String, String)> {
    pairs(&[("value_error", "body.subscription_id")])
}

both! {
    async fn of_four_confirmations_at_once_one_subscribes_by_whatever_one_is_known(t: &mut Till) {
        let monthly = t.monthly().await;
        let free = free_plan(t).await;
        let known = t.customer("cy@example.com").await;
        let external = json!({"email": "dee@example.com", "external_id": "dee"});
        t.post("/v1/customers/", external).await.created();
        let by_id = json!({"customer_id": known["id"]});
        let by_external = json!({"external_customer_id": "dee"});
        let people: [(&str, Vec<Value>); 3] = [
            (ADA, vec![json!({}), json!({}), json!({"customer_email": "ADA@example.com"}), json!({})]),
            ("cy@example.com", vec![by_id.clone(), json!({}), by_id, json!({})]),
            ("dee@example.com", vec![by_external.clone(), json!({}), json!({}), by_external]),
        ];
        let mut bought = 0;
        for (email, sessions) in people {
            let mut tries = Vec::new();
            for (i, more) in sessions.into_iter().enumerate() {
                // What costs nothing counts like what is charged.
                let product = if i == 3 { &free } else { &monthly };
                let checkout = t.checkout_with(product, more).await;
                tries.push((checkout, buyer(&if i == 2 { email.to_uppercase() } else { email.to_owned() }, VISA)));
            }
            let first = one_of(t, &tries).await;
            t.catch_up().await;
            bought += 1;
            assert_eq!(subscriptions(t).await.len(), bought, "{email}");
            assert_eq!(t.reload(&first).await["status"], "succeeded");
            let again = t.checkout_for(&monthly).await;
            t.confirm(&again, buyer(email, VISA)).await.refused(403, HELD);
        }
        assert!(t.items("/v1/payments/").await.len() <= bought, "nobody paid twice");
    }

    async fn three_d_secure_in_between_lets_nobody_else_through(t: &mut Till) {
        let product = t.monthly().await;
        let mut sessions = Vec::new();
        for _ in 0..3 {
            sessions.push(t.checkout_for(&product).await);
        }
        t.confirm(&sessions[0], buyer(ADA, ASKED)).await.ok();
        t.drain().await;
        t.confirm(&sessions[1], buyer(ADA, VISA)).await.refused(403, HELD);
        t.confirm(&sessions[2], buyer("bo@example.com", VISA)).await.ok();
        answer_bank(t, &sessions[0], "refuse").await;
        assert_eq!(t.reload(&sessions[0]).await["status"], "open");
        t.confirm(&sessions[1], buyer(ADA, ASKED)).await.ok();
        t.confirm(&sessions[0], buyer(ADA, VISA)).await.refused(403, HELD);
        answer_bank(t, &sessions[1], "approve").await;
        assert_eq!(t.reload(&sessions[1]).await["status"], "succeeded");
        t.confirm(&sessions[0], buyer(ADA, VISA)).await.refused(403, HELD);
        assert_eq!(subscriptions(t).await.len(), 2, "one each");
        t.see_through().await;
    }

    async fn a_declined_attempt_gives_its_claim_back(t: &mut Till) {
        let product = t.monthly().await;
        let (first, second) = (t.checkout_for(&product).await, t.checkout_for(&product).await);
        assert_eq!(t.confirm(&first, buyer(ADA, "pm_card_visa_chargeDeclined")).await.status, 400);
        assert_eq!(t.buy(&second, ADA).await["status"], "succeeded");
    }

    async fn a_claim_that_was_left_behind_locks_nobody_out(t: &mut Till) {
        let product = t.monthly().await;
        let (left, next) = (t.checkout_for(&product).await, t.checkout_for(&product).await);
        let mut changes = Changes::new();
        let ctx = t.app.context();
        changes.any(
            "insert into subscription_claims (id, created_at, organization_id, checkout_id, subject, single) \
             values ($1, $2, $3, $4, 'email:ada@example.com', $5)",
            vec![ctx.id().into(), ctx.now.into(), t.organization.id.into(), id_in(&left, "id").into(), true.into()],
        );
        t.app.store.commit(changes).await.unwrap();
        assert_eq!(t.buy(&next, ADA).await["status"], "succeeded");
    }

    async fn where_several_are_allowed_all_are_sold_and_what_is_in_flight_counts_from_when_they_are_not(t: &mut Till) {
        several(t, true).await;
        let product = t.monthly().await;
        for _ in 0..3 {
            t.confirm(&t.checkout_for(&product).await, buyer(ADA, VISA)).await.ok();
            t.catch_up().await;
        }
        assert_eq!(subscriptions(t).await.len(), 3);
        let (begun, late) = (t.checkout_for(&product).await, t.checkout_for(&product).await);
        t.confirm(&begun, buyer("bo@example.com", ASKED)).await.ok();
        several(t, false).await;
        t.confirm(&late, buyer("bo@example.com", VISA)).await.refused(403, HELD);
        answer_bank(t, &begun, "approve").await;
        assert_eq!(t.reload(&begun).await["status"], "succeeded", "it was allowed when it began");
        t.see_through().await;
    }

    async fn money_that_arrives_after_another_session_subscribed_is_owed_back(t: &mut Till) {
        let product = t.monthly().await;
        let (given_up, bought) = (t.checkout_for(&product).await, t.checkout_for(&product).await);
        assert_eq!(t.confirm(&given_up, buyer(ADA, "pm_card_visa_chargeDeclined")).await.status, 400);
        t.buy(&bought, ADA).await;
        let lost = t.attempt(&given_up).await.id;
        let method = Method {
            reference: "pm_x".into(), brand: "visa".into(), last4: "4242".into(), exp_month: 1, exp_year: 2030,
            fingerprint: "f".into(), wallet: None,
        };
        payments::record_outcome(&t.app, lost, &Outcome::Succeeded { method, amount: None }).await.unwrap();
        t.catch_up().await;
        assert_eq!(subscriptions(t).await.len(), 1);
        let late = t.app.store.attempt(lost).await.unwrap().unwrap();
        assert_eq!(late.decline_reason.as_deref(), Some("refund_due"));
    }

    async fn a_stale_upgrade_is_refused_before_anything_is_charged(t: &mut Till) {
        let (pro, team) = (plan(t, "Pro", 1000).await, plan(t, "Team", 5000).await);
        let (old, sessions) = upgrading(t, &[&pro, &team]).await;
        t.confirm(&sessions[0], card(VISA)).await.ok();
        t.catch_up().await;
        let refused = t.confirm(&sessions[1], card(VISA)).await;
        assert_eq!(refused.invalid(), stale());
        t.catch_up().await;
        let all = subscriptions(t).await;
        assert_eq!(all.len(), 1);
        assert_eq!((&all[0]["id"], &all[0]["product_id"], &all[0]["amount"]), (&old["id"], &pro["id"], &json!(1000)));
        assert_eq!(t.items("/v1/payments/").await.len(), 1);
        assert_eq!(t.reload(&sessions[1]).await["status"], "open");
    }

    async fn of_upgrades_at_once_one_is_charged_also_with_three_d_secure_in_between(t: &mut Till) {
        let (pro, team) = (plan(t, "Pro", 1000).await, plan(t, "Team", 5000).await);
        let (old, sessions) = upgrading(t, &[&pro, &team, &pro]).await;
        t.confirm(&sessions[0], card(ASKED)).await.ok();
        t.drain().await;
        let refused = t.confirm(&sessions[1], card(VISA)).await;
        assert_eq!(refused.invalid(), stale());
        answer_bank(t, &sessions[0], "refuse").await;
        let answers = join_all(sessions.iter().map(|one| t.confirm(one, card(VISA)))).await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(good, 1, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.invalid(), stale());
        }
        t.catch_up().await;
        let all = subscriptions(t).await;
        assert_eq!((all.len(), &all[0]["id"]), (1, &old["id"]));
        let paid = t.items("/v1/payments/?status=succeeded").await;
        assert_eq!(paid.len(), 1);
        assert_eq!(paid[0]["amount"], all[0]["amount"]);
        t.see_through().await;
    }
}
