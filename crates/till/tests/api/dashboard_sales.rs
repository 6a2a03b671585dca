//! The dashboard's checkouts, orders, subscriptions, customers and payments.

use std::time::Duration;

use serde_json::{Value, json};
use till_core::kernel::{
    changes::Changes,
    records::{Role, WebhookDelivery, WebhookEvent},
};
use till_store::Query;
use till_testkit::{Answer, Till, both, buyer};

const AREAS: [&str; 5] = [
    "checkouts",
    "orders",
    "subscriptions",
    "customers",
    "payments",
];

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

#[track_caller]
fn shown(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// The number of rows of the list on a page.
#[track_caller]
fn rows(answer: &Answer) -> usize {
    let html = shown(answer);
    let (_, body) = html.split_once("<tbody>").unwrap_or_default();
    body.split_once("</tbody>")
        .unwrap_or_default()
        .0
        .matches("<tr>")
        .count()
}

/// The records of a CSV answer, its head first.
#[track_caller]
fn table(answer: &Answer) -> Vec<Vec<String>> {
    let text = shown(answer);
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=")
    );
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// A monthly subscription that Ada bought, with one refused card before.
async fn bought(t: &Till) -> Value {
    let product = t.monthly().await;
    let more = json!({"metadata": {"campaign": "spring"}, "external_customer_id": "u-1"});
    let checkout = t.checkout_with(&product, more).await;
    t.confirm(
        &checkout,
        buyer("ada@example.com", "pm_card_chargeDeclined"),
    )
    .await;
    t.catch_up().await;
    t.buy(&checkout, "ada@example.com").await
}

/// One row of each kind: area, id, and what its page must say.
async fn things(t: &Till) -> Vec<(&'static str, String, Vec<String>)> {
    let checkout = bought(t).await;
    let order = t.orders(&checkout).await.remove(0);
    let payments = t.payments(&checkout).await;
    let customer = order["customer_id"].as_str().unwrap().to_owned();
    let subscription = order["subscription_id"].as_str().unwrap().to_owned();
    let link = |area: &str, id: &str| format!("href=\"/dashboard/ada/{area}/{id}\"");
    let product = link("products", order["product_id"].as_str().unwrap());
    let to = |area: &str, thing: &Value| link(area, id(thing));
    vec![
        (
            "checkouts",
            id(&checkout).to_owned(),
            vec![
                to("orders", &order),
                to("payments", &payments[0]),
                to("payments", &payments[1]),
                link("customers", &customer),
                product.clone(),
                "campaign".into(),
                "Checkout created".into(),
            ],
        ),
        (
            "orders",
            id(&order).to_owned(),
            vec![
                to("payments", &payments[0]),
                link("customers", &customer),
                link("subscriptions", &subscription),
                to("checkouts", &checkout),
                product.clone(),
                "France".into(),
                "Order paid".into(),
                order["invoice_number"].as_str().unwrap().into(),
                "spring".into(),
            ],
        ),
        (
            "subscriptions",
            subscription.clone(),
            vec![
                to("orders", &order),
                link("customers", &customer),
                to("checkouts", &checkout),
                product,
                "per month".into(),
                "Subscription active".into(),
            ],
        ),
        (
            "customers",
            customer.clone(),
            vec![
                to("orders", &order),
                link("subscriptions", &subscription),
                to("payments", &payments[0]),
                to("checkouts", &checkout),
                "ada@example.com".into(),
                "u-1".into(),
                "active_subscriptions".into(),
                "Customer created".into(),
            ],
        ),
        (
            "payments",
            id(&payments[0]).to_owned(),
            vec![
                to("orders", &order),
                to("checkouts", &checkout),
                link("customers", &customer),
                "4242".into(),
            ],
        ),
        (
            "payments",
            id(&payments[1]).to_owned(),
            vec![to("checkouts", &checkout), "Declined".into()],
        ),
    ]
}

both! {
    async fn what_was_bought_has_pages_that_lead_to_each_other(t: &mut Till) {
        let dashboard = t.dashboard().await;
        for (area, id, words) in things(t).await {
            let page = dashboard.get(&format!("/dashboard/ada/{area}/{id}")).await;
            let html = shown(&page);
            for word in words {
                assert!(html.contains(&word), "{area} lacks {word}: {html}");
            }
            let list = shown(&dashboard.get(&format!("/dashboard/ada/{area}")).await);
            assert!(list.contains(&format!("href=\"/dashboard/ada/{area}/{id}\"")), "{area}: {list}");
        }
    }

    async fn an_open_sessions_page_has_its_link_its_code_and_the_programs(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let dashboard = t.dashboard().await;
        let path = format!("/dashboard/ada/checkouts/{}", id(&checkout));
        let html = shown(&dashboard.get(&path).await);
        let url = checkout["url"].as_str().unwrap();
        assert!(html.contains(&format!("data-copy=\"{url}\"")) && html.contains("class=\"qr\""), "{html}");
        for words in ["curl -sS https://till.test/v1/checkouts/", "TypeScript", "polar_sdk", "TILL_TOKEN"] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(html.contains("No one has tried to pay yet."));
        t.buy(&checkout, "ada@example.com").await;
        let html = shown(&dashboard.get(&path).await);
        assert!(!html.contains("class=\"qr\"") && html.contains("TypeScript"), "what is paid has no link: {html}");
    }

    async fn an_empty_list_says_the_next_step(t: &mut Till) {
        let dashboard = t.dashboard().await;
        for area in AREAS {
            let html = shown(&dashboard.get(&format!("/dashboard/ada/{area}")).await);
            let step = if area == "customers" { "/dashboard/ada/customers/new" } else { "/dashboard/ada/products" };
            assert!(html.contains("class=\"empty\"") && html.contains(&format!("<a class=\"button\" href=\"{step}\"")), "{area}: {html}");
            assert_eq!(table(&dashboard.get(&format!("/dashboard/ada/{area}.csv")).await).len(), 1, "{area}: only the head");
        }
    }

    async fn every_table_is_whole_when_it_is_compressed_as_for_every_browser(t: &mut Till) {
        things(t).await;
        let dashboard = t.dashboard().await;
        for area in AREAS {
            for query in ["", "?query=nothing-like-it", "?from=2026-11-01&to=2026-11-30"] {
                let path = format!("/dashboard/ada/{area}.csv{query}");
                let plain = dashboard.get(&path).await;
                let packed = dashboard.get_with(&path, &[("accept-encoding", "gzip")]).await;
                assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
                // The last four bytes are the length of what was packed.
                let (_, length) = packed.body.split_last_chunk::<4>().unwrap();
                assert_eq!(u32::from_le_bytes(*length) as usize, plain.body.len(), "{path}");
                assert!(plain.body.starts_with("\u{feff}".as_bytes()), "{path}");
            }
        }
    }

    async fn filters_narrow_and_the_table_is_the_list(t: &mut Till) {
        let (one, other) = (t.product_named("One", 900).await, t.monthly().await);
        for (product, email) in [(&one, "ada@example.com"), (&one, "grace@example.org"), (&other, "ada@example.com")] {
            let checkout = t.checkout_for(product).await;
            t.buy(&checkout, email).await;
        }
        t.checkout_for(&one).await;
        let invoice = t.items("/v1/orders/").await[0]["invoice_number"].as_str().unwrap().to_lowercase();
        let dashboard = t.dashboard().await;
        let of_one = format!("product_id={}", id(&one));
        for (area, query, count) in [
            ("orders", String::new(), 3),
            ("orders", "query=GRACE".into(), 1),
            ("orders", "query=_race".into(), 0),
            ("orders", format!("query={invoice}"), 1),
            ("orders", of_one.clone(), 2),
            ("orders", format!("{of_one}&query=ada@&status=paid"), 1),
            ("orders", "status=refunded".into(), 0),
            ("orders", "from=2026-11-22&to=2026-11-22".into(), 3),
            ("orders", "to=2026-11-21".into(), 0),
            ("subscriptions", "query=ada".into(), 1),
            ("subscriptions", "query=grace".into(), 0),
            ("subscriptions", "status=active&cancel_at_period_end=false&from=2026-11-22".into(), 1),
            ("subscriptions", of_one.clone(), 0),
            ("checkouts", String::new(), 4),
            ("checkouts", of_one, 3),
            ("checkouts", "status=open".into(), 1),
            ("checkouts", "query=example.org".into(), 1),
            ("checkouts", "from=2026-11-23".into(), 0),
            ("payments", "query=grace".into(), 1),
            ("payments", "status=succeeded".into(), 3),
            ("payments", "status=failed".into(), 0),
            ("payments", "from=2026-11-23".into(), 0),
            ("customers", String::new(), 2),
            ("customers", "active=true".into(), 1),
            ("customers", "query=grace".into(), 1),
            ("customers", "to=2026-11-21".into(), 0),
        ] {
            let list = dashboard.get(&format!("/dashboard/ada/{area}?{query}")).await;
            assert_eq!(rows(&list), count, "{area}?{query}: {}", list.text());
            let file = dashboard.get(&format!("/dashboard/ada/{area}.csv?{query}&sorting=status&page=7")).await;
            let file = table(&file);
            assert_eq!(file.len(), count + 1, "{area}.csv?{query}");
            for row in &file[1..] {
                assert!(list.text().contains(&row[0]), "{} is in the list too", row[0]);
            }
        }
    }

    async fn days_are_the_viewers(t: &mut Till) {
        t.customer("ada@example.com").await; // at noon in UTC
        let dashboard = t.dashboard().await;
        dashboard.set_cookie("till_zone", "Pacific/Auckland");
        assert_eq!(rows(&dashboard.get("/dashboard/ada/customers?from=2026-11-23&to=2026-11-23").await), 1);
        assert_eq!(rows(&dashboard.get("/dashboard/ada/customers?to=2026-11-22").await), 0);
    }

    async fn a_table_has_exact_values(t: &mut Till) {
        let checkout = bought(t).await;
        let order = t.orders(&checkout).await.remove(0);
        let dashboard = t.dashboard().await;
        let file = table(&dashboard.get("/dashboard/ada/orders.csv").await);
        let value = |name: &str| {
            let at = file[0].iter().position(|head| head == name).unwrap();
            file[1][at].clone()
        };
        for (name, key) in [("ID", "id"), ("Created At", "created_at"), ("Status", "status"), ("Currency", "currency"),
            ("Invoice Number", "invoice_number"), ("Subscription ID", "subscription_id")] {
            assert_eq!(value(name), order[key].as_str().unwrap());
        }
        let total = order["total_amount"].as_i64().unwrap();
        assert_eq!(value("Total (minor units)"), total.to_string());
        assert_eq!(value("Total"), format!("{}.{:02}", total / 100, total % 100));
        assert_eq!(value("Metadata"), r#"{"campaign":"spring"}"#);
        let payments = table(&dashboard.get("/dashboard/ada/payments.csv").await);
        assert_eq!(payments.len(), 3);
        assert!(payments[2].contains(&"ada@example.com".to_owned()) && payments[2].contains(&"failed".to_owned()));
    }

    async fn a_long_table_is_whole_and_tells_nobody_twice(t: &mut Till) {
        // Four at each moment, so that parts end amid a moment.
        let mut changes = Changes::new();
        let template = t.customer("first@example.com").await;
        let row = t.app.store.customer(t.organization.id, id(&template).parse().unwrap()).await.unwrap().unwrap();
        let ctx = t.app.context();
        for n in 0..450_i64 {
            let mut one = row.clone();
            one.id = ctx.id();
            one.email = format!("c{n}@example.com");
            one.email_key = one.email.clone();
            one.invoice_prefix = format!("P{n}");
            one.created_at = row.created_at - Duration::from_secs((n / 4).unsigned_abs());
            changes.insert(&one);
        }
        t.app.store.commit(changes).await.unwrap();
        let file = table(&t.dashboard().await.get("/dashboard/ada/customers.csv").await);
        let mut ids: Vec<_> = file[1..].iter().map(|row| row[0].clone()).collect();
        assert_eq!(ids.len(), 451);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 451);
        let times: Vec<_> = file[1..].iter().map(|row| row[2].parse::<jiff::Timestamp>().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b));
    }

    async fn a_moment_with_more_rows_than_a_part_is_told_whole(t: &mut Till) {
        let mut changes = Changes::new();
        let template = t.customer("first@example.com").await;
        let row = t.app.store.customer(t.organization.id, id(&template).parse().unwrap()).await.unwrap().unwrap();
        let ctx = t.app.context();
        for n in 0..250 {
            let mut one = row.clone();
            one.id = ctx.id();
            one.email = format!("c{n}@example.com");
            one.email_key = one.email.clone();
            one.invoice_prefix = format!("P{n}");
            changes.insert(&one);
        }
        t.app.store.commit(changes).await.unwrap();
        let file = table(&t.dashboard().await.get("/dashboard/ada/customers.csv").await);
        let mut ids: Vec<_> = file[1..].iter().map(|row| row[0].clone()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((file.len(), ids.len()), (252, 251));
    }

    async fn what_people_typed_is_shown_as_they_typed_it(t: &mut Till) {
        let bad = "<script>alert(1)</script>";
        let customer = json!({"email": "=cmd@example.com", "name": bad, "external_id": "-1\"'><b>", "metadata": {"<i>k</i>": bad}});
        let customer = t.post("/v1/customers/", customer).await.created();
        let product = t.product_named(bad, 100).await;
        let checkout = t.checkout_with(&product, json!({"customer_id": customer["id"], "metadata": {"<u>": bad}})).await;
        t.confirm(&checkout, json!({"customer_billing_address": {"country": "FR"}, "customer_billing_name": bad,
            "confirmation_token_id": "pm_card_visa"})).await.ok();
        t.catch_up().await;
        let dashboard = t.dashboard().await;
        let order = t.orders(&checkout).await.remove(0);
        let payment = t.payments(&checkout).await.remove(0);
        for page in [
            "checkouts".to_owned(), "orders".into(), "payments".into(), "customers".into(),
            format!("checkouts/{}", id(&checkout)), format!("orders/{}", id(&order)), format!("payments/{}", id(&payment)),
            format!("customers/{}", id(&customer)), format!("customers/{}/edit", id(&customer)),
            format!("customers/{}/delete", id(&customer)), "orders?query=%3Cscript%3Ealert(1)&whatever=%22%3E%3Cb%3E".into(),
        ] {
            let html = shown(&dashboard.get(&format!("/dashboard/ada/{page}")).await);
            for tag in ["<script>alert", "<b>", "<i>", "<u>"] {
                assert!(!html.contains(tag), "{page} has {tag}: {html}");
            }
        }
        let file = table(&dashboard.get("/dashboard/ada/customers.csv").await);
        assert_eq!(&file[1][1], "'-1\"'><b>", "no formula for a spreadsheet");
        assert_eq!(&file[1][3], "'=cmd@example.com");
        assert_eq!(&file[1][4], bad);
    }

    async fn another_shops_things_are_not_there(t: &mut Till) {
        let things = things(t).await;
        let (eve, _) = t.stranger().await;
        let owner = t.app.store.user_by_email(&format!("{}@example.com", eve.slug)).await.unwrap().unwrap();
        let dashboard = t.signed_in(&owner).await;
        for (area, id, _) in things {
            let theirs = format!("/dashboard/{}/{area}", eve.slug);
            assert_eq!(dashboard.get(&format!("{theirs}/{id}")).await.status, 404, "{area}");
            assert_eq!(dashboard.get(&format!("/dashboard/ada/{area}/{id}")).await.status, 404, "{area}");
            assert_eq!(dashboard.get(&format!("/dashboard/ada/{area}")).await.status, 404, "{area}");
            assert_eq!(dashboard.get(&format!("/dashboard/ada/{area}.csv")).await.status, 404, "{area}");
            assert_eq!(rows(&dashboard.get(&theirs).await), 0, "{area}");
            assert_eq!(table(&dashboard.get(&format!("{theirs}.csv")).await).len(), 1, "{area}");
            if area == "customers" {
                for act in ["edit", "delete"] {
                    assert_eq!(dashboard.get(&format!("{theirs}/{id}/{act}")).await.status, 404);
                    assert_eq!(dashboard.post(&format!("{theirs}/{id}/{act}"), &[("email", "x@example.com")]).await.status, 404);
                }
            }
        }
    }

    async fn what_does_not_read_is_left_out_of_the_question(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.buy(&checkout, "ada@example.com").await;
        let dashboard = t.dashboard().await;
        for area in AREAS {
            for query in [
                "page=0", "page=-1", "page=x", "page=99999999999999999999", "limit=0", "limit=9999", "sorting=nonsense",
                "sorting=-", "from=yesterday&to=2026-99-99", "status=nonsense", "product_id=5", "active=maybe",
                "customer_id=%00&query=%00", "cancel_at_period_end=2", "created_after=x", "%00=%00&a[]=1&&=&query=", "metadata[x",
            ] {
                let list = dashboard.get(&format!("/dashboard/ada/{area}?{query}&query=")).await;
                assert_eq!(list.status, 200, "{area}?{query}");
                if area != "subscriptions" && query != "page=99999999999999999999" {
                    assert_eq!(rows(&list), 1, "{area}?{query}: {}", list.text());
                }
                assert_eq!(dashboard.get(&format!("/dashboard/ada/{area}.csv?{query}")).await.status, 200, "{area}.csv?{query}");
            }
            let far = shown(&dashboard.get(&format!("/dashboard/ada/{area}?page=9&query=e")).await);
            if area != "subscriptions" {
                assert!(far.contains("There is no such page") && far.contains(&format!("/{area}?query=e\"")), "{far}");
            }
            for id in ["x", "5", "00000000-0000-0000-0000-000000000000", "%00"] {
                assert_eq!(dashboard.get(&format!("/dashboard/ada/{area}/{id}")).await.status, 404, "{area}/{id}");
            }
        }
        let kept = shown(&dashboard.get("/dashboard/ada/orders?customer_id=1dbfc517-0bbf-4301-9ba8-555ca42b9737&status=nonsense&sorting=-status").await);
        for carried in ["name=\"customer_id\" value=\"1dbfc517-0bbf-4301-9ba8-555ca42b9737\"", "name=\"sorting\" value=\"-status\""] {
            assert!(kept.contains(carried), "the filters lose nothing: {kept}");
        }
        assert!(!kept.contains("nonsense"));
    }

    async fn a_customer_is_added_changed_and_deleted(t: &mut Till) {
        let dashboard = t.dashboard().await;
        let new = "/dashboard/ada/customers/new";
        shown(&dashboard.get(new).await);
        let wrong = dashboard.post(new, &[("email", "nope"), ("name", "Ada"), ("billing_address.country", "")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("aria-invalid") && wrong.text().contains("value=\"Ada\""), "{}", wrong.text());
        assert_eq!(dashboard.post(new, &[("email", " ")]).await.status, 422);
        let made = dashboard.post(new, &[("email", "ada@example.com"), ("name", "Ada"), ("external_id", "u-1"),
            ("billing_address.country", "FR"), ("billing_address.city", "Paris"), ("billing_address.line1", ""),
            ("tax_id", ""), ("locale", "fr"), ("_metadata.0.key", "plan"), ("_metadata.0.value", "pro")]).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let path = made.header("location").to_owned();
        let row = t.items("/v1/customers/").await.remove(0);
        assert_eq!(path, format!("/dashboard/ada/customers/{}", id(&row)));
        assert_eq!(row["billing_address"]["city"], "Paris");
        assert_eq!((&row["external_id"], &row["metadata"]), (&json!("u-1"), &json!({"plan": "pro"})));
        assert!(shown(&dashboard.get(&path).await).contains("Ada was added."));
        let form = shown(&dashboard.get(&format!("{path}/edit")).await);
        assert!(form.contains("value=\"Paris\"") && !form.contains("name=\"external_id\""), "{form}");
        let cleared = dashboard.post(&format!("{path}/edit"), &[("email", "ada@example.org"), ("name", ""), ("locale", "fr"),
            ("billing_address.country", ""), ("billing_address.city", "")]).await;
        assert_eq!(cleared.status, 422, "an address cannot be taken away");
        assert!(cleared.text().contains("cannot be cleared"), "{}", cleared.text());
        let saved = dashboard.post(&format!("{path}/edit"), &[("email", "ada@example.org"), ("name", ""), ("locale", ""),
            ("billing_address.country", "FR"), ("billing_address.city", "Lyon")]).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let row = t.items("/v1/customers/").await.remove(0);
        assert_eq!((&row["email"], &row["name"], &row["metadata"]), (&json!("ada@example.org"), &json!(null), &json!({})));
        assert_eq!(row["external_id"], "u-1", "what the form does not show stays");
        let ask = shown(&dashboard.get(&format!("{path}/delete")).await);
        assert!(ask.contains("id=\"ask\"") && ask.contains("name=\"anonymize\""), "{ask}");
        let gone = dashboard.post(&format!("{path}/delete"), &[("anonymize", "true")]).await;
        assert_eq!((gone.status.as_u16(), gone.header("location")), (303, "/dashboard/ada/customers"));
        assert_eq!(dashboard.get(&path).await.status, 404);
        assert!(t.items("/v1/customers/").await.is_empty());
        t.catch_up().await;
    }

    async fn an_order_outlives_its_customer(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.buy(&checkout, "ada@example.com").await;
        let order = t.orders(&checkout).await.remove(0);
        let dashboard = t.dashboard().await;
        let customer = order["customer_id"].as_str().unwrap();
        assert_eq!(dashboard.post(&format!("/dashboard/ada/customers/{customer}/delete"), &[]).await.status, 303);
        let html = shown(&dashboard.get(&format!("/dashboard/ada/orders/{}", id(&order))).await);
        assert!(html.contains("deleted") && html.contains("ada@example.com"), "{html}");
        assert!(!html.contains(&format!("/customers/{customer}\"")), "no link to a page that is gone: {html}");
        t.catch_up().await;
    }

    async fn a_role_sees_what_it_may_and_no_buttons_that_it_may_not_press(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        for role in [Role::Admin, Role::Member] {
            let dashboard = t.dashboard_as(role).await;
            let path = format!("/dashboard/ada/customers/{}", id(&customer));
            let page = dashboard.get(&path).await;
            if page.status == 403 {
                continue;
            }
            let offers = shown(&page).contains(&format!("{path}/edit"));
            let edit = dashboard.get(&format!("{path}/edit")).await.status;
            assert_eq!(offers, edit == 200, "{role}");
        }
    }

    async fn an_orders_page_is_a_bill_with_answers_under_their_labels(t: &mut Till) {
        let select = json!({"form_label": "T-shirt size", "options": [{"value": "l", "label": "Large"}]});
        let field = t.post("/v1/custom-fields/", json!({"type": "select", "slug": "size", "name": "Size", "properties": select})).await.created();
        let product = t.product().await;
        let off = t.amount_off(500, json!({})).await;
        t.patch(&format!("/v1/products/{}", id(&product)), json!({"attached_custom_fields": [{"custom_field_id": field["id"], "required": true}]})).await.ok();
        let checkout = t.checkout_with(&product, json!({"discount_id": off["id"], "custom_field_data": {"size": "l"}})).await;
        let session = shown(&t.dashboard().await.get(&format!("/dashboard/ada/checkouts/{}", id(&checkout))).await);
        assert!(session.contains("<dt>T-shirt size</dt><dd>Large</dd>"), "{session}");
        let mut paying = buyer("ada@example.com", "pm_card_visa");
        paying["custom_field_data"] = json!({"size": "l"});
        t.confirm(&checkout, paying).await.ok();
        t.catch_up().await;
        let order = t.orders(&checkout).await.remove(0);
        let html = shown(&t.dashboard().await.get(&format!("/dashboard/ada/orders/{}", id(&order))).await);
        let line = |label: &str, amount: &str| format!("<th scope=\"row\">{label}</th><td class=\"money\">{amount}</td>");
        for row in [line("Book", "$30.00"), line("Subtotal", "$30.00"), line("Total", "$25.00")] {
            assert!(html.contains(&row), "{row}: {html}");
        }
        assert!(html.contains("<td class=\"money\">-$5.00</td>") && html.contains(">Billed to</h3>"), "{html}");
        assert!(html.contains("<dt>T-shirt size</dt><dd>Large</dd>") && !html.contains("<dt>size</dt>"), "{html}");
    }

    async fn what_was_done_is_on_the_timeline_and_leads_to_the_endpoint(t: &mut Till) {
        let endpoint = t.listen().await;
        let checkout = bought(t).await;
        let order = t.orders(&checkout).await.remove(0);
        let rest = "where kind = 'order.paid'";
        let told: Vec<WebhookEvent> = t.app.store.all(Query::select::<WebhookEvent>(rest, vec![])).await.unwrap();
        let ctx = t.app.context();
        let mut changes = Changes::new();
        changes.insert(&WebhookDelivery {
            id: ctx.id(),
            created_at: ctx.now,
            organization_id: t.organization.id,
            endpoint_id: endpoint.id,
            event_id: told[0].id,
            succeeded: false,
            http_code: Some(503),
            response: None,
            kind: Some(told[0].kind),
            attempt: Some(1),
            duration_ms: Some(20),
        });
        t.app.store.commit(changes).await.unwrap();
        let html = shown(&t.dashboard().await.get(&format!("/dashboard/ada/orders/{}", id(&order))).await);
        assert!(html.contains("class=\"timeline\"") && html.contains("Order created"), "{html}");
        assert!(html.contains("Payment of") && html.contains("ending in"), "{html}");
        assert!(html.contains("Webhook order.paid") && html.contains("503"), "{html}");
        assert!(html.contains(&format!("/dashboard/ada/developers/webhooks/{}\"", endpoint.id)), "{html}");
        t.see_through().await;
    }
}
