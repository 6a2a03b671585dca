//! Changes by a buyer: how often, and who is told.

use till_core::{
    kernel::records::WebhookEvent,
    webhooks::{self, Answer as Receipt},
};

use super::*;

async fn events(t: &Till) -> Vec<WebhookEvent> {
    let query = Query::select::<WebhookEvent>("order by sequence", vec![]);
    t.app.store.all(query).await.unwrap()
}

/// The names that `checkout.updated` tells, oldest first.
fn names(told: &[Value]) -> Vec<&str> {
    let updates = told
        .iter()
        .filter(|event| event["type"] == "checkout.updated");
    updates
        .map(|event| event["data"]["customer_name"].as_str().unwrap())
        .collect()
}

both! {
    async fn a_buyers_change_that_changes_nothing_writes_nothing_and_tells_nobody(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.monthly().await).await;
        let body = json!({"customer_name": "Ada", "customer_billing_address": {"country": "FR"}});
        let first = t.client_change(&checkout, body.clone()).await.ok();
        t.webhook_events().await;
        let before = t.all_rows().await;
        for body in [body, json!({}), json!({"customer_name": "Ada"})] {
            t.advance(Duration::from_secs(1));
            assert_eq!(t.client_change(&checkout, body).await.ok(), first);
        }
        let page = format!("/checkout/{}", checkout["client_secret"].as_str().unwrap());
        for _ in 0..2 {
            assert_eq!(t.form(&page, &[("intent", "update"), ("customer_name", "Ada"), ("country", "FR")], &[]).await.status, 200);
        }
        assert_eq!(t.all_rows().await, before);
        // A merchant's is told, as the merchant's own programs expect.
        t.change(&checkout, json!({})).await.ok();
        assert_eq!(names(&t.webhook_events().await), ["Ada"]);
    }

    async fn changes_that_still_wait_are_told_once_as_the_session_is_now(t: &mut Till) {
        t.listen().await;
        let (checkout, other) = (t.checkout_for(&t.product().await).await, t.checkout_for(&t.product().await).await);
        t.webhook_events().await;
        for name in ["A", "B", "C"] {
            t.client_change(&checkout, json!({"customer_name": name})).await.ok();
            t.change(&other, json!({"customer_name": format!("{name}2")})).await.ok();
        }
        assert_eq!(names(&t.webhook_events().await), ["C", "C2"]);
    }

    async fn an_update_that_was_tried_before_is_tried_again_beside_the_newer_one(t: &mut Till) {
        let endpoint = t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.webhook_events().await;
        t.client_change(&checkout, json!({"customer_name": "A"})).await.ok();
        let no = Receipt { http_code: Some(500), response: String::new(), duration: Default::default() };
        let tried = webhooks::delivered(&events(t).await[0], &endpoint, &no, false, 0.5, &t.app.context());
        t.app.commit(tried).await.unwrap();
        t.client_change(&checkout, json!({"customer_name": "B"})).await.ok();
        assert_eq!(names(&t.webhook_events().await), ["A", "B"]);
    }

    async fn an_update_that_is_under_way_when_a_newer_one_comes_is_recorded_and_never_repeated(t: &mut Till) {
        let endpoint = t.listen().await;
        for (code, succeeded) in [(200, Some(true)), (500, None)] {
            let checkout = t.checkout_for(&t.product().await).await;
            t.webhook_events().await;
            t.client_change(&checkout, json!({"customer_name": "A"})).await.ok();
            let sending = events(t).await.remove(0);
            t.client_change(&checkout, json!({"customer_name": "B"})).await.ok();
            let answer = Receipt { http_code: Some(code), response: String::new(), duration: Default::default() };
            t.app.commit(webhooks::delivered(&sending, &endpoint, &answer, false, 0.5, &t.app.context())).await.unwrap();
            let all = events(t).await;
            let (old, new) = (&all[0], &all[1]);
            assert_eq!((old.id, old.succeeded, &old.payload), (sending.id, succeeded, &None));
            assert_ne!(old.id, new.id, "another message has another id");
            assert!(new.next_attempt_at.is_some() && new.payload.is_some());
        }
        t.webhook_events().await;
    }

    async fn a_buyer_changes_a_session_sixty_times_at_once_and_once_a_second_then(t: &mut Till) {
        let (limited, product) = (t.limited(10_000), t.product().await);
        let (checkout, other) = (t.checkout_for(&product).await, t.checkout_for(&product).await);
        let mut taken = 0;
        for n in 0..90 {
            let answer = limited.client_change(&checkout, json!({"customer_name": format!("{n}")})).await;
            match answer.status.as_u16() {
                200 => taken += 1,
                _ => assert_eq!(spent(&answer), 1),
            }
        }
        // The machine's clock counts: some come back meanwhile.
        assert!((60..85).contains(&taken), "{taken}");
        let page = format!("/checkout/{}", checkout["client_secret"].as_str().unwrap());
        let update = [("intent", "update"), ("customer_name", "Page")];
        let mut last = limited.form(&page, &update, &[]).await;
        for _ in 0..5 {
            if last.status != 200 {
                break;
            }
            last = limited.form(&page, &update, &[]).await;
        }
        spent(&last);
        assert!(last.text().contains("Too many attempts. Try again in a moment."), "{}", last.text());
        limited.client_change(&other, json!({"customer_name": "Ada"})).await.ok();
        limited.change(&checkout, json!({"customer_name": "Grace"})).await.ok();
    }
}
