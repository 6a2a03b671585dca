//! Grants of benefits.

use till_core::kernel::records::{
    Benefit, BenefitGrant as Row, Customer, CustomerMember, Organization,
};
use till_store::List;
use till_wire::{grants::BenefitGrant, page::Page};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::extract::{
        Caller, Params,
        query::{Sorted, flag, ids, query, sorting, texts},
        scope,
    },
};

const SORT_KEYS: [(&str, &str); 3] = [
    ("created_at", "created_at"),
    ("granted_at", "granted_at"),
    ("revoked_at", "revoked_at"),
];

query! {
    /// The query of a list of grants.
    pub(crate) struct ListQuery {
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID.
        external_customer_id: Vec<String> = texts(),
        /// Filter by benefit ID. Till's own filter; Polar has none like it.
        benefit_id: Vec<Uuid> = ids(),
        /// Filter by state: true for what is granted now, false for what is not.
        is_granted: Option<bool> = flag(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

query! {
    /// The query of a list of a benefit's grants.
    pub(crate) struct OfBenefitQuery {
        /// Filter by state: true for what is granted now, false for what is not.
        is_granted: Option<bool> = flag(),
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by member ID.
        member_id: Vec<Uuid> = ids(),
    }
}

/// Grants that are live, or (`false`) those that are not; without it: all.
fn live(list: List, is_granted: Option<bool>) -> List {
    match is_granted {
        Some(true) => list.not_null("granted_at"),
        Some(false) => list.is_null("granted_at"),
        None => list,
    }
}

/// Lists grants of all benefits.
pub async fn list(
    caller: &Caller<scope::BenefitsRead>,
    mut params: Params,
) -> Result<Page<BenefitGrant>> {
    let sent = ListQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .any_of("customer_id", sent.customer_id)
        .of_external_customers(sent.external_customer_id)
        .any_of("benefit_id", sent.benefit_id)
        .sorted(sent.sorting);
    let list = live(list, sent.is_granted);
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    let shown = GrantParts::load(&caller.app, &caller.organization, &rows).await?;
    Ok(page.of(shown.views(&rows)?))
}

/// Shows a grant.
pub async fn get(caller: &Caller<scope::BenefitsRead>, id: Uuid) -> Result<BenefitGrant> {
    let (app, own) = (&caller.app, &caller.organization);
    let rows = [app.store.grant(own.id, id).await.or_not_found()?];
    let shown = GrantParts::load(app, own, &rows).await?;
    shown.views(&rows)?.pop().or_not_found()
}

/// Lists the grants of a benefit, the newest first.
pub async fn of_benefit(
    caller: &Caller<scope::BenefitsRead>,
    id: Uuid,
    mut params: Params,
) -> Result<Page<BenefitGrant>> {
    let (app, own) = (&caller.app, &caller.organization);
    let sent = OfBenefitQuery::read(&mut params);
    let window = params.last_window()?;
    app.store.benefit(own.id, id).await.or_not_found()?;
    let list = List::of::<Row>(own.id)
        .eq("benefit_id", id)
        .any_of("customer_id", sent.customer_id)
        .any_of("member_id", sent.member_id)
        .order("created_at", till_store::Order::Desc);
    let list = live(list, sent.is_granted);
    let (rows, page) = window.page::<Row>(app, list).await?;
    let shown = GrantParts::load(app, own, &rows).await?;
    Ok(page.of(shown.views(&rows)?))
}

/// The rows that a page of grants is shown with.
pub(crate) struct GrantParts {
    customers: Vec<Customer>,
    members: Vec<CustomerMember>,
    benefits: Vec<Benefit>,
}

impl GrantParts {
    /// Loads them: as many reads for a page as for a single grant.
    pub(crate) async fn load(app: &App, organization: &Organization, rows: &[Row]) -> Result<Self> {
        let customers: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
        let members: Vec<Uuid> = rows.iter().filter_map(|row| row.member_id).collect();
        let benefits: Vec<Uuid> = rows.iter().map(|row| row.benefit_id).collect();
        let (store, own) = (&app.store, organization.id);
        let (customers, members, benefits) = tokio::try_join!(
            store.customers(own, &customers),
            store.members_by_id(own, &members),
            store.benefits(own, &benefits),
        )?;
        Ok(Self {
            customers,
            members,
            benefits,
        })
    }

    /// Holder of a grant, and its benefit.
    pub(crate) fn of(&self, row: &Row) -> Result<(&Customer, &Benefit)> {
        let customer = self.customers.iter().find(|one| one.id == row.customer_id);
        let benefit = self.benefits.iter().find(|one| one.id == row.benefit_id);
        let missing = || ApiError::internal("a row that a grant refers to is not there");
        customer.zip(benefit).ok_or_else(missing)
    }

    fn views(&self, rows: &[Row]) -> Result<Vec<BenefitGrant>> {
        let view = |row: &Row| {
            let (customer, benefit) = self.of(row)?;
            let member = self
                .members
                .iter()
                .find(|one| Some(one.id) == row.member_id);
            Ok(row.view(customer, member, benefit))
        };
        rows.iter().map(view).collect()
    }
}
