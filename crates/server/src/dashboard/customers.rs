//! Customers: who buys, and what they hold.

mod fill;
mod page;

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use till_wire::{customers::Customer, page::Page as Items};
use uuid::Uuid;

use super::{
    Answer, Made, done,
    download::{self, File, Line},
    form::{FormData, FormErrors, FormPage, judged},
    listing::{Asked, Column, Empty, Filter, ListPage, Listing, Row},
    parts::{Act, Cell, Menu},
    sales::{self, CREATED},
    shell::{Area, Shell},
    show, show_again,
};
use crate::{
    api::{self, customers::export},
    app::App,
    http::{
        error::ApiError,
        extract::{Access, Dashboard, Params, PathId, scope},
    },
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/customers", get(list))
        .route("/dashboard/{shop}/customers.csv", get(csv))
        .route("/dashboard/{shop}/customers/new", get(new).post(create))
        .route("/dashboard/{shop}/customers/{id}", get(page::sheet))
        .route(
            "/dashboard/{shop}/customers/{id}/edit",
            get(edit).post(update),
        )
        .route(
            "/dashboard/{shop}/customers/{id}/delete",
            get(ask_delete).post(delete),
        )
}

async fn list(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomersRead>,
    mut asked: Asked,
) -> Answer {
    let find = |params| api::customers::list(State(app.clone()), dashboard.caller.clone(), params);
    let page = asked.ask(CREATED, &dashboard.zone, find).await?;
    let held = [("true", "With a subscription"), ("false", "Without one")];
    let filters = [
        Filter::search(&asked, "Search by name, e-mail or external ID"),
        Filter::choice(&asked, "active", "Subscription", "All customers", held),
    ];
    let days = Filter::days(&asked);
    let action = may_write(&dashboard).then(|| ("New customer", dashboard.path("/customers/new")));
    let empty = Empty {
        words: "Everybody who buys becomes a customer. You can also add the people of your own program, with your id of each.",
        step: action.clone(),
    };
    let list = table(&dashboard, asked, &page, empty)
        .filters(filters.into_iter().chain(days))
        .csv(&dashboard.path("/customers.csv"));
    show(&ListPage {
        shell: Shell::new(&dashboard, Area::Customers, "Customers"),
        action: action.map(|(words, href)| (words.to_owned(), href)),
        list,
    })
}

fn may_write<A>(dashboard: &Dashboard<A>) -> bool {
    dashboard.may::<scope::CustomersWrite>().is_ok()
}

fn table<A>(
    dashboard: &Dashboard<A>,
    asked: Asked,
    page: &Items<Customer>,
    empty: Empty,
) -> Listing {
    let columns = vec![
        Column::new("Customer"),
        Column::new("External ID"),
        Column::new("Country"),
        Column::new("Created").by("created_at"),
    ];
    let row = |one: &Customer| {
        let country = one.billing_address.as_ref().map(|a| a.country.name());
        Row::new(vec![
            sales::customer(dashboard, one),
            Cell::text(one.external_id.clone()),
            Cell::text(country),
            Cell::time(one.created_at, &dashboard.zone),
        ])
        .menu(menu(dashboard, one, true))
    };
    Listing::of(asked, "Customers", columns, page, row, empty)
}

fn menu<A>(dashboard: &Dashboard<A>, one: &Customer, in_list: bool) -> Menu {
    let path = |rest: &str| dashboard.path(&format!("/customers/{}{rest}", one.id));
    let mut acts = Vec::new();
    if in_list {
        acts.push(Act::Go("Open", path("")));
        acts.push(Act::Line);
    }
    let texts = [
        ("Copy Customer ID", Some(one.id.to_string())),
        ("Copy External ID", one.external_id.clone()),
        ("Copy e-mail", Some(one.email.clone())),
    ];
    for (label, text) in texts {
        acts.extend(text.map(|text| Act::Copy(label, text)));
    }
    if may_write(dashboard) {
        acts.push(Act::Line);
        if in_list {
            acts.push(Act::Go("Edit", path("/edit")));
        }
        acts.push(Act::Ask("Delete", path("/delete")));
    }
    Menu {
        name: sales::called(one).0,
        acts,
    }
}

const FILE: File = File {
    name: "customers.csv",
    columns: &export::COLUMNS,
    moments: CREATED,
};

