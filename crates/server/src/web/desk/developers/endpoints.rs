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
    error::ApiError,
    extract::{Access, Body, Desk, Params, PathId, scope},
    idempotency::Once,
    web::desk::{
        Answer, Made, done,
        form::{AskPage, Field, Form, FormPage, Group, Kind, Sent, Wrong, judged},
        listing::{Asked, Column, Empty, ListPage, Listing, Row},
        parts::{Act, Cell, Menu, Tone, sentence},
        sheet::{Action, Fact, Part, SheetPage},
        shell::{Area, Shell},
        show, show_again,
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

fn path<A: Access>(desk: &Desk<A>, id: Uuid, rest: &str) -> String {
    desk.path(&format!("/developers/webhooks/{id}{rest}"))
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

fn menu<A: Access>(desk: &Desk<A>, endpoint: &WebhookEndpoint) -> Menu {
    let id = endpoint.id;
    let switch = match endpoint.enabled {
        true => Act::Ask("Disable", path(desk, id, "/disable")),
        false => Act::Do("Enable", path(desk, id, "/enable")),
    };
    Menu {
        name: name(endpoint),
        acts: vec![
            Act::Copy("Copy secret", endpoint.secret.clone()),
            Act::Copy("Copy endpoint ID", id.to_string()),
            Act::Line,
            Act::Go("Edit", path(desk, id, "/edit")),
            switch,
            Act::Line,
            Act::Ask("Reset secret", path(desk, id, "/secret")),
            Act::Ask("Delete", path(desk, id, "/delete")),
        ],
    }
}

async fn list(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    mut asked: Asked,
) -> Answer {
    let caller = desk.may()?;
    let find = |params| api::webhooks::list(State(app.clone()), caller.clone(), params);
    let page = asked.ask(("", ""), &desk.zone, find).await?;
    let columns = vec![
        Column::new("Endpoint"),
        Column::new("Events"),
        Column::new("Status"),
        Column::new("Created"),
    ];
    let empty = Empty {
        words: "An endpoint is an address of yours that is told what happens here: an order was paid, a subscription ended.",
        step: Some(("Add an endpoint", desk.path("/developers/webhooks/new"))),
    };
    let row = |endpoint: &WebhookEndpoint| {
        Row::new(vec![
            Cell::Link {
                href: path(&desk, endpoint.id, ""),
                text: name(endpoint),
                note: endpoint.name.as_ref().map(|_| endpoint.url.clone()),
            },
            Cell::Text(match endpoint.events.len() {
                1 => "1 type".to_owned(),
                n => format!("{n} types"),
            }),
            state(endpoint),
            Cell::time(endpoint.created_at, &desk.zone),
        ])
        .menu(menu(&desk, endpoint))
    };
    show(&ListPage {
        shell: shell(&desk, Tab::Webhooks),
        action: Some((
            "New endpoint".to_owned(),
            desk.path("/developers/webhooks/new"),
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
    desk: &Desk<A>,
    endpoint: Option<&WebhookEndpoint>,
    again: Option<(&Sent, &Wrong)>,
) -> FormPage {
    let (title, action, submit) = match endpoint {
        Some(one) => (
            "Edit endpoint",
            path(desk, one.id, "/edit"),
            "Save endpoint",
        ),
        None => (
            "New endpoint",
            desk.path("/developers/webhooks/new"),
            "Create endpoint",
        ),
    };
    let mut form = Form::new(action, submit, fields(endpoint));
    if endpoint.is_none() {
        form = form.once(desk);
    }
    FormPage {
        shell: Shell::new(desk, Area::Developers, title)
            .back("Webhooks", desk.path("/developers/webhooks")),
        form: match again {
            Some((sent, wrong)) => form.again(sent, wrong),
            None => form,
        },
        aside: None,
    }
}

async fn new(desk: Desk<scope::WebhooksWrite>) -> Answer {
    show(&page_of(&desk, None, None))
}

fn body(sent: &Sent) -> Body {
    let mut body = sent.json_with(&["events"]);
    // To a change, null says nothing.
    body["url"] = Value::from(sent.get("url").unwrap_or_default());
    Body(Some(body))
}

async fn create(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    sent: Sent,
) -> Answer {
    let create =
        |once| api::webhooks::create(State(app.clone()), desk.caller.clone(), once, body(&sent));
    match judged(desk.once(&app, &sent)?.make(&app, create).await)? {
        Ok(Made { id, .. }) => done(
            &path(&desk, id, ""),
            "The endpoint listens from now on. Its secret signs every delivery.",
        ),
        Err(wrong) => show_again(&page_of(&desk, None, Some((&sent, &wrong)))),
    }
}

async fn find<A: Access>(
    app: &Arc<App>,
    desk: &Desk<A>,
    id: Uuid,
) -> Result<WebhookEndpoint, ApiError> {
    let found = api::webhooks::get(State(app.clone()), desk.may()?, PathId(id)).await?;
    Ok(found.0)
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let endpoint = find(&app, &desk, id).await?;
    show(&page_of(&desk, Some(&endpoint), None))
}

async fn update(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
    sent: Sent,
) -> Answer {
    let endpoint = find(&app, &desk, id).await?;
    let caller = desk.caller.clone();
    let saved = api::webhooks::update(State(app), caller, PathId(id), body(&sent)).await;
    match judged(saved)? {
        Ok(_) => done(&path(&desk, id, ""), "The endpoint was saved."),
        Err(wrong) => show_again(&page_of(&desk, Some(&endpoint), Some((&sent, &wrong)))),
    }
}

async fn sheet(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
    asked: Asked,
) -> Answer {
    let endpoint = find(&app, &desk, id).await?;
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
        Fact::new("Created", Cell::time(endpoint.created_at, &desk.zone)),
        Fact::new("Events", Cell::Many(kinds.collect())),
    ];
    let list = deliveries::of_endpoint(&app, &desk, asked, id).await?;
    let mut parts = vec![
        Part::Facts("Endpoint", facts),
        Part::List("Deliveries", list),
    ];
    if endpoint.enabled && !endpoint.events.is_empty() {
        parts.insert(1, test_form(&desk, &endpoint));
    }
    show(&SheetPage {
        shell: Shell::new(&desk, Area::Developers, name(&endpoint))
            .back("Webhooks", desk.path("/developers/webhooks")),
        state: state(&endpoint),
        actions: vec![Action::Go("Edit", path(&desk, id, "/edit"))],
        menu: Some(menu(&desk, &endpoint)),
        parts,
    })
}

fn test_form<A: Access>(desk: &Desk<A>, endpoint: &WebhookEndpoint) -> Part {
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
        path(desk, endpoint.id, "/test"),
        "Send test event",
        vec![group],
    )
    .once(desk);
    Part::Html("Test delivery", form.to_string())
}

async fn test(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
    sent: Sent,
) -> Answer {
    let organization = desk.caller.organization.id;
    let row = app.store.endpoint(organization, id).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    let kind = sent
        .get("type")
        .and_then(|word| word.parse().ok())
        .filter(|kind| row.events.contains(kind));
    let words = match kind {
        None => "The endpoint does not listen to this type of event.".to_owned(),
        Some(_) if !row.is_listening() => "Enable the endpoint first.".to_owned(),
        Some(kind) => match newest(&app, &desk, kind).await? {
            None => format!("The shop has nothing yet that {kind} could tell."),
            Some(data) => {
                let send = async |once: Once| {
                    let sent = ((), webhooks::test(&row, kind, &data, &app.at()));
                    app.reply(&once, StatusCode::ACCEPTED, sent, |()| ()).await
                };
                let () = desk.once(&app, &sent)?.make(&app, send).await?;
                format!("A test of {kind} is on its way.")
            }
        },
    };
    done(&path(&desk, id, ""), &words)
}

/// What the shop has newest of the kind that an event tells of, as the API shows it.
async fn newest(
    app: &Arc<App>,
    desk: &Desk<scope::WebhooksWrite>,
    kind: EventType,
) -> Result<Option<Value>, ApiError> {
    let one = || Params::parse("limit=1");
    let app = || State(app.clone());
    let (subject, _) = kind.as_str().split_once('.').unwrap_or_default();
    let found = match subject {
        "organization" => {
            let view = till_core::organizations::view(&desk.caller.organization);
            return Ok(serde_json::to_value(view).ok());
        }
        "customer" if kind == EventType::CustomerStateChanged => {
            let newest = api::customers::list(app(), desk.may()?, one()).await?.0;
            let Some(customer) = newest.items.first() else {
                return Ok(None);
            };
            let state = api::customers::state(app(), desk.may()?, PathId(customer.id)).await?;
            return Ok(serde_json::to_value(state.0).ok());
        }
        "customer" => first(&api::customers::list(app(), desk.may()?, one()).await?.0),
        "product" => first(&api::products::list(app(), desk.may()?, one()).await?.0),
        "checkout" => first(&api::checkouts::list(app(), desk.may()?, one()).await?.0),
        "order" => first(&api::orders::list(app(), desk.may()?, one()).await?.0),
        "subscription" => first(&api::subscriptions::list(app(), desk.may()?, one()).await?.0),
        _ => None,
    };
    Ok(found)
}

fn first<T: serde::Serialize>(page: &till_wire::page::Page<T>) -> Option<Value> {
    serde_json::to_value(page.items.first()?).ok()
}

async fn enable(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = match judged(switch(app, &desk, id, true).await)? {
        Ok(()) => "The endpoint is enabled.".to_owned(),
        Err(wrong) => wrong.at("enabled").unwrap_or_default(),
    };
    done(&path(&desk, id, ""), &words)
}

async fn disable(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    switch(app, &desk, id, false).await?;
    done(&path(&desk, id, ""), "The endpoint is disabled.")
}

async fn switch(
    app: Arc<App>,
    desk: &Desk<scope::WebhooksWrite>,
    id: Uuid,
    on: bool,
) -> Result<(), ApiError> {
    let body = Body(Some(json!({"enabled": on})));
    let changed = api::webhooks::update(State(app), desk.caller.clone(), PathId(id), body).await;
    changed.map(|_| ())
}

async fn ask_disable(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = "Nothing is sent to it until it is enabled again; what happens meanwhile is not made up for.";
    ask(&app, &desk, id, ("Disable", "/disable"), words).await
}

async fn ask_reset(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = "The old secret signs nothing from now on: give your program the new one, or it will refuse what it gets.";
    ask(&app, &desk, id, ("Reset the secret of", "/secret"), words).await
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = "Nothing is sent to it any more, and its deliveries are no longer shown.";
    ask(&app, &desk, id, ("Delete", "/delete"), words).await
}

async fn ask(
    app: &Arc<App>,
    desk: &Desk<scope::WebhooksWrite>,
    id: Uuid,
    (verb, to): (&'static str, &str),
    words: &str,
) -> Answer {
    let endpoint = find(app, desk, id).await?;
    let question = format!("{verb} {}?", name(&endpoint));
    show(&AskPage {
        shell: Shell::new(desk, Area::Developers, question),
        words: words.to_owned(),
        submit: verb.split_once(' ').map_or(verb, |_| "Reset secret"),
        action: path(desk, id, to),
        cancel: path(desk, id, ""),
    })
}

async fn reset(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    let caller = desk.caller.clone();
    let _ = api::webhooks::reset_secret(State(app), caller, PathId(id)).await?;
    done(&path(&desk, id, ""), "The endpoint has a new secret.")
}

async fn delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Answer {
    api::webhooks::delete(State(app), desk.caller.clone(), PathId(id)).await?;
    done(&desk.path("/developers/webhooks"), "The endpoint is gone.")
}
