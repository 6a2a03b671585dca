//! Who belongs to an organization, and who may change that (lifecycle.md A.5, H.3).

use till_core::records::Role;
use till_testkit::{Till, both};

const TEAM: &str = "/dashboard/ada/settings/team";
const INVITE: &str = "/dashboard/ada/settings/team/invite";
const LEAVE: &str = "/dashboard/ada/settings/team/leave";

/// Everybody's address and role, the oldest membership first.
async fn team(t: &Till) -> Vec<(String, Role)> {
    let team = t.app.store.team(t.organization.id).await.unwrap().unwrap();
    let people = team.people.into_iter();
    people
        .map(|(member, user)| (user.email, member.role))
        .collect()
}

/// The page of what is done with the person who came in last.
async fn of_last(t: &Till, what: &str) -> String {
    let team = t.app.store.team(t.organization.id).await.unwrap().unwrap();
    format!("{TEAM}/{}/{what}", team.people.last().unwrap().0.id)
}

both! {
    async fn an_invited_person_comes_in_by_the_link_in_their_mail(t: &mut Till) {
        let owner = t.desk().await;
        owner.post("/account/name", &[("name", "Ada")]).await;
        owner.get(INVITE).await.says(200, "Invite somebody");
        let sent = owner.post(INVITE, &[("email", "Grace@Example.com"), ("role", "admin")]).await;
        assert_eq!(sent.header("location"), TEAM);
        owner.get(TEAM).await.says(200, "grace@example.com is in the team and gets a mail.");
        t.drain().await;
        let mail = t.mailbox.take().remove(0);
        assert_eq!((&*mail.to, &*mail.subject), ("grace@example.com", "You are invited to Ada's Shop"));
        assert!(mail.text.contains("Ada invites you to the team of Ada's Shop."), "{}", mail.text);
        let link = mail.text.lines().find_map(|line| line.strip_prefix("https://till.test")).unwrap().to_owned();
        t.advance(std::time::Duration::from_secs(2 * 24 * 3600));
        let grace = t.browser();
        let page = grace.get(&link).await;
        page.says(200, "name=\"next\" value=\"/dashboard/ada\"");
        let entered = grace.post(&link, &[("next", "/dashboard/ada")]).await;
        assert_eq!(entered.header("location"), "/dashboard/ada");
        grace.get(TEAM).await.says(200, "grace@example.com");
        assert_eq!(team(t).await[1], ("grace@example.com".to_owned(), Role::Admin));
    }

    async fn somebody_known_keeps_their_account_and_sees_one_more_shop(t: &mut Till) {
        let (stranger, _) = t.stranger().await;
        let eve = t.app.store.user_by_email("eve-1@example.com").await.unwrap().unwrap();
        let eve = t.signed_in(&eve).await;
        assert_eq!(eve.get(TEAM).await.status, 404);
        t.desk().await.post(INVITE, &[("email", "eve-1@example.com"), ("role", "member")]).await;
        t.drain().await;
        eve.get(TEAM).await.says(200, &format!("/dashboard/{}", stranger.slug));
        eve.get("/account").await.says(200, "/dashboard/ada");
    }

    async fn an_invitation_is_refused_at_its_field(t: &mut Till) {
        let owner = t.desk().await;
        owner.post(INVITE, &[("email", "grace@"), ("role", "member")]).await.says(422, "email-error");
        owner.post(INVITE, &[("email", "grace@example.com"), ("role", "king")]).await.says(422, "role-error");
        owner.post(INVITE, &[("email", "Ada@example.com"), ("role", "member")]).await.says(422, "in the team already");
        assert_eq!(team(t).await.len(), 1);
    }

    async fn owners_dispose_of_everybody_and_admins_of_all_but_owners(t: &mut Till) {
        let admin = t.desk_as(Role::Admin).await;
        admin.get(INVITE).await.says(200, "value=\"admin\"");
        assert!(!admin.get(INVITE).await.text().contains("value=\"owner\""));
        let made = admin.post(INVITE, &[("email", "grace@example.com"), ("role", "owner")]).await;
        made.says(422, "Only owners make, change and remove owners.");
        t.desk_as(Role::Owner).await;
        let (role, remove) = (of_last(t, "role").await, of_last(t, "remove").await);
        for path in [&role, &remove] {
            assert_eq!(admin.get(path).await.status, 403, "{path}");
            assert_eq!(admin.post(path, &[("role", "member")]).await.status, 403, "{path}");
        }
        let owner = t.desk().await;
        assert_eq!(owner.post(&role, &[("role", "member")]).await.status, 303);
        assert_eq!(team(t).await[2].1, Role::Member);
        assert_eq!(admin.post(&role, &[("role", "admin")]).await.status, 303);
        admin.get(&remove).await.says(200, "They lose this dashboard at once.");
        assert_eq!(team(t).await.len(), 3, "asked, and not done");
        assert_eq!(admin.post(&remove, &[]).await.status, 303);
        assert_eq!(team(t).await.len(), 2);
        assert_eq!(admin.post(&remove, &[]).await.status, 404);
    }

    async fn members_see_the_team_and_change_nothing_but_their_own_place(t: &mut Till) {
        t.desk_as(Role::Member).await;
        let (role, remove) = (of_last(t, "role").await, of_last(t, "remove").await);
        let member = t.desk_as(Role::Member).await;
        assert_eq!(member.get(TEAM).await.status, 200);
        for path in [INVITE, &role, &remove] {
            assert_eq!(member.get(path).await.status, 403, "{path}");
            assert_eq!(member.post(path, &[("role", "owner"), ("email", "x@example.com")]).await.status, 403, "{path}");
        }
        member.get(LEAVE).await.says(200, "Leave Ada&#39;s Shop?");
        let left = member.post(LEAVE, &[]).await;
        assert_eq!(left.header("location"), "/account");
        member.get("/account").await.says(200, "You left Ada&#39;s Shop.");
        assert_eq!(member.get(TEAM).await.status, 404);
        assert_eq!(team(t).await.len(), 2);
    }

    async fn a_removed_person_is_out_at_once(t: &mut Till) {
        let grace = t.desk_as(Role::Admin).await;
        assert_eq!(grace.get(TEAM).await.status, 200);
        let remove = of_last(t, "remove").await;
        t.desk().await.post(&remove, &[]).await;
        assert_eq!(grace.get(TEAM).await.status, 404);
        assert_eq!(grace.get("/account").await.status, 200);
    }

    async fn the_last_owner_stays(t: &mut Till) {
        t.desk_as(Role::Admin).await;
        let owner = t.desk().await;
        let id = t.app.store.team(t.organization.id).await.unwrap().unwrap().people[0].0.id;
        owner.post(LEAVE, &[]).await.says(403, "There must be an owner");
        owner.post(&format!("{TEAM}/{id}/remove"), &[]).await.says(403, "There must be an owner");
        owner.post(&format!("{TEAM}/{id}/role"), &[("role", "admin")]).await.says(422, "There must be an owner");
        assert_eq!(team(t).await[0].1, Role::Owner);
    }

    async fn two_owners_who_leave_at_the_same_moment_do_not_both_go(t: &mut Till) {
        for _ in 0..5 {
            let (one, two) = (t.desk_as(Role::Owner).await, t.desk_as(Role::Owner).await);
            // The founder goes first, if still there, so that these two are the only owners.
            t.desk().await.post(LEAVE, &[]).await;
            let (a, b) = tokio::join!(one.post(LEAVE, &[]), two.post(LEAVE, &[]));
            let mut statuses = [a.status.as_u16(), b.status.as_u16()];
            statuses.sort_unstable();
            let owners = team(t).await.into_iter().filter(|(_, role)| *role == Role::Owner).count();
            assert!(owners >= 1, "{statuses:?}");
            assert!(statuses.contains(&303), "{statuses:?}");
        }
    }
}
