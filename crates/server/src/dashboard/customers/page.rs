//! A customer's page: who it is, what it bought and holds, and how it is deleted.

use askama::Template;
use till_core::kernel::records::Customer as Row;
use till_wire::{
    checkouts::Checkout, customers::Customer, grants::BenefitGrant, license_keys::LicenseKeyRead,
    orders::Order, payments::Payment, subscriptions::Subscription, usage::CustomerMeter,
};
use uuid::Uuid;

use super::{members, menu, next_bills};
use crate::{
    actions::{self, customers::CustomerRef},
    customer_data,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        detail::{Action, Fact, Part, moments},
        layout::Layout,
        metadata,
        parts::{Cell, Tone, money},
        resource_pages::{Listed, Related, find},
        sales, show,
        timeline::timeline,
    },
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{PathId, scope},
        limits::ArchiveFor,
    },
    pages::Page,
};

/// The page that asks before a customer is deleted.
#[derive(Debug, Template)]
#[template(path = "dashboard/customer_delete.html")]
pub struct Delete {
    /// Around it; its title is the question.
    pub layout: Layout,
    /// The address that the form is posted to.
    pub action: String,
    /// The address that "Cancel" leads to.
    pub cancel: String,
}

impl Page for Delete {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }
}

pub(super) async fn detail(
    dashboard: Dashboard<scope::CustomersRead>,
    PathId(id): PathId,
) -> Answer {
    let one: Customer = find(&dashboard, id).await?;
    let mut parts = vec![about(&dashboard, &one)];
    parts.extend(members::part(&dashboard, &one).await?);
    parts.extend(value(&dashboard, &one).await?);
    parts.extend(next_bills::part(&dashboard, one.id).await?);
    parts.push(billing(&one));
    parts.extend(belongings(&dashboard, &one).await?);
    parts.extend(metadata(&one.metadata));
    parts.push(state(&dashboard, &one).await?);
    let mut page = one.detail(&dashboard, Cell::Empty, parts);
    page.menu = Some(menu(&dashboard, &one, false));
    let add = members::add_at(&dashboard, &one);
    page.actions
        .extend(add.map(|to| Action::Go("Add member", to)));
    show(&page)
}

/// The customer whose data is asked for, of those who may see all of it elsewhere.
async fn whole(dashboard: &Dashboard<scope::CustomersRead>, id: Uuid) -> Result<Row> {
    dashboard.may::<scope::MembersRead>()?;
    dashboard.may::<scope::CheckoutsRead>()?;
    dashboard.may::<scope::OrdersRead>()?;
    dashboard.may::<scope::PaymentsRead>()?;
    dashboard.may::<scope::RefundsRead>()?;
    dashboard.may::<scope::DisputesRead>()?;
    dashboard.may::<scope::SubscriptionsRead>()?;
    let found = (dashboard.app.store).customer(dashboard.organization.id, id);
    found.await.or_not_found()
}

/// Everything that is kept of the customer, as one document.
pub(super) async fn data(dashboard: Dashboard<scope::CustomersRead>, PathId(id): PathId) -> Answer {
    let row = whole(&dashboard, id).await?;
    let (app, shop) = (&dashboard.app, &dashboard.organization);
    Ok(customer_data::export(app, shop, &row).await?)
}

/// Everything that is kept of the customer, with the files of documents.
pub(super) async fn archive(
    dashboard: Dashboard<scope::CustomersRead>,
    PathId(id): PathId,
) -> Answer {
    let row = whole(&dashboard, id).await?;
    let (app, shop) = (&dashboard.app, &dashboard.organization);
    Ok(customer_data::archive(app, shop, &row, ArchiveFor::Merchant).await?)
}

fn about(viewer: &Viewer, one: &Customer) -> Part {
    let code = |text: Option<String>| text.map_or(Cell::Empty, Cell::Code);
    let mut facts = vec![
        Fact::new("Customer ID", code(Some(one.id.to_string()))),
        Fact::new("External ID", code(one.external_id.clone())),
        Fact::new(
            "E-mail",
            match &one.email {
                Some(email) => Cell::Code(email.clone()),
                None => Cell::Text("The owner's".to_owned()),
            },
        ),
        Fact::new("Name", Cell::text(one.name.clone())),
        Fact::new("Type", Cell::toned(one.kind.as_str(), Tone::Quiet)),
        Fact::new("Language", Cell::text(one.locale.clone())),
    ];
    facts.extend(moments(one.created_at, one.modified_at, &viewer.zone));
    Part::Facts("Customer", facts)
}

