//! Teams: who belongs to an organization, and who may change that.

use std::time::Duration;

use till_core::kernel::records::Role;
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

/// The address in a mail, below our own.
fn link_in(text: &str) -> String {
    let link = text
        .lines()
        .find_map(|line| line.strip_prefix("https://till.test"));
    link.unwrap().to_owned()
}

/// The link in the one mail that an invitation sends.
async fn mailed_link(t: &Till) -> String {
    t.drain().await;
    let mail = t.mailbox.take().remove(0);
    assert_eq!(
        (&*mail.to, &*mail.subject),
        ("grace@example.com", "You are invited to Ada's Shop")
    );
    assert!(
        mail.text
            .contains("has invited you to join the team of Ada's Shop."),
        "{}",
        mail.text
    );
    assert!(mail.text.contains("expires in 3 days"), "{}", mail.text);
    link_in(&mail.text)
}

both! {
    async fn an_invited_person_comes_in_by_the_button_behind_the_link_in_their_mail(t: &mut Till) {
        let owner = t.dashboard().await;
        owner.post("/account/name", &[("name", "Ada")]).await;
        owner.get(INVITE).await.says(200, "Invite someone");
        let sent = owner.post(INVITE, &[("email", "Grace@Example.com"), ("role", "admin")]).await;
        assert_eq!(sent.header("location"), TEAM);
        owner.get(TEAM).await.says(200, "grace@example.com was invited and will get an e-mail.");
        let link = mailed_link(t).await;
        t.advance(Duration::from_secs(2 * 24 * 3600));
        let grace = t.browser();
        for _ in 0..2 {
            let page = grace.get(&link).await;
            page.says(200, "Join Ada&#39;s Shop?");
            page.says(200, "Ada invites grace@example.com");
        }
        assert_eq!(team(t).await.len(), 1, "looking is not coming in");
        assert!(t.app.store.user_by_email("grace@example.com").await.unwrap().is_none());
        let entered = grace.post(&link, &[]).await;
        assert_eq!(entered.header("location"), "/dashboard/ada");
        grace.get(TEAM).await.says(200, "grace@example.com");
        assert_eq!(team(t).await[1], ("grace@example.com".to_owned(), Role::Admin));
        let browser = t.browser();
        assert_eq!(browser.get(&link).await.status, 410, "it works once");
        assert_eq!(browser.post(&link, &[]).await.status, 410);
        assert_eq!(team(t).await.len(), 2);
    }

    async fn nothing_is_told_of_somebody_who_was_invited_before_they_come(t: &mut Till) {
        let (stranger, _) = t.stranger().await;
        let eve = t.app.store.user_by_email("eve-1@example.com").await.unwrap().unwrap();
        let eve = t.signed_in(&eve).await;
        eve.post("/account/name", &[("name", "Eve Zanzibar")]).await;
        let owner = t.dashboard().await;
        for email in ["eve-1@example.com", "nobody@example.com"] {
            owner.post(INVITE, &[("email", email), ("role", "member")]).await;
        }
        let page = owner.get(TEAM).await.text();
        assert!(!page.contains("Zanzibar"), "{page}");
        let line = |email: &str| {
            let rows = page.split("<tr").skip(1).map(|row| row.split("</tr>").next().unwrap());
            rows.filter(|row| row.contains(email)).collect::<String>().replace(email, "")
        };
        let plain = |row: String| row.split('"').filter(|part| uuid::Uuid::try_parse(part).is_err()
            && !part.contains("/settings/team/")).collect::<String>();
        assert_eq!(plain(line("eve-1@example.com")), plain(line("nobody@example.com")), "known or not");
        assert_eq!(team(t).await.len(), 1);
        assert_eq!(eve.get(TEAM).await.status, 404, "not in yet");
        t.drain().await;
        let mails = t.mailbox.take();
        let link = link_in(&mails.iter().find(|mail| mail.to == "eve-1@example.com").unwrap().text);
        assert_eq!(eve.post(&link, &[]).await.header("location"), "/dashboard/ada");
        eve.get(TEAM).await.says(200, &format!("/dashboard/{}", stranger.slug));
        eve.get("/account").await.says(200, "/dashboard/ada");
        owner.get(TEAM).await.says(200, "Eve Zanzibar");
        assert_eq!(t.app.store.team(t.organization.id).await.unwrap().unwrap().invitations.len(), 1);
    }

    async fn an_invitation_is_withdrawn_by_who_may_and_its_link_works_no_more(t: &mut Till) {
        let owner = t.dashboard().await;
        owner.post(INVITE, &[("email", "grace@example.com"), ("role", "owner")]).await;
        let link = mailed_link(t).await;
        let id = t.app.store.team(t.organization.id).await.unwrap().unwrap().invitations[0].id;
        let path = format!("{TEAM}/{id}/withdraw");
        for role in [Role::Admin, Role::Member] {
            let other = t.dashboard_as(role).await;
            other.get(TEAM).await.says(200, "grace@example.com");
            assert_eq!(other.get(&path).await.status, 403, "{role}");
            assert_eq!(other.post(&path, &[]).await.status, 403, "{role}");
        }
        owner.get(&path).await.says(200, "Withdraw the invitation of grace@example.com?");
        let grace = t.browser();
        assert_eq!(grace.get(&link).await.status, 200, "asked, and not done");
        assert_eq!(owner.post(&path, &[]).await.header("location"), TEAM);
        assert!(!owner.get(TEAM).await.text().contains(&path));
        assert_eq!(grace.get(&link).await.status, 410);
        assert_eq!(grace.post(&link, &[]).await.status, 410);
        assert_eq!(owner.post(&path, &[]).await.status, 404);
        assert!(t.app.store.user_by_email("grace@example.com").await.unwrap().is_none());
    }

    async fn an_invitation_ends_after_three_days_and_one_made_again_replaces_it(t: &mut Till) {
        let owner = t.dashboard().await;
        let invite = async |role: &str| {
            owner.post(INVITE, &[("email", "grace@example.com"), ("role", role)]).await;
            mailed_link(t).await
        };
        let first = invite("admin").await;
        let second = invite("member").await;
        let grace = t.browser();
        assert_eq!(grace.get(&first).await.status, 410);
        grace.get(&second).await.says(200, "Join");
        owner.get(TEAM).await.says(200, "grace@example.com was invited");
        t.advance(Duration::from_secs(3 * 24 * 3600));
        assert_eq!(grace.get(&second).await.status, 410);
        assert_eq!(grace.post(&second, &[]).await.status, 410);
        assert!(!owner.get(TEAM).await.text().contains("grace@example.com"));
        let third = invite("member").await;
        let (one, two) = (t.browser(), t.browser());
        let (one, two) = tokio::join!(one.post(&third, &[]), two.post(&third, &[]));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 410], "of two at once one comes in");
        assert_eq!(team(t).await[1], ("grace@example.com".to_owned(), Role::Member));
        t.advance(Duration::from_secs(5 * 24 * 3600));
        till_server::jobs::upkeep::run_due(&t.app).await.unwrap();
        let left = "select count(*) from invitations";
        assert_eq!(t.app.store.scalar(till_store::Query::raw(left, vec![])).await.unwrap(), 0);
    }

    async fn an_invitation_is_refused_at_its_field(t: &mut Till) {
        let owner = t.dashboard().await;
        owner.post(INVITE, &[("email", "grace@"), ("role", "member")]).await.says(422, "email-error");
        owner.post(INVITE, &[("email", "grace@example.com"), ("role", "king")]).await.says(422, "role-error");
        owner.post(INVITE, &[("email", "Ada@example.com"), ("role", "member")]).await.says(422, "already in the team");
        assert_eq!(team(t).await.len(), 1);
    }

    async fn owners_dispose_of_everybody_and_admins_of_all_but_owners(t: &mut Till) {
        let admin = t.dashboard_as(Role::Admin).await;
        admin.get(INVITE).await.says(200, "value=\"admin\"");
        assert!(!admin.get(INVITE).await.text().contains("value=\"owner\""));
        let made = admin.post(INVITE, &[("email", "grace@example.com"), ("role", "owner")]).await;
        made.says(422, "Only owners can add, change or remove owners.");
        t.dashboard_as(Role::Owner).await;
        let (role, remove) = (of_last(t, "role").await, of_last(t, "remove").await);
        for path in [&role, &remove] {
            assert_eq!(admin.get(path).await.status, 403, "{path}");
            assert_eq!(admin.post(path, &[("role", "member")]).await.status, 403, "{path}");
        }
        let owner = t.dashboard().await;
        assert_eq!(owner.post(&role, &[("role", "member")]).await.status, 303);
        assert_eq!(team(t).await[2].1, Role::Member);
        assert_eq!(admin.post(&role, &[("role", "admin")]).await.status, 303);
        admin.get(&remove).await.says(200, "They lose access to this dashboard immediately.");
        assert_eq!(team(t).await.len(), 3, "asked, and not done");
        assert_eq!(admin.post(&remove, &[]).await.status, 303);
        assert_eq!(team(t).await.len(), 2);
        assert_eq!(admin.post(&remove, &[]).await.status, 404);
    }

    async fn members_see_the_team_and_change_nothing_but_their_own_place(t: &mut Till) {
        t.dashboard_as(Role::Member).await;
        let (role, remove) = (of_last(t, "role").await, of_last(t, "remove").await);
        let member = t.dashboard_as(Role::Member).await;
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
        let grace = t.dashboard_as(Role::Admin).await;
        assert_eq!(grace.get(TEAM).await.status, 200);
        let remove = of_last(t, "remove").await;
        t.dashboard().await.post(&remove, &[]).await;
        assert_eq!(grace.get(TEAM).await.status, 404);
        assert_eq!(grace.get("/account").await.status, 200);
    }

    async fn the_last_owner_stays(t: &mut Till) {
        t.dashboard_as(Role::Admin).await;
        let owner = t.dashboard().await;
        let id = t.app.store.team(t.organization.id).await.unwrap().unwrap().people[0].0.id;
        owner.post(LEAVE, &[]).await.says(403, "There must be an owner");
        owner.post(&format!("{TEAM}/{id}/remove"), &[]).await.says(403, "There must be an owner");
        owner.post(&format!("{TEAM}/{id}/role"), &[("role", "admin")]).await.says(422, "There must be an owner");
        assert_eq!(team(t).await[0].1, Role::Owner);
    }

    async fn two_owners_who_leave_at_the_same_moment_do_not_both_go(t: &mut Till) {
        for _ in 0..5 {
            let (one, two) = (t.dashboard_as(Role::Owner).await, t.dashboard_as(Role::Owner).await);
            // The founder goes first, if still there, so that these two are the only owners.
            t.dashboard().await.post(LEAVE, &[]).await;
            let (a, b) = tokio::join!(one.post(LEAVE, &[]), two.post(LEAVE, &[]));
            let mut statuses = [a.status.as_u16(), b.status.as_u16()];
            statuses.sort_unstable();
            let owners = team(t).await.into_iter().filter(|(_, role)| *role == Role::Owner).count();
            assert!(owners >= 1, "{statuses:?}");
            assert!(statuses.contains(&303), "{statuses:?}");
        }
    }
}
