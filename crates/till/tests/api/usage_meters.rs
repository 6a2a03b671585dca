//! Meters count events: over time, and for each customer.

use serde_json::{Value, json};
use till_testkit::{Till, both};

async fn ingest(t: &Till, events: Value) {
    t.post("/v1/events/ingest", json!({ "events": events }))
        .await
        .ok();
}

fn tokens(external: &str, day: u32, n: Value) -> Value {
    json!({"name": "llm", "external_customer_id": external, "timestamp": format!("2026-11-{day:02}T10:07:00Z"), "metadata": {"tokens": n, "user": external}})
}

async fn meter(t: &Till, aggregation: Value) -> Value {
    let filter = json!({"conjunction": "and", "clauses": [{"property": "name", "operator": "eq", "value": "llm"}]});
    let body = json!({"name": "Tokens", "filter": filter, "aggregation": aggregation});
    t.post("/v1/meters/", body).await.created()
}

fn sum() -> Value {
    json!({"func": "sum", "property": "tokens"})
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// The quantities of three days, and the total.
async fn days(t: &Till, meter: &Value, more: &str) -> (Vec<f64>, f64) {
    let path = format!(
        "/v1/meters/{}/quantities?start_timestamp=2026-11-18T00:00:00Z&end_timestamp=2026-11-20T23:59:59Z&interval=day{more}",
        id(meter)
    );
    let told = t.get(&path).await.ok();
    let quantities = told["quantities"].as_array().unwrap().iter();
    let numbers = quantities
        .map(|q| q["quantity"].as_f64().unwrap())
        .collect();
    (numbers, told["total"].as_f64().unwrap())
}

both! {
    async fn of_events_with_long_metadata_fewer_are_looked_through(t: &mut Till) {
        let meter = meter(t, json!({"func": "count"})).await;
        let events: Vec<Value> = (0..20).map(|n| tokens("ada", 18, json!(n))).collect();
        ingest(t, json!(events)).await;
        let few = t.another(|app| app.limits.looked_at_bytes = 1);
        let list = "/v1/events/?metadata[user]=ada&source=user";
        for (server, count) in [(&*t, 20), (&few, 16)] {
            assert_eq!(server.get(list).await.ok()["pagination"]["total_count"], count);
        }
        assert_eq!(days(t, &meter, "&metadata[user]=ada").await.1, 20.0);
        let path = format!("/v1/meters/{}/quantities?start_timestamp=2026-11-18T00:00:00Z&end_timestamp=2026-11-20T00:00:00Z&interval=day", id(&meter));
        let wrong = few.get(&format!("{path}&metadata[user]=ada")).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("value_error", "query.metadata")]));
        few.get(&path).await.ok();
        t.drain().await;
    }

    async fn no_meter_is_one_too_many(t: &mut Till) {
        let body = |name: &str| json!({"name": name, "filter": {"conjunction": "and", "clauses": []}, "aggregation": {"func": "count"}});
        // Where what was read is written soon.
        let mut last = 0;
        for after in 0..199 {
            t.clock.interrupt(after, || async {});
            t.post("/v1/meters/", body("meter")).await.created();
            if t.clock.has_interrupted() {
                last = after;
            }
        }
        let (other, its) = (t.with_token(&t.token), body("other"));
        t.clock.interrupt(last, move || async move { other.post("/v1/meters/", its).await.created() });
        let wrong = t.post("/v1/meters/", body("last")).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body")]));
        assert!(t.clock.has_interrupted());
        assert_eq!(t.items("/v1/meters/?limit=100&page=2").await.len(), 100);
        assert_eq!(t.items("/v1/meters/?limit=100&page=3").await.len(), 0);
    }

    async fn quantities_are_the_same_before_and_after_counting(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        let mut meters = Vec::new();
        for function in ["sum", "max", "min", "avg", "unique"] {
            meters.push((function, meter(t, json!({"func": function, "property": if function == "unique" { "user" } else { "tokens" }})).await));
        }
        meters.push(("count", meter(t, json!({"func": "count"})).await));
        ingest(t, json!([tokens("ada", 18, json!(0.1)), tokens("ada", 18, json!(0.2)), tokens("bob", 20, json!(5)),
            tokens("ada", 20, json!("5")), {"name": "other", "external_customer_id": "ada", "timestamp": "2026-11-18T10:00:00Z", "metadata": {"tokens": 7}}])).await;
        let expected = |function: &str| match function {
            "sum" => (vec![0.3, 0.0, 5.0], 5.3), "max" => (vec![0.2, 0.0, 5.0], 5.0), "min" => (vec![0.1, 0.0, 5.0], 0.1),
            "avg" => (vec![0.15, 0.0, 5.0], 1.766_666_666_667), "unique" => (vec![1.0, 0.0, 2.0], 2.0), _ => (vec![2.0, 0.0, 2.0], 4.0),
        };
        for counted in [false, true] {
            for (function, meter) in &meters {
                assert_eq!(days(t, meter, "").await, expected(function), "{function} {counted}");
                let hers = days(t, meter, &format!("&customer_id={}", id(&ada))).await;
                let hers_by_her_own_id = days(t, meter, "&external_customer_id=ada").await;
                assert_eq!(hers, hers_by_her_own_id);
                if *function == "sum" {
                    assert_eq!(hers, (vec![0.3, 0.0, 0.0], 0.3));
                    assert_eq!(days(t, meter, "&metadata[user]=bob").await, (vec![0.0, 0.0, 5.0], 5.0));
                    assert_eq!(days(t, meter, "&external_customer_id=nobody").await, (vec![0.0, 0.0, 0.0], 0.0));
                    assert_eq!(days(t, meter, "&customer_aggregation_function=avg").await.0, [0.3, 0.0, 0.0]);
                }
            }
            t.drain().await;
        }
    }

    async fn events_that_come_late_count_where_they_happened_and_once(t: &mut Till) {
        let meter = meter(t, sum()).await;
        ingest(t, json!([tokens("ada", 20, json!(1))])).await;
        t.drain().await;
        ingest(t, json!([tokens("ada", 18, json!(2)), tokens("ada", 18, json!(4))])).await;
        assert_eq!(days(t, &meter, "").await.0, [6.0, 0.0, 1.0]);
        for _ in 0..3 {
            t.drain().await;
            assert_eq!(days(t, &meter, "").await, (vec![6.0, 0.0, 1.0], 7.0));
        }
    }

    async fn nodes_that_count_at_once_count_each_event_once(t: &mut Till) {
        t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        let meters = [meter(t, sum()).await, meter(t, json!({"func": "unique", "property": "tokens"})).await];
        for round in 0..3 {
            for day in [18, 19, 20] {
                ingest(t, json!([tokens("ada", day, json!(round)), tokens("bob", day, json!(1))])).await;
            }
            let count = || Box::pin(till_server::jobs::usage::run_due(&t.app));
            let (one, two, three) = tokio::join!(count(), count(), count());
            for done in [one, two, three] {
                done.unwrap();
            }
        }
        t.drain().await;
        assert_eq!(days(t, &meters[0], "").await.0, [6.0, 6.0, 6.0]);
        assert_eq!(days(t, &meters[1], "").await.0, [3.0, 3.0, 3.0]);
        let units = t.get("/v1/customer-meters/?sorting=consumed_units").await.listed("consumed_units");
        assert_eq!(units, ["3.0", "9.0"]);
    }

    async fn a_meter_counts_what_came_before_it(t: &mut Till) {
        for day in [18, 19, 20] {
            ingest(t, json!(vec![tokens("ada", day, json!(1)); 50])).await;
            t.drain().await;
        }
        let meter = meter(t, json!({"func": "count"})).await;
        assert_eq!(days(t, &meter, "").await.0, [50.0, 50.0, 50.0]);
        t.drain().await;
        assert_eq!(days(t, &meter, "").await.0, [50.0, 50.0, 50.0]);
    }

    async fn intervals_are_those_of_the_time_zone(t: &mut Till) {
        let meter = meter(t, sum()).await;
        ingest(t, json!([{"name": "llm", "external_customer_id": "ada", "timestamp": "2026-11-18T23:30:00Z", "metadata": {"tokens": 3}}])).await;
        t.drain().await;
        let path = format!("/v1/meters/{}/quantities?start_timestamp=2026-11-18T00:00:00Z&end_timestamp=2026-11-19T12:00:00Z&interval=day&timezone=", id(&meter));
        let told = t.get(&format!("{path}Europe/Berlin")).await.ok();
        assert_eq!(told["quantities"], json!([{"timestamp": "2026-11-17T23:00:00Z", "quantity": 0.0}, {"timestamp": "2026-11-18T23:00:00Z", "quantity": 3.0}]));
        let told = t.get(&format!("{path}UTC")).await.ok();
        assert_eq!(told["quantities"][0], json!({"timestamp": "2026-11-18T00:00:00Z", "quantity": 3.0}));
        let wrong = |query: &str| format!("/v1/meters/{}/quantities?{query}", id(&meter));
        assert_eq!(t.get(&wrong("")).await.unreadable(), crate::pairs(&[("missing", "query.start_timestamp"),
            ("missing", "query.end_timestamp"), ("missing", "query.interval")]));
        let long = wrong("start_timestamp=1990-01-01T00:00:00Z&end_timestamp=2026-01-01T00:00:00Z&interval=hour");
        assert_eq!(t.get(&long).await.unreadable(), crate::pairs(&[("value_error", "query.interval")]));
        let backwards = wrong("start_timestamp=2026-01-02T00:00:00Z&end_timestamp=2026-01-01T00:00:00Z&interval=day");
        assert_eq!(t.get(&backwards).await.unreadable(), crate::pairs(&[("value_error", "query.end_timestamp")]));
        let ancient = wrong("start_timestamp=-009999-01-02T00:00:00Z&end_timestamp=2026-01-01T00:00:00Z&interval=year");
        assert_eq!(t.get(&ancient).await.unreadable()[0], ("datetime_from_date_parsing".to_owned(), "query.start_timestamp".to_owned()));
        let all = wrong("start_timestamp=0001-01-01T00:00:00Z&end_timestamp=9999-12-30T00:00:00Z&interval=year");
        assert_eq!(t.get(&all).await.ok()["total"], 3.0);
        t.with_token(&t.stranger().await.1).get(&format!("{path}UTC")).await.not_found();
    }

    async fn meters_of_all_organizations_take_turns(t: &mut Till) {
        let eve = t.with_token(&t.stranger().await.1);
        for _ in 0..3 {
            ingest(t, json!([tokens("ada", 18, json!(1))])).await;
            t.drain().await;
        }
        ingest(&eve, json!([tokens("bob", 18, json!(1))])).await;
        t.drain().await;
        for _ in 0..3 {
            meter(t, sum()).await;
        }
        meter(&eve, sum()).await;
        let behind = |of_one, limit| t.app.store.meters_behind(of_one, limit);
        let is_own = |found: Vec<(till_core::kernel::records::Meter, till_core::kernel::records::MeterFold)>| {
            found.iter().map(|(meter, _)| meter.organization_id == t.organization.id).collect::<Vec<_>>()
        };
        assert_eq!(is_own(behind(64, 2).await.unwrap()), [true, false]);
        assert_eq!(is_own(behind(2, 10).await.unwrap()), [true, false, true]);
        assert_eq!(is_own(behind(64, 10).await.unwrap()), [true, false, true, true]);
        t.drain().await;
        assert!(behind(64, 10).await.unwrap().is_empty());
    }

    async fn an_organization_has_200_meters_at_most(t: &mut Till) {
        let body = json!({"name": "All", "filter": {"conjunction": "and", "clauses": []}, "aggregation": {"func": "count"}});
        for _ in 0..200 {
            t.post("/v1/meters/", body.clone()).await.created();
        }
        assert_eq!(t.post("/v1/meters/", body.clone()).await.invalid(), crate::pairs(&[("value_error", "body")]));
        t.with_token(&t.stranger().await.1).post("/v1/meters/", body).await.created();
    }

    async fn a_customer_has_a_meter_from_their_first_event_on(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        let meter = meter(t, sum()).await;
        ingest(t, json!([tokens("ada", 18, json!(1.5)), tokens("ada", 19, json!(2)), tokens("bob", 19, json!(7))])).await;
        t.drain().await;
        let listed = t.items("/v1/customer-meters/").await;
        assert_eq!(listed.len(), 1);
        let hers = &listed[0];
        assert_eq!((&hers["consumed_units"], &hers["credited_units"], &hers["balance"]), (&json!(3.5), &json!(0), &json!(-3.5)));
        assert_eq!((&hers["customer"]["id"], &hers["meter"]["id"]), (&ada["id"], &meter["id"]));
        assert_eq!(&t.get(&format!("/v1/customer-meters/{}", id(hers))).await.ok(), hers);
        t.with_token(&t.stranger().await.1).get(&format!("/v1/customer-meters/{}", id(hers))).await.not_found();
        // Who appears later has used what named them before.
        let bob = t.post("/v1/customers/", json!({"email": "bob@example.com", "external_id": "bob"})).await.created();
        t.catch_up().await;
        for (query, units) in [(format!("?customer_id={}", id(&bob)), vec!["7.0"]), ("?external_customer_id=bob".into(), vec!["7.0"]),
            (format!("?meter_id={}&sorting=consumed_units", id(&meter)), vec!["3.5", "7.0"]), ("?sorting=balance".into(), vec!["7.0", "3.5"]),
            ("?sorting=customer_name&sorting=-consumed_units".into(), vec!["7.0", "3.5"])] {
            assert_eq!(t.get(&format!("/v1/customer-meters/{query}")).await.listed("consumed_units"), units, "{query}");
        }
        assert_eq!(days(t, &meter, &format!("&customer_id={}", id(&bob))).await.0, [0.0, 7.0, 0.0]);
        assert_eq!(days(t, &meter, "").await.1, 10.5);
        let state = t.get(&format!("/v1/customers/{}/state", id(&bob))).await.ok();
        assert_eq!((&state["active_meters"][0]["meter_id"], &state["active_meters"][0]["balance"]), (&meter["id"], &json!(-7.0)));
        let viewer = t.viewer_of(&ada).await;
        let seen = viewer.items("/v1/customer-portal/meters/?query=tok").await;
        assert_eq!((seen.len(), &seen[0]["meter"]["name"], &seen[0]["consumed_units"]), (1, &json!("Tokens"), &json!(3.5)));
        viewer.get(&format!("/v1/customer-portal/meters/{}", id(hers))).await.ok();
        let others = t.items(&format!("/v1/customer-meters/?customer_id={}", id(&bob))).await.remove(0);
        viewer.get(&format!("/v1/customer-portal/meters/{}", id(&others))).await.not_found();
    }

    async fn different_values_of_a_customer_count_once(t: &mut Till) {
        t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        meter(t, json!({"func": "unique", "property": "tokens"})).await;
        for day in [18, 19, 18] {
            ingest(t, json!([tokens("ada", day, json!("x")), tokens("ada", day, json!("y"))])).await;
            t.drain().await;
        }
        assert_eq!(t.items("/v1/customer-meters/").await[0]["consumed_units"], 2.0);
    }

    async fn what_a_meter_counts_stays_once_it_has_counted(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let path = format!("/v1/meters/{}", id(&meter));
        let other = json!({"conjunction": "and", "clauses": []});
        ingest(t, json!([{"name": "other", "external_customer_id": "ada", "timestamp": "2026-11-18T10:00:00Z", "metadata": {"tokens": 7}}])).await;
        t.drain().await;
        // It has counted nothing yet: with another filter it counts from the beginning.
        t.patch(&path, json!({"filter": other})).await.ok();
        t.drain().await;
        assert_eq!(days(t, &meter, "").await.0, [7.0, 0.0, 0.0]);
        let change = json!({"filter": meter["filter"], "aggregation": {"func": "count"}});
        assert_eq!(t.patch(&path, change).await.invalid(), crate::pairs(&[("forbidden", "body.filter"), ("forbidden", "body.aggregation")]));
        t.patch(&path, json!({"filter": other, "aggregation": sum(), "name": "Renamed"})).await.ok();
    }

    async fn an_erased_customer_leaves_numbers_and_no_texts(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        let meter = meter(t, sum()).await;
        ingest(t, json!([{"name": "llm", "external_customer_id": "ada", "external_member_id": "ada-1", "timestamp": "2026-11-18T10:00:00Z", "metadata": {"tokens": 7,
            "question": "secret", "_llm": {"vendor": "v", "model": "m", "prompt": "secret", "response": "secret", "input_tokens": 1, "output_tokens": 2, "total_tokens": 3}}}])).await;
        t.drain().await;
        let exported = t.viewer_of(&ada).await.get("/v1/customer-portal/customers/me/export").await.ok();
        assert_eq!(exported["usage_events"][0]["metadata"]["question"], "secret");
        assert_eq!(exported["meters"][0]["consumed_units"], 7.0);
        t.delete(&format!("/v1/customers/{}?anonymize=true", id(&ada))).await.gone();
        t.catch_up().await;
        let event = t.items("/v1/events/?source=user").await.remove(0);
        assert_eq!(event["metadata"], json!({"tokens": 7, "_llm": {"vendor": "v", "model": "m", "input_tokens": 1, "output_tokens": 2, "total_tokens": 3}}));
        assert_eq!((&event["external_customer_id"], &event["external_member_id"]), (&json!(null), &json!(null)));
        assert_eq!(days(t, &meter, "").await.1, 7.0);
    }

    async fn events_that_name_a_deleted_customer_are_erased_with_them(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        let path = format!("/v1/customers/{}", id(&ada));
        t.delete(&path).await.gone();
        ingest(t, json!([tokens("ada", 18, json!(7)), tokens("bob", 18, json!(7))])).await;
        t.catch_up().await;
        t.delete(&format!("{path}?anonymize=true")).await.gone();
        t.catch_up().await;
        let names = t.get("/v1/events/?source=user").await.listed("external_customer_id");
        assert_eq!(names.iter().filter(|name| name.contains("ada")).count(), 0, "{names:?}");
        let mut kept: Vec<String> = t.items("/v1/events/?source=user").await.iter().map(|event| event["metadata"].to_string()).collect();
        kept.sort();
        assert_eq!(kept, [r#"{"tokens":7,"user":"bob"}"#, r#"{"tokens":7}"#]);
    }
}
