//! The forms of Till's own pages have their effect once, however often they are sent
//! (docs/behaviour: idempotency/forms).

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};
use till_store::Query;
use till_testkit::{Answer, Browser, Till, both, id_in};

use crate::{
    foreign::{World, unchanged},
    security_dashboard::{filled, of_shops},
};

const SHOP: &str = "/dashboard/ada";

/// The forms that make something, by where they are sent.
const MAKING: [&str; 21] = [
    "/clock",
    "/customers/new",
    "/customers/{id}/members/new",
    "/developers/tokens/new",
    "/developers/webhooks/new",
    "/developers/webhooks/{id}/deliveries/{id}/redeliver",
    "/developers/webhooks/{id}/test",
    "/mail/{id}/send",
    "/orders/{id}/seats/new",
    "/products/benefits/new",
    "/products/checkout-links/new",
    "/products/custom-fields/new",
    "/products/discounts/new",
    "/products/files/new",
    "/products/meters/new",
    "/products/new",
    "/products/{id}/checkout",
    "/products/{id}/link",
    "/products/{id}/media",
    "/settings/team/invite",
    "/subscriptions/{id}/seats/new",
];

/// The others: sent twice, they leave what they left the first time. By the last word of where they are sent.
const CHANGING: [&str; 32] = [
    "accept",
    "archive",
    "billing-date",
    "cancel",
    "change",
    "delete",
    "disable",
    "discard",
    "discount",
    "edit",
    "enable",
    "invoices",
    "leave",
    "mail",
    "notices",
    "pause",
    "plan",
    "portal",
    "refund",
    "remove",
    "resume",
    "revoke",
    "role",
    "seats",
    "secret",
    "settings",
    "sign-out",
    "tax",
    "trial",
    "uncancel",
    "unpause",
    "withdraw",
];

/// The forms of a page: where they are sent, and what is in them.
fn forms(page: &str) -> Vec<(String, String)> {
    let forms = page.split("<form ").skip(1);
    let forms = forms.map(|form| form.split("</form>").next().unwrap().to_owned());
    forms
        .filter(|form| form.contains("method=\"post\""))
        .map(|form| {
            let action = form
                .split("action=\"")
                .nth(1)
                .expect("forms say where they go");
            (action.split('"').next().unwrap().to_owned(), form)
        })
        .collect()
}

fn key(form: &str) -> Option<String> {
    let field = form.split("name=\"_idempotency_key\" value=\"").nth(1)?;
    Some(field.split('"').next().unwrap().to_owned())
}

/// The key of the page's form that is sent to `action`.
#[track_caller]
fn key_for(page: &Answer, action: &str) -> String {
    let page = page.text();
    let form = forms(&page).into_iter().find(|(to, _)| to == action);
    let (_, form) = form.unwrap_or_else(|| panic!("no form to {action}:\n{page}"));
    key(&form).unwrap_or_else(|| panic!("no key for {action}:\n{form}"))
}

