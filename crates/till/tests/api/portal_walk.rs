//! Every page and form of the customers' portal that one page leads to, visited by those who may not, with forms that are
//! too large, and twice (docs/behaviour: portal-pages/own). A page that is new is found here by the links to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use till_testkit::{Browser, Till, both};

use crate::{
    portal_kit::{PORTAL, hidden, signed_in},
    subscriptions_kit::{a_day_in, plan},
};

/// The pages that the overview leads to, and the forms on them: where each is posted, and what is in it.
#[derive(Default)]
struct Walk {
    pages: BTreeSet<String>,
    forms: BTreeMap<String, String>,
}

fn parts<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
    let found = page.split(before).skip(1);
    found.map(|part| part.split('"').next().unwrap()).collect()
}

impl Walk {
    async fn of(browser: &Browser) -> Self {
        let mut walk = Self::default();
        let mut next = vec![PORTAL.to_owned()];
        while let Some(path) = next.pop() {
            if !walk.pages.insert(path.clone()) {
                continue;
            }
            let answer = browser.get(&path).await;
            assert!(
                matches!(answer.status.as_u16(), 200 | 303),
                "{path}: {}",
                answer.status
            );
            let page = answer.text();
            let links = parts(&page, "href=\"");
            next.extend(
                links
                    .iter()
                    .filter(|url| url.starts_with(PORTAL))
                    .map(|url| (*url).to_owned()),
            );
            for form in page.split("<form ").skip(1) {
                let form = form.split("</form>").next().unwrap();
                let action = parts(form, "action=\"")[0].to_owned();
                if form.contains("method=\"post\"") && !action.ends_with("/sign-out") {
                    walk.forms.insert(action, form.to_owned());
                }
            }
        }
        walk
    }
}

/// A customer who holds a subscription with everything that can be changed, a card, and usage.
async fn holder(t: &Till) -> (Value, Browser) {
    let subscription = a_day_in(t).await;
    plan(t, "Pro", 2000, json!({})).await;
    let on = json!({"update_seats": true, "update_plan": true, "pause": true});
    let body = json!({"customer_portal_settings": {"usage": {"show": true}, "subscription": on,
        "customer": {"allow_email_change": true}}});
    t.patch(&format!("/v1/organizations/{}", t.organization.id), body)
        .await
        .ok();
    t.keep_card(&subscription["customer"], "pm_card_mastercard")
        .await;
    t.meter("Calls").await;
    let call = json!({"name": "call", "customer_id": subscription["customer_id"]});
    t.post("/v1/events/ingest", json!({"events": [call]}))
        .await
        .ok();
    t.drain().await;
    let browser = signed_in(t, &subscription["customer"]).await;
    (subscription, browser)
}

/// All rows but those that count how often somebody asks: who fetches their own data is counted.
async fn uncounted(t: &Till) -> BTreeMap<String, Vec<String>> {
    let mut rows = t.all_rows().await;
    rows.remove("budgets");
    rows
}

fn has_id(path: &str) -> bool {
    path.split(['/', '?'])
        .any(|part| part.len() == 36 && part.matches('-').count() == 4)
}

