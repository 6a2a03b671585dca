//! The dashboard's pages of checkout links.

use serde_json::{Value, json};
use till_core::kernel::records::Role;
use till_testkit::{Answer, Browser, Till, both, id_in};

use crate::checkout_links::{LINKS, link};

const LIST: &str = "/dashboard/ada/products/checkout-links";

async fn made(t: &Till, answer: &Answer) -> Value {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let id = answer.header("location").rsplit('/').next().unwrap();
    t.get(&format!("{LINKS}{id}")).await.ok()
}

/// The address that people share.
fn short(link: &Value) -> String {
    let secret = link["client_secret"].as_str().unwrap();
    format!(
        "https://till.test/buy/{}",
        &secret["polar_cl_".len()..][..12]
    )
}

fn at(link: &Value, rest: &str) -> String {
    format!("{LIST}/{}{rest}", id_in(link, "id"))
}

async fn says(owner: &Browser, path: &str, words: &[&str]) {
    let page = owner.get(path).await;
    for word in words {
        page.says(200, word);
    }
}

both! {
    async fn a_form_makes_the_link_that_the_api_makes(t: &mut Till) {
        let owner = t.dashboard().await;
        let (plan, book) = (t.monthly().await, t.product().await);
        let off = json!({"type": "percentage", "name": "Spring", "duration": "once", "basis_points": 1000});
        let off = t.post("/v1/discounts/", off).await.created();
        says(&owner, &format!("{LIST}/new?product={}", id_in(&book, "id")), &["Book", "Monthly", "Spring", "Create checkout link"]).await;
        let fields = [("label", "Newsletter"), ("products", plan["id"].as_str().unwrap()), ("products", book["id"].as_str().unwrap()),
            ("discount_id", off["id"].as_str().unwrap()), ("require_billing_address", "true"), ("seats", ""), ("success_url", "https://a.example/ok"),
            ("return_url", ""), ("trial_interval", "week"), ("trial_interval_count", "2"), ("require_signature", "true"),
            ("_metadata.0.key", "from"), ("_metadata.0.value", "desk")];
        let made = made(t, &owner.post(&format!("{LIST}/new"), &fields).await).await;
        for (key, value) in [("label", json!("Newsletter")), ("allow_discount_codes", json!(false)), ("require_billing_address", json!(true)),
            ("require_signature", json!(true)), ("discount_id", off["id"].clone()), ("success_url", json!("https://a.example/ok")), ("return_url", Value::Null),
            ("trial_interval", json!("week")), ("trial_interval_count", json!(2)), ("metadata", json!({"from": "desk"})), ("seats", Value::Null)] {
            assert_eq!(made[key], value, "{key}");
        }
        assert_eq!((&made["products"][0]["id"], &made["products"][1]["id"]), (&plan["id"], &book["id"]));
    }

    async fn problems_stand_in_the_form_and_nothing_typed_is_lost(t: &mut Till) {
        let owner = t.dashboard().await;
        let book = t.product().await;
        let fields = [("label", "kept <b>"), ("products", book["id"].as_str().unwrap()), ("seats", "5"), ("trial_interval", "week")];
        let refused = owner.post(&format!("{LIST}/new"), &fields).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains("kept &#60;b&#62;") && refused.text().contains("role=\"alert\""), "{}", refused.text());
        let refused = owner.post(&format!("{LIST}/new"), &[("label", "x")]).await;
        assert_eq!(refused.status, 422);
        assert!(t.items(LINKS).await.is_empty());
    }

    async fn its_page_has_the_link_and_the_code_for_a_page(t: &mut Till) {
        let owner = t.dashboard().await;
        says(&owner, LIST, &["Create a checkout link"]).await;
        let made = link(t, &[&t.product().await], json!({"label": "Spring"})).await;
        let url = made["url"].as_str().unwrap();
        let short = short(&made);
        let code = format!("&#60;a href=&#34;{url}&#34; data-polar-checkout");
        says(&owner, LIST, &["Spring", "Copy link", "Copy embed code", &short, &code]).await;
        let secret = made["signing_secret"].as_str().unwrap();
        says(&owner, &at(&made, ""), &[&short, url, "https://till.test/embed.js", secret, "Book"]).await;
    }

    async fn a_products_menu_makes_a_link_whose_short_address_sells(t: &mut Till) {
        let owner = t.dashboard().await;
        let book = t.product().await;
        let page = format!("/dashboard/ada/products/{}", id_in(&book, "id"));
        says(&owner, &page, &["Create a checkout link"]).await;
        let answer = owner.post(&format!("{page}/link"), &[("_idempotency_key", "once")]).await;
        let made = made(t, &answer).await;
        assert_eq!(made["products"][0]["id"], book["id"]);
        let again = owner.post(&format!("{page}/link"), &[("_idempotency_key", "once")]).await;
        assert_eq!(again.header("location"), answer.header("location"), "sent twice, it makes one");
        let short = short(&made);
        says(&owner, &at(&made, ""), &[&short]).await;
        let path = short.strip_prefix("https://till.test").unwrap();
        assert_eq!(path.len(), "/buy/".len() + 12);
        let whole = format!("/buy/{}", made["client_secret"].as_str().unwrap());
        for path in [path, &whole, &format!("{path}?customer_name=Ada")] {
            let visit = t.page(path).await;
            assert_eq!(visit.status, 307, "{path}: {}", visit.text());
            assert!(visit.header("location").starts_with("https://till.test/checkout/polar_c_"));
        }
        assert_eq!(t.items("/v1/checkouts/").await.len(), 3, "every visit opens a session");
        assert_eq!(t.items("/v1/checkouts/").await[0]["customer_name"], "Ada");
        for wrong in ["/buy/nobody", &path[..path.len() - 1], &format!("{path}A")] {
            t.page(wrong).await.says(404, "no longer");
        }
    }

    async fn saving_what_was_not_touched_changes_nothing(t: &mut Till) {
        let owner = t.dashboard().await;
        let (plan, book) = (t.monthly().await, t.product().await);
        let made = link(t, &[&plan, &book], json!({"label": "A", "metadata": {"a": 1}, "trial_interval": "day", "trial_interval_count": 3})).await;
        let draft = format!("/v1/products/{}", id_in(&plan, "id"));
        t.patch(&draft, json!({"visibility": "draft"})).await.ok();
        let (plan, book) = (plan["id"].as_str().unwrap(), book["id"].as_str().unwrap());
        let form = owner.get(&at(&made, "/edit")).await;
        for words in [plan, book, "Save checkout link"] {
            form.says(200, words);
        }
        let fields = [("label", "A"), ("products", plan), ("products", book), ("discount_id", ""), ("allow_discount_codes", "true"), ("seats", ""),
            ("success_url", ""), ("return_url", ""), ("trial_interval", "day"), ("trial_interval_count", "3"), ("_metadata.0.key", "a"), ("_metadata.0.value", "1")];
        let saved = self::made(t, &owner.post(&at(&made, "/edit"), &fields).await).await;
        for key in ["label", "metadata", "trial_interval", "trial_interval_count", "allow_discount_codes", "require_signature", "url"] {
            assert_eq!(saved[key], made[key], "{key}");
        }
        assert_eq!(saved["products"].as_array().unwrap().len(), 2, "what stays is not judged again");
    }

    async fn deleting_asks_once(t: &mut Till) {
        let owner = t.dashboard().await;
        let made = link(t, &[&t.product().await], json!({"label": "Old"})).await;
        says(&owner, &at(&made, "/delete"), &["Delete Old?"]).await;
        assert_eq!(t.items(LINKS).await.len(), 1, "asking deletes nothing");
        let gone = owner.post(&at(&made, "/delete"), &[]).await;
        assert_eq!((gone.status.as_u16(), gone.header("location")), (303, LIST));
        assert!(t.items(LINKS).await.is_empty());
        assert_eq!(owner.get(&at(&made, "")).await.status, 404);
    }

    async fn links_of_another_shop_are_not_there(t: &mut Till) {
        let eve = t.with_token(&t.stranger().await.1);
        let hers = link(&eve, &[&eve.product().await], json!({"label": "Hers"})).await;
        let member = t.dashboard_as(Role::Member).await;
        assert_eq!(member.get(&at(&hers, "")).await.status, 404);
        assert_eq!(member.post(&at(&hers, "/delete"), &[]).await.status, 404);
        assert!(!member.get(LIST).await.text().contains("Hers"));
    }
}
