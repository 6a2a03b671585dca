//! Custom fields: what a checkout asks besides name and address.

mod fill;

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use till_wire::custom_fields::{CustomField, CustomFieldKind, CustomFieldType};
use uuid::Uuid;

use super::{
    Answer, Made, done,
    form::{FormData, FormErrors, FormPage, judged},
    listing::{Asked, Column, Empty, Filter, Listing, Row},
    parts::{Act, Cell, Menu, sentence},
    sheet::{Action, Fact, Part, SheetPage, moments},
    shell::Way,
    show, show_again,
};
use crate::dashboard::resource_pages::{self, CUSTOM_FIELDS};
use crate::{
    api,
    app::App,
    http::{
        error::ApiError,
        extract::{Access, Body, Dashboard, PathId, scope},
    },
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let new = get(new).post(create);
    let edit = get(edit).post(update);
    let delete = get(ask_delete).post(delete);
    CUSTOM_FIELDS.routes(get(list), new, get(sheet), edit, ("delete", delete))
}

async fn list(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomFieldsRead>,
    mut asked: Asked,
) -> Answer {
    let caller = &dashboard.caller;
    let list = |params| api::custom_fields::list(State(app.clone()), caller.clone(), params);
    let page = asked.ask(("", ""), &dashboard.zone, list).await?;
    let columns = vec![
        Column::new("Name").by("name"),
        Column::new("Slug").by("slug"),
        Column::new("Type").by("type"),
        Column::new("Created").by("created_at"),
    ];
    let filters = [
        Filter::search(&asked, "Search by name or slug"),
        Filter::words::<CustomFieldType>(&asked, "type", "Type", "All types"),
    ];
    let empty = Empty {
        words: "A custom field is a question that the checkout asks, such as a size or the consent to terms. \
                Attach it to the products that need it.",
        step: Some(("Create a custom field", CUSTOM_FIELDS.new_at(&dashboard))),
    };
    let row = |field: &CustomField| {
        Row::new(vec![
            Cell::link(
                CUSTOM_FIELDS.path(&dashboard, field.id, ""),
                field.name.clone(),
            ),
            Cell::Code(field.slug.clone()),
            Cell::Text(sentence(field.kind.kind().as_str())),
            Cell::time(field.created_at, &dashboard.zone),
        ])
        .menu(menu(&dashboard, field))
    };
    let list = Listing::of(asked, "Custom fields", columns, &page, row, empty).filters(filters);
    CUSTOM_FIELDS.page(&dashboard, list)
}

fn menu<A: Access>(dashboard: &Dashboard<A>, field: &CustomField) -> Menu {
    let copies = vec![
        Act::Copy("Copy custom field ID", field.id.to_string()),
        Act::Copy("Copy slug", field.slug.clone()),
    ];
    CUSTOM_FIELDS.menu(dashboard, (field.id, &field.name), copies, "Delete")
}

async fn find<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    id: Uuid,
) -> Result<CustomField, ApiError> {
    resource_pages::one(app, dashboard, id, api::custom_fields::get).await
}

async fn sheet(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomFieldsRead>,
    PathId(id): PathId,
) -> Answer {
    let field = find(&app, &dashboard, id).await?;
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
    parts.extend(super::metadata(&field.metadata));
    show(&SheetPage {
        shell: CUSTOM_FIELDS.under_list(&dashboard, field.name.clone()),
        state: Cell::Text(kind),
        actions: vec![Action::Go(
            "Edit",
            CUSTOM_FIELDS.path(&dashboard, id, "/edit"),
        )],
        menu: Some(menu(&dashboard, &field)),
        parts,
    })
}

