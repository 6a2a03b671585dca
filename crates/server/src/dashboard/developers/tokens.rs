//! Access tokens: made, shown once, changed and revoked. They have no API of their own: only people make
//! tokens.

use std::sync::Arc;

use askama::Template;
use axum::{Router, routing::get};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use till_core::kernel::{records::AccessToken, tokens};
use till_wire::{
    page::Page as Items,
    scope::Scope,
    tokens::{TokenCreate, TokenUpdate},
};
use uuid::Uuid;

use super::{Tab, layout};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::Dashboard,
        done,
        form::{ConfirmPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        layout::{Area, Layout},
        listing::{Column, Empty, ListPage, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, Tone},
        show, show_again,
    },
    error::{ApiError, Result},
    http::{
        extract::{Body, PathId, scope},
        idempotency::IdempotencyGuard,
    },
    pages::{Page, page},
};

/// The lives that are offered, in days.
const LIVES: [&str; 6] = ["1", "7", "30", "90", "180", "365"];
/// The one that is chosen at first.
const LIFE: &str = "30";

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/developers/tokens", get(list))
        .route(
            "/dashboard/{shop}/developers/tokens/new",
            get(new).post(create),
        )
        .route(
            "/dashboard/{shop}/developers/tokens/{id}/edit",
            get(edit).post(update),
        )
        .route(
            "/dashboard/{shop}/developers/tokens/{id}/revoke",
            get(confirm_revoke).post(revoke),
        )
}

async fn list(dashboard: Dashboard<scope::OrganizationsWrite>, query: ListingQuery) -> Answer {
    let rows = dashboard
        .app
        .store
        .access_tokens(dashboard.caller.organization.id)
        .await?;
    let count = rows.len();
    let now = dashboard.app.clock.now();
    let columns = vec![
        Column::new("Name"),
        Column::new("Status"),
        Column::new("Last used"),
        Column::new("Expires"),
        Column::new("Created"),
    ];
    let empty = Empty {
        words: "Your programs call the API with an access token.",
        step: Some(("Create a token", dashboard.path("/developers/tokens/new"))),
    };
    let row = |token: &AccessToken| {
        let path = |what: &str| dashboard.path(&format!("/developers/tokens/{}/{what}", token.id));
        let (words, tone) = state(token, now);
        let row = Row::new(vec![
            Cell::Noted(token.name.clone(), scopes(token)),
            Cell::toned(words, tone),
            token
                .last_used_at
                .map_or(Cell::Text("Never".to_owned()), |at| {
                    Cell::time(at, &dashboard.zone)
                }),
            token
                .expires_at
                .map_or(Cell::Text("Never".to_owned()), |at| {
                    Cell::time(at, &dashboard.zone)
                }),
            Cell::time(token.created_at, &dashboard.zone),
        ]);
        if tone != Tone::Good {
            return row;
        }
        row.menu(Menu {
            name: token.name.clone(),
            items: vec![
                MenuItem::Link("Edit", path("edit")),
                MenuItem::Separator,
                MenuItem::Confirm("Revoke", path("revoke")),
            ],
        })
    };
    let items = Items::new(rows, count as i64, u32::MAX);
    show(&ListPage {
        layout: layout(&dashboard, Tab::Tokens),
        action: Some((
            "New token".to_owned(),
            dashboard.path("/developers/tokens/new"),
        )),
        beside: None,
        live: None,
        list: Listing::of(query, "Access tokens", columns, &items, row, empty),
    })
}

fn state(token: &AccessToken, now: Timestamp) -> (&'static str, Tone) {
    match (token.revoked_at, token.expires_at) {
        (Some(_), _) => ("revoked", Tone::Quiet),
        (None, Some(at)) if at <= now => ("expired", Tone::Quiet),
        _ => ("active", Tone::Good),
    }
}

fn scopes(token: &AccessToken) -> String {
    match token.scopes.len() == Scope::ALL.len() {
        true => "All scopes".to_owned(),
        false => {
            let words: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
            words.join(", ")
        }
    }
}

fn ticks(dashboard: &Dashboard<scope::OrganizationsWrite>, on: &[Scope]) -> Field {
    let options = Scope::ALL
        .iter()
        .filter(|scope| dashboard.role.grants(**scope))
        .map(|scope| {
            let word = scope.as_str().to_owned();
            (word.clone(), word, on.contains(scope))
        });
    Field::new("scopes", "Scopes", Kind::Ticks(options.collect()))
        .hint("The token's permissions. Write access includes read access, except for orders.")
}

fn name() -> Field {
    Field::new("name", "Name", Kind::Line("text"))
        .required()
        .focus()
        .hint("What the token is for, such as the program that uses it.")
}

fn new_page(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let mut lives: Vec<_> = LIVES
        .iter()
        .map(|days| {
            let words = match *days {
                "1" => "1 day".to_owned(),
                days => format!("{days} days"),
            };
            ((*days).to_owned(), words)
        })
        .collect();
    lives.push((String::new(), "Never".to_owned()));
    let fields = vec![
        name(),
        Field::new("days", "Expires after", Kind::Choice(lives)).value(LIFE),
        ticks(dashboard, Scope::ALL),
    ];
    let form = Form::new(
        dashboard.path("/developers/tokens/new"),
        "Create token",
        vec![Group::new("", fields)],
    )
    .idempotency_key(dashboard);
    page_of(dashboard, "New access token", form, again)
}

