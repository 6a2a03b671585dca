//! Who belongs to the organization: everybody in it sees the list, owners and admins change it.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use http::StatusCode;
use till_core::{
    change::Changes,
    records::{Invitation, Member, Role, User},
    refusal::Refusal,
    team::{self, Team},
};
use till_wire::{page::Page as Items, values::email_syntax};
use uuid::Uuid;

use super::{
    Answer, done,
    form::{AskPage, Field, Form, FormPage, Group, Kind, Sent, Wrong, judged},
    listing::{Asked, Column, Empty, ListPage, Listing, Row},
    parts::{Act, Cell, Menu, Tone, sentence},
    settings::{Tab, shell},
    shell::{Area, Shell},
    show, show_again,
};
use crate::{
    app::App,
    error::ApiError,
    extract::{Access, Denied, Desk, scope},
    idempotency::Once,
};

/// The routes.
pub(super) fn routes() -> Router<Arc<App>> {
    let path = "/dashboard/{shop}/settings/team";
    let at = |rest: &str| format!("{path}{rest}");
    Router::new()
        .route(path, get(list))
        .route(&at("/invite"), get(new).post(invite))
        .route(&at("/leave"), get(ask_leave).post(leave))
        .route(&at("/{id}/role"), get(edit).post(change_role))
        .route(&at("/{id}/remove"), get(ask_remove).post(remove))
        .route(&at("/{id}/withdraw"), get(ask_withdraw).post(withdraw))
}

const TEAM: &str = "/settings/team";
const NO_ADDRESS: &str = "Give an e-mail address, such as ada@example.com.";
const NO_ROLE: &str = "Choose a role.";

async fn load<A>(app: &App, desk: &Desk<A>) -> Result<Team, ApiError> {
    let team = app.store.team(desk.caller.organization.id).await?;
    team.ok_or_else(ApiError::not_found)
}

/// Load, decide, commit.
async fn act<A>(
    app: &App,
    desk: &Desk<A>,
    decide: impl Fn(&Team) -> Result<Changes, Refusal>,
) -> Result<(), ApiError> {
    app.settle(|| async {
        let team = load(app, desk).await?;
        app.commit(decide(&team)?).await
    })
    .await
}

fn name_of(user: &User) -> String {
    user.name.clone().unwrap_or_else(|| user.email.clone())
}

async fn list(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsRead>,
    asked: Asked,
) -> Answer {
    let team = load(&app, &desk).await?;
    let columns = vec![
        Column::new("Person"),
        Column::new("Role"),
        Column::new("Joined"),
    ];
    let empty = Empty {
        words: "Nobody is here.",
        step: None,
    };
    let people = team.people.iter().map(Place::Taken);
    let invited = team.standing(app.clock.now()).map(Place::Offered);
    let places: Vec<_> = people.chain(invited).collect();
    let count = places.len() as i64;
    let items = Items::new(places, count, u32::MAX);
    let row = |place: &Place<'_>| {
        let (member, user) = match place {
            Place::Taken((member, user)) => (member, user),
            Place::Offered(invitation) => return invited_row(&desk, invitation),
        };
        let note = match (user.id == desk.person.id, &user.name) {
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
            Cell::time(member.created_at, &desk.zone),
        ]);
        let acts = acts(&desk, &team, member, user);
        match acts.is_empty() {
            true => row,
            false => row.menu(Menu {
                name: name_of(user),
                acts,
            }),
        }
    };
    let action = desk
        .role
        .manages_people()
        .then(|| ("Invite".to_owned(), desk.path("/settings/team/invite")));
    show(&ListPage {
        shell: shell(&desk, Tab::Team),
        action,
        list: Listing::of(asked, "Team", columns, &items, row, empty),
    })
}

