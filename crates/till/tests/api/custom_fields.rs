//! Custom fields, and the answers to them.

use serde_json::{Value, json};
use till_server::jobs;
use till_testkit::{Till, both, buyer};
use till_wire::scope::Scope;

use crate::pairs;

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";

fn path(field: &Value) -> String {
    format!("/v1/custom-fields/{}", field["id"].as_str().unwrap())
}

fn choices() -> Value {
    json!({"options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]})
}

/// A product that asks for a text, and for a choice that must be made.
async fn asking(t: &Till) -> (Value, Value, Value) {
    let product = t.product().await;
    let text = t.field("text", "text", json!({"min_length": 2})).await;
    let select = t.field("select", "select", choices()).await;
    t.asks(&product, &[(&text, false), (&select, true)]).await;
    (product, text, select)
}

fn confirmation(data: Value) -> Value {
    let mut body = buyer(ADA, VISA);
    body["custom_field_data"] = data;
    body
}

both! {
    async fn each_type_has_its_own_properties_and_unset_ones_are_left_out(t: &mut Till) {
        for (kind, sent, kept) in [
            ("text", json!({"form_label": "Your name", "form_help_text": null, "form_placeholder": "", "textarea": true, "min_length": 1,
                "max_length": "9", "ge": 3}),
                json!({"form_label": "Your name", "textarea": true, "min_length": 1, "max_length": 9})),
            ("number", json!({"ge": 0, "le": 10}), json!({"ge": 0, "le": 10})),
            ("date", json!({"ge": 0}), json!({"ge": 0})),
            ("checkbox", json!({"form_help_text": "Tick it"}), json!({"form_help_text": "Tick it"})),
            ("select", choices(), choices()),
        ] {
            let field = t.field(kind, &format!("my-{kind}_1"), sent).await;
            assert_eq!((&field["type"], &field["properties"]), (&json!(kind), &kept));
            assert_eq!((&field["modified_at"], &field["metadata"]), (&json!(null), &json!({})));
            assert_eq!(t.get(&path(&field)).await.ok(), field);
            let change = json!({"type": kind, "name": "New", "slug": null, "properties": null, "metadata": {"a": 1}});
            let changed = t.patch(&path(&field), change).await.ok();
            assert_eq!((&changed["name"], &changed["slug"], &changed["properties"]), (&json!("New"), &field["slug"], &kept));
            assert_eq!(changed["metadata"], json!({"a": 1}));
            assert!(changed["modified_at"].is_string());
        }
    }

    async fn what_does_not_read_is_told_below_its_type(t: &mut Till) {
        let of = |kind: &str, properties: Value| json!({"type": kind, "slug": "a", "name": "A", "properties": properties});
        for (body, expected) in [
            (json!({"slug": "a"}), vec![("union_tag_not_found", "body")]),
            (json!({"type": "colour"}), vec![("union_tag_invalid", "body")]),
            (json!({"type": "text"}), vec![("missing", "body.text.slug"), ("missing", "body.text.name"), ("missing", "body.text.properties")]),
            (json!({"type": "text", "slug": "Äpfel", "name": "", "properties": []}), vec![("string_pattern_mismatch", "body.text.slug"),
                ("string_too_short", "body.text.name"), ("dict_type", "body.text.properties")]),
            (json!({"type": "text", "slug": "", "name": "A", "properties": {}}), vec![("string_too_short", "body.text.slug")]),
            (of("text", json!({"min_length": -1})), vec![("greater_than_equal", "body.text.properties.min_length")]),
            (of("number", json!({"ge": 2, "le": 1})), vec![("value_error", "body.number.properties")]),
            (of("date", json!({"ge": 2_147_483_648_i64})), vec![("less_than_equal", "body.date.properties.ge")]),
            (of("select", json!({})), vec![("missing", "body.select.properties.options")]),
            (of("select", json!({"options": []})), vec![("too_short", "body.select.properties.options")]),
            (of("select", json!({"options": [{"value": "", "label": "x"}, {"value": "y"}]})), vec![
                ("string_too_short", "body.select.properties.options.0.value"), ("missing", "body.select.properties.options.1.label")]),
        ] {
            let wrong = t.post("/v1/custom-fields/", body.clone()).await.unreadable();
            assert_eq!(wrong, pairs(&expected), "{body}");
        }
        let field = t.field("text", "it", json!({})).await;
        assert_eq!(t.patch(&path(&field), json!({"name": "x"})).await.unreadable(), pairs(&[("union_tag_not_found", "body")]));
        let other = json!({"type": "number", "name": "x"});
        assert_eq!(t.patch(&path(&field), other).await.invalid(), pairs(&[("value_error", "body.type")]));
        let wrong = t.patch(&path(&field), json!({"type": "text", "slug": "A B"})).await.unreadable();
        assert_eq!(wrong, pairs(&[("string_pattern_mismatch", "body.text.slug")]));
    }

    async fn a_slug_belongs_to_one_live_field(t: &mut Till) {
        let first = t.field("text", "size", json!({})).await;
        let again = json!({"type": "checkbox", "slug": "size", "name": "Size", "properties": {}});
        let taken = pairs(&[("value_error", "body.slug")]);
        assert_eq!(t.post("/v1/custom-fields/", again.clone()).await.invalid(), taken);
        let second = t.field("text", "other", json!({})).await;
        assert_eq!(t.patch(&path(&second), json!({"type": "text", "slug": "size"})).await.invalid(), taken);
        assert_eq!(t.patch(&path(&first), json!({"type": "text", "slug": "size"})).await.ok()["slug"], "size");
        let (_, token) = t.stranger().await;
        t.with_token(&token).post("/v1/custom-fields/", again.clone()).await.created();
        t.delete(&path(&first)).await.gone();
        t.get(&path(&first)).await.not_found();
        t.delete(&path(&first)).await.not_found();
        t.post("/v1/custom-fields/", again).await.created();
    }

    async fn custom_fields_are_listed_filtered_and_sorted(t: &mut Till) {
        for (kind, slug, name) in [("text", "b", "Zebra"), ("date", "c", "apple"), ("number", "a", "Mango")] {
            let body = json!({"type": kind, "slug": slug, "name": name, "properties": {}});
            t.post("/v1/custom-fields/", body).await.created();
        }
        let listed = async |query: &str| t.get(&format!("/v1/custom-fields/?{query}")).await.listed("slug");
        assert_eq!(listed("").await, ["a", "b", "c"]);
        assert_eq!(listed("sorting=-created_at").await, ["a", "c", "b"]);
        assert_eq!(listed("sorting=name").await, ["c", "a", "b"]);
        assert_eq!(listed("sorting=type").await, ["c", "a", "b"]);
        assert_eq!(listed("type=text&type=date").await, ["b", "c"]);
        assert_eq!(listed("query=ZEB").await, ["b"]);
        assert_eq!(t.get("/v1/custom-fields/?type=gold").await.unreadable(), pairs(&[("enum", "query.type")]));
        let (_, token) = t.stranger().await;
        let (theirs, mine) = (t.with_token(&token), &t.items("/v1/custom-fields/").await[0]);
        assert!(theirs.get("/v1/custom-fields/").await.listed("slug").is_empty());
        theirs.get(&path(mine)).await.not_found();
        theirs.patch(&path(mine), json!({"type": "number", "name": "x"})).await.not_found();
        theirs.delete(&path(mine)).await.not_found();
        let reader = t.with_token(&t.token_of(&[Scope::CustomFieldsRead]).await);
        reader.get(&path(mine)).await.ok();
        reader.delete(&path(mine)).await.refused(403, "insufficient_scope");
    }

    async fn sessions_show_what_the_selected_product_asks(t: &mut Till) {
        let (product, text, select) = asking(t).await;
        let attached = json!([
            {"custom_field_id": text["id"], "custom_field": text, "order": 0, "required": false},
            {"custom_field_id": select["id"], "custom_field": select, "order": 1, "required": true},
        ]);
        let checkout = t.checkout_for(&product).await;
        assert_eq!(checkout["attached_custom_fields"], attached);
        assert_eq!(t.get(&format!("/v1/products/{}", product["id"].as_str().unwrap())).await.ok()["attached_custom_fields"], attached);
        t.delete(&path(&text)).await.gone();
        let left = t.reload(&checkout).await;
        assert_eq!(left["attached_custom_fields"].as_array().unwrap().len(), 1);
        assert_eq!(left["attached_custom_fields"][0]["order"], 0, "detached from every product");
    }

    async fn answers_are_judged_on_the_way_and_merged(t: &mut Till) {
        let (product, ..) = asking(t).await;
        let wrong = json!({"products": [product["id"]], "custom_field_data": {"text": "ok", "select": "c"}});
        let wrong = t.post("/v1/checkouts/", wrong).await.invalid();
        assert_eq!(wrong, pairs(&[("literal_error", "body.custom_field_data.select")]));
        let data = json!({"text": "one", "select": "a", "unasked": 5});
        let checkout = t.checkout_with(&product, json!({"custom_field_data": data})).await;
        assert_eq!(checkout["custom_field_data"], json!({"text": "one", "select": "a"}));
        let merged = t.client_change(&checkout, json!({"custom_field_data": {"text": "two"}})).await.ok();
        assert_eq!(merged["custom_field_data"], json!({"text": "two", "select": "a"}));
        let kept = t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok();
        assert_eq!(kept["custom_field_data"], merged["custom_field_data"]);
        let wrong = t.client_change(&checkout, json!({"custom_field_data": {"text": "x"}})).await.invalid();
        assert_eq!(wrong, pairs(&[("string_too_short", "body.custom_field_data.text")]));
    }

    async fn a_confirmation_carries_all_required_answers_itself(t: &mut Till) {
        let (product, ..) = asking(t).await;
        let checkout = t.checkout_with(&product, json!({"custom_field_data": {"text": "one", "select": "a"}})).await;
        let missing = pairs(&[("missing", "body.custom_field_data.select")]);
        assert_eq!(t.confirm(&checkout, buyer(ADA, VISA)).await.invalid(), missing, "stored values do not count");
        assert_eq!(t.confirm(&checkout, confirmation(json!({"text": "two"}))).await.invalid(), missing);
        let null = t.confirm(&checkout, confirmation(json!({"select": null}))).await.invalid();
        assert_eq!(null, pairs(&[("literal_error", "body.custom_field_data.select")]));
        t.confirm(&checkout, confirmation(json!({"select": "b"}))).await.ok();
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["custom_field_data"], json!({"select": "b"}), "the confirmation's alone");
        assert_eq!(t.orders(&checkout).await[0]["custom_field_data"], json!({"select": "b"}));
    }

    async fn a_box_that_must_be_ticked_is_ticked(t: &mut Till) {
        let product = t.monthly().await;
        let terms = t.field("checkbox", "terms", json!({})).await;
        let news = t.field("checkbox", "news", json!({})).await;
        let day = t.field("date", "day", json!({})).await;
        t.asks(&product, &[(&terms, true), (&news, false), (&day, false)]).await;
        let checkout = t.checkout_for(&product).await;
        for (data, kind) in [(json!({}), "missing"), (json!({"terms": false}), "literal_error"), (json!({"terms": null}), "literal_error")] {
            let wrong = t.confirm(&checkout, confirmation(data)).await.invalid();
            assert_eq!(wrong, pairs(&[(kind, "body.custom_field_data.terms")]));
        }
        let data = json!({"terms": true, "news": "off", "day": "2024-05-05"});
        t.confirm(&checkout, confirmation(data)).await.ok();
        t.catch_up().await;
        let kept = json!({"terms": true, "news": false, "day": "2024-05-05T00:00:00"});
        assert_eq!(t.orders(&checkout).await[0]["custom_field_data"], kept);
        assert_eq!(t.items("/v1/subscriptions/").await[0]["custom_field_data"], kept);
    }

    async fn answers_follow_their_field_to_a_new_slug(t: &mut Till) {
        let product = t.monthly().await;
        let size = t.field("text", "size", json!({})).await;
        let other = t.field("text", "other-1", json!({})).await;
        t.asks(&product, &[(&size, false), (&other, false)]).await;
        let data = json!({"other-1": "x", "size": null});
        let bought = t.checkout_for(&product).await;
        t.confirm(&bought, confirmation(data)).await.ok();
        t.catch_up().await;
        let open = t.checkout_with(&product, json!({"custom_field_data": {"size": "XL"}})).await;
        for slug in ["width", "girth"] {
            let change = json!({"type": "text", "slug": slug});
            assert_eq!(t.patch(&path(&size), change).await.ok()["slug"], slug);
        }
        jobs::run_due(&t.app).await.unwrap();
        let now = json!({"other-1": "x", "girth": null});
        assert_eq!(t.orders(&bought).await[0]["custom_field_data"], now);
        assert_eq!(t.items("/v1/subscriptions/").await[0]["custom_field_data"], now);
        assert_eq!(t.reload(&bought).await["custom_field_data"], now);
        assert_eq!(t.reload(&open).await["custom_field_data"], json!({"girth": "XL"}));
        let changed = t.client_change(&open, json!({"custom_field_data": {"girth": "L"}})).await.ok();
        assert_eq!(changed["custom_field_data"], json!({"girth": "L"}));
    }

    async fn a_slug_taken_by_another_field_keeps_the_answers_given_since(t: &mut Till) {
        let product = t.product().await;
        let size = t.field("text", "size", json!({})).await;
        t.asks(&product, &[(&size, false)]).await;
        let before = t.checkout_with(&product, json!({"custom_field_data": {"size": "XL"}})).await;
        t.patch(&path(&size), json!({"type": "text", "slug": "width"})).await.ok();
        let successor = t.field("text", "size", json!({})).await;
        t.asks(&product, &[(&successor, false)]).await;
        let since = t.checkout_with(&product, json!({"custom_field_data": {"size": "S"}})).await;
        jobs::run_due(&t.app).await.unwrap();
        assert_eq!(t.reload(&before).await["custom_field_data"], json!({"width": "XL"}));
        assert_eq!(t.reload(&since).await["custom_field_data"], json!({"size": "S"}));
    }
}
