//! Members of customers, and team customers.

use serde_json::{Value, json};
use till_core::kernel::changes::Changes;
use till_testkit::{Till, both};
use till_wire::limits;

fn path(customer: &Value, rest: &str) -> String {
    format!("/v1/customers/{}{rest}", customer["id"].as_str().unwrap())
}

async fn team(t: &Till, email: &str) -> Value {
    let body = json!({"type": "team", "email": email, "name": "Crew"});
    t.post("/v1/customers/", body).await.created()
}

async fn members(t: &Till, customer: &Value) -> Vec<Value> {
    let id = customer["id"].as_str().unwrap();
    t.items(&format!("/v1/members/?customer_id={id}&sorting=created_at"))
        .await
}

async fn add(t: &Till, team: &Value, body: Value) -> Value {
    t.post(&path(team, "/members"), body).await.created()
}

fn at(customer: &Value, member: &Value) -> String {
    path(
        customer,
        &format!("/members/{}", member["id"].as_str().unwrap()),
    )
}

async fn visitor(t: &Till, team: &Value, member: &Value) -> Till {
    let body = json!({"customer_id": team["id"], "member_id": member["id"]});
    let session = t.post("/v1/customer-sessions/", body).await.created();
    t.with_token(session["token"].as_str().unwrap())
}

