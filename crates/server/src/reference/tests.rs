use super::*;

/// Address that the pages say the server has.
const URL: &str = "https://pay.example.com";

fn operation(tag: &str, anchor: &str) -> &'static Operation {
    let area = &REFERENCE.areas[tag];
    area.operations.iter().find(|o| o.anchor == anchor).unwrap()
}

fn field<'a>(schema: &'a Schema, name: &str) -> &'a Schema {
    schema.fields.iter().find(|f| f.name == name).unwrap()
}

/// Every page, by its address.
fn all_pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    pages.insert(
        "/reference".to_owned(),
        index_page(URL, "").render().unwrap(),
    );
    for (tag, area) in &REFERENCE.areas {
        let shown = area_page(tag).unwrap();
        pages.insert(area.address.clone(), shown.render().unwrap());
        for operation in &area.operations {
            let shown = operation_page(tag, operation.name(), URL).unwrap();
            pages.insert(operation.address.clone(), shown.render().unwrap());
        }
    }
    for name in REFERENCE.objects.keys() {
        let shown = object_page(name).unwrap();
        pages.insert(
            format!("/reference/objects/{name}"),
            shown.render().unwrap(),
        );
    }
    pages
}

/// The values of an attribute on a page.
fn values<'a>(html: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {attribute}=\"");
    let parts: Vec<_> = html.split(&start).skip(1).collect();
    parts.into_iter().filter_map(|rest| rest.split('"').next())
}

#[test]
fn every_operation_of_the_document_has_a_page_of_its_own() {
    let document = serde_json::to_value(api::document()).unwrap();
    let wanted: usize = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|item| item.as_object().unwrap().len())
        .sum();
    let all = || REFERENCE.areas.values().flat_map(|area| &area.operations);
    let mut anchors: Vec<_> = all().map(|operation| &operation.anchor).collect();
    let mut addresses: Vec<_> = all().map(|operation| &operation.address).collect();
    for names in [&mut anchors, &mut addresses] {
        assert_eq!(names.len(), wanted);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), wanted, "names are unique");
    }
    assert!(
        !REFERENCE.areas.contains_key("objects"),
        "objects have this address"
    );
}

#[test]
fn a_page_is_small_and_keeps_to_the_policy() {
    for (address, html) in all_pages() {
        assert!(html.len() < 120_000, "{address}: {} bytes", html.len());
        assert!(
            !html.contains("style=") && !html.contains("<style"),
            "{address}"
        );
        assert!(html.contains("/openapi.json"));
    }
}

