//! Downloads: who has which files, the addresses at which they are fetched, and what is counted of it.

use std::time::Duration;

use serde_json::{Value, json};
use till_core::{catalog::downloads::Counts, kernel::changes::Changes};
use till_testkit::{Answer, Till, both, id_in};
use till_wire::organizations::OrganizationStatus;

use crate::{
    benefit_grants::include,
    files::{announced, uploaded},
    portal_kit::{PORTAL, signed_in},
    subscriptions_kit::ADA,
};

/// The migration that began to count for each file.
const MIGRATION: &str = include_str!("../../../../migrations/0116_file_counts.sql");

const LIST: &str = "/v1/customer-portal/downloadables/";

/// A benefit with these files.
async fn giving(t: &Till, files: &[&Value]) -> Value {
    let ids: Vec<&Value> = files.iter().map(|file| &file["id"]).collect();
    let body =
        json!({"type": "downloadables", "description": "The book", "properties": {"files": ids}});
    t.post("/v1/benefits/", body).await.created()
}

/// A customer who has bought a product with these benefits, and the order.
async fn sold(t: &Till, benefits: &[&Value]) -> (Till, Value) {
    let book = t.product().await;
    include(t, &book, benefits).await;
    let checkout = t.checkout_for(&book).await;
    t.buy(&checkout, ADA).await;
    let order = t.orders(&checkout).await.remove(0);
    (t.viewer_of(&order["customer"]).await, order)
}

fn path(item: &Value) -> String {
    let url = item["file"]["download"]["url"].as_str().unwrap();
    url.strip_prefix("https://till.test").unwrap().to_owned()
}

/// Counts of the files of a benefit: downloaders and downloads of each.
async fn counts(t: &Till, benefit: &Value) -> Vec<(i64, i64)> {
    let files = t
        .items(&format!("/v1/benefits/{}/files", id_in(benefit, "id")))
        .await;
    let number = |file: &Value, key: &str| file[key].as_i64().unwrap();
    let counts = files
        .iter()
        .map(|file| (number(file, "downloaders"), number(file, "downloads")));
    counts.collect()
}

async fn ranged(t: &Till, path: &str, range: &str) -> Answer {
    t.anonymous().get_with(path, &[("range", range)]).await
}

async fn revoke(t: &Till, order: &Value) {
    let refund =
        json!({"order_id": order["id"], "reason": "other", "amount": 1, "revoke_benefits": true});
    t.post("/v1/refunds/", refund).await.created();
    t.catch_up().await;
}

