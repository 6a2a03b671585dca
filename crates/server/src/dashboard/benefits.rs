//! Benefits: what purchases include.

mod fill;

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use till_wire::{
    benefits::{Benefit, BenefitType, BenefitVisibility},
    meters::Meter,
};
use uuid::Uuid;

use super::{
    Answer, Made, done,
    form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
    listing::{Asked, Column, Empty, Filter, Listing, Row},
    parts::{Act, Cell, Menu, sentence},
    sheet::{Action, Fact, Part, SheetPage, moments},
    show, show_again,
};
use crate::dashboard::resource_pages::{self, BENEFITS, readable, readable_with};
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
    BENEFITS.routes(get(list), new, get(sheet), edit, ("delete", delete))
}

async fn list(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::BenefitsRead>,
    mut asked: Asked,
) -> Answer {
    let find = |params| api::benefits::list(State(app.clone()), dashboard.caller.clone(), params);
    let page = asked.ask(("", ""), &dashboard.zone, find).await?;
    let columns = vec![
        Column::new("Description").by("description"),
        Column::new("Type").by("type"),
        Column::new("Visibility"),
        Column::new("Created").by("created_at"),
    ];
    let filters = [
        Filter::search(&asked, "Search by description"),
        Filter::words::<BenefitType>(&asked, "type", "Type", "All types"),
    ];
    let empty = Empty {
        words: "A benefit is what a purchase includes, such as support or license keys; products show it on their checkout.",
        step: Some(("Create a benefit", BENEFITS.new_at(&dashboard))),
    };
    let row = |benefit: &Benefit| {
        Row::new(vec![
            Cell::link(
                BENEFITS.path(&dashboard, benefit.id, ""),
                benefit.description.clone(),
            ),
            Cell::Text(kind_words(benefit.kind).to_owned()),
            Cell::state(benefit.visibility.as_str()),
            Cell::time(benefit.created_at, &dashboard.zone),
        ])
        .menu(menu(&dashboard, benefit))
    };
    let list = Listing::of(asked, "Benefits", columns, &page, row, empty).filters(filters);
    BENEFITS.page(&dashboard, list)
}

/// What a type is called.
pub fn kind_words(kind: BenefitType) -> &'static str {
    match kind {
        BenefitType::Custom => "Custom",
        BenefitType::Discord => "Discord role",
        BenefitType::GithubRepository => "GitHub repository",
        BenefitType::Downloadables => "Downloads",
        BenefitType::LicenseKeys => "License keys",
        BenefitType::MeterCredit => "Meter credits",
        BenefitType::FeatureFlag => "Feature flag",
        BenefitType::SlackSharedChannel => "Slack channel",
    }
}

fn menu<A: Access>(dashboard: &Dashboard<A>, benefit: &Benefit) -> Menu {
    let copy = Act::Copy("Copy benefit ID", benefit.id.to_string());
    let this = (benefit.id, benefit.description.as_str());
    BENEFITS.menu(dashboard, this, vec![copy], "Delete")
}

async fn find<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    id: Uuid,
) -> Result<Benefit, ApiError> {
    resource_pages::one(app, dashboard, id, api::benefits::get).await
}

async fn sheet(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::BenefitsRead>,
    PathId(id): PathId,
) -> Answer {
    let benefit = find(&app, &dashboard, id).await?;
    let including = format!("benefit_id={id}&sorting=name");
    let products = readable(&app, &dashboard, &including, api::products::list).await?;
    let mut facts = vec![
        Fact::new("Benefit ID", Cell::Code(id.to_string())),
        Fact::new("Type", Cell::Text(kind_words(benefit.kind).to_owned())),
        Fact::new(
            "Visibility",
            Cell::Text(sentence(benefit.visibility.as_str())),
        ),
    ];
    facts.extend(moments(
        benefit.created_at,
        benefit.modified_at,
        &dashboard.zone,
    ));
    let mut parts = vec![Part::Facts("Benefit", facts)];
    let given = fill::shown(&benefit);
    if !given.is_empty() {
        let facts = given
            .into_iter()
            .map(|(name, value)| Fact::new(name, Cell::Text(value)));
        parts.push(Part::Facts("What is given", facts.collect()));
    }
    let links: Vec<_> = products
        .iter()
        .map(|product| super::sales::product(&dashboard, &product.base))
        .collect();
    let included = match links.is_empty() {
        true => Cell::Text("No product includes it yet: choose it in a product's form.".to_owned()),
        false => Cell::Many(links),
    };
    parts.push(Part::Facts(
        "Products",
        vec![Fact::new("Included in", included)],
    ));
    parts.extend(super::metadata(&benefit.metadata));
    show(&SheetPage {
        shell: BENEFITS.under_list(&dashboard, benefit.description.clone()),
        state: Cell::state(benefit.visibility.as_str()),
        actions: vec![Action::Go("Edit", BENEFITS.path(&dashboard, id, "/edit"))],
        menu: Some(menu(&dashboard, &benefit)),
        parts,
    })
}

