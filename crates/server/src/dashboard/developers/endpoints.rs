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
        access::Dashboard,
        detail::{Action, DetailPage, Fact, Part},
        done,
        form::{ConfirmPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        layout::{Area, Layout},
        listing::{Column, Empty, ListPage, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, Tone, sentence},
        resource_pages::{self, Resource, ResourcePages, Saved, find},
        show,
    },
    error::{ApiError, Result},
    http::{
        extract::{Access, Body, Caller, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

const PAGES: ResourcePages = ResourcePages {
    list: "/developers/webhooks",
    one: "endpoint",
    many: "Webhooks",
};

pub fn routes() -> Router<Arc<App>> {
    resource_pages::routes::<WebhookEndpoint>(get(list), get(detail))
        .route(&PAGES.at("/{id}/enable"), post(enable))
        .route(
            &PAGES.at("/{id}/disable"),
            get(confirm_disable).post(disable),
        )
        .route(&PAGES.at("/{id}/secret"), get(confirm_reset).post(reset))
        .route(&PAGES.at("/{id}/test"), post(test))
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

fn menu<A: Access>(dashboard: &Dashboard<A>, endpoint: &WebhookEndpoint) -> Menu {
    let id = endpoint.id;
    let switch = match endpoint.enabled {
        true => MenuItem::Confirm("Disable", PAGES.path(dashboard, id, "/disable")),
        false => MenuItem::Post("Enable", PAGES.path(dashboard, id, "/enable")),
    };
    Menu {
        name: name(endpoint),
        items: vec![
            MenuItem::Copy("Copy secret", endpoint.secret.clone()),
            MenuItem::Copy("Copy endpoint ID", id.to_string()),
            MenuItem::Separator,
            MenuItem::Link("Edit", PAGES.path(dashboard, id, "/edit")),
            switch,
            MenuItem::Separator,
            MenuItem::Confirm("Reset secret", PAGES.path(dashboard, id, "/secret")),
            MenuItem::Confirm("Delete", PAGES.path(dashboard, id, "/delete")),
        ],
    }
}

async fn list(dashboard: Dashboard<scope::WebhooksWrite>, mut query: ListingQuery) -> Answer {
    let caller = dashboard.may()?;
    let find = |params| actions::webhooks::list(&caller, params);
    let page = query.load(("", ""), &dashboard.zone, find).await?;
    let columns = vec![
        Column::new("Endpoint"),
        Column::new("Events"),
        Column::new("Status"),
        Column::new("Created"),
    ];
    let empty = Empty {
        words: "An endpoint is an address of yours that is told what happens here, such as a paid order or an ended subscription.",
        step: Some(("Add an endpoint", PAGES.new_at(&dashboard))),
    };
    let row = |endpoint: &WebhookEndpoint| {
        Row::new(vec![
            Cell::Link {
                href: PAGES.path(&dashboard, endpoint.id, ""),
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
        layout: layout(&dashboard, Tab::Webhooks),
        action: Some(("New endpoint".to_owned(), PAGES.new_at(&dashboard))),
        list: Listing::of(query, "Webhook endpoints", columns, &page, row, empty),
    })
}

async fn detail(
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
    query: ListingQuery,
) -> Answer {
    let endpoint: WebhookEndpoint = find(&dashboard, id).await?;
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
    let list = deliveries::of_endpoint(&dashboard, query, id).await?;
    let mut parts = vec![
        Part::Facts("Endpoint", facts),
        Part::List("Deliveries", list),
    ];
    if endpoint.enabled && !endpoint.events.is_empty() {
        parts.insert(1, test_form(&dashboard, &endpoint));
    }
    show(&DetailPage {
        layout: Layout::new(&dashboard, Area::Developers, name(&endpoint))
            .back("Webhooks", dashboard.path("/developers/webhooks")),
        state: state(&endpoint),
        actions: vec![Action::Go("Edit", PAGES.path(&dashboard, id, "/edit"))],
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
        .hint("Sends the newest object of this kind, to this endpoint only.");
    let group = Group::new("", vec![field]);
    let form = Form::new(
        PAGES.path(dashboard, endpoint.id, "/test"),
        "Send test event",
        vec![group],
    )
    .idempotency_key(dashboard);
    Part::Html("Test delivery", form.to_string())
}

async fn test(
    dashboard: Dashboard<scope::WebhooksWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let app = &dashboard.app;
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
        Some(kind) => match newest(&dashboard, kind).await? {
            None => format!("There is nothing yet that {kind} could be sent for."),
            Some(data) => {
                let send = async |guard: IdempotencyGuard| {
                    let form_data = ((), webhooks::test(&row, kind, &data, &app.context()));
                    app.reply(&guard, StatusCode::ACCEPTED, form_data, |()| ())
                        .await
                };
                let () = dashboard.make(&form_data, send).await?;
                format!("A test of {kind} is on its way.")
            }
        },
    };
    done(&PAGES.path(&dashboard, id, ""), &words)
}

/// The newest resource of the kind that an event tells of, as the API shows it.
async fn newest(
    dashboard: &Dashboard<scope::WebhooksWrite>,
    kind: EventType,
) -> Result<Option<Value>> {
    use actions::{checkouts, customers, orders, products, subscriptions};
    let one = || Params::parse("limit=1");
    let (subject, _) = kind.as_str().split_once('.').unwrap_or_default();
    Ok(match subject {
        "organization" => json(&organizations::view(&dashboard.caller.organization)),
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
        "checkout" => first(&checkouts::list(&dashboard.may()?, one()).await?),
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
    done(&PAGES.path(&dashboard, id, ""), &words)
}

async fn disable(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    switch(&dashboard, id, false).await?;
    done(&PAGES.path(&dashboard, id, ""), "The endpoint is disabled.")
}

async fn switch(dashboard: &Dashboard<scope::WebhooksWrite>, id: Uuid, on: bool) -> Result<()> {
    let body = Body(Some(serde_json::json!({"enabled": on})));
    let input = actions::webhooks::read_update(&dashboard.caller, &body)?;
    actions::webhooks::update(&dashboard.caller, id, input).await?;
    Ok(())
}

async fn confirm_disable(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    let words = "Nothing is sent to it until it is enabled again; events in the meantime are not sent later.";
    let endpoint = find(&dashboard, id).await?;
    question(&dashboard, &endpoint, ("Disable", "/disable"), words)
}

async fn confirm_reset(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    let words = "The old secret is no longer used: give the new one to your program, or it will refuse deliveries.";
    let endpoint = find(&dashboard, id).await?;
    let this = ("Reset the secret of", "/secret");
    question(&dashboard, &endpoint, this, words)
}

/// The page that asks before something is done to an endpoint.
fn question<A: Access>(
    dashboard: &Dashboard<A>,
    endpoint: &WebhookEndpoint,
    (verb, to): (&'static str, &str),
    words: &str,
) -> Answer {
    let question = format!("{verb} {}?", name(endpoint));
    show(&ConfirmPage {
        layout: Layout::new(dashboard, Area::Developers, question),
        words: words.to_owned(),
        submit: verb.split_once(' ').map_or(verb, |_| "Reset secret"),
        action: PAGES.path(dashboard, endpoint.id, to),
        cancel: PAGES.path(dashboard, endpoint.id, ""),
    })
}

async fn reset(dashboard: Dashboard<scope::WebhooksWrite>, PathId(id): PathId) -> Answer {
    actions::webhooks::reset_secret(&dashboard.caller, id).await?;
    done(
        &PAGES.path(&dashboard, id, ""),
        "The endpoint has a new secret.",
    )
}

impl Resource for WebhookEndpoint {
    type Read = scope::WebhooksRead;
    type Write = scope::WebhooksWrite;

    const PAGES: ResourcePages = PAGES;
    const CONSEQUENCE: &'static str =
        "Nothing is sent to it any more, and its deliveries are no longer shown.";

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        name(self)
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::webhooks::get(caller, id).await
    }

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
        let this = was.map(|one| (one.id, ""));
        let form = PAGES.form(dashboard, this, fill::groups(), form_data, errors);
        Ok(FormPage {
            layout: Layout::new(dashboard, Area::Developers, title)
                .back("Webhooks", dashboard.path(PAGES.list)),
            ..form
        })
    }

    async fn create(
        dashboard: &Dashboard<Self::Write>,
        form_data: &mut FormData,
    ) -> Saved<(Uuid, String)> {
        let input = actions::webhooks::read_create(&dashboard.caller, &fill::body(form_data))?;
        let made = dashboard
            .create(form_data, input, actions::webhooks::create)
            .await?;
        let words = "The endpoint is listening. Its secret signs every delivery.";
        Ok((made.id, words.to_owned()))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let input = actions::webhooks::read_update(&dashboard.caller, &fill::body(form_data))?;
        actions::webhooks::update(&dashboard.caller, self.id, input).await?;
        Ok("The endpoint was saved.".to_owned())
    }

    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, _: &FormData) -> Saved {
        actions::webhooks::delete(&dashboard.caller, id).await?;
        Ok("The endpoint is gone.".to_owned())
    }

    fn ask(&self, dashboard: &Dashboard<Self::Write>) -> Answer {
        question(dashboard, self, ("Delete", "/delete"), Self::CONSEQUENCE)
    }
}
