//! Customers: who buys, and what they hold (lifecycle.md I.2).

mod fill;
mod page;

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use till_wire::{customers::Customer, page::Page as Items};
use uuid::Uuid;

use super::{
    Answer, Made, done,
    download::{self, File, Line},
    form::{FormPage, Sent, Wrong, judged},
    listing::{Asked, Column, Empty, Filter, ListPage, Listing, Row},
    parts::{Act, Cell, Menu},
    sales::{self, CREATED},
    shell::{Area, Shell},
    show, show_again,
};
use crate::{
    api,
    api::customers::export,
    app::App,
    error::ApiError,
    extract::{Access, Desk, Params, PathId, scope},
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
    desk: Desk<scope::CustomersRead>,
    mut asked: Asked,
) -> Answer {
    let find = |params| api::customers::list(State(app.clone()), desk.caller.clone(), params);
    let page = asked.ask(CREATED, &desk.zone, find).await?;
    let held = [("true", "With a subscription"), ("false", "Without one")];
    let filters = [
        Filter::search(&asked, "Search by name, e-mail or external ID"),
        Filter::choice(&asked, "active", "Subscription", "All customers", held),
    ];
    let days = Filter::days(&asked);
    let action = may_write(&desk).then(|| ("New customer", desk.path("/customers/new")));
    let empty = Empty {
        words: "Everybody who buys becomes a customer. You can also add the people of your own program, with your id of each.",
        step: action.clone(),
    };
    let list = table(&desk, asked, &page, empty)
        .filters(filters.into_iter().chain(days))
        .csv(&desk.path("/customers.csv"));
    show(&ListPage {
        shell: Shell::new(&desk, Area::Customers, "Customers"),
        action: action.map(|(words, href)| (words.to_owned(), href)),
        list,
    })
}

fn may_write<A>(desk: &Desk<A>) -> bool {
    desk.may::<scope::CustomersWrite>().is_ok()
}

fn table<A>(desk: &Desk<A>, asked: Asked, page: &Items<Customer>, empty: Empty) -> Listing {
    let columns = vec![
        Column::new("Customer"),
        Column::new("External ID"),
        Column::new("Country"),
        Column::new("Created").by("created_at"),
    ];
    let row = |one: &Customer| {
        let country = one.billing_address.as_ref().map(|a| a.country.name());
        Row::new(vec![
            sales::customer(desk, one),
            Cell::text(one.external_id.clone()),
            Cell::text(country),
            Cell::time(one.created_at, &desk.zone),
        ])
        .menu(menu(desk, one, true))
    };
    Listing::of(asked, "Customers", columns, page, row, empty)
}

fn menu<A>(desk: &Desk<A>, one: &Customer, in_list: bool) -> Menu {
    let path = |rest: &str| desk.path(&format!("/customers/{}{rest}", one.id));
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
    if may_write(desk) {
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
    desk: Desk<scope::CustomersRead>,
    asked: Asked,
) -> Answer {
    let caller = desk.caller.clone();
    let line = |one: &Customer| Line {
        id: one.id,
        at: Some(one.created_at),
        cells: export::line(one).into(),
    };
    let list = move |params| {
        let found = api::customers::list(State(app.clone()), caller.clone(), params);
        async move { Ok(found.await?.0.items.iter().map(line).collect()) }
    };
    download::send(FILE, asked, desk.zone.clone(), list).await
}

async fn find<A: Access>(app: &Arc<App>, desk: &Desk<A>, id: Uuid) -> Result<Customer, ApiError> {
    let caller = desk.may::<scope::CustomersRead>()?;
    let found = api::customers::get(State(app.clone()), caller, PathId(id)).await?;
    Ok(found.0)
}

fn new_page<A>(desk: &Desk<A>, sent: &Sent, wrong: &Wrong) -> FormPage
where
    A: Access,
{
    FormPage {
        shell: Shell::new(desk, Area::Customers, "New customer")
            .back("Customers", desk.path("/customers")),
        form: fill::form(desk, None, sent, wrong),
        aside: None,
    }
}

async fn new(desk: Desk<scope::CustomersWrite>) -> Answer {
    show(&new_page(&desk, &Sent::default(), &Wrong::default()))
}

async fn create(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CustomersWrite>,
    sent: Sent,
) -> Answer {
    let made = match fill::body(&sent, None) {
        Ok(body) => {
            let caller = desk.caller.clone();
            let create = |once| api::customers::create(State(app.clone()), caller, once, body);
            judged(desk.once(&app, &sent)?.make(&app, create).await)?
        }
        Err(wrong) => Err(wrong),
    };
    match made {
        Ok(Made {
            id, name, email, ..
        }) => done(
            &desk.path(&format!("/customers/{id}")),
            &format!("{} was added.", name.or(email).unwrap_or_default()),
        ),
        Err(wrong) => show_again(&new_page(&desk, &sent, &wrong)),
    }
}

fn edit_page<A: Access>(desk: &Desk<A>, one: &Customer, sent: &Sent, wrong: &Wrong) -> FormPage {
    let (name, _) = sales::called(one);
    FormPage {
        shell: Shell::new(desk, Area::Customers, format!("Edit {name}"))
            .back(&name, desk.path(&format!("/customers/{}", one.id))),
        form: fill::form(desk, Some(one), sent, wrong),
        aside: None,
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CustomersWrite>,
    PathId(id): PathId,
) -> Answer {
    let one = find(&app, &desk, id).await?;
    let sent = fill::of_customer(&one);
    show(&edit_page(&desk, &one, &sent, &Wrong::default()))
}

async fn update(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CustomersWrite>,
    PathId(id): PathId,
    sent: Sent,
) -> Answer {
    let one = find(&app, &desk, id).await?;
    let changed = match fill::body(&sent, Some(&one)) {
        Ok(body) => {
            let caller = desk.caller.clone();
            judged(api::customers::update(State(app), caller, PathId(id), body).await)?
        }
        Err(wrong) => Err(wrong),
    };
    match changed {
        Ok(Json(one)) => done(
            &desk.path(&format!("/customers/{id}")),
            &format!("{} was saved.", sales::called(&one).0),
        ),
        Err(wrong) => show_again(&edit_page(&desk, &one, &sent, &wrong)),
    }
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CustomersWrite>,
    PathId(id): PathId,
) -> Answer {
    let one = find(&app, &desk, id).await?;
    let here = desk.path(&format!("/customers/{id}"));
    let title = format!("Delete {}?", sales::called(&one).0);
    show(&page::Delete {
        shell: Shell::new(&desk, Area::Customers, title),
        action: format!("{here}/delete"),
        cancel: here,
    })
}

async fn delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CustomersWrite>,
    PathId(id): PathId,
    sent: Sent,
) -> Answer {
    let one = find(&app, &desk, id).await?;
    let params = Params::parse(match sent.ticked("anonymize") {
        true => "anonymize=true",
        false => "",
    });
    api::customers::delete(State(app), desk.caller.clone(), PathId(id), params).await?;
    let words = format!("{} was deleted.", sales::called(&one).0);
    done(&desk.path("/customers"), &words)
}