#[test]
fn every_link_of_the_reference_leads_somewhere() {
    let pages = all_pages();
    for (address, html) in &pages {
        let mut ids: Vec<_> = values(html, "id").collect();
        for target in values(html, "href") {
            if let Some(target) = target.strip_prefix('#') {
                assert!(ids.contains(&target), "{address}: #{target}");
            } else if target.starts_with("/reference") {
                assert!(pages.contains_key(target), "{address}: {target}");
            }
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{address}: an id stands twice");
    }
}

#[test]
fn an_area_lists_its_operations_and_objects_where_they_used_to_stand() {
    for (tag, area) in &REFERENCE.areas {
        let html = area_page(tag).unwrap().render().unwrap();
        let ids: Vec<_> = values(&html, "id").collect();
        for operation in &area.operations {
            assert!(
                ids.contains(&operation.anchor.as_str()),
                "{tag}: {}",
                operation.anchor
            );
            assert!(html.contains(&operation.address));
        }
        for name in &area.objects {
            assert!(ids.contains(&name.as_str()), "{tag}: {name}");
        }
    }
}

#[test]
fn the_navigation_shows_the_operations_of_the_area_and_where_one_is() {
    let html = operation_page("checkouts", "create", URL)
        .unwrap()
        .render()
        .unwrap();
    assert!(html.contains(r#"<a href="/reference/checkouts/create" aria-current="page">"#));
    assert!(html.contains(r#"<a href="/reference/checkouts/list">"#));
    assert!(!html.contains(r#"<a href="/reference/products/create">"#));
}

#[test]
fn a_body_is_a_tree_of_fields_with_their_rules() {
    let create = operation("products", "products-create");
    let [subscription, _] = &create.body.as_ref().unwrap().schema.choices[..] else {
        panic!("a product is sold once or by the period: {create:?}");
    };
    let name = field(subscription, "name");
    assert!(name.required);
    assert_eq!(name.rules, ["3 to 64 characters"]);
    let prices = field(subscription, "prices");
    assert!(!prices.choices.is_empty(), "{prices:?}");
    let visibility = field(subscription, "visibility");
    let words: Vec<_> = visibility
        .values
        .iter()
        .map(|value| value.word.as_str())
        .collect();
    assert_eq!(words, ["draft", "private", "public"]);
    assert!(!visibility.required);
}

#[test]
fn an_answer_names_its_object_and_a_list_says_of_what() {
    let created = &operation("checkouts", "checkouts-create").answers[0];
    assert_eq!(created.status, "201");
    let body = created.body.as_ref().unwrap();
    assert_eq!(body.kinds, [tree::Kind::Named("Checkout".into())]);
    let url = created
        .fields
        .iter()
        .find(|field| field.name == "url")
        .unwrap();
    assert!(!url.required, "an answer has all of its fields");
    assert!(
        created
            .example
            .as_ref()
            .unwrap()
            .contains("\"client_secret\"")
    );
    let listed = &operation("checkouts", "checkouts-list").answers[0];
    let page = listed.body.as_ref().unwrap().render().unwrap();
    let link = "page of <a href=\"/reference/objects/Checkout\">Checkout</a>";
    assert!(page.contains(link), "{page}");
    assert!(listed.example.as_ref().unwrap().contains("\"pagination\""));
}

#[test]
fn words_of_a_closed_list_have_their_meanings() {
    let checkout = &REFERENCE.objects["Checkout"].schema;
    let status = field(checkout, "status");
    let open = status
        .values
        .iter()
        .find(|value| value.word == "open")
        .unwrap();
    assert!(open.meaning.html().contains("buyer"), "{open:?}");
    assert!(!status.description.html().contains("<ul>"), "{status:?}");
}

#[test]
fn an_operation_says_who_may_call_it() {
    let permission = |tag: &str, anchor: &str| operation(tag, anchor).permission.clone();
    assert_eq!(
        permission("orders", "orders-list"),
        Permission::Token(vec!["orders:read"])
    );
    assert_eq!(
        permission("checkouts", "checkouts-client-get"),
        Permission::ClientSecret
    );
    assert_eq!(
        permission(
            "customer_portal",
            "customer-portal-customer-session-introspect"
        ),
        Permission::CustomerSession
    );
    assert_eq!(
        permission("sandbox", "sandbox-create-confirmation-token"),
        Permission::Nothing
    );
}

#[test]
fn an_example_calls_this_server_with_what_must_be_sent() {
    let create = operation("checkouts", "checkouts-create").curl(URL);
    assert!(
        create.starts_with(&format!("curl \"{URL}/v1/checkouts/\"")),
        "{create}"
    );
    assert!(create.contains("Bearer $TILL_TOKEN"));
    assert!(
        create.contains("-d '{\n    \"products\": [\n      \""),
        "{create}"
    );
    let update = operation("products", "products-update").curl(URL);
    assert!(
        update.starts_with(&format!("curl -X PATCH \"{URL}/v1/products/")),
        "{update}"
    );
    assert!(!update.contains("{id}"));
    let redeliver = operation("webhooks", "webhooks-redeliver-webhook-event").curl(URL);
    assert!(redeliver.starts_with("curl -X POST "), "{redeliver}");
    let client = operation("checkouts", "checkouts-client-get").curl(URL);
    assert!(!client.contains("Bearer"));
    assert!(!client.contains('{'), "{client}");
}

#[test]
fn descriptions_are_escaped() {
    let html = Prose::of("Not `a<b>`, but <c>.");
    assert_eq!(
        html.html(),
        "<p>Not <code>a&lt;b&gt;</code>, but &lt;c&gt;.</p>"
    );
}

#[test]
fn an_operation_is_found_by_its_words() {
    let create = operation("checkouts", "checkouts-create");
    assert!(create.meets("") && create.meets("post checkout") && create.meets("CREATE"));
    assert!(!create.meets("post refund"));
}