/// A line of the team.
#[derive(Clone, Copy)]
enum Place<'a> {
    Taken(&'a (Member, User)),
    Offered(&'a Invitation),
}

/// Somebody who was invited is an address: who has it is told once they have come.
fn invited_row<A>(desk: &Desk<A>, invitation: &Invitation) -> Row {
    let row = Row::new(vec![
        Cell::Noted(invitation.email.clone(), "Invited".to_owned()),
        Cell::toned(invitation.role.as_str(), Tone::Quiet),
        Cell::Empty,
    ]);
    if !desk.role.disposes_of(invitation.role) {
        return row;
    }
    let path = desk.path(&format!("{TEAM}/{}/withdraw", invitation.id));
    row.menu(Menu {
        name: invitation.email.clone(),
        acts: vec![Act::Ask("Withdraw", path)],
    })
}

/// What who looks may do with somebody. Nothing is offered that would leave no owner.
fn acts<A>(desk: &Desk<A>, team: &Team, member: &Member, user: &User) -> Vec<Act> {
    let path = |rest: &str| desk.path(&format!("{TEAM}/{rest}"));
    let mut acts = Vec::new();
    if team.is_last_owner(member) {
        return acts;
    }
    if desk.role.disposes_of(member.role) {
        acts.push(Act::Go("Change role", path(&format!("{}/role", member.id))));
    }
    if user.id == desk.person.id {
        acts.push(Act::Ask("Leave", path("leave")));
    } else if desk.role.disposes_of(member.role) {
        acts.push(Act::Ask("Remove", path(&format!("{}/remove", member.id))));
    }
    acts
}

/// The roles that who looks may give.
fn roles<A>(desk: &Desk<A>, now: Role) -> Field {
    let options = Role::ALL
        .iter()
        .filter(|role| desk.role.disposes_of(**role))
        .map(|role| {
            let words = match role {
                Role::Owner => "everything, and who owns it",
                Role::Admin => "everything but owners",
                Role::Member => "everything but settings, access tokens and people",
            };
            let word = role.as_str();
            (word, format!("{}: {words}", sentence(word)))
        });
    Field::new("role", "Role", Kind::choice(options)).value(now.as_str())
}

fn form_page<A: Access>(
    desk: &Desk<A>,
    title: String,
    form: Form,
    again: Option<(&Sent, &Wrong)>,
) -> FormPage {
    FormPage {
        shell: Shell::new(desk, Area::Settings, title).back("Team", desk.path(TEAM)),
        form: match again {
            Some((sent, wrong)) => form.again(sent, wrong),
            None => form,
        },
        aside: None,
    }
}

fn invitation(desk: &Desk<scope::OrganizationsWrite>, again: Option<(&Sent, &Wrong)>) -> FormPage {
    let fields = vec![
        Field::new("email", "E-mail address", Kind::Line("email"))
            .required()
            .focus()
            .hint("They get a mail with a link, and are in the team once they press its button."),
        roles(desk, Role::Member),
    ];
    let path = desk.path("/settings/team/invite");
    let form = Form::new(path, "Invite", vec![Group::new("", fields)]).once(desk);
    form_page(desk, "Invite somebody".to_owned(), form, again)
}

async fn new(desk: Desk<scope::OrganizationsWrite>) -> Answer {
    show(&invitation(&desk, None))
}

async fn invite(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    sent: Sent,
) -> Answer {
    match take_in(&app, &desk, &sent).await? {
        Ok(email) => done(
            &desk.path(TEAM),
            &format!("{email} is invited and gets a mail."),
        ),
        Err(wrong) => show_again(&invitation(&desk, Some((&sent, &wrong)))),
    }
}

async fn take_in(
    app: &App,
    desk: &Desk<scope::OrganizationsWrite>,
    sent: &Sent,
) -> Result<Result<String, Wrong>, Denied> {
    let Some(email) = email_syntax(sent.get("email").unwrap_or_default()) else {
        return Ok(Err(Wrong::field("email", NO_ADDRESS)));
    };
    let Some(role) = role(sent) else {
        return Ok(Err(Wrong::field("role", NO_ROLE)));
    };
    let email = email.to_lowercase();
    let invite = async |once: Once| {
        app.settle(|| async {
            let team = load(app, desk).await?;
            let (_, changes) = team::invite(&team, &desk.person, &email, role, &app.at())?;
            app.reply(&once, StatusCode::CREATED, ((), changes), |()| ())
                .await
        })
        .await
    };
    let invited = desk.once(app, sent)?.make(app, invite).await;
    Ok(judged(invited)?.map(|()| email))
}

fn role(sent: &Sent) -> Option<Role> {
    sent.get("role")?.parse().ok()
}

/// Somebody in the team whom who looks may change or remove.
async fn theirs(
    app: &App,
    desk: &Desk<scope::OrganizationsWrite>,
    id: &str,
) -> Result<(Member, User), Denied> {
    let id = Uuid::try_parse(id).map_err(|_| Denied::NotFound)?;
    let team = load(app, desk).await?;
    // A role that could not be changed to itself cannot be changed at all.
    let (member, user) = team.find(id).map_err(ApiError::from)?.clone();
    let _ = team::change_role(&team, &desk.person, id, member.role).map_err(ApiError::from)?;
    Ok((member, user))
}

fn role_page(
    desk: &Desk<scope::OrganizationsWrite>,
    (member, user): &(Member, User),
    again: Option<(&Sent, &Wrong)>,
) -> FormPage {
    let path = desk.path(&format!("{TEAM}/{}/role", member.id));
    let groups = vec![Group::new("", vec![roles(desk, member.role)])];
    let form = Form::new(path, "Change role", groups);
    form_page(desk, format!("Role of {}", name_of(user)), form, again)
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    show(&role_page(&desk, &theirs(&app, &desk, &id).await?, None))
}

async fn change_role(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let found = theirs(&app, &desk, &id).await?;
    let changed = match role(&sent) {
        None => Err(Wrong::field("role", NO_ROLE)),
        Some(role) => {
            let decide = |team: &Team| team::change_role(team, &desk.person, found.0.id, role);
            judged(act(&app, &desk, decide).await)?
        }
    };
    match changed {
        Ok(()) => done(
            &desk.path(TEAM),
            &format!("The role of {} was changed.", name_of(&found.1)),
        ),
        Err(wrong) => show_again(&role_page(&desk, &found, Some((&sent, &wrong)))),
    }
}

async fn ask_remove(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let (member, user) = theirs(&app, &desk, &id).await?;
    let shop = &desk.caller.organization.name;
    show(&AskPage {
        shell: Shell::new(
            &desk,
            Area::Settings,
            format!("Remove {} from {shop}?", name_of(&user)),
        ),
        words: "They lose this dashboard at once. Access tokens that they made go on working."
            .to_owned(),
        submit: "Remove",
        action: desk.path(&format!("{TEAM}/{}/remove", member.id)),
        cancel: desk.path(TEAM),
    })
}

async fn remove(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let (member, user) = theirs(&app, &desk, &id).await?;
    act(&app, &desk, |team| {
        team::remove(team, &desk.person, member.id)
    })
    .await?;
    done(
        &desk.path(TEAM),
        &format!("{} was removed.", name_of(&user)),
    )
}

/// An invitation that who looks may take back.
async fn offered(
    app: &App,
    desk: &Desk<scope::OrganizationsWrite>,
    id: &str,
) -> Result<Invitation, Denied> {
    let id = Uuid::try_parse(id).map_err(|_| Denied::NotFound)?;
    let team = load(app, desk).await?;
    let _ = team::withdraw(&team, &desk.person, id).map_err(ApiError::from)?;
    Ok(team.invitation(id).map_err(ApiError::from)?.clone())
}

async fn ask_withdraw(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let invitation = offered(&app, &desk, &id).await?;
    let title = format!("Withdraw the invitation of {}?", invitation.email);
    show(&AskPage {
        shell: Shell::new(&desk, Area::Settings, title),
        words: "The link in their mail works no more.".to_owned(),
        submit: "Withdraw",
        action: desk.path(&format!("{TEAM}/{}/withdraw", invitation.id)),
        cancel: desk.path(TEAM),
    })
}

async fn withdraw(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let invitation = offered(&app, &desk, &id).await?;
    act(&app, &desk, |team| {
        team::withdraw(team, &desk.person, invitation.id)
    })
    .await?;
    let words = format!("The invitation of {} was withdrawn.", invitation.email);
    done(&desk.path(TEAM), &words)
}

async fn ask_leave(desk: Desk<scope::OrganizationsRead>) -> Answer {
    let shop = &desk.caller.organization.name;
    show(&AskPage {
        shell: Shell::new(&desk, Area::Settings, format!("Leave {shop}?")),
        words:
            "You lose this dashboard at once. To come back, somebody in the team must invite you."
                .to_owned(),
        submit: "Leave",
        action: desk.path("/settings/team/leave"),
        cancel: desk.path(TEAM),
    })
}

async fn leave(State(app): State<Arc<App>>, desk: Desk<scope::OrganizationsRead>) -> Answer {
    act(&app, &desk, |team| team::leave(team, &desk.person)).await?;
    let words = format!("You left {}.", desk.caller.organization.name);
    done("/account", &words)
}
