//! The hosted pages over HTTP, as a browser without script uses them.

use std::time::Duration;

use serde_json::{Value, json};
use till_testkit::{CrashPoint, both, buyer};
use till_wire::organizations::OrganizationStatus;

const ADA: &str = "ada@example.com";
const CARD: [(&str, &str); 3] = [
    ("card_number", "4242 4242 4242 4242"),
    ("card_expiry", "12 / 34"),
    ("card_cvc", "123"),
];
const PARTIAL: [(&str, &str); 1] = [("x-till-partial", "1")];

fn at(checkout: &Value) -> String {
    format!("/checkout/{}", checkout["client_secret"].as_str().unwrap())
}

fn done(checkout: &Value) -> String {
    format!("{}/confirmation", at(checkout))
}

/// The form that a buyer in France sends to pay, with other fields put in their place.
fn paying<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("intent", "pay"),
        ("customer_email", ADA),
        ("customer_name", "Ada"),
        ("country", "FR"),
    ];
    let mut fields: Vec<_> = usual
        .into_iter()
        .chain(CARD)
        .filter(|(key, _)| !other.iter().any(|(k, _)| k == key))
        .collect();
    fields.extend(other);
    fields
}

/// The page says so in a place that assistive technology announces.
fn says(page: &till_testkit::Answer, words: &str) {
    assert!(
        page.text().contains(words),
        "no {words:?} in:\n{}",
        page.text()
    );
}

fn is_html(page: &till_testkit::Answer, status: u16) {
    assert_eq!(page.status.as_u16(), status, "{}", page.text());
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("frame-ancestors 'none'")
            && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(page.header("cache-control").contains("no-store"));
}

