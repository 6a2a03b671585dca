//! License keys: who has which, how they are used, and what a merchant changes. They have a list, and stand on the pages of
//! their benefit and their customer.

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use till_wire::{
    license_keys::{
        LicenseKeyActivationBase, LicenseKeyDeactivate, LicenseKeyRead, LicenseKeyStatus,
        LicenseKeyUpdate, LicenseKeyWithActivations,
    },
    limits,
    page::Page,
};
use uuid::Uuid;

use crate::{
    actions::{self, license_keys::KeyUser},
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::{self, Buyers},
        detail::{Action, Fact, Part, moments},
        done,
        form::{
            ConfirmPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged,
            local_time::{self, instant, local},
        },
        layout::Layout,
        listing::{Column, Empty, Filter, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, Tone},
        resource_pages::{BENEFITS, LICENSE_KEYS, Listed, ResourcePages, find, list_routes},
        show, show_again,
    },
    error::Result,
    http::{
        extract::{ActivationId, Body, Caller, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let at = |rest: &str| LICENSE_KEYS.at(&format!("/{{id}}{rest}"));
    list_routes::<LicenseKeyRead>(get(detail))
        .route(&at("/edit"), get(edit).post(save))
        .route(
            &at("/activations/{activation_id}/remove"),
            get(ask).post(remove),
        )
}

fn status(key: &LicenseKeyRead) -> Cell {
    let tone = match key.status {
        LicenseKeyStatus::Granted => Tone::Good,
        LicenseKeyStatus::Disabled => Tone::Busy,
        LicenseKeyStatus::Revoked => Tone::Quiet,
    };
    Cell::toned(key.status.as_str(), tone)
}

/// Usage, and its limit.
fn usage(key: &LicenseKeyRead) -> String {
    match key.limit_usage {
        Some(limit) => format!("{} of {limit}", key.usage),
        None => key.usage.to_string(),
    }
}

/// Holder: the customer, or a member of the customer.
fn holder(viewer: &Viewer, key: &LicenseKeyRead) -> Cell {
    let customer = buyers::customer(viewer, &key.customer);
    match &key.member {
        None => customer,
        Some(member) => Cell::Many(vec![Cell::Text(member.email.clone()), customer]),
    }
}

impl Listed for LicenseKeyRead {
    type Read = scope::LicenseKeysRead;

    const PAGES: ResourcePages = LICENSE_KEYS;
    const EMPTY: &'static str = "Nobody has a license key yet. Whoever buys a product whose benefits include license keys gets one.";
    const STEP: Option<(&'static str, &'static str)> = Some(("Show benefits", BENEFITS.list));

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        self.display_key.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        Ok(actions::license_keys::get(caller, id).await?.license_key)
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::license_keys::list(caller, params).await
    }

    fn may_write(viewer: &Viewer) -> bool {
        viewer.may::<scope::LicenseKeysWrite>().is_ok()
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        let words = Filter::words::<LicenseKeyStatus>(query, "status", "Status", "Any status");
        vec![words]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Key"),
            Column::new("Customer"),
            Column::new("Status"),
            Column::new("Usage"),
            Column::new("Validated"),
            Column::new("Expires"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            self.link(viewer),
            holder(viewer, self),
            status(self),
            Cell::Text(usage(self)),
            Cell::time_or_nothing(self.last_validated_at, &viewer.zone),
            Cell::time_or_nothing(self.expires_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let mut items = vec![
            MenuItem::Copy("Copy license key", self.key.clone()),
            MenuItem::Copy("Copy ID", self.id.to_string()),
        ];
        if Self::may_write(viewer) {
            items.push(MenuItem::Separator);
            items.push(MenuItem::Link("Edit", edit_at(viewer, self.id)));
        }
        Menu {
            name: self.name(),
            items,
        }
    }

    fn around_list(viewer: &Viewer) -> Layout {
        BENEFITS.under_list(viewer, LICENSE_KEYS.many)
    }
}

fn edit_at(viewer: &Viewer, id: Uuid) -> String {
    LICENSE_KEYS.path(viewer, id, "/edit")
}

async fn detail(dashboard: Dashboard<scope::LicenseKeysRead>, PathId(id): PathId) -> Answer {
    let found = actions::license_keys::get(&dashboard.caller, id).await?;
    let key = &found.license_key;
    let zone = &dashboard.zone;
    let count = |limit: Option<i64>| limit.map_or("No limit".to_owned(), |limit| limit.to_string());
    let mut facts = vec![
        Fact::new("License key", Cell::Code(key.key.clone())),
        Fact::new("ID", Cell::Code(id.to_string())),
        Fact::new("Customer", holder(&dashboard, key)),
        Fact::new(
            "Benefit",
            Cell::link(BENEFITS.path(&dashboard, key.benefit_id, ""), "Benefit"),
        ),
    ];
    facts.extend(moments(key.created_at, key.modified_at, zone));
    let used = vec![
        Fact::new("Usage", Cell::Text(key.usage.to_string())),
        Fact::new("Usage limit", Cell::Text(count(key.limit_usage))),
        Fact::new("Validations", Cell::Text(key.validations.to_string())),
        Fact::new(
            "Last validated",
            Cell::time_or_nothing(key.last_validated_at, zone),
        ),
        Fact::new("Expires", Cell::time_or_nothing(key.expires_at, zone)),
    ];
    let parts = vec![
        Part::Facts("License key", facts),
        Part::Facts("Use", used),
        activations(&dashboard, &found),
    ];
    let mut page = key.detail(&dashboard, status(key), parts);
    if LicenseKeyRead::may_write(&dashboard) {
        page.actions = vec![Action::Go("Edit", edit_at(&dashboard, id))];
    }
    show(&page)
}

/// The places where the key is used, each with a way to end it.
fn activations(viewer: &Viewer, found: &LicenseKeyWithActivations) -> Part {
    let key = &found.license_key;
    let may_write = LicenseKeyRead::may_write(viewer);
    let columns = vec![
        Column::new("Label"),
        Column::new("Data"),
        Column::new("Activated"),
    ];
    let row = |one: &LicenseKeyActivationBase| {
        let data = match one.meta.is_empty() {
            true => Cell::Empty,
            false => Cell::Code(json!(one.meta).to_string()),
        };
        let row = Row::new(vec![
            Cell::Text(one.label.clone()),
            data,
            Cell::time(one.created_at, &viewer.zone),
        ]);
        match may_write {
            false => row,
            true => row.menu(Menu {
                name: one.label.clone(),
                items: vec![MenuItem::Confirm(
                    "Remove",
                    remove_at(viewer, key.id, one.id),
                )],
            }),
        }
    };
    let words = match key.limit_activations {
        Some(_) => "It is not activated anywhere.",
        None => "It cannot be activated, only validated.",
    };
    let empty = Empty { words, step: None };
    let total = i64::try_from(found.activations.len()).unwrap_or(i64::MAX);
    let most = u32::try_from(limits::ACTIVATIONS).unwrap_or(u32::MAX);
    let items = Page::new(found.activations.clone(), total, most);
    let all = ListingQuery::new(&LICENSE_KEYS.path(viewer, key.id, ""), "");
    let list = Listing::of(all, "Activations", columns, &items, row, empty);
    Part::list("Activations", list.part())
}

fn remove_at(viewer: &Viewer, id: Uuid, activation_id: Uuid) -> String {
    LICENSE_KEYS.path(viewer, id, &format!("/activations/{activation_id}/remove"))
}

async fn ask(
    dashboard: Dashboard<scope::LicenseKeysWrite>,
    PathId(id): PathId,
    ActivationId(activation_id): ActivationId,
) -> Answer {
    let caller = dashboard.may::<scope::LicenseKeysRead>()?;
    let found = actions::license_keys::get_activation(&caller, id, activation_id).await?;
    let (key, label) = (&found.license_key, &found.activation.label);
    show(&ConfirmPage {
        layout: LICENSE_KEYS.under_one(
            &dashboard,
            (id, &key.display_key),
            format!("Remove {label}?"),
        ),
        words:
            "The license key can no longer be validated with this activation, and can be activated in another place."
                .to_owned(),
        submit: "Remove",
        action: remove_at(&dashboard, id, activation_id),
        cancel: LICENSE_KEYS.path(&dashboard, id, ""),
    })
}

async fn remove(
    dashboard: Dashboard<scope::LicenseKeysWrite>,
    PathId(id): PathId,
    ActivationId(activation_id): ActivationId,
) -> Answer {
    let key: LicenseKeyRead = find(&dashboard, id).await?;
    let asked = LicenseKeyDeactivate {
        key: key.key,
        organization_id: key.organization_id,
        activation_id,
    };
    let user = KeyUser::merchant(&dashboard.caller);
    match user.deactivate(&IdempotencyGuard::default(), asked).await {
        // Sent twice, it has ended.
        Err(error) if error.status().as_u16() == 404 => {}
        ended => ended?,
    }
    done(
        &LICENSE_KEYS.path(&dashboard, id, ""),
        "The activation was removed.",
    )
}

/// The key as its form shows it.
fn filled(key: &LicenseKeyRead, zone: &TimeZone) -> FormData {
    let count = |count: Option<i64>| count.map(|n| n.to_string()).unwrap_or_default();
    let mut form_data = FormData::default();
    form_data.set("status", key.status.as_str());
    form_data.set("usage", key.usage.to_string());
    form_data.set("limit_usage", count(key.limit_usage));
    form_data.set("limit_activations", count(key.limit_activations));
    let end = key.expires_at.map(|at| local(at, zone));
    form_data.set("expires_at", end.unwrap_or_default());
    form_data
}

/// The API's body: what the form changes of the key that it showed. A validation meanwhile is not undone.
fn body(key: &LicenseKeyRead, form_data: &FormData, zone: &TimeZone) -> Value {
    let was = filled(key, zone);
    let mut body = json!({});
    for name in ["status", "usage", "limit_usage", "limit_activations"] {
        let typed = form_data.get(name).unwrap_or_default().trim();
        if Some(typed) == was.get(name) {
            continue;
        }
        body[name] = match typed.parse::<i64>() {
            Ok(number) if name != "status" => json!(number),
            _ if typed.is_empty() && name.starts_with("limit") => Value::Null,
            _ => json!(typed),
        };
    }
    let end = form_data.get("expires_at").unwrap_or_default();
    if Some(end) != was.get("expires_at") {
        body["expires_at"] = match end {
            "" => Value::Null,
            typed => instant(typed, zone),
        };
    }
    body
}

fn form_page(
    viewer: &Viewer,
    key: &LicenseKeyRead,
    form_data: &FormData,
    errors: &FormErrors,
) -> FormPage {
    let statuses = [
        ("granted", "Granted: it can be used"),
        ("disabled", "Disabled: it cannot be used for now"),
        ("revoked", "Revoked: it is taken back, with its benefit"),
    ];
    let number = |name: &str, label: &str| Field::new(name, label, Kind::Line("number"));
    let limits = vec![
        number("usage", "Usage").hint("What your program has reported with increment_usage."),
        number("limit_usage", "Usage limit").hint("If empty, there is no limit."),
        number("limit_activations", "Activation limit")
            .hint("If empty, it cannot be activated, only validated."),
        local_time::field("expires_at", "Expires", &viewer.zone),
    ];
    let groups = vec![
        Group::new(
            "",
            vec![Field::new("status", "Status", Kind::choice(statuses)).focus()],
        )
        .note("A key whose purchase has ended stays revoked."),
        Group::new("Limits", limits),
    ];
    let form = Form::new(edit_at(viewer, key.id), "Save license key", groups);
    FormPage {
        layout: LICENSE_KEYS.under_one(
            viewer,
            (key.id, &key.display_key),
            format!("Edit {}", key.display_key),
        ),
        form: form.again(form_data, errors),
        aside: None,
    }
}

async fn edit(dashboard: Dashboard<scope::LicenseKeysWrite>, PathId(id): PathId) -> Answer {
    let key: LicenseKeyRead = find(&dashboard, id).await?;
    let form_data = filled(&key, &dashboard.zone);
    let errors = FormErrors::default();
    show(&form_page(&dashboard, &key, &form_data, &errors))
}

async fn save(
    dashboard: Dashboard<scope::LicenseKeysWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let key: LicenseKeyRead = find(&dashboard, id).await?;
    let body = body(&key, &form_data, &dashboard.zone);
    let saved = async {
        let input = Body(Some(body)).read(LicenseKeyUpdate::read)?;
        actions::license_keys::update(&dashboard.caller, id, input).await
    };
    match judged(saved.await)? {
        Ok(_) => done(
            &LICENSE_KEYS.path(&dashboard, id, ""),
            "The license key was saved.",
        ),
        Err(errors) => show_again(&form_page(&dashboard, &key, &form_data, &errors)),
    }
}
