//! Grants of benefits: who has what, and from which purchase. They have a list, and stand on the pages of their customer and
//! their benefit.

use std::sync::Arc;

use axum::{Router, routing::get};
use till_wire::{grants::BenefitGrant, page::Page};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::{self, Buyers},
        layout::Layout,
        listing::{Column, Filter, ListingQuery},
        parts::{Cell, Menu, MenuItem, Tone},
        resource_pages::{
            BENEFITS, By, GRANTS, Listed, ORDERS, ResourcePages, SUBSCRIPTIONS, list,
        },
    },
    error::Result,
    http::extract::{Caller, Params, scope},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route(&GRANTS.at(""), get(list_page))
}

async fn list_page(dashboard: Dashboard<scope::BenefitsRead>, query: ListingQuery) -> Answer {
    list::<BenefitGrant>(&dashboard, query).await
}

/// The purchase that gives the benefit.
fn purchase(viewer: &Viewer, grant: &BenefitGrant) -> Cell {
    let subscription = grant.subscription_id.map(|id| {
        let may = viewer.may::<scope::SubscriptionsRead>().is_ok();
        (may, SUBSCRIPTIONS.path(viewer, id, ""), "Subscription")
    });
    let order = grant.order_id.map(|id| {
        let may = viewer.may::<scope::OrdersRead>().is_ok();
        (may, ORDERS.path(viewer, id, ""), "Order")
    });
    match subscription.or(order) {
        Some((true, path, words)) => Cell::link(path, words),
        Some((false, _, words)) => Cell::Text(words.to_owned()),
        None => Cell::Empty,
    }
}

/// Holder: the customer, or a member of the customer.
fn holder(viewer: &Viewer, grant: &BenefitGrant) -> Cell {
    let customer = buyers::customer(viewer, &grant.customer);
    match &grant.member {
        None => customer,
        Some(member) => Cell::Many(vec![Cell::Text(member.email.clone()), customer]),
    }
}

impl Listed for BenefitGrant {
    type Read = scope::BenefitsRead;

    const PAGES: ResourcePages = GRANTS;
    const EMPTY: &'static str = "Nobody has a benefit yet. Whoever buys a product gets the benefits that it includes, and loses them when the purchase ends.";
    const STEP: Option<(&'static str, &'static str)> = Some(("Show benefits", BENEFITS.list));

    const BY: &'static [By] = &[By::Benefit, By::Customer];

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        self.benefit.description.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::grants::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::grants::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        let known = [("true", "Granted"), ("false", "Revoked")];
        let known = known.map(|(value, words)| (value.to_owned(), words.to_owned()));
        let filter = Filter::choice(query, "is_granted", "State", "Any state", known.to_vec());
        vec![filter]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Benefit"),
            Column::new("Customer"),
            Column::new("State"),
            Column::new("Since"),
            Column::new("Given by"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        let (state, since) = match self.is_granted {
            true => (Cell::toned("granted", Tone::Good), self.granted_at),
            false => (Cell::toned("revoked", Tone::Quiet), self.revoked_at),
        };
        let benefit = match self.benefit.is_deleted {
            true => Cell::Noted(self.name(), "deleted".to_owned()),
            false => Cell::link(BENEFITS.path(viewer, self.benefit_id, ""), self.name()),
        };
        vec![
            benefit,
            holder(viewer, self),
            state,
            Cell::time_or_nothing(since, &viewer.zone),
            purchase(viewer, self),
        ]
    }

    fn menu(&self, _: &Viewer) -> Menu {
        Menu {
            name: self.name(),
            items: vec![MenuItem::Copy("Copy grant ID", self.id.to_string())],
        }
    }

    fn around_list(viewer: &Viewer) -> Layout {
        BENEFITS.under_list(viewer, GRANTS.many)
    }
}