both! {
    async fn nobody_else_gets_at_a_page_or_a_form_of_a_customers(t: &mut Till) {
        let (_, browser) = holder(t).await;
        let walk = Walk::of(&browser).await;
        let (pages, forms) = (walk.pages.len(), walk.forms.len());
        assert!(pages >= 13 && forms >= 8, "{pages} pages, {forms} forms: {:?} {:?}", walk.pages, walk.forms.keys());
        let other = signed_in(t, &t.customer("bob@example.com").await).await;
        let before = uncounted(t).await;
        for path in &walk.pages {
            let nobody = t.browser().get(path).await;
            match path == PORTAL {
                true => nobody.says(200, "name=\"email\""),
                false => assert_eq!((nobody.status.as_u16(), nobody.header("location")), (303, "/ada/portal?ended=true"), "{path}"),
            }
            let seen = other.get(path).await;
            if has_id(path) {
                assert_eq!(seen.status, 404, "{path}");
            }
            assert!(!seen.text().contains("Basic"), "{path}");
        }
        for path in walk.forms.keys() {
            let nobody = t.browser().post(path, &[("_seen", "1")]).await;
            assert_eq!((nobody.status.as_u16(), nobody.header("location")), (303, "/ada/portal?ended=true"), "{path}");
            let foreign = browser.post_with(path, &[("_seen", "1")], &[("sec-fetch-site", "cross-site")]).await;
            assert_eq!(foreign.status, 403, "{path}");
            if has_id(path) {
                assert_eq!(other.post(path, &[("_seen", "1")]).await.status, 404, "{path}");
            }
        }
        assert_eq!(uncounted(t).await, before, "nothing has changed");
    }

    async fn a_member_without_a_billing_role_sees_the_overview_the_usage_and_their_own_benefits_alone(t: &mut Till) {
        let (subscription, browser) = holder(t).await;
        let walk = Walk::of(&browser).await;
        let customer = subscription["customer_id"].as_str().unwrap();
        let path = format!("/v1/customers/{customer}");
        t.patch(&path, json!({"type": "team"})).await.ok();
        let member = t.post(&format!("{path}/members"), json!({"email": "low@example.com"})).await.created();
        let session = json!({"customer_id": customer, "member_id": member["id"]});
        let session = t.post("/v1/customer-sessions/", session).await.created();
        let browser = t.browser();
        browser.set_cookie("till_portal_session", session["token"].as_str().unwrap());
        let before = t.all_rows().await;
        let overview = browser.get(PORTAL).await;
        overview.says(200, "Signed in as low@example.com");
        for (name, secret) in [("sums", "$10.00"), ("orders", "/portal/orders"), ("cards", "/portal/cards"), ("details", "/portal/details")] {
            assert!(!overview.text().contains(secret), "{name}: {}", overview.text());
        }
        let benefits = format!("{PORTAL}/benefits");
        browser.get(&benefits).await.says(200, "There are no benefits yet.");
        let usage = format!("{PORTAL}/usage");
        browser.get(&usage).await.says(200, "Calls");
        for path in walk.pages.iter().filter(|path| *path != PORTAL && **path != benefits && **path != usage) {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
        for (path, form) in &walk.forms {
            let mut fields = vec![("_seen", "1"), ("email", "new@example.com"), ("billing_name", "Eve"), ("country", "FR")];
            let key = hidden(form, "_idempotency_key");
            fields.push(("_idempotency_key", &key));
            assert_eq!(browser.post(path, &fields).await.status, 404, "{path}");
        }
        crate::foreign::unchanged("a member", &before, &t.all_rows().await);
    }

    async fn forms_beyond_a_bound_are_refused_whole_and_change_nothing(t: &mut Till) {
        let (_, browser) = holder(t).await;
        let walk = Walk::of(&browser).await;
        let before = t.all_rows().await;
        let (many, long) = (vec![("a", "1"); 2_001], "x".repeat(300_000));
        let name = "n".repeat(301);
        for path in walk.forms.keys().filter(|path| !path.contains("/cards/")) {
            for fields in [&many[..], &[("a", long.as_str())], &[(name.as_str(), "1")]] {
                let answer = browser.post(path, fields).await;
                assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
            }
        }
        assert_eq!(t.all_rows().await, before, "nothing has changed");
    }

    async fn each_form_sent_twice_has_one_effect(t: &mut Till) {
        let (_, browser) = holder(t).await;
        let walk = Walk::of(&browser).await;
        for (path, form) in &walk.forms {
            if path.ends_with("/cards/new") {
                continue; // its own test
            }
            let mut fields = vec![("_idempotency_key", hidden(form, "_idempotency_key"))];
            if form.contains("name=\"_seen\"") {
                fields.push(("_seen", hidden(form, "_seen")));
            }
            if form.contains("name=\"billing_name\"") {
                fields.extend([("billing_name", "Ada".to_owned()), ("country", "FR".to_owned())]);
            }
            if form.contains("name=\"email\"") {
                fields.push(("email", "new@example.com".to_owned()));
            }
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let first = browser.post(path, &fields).await;
            t.drain().await;
            let rows = t.all_rows().await;
            let second = browser.post(path, &fields).await;
            t.drain().await;
            assert!(first.status.as_u16() < 500 && second.status.as_u16() < 500, "{path}");
            assert_eq!(t.all_rows().await, rows, "{path} sent twice");
        }
    }
}
