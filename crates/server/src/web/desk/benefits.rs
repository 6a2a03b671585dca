//! Benefits: what purchases include (lifecycle.md I.2).

mod fill;

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use till_wire::{
    benefits::{Benefit, BenefitType, BenefitVisibility},
    meters::Meter,
    products::Product,
};
use uuid::Uuid;

use super::{
    Answer, done,
    form::{AskPage, Field, Form, FormPage, Group, Kind, Sent, Wrong, judged},
    listing::{Asked, Column, Empty, Filter, ListPage, Listing, Row},
    parts::{Act, Cell, Menu, sentence},
    sheet::{Action, Fact, Part, SheetPage},
    shelf::{self, Shelf},
    show, show_again,
};
use crate::{
    api,
    app::App,
    error::ApiError,
    extract::{Access, Body, Desk, Params, PathId, scope},
};

const LIST: &str = "/products/benefits";

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/products/benefits", get(list))
        .route(
            "/dashboard/{shop}/products/benefits/new",
            get(new).post(create),
        )
        .route("/dashboard/{shop}/products/benefits/{id}", get(sheet))
        .route(
            "/dashboard/{shop}/products/benefits/{id}/edit",
            get(edit).post(update),
        )
        .route(
            "/dashboard/{shop}/products/benefits/{id}/delete",
            get(ask_delete).post(delete),
        )
}

fn path<A: Access>(desk: &Desk<A>, id: Uuid, rest: &str) -> String {
    desk.path(&format!("{LIST}/{id}{rest}"))
}

async fn list(
    State(app): State<Arc<App>>,
    desk: Desk<scope::BenefitsRead>,
    asked: Asked,
) -> Answer {
    let params = asked.params(("", ""), &desk.zone);
    let page = api::benefits::list(State(app), desk.caller.clone(), params)
        .await?
        .0;
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
        step: Some(("Create a benefit", desk.path(&format!("{LIST}/new")))),
    };
    let row = |benefit: &Benefit| {
        Row::new(vec![
            Cell::link(path(&desk, benefit.id, ""), benefit.description.clone()),
            Cell::Text(kind_words(benefit.kind).to_owned()),
            Cell::state(benefit.visibility.as_str()),
            Cell::time(benefit.created_at, &desk.zone),
        ])
        .menu(menu(&desk, benefit))
    };
    show(&ListPage {
        shell: shelf::shell(&desk, Shelf::Benefits),
        action: Some(("New benefit", desk.path(&format!("{LIST}/new")))),
        list: Listing::of(asked, "Benefits", columns, &page, row, empty).filters(filters),
    })
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

fn menu<A: Access>(desk: &Desk<A>, benefit: &Benefit) -> Menu {
    Menu {
        name: benefit.description.clone(),
        acts: vec![
            Act::Copy("Copy benefit ID", benefit.id.to_string()),
            Act::Line,
            Act::Go("Edit", path(desk, benefit.id, "/edit")),
            Act::Line,
            Act::Ask("Delete", path(desk, benefit.id, "/delete")),
        ],
    }
}

async fn find<A: Access>(app: &Arc<App>, desk: &Desk<A>, id: Uuid) -> Result<Benefit, ApiError> {
    let caller = desk.may::<scope::BenefitsRead>()?;
    let found = api::benefits::get(State(app.clone()), caller, PathId(id)).await?;
    Ok(found.0)
}

/// The products that include a benefit.
async fn products(
    app: &Arc<App>,
    desk: &Desk<scope::BenefitsRead>,
    id: Uuid,
) -> Result<Vec<Product>, ApiError> {
    let Ok(caller) = desk.may::<scope::ProductsRead>() else {
        return Ok(Vec::new());
    };
    let params = Params::parse(&format!("benefit_id={id}&sorting=name&limit=100"));
    let page = api::products::list(State(app.clone()), caller, params).await?;
    Ok(page.0.items)
}

