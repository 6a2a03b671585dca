//! Signing in to the customers' portal: by a code, and by a session's token (docs/behaviour: portal-pages/code).

use std::time::Duration;

use serde_json::json;
use till_testkit::both;

use crate::portal_kit::{
    PORTAL, Redirected, SESSION, code_for, codes, hidden, signed_in, token_of,
};

both! {
    async fn a_code_signs_in_once(t: &mut Till) {
        t.customer("cat@example.com").await;
        let browser = t.browser();
        browser.get(PORTAL).await.says(200, "name=\"email\"");
        let code = code_for(t, &browser, "CAT@example.com").await;
        assert_eq!((code.len(), code.to_uppercase()), (6, code.clone()));
        browser.get(PORTAL).await.says(200, "name=\"code\"");
        let typed = format!(" {}-{} ", &code[..3].to_lowercase(), &code[3..]);
        let answer = browser.post("/ada/portal/code", &[("code", &typed)]).await;
        answer.expect_to(PORTAL);
        let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|one| one.to_str().unwrap()).collect();
        let own = cookies.iter().find(|one| one.starts_with(SESSION)).unwrap();
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/ada/portal;", "; Max-Age=3600"] {
            assert!(own.contains(part), "{part} of {own}");
        }
        browser.get(PORTAL).await.says(200, "Signed in as cat@example.com");
        let again = t.browser();
        again.set_cookie("till_portal_email", "cat%40example.com");
        again.post("/ada/portal/code", &[("code", &code)]).await.says(422, "no longer works");
        assert_eq!(again.cookie(SESSION), "");
    }

    async fn a_code_belongs_to_its_address_and_its_organization(t: &mut Till) {
        for email in ["cat@example.com", "bob@example.com"] {
            t.customer(email).await;
        }
        let (other, token) = t.stranger().await;
        t.with_token(&token).customer("cat@example.com").await;
        let browser = t.browser();
        let code = code_for(t, &browser, "cat@example.com").await;
        let bob = t.browser();
        bob.set_cookie("till_portal_email", "bob%40example.com");
        bob.post("/ada/portal/code", &[("code", &code)]).await.says(422, "no longer works");
        let eve = t.browser();
        eve.set_cookie("till_portal_email", "cat%40example.com");
        let path = format!("/{}/portal/code", other.slug);
        eve.post(&path, &[("code", &code)]).await.says(422, "no longer works");
        browser.post("/ada/portal/code", &[("code", &code)]).await.expect_to(PORTAL);
    }

    async fn a_member_comes_as_such_and_chooses_between_customers(t: &mut Till) {
        let crew = json!({"type": "team", "name": "Crew", "owner": {"email": "owner@example.com"}});
        let crew = t.post("/v1/customers/", crew).await.created();
        let members = format!("/v1/customers/{}/members", crew["id"].as_str().unwrap());
        let member = t.post(&members, json!({"email": "cat@example.com"})).await.created();
        let browser = t.browser();
        let code = code_for(t, &browser, "cat@example.com").await;
        assert_eq!(codes(t).await.pop().unwrap().0, "cat@example.com");
        browser.post("/ada/portal/code", &[("code", &code)]).await.expect_to(PORTAL);
        browser.get(PORTAL).await.says(200, "Signed in as cat@example.com");
        let orders = browser.get("/ada/portal/orders").await;
        assert_eq!(orders.status, 404, "a member sees nothing of what is paid");
        let bought = t.customer("cat@example.com").await;
        let both = t.browser();
        let code = code_for(t, &both, "cat@example.com").await;
        let asked = both.post("/ada/portal/code", &[("code", &code)]).await;
        asked.says(200, "Crew");
        let own = bought["id"].as_str().unwrap();
        both.post("/ada/portal/code", &[("code", &code), ("account", own)]).await.expect_to(PORTAL);
        assert_eq!(both.get("/ada/portal/orders").await.status, 200);
        // Who was removed has no session any more, and gets no code.
        let member = member["id"].as_str().unwrap();
        assert_eq!(t.delete(&format!("{members}/{member}")).await.status, 204);
        browser.get(PORTAL).await.says(200, "name=\"email\"");
        let program = json!({"email": "cat@example.com", "organization_id": crew["organization_id"], "customer_id": crew["id"]});
        let before = codes(t).await.len();
        let asked = t.anonymous().post("/v1/customer-portal/customer-session/request", program).await;
        assert_eq!(asked.status, 202);
        t.drain().await;
        assert_eq!(codes(t).await.len(), before);
    }

    async fn nobody_learns_whether_an_address_has_bought_here(t: &mut Till) {
        t.customer("cat@example.com").await;
        let mut told = Vec::new();
        for email in ["cat@example.com", "nobody@example.com"] {
            let browser = t.browser();
            let answer = browser.post(PORTAL, &[("email", email)]).await;
            let body = browser.get(PORTAL).await.text().replace(email, "…");
            let body = body.split("_idempotency_key").map(|part| part.split_once("autocomplete").map_or(part, |(_, rest)| rest).to_owned());
            let cookie = answer.header("set-cookie").replace(&email.replace('@', "%40"), "…");
            told.push((answer.status, answer.header("location").to_owned(), cookie, answer.text(), body.collect::<Vec<_>>()));
        }
        assert_eq!(told[0], told[1]);
        t.drain().await;
        assert_eq!(codes(t).await.len(), 1);
    }

    async fn a_code_ends_after_half_an_hour_and_with_the_next_sign_in(t: &mut Till) {
        t.customer("cat@example.com").await;
        let browser = t.browser();
        let late = code_for(t, &browser, "cat@example.com").await;
        t.advance(Duration::from_secs(30 * 60));
        browser.post("/ada/portal/code", &[("code", &late)]).await.says(422, "no longer works");
        let first = code_for(t, &browser, "cat@example.com").await;
        let second = code_for(t, &browser, "cat@example.com").await;
        browser.post("/ada/portal/code", &[("code", &second)]).await.expect_to(PORTAL);
        let other = t.browser();
        other.set_cookie("till_portal_email", "cat%40example.com");
        other.post("/ada/portal/code", &[("code", &first)]).await.says(422, "no longer works");
    }

    async fn codes_are_neither_guessed_nor_sent_in_heaps(t: &mut Till) {
        t.customer("cat@example.com").await;
        let limited = t.limited(10_000);
        let browser = limited.browser();
        for _ in 0..5 {
            browser.post(PORTAL, &[("email", "cat@example.com")]).await.expect_to(PORTAL);
        }
        browser.post(PORTAL, &[("email", "cat@example.com")]).await.says(429, "Too many attempts");
        // Unknown addresses cost the same.
        let other = limited.browser();
        for _ in 0..5 {
            other.post(PORTAL, &[("email", "nobody@example.com")]).await.expect_to(PORTAL);
        }
        other.post(PORTAL, &[("email", "nobody@example.com")]).await.says(429, "Too many attempts");
        t.drain().await;
        let code = codes(t).await.pop().unwrap().1;
        for _ in 0..10 {
            browser.post("/ada/portal/code", &[("code", "AAAAAA")]).await.says(422, "no longer works");
        }
        // The right one is not looked at any more, from this network.
        let stopped = browser.post("/ada/portal/code", &[("code", &code)]).await;
        stopped.says(429, "Too many attempts");
        assert!(stopped.header("retry-after").parse::<u64>().unwrap() > 0);
        let headers = [("sec-fetch-site", "same-origin"), ("x-client-ip", "203.0.113.9")];
        browser.post_with("/ada/portal/code", &[("code", &code)], &headers).await.expect_to(PORTAL);
    }

    async fn what_is_no_address_or_no_code_is_told_beside_its_field(t: &mut Till) {
        let browser = t.browser();
        for email in ["", "ada", "ada@", "a@b.example\r\nBcc: eve@example.com", "\"a b\"@example.com"] {
            let answer = browser.post(PORTAL, &[("email", email)]).await;
            answer.says(422, "email-error");
        }
        browser.set_cookie("till_portal_email", "cat%40example.com");
        for code in ["", "12345", "1234567", "ABC 12", "<b>abc"] {
            browser.post("/ada/portal/code", &[("code", code)]).await.says(422, "six letters and digits");
        }
        t.drain().await;
        assert_eq!(codes(t).await, []);
    }

    async fn a_sessions_token_signs_in_and_is_taken_out_of_the_address(t: &mut Till) {
        let customer = t.customer("cat@example.com").await;
        let session = t.post("/v1/customer-sessions/", json!({"customer_id": customer["id"]})).await.created();
        let url = session["customer_portal_url"].as_str().unwrap();
        let browser = t.browser();
        browser.get(url.strip_prefix("https://till.test").unwrap()).await.expect_to(PORTAL);
        assert_eq!(browser.cookie(SESSION), session["token"].as_str().unwrap());
        browser.get(PORTAL).await.says(200, "Signed in as cat@example.com");
        // Another one's, and none, open nothing.
        let (other, _) = t.stranger().await;
        for (path, token) in [(format!("/{}/portal", other.slug), browser.cookie(SESSION)), (PORTAL.to_owned(), "polar_cst_x".to_owned())] {
            let nobody = t.browser();
            nobody.get(&format!("{path}?customer_session_token={token}&email=a%3Cb")).await.says(401, "Sign in");
            assert_eq!(nobody.cookies(), "");
        }
        t.advance(Duration::from_secs(3600));
        browser.get("/ada/portal/orders").await.expect_to("/ada/portal?ended=true");
    }

    async fn the_portal_leads_back_to_where_the_session_says(t: &mut Till) {
        let customer = t.customer("cat@example.com").await;
        let browser = signed_in(t, &customer).await;
        browser.get(PORTAL).await.says(200, "href=\"https://shop.example/back\"");
    }

    async fn programs_ask_for_codes_and_exchange_them(t: &mut Till) {
        t.customer("cat@example.com").await;
        let (request, authenticate) = ("/v1/customer-portal/customer-session/request", "/v1/customer-portal/customer-session/authenticate");
        let api = t.anonymous();
        for (email, organization) in [("cat@example.com", t.organization.id), ("nobody@example.com", t.organization.id), ("cat@example.com", till_testkit::id_in(&json!({"id": "1dbfc517-0bbf-4301-9ba8-555ca42b9737"}), "id"))] {
            let answer = api.post(request, json!({"email": email, "organization_id": organization})).await;
            assert_eq!((answer.status.as_u16(), answer.text()), (202, String::new()));
        }
        t.drain().await;
        let sent = codes(t).await;
        let [(email, code)] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!(email, "cat@example.com");
        for wrong in ["AAAAAA", "A", ""] {
            api.post(authenticate, json!({"code": wrong})).await.refused(401, "CustomerSessionCodeInvalidOrExpired");
        }
        let token = api.post(authenticate, json!({"code": code.to_lowercase()})).await.ok()["token"].as_str().unwrap().to_owned();
        api.post(authenticate, json!({"code": code})).await.refused(401, "CustomerSessionCodeInvalidOrExpired");
        let user = t.with_token(&token).get("/v1/customer-portal/customer-session/user").await.ok();
        assert_eq!(user["email"], "cat@example.com");
        let customers = t.items("/v1/customers/").await;
        assert_eq!(customers[0]["email_verified"], true);
        api.post(request, json!({"email": "x", "organization_id": t.organization.id})).await.unreadable();
    }

    async fn a_code_sent_twice_signs_in_both_times_with_the_same_form(t: &mut Till) {
        t.customer("cat@example.com").await;
        let browser = t.browser();
        let code = code_for(t, &browser, "cat@example.com").await;
        let key = hidden(&browser.get(PORTAL).await.text(), "_idempotency_key");
        let fields = [("code", &*code), ("_idempotency_key", &*key)];
        browser.post("/ada/portal/code", &fields).await.expect_to(PORTAL);
        let token = browser.cookie(SESSION);
        let again = t.browser();
        again.set_cookie("till_portal_email", "cat%40example.com");
        again.post("/ada/portal/code", &fields).await.expect_to(PORTAL);
        assert_eq!(again.cookie(SESSION), token);
        let other = t.browser();
        other.set_cookie("till_portal_email", "cat%40example.com");
        other.post("/ada/portal/code", &[("code", &code)]).await.says(422, "no longer works");
    }

    async fn whoever_signs_out_ends_the_session_itself(t: &mut Till) {
        let customer = t.customer("cat@example.com").await;
        let browser = signed_in(t, &customer).await;
        let token = browser.cookie(SESSION);
        browser.post("/ada/portal/sign-out", &[]).await.expect_to("/ada/portal?again=true");
        assert_eq!(browser.cookie(SESSION), "");
        let kept = t.browser();
        kept.set_cookie(SESSION, &token);
        kept.get("/ada/portal/orders").await.expect_to("/ada/portal?ended=true");
        // Twice is once.
        kept.post("/ada/portal/sign-out", &[]).await.expect_to("/ada/portal?again=true");
    }

    async fn a_deleted_customers_session_and_codes_open_nothing(t: &mut Till) {
        let customer = t.customer("cat@example.com").await;
        let browser = signed_in(t, &customer).await;
        let other = t.browser();
        let code = code_for(t, &other, "cat@example.com").await;
        t.delete(&format!("/v1/customers/{}", customer["id"].as_str().unwrap())).await.gone();
        browser.get("/ada/portal/orders").await.expect_to("/ada/portal?ended=true");
        other.post("/ada/portal/code", &[("code", &code)]).await.says(422, "no longer works");
    }

    async fn forms_of_other_sites_change_nothing(t: &mut Till) {
        let customer = t.customer("cat@example.com").await;
        let browser = signed_in(t, &customer).await;
        for path in ["/ada/portal", "/ada/portal/code", "/ada/portal/sign-out", "/ada/portal/details", "/ada/portal/cards/new"] {
            for from in ["cross-site", "same-site", "none"] {
                let answer = browser.post_with(path, &[("email", "cat@example.com")], &[("sec-fetch-site", from)]).await;
                answer.says(403, "Nothing was changed");
            }
        }
        browser.get(PORTAL).await.says(200, "Signed in as");
        t.drain().await;
        assert_eq!(codes(t).await, []);
        assert!(!token_of(t, &customer).await.is_empty());
    }

    async fn an_organization_that_is_not_there_has_no_portal(t: &mut Till) {
        for path in ["/nobody/portal", "/nobody/portal/orders", "/%00/portal", "/ada%2F/portal"] {
            assert_eq!(t.browser().get(path).await.status, 404, "{path}");
        }
    }
}
