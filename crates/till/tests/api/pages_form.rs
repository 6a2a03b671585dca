//! The hosted page's form and what becomes of it, as a browser without script uses it.

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};

const ADA: &str = "ada@example.com";

fn at(checkout: &Value) -> String {
    format!("/checkout/{}", checkout["client_secret"].as_str().unwrap())
}

fn says(page: &Answer, words: &str) {
    assert!(
        page.text().contains(words),
        "no {words:?} in:\n{}",
        page.text()
    );
}

fn never_says(page: &Answer, words: &str) {
    assert!(
        !page.text().contains(words),
        "{words:?} in:\n{}",
        page.text()
    );
}

/// The form that a buyer in France sends to pay, with other fields put in their place.
fn paying<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("intent", "pay"),
        ("customer_email", ADA),
        ("country", "FR"),
        ("card_number", "4242 4242 4242 4242"),
        ("card_expiry", "12 / 34"),
        ("card_cvc", "123"),
    ];
    fields.retain(|(key, _)| !more.iter().any(|(k, _)| k == key));
    fields.extend(more);
    fields
}

async fn form(t: &Till, checkout: &Value, fields: &[(&str, &str)]) -> Answer {
    t.form(&at(checkout), fields, &[]).await
}

/// The opening tag of the element with this start.
fn tag(page: &Answer, start: &str) -> String {
    let text = page.text();
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start:?} in:\n{text}"));
    rest.split('>').next().unwrap().to_owned()
}

