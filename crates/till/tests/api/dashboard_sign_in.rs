//! Signing in to the dashboard, and who sees what of it.

use std::time::Duration;

use till_core::kernel::records::Role;
use till_testkit::{Answer, Till, both};
use till_wire::organizations::OrganizationStatus;

const PASSWORD: &str = "correct horse battery";
const COOKIE: &str = "__Host-till_session";
const KNOWN: &str = "__Host-till_browser";
const TEAM: &str = "/dashboard/ada/settings/team";
const INVITE: &str = "/dashboard/ada/settings/team/invite";

#[track_caller]
fn goes_to(answer: &Answer, path: &str) {
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, path),
        "{}",
        answer.text()
    );
}

/// The visible words of an answer: what a person can tell two answers apart by.
fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.text())
}

/// The header by which an answer sets the cookie of this name; empty where it does not.
fn set_cookie(answer: &Answer, name: &str) -> String {
    let all = answer.headers.get_all("set-cookie").iter();
    all.map(|set| set.to_str().unwrap().to_owned())
        .find(|set| set.starts_with(&format!("{name}=")))
        .unwrap_or_default()
}

fn sign_in<'a>(email: &'a str, password: &'a str) -> [(&'static str, &'a str); 2] {
    [("email", email), ("password", password)]
}

/// Sends a form of the sign-in page for Grace, from a browser in this network that nobody has signed in with.
async fn send(t: &Till, address: &str, path: &str, password: &str) -> Answer {
    let headers = [("sec-fetch-site", "same-origin"), ("x-client-ip", address)];
    let fields = sign_in("grace@example.com", password);
    t.browser().post_with(path, &fields, &headers).await
}

