//! Card testing: declines by network and by organization.

use super::*;

const DECLINED: &str = "pm_card_visa_chargeDeclined";
const VISA: &str = "pm_card_visa";

/// A session of its own for each try, as a card tester makes them.
async fn try_card(t: &Till, address: &str, product: &Value, card: &str) -> Answer {
    let checkout = t.checkout_for(product).await;
    confirm(t, address, &checkout, card).await
}

both! {
    async fn declines_of_one_network_are_counted_over_all_sessions(t: &mut Till) {
        let (limited, product) = (t.counting_declines(3, 100), t.product().await);
        for _ in 0..3 {
            try_card(&limited, "203.0.113.1", &product, DECLINED).await.refused(400, "PaymentError");
        }
        let attempts = rows(t, "payments").await;
        for card in [DECLINED, VISA] {
            let wait = spent(&try_card(&limited, "203.0.113.1", &product, card).await);
            assert!(wait <= 60, "{wait}");
        }
        assert_eq!(rows(t, "payments").await, attempts, "nothing reached the processor");
        assert_eq!(try_card(&limited, "203.0.113.2", &product, VISA).await.status, 200);
        let text = limited.app.metrics.text(&t.app.store, t.app.context().now).await.unwrap();
        for line in ["till_declines_total 3", "till_card_testing_refused_total{budget=\"network\"} 2"] {
            assert!(text.lines().any(|one| one == line), "{line} in\n{text}");
        }
        t.advance(Duration::from_secs(60));
        try_card(&limited, "203.0.113.1", &product, DECLINED).await.refused(400, "PaymentError");
        spent(&try_card(&limited, "203.0.113.1", &product, DECLINED).await);
        t.catch_up().await;
    }

    async fn an_attempt_that_pays_gives_back_what_it_took(t: &mut Till) {
        let (limited, product) = (t.counting_declines(2, 100), t.product().await);
        for _ in 0..5 {
            assert_eq!(try_card(&limited, "203.0.113.1", &product, VISA).await.status, 200);
            t.drain().await;
        }
        for _ in 0..2 {
            try_card(&limited, "203.0.113.1", &product, DECLINED).await.refused(400, "PaymentError");
        }
        spent(&try_card(&limited, "203.0.113.1", &product, VISA).await);
        t.catch_up().await;
    }

    async fn declines_of_an_organization_are_counted_over_all_networks_and_purchases_make_up_for_them(t: &mut Till) {
        let (limited, product) = (t.counting_declines(3, 4), t.product().await);
        let address = |n: usize| format!("203.0.113.{n}");
        for n in 0..3 {
            try_card(&limited, &address(n), &product, DECLINED).await.refused(400, "PaymentError");
        }
        assert_eq!(try_card(&limited, &address(3), &product, VISA).await.status, 200);
        for n in 4..6 {
            try_card(&limited, &address(n), &product, DECLINED).await.refused(400, "PaymentError");
        }
        spent(&try_card(&limited, &address(6), &product, VISA).await);
        let text = limited.app.metrics.text(&t.app.store, t.app.context().now).await.unwrap();
        assert!(text.contains("till_card_testing_refused_total{budget=\"organization\"} 1"), "{text}");
        // Another organization sells on.
        let (_, token) = t.stranger().await;
        let other = t.with_token(&token);
        let (theirs, limited) = (other.product().await, other.counting_declines(3, 4));
        assert_eq!(try_card(&limited, &address(6), &theirs, VISA).await.status, 200);
        t.catch_up().await;
    }

    async fn many_cards_at_once_are_counted_like_many_in_a_row(t: &mut Till) {
        let (limited, product) = (t.counting_declines(3, 100), t.product().await);
        let mut sessions = Vec::new();
        for _ in 0..12 {
            sessions.push(t.checkout_for(&product).await);
        }
        let tries = sessions.iter().map(|one| confirm(&limited, "203.0.113.1", one, DECLINED));
        let answers = futures_util::future::join_all(tries).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(400), count(429)), (3, 9));
        assert_eq!(rows(t, "payments").await, 3);
    }

    async fn an_attempt_that_the_bank_asks_about_counts_until_its_outcome_is_known(t: &mut Till) {
        let (limited, product) = (t.counting_declines(1, 100), t.product().await);
        let checkout = t.checkout_for(&product).await;
        let asked = confirm(&limited, "203.0.113.1", &checkout, "pm_card_authenticationRequired").await.ok();
        assert_eq!(asked["payment_processor_metadata"]["intent_status"], "requires_action");
        spent(&try_card(&limited, "203.0.113.1", &product, VISA).await);
        let page = limited.page(&format!("/checkout/{}/confirmation", checkout["client_secret"].as_str().unwrap())).await.text();
        let bank = page.split("/sandbox/3ds/").nth(1).unwrap().split(['"', '?']).next().unwrap();
        limited.form(&format!("/sandbox/3ds/{bank}"), &[("decision", "approve")], &[]).await;
        assert_eq!(try_card(&limited, "203.0.113.1", &product, VISA).await.status, 200);
        t.catch_up().await;
    }

    async fn the_page_says_that_too_many_payments_were_declined(t: &mut Till) {
        let (limited, product) = (t.counting_declines(1, 100), t.product().await);
        let pay = async |number: &'static str| {
            let checkout = t.checkout_for(&product).await;
            let page = format!("/checkout/{}", checkout["client_secret"].as_str().unwrap());
            let fields = [("intent", "pay"), ("customer_email", "ada@example.com"), ("country", "FR"),
                ("card_number", number), ("card_expiry", "12 / 34"), ("card_cvc", "123")];
            limited.form(&page, &fields, &[("x-client-ip", "203.0.113.1")]).await
        };
        assert_eq!(pay("4000000000000002").await.status, 200);
        let refused = pay("4242424242424242").await;
        spent(&refused);
        assert!(refused.text().contains("Too many payments were declined. Nothing was charged."), "{}", refused.text());
        assert_eq!(rows(t, "payments").await, 1);
    }

    async fn the_dashboard_tells_of_card_testing_while_it_goes_on(t: &mut Till) {
        let (limited, product) = (t.counting_declines(100, 8), t.product().await);
        let dashboard = limited.dashboard().await;
        let home = async || dashboard.get("/dashboard/ada").await.text();
        assert!(!home().await.contains("Card testing suspected"));
        for _ in 0..7 {
            try_card(&limited, "203.0.113.1", &product, DECLINED).await.refused(400, "PaymentError");
        }
        assert!(home().await.contains("Card testing suspected: most of the latest payments were declined"));
        try_card(&limited, "203.0.113.1", &product, DECLINED).await.refused(400, "PaymentError");
        assert!(home().await.contains("payments are refused for now"));
        t.advance(Duration::from_secs(60));
        assert!(!home().await.contains("Card testing suspected"));
        // One network that is stopped early is told of too, while most of the newest attempts are its.
        let (many, dashboard) = (t.counting_declines(100, 1_000), t.counting_declines(100, 1_000).dashboard().await);
        for _ in 0..2 {
            try_card(&many, "203.0.113.1", &product, DECLINED).await.refused(400, "PaymentError");
        }
        assert!(dashboard.get("/dashboard/ada").await.text().contains("Card testing suspected"));
        t.advance(Duration::from_secs(16 * 60));
        assert!(!dashboard.get("/dashboard/ada").await.text().contains("Card testing suspected"));
    }

    async fn counting_declines_takes_no_read_and_no_commit_of_its_own(t: &mut Till) {
        let product = t.product().await;
        let (limited, counting) = (t.limited(10_000), t.counting_declines(10, 100));
        for card in [VISA, DECLINED] {
            let mut costs = Vec::new();
            for server in [&limited, &counting] {
                let checkout = t.checkout_for(&product).await;
                let asked = || {
                    let gauges = t.app.store.gauges();
                    (gauges.reads.get(), gauges.batch.get_sample_count())
                };
                let before = asked();
                confirm(server, "203.0.113.1", &checkout, card).await;
                let after = asked();
                costs.push((after.0 - before.0, after.1 - before.1));
                t.drain().await;
            }
            assert_eq!(costs[0], costs[1], "{card}");
        }
        t.catch_up().await;
    }

    async fn a_payment_that_was_not_tried_keeps_no_answer(t: &mut Till) {
        let (limited, product) = (t.counting_declines(1, 100), t.product().await);
        try_card(&limited, "203.0.113.1", &product, DECLINED).await.refused(400, "PaymentError");
        let checkout = t.checkout_for(&product).await;
        let path = format!("{}/confirm", client(&checkout));
        let body = buyer("ada@example.com", VISA);
        spent(&keyed(&limited, "203.0.113.1", "POST", &path, &body, Some("k")).await);
        assert_eq!(rows(t, "idempotency_keys").await, 0);
        t.advance(Duration::from_secs(60));
        keyed(&limited, "203.0.113.1", "POST", &path, &body, Some("k")).await.ok();
        assert_eq!(rows(t, "idempotency_keys").await, 1);
        t.catch_up().await;
    }

    async fn without_limits_no_decline_is_counted(t: &mut Till) {
        let product = t.product().await;
        for _ in 0..12 {
            try_card(t, "203.0.113.1", &product, DECLINED).await.refused(400, "PaymentError");
        }
        assert_eq!(rows(t, "budgets").await, 0);
    }
}
