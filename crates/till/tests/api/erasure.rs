//! Data of customers: everything as a file, and erasure (docs/behaviour: members/erasure).

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Value, json};
use till_core::{
    documents::Document,
    kernel::{changes::Changes, records::Order},
};
use till_pdf::Sheet;
use till_store::Query;
use till_testkit::{Till, both, id_in};

/// It stands in everything that a person is known by, and nowhere else.
const MARK: &str = "quagga";
const EMAIL: &str = "ada@quagga.example";

/// Data that tax law has kept of a person, and the processor's own books, which the sandbox stands for.
const KEPT: [(&str, &str); 4] = [
    ("orders", "billing_name"),
    ("orders", "billing_address"),
    ("orders", "tax_id"),
    ("sandbox_records", "*"),
];

fn path(customer: &Value, rest: &str) -> String {
    format!("/v1/customers/{}{rest}", customer["id"].as_str().unwrap())
}

/// The columns in which a mark stands, by table.
async fn found(t: &Till, mark: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (table, rows) in t.all_rows().await {
        for row in rows {
            let lower = row.to_lowercase();
            for (place, _) in lower.match_indices(mark) {
                // The last name of a column before it: `name=` behind a blank.
                let before = &lower[..place];
                let names = before.rsplit(' ').filter_map(|word| word.split_once('='));
                let mut columns = names
                    .map(|(name, _)| name)
                    .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
                let column = columns.next().unwrap_or_default().to_owned();
                found.insert((table.clone(), column));
            }
        }
    }
    found
}

fn unkept(found: BTreeSet<(String, String)>) -> Vec<(String, String)> {
    let is_kept = |(table, column): &(String, String)| {
        KEPT.iter()
            .any(|(t, c)| t == table && (*c == "*" || c == column))
    };
    found.into_iter().filter(|one| !is_kept(one)).collect()
}

/// A customer of whom everything is known, with orders, a subscription, letters and an unpaid session; and their first
/// order.
async fn known(t: &Till) -> (Value, Value) {
    let field = t.field("text", "nickname", json!({})).await;
    let (book, monthly) = (t.product().await, t.monthly().await);
    t.asks(&book, &[(&field, false)]).await;
    let address = json!({"country": "FR", "line1": "1 rue Quagga", "city": "Quaggaville", "postal_code": "75002"});
    let body = json!({"email": EMAIL, "name": "Ada Quagga", "external_id": "u1", "billing_address": address,
        "locale": "fr", "metadata": {"note": "quagga"}});
    let ada = t.post("/v1/customers/", body).await.created();
    let discount = t.percent_off(1000, json!({})).await;
    let mut orders = Vec::new();
    for product in [&book, &monthly] {
        let more = json!({"customer_id": ada["id"], "discount_id": discount["id"], "customer_ip_address": "203.0.113.77",
            "customer_metadata": {"nick": "quagga"}});
        let checkout = t.checkout_with(product, more).await;
        let paying = json!({"customer_email": EMAIL, "customer_name": "Ada Quagga", "customer_billing_name": "Quagga & Co",
            "is_business_customer": true,
            "customer_billing_address": address, "confirmation_token_id": "pm_card_visa", "custom_field_data": {"nickname": "quagga"}});
        t.confirm(&checkout, paying).await.ok();
        t.catch_up().await;
        orders.push(t.orders(&checkout).await.remove(0));
    }
    let open = t
        .checkout_with(
            &book,
            json!({"customer_email": EMAIL.to_uppercase(), "customer_name": "Quagga"}),
        )
        .await;
    let declined = json!({"customer_email": EMAIL, "customer_billing_address": {"country": "FR"},
        "customer_name": "Quagga", "confirmation_token_id": "pm_card_chargeDeclined"});
    t.confirm(&open, declined).await;
    let order = orders.remove(0);
    let at = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    t.post(&format!("{at}/invoice"), json!({}))
        .await
        .expect(202);
    t.catch_up().await;
    t.get(&format!("{at}/receipt")).await.ok();
    t.post("/v1/refunds/", json!({"order_id": order["id"], "reason": "other", "amount": 100, "comment": "quagga asked"})).await.created();
    let subscription = t.items("/v1/subscriptions/").await.remove(0);
    let change = json!({"cancel_at_period_end": true, "customer_cancellation_comment": "The quagga is gone"});
    t.patch(
        &format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap()),
        change,
    )
    .await
    .ok();
    t.post("/v1/customer-sessions/", json!({"customer_id": ada["id"]}))
        .await
        .created();
    t.catch_up().await;
    (ada, order)
}