/// What an answer is held against.
fn rules(kind: &CustomFieldKind) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: Option<String>| {
        facts.extend(value.map(|value| Fact::new(name, Cell::Text(value))));
    };
    match kind {
        CustomFieldKind::Text(text) => {
            fact("Least characters", text.min_length.map(|n| n.to_string()));
            fact("Most characters", text.max_length.map(|n| n.to_string()));
        }
        CustomFieldKind::Number(bounds) => {
            fact("At least", bounds.ge.map(|n| n.to_string()));
            fact("At most", bounds.le.map(|n| n.to_string()));
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

fn new_page<A: Access>(
    dashboard: &Dashboard<A>,
    kind: CustomFieldType,
    form_data: &FormData,
    errors: &FormErrors,
) -> FormPage {
    let tab = |one: &CustomFieldType| {
        let href = format!("{}?type={one}", CUSTOM_FIELDS.new_at(dashboard));
        Way::tab(&sentence(one.as_str()), href, *one == kind)
    };
    let mut page = CUSTOM_FIELDS.form(
        dashboard,
        None,
        fill::groups(None, kind, form_data),
        form_data,
        errors,
    );
    page.shell.tabs = CustomFieldType::ALL.iter().map(tab).collect();
    page
}

async fn new(dashboard: Dashboard<scope::CustomFieldsWrite>, asked: Asked) -> Answer {
    let kind = asked.get("type").and_then(|word| word.parse().ok());
    let kind = kind.unwrap_or(CustomFieldType::Text);
    show(&new_page(
        &dashboard,
        kind,
        &FormData::default(),
        &FormErrors::default(),
    ))
}

async fn create(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomFieldsWrite>,
    mut form_data: FormData,
) -> Answer {
    let kind = form_data.get("type").and_then(|word| word.parse().ok());
    let kind = kind.unwrap_or(CustomFieldType::Text);
    if fill::asks_for_more(&mut form_data) {
        return show(&new_page(
            &dashboard,
            kind,
            &form_data,
            &FormErrors::default(),
        ));
    }
    let guard = dashboard.idempotency_guard(&app, &form_data)?;
    let body = Body(Some(fill::body(&mut form_data, kind, true)));
    let create = |guard| {
        api::custom_fields::create(State(app.clone()), dashboard.caller.clone(), guard, body)
    };
    match judged(guard.make(&app, create).await)? {
        Ok(Made { id, name, .. }) => {
            let name = name.unwrap_or_default();
            let words = format!("{name} was created. Attach it to a product.");
            done(&CUSTOM_FIELDS.path(&dashboard, id, ""), &words)
        }
        Err(errors) => show_again(&new_page(&dashboard, kind, &form_data, &errors)),
    }
}

fn edit_page<A: Access>(
    dashboard: &Dashboard<A>,
    field: &CustomField,
    form_data: &FormData,
    errors: &FormErrors,
) -> FormPage {
    let groups = fill::groups(Some(field), field.kind.kind(), form_data);
    CUSTOM_FIELDS.form(
        dashboard,
        Some((field.id, &field.name)),
        groups,
        form_data,
        errors,
    )
}

async fn edit(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomFieldsWrite>,
    PathId(id): PathId,
) -> Answer {
    let field = find(&app, &dashboard, id).await?;
    let form_data = fill::of_field(&field);
    show(&edit_page(
        &dashboard,
        &field,
        &form_data,
        &FormErrors::default(),
    ))
}

async fn update(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomFieldsWrite>,
    PathId(id): PathId,
    mut form_data: FormData,
) -> Answer {
    let field = find(&app, &dashboard, id).await?;
    if fill::asks_for_more(&mut form_data) {
        return show(&edit_page(
            &dashboard,
            &field,
            &form_data,
            &FormErrors::default(),
        ));
    }
    let body = Body(Some(fill::body(&mut form_data, field.kind.kind(), false)));
    let caller = dashboard.caller.clone();
    let changed = api::custom_fields::update(State(app), caller, PathId(id), body).await;
    match judged(changed)? {
        Ok(Json(field)) => done(
            &CUSTOM_FIELDS.path(&dashboard, id, ""),
            &format!("{} was saved.", field.name),
        ),
        Err(errors) => show_again(&edit_page(&dashboard, &field, &form_data, &errors)),
    }
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomFieldsWrite>,
    PathId(id): PathId,
) -> Answer {
    let field = find(&app, &dashboard, id).await?;
    let words = "No product asks for it any more, and its slug can be given to another field. Answers that \
                 customers gave stay with their orders.";
    CUSTOM_FIELDS.ask(&dashboard, (id, &field.name), "Delete", words)
}

async fn delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomFieldsWrite>,
    PathId(id): PathId,
) -> Answer {
    let field = find(&app, &dashboard, id).await?;
    api::custom_fields::delete(State(app), dashboard.caller.clone(), PathId(id)).await?;
    done(
        &dashboard.path(CUSTOM_FIELDS.list),
        &format!("{} was deleted.", field.name),
    )
}
