//! The pages of discounts and custom fields.

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};

const DISCOUNTS: &str = "/dashboard/ada/products/discounts";
const FIELDS: &str = "/dashboard/ada/products/custom-fields";

/// The discount that a sent form has made, by the API.
async fn made(t: &Till, answer: &Answer, list: &str) -> Value {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let id = answer.header("location").rsplit('/').next().unwrap();
    t.get(&format!("{list}{id}")).await.ok()
}

async fn discount(t: &Till, answer: &Answer) -> Value {
    made(t, answer, "/v1/discounts/").await
}

async fn field(t: &Till, answer: &Answer) -> Value {
    made(t, answer, "/v1/custom-fields/").await
}

/// The error at a field of a form that was refused.
#[track_caller]
fn error_at(answer: &Answer, field: &str) -> String {
    assert_eq!(answer.status, 422, "{}", answer.text());
    let mark = format!(r#"id="{}-error">"#, field.replace('.', "-"));
    let text = answer.text();
    let (_, rest) = text
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no error at {field}: {text}"));
    rest.split('<').next().unwrap().to_owned()
}

/// The value of a form's field.
#[track_caller]
fn value_of(answer: &Answer, name: &str) -> String {
    let text = answer.text();
    let mark = format!(r#" name="{name}" "#);
    let (_, rest) = text
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no {name}: {text}"));
    let (_, rest) = rest.split_once("value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

const SHARE: [(&str, &str); 8] = [
    ("name", "Launch"),
    ("code", "launch10"),
    ("type", "percentage"),
    ("basis_points", "12.5"),
    ("_amounts.0.currency", "usd"),
    ("_amounts.0.amount", ""),
    ("duration", "once"),
    ("duration_in_months", ""),
];

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let changed = |name: &str| more.iter().any(|(key, _)| *key == name);
    fields
        .iter()
        .filter(|(key, _)| !changed(key))
        .chain(more)
        .copied()
        .collect()
}

both! {
    async fn a_discount_form_makes_what_the_api_makes(t: &mut Till) {
        let owner = t.dashboard().await;
        owner.get(DISCOUNTS).await.says(200, "Create a discount");
        let product = t.product().await;
        let page = owner.get(&format!("{DISCOUNTS}/new")).await;
        page.says(200, "Generate a code");
        page.says(200, "Book");
        owner.set_cookie("till_zone", "Europe/Berlin");
        let more = with(&SHARE, &[("starts_at", "2026-07-01T12:00"), ("ends_at", ""), ("max_redemptions", "5"), ("max_redemptions_per_customer", "1"),
            ("products", product["id"].as_str().unwrap()), ("_metadata.0.key", "a"), ("_metadata.0.value", "1")]);
        let share = discount(t, &owner.post(&format!("{DISCOUNTS}/new"), &more).await).await;
        assert_eq!((&share["basis_points"], &share["code"], &share["duration"]), (&json!(1250), &json!("launch10"), &json!("once")));
        assert_eq!((&share["starts_at"], &share["ends_at"]), (&json!("2026-07-01T10:00:00Z"), &json!(null)), "the viewer's time");
        assert_eq!((&share["max_redemptions"], &share["max_redemptions_per_customer"]), (&json!(5), &json!(1)));
        assert_eq!((&share["products"][0]["id"], &share["metadata"]), (&product["id"], &json!({"a": 1})));
        let fixed = with(&SHARE, &[("name", "Gift"), ("code", ""), ("type", "fixed"), ("basis_points", "x"), ("_amounts.0.amount", "5"),
            ("_amounts.1.currency", "jpy"), ("_amounts.1.amount", "700"), ("_amounts.2.currency", "eur"), ("_amounts.2.amount", ""),
            ("duration", "repeating"), ("duration_in_months", "3")]);
        let fixed = discount(t, &owner.post(&format!("{DISCOUNTS}/new"), &fixed).await).await;
        assert_eq!((&fixed["amounts"], &fixed["code"]), (&json!({"usd": 500, "jpy": 700}), &json!(null)));
        assert_eq!((&fixed["duration"], &fixed["duration_in_months"]), (&json!("repeating"), &json!(3)));
        let list = owner.get(DISCOUNTS).await;
        for words in ["Launch", "launch10", "12.5 %", "0 of 5", "Gift", "$5.00", "¥700", "For 3 months"] {
            list.says(200, words);
        }
        let found = owner.get(&format!("{DISCOUNTS}?query=LAUNCH1")).await;
        found.says(200, "Launch");
        assert!(!found.text().contains("Gift"));
        let sheet = owner.get(&format!("{DISCOUNTS}/{}", share["id"].as_str().unwrap())).await;
        for words in ["Copy discount ID", "Copy code", "12.5 %", "Book", "1 Jul 2026, 12:00"] {
            sheet.says(200, words);
        }
    }

    async fn a_code_and_another_currency_come_without_script(t: &mut Till) {
        let owner = t.dashboard().await;
        let new = format!("{DISCOUNTS}/new");
        let again = owner.post(&new, &with(&SHARE, &[("code", ""), ("_generate", "code")])).await;
        again.says(200, "12.5");
        let code = value_of(&again, "code");
        assert!(code.len() == 8 && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()), "{code}");
        assert_ne!(value_of(&owner.post(&new, &with(&SHARE, &[("_generate", "code")])).await, "code"), code);
        let more = owner.post(&new, &with(&SHARE, &[("type", "fixed"), ("_amounts.0.amount", "5"), ("_add", "amount")])).await;
        assert_eq!((value_of(&more, "_amounts.0.amount"), value_of(&more, "_amounts.1.amount")), ("5".to_owned(), String::new()));
        assert!(t.items("/v1/discounts/").await.is_empty());
    }

    async fn what_is_wrong_with_a_discount_stands_at_its_field(t: &mut Till) {
        let owner = t.dashboard().await;
        t.percent_off(1000, json!({"code": "Taken"})).await;
        let new = format!("{DISCOUNTS}/new");
        for (more, field) in [
            (vec![("name", "")], "name"),
            (vec![("code", "no spaces")], "code"),
            (vec![("code", "TAKEN")], "code"),
            (vec![("basis_points", "")], "basis_points"),
            (vec![("basis_points", "much")], "basis_points"),
            (vec![("basis_points", "120")], "basis_points"),
            (vec![("type", "fixed")], "_amounts.0.amount"),
            (vec![("type", "fixed"), ("_amounts.0.amount", "much")], "_amounts.0.amount"),
            (vec![("type", "fixed"), ("_amounts.0.amount", "5"), ("_amounts.1.currency", "eur"), ("_amounts.1.amount", "99999999999")], "_amounts.1.amount"),
            (vec![("type", "fixed"), ("_amounts.0.amount", "5"), ("_amounts.1.currency", "usd"), ("_amounts.1.amount", "6")], "_amounts.1.amount"),
            (vec![("duration", "repeating")], "duration_in_months"),
            (vec![("max_redemptions", "0")], "max_redemptions"),
            (vec![("starts_at", "2026-07-02T12:00"), ("ends_at", "2026-07-01T12:00")], "ends_at"),
        ] {
            let answer = owner.post(&new, &with(&SHARE, &more)).await;
            assert!(!error_at(&answer, field).is_empty(), "{field}");
            assert!(field == "name" || value_of(&answer, "name") == "Launch", "nothing typed is lost");
        }
        assert_eq!(t.items("/v1/discounts/").await.len(), 1);
    }

    async fn a_discount_is_changed_and_deleted_after_asking(t: &mut Till) {
        let owner = t.dashboard().await;
        let gift = t.amount_off(500, json!({"code": "gift", "ends_at": "2030-01-01T00:00:00Z"})).await;
        let here = format!("{DISCOUNTS}/{}", gift["id"].as_str().unwrap());
        let page = owner.get(&format!("{here}/edit")).await;
        assert_eq!((value_of(&page, "_amounts.0.amount"), value_of(&page, "ends_at")), ("5.00".to_owned(), "2030-01-01T00:00".to_owned()));
        let typed = [("name", "Present"), ("code", ""), ("_amounts.0.currency", "usd"), ("_amounts.0.amount", "6"), ("_amounts.1.currency", "eur"),
            ("_amounts.1.amount", "5.50"), ("starts_at", ""), ("ends_at", ""), ("max_redemptions", ""), ("max_redemptions_per_customer", "")];
        let changed = discount(t, &owner.post(&format!("{here}/edit"), &typed).await).await;
        assert_eq!((&changed["name"], &changed["code"], &changed["ends_at"]), (&json!("Present"), &json!(null), &json!(null)));
        assert_eq!(changed["amounts"], json!({"usd": 600, "eur": 550}));
        let blank = owner.post(&format!("{here}/edit"), &with(&typed, &[("name", "")])).await;
        assert!(!error_at(&blank, "name").is_empty());
        let checkout = t.checkout_with(&t.product().await, json!({"discount_id": gift["id"]})).await;
        t.buy(&checkout, "ada@example.com").await;
        let page = owner.get(&format!("{here}/edit")).await;
        page.says(200, "It has been used");
        assert!(!page.text().contains("_amounts.0.amount"));
        let renamed = discount(t, &owner.post(&format!("{here}/edit"), &[("name", "Used"), ("code", "again")]).await).await;
        assert_eq!((&renamed["name"], &renamed["amounts"]), (&json!("Used"), &changed["amounts"]));
        owner.get(&format!("{here}/delete")).await.says(200, "Delete Used?");
        assert_eq!(owner.post(&format!("{here}/delete"), &[]).await.header("location"), DISCOUNTS);
        owner.get(DISCOUNTS).await.says(200, "Used was deleted.");
        assert_eq!(owner.get(&here).await.status, 404);
    }

    async fn each_type_of_custom_field_has_its_form(t: &mut Till) {
        let owner = t.dashboard().await;
        owner.get(FIELDS).await.says(200, "Create a custom field");
        let new = format!("{FIELDS}/new");
        for (kind, typed, kept) in [
            ("text", vec![("properties.textarea", "true"), ("properties.min_length", "2"), ("properties.max_length", "")],
                json!({"textarea": true, "min_length": 2})),
            ("number", vec![("properties.ge", "0"), ("properties.le", "10")], json!({"ge": 0, "le": 10})),
            ("date", vec![("properties.ge", "2024-05-05"), ("properties.le", "")], json!({"ge": 1_714_867_200})),
            ("checkbox", vec![("properties.form_help_text", "Please tick")], json!({"form_help_text": "Please tick"})),
            ("select", vec![("properties.options.0.label", ""), ("properties.options.0.value", ""), ("properties.options.1.label", "Large"),
                ("properties.options.1.value", "l"), ("properties.options.2.label", "small"), ("properties.options.2.value", "")],
                json!({"options": [{"value": "l", "label": "Large"}, {"value": "small", "label": "small"}]})),
        ] {
            owner.get(&format!("{new}?type={kind}")).await.says(200, "Create custom field");
            let name = format!("My {kind}");
            let typed = with(&[("type", kind), ("name", &name), ("slug", ""), ("properties.form_label", "")], &typed);
            let field = field(t, &owner.post(&new, &typed).await).await;
            assert_eq!((&field["type"], &field["slug"], &field["properties"]), (&json!(kind), &json!(format!("my-{kind}")), &kept));
            let here = format!("{FIELDS}/{}", field["id"].as_str().unwrap());
            owner.get(&here).await.says(200, "Copy custom field ID");
            let page = owner.get(&format!("{here}/edit")).await;
            assert_eq!(value_of(&page, "slug"), format!("my-{kind}"));
        }
        assert!(owner.get(&format!("{FIELDS}?type=gold")).await.status == 200, "an old bookmark shows a list");
        owner.get(&format!("{FIELDS}?query=DATE")).await.says(200, "My date");
    }

    async fn what_is_wrong_with_a_custom_field_stands_at_its_field(t: &mut Till) {
        let owner = t.dashboard().await;
        t.field("text", "taken", json!({})).await;
        let new = format!("{FIELDS}/new");
        for (kind, more, field) in [
            ("text", vec![("name", "")], "name"),
            ("text", vec![("slug", "Big One")], "slug"),
            ("text", vec![("slug", "taken")], "slug"),
            ("text", vec![("name", "!")], "slug"),
            ("text", vec![("properties.min_length", "-1")], "properties.min_length"),
            ("number", vec![("properties.le", "many")], "properties.le"),
        ] {
            let typed = with(&[("type", kind), ("name", "It"), ("slug", "")], &more);
            let answer = owner.post(&new, &typed).await;
            assert!(!error_at(&answer, field).is_empty(), "{field}");
        }
        let crossed = [("type", "number"), ("name", "It"), ("slug", ""), ("properties.ge", "2"), ("properties.le", "1")];
        owner.post(&new, &crossed).await.says(422, "ge must not exceed le");
        let none = [("type", "select"), ("name", "It"), ("slug", ""), ("properties.options.0.label", "")];
        owner.post(&new, &none).await.says(422, "Field required");
        let more = owner.post(&new, &[("type", "select"), ("name", "It"), ("slug", ""), ("properties.options.7.label", "x"), ("_add", "option")]).await;
        more.says(200, "properties.options.9.value");
        assert_eq!(t.items("/v1/custom-fields/").await.len(), 1);
    }

    async fn a_custom_field_is_changed_and_deleted_after_asking(t: &mut Till) {
        let owner = t.dashboard().await;
        let size = t.field("text", "size", json!({"textarea": true, "min_length": 3})).await;
        let here = format!("{FIELDS}/{}", size["id"].as_str().unwrap());
        let typed = [("type", "text"), ("name", "Width"), ("slug", "width"), ("properties.form_label", "How wide?"), ("properties.min_length", "")];
        let changed = field(t, &owner.post(&format!("{here}/edit"), &typed).await).await;
        assert_eq!((&changed["name"], &changed["slug"]), (&json!("Width"), &json!("width")));
        assert_eq!(changed["properties"], json!({"form_label": "How wide?"}));
        let blank = owner.post(&format!("{here}/edit"), &with(&typed, &[("slug", "")])).await;
        assert!(!error_at(&blank, "slug").is_empty(), "a change needs a slug");
        owner.get(&format!("{here}/delete")).await.says(200, "Delete Width?");
        assert_eq!(owner.post(&format!("{here}/delete"), &[]).await.header("location"), FIELDS);
        owner.get(FIELDS).await.says(200, "Width was deleted.");
        assert_eq!(owner.get(&here).await.status, 404);
        t.catch_up().await;
    }

    async fn another_shops_terms_are_not_there(t: &mut Till) {
        let discount = t.percent_off(1000, json!({"name": "Secret sale"})).await;
        let field = t.field("text", "secret", json!({})).await;
        let (eve, token) = t.stranger().await;
        let theirs = t.with_token(&token);
        let user = t.app.store.user_by_email(&format!("{}@example.com", eve.slug)).await.unwrap().unwrap();
        let browser = theirs.signed_in(&user).await;
        for (list, thing) in [("discounts", &discount), ("custom-fields", &field)] {
            let own = format!("/dashboard/{}/products/{list}", eve.slug);
            let page = browser.get(&own).await;
            assert!(page.status == 200 && !page.text().to_lowercase().contains("secret"));
            let id = thing["id"].as_str().unwrap();
            for rest in ["", "/edit", "/delete"] {
                assert_eq!(browser.get(&format!("{own}/{id}{rest}")).await.status, 404);
                assert_eq!(browser.get(&format!("/dashboard/ada/products/{list}/{id}{rest}")).await.status, 404);
            }
            assert_eq!(browser.post(&format!("{own}/{id}/delete"), &[]).await.status, 404);
            assert_eq!(browser.post(&format!("{own}/{id}/edit"), &[("name", "x")]).await.status, 404);
            assert_eq!(t.get(&format!("/v1/{list}/{id}")).await.status, 200);
        }
    }
}