both! {
    async fn another_product_is_taken_at_once_and_the_next_form_is_its_own(t: &mut Till) {
        let (plan, gift) = (t.monthly().await, t.pay_what_you_want().await);
        let (old, new) = (plan["id"].as_str().unwrap(), gift["id"].as_str().unwrap());
        let checkout = t.checkout(json!({"products": [old, new]})).await;
        let page = form(t, &checkout, &paying(&[("product_id", new), ("shown_product", old), ("shown_total", "1000")])).await;
        says(&page, "The total has changed. Nothing was charged.");
        says(&page, &format!("name=\"shown_product\" value=\"{new}\""));
        assert_eq!(t.reload(&checkout).await["product_id"], new);
        let own = |total: &'static str| paying(&[("product_id", new), ("shown_product", new), ("amount", "20"), ("shown_total", total)]);
        let page = form(t, &checkout, &own("500")).await;
        says(&page, "value=\"20\"");
        says(&page, "$20.00");
        assert_eq!(form(t, &checkout, &own("2000")).await.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 2000);
    }

    async fn a_form_that_is_too_large_or_makes_no_sense_is_told_by_a_page_and_changes_nothing(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let large = form(t, &checkout, &paying(&[("customer_name", &"x".repeat(300 << 10))])).await;
        assert_eq!(large.status, 413);
        says(&large, "That did not work. Nothing was charged.");
        says(&large, "name=\"customer_name\"");
        let twice = form(t, &checkout, &paying(&[("intent", "update"), ("intent", "pay")])).await;
        assert_eq!(twice.status, 422);
        says(&twice, "That did not work. Nothing was charged.");
        assert_eq!(t.reload(&checkout).await["customer_name"], json!(null));
        assert!(t.payments(&checkout).await.is_empty());
    }

    async fn the_questions_of_the_other_product_can_be_answered(t: &mut Till) {
        let (book, ticket) = (t.product().await, t.product_named("Ticket", 3000).await);
        let field = t.field("text", "shirt", json!({})).await;
        t.asks(&ticket, &[(&field, true)]).await;
        let (old, new) = (book["id"].as_str().unwrap(), ticket["id"].as_str().unwrap());
        let checkout = t.checkout(json!({"products": [old, new]})).await;
        let page = form(t, &checkout, &paying(&[("product_id", new), ("shown_product", old), ("shown_total", "3000")])).await;
        says(&page, "id=\"custom_field_data.shirt-error\"");
        let paid = form(t, &checkout, &paying(&[("product_id", new), ("shown_product", new), ("custom_field_data.shirt", "Ada")])).await;
        assert_eq!(paid.status, 303, "{}", paid.text());
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["custom_field_data"], json!({"shirt": "Ada"}));
    }

    async fn a_code_for_the_other_product_is_tried_on_that_one(t: &mut Till) {
        let (book, other) = (t.product().await, t.product_named("Other", 3000).await);
        t.percent_off(5000, json!({"code": "OTHER", "products": [other["id"]]})).await;
        let (old, new) = (book["id"].as_str().unwrap(), other["id"].as_str().unwrap());
        let checkout = t.checkout(json!({"products": [old, new]})).await;
        let sent = paying(&[("product_id", new), ("shown_product", old), ("shown_total", "3000"), ("discount_code", "other")]);
        says(&form(t, &checkout, &sent).await, "Pay $15.00");
        assert_eq!(t.reload(&checkout).await["total_amount"], 1500);
    }

    async fn a_price_that_was_replaced_is_said_where_nothing_else_can_be_chosen(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        let price = json!([{"amount_type": "fixed", "price_amount": 3500}]);
        t.patch(&format!("/v1/products/{}", product["id"].as_str().unwrap()), json!({"prices": price})).await.ok();
        let page = form(t, &checkout, &paying(&[])).await;
        assert_eq!(page.status, 200);
        says(&page, "This is no longer sold at this price. Start again from the shop.");
        never_says(&page, "#products");
        never_says(&page, "Please check:");
        assert!(t.payments(&checkout).await.is_empty());
    }

    async fn what_is_emptied_is_not_used_any_more(t: &mut Till) {
        let known = json!({"customer_email": "old@example.com", "customer_name": "Old"});
        let checkout = t.checkout_with(&t.product().await, known).await;
        let page = form(t, &checkout, &paying(&[("customer_email", ""), ("customer_name", " ")])).await;
        says(&page, "Enter your email address.");
        assert!(t.payments(&checkout).await.is_empty());
        form(t, &checkout, &[("intent", "update"), ("customer_email", ""), ("customer_name", "")]).await;
        let now = t.reload(&checkout).await;
        assert_eq!((&now["customer_email"], &now["customer_name"]), (&json!("old@example.com"), &Value::Null), "an address is taken when the buyer pays");
        let business = [("intent", "update"), ("is_business_customer", "true"), ("country", "FR")];
        let named = |name| [&business[..], &[("customer_billing_name", name)]].concat();
        form(t, &checkout, &named("ACME")).await;
        assert_eq!(t.reload(&checkout).await["customer_billing_name"], "ACME");
        form(t, &checkout, &named("")).await;
        let now = t.reload(&checkout).await;
        assert_eq!((&now["is_business_customer"], &now["customer_billing_name"]), (&json!(true), &Value::Null));
    }

    async fn a_business_stays_one_where_nothing_is_due(t: &mut Till) {
        let free = t.priced(json!([{"amount_type": "free"}])).await;
        let known = json!({"require_billing_address": true, "is_business_customer": true, "customer_billing_name": "ACME",
            "customer_billing_address": {"country": "FR", "line1": "1 rue X", "city": "Paris", "postal_code": "75001"}});
        let checkout = t.checkout_with(&free, known).await;
        let page = t.page(&at(&checkout)).await;
        assert!(tag(&page, "id=\"is_business_customer\"").contains("checked"));
        says(&page, "value=\"ACME\"");
        let same = [("intent", "update"), ("is_business_customer", "true"), ("customer_billing_name", "ACME"), ("customer_name", "Ada")];
        form(t, &checkout, &same).await;
        let now = t.reload(&checkout).await;
        assert_eq!((&now["is_business_customer"], &now["customer_billing_name"]), (&json!(true), &json!("ACME")));
        assert_eq!(now["customer_name"], "Ada");
    }

    async fn the_frame_is_told_an_address_with_one_query(t: &mut Till) {
        let checkout = t.checkout_with(&t.product().await, json!({"embed_origin": "https://shop.example"})).await;
        t.buy(&checkout, ADA).await;
        let path = format!("{}/frame?embed=true&theme=dark", at(&checkout));
        let told = t.anonymous().get_with(&path, &[("cookie", "till_portal=polar_cst_x")]).await.ok();
        let url = told["success"]["successURL"].as_str().unwrap();
        assert!(url.ends_with("/confirmation?theme=dark&embed=true&customer_session_token=polar_cst_x"), "{url}");
        assert_eq!(told["success"]["redirect"], false);
    }

    async fn paying_on_the_page_has_the_budget_of_the_api(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let limited = t.limited(1_000);
        let from = |address: &'static str| [("x-client-ip", address)];
        for _ in 0..6 {
            let page = limited.form(&at(&checkout), &paying(&[("card_number", "4000000000000002")]), &from("203.0.113.1")).await;
            assert_eq!(page.status, 200);
            says(&page, "Your card was declined.");
        }
        let refused = limited.form(&at(&checkout), &paying(&[]), &from("203.0.113.1")).await;
        assert_eq!(refused.status, 429);
        says(&refused, "Too many attempts. Try again in a moment.");
        says(&refused, ADA);
        assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
        assert!(refused.header("content-security-policy").contains("frame-ancestors"));
        assert_eq!(limited.confirm(&checkout, json!({})).await.status, 422, "the API's callers come from elsewhere");
        let saved = limited.form(&at(&checkout), &[("intent", "update"), ("customer_name", "Ada")], &from("203.0.113.1")).await;
        assert_eq!(saved.status, 200);
        let paid = limited.form(&at(&checkout), &paying(&[]), &from("203.0.113.2")).await;
        assert_eq!(paid.status, 303, "{}", paid.text());
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn businesses_of_the_union_may_leave_out_the_prefix(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let typed = |country, number| [("intent", "update"), ("is_business_customer", "true"), ("country", country), ("customer_tax_id", number)];
        for (country, number, kept) in [
            ("PL", "856-734-62-15", "PL8567346215"), ("PL", "PL8567346215", "PL8567346215"), ("IT", "00743110157", "IT00743110157"),
            ("PT", "501 964 843", "PT501964843"), ("GR", "094259216", "EL094259216"), ("HU", "12892312-2-42", "HU12892312"),
            ("ES", "B58378431", "ESB58378431"), ("ES", "DE136695976", "DE136695976"),
        ] {
            let page = form(t, &checkout, &typed(country, number)).await;
            never_says(&page, "id=\"customer_tax_id-error\"");
            assert_eq!(t.reload(&checkout).await["customer_tax_id"], kept, "{country} {number}");
            form(t, &checkout, &typed(country, "")).await;
            assert_eq!(t.reload(&checkout).await["customer_tax_id"], Value::Null);
        }
        let page = form(t, &checkout, &typed("PL", "123")).await;
        says(&page, "id=\"customer_tax_id-error\"");
        says(&page, "value=\"123\"");
    }

    async fn a_wrong_code_is_told_with_what_else_is_wrong(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let page = form(t, &checkout, &paying(&[("discount_code", "NOPE"), ("card_cvc", "1")])).await;
        for words in ["id=\"card_cvc-error\"", "id=\"discount_code-error\"", "value=\"NOPE\""] {
            says(&page, words);
        }
        let text = page.text();
        assert!(text.find("href=\"#card_cvc\"").unwrap() < text.find("href=\"#discount_code\"").unwrap(), "from top to bottom");
        assert!(tag(&page, "id=\"card_cvc\"").contains("autofocus"));
    }

    async fn a_wrong_product_or_discount_gets_the_focus_and_its_words(t: &mut Till) {
        let (book, plan) = (t.product().await, t.monthly().await);
        t.percent_off(1000, json!({"code": "ONE", "max_redemptions": 1})).await;
        let checkout = t.checkout(json!({"products": [book["id"], plan["id"]]})).await;
        let page = form(t, &checkout, &[("product_id", "1dbfc517-0bbf-4301-9ba8-555ca42b9737")]).await;
        assert!(tag(&page, "id=\"products\"").contains("aria-describedby=\"product_id-error\""));
        says(&page, "tabindex=\"-1\" autofocus>This option is not available.");
        let first = t.checkout_for(&book).await;
        for one in [&checkout, &first] {
            form(t, one, &[("intent", "apply"), ("discount_code", "one")]).await;
        }
        assert_eq!(form(t, &first, &paying(&[])).await.status, 303);
        t.catch_up().await;
        let page = form(t, &checkout, &paying(&[])).await;
        says(&page, "This discount has ended.");
        let remove = tag(&page, "value=\"remove_discount\"");
        assert!(remove.contains("aria-describedby=\"discount_code-error\"") && remove.contains("autofocus"), "{remove}");
    }

    async fn a_missing_email_is_told_beside_a_wrong_answer(t: &mut Till) {
        for product in [t.product().await, t.priced(json!([{"amount_type": "free"}])).await] {
            let slug = format!("size{}", product["id"].as_str().unwrap().replace('-', ""));
            let field = t.field("number", &slug, json!({"ge": 30, "le": 60})).await;
            t.asks(&product, &[(&field, true)]).await;
            let checkout = t.checkout_for(&product).await;
            let (shown, key) = (product["id"].as_str().unwrap(), format!("custom_field_data.{slug}"));
            for typed in ["", "99"] {
                let page = form(t, &checkout, &paying(&[("customer_email", ""), ("shown_product", shown), (&key, typed)])).await;
                says(&page, &format!("id=\"{key}-error\""));
                says(&page, "id=\"customer_email-error\"");
            }
            let page = form(t, &checkout, &paying(&[("shown_product", shown), (&key, "99")])).await;
            never_says(&page, "id=\"customer_email-error\"");
            assert!(tag(&page, &format!("id=\"{key}\"")).contains("autofocus"));
            assert!(t.orders(&checkout).await.is_empty());
        }
    }

    async fn lines_end_as_the_merchant_counts_them(t: &mut Till) {
        let product = t.product().await;
        let field = t.field("text", "note", json!({"textarea": true, "max_length": 7})).await;
        t.asks(&product, &[(&field, false)]).await;
        let checkout = t.checkout_for(&product).await;
        let shown = product["id"].as_str().unwrap();
        let page = form(t, &checkout, &[("intent", "update"), ("shown_product", shown), ("custom_field_data.note", "One\r\nTwo")]).await;
        never_says(&page, "note-error");
        assert_eq!(t.reload(&checkout).await["custom_field_data"]["note"], "One\nTwo");
    }

    async fn a_moment_that_is_shown_as_a_day_stays_a_moment(t: &mut Till) {
        let product = t.product().await;
        let field = t.field("date", "day", json!({})).await;
        t.asks(&product, &[(&field, true)]).await;
        let checkout = t.checkout_with(&product, json!({"custom_field_data": {"day": "2027-05-05T10:20:00"}})).await;
        let shown = product["id"].as_str().unwrap();
        let of_day = |intent, day| paying(&[("intent", intent), ("shown_product", shown), ("custom_field_data.day", day)]);
        form(t, &checkout, &of_day("update", "2027-05-05")).await;
        assert_eq!(t.reload(&checkout).await["custom_field_data"]["day"], "2027-05-05T10:20:00");
        form(t, &checkout, &of_day("update", "2027-05-06")).await;
        assert_eq!(t.reload(&checkout).await["custom_field_data"]["day"], "2027-05-06T00:00:00");
        t.change(&checkout, json!({"custom_field_data": {"day": "2027-05-05T10:20:00"}})).await.ok();
        assert_eq!(form(t, &checkout, &of_day("pay", "2027-05-05")).await.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["custom_field_data"]["day"], "2027-05-05T10:20:00");
    }

    async fn framed_pages_name_who_may_frame_them(t: &mut Till) {
        let checkout = t.checkout_with(&t.product().await, json!({"embed_origin": "https://shop.example"})).await;
        let framed = |page: &Answer| page.header("content-security-policy").contains("frame-ancestors https://shop.example;");
        let embedded = format!("{}?embed=true", at(&checkout));
        assert!(framed(&t.page(&embedded).await));
        assert!(!framed(&t.page(&at(&checkout)).await));
        assert!(framed(&t.form(&embedded, &paying(&[("card_cvc", "1")]), &[]).await));
        let bank = t.form(&embedded, &paying(&[("card_number", "4000 0025 0000 3155")]), &[]).await;
        assert!(framed(&t.page(bank.header("location")).await));
        let done = format!("{}/confirmation?embed=true", at(&checkout));
        assert!(framed(&t.page(&done).await));
        t.form(bank.header("location"), &[("decision", "approve")], &[]).await;
        t.catch_up().await;
        let receipt = t.page(&done).await;
        says(&receipt, "Thank you for your order");
        assert!(framed(&receipt));
    }
}
