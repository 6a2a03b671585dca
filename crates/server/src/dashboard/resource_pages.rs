//! The pages under Products: one tab for each kind of thing, and what the pages of every kind have alike. A feature
//! adds its own here.

mod edit;

use std::sync::Arc;

use axum::routing::MethodRouter;
use till_wire::page::Page;
use uuid::Uuid;

use super::{
    Answer,
    form::{ConfirmPage, Form, FormData, FormErrors, FormPage, Group, with_chosen},
    layout::{Area, Layout, NavLink},
    listing::{ListPage, Listing},
    parts::{Menu, MenuItem},
    show,
};
use crate::{
    app::App,
    dashboard::access::Dashboard,
    error::Result,
    http::extract::{Access, Caller, Params, scope},
};

pub use edit::{Resource, Saved, find, routes};

/// A kind of thing under Products.
#[derive(Debug)]
pub struct ResourcePages {
    /// The path of its list, below the organization.
    pub list: &'static str,
    /// The name of one.
    pub one: &'static str,
    /// The name of its list.
    pub many: &'static str,
}

const fn pages_of(list: &'static str, one: &'static str, many: &'static str) -> ResourcePages {
    ResourcePages { list, one, many }
}

/// The pages of products.
pub const PRODUCTS: ResourcePages = pages_of("/products", "product", "Products");
/// The pages of discounts.
pub const DISCOUNTS: ResourcePages = pages_of("/products/discounts", "discount", "Discounts");
/// The pages of benefits.
pub const BENEFITS: ResourcePages = pages_of("/products/benefits", "benefit", "Benefits");
/// The pages of meters.
pub const METERS: ResourcePages = pages_of("/products/meters", "meter", "Meters");
/// The pages of custom fields.
pub const CUSTOM_FIELDS: ResourcePages =
    pages_of("/products/custom-fields", "custom field", "Custom fields");
/// The pages of checkout links.
pub const CHECKOUT_LINKS: ResourcePages = pages_of(
    "/products/checkout-links",
    "checkout link",
    "Checkout links",
);

/// The handlers of one address.
type Pages = MethodRouter<Arc<App>>;

impl ResourcePages {
    /// The route of a page below the list.
    pub fn at(&self, rest: &str) -> String {
        format!("/dashboard/{{shop}}{}{rest}", self.list)
    }

    /// The address of one, or of a page below it.
    pub fn path<A>(&self, dashboard: &Dashboard<A>, id: Uuid, rest: &str) -> String {
        dashboard.path(&format!("{}/{id}{rest}", self.list))
    }

    /// The address of the form for a new one.
    pub fn new_at<A>(&self, dashboard: &Dashboard<A>) -> String {
        dashboard.path(&format!("{}/new", self.list))
    }

    /// The list's page, with the tabs of those lists that the person may read.
    pub fn page<A: Access>(&self, dashboard: &Dashboard<A>, list: Listing) -> Answer {
        let tabs = [
            (PRODUCTS, dashboard.may::<scope::ProductsRead>().is_ok()),
            (DISCOUNTS, dashboard.may::<scope::DiscountsRead>().is_ok()),
            (BENEFITS, dashboard.may::<scope::BenefitsRead>().is_ok()),
            (METERS, dashboard.may::<scope::MetersRead>().is_ok()),
            (
                CUSTOM_FIELDS,
                dashboard.may::<scope::CustomFieldsRead>().is_ok(),
            ),
            (
                CHECKOUT_LINKS,
                dashboard.may::<scope::CheckoutLinksRead>().is_ok(),
            ),
        ];
        let tabs = tabs.into_iter().filter(|(_, may)| *may);
        let tabs = tabs.map(|(one, _)| {
            let here = one.list == self.list;
            NavLink::tab(one.many, dashboard.path(one.list), here)
        });
        show(&ListPage {
            layout: Layout::new(dashboard, Area::Products, "Products").tabs(tabs.collect()),
            action: Some((format!("New {}", self.one), self.new_at(dashboard))),
            list,
        })
    }