/// An address with a word for each id.
fn general(path: &str) -> String {
    let id = |part: &str| part.len() == 36 && part.matches('-').count() == 4;
    let parts = path
        .split('/')
        .map(|part| if id(part) { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// A form that makes something: its page, where it is sent, its fields, and the table of what it makes.
type Making = (String, String, Vec<(&'static str, String)>, &'static str);

fn making(world: &World) -> Vec<Making> {
    let new = |list: &str, fields: &[(&'static str, &str)], table| {
        let path = format!("{SHOP}{list}");
        let fields = fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        (path.clone(), path, fields.collect(), table)
    };
    let product = format!("{SHOP}/products/{}", world.id("products"));
    let hook = format!(
        "{SHOP}/developers/webhooks/{}",
        world.id("webhooks/endpoints")
    );
    let delivery = format!("{hook}/deliveries/{}", world.id("webhooks/deliveries"));
    let letter = format!("{SHOP}/mail/{}", world.id("mails"));
    let field = |name, value: &str| vec![(name, value.to_owned())];
    vec![
        new(
            "/products/new",
            &[
                ("name", "Pen"),
                ("visibility", "public"),
                ("prices.0.amount_type", "fixed"),
                ("prices.0.price_currency", "usd"),
                ("prices.0.price_amount", "5"),
                ("_benefits", world.id("benefits")),
            ],
            "products",
        ),
        new(
            "/products/discounts/new",
            &[
                ("name", "Tenth"),
                ("type", "percentage"),
                ("basis_points", "10"),
                ("duration", "once"),
            ],
            "discounts",
        ),
        new(
            "/products/meters/new",
            &[
                ("name", "Tokens"),
                ("unit", "scalar"),
                ("aggregation.func", "count"),
                ("filter.conjunction", "and"),
            ],
            "meters",
        ),
        new(
            "/products/custom-fields/new",
            &[("type", "text"), ("slug", "size"), ("name", "Size")],
            "custom_fields",
        ),
        new(
            "/products/checkout-links/new",
            &[("label", "Flyer"), ("products", world.id("products"))],
            "checkout_links",
        ),
        new(
            "/products/benefits/new",
            &[
                ("type", "custom"),
                ("description", "A badge"),
                ("visibility", "public"),
            ],
            "benefits",
        ),
        new(
            "/customers/new",
            &[("email", "new@example.com"), ("name", "New")],
            "customers",
        ),
        new(
            &format!("/customers/{}/members/new", world.id("teams")),
            &[("email", "six@example.com"), ("role", "member")],
            "customer_members",
        ),
        new(
            &format!("/subscriptions/{}/seats/new", world.id("seats sold")),
            &[("email", "eight@example.com")],
            "customer_seats",
        ),
        new(
            "/developers/tokens/new",
            &[
                ("name", "Nightly"),
                ("days", "30"),
                ("scopes", "products:read"),
            ],
            "access_tokens",
        ),
        new(
            "/developers/webhooks/new",
            &[
                ("url", "https://hooks.example/a"),
                ("format", "raw"),
                ("events", "order.paid"),
            ],
            "webhook_endpoints",
        ),
        new(
            "/settings/team/invite",
            &[("email", "grace@example.com"), ("role", "member")],
            "invitations",
        ),
        (
            product.clone(),
            format!("{SHOP}/clock"),
            field("advance", "day"),
            "",
        ),
        (
            product.clone(),
            format!("{product}/checkout"),
            vec![],
            "checkouts",
        ),
        (
            product.clone(),
            format!("{product}/link"),
            vec![],
            "checkout_links",
        ),
        (
            hook.clone(),
            format!("{hook}/test"),
            field("type", "order.paid"),
            "webhook_events",
        ),
        (letter.clone(), format!("{letter}/send"), vec![], ""),
        (
            delivery.clone(),
            format!("{delivery}/redeliver"),
            vec![],
            "",
        ),
    ]
}

/// The page with the form, where the form has two steps the second.
async fn page(browser: &Browser, path: &str) -> Answer {
    match path.ends_with("/benefits/new") {
        true => {
            browser
                .post(path, &[("type", "custom"), ("_next", "1")])
                .await
        }
        false => browser.get(path).await,
    }
}

async fn send(browser: &Browser, path: &str, fields: &[(&str, String)], key: &str) -> Answer {
    let mut all: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    all.push(("_idempotency_key", key));
    browser.post(path, &all).await
}

fn told(answer: &Answer) -> (StatusCode, String, String, String) {
    let head = |name| answer.header(name).to_owned();
    (
        answer.status,
        head("location"),
        head("set-cookie"),
        without_clock(&answer.text()),
    )
}

/// The page without its form for the test clock, which each answer shows with a fresh key.
fn without_clock(page: &str) -> String {
    let Some((before, rest)) = page.split_once("<div class=\"clock\"") else {
        return page.to_owned();
    };
    let (_, after) = rest.split_once("</div>").expect("the form ends");
    format!("{before}{after}")
}

async fn count(t: &Till, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    t.app.store.scalar(Query::raw(sql, vec![])).await.unwrap()
}

fn at(checkout: &Value) -> String {
    format!("/checkout/{}", checkout["client_secret"].as_str().unwrap())
}

fn paying<'a>(key: &'a str, card: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("intent", "pay"),
        ("customer_email", "ada@example.com"),
        ("country", "FR"),
        ("card_number", card),
        ("card_expiry", "12 / 34"),
        ("card_cvc", "123"),
        ("_idempotency_key", key),
    ]
}

const GOOD: &str = "4242 4242 4242 4242";
const DECLINED: &str = "4000 0000 0000 0002";
const BANK: &str = "4000 0025 0000 3155";

both! {
    async fn every_form_that_makes_something_has_a_key_of_its_own(t: &mut Till) {
        let world = World::new(t).await;
        let ada = t.dashboard().await;
        let mut making = BTreeSet::new();
        for route in of_shops(t).iter().filter(|route| !route.ends_with("/stream")) {
            let path = filled(route, "ada", &world);
            let (first, second) = (page(&ada, &path).await, page(&ada, &path).await);
            if first.status != 200 {
                continue;
            }
            let again = forms(&second.text());
            for ((action, form), (_, later)) in forms(&first.text()).into_iter().zip(again) {
                let to = general(action.strip_prefix(SHOP).unwrap_or(&action));
                let Some(one) = key(&form) else {
                    let word = to.rsplit('/').next().unwrap();
                    assert!(CHANGING.contains(&word), "{path}: the form to {to} has no key: if it makes nothing, say so in CHANGING");
                    continue;
                };
                assert_ne!(Some(&one), key(&later).as_ref(), "{path}: the key of {to} is not fresh");
                making.insert(to);
            }
        }
        assert_eq!(making.iter().map(String::as_str).collect::<Vec<_>>(), MAKING);
        t.see_through().await;
    }

    async fn a_form_sent_again_makes_nothing_more_and_leads_to_the_same_page(t: &mut Till) {
        let world = World::new(t).await;
        let ada = t.dashboard().await;
        for (from, to, fields, table) in making(&world) {
            let before = t.all_rows().await;
            let key = key_for(&page(&ada, &from).await, &to);
            let first = send(&ada, &to, &fields, &key).await;
            assert!([201, 303].contains(&first.status.as_u16()), "{to}: {}", first.text());
            let made = t.all_rows().await;
            assert_ne!(before, made, "{to}");
            if !table.is_empty() {
                assert_eq!(made[table].len(), before[table].len() + 1, "{to}");
            }
            t.advance(std::time::Duration::from_secs(5));
            let again = send(&ada, &to, &fields, &key).await;
            assert_eq!(told(&again), told(&first), "{to}");
            unchanged(&to, &made, &t.all_rows().await);
        }
        t.see_through().await;
    }

    async fn a_form_sent_many_times_at_once_makes_one_thing(t: &mut Till) {
        let world = World::new(t).await;
        let ada = t.dashboard().await;
        for (from, to, fields, table) in making(&world) {
            let key = key_for(&page(&ada, &from).await, &to);
            let before = match table { "" => 0, table => count(t, table).await };
            let sends = (0..6).map(|_| send(&ada, &to, &fields, &key));
            let answers = futures_util::future::join_all(sends).await;
            for answer in &answers {
                assert_eq!(told(answer), told(&answers[0]), "{to}");
            }
            assert!([201, 303].contains(&answers[0].status.as_u16()), "{to}: {}", answers[0].text());
            if !table.is_empty() {
                assert_eq!(count(t, table).await, before + 1, "{to}");
            }
        }
        t.see_through().await;
    }

    async fn a_key_is_the_forms_with_all_it_holds_and_its_senders(t: &mut Till) {
        let (ada, bob) = (t.dashboard().await, t.dashboard_as(till_core::kernel::records::Role::Admin).await);
        let path = format!("{SHOP}/products/meters/new");
        let meter = |name: &str| vec![("name", name.to_owned()), ("unit", "scalar".to_owned()), ("aggregation.func", "count".to_owned())];
        let one = send(&ada, &path, &meter("Calls"), "k").await;
        // After the way back, filled in otherwise; another tab; another person; and as before, without a key.
        let others = [
            send(&ada, &path, &meter("Chats"), "k").await,
            send(&ada, &path, &meter("Calls"), "l").await,
            send(&bob, &path, &meter("Calls"), "k").await,
            ada.post(&path, &[("name", "Calls"), ("unit", "scalar"), ("aggregation.func", "count")]).await,
        ];
        for other in &others {
            assert_eq!(other.status, 303, "{}", other.text());
            assert_ne!(other.header("location"), one.header("location"));
        }
        assert_eq!(count(t, "meters").await, 5);
        for wrong in ["", "a b", "é", &"x".repeat(256)] {
            let answer = send(&ada, &path, &meter("Calls"), wrong).await;
            answer.says(422, "A key must have 1 to 255 visible ASCII characters");
        }
        // What was refused made nothing: put right, or sent again, it is judged anew.
        assert_eq!(send(&ada, &path, &meter(""), "m").await.status, 422);
        assert_eq!(send(&ada, &path, &meter("Words"), "m").await.status, 303);
        t.advance(std::time::Duration::from_hours(25));
        let ada = t.dashboard().await;
        assert_ne!(send(&ada, &path, &meter("Calls"), "k").await.header("location"), one.header("location"), "forgotten after a day");
        t.catch_up().await;
    }

    async fn pictures_sent_again_are_there_once(t: &mut Till) {
        let ada = t.dashboard().await;
        let product = t.product().await;
        let path = format!("{SHOP}/products/{}/media", id_in(&product, "id"));
        let key = key_for(&ada.get(&path).await, &path);
        let files: [(&str, &str, &[u8]); 2] = [("a.png", "image/png", b"first"), ("b.png", "image/png", b"second")];
        let first = ada.upload_with(&path, &[("_idempotency_key", &key)], "pictures", &files).await;
        let again = ada.upload_with(&path, &[("_idempotency_key", &key)], "pictures", &files).await;
        assert_eq!(told(&again), told(&first));
        let now = t.get(&format!("/v1/products/{}", id_in(&product, "id"))).await.ok();
        assert_eq!(now["medias"].as_array().unwrap().len(), 2);
        assert_eq!(count(t, "files").await, 2);
        t.catch_up().await;
    }

    async fn a_payment_form_sent_again_pays_once_and_ends_on_the_same_page(t: &mut Till) {
        // One attempt waits for the bank's answer.
        for (more, card) in [(json!({}), GOOD), (json!({"success_url": "https://shop.example/thanks"}), GOOD), (json!({}), BANK)] {
            let checkout = t.checkout_with(&t.product().await, more).await;
            let key = key_for(&t.page(&at(&checkout)).await, &at(&checkout));
            let first = t.form(&at(&checkout), &paying(&key, card), &[]).await;
            assert_eq!(first.status, 303, "{}", first.text());
            let again = t.form(&at(&checkout), &paying(&key, card), &[]).await;
            // The key to the customer's portal comes again, too.
            assert_eq!(told(&again), told(&first));
            assert_eq!(t.payments(&checkout).await.len(), 1);
        }
        t.catch_up().await;
        assert_eq!(count(t, "orders").await, 2);
        t.see_through().await;
    }

    async fn a_payment_form_whose_answer_was_never_kept_learns_it_from_the_journal(t: &mut Till) {
        t.may_leave_work();
        let checkout = t.checkout_for(&t.product().await).await;
        let first = t.form(&at(&checkout), &paying("k", BANK), &[]).await;
        assert!(first.header("location").contains("/sandbox/3ds/"));
        // As if the process had died between the outcome and the answer.
        let mut changes = till_core::kernel::changes::Changes::new();
        changes.any("update idempotency_keys set status = null, answer = null", vec![]);
        t.app.commit(changes).await.unwrap();
        let again = t.form(&at(&checkout), &paying("k", BANK), &[]).await;
        // The same page; the key to the customer's portal was known to the lost answer alone.
        assert_eq!((again.status, again.header("location")), (first.status, first.header("location")));
        assert_eq!(t.payments(&checkout).await.len(), 1);
    }

    async fn a_payment_form_sent_many_times_at_once_pays_once(t: &mut Till) {
        for card in [GOOD, DECLINED] {
            let checkout = t.checkout_for(&t.product().await).await;
            let (path, fields) = (at(&checkout), paying("k", card));
            let answers = futures_util::future::join_all((0..6).map(|_| t.form(&path, &fields, &[]))).await;
            assert!(answers.iter().all(|a| [200, 303].contains(&a.status.as_u16())), "{:?}", answers.iter().map(told).collect::<Vec<_>>());
            assert_eq!(t.payments(&checkout).await.len(), 1, "{card}");
        }
        t.catch_up().await;
        assert_eq!(count(t, "orders").await, 1);
    }

    async fn a_declined_form_sent_again_is_told_the_same_and_the_next_try_is_a_new_one(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let path = at(&checkout);
        let key = key_for(&t.page(&path).await, &path);
        let no = t.form(&path, &paying(&key, DECLINED), &[]).await;
        no.says(200, "declined");
        let again = t.form(&path, &paying(&key, DECLINED), &[]).await;
        again.says(200, "declined");
        assert_eq!(t.payments(&checkout).await.len(), 1);
        // The page that says so has the key of the next attempt, which may hold the same.
        let next = key_for(&no, &path);
        assert_ne!(next, key);
        t.form(&path, &paying(&next, DECLINED), &[]).await.says(200, "declined");
        assert_eq!(t.payments(&checkout).await.len(), 2);
        // After the way back: another card under the first key.
        assert_eq!(t.form(&path, &paying(&key, GOOD), &[]).await.status, 303);
        assert_eq!(t.payments(&checkout).await.len(), 3);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn the_pages_script_sends_the_key_as_the_header(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let fields = paying("shown", DECLINED);
        let sent = async |key: &str| t.form(&at(&checkout), &fields, &[("x-till-partial", "1"), ("idempotency-key", key)]).await;
        for (key, attempts) in [("a", 1), ("a", 1), ("b", 2)] {
            sent(key).await.says(200, "declined");
            assert_eq!(t.payments(&checkout).await.len(), attempts, "{key}");
        }
        let wrong = sent("a b").await.expect(422);
        assert_eq!(wrong["detail"][0]["loc"], json!(["header", "Idempotency-Key"]));
        t.catch_up().await;
    }
}
