//! Usage on the dashboard: events as they come in, meters and what each customer used.

use serde_json::{Value, json};
use till_core::kernel::records::Role;
use till_testkit::{Till, both};

const USAGE: &str = "/dashboard/ada/products/usage";
const TYPES: &str = "/dashboard/ada/products/event-types";
const METERS: &str = "/dashboard/ada/products/meters";

async fn ingest(t: &Till, events: Value) {
    t.post("/v1/events/ingest", json!({ "events": events }))
        .await
        .ok();
}

fn call(external: &str, minute: u32, tokens: Value) -> Value {
    json!({"name": "llm", "external_customer_id": external, "timestamp": format!("2026-11-20T10:{minute:02}:00Z"),
        "metadata": {"tokens": tokens, "model": "<small>"}})
}

/// The address that a list asks for what is new.
fn newer(page: &str) -> String {
    let asks = page
        .split("hx-get=\"")
        .find(|part| part.contains("/newer?"));
    asks.unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
}

async fn meter(t: &Till) -> String {
    let filter = json!({"conjunction": "and", "clauses": [{"property": "name", "operator": "eq", "value": "llm"}]});
    let body = json!({"name": "Tokens", "filter": filter, "aggregation": {"func": "sum", "property": "tokens"}});
    let made = t.post("/v1/meters/", body).await.created();
    made["id"].as_str().unwrap().to_owned()
}

