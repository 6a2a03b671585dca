//! Changes of e-mail addresses by customers themselves (docs/behaviour: portal/email-change).

use std::time::Duration;

use serde_json::{Value, json};
use till_core::kernel::records::{Mail as Letter, MailKind};
use till_ports::mail::MailError;
use till_store::Query;
use till_testkit::{Till, both};

use crate::mail::Server;
use crate::portal_kit::{PORTAL, Redirected, SESSION, hidden, signed_in};

const REQUEST: &str = "/v1/customer-portal/customers/me/email-update/request";
const CHECK: &str = "/v1/customer-portal/customers/me/email-update/check";
const VERIFY: &str = "/v1/customer-portal/customers/me/email-update/verify";
const USER: &str = "/v1/customer-portal/customer-session/user";
const REFUSED: (u16, &str) = (401, "InvalidVerificationToken");

/// Lets customers change their address, or not.
async fn switched(t: &Till, on: bool) {
    let settings = json!({"usage": {"show": false}, "subscription": {"update_seats": true, "update_plan": true},
        "customer": {"allow_email_change": on}});
    let path = format!("/v1/organizations/{}", t.organization.id);
    t.patch(&path, json!({"customer_portal_settings": settings}))
        .await
        .ok();
}

/// The letters of a kind, the oldest first: to whom, and where the button leads.
async fn letters(t: &Till, kind: MailKind) -> Vec<(String, String)> {
    let query = Query::select::<Letter>("order by created_at, id", vec![]);
    let letters: Vec<Letter> = t.app.store.all(query).await.unwrap();
    let letters = letters.into_iter().filter(|one| one.kind == kind);
    letters
        .map(|one| {
            let button = one.content.0.button.clone();
            (
                one.recipient,
                button.map(|(_, url)| url).unwrap_or_default(),
            )
        })
        .collect()
}

/// Asks for a change; the token of the link that comes.
async fn asked(t: &Till, viewer: &Till, email: &str) -> String {
    viewer
        .post(REQUEST, json!({"email": email}))
        .await
        .expect(202);
    t.drain().await;
    let (to, url) = letters(t, MailKind::EmailChange).await.pop().unwrap();
    assert_eq!(to.to_lowercase(), email.to_lowercase());
    url.split_once("token=").unwrap().1.to_owned()
}

/// The page that a token's link leads to.
fn page_of(token: &str) -> String {
    format!("{PORTAL}/verify-email?token={token}")
}

async fn check(t: &Till, token: &str) -> till_testkit::Answer {
    t.anonymous().get(&format!("{CHECK}?token={token}")).await
}

async fn verify(t: &Till, token: &str) -> till_testkit::Answer {
    t.anonymous().post(VERIFY, json!({"token": token})).await
}

async fn is_refused(t: &Till, token: &str) {
    check(t, token).await.refused(REFUSED.0, REFUSED.1);
    verify(t, token).await.refused(REFUSED.0, REFUSED.1);
}

async fn email_of(t: &Till, customer: &Value) -> Value {
    let path = format!("/v1/customers/{}", customer["id"].as_str().unwrap());
    t.get(&path).await.ok()["email"].clone()
}

