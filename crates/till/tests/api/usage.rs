//! Usage: events are ingested, listed, and have types.

use std::{ops::Range, pin::Pin};

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};
use till_wire::scope::Scope;

const NOBODY: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

async fn ingest(t: &Till, events: Value) -> Value {
    t.post("/v1/events/ingest", json!({ "events": events }))
        .await
        .ok()
}

fn of(external: &str, name: &str, metadata: Value) -> Value {
    json!({"name": name, "external_customer_id": external, "metadata": metadata})
}

async fn names(t: &Till, query: &str) -> Vec<String> {
    t.get(&format!("/v1/events/{query}")).await.listed("name")
}

/// Goes on with a request until that many wait for their events to be stored.
async fn waits(t: &Till, count: usize, request: &mut Pin<Box<impl Future<Output = Answer>>>) {
    while t.app.limits.ingesting.waiting() < count {
        tokio::select! {
            biased;
            answer = &mut *request => panic!("{}", answer.text()),
            () = tokio::task::yield_now() => {}
        }
    }
}

both! {
    async fn whoever_sends_a_lot_does_not_hold_up_others(t: &mut Till) {
        let eve = t.with_token(&t.stranger().await.1);
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(t.app.limits.ingesting.take(t.organization.id).await);
        }
        let body = json!({"events": [{"name": "call", "external_customer_id": "u"}]});
        let mut own = Box::pin(t.post("/v1/events/ingest", body.clone()));
        waits(t, 1, &mut own).await;
        let mut hers = Box::pin(eve.post("/v1/events/ingest", body));
        waits(t, 2, &mut hers).await;
        held.pop();
        tokio::select! {
            biased;
            own = &mut own => panic!("it came first, but has two turns: {}", own.text()),
            hers = &mut hers => drop(hers.ok()),
        }
        own.await.ok();
        drop(held);
        t.drain().await;
    }

    async fn no_name_is_one_too_many(t: &mut Till) {
        let named = |names: Range<usize>| {
            let events: Vec<Value> = names.map(|n| of("u", &format!("n{n}"), json!({}))).collect();
            json!({ "events": events })
        };
        for part in 0..9 {
            t.post("/v1/events/ingest", named(part * 1_000..part * 1_000 + 1_000)).await.ok();
        }
        t.post("/v1/events/ingest", named(9_000..9_990)).await.ok();
        // Where what was read is written soon.
        let mut last = 0;
        for after in 0.. {
            t.clock.interrupt(after, || async {});
            t.post("/v1/events/ingest", named(0..1)).await.ok();
            if !t.clock.has_interrupted() {
                break;
            }
            last = after;
        }
        // Each of the two has room alone: together they have not.
        let (other, its) = (t.with_token(&t.token), named(20_000..20_010));
        t.clock.interrupt(last, move || async move { other.post("/v1/events/ingest", its).await.ok() });
        let wrong = t.post("/v1/events/ingest", named(30_000..30_010)).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.events")]));
        assert!(t.clock.has_interrupted());
        t.post("/v1/events/ingest", named(20_000..20_010)).await.ok();
        t.drain().await;
    }

    async fn events_are_stored_once_by_their_own_ids(t: &mut Till) {
        let event = |id: &str, name: &str| json!({"name": name, "external_customer_id": "u", "external_id": id});
        let two = json!([event("a", "first"), event("a", "second")]);
        assert_eq!(ingest(t, two.clone()).await, json!({"inserted": 1, "duplicates": 1}));
        assert_eq!(ingest(t, two).await, json!({"inserted": 0, "duplicates": 2}));
        assert_eq!(ingest(t, json!([])).await, json!({"inserted": 0, "duplicates": 0}));
        assert_eq!(names(t, "").await, ["first"]);
        // Another organization's ids are its own.
        let eve = t.with_token(&t.stranger().await.1);
        assert_eq!(ingest(&eve, json!([event("a", "hers")])).await["inserted"], 1);
        t.drain().await;
    }

    async fn of_many_requests_with_one_event_at_once_one_stores_it(t: &mut Till) {
        let body = json!({"events": [{"name": "call", "external_customer_id": "u", "external_id": "same"}]});
        let sent = (0..6).map(|_| t.post("/v1/events/ingest", body.clone()));
        let answers = futures_util::future::join_all(sent).await;
        let sum = |key: &str| answers.iter().map(|a| a.ok()[key].as_i64().unwrap()).sum::<i64>();
        assert_eq!((sum("inserted"), sum("duplicates")), (1, 5));
        t.drain().await;
        let types = t.items("/v1/event-types/").await;
        assert_eq!((types.len(), &types[0]["occurrences"]), (1, &json!(1)));
    }

    async fn one_wrong_event_refuses_all_and_each_is_told(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let bob = t.customer("bob@example.com").await;
        let owner = t.items(&format!("/v1/members/?customer_id={}", bob["id"].as_str().unwrap())).await.remove(0);
        let body = json!({"events": [
            {"name": "fine", "customer_id": ada["id"]},
            {"name": "nobody", "customer_id": NOBODY},
            {"name": "not hers", "customer_id": ada["id"], "member_id": owner["id"]},
            {"name": "his", "customer_id": bob["id"], "member_id": owner["id"]},
            {"name": "later", "customer_id": ada["id"], "timestamp": "2026-11-22T12:00:01Z"},
            {"name": "long ago", "customer_id": ada["id"], "timestamp": "1969-12-31T00:00:00Z"},
            {"name": "theirs", "customer_id": ada["id"], "organization_id": t.organization.id}]});
        assert_eq!(t.post("/v1/events/ingest", body).await.invalid(), crate::pairs(&[
            ("customer_id", "body.events.1.customer_id"), ("member_id", "body.events.2.member_id"),
            ("datetime_past", "body.events.4.timestamp"), ("value_error", "body.events.5.timestamp"),
            ("organization_token", "body.events.6.organization_id")]));
        assert!(names(t, "").await.is_empty());
        assert!(t.items("/v1/event-types/").await.is_empty());
        t.drain().await;
    }

    async fn metadata_of_an_event_has_a_most_of_bytes(t: &mut Till) {
        // Of four bytes each: fewer than the characters that a prompt may have.
        let event = |characters: usize| {
            let prompt = "𝄞".repeat(characters);
            let llm = json!({"vendor": "v", "model": "m", "prompt": prompt, "input_tokens": 1, "output_tokens": 1, "total_tokens": 2});
            of("u", "large", json!({"_llm": llm}))
        };
        let refused = t.post("/v1/events/ingest", json!({"events": [of("u", "small", json!({})), event(65_535)]})).await.unreadable();
        let is_told = |(kind, place): &(String, String)| {
            kind == "too_long" && place.starts_with("body.events.1.") && place.ends_with(".metadata")
        };
        assert!(refused.iter().any(is_told), "{refused:?}");
        assert!(names(t, "").await.is_empty());
        assert!(t.items("/v1/event-types/").await.is_empty());
        assert_eq!(ingest(t, json!([event(65_400)])).await["inserted"], 1);
        t.drain().await;
    }

    async fn what_does_not_read_is_told_for_both_ways_to_name_a_customer(t: &mut Till) {
        let deep = json!({"a": {"b": {"c": 1}}});
        let body = json!({"events": [{"name": "a", "external_customer_id": "u", "metadata": deep, "timestamp": "2026-11-22T12:00:00"}]});
        assert_eq!(t.post("/v1/events/ingest", body).await.unreadable(), crate::pairs(&[
            ("timezone_aware", "body.events.0.EventCreateCustomer.timestamp"),
            ("missing", "body.events.0.EventCreateCustomer.customer_id"),
            ("string_type", "body.events.0.EventCreateCustomer.metadata.a"),
            ("timezone_aware", "body.events.0.EventCreateExternalCustomer.timestamp"),
            ("string_type", "body.events.0.EventCreateExternalCustomer.metadata.a")]));
        let many = vec![json!({"name": "a", "external_customer_id": "u"}); 10_000];
        let answer = t.post("/v1/events/ingest", json!({ "events": many })).await;
        assert_eq!(answer.unreadable(), crate::pairs(&[("too_long", "body.events")]));
        assert_eq!(t.post("/v1/events/ingest", json!({"events": 5})).await.unreadable(), crate::pairs(&[("list_type", "body.events")]));
        let most = vec![json!({"name": "a", "external_customer_id": "u"}); 1_000];
        assert_eq!(ingest(t, json!(most)).await["inserted"], 1_000);
        t.drain().await;
    }

    async fn an_event_is_shown_with_what_it_is_bound_to(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        let owner = t.items(&format!("/v1/members/?customer_id={}", ada["id"].as_str().unwrap())).await.remove(0);
        ingest(t, json!([
            {"name": "root", "customer_id": ada["id"], "member_id": owner["id"], "external_id": "r", "timestamp": "2026-11-20T10:00:00+02:00",
                "metadata": {"n": 1, "yes": true, "_cost": {"amount": 1.50, "currency": "usd"}}},
            {"name": "part", "external_customer_id": "ada", "parent_id": "r"}])).await;
        let [part, root] = <[Value; 2]>::try_from(t.items("/v1/events/").await).unwrap();
        assert_eq!(root["timestamp"], "2026-11-20T08:00:00Z");
        assert_eq!((&root["customer_id"], &root["customer"]["email"]), (&ada["id"], &ada["email"]));
        assert_eq!((&root["member_id"], &root["external_customer_id"]), (&owner["id"], &json!("ada")));
        assert_eq!(root["metadata"], json!({"n": 1, "yes": true, "_cost": {"amount": "1.5", "currency": "usd"}}));
        assert_eq!((&root["child_count"], &root["parent_id"], &root["source"]), (&json!(1), &json!(null), &json!("user")));
        assert_eq!((&part["parent_id"], &part["customer_id"]), (&root["id"], &ada["id"]));
        let path = format!("/v1/events/{}", root["id"].as_str().unwrap());
        assert_eq!(t.get(&path).await.ok(), root);
        t.with_token(&t.stranger().await.1).get(&path).await.not_found();
        t.get(&format!("/v1/events/{NOBODY}")).await.not_found();
        t.drain().await;
    }

    async fn events_wait_for_their_customer_and_their_parent(t: &mut Till) {
        ingest(t, json!([{"name": "part", "external_customer_id": "later", "parent_id": "whole"}])).await;
        t.drain().await;
        let event = t.items("/v1/events/").await.remove(0);
        assert_eq!((&event["customer_id"], &event["customer"], &event["parent_id"]), (&json!(null), &json!(null), &json!(null)));
        ingest(t, json!([{"name": "whole", "external_customer_id": "later", "external_id": "whole"}])).await;
        let customer = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "later"})).await.created();
        t.catch_up().await;
        let bound = t.items("/v1/events/?name=part").await.remove(0);
        let whole = t.items("/v1/events/?name=whole").await.remove(0);
        assert_eq!((&bound["customer_id"], &bound["parent_id"]), (&customer["id"], &whole["id"]));
        assert_eq!(whole["customer_id"], customer["id"]);
        // One who gets the external ID later, too.
        ingest(t, json!([{"name": "other", "external_customer_id": "bob"}])).await;
        t.drain().await;
        let bob = t.customer("bob@example.com").await;
        t.patch(&format!("/v1/customers/{}", bob["id"].as_str().unwrap()), json!({"external_id": "bob"})).await.ok();
        t.catch_up().await;
        assert_eq!(t.items("/v1/events/?name=other").await[0]["customer_id"], bob["id"]);
    }

    async fn an_event_is_no_part_of_itself(t: &mut Till) {
        let part = |id: &str, parent: &str| json!({"name": id, "external_customer_id": "u", "external_id": id, "parent_id": parent});
        let body = json!({"events": [part("self", "self"), part("a", "b"), part("b", "c"), part("c", "a"), part("d", "a")]});
        assert_eq!(t.post("/v1/events/ingest", body).await.invalid(), crate::pairs(&[
            ("value_error", "body.events.0.parent_id"), ("value_error", "body.events.1.parent_id")]));
        // Nor through a part that comes later.
        ingest(t, json!([part("a", "b")])).await;
        t.drain().await;
        ingest(t, json!([part("b", "a")])).await;
        t.drain().await;
        let [a, b] = ["a", "b"].map(|name| format!("/v1/events/?name={name}"));
        let (a, b) = (t.items(&a).await.remove(0), t.items(&b).await.remove(0));
        assert_eq!((&a["parent_id"], &b["parent_id"]), (&json!(null), &a["id"]));
    }

    async fn events_in_no_turn_yet_are_bound_later(t: &mut Till) {
        use till_core::kernel::jobs::End;
        ingest(t, json!([of("later", "a", json!({}))])).await;
        let customer = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "later"})).await.created();
        let id = customer["id"].as_str().unwrap().parse().unwrap();
        let bind = || Box::pin(till_server::jobs::usage::bind(&t.app, id));
        // Whoever puts the event into a turn now may have looked for the customer before: it is looked again.
        assert!(matches!(bind().await.unwrap(), End::Retry { .. }));
        assert_eq!(t.items("/v1/events/?source=user").await[0]["customer_id"], json!(null));
        t.catch_up().await;
        assert!(matches!(bind().await.unwrap(), End::Done(_)));
        assert_eq!(t.items("/v1/events/?source=user").await[0]["customer_id"], customer["id"]);
    }

    async fn events_that_are_in_a_turn_get_no_second_one(t: &mut Till) {
        use till_core::usage::fold::{SealRows, seal};
        ingest(t, json!([of("u", "a", json!({}))])).await;
        let own = t.organization.id;
        let batches = t.app.store.new_batches(own, 10).await.unwrap();
        assert_eq!(batches.len(), 1);
        t.drain().await;
        let stream = t.app.store.usage_stream(own).await.unwrap();
        let again = seal(own, stream.as_ref(), &batches, &[], &SealRows::default());
        assert!(t.app.store.commit(again).await.is_err());
    }

    async fn the_list_filters(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        let meter = json!({"name": "Big", "aggregation": {"func": "count"}, "filter": {"conjunction": "and", "clauses": [
            {"property": "name", "operator": "eq", "value": "b"}, {"property": "n", "operator": "gt", "value": 2}]}});
        let meter = t.post("/v1/meters/", meter).await.created();
        let at = |name: &str, minute: u32, external: &str, n: i64| json!({"name": name, "external_customer_id": external,
            "external_id": format!("{name}{minute}"), "timestamp": format!("2026-11-22T10:{minute:02}:00Z"), "metadata": {"n": n, "t": format!("Text {n}")}});
        let mut root = at("a", 1, "ada", 1);
        root["external_id"] = json!("root");
        let mut child = at("b", 2, "ada", 2);
        child["parent_id"] = json!("root");
        let mut grandchild = at("b", 3, "bob", 3);
        grandchild["parent_id"] = json!("b2");
        ingest(t, json!([root, child, grandchild, at("c", 4, "bob", 4)])).await;
        let id = t.items("/v1/events/?name=a").await[0]["id"].as_str().unwrap().to_owned();
        let encoded = |filter: &str| format!("?filter={}", filter.replace('"', "%22").replace(' ', "").replace('{', "%7B").replace('}', "%7D"));
        for (query, found) in [
            (String::new(), vec!["c", "b", "b", "a"]), ("?sorting=timestamp".into(), vec!["a", "b", "b", "c"]),
            ("?start_timestamp=0001-01-01T00:00:00Z&end_timestamp=9999-12-30T00:00:00Z".into(), vec!["c", "b", "b", "a"]),
            ("?limit=1&page=2".into(), vec!["b"]), ("?name=a&name=c".into(), vec!["c", "a"]),
            ("?start_timestamp=2026-11-22T10:02:00Z&end_timestamp=2026-11-22T10:04:00Z".into(), vec!["b", "b"]),
            (format!("?customer_id={}", ada["id"].as_str().unwrap()), vec!["b", "a"]),
            (format!("?customer_id={}&name=b", ada["id"].as_str().unwrap()), vec!["b"]),
            ("?external_customer_id=bob".into(), vec!["c", "b"]), ("?source=system".into(), vec![]), ("?source=user&name=a".into(), vec!["a"]),
            (format!("?meter_id={}", meter["id"].as_str().unwrap()), vec!["b"]),
            (encoded(r#"{"conjunction":"or","clauses":[{"property":"n","operator":"eq","value":1},{"property":"name","operator":"eq","value":"c"}]}"#), vec!["c", "a"]),
            ("?query=TEXT%204".into(), vec!["c"]), ("?metadata[n]=4&metadata[n]=1".into(), vec!["c", "a"]), ("?metadata[n]=9".into(), vec![]),
            ("?query=text&limit=1&page=2".into(), vec!["b"]),
            (format!("?parent_id={id}"), vec!["b"]), (format!("?parent_id={id}&depth=0"), vec!["a"]), (format!("?parent_id={id}&depth=5"), vec!["b", "b", "a"]),
            ("?depth=0".into(), vec!["c", "a"]), ("?depth=1".into(), vec!["c", "b", "a"]), ("?depth=2".into(), vec!["c", "b", "b", "a"]),
        ] {
            assert_eq!(names(t, &query).await, found, "{query}");
        }
        let total = t.get("/v1/events/?metadata[n]=4&limit=1").await.ok()["pagination"]["total_count"].clone();
        assert_eq!(total, 1);
        for (query, kind, place) in [("?depth=6", "less_than_equal", "query.depth"), ("?start_timestamp=2026-11-22T10:02:00", "timezone_aware", "query.start_timestamp"),
            ("?start_timestamp=-009999-01-02T00:00:00Z", "datetime_from_date_parsing", "query.start_timestamp"),
            ("?end_timestamp=0001-01-01T00:00:00%2B01:00", "datetime_from_date_parsing", "query.end_timestamp"),
            ("?start_timestamp=2026-11-22T10:02:00Z&end_timestamp=2026-11-22T10:01:59Z", "value_error", "query.end_timestamp"),
            ("?filter=x", "json_invalid", "query.filter"), ("?filter=%7B%7D", "missing", "query.filter.conjunction"), ("?sorting=name", "enum", "query.sorting.0")] {
            let told = t.get(&format!("/v1/events/{query}")).await.unreadable();
            assert_eq!(told[0], (kind.to_owned(), place.to_owned()), "{query}");
        }
        assert!(names(t, &format!("?meter_id={NOBODY}")).await.is_empty());
        t.drain().await;
    }

    async fn each_name_is_a_type_that_counts_its_events(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        ingest(t, json!([{"name": "call", "external_customer_id": "ada", "timestamp": "2026-11-20T10:00:00Z", "metadata": {"path": "/a"}},
            {"name": "call", "external_customer_id": "bob", "timestamp": "2026-11-21T10:00:00Z"},
            {"name": "Login", "external_customer_id": "bob", "timestamp": "2026-11-19T10:00:00Z"}])).await;
        t.drain().await;
        let [call, _] = <[Value; 2]>::try_from(t.items("/v1/event-types/?source=user").await).unwrap();
        assert_eq!((&call["name"], &call["label"], &call["occurrences"]), (&json!("call"), &json!("call"), &json!(2)));
        assert_eq!((&call["first_seen"], &call["last_seen"]), (&json!("2026-11-20T10:00:00Z"), &json!("2026-11-21T10:00:00Z")));
        let path = format!("/v1/event-types/{}", call["id"].as_str().unwrap());
        let changed = t.patch(&path, json!({"label": "API call", "label_property_selector": "metadata.path"})).await.ok();
        assert_eq!((&changed["label"], &changed["label_property_selector"]), (&json!("API call"), &json!("metadata.path")));
        let labels = t.get("/v1/events/?name=call&sorting=timestamp").await.listed("label");
        assert_eq!(labels, ["/a", "API call"]);
        for (query, found) in [("?sorting=name", vec!["call", "Login"]), ("?query=LOG", vec!["Login"]), ("?sorting=-occurrences", vec!["call", "Login"])] {
            assert_eq!(t.get(&format!("/v1/events/names{query}&source=user")).await.listed("name"), found, "{query}");
        }
        let hers = t.items(&format!("/v1/events/names?source=user&customer_id={}", ada["id"].as_str().unwrap())).await;
        assert_eq!((hers.len(), &hers[0]["name"], &hers[0]["occurrences"]), (1, &json!("call"), &json!(1)));
        assert_eq!(t.get("/v1/event-types/?external_customer_id=bob&sorting=name").await.listed("name"), ["call", "Login"]);
        assert_eq!(t.get("/v1/event-types/?root_events=true&query=api").await.listed("name"), ["call"]);
        assert_eq!(t.get("/v1/event-types/?source=system").await.listed("name"), ["customer.created"]);
        assert_eq!(t.patch(&path, json!({"label": "Calls", "label_property_selector": null})).await.ok()["label_property_selector"], json!(null));
        let eve = t.with_token(&t.stranger().await.1);
        eve.patch(&path, json!({"label": "Mine"})).await.not_found();
        assert!(eve.items("/v1/events/names").await.is_empty());
    }

    async fn events_need_their_scopes(t: &mut Till) {
        let reader = t.with_token(&t.token_of(&[Scope::EventsRead]).await);
        assert!(reader.items("/v1/events/").await.is_empty());
        let sent = reader.post("/v1/events/ingest", json!({"events": [of("u", "a", json!({}))]})).await;
        assert_eq!(sent.status, 403);
        let writer = t.with_token(&t.token_of(&[Scope::EventsWrite]).await);
        assert_eq!(ingest(&writer, json!([of("u", "a", json!({}))])).await["inserted"], 1);
        t.drain().await;
    }
}