async fn row(t: &Till, order: &Value) -> Order {
    let found = t
        .app
        .store
        .one(Query::by_id::<Order>(id_in(order, "id")))
        .await;
    found.unwrap().unwrap()
}

/// Events that wait for an endpoint are delivered.
async fn delivered(t: &Till) {
    let mut changes = Changes::new();
    changes.any(
        "update webhook_events set next_attempt_at = null, succeeded = true",
        vec![],
    );
    t.app.store.commit(changes).await.unwrap();
}

/// Sees an erasure through: it comes back for webhooks that waited.
async fn erased(t: &Till) {
    t.catch_up().await;
    delivered(t).await;
    t.advance(Duration::from_secs(11 * 60));
    t.catch_up().await;
}

/// The files of an archive as Till writes them, by name: read by the list at its end, from stored blocks.
fn unpacked(all: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let short = |at: usize| usize::from(u16::from_le_bytes(all[at..at + 2].try_into().unwrap()));
    let long = |at: usize| u32::from_le_bytes(all[at..at + 4].try_into().unwrap()) as usize;
    let end = all.len() - 22;
    assert_eq!(&all[end..end + 4], b"PK\x05\x06", "the archive has its end");
    let (count, mut at) = (short(end + 10), long(end + 16));
    let mut files = BTreeMap::new();
    for _ in 0..count {
        let (size, length, start) = (long(at + 24), short(at + 28), long(at + 42));
        let name = String::from_utf8(all[at + 46..at + 46 + length].to_vec()).unwrap();
        let mut block = start + 30 + short(start + 26);
        let mut bytes = Vec::new();
        loop {
            let length = short(block + 1);
            bytes.extend(&all[block + 5..block + 5 + length]);
            if all[block] == 1 {
                break;
            }
            block += 5 + length;
        }
        assert_eq!(bytes.len(), size, "{name}");
        assert!(files.insert(name.clone(), bytes).is_none(), "{name} twice");
        at += 46 + length;
    }
    files
}

