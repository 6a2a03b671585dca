//! Discount codes are not to be guessed.

use super::*;

async fn named(t: &Till, address: &str, checkout: &Value, code: Value) -> Answer {
    from(
        t,
        address,
        "PATCH",
        &client(checkout),
        &json!({"discount_code": code}),
    )
    .await
}

both! {
    async fn wrong_codes_are_counted_and_right_ones_are_not(t: &mut Till) {
        t.percent_off(1000, json!({"code": "LAUNCH"})).await;
        let (limited, product) = (t.limited(10_000), t.product().await);
        let checkout = t.checkout_for(&product).await;
        for _ in 0..15 {
            named(&limited, "203.0.113.1", &checkout, json!("launch")).await.ok();
            named(&limited, "203.0.113.1", &checkout, json!("LAUNCH")).await.ok();
            named(&limited, "203.0.113.1", &checkout, json!(null)).await.ok();
        }
        let other = t.checkout_for(&product).await;
        for n in 0..10 {
            let one = [&checkout, &other][n % 2];
            assert_eq!(named(&limited, "203.0.113.1", one, json!(format!("GUESS{n}"))).await.status, 422);
        }
        for code in ["GUESS", "LAUNCH"] {
            assert!(spent(&named(&limited, "203.0.113.1", &t.checkout_for(&product).await, json!(code)).await) <= 10);
        }
        from(&limited, "203.0.113.1", "PATCH", &client(&checkout), &json!({"customer_name": "Ada"})).await.ok();
        named(&limited, "203.0.113.2", &t.checkout_for(&product).await, json!("LAUNCH")).await.ok();
        t.advance(Duration::from_secs(10));
        named(&limited, "203.0.113.1", &t.checkout_for(&product).await, json!("LAUNCH")).await.ok();
    }

    async fn codes_are_counted_by_session_whatever_network_they_come_from(t: &mut Till) {
        let (limited, product) = (t.limited(10_000), t.product().await);
        let checkout = t.checkout_for(&product).await;
        for n in 0..10 {
            assert_eq!(named(&limited, &format!("203.0.113.{n}"), &checkout, json!("NOPE")).await.status, 422);
        }
        spent(&named(&limited, "203.0.113.11", &checkout, json!("NOPE")).await);
    }

    async fn many_codes_at_once_are_counted_like_many_in_a_row(t: &mut Till) {
        let (limited, product) = (t.limited(10_000), t.product().await);
        let mut sessions = Vec::new();
        for _ in 0..30 {
            sessions.push(t.checkout_for(&product).await);
        }
        let tries = sessions.iter().map(|one| named(&limited, "203.0.113.1", one, json!("NOPE")));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 422).count(), 10);
    }

    async fn confirming_and_visiting_links_guess_no_codes_either(t: &mut Till) {
        t.percent_off(1000, json!({"code": "LAUNCH"})).await;
        let (limited, product) = (t.limited(10_000), t.product().await);
        let link = t.post("/v1/checkout-links/", json!({"payment_processor": "stripe", "products": [product["id"]]})).await.created();
        let path = format!("/v1/checkout-links/{}/redirect", link["client_secret"].as_str().unwrap());
        let visit = async |code: &str, accept: &str| {
            let headers = [("x-client-ip", "203.0.113.1"), ("accept", accept)];
            limited.anonymous().get_with(&format!("{path}?discount_code={code}"), &headers).await
        };
        for _ in 0..12 {
            assert_eq!(visit("launch", "*/*").await.status, 307);
        }
        for n in 0..5 {
            assert_eq!(visit(&format!("GUESS{n}"), "*/*").await.status, 307);
            let checkout = t.checkout_for(&product).await;
            let body = json!({"discount_code": format!("GUESS{n}"), "customer_email": "ada@example.com", "confirmation_token_id": "x"});
            let path = format!("{}/confirm", client(&checkout));
            assert_eq!(from(&limited, "203.0.113.1", "POST", &path, &body).await.status, 422);
        }
        let sessions = rows(t, "checkouts").await;
        spent(&visit("LAUNCH", "*/*").await);
        let page = visit("LAUNCH", "text/html").await;
        spent(&page);
        assert!(page.text().contains("Too many requests"));
        assert_eq!(rows(t, "checkouts").await, sessions);
        let checkout = t.checkout_for(&product).await;
        let body = json!({"discount_code": "LAUNCH", "customer_email": "ada@example.com", "confirmation_token_id": "x"});
        spent(&from(&limited, "203.0.113.1", "POST", &format!("{}/confirm", client(&checkout)), &body).await);
        let plain = [("x-client-ip", "203.0.113.1")];
        assert_eq!(limited.anonymous().get_with(&path, &plain).await.status, 307);
    }

    async fn the_page_says_that_too_many_codes_were_wrong_and_keeps_the_rest(t: &mut Till) {
        let (limited, product) = (t.limited(10_000), t.product().await);
        let checkout = t.checkout_for(&product).await;
        let page = format!("/checkout/{}", checkout["client_secret"].as_str().unwrap());
        let send = async |intent: &'static str, code: &str, name: &str| {
            let fields = [("intent", intent), ("customer_email", "ada@example.com"), ("country", "FR"), ("customer_name", name),
                ("discount_code", code), ("card_number", "4242424242424242"), ("card_expiry", "12 / 34"), ("card_cvc", "123")];
            limited.form(&page, &fields, &[("x-client-ip", "203.0.113.1")]).await
        };
        for n in 0..10 {
            let answer = send("update", &format!("GUESS{n}"), "Ada").await;
            assert!(!answer.text().contains("Too many discount codes"), "{n}");
        }
        let told = send("update", "GUESS", "Grace").await.text();
        assert!(told.contains("Too many discount codes were wrong."), "{told}");
        assert_eq!(t.reload(&checkout).await["customer_name"], "Grace");
        let told = send("pay", "GUESS", "Grace").await;
        spent(&told);
        assert!(told.text().contains("Too many discount codes were wrong."));
        assert_eq!(rows(t, "payments").await, 0, "nobody pays more than they meant to");
        assert_eq!(send("pay", "", "Grace").await.status, 303);
        t.catch_up().await;
    }
}
