//! The members of a team on its page.

use serde_json::json;
use till_testkit::both;

both! {
    async fn a_team_is_added_with_its_owner_and_its_members_are_managed(t: &mut Till) {
        let dashboard = t.dashboard().await;
        let refused = dashboard.post("/dashboard/ada/customers/new", &[("type", "team"), ("name", "Crew")]).await;
        assert_eq!(refused.status, 422);
        let sent = [("type", "team"), ("name", "Crew"), ("owner.email", "olga@example.com"), ("owner.name", "Olga")];
        let made = dashboard.post("/dashboard/ada/customers/new", &sent).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let page = made.header("location").to_owned();
        let shown = dashboard.get(&page).await.text();
        for words in ["Members", "Olga", "olga@example.com", "Owner", "Add member", "Team"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let add = format!("{page}/members/new");
        dashboard.get(&add).await.says(200, "Add a member to Crew");
        dashboard.post(&add, &[("email", "nope")]).await.says(422, "e-mail");
        let added = dashboard.post(&add, &[("email", "ben@example.com"), ("name", ""), ("role", "billing_manager")]).await;
        assert_eq!((added.status.as_u16(), added.header("location")), (303, page.as_str()));
        let members = t.items("/v1/members/?sorting=created_at").await;
        assert_eq!((&members[1]["role"], &members[1]["name"]), (&json!("billing_manager"), &json!(null)));
        let at = |n: usize, rest: &str| format!("{page}/members/{}{rest}", members[n]["id"].as_str().unwrap());
        dashboard.get(&at(1, "/edit")).await.says(200, "Edit ben@example.com");
        dashboard.post(&at(1, "/edit"), &[("email", ""), ("role", "member")]).await.says(422, "e-mail");
        let saved = dashboard.post(&at(1, "/edit"), &[("email", "ben@example.com"), ("name", "Ben"), ("role", "owner")]).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        assert_eq!(t.items("/v1/members/?role=owner").await[0]["name"], "Ben");
        // The owner is not offered to be removed, and is not.
        assert!(!dashboard.get(&page).await.text().contains(&at(1, "/remove")));
        assert_ne!(dashboard.post(&at(1, "/remove"), &[]).await.status, 303);
        dashboard.get(&at(0, "/remove")).await.says(200, "Remove Olga from Crew?");
        assert_eq!(dashboard.post(&at(0, "/remove"), &[]).await.status, 303);
        assert_eq!(t.items("/v1/members/").await.len(), 1);
        assert_eq!(dashboard.get(&at(0, "/edit")).await.status, 404);
        let list = dashboard.get("/dashboard/ada/customers").await.text();
        assert!(list.contains("Crew"), "{list}");
    }

    async fn an_individual_has_no_members_on_their_page_and_can_become_a_team(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let dashboard = t.dashboard().await;
        let page = format!("/dashboard/ada/customers/{}", ada["id"].as_str().unwrap());
        assert!(!dashboard.get(&page).await.text().contains("Add member"));
        let add = dashboard.post(&format!("{page}/members/new"), &[("email", "ben@example.com"), ("role", "member")]).await;
        add.says(422, "Only team customers can have members");
        let saved = dashboard.post(&format!("{page}/edit"), &[("email", "ada@example.com"), ("type", "team")]).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        assert!(dashboard.get(&page).await.text().contains("Add member"));
        assert_eq!(t.get(&format!("/v1/customers/{}", ada["id"].as_str().unwrap())).await.ok()["type"], "team");
    }
}