fn edit_page(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    token: &AccessToken,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let fields = vec![name().value(&token.name), ticks(dashboard, &token.scopes)];
    let form = Form::new(
        dashboard.path(&format!("/developers/tokens/{}/edit", token.id)),
        "Save token",
        vec![Group::new("", fields)],
    );
    page_of(dashboard, "Edit access token", form, again)
}

fn page_of(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    title: &str,
    form: Form,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    FormPage {
        layout: Layout::new(dashboard, Area::Developers, title)
            .back("Access tokens", dashboard.path("/developers/tokens")),
        form: match again {
            Some((form_data, errors)) => form.again(form_data, errors),
            None => form,
        },
        aside: None,
    }
}

async fn new(dashboard: Dashboard<scope::OrganizationsWrite>) -> Answer {
    show(&new_page(&dashboard, None))
}

/// The page that shows a new token, once.
#[derive(Debug, Template)]
#[template(path = "dashboard/token.html")]
struct NewTokenPage {
    layout: Layout,
    token: String,
    list: String,
}

impl Page for NewTokenPage {}

async fn create(dashboard: Dashboard<scope::OrganizationsWrite>, form_data: FormData) -> Answer {
    let make = async |guard| make(&dashboard, &form_data, guard).await;
    match judged(dashboard.make(&form_data, make).await)? {
        Ok(NewToken { name, token }) => {
            let list = dashboard.path("/developers/tokens");
            let layout =
                Layout::new(&dashboard, Area::Developers, name).back("Access tokens", list.clone());
            Ok(page(
                StatusCode::CREATED,
                &NewTokenPage {
                    layout,
                    token,
                    list,
                },
            ))
        }
        Err(errors) => show_again(&new_page(&dashboard, Some((&form_data, &errors)))),
    }
}

/// A new token, as it is shown.
#[derive(Debug, Serialize, Deserialize)]
struct NewToken {
    name: String,
    token: String,
}

async fn make(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    form_data: &FormData,
    guard: IdempotencyGuard,
) -> Result<NewToken> {
    let app = &dashboard.app;
    let input = Body(Some(form_data.json_with(&["scopes"]))).read(TokenCreate::read)?;
    tokens::within(&input.scopes, |scope| dashboard.role.grants(scope))?;
    let ctx = app.context();
    let expires_at = input.days.and_then(|days| {
        ctx.now
            .checked_add(SignedDuration::from_hours(24 * days))
            .ok()
    });
    let organization = dashboard.caller.organization.id;
    let (row, token, changes) = tokens::create(
        organization,
        input.name,
        input.scopes,
        expires_at,
        &app.key,
        &ctx,
    );
    let name = row.name;
    let made = (NewToken { name, token }, changes);
    app.reply(&guard, StatusCode::CREATED, made, |new| new)
        .await
}

async fn find(dashboard: &Dashboard<scope::OrganizationsWrite>, id: Uuid) -> Result<AccessToken> {
    let found = dashboard
        .app
        .store
        .access_token(dashboard.caller.organization.id, id)
        .await?;
    found
        .filter(|token| token.revoked_at.is_none())
        .ok_or_else(ApiError::not_found)
}

async fn edit(dashboard: Dashboard<scope::OrganizationsWrite>, PathId(id): PathId) -> Answer {
    let token = find(&dashboard, id).await?;
    show(&edit_page(&dashboard, &token, None))
}

async fn update(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let token = find(&dashboard, id).await?;
    match judged(change(&dashboard, &token, &form_data).await)? {
        Ok(()) => done(
            &dashboard.path("/developers/tokens"),
            "The token was saved.",
        ),
        Err(errors) => show_again(&edit_page(&dashboard, &token, Some((&form_data, &errors)))),
    }
}

async fn change(
    dashboard: &Dashboard<scope::OrganizationsWrite>,
    token: &AccessToken,
    form_data: &FormData,
) -> Result<()> {
    let input = Body(Some(form_data.json_with(&["scopes"]))).read(TokenUpdate::read)?;
    tokens::within(&input.scopes, |scope| dashboard.role.grants(scope))?;
    dashboard.app.commit(tokens::update(token, input)).await
}

async fn confirm_revoke(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    PathId(id): PathId,
) -> Answer {
    let token = find(&dashboard, id).await?;
    let list = dashboard.path("/developers/tokens");
    show(&ConfirmPage {
        layout: Layout::new(
            &dashboard,
            Area::Developers,
            format!("Revoke {}?", token.name),
        ),
        words: "Programs that use it are refused immediately. This cannot be undone.".to_owned(),
        submit: "Revoke",
        action: format!("{list}/{id}/revoke"),
        cancel: list,
    })
}

async fn revoke(dashboard: Dashboard<scope::OrganizationsWrite>, PathId(id): PathId) -> Answer {
    let token = find(&dashboard, id).await?;
    dashboard
        .app
        .commit(tokens::revoke(&token, &dashboard.app.context()))
        .await?;
    let words = format!("{} was revoked.", token.name);
    done(&dashboard.path("/developers/tokens"), &words)
}