both! {
    async fn the_page_shows_what_is_sold_and_asks_for_what_is_needed(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let checkout = t.checkout(json!({"products": [plan["id"], book["id"]], "customer_email": ADA, "return_url": "https://example.com/back"})).await;
        let page = t.page(&at(&checkout)).await;
        is_html(&page, 200);
        for words in ["Ada&#39;s Shop", "Monthly", "Book", ADA, "$10", "card_number", "https://example.com/back", "value=\"FR\""] {
            says(&page, words);
        }
        let text = page.text();
        assert!(text.find("Monthly").unwrap() < text.find("Book").unwrap());
        assert!(!text.contains("name=\"line1\""));
        let free = t.priced(json!([{"amount_type": "free"}])).await;
        let page = t.page(&at(&t.checkout_for(&free).await)).await;
        assert!(!page.text().contains("name=\"card_number\""));
    }

    async fn what_merchants_write_cannot_break_the_page(t: &mut Till) {
        let body = json!({"name": "<script>alert(1)</script>", "description": "**Bold** <img src=x onerror=alert(1)> [x](javascript:alert(1))",
            "prices": [{"amount_type": "fixed", "price_amount": 900}]});
        let product = t.post("/v1/products/", body).await.created();
        let checkout = t.checkout_with(&product, json!({"customer_name": "\"><script>x</script>"})).await;
        let page = t.page(&at(&checkout)).await;
        is_html(&page, 200);
        says(&page, "<strong>Bold</strong>");
        for bad in ["<script>alert", "<script>x", "onerror=alert(1)>", "href=\"javascript:"] {
            assert!(!page.text().contains(bad), "{bad}");
        }
    }

    async fn a_linked_customers_email_is_shown_and_locked(t: &mut Till) {
        let ada = t.customer(ADA).await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_id": ada["id"]})).await;
        says(&t.page(&at(&checkout)).await, ADA);
        let answer = t.form(&at(&checkout), &paying(&[("customer_email", "eve@example.com")]), &[]).await;
        assert_eq!(answer.header("location"), done(&checkout));
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["customer_email"], ADA);
    }

    async fn paying_by_form_goes_to_the_confirmation_and_its_receipt(t: &mut Till) {
        let checkout = t.checkout_with(&t.product().await, json!({"external_customer_id": "u1"})).await;
        let answer = t.form(&at(&checkout), &paying(&[("shown_total", "3000")]), &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, &*done(&checkout)));
        let cookie = answer.header("set-cookie");
        for part in ["till_portal=polar_mst_", "HttpOnly", "Secure", "SameSite=Lax", &format!("Path={}", at(&checkout))] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        let waiting = t.page(&done(&checkout)).await;
        is_html(&waiting, 200);
        says(&waiting, "Processing your payment");
        says(&waiting, "http-equiv=\"refresh\"");
        t.catch_up().await;
        let receipt = t.page(&done(&checkout)).await;
        for words in ["Thank you for your order", "Book", "$30.00", ADA] {
            says(&receipt, words);
        }
        assert_eq!(t.page(&at(&checkout)).await.header("location"), done(&checkout));
        assert_eq!(t.get("/v1/customers/external/u1").await.ok()["name"], "Ada");
        assert_eq!(t.payments(&checkout).await[0]["method_metadata"]["last4"], "4242");
    }

    async fn the_script_gets_json_instead_of_a_redirect(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_with(&product, json!({"success_url": "https://example.com/ok"})).await;
        let wrong = t.form(&at(&checkout), &paying(&[("card_cvc", "1")]), &PARTIAL).await;
        is_html(&wrong, 200);
        let answer = t.form(&at(&checkout), &paying(&[]), &PARTIAL).await;
        assert_eq!(answer.ok(), json!({"redirect": done(&checkout)}));
        assert!(answer.header("set-cookie").starts_with("till_portal="));
        let again = t.form(&at(&checkout), &paying(&[]), &PARTIAL).await;
        assert_eq!(again.ok(), json!({"redirect": done(&checkout)}));
        t.catch_up().await;
    }

    async fn everything_that_is_wrong_stands_at_its_field_at_once(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let page = t.form(&at(&checkout), &[("intent", "pay")], &[]).await;
        is_html(&page, 200);
        for id in ["customer_email-error", "card_number-error", "card_expiry-error", "card_cvc-error", "country-error"] {
            says(&page, &format!("id=\"{id}\""));
        }
        let wrong = paying(&[("customer_email", "not an address"), ("card_number", "4111 1111 1111 1111"), ("customer_name", "Grace <b>")]);
        let page = t.form(&at(&checkout), &wrong, &[]).await;
        for words in ["id=\"customer_email-error\"", "id=\"card_number-error\"", "not an address", "accepts test cards only"] {
            says(&page, words);
        }
        for bad in ["4111", "Grace <b>", "value=\"123\"", "id=\"country-error\""] {
            assert!(!page.text().contains(bad), "{bad}");
        }
        let page = t.form(&at(&checkout), &paying(&[("country", "US")]), &[]).await;
        for id in ["line1-error", "city-error", "state-error", "postal_code-error"] {
            says(&page, &format!("id=\"{id}\""));
        }
        assert!(t.payments(&checkout).await.is_empty());
        assert_eq!(t.reload(&checkout).await["status"], "open");
    }

    async fn a_decline_says_what_to_do_and_keeps_what_was_typed(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        for (number, words) in [("4000 0000 0000 0002", "declined"), ("4000000000009995", "insufficient funds")] {
            let page = t.form(&at(&checkout), &paying(&[("card_number", number)]), &[]).await;
            is_html(&page, 200);
            says(&page, "role=\"alert\"");
            says(&page, words);
            says(&page, ADA);
            assert!(!page.text().contains(&format!("value=\"{number}\"")));
        }
        assert_eq!(t.form(&at(&checkout), &paying(&[]), &[]).await.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn another_total_than_the_shown_one_is_never_charged(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let checkout = t.checkout(json!({"products": [plan["id"], book["id"]]})).await;
        let book_id = book["id"].as_str().unwrap();
        let page = t.form(&at(&checkout), &paying(&[("shown_total", "1000"), ("product_id", book_id)]), &[]).await;
        is_html(&page, 200);
        says(&page, "The total has changed. Nothing was charged.");
        says(&page, "$30.00");
        assert!(t.payments(&checkout).await.is_empty());
        let paid = t.form(&at(&checkout), &paying(&[("shown_total", "3000"), ("product_id", book_id)]), &[]).await;
        assert_eq!(paid.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 3000);
    }

    async fn updating_saves_what_reads_and_shows_the_new_amounts(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let checkout = t.checkout(json!({"products": [plan["id"], book["id"]]})).await;
        let fields = [("intent", "update"), ("product_id", book["id"].as_str().unwrap()), ("customer_name", "Ada"), ("customer_email", "half@"), ("country", "US")];
        let page = t.form(&at(&checkout), &fields, &PARTIAL).await;
        is_html(&page, 200);
        for words in ["$30", "half@", "name=\"line1\""] {
            says(&page, words);
        }
        assert!(!page.text().contains("customer_email-error"), "the address is judged when the buyer pays");
        let saved = t.reload(&checkout).await;
        assert_eq!((&saved["product_id"], &saved["customer_name"], &saved["customer_email"]), (&book["id"], &json!("Ada"), &json!(null)));
        assert_eq!(saved["customer_billing_address"]["country"], "US");
        let wrong = t.form(&at(&checkout), &[("product_id", "1dbfc517-0bbf-4301-9ba8-555ca42b9737")], &[]).await;
        is_html(&wrong, 200);
        says(&wrong, "This option is not available.");
    }

    async fn the_buyer_chooses_the_amount_within_its_bounds(t: &mut Till) {
        let checkout = t.checkout_for(&t.pay_what_you_want().await).await;
        says(&t.page(&at(&checkout)).await, "name=\"amount\"");
        for amount in ["4.99", "abc", "", "-5", "1e9"] {
            let page = t.form(&at(&checkout), &paying(&[("amount", amount)]), &[]).await;
            is_html(&page, 200);
            says(&page, "id=\"amount-error\"");
        }
        let page = t.form(&at(&checkout), &[("intent", "update"), ("amount", "12.50")], &PARTIAL).await;
        says(&page, "$12.50");
        assert_eq!(t.reload(&checkout).await["amount"], 1250);
        let paid = t.form(&at(&checkout), &paying(&[("amount", "20"), ("shown_total", "2000")]), &[]).await;
        assert_eq!(paid.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 2000);
    }

    async fn an_amount_is_read_in_any_digits_and_refused_where_it_could_be_another(t: &mut Till) {
        let gift = t.pay_what_you_want().await;
        let checkout = t.checkout_for(&gift).await;
        for (typed, amount) in [("12．50", 1_250), ("13，50", 1_350), ("14٫50", 1_450), ("१५.५०", 1_550), ("＄１，６００．５０", 160_050)] {
            t.form(&at(&checkout), &[("intent", "update"), ("amount", typed)], &PARTIAL).await;
            assert_eq!(t.reload(&checkout).await["amount"], amount, "{typed}");
        }
        for doubtful in ["12:50", "5–10", "10/5", ".500", "12.500", "1.2.3", "12²", "12k", "€12", "+5"] {
            let page = t.form(&at(&checkout), &paying(&[("amount", doubtful)]), &[]).await;
            is_html(&page, 200);
            says(&page, "id=\"amount-error\"");
            assert_eq!(t.reload(&checkout).await["amount"], 160_050, "{doubtful}");
        }
        let german = t.checkout_with(&gift, json!({"locale": "de"})).await;
        for (typed, amount) in [("12,50", 1_250), ("1.234", 123_400), ("1.234,50 €", 123_400), ("1.235,50 $", 123_550)] {
            t.form(&at(&german), &[("intent", "update"), ("amount", typed)], &PARTIAL).await;
            assert_eq!(t.reload(&german).await["amount"], amount, "{typed}");
        }
    }

    async fn a_card_is_read_in_any_digits_and_refused_with_anything_else(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        for (field, typed) in [("card_number", "4242x4242 4242 4242"), ("card_number", "4242/4242/4242/4242"),
            ("card_expiry", "12:34"), ("card_expiry", "Dec 34"), ("card_cvc", "12³"), ("card_cvc", "a123")] {
            let page = t.form(&at(&checkout), &paying(&[(field, typed)]), &[]).await;
            is_html(&page, 200);
            says(&page, &format!("id=\"{field}-error\""));
        }
        let wide = [("card_number", "４２４２　４２４２　４２４２　４２４２"), ("card_expiry", "١٢／３４"), ("card_cvc", "१２3")];
        let paid = t.form(&at(&checkout), &paying(&wide), &[]).await;
        assert_eq!(paid.status, 303, "{}", paid.text());
        t.catch_up().await;
    }

    async fn businesses_give_name_address_and_tax_id(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let business = [("is_business_customer", "true"), ("customer_tax_id", "123")];
        let page = t.form(&at(&checkout), &paying(&business), &[]).await;
        says(&page, "id=\"customer_tax_id-error\"");
        let page = t.form(&at(&checkout), &paying(&business[..1]), &[]).await;
        for id in ["customer_billing_name-error", "line1-error", "city-error", "postal_code-error"] {
            says(&page, &format!("id=\"{id}\""));
        }
        let full = [("is_business_customer", "true"), ("customer_billing_name", "ACME"), ("customer_tax_id", "FR61954506077"),
            ("line1", "1 rue X"), ("city", "Paris"), ("postal_code", "75001")];
        assert_eq!(t.form(&at(&checkout), &paying(&full), &[]).await.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["billing_name"], "ACME");
    }

    async fn a_form_sent_twice_buys_once(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let (page, fields) = (at(&checkout), paying(&[]));
        let (a, b) = tokio::join!(t.form(&page, &fields, &[]), t.form(&page, &fields, &[]));
        assert!([&a, &b].iter().any(|answer| answer.status == 303), "{} {}", a.status, b.status);
        assert!([&a, &b].iter().all(|answer| matches!(answer.status.as_u16(), 200 | 303)));
        t.catch_up().await;
        let third = t.form(&page, &fields, &[]).await;
        assert_eq!((third.status.as_u16(), third.header("location")), (303, &*done(&checkout)));
        t.catch_up().await;
        assert_eq!((t.orders(&checkout).await.len(), t.payments(&checkout).await.len()), (1, 1));
    }

    async fn a_payment_in_flight_is_said_in_words(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.crash(&checkout, buyer(ADA, "pm_card_visa"), CrashPoint::Charged).await;
        let page = t.form(&at(&checkout), &paying(&[]), &[]).await;
        is_html(&page, 200);
        says(&page, "already being processed");
        let page = t.form(&at(&checkout), &[("intent", "update")], &[]).await;
        is_html(&page, 200);
        t.catch_up().await;
        assert_eq!(t.payments(&checkout).await.len(), 1);
    }

    async fn unknown_and_expired_sessions_get_pages(t: &mut Till) {
        for path in ["/checkout/polar_c_nope", "/checkout/%00", "/checkout/x/confirmation", "/checkout/%F0%9F%92%A5", "/nowhere", "/checkout/"] {
            let page = t.page(path).await;
            is_html(&page, 404);
        }
        says(&t.page("/checkout/polar_c_nope?theme=dark").await, "data-theme=\"dark\"");
        is_html(&t.form("/checkout/polar_c_nope", &paying(&[]), &[]).await, 404);
        let checkout = t.checkout_for(&t.product().await).await;
        t.advance(Duration::from_secs(24 * 3600 + 1));
        for _ in 0..2 {
            is_html(&t.page(&at(&checkout)).await, 410);
            is_html(&t.page(&done(&checkout)).await, 410);
            let sent = t.form(&at(&checkout), &paying(&[]), &[]).await;
            is_html(&sent, 410);
            says(&sent, "This checkout has expired");
            t.drain().await;
        }
        assert!(t.payments(&checkout).await.is_empty());
    }

    async fn a_blocked_organizations_page_is_not_found(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.organization_is(OrganizationStatus::Blocked).await;
        is_html(&t.page(&at(&checkout)).await, 404);
        is_html(&t.form(&at(&checkout), &paying(&[]), &[]).await, 404);
    }

    async fn the_theme_goes_along(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let dark = format!("{}?theme=dark", at(&checkout));
        let page = t.page(&dark).await;
        says(&page, "data-theme=\"dark\"");
        says(&page, &format!("action=\"{}?theme=dark\"", at(&checkout)));
        assert!(!t.page(&format!("{}?theme=pink", at(&checkout))).await.text().contains("data-theme"));
        let secure = paying(&[("card_number", "4000 0025 0000 3155")]);
        let bank = t.form(&dark, &secure, &[]).await;
        assert!(bank.header("location").starts_with("/sandbox/3ds/") && bank.header("location").ends_with("?theme=dark"));
        let asked = t.page(&done(&checkout)).await;
        says(&asked, "One more step");
        let back = t.form(bank.header("location"), &[("decision", "approve")], &[]).await;
        assert_eq!(back.header("location"), format!("{}?theme=dark", done(&checkout)));
        t.catch_up().await;
        says(&t.page(back.header("location")).await, "data-theme=\"dark\"");
    }

    async fn the_buyer_leaves_for_the_success_url_with_id_and_token(t: &mut Till) {
        let product = t.product().await;
        for (given, expected) in [("https://example.com/ok?c={CHECKOUT_ID}#top", "https://example.com/ok?c=ID&customer_session_token=TOKEN#top"),
            ("https://example.com/ok", "https://example.com/ok?customer_session_token=TOKEN")] {
            let checkout = t.checkout_with(&product, json!({"success_url": given})).await;
            let email = format!("{}@example.com", given.len());
            let paid = t.form(&at(&checkout), &paying(&[("customer_email", &email)]), &[]).await;
            let arrival = format!("{}?posted=true", done(&checkout));
            assert_eq!(paid.header("location"), arrival, "a form never leaves for another site");
            says(&t.page(&done(&checkout)).await, "Processing your payment");
            t.catch_up().await;
            // `form-action 'self'` holds for all redirects of a POST: this one ends in a page, which leads on.
            says(&t.page(&arrival).await, &format!("content=\"0;url={}\"", done(&checkout)));
            let cookie = paid.header("set-cookie").split(';').next().unwrap().to_owned();
            let token = cookie.strip_prefix("till_portal=").unwrap();
            let gone = t.anonymous().get_with(&done(&checkout), &[("cookie", &format!("a=b; {cookie}"))]).await;
            assert_eq!(gone.status, 303);
            let id = checkout["id"].as_str().unwrap();
            assert_eq!(gone.header("location"), expected.replace("ID", id).replace("TOKEN", token));
            let without = t.page(&done(&checkout)).await;
            assert!(!without.header("location").contains("customer_session_token"));
            let forged = t.anonymous().get_with(&done(&checkout), &[("cookie", "till_portal=x%0d%0a&y")]).await;
            assert_eq!(forged.header("location"), without.header("location"));
            let stay = t.page(&format!("{}?stay=1", done(&checkout))).await;
            says(&stay, "Thank you for your order");
        }
    }

    async fn who_authenticates_leaves_with_a_key_to_the_portal_that_opens_with_the_success(t: &mut Till) {
        let product = t.product().await;
        t.customer("known@example.com").await;
        for (email, opens) in [(ADA, true), ("known@example.com", false)] {
            let checkout = t.checkout_with(&product, json!({"success_url": "https://example.com/ok"})).await;
            let secure = paying(&[("customer_email", email), ("card_number", "4000 0025 0000 3155")]);
            let bank = t.form(&at(&checkout), &secure, &[]).await;
            let cookie = bank.header("set-cookie").split(';').next().unwrap().to_owned();
            let digest = t.app.key.digest(cookie.strip_prefix("till_portal=").unwrap());
            let is_live = async || t.app.store.customer_session(&digest, t.app.context().now).await.unwrap().is_some();
            assert!(!is_live().await, "{email}");
            t.form(bank.header("location"), &[("decision", "approve")], &[]).await;
            t.catch_up().await;
            assert_eq!(is_live().await, opens, "{email}");
            let gone = t.anonymous().get_with(&done(&checkout), &[("cookie", &cookie)]).await;
            let token = cookie.replace("till_portal", "customer_session_token");
            let expected = if opens { format!("https://example.com/ok?{token}") } else { "https://example.com/ok".to_owned() };
            assert_eq!(gone.header("location"), expected);
        }
    }

    async fn a_merchant_who_does_not_answer_keeps_no_buyer_waiting(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_with(&t.product().await, json!({"success_url": "https://example.com/ok"})).await;
        t.form(&at(&checkout), &paying(&[]), &[]).await;
        t.drain().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert!(t.page(&done(&checkout)).await.header("location").starts_with("https://example.com/ok"));
        t.catch_up().await;
        t.webhook_events().await;
    }

    async fn an_open_sessions_confirmation_leads_back(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let back = t.page(&done(&checkout)).await;
        assert_eq!((back.status.as_u16(), back.header("location")), (303, &*at(&checkout)));
    }

    async fn strange_forms_never_break_a_page(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let long = "x".repeat(50_000);
        for value in ["\0", "💥\u{202e}", "<>\"'&", &long, "%00", "-1", "99999999999999999999"] {
            for key in ["intent", "version", "shown_total", "product_id", "amount", "customer_email", "customer_name", "card_number", "card_expiry",
                "card_cvc", "country", "state", "line1", "postal_code", "is_business_customer", "customer_billing_name", "customer_tax_id", "unknown"] {
                for intent in ["pay", "update"] {
                    let mut fields = vec![(key, value)];
                    if key != "intent" { fields.push(("intent", intent)); }
                    let page = t.form(&at(&checkout), &fields, &[]).await;
                    assert!(page.status.as_u16() < 500, "{key}: {}", page.status);
                }
            }
        }
        assert_eq!(t.reload(&checkout).await["status"], "open");
    }
}