both! {
    async fn whoever_has_a_benefit_downloads_its_files_in_their_order(t: &mut Till) {
        let (a, b) = (uploaded(t, "downloadable", "text/html", "<b>first</b>").await, uploaded(t, "downloadable", "application/zip", "second").await);
        let benefit = giving(t, &[&b, &a]).await;
        let (viewer, order) = sold(t, &[&benefit]).await;
        let listed = viewer.get(LIST).await.ok();
        let names: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|item| &item["file"]["id"]).collect();
        assert_eq!((names, &listed["pagination"]), (vec![&b["id"], &a["id"]], &json!({"total_count": 2, "max_page": 1})));
        let item = &listed["items"][1];
        assert_eq!((&item["benefit_id"], &item["file"]["checksum_sha256_hex"]), (&benefit["id"], &a["checksum_sha256_hex"]));
        let got = t.anonymous().get(&path(item)).await;
        assert_eq!((got.status.as_u16(), got.text()), (200, "<b>first</b>".to_owned()));
        for (name, value) in [
            ("content-type", "text/html"), ("content-length", "12"), ("accept-ranges", "bytes"), ("x-content-type-options", "nosniff"),
            ("cache-control", "private, no-store"), ("content-security-policy", "default-src 'none'; sandbox"),
            ("content-disposition", "attachment; filename=\"__picture.svg\"; filename*=UTF-8''%C3%84%20picture.svg"),
            ("etag", &format!("\"{}\"", a["checksum_etag"].as_str().unwrap())),
        ] {
            assert_eq!(got.header(name), value, "{name}");
        }
        assert!(got.headers.get("set-cookie").is_none());
        let again = viewer.items(LIST).await;
        assert_eq!(again[1]["id"], item["id"], "the same ID each time");
        for (query, found) in [
            (format!("benefit_id={}", id_in(&benefit, "id")), 2),
            (format!("benefit_id={}", id_in(&order, "id")), 0),
            ("limit=1&page=2".to_owned(), 1),
            ("limit=1&page=3".to_owned(), 0),
            ("page=4294967295".to_owned(), 0),
        ] {
            assert_eq!(viewer.get(&format!("{LIST}?{query}")).await.ok()["items"].as_array().unwrap().len(), found, "{query}");
        }
        let wrong = viewer.get(&format!("{LIST}?benefit_id=x")).await;
        assert_eq!(wrong.status, 422);
        let nobody = t.with_token(&t.stranger().await.1);
        nobody.get(&format!("/v1/benefits/{}/files", id_in(&benefit, "id"))).await.not_found();
        let note = t.benefit("Note", "public").await;
        assert!(counts(t, &note).await.is_empty());
    }

    async fn a_range_is_sent_alone_and_a_download_is_resumed(t: &mut Till) {
        let file = uploaded(t, "downloadable", "application/zip", "0123456789").await;
        let (viewer, _) = sold(t, &[&giving(t, &[&file]).await]).await;
        let at = path(&viewer.items(LIST).await[0]);
        for (range, status, text, of) in [
            ("bytes=4-", 206, "456789", "bytes 4-9/10"),
            ("bytes=0-3", 206, "0123", "bytes 0-3/10"),
            ("bytes=-2", 206, "89", "bytes 8-9/10"),
            ("bytes=8-99", 206, "89", "bytes 8-9/10"),
            ("bytes=10-", 416, "", "bytes */10"),
        ] {
            let part = ranged(t, &at, range).await;
            assert_eq!((part.status.as_u16(), part.text().as_str(), part.header("content-range")), (status, text, of), "{range}");
        }
        for range in ["bytes=0-1,4-5", "bytes=5-3", "lines=1-2", "bytes=a-b"] {
            let whole = ranged(t, &at, range).await;
            assert_eq!((whole.status.as_u16(), whole.text().as_str()), (200, "0123456789"), "{range}");
        }
        let tag = format!("\"{}\"", file["checksum_etag"].as_str().unwrap());
        for (tag, status) in [(tag.as_str(), 206), ("\"other\"", 200), ("Wed, 02 Dec 2026 03:00:00 GMT", 200)] {
            let got = t.anonymous().get_with(&at, &[("range", "bytes=4-"), ("if-range", tag)]).await;
            assert_eq!(got.status, status, "{tag}");
        }
    }

    async fn a_download_counts_where_it_begins(t: &mut Till) {
        let (a, b) = (uploaded(t, "downloadable", "application/zip", "0123456789").await, uploaded(t, "downloadable", "application/zip", "other").await);
        let benefit = giving(t, &[&a, &b]).await;
        let (viewer, _) = sold(t, &[&benefit]).await;
        let at = path(&viewer.items(LIST).await[0]);
        assert_eq!(counts(t, &benefit).await, [(0, 0), (0, 0)]);
        let head = axum::http::Request::head(&at).body(axum::body::Body::empty()).unwrap();
        let head = t.raw(head).await;
        assert_eq!((head.status.as_u16(), head.header("content-length"), head.body.len()), (200, "10", 0));
        ranged(t, &at, "bytes=3-").await;
        ranged(t, &at, "bytes=10-").await;
        assert_eq!(counts(t, &benefit).await, [(0, 0), (0, 0)], "neither a look nor a later part is a download");
        ranged(t, &at, "bytes=0-2").await;
        t.anonymous().get(&at).await;
        assert_eq!(counts(t, &benefit).await, [(1, 2), (0, 0)]);
        let other = t.product().await;
        include(t, &other, &[&benefit]).await;
        let checkout = t.checkout_for(&other).await;
        t.buy(&checkout, "bob@example.com").await;
        let order = t.orders(&checkout).await.remove(0);
        let at = path(&t.viewer_of(&order["customer"]).await.items(LIST).await[0]);
        let anonymous = t.anonymous();
        let (one, two) = tokio::join!(anonymous.get(&at), anonymous.get(&at));
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
        assert_eq!(counts(t, &benefit).await, [(2, 4), (0, 0)]);
    }

    async fn downloads_at_the_same_moment_are_each_counted_and_each_holder_once(t: &mut Till) {
        let file = uploaded(t, "downloadable", "application/zip", "0123456789").await;
        let (one, two) = (giving(t, &[&file]).await, giving(t, &[&file]).await);
        let book = t.product().await;
        include(t, &book, &[&one, &two]).await;
        let mut at = Vec::new();
        for email in [ADA, "bob@example.com", "eve@example.com"] {
            let checkout = t.checkout_for(&book).await;
            t.buy(&checkout, email).await;
            let order = t.orders(&checkout).await.remove(0);
            at.extend(t.viewer_of(&order["customer"]).await.items(LIST).await.iter().map(path));
        }
        assert_eq!(at.len(), 6, "each has it by two benefits");
        let anonymous = t.anonymous();
        // Whoever begins by two benefits at once is one downloader, whichever commit is first.
        let twice: Vec<&String> = at.iter().chain(&at).collect();
        let got = futures_util::future::join_all(twice.iter().map(|at| anonymous.get(at))).await;
        assert!(got.iter().all(|got| got.status == 200));
        assert_eq!((counts(t, &one).await, counts(t, &two).await), (vec![(3, 6)], vec![(3, 6)]));
        let of_file = async || t.app.store.download_counts(None, &[id_in(&file, "id")]).await.unwrap();
        let all = of_file().await;
        assert_eq!(all, [(id_in(&file, "id"), Counts { downloaders: 3, downloads: 12 })]);
        // What an older version has counted for each holder is counted for the file by the migration.
        let mut anew = Changes::new();
        anew.any("delete from file_counts", vec![]);
        for statement in MIGRATION.split(';').map(str::trim).filter(|sql| sql.starts_with("insert")) {
            anew.any(statement, vec![]);
        }
        t.app.store.commit(anew).await.unwrap();
        assert_eq!((counts(t, &one).await, counts(t, &two).await), (vec![(3, 6)], vec![(3, 6)]));
        assert_eq!(of_file().await, all);
    }

    async fn an_address_works_for_an_hour_for_its_file_and_holder_alone(t: &mut Till) {
        let (a, b) = (uploaded(t, "downloadable", "application/zip", "first").await, uploaded(t, "downloadable", "application/zip", "second").await);
        let benefit = giving(t, &[&a, &b]).await;
        let (viewer, order) = sold(t, &[&benefit]).await;
        let at = path(&viewer.items(LIST).await[0]);
        let (file, other) = (a["id"].as_str().unwrap(), b["id"].as_str().unwrap());
        let customer = order["customer_id"].as_str().unwrap();
        for wrong in [
            at.replace(file, other),
            at.replace(file, "x"),
            at.replace(customer, other),
            at.replace("expires=", "expires=9"),
            at.replace("customer=", &format!("member={customer}&customer=")),
            at.split('?').next().unwrap().to_owned(),
            at.split("&signature").next().unwrap().to_owned(),
            format!("{at}0"),
            at.replace("signature=", "signature=%00"),
        ] {
            let answer = t.anonymous().get(&wrong).await;
            assert!(answer.status == 404 || wrong == at, "{wrong}: {}", answer.status);
        }
        t.advance(Duration::from_secs(3590));
        assert_eq!(t.anonymous().get(&at).await.status, 200);
        t.advance(Duration::from_secs(11));
        assert_eq!(t.anonymous().get(&at).await.status, 410);
        assert_eq!(counts(t, &benefit).await[0].1, 1);
        t.see_through().await;
    }

    async fn what_is_archived_deleted_or_revoked_is_fetched_no_more(t: &mut Till) {
        let mut files = Vec::new();
        for text in ["first", "second", "third"] {
            files.push(uploaded(t, "downloadable", "application/zip", text).await);
        }
        let benefit = giving(t, &files.iter().collect::<Vec<_>>()).await;
        let (viewer, order) = sold(t, &[&benefit]).await;
        let at: Vec<String> = viewer.items(LIST).await.iter().map(path).collect();
        let ids: Vec<&Value> = files.iter().map(|file| &file["id"]).collect();
        let archived = json!({"type": "downloadables", "properties": {"files": ids, "archived": {ids[0].as_str().unwrap(): true}}});
        t.patch(&format!("/v1/benefits/{}", id_in(&benefit, "id")), archived).await.ok();
        assert_eq!(t.delete(&format!("/v1/files/{}", id_in(&files[1], "id"))).await.status, 204);
        assert_eq!(viewer.items(LIST).await.len(), 1);
        for (at, status) in at.iter().zip([404, 404, 200]) {
            assert_eq!(t.anonymous().get(at).await.status, status);
        }
        assert_eq!(counts(t, &benefit).await.len(), 2, "the archived one is shown to the merchant");
        revoke(t, &order).await;
        assert!(viewer.items(LIST).await.is_empty());
        assert_eq!(t.anonymous().get(&at[2]).await.status, 404);
        assert_eq!(counts(t, &benefit).await, [(0, 0), (1, 1)]);
        t.see_through().await;
    }

    async fn downloads_end_with_a_blocked_organization_and_are_among_a_networks_requests(t: &mut Till) {
        let file = uploaded(t, "downloadable", "application/zip", "content").await;
        let benefit = giving(t, &[&file]).await;
        let (viewer, _) = sold(t, &[&benefit]).await;
        let path = path(&viewer.get(LIST).await.ok()["items"][0]);
        let limited = t.limited(5).anonymous();
        for _ in 0..5 {
            assert_eq!(limited.get_with(&path, &[("range", "bytes=1-1")]).await.status, 206);
        }
        assert_eq!(limited.get(&path).await.status, 429);
        t.organization_is(OrganizationStatus::Blocked).await;
        t.anonymous().get(&path).await.not_found();
    }

    async fn a_member_downloads_their_own_and_the_owner_what_is_the_customers(t: &mut Till) {
        let file = uploaded(t, "downloadable", "application/zip", "first").await;
        let benefit = giving(t, &[&file]).await;
        let book = t.product().await;
        include(t, &book, &[&benefit]).await;
        let team = t.post("/v1/customers/", json!({"type": "team", "email": "team@example.com"})).await.created();
        let member = t.post(&format!("/v1/customers/{}/members", id_in(&team, "id")), json!({"email": "member@example.com"})).await.created();
        for _ in 0..2 {
            t.buy(&t.checkout_with(&book, json!({"customer_id": team["id"]})).await, "team@example.com").await;
        }
        let owner = t.viewer_of(&team).await;
        assert_eq!(owner.items(LIST).await.len(), 1, "bought twice, it is there once");
        let session = t.post("/v1/customer-sessions/", json!({"customer_id": team["id"], "member_id": member["id"]})).await.created();
        let member = t.with_token(session["token"].as_str().unwrap());
        assert!(member.items(LIST).await.is_empty());
    }

    async fn a_member_with_a_seat_downloads_until_it_is_taken_back(t: &mut Till) {
        let file = uploaded(t, "downloadable", "application/zip", "first").await;
        let benefit = giving(t, &[&file]).await;
        let tier = json!({"min_seats": 1, "max_seats": null, "price_per_seat": 1000});
        let product = t.priced(json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}])).await;
        include(t, &product, &[&benefit]).await;
        let checkout = t.checkout_with(&product, json!({"seats": 3})).await;
        t.buy(&checkout, "team@example.com").await;
        let order = t.orders(&checkout).await.remove(0);
        let body = json!({"order_id": order["id"], "email": "one@example.com", "immediate_claim": true});
        let seat = t.post("/v1/customer-seats", body).await.ok();
        t.catch_up().await;
        let body = json!({"customer_id": order["customer_id"], "member_id": seat["member_id"]});
        let session = t.post("/v1/customer-sessions/", body).await.created();
        let member = t.with_token(session["token"].as_str().unwrap());
        let at = path(&member.items(LIST).await[0]);
        let id = seat["member_id"].as_str().unwrap();
        assert!(at.contains(&format!("&member={id}&")), "{at}");
        assert_eq!(t.anonymous().get(&at).await.text(), "first");
        let owners = at.replace(&format!("&member={id}"), "");
        assert_eq!(t.anonymous().get(&owners).await.status, 404);
        assert_eq!(counts(t, &benefit).await, [(1, 1)]);
        assert_eq!(t.delete(&format!("/v1/customer-seats/{}", id_in(&seat, "id"))).await.status, 200);
        t.catch_up().await;
        assert!(member.items(LIST).await.is_empty());
        assert_eq!(t.anonymous().get(&at).await.status, 404);
        t.see_through().await;
    }

    async fn an_erased_customer_has_nothing_and_the_counts_stay(t: &mut Till) {
        let file = uploaded(t, "downloadable", "application/zip", "first").await;
        let benefit = giving(t, &[&file]).await;
        let (viewer, order) = sold(t, &[&benefit]).await;
        let at = path(&viewer.items(LIST).await[0]);
        t.anonymous().get(&at).await;
        let export = viewer.get("/v1/customer-portal/customers/me/export").await.ok();
        let row = &export["downloads"][0];
        assert_eq!((&row["downloads"], &row["file_id"], &row["benefit_id"]), (&json!(1), &file["id"], &benefit["id"]));
        t.delete(&format!("/v1/customers/{}?anonymize=true", id_in(&order, "customer_id"))).await;
        assert_eq!(t.anonymous().get(&at).await.status, 404);
        t.see_through().await;
        assert_eq!(counts(t, &benefit).await, [(1, 1)]);
        let sql = "select count(*) from file_downloads f join customers c on c.id = f.customer_id where f.last_at = c.created_at";
        let forgotten: i64 = t.app.store.scalar(till_store::Query::raw(sql, vec![])).await.unwrap();
        assert_eq!(forgotten, 1);
    }

    async fn a_file_of_nothing_is_downloaded(t: &mut Till) {
        let file = uploaded(t, "downloadable", "text/plain", "").await;
        let (viewer, _) = sold(t, &[&giving(t, &[&file]).await]).await;
        let at = path(&viewer.items(LIST).await[0]);
        let got = t.anonymous().get(&at).await;
        assert_eq!((got.status.as_u16(), got.header("content-length"), got.body.len()), (200, "0", 0));
        assert_eq!(ranged(t, &at, "bytes=0-").await.status, 416);
        let unfinished = t.post("/v1/files/", announced("downloadable", "text/plain", &[5])).await.created();
        let body = json!({"type": "downloadables", "description": "Never", "properties": {"files": [unfinished["id"]]}});
        assert_eq!(t.post("/v1/benefits/", body).await.status, 422);
    }

    async fn the_portal_links_to_downloads_with_size_and_checksum(t: &mut Till) {
        let file = uploaded(t, "downloadable", "application/zip", "first").await;
        let (_, order) = sold(t, &[&giving(t, &[&file]).await]).await;
        let browser = signed_in(t, &order["customer"]).await;
        let page = browser.get(&format!("{PORTAL}/benefits")).await.text();
        for words in ["Downloads", "Ä picture.svg", "5 B", "SHA-256", file["checksum_sha256_hex"].as_str().unwrap()] {
            assert!(page.contains(words), "{words} in {page}");
        }
        let link = page.split("href=\"").find(|rest| rest.contains("/files/downloads/")).unwrap();
        let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        let link = link.strip_prefix("https://till.test").unwrap();
        assert_eq!(t.anonymous().get(link).await.text(), "first");
    }
}