both! {
    async fn events_are_listed_newest_first_and_have_a_page(t: &mut Till) {
        let owner = t.dashboard().await;
        let empty = owner.get(USAGE).await.text();
        assert!(empty.contains("No usage has come in yet") && !empty.contains("product to sell"), "{empty}");
        let meters = owner.get("/dashboard/ada/products/customer-meters").await.text();
        assert!(meters.contains("Show meters"), "{meters}");
        let orders = owner.get("/dashboard/ada/orders").await.text();
        assert!(orders.contains("Choose a product to sell"), "{orders}");
        t.post("/v1/customers/", json!({"email": "grace@example.com", "external_id": "grace"})).await.created();
        ingest(t, json!([call("grace", 1, json!(5)), call("nobody", 2, json!(7))])).await;
        t.drain().await;
        let page = owner.get(USAGE).await.text();
        for words in ["grace@example.com", "nobody", "No customer has this ID yet", "tokens: 7", "model: &#60;small&#62;"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        assert!(page.find("tokens: 7").unwrap() < page.find("tokens: 5").unwrap(), "newest first");
        let found = owner.get(&format!("{USAGE}?query=nobody-at-all")).await.text();
        assert!(found.contains("Nothing matches"), "{found}");
        let id = t.items("/v1/events/?source=user").await[0]["id"].as_str().unwrap().to_owned();
        let one = owner.get(&format!("{USAGE}/{id}")).await.text();
        for words in [&id, "Metadata", "model", "nobody"] {
            assert!(one.contains(words), "{words} in {one}");
        }
        assert_eq!(owner.get(&format!("{USAGE}/{}", uuid::Uuid::nil())).await.status, 404);
    }

    async fn an_open_list_of_events_says_how_many_have_come_in_since(t: &mut Till) {
        let owner = t.dashboard().await;
        ingest(t, json!([call("grace", 1, json!(5))])).await;
        let page = owner.get(USAGE).await.text();
        assert!(page.contains("data-pause"), "{page}");
        let path = newer(&page);
        assert_eq!(owner.get(&path).await.text(), "");
        ingest(t, json!([call("grace", 1, json!(6)), call("ada", 2, json!(7)), call("ada", 3, json!(8))])).await;
        let told = owner.get(&path).await.text();
        assert!(told.contains("2 new events") && told.contains(&format!("href=\"{USAGE}\"")), "{told}");
        // Where other rows than the newest are shown, nothing is said of new ones.
        for query in ["?page=2", "?sorting=timestamp", "?to=2026-11-20"] {
            let page = owner.get(&format!("{USAGE}{query}")).await.text();
            assert!(!page.contains("/newer?"), "{query}: {page}");
        }
        for wrong in ["/newer", "/newer?since=never", "/newer?since=9999-12-31T23:59:59.999999999Z"] {
            assert_eq!(owner.get(&format!("{USAGE}{wrong}")).await.text(), "", "{wrong}");
        }
        t.drain().await;
    }

    async fn an_empty_list_of_events_says_that_the_first_has_come_in(t: &mut Till) {
        let owner = t.dashboard().await;
        let mut asks = Vec::new();
        for query in ["", "?query=llm", "?query=nothing"] {
            let page = owner.get(&format!("{USAGE}{query}")).await.text();
            assert!(page.contains("class=\"filters\""), "{page}");
            asks.push(newer(&page));
        }
        assert_eq!(owner.get(&asks[0]).await.text(), "");
        let now = json!({"name": "llm", "external_customer_id": "grace"});
        ingest(t, json!([call("grace", 1, json!(5)), call("grace", 2, json!(6)), now])).await;
        assert!(owner.get(&asks[0]).await.text().contains("3 new events"));
        // Where events are looked through, those of the last hour are.
        assert!(asks[1].contains("since=2026-11-22T11%3A00"), "{}", asks[1]);
        assert!(owner.get(&asks[1]).await.text().contains("1 new event<"));
        assert_eq!(owner.get(&asks[2]).await.text(), "");
        for (query, since) in [("?query=llm", "2026-11-22T12%3A00"), ("?metadata[tokens]=6", "2026-11-22T11%3A00"), ("?name=llm&to=", "2026-11-22T12%3A00")] {
            let page = owner.get(&format!("{USAGE}{query}")).await.text();
            assert!(newer(&page).contains(&format!("since={since}")), "{query}: {page}");
        }
        // An empty list of some days only: those before them are no news.
        let page = owner.get(&format!("{USAGE}?from=2026-11-23")).await.text();
        assert!(!page.contains("/newer?") && page.contains("id=\"newer\""), "{page}");
        t.drain().await;
    }

    async fn types_of_events_are_listed_and_labelled(t: &mut Till) {
        let owner = t.dashboard().await;
        assert!(owner.get(USAGE).await.text().contains(&format!("href=\"{TYPES}\"")));
        let empty = owner.get(TYPES).await.text();
        for words in ["No event has come in yet", "POST /v1/events/ingest"] {
            assert!(empty.contains(words) && !empty.contains("product to sell"), "{empty}");
        }
        let long = "𝄞".repeat(128);
        ingest(t, json!([call("grace", 1, json!(5)), call("grace", 3, json!(6)),
            {"name": "a&b=c", "external_customer_id": "grace", "timestamp": "2026-11-20T11:00:00Z"},
            {"name": long, "external_customer_id": "grace", "timestamp": "2026-11-20T12:00:00Z"}])).await;
        t.drain().await;
        let page = owner.get(TYPES).await.text();
        for words in ["llm", ">2<", "20 Nov 2026, 10:01", "20 Nov 2026, 10:03", "usage?name=a%26b%3Dc&#38;source=user"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        let of_one = owner.get(&format!("{USAGE}?name=a%26b%3Dc&source=user")).await.text();
        assert!(of_one.contains("1 in all"), "{of_one}");
        // The longest name is found as it is, and what is longer finds nothing.
        for (name, words) in [(&*long, "1 in all"), (&*format!("{long}x"), "1 in all"), (&*"𝄞x".repeat(120), "Nothing matches")] {
            let found = owner.get(&format!("{USAGE}?name={name}&source=user")).await.text();
            assert!(found.contains(words), "{name}: {found}");
        }
        let types = t.items("/v1/event-types/").await;
        let llm = types.iter().find(|one| one["name"] == "llm").unwrap();
        let edit = format!("{TYPES}/{}/edit", llm["id"].as_str().unwrap());
        assert!(page.contains(&edit), "{page}");
        let form = owner.get(&edit).await.text();
        assert!(form.contains("Edit llm") && form.contains("value=\"llm\""), "{form}");
        let wrong = owner.post(&edit, &[("label", " "), ("label_property_selector", "metadata.model")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("label-error") && wrong.text().contains("metadata.model"), "{}", wrong.text());
        let saved = owner.post(&edit, &[("label", "Model calls"), ("label_property_selector", "metadata.model")]).await;
        assert_eq!((saved.status.as_u16(), saved.header("location")), (303, TYPES));
        let of_api = async || {
            let types = t.items("/v1/event-types/?query=llm").await;
            (types[0]["label"].clone(), types[0]["label_property_selector"].clone())
        };
        assert_eq!(of_api().await, (json!("Model calls"), json!("metadata.model")));
        let page = owner.get(&format!("{TYPES}?query=model+calls")).await.text();
        assert!(page.contains("Each event: metadata.model") && page.contains("1 in all"), "{page}");
        owner.post(&edit, &[("label", "Model calls"), ("label_property_selector", "")]).await;
        assert_eq!(of_api().await, (json!("Model calls"), json!(null)));
        // Till's own have no label of the merchant's.
        t.buy(&t.checkout_for(&t.product().await).await, "ada@example.com").await;
        t.catch_up().await;
        let own = owner.get(&format!("{TYPES}?source=system")).await.text();
        assert!(own.contains("order.paid") && !own.contains("/edit"), "{own}");
        // Members of the team may label them, too.
        let member = t.dashboard_as(Role::Member).await;
        let page = member.get(TYPES).await.text();
        assert!(page.contains(&edit), "{page}");
        assert_eq!(member.get(&edit).await.status, 200);
        assert_eq!(owner.get(&edit.replace(llm["id"].as_str().unwrap(), &uuid::Uuid::nil().to_string())).await.status, 404);
    }

    async fn a_meters_page_shows_its_units_customers_and_events(t: &mut Till) {
        let owner = t.dashboard().await;
        let grace = t.post("/v1/customers/", json!({"email": "grace@example.com", "external_id": "grace"})).await.created();
        let id = meter(t).await;
        let at = format!("{METERS}/{id}");
        let page = owner.get(&at).await.text();
        assert!(page.contains("Nothing in this period") && page.contains("No customer has used it yet."), "{page}");
        ingest(t, json!([call("grace", 1, json!(1200)), call("nobody", 2, json!(0.5))])).await;
        t.drain().await;
        let page = owner.get(&at).await.text();
        for words in ["Units per day", "1,200.5", "Fri, 20 Nov 2026: 1,200.5", "grace@example.com", "1,200", "tokens: 0.5"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        let customer = owner.get(&format!("/dashboard/ada/customers/{}", grace["id"].as_str().unwrap())).await.text();
        for words in ["Usage by customer", "Tokens", "1,200", &at] {
            assert!(customer.contains(words), "{words} in {customer}");
        }
        let all = owner.get("/dashboard/ada/products/customer-meters?sorting=-consumed_units").await.text();
        assert!(all.contains("grace@example.com") && all.contains(&at), "{all}");
    }

    async fn a_meters_form_shows_the_events_that_it_would_choose(t: &mut Till) {
        let owner = t.dashboard().await;
        let new = format!("{METERS}/new");
        let preview = format!("{METERS}/preview");
        assert!(owner.get(&new).await.text().contains("No event has come in yet."));
        ingest(t, json!([call("grace", 1, json!(5)), call("grace", 2, json!(50)),
            {"name": "other", "external_customer_id": "grace", "metadata": {}}])).await;
        t.drain().await;
        let condition = |property: &'static str, operator: &'static str, value: &'static str| [
            ("filter.conjunction", "and"), ("filter.clauses.0.property", property),
            ("filter.clauses.0.operator", operator), ("filter.clauses.0.value", value),
        ];
        for (form, words) in [
            (condition("name", "eq", "llm"), "2 of the newest 3 events are chosen."),
            (condition("tokens", "gt", "10"), "1 of the newest 3 events is chosen."),
            (condition("name", "eq", "none"), "None of the newest 3 events is chosen."),
            (condition("", "eq", "llm"), "Once each condition is complete"),
            (condition("name", "about", "llm"), "Once each condition is complete"),
        ] {
            let told = owner.post(&preview, &form).await;
            assert_eq!(told.status, 200);
            assert!(told.text().contains(words), "{words} in {}", told.text());
        }
        // It makes nothing.
        assert!(t.items("/v1/meters/").await.is_empty());
        let at = format!("{METERS}/{}/edit", meter(t).await);
        assert!(owner.get(&at).await.text().contains("2 of the newest 3 events are chosen."));
        t.drain().await;
    }
}
