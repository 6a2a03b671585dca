//! Members of customers.

use axum::http::StatusCode;
use till_core::{
    customers::members,
    kernel::records::{Customer, CustomerMember as Row},
};
use till_store::List;
use till_wire::{
    members::{Member, MemberCreate, MemberRole, MemberUpdate},
    page::Page,
};
use uuid::Uuid;

use super::CustomerRef;
use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, ids, query, sorting, texts, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

const SORT_KEYS: [(&str, &str); 1] = [("created_at", "created_at")];

/// The id by which a member of a customer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberRef {
    /// By its id.
    Id(Uuid),
    /// By the merchant's own id.
    External(String),
}

impl MemberRef {
    async fn load(&self, app: &App, customer: &Customer) -> Result<Row> {
        let store = &app.store;
        match self {
            Self::Id(id) => store.customer_member(customer.id, *id).await,
            Self::External(id) => store.customer_member_by_external_id(customer.id, id).await,
        }
        .or_not_found()
    }
}

query! {
    /// The query of a list of members.
    pub(crate) struct ListQuery {
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own ID of the customer.
        external_customer_id: Vec<String> = texts(),
        /// Filter by role.
        role: Vec<MemberRole> = words::<MemberRole>(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists members of customers.
pub async fn list(caller: &Caller<scope::MembersRead>, mut params: Params) -> Result<Page<Member>> {
    let sent = ListQuery::read(&mut params);
    let roles = sent.role.iter().map(|role| role.as_str().to_owned());
    let list = List::of::<Row>(caller.organization.id)
        .any_of("customer_id", sent.customer_id)
        .of_external_customers(sent.external_customer_id)
        .any_of("role", roles.collect::<Vec<_>>())
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a member of a customer.
pub async fn get(
    caller: &Caller<scope::MembersRead>,
    customer: &CustomerRef,
    member: &MemberRef,
) -> Result<Member> {
    let customer = customer.load(&caller.app, caller.organization.id).await?;
    Ok(member.load(&caller.app, &customer).await?.view())
}

/// Adds a member to a team. Where a member has the address, it is that one, unchanged.
pub async fn create(
    caller: &Caller<scope::MembersWrite>,
    guard: &IdempotencyGuard,
    customer: &CustomerRef,
    input: MemberCreate,
) -> Result<Member> {
    let (app, own) = (&caller.app, &caller.organization);
    app.retry_on_conflict(|| async {
        let row = customer.load(app, own.id).await?;
        let external_id = input.external_id.as_deref();
        let (found, subscribers) = tokio::try_join!(
            app.store
                .membership(row.id, Some(&input.email), external_id),
            app.store.subscribers(own.id),
        )?;
        let ctx = caller.context();
        let made = members::add(&row, own, input.clone(), found, &subscribers, &ctx)?;
        app.reply(guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Changes a member of a customer. With the role of the owner, it takes over from them.
pub async fn update(
    caller: &Caller<scope::MembersWrite>,
    customer: &CustomerRef,
    member: &MemberRef,
    input: MemberUpdate,
) -> Result<Member> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let row = customer.load(app, own).await?;
        let old = member.load(app, &row).await?;
        let (found, subscribers) = tokio::try_join!(
            app.store.membership(row.id, input.email.as_deref(), None),
            app.store.subscribers(own),
        )?;
        let ctx = caller.context();
        let updated = members::update(&row, &old, input.clone(), found, &subscribers, &ctx)?;
        Ok(app.apply(updated).await?.view())
    })
    .await
}

/// Removes a member of a customer, whose sessions end; the owner cannot be removed.
pub async fn delete(
    caller: &Caller<scope::MembersWrite>,
    customer: &CustomerRef,
    member: &MemberRef,
) -> Result<()> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let row = customer.load(app, own).await?;
        let old = member.load(app, &row).await?;
        let (seats, subscribers) = tokio::try_join!(
            app.store.seats_of_member(old.id),
            app.store.subscribers(own),
        )?;
        let changes = members::remove(&old, &seats, &subscribers, &caller.context())?;
        app.commit(changes).await
    })
    .await
}
