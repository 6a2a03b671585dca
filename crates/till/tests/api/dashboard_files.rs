//! Files of benefits on the dashboard: uploaded, named, counted, chosen for benefits, and deleted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use till_core::kernel::records::Role;
use till_testkit::{Answer, Browser, TestClock, Till, both, id_in};

use crate::files::{put, uploaded, url};

const FILES: &str = "/dashboard/ada/products/files";
const BENEFITS: &str = "/dashboard/ada/products/benefits";

/// The id at the end of the address that a form led to.
fn led_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer
        .header("location")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned()
}

async fn sold(t: &Till, text: &str) -> String {
    id_in(
        &uploaded(t, "downloadable", "application/zip", text).await,
        "id",
    )
    .to_string()
}

async fn properties(t: &Till, id: &str) -> Value {
    t.get(&format!("/v1/benefits/{id}")).await.ok()["properties"].clone()
}

/// Media type of the form, for files in this order.
fn form<'a>(files: &[&'a str], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![("type", "downloadables"), ("description", "The book")];
    form.extend(files.iter().map(|id| ("_files", *id)));
    form.extend(more);
    form
}

/// The files that the form has, in its order.
fn chosen(page: &Answer) -> Vec<String> {
    let text = page.text();
    let ids = text.split("name=\"_files\" value=\"").skip(1);
    ids.map(|rest| rest[..36].to_owned()).collect()
}

async fn announce(owner: &Browser, name: &str, size: &str) -> Answer {
    let about = [
        ("name", name),
        ("mime_type", "application/zip"),
        ("size", size),
    ];
    owner.post(&format!("{FILES}/uploads"), &about).await
}

/// A body that begins so and goes on for 16 MiB, and how much of it was taken.
fn endless(start: &'static str) -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    let rest = (0..1024).map(|_| "x".repeat(16 * 1024));
    let pieces = std::iter::once(start.to_owned()).chain(rest);
    let pieces = pieces.map(move |piece| {
        count.fetch_add(piece.len(), Ordering::Relaxed);
        Ok::<_, std::io::Error>(piece)
    });
    (Body::from_stream(futures_util::stream::iter(pieces)), taken)
}

/// The form of a file, in the middle of which hours pass.
fn slow(clock: Arc<TestClock>, hours: u64) -> Body {
    let pieces = [
        "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\nhello",
        " world\r\n--edge--\r\n",
    ];
    let pieces = pieces.into_iter().enumerate().map(move |(place, piece)| {
        if place == 1 {
            clock.advance(Duration::from_secs(hours * 3600));
        }
        Ok::<_, std::io::Error>(piece)
    });
    Body::from_stream(futures_util::stream::iter(pieces))
}

