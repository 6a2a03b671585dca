//! Webhook endpoints: where events go, their secret, and a test delivery.

mod fill;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use http::StatusCode;
use serde_json::Value;
use till_core::{organizations, webhooks};
use till_wire::{events::EventType, page::Page, webhooks::WebhookEndpoint};
use uuid::Uuid;

use super::{Tab, deliveries, layout};
use crate::{
    actions::{self, customers::CustomerRef},
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        detail::{Fact, Part},
        done,
        form::{ConfirmPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        layout::{Area, Layout},
        listing::{Column, ListingQuery},
        parts::{Cell, Menu, MenuItem, Tone, sentence},
        resource_pages::{
            ENDPOINTS, Listed, Made, Resource, ResourcePages, Saved, find, form_page, form_routes,
            list,
        },
        show,
    },
    error::{OrNotFound, Result},
    http::{
        extract::{Body, Caller, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

pub fn routes() -> Router<Arc<App>> {
    form_routes::<WebhookEndpoint>()
        .route(&ENDPOINTS.at(""), get(endpoints))
        .route(&ENDPOINTS.at("/{id}"), get(detail))
        .route(&ENDPOINTS.at("/{id}/enable"), post(enable))
        .route(
            &ENDPOINTS.at("/{id}/disable"),
            get(confirm_disable).post(disable),
        )
        .route(
            &ENDPOINTS.at("/{id}/secret"),
            get(confirm_reset).post(reset),
        )
        .route(&ENDPOINTS.at("/{id}/test"), post(test))
}

/// Its name, for people.
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

async fn endpoints(dashboard: Dashboard<scope::WebhooksWrite>, query: ListingQuery) -> Answer {
    list::<WebhookEndpoint>(&dashboard, query).await
}

async fn detail(
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
    query: ListingQuery,
) -> Answer {
    let endpoint: WebhookEndpoint = find(&dashboard, id).await?;
    let facts = vec![
        Fact::new("URL", Cell::Code(endpoint.url.clone())),
        Fact::new("Secret", Cell::Secret(endpoint.secret.clone())),
        Fact::new("Format", Cell::Text(sentence(endpoint.format.as_str()))),
        Fact::new(
            "Payload version",
            Cell::Text(endpoint.api_version.to_owned()),
        ),
        Fact::new("Created", Cell::time(endpoint.created_at, &dashboard.zone)),
    ];
    let list = deliveries::of_endpoint(&dashboard, query, id).await?;
    let mut parts = vec![
        Part::list("Deliveries", list),
        Part::Facts("Endpoint", facts),
        events(&endpoint),
    ];
    if endpoint.enabled && !endpoint.events.is_empty() {
        parts.insert(1, test_form(&dashboard, &endpoint));
    }
    show(&endpoint.detail(&dashboard, state(&endpoint), parts))
}

/// The types that it is told of, folded away.
fn events(endpoint: &WebhookEndpoint) -> Part {
    let words = endpoint.events.iter().map(ToString::to_string);
    Part::Folded("Events", types(endpoint), words.collect())
}

/// The number of event types that it is told of, in words.
fn types(endpoint: &WebhookEndpoint) -> String {
    match endpoint.events.len() {
        1 => "1 type".to_owned(),
        n => format!("{n} types"),
    }
}

fn test_form(viewer: &Viewer, endpoint: &WebhookEndpoint) -> Part {
    let kinds = endpoint.events.iter();
    let kinds = Kind::choice(kinds.map(|kind| (kind.as_str(), kind.as_str())));
    let usual = [EventType::OrderPaid, EventType::OrganizationUpdated]
        .into_iter()
        .find(|kind| endpoint.events.contains(kind));
    let field = Field::new("type", "Event type", kinds)
        .value(usual.map_or("", EventType::as_str))
        .hint("Sends the latest object of this kind, to this endpoint only.");
    let group = Group::new("", vec![field]);
    let form = Form::new(
        ENDPOINTS.path(viewer, endpoint.id, "/test"),
        "Send test event",
        vec![group],
    )
    .idempotency_key(viewer);
    Part::Html("Test delivery", form.to_string())
}

async fn test(
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let app = &dashboard.app;
    let organization = dashboard.organization.id;
    let row = app.store.endpoint(organization, id).await.or_not_found()?;
    let kind = form_data
        .get("type")
        .and_then(|word| word.parse().ok())
        .filter(|kind| row.events.contains(kind));
    let words = match kind {
        None => "The endpoint is not subscribed to this type of event.".to_owned(),
        Some(_) if !row.is_listening() => "Enable the endpoint first.".to_owned(),
        Some(kind) => match newest(&dashboard, kind).await? {
            None => format!("There is no object yet for which {kind} could be sent."),
            Some(data) => {
                let send = async |guard: IdempotencyGuard| {
                    let form_data = ((), webhooks::test(&row, kind, &data, &dashboard.context()));
                    app.reply(&guard, StatusCode::ACCEPTED, form_data, |()| ())
                        .await
                };
                let () = dashboard.make(&form_data, send).await?;
                format!("A test of {kind} is being sent: reload this page to see the answer.")
            }
        },
    };
    done(&ENDPOINTS.path(&dashboard, id, ""), &words)
}

/// The newest resource of the kind that an event tells of, as the API shows it.
async fn newest(
    dashboard: &Dashboard<scope::WebhooksWrite>,
    kind: EventType,
) -> Result<Option<Value>> {
    use actions::{
        benefits, checkouts, customers, discounts, grants, orders, products, refunds, subscriptions,
    };
    let one = || Params::parse("limit=1");
    let (subject, _) = kind.as_str().split_once('.').unwrap_or_default();
    Ok(match subject {
        "organization" => json(&organizations::view(&dashboard.organization)),
        "customer" => {
            let caller = dashboard.may()?;
            let page = customers::list(&caller, one()).await?;
            match page.items.first() {
                Some(newest) if kind == EventType::CustomerStateChanged => {
                    let newest = CustomerRef::Id(newest.id);
                    json(&customers::state(&caller, &newest).await?)
                }
                newest => newest.and_then(json),
            }
        }
        "product" => first(&products::list(&dashboard.may()?, one()).await?),
        "discount" => first(&discounts::list(&dashboard.may()?, one()).await?),
        "benefit" => first(&benefits::list(&dashboard.may()?, one()).await?),
        "benefit_grant" => first(&grants::list(&dashboard.may()?, one()).await?),
        "checkout" => first(&checkouts::list(&dashboard.may()?, one()).await?),
        "refund" => first(&refunds::list(&dashboard.may()?, one()).await?),
        "order" => first(&orders::list(&dashboard.may()?, one()).await?),
        "subscription" => first(&subscriptions::list(&dashboard.may()?, one()).await?),
        _ => None,
    })
}

fn json<T: serde::Serialize>(one: &T) -> Option<Value> {
    serde_json::to_value(one).ok()
}

fn first<T: serde::Serialize>(page: &Page<T>) -> Option<Value> {
    page.items.first().and_then(json)
}

async fn enable(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    let words = match judged(switch(&dashboard, id, true).await)? {
        Ok(()) => "The endpoint is enabled.".to_owned(),
        Err(errors) => errors.at("enabled").unwrap_or_default(),
    };
    done(&ENDPOINTS.path(&dashboard, id, ""), &words)
}

async fn disable(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    switch(&dashboard, id, false).await?;
    done(
        &ENDPOINTS.path(&dashboard, id, ""),
        "The endpoint is disabled.",
    )
}

async fn switch(dashboard: &Dashboard<scope::WebhooksWrite>, id: Uuid, on: bool) -> Result<()> {
    let body = Body(Some(serde_json::json!({"enabled": on})));
    let input = actions::webhooks::read_update(&dashboard.caller, &body)?;
    actions::webhooks::update(&dashboard.caller, id, input).await?;
    Ok(())
}

async fn confirm_disable(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    let words = "Nothing is sent to it until it is enabled again; events that happen in the meantime are not sent later.";
    let endpoint = find(&dashboard, id).await?;
    question(&dashboard, &endpoint, ("Disable", "/disable"), words)
}

async fn confirm_reset(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    let words = "The old secret stops working: give the new one to your program, or it will refuse deliveries.";
    let endpoint = find(&dashboard, id).await?;
    let this = ("Reset the secret of", "/secret");
    question(&dashboard, &endpoint, this, words)
}

/// The page that asks before something is done to an endpoint.
fn question(
    viewer: &Viewer,
    endpoint: &WebhookEndpoint,
    (verb, to): (&'static str, &str),
    words: &str,
) -> Answer {
    let question = format!("{verb} {}?", name(endpoint));
    show(&ConfirmPage {
        layout: Layout::new(viewer, Area::Developers, question),
        words: words.to_owned(),
        submit: verb.split_once(' ').map_or(verb, |_| "Reset secret"),
        action: ENDPOINTS.path(viewer, endpoint.id, to),
        cancel: ENDPOINTS.path(viewer, endpoint.id, ""),
    })
}

async fn reset(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    actions::webhooks::reset_secret(&dashboard.caller, id).await?;
    done(
        &ENDPOINTS.path(&dashboard, id, ""),
        "The endpoint has a new secret.",
    )
}

impl Listed for WebhookEndpoint {
    type Read = scope::WebhooksRead;

    const PAGES: ResourcePages = ENDPOINTS;
    const NAME: &'static str = "Webhook endpoints";
    const EMPTY: &'static str = "An endpoint is a URL of yours that is notified of what happens here, such as a paid order.";
    const NEW: Option<&'static str> = Some("Add an endpoint");

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        name(self)
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::webhooks::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::webhooks::list(caller, params).await
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Endpoint"),
            Column::new("Events"),
            Column::new("Status"),
            Column::new("Created"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            Cell::Link {
                href: self.path(viewer),
                text: name(self),
                note: self.name.as_ref().map(|_| self.url.clone()),
            },
            Cell::Text(types(self)),
            state(self),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let path = |rest: &str| ENDPOINTS.path(viewer, self.id, rest);
        let switch = match self.enabled {
            true => MenuItem::Confirm("Disable", path("/disable")),
            false => MenuItem::Post("Enable", path("/enable")),
        };
        Menu {
            name: name(self),
            items: vec![
                MenuItem::Copy("Copy secret", self.secret.clone()),
                MenuItem::Copy("Copy endpoint ID", self.id.to_string()),
                MenuItem::Separator,
                MenuItem::Link("Edit", path("/edit")),
                switch,
                MenuItem::Separator,
                MenuItem::Confirm("Reset secret", path("/secret")),
                MenuItem::Confirm("Delete", path("/delete")),
            ],
        }
    }

    fn around_list(viewer: &Viewer) -> Layout {
        layout(viewer, Tab::Webhooks)
    }
}

impl Resource for WebhookEndpoint {
    type Write = scope::WebhooksWrite;

    const CONSEQUENCE: &'static str =
        "Nothing more is sent to it, and its deliveries are no longer shown.";

    fn fresh(_: &Dashboard<Self::Write>, _: &ListingQuery) -> FormData {
        fill::fresh()
    }

    fn filled(&self, _: &Dashboard<Self::Write>) -> FormData {
        fill::of_endpoint(self)
    }

    async fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> Result<FormPage> {
        let title = match was {
            Some(_) => "Edit endpoint",
            None => "New endpoint",
        };
        Ok(FormPage {
            layout: ENDPOINTS.under_list(dashboard, title),
            ..form_page(dashboard, was, fill::groups(), form_data, errors)
        })
    }

    async fn create(dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Made {
        let input = actions::webhooks::read_create(&dashboard.caller, &fill::body(form_data))?;
        let made = dashboard
            .create(form_data, input, actions::webhooks::create)
            .await?;
        let words = "The endpoint was created. Its secret signs every delivery.";
        Ok((made.id, words.to_owned()))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let input = actions::webhooks::read_update(&dashboard.caller, &fill::body(form_data))?;
        actions::webhooks::update(&dashboard.caller, self.id, input).await?;
        Ok("The endpoint was saved.".to_owned())
    }

    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, _: &FormData) -> Saved {
        actions::webhooks::delete(&dashboard.caller, id).await?;
        Ok("The endpoint was deleted.".to_owned())
    }

    fn ask(&self, dashboard: &Dashboard<Self::Write>) -> Answer {
        question(dashboard, self, ("Delete", "/delete"), Self::CONSEQUENCE)
    }
}