async fn csv(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomersRead>,
    asked: Asked,
) -> Answer {
    let caller = dashboard.caller.clone();
    let line = |one: &Customer| Line {
        id: one.id,
        at: Some(one.created_at),
        cells: export::line(one).into(),
    };
    let list = move |params| {
        let found = api::customers::list(State(app.clone()), caller.clone(), params);
        async move { Ok(found.await?.0.items.iter().map(line).collect()) }
    };
    download::send(FILE, asked, dashboard.zone.clone(), list).await
}

async fn find<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    id: Uuid,
) -> Result<Customer, ApiError> {
    let caller = dashboard.may::<scope::CustomersRead>()?;
    let found = api::customers::get(State(app.clone()), caller, PathId(id)).await?;
    Ok(found.0)
}

fn new_page<A>(dashboard: &Dashboard<A>, form_data: &FormData, errors: &FormErrors) -> FormPage
where
    A: Access,
{
    FormPage {
        shell: Shell::new(dashboard, Area::Customers, "New customer")
            .back("Customers", dashboard.path("/customers")),
        form: fill::form(dashboard, None, form_data, errors),
        aside: None,
    }
}

async fn new(dashboard: Dashboard<scope::CustomersWrite>) -> Answer {
    show(&new_page(
        &dashboard,
        &FormData::default(),
        &FormErrors::default(),
    ))
}

async fn create(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomersWrite>,
    form_data: FormData,
) -> Answer {
    let made = match fill::body(&form_data, None) {
        Ok(body) => {
            let caller = dashboard.caller.clone();
            let create = |guard| api::customers::create(State(app.clone()), caller, guard, body);
            judged(
                dashboard
                    .idempotency_guard(&app, &form_data)?
                    .make(&app, create)
                    .await,
            )?
        }
        Err(errors) => Err(errors),
    };
    match made {
        Ok(Made {
            id, name, email, ..
        }) => done(
            &dashboard.path(&format!("/customers/{id}")),
            &format!("{} was added.", name.or(email).unwrap_or_default()),
        ),
        Err(errors) => show_again(&new_page(&dashboard, &form_data, &errors)),
    }
}

fn edit_page<A: Access>(
    dashboard: &Dashboard<A>,
    one: &Customer,
    form_data: &FormData,
    errors: &FormErrors,
) -> FormPage {
    let (name, _) = sales::called(one);
    FormPage {
        shell: Shell::new(dashboard, Area::Customers, format!("Edit {name}"))
            .back(&name, dashboard.path(&format!("/customers/{}", one.id))),
        form: fill::form(dashboard, Some(one), form_data, errors),
        aside: None,
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomersWrite>,
    PathId(id): PathId,
) -> Answer {
    let one = find(&app, &dashboard, id).await?;
    let form_data = fill::of_customer(&one);
    show(&edit_page(
        &dashboard,
        &one,
        &form_data,
        &FormErrors::default(),
    ))
}

async fn update(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomersWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let one = find(&app, &dashboard, id).await?;
    let changed = match fill::body(&form_data, Some(&one)) {
        Ok(body) => {
            let caller = dashboard.caller.clone();
            judged(api::customers::update(State(app), caller, PathId(id), body).await)?
        }
        Err(errors) => Err(errors),
    };
    match changed {
        Ok(Json(one)) => done(
            &dashboard.path(&format!("/customers/{id}")),
            &format!("{} was saved.", sales::called(&one).0),
        ),
        Err(errors) => show_again(&edit_page(&dashboard, &one, &form_data, &errors)),
    }
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomersWrite>,
    PathId(id): PathId,
) -> Answer {
    let one = find(&app, &dashboard, id).await?;
    let here = dashboard.path(&format!("/customers/{id}"));
    let title = format!("Delete {}?", sales::called(&one).0);
    show(&page::Delete {
        shell: Shell::new(&dashboard, Area::Customers, title),
        action: format!("{here}/delete"),
        cancel: here,
    })
}

async fn delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CustomersWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let one = find(&app, &dashboard, id).await?;
    let params = Params::parse(match form_data.ticked("anonymize") {
        true => "anonymize=true",
        false => "",
    });
    api::customers::delete(State(app), dashboard.caller.clone(), PathId(id), params).await?;
    let words = format!("{} was deleted.", sales::called(&one).0);
    done(&dashboard.path("/customers"), &words)
}
