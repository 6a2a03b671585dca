//! Customers: who buys, and what they hold.

mod fill;
mod page;

use std::sync::Arc;

use axum::{Router, routing::get};
use till_wire::{
    customers::{Customer, CustomerCreate, CustomerUpdate},
    page::Page as Items,
};
use uuid::Uuid;

use super::{
    Answer,
    download::{self, File, Line},
    form::{FormData, FormErrors, FormPage},
    layout::{Area, Layout},
    listing::{Column, Empty, Filter, ListPage, Listing, ListingQuery, Row},
    parts::{Cell, Menu, MenuItem},
    resource_pages::{self, Resource, ResourcePages, Saved, find},
    sales::{self, CREATED},
    show,
};
use crate::{
    actions::{
        self,
        customers::{CustomerRef, export},
    },
    app::App,
    dashboard::access::Dashboard,
    error::Result,
    http::extract::{Caller, scope},
};

const PAGES: ResourcePages = ResourcePages {
    list: "/customers",
    one: "customer",
    many: "Customers",
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    resource_pages::routes::<Customer>(get(list), get(page::detail))
        .route("/dashboard/{shop}/customers.csv", get(csv))
}

async fn list(dashboard: Dashboard<scope::CustomersRead>, mut query: ListingQuery) -> Answer {
    let find = |params| actions::customers::list(&dashboard.caller, params);
    let page = query.load(CREATED, &dashboard.zone, find).await?;
    let held = [("true", "With a subscription"), ("false", "Without one")];
    let filters = [
        Filter::search(&query, "Search by name, e-mail or external ID"),
        Filter::choice(&query, "active", "Subscription", "All customers", held),
    ];
    let days = Filter::days(&query);
    let action = may_write(&dashboard).then(|| ("New customer", dashboard.path("/customers/new")));
    let empty = Empty {
        words: "Everybody who buys becomes a customer. You can also add your own users, each with the id that you know them by.",
        step: action.clone(),
    };
    let list = table(&dashboard, query, &page, empty)
        .filters(filters.into_iter().chain(days))
        .csv(&dashboard.path("/customers.csv"));
    show(&ListPage {
        layout: Layout::new(&dashboard, Area::Customers, "Customers"),
        action: action.map(|(words, href)| (words.to_owned(), href)),
        list,
    })
}

fn may_write<A>(dashboard: &Dashboard<A>) -> bool {
    dashboard.may::<scope::CustomersWrite>().is_ok()
}

fn table<A>(
    dashboard: &Dashboard<A>,
    query: ListingQuery,
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
    Listing::of(query, "Customers", columns, page, row, empty)
}

fn menu<A>(dashboard: &Dashboard<A>, one: &Customer, in_list: bool) -> Menu {
    let path = |rest: &str| dashboard.path(&format!("/customers/{}{rest}", one.id));
    let mut items = Vec::new();
    if in_list {
        items.push(MenuItem::Link("Open", path("")));
        items.push(MenuItem::Separator);
    }
    let texts = [
        ("Copy Customer ID", Some(one.id.to_string())),
        ("Copy External ID", one.external_id.clone()),
        ("Copy e-mail", Some(one.email.clone())),
    ];
    for (label, text) in texts {
        items.extend(text.map(|text| MenuItem::Copy(label, text)));
    }
    if may_write(dashboard) {
        items.push(MenuItem::Separator);
        if in_list {
            items.push(MenuItem::Link("Edit", path("/edit")));
        }
        items.push(MenuItem::Confirm("Delete", path("/delete")));
    }
    Menu {
        name: sales::called(one).0,
        items,
    }
}

const FILE: File = File {
    name: "customers.csv",
    columns: &export::COLUMNS,
    moments: CREATED,
};

async fn csv(dashboard: Dashboard<scope::CustomersRead>, query: ListingQuery) -> Answer {
    let line = |one: &Customer| Line {
        id: one.id,
        at: Some(one.created_at),
        cells: export::line(one).into(),
    };
    let list = move |caller: Caller<_>, params| async move {
        let page = actions::customers::list(&caller, params).await?;
        Ok(page.items.iter().map(line).collect())
    };
    download::send(FILE, query, &dashboard, list).await
}

impl Resource for Customer {
    type Read = scope::CustomersRead;
    type Write = scope::CustomersWrite;

    const PAGES: ResourcePages = PAGES;
    /// The page that asks says it at length.
    const CONSEQUENCE: &'static str = "";

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        sales::called(self).0
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::customers::get(caller, &CustomerRef::Id(id)).await
    }

    fn filled(&self, _: &Dashboard<Self::Write>) -> FormData {
        fill::of_customer(self)
    }

    async fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> Result<FormPage> {
        let layout = match was {
            Some(one) => {
                let name = one.name();
                Layout::new(dashboard, Area::Customers, format!("Edit {name}"))
                    .back(&name, PAGES.path(dashboard, one.id, ""))
            }
            None => Layout::new(dashboard, Area::Customers, "New customer")
                .back("Customers", dashboard.path(PAGES.list)),
        };
        let form = fill::form(dashboard, was, form_data, errors);
        Ok(FormPage {
            layout,
            form,
            aside: None,
        })
    }

    async fn create(
        dashboard: &Dashboard<Self::Write>,
        form_data: &mut FormData,
    ) -> Saved<(Uuid, String)> {
        let input = fill::body(form_data, None)?.read(CustomerCreate::read)?;
        let made = dashboard
            .create(form_data, input, actions::customers::create)
            .await?;
        let name = made.name.or(made.email).unwrap_or_default();
        Ok((made.id, format!("{name} was added.")))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let input = fill::body(form_data, Some(self))?.read(CustomerUpdate::read)?;
        let customer = CustomerRef::Id(self.id);
        let saved = actions::customers::update(&dashboard.caller, &customer, input).await?;
        Ok(format!("{} was saved.", saved.name()))
    }

    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, form_data: &FormData) -> Saved {
        let one: Self = find(dashboard, id).await?;
        let anonymize = form_data.ticked("anonymize");
        let customer = CustomerRef::Id(id);
        actions::customers::delete(&dashboard.caller, &customer, anonymize).await?;
        Ok(format!("{} was deleted.", one.name()))
    }

    fn ask(&self, dashboard: &Dashboard<Self::Write>) -> Answer {
        let here = PAGES.path(dashboard, self.id, "");
        let title = format!("Delete {}?", self.name());
        show(&page::Delete {
            layout: Layout::new(dashboard, Area::Customers, title),
            action: format!("{here}/delete"),
            cancel: here,
        })
    }
}
