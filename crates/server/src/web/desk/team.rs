//! Who belongs to the organization: everybody in it sees the list, owners and admins change it.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form, Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use http::StatusCode;
use serde::Deserialize;
use till_core::{
    change::Changes,
    records::Role,
    refusal::Refusal,
    team::{self, Team},
};
use till_wire::values::email_syntax;
use uuid::Uuid;

use crate::{
    app::App,
    error::ApiError,
    extract::{Access, Denied, Desk, scope},
    web::{Page, page},
};

/// The routes.
pub(super) fn routes() -> Router<Arc<App>> {
    let path = "/dashboard/{shop}/settings/team";
    Router::new()
        .route(path, get(show).post(invite))
        .route(&format!("{path}/leave"), get(ask_leave).post(leave))
        .route(&format!("{path}/{{id}}/role"), post(change_role))
        .route(
            &format!("{path}/{{id}}/remove"),
            get(ask_remove).post(remove),
        )
}

const NO_ADDRESS: &str = "Give an e-mail address, such as ada@example.com.";
const NO_ROLE: &str = "Choose a role.";

/// One line of the list.
#[derive(Debug)]
struct Line {
    id: Uuid,
    name: Option<String>,
    email: String,
    role: Role,
    joined: String,
    /// Whether this is who looks.
    is_self: bool,
    /// Whether who looks may change or remove them.
    is_theirs: bool,
}

/// The list, with a form for inviting where that is allowed.
#[derive(Debug, Template)]
#[template(path = "desk/team.html")]
struct TeamPage {
    path: String,
    organization: String,
    lines: Vec<Line>,
    /// The roles that who looks may give; none where they may not manage the team.
    roles: Vec<Role>,
    /// The address as typed.
    email: String,
    /// What was wrong, in a sentence.
    error: Option<String>,
}

impl Page for TeamPage {}

/// Asks once before somebody is taken out.
#[derive(Debug, Template)]
#[template(path = "desk/team_out.html")]
struct OutPage {
    /// Where the team is.
    path: String,
    /// Where the answer goes.
    action: String,
    organization: String,
    /// Who goes; none: who looks.
    who: Option<String>,
}

impl Page for OutPage {}

fn path_of<A>(desk: &Desk<A>) -> String {
    format!("/dashboard/{}/settings/team", desk.caller.organization.slug)
}

fn shown<A>(desk: &Desk<A>, team: &Team) -> TeamPage {
    let lines = team.people.iter().map(|(member, user)| Line {
        id: member.id,
        name: user.name.clone(),
        email: user.email.clone(),
        role: member.role,
        joined: member
            .created_at
            .to_zoned(desk.zone.clone())
            .strftime("%F")
            .to_string(),
        is_self: user.id == desk.person.id,
        is_theirs: desk.role.disposes_of(member.role),
    });
    let roles = Role::ALL.iter().copied();
    TeamPage {
        path: path_of(desk),
        organization: team.organization.name.clone(),
        lines: lines.collect(),
        roles: roles.filter(|role| desk.role.disposes_of(*role)).collect(),
        email: String::new(),
        error: None,
    }
}

async fn load<A>(app: &App, desk: &Desk<A>) -> Result<Team, ApiError> {
    let team = app.store.team(desk.caller.organization.id).await?;
    team.ok_or_else(ApiError::not_found)
}

async fn show(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsRead>,
) -> Result<Response, Denied> {
    let team = load(&app, &desk).await?;
    Ok(page(StatusCode::OK, &shown(&desk, &team)))
}

/// Load, decide, commit; a no is shown on the page.
async fn act<A: Access>(
    app: &App,
    desk: &Desk<A>,
    decide: impl Fn(&Team) -> Result<Changes, Refusal>,
) -> Result<Response, Denied> {
    let done = app
        .settle(|| async {
            let team = load(app, desk).await?;
            app.commit(decide(&team)?).await
        })
        .await;
    match done {
        Ok(()) => Ok(Redirect::to(&path_of(desk)).into_response()),
        Err(error) => again(app, desk, error, "").await,
    }
}

async fn again<A>(
    app: &App,
    desk: &Desk<A>,
    error: ApiError,
    email: &str,
) -> Result<Response, Denied> {
    let status = error.status();
    if status == StatusCode::NOT_FOUND || status.is_server_error() {
        return Err(error.into());
    }
    let mut shown = shown(desk, &load(app, desk).await?);
    shown.email = email.to_owned();
    shown.error = Some(error.detail());
    Ok(page(status, &shown))
}

/// Whom to invite, as what.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct InviteForm {
    email: String,
    role: String,
}

async fn invite(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Form(form): Form<InviteForm>,
) -> Result<Response, Denied> {
    let (email, role) = (email_syntax(&form.email), form.role.parse::<Role>());
    let (Some(email), Ok(role)) = (&email, role) else {
        let mut shown = shown(&desk, &load(&app, &desk).await?);
        let words = if email.is_none() { NO_ADDRESS } else { NO_ROLE };
        shown.error = Some(words.to_owned());
        shown.email = form.email.chars().take(254).collect();
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    let done = app
        .settle(|| async {
            let team = load(&app, &desk).await?;
            let known = app.store.user_by_email(&email.to_lowercase()).await?;
            let (_, changes) =
                team::invite(&team, &desk.person, email, known.as_ref(), role, &app.at())?;
            app.commit(changes).await
        })
        .await;
    match done {
        Ok(()) => Ok(Redirect::to(&path_of(&desk)).into_response()),
        Err(error) => again(&app, &desk, error, email).await,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RoleForm {
    role: String,
}

async fn change_role(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
    Form(form): Form<RoleForm>,
) -> Result<Response, Denied> {
    let id = member_id(&id)?;
    let Ok(role) = form.role.parse::<Role>() else {
        let mut shown = shown(&desk, &load(&app, &desk).await?);
        shown.error = Some(NO_ROLE.to_owned());
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    act(&app, &desk, |team| {
        team::change_role(team, &desk.person, id, role)
    })
    .await
}

async fn ask_remove(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Denied> {
    let team = load(&app, &desk).await?;
    let (member, user) = team.find(member_id(&id)?).map_err(ApiError::from)?;
    let path = path_of(&desk);
    Ok(page(
        StatusCode::OK,
        &OutPage {
            action: format!("{path}/{}/remove", member.id),
            path,
            organization: team.organization.name.clone(),
            who: Some(user.name.clone().unwrap_or_else(|| user.email.clone())),
        },
    ))
}

async fn remove(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsWrite>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Denied> {
    let id = member_id(&id)?;
    act(&app, &desk, |team| team::remove(team, &desk.person, id)).await
}

async fn ask_leave(desk: Desk<scope::OrganizationsRead>) -> Response {
    let path = path_of(&desk);
    let shown = OutPage {
        action: format!("{path}/leave"),
        path,
        organization: desk.caller.organization.name.clone(),
        who: None,
    };
    page(StatusCode::OK, &shown)
}

async fn leave(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrganizationsRead>,
) -> Result<Response, Denied> {
    let answer = act(&app, &desk, |team| team::leave(team, &desk.person)).await?;
    match answer.status().is_redirection() {
        true => Ok(Redirect::to("/dashboard").into_response()),
        false => Ok(answer),
    }
}

fn member_id(text: &str) -> Result<Uuid, Denied> {
    Uuid::try_parse(text).map_err(|_| Denied::NotFound)
}