async fn sheet(
    State(app): State<Arc<App>>,
    desk: Desk<scope::BenefitsRead>,
    PathId(id): PathId,
) -> Answer {
    let benefit = find(&app, &desk, id).await?;
    let products = products(&app, &desk, id).await?;
    let facts = vec![
        Fact::new("Benefit ID", Cell::Code(id.to_string())),
        Fact::new("Type", Cell::Text(kind_words(benefit.kind).to_owned())),
        Fact::new(
            "Visibility",
            Cell::Text(sentence(benefit.visibility.as_str())),
        ),
        Fact::new("Created", Cell::time(benefit.created_at, &desk.zone)),
        Fact::new(
            "Last changed",
            Cell::time_or_nothing(benefit.modified_at, &desk.zone),
        ),
    ];
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
        .map(|product| super::sales::product(&desk, &product.base))
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
        shell: shelf::inner(&desk, "Benefits", LIST, benefit.description.clone()),
        state: Cell::state(benefit.visibility.as_str()),
        actions: vec![Action::Go("Edit", path(&desk, id, "/edit"))],
        menu: Some(menu(&desk, &benefit)),
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
fn choose<A: Access>(desk: &Desk<A>, action: &str) -> FormPage {
    let kinds = OFFERED.map(|kind| (kind.as_str().to_owned(), kind_words(kind).to_owned()));
    let fields = vec![
        Field::new("type", "Type", Kind::Choice(kinds.into()))
            .focus()
            .hint("A custom benefit is words alone: what you promise, and a note for those who have it."),
        Field::new("_next", "", Kind::Hidden).value("1"),
    ];
    FormPage {
        shell: shelf::inner(desk, "Benefits", LIST, "New benefit"),
        form: Form::new(action, "Continue", vec![Group::new("", fields)]),
        aside: None,
    }
}

/// The meters that can be credited.
async fn meters<A: Access>(app: &Arc<App>, desk: &Desk<A>) -> Result<Vec<Meter>, ApiError> {
    let Ok(caller) = desk.may::<scope::MetersRead>() else {
        return Ok(Vec::new());
    };
    let params = Params::parse("is_archived=false&limit=100");
    Ok(api::meters::list(State(app.clone()), caller, params)
        .await?
        .0
        .items)
}

async fn form_page<A: Access>(
    app: &Arc<App>,
    desk: &Desk<A>,
    was: Option<&Benefit>,
    sent: &Sent,
    wrong: &Wrong,
) -> Result<FormPage, ApiError> {
    let kind = fill::kind(sent, was);
    let meters = match kind {
        BenefitType::MeterCredit => meters(app, desk).await?,
        _ => Vec::new(),
    };
    let (title, action, submit) = match was {
        Some(benefit) => (
            format!("Edit {}", benefit.description),
            path(desk, benefit.id, "/edit"),
            "Save benefit",
        ),
        None => (
            format!("New benefit: {}", kind_words(kind).to_lowercase()),
            desk.path(&format!("{LIST}/new")),
            "Create benefit",
        ),
    };
    Ok(FormPage {
        shell: shelf::inner(desk, "Benefits", LIST, title),
        form: Form::new(action, submit, fill::groups(kind, &meters, sent)).again(sent, wrong),
        aside: None,
    })
}

async fn new(desk: Desk<scope::BenefitsWrite>) -> Answer {
    show(&choose(&desk, &desk.path(&format!("{LIST}/new"))))
}

async fn create(
    State(app): State<Arc<App>>,
    desk: Desk<scope::BenefitsWrite>,
    sent: Sent,
) -> Answer {
    if sent.get("_next").is_some() {
        let fresh = fill::fresh(fill::kind(&sent, None));
        return show(&form_page(&app, &desk, None, &fresh, &Wrong::default()).await?);
    }
    let body = Body(Some(fill::body(&sent, None)));
    match judged(api::benefits::create(State(app.clone()), desk.caller.clone(), body).await)? {
        Ok((_, Json(benefit))) => done(
            &path(&desk, benefit.id, ""),
            &format!("{} was created.", benefit.description),
        ),
        Err(wrong) => show_again(&form_page(&app, &desk, None, &sent, &wrong).await?),
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::BenefitsWrite>,
    PathId(id): PathId,
) -> Answer {
    let benefit = find(&app, &desk, id).await?;
    let sent = fill::of_benefit(&benefit);
    show(&form_page(&app, &desk, Some(&benefit), &sent, &Wrong::default()).await?)
}

async fn update(
    State(app): State<Arc<App>>,
    desk: Desk<scope::BenefitsWrite>,
    PathId(id): PathId,
    sent: Sent,
) -> Answer {
    let benefit = find(&app, &desk, id).await?;
    let body = Body(Some(fill::body(&sent, Some(&benefit))));
    let caller = desk.caller.clone();
    match judged(api::benefits::update(State(app.clone()), caller, PathId(id), body).await)? {
        Ok(Json(benefit)) => done(
            &path(&desk, id, ""),
            &format!("{} was saved.", benefit.description),
        ),
        Err(wrong) => show_again(&form_page(&app, &desk, Some(&benefit), &sent, &wrong).await?),
    }
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::BenefitsWrite>,
    PathId(id): PathId,
) -> Answer {
    let benefit = find(&app, &desk, id).await?;
    let title = format!("Delete {}?", benefit.description);
    show(&AskPage {
        shell: shelf::inner(&desk, "Benefits", LIST, title),
        words: "It is taken off every product, for good.".to_owned(),
        submit: "Delete",
        action: path(&desk, id, "/delete"),
        cancel: path(&desk, id, ""),
    })
}

async fn delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::BenefitsWrite>,
    PathId(id): PathId,
) -> Answer {
    api::benefits::delete(State(app), desk.caller.clone(), PathId(id)).await?;
    done(&desk.path(LIST), "The benefit was deleted.")
}

/// Who sees a benefit, in words.
fn visibility_words(visibility: BenefitVisibility) -> &'static str {
    match visibility {
        BenefitVisibility::Public => "Public: shown to buyers",
        BenefitVisibility::Private => "Private: for you and your programs",
        BenefitVisibility::Draft => "Draft: not ready yet",
    }
}
