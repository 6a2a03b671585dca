//! Budgets that hold: what is counted, by what, and what is refused when it is spent.

mod cards;
mod codes;
mod updates;

use std::time::Duration;

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use till_store::Query;
use till_testkit::{Answer, Till, both, buyer};

/// A request of somebody in this network, without a token.
async fn from(t: &Till, address: &str, method: &str, path: &str, body: &Value) -> Answer {
    keyed(t, address, method, path, body, None).await
}

/// The same with an `Idempotency-Key`.
async fn keyed(
    t: &Till,
    address: &str,
    method: &str,
    path: &str,
    body: &Value,
    key: Option<&str>,
) -> Answer {
    let body = body.to_string();
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-client-ip", address)
        .header("content-type", "application/json")
        .header("content-length", body.len());
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    t.raw(request.body(Body::from(body)).unwrap()).await
}

fn client(checkout: &Value) -> String {
    format!(
        "/v1/checkouts/client/{}",
        checkout["client_secret"].as_str().unwrap()
    )
}

/// A confirmation from this network with a sandbox card.
async fn confirm(t: &Till, address: &str, checkout: &Value, card: &str) -> Answer {
    let path = format!("{}/confirm", client(checkout));
    from(t, address, "POST", &path, &buyer("ada@example.com", card)).await
}

async fn rows(t: &Till, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    t.app.store.scalar(Query::raw(sql, vec![])).await.unwrap()
}

#[track_caller]
fn spent(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429, "{}", answer.text());
    let wait = answer.header("retry-after").parse().unwrap();
    assert!(wait > 0);
    wait
}

both! {
    async fn confirming_is_counted_by_the_session_however_its_address_is_spelled(t: &mut Till) {
        let limited = t.limited(1_000);
        let checkout = t.checkout_for(&t.product().await).await;
        let secret = checkout["client_secret"].as_str().unwrap();
        let mut taken = 0;
        for n in 0..12 {
            let (head, tail) = secret.split_at(n);
            let letter = tail.as_bytes()[0];
            let path = format!("/v1/checkouts/client/{head}%{letter:02x}{}/confirm", &tail[1..]);
            taken += usize::from(from(&limited, "203.0.113.1", "POST", &path, &json!({})).await.status == 422);
        }
        assert_eq!(taken, 6);
    }

    async fn a_network_of_ipv6_is_a_64(t: &mut Till) {
        let limited = t.limited(1_000);
        let checkout = t.checkout_for(&t.product().await).await;
        let path = format!("{}/confirm", client(&checkout));
        let mut taken = 0;
        for n in 0..12 {
            let address = format!("2001:db8:0:1::{n:x}");
            taken += usize::from(from(&limited, &address, "POST", &path, &json!({})).await.status == 422);
        }
        assert_eq!(taken, 6);
        assert_eq!(from(&limited, "2001:db8:0:2::1", "POST", &path, &json!({})).await.status, 422);
        let few = t.limited(5);
        let mut last = 0;
        for n in 0..7 {
            let address = format!("2001:db8:0:3:{n:x}::1");
            last = few.anonymous().get_with(&client(&checkout), &[("x-client-ip", &address)]).await.status.as_u16();
        }
        assert_eq!(last, 429);
        few.anonymous().get_with(&client(&checkout), &[("x-client-ip", "2001:db8:0:4::1")]).await.ok();
    }

    async fn pages_have_the_budget_of_the_api_and_say_so(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let page = format!("/checkout/{}", checkout["client_secret"].as_str().unwrap());
        for path in [page.as_str(), &format!("{page}/confirmation"), "/sign-in", "/dashboard/ada"] {
            let few = t.limited(5);
            let mut last = few.page(path).await;
            for _ in 0..6 {
                last = few.page(path).await;
            }
            spent(&last);
            assert!(last.text().contains("Too many requests"), "{path}: {}", last.text());
            assert!(last.header("content-security-policy").contains("default-src 'none'"));
            let other = [("x-client-ip", "203.0.113.9"), ("accept", "text/html"), ("accept-language", "de")];
            assert_ne!(few.anonymous().get_with(path, &other).await.status, 429);
        }
        // In the buyer's language, and with what the API's callers spend.
        let few = t.limited(5);
        let of = [("x-client-ip", "203.0.113.9"), ("accept", "text/html"), ("accept-language", "de")];
        for _ in 0..6 {
            few.anonymous().get_with(&client(&checkout), &of).await;
        }
        let refused = few.anonymous().get_with(&page, &of).await;
        spent(&refused);
        assert!(refused.text().contains("Zu viele Anfragen"));
        let posted = few.form(&page, &[("intent", "update"), ("customer_name", "Ada")], &of).await;
        spent(&posted);
        assert_eq!(t.reload(&checkout).await["customer_name"], json!(null));
    }

    async fn what_the_general_budget_refuses_writes_nothing(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let path = format!("{}/confirm", client(&checkout));
        let few = t.limited(3);
        for _ in 0..3 {
            from(&few, "203.0.113.1", "POST", &path, &json!({})).await;
        }
        let before = t.all_rows().await;
        for n in 0..5 {
            spent(&keyed(&few, "203.0.113.1", "POST", &path, &json!({}), Some(&format!("k{n}"))).await);
        }
        assert_eq!(t.all_rows().await, before);
    }

    async fn a_request_about_nothing_leaves_no_budget_and_no_kept_answer(t: &mut Till) {
        let limited = t.counting_declines(10, 100);
        let document = t.document();
        let posts: Vec<&String> = document["paths"].as_object().unwrap().iter()
            .filter(|(_, methods)| methods.get("post").is_some()).map(|(path, _)| path).collect();
        assert!(posts.len() >= 15);
        let before = t.all_rows().await;
        for (n, template) in posts.iter().enumerate() {
            let secret = template.replace("{client_secret}", "polar_c_nobody");
            let path: String = secret.split('{').enumerate()
                .map(|(i, part)| match i { 0 => part.to_owned(), _ => format!("01900000-0000-4000-8000-000000000000{}", part.split_once('}').unwrap().1) })
                .collect();
            for body in [json!({}), json!({"discount_code": "NOPE", "confirmation_token_id": "pm_card_visa"})] {
                let answer = keyed(&limited, "203.0.113.1", "POST", &path, &body, Some(&format!("k{n}"))).await;
                assert!(answer.status.is_client_error(), "{template}: {}", answer.text());
            }
        }
        assert_eq!(t.all_rows().await, before);
    }

    async fn a_post_that_changes_nothing_keeps_no_answer(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let path = format!("{}/opened", client(&checkout));
        let first = keyed(t, "203.0.113.1", "POST", &path, &json!({"distinct_id": "d"}), Some("first")).await;
        assert_eq!(first.status, 200);
        let before = t.all_rows().await;
        assert_eq!(before["idempotency_keys"].len(), 1, "it had an effect");
        for n in 0..3 {
            let again = keyed(t, "203.0.113.1", "POST", &path, &json!({"distinct_id": "e"}), Some(&format!("k{n}"))).await;
            assert_eq!((again.status.as_u16(), again.json()), (200, first.json()));
        }
        assert_eq!(t.all_rows().await, before);
    }
}
