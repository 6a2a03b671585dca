use super::*;

fn operation(tag: &str, anchor: &str) -> &'static Operation {
    let area = &REFERENCE.areas[tag];
    area.operations.iter().find(|o| o.anchor == anchor).unwrap()
}

fn field<'a>(schema: &'a Schema, name: &str) -> &'a Schema {
    schema.fields.iter().find(|f| f.name == name).unwrap()
}

#[test]
fn every_operation_of_the_document_is_on_a_page_once() {
    let document = serde_json::to_value(api::document()).unwrap();
    let wanted: usize = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|item| item.as_object().unwrap().len())
        .sum();
    let mut anchors: Vec<_> = REFERENCE
        .areas
        .values()
        .flat_map(|area| area.operations.iter().map(|o| &o.anchor))
        .collect();
    assert_eq!(anchors.len(), wanted);
    anchors.sort();
    anchors.dedup();
    assert_eq!(anchors.len(), wanted, "anchors are unique");
    assert_eq!(PAGES.len(), REFERENCE.areas.len());
}

#[test]
fn a_page_is_small_and_keeps_to_the_policy() {
    for (tag, html) in PAGES.iter() {
        assert!(html.len() < 1_000_000, "{tag}: {} bytes", html.len());
        assert!(
            !html.contains("style=") && !html.contains("<style"),
            "{tag}"
        );
        assert!(html.contains("/openapi.json"));
    }
}

#[test]
fn every_link_within_a_page_leads_somewhere() {
    for (tag, html) in PAGES.iter() {
        let mut ids: Vec<_> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let count = ids.len();
        for target in html.split("href=\"#").skip(1) {
            let target = target.split('"').next().unwrap();
            assert!(ids.contains(&target), "{tag}: #{target}");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{tag}: an id stands twice");
    }
}

#[test]
fn a_body_is_a_tree_of_fields_with_their_rules() {
    let body = operation("products", "products-create")
        .body
        .as_ref()
        .unwrap();
    let [body, _] = &body.choices[..] else {
        panic!("a product is sold once or by the period: {body:?}");
    };
    let name = field(body, "name");
    assert!(name.required);
    assert_eq!(
        name.rules,
        ["at least 3 characters", "at most 64 characters"]
    );
    let prices = field(body, "prices");
    assert!(!prices.choices.is_empty(), "{prices:?}");
    let visibility = field(body, "visibility");
    assert_eq!(visibility.values, ["draft", "private", "public"]);
    assert!(!visibility.required);
}

#[test]
fn an_answer_names_its_object_and_a_list_says_of_what() {
    let created = &operation("checkouts", "checkouts-create").answers[0];
    assert_eq!(created.status, "201");
    let body = created.body.as_ref().unwrap();
    assert_eq!(body.kinds, [tree::Kind::Named("Checkout".into())]);
    let listed = operation("checkouts", "checkouts-list");
    let page = listed.answers[0].body.as_ref().unwrap().render().unwrap();
    assert!(
        page.contains("page of <a href=\"#Checkout\">Checkout</a>"),
        "{page}"
    );
}

#[test]
fn an_example_sends_what_must_be_sent() {
    let create = operation("checkouts", "checkouts-create");
    assert!(
        create.curl.contains("-d '{\"products\":[\""),
        "{}",
        create.curl
    );
    assert!(create.curl.contains("Bearer $TILL_ACCESS_TOKEN"));
    let product = operation("products", "products-create");
    assert!(
        product.curl.contains("\"price_amount\":1000"),
        "{}",
        product.curl
    );
    let update = operation("products", "products-update");
    assert!(
        update
            .curl
            .contains("-X PATCH \"$TILL_URL/v1/products/$ID\""),
        "{}",
        update.curl
    );
    assert!(
        !operation("checkouts", "checkouts-client-get")
            .curl
            .contains("Bearer")
    );
}

#[test]
fn words_between_backticks_are_code_and_all_are_escaped() {
    let html = Prose::of("Not `a<b>`, but <c>.").render().unwrap();
    assert_eq!(html, "Not <code>a&#60;b&#62;</code>, but &#60;c&#62;.");
}

#[test]
fn an_operation_is_found_by_its_words() {
    let create = operation("checkouts", "checkouts-create");
    assert!(create.meets("") && create.meets("post checkout") && create.meets("CREATES"));
    assert!(!create.meets("post refund"));
}