both! {
    async fn a_file_is_uploaded_without_script_and_has_its_page(t: &mut Till) {
        let owner = t.dashboard().await;
        assert!(owner.get(FILES).await.text().contains("No files yet."));
        let new = format!("{FILES}/new");
        assert!(owner.get(&new).await.text().contains("multipart/form-data"));
        let fields = [("_idempotency_key", "k1"), ("version", " 2.1 ")];
        let sent = owner.upload_with(&new, &fields, "file", &[("Ä \"book\".zip", "application/zip; x=y", b"first")]).await;
        let id = led_to(&sent);
        let again = owner.upload_with(&new, &fields, "file", &[("Ä \"book\".zip", "application/zip; x=y", b"first")]).await;
        assert_eq!(led_to(&again), id, "sent twice, it is there once");
        let other = owner.upload_with(&new, &fields, "file", &[("Ä \"book\".zip", "application/zip; x=y", b"other")]).await;
        assert_ne!(led_to(&other), id);
        let files = t.items("/v1/files/").await;
        assert_eq!(files.len(), 2, "nothing is left of what was kept meanwhile: {files:?}");
        let file = files.iter().find(|file| file["id"] == json!(id)).unwrap();
        let sum: String = Sha256::digest("first").iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((&file["version"], &file["size"], &file["mime_type"]), (&json!("2.1"), &json!(5), &json!("application/zip")));
        assert_eq!(file["checksum_sha256_hex"], json!(sum));
        assert_eq!(t.app.files.count("uploads").await.unwrap(), 0);
        let page = owner.get(&format!("{FILES}/{id}")).await.text();
        assert!(page.contains(&sum) && page.contains("No benefit gives it yet.") && page.contains("5 B"), "{page}");
        let list = owner.get(FILES).await.text();
        assert!(list.contains(&sum[..8]) && list.contains("2.1") && list.contains("2 in all"), "{list}");
        let empty = owner.upload(&new, "file", &[("empty.txt", "", b"")]).await;
        let empty = owner.get(&format!("{FILES}/{}", led_to(&empty))).await.text();
        assert!(empty.contains("0 B") && empty.contains("application/octet-stream"), "{empty}");
    }

    async fn a_file_sent_many_times_at_once_is_there_once(t: &mut Till) {
        let owner = t.dashboard().await;
        let new = format!("{FILES}/new");
        let sends = (0..5).map(|_| owner.upload_with(&new, &[("_idempotency_key", "k1")], "file", &[("a.zip", "application/zip", b"x")]));
        let answers = futures_util::future::join_all(sends).await;
        let ids: std::collections::BTreeSet<String> = answers.iter().map(led_to).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(t.items("/v1/files/").await.len(), 1);
        // Of the others only what is swept is left.
        t.advance(std::time::Duration::from_secs(24 * 3600 + 1));
        till_server::jobs::files::forget(&t.app, jiff::SignedDuration::from_hours(24)).await.unwrap();
        assert_eq!(t.app.files.count("uploads").await.unwrap(), 0);
        assert_eq!(t.app.files.count("downloadable").await.unwrap(), 1);
    }

    async fn an_upload_whose_kept_bytes_are_deleted_makes_the_file_or_says_so(t: &mut Till) {
        let owner = t.dashboard().await;
        let new = format!("{FILES}/new");
        let (mut made, mut lost) = (0, 0);
        for after in 0.. {
            let (app, other) = (t.app.clone(), t.with_token(&t.token));
            t.clock.interrupt(after, move || async move {
                let until = app.clock.now() + jiff::SignedDuration::from_secs(1);
                for (_, id) in app.store.unfinished_files(until, None, 100).await.unwrap() {
                    // What is kept has room for any file; the one that is made of it has its own size.
                    if app.store.file_by_id(id).await.unwrap().is_some_and(|file| file.size > 5) {
                        assert_eq!(other.delete(&format!("/v1/files/{id}")).await.status, 204);
                    }
                }
            });
            let key = after.to_string();
            let files = [("a.zip", "application/zip", &b"hello"[..])];
            let answer = owner.upload_with(&new, &[("_idempotency_key", key.as_str())], "file", &files).await;
            let is_over = !t.clock.has_interrupted();
            match answer.status.as_u16() {
                303 => made += 1,
                404 if !is_over => lost += 1,
                _ => panic!("{after}: {}", answer.text()),
            }
            assert_eq!(t.items("/v1/files/?limit=100").await.len(), made, "{after}: whoever made a file is told of it");
            if is_over {
                break;
            }
        }
        assert!(made > 1 && lost > 0, "{made} and {lost}");
        t.advance(Duration::from_secs(24 * 3600 + 1));
        till_server::jobs::files::forget(&t.app, jiff::SignedDuration::from_hours(24)).await.unwrap();
        assert_eq!(t.app.files.count("uploads").await.unwrap(), 0);
        assert_eq!(t.app.files.count("downloadable").await.unwrap(), u64::try_from(made).unwrap());
    }

    async fn a_file_that_cannot_be_is_refused_with_words_and_leaves_nothing(t: &mut Till) {
        let owner = t.dashboard().await;
        let new = format!("{FILES}/new");
        let before = t.all_rows().await;
        owner.upload(&new, "file", &[]).await.says(422, "Choose a file first.");
        owner.upload(&new, "other", &[("a.zip", "application/zip", b"x")]).await.says(422, "Choose a file first.");
        let long = "n".repeat(3_000);
        owner.upload(&new, "file", &[(&long, "application/zip", b"x")]).await.says(422, "at most 2048 characters");
        let late = owner.upload_with(&new, &[("version", &"v".repeat(40_000))], "file", &[("a.zip", "application/zip", b"x")]).await;
        late.says(422, "at most 2048 characters");
        let many: Vec<(&str, &str)> = vec![("other", "x"); 200];
        owner.upload_with(&new, &many, "file", &[("a.zip", "application/zip", b"x")]).await.says(422, "Choose a file first.");
        for (name, size, words) in [
            ("a.zip", "5368709121", "larger than 5 GB"),
            ("a.zip", "99999999999999999999", "larger than 5 GB"),
            ("a.zip", "-1", "larger than 5 GB"),
            ("a.zip", "x", "larger than 5 GB"),
            (long.as_str(), "5", "at most 2048 characters"),
        ] {
            announce(&owner, name, size).await.says(422, words);
        }
        assert_eq!(t.all_rows().await, before);
    }

    async fn what_is_before_a_file_is_not_read_without_end(t: &mut Till) {
        let owner = t.dashboard().await;
        let media = format!("/dashboard/ada/products/{}/media", id_in(&t.product().await, "id"));
        let before = t.all_rows().await;
        let header = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\nx-long: ";
        let line = "--edge\r\ncontent-disposition: form-data; name=\"version\"\r\n\r\n";
        for path in [format!("{FILES}/new"), media] {
            for start in [header, "", line, "--edge\r\ncontent-disposition: form-data; name=\"_idempotency_key\"\r\n\r\n"] {
                let (body, taken) = endless(start);
                owner.send_upload(&path, body).await.says(422, "What is sent before a file is longer than 64 KiB.");
                let taken = taken.load(Ordering::Relaxed);
                assert!(taken < 256 * 1024, "{path} {start}: {taken} bytes were read");
            }
        }
        assert_eq!(t.all_rows().await, before);
    }

    async fn a_form_that_takes_long_is_refused_before_it_is_swept(t: &mut Till) {
        let owner = t.dashboard().await;
        let new = format!("{FILES}/new");
        let late = owner.send_upload(&new, slow(t.clock.clone(), 13)).await;
        late.says(422, "The upload took longer than 12 hours.");
        assert_eq!(t.app.files.count("uploads").await.unwrap(), 0);
        assert!(t.items("/v1/files/").await.is_empty());
        led_to(&owner.send_upload(&new, slow(t.clock.clone(), 11)).await);
        assert_eq!(t.app.files.count("uploads").await.unwrap(), 0);
    }

    async fn the_script_sends_parts_to_signed_addresses_and_completes(t: &mut Till) {
        let owner = t.dashboard().await;
        let made = announce(&owner, "book.zip", "5").await.ok();
        let path = format!("{FILES}/uploads/{}", made["id"].as_str().unwrap());
        owner.post(&path, &[("etag", "x")]).await.says(422, "A part was not uploaded");
        t.advance(std::time::Duration::from_secs(3601));
        assert_eq!(put(t, url(&made, 0), "hello").await.status, 403, "the address has expired");
        let fresh = owner.get(&path).await.ok();
        let sent = put(t, url(&fresh, 0), "hello").await;
        assert_eq!(sent.status, 200);
        let etag = sent.header("etag").trim_matches('"').to_owned();
        owner.post(&path, &[("etag", &etag), ("sum", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCA=")]).await.says(422, "A part differs");
        owner.post(&path, &[]).await.says(422, "all parts");
        let good = [("etag", etag.as_str()), ("sum", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=")];
        let whole = owner.post(&path, &good).await.ok();
        assert_eq!(whole["page"], json!(format!("{FILES}/{}", made["id"].as_str().unwrap())));
        assert_eq!(owner.post(&path, &good).await.ok(), whole, "sent twice, it is whole once");
        // What is whole stays, whoever cancels it.
        assert_eq!(owner.post(&format!("{path}/cancel"), &[]).await.status, 204);
        assert_eq!(t.items("/v1/files/").await.len(), 1);
        let made = announce(&owner, "large.zip", "5368709120").await.ok();
        let parts = made["upload"]["parts"].as_array().unwrap();
        assert_eq!((parts.len(), &parts[159]["chunk_end"]), (160, &made["size"]));
        assert_eq!(announce(&owner, "empty.txt", "0").await.ok()["upload"]["parts"], json!([]));
        let gone = format!("{FILES}/uploads/{}", made["id"].as_str().unwrap());
        for status in [204, 404] {
            assert_eq!(owner.post(&format!("{gone}/cancel"), &[]).await.status, status);
        }
        assert_eq!(owner.get(&gone).await.status, 404);
    }

    async fn a_benefit_of_files_is_made_ordered_archived_and_changed(t: &mut Till) {
        let owner = t.dashboard().await;
        let (a, b, c) = (sold(t, "first").await, sold(t, "second").await, sold(t, "third").await);
        let new = format!("{BENEFITS}/new");
        assert!(owner.get(&new).await.text().contains("value=\"downloadables\""));
        let first = owner.post(&new, &[("type", "downloadables"), ("_next", "1")]).await;
        let text = first.text();
        assert!(text.contains("No file is chosen yet.") && text.contains("5 B<") && text.contains(&a), "{text}");
        let form_of = |files: &[&str], more: &[(&str, &str)]| {
            let all = form(files, more);
            all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        let press = async |files: &[&str], more: &[(&str, &str)]| {
            let all = form_of(files, more);
            let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let page = owner.post(&new, &all).await;
            assert_eq!(page.status, 200);
            assert!(page.text().contains("The book"), "what was typed stays");
            chosen(&page)
        };
        assert_eq!(press(&[&a], &[("_file", &b), ("_add", "1")]).await, [a.as_str(), &b]);
        assert_eq!(press(&[&a], &[("_file", &a), ("_add", "1")]).await, [a.as_str()], "each once");
        assert_eq!(press(&[&a], &[("_file", ""), ("_file_id", " "), ("_add", "1")]).await, [a.as_str()]);
        assert_eq!(press(&[&a, &b, &c], &[("_up", &c)]).await, [a.as_str(), &c, &b]);
        assert_eq!(press(&[&a, &b, &c], &[("_up", &a)]).await, [a.as_str(), &b, &c]);
        assert_eq!(press(&[&a, &b, &c], &[("_down", &a)]).await, [b.as_str(), &a, &c]);
        assert_eq!(press(&[&a, &b, &c], &[("_down", &c)]).await, [a.as_str(), &b, &c]);
        assert_eq!(press(&[&a, &b, &c], &[("_remove", &b)]).await, [a.as_str(), &c]);
        assert_eq!(press(&[&a, &b], &[("_remove", "x")]).await, [a.as_str(), &b]);
        let made = owner.post(&new, &form(&[&b, &a], &[("_archived", &a), ("_archived", &c)])).await;
        let id = led_to(&made);
        assert_eq!(properties(t, &id).await, json!({"files": [b, a], "archived": {(a.as_str()): true}}));
        let page = owner.get(&format!("{BENEFITS}/{id}")).await.text();
        assert!(page.contains("Archived") && page.contains("Offered") && page.contains(&format!("{FILES}/{a}")), "{page}");
        let edit = format!("{BENEFITS}/{id}/edit");
        let open = owner.get(&edit).await;
        assert_eq!(chosen(&open), [b.as_str(), &a]);
        assert!(open.text().contains(&format!("name=\"_archived\" value=\"{a}\" checked")), "{}", open.text());
        led_to(&owner.post(&edit, &form(&[&a, &c], &[])).await);
        assert_eq!(properties(t, &id).await, json!({"files": [a, c], "archived": {}}));
        let none = owner.post(&edit, &form(&[], &[])).await;
        none.says(422, "Choose at least one.");
        let opened = owner.get(&format!("{BENEFITS}/new?type=downloadables&file={b}")).await;
        assert_eq!(chosen(&opened), [b.as_str()]);
        let given = owner.get(&format!("{FILES}/{c}")).await.text();
        assert!(given.contains(&format!("{BENEFITS}/{id}")), "{given}");
    }

    async fn files_that_are_not_there_or_somebody_elses_are_refused_in_a_benefit(t: &mut Till) {
        let owner = t.dashboard().await;
        let eve = t.with_token(&t.stranger().await.1);
        let (own, foreign) = (sold(t, "own").await, sold(&eve, "foreign").await);
        let picture = uploaded(t, "product_media", "image/png", "picture").await;
        let unfinished = announce(&owner, "half.zip", "5").await.ok();
        let new = format!("{BENEFITS}/new");
        for wrong in [foreign.as_str(), picture["id"].as_str().unwrap(), unfinished["id"].as_str().unwrap(), "1dbfc517-0bbf-4301-9ba8-555ca42b9737"] {
            let answer = owner.post(&new, &form(&[&own, wrong], &[])).await;
            answer.says(422, &format!("{wrong}: This file does not exist"));
            assert_eq!(chosen(&answer), [own.as_str()], "what is not there is not shown");
            for page in ["", "/edit", "/delete"] {
                assert_eq!(owner.get(&format!("{FILES}/{wrong}{page}")).await.status, 404, "{wrong}{page}");
            }
            assert_eq!(owner.post(&format!("{FILES}/{wrong}/delete"), &[]).await.status, 404);
            assert_eq!(owner.post(&format!("{FILES}/{wrong}/edit"), &[("name", "mine")]).await.status, 404);
        }
        owner.post(&new, &form(&["x"], &[])).await.says(422, "x: Input should be a UUID");
        assert_eq!(owner.get(&format!("{BENEFITS}/new?type=downloadables&file=%00%3Cb%3E")).await.status, 200);
        let many: Vec<String> = (0..501).map(|n| format!("1dbfc517-0bbf-4301-9ba8-{n:012}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        owner.post(&new, &form(&many, &[])).await.says(422, "at most 500 items");
        let crowd = vec![own.as_str(); 2_100];
        assert_eq!(owner.post(&new, &form(&crowd, &[])).await.status, 422);
        assert_eq!(t.items("/v1/benefits/").await.len(), 0);
        assert_eq!(eve.items("/v1/files/").await.len(), 1);
    }

    async fn a_file_is_renamed_counted_and_deleted_with_a_warning(t: &mut Till) {
        let owner = t.dashboard().await;
        let (a, b) = (sold(t, "first").await, sold(t, "second").await);
        let new = format!("{BENEFITS}/new");
        let benefit = led_to(&owner.post(&new, &form(&[&a, &b], &[("_archived", &b)])).await);
        let other = led_to(&owner.post(&new, &[("type", "downloadables"), ("description", "The other"), ("_files", &a)]).await);
        let product = t.product().await;
        let path = format!("/v1/products/{}/benefits", id_in(&product, "id"));
        t.post(&path, json!({"benefits": [benefit, other]})).await.ok();
        let checkout = t.checkout_for(&product).await;
        t.buy(&checkout, "buyer@example.com").await;
        let viewer = t.viewer_of(&t.orders(&checkout).await.remove(0)["customer"]).await;
        for item in viewer.items("/v1/customer-portal/downloadables/").await {
            let at = item["file"]["download"]["url"].as_str().unwrap().strip_prefix("https://till.test").unwrap().to_owned();
            let request = Request::builder().method(Method::GET).uri(at).body(Body::empty()).unwrap();
            assert_eq!(t.raw(request).await.text(), "first");
        }
        let list = owner.get(FILES).await.text();
        assert!(list.contains("data-head=\"Downloads\">2</td>") && list.contains("data-head=\"Downloaders\">1</td>"), "{list}");
        let at = format!("{FILES}/{a}");
        let odd = "<b>\u{202e}../Ä\"&'.zip";
        led_to(&owner.post(&format!("{at}/edit"), &[("name", odd), ("version", "3 <i>")]).await);
        let page = owner.get(&at).await.text();
        assert!(!page.contains("<b>") && !page.contains("<i>") && page.contains("3 &#60;i&#62;"), "{page}");
        let form_page = owner.get(&format!("{BENEFITS}/{benefit}/edit")).await.text();
        assert!(!form_page.contains("<b>") && form_page.contains("3 &#60;i&#62;, 5 B<"), "{form_page}");
        owner.post(&format!("{at}/edit"), &[("name", " "), ("version", "")]).await.says(422, "Fill this in.");
        led_to(&owner.post(&format!("{at}/edit"), &[("name", "a.zip"), ("version", "")]).await);
        let file = t.items("/v1/files/").await.into_iter().find(|file| file["id"] == json!(a)).unwrap();
        assert_eq!((&file["name"], &file["version"]), (&json!("a.zip"), &json!(null)));
        owner.get(&format!("{at}/delete")).await.says(200, "It is given by: The book, The other.");
        let member = t.dashboard_as(Role::Member).await;
        let may = member.get(&at).await;
        assert_eq!(may.status, 200);
        led_to(&owner.post(&format!("{at}/delete"), &[]).await);
        assert_eq!(owner.get(&at).await.status, 404);
        assert!(viewer.items("/v1/customer-portal/downloadables/").await.is_empty());
        let edit = format!("{BENEFITS}/{benefit}/edit");
        assert_eq!(chosen(&owner.get(&edit).await), [b.as_str()], "a deleted file is not offered again");
        led_to(&owner.post(&edit, &form(&[&b], &[])).await);
        assert_eq!(properties(t, &benefit).await, json!({"files": [b], "archived": {}}));
        t.catch_up().await;
        assert_eq!(viewer.items("/v1/customer-portal/downloadables/").await.len(), 1);
    }
}