/// The types that the form can make. The others need a connection that cannot be made here yet, or files.
const OFFERED: [BenefitType; 5] = [
    BenefitType::Custom,
    BenefitType::LicenseKeys,
    BenefitType::MeterCredit,
    BenefitType::FeatureFlag,
    BenefitType::GithubRepository,
];

/// The first step of a new benefit: its type.
async fn new(dashboard: Dashboard<scope::BenefitsWrite>) -> Answer {
    let kinds = Kind::choice(OFFERED.map(|kind| (kind.as_str(), kind_words(kind))));
    let fields = vec![
        Field::new("type", "Type", kinds).focus().hint(
            "A custom benefit is words alone: what you promise, and a note for those who have it.",
        ),
        Field::new("_next", "", Kind::Hidden).value("1"),
    ];
    show(&FormPage {
        shell: BENEFITS.under_list(&dashboard, "New benefit"),
        form: Form::new(
            BENEFITS.new_at(&dashboard),
            "Continue",
            vec![Group::new("", fields)],
        ),
        aside: None,
    })
}

/// The meters that can be credited, and the one that is.
async fn meters<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    form_data: &FormData,
) -> Result<Vec<(String, String)>, ApiError> {
    let asked = ("is_archived=false", form_data.get("properties.meter_id"));
    let named = |meter: &Meter| (meter.id, meter.name.clone());
    readable_with(
        app,
        dashboard,
        asked,
        api::meters::list,
        api::meters::get,
        named,
    )
    .await
}

async fn form_page<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    was: Option<&Benefit>,
    form_data: &FormData,
    errors: &FormErrors,
) -> Result<FormPage, ApiError> {
    let kind = fill::kind(form_data, was);
    let meters = match kind {
        BenefitType::MeterCredit => meters(app, dashboard, form_data).await?,
        _ => Vec::new(),
    };
    let this = was.map(|benefit| (benefit.id, benefit.description.as_str()));
    let groups = fill::groups(kind, meters, form_data);
    let mut page = BENEFITS.form(dashboard, this, groups, form_data, errors);
    if was.is_none() {
        page.shell.title = format!("New benefit: {}", kind_words(kind).to_lowercase());
    }
    Ok(page)
}

async fn create(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::BenefitsWrite>,
    form_data: FormData,
) -> Answer {
    if form_data.get("_next").is_some() {
        let fresh = fill::fresh(fill::kind(&form_data, None));
        return show(&form_page(&app, &dashboard, None, &fresh, &FormErrors::default()).await?);
    }
    let body = Body(Some(fill::body(&form_data, None)));
    let create =
        |guard| api::benefits::create(State(app.clone()), dashboard.caller.clone(), guard, body);
    match judged(
        dashboard
            .idempotency_guard(&app, &form_data)?
            .make(&app, create)
            .await,
    )? {
        Ok(Made {
            id, description, ..
        }) => done(
            &BENEFITS.path(&dashboard, id, ""),
            &format!("{} was created.", description.unwrap_or_default()),
        ),
        Err(errors) => show_again(&form_page(&app, &dashboard, None, &form_data, &errors).await?),
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::BenefitsWrite>,
    PathId(id): PathId,
) -> Answer {
    let benefit = find(&app, &dashboard, id).await?;
    let form_data = fill::of_benefit(&benefit);
    show(
        &form_page(
            &app,
            &dashboard,
            Some(&benefit),
            &form_data,
            &FormErrors::default(),
        )
        .await?,
    )
}

async fn update(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::BenefitsWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let benefit = find(&app, &dashboard, id).await?;
    let body = Body(Some(fill::body(&form_data, Some(&benefit))));
    let caller = dashboard.caller.clone();
    match judged(api::benefits::update(State(app.clone()), caller, PathId(id), body).await)? {
        Ok(Json(benefit)) => done(
            &BENEFITS.path(&dashboard, id, ""),
            &format!("{} was saved.", benefit.description),
        ),
        Err(errors) => {
            show_again(&form_page(&app, &dashboard, Some(&benefit), &form_data, &errors).await?)
        }
    }
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::BenefitsWrite>,
    PathId(id): PathId,
) -> Answer {
    let benefit = find(&app, &dashboard, id).await?;
    let this = (id, benefit.description.as_str());
    BENEFITS.ask(
        &dashboard,
        this,
        "Delete",
        "It is taken off every product, for good.",
    )
}

async fn delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::BenefitsWrite>,
    PathId(id): PathId,
) -> Answer {
    api::benefits::delete(State(app), dashboard.caller.clone(), PathId(id)).await?;
    done(&dashboard.path(BENEFITS.list), "The benefit was deleted.")
}

/// Who sees a benefit, in words.
fn visibility_words(visibility: BenefitVisibility) -> &'static str {
    match visibility {
        BenefitVisibility::Public => "Public: shown to buyers",
        BenefitVisibility::Private => "Private: for you and your programs",
        BenefitVisibility::Draft => "Draft: not ready yet",
    }
}
