//! The team's pages: everybody in the organization sees the list, owners and admins change it.

use std::sync::Arc;

use axum::{Router, extract::Path, routing::get};
use http::StatusCode;
use till_core::{
    kernel::{
        changes::Changes,
        records::{Invitation, Member, Role, User},
        refusal::Refusal,
    },
    people::team::{self, Team},
};
use till_wire::{page::Page as Items, values::email_syntax};
use uuid::Uuid;

use super::{Tab, layout};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        denied::Denied,
        done,
        form::{ConfirmPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        layout::{Area, Layout},
        listing::{Column, Empty, ListPage, Listing, ListingQuery, Row},
        mail_delivery::MailDelivery,
        parts::{Cell, Menu, MenuItem, Tone, sentence},
        show, show_again,
    },
    error::{ApiError, Result},
    http::{extract::scope, idempotency::IdempotencyGuard},
};

/// The routes.
pub fn routes() -> Router<Arc<App>> {
    let path = "/dashboard/{shop}/settings/team";
    let at = |rest: &str| format!("{path}{rest}");
    Router::new()
        .route(path, get(list))
        .route(&at("/invite"), get(new).post(invite))
        .route(&at("/leave"), get(confirm_leave).post(leave))
        .route(&at("/{id}/role"), get(edit).post(change_role))
        .route(&at("/{id}/remove"), get(confirm_remove).post(remove))
        .route(&at("/{id}/withdraw"), get(confirm_withdraw).post(withdraw))
}

const TEAM: &str = "/settings/team";
const NO_ADDRESS: &str = "Enter an e-mail address, such as ada@example.com.";
const NO_ROLE: &str = "Choose a role.";

async fn load(viewer: &Viewer) -> Result<Team> {
    let team = viewer.app.store.team(viewer.organization.id).await?;
    team.ok_or_else(ApiError::not_found)
}

/// Load, decide, commit.
async fn act(viewer: &Viewer, decide: impl Fn(&Team) -> Result<Changes, Refusal>) -> Result<()> {
    viewer
        .app
        .retry_on_conflict(|| async {
            let team = load(viewer).await?;
            viewer.app.commit(decide(&team)?).await
        })
        .await
}

fn name_of(user: &User) -> String {
    user.name.clone().unwrap_or_else(|| user.email.clone())
}

async fn list(dashboard: Dashboard<scope::OrganizationsRead>, query: ListingQuery) -> Answer {
    let team = load(&dashboard).await?;
    let columns = vec![
        Column::new("Person"),
        Column::new("Role"),
        Column::new("Joined"),
    ];
    let empty = Empty {
        words: "There is no one here.",
        step: None,
    };
    let people = team.people.iter().map(TeamRow::Taken);
    let invited = team
        .open_invitations(dashboard.app.clock.now())
        .map(TeamRow::Invited);
    let team_rows: Vec<_> = people.chain(invited).collect();
    let count = team_rows.len() as i64;
    let items = Items::new(team_rows, count, u32::MAX);
    let row = |place: &TeamRow<'_>| {
        let (member, user) = match place {
            TeamRow::Taken((member, user)) => (member, user),
            TeamRow::Invited(invitation) => return invited_row(&dashboard, invitation),
        };
        let note = match (user.id == dashboard.person.id, &user.name) {
            (true, Some(_)) => format!("{} (you)", user.email),
            (true, None) => "You".to_owned(),
            (false, Some(_)) => user.email.clone(),
            (false, None) => String::new(),
        };
        let row = Row::new(vec![
            match note.is_empty() {
                true => Cell::Text(name_of(user)),
                false => Cell::Noted(name_of(user), note),
            },
            Cell::toned(member.role.as_str(), Tone::Quiet),
            Cell::time(member.created_at, &dashboard.zone),
        ]);
        let items = menu_items(&dashboard, &team, member, user);
        match items.is_empty() {
            true => row,
            false => row.menu(Menu {
                name: name_of(user),
                items,
            }),
        }
    };
    // An invitation that reaches nobody is not offered.
    let reaches = MailDelivery::of(&dashboard.app) != MailDelivery::Nobody;
    let action = (dashboard.role.manages_people() && reaches)
        .then(|| ("Invite".to_owned(), dashboard.path("/settings/team/invite")));
    show(&ListPage {
        layout: layout(&dashboard, Tab::Team),
        action,
        beside: None,
        live: None,
        list: Listing::of(query, "Team", columns, &items, row, empty),
    })
}

