//! The common shape of the pages of every kind of resource. A feature adds its own here.

mod csv;
mod edit;
mod list;

use std::sync::Arc;

use axum::{
    Router,
    routing::{MethodRouter, get},
};
use uuid::Uuid;

use super::layout::{Area, Layout, NavLink};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        listing::ListingQuery,
    },
    http::extract::scope,
};

pub use csv::amount;
pub use edit::{Made, Resource, Saved, form_page, form_routes, menu};
pub use list::{By, Listed, Related, SELL, count_newer, find, list, readable, readable_with};

/// A kind of thing that has pages.
#[derive(Debug)]
pub struct ResourcePages {
    /// Their area.
    pub area: Area,
    /// The path of its list, below the organization.
    pub list: &'static str,
    /// The name of one.
    pub one: &'static str,
    /// The name of its list.
    pub many: &'static str,
}

const fn pages(
    area: Area,
    list: &'static str,
    one: &'static str,
    many: &'static str,
) -> ResourcePages {
    ResourcePages {
        area,
        list,
        one,
        many,
    }
}

const fn pages_of(list: &'static str, one: &'static str, many: &'static str) -> ResourcePages {
    pages(Area::Products, list, one, many)
}

/// The pages of products.
pub const PRODUCTS: ResourcePages = pages_of("/products", "product", "Products");
/// The pages of discounts.
pub const DISCOUNTS: ResourcePages = pages_of("/products/discounts", "discount", "Discounts");
/// The pages of benefits.
pub const BENEFITS: ResourcePages = pages_of("/products/benefits", "benefit", "Benefits");
/// The pages of grants of benefits.
pub const GRANTS: ResourcePages = pages_of("/products/benefit-grants", "grant", "Granted benefits");
/// The pages of license keys.
pub const LICENSE_KEYS: ResourcePages =
    pages_of("/products/license-keys", "license key", "License keys");
/// The pages of files that customers download.
pub const FILES: ResourcePages = pages_of("/products/files", "file", "Files");
/// The pages of meters.
pub const METERS: ResourcePages = pages_of("/products/meters", "meter", "Meters");
/// The pages of usage events.
pub const USAGE_EVENTS: ResourcePages = pages_of("/products/usage", "event", "Usage events");
/// The pages of types of events.
pub const EVENT_TYPES: ResourcePages =
    pages_of("/products/event-types", "event type", "Event types");
/// The pages of customers' meters.
pub const CUSTOMER_METERS: ResourcePages = pages_of(
    "/products/customer-meters",
    "customer meter",
    "Usage by customer",
);
/// The pages of custom fields.
pub const CUSTOM_FIELDS: ResourcePages =
    pages_of("/products/custom-fields", "custom field", "Custom fields");
/// The pages of checkout links.
pub const CHECKOUT_LINKS: ResourcePages = pages_of(
    "/products/checkout-links",
    "checkout link",
    "Checkout links",
);

/// The pages of orders.
pub const ORDERS: ResourcePages = pages(Area::Orders, "/orders", "order", "Orders");
/// The pages of subscriptions.
pub const SUBSCRIPTIONS: ResourcePages = pages(
    Area::Subscriptions,
    "/subscriptions",
    "subscription",
    "Subscriptions",
);
/// The pages of checkout sessions.
pub const CHECKOUTS: ResourcePages = pages(Area::Checkouts, "/checkouts", "checkout", "Checkouts");
/// The pages of payments.
pub const PAYMENTS: ResourcePages = pages(Area::Payments, "/payments", "payment", "Payments");
/// The pages of disputes.
pub const DISPUTES: ResourcePages = pages(Area::Disputes, "/disputes", "dispute", "Disputes");
/// The pages of customers.
pub const CUSTOMERS: ResourcePages = pages(Area::Customers, "/customers", "customer", "Customers");
/// The pages of webhook endpoints.
pub const ENDPOINTS: ResourcePages = pages(
    Area::Developers,
    "/developers/webhooks",
    "endpoint",
    "Webhooks",
);

/// The handlers of one address.
type Pages = MethodRouter<Arc<App>>;

impl ResourcePages {
    /// The route of a page below the list.
    pub fn at(&self, rest: &str) -> String {
        format!("/dashboard/{{shop}}{}{rest}", self.list)
    }

    /// The address of one, or of a page below it.
    pub fn path(&self, viewer: &Viewer, id: Uuid, rest: &str) -> String {
        viewer.path(&format!("{}/{id}{rest}", self.list))
    }

    /// The address of the form for a new one.
    pub fn new_at(&self, viewer: &Viewer) -> String {
        viewer.path(&format!("{}/new", self.list))
    }

    /// Around the list's page, with the tabs of those lists below Products that the person may read.
    pub fn around_list(&self, viewer: &Viewer) -> Layout {
        let layout = Layout::new(viewer, self.area, self.area.name());
        if self.area != Area::Products {
            return layout;
        }
        let tabs = [
            (PRODUCTS, viewer.may::<scope::ProductsRead>().is_ok()),
            (DISCOUNTS, viewer.may::<scope::DiscountsRead>().is_ok()),
            (BENEFITS, viewer.may::<scope::BenefitsRead>().is_ok()),
            (FILES, viewer.may::<scope::FilesRead>().is_ok()),
            (METERS, viewer.may::<scope::MetersRead>().is_ok()),
            (USAGE_EVENTS, viewer.may::<scope::EventsRead>().is_ok()),
            (
                CUSTOM_FIELDS,
                viewer.may::<scope::CustomFieldsRead>().is_ok(),
            ),
            (
                CHECKOUT_LINKS,
                viewer.may::<scope::CheckoutLinksRead>().is_ok(),
            ),
        ];
        let tabs = tabs.into_iter().filter(|(_, may)| *may);
        let tabs = tabs.map(|(one, _)| {
            let here = one.list == self.list;
            NavLink::tab(one.many, viewer.path(one.list), here)
        });
        layout.tabs(tabs.collect())
    }

    /// Around a page, with the way back to the list.
    pub fn under_list(&self, viewer: &Viewer, title: impl Into<String>) -> Layout {
        Layout::new(viewer, self.area, title).back(self.many, viewer.path(self.list))
    }

    /// Around a page, with the way back to one thing.
    pub fn under_one(&self, viewer: &Viewer, (id, name): (Uuid, &str), title: String) -> Layout {
        Layout::new(viewer, self.area, title).back(name, self.path(viewer, id, ""))
    }
}

/// The pages that every list has: the list itself, and one's page.
pub fn list_routes<L: Listed>(one: Pages) -> Router<Arc<App>> {
    let routes = Router::new()
        .route(&L::PAGES.at(""), get(list_of::<L>))
        .route(&L::PAGES.at("/{id}"), one);
    match L::CSV.is_empty() {
        true => routes,
        false => routes.route(&L::PAGES.at(".csv"), get(csv::csv::<L>)),
    }
}

async fn list_of<L: Listed>(dashboard: Dashboard<L::Read>, query: ListingQuery) -> Answer {
    list::<L>(&dashboard, query).await
}
