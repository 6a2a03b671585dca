//! Files, and what shows them.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{Method, Request},
};
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use till_server::app::turns::Turn;
use till_testkit::{Answer, Till, both};
use till_wire::scope::Scope;

const FILES: &str = "/v1/files/";
const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";

/// A body that announces a file in parts of these many bytes.
pub(crate) fn announced(service: &str, mime: &str, parts: &[usize]) -> Value {
    let mut start = 0;
    let listed: Vec<Value> = parts
        .iter()
        .enumerate()
        .map(|(place, length)| {
            let part =
                json!({"number": place + 1, "chunk_start": start, "chunk_end": start + length});
            start += length;
            part
        })
        .collect();
    json!({"service": service, "name": "Ä picture.svg", "mime_type": mime, "size": start, "upload": {"parts": listed}})
}

/// Sends bytes to a signed address.
pub(crate) async fn put(t: &Till, url: &str, bytes: &str) -> Answer {
    let path = url.strip_prefix("https://till.test").unwrap();
    let request = Request::builder().method(Method::PUT).uri(path);
    t.raw(request.body(Body::from(bytes.to_owned())).unwrap())
        .await
}

pub(crate) fn url(made: &Value, part: usize) -> &str {
    made["upload"]["parts"][part]["url"].as_str().unwrap()
}

/// Announces, sends and completes a file.
pub(crate) async fn uploaded(t: &Till, service: &str, mime: &str, text: &str) -> Value {
    let made = t
        .post(FILES, announced(service, mime, &[text.len()]))
        .await
        .created();
    let sent = put(t, url(&made, 0), text).await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    complete(t, &made, &[sent.header("etag")]).await.ok()
}

async fn complete(t: &Till, made: &Value, etags: &[&str]) -> Answer {
    let parts: Vec<Value> = etags
        .iter()
        .enumerate()
        .map(|(place, etag)| json!({"number": place + 1, "checksum_etag": etag}))
        .collect();
    let body = json!({"id": made["upload"]["id"], "path": made["upload"]["path"], "parts": parts});
    t.post(
        &format!("/v1/files/{}/uploaded", made["id"].as_str().unwrap()),
        body,
    )
    .await
}

/// An announced file with its only part, and the part's `ETag`.
async fn sent(t: &Till) -> (Value, String) {
    let announced = announced("downloadable", "text/plain", &[5]);
    let made = t.post(FILES, announced).await.created();
    let part = put(t, url(&made, 0), "hello").await;
    let etag = part.header("etag").to_owned();
    (made, etag)
}

/// All turns at putting files together, so that whoever wants one waits.
async fn all_turns(t: &Till) -> Vec<Turn> {
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(t.app.limits.assembling.take(t.organization.id).await);
    }
    held
}

/// Goes on with a request until that many wait for a turn.
async fn waits(t: &Till, count: usize, request: &mut Pin<Box<impl Future<Output = Answer>>>) {
    while t.app.limits.assembling.waiting() < count {
        tokio::select! {
            biased;
            answer = &mut *request => panic!("{}", answer.text()),
            () = tokio::task::yield_now() => {}
        }
    }
}

