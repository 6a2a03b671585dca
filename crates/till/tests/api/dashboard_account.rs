//! A person's own page: name, password, and where they are signed in.

use std::time::Duration;

use till_testkit::{Answer, Browser, Till, both};

const ADA: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// A message about what was done is shown on the next page, once.
async fn done(browser: &Browser, answer: &Answer, words: &str) {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let to = answer.header("location").to_owned();
    browser.get(&to).await.says(200, words);
    assert!(!browser.get(&to).await.text().contains(words), "{words}");
}

async fn enters(t: &Till, password: &str) -> Option<Browser> {
    let browser = t.browser();
    let fields = [("email", ADA), ("password", password)];
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("user-agent", FIREFOX),
        ("x-client-ip", "203.0.113.9"),
    ];
    let answer = browser.post_with("/sign-in", &fields, &headers).await;
    (answer.status == 303).then_some(browser)
}

both! {
    async fn a_person_gives_their_name_and_takes_it_away(t: &mut Till) {
        let browser = t.dashboard().await;
        done(&browser, &browser.post("/account/name", &[("name", " Ada <b> ")]).await, "Your name was saved.").await;
        browser.get("/account").await.says(200, "value=\"Ada &#60;b&#62;\"");
        let long = "x".repeat(129);
        browser.post("/account/name", &[("name", &long)]).await.says(422, "at most 128 characters");
        browser.post("/account/name", &[("name", "a\0b")]).await.says(422, "control characters");
        done(&browser, &browser.post("/account/name", &[("name", "")]).await, "Your name was saved.").await;
        assert!(!browser.get("/account").await.text().contains("Ada &#60;"));
    }

    async fn a_first_password_is_set_without_one_and_has_twelve_characters(t: &mut Till) {
        let browser = t.dashboard().await;
        t.advance(Duration::from_secs(3600));
        assert!(!browser.get("/account").await.text().contains("current_password"));
        browser.post("/account/password", &[("new_password", "elevenchars")]).await.says(422, "Use 12 characters or more.");
        browser.post("/account/password", &[]).await.says(422, "Use 12 characters or more.");
        assert!(enters(t, "elevenchars").await.is_none());
        done(&browser, &browser.post("/account/password", &[("new_password", PASSWORD)]).await, "Your password was set.").await;
        assert!(enters(t, PASSWORD).await.is_some());
    }

    async fn a_new_password_asks_for_the_current_one_and_ends_other_sessions_and_links(t: &mut Till) {
        let first = t.dashboard().await;
        first.post("/account/password", &[("new_password", PASSWORD)]).await;
        let browser = enters(t, PASSWORD).await.unwrap();
        t.browser().post("/sign-in/link", &[("email", ADA)]).await;
        t.drain().await;
        let (_, link) = t.mailbox.link();
        let other = "another horse battery";
        browser.get("/account").await.says(200, "current_password");
        for current in ["", "wrong"] {
            let fields = [("current_password", current), ("new_password", other)];
            browser.post("/account/password", &fields).await.says(422, "This is not your current password.");
        }
        browser.post("/account/password", &[("new_password", other)]).await.says(422, "This is not your current password.");
        assert_eq!(first.get("/account").await.status, 200);
        let fields = [("current_password", PASSWORD), ("new_password", other)];
        done(&browser, &browser.post("/account/password", &fields).await, "Your password was set.").await;
        assert_eq!(first.get("/account").await.status, 303, "signed out");
        assert_eq!(t.browser().get(&link).await.status, 410);
        assert!(enters(t, PASSWORD).await.is_none());
        assert!(enters(t, other).await.is_some());
    }

    async fn a_forgotten_password_is_replaced_soon_after_signing_in_by_link(t: &mut Till) {
        t.dashboard().await.post("/account/password", &[("new_password", PASSWORD)]).await;
        let browser = t.dashboard().await;
        let other = [("new_password", "another horse battery")];
        t.advance(Duration::from_secs(30 * 60));
        browser.post("/account/password", &other).await.says(422, "This is not your current password.");
        let browser = t.dashboard().await;
        assert!(!browser.get("/account").await.text().contains("current_password"));
        done(&browser, &browser.post("/account/password", &other).await, "Your password was set.").await;
    }

    async fn guessing_the_current_password_is_throttled(t: &mut Till) {
        t.dashboard().await.post("/account/password", &[("new_password", PASSWORD)]).await;
        let browser = enters(t, PASSWORD).await.unwrap();
        let guess = [("current_password", "wrong"), ("new_password", "another horse battery")];
        let mut answer = browser.post("/account/password", &guess).await;
        for _ in 0..12 {
            answer = browser.post("/account/password", &guess).await;
        }
        answer.says(429, "Too many attempts.");
    }

    async fn sessions_are_listed_with_browser_address_and_time(t: &mut Till) {
        t.dashboard().await.post("/account/password", &[("new_password", PASSWORD)]).await;
        let browser = enters(t, PASSWORD).await.unwrap();
        let page = browser.get("/account").await;
        for words in ["Firefox on Linux", "203.0.113.9", "This browser", "data-head=\"Method\">Password<", "Unknown browser", "data-head=\"Method\">Link<", "22 Nov 2026, 12:00 UTC"] {
            page.says(200, words);
        }
        browser.set_cookie("till_zone", "Asia/Kolkata");
        browser.get("/account").await.says(200, "22 Nov 2026, 17:30");
    }

    async fn one_session_is_ended_after_asking_and_is_out_at_once(t: &mut Till) {
        let (browser, other) = (t.dashboard().await, t.dashboard().await);
        let page = browser.get("/account").await.text();
        let path = page.split('"').find(|part| part.ends_with("/end")).unwrap();
        browser.get(path).await.says(200, "Sign out Unknown browser?");
        assert_eq!(other.get("/account").await.status, 200, "asked, and not done");
        done(&browser, &browser.post(path, &[]).await, "That browser was signed out.").await;
        assert_eq!(other.get("/account").await.status, 303);
        assert_eq!(browser.get(path).await.status, 404);
        assert_eq!(browser.get("/account/sessions/x/end").await.status, 404);
    }

    async fn nobody_ends_somebody_elses_session(t: &mut Till) {
        let (ada, again) = (t.dashboard().await, t.dashboard().await);
        let page = ada.get("/account").await.text();
        let path = page.split('"').find(|part| part.ends_with("/end")).unwrap();
        let eve = t.person("eve@example.com", None).await;
        let eve = t.signed_in(&eve).await;
        assert_eq!(eve.get(path).await.status, 404);
        eve.post(path, &[]).await;
        assert_eq!(again.get("/account").await.status, 200);
    }

    async fn all_other_sessions_are_ended_at_once(t: &mut Till) {
        let (browser, one, two) = (t.dashboard().await, t.dashboard().await, t.dashboard().await);
        browser.get("/account/sessions/others").await.says(200, "Sign out everywhere else?");
        done(&browser, &browser.post("/account/sessions/others", &[]).await, "You have been signed out everywhere else.").await;
        assert_eq!(one.get("/account").await.status, 303);
        assert_eq!(two.get("/account").await.status, 303);
        assert!(!browser.get("/account").await.text().contains("Sign out everywhere else"));
    }

    async fn use_is_noted_now_and_then(t: &mut Till) {
        let browser = t.dashboard().await;
        let seen = async || t.app.store.one::<till_core::kernel::records::UserSession>(
            till_store::Query::select::<till_core::kernel::records::UserSession>("", vec![])).await.unwrap().unwrap().last_seen_at;
        let first = seen().await;
        t.advance(Duration::from_secs(240));
        browser.get("/account").await;
        assert_eq!(seen().await, first);
        t.advance(Duration::from_secs(120));
        browser.get("/account").await;
        for _ in 0..1_000 {
            if seen().await != first { return; }
            tokio::task::yield_now().await;
        }
        panic!("not noted");
    }
}