/// Sums that the customer paid, and their balance; none for those who may not see payments.
async fn value(viewer: &Viewer, one: &Customer) -> Result<Option<Part>> {
    let Ok(caller) = viewer.may::<scope::PaymentsRead>() else {
        return Ok(None);
    };
    let value = actions::customers::value(&caller, one.id).await?;
    let paid = value.paid.iter();
    let paid = paid.map(|(currency, minor)| Cell::money(*minor, *currency));
    let owed = value.balances.iter().filter(|balance| balance.amount != 0);
    let owed = owed.map(|balance| {
        let words = match balance.amount > 0 {
            true => "Credit: the next orders use it.",
            false => "Debt: the next order collects it.",
        };
        Cell::Noted(money(balance.amount, balance.currency), words.to_owned())
    });
    let or = |cells: Vec<Cell>, words: &str| match cells.is_empty() {
        true => Cell::Text(words.to_owned()),
        false => Cell::Many(cells),
    };
    let facts = vec![
        Fact::new("Paid", or(paid.collect(), "Nothing yet")),
        Fact::new("Balance", or(owed.collect(), "None")),
    ];
    Ok(Some(Part::Facts("Value", facts)))
}

fn billing(one: &Customer) -> Part {
    let tax = match &one.tax_id {
        Some((number, format)) => Cell::Noted(number.clone(), format.clone()),
        None => Cell::Empty,
    };
    Part::Facts(
        "Billing",
        vec![
            Fact::new("Name", Cell::text(one.billing_name.clone())),
            Fact::new("Address", sales::address(one.billing_address.as_ref())),
            Fact::new("Tax ID", tax),
        ],
    )
}

/// The purchases and subscriptions of the customer, and their timeline.
async fn belongings(viewer: &Viewer, one: &Customer) -> Result<Vec<Part>> {
    let key = ("customer_id", one.id);
    let (subscriptions, grants, keys, meters, orders, payments, checkouts) = tokio::try_join!(
        Related::<Subscription>::find(viewer, key),
        Related::<BenefitGrant>::find(viewer, key),
        Related::<LicenseKeyRead>::find(viewer, key),
        Related::<CustomerMeter>::find(viewer, key),
        Related::<Order>::find(viewer, key),
        Related::<Payment>::find(viewer, key),
        Related::<Checkout>::find(viewer, key),
    )?;
    let mut subjects = vec![one.id];
    subjects.extend(subscriptions.iter().flat_map(Related::ids));
    subjects.extend(grants.iter().flat_map(Related::ids));
    subjects.extend(orders.iter().flat_map(Related::ids));
    subjects.extend(checkouts.iter().flat_map(Related::ids));
    let parts = [
        subscriptions.map(|some| some.part(viewer, "No subscriptions.")),
        grants.map(|some| some.part(viewer, "No benefits were granted.")),
        keys.filter(|some| !some.page.items.is_empty())
            .map(|some| some.part(viewer, "No license keys.")),
        meters
            .filter(|some| !some.page.items.is_empty())
            .map(|some| some.part(viewer, "No usage was counted.")),
        orders.map(|some| some.part(viewer, "No orders yet.")),
        payments.map(|some| some.part(viewer, "No payments yet.")),
        checkouts.map(|some| some.part(viewer, "No checkout sessions.")),
        Some(timeline(viewer, subjects).await?),
    ];
    Ok(parts.into_iter().flatten().collect())
}

/// The state as a program gets it.
async fn state(dashboard: &Dashboard<scope::CustomersRead>, one: &Customer) -> Result<Part> {
    let customer = CustomerRef::Id(one.id);
    let state = actions::customers::state(&dashboard.caller, &customer).await?;
    let json = serde_json::to_string_pretty(&state).map_err(ApiError::internal)?;
    let path = format!("GET /v1/customers/{}/state", one.id);
    Ok(Part::Facts(
        "State for programs",
        vec![Fact::new(path, Cell::Block(json))],
    ))
}
