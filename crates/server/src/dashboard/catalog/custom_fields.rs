//! Custom fields: what a checkout asks besides name and address.

mod fill;

use std::sync::Arc;

use axum::{Router, routing::get};
use till_wire::{
    custom_fields::{
        CustomField, CustomFieldCreate, CustomFieldKind, CustomFieldType, CustomFieldUpdate,
    },
    page::Page,
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        detail::{Fact, Part, moments},
        form::{FormData, FormErrors, FormPage},
        layout::NavLink,
        listing::{Column, Filter, ListingQuery},
        metadata,
        parts::{Cell, Menu, MenuItem, sentence},
        resource_pages::{
            CUSTOM_FIELDS, Listed, Made, Resource, ResourcePages, Saved, find, form_page,
            form_routes, list_routes, menu,
        },
        show,
    },
    error::Result,
    http::extract::{Body, Caller, Params, PathId, scope},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<CustomField>(get(detail)).merge(form_routes::<CustomField>())
}

async fn detail(dashboard: Dashboard<scope::CustomFieldsRead>, PathId(id): PathId) -> Answer {
    let field: CustomField = find(&dashboard, id).await?;
    let kind = sentence(field.kind.kind().as_str());
    let mut facts = vec![
        Fact::new("Custom field ID", Cell::Code(id.to_string())),
        Fact::new("Slug", Cell::Code(field.slug.clone())),
        Fact::new("Type", Cell::Text(kind.clone())),
    ];
    facts.extend(moments(
        field.created_at,
        field.modified_at,
        &dashboard.zone,
    ));
    facts.extend(rules(&field.kind));
    let words = field.kind.words();
    let asks = vec![
        Fact::new(
            "Label",
            Cell::Text(words.form_label.clone().unwrap_or(field.name.clone())),
        ),
        Fact::new("Help", Cell::text(words.form_help_text.clone())),
        Fact::new("Placeholder", Cell::text(words.form_placeholder.clone())),
    ];
    let mut parts = vec![
        Part::Facts("Custom field", facts),
        Part::Facts("At checkout", asks),
    ];
    parts.extend(metadata(&field.metadata));
    show(&field.detail(&dashboard, Cell::Text(kind), parts))
}

/// The rules that an answer is judged by.
fn rules(kind: &CustomFieldKind) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: Option<String>| {
        facts.extend(value.map(|value| Fact::new(name, Cell::Text(value))));
    };
    match kind {
        CustomFieldKind::Text(text) => {
            fact("Minimum characters", text.min_length.map(|n| n.to_string()));
            fact("Maximum characters", text.max_length.map(|n| n.to_string()));
        }
        CustomFieldKind::Number(bounds) => {
            fact("Minimum", bounds.ge.map(|n| n.to_string()));
            fact("Maximum", bounds.le.map(|n| n.to_string()));
        }
        CustomFieldKind::Date(bounds) => {
            fact("From", bounds.ge.map(fill::day));
            fact("Until", bounds.le.map(fill::day));
        }
        CustomFieldKind::Checkbox(_) => {}
        CustomFieldKind::Select(select) => {
            let options = select
                .options
                .iter()
                .map(|o| Cell::Noted(o.label.clone(), o.value.clone()));
            facts.push(Fact::new("Options", Cell::Many(options.collect())));
        }
    }
    facts
}

/// The type that a new field is of.
fn chosen(word: Option<&str>) -> CustomFieldType {
    let kind = word.and_then(|word| word.parse().ok());
    kind.unwrap_or(CustomFieldType::Text)
}

impl Listed for CustomField {
    type Read = scope::CustomFieldsRead;

    const PAGES: ResourcePages = CUSTOM_FIELDS;
    const EMPTY: &'static str = "A custom field is a question that the checkout asks, such as a size or consent to your terms. Attach it to the products that need it.";
    const NEW: Option<&'static str> = Some("Create a custom field");

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::custom_fields::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::custom_fields::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![
            Filter::search(query, "Search by name or slug"),
            Filter::words::<CustomFieldType>(query, "type", "Type", "All types"),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Name").by("name"),
            Column::new("Slug").by("slug"),
            Column::new("Type").by("type"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            self.link(viewer),
            Cell::Code(self.slug.clone()),
            Cell::Text(sentence(self.kind.kind().as_str())),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let copies = vec![
            MenuItem::Copy("Copy custom field ID", self.id.to_string()),
            MenuItem::Copy("Copy slug", self.slug.clone()),
        ];
        menu(viewer, self, copies)
    }
}

impl Resource for CustomField {
    type Write = scope::CustomFieldsWrite;

    const CONSEQUENCE: &'static str = "Products no longer ask for it, and its slug can be used by another field. Answers that customers have given stay with their orders.";

    fn fresh(_: &Dashboard<Self::Write>, query: &ListingQuery) -> FormData {
        let mut form_data = FormData::default();
        form_data.set("type", chosen(query.get("type")).as_str());
        form_data
    }

    fn filled(&self, _: &Dashboard<Self::Write>) -> FormData {
        fill::of_field(self)
    }

    fn reshape(_: &App, form_data: &mut FormData) -> bool {
        fill::asks_for_more(form_data)
    }

    async fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> Result<FormPage> {
        let chosen = || chosen(form_data.get("type"));
        let kind = was.map_or_else(chosen, |field| field.kind.kind());
        let groups = fill::groups(was, kind, form_data);
        let mut page = form_page(dashboard, was, groups, form_data, errors);
        if was.is_none() {
            let tab = |one: &CustomFieldType| {
                let href = format!("{}?type={one}", CUSTOM_FIELDS.new_at(dashboard));
                NavLink::tab(&sentence(one.as_str()), href, *one == kind)
            };
            page.layout.tabs = CustomFieldType::ALL.iter().map(tab).collect();
        }
        Ok(page)
    }

    async fn create(dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Made {
        let sent = form_data.clone();
        let kind = chosen(form_data.get("type"));
        let input = Body(Some(fill::body(form_data, kind, true))).read(CustomFieldCreate::read)?;
        let made = dashboard
            .create(&sent, input, actions::custom_fields::create)
            .await?;
        let name = made.name.unwrap_or_default();
        let words = format!("{name} was created. Attach it to a product.");
        Ok((made.id, words))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let body = fill::body(form_data, self.kind.kind(), false);
        let input = Body(Some(body)).read(CustomFieldUpdate::read)?;
        let saved = actions::custom_fields::update(&dashboard.caller, self.id, input).await?;
        Ok(format!("{} was saved.", saved.name))
    }

    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, _: &FormData) -> Saved {
        let field: Self = find(dashboard, id).await?;
        actions::custom_fields::delete(&dashboard.caller, id).await?;
        Ok(format!("{} was deleted.", field.name))
    }
}