both! {
    async fn nothing_that_law_does_not_want_is_left_of_an_erased_customer(t: &mut Till) {
        t.listen().await;
        let (ada, order) = Box::pin(known(t)).await;
        let before = found(t, MARK).await;
        for table in ["customers", "customer_members", "checkouts", "payments", "orders", "subscriptions", "refunds", "mails", "webhook_events"] {
            assert!(before.iter().any(|(found, _)| found == table), "{table} in {before:?}");
        }
        let kept = row(t, &order).await;
        let receipt = kept.receipt_digest.clone().unwrap();
        let files = |kind: &str, digest: &str| format!("documents/{}/{}/{kind}-{digest}.pdf", kept.organization_id, kept.id);
        assert!(t.app.files.has(&files("receipt", &receipt)).await.unwrap());
        delivered(t).await;
        t.delete(&path(&ada, "?anonymize=true")).await.gone();
        Box::pin(erased(t)).await;
        assert_eq!(unkept(found(t, MARK).await), []);
        assert_eq!(unkept(found(t, "203.0.113.77").await), []);
        for table in ["customer_members", "customer_sessions", "payment_methods", "mails"] {
            assert_eq!(t.all_rows().await[table].len(), 0, "{table}");
        }
        // The sale is still in the books.
        let after = t.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.ok();
        for key in ["total_amount", "tax_amount", "net_amount", "invoice_number", "receipt_number", "billing_name", "billing_address", "items"] {
            assert_eq!(after[key], order[key], "{key}");
        }
        assert_eq!(after["billing_name"], "Quagga & Co");
        assert!(!t.app.files.has(&files("receipt", &receipt)).await.unwrap());
        let invoice = row(t, &order).await.invoice_digest.unwrap();
        assert!(t.app.files.has(&files("invoice", &invoice)).await.unwrap());
        // The same again changes nothing.
        let rows = t.all_rows().await;
        t.delete(&path(&ada, "?anonymize=true")).await.gone();
        Box::pin(erased(t)).await;
        crate::foreign::unchanged("erasing again", &rows, &t.all_rows().await);
        t.see_through().await;
    }

    async fn a_customer_who_was_deleted_before_is_erased_later(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": EMAIL, "name": "Quagga", "external_id": "u1"})).await.created();
        t.delete(&path(&ada, "")).await.gone();
        t.catch_up().await;
        assert!(!found(t, MARK).await.is_empty());
        t.delete(&path(&ada, "")).await.not_found();
        t.delete("/v1/customers/external/u1?anonymize=true").await.not_found();
        let (_, token) = t.stranger().await;
        t.with_token(&token).delete(&path(&ada, "?anonymize=true")).await.not_found();
        t.delete(&path(&ada, "?anonymize=true")).await.gone();
        t.catch_up().await;
        assert_eq!(unkept(found(t, MARK).await), []);
    }

    async fn what_an_older_version_left_of_an_anonymized_customer_is_erased_by_asking_again(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com"})).await.created();
        t.buy(&t.checkout_with(&t.product().await, json!({"customer_id": ada["id"]})).await, "ada@example.com").await;
        t.delete(&path(&ada, "?anonymize=true")).await.gone();
        t.catch_up().await;
        let mut changes = Changes::new();
        changes.any("update checkouts set customer_name = 'Quagga'", vec![]);
        changes.any("update payments set customer_email = 'ada@quagga.example'", vec![]);
        t.app.store.commit(changes).await.unwrap();
        t.delete(&path(&ada, "?anonymize=true")).await.gone();
        t.catch_up().await;
        assert_eq!(unkept(found(t, MARK).await), []);
    }

    async fn unpaid_sessions_are_erased_by_parts_and_once_their_attempts_have_ended(t: &mut Till) {
        const TYPED: &str = "ädä@quagga.example";
        let ada = t.customer(TYPED).await;
        let product = t.product().await;
        let mut last = None;
        for _ in 0..203 {
            let more = json!({"customer_email": TYPED.to_uppercase(), "customer_name": "Quagga"});
            last = Some(t.checkout_with(&product, more).await);
        }
        let last = last.unwrap();
        let declined = json!({"customer_billing_address": {"country": "FR"}, "confirmation_token_id": "pm_card_chargeDeclined"});
        for _ in 0..3 {
            t.confirm(&last, declined.clone()).await;
        }
        let busy = |sql| {
            let mut changes = Changes::new();
            changes.any(sql, vec![id_in(&last, "id").into()]);
            changes
        };
        t.app.store.commit(busy("update checkouts set attempt_id = id where id = $1")).await.unwrap();
        t.delete(&path(&ada, "?anonymize=true")).await.gone();
        t.catch_up().await;
        let left = t.all_rows().await["checkouts"].iter().filter(|row| row.to_lowercase().contains(MARK)).count();
        assert_eq!(left, 1, "the one that an attempt is under way for");
        t.app.store.commit(busy("update checkouts set attempt_id = null where id = $1")).await.unwrap();
        Box::pin(erased(t)).await;
        assert_eq!(unkept(found(t, MARK).await), []);
    }

    async fn a_company_keeps_its_name_with_its_tax_id(t: &mut Till) {
        let body = json!({"email": "office@quagga.example", "name": "Zebra SARL", "tax_id": "FR61954506077", "billing_address": {"country": "FR"}});
        let company = t.post("/v1/customers/", body).await.created();
        let sale = t.sold(&company, &t.product().await).await;
        t.delete(&path(&company, "?anonymize=true")).await.gone();
        t.catch_up().await;
        let shown = &t.get(&format!("/v1/orders/{}", sale.order.id)).await.ok()["customer"];
        assert_eq!((&shown["name"], &shown["tax_id"][0]), (&json!("Zebra SARL"), &json!("FR61954506077")));
        assert_eq!(unkept(found(t, MARK).await), []);
    }

    async fn what_is_known_of_a_customer_is_one_file(t: &mut Till) {
        let (ada, order) = Box::pin(known(t)).await;
        let eve = t.customer("eve@example.com").await;
        t.sold(&eve, &t.product_named("Secret", 100).await).await;
        let dashboard = t.dashboard().await;
        let id = ada["id"].as_str().unwrap();
        let answer = dashboard.get(&format!("/dashboard/ada/customers/{id}/data.json")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"customer-data.json\"");
        assert_eq!(answer.header("cache-control"), "private, no-store");
        let all: Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!((&all["customer"]["id"], &all["customer"]["email"]), (&ada["id"], &json!(EMAIL)));
        let count = |part: &str| all[part].as_array().unwrap_or_else(|| panic!("{part}")).len();
        let counts = [("members", 1), ("payment_methods", 1), ("checkouts", 2), ("orders", 2), ("documents", 4), ("credit_notes", 1),
            ("payments", 2), ("refunds", 1), ("disputes", 0), ("subscriptions", 1), ("balance_entries", 0)];
        for (part, expected) in counts {
            assert_eq!(count(part), expected, "{part}: {}", all[part]);
        }
        assert!(count("letters") >= 2);
        assert!(all["orders"].as_array().unwrap().iter().any(|one| one["id"] == order["id"] && one["items"].is_array()));
        let text = answer.text();
        for secret in ["client_secret", "polar_c_", "eve@example.com", "Secret"] {
            assert!(!text.contains(secret), "{secret}");
        }
        assert!(all["customer"]["created_at"].as_str().unwrap().ends_with("+00:00"));
        let nobody = dashboard.get("/dashboard/ada/customers/1dbfc517-0bbf-4301-9ba8-555ca42b9737/data.json").await;
        assert_eq!(nobody.status, 404);
    }

    async fn an_archive_has_the_files_of_documents_beside_the_data(t: &mut Till) {
        let (ada, order) = Box::pin(known(t)).await;
        let eve = t.customer("eve@example.com").await;
        let secret = t.sold(&eve, &t.product_named("Secret", 100).await).await;
        let viewer = t.viewer_of(&ada).await;
        let before = t.all_rows().await;
        let answer = viewer.get("/v1/customer-portal/customers/me/export?format=zip").await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/zip"));
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"customer-data.zip\"");
        let files = unpacked(&answer.body);
        let all: Value = serde_json::from_slice(&files["customer-data.json"]).unwrap();
        assert_eq!(all["customer"]["email"], EMAIL);
        let named = |part: &str| -> BTreeSet<String> {
            let listed = all[part].as_array().unwrap().iter();
            listed.map(|one| format!("documents/{}", one["file_name"].as_str().unwrap())).collect()
        };
        let wanted: BTreeSet<String> = named("documents").union(&named("credit_notes")).cloned().collect();
        let found: BTreeSet<String> = files.keys().filter(|name| name.starts_with("documents/")).cloned().collect();
        assert_eq!(found, wanted);
        assert_eq!(files.len(), 6, "two orders with two each, a credit note, the data");
        for name in &found {
            assert!(files[name].starts_with(b"%PDF-"), "{name}");
        }
        // What was made before is that file, and nothing is written but the budget.
        let kept = row(t, &order).await;
        let path = format!("documents/{}/{}/invoice-{}.pdf", kept.organization_id, kept.id, kept.invoice_digest.unwrap());
        let mut pieces = t.app.files.read(&path).await.unwrap().bytes;
        let mut invoice = Vec::new();
        while let Some(piece) = futures_util::StreamExt::next(&mut pieces).await {
            invoice.extend(piece.unwrap());
        }
        assert_eq!(files[&format!("documents/Invoice-{}.pdf", kept.invoice_number.unwrap())], invoice);
        let mut after = t.all_rows().await;
        for table in ["budgets", "customer_sessions"] {
            after.insert(table.to_owned(), before[table].clone());
        }
        crate::foreign::unchanged("an archive", &before, &after);
        let own = t.viewer_of(&eve).await.get("/v1/customer-portal/customers/me/export?format=zip").await;
        let names: Vec<String> = unpacked(&own.body).into_keys().collect();
        let number = secret.order.invoice_number.clone().unwrap();
        assert!(names.iter().all(|name| !found.contains(name)), "{names:?} {number}");
        viewer.get("/v1/customer-portal/customers/me/export?format=pdf").await.unreadable();
        let path = format!("/dashboard/ada/customers/{}/data.zip", ada["id"].as_str().unwrap());
        let answer = t.dashboard().await.get(&path).await;
        assert_eq!(unpacked(&answer.body).len(), 6);
        let portal = crate::portal_kit::signed_in(t, &ada).await;
        portal.get("/ada/portal/details").await.says(200, "/ada/portal/data.zip");
        let page = portal.get("/ada/portal/data.zip").await;
        assert_eq!(unpacked(&page.body).len(), 6);
        for _ in 0..8 {
            assert_eq!(portal.get("/ada/portal/data.zip").await.status, 200);
        }
        assert_eq!(portal.get("/ada/portal/data.zip").await.status, 429);
        assert_eq!(viewer.get("/v1/customer-portal/customers/me/export?format=zip").await.status, 429);
        assert_eq!(t.dashboard().await.get(&path).await.status, 200, "the merchant has a budget of their own");
    }

    async fn a_document_that_cannot_be_made_does_not_break_the_archive(t: &mut Till) {
        fn broken(document: &Document) -> Sheet {
            assert!(!format!("{:?}", document.lines).contains("Unmakeable"), "a document that cannot be made");
            till_server::pages::documents::sheet(document)
        }
        let cat = t.customer("cat@example.com").await;
        for name in ["Book", "Unmakeable", "Pen"] {
            t.sold(&cat, &t.product_named(name, 500).await).await;
        }
        t.drain().await;
        let t = t.another(|app| app.sheet_of = broken);
        let answer = t.viewer_of(&cat).await.get("/v1/customer-portal/customers/me/export?format=zip").await;
        assert_eq!(answer.status, 200);
        let files = unpacked(&answer.body);
        let (broken, made): (Vec<_>, Vec<_>) = (files.iter())
            .filter(|(name, _)| name.starts_with("documents/Receipt-"))
            .partition(|(name, _)| name.ends_with(".pdf.txt"));
        let [(_, text)] = &broken[..] else { panic!("{:?}", files.keys()) };
        assert_eq!(String::from_utf8_lossy(text), "This document could not be made. Please ask the shop for it.\n");
        assert_eq!(made.len(), 2);
        assert!(made.iter().all(|(name, bytes)| name.ends_with(".pdf") && bytes.starts_with(b"%PDF-")));
    }

    async fn letters_with_secrets_are_not_exported(t: &mut Till) {
        let cat = t.customer("cat@example.com").await;
        let code = crate::portal_kit::code_for(t, &t.browser(), "cat@example.com").await;
        let all = t.viewer_of(&cat).await.get("/v1/customer-portal/customers/me/export").await;
        assert!(!all.text().contains(&code), "{}", all.text());
    }

    async fn a_file_of_many_parts_is_whole(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let product = t.product().await;
        for _ in 0..205 {
            t.sold(&ada, &product).await;
        }
        let dashboard = t.dashboard().await;
        let answer = dashboard.get(&format!("/dashboard/ada/customers/{}/data.json", ada["id"].as_str().unwrap())).await;
        let all: Value = serde_json::from_str(&answer.text()).unwrap();
        let ids: BTreeSet<_> = all["orders"].as_array().unwrap().iter().map(|order| order["id"].to_string()).collect();
        assert_eq!(ids.len(), 205);
        assert_eq!(all["documents"].as_array().unwrap().len(), 2 * 205);
    }

    async fn the_dashboard_says_what_is_erased_and_what_is_kept(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": EMAIL, "name": "Quagga"})).await.created();
        let dashboard = t.dashboard().await;
        let at = format!("/dashboard/ada/customers/{}/delete", ada["id"].as_str().unwrap());
        dashboard.get(&at).await.says(200, "tax law requires");
        let sent = dashboard.post(&at, &[("anonymize", "true")]).await;
        assert_eq!(sent.status, 303);
        t.catch_up().await;
        assert_eq!(unkept(found(t, MARK).await), []);
    }
}