    /// Around a page, with the way back to the list.
    pub fn under_list<A: Access>(
        &self,
        dashboard: &Dashboard<A>,
        title: impl Into<String>,
    ) -> Layout {
        Layout::new(dashboard, Area::Products, title).back(self.many, dashboard.path(self.list))
    }

    /// Around a page, with the way back to one thing.
    pub fn under_one<A: Access>(
        &self,
        dashboard: &Dashboard<A>,
        (id, name): (Uuid, &str),
        title: String,
    ) -> Layout {
        Layout::new(dashboard, Area::Products, title).back(name, self.path(dashboard, id, ""))
    }

    /// The page of the form, filled in as sent; `was` is the one that is edited.
    pub fn form<A: Access>(
        &self,
        dashboard: &Dashboard<A>,
        was: Option<(Uuid, &str)>,
        groups: Vec<Group>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> FormPage {
        let (layout, action, verb) = match was {
            Some((id, name)) => (
                self.under_one(dashboard, (id, name), format!("Edit {name}")),
                self.path(dashboard, id, "/edit"),
                "Save",
            ),
            None => (
                self.under_list(dashboard, format!("New {}", self.one)),
                self.new_at(dashboard),
                "Create",
            ),
        };
        let mut form = Form::new(action, format!("{verb} {}", self.one), groups);
        if was.is_none() {
            form = form.idempotency_key(dashboard);
        }
        FormPage {
            layout,
            form: form.again(form_data, errors),
            aside: None,
        }
    }

    /// The menu of one: what can be copied, its form, and how one is rid of it.
    pub fn menu<A>(
        &self,
        dashboard: &Dashboard<A>,
        (id, name): (Uuid, &str),
        mut items: Vec<MenuItem>,
        last: &'static str,
    ) -> Menu {
        let gone = format!("/{}", last.to_lowercase());
        items.extend([
            MenuItem::Separator,
            MenuItem::Link("Edit", self.path(dashboard, id, "/edit")),
            MenuItem::Separator,
            MenuItem::Confirm(last, self.path(dashboard, id, &gone)),
        ]);
        Menu {
            name: name.to_owned(),
            items,
        }
    }

    /// The page that asks before one is deleted or archived; `words` say what that does.
    pub fn ask<A: Access>(
        &self,
        dashboard: &Dashboard<A>,
        (id, name): (Uuid, &str),
        verb: &'static str,
        words: &str,
    ) -> Answer {
        let rest = format!("/{}", verb.to_lowercase());
        show(&ConfirmPage {
            layout: self.under_one(dashboard, (id, name), format!("{verb} {name}?")),
            words: words.to_owned(),
            submit: verb,
            action: self.path(dashboard, id, &rest),
            cancel: self.path(dashboard, id, ""),
        })
    }
}

/// The first hundred of a list, as far as the person may read it.
pub async fn readable<A, S, T>(
    dashboard: &Dashboard<A>,
    query: &str,
    list: impl AsyncFnOnce(&Caller<S>, Params) -> Result<Page<T>>,
) -> Result<Vec<T>>
where
    S: Access,
{
    let Ok(caller) = dashboard.may::<S>() else {
        return Ok(Vec::new());
    };
    let params = Params::parse(&format!("{query}&limit=100"));
    Ok(list(&caller, params).await?.items)
}

/// The first hundred of a list by id and name, and the one that is chosen already if it is not among them.
pub async fn readable_with<A, R: Resource>(
    dashboard: &Dashboard<A>,
    (query, chosen): (&str, Option<&str>),
    list: impl AsyncFnOnce(&Caller<R::Read>, Params) -> Result<Page<R>>,
) -> Result<Vec<(String, String)>> {
    let named = |one: &R| (one.id(), one.name());
    let some = readable(dashboard, query, list).await?;
    let id = chosen.and_then(|id| Uuid::try_parse(id).ok());
    let missing = id.filter(|id| some.iter().all(|one| one.id() != *id));
    let other = match missing {
        None => None,
        Some(id) => match find::<R, A>(dashboard, id).await {
            // What is not there cannot be chosen.
            Err(error) if error.status().is_client_error() => None,
            found => Some(found?),
        },
    };
    Ok(with_chosen(some.iter().map(named), other.iter().map(named)))
}
