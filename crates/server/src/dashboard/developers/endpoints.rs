//! Webhook endpoints: where events go, their secret, and a test delivery.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use http::StatusCode;
use serde_json::{Value, json};
use till_core::webhooks;
use till_wire::{
    events::EventType,
    webhooks::{WebhookEndpoint, WebhookFormat},
};
use uuid::Uuid;

use super::{Tab, deliveries, shell};
use crate::{
    api,
    app::App,
    dashboard::{
        Answer, Made, done,
        form::{AskPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        listing::{Asked, Column, Empty, ListPage, Listing, Row},
        parts::{Act, Cell, Menu, Tone, sentence},
        sheet::{Action, Fact, Part, SheetPage},
        shell::{Area, Shell},
        show, show_again,
    },
    http::{
        error::ApiError,
        extract::{Access, Body, Dashboard, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

pub fn routes() -> Router<Arc<App>> {
    let at = |rest: &str| format!("/dashboard/{{shop}}/developers/webhooks{rest}");
    Router::new()
        .route(&at(""), get(list))
        .route(&at("/new"), get(new).post(create))
        .route(&at("/{id}"), get(sheet))
        .route(&at("/{id}/edit"), get(edit).post(update))
        .route(&at("/{id}/enable"), post(enable))
        .route(&at("/{id}/disable"), get(ask_disable).post(disable))
        .route(&at("/{id}/secret"), get(ask_reset).post(reset))
        .route(&at("/{id}/delete"), get(ask_delete).post(delete))
        .route(&at("/{id}/test"), post(test))
}

fn path<A: Access>(dashboard: &Dashboard<A>, id: Uuid, rest: &str) -> String {
    dashboard.path(&format!("/developers/webhooks/{id}{rest}"))
}

/// What people call it.
pub fn name(endpoint: &WebhookEndpoint) -> String {
    endpoint
        .name
        .clone()
        .unwrap_or_else(|| endpoint.url.clone())
}

fn state(endpoint: &WebhookEndpoint) -> Cell {
    match endpoint.enabled {
        true => Cell::toned("enabled", Tone::Good),
        false => Cell::toned("disabled", Tone::Bad),
    }
}

fn menu<A: Access>(dashboard: &Dashboard<A>, endpoint: &WebhookEndpoint) -> Menu {
    let id = endpoint.id;
    let switch = match endpoint.enabled {
        true => Act::Ask("Disable", path(dashboard, id, "/disable")),
        false => Act::Do("Enable", path(dashboard, id, "/enable")),
    };
    Menu {
        name: name(endpoint),
        acts: vec![
            Act::Copy("Copy secret", endpoint.secret.clone()),
            Act::Copy("Copy endpoint ID", id.to_string()),
            Act::Line,
            Act::Go("Edit", path(dashboard, id, "/edit")),
            switch,
            Act::Line,
            Act::Ask("Reset secret", path(dashboard, id, "/secret")),
            Act::Ask("Delete", path(dashboard, id, "/delete")),
        ],
    }
}

async fn list(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    mut asked: Asked,
) -> Answer {
    let caller = dashboard.may()?;
    let find = |params| api::webhooks::list(State(app.clone()), caller.clone(), params);
    let page = asked.ask(("", ""), &dashboard.zone, find).await?;
    let columns = vec![
        Column::new("Endpoint"),
        Column::new("Events"),
        Column::new("Status"),
        Column::new("Created"),
    ];
    let empty = Empty {
        words: "An endpoint is an address of yours that is told what happens here: an order was paid, a subscription ended.",
        step: Some((
            "Add an endpoint",
            dashboard.path("/developers/webhooks/new"),
        )),
    };
    let row = |endpoint: &WebhookEndpoint| {
        Row::new(vec![
            Cell::Link {
                href: path(&dashboard, endpoint.id, ""),
                text: name(endpoint),
                note: endpoint.name.as_ref().map(|_| endpoint.url.clone()),
            },
            Cell::Text(match endpoint.events.len() {
                1 => "1 type".to_owned(),
                n => format!("{n} types"),
            }),
            state(endpoint),
            Cell::time(endpoint.created_at, &dashboard.zone),
        ])
        .menu(menu(&dashboard, endpoint))
    };
    show(&ListPage {
        shell: shell(&dashboard, Tab::Webhooks),
        action: Some((
            "New endpoint".to_owned(),
            dashboard.path("/developers/webhooks/new"),
        )),
        list: Listing::of(asked, "Webhook endpoints", columns, &page, row, empty),
    })
}

fn fields(endpoint: Option<&WebhookEndpoint>) -> Vec<Group> {
    let on = |kind: EventType| endpoint.is_none_or(|one| one.events.contains(&kind));
    let kinds = EventType::ALL.iter().map(|kind| {
        let word = kind.as_str().to_owned();
        (word.clone(), word, on(*kind))
    });
    let words = |format: &WebhookFormat| match format {
        WebhookFormat::Raw => "JSON for programs",
        WebhookFormat::Discord => "Discord message",
        WebhookFormat::Slack => "Slack message",
    };
    let formats = WebhookFormat::ALL.iter();
    let formats = Kind::choice(formats.map(|format| (format.as_str(), words(format))));
    let url = endpoint.map(|one| one.url.clone()).unwrap_or_default();
    let name = endpoint
        .and_then(|one| one.name.clone())
        .unwrap_or_default();
    let format = endpoint.map_or(WebhookFormat::Raw, |one| one.format);
    vec![
        Group::new(
            "",
            vec![
                Field::new("url", "URL", Kind::Line("url"))
                    .value(url)
                    .required()
                    .focus()
                    .hint("Where events are sent by POST; it should answer with 2xx within ten seconds."),
                Field::new("name", "Name", Kind::Line("text")).value(name),
                Field::new("format", "Format", formats)
                    .value(format.as_str()),
            ],
        ),
        Group::new(
            "Events",
            vec![Field::new("events", "Event types", Kind::Ticks(kinds.collect()))],
        ),
    ]
}

fn page_of<A: Access>(
    dashboard: &Dashboard<A>,
    endpoint: Option<&WebhookEndpoint>,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let (title, action, submit) = match endpoint {
        Some(one) => (
            "Edit endpoint",
            path(dashboard, one.id, "/edit"),
            "Save endpoint",
        ),
        None => (
            "New endpoint",
            dashboard.path("/developers/webhooks/new"),
            "Create endpoint",
        ),
    };
    let mut form = Form::new(action, submit, fields(endpoint));
    if endpoint.is_none() {
        form = form.idempotency_key(dashboard);
    }
    FormPage {
        shell: Shell::new(dashboard, Area::Developers, title)
            .back("Webhooks", dashboard.path("/developers/webhooks")),
        form: match again {
            Some((form_data, errors)) => form.again(form_data, errors),
            None => form,
        },
        aside: None,
    }
}

async fn new(dashboard: Dashboard<scope::WebhooksWrite>) -> Answer {
    show(&page_of(&dashboard, None, None))
}

fn body(form_data: &FormData) -> Body {
    let mut body = form_data.json_with(&["events"]);
    // To a change, null says nothing.
    body["url"] = Value::from(form_data.get("url").unwrap_or_default());
    Body(Some(body))
}

async fn create(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    form_data: FormData,
) -> Answer {
    let create = |guard| {
        api::webhooks::create(
            State(app.clone()),
            dashboard.caller.clone(),
            guard,
            body(&form_data),
        )
    };
    match judged(
        dashboard
            .idempotency_guard(&app, &form_data)?
            .make(&app, create)
            .await,
    )? {
        Ok(Made { id, .. }) => done(
            &path(&dashboard, id, ""),
            "The endpoint listens from now on. Its secret signs every delivery.",
        ),
        Err(errors) => show_again(&page_of(&dashboard, None, Some((&form_data, &errors)))),
    }
}

async fn find<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    id: Uuid,
) -> Result<WebhookEndpoint, ApiError> {
    let found = api::webhooks::get(State(app.clone()), dashboard.may()?, PathId(id)).await?;
    Ok(found.0)
}

async fn edit(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let endpoint = find(&app, &dashboard, id).await?;
    show(&page_of(&dashboard, Some(&endpoint), None))
}

async fn update(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let endpoint = find(&app, &dashboard, id).await?;
    let caller = dashboard.caller.clone();
    let saved = api::webhooks::update(State(app), caller, PathId(id), body(&form_data)).await;
    match judged(saved)? {
        Ok(_) => done(&path(&dashboard, id, ""), "The endpoint was saved."),
        Err(errors) => show_again(&page_of(
            &dashboard,
            Some(&endpoint),
            Some((&form_data, &errors)),
        )),
    }
}

async fn sheet(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
    asked: Asked,
) -> Answer {
    let endpoint = find(&app, &dashboard, id).await?;
    let kinds = endpoint
        .events
        .iter()
        .map(|kind| Cell::Text(kind.to_string()));
    let facts = vec![
        Fact::new("URL", Cell::Code(endpoint.url.clone())),
        Fact::new("Secret", Cell::Code(endpoint.secret.clone())),
        Fact::new("Format", Cell::Text(sentence(endpoint.format.as_str()))),
        Fact::new(
            "Payload version",
            Cell::Text(endpoint.api_version.to_owned()),
        ),
        Fact::new("Created", Cell::time(endpoint.created_at, &dashboard.zone)),
        Fact::new("Events", Cell::Many(kinds.collect())),
    ];
    let list = deliveries::of_endpoint(&app, &dashboard, asked, id).await?;
    let mut parts = vec![
        Part::Facts("Endpoint", facts),
        Part::List("Deliveries", list),
    ];
    if endpoint.enabled && !endpoint.events.is_empty() {
        parts.insert(1, test_form(&dashboard, &endpoint));
    }
    show(&SheetPage {
        shell: Shell::new(&dashboard, Area::Developers, name(&endpoint))
            .back("Webhooks", dashboard.path("/developers/webhooks")),
        state: state(&endpoint),
        actions: vec![Action::Go("Edit", path(&dashboard, id, "/edit"))],
        menu: Some(menu(&dashboard, &endpoint)),
        parts,
    })
}

fn test_form<A: Access>(dashboard: &Dashboard<A>, endpoint: &WebhookEndpoint) -> Part {
    let kinds = endpoint.events.iter().map(|kind| kind.as_str());
    let kinds = Kind::choice(kinds.map(|word| (word, word)));
    let usual = [EventType::OrderPaid, EventType::OrganizationUpdated]
        .into_iter()
        .find(|kind| endpoint.events.contains(kind));
    let field = Field::new("type", "Event type", kinds)
        .value(usual.map_or("", EventType::as_str))
        .hint("Sends what the shop has newest of its kind, to this endpoint alone.");
    let group = Group::new("", vec![field]);
    let form = Form::new(
        path(dashboard, endpoint.id, "/test"),
        "Send test event",
        vec![group],
    )
    .idempotency_key(dashboard);
    Part::Html("Test delivery", form.to_string())
}

async fn test(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let organization = dashboard.caller.organization.id;
    let row = app.store.endpoint(organization, id).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    let kind = form_data
        .get("type")
        .and_then(|word| word.parse().ok())
        .filter(|kind| row.events.contains(kind));
    let words = match kind {
        None => "The endpoint does not listen to this type of event.".to_owned(),
        Some(_) if !row.is_listening() => "Enable the endpoint first.".to_owned(),
        Some(kind) => match newest(&app, &dashboard, kind).await? {
            None => format!("The shop has nothing yet that {kind} could tell."),
            Some(data) => {
                let send = async |guard: IdempotencyGuard| {
                    let form_data = ((), webhooks::test(&row, kind, &data, &app.context()));
                    app.reply(&guard, StatusCode::ACCEPTED, form_data, |()| ())
                        .await
                };
                let () = dashboard
                    .idempotency_guard(&app, &form_data)?
                    .make(&app, send)
                    .await?;
                format!("A test of {kind} is on its way.")
            }
        },
    };
    done(&path(&dashboard, id, ""), &words)
}

/// What the shop has newest of the kind that an event tells of, as the API shows it.
async fn newest(
    app: &Arc<App>,
    dashboard: &Dashboard<scope::WebhooksWrite>,
    kind: EventType,
) -> Result<Option<Value>, ApiError> {
    let one = || Params::parse("limit=1");
    let app = || State(app.clone());
    let (subject, _) = kind.as_str().split_once('.').unwrap_or_default();
    let found = match subject {
        "organization" => {
            let view = till_core::organizations::view(&dashboard.caller.organization);
            return Ok(serde_json::to_value(view).ok());
        }
        "customer" if kind == EventType::CustomerStateChanged => {
            let newest = api::customers::list(app(), dashboard.may()?, one())
                .await?
                .0;
            let Some(customer) = newest.items.first() else {
                return Ok(None);
            };
            let state = api::customers::state(app(), dashboard.may()?, PathId(customer.id)).await?;
            return Ok(serde_json::to_value(state.0).ok());
        }
        "customer" => first(
            &api::customers::list(app(), dashboard.may()?, one())
                .await?
                .0,
        ),
        "product" => first(&api::products::list(app(), dashboard.may()?, one()).await?.0),
        "checkout" => first(
            &api::checkouts::list(app(), dashboard.may()?, one())
                .await?
                .0,
        ),
        "order" => first(&api::orders::list(app(), dashboard.may()?, one()).await?.0),
        "subscription" => first(
            &api::subscriptions::list(app(), dashboard.may()?, one())
                .await?
                .0,
        ),
        _ => None,
    };
    Ok(found)
}

fn first<T: serde::Serialize>(page: &till_wire::page::Page<T>) -> Option<Value> {
    serde_json::to_value(page.items.first()?).ok()
}

async fn enable(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = match judged(switch(app, &dashboard, id, true).await)? {
        Ok(()) => "The endpoint is enabled.".to_owned(),
        Err(errors) => errors.at("enabled").unwrap_or_default(),
    };
    done(&path(&dashboard, id, ""), &words)
}

async fn disable(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    switch(app, &dashboard, id, false).await?;
    done(&path(&dashboard, id, ""), "The endpoint is disabled.")
}

async fn switch(
    app: Arc<App>,
    dashboard: &Dashboard<scope::WebhooksWrite>,
    id: Uuid,
    on: bool,
) -> Result<(), ApiError> {
    let body = Body(Some(json!({"enabled": on})));
    let changed =
        api::webhooks::update(State(app), dashboard.caller.clone(), PathId(id), body).await;
    changed.map(|_| ())
}

async fn ask_disable(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = "Nothing is sent to it until it is enabled again; what happens meanwhile is not made up for.";
    ask(&app, &dashboard, id, ("Disable", "/disable"), words).await
}

async fn ask_reset(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = "The old secret signs nothing from now on: give your program the new one, or it will refuse what it gets.";
    ask(
        &app,
        &dashboard,
        id,
        ("Reset the secret of", "/secret"),
        words,
    )
    .await
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = "Nothing is sent to it any more, and its deliveries are no longer shown.";
    ask(&app, &dashboard, id, ("Delete", "/delete"), words).await
}

async fn ask(
    app: &Arc<App>,
    dashboard: &Dashboard<scope::WebhooksWrite>,
    id: Uuid,
    (verb, to): (&'static str, &str),
    words: &str,
) -> Answer {
    let endpoint = find(app, dashboard, id).await?;
    let question = format!("{verb} {}?", name(&endpoint));
    show(&AskPage {
        shell: Shell::new(dashboard, Area::Developers, question),
        words: words.to_owned(),
        submit: verb.split_once(' ').map_or(verb, |_| "Reset secret"),
        action: path(dashboard, id, to),
        cancel: path(dashboard, id, ""),
    })
}

async fn reset(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let caller = dashboard.caller.clone();
    let _ = api::webhooks::reset_secret(State(app), caller, PathId(id)).await?;
    done(&path(&dashboard, id, ""), "The endpoint has a new secret.")
}

async fn delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    api::webhooks::delete(State(app), dashboard.caller.clone(), PathId(id)).await?;
    done(
        &dashboard.path("/developers/webhooks"),
        "The endpoint is gone.",
    )
}
