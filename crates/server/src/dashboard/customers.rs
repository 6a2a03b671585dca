//! Customers: who buys, and what they hold.

mod fill;
mod members;
mod next_bills;
mod page;

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_wire::{
    customers::{Customer, CustomerCreate, CustomerUpdate},
    page::Page,
};
use uuid::Uuid;

use super::{
    Answer,
    buyers::{self, Buyers},
    form::{FormData, FormErrors, FormPage},
    layout::{Area, Layout},
    listing::{Column, Filter, ListingQuery},
    parts::{Cell, Menu, MenuItem},
    resource_pages::{
        CUSTOMERS, Listed, Made, Resource, ResourcePages, Saved, find, form_page, form_routes,
        list_routes,
    },
    sales::CREATED,
    show,
};
use crate::{
    actions::{
        self,
        customers::{CustomerRef, export},
    },
    app::App,
    dashboard::access::{Dashboard, Viewer},
    error::Result,
    http::extract::{Caller, Params, scope},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Customer>(get(page::detail))
        .merge(form_routes::<Customer>())
        .merge(members::routes())
        .route(&CUSTOMERS.at("/{id}/data.json"), get(page::data))
        .route(&CUSTOMERS.at("/{id}/data.zip"), get(page::archive))
}

fn menu(viewer: &Viewer, one: &Customer, in_list: bool) -> Menu {
    let path = |rest: &str| viewer.path(&format!("/customers/{}{rest}", one.id));
    let mut items = Vec::new();
    if in_list {
        items.push(MenuItem::Link("Open", path("")));
        items.push(MenuItem::Separator);
    }
    let texts = [
        ("Copy Customer ID", Some(one.id.to_string())),
        ("Copy External ID", one.external_id.clone()),
        ("Copy e-mail", one.email.clone()),
    ];
    for (label, text) in texts {
        items.extend(text.map(|text| MenuItem::Copy(label, text)));
    }
    items.push(MenuItem::Separator);
    items.push(MenuItem::Link("Download data (JSON)", path("/data.json")));
    items.push(MenuItem::Link(
        "Download data and documents (ZIP)",
        path("/data.zip"),
    ));
    if Customer::may_write(viewer) {
        items.push(MenuItem::Separator);
        if in_list {
            items.push(MenuItem::Link("Edit", path("/edit")));
        }
        items.push(MenuItem::Confirm("Delete", path("/delete")));
    }
    Menu {
        name: one.name(),
        items,
    }
}

impl Listed for Customer {
    type Read = scope::CustomersRead;

    const PAGES: ResourcePages = CUSTOMERS;
    const EMPTY: &'static str = "Everyone who buys becomes a customer. You can also add your own users, each with the ID by which you know them.";
    const NEW: Option<&'static str> = Some("New customer");
    const MOMENTS: Option<(&'static str, &'static str)> = Some(CREATED);
    const CSV: &'static [&'static str] = &export::COLUMNS;

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        buyers::called(self).0
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::customers::get(caller, &CustomerRef::Id(id)).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::customers::list(caller, params).await
    }

    fn may_write(viewer: &Viewer) -> bool {
        viewer.may::<scope::CustomersWrite>().is_ok()
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        let held = [("true", "With a subscription"), ("false", "Without one")];
        vec![
            Filter::search(query, "Search by name, e-mail or external ID"),
            Filter::choice(query, "active", "Subscription", "All customers", held),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Customer"),
            Column::new("External ID"),
            Column::new("Country"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        let country = self.billing_address.as_ref().map(|a| a.country.name());
        vec![
            buyers::customer(viewer, self),
            Cell::text(self.external_id.clone()),
            Cell::text(country),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        menu(viewer, self, true)
    }

    fn made_at(&self) -> Option<Timestamp> {
        Some(self.created_at)
    }

    fn line(&self, _: &Buyers) -> Vec<String> {
        export::line(self).into()
    }
}

impl Resource for Customer {
    type Write = scope::CustomersWrite;

    /// The page that asks says it at length.
    const CONSEQUENCE: &'static str = "";

    fn filled(&self, _: &Dashboard<Self::Write>) -> FormData {
        fill::of_customer(self)
    }

    async fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> Result<FormPage> {
        let groups = fill::groups(was, form_data);
        let mut page = form_page(dashboard, was, groups, form_data, errors);
        if was.is_none() {
            page.form.submit = "Add customer".to_owned();
        }
        Ok(page)
    }

    async fn create(dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Made {
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
        let here = self.path(dashboard);
        let title = format!("Delete {}?", self.name());
        show(&page::Delete {
            layout: Layout::new(dashboard, Area::Customers, title),
            action: format!("{here}/delete"),
            cancel: here,
        })
    }
}
