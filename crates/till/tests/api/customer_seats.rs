//! Seats that people hold: given, claimed, taken back.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use till_core::kernel::{budgets::Budget, changes::Changes};
use till_testkit::both;
use till_wire::limits;

use crate::{
    portal_kit::{PORTAL, Redirected, SESSION, hidden, signed_in, token_of},
    seats_kit::{
        OWN, SEATS, THANKS, claim, events, free_seats, give, grace, id, info, invitations, invite,
        list, member_named, of_seats_and_grants, resend, revoke, token,
    },
    subscriptions_kit::{ADA, DAY, VISA, bought, by_seat, change, plan},
};

both! {
    async fn whoever_claims_a_seat_has_its_benefits_until_it_is_taken_back(t: &mut Till) {
        grace(t, 0).await;
        let (product, note) = (by_seat(t).await, t.benefit("Note", "public").await);
        let path = format!("/v1/products/{}/benefits", id(&product));
        t.post(&path, json!({"benefits": [note["id"]]})).await.ok();
        let subscription = bought(t, &product, VISA, json!({"seats": 3, "success_url": THANKS})).await;
        t.drain().await;
        t.listen().await;
        let live = "/v1/benefit-grants/?is_granted=true";
        assert_eq!(t.items(live).await, Vec::<Value>::new(), "its buyer has no seat");
        let seat = invite(t, &subscription, "mark@example.com").await;
        assert_eq!(of_seats_and_grants(t).await, ["customer_seat.assigned"]);
        claim(t, &token(t, "mark@example.com").await).await.ok();
        assert_eq!(of_seats_and_grants(t).await, ["customer_seat.claimed", "benefit_grant.created"]);
        let grant = t.items(live).await.remove(0);
        assert_eq!((&grant["member_id"], &grant["member"]["email"]), (&seat["member_id"], &json!("mark@example.com")));
        assert_eq!((&grant["subscription_id"], &grant["customer_id"]), (&subscription["id"], &subscription["customer_id"]));
        revoke(t, &seat).await.ok();
        assert_eq!(of_seats_and_grants(t).await, ["customer_seat.revoked", "benefit_grant.revoked"]);
        let again = json!({"email": "mark@example.com", "immediate_claim": true});
        give(t, &subscription, again).await.ok();
        assert_eq!(of_seats_and_grants(t).await, ["customer_seat.claimed", "benefit_grant.created"]);
        assert_eq!(t.items(live).await[0]["id"], grant["id"], "the same grant");
        t.delete(&format!("/v1/subscriptions/{}", id(&subscription))).await.ok();
        assert_eq!(of_seats_and_grants(t).await, ["customer_seat.revoked", "benefit_grant.revoked"]);
        assert_eq!(t.items(live).await, Vec::<Value>::new());
        t.see_through().await;
    }

    async fn a_seat_is_given_claimed_and_taken_back(t: &mut Till) {
        let subscription = free_seats(t, 3).await;
        t.listen().await;
        let metadata = json!({"desk": {"floor": 4}});
        let given = give(t, &subscription, json!({"email": "Grace@Example.com", "metadata": metadata})).await.ok();
        assert_eq!((&given["status"], &given["email"], &given["seat_metadata"]), (&json!("pending"), &json!("Grace@example.com"), &metadata));
        assert_eq!((&given["customer_id"], &given["order_id"]), (&subscription["customer_id"], &json!(null)));
        assert_eq!(given["member"]["role"], "member");
        let seats = list(t, &subscription).await;
        assert_eq!((&seats["available_seats"], &seats["total_seats"]), (&json!(2), &json!(3)));
        let token = token(t, "Grace@example.com").await;
        for _ in 0..2 {
            let shown = info(t, &token).await.ok();
            assert_eq!((&shown["product_name"], &shown["organization_slug"], &shown["customer_email"], &shown["can_claim"]),
                (&json!("Team"), &json!("ada"), &json!("Grace@example.com"), &json!(true)));
        }
        let claimed = claim(t, &token).await.ok();
        assert_eq!((&claimed["seat"]["status"], &claimed["seat"]["id"]), (&json!("claimed"), &given["id"]));
        assert!(claimed["seat"]["claimed_at"].is_string());
        let member = t.with_token(claimed["customer_session_token"].as_str().unwrap());
        let user = member.get("/v1/customer-portal/customer-session/user").await.ok();
        assert_eq!((&user["email"], &user["role"], &user["type"]), (&json!("Grace@example.com"), &json!("member"), &json!("member")));
        claim(t, &token).await.refused(400, "InvalidInvitationToken");
        info(t, &token).await.not_found();
        resend(t, &given).await.refused(400, "SeatNotPending");
        let gone = revoke(t, &given).await.ok();
        assert_eq!((&gone["status"], &gone["email"], &gone["customer_id"], &gone["member_id"], &gone["member"]),
            (&json!("revoked"), &json!(null), &json!(null), &json!(null), &json!(null)));
        assert_eq!(gone["claimed_at"], claimed["seat"]["claimed_at"]);
        assert!(gone["revoked_at"].is_string());
        assert_eq!(revoke(t, &given).await.ok(), gone, "once more, it is as it is");
        let seats = list(t, &subscription).await;
        assert_eq!((&seats["available_seats"], seats["seats"].as_array().unwrap().len()), (&json!(3), 1));
        t.drain().await;
        let told = t.webhook_events().await;
        let own: Vec<_> = told.iter().filter(|one| one["type"].as_str().unwrap().starts_with("customer_seat.")).collect();
        let kinds: Vec<_> = own.iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["customer_seat.assigned", "customer_seat.claimed", "customer_seat.revoked"]);
        assert_eq!((&own[0]["data"]["member"]["email"], &own[2]["data"]["member"]), (&json!("Grace@example.com"), &json!(null)));
        assert!(!told.iter().any(|one| one["type"] == "member.created"), "a seat's person is no news of its own");
        t.see_through().await;
    }

    async fn a_row_is_used_again_with_another_link(t: &mut Till) {
        let subscription = free_seats(t, 2).await;
        let first = invite(t, &subscription, "one@example.com").await;
        let old = token(t, "one@example.com").await;
        revoke(t, &first).await.ok();
        info(t, &old).await.not_found();
        claim(t, &old).await.refused(400, "InvalidInvitationToken");
        t.advance(Duration::from_secs(1));
        let again = invite(t, &subscription, "two@example.com").await;
        assert_eq!((&again["id"], &again["revoked_at"], &again["claimed_at"]), (&first["id"], &json!(null), &json!(null)));
        let new = token(t, "two@example.com").await;
        assert_ne!(new, old);
        claim(t, &old).await.refused(400, "InvalidInvitationToken");
        claim(t, &new).await.ok();
        t.see_through().await;
    }

    async fn an_invitation_lasts_a_day_and_is_sent_again(t: &mut Till) {
        let subscription = free_seats(t, 2).await;
        let seat = invite(t, &subscription, "one@example.com").await;
        let first = token(t, "one@example.com").await;
        t.advance(Duration::from_secs(DAY - 60));
        let same = resend(t, &seat).await.ok();
        assert_eq!(same["invitation_token_expires_at"], seat["invitation_token_expires_at"]);
        let sent = invitations(t).await;
        assert_eq!(sent.iter().filter(|(_, token)| *token == first).count(), 2, "the same link");
        info(t, &first).await.ok();
        t.advance(Duration::from_secs(60));
        info(t, &first).await.not_found();
        claim(t, &first).await.refused(400, "InvalidInvitationToken");
        let renewed = resend(t, &seat).await.ok();
        assert_ne!(renewed["invitation_token_expires_at"], seat["invitation_token_expires_at"]);
        let second = token(t, "one@example.com").await;
        assert_ne!(second, first);
        info(t, &first).await.not_found();
        claim(t, &second).await.ok();
        t.see_through().await;
    }

    async fn a_link_is_of_no_use_once_the_address_was_corrected(t: &mut Till) {
        let subscription = free_seats(t, 2).await;
        let seat = invite(t, &subscription, "stranger@example.com").await;
        let old = token(t, "stranger@example.com").await;
        info(t, &old).await.ok();
        let customer = subscription["customer_id"].as_str().unwrap();
        let member = format!("/v1/customers/{customer}/members/{}", seat["member_id"].as_str().unwrap());
        t.patch(&member, json!({"email": "grace@example.com"})).await.ok();
        for _ in 0..2 {
            info(t, &old).await.not_found();
            claim(t, &old).await.refused(400, "InvalidInvitationToken");
            t.browser().get(&format!("{PORTAL}/claim?token={old}")).await.says(404, "Ask whoever invited you");
            let again = resend(t, &seat).await.ok();
            assert_eq!((&again["status"], &again["email"]), (&json!("pending"), &json!("grace@example.com")));
        }
        let new = token(t, "grace@example.com").await;
        assert_ne!(new, old);
        let claimed = claim(t, &new).await.ok();
        assert_eq!((&claimed["seat"]["id"], &claimed["seat"]["email"]), (&seat["id"], &json!("grace@example.com")));
        t.see_through().await;
    }

    async fn a_claim_at_once_sends_no_letter(t: &mut Till) {
        let subscription = free_seats(t, 2).await;
        t.listen().await;
        let body = json!({"email": "one@example.com", "immediate_claim": true});
        let seat = give(t, &subscription, body).await.ok();
        assert_eq!((&seat["status"], &seat["invitation_token_expires_at"]), (&json!("claimed"), &json!(null)));
        assert_eq!(invitations(t).await, []);
        assert_eq!(events(t).await, ["customer_seat.claimed"]);
        t.see_through().await;
    }

    async fn people_are_named_in_several_ways_and_each_wrong_one_is_told(t: &mut Till) {
        let subscription = free_seats(t, 20).await;
        let customer = subscription["customer_id"].clone();
        let members = format!("/v1/customers/{}/members", customer.as_str().unwrap());
        let member = t.post(&members, json!({"email": "m@example.com", "external_id": "m1"})).await.created();
        let bob = t.post("/v1/customers/", json!({"email": "bob@example.com", "external_id": "bob"})).await.created();
        let cat = t.customer("cat@example.com").await;
        let nobody = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        for (body, status, error) in [
            (json!({"customer_id": nobody}), 400, "InvalidSeatAssignmentRequest"),
            (json!({"external_customer_id": "nobody"}), 400, "InvalidSeatAssignmentRequest"),
            (json!({"member_id": nobody}), 404, "MemberNotFound"),
            (json!({"external_member_id": "nobody"}), 404, "MemberNotFound"),
            (json!({"external_member_id": "m1", "email": "other@example.com"}), 400, "MemberEmailMismatch"),
            (json!({"external_member_id": "m2", "email": "m@example.com"}), 400, "MemberEmailMismatch"),
        ] {
            give(t, &subscription, body.clone()).await.refused(status, error);
        }
        let whole = crate::pairs(&[("value_error", "body")]);
        for body in [
            json!({}),
            json!({"email": "a@example.com", "customer_id": bob["id"]}),
            json!({"email": "a@example.com", "member_id": member["id"]}),
            json!({"member_id": member["id"], "external_member_id": "m1"}),
            json!({"customer_id": bob["id"], "external_member_id": "m1"}),
            json!({"email": "a@example.com", "order_id": nobody}),
        ] {
            let wrong = give(t, &subscription, body.clone()).await.unreadable();
            assert_eq!(wrong, whole, "{body}");
        }
        let wrong = t.post(SEATS, json!({"email": "a@example.com"})).await.unreadable();
        assert_eq!(wrong, whole, "no target");
        let keys: serde_json::Map<String, Value> = (0..11).map(|n| (format!("k{n}"), json!(n))).collect();
        for (metadata, kind) in [(json!(keys), "too_long"), (json!({"k": "x".repeat(limits::SEAT_METADATA)}), "value_error")] {
            let wrong = give(t, &subscription, json!({"email": "a@example.com", "metadata": metadata})).await.unreadable();
            assert_eq!(wrong, crate::pairs(&[(kind, "body.metadata")]));
        }
        assert_eq!(list(t, &subscription).await["seats"], json!([]), "a refusal leaves nothing");
        assert!(member_named(t, &customer, "a@example.com").await.is_none());
        let owner = member_named(t, &customer, ADA).await.unwrap();
        for (body, email, role) in [
            (json!({"member_id": owner["id"]}), ADA, "owner"),
            (json!({"external_member_id": "m1"}), "m@example.com", "member"),
            (json!({"customer_id": bob["id"]}), "bob@example.com", "member"),
            (json!({"customer_id": cat["id"]}), "cat@example.com", "member"),
            (json!({"external_member_id": "n1", "email": "new@example.com"}), "new@example.com", "member"),
        ] {
            let seat = give(t, &subscription, body.clone()).await.ok();
            assert_eq!((&seat["email"], &seat["member"]["role"]), (&json!(email), &json!(role)), "{body}");
            assert_eq!(seat["customer_id"], customer, "it stays the buyer's");
        }
        assert_eq!(member_named(t, &customer, "new@example.com").await.unwrap()["external_id"], "n1");
        for body in [
            json!({"email": "M@EXAMPLE.com"}),
            json!({"member_id": member["id"]}),
            json!({"external_member_id": "m1", "email": "m@example.com"}),
            json!({"external_customer_id": "bob"}),
        ] {
            give(t, &subscription, body.clone()).await.refused(400, "SeatAlreadyAssigned");
        }
        t.see_through().await;
    }

    async fn what_has_no_seats_gives_none(t: &mut Till) {
        let subscription = free_seats(t, 2).await;
        let nobody = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        t.get(SEATS).await.refused(400, "BadRequest");
        for key in ["subscription_id", "order_id"] {
            t.get(&format!("{SEATS}?{key}={nobody}")).await.not_found();
            let mut body = json!({"email": "a@example.com"});
            body[key] = json!(nobody);
            t.post(SEATS, body).await.not_found();
        }
        t.delete(&format!("{SEATS}/{nobody}")).await.not_found();
        t.post(&format!("{SEATS}/{nobody}/resend"), json!({})).await.not_found();
        let fixed = bought(t, &plan(t, "Basic", 1000, json!({})).await, VISA, json!({})).await;
        give(t, &fixed, json!({"email": "a@example.com"})).await.refused(400, "SeatNotAvailable");
        for n in 0..2 {
            invite(t, &subscription, &format!("p{n}@example.com")).await;
        }
        give(t, &subscription, json!({"email": "p2@example.com"})).await.refused(400, "SeatNotAvailable");
        // Its first order counts seats, which the subscription gives away.
        let order = t.items(&format!("/v1/orders/?subscription_id={}", id(&subscription))).await.remove(0);
        let body = json!({"order_id": order["id"], "email": "a@example.com"});
        t.post(SEATS, body).await.refused(400, "SeatNotAvailable");
        assert_eq!(t.get(&format!("{SEATS}?order_id={}", id(&order))).await.ok()["total_seats"], 0);
        t.without_seats().await;
        let seat = json!({"id": nobody});
        t.get(&format!("{SEATS}?subscription_id={}", id(&subscription))).await.refused(403, "FeatureNotEnabled");
        give(t, &subscription, json!({"email": "a@example.com"})).await.refused(403, "FeatureNotEnabled");
        revoke(t, &seat).await.refused(403, "FeatureNotEnabled");
        resend(t, &seat).await.refused(403, "FeatureNotEnabled");
        let sent = invitations(t).await;
        info(t, &sent[0].1).await.refused(403, "FeatureNotEnabled");
        claim(t, &sent[0].1).await.refused(403, "FeatureNotEnabled");
        t.see_through().await;
    }

    async fn never_are_more_seats_given_than_were_sold(t: &mut Till) {
        let subscription = free_seats(t, 4).await;
        let people: Vec<String> = (0..12).map(|n| format!("p{}@example.com", n % 9)).collect();
        let mut given = 0;
        // Whoever meets others too often is told so, and tries again, as programs do.
        for _ in 0..20 {
            let asked = people.iter().map(|email| give(t, &subscription, json!({"email": email})));
            let answers = join_all(asked).await;
            given += answers.iter().filter(|one| one.status == 200).count();
            for answer in &answers {
                let error = answer.json()["error"].clone();
                assert!(matches!(answer.status.as_u16(), 200 | 400 | 409), "{}", answer.text());
                let known = ["SeatNotAvailable", "SeatAlreadyAssigned", "Conflict"].map(Value::from);
                assert!(answer.status == 200 || known.contains(&error), "{error}");
            }
            if given == 4 {
                break;
            }
        }
        assert_eq!(given, 4);
        let seats = list(t, &subscription).await;
        let rows = seats["seats"].as_array().unwrap();
        assert_eq!((rows.len(), &seats["available_seats"]), (4, &json!(0)));
        let mut emails: Vec<_> = rows.iter().map(|one| one["email"].as_str().unwrap()).collect();
        emails.sort_unstable();
        emails.dedup();
        assert_eq!(emails.len(), 4, "one seat for each person");
        // One seat is left: whoever claims it, takes it back or gives it meanwhile, it is one.
        revoke(t, &rows[0]).await.ok();
        let (a, b) = tokio::join!(
            give(t, &subscription, json!({"email": "x@example.com"})),
            change(t, &subscription, json!({"seats": 3, "proration_behavior": "prorate"})),
        );
        let seats = list(t, &subscription).await;
        let used = seats["seats"].as_array().unwrap().iter().filter(|one| one["status"] != "revoked").count();
        assert!(used as i64 <= seats["total_seats"].as_i64().unwrap(), "{} {} {seats}", a.text(), b.text());
        t.see_through().await;
    }

    async fn one_link_claims_once_however_often_it_is_sent(t: &mut Till) {
        let subscription = free_seats(t, 2).await;
        t.listen().await;
        invite(t, &subscription, "one@example.com").await;
        let token = token(t, "one@example.com").await;
        let answers = join_all((0..6).map(|_| claim(t, &token))).await;
        assert_eq!(answers.iter().filter(|one| one.status == 200).count(), 1);
        let told = events(t).await;
        assert_eq!(told.iter().filter(|one| *one == "customer_seat.claimed").count(), 1);
        t.see_through().await;
    }

    async fn whoever_is_removed_loses_the_seat(t: &mut Till) {
        let subscription = free_seats(t, 3).await;
        let customer = format!("/v1/customers/{}", subscription["customer_id"].as_str().unwrap());
        let one = give(t, &subscription, json!({"email": "one@example.com", "immediate_claim": true})).await.ok();
        invite(t, &subscription, "two@example.com").await;
        let token = token(t, "two@example.com").await;
        t.listen().await;
        t.delete(&format!("{customer}/members/{}", one["member_id"].as_str().unwrap())).await.gone();
        assert_eq!(list(t, &subscription).await["available_seats"], 2);
        t.delete(&format!("{customer}?anonymize=true")).await.gone();
        assert_eq!(events(t).await, ["customer_seat.revoked", "customer_seat.revoked",
            "subscription.updated", "subscription.canceled", "subscription.revoked"]);
        claim(t, &token).await.refused(400, "InvalidInvitationToken");
        t.drain().await;
        t.see_through().await;
    }

    async fn the_people_of_a_team_give_their_own_seats(t: &mut Till) {
        let subscription = free_seats(t, 3).await;
        let other = t.customer("bob@example.com").await;
        let owner = t.with_token(&token_of(t, &subscription["customer"]).await);
        let bob = t.with_token(&token_of(t, &other).await);
        let own = format!("{OWN}?subscription_id={}", id(&subscription));
        assert_eq!(owner.get(&own).await.ok()["total_seats"], 3);
        let body = |more: Value| {
            let mut body = json!({"subscription_id": subscription["id"]});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        // At once is not for them to decide.
        let at_once = json!({"email": "one@example.com", "immediate_claim": true});
        let seat = owner.post(OWN, body(at_once)).await.ok();
        assert_eq!(seat["status"], "pending");
        let checkout = json!({"checkout_id": subscription["checkout_id"], "email": "two@example.com"});
        let second = owner.post(OWN, checkout).await.ok();
        assert_eq!(second["subscription_id"], subscription["id"]);
        // Nobody learns who else buys here.
        for named in [json!({"customer_id": other["id"]}), json!({"external_customer_id": "bob"})] {
            owner.post(OWN, body(named)).await.refused(400, "InvalidSeatAssignmentRequest");
        }
        bob.get(&own).await.not_found();
        bob.post(OWN, body(json!({"email": "x@example.com"}))).await.not_found();
        bob.delete(&format!("{OWN}/{}", id(&seat))).await.not_found();
        bob.post(&format!("{OWN}/{}/resend", id(&seat)), json!({})).await.not_found();
        let claimed = claim(t, &token(t, "one@example.com").await).await.ok();
        let member = t.with_token(claimed["customer_session_token"].as_str().unwrap());
        for refused in [member.get(&own).await, member.post(OWN, body(json!({"email": "x@example.com"}))).await,
            member.delete(&format!("{OWN}/{}", id(&seat))).await, member.get(&format!("{OWN}/subscriptions")).await] {
            refused.refused(403, "NotPermitted");
        }
        assert_eq!(owner.get(&format!("{OWN}/subscriptions")).await.ok()["items"], json!([]));
        give(t, &subscription, json!({"email": ADA, "immediate_claim": true})).await.ok();
        let held = owner.get(&format!("{OWN}/subscriptions")).await.ok();
        assert_eq!((&held["items"][0]["id"], &held["pagination"]["total_count"]), (&subscription["id"], &json!(1)));
        owner.post(&format!("{OWN}/{}/resend", id(&second)), json!({})).await.ok();
        let gone = owner.delete(&format!("{OWN}/{}", id(&second))).await.ok();
        assert_eq!(gone["status"], "revoked");
        t.see_through().await;
    }

    async fn the_claim_page_asks_once_and_signs_in(t: &mut Till) {
        let subscription = free_seats(t, 2).await;
        invite(t, &subscription, "one@example.com").await;
        let token = token(t, "one@example.com").await;
        let page = format!("{PORTAL}/claim?token={token}");
        let browser = t.browser();
        for _ in 0..2 {
            let shown = browser.get(&page).await;
            shown.says(200, "one@example.com");
            assert!(shown.text().contains("Team"), "{}", shown.text());
        }
        let shown = browser.get(&page).await.text();
        let key = hidden(&shown, "_idempotency_key");
        let form = [("token", token.as_str()), ("_idempotency_key", key.as_str())];
        let path = format!("{PORTAL}/claim");
        browser.post(&path, &form).await.expect_to(&format!("{PORTAL}?done=claimed"));
        browser.get(&format!("{PORTAL}?done=claimed")).await.says(200, "Signed in as one@example.com");
        // The same form again is the same claim; another one finds nothing to claim.
        t.browser().post(&path, &form).await.expect_to(&format!("{PORTAL}?done=claimed"));
        t.browser().post(&path, &[("token", token.as_str())]).await.says(404, "Ask whoever invited you");
        t.browser().get(&page).await.says(404, "Ask whoever invited you");
        t.browser().get(&format!("{PORTAL}/claim?token={}", "x".repeat(3000))).await.says(404, "Ask whoever invited you");
        let german = t.browser().get_with(&page, &[("accept-language", "de")]).await;
        german.says(404, "lang=\"de\"");
        t.see_through().await;
    }

    async fn a_claim_on_the_page_is_counted_once(t: &mut Till) {
        let subscription = free_seats(t, 2).await;
        invite(t, &subscription, "one@example.com").await;
        let token = token(t, "one@example.com").await;
        let page = format!("{PORTAL}/claim?token={token}");
        let browser = t.limited(10_000).browser();
        for _ in 0..29 {
            browser.get(&page).await.says(200, "one@example.com");
        }
        let done = browser.post(&format!("{PORTAL}/claim"), &[("token", token.as_str())]).await;
        done.expect_to(&format!("{PORTAL}?done=claimed"));
        assert_eq!(browser.get(&page).await.status, 429, "that was the thirtieth");
        t.see_through().await;
    }

    async fn invitations_of_the_portal_are_not_sent_in_heaps(t: &mut Till) {
        let subscription = free_seats(t, 3).await;
        let limited = t.limited(10_000);
        let owner = limited.with_token(&token_of(t, &subscription["customer"]).await);
        let body = |email: &str| json!({"subscription_id": subscription["id"], "email": email});
        let seat = owner.post(OWN, body("one@example.com")).await.ok();
        let again = format!("{OWN}/{}/resend", id(&seat));
        let browser = signed_in(&limited, &subscription["customer"]).await;
        let page = format!("{PORTAL}/subscriptions/{}", id(&subscription));
        let before = list(t, &subscription).await;
        let customer = subscription["customer_id"].as_str().unwrap();
        for (budget, count, pause) in [
            (format!("by customer {customer}"), 100, 30),
            ("from unknown".to_owned(), 100, 60),
            (format!("by customers of {}", t.organization.id), 1000, 86),
        ] {
            let (whole, now) = (Budget::new(count, pause), t.app.clock.now());
            let key = t.app.key.digest(&format!("seat invitations sent {budget}"));
            let left = whole.left(t.app.store.spent_until(&key).await.unwrap(), now);
            let mut changes = Changes::new();
            for _ in 1..left {
                whole.take(&mut changes, key.clone(), now);
            }
            t.app.store.commit(changes).await.unwrap();
            owner.post(&again, json!({})).await.ok();
            for path in [OWN, again.as_str()] {
                let many = owner.post(path, body("two@example.com")).await;
                assert_eq!(many.status, 429, "{budget}: {}", many.text());
                assert!(many.header("retry-after").parse::<u64>().unwrap() > 0);
            }
            for (path, form) in [("invite".to_owned(), &[("email", "two@example.com")][..]), (format!("{}/resend", id(&seat)), &[])] {
                let many = browser.post(&format!("{page}/seats/{path}"), form).await;
                many.says(429, "Too many attempts");
                assert!(many.header("retry-after").parse::<u64>().unwrap() > 0);
            }
            assert_eq!(list(t, &subscription).await, before, "{budget}: no seat is given");
            let mut changes = Changes::new();
            whole.give_back(&mut changes, key, count);
            t.app.store.commit(changes).await.unwrap();
        }
        resend(t, &seat).await.ok();
        t.see_through().await;
    }

    async fn the_portals_page_gives_seats_away(t: &mut Till) {
        let subscription = free_seats(t, 3).await;
        let browser = signed_in(t, &subscription["customer"]).await;
        let page = format!("{PORTAL}/subscriptions/{}", id(&subscription));
        browser.get(&page).await.says(200, "0 of 3");
        let seats = format!("{page}/seats");
        browser.post(&format!("{seats}/invite"), &[("email", "no address")]).await.says(422, "Enter a full email address");
        browser.post(&format!("{seats}/invite"), &[("email", "one@example.com")]).await.expect_to(&format!("{page}?done=invited"));
        browser.post(&format!("{seats}/invite"), &[("email", "one@example.com")]).await.says(422, "has a seat already");
        let seat = list(t, &subscription).await["seats"][0].clone();
        browser.get(&page).await.says(200, "1 of 3");
        browser.post(&format!("{seats}/{}/resend", id(&seat)), &[]).await.expect_to(&format!("{page}?done=invited"));
        browser.post(&format!("{seats}/{}/revoke", id(&seat)), &[]).await.expect_to(&format!("{page}?done=seat-free"));
        browser.get(&page).await.says(200, "0 of 3");
        let low = give(t, &subscription, json!({"email": "low@example.com"})).await.ok();
        let claimed = claim(t, &token(t, "low@example.com").await).await.ok();
        let member = t.browser();
        member.set_cookie(SESSION, claimed["customer_session_token"].as_str().unwrap());
        assert_eq!(member.post(&format!("{seats}/invite"), &[("email", "x@example.com")]).await.status, 404);
        assert_eq!(member.post(&format!("{seats}/{}/revoke", id(&low)), &[]).await.status, 404);
        assert_eq!(list(t, &subscription).await["available_seats"], 2);
        t.see_through().await;
    }

    async fn the_dashboard_gives_seats_away(t: &mut Till) {
        let subscription = free_seats(t, 3).await;
        let dashboard = t.dashboard().await;
        let page = format!("/dashboard/ada/subscriptions/{}", id(&subscription));
        dashboard.get(&page).await.says(200, "Nobody has a seat yet.");
        dashboard.get(&format!("{page}/seats/new")).await.says(200, "Assign seat");
        let form = [("email", "one@example.com")];
        assert_eq!(dashboard.post(&format!("{page}/seats/new"), &form).await.status, 303);
        dashboard.get(&page).await.says(200, "one@example.com");
        let seat = list(t, &subscription).await["seats"][0].clone();
        let at = |rest: &str| format!("{page}/seats/{}/{rest}", id(&seat));
        assert_eq!(dashboard.post(&at("resend"), &[]).await.status, 303);
        dashboard.get(&at("revoke")).await.says(200, "Revoke this seat?");
        assert_eq!(dashboard.post(&at("revoke"), &[]).await.status, 303);
        assert_eq!(list(t, &subscription).await["available_seats"], 3);
        t.see_through().await;
    }
}