/// A line of the team.
#[derive(Clone, Copy)]
enum TeamRow<'a> {
    Taken(&'a (Member, User)),
    Invited(&'a Invitation),
}

/// Somebody who was invited is an address: who has it is told once they have come.
fn invited_row(viewer: &Viewer, invitation: &Invitation) -> Row {
    let row = Row::new(vec![
        Cell::Noted(invitation.email.clone(), "Invited".to_owned()),
        Cell::toned(invitation.role.as_str(), Tone::Quiet),
        Cell::Empty,
    ]);
    if !viewer.role.may_manage(invitation.role) {
        return row;
    }
    let path = viewer.path(&format!("{TEAM}/{}/withdraw", invitation.id));
    row.menu(Menu {
        name: invitation.email.clone(),
        items: vec![MenuItem::Confirm("Withdraw", path)],
    })
}

/// The actions that the viewer may take on a member. None is offered that would leave no owner.
fn menu_items(viewer: &Viewer, team: &Team, member: &Member, user: &User) -> Vec<MenuItem> {
    let path = |rest: &str| viewer.path(&format!("{TEAM}/{rest}"));
    let mut items = Vec::new();
    if team.is_last_owner(member) {
        return items;
    }
    if viewer.role.may_manage(member.role) {
        items.push(MenuItem::Link(
            "Change role",
            path(&format!("{}/role", member.id)),
        ));
    }
    if user.id == viewer.person.id {
        items.push(MenuItem::Confirm("Leave", path("leave")));
    } else if viewer.role.may_manage(member.role) {
        items.push(MenuItem::Confirm(
            "Remove",
            path(&format!("{}/remove", member.id)),
        ));
    }
    items
}

/// The roles that who looks may give.
fn roles(viewer: &Viewer, now: Role) -> Field {
    let options = Role::ALL
        .iter()
        .filter(|role| viewer.role.may_manage(**role))
        .map(|role| {
            let words = match role {
                Role::Owner => "everything, including owners",
                Role::Admin => "everything except owners",
                Role::Member => "everything except settings, access tokens and people",
            };
            let word = role.as_str();
            (word, format!("{}: {words}", sentence(word)))
        });
    Field::new("role", "Role", Kind::choice(options)).value(now.as_str())
}

fn form_page(
    viewer: &Viewer,
    title: String,
    form: Form,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    FormPage {
        layout: Layout::new(viewer, Area::Settings, title).back("Team", viewer.path(TEAM)),
        form: match again {
            Some((form_data, errors)) => form.again(form_data, errors),
            None => form,
        },
        aside: None,
    }
}

fn invitation(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let fields = vec![
        Field::new("email", "E-mail address", Kind::Line("email"))
            .required()
            .focus()
            .hint(match MailDelivery::of(&dashboard.app) {
                MailDelivery::Address => {
                    "They get an e-mail with a link, and join the team by pressing the button on its page."
                }
                MailDelivery::Terminal => {
                    "Their link is printed on the terminal where Till runs; they join the team by pressing the button on its page."
                }
                MailDelivery::Nobody => {
                    "This server does not send e-mail yet, so an invitation reaches no one."
                }
            }),
        roles(dashboard, Role::Member),
    ];
    let path = dashboard.path("/settings/team/invite");
    let form = Form::new(path, "Invite", vec![Group::new("", fields)]).idempotency_key(dashboard);
    form_page(dashboard, "Invite someone".to_owned(), form, again)
}

async fn new(dashboard: Dashboard<scope::OrganizationsWrite>) -> Answer {
    show(&invitation(&dashboard, None))
}

async fn invite(dashboard: Dashboard<scope::OrganizationsWrite>, form_data: FormData) -> Answer {
    match take_in(&dashboard, &form_data).await? {
        Ok(email) => {
            let words = match MailDelivery::of(&dashboard.app) {
                MailDelivery::Address => format!("{email} was invited and will get an e-mail."),
                MailDelivery::Terminal => {
                    format!("{email} was invited. The link is printed on the terminal.")
                }
                MailDelivery::Nobody => {
                    format!("{email} was invited, but this server does not send e-mail yet.")
                }
            };
            done(&dashboard.path(TEAM), &words)
        }
        Err(errors) => show_again(&invitation(&dashboard, Some((&form_data, &errors)))),
    }
}

async fn take_in(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    form_data: &FormData,
) -> Result<Result<String, FormErrors>, Denied> {
    let app = &dashboard.app;
    let Some(email) = email_syntax(form_data.get("email").unwrap_or_default()) else {
        return Ok(Err(FormErrors::field("email", NO_ADDRESS)));
    };
    let Some(role) = role(form_data) else {
        return Ok(Err(FormErrors::field("role", NO_ROLE)));
    };
    let email = email.to_lowercase();
    let invite = async |guard: IdempotencyGuard| {
        app.retry_on_conflict(|| async {
            let team = load(dashboard).await?;
            let (_, changes) =
                team::invite(&team, &dashboard.person, &email, role, &app.context())?;
            app.reply(&guard, StatusCode::CREATED, ((), changes), |()| ())
                .await
        })
        .await
    };
    let invited = dashboard.make(form_data, invite).await;
    Ok(judged(invited)?.map(|()| email))
}

fn role(form_data: &FormData) -> Option<Role> {
    form_data.get("role")?.parse().ok()
}

/// Somebody in the team whom who looks may change or remove.
async fn theirs(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    id: &str,
) -> Result<(Member, User), Denied> {
    let id = Uuid::try_parse(id).map_err(|_| Denied::NotFound)?;
    let team = load(dashboard).await?;
    // A role that could not be changed to itself cannot be changed at all.
    let (member, user) = team.find(id).map_err(ApiError::from)?.clone();
    let _ = team::change_role(&team, &dashboard.person, id, member.role).map_err(ApiError::from)?;
    Ok((member, user))
}

fn role_page(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    (member, user): &(Member, User),
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let path = dashboard.path(&format!("{TEAM}/{}/role", member.id));
    let groups = vec![Group::new("", vec![roles(dashboard, member.role)])];
    let form = Form::new(path, "Change role", groups);
    form_page(dashboard, format!("Role of {}", name_of(user)), form, again)
}

async fn edit(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    show(&role_page(
        &dashboard,
        &theirs(&dashboard, &id).await?,
        None,
    ))
}

async fn change_role(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
    form_data: FormData,
) -> Answer {
    let found = theirs(&dashboard, &id).await?;
    let changed = match role(&form_data) {
        None => Err(FormErrors::field("role", NO_ROLE)),
        Some(role) => {
            let decide = |team: &Team| team::change_role(team, &dashboard.person, found.0.id, role);
            judged(act(&dashboard, decide).await)?
        }
    };
    match changed {
        Ok(()) => done(
            &dashboard.path(TEAM),
            &format!("The role of {} was changed.", name_of(&found.1)),
        ),
        Err(errors) => show_again(&role_page(&dashboard, &found, Some((&form_data, &errors)))),
    }
}

async fn confirm_remove(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let (member, user) = theirs(&dashboard, &id).await?;
    let shop = &dashboard.organization.name;
    show(&ConfirmPage {
        layout: Layout::new(
            &dashboard,
            Area::Settings,
            format!("Remove {} from {shop}?", name_of(&user)),
        ),
        words: "They lose access to this dashboard immediately. Access tokens that they created continue to work."
            .to_owned(),
        submit: "Remove",
        action: dashboard.path(&format!("{TEAM}/{}/remove", member.id)),
        cancel: dashboard.path(TEAM),
    })
}

async fn remove(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let (member, user) = theirs(&dashboard, &id).await?;
    act(&dashboard, |team| {
        team::remove(team, &dashboard.person, member.id)
    })
    .await?;
    done(
        &dashboard.path(TEAM),
        &format!("{} was removed.", name_of(&user)),
    )
}

/// An invitation that who looks may take back.
async fn offered(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    id: &str,
) -> Result<Invitation, Denied> {
    let id = Uuid::try_parse(id).map_err(|_| Denied::NotFound)?;
    let team = load(dashboard).await?;
    let _ = team::withdraw(&team, &dashboard.person, id).map_err(ApiError::from)?;
    Ok(team.invitation(id).map_err(ApiError::from)?.clone())
}

async fn confirm_withdraw(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let invitation = offered(&dashboard, &id).await?;
    let title = format!("Withdraw the invitation of {}?", invitation.email);
    show(&ConfirmPage {
        layout: Layout::new(&dashboard, Area::Settings, title),
        words: "The link in the invitation will no longer work.".to_owned(),
        submit: "Withdraw",
        action: dashboard.path(&format!("{TEAM}/{}/withdraw", invitation.id)),
        cancel: dashboard.path(TEAM),
    })
}

async fn withdraw(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let invitation = offered(&dashboard, &id).await?;
    act(&dashboard, |team| {
        team::withdraw(team, &dashboard.person, invitation.id)
    })
    .await?;
    let words = format!("The invitation of {} was withdrawn.", invitation.email);
    done(&dashboard.path(TEAM), &words)
}

async fn confirm_leave(dashboard: Dashboard<scope::OrganizationsRead>) -> Answer {
    let shop = &dashboard.organization.name;
    show(&ConfirmPage {
        layout: Layout::new(&dashboard, Area::Settings, format!("Leave {shop}?")),
        words:
            "You lose access to this dashboard immediately. To come back, you need an invitation from someone in the team."
                .to_owned(),
        submit: "Leave",
        action: dashboard.path("/settings/team/leave"),
        cancel: dashboard.path(TEAM),
    })
}

async fn leave(dashboard: Dashboard<scope::OrganizationsRead>) -> Answer {
    act(&dashboard, |team| team::leave(team, &dashboard.person)).await?;
    let words = format!("You left {}.", dashboard.organization.name);
    done("/account", &words)
}