both! {
    async fn a_file_is_announced_sent_in_parts_and_completed(t: &mut Till) {
        let made = t.post(FILES, announced("downloadable", "application/zip", &[5, 6])).await.created();
        assert_eq!((&made["is_uploaded"], &made["size_readable"]), (&json!(false), &json!("11 B")));
        assert_eq!(made["public_url"], json!(null));
        assert!(t.get(FILES).await.listed("id").is_empty(), "not listed before it is whole");
        let missing = complete(t, &made, &["x", "y"]).await.invalid();
        assert_eq!(missing, crate::pairs(&[("value_error", "body.parts")]));
        let (first, second) = (put(t, url(&made, 0), "hello").await, put(t, url(&made, 1), " world").await);
        let other = complete(t, &made, &[first.header("etag"), first.header("etag")]).await.invalid();
        assert_eq!(other, crate::pairs(&[("value_error", "body.parts")]));
        let done = complete(t, &made, &[first.header("etag"), second.header("etag")]).await.ok();
        let sum: String = Sha256::digest("hello world").iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((&done["is_uploaded"], &done["checksum_sha256_hex"]), (&json!(true), &json!(sum)));
        assert_eq!(t.get(FILES).await.listed("id"), [done["id"].as_str().unwrap()]);
        assert_eq!(put(t, url(&made, 0), "again").await.status, 404, "a whole file takes nothing more");
        let row = t.app.files.read(done["path"].as_str().unwrap()).await.unwrap();
        assert_eq!(row.size, 11);
        let path = format!("/files/{}", done["path"].as_str().unwrap());
        assert_eq!(t.anonymous().get(&path).await.status, 404, "what is sold is not shown to everybody");
    }

    async fn an_empty_file_has_no_parts_or_one_with_nothing_in_it(t: &mut Till) {
        let done = uploaded(t, "downloadable", "text/plain", "").await;
        assert_eq!((&done["is_uploaded"], &done["size"]), (&json!(true), &json!(0)));
        let made = t.post(FILES, announced("downloadable", "text/plain", &[])).await.created();
        let done = complete(t, &made, &[]).await.ok();
        assert_eq!(done["size_readable"], "0 B");
        assert_eq!(t.app.files.read(done["path"].as_str().unwrap()).await.unwrap().size, 0);
        let two = t.post(FILES, announced("downloadable", "text/plain", &[0, 0])).await.unreadable();
        assert_eq!(two.len(), 1);
        assert!(two[0].1.ends_with("upload.parts"), "{two:?}");
    }

    async fn a_refused_completion_leaves_nothing_and_what_nobody_finishes_is_swept(t: &mut Till) {
        let mut body = announced("downloadable", "text/plain", &[5]);
        body["checksum_sha256_base64"] = json!("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
        let (made, kept) = (t.post(FILES, body).await.created(), uploaded(t, "downloadable", "text/plain", "kept").await);
        let sent = put(t, url(&made, 0), "jello").await;
        let wrong = complete(t, &made, &[sent.header("etag")]).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.parts")]));
        let is_there = async |path: &str| t.app.files.read(path).await.is_ok();
        assert!(!is_there(made["path"].as_str().unwrap()).await);
        let part = format!("uploads/{}/1", made["id"].as_str().unwrap());
        let forget = || till_server::jobs::files::forget(&t.app, SignedDuration::from_hours(24));
        assert_eq!((forget().await.unwrap(), is_there(&part).await), (0, true));
        t.advance(Duration::from_secs(24 * 3600 + 1));
        assert_eq!((forget().await.unwrap(), is_there(&part).await), (1, false));
        complete(t, &made, &[sent.header("etag")]).await.not_found();
        assert!(is_there(kept["path"].as_str().unwrap()).await);
        assert_eq!(t.get(FILES).await.listed("id"), [kept["id"].as_str().unwrap()]);
    }

    async fn a_part_that_comes_while_its_file_is_deleted_is_not_kept(t: &mut Till) {
        let made = t.post(FILES, announced("downloadable", "text/plain", &[5])).await.created();
        t.advance(Duration::from_secs(1));
        let app = t.app.clone();
        let last = async move {
            assert_eq!(till_server::jobs::files::forget(&app, SignedDuration::ZERO).await.unwrap(), 1);
            Ok::<_, std::io::Error>("lo")
        };
        let pieces = futures_util::stream::iter([Ok("hel")]).chain(futures_util::stream::once(last));
        let path = url(&made, 0).strip_prefix("https://till.test").unwrap();
        let request = Request::builder().method(Method::PUT).uri(path);
        assert_eq!(t.raw(request.body(Body::from_stream(pieces)).unwrap()).await.status, 404);
        assert_eq!(t.app.files.count("uploads").await.unwrap(), 0);
    }

    async fn a_file_that_is_deleted_while_it_is_completed_leaves_nothing(t: &mut Till) {
        for after in 0.. {
            let (made, etag) = sent(t).await;
            let (other, path) = (t.with_token(&t.token), format!("{FILES}{}", made["id"].as_str().unwrap()));
            t.clock.interrupt(after, move || async move { assert_eq!(other.delete(&path).await.status, 204) });
            let completed = complete(t, &made, &[etag.as_str()]).await;
            if !t.clock.has_interrupted() {
                assert_eq!((completed.status.as_u16(), after > 0), (200, true));
                break;
            }
            completed.not_found();
            for folder in ["downloadable", "uploads"] {
                assert_eq!(t.app.files.count(folder).await.unwrap(), 0, "{after}: {folder}");
            }
        }
    }

    async fn a_file_that_is_completed_while_it_is_deleted_or_swept_is_whole_or_gone(t: &mut Till) {
        let mut whole = 0;
        for is_swept in [true, false] {
            for after in 0.. {
                let (made, etag) = sent(t).await;
                let (other, is_whole) = (t.with_token(&t.token), Arc::new(AtomicBool::new(false)));
                let (path, now_whole) = (format!("{FILES}{}", made["id"].as_str().unwrap()), is_whole.clone());
                t.clock.interrupt(after, move || async move {
                    let completed = complete(&other, &made, &[etag.as_str()]).await.status.as_u16();
                    assert!([200, 404].contains(&completed), "{completed}");
                    now_whole.store(completed == 200, Ordering::SeqCst);
                });
                match is_swept {
                    true => {
                        t.advance(Duration::from_secs(1));
                        till_server::jobs::files::forget(&t.app, SignedDuration::ZERO).await.unwrap();
                    }
                    false => assert_eq!(t.delete(&path).await.status, 204),
                }
                if !t.clock.has_interrupted() {
                    break;
                }
                // Whoever deletes it means it, whole or not.
                whole += u64::from(is_swept && is_whole.load(Ordering::SeqCst));
                assert_eq!(t.items("/v1/files/?limit=100").await.len() as u64, whole, "{is_swept} {after}");
                assert_eq!(t.app.files.count("downloadable").await.unwrap(), whole, "{is_swept} {after}");
                assert_eq!(t.app.files.count("uploads").await.unwrap(), 0, "{is_swept} {after}");
            }
        }
        assert!(whole > 0);
    }

    async fn a_file_that_is_completed_twice_at_once_is_whole_for_both(t: &mut Till) {
        for after in 0.. {
            let (made, etag) = sent(t).await;
            // By two nodes: on one, the second waits for the first.
            let (other, body, tag) = (t.another(|_| {}), made.clone(), etag.clone());
            t.clock.interrupt(after, move || async move { drop(complete(&other, &body, &[tag.as_str()]).await.ok()) });
            let completed = complete(t, &made, &[etag.as_str()]).await.ok();
            assert_eq!(completed["is_uploaded"], true);
            assert_eq!(t.app.files.read(made["path"].as_str().unwrap()).await.unwrap().size, 5);
            assert_eq!(t.app.files.count("uploads").await.unwrap(), 0);
            if !t.clock.has_interrupted() {
                break;
            }
        }
    }

    async fn completing_goes_on_when_nobody_waits_for_it(t: &mut Till) {
        let (made, etag) = sent(t).await;
        let held = all_turns(t).await;
        let tags = [etag.as_str()];
        let mut given_up = Box::pin(complete(t, &made, &tags));
        waits(t, 1, &mut given_up).await;
        drop((given_up, held));
        // Asked on its own, this would be refused: it waits for the first, or finds the file whole.
        let done = complete(t, &made, &["no sum"]).await.ok();
        assert_eq!(done["is_uploaded"], true);
        assert_eq!(t.app.files.read(made["path"].as_str().unwrap()).await.unwrap().size, 5);
    }

    async fn an_organization_has_so_many_files_put_together_at_once(t: &mut Till) {
        let held = all_turns(t).await;
        let mut files = Vec::new();
        for _ in 0..21 {
            files.push(sent(t).await);
        }
        let (last, others) = files.split_last().unwrap();
        for (place, (made, etag)) in others.iter().enumerate() {
            waits(t, place + 1, &mut Box::pin(complete(t, made, &[etag.as_str()]))).await;
        }
        let many = complete(t, &last.0, &[last.1.as_str()]).await;
        assert_eq!(many.status, 429, "{}", many.text());
        assert_eq!(many.header("retry-after"), "5");
        drop(held);
        for (made, etag) in others.iter().chain([last]) {
            complete(t, made, &[etag.as_str()]).await.ok();
        }
    }

    async fn parts_are_judged_before_their_bytes_are_copied(t: &mut Till) {
        let hex = |text: &str| Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect::<String>();
        for (there, claimed) in [("jello", "jello"), ("hell", "hello"), ("hell", "hell")] {
            let (made, _) = sent(t).await;
            // What is there would pass, were it looked at: it is not, because of what is known of the part that came.
            let part = format!("uploads/{}/1", made["id"].as_str().unwrap());
            let bytes = futures_util::stream::iter([Ok::<_, std::io::Error>(there.into())]);
            t.app.files.write(&part, 5, bytes).await.unwrap();
            let refused = complete(t, &made, &[hex(claimed).as_str()]).await.invalid();
            assert_eq!(refused, crate::pairs(&[("value_error", "body.parts")]), "{there} {claimed}");
        }
        let (made, etag) = sent(t).await;
        let sum = format!("uploads/{}/1.sha256", made["id"].as_str().unwrap());
        t.app.files.remove(&sum).await.unwrap();
        complete(t, &made, &[etag.as_str()]).await.ok();
    }

    async fn a_part_is_exactly_what_was_announced(t: &mut Till) {
        let mut body = announced("product_media", "image/png", &[5]);
        body["upload"]["parts"][0]["checksum_sha256_base64"] = json!("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
        let made = t.post(FILES, body).await.created();
        for (bytes, status) in [("hell", 400), ("hello!", 400), ("jello", 400), ("hello", 200)] {
            assert_eq!(put(t, url(&made, 0), bytes).await.status, status, "{bytes}");
        }
    }

    async fn an_upload_address_is_signed_and_works_for_an_hour(t: &mut Till) {
        let made = t.post(FILES, announced("product_media", "image/png", &[5, 5])).await.created();
        let other = url(&made, 0).replace("/1?", "/2?");
        assert_eq!(put(t, &other, "hello").await.status, 403);
        let later = url(&made, 0).replace("expires=", "expires=9");
        assert_eq!(put(t, &later, "hello").await.status, 403);
        t.advance(Duration::from_secs(3599));
        assert_eq!(put(t, url(&made, 0), "hello").await.status, 200);
        t.advance(Duration::from_secs(2));
        assert_eq!(put(t, url(&made, 0), "hello").await.status, 403);
    }

    async fn pictures_are_small_and_pictures_and_others_tokens_see_nothing(t: &mut Till) {
        for (body, kind, place) in [
            (announced("product_media", "text/html", &[5]), "string_pattern_mismatch", "body.product_media.mime_type"),
            (announced("product_media", "image/png", &[10 * 1024 * 1024 + 1]), "less_than_equal", "body.product_media.size"),
            (announced("organization_avatar", "image/png", &[1024 * 1024 + 1]), "less_than_equal", "body.organization_avatar.size"),
            (announced("elsewhere", "image/png", &[5]), "union_tag_invalid", "body"),
        ] {
            assert_eq!(t.post(FILES, body).await.unreadable(), crate::pairs(&[(kind, place)]));
        }
        let file = uploaded(t, "product_media", "image/svg+xml", SVG).await;
        let path = format!("{FILES}{}", file["id"].as_str().unwrap());
        let eve = t.with_token(&t.stranger().await.1);
        assert!(eve.get(FILES).await.listed("id").is_empty());
        eve.patch(&path, json!({"name": "mine"})).await.not_found();
        let reader = t.with_token(&t.token_of(&[Scope::FilesRead]).await);
        assert_eq!(reader.patch(&path, json!({"name": "mine"})).await.status, 403);
        assert_eq!(reader.get(FILES).await.listed("id").len(), 1);
    }

    async fn a_picture_is_shown_to_everybody_and_an_svg_is_shut_in(t: &mut Till) {
        let file = uploaded(t, "product_media", "image/svg+xml", SVG).await;
        let path = file["public_url"].as_str().unwrap().strip_prefix("https://till.test").unwrap().to_owned();
        assert!(path.is_ascii() && path.ends_with("__picture.svg"), "{path}");
        let shown = t.anonymous().get(&path).await;
        assert_eq!((shown.status.as_u16(), shown.text()), (200, SVG.to_owned()));
        assert_eq!(shown.header("content-type"), "image/svg+xml");
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
        assert!(shown.header("content-security-policy").contains("sandbox"));
        assert!(shown.header("cache-control").contains("immutable"));
        let again = [("if-none-match", shown.header("etag"))];
        assert_eq!(t.anonymous().get_with(&path, &again).await.status, 304);
        let own = format!("{FILES}{}", file["id"].as_str().unwrap());
        let renamed = t.patch(&own, json!({"name": "logo.svg", "version": "2"})).await.ok();
        assert_eq!((&renamed["name"], &renamed["version"]), (&json!("logo.svg"), &json!("2")));
        assert_eq!(t.delete(&own).await.status, 204);
        assert_eq!(t.anonymous().get(&path).await.status, 404);
        t.delete(&own).await.not_found();
    }

    async fn a_product_shows_its_pictures_in_order_until_they_are_deleted(t: &mut Till) {
        let (a, b) = (uploaded(t, "product_media", "image/png", "a").await, uploaded(t, "product_media", "image/png", "b").await);
        let product = t.product().await;
        let path = format!("/v1/products/{}", product["id"].as_str().unwrap());
        let changed = t.patch(&path, json!({"medias": [b["id"], a["id"]]})).await.ok();
        assert_eq!(changed["medias"], json!([b, a]));
        let checkout = t.checkout_for(&product).await;
        assert_eq!(checkout["product"]["medias"][0]["public_url"], b["public_url"]);
        t.delete(&format!("{FILES}{}", b["id"].as_str().unwrap())).await;
        assert_eq!(t.get(&path).await.ok()["medias"], json!([a]));
        let sold = uploaded(t, "downloadable", "image/png", "c").await;
        let wrong = t.patch(&path, json!({"medias": [sold["id"]]})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.medias.0")]));
    }

    async fn an_organization_wears_an_uploaded_avatar(t: &mut Till) {
        let file = uploaded(t, "organization_avatar", "image/png", "face").await;
        let path = format!("/v1/organizations/{}", t.organization.id);
        let worn = t.patch(&path, json!({"avatar_url": file["public_url"]})).await.ok();
        assert_eq!(worn["avatar_url"], file["public_url"]);
    }

    async fn pictures_are_uploaded_ordered_and_removed_on_the_dashboard(t: &mut Till) {
        let owner = t.dashboard().await;
        let product = t.product().await;
        let path = format!("/dashboard/ada/products/{}/media", product["id"].as_str().unwrap());
        assert!(owner.get(&path).await.text().contains("No pictures yet"));
        let sent = owner.upload(&path, "pictures", &[("a.png", "image/png", b"first"), ("b.webp", "image/webp", b"second")]).await;
        assert_eq!(sent.header("location"), path, "{}", sent.text());
        let shown = t.get(&format!("/v1/products/{}", product["id"].as_str().unwrap())).await.ok();
        let names = |product: &Value| product["medias"].as_array().unwrap().iter().map(|m| m["name"].clone()).collect::<Vec<_>>();
        assert_eq!(names(&shown), ["a.png", "b.webp"]);
        let first = shown["medias"][0]["id"].as_str().unwrap();
        let change = format!("{path}/change");
        owner.post(&change, &[("media", first), ("to", "down")]).await;
        let api = format!("/v1/products/{}", product["id"].as_str().unwrap());
        assert_eq!(names(&t.get(&api).await.ok()), ["b.webp", "a.png"]);
        owner.post(&change, &[("media", first), ("to", "remove")]).await;
        assert_eq!(names(&t.get(&api).await.ok()), ["b.webp"]);
        let page = owner.upload(&path, "pictures", &[("c.html", "text/html", b"<b>")]).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("c.html: ") && page.text().contains("A picture must be"), "{}", page.text());
        let nothing = owner.upload(&path, "pictures", &[]).await;
        assert!(nothing.text().contains("Choose a picture first."));
    }
}