both! {
    async fn a_password_signs_in_and_leads_to_the_page_that_was_asked_for(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        let browser = t.browser();
        goes_to(&browser.get("/dashboard?x=1").await, "/sign-in?next=%2Fdashboard%3Fx%3D1");
        let form = browser.get("/sign-in?next=%2Fdashboard%3Fx%3D1").await;
        assert_eq!(form.status, 200);
        assert!(form.text().contains("name=\"next\" value=\"/dashboard?x=1\""));
        let [email, password] = sign_in(" Grace@Example.com ", PASSWORD);
        let done = browser.post("/sign-in", &[email, password, ("next", "/dashboard?x=1")]).await;
        goes_to(&done, "/dashboard?x=1");
        goes_to(&browser.get("/dashboard").await, "/account");
        goes_to(&browser.get("/sign-in").await, "/dashboard");
    }

    async fn nobody_is_sent_to_another_site(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        for next in ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", ""] {
            let browser = t.browser();
            let page = browser.get(&format!("/sign-in?next={}", next.replace('\t', "%09"))).await;
            assert!(!page.text().contains("name=\"next\""), "{next}");
            let [email, password] = sign_in("grace@example.com", PASSWORD);
            goes_to(&browser.post("/sign-in", &[email, password, ("next", next)]).await, "/dashboard");
        }
    }

    async fn a_wrong_password_and_an_unknown_person_get_the_same_answer(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        t.person("nopass@example.com", None).await;
        let browser = t.browser();
        let mut answers = Vec::new();
        for (email, password) in [("grace@example.com", "wrong"), ("nopass@example.com", ""), ("unknown@example.com", PASSWORD), ("grace@example.com", "")] {
            let answer = browser.post("/sign-in", &sign_in(email, password)).await;
            assert_eq!(browser.cookie(COOKIE), "");
            let (status, text) = told(&answer);
            answers.push((status, text.replace(email, "EMAIL")));
        }
        assert_eq!(answers[0].0, 422);
        assert!(answers[0].1.contains("The e-mail address or the password is wrong."));
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }

    async fn a_link_signs_in_once_and_looking_at_it_does_not_use_it_up(t: &mut Till) {
        let browser = t.browser();
        let asked = browser.post("/sign-in/link", &[("email", "Ada@example.com"), ("next", TEAM)]).await;
        goes_to(&asked, "/sign-in/sent");
        t.drain().await;
        let (to, link) = t.mailbox.link();
        assert_eq!(to, "ada@example.com");
        for _ in 0..2 {
            let page = t.browser().get(&link).await;
            assert_eq!(page.status, 200);
            assert!(page.text().contains("ada@example.com"));
        }
        let path = link.split('?').next().unwrap();
        goes_to(&browser.post(path, &[("next", TEAM)]).await, TEAM);
        assert_eq!(browser.get(TEAM).await.status, 200);
        let other = t.browser();
        let again = other.post(path, &[]).await;
        assert_eq!((again.status.as_u16(), other.cookie(COOKIE)), (410, String::new()));
        assert_eq!(told(&other.get(&link).await), told(&other.get("/sign-in/link/till_lnk_nothing").await));
    }

    async fn a_link_works_for_fifteen_minutes(t: &mut Till) {
        let browser = t.browser();
        browser.post("/sign-in/link", &[("email", "ada@example.com")]).await;
        t.drain().await;
        let (_, link) = t.mailbox.link();
        t.advance(Duration::from_secs(15 * 60));
        assert_eq!(browser.get(&link).await.status, 410);
        assert_eq!(browser.post(&link, &[]).await.status, 410);
        assert_eq!(browser.cookie(COOKIE), "");
    }

    async fn a_link_used_twice_at_the_same_moment_lets_one_in(t: &mut Till) {
        t.browser().post("/sign-in/link", &[("email", "ada@example.com")]).await;
        t.drain().await;
        let (_, link) = t.mailbox.link();
        let (one, two) = (t.browser(), t.browser());
        let (a, b) = tokio::join!(one.post(&link, &[]), two.post(&link, &[]));
        let mut statuses = [a.status.as_u16(), b.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 410]);
    }

    async fn asking_for_a_link_tells_nothing_about_the_address(t: &mut Till) {
        let known = t.browser().post("/sign-in/link", &[("email", "ada@example.com")]).await;
        let unknown = t.browser().post("/sign-in/link", &[("email", "unknown@example.com")]).await;
        assert_eq!(told(&known), told(&unknown));
        t.drain().await;
        assert_eq!(t.mailbox.take().len(), 1);
        let none = t.browser().post("/sign-in/link", &[("email", "ada@")]).await;
        assert_eq!(none.status, 422);
    }

    async fn tries_are_counted_by_person_and_answered_429_when_spent(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        for (path, most) in [("/sign-in", 12), ("/sign-in/link", 7)] {
            let mut answer = t.browser().post(path, &sign_in("grace@example.com", "wrong")).await;
            for _ in 0..most {
                answer = t.browser().post(path, &sign_in("grace@example.com", "wrong")).await;
            }
            assert_eq!(answer.status, 429, "{path}");
            assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
            assert!(answer.text().contains("Too many attempts."));
            let other = t.browser().post(path, &sign_in("ada@example.com", "wrong")).await;
            assert_ne!(other.status, 429);
        }
        let right = t.browser().post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await;
        assert_eq!(right.status, 429, "not even with the right password");
        t.drain().await;
    }

    async fn a_stranger_in_another_network_locks_nobody_out(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        for path in ["/sign-in", "/sign-in/link"] {
            let mut last = 0;
            for _ in 0..12 {
                last = send(t, "198.51.100.66", path, "wrong").await.status.as_u16();
            }
            assert_eq!(last, 429, "{path}");
        }
        goes_to(&send(t, "203.0.113.1", "/sign-in", PASSWORD).await, "/dashboard");
        goes_to(&send(t, "203.0.113.1", "/sign-in/link", "").await, "/sign-in/sent");
        t.drain().await;
        assert!(t.mailbox.take().len() <= 5, "the stranger fills no mailbox");
    }

    async fn a_browser_that_was_signed_in_before_is_counted_by_itself(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        let own = t.browser();
        own.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await;
        own.post("/sign-out", &[]).await;
        let mark = own.cookie(KNOWN);
        assert!(!mark.is_empty(), "signing out does not make it a stranger's");
        for path in ["/sign-in", "/sign-in/link"] {
            for _ in 0..12 {
                t.browser().post(path, &sign_in("grace@example.com", "wrong")).await;
            }
            assert_eq!(t.browser().post(path, &sign_in("grace@example.com", PASSWORD)).await.status, 429);
        }
        goes_to(&own.post("/sign-in/link", &sign_in("grace@example.com", "")).await, "/sign-in/sent");
        goes_to(&own.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await, "/dashboard");
        // For nobody else, and not for ever: who took it guesses no more than anybody.
        for _ in 0..12 {
            t.browser().post("/sign-in", &sign_in("ada@example.com", "wrong")).await;
        }
        assert_eq!(own.post("/sign-in", &sign_in("ada@example.com", "wrong")).await.status, 429);
        let thief = t.browser();
        thief.set_cookie(KNOWN, &mark);
        for _ in 0..9 {
            assert_eq!(thief.post("/sign-in", &sign_in("grace@example.com", "wrong")).await.status, 422);
        }
        assert_eq!(thief.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await.status, 429);
        goes_to(&own.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await, "/dashboard");
        t.drain().await;
    }

    async fn strangers_in_many_networks_have_one_budget_for_each_person(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        let own = t.browser();
        own.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await;
        let mut sent = 0;
        for n in 0..40 {
            let answer = send(t, &format!("198.51.100.{n}"), "/sign-in/link", "").await;
            sent += usize::from(answer.status == 303);
        }
        assert_eq!(sent, 30, "no mailbox is flooded");
        goes_to(&own.post("/sign-in/link", &sign_in("grace@example.com", "")).await, "/sign-in/sent");
        let answer = send(t, "198.51.100.77", "/sign-in/link", "").await;
        assert_eq!(answer.status, 429);
        t.drain().await;
        let mut changes = till_core::kernel::changes::Changes::new();
        till_core::kernel::budgets::Budget::new(100, 60).take(&mut changes, t.app.key.digest("password of grace@example.com by strangers"), t.app.context().now);
        for _ in 0..97 {
            let again = changes.writes[0].clone();
            changes.writes.push(again);
        }
        t.app.store.commit(changes).await.unwrap();
        assert_eq!(send(t, "198.51.100.78", "/sign-in", "wrong").await.status, 422, "the hundredth");
        assert_eq!(send(t, "198.51.100.79", "/sign-in", PASSWORD).await.status, 429);
        goes_to(&own.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await, "/dashboard");
    }

    async fn the_mark_of_a_known_browser_is_for_this_host_and_no_script(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        let http = t.at_url("http://till.test");
        for (till, name, secure) in [(&*t, KNOWN, true), (&http, "till_browser", false)] {
            let done = till.browser().post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await;
            let cookie = set_cookie(&done, name);
            for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"] {
                assert!(cookie.contains(part), "{part}: {cookie}");
            }
            assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
            assert!(!cookie.contains("grace"), "{cookie}");
        }
    }

    async fn the_cookie_is_for_this_host_and_no_script(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        let http = t.at_url("http://till.test");
        for (till, name, secure) in [(&*t, COOKIE, true), (&http, "till_session", false)] {
            let browser = till.browser();
            let done = browser.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await;
            let cookie = set_cookie(&done, name);
            assert!(cookie.starts_with(&format!("{name}=till_ses_")), "{cookie}");
            for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
                assert!(cookie.contains(part), "{part}: {cookie}");
            }
            assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
            assert!(!cookie.contains("Domain"), "{cookie}");
            let out = browser.post("/sign-out", &[]).await;
            goes_to(&out, "/sign-in");
            assert!(out.header("set-cookie").starts_with(&format!("{name}=;")));
        }
    }

    async fn forms_from_other_sites_change_nothing(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        let browser = t.dashboard().await;
        let other = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("host", "till.test")];
        for (path, fields) in [("/sign-in", sign_in("grace@example.com", PASSWORD)), ("/sign-out", sign_in("", "")), (INVITE, [("email", "eve@example.com"), ("role", "owner")])] {
            for headers in [&other[..], &other[1..], &other[2..], &[("sec-fetch-site", "same-site")]] {
                let answer = browser.post_with(path, &fields, headers).await;
                assert_eq!(answer.status, 403, "{path} {headers:?}");
                assert!(answer.headers.get("set-cookie").is_none());
            }
        }
        assert_eq!(browser.get(TEAM).await.status, 200, "still signed in");
        assert_eq!(t.app.store.team(t.organization.id).await.unwrap().unwrap().people.len(), 1);
        let old = [("origin", "http://till.test:80"), ("host", "till.test:80")];
        goes_to(&t.browser().post_with("/sign-in", &sign_in("grace@example.com", PASSWORD), &old).await, "/dashboard");
    }

    async fn every_sign_in_makes_a_new_session_and_ends_the_browsers_old_one(t: &mut Till) {
        t.person("grace@example.com", Some(PASSWORD)).await;
        let browser = t.browser();
        browser.set_cookie(COOKIE, "till_ses_chosenbysomebodyelse");
        browser.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await;
        let first = browser.cookie(COOKIE);
        assert_ne!(first, "till_ses_chosenbysomebodyelse");
        browser.post("/sign-in", &sign_in("grace@example.com", PASSWORD)).await;
        assert_ne!(browser.cookie(COOKIE), first);
        let old = t.browser();
        old.set_cookie(COOKIE, &first);
        goes_to(&old.get("/dashboard").await, "/sign-in?next=%2Fdashboard");
    }

    async fn signing_out_ends_the_session_on_the_server(t: &mut Till) {
        let browser = t.dashboard().await;
        let token = browser.cookie(COOKIE);
        browser.post("/sign-out", &[]).await;
        assert_eq!(browser.cookie(COOKIE), "");
        browser.set_cookie(COOKIE, &token);
        assert_eq!(browser.get(TEAM).await.status, 303);
    }

    async fn a_session_lasts_thirty_days(t: &mut Till) {
        let browser = t.dashboard().await;
        t.advance(Duration::from_secs(30 * 24 * 3600 - 10));
        assert_eq!(browser.get(TEAM).await.status, 200);
        t.advance(Duration::from_secs(20));
        assert_eq!(browser.get(TEAM).await.status, 303);
    }

    async fn another_organizations_dashboard_looks_as_if_it_were_not_there(t: &mut Till) {
        let (stranger, _) = t.stranger().await;
        let browser = t.dashboard().await;
        assert_eq!(browser.get(TEAM).await.status, 200);
        let foreign = browser.get(&format!("/dashboard/{}/settings/team", stranger.slug)).await;
        let unknown = browser.get("/dashboard/nothing/settings/team").await;
        assert_eq!(foreign.status, 404);
        assert_eq!(told(&foreign), told(&unknown));
        assert_eq!(browser.get("/dashboard/a%00b/settings/team").await.status, 404);
        let invited = browser.post(&format!("/dashboard/{}/settings/team/invite", stranger.slug), &[("email", "eve@example.com"), ("role", "member")]).await;
        assert_eq!(invited.status, 404);
    }

    async fn the_dashboard_of_a_blocked_organization_is_closed(t: &mut Till) {
        let browser = t.dashboard().await;
        t.organization_is(OrganizationStatus::Blocked).await;
        assert_eq!(browser.get(TEAM).await.status, 403);
    }

    async fn a_role_grants_its_scopes_and_no_more(t: &mut Till) {
        let browser = t.dashboard_as(Role::Member).await;
        assert_eq!(browser.get(TEAM).await.status, 200);
        assert_eq!(browser.get(INVITE).await.status, 403);
        assert_eq!(t.dashboard_as(Role::Admin).await.get(INVITE).await.status, 200);
    }

    async fn a_part_of_a_page_sends_the_whole_page_to_sign_in(t: &mut Till) {
        let htmx = [("hx-request", "true"), ("hx-current-url", "https://till.test/dashboard/ada/settings/team?a=1")];
        let answer = t.browser().get_with(TEAM, &htmx).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("hx-redirect"), "/sign-in?next=%2Fdashboard%2Fada%2Fsettings%2Fteam%3Fa%3D1");
        assert!(answer.text().is_empty());
    }

    async fn a_form_that_nobody_may_send_leads_to_signing_in_and_not_back(t: &mut Till) {
        goes_to(&t.browser().post(INVITE, &[]).await, "/sign-in");
    }
}