both! {
    async fn a_new_address_counts_once_its_link_is_confirmed(t: &mut Till) {
        switched(t, true).await;
        t.listen().await;
        let cat = t.customer("cat@example.com").await;
        let viewer = t.viewer_of(&cat).await;
        t.webhook_events().await;
        let token = asked(t, &viewer, "Cat@New.example").await;
        check(t, &token).await.gone();
        check(t, &token).await.gone();
        assert_eq!(email_of(t, &cat).await, "cat@example.com");
        let opened = verify(t, &token).await.ok()["token"].as_str().unwrap().to_owned();
        is_refused(t, &token).await;
        let now = t.get(&format!("/v1/customers/{}", cat["id"].as_str().unwrap())).await.ok();
        assert_eq!((&now["email"], &now["email_verified"]), (&json!("Cat@new.example"), &json!(true)));
        let owner = t.items(&format!("/v1/members/?customer_id={}", cat["id"].as_str().unwrap())).await.remove(0);
        assert_eq!(owner["email"], "Cat@new.example");
        // Whoever was signed in is no more; the new token signs in.
        viewer.get(USER).await.refused(401, "invalid_token");
        assert_eq!(t.with_token(&opened).get(USER).await.ok()["email"], "Cat@new.example");
        t.drain().await;
        let told = letters(t, MailKind::EmailChanged).await;
        assert_eq!(told, [("cat@example.com".to_owned(), String::new())]);
        let events = t.webhook_events().await;
        let updated: Vec<_> = events.iter().filter(|event| event["type"] == "customer.updated").collect();
        assert_eq!(updated.len(), 1);
        assert_eq!(updated[0]["data"]["email"], "Cat@new.example");
        let [letter] = &told[..] else { panic!("{told:?}") };
        assert!(!format!("{letter:?}").contains("new.example"), "the old mailbox does not learn the new address");
        t.see_through().await;
    }

    async fn who_else_has_the_address_shows_to_its_reader_alone(t: &mut Till) {
        switched(t, true).await;
        let cat = t.customer("cat@example.com").await;
        t.customer("bob@example.com").await;
        let viewer = t.viewer_of(&cat).await;
        let mut answers = Vec::new();
        for email in ["bob@example.com", "nobody@example.com"] {
            let answer = viewer.post(REQUEST, json!({"email": email})).await;
            answers.push((answer.status, answer.text()));
        }
        assert_eq!(answers[0], answers[1]);
        t.drain().await;
        let token = asked(t, &viewer, "BOB@example.com").await;
        let before = t.all_rows().await;
        let told = verify(t, &token).await.invalid();
        assert_eq!(told, crate::pairs(&[("value_error", "body.token")]));
        let page = t.browser().get(&page_of(&token)).await.text();
        let key = hidden(&page, "_idempotency_key");
        let fields = [("token", &*token), ("_idempotency_key", &*key)];
        t.browser().post(&format!("{PORTAL}/verify-email"), &fields).await.says(422, "has this address already");
        crate::foreign::unchanged("an address that is taken", &before, &t.all_rows().await);
    }

    async fn what_is_not_offered_is_refused(t: &mut Till) {
        let cat = t.customer("cat@example.com").await;
        let viewer = t.viewer_of(&cat).await;
        let browser = signed_in(t, &cat).await;
        let form = format!("{PORTAL}/details/email");
        viewer.post(REQUEST, json!({"email": "new@example.com"})).await.refused(403, "NotPermitted");
        assert!(!browser.get(&format!("{PORTAL}/details")).await.text().contains(&form));
        assert_eq!(browser.post(&form, &[("email", "new@example.com")]).await.status, 404);
        switched(t, true).await;
        let told = viewer.post(REQUEST, json!({"email": "CAT@example.com"})).await.invalid();
        assert_eq!(told, crate::pairs(&[("value_error", "body.email")]));
        browser.post(&form, &[("email", "CAT@EXAMPLE.com")]).await.says(422, "your email address already");
        let long = format!("{}@example.com", "a".repeat(300));
        for email in ["", "ada", "ada@", "a@b.example\r\nBcc: eve@example.com", "a@b.example\u{2028}x", "\"a b\"@example.com",
            "a@b.example, eve@example.com", "<a@b.example>", "a@b.example\0", &long] {
            viewer.post(REQUEST, json!({"email": email})).await.unreadable();
            browser.post(&form, &[("email", email)]).await.says(422, "email-error");
        }
        viewer.post(REQUEST, json!({"email": null})).await.unreadable();
        viewer.post(REQUEST, json!({})).await.unreadable();
        let crew = t.post("/v1/customers/", json!({"type": "team", "email": "crew@example.com", "owner": {"email": "crew@example.com"}})).await.created();
        let team = t.viewer_of(&crew).await;
        assert_eq!(team.post(REQUEST, json!({"email": "new@example.com"})).await.invalid(), crate::pairs(&[("value_error", "body.email")]));
        let members = format!("/v1/customers/{}/members", crew["id"].as_str().unwrap());
        let member = t.post(&members, json!({"email": "low@example.com"})).await.created();
        let session = json!({"customer_id": crew["id"], "member_id": member["id"]});
        let session = t.post("/v1/customer-sessions/", session).await.created();
        let member = t.with_token(session["token"].as_str().unwrap());
        member.post(REQUEST, json!({"email": "new@example.com"})).await.refused(403, "NotPermitted");
        t.anonymous().post(REQUEST, json!({"email": "new@example.com"})).await.refused(401, "Unauthorized");
        t.drain().await;
        assert_eq!(letters(t, MailKind::EmailChange).await, []);
    }

    async fn a_token_that_is_none_confirms_nothing(t: &mut Till) {
        let nobody = t.anonymous();
        nobody.get(CHECK).await.unreadable();
        nobody.post(VERIFY, json!({})).await.unreadable();
        let long = "x".repeat(2_000);
        for token in ["", "till_eml_x", "%25", "a'b", &long] {
            is_refused(t, token).await;
            t.browser().get(&page_of(token)).await.says(401, "no longer works");
            t.browser().post(&format!("{PORTAL}/verify-email"), &[("token", token)]).await.says(401, "no longer works");
        }
    }

    async fn a_link_ends_with_what_it_was_asked_for(t: &mut Till) {
        switched(t, true).await;
        let cat = t.customer("cat@example.com").await;
        let path = format!("/v1/customers/{}", cat["id"].as_str().unwrap());
        let viewer = t.viewer_of(&cat).await;
        // With the next one that is asked for.
        let first = asked(t, &viewer, "one@example.com").await;
        let second = asked(t, &viewer, "two@example.com").await;
        is_refused(t, &first).await;
        check(t, &second).await.gone();
        // While the switch is off.
        switched(t, false).await;
        is_refused(t, &second).await;
        switched(t, true).await;
        check(t, &second).await.gone();
        // With another address meanwhile.
        t.patch(&path, json!({"email": "cat@other.example"})).await.ok();
        is_refused(t, &second).await;
        // With time.
        let third = asked(t, &viewer, "three@example.com").await;
        t.advance(Duration::from_secs(3_599));
        check(t, &third).await.gone();
        t.advance(Duration::from_secs(1));
        is_refused(t, &third).await;
        // With the customer.
        let viewer = t.viewer_of(&cat).await;
        let last = asked(t, &viewer, "four@example.com").await;
        // Not at another organization's pages, as long as it works.
        let (other, _) = t.stranger().await;
        let there = format!("/{}/portal/verify-email", other.slug);
        t.browser().get(&format!("{there}?token={last}")).await.says(401, "no longer works");
        t.browser().post(&there, &[("token", &last)]).await.says(401, "no longer works");
        t.delete(&format!("{path}?anonymize=true")).await.gone();
        is_refused(t, &last).await;
        t.see_through().await;
        t.catch_up().await;
        assert!(!format!("{:?}", t.all_rows().await["email_changes"]).contains("example"), "an erased customer's is forgotten");
    }

    async fn a_letter_that_was_not_taken_gives_way_to_a_newer_one(t: &mut Till) {
        switched(t, true).await;
        let server = Server::saying(vec![Err(MailError::Later("451 4.7.1 greylisted".to_owned()))]);
        let real = t.another(|app| (app.mail, app.sandbox) = (server.clone(), None));
        let cat = t.customer("cat@example.com").await;
        let viewer = real.viewer_of(&cat).await;
        for email in ["mistyped@example.com", "right@example.com"] {
            viewer.post(REQUEST, json!({"email": email})).await.expect(202);
            real.drain().await;
        }
        for _ in 0..20 {
            t.advance(Duration::from_secs(120));
            real.drain().await;
        }
        let sent: Vec<(String, String)> = server.asked.lock().unwrap().iter().map(|message| {
            let token = message.text.split_once("token=").unwrap().1.split_whitespace().next().unwrap();
            (message.to.to_string(), token.to_owned())
        }).collect();
        let [(first, refused), (second, taken)] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!((&**first, &**second), ("mistyped@example.com", "right@example.com"));
        is_refused(t, refused).await;
        check(t, taken).await.gone();
        verify(t, taken).await.ok();
        assert_eq!(email_of(t, &cat).await, "right@example.com");
        real.drain().await;
    }

    async fn a_letter_whose_link_would_confirm_nothing_is_not_sent(t: &mut Till) {
        switched(t, true).await;
        let cat = t.customer("cat@example.com").await;
        let viewer = t.viewer_of(&cat).await;
        viewer.post(REQUEST, json!({"email": "one@example.com"})).await.expect(202);
        switched(t, false).await;
        t.drain().await;
        assert_eq!(letters(t, MailKind::EmailChange).await, []);
        switched(t, true).await;
        viewer.post(REQUEST, json!({"email": "two@example.com"})).await.expect(202);
        let path = format!("/v1/customers/{}", cat["id"].as_str().unwrap());
        t.patch(&path, json!({"email": "cat@other.example"})).await.ok();
        t.drain().await;
        assert_eq!(letters(t, MailKind::EmailChange).await, []);
    }

    async fn nothing_is_asked_for_where_no_letter_can_arrive(t: &mut Till) {
        switched(t, true).await;
        let silent = t.another(|app| {
            app.mail = std::sync::Arc::new(till_ports::mail::LogMailbox { words: false });
            app.sandbox = None;
        });
        let cat = t.customer("cat@example.com").await;
        let viewer = silent.viewer_of(&cat).await;
        let told = viewer.post(REQUEST, json!({"email": "new@example.com"})).await.refused(403, "NotPermitted");
        assert!(told["detail"].as_str().unwrap().contains("sends no e-mail"), "{told}");
        assert!(t.all_rows().await["jobs"].iter().all(|row| !row.contains("email_change_link")));
    }

    async fn strangers_share_no_keys(t: &mut Till) {
        switched(t, true).await;
        let mut tokens = Vec::new();
        for name in ["cat", "dog"] {
            let customer = t.customer(&format!("{name}@example.com")).await;
            let viewer = t.viewer_of(&customer).await;
            tokens.push(asked(t, &viewer, &format!("{name}@new.example")).await);
        }
        let verified = async |token: &str| {
            let body = json!({"token": token}).to_string();
            let request = axum::http::Request::post(VERIFY)
                .header("content-type", "application/json")
                .header("content-length", body.len())
                .header("idempotency-key", "k");
            t.raw(request.body(axum::body::Body::from(body)).unwrap()).await
        };
        let cat = verified(&tokens[0]).await.ok();
        let dog = verified(&tokens[1]).await.ok();
        assert_ne!(cat["token"], dog["token"]);
        // The same request again gets the same answer, also when its link is used up.
        let again = verified(&tokens[0]).await;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.ok(), cat);
        is_refused(t, &tokens[0]).await;
        t.drain().await;
    }

    async fn links_are_not_sent_in_heaps(t: &mut Till) {
        switched(t, true).await;
        let limited = t.limited(10_000);
        let (cat, dog) = (t.customer("cat@example.com").await, t.customer("dog@example.com").await);
        let cat = limited.viewer_of(&cat).await;
        for n in 0..5 {
            cat.post(REQUEST, json!({"email": format!("{n}@example.com")})).await.expect(202);
        }
        let many = cat.post(REQUEST, json!({"email": "9@example.com"})).await;
        assert_eq!(many.status, 429, "{}", many.text());
        assert!(many.header("retry-after").parse::<u64>().unwrap() > 0);
        // One address is not written to in heaps by several customers.
        let mut sent = 0;
        for n in 0..7 {
            let other = t.customer(&format!("c{n}@example.com")).await;
            let answer = limited.viewer_of(&other).await.post(REQUEST, json!({"email": "victim@example.com"})).await;
            sent += usize::from(answer.status == 202);
        }
        assert_eq!(sent, 5);
        let browser = signed_in(&limited, &dog).await;
        let form = format!("{PORTAL}/details/email");
        browser.post(&form, &[("email", "victim@example.com")]).await.says(429, "Too many attempts");
        browser.post(&form, &[("email", "free@example.com")]).await.expect_to("/ada/portal/details?done=email-sent");
        t.drain().await;
        assert_eq!(letters(t, MailKind::EmailChange).await.len(), 7, "of each customer's requests the last");
    }

    async fn the_pages_change_the_address_without_script(t: &mut Till) {
        switched(t, true).await;
        let cat = t.customer("cat@example.com").await;
        let browser = signed_in(t, &cat).await;
        let page = browser.get(&format!("{PORTAL}/details")).await;
        page.says(200, "Your account uses cat@example.com");
        let form = page.text();
        let form = form.split("/ada/portal/details/email").nth(1).unwrap();
        let key = hidden(form, "_idempotency_key");
        let fields = [("email", "new@example.com"), ("_idempotency_key", &*key)];
        for _ in 0..2 {
            browser.post(&format!("{PORTAL}/details/email"), &fields).await.expect_to("/ada/portal/details?done=email-sent");
        }
        browser.get(&format!("{PORTAL}/details?done=email-sent")).await.says(200, "A link is on its way");
        t.drain().await;
        let sent = letters(t, MailKind::EmailChange).await;
        let [(_, url)] = &sent[..] else { panic!("{sent:?}") };
        let link = url.strip_prefix("https://till.test").unwrap();
        let token = link.split_once("token=").unwrap().1.to_owned();
        // On another device; looking changes nothing.
        let other = t.browser();
        other.get(link).await.says(200, "new@example.com");
        let page = other.get(link).await;
        assert_eq!(email_of(t, &cat).await, "cat@example.com");
        let key = hidden(&page.text(), "_idempotency_key");
        let (at, fields) = (format!("{PORTAL}/verify-email"), [("token", &*token), ("_idempotency_key", &*key)]);
        let foreign = other.post_with(&at, &fields, &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!(foreign.status, 403);
        other.post(&at, &fields).await.expect_to("/ada/portal/details?done=email");
        let session = other.cookie(SESSION);
        other.post(&at, &fields).await.expect_to("/ada/portal/details?done=email");
        assert_eq!(other.cookie(SESSION), session, "the same form again signs in as the first");
        other.get(&format!("{PORTAL}/details?done=email")).await.says(200, "Your email address was changed.");
        other.get(PORTAL).await.says(200, "Signed in as new@example.com");
        browser.get(&format!("{PORTAL}/details")).await.expect_to("/ada/portal?ended=true");
        t.browser().post(&at, &[("token", &token)]).await.says(401, "no longer works");
        t.drain().await;
        assert_eq!(letters(t, MailKind::EmailChanged).await.len(), 1);
    }
}