both! {
    async fn every_new_customer_has_an_owner(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "name": "Ada"})).await.created();
        let owners = members(t, &ada).await;
        assert_eq!(owners.len(), 1);
        assert_eq!((&owners[0]["role"], &owners[0]["email"], &owners[0]["name"]), (&json!("owner"), &json!("ada@example.com"), &json!("Ada")));
        t.buy(&t.checkout_for(&t.product().await).await, "eve@example.com").await;
        let eve = t.items("/v1/customers/?email=eve@example.com").await.remove(0);
        assert_eq!(members(t, &eve).await[0]["role"], "owner");
        // Their address is the customer's, and follows it.
        t.patch(&path(&ada, ""), json!({"email": "ada@new.example"})).await.ok();
        assert_eq!(members(t, &ada).await[0]["email"], "ada@new.example");
        let wrong = t.patch(&at(&ada, &owners[0]), json!({"email": "other@example.com"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.email")]));
        let named = json!({"email": "c@example.com", "owner": {"email": "d@example.com"}});
        let wrong = t.post("/v1/customers/", named).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.owner.email")]));
    }

    async fn a_team_needs_an_address_or_an_owner_and_stays_a_team(t: &mut Till) {
        let wrong = t.post("/v1/customers/", json!({"type": "team", "name": "Crew"})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.team")]));
        let owner = json!({"email": "Owner@Example.com", "name": "Olga", "external_id": "o1"});
        let crew = t.post("/v1/customers/", json!({"type": "team", "name": "Crew", "owner": owner})).await.created();
        assert_eq!((&crew["email"], &crew["type"]), (&json!(null), &json!("team")));
        let found = members(t, &crew).await;
        assert_eq!((&found[0]["email"], &found[0]["external_id"]), (&json!("Owner@example.com"), &json!("o1")));
        // The owner's address is nobody's customer: it is free, also twice.
        t.customer("owner@example.com").await;
        let again = json!({"type": "team", "owner": {"email": "owner@example.com"}});
        t.post("/v1/customers/", again).await.created();
        assert_eq!(t.items("/v1/customers/?email=owner@example.com").await.len(), 1);
        let wrong = t.patch(&path(&crew, ""), json!({"type": "individual"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.type")]));
        t.patch(&path(&crew, ""), json!({"type": "team"})).await.ok();
        // With an address of its own, be it the owner's.
        let other = json!({"type": "team", "owner": {"email": "same@example.com"}});
        let other = t.post("/v1/customers/", other).await.created();
        let own = t.patch(&path(&other, ""), json!({"email": "same@example.com"})).await.ok();
        assert_eq!(own["email"], "same@example.com");
        let set = t.patch(&path(&crew, ""), json!({"email": "crew@example.com"})).await.ok();
        assert_eq!(set["email"], "crew@example.com");
        t.post("/v1/customers/", json!({"email": "crew@example.com"})).await.invalid();
        assert_eq!(members(t, &crew).await[0]["email"], "Owner@example.com");
        let ada = t.customer("ada@example.com").await;
        assert_eq!(t.patch(&path(&ada, ""), json!({"type": "team"})).await.ok()["type"], "team");
        assert_eq!(members(t, &ada).await.len(), 1);
    }

    async fn a_team_without_an_address_is_reached_through_its_owner(t: &mut Till) {
        let owner = json!({"email": "owner@example.com", "name": "Olga"});
        let team = t.post("/v1/customers/", json!({"type": "team", "name": "Crew", "owner": owner})).await.created();
        let product = t.product().await;
        let checkout = t.checkout_with(&product, json!({"customer_id": team["id"]})).await;
        assert_eq!(checkout["customer_email"], "owner@example.com");
        // Whoever owns it then.
        let next = add(t, &team, json!({"email": "next@example.com"})).await;
        t.patch(&at(&team, &next), json!({"role": "owner"})).await.ok();
        let checkout = t.checkout_with(&product, json!({"customer_id": team["id"]})).await;
        assert_eq!(checkout["customer_email"], "next@example.com");
        t.patch(&at(&team, &next), json!({"email": "third@example.com"})).await.ok();
        let checkout = t.checkout_with(&product, json!({"customer_id": team["id"]})).await;
        assert_eq!(checkout["customer_email"], "third@example.com");
        let shown = t.get(&path(&team, "")).await.ok();
        assert_eq!(shown["email"], json!(null));
        let export = t.get("/v1/customers/export").await.text();
        assert!(!export.contains("third@example.com"), "{export}");
        // A purchase with the owner's address is another person's.
        t.buy(&t.checkout_for(&product).await, "third@example.com").await;
        assert_eq!(t.items("/v1/customers/?email=third@example.com").await.len(), 1);
    }

    async fn a_team_buys_seats(t: &mut Till) {
        let tiers = json!([{"min_seats": 1, "max_seats": null, "price_per_seat": 1000}]);
        let product = t.priced(json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": tiers}}])).await;
        t.buy(&t.checkout_with(&product, json!({"seats": 2})).await, "ada@example.com").await;
        let ada = t.items("/v1/customers/").await.remove(0);
        assert_eq!(ada["type"], "team");
        assert_eq!(members(t, &ada).await[0]["role"], "owner");
    }

    async fn members_are_added_to_teams_alone_and_each_address_once(t: &mut Till) {
        t.listen().await;
        let crew = team(t, "crew@example.com").await;
        let ben = add(t, &crew, json!({"email": "Ben@Example.com", "name": " Ben ", "external_id": "b1"})).await;
        assert_eq!((&ben["role"], &ben["name"], &ben["email"]), (&json!("member"), &json!("Ben"), &json!("Ben@example.com")));
        assert_eq!(ben["customer_id"], crew["id"]);
        let again = add(t, &crew, json!({"email": "BEN@example.com", "name": "Other", "external_id": "b1", "role": "billing_manager"})).await;
        assert_eq!(again, ben);
        let wrong = t.post(&path(&crew, "/members"), json!({"email": "c@example.com", "external_id": "b1"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.external_id")]));
        let wrong = t.post(&path(&crew, "/members"), json!({"email": "c@example.com", "role": "owner"})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("literal_error", "body.role")]));
        let told = t.webhook_event_types().await;
        assert_eq!(told, ["member.created", "customer.created", "member.created", "customer.state_changed"]);
        let ada = t.customer("ada@example.com").await;
        t.post(&path(&ada, "/members"), json!({"email": "b@example.com"})).await.refused(403, "NotPermitted");
        t.featured(|features| features.member_model_enabled = false).await;
        t.post(&path(&crew, "/members"), json!({"email": "d@example.com"})).await.refused(403, "NotPermitted");
        let nobody = "/v1/customers/1dbfc517-0bbf-4301-9ba8-555ca42b9737/members";
        t.post(nobody, json!({"email": "d@example.com"})).await.not_found();
        // The same address may belong to members of several teams.
        t.featured(|features| features.member_model_enabled = true).await;
        let other = team(t, "other@example.com").await;
        assert_ne!(add(t, &other, json!({"email": "ben@example.com"})).await["id"], ben["id"]);
        t.get(&at(&other, &ben)).await.not_found();
        t.see_through().await;
    }

    async fn ownership_is_transferred_and_never_given_up(t: &mut Till) {
        let crew = team(t, "crew@example.com").await;
        let owner = members(t, &crew).await.remove(0);
        let ben = add(t, &crew, json!({"email": "ben@example.com"})).await;
        t.listen().await;
        for role in ["member", "billing_manager"] {
            let wrong = t.patch(&at(&crew, &owner), json!({"role": role})).await.invalid();
            assert_eq!(wrong, crate::pairs(&[("value_error", "body.role")]));
        }
        assert_eq!(t.delete(&at(&crew, &owner)).await.invalid(), crate::pairs(&[("value_error", "body")]));
        assert_eq!(t.patch(&at(&crew, &ben), json!({"role": "owner"})).await.ok()["role"], "owner"); // J.46
        assert_eq!(t.get(&at(&crew, &owner)).await.ok()["role"], "billing_manager");
        assert_eq!(t.delete(&at(&crew, &ben)).await.invalid(), crate::pairs(&[("value_error", "body")]));
        // Nothing changed: nobody is told.
        for same in [json!({}), json!({"role": "owner"}), json!({"email": "BEN@example.com"}), json!({"name": null, "role": null})] {
            t.patch(&at(&crew, &ben), same).await.ok();
        }
        let told = t.webhook_events().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((&told[0]["type"], &told[0]["data"]["id"]), (&json!("member.updated"), &ben["id"]));
        let taken = t.patch(&at(&crew, &ben), json!({"email": "CREW@example.com"})).await.invalid();
        assert_eq!(taken, crate::pairs(&[("value_error", "body.email")]));
        t.delete(&at(&crew, &owner)).await.gone();
        t.get(&at(&crew, &owner)).await.not_found();
        assert_eq!(t.webhook_event_types().await.last().unwrap(), "member.deleted");
        t.see_through().await;
    }

    async fn members_are_reached_by_the_merchants_ids(t: &mut Till) {
        let body = json!({"type": "team", "email": "crew@example.com", "external_id": "a b/c"});
        t.post("/v1/customers/", body).await.created();
        let all = "/v1/customers/external/a%20b%2Fc/members";
        let ben = t.post(all, json!({"email": "ben@example.com", "external_id": "x/y ä"})).await.created();
        let one = format!("{all}/x%2Fy%20%C3%A4");
        assert_eq!(t.get(&one).await.ok(), ben);
        assert_eq!(t.patch(&one, json!({"name": "Ben"})).await.ok()["name"], "Ben");
        let listed = async |query: &str| t.get(&format!("/v1/members/?{query}")).await.listed("email");
        assert_eq!(listed("external_customer_id=a%20b%2Fc&role=member").await, ["ben@example.com"]);
        assert_eq!(listed("role=owner").await, ["crew@example.com"]);
        assert_eq!(listed("external_customer_id=nobody").await, [""; 0]);
        assert_eq!(listed("").await, ["ben@example.com", "crew@example.com"]);
        t.delete(&one).await.gone();
        t.get(&one).await.not_found();
        t.get("/v1/customers/external/nobody/members/x").await.not_found();
    }

    async fn a_team_has_a_bounded_number_of_members(t: &mut Till) {
        let crew = team(t, "crew@example.com").await;
        let owner = t.app.store.customer_members(till_testkit::id_in(&crew, "id")).await.unwrap().remove(0);
        let mut changes = Changes::new();
        for n in 2..=limits::MEMBERS {
            let mut member = owner.clone();
            member.id = t.app.context().id();
            (member.email, member.role) = (format!("m{n}@example.com"), till_wire::members::MemberRole::Member);
            member.email_key = member.email.clone();
            changes.insert(&member);
        }
        t.app.store.commit(changes).await.unwrap();
        let wrong = t.post(&path(&crew, "/members"), json!({"email": "late@example.com"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body")]));
        assert_eq!(add(t, &crew, json!({"email": "m2@example.com"})).await["email"], "m2@example.com");
        let last = t.items(&format!("/v1/members/?customer_id={}&role=member", crew["id"].as_str().unwrap())).await;
        t.delete(&at(&crew, &last[0])).await.gone();
        add(t, &crew, json!({"email": "late@example.com"})).await;
    }

    async fn a_session_is_for_a_member_and_ends_with_them(t: &mut Till) {
        let body = json!({"type": "team", "email": "crew@example.com", "external_id": "crew"});
        let crew = t.post("/v1/customers/", body).await.created();
        let ben = add(t, &crew, json!({"email": "b+en@example.com", "external_id": "b1"})).await;
        let open = async |body: Value| t.post("/v1/customer-sessions/", body).await;
        let id = &crew["id"];
        let wrong = open(json!({"customer_id": id})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.member_id")]));
        let wrong = open(json!({"customer_id": id, "external_member_id": "b2"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.external_member_id")]));
        let other = team(t, "other@example.com").await;
        let wrong = open(json!({"customer_id": other["id"], "member_id": ben["id"]})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.member_id")]));
        let session = open(json!({"external_customer_id": "crew", "external_member_id": "b1"})).await.created();
        assert!(session["customer_portal_url"].as_str().unwrap().ends_with("&email=b%2Ben%40example.com"));
        let token = session["token"].as_str().unwrap();
        assert!(token.starts_with("polar_mst_"));
        let visitor = t.with_token(token);
        visitor.get("/v1/customers/").await.refused(401, "Unauthorized");
        t.delete(&at(&crew, &ben)).await.gone();
        visitor.get("/v1/customers/").await.refused(401, "invalid_token");
    }

    async fn a_customer_of_before_gets_its_owner_when_one_is_asked_for(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let mut changes = Changes::new();
        changes.any("delete from customer_members", vec![]);
        t.app.store.commit(changes).await.unwrap();
        assert_eq!(members(t, &ada).await.len(), 0);
        t.post("/v1/customer-sessions/", json!({"customer_id": ada["id"]})).await.created();
        t.post("/v1/customer-sessions/", json!({"customer_id": ada["id"]})).await.created();
        assert_eq!(members(t, &ada).await.len(), 1);
        let mut changes = Changes::new();
        changes.any("update customer_sessions set member_id = null", vec![]);
        changes.any("delete from customer_members", vec![]);
        t.app.store.commit(changes).await.unwrap();
        t.patch(&path(&ada, ""), json!({"type": "team", "email": "crew@example.com"})).await.ok();
        let owners = members(t, &ada).await;
        assert_eq!((owners.len(), &owners[0]["role"]), (1, &json!("owner")));
    }

    async fn simultaneous_transfers_leave_one_owner(t: &mut Till) {
        let crew = team(t, "crew@example.com").await;
        let ben = add(t, &crew, json!({"email": "ben@example.com"})).await;
        let cleo = add(t, &crew, json!({"email": "cleo@example.com"})).await;
        let make = async |who: &Value| t.patch(&at(&crew, who), json!({"role": "owner"})).await.ok();
        tokio::join!(make(&ben), make(&cleo));
        let roles: Vec<_> = members(t, &crew).await.into_iter().map(|m| m["role"].clone()).collect();
        assert_eq!(roles.iter().filter(|role| **role == "owner").count(), 1, "{roles:?}");
    }

    async fn a_team_manages_its_members_in_the_portal(t: &mut Till) {
        let crew = team(t, "crew@example.com").await;
        let owner = members(t, &crew).await.remove(0);
        let ben = add(t, &crew, json!({"email": "ben@example.com", "role": "billing_manager"})).await;
        let cleo = add(t, &crew, json!({"email": "cleo@example.com"})).await;
        let other = team(t, "other@example.com").await;
        let foreign = members(t, &other).await.remove(0);
        let as_owner = visitor(t, &crew, &owner).await;
        let (as_ben, as_cleo) = (visitor(t, &crew, &ben).await, visitor(t, &crew, &cleo).await);
        const ALL: &str = "/v1/customer-portal/members";
        let one = |member: &Value| format!("{ALL}/{}", member["id"].as_str().unwrap());
        assert_eq!(as_ben.get(ALL).await.listed("email"), ["crew@example.com", "ben@example.com", "cleo@example.com"]);
        assert_eq!(as_ben.get(&format!("{ALL}?limit=1&page=2")).await.listed("email"), ["ben@example.com"]);
        // A plain member sees and changes nothing.
        as_cleo.get(ALL).await.refused(403, "NotPermitted");
        as_cleo.post(ALL, json!({"email": "d@example.com"})).await.refused(403, "NotPermitted");
        as_cleo.patch(&one(&cleo), json!({"role": "owner"})).await.refused(403, "NotPermitted");
        as_cleo.delete(&one(&ben)).await.refused(403, "NotPermitted");
        as_cleo.get("/v1/customer-portal/customers/me/export").await.refused(403, "NotPermitted");
        let dora = as_ben.post(ALL, json!({"email": "dora@example.com", "name": "Dora"})).await.created();
        assert_eq!((&dora["role"], &dora["name"]), (&json!("member"), &json!("Dora")));
        assert_eq!(as_ben.post(ALL, json!({"email": "DORA@example.com"})).await.created(), dora);
        let wrong = as_owner.post(ALL, json!({"email": "e@example.com", "role": "owner"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.role")]));
        // Nobody changes their own role or removes themselves, and only the owner hands the team on.
        let wrong = as_ben.patch(&one(&ben), json!({"role": "member"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "path.id")]));
        assert_eq!(as_ben.patch(&one(&ben), json!({"name": "Ben", "role": "billing_manager"})).await.ok()["name"], "Ben");
        assert_eq!(as_ben.delete(&one(&ben)).await.invalid(), crate::pairs(&[("value_error", "path.id")]));
        as_ben.patch(&one(&cleo), json!({"role": "owner"})).await.refused(403, "NotPermitted");
        assert_eq!(as_ben.delete(&one(&owner)).await.invalid(), crate::pairs(&[("value_error", "body")]));
        as_ben.patch(&one(&owner), json!({"role": "member"})).await.invalid();
        for answer in [as_owner.patch(&one(&foreign), json!({"name": "x"})).await, as_owner.delete(&one(&foreign)).await] {
            answer.not_found();
        }
        assert_eq!(as_owner.patch(&one(&cleo), json!({"role": "owner"})).await.ok()["role"], "owner");
        // The former owner is a billing manager from now on.
        as_owner.patch(&one(&ben), json!({"role": "owner"})).await.refused(403, "NotPermitted");
        as_cleo.delete(&one(&dora)).await.gone();
        as_cleo.get(ALL).await.ok();
        let ada = t.customer("ada@example.com").await;
        t.viewer_of(&ada).await.get(ALL).await.refused(403, "NotPermitted");
        t.anonymous().get(ALL).await.refused(401, "Unauthorized");
        t.get(ALL).await.refused(401, "Unauthorized");
    }

    async fn a_customer_gets_their_own_data_alone(t: &mut Till) {
        let (ada, eve) = (t.customer("ada@example.com").await, t.customer("eve@example.com").await);
        let product = t.product().await;
        t.sold(&ada, &product).await;
        t.sold(&eve, &product).await;
        let answer = t.viewer_of(&ada).await.get("/v1/customer-portal/customers/me/export").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let all = answer.json();
        assert_eq!(all["customer"]["email"], "ada@example.com");
        assert_eq!(all["orders"].as_array().unwrap().len(), 1);
        assert!(!answer.text().contains("eve@example.com"));
    }

    async fn who_owned_a_team_does_not_look_as_its_next_owner(t: &mut Till) {
        let crew = team(t, "crew@example.com").await;
        let owner = members(t, &crew).await.remove(0);
        let ben = add(t, &crew, json!({"email": "ben@example.com"})).await;
        let visiting = visitor(t, &crew, &owner).await;
        let mut changes = Changes::new();
        changes.any("update customer_sessions set member_id = null", vec![]);
        t.app.store.commit(changes).await.unwrap();
        const USER: &str = "/v1/customer-portal/customer-session/user";
        assert_eq!(visiting.get(USER).await.ok()["member_id"], owner["id"]);
        t.patch(&at(&crew, &ben), json!({"role": "owner"})).await.ok();
        visiting.get(USER).await.refused(401, "invalid_token");
    }
}
