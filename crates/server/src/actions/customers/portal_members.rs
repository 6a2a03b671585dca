//! Members of a team, for its own people.

use axum::http::StatusCode;
use till_core::{
    customers::portal_members::TeamViewer, kernel::records::CustomerMember as Row, portal::Viewer,
};
use till_store::{List, Order};
use till_wire::{
    members::{PortalMember, PortalMemberCreate, PortalMemberUpdate},
    page::Page,
};
use uuid::Uuid;

use crate::{
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{Params, PortalCaller},
        idempotency::IdempotencyGuard,
    },
};

/// The viewer as one of a team. Only a member's session says who looks.
fn of(viewer: &Viewer) -> Result<TeamViewer<'_>> {
    let member = viewer.member.as_ref();
    let member = member.ok_or_else(ApiError::unauthorized)?;
    Ok(TeamViewer {
        customer: &viewer.customer,
        member_id: member.id,
        role: viewer.role,
    })
}

/// Lists the members of the team, the first added first.
pub async fn list(caller: &PortalCaller, params: Params) -> Result<Page<PortalMember>> {
    let window = params.last_window()?;
    let viewer = of(&caller.viewer)?;
    viewer.manages()?;
    let list = List::of::<Row>(viewer.customer.organization_id)
        .eq("customer_id", viewer.customer.id)
        .order("created_at", Order::Asc);
    let (rows, page) = window.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::portal_view)))
}

/// Adds a member to the team. Where a member has the address, it is that one, unchanged.
pub async fn create(
    caller: &PortalCaller,
    guard: &IdempotencyGuard,
    input: PortalMemberCreate,
) -> Result<PortalMember> {
    let app = &caller.app;
    let viewer = of(&caller.viewer)?;
    let own = &caller.viewer.organization;
    app.retry_on_conflict(|| async {
        let id = viewer.customer.id;
        let (customer, found, subscribers) = tokio::try_join!(
            app.store.customer(own.id, id),
            app.store.membership(id, Some(&input.email), None),
            app.store.subscribers(own.id),
        )?;
        let customer = customer.or_not_found()?;
        let viewer = TeamViewer {
            customer: &customer,
            ..viewer
        };
        let ctx = app.context_of(own);
        let made = viewer.add(own, input.clone(), found, &subscribers, &ctx)?;
        app.reply(guard, StatusCode::CREATED, made, |now| now.portal_view())
            .await
    })
    .await
}

/// Changes a member of the team.
pub async fn update(
    caller: &PortalCaller,
    id: Uuid,
    input: PortalMemberUpdate,
) -> Result<PortalMember> {
    let app = &caller.app;
    let viewer = of(&caller.viewer)?;
    viewer.manages()?;
    let own = &caller.viewer.organization;
    app.retry_on_conflict(|| async {
        let customer_id = viewer.customer.id;
        let (customer, old, found, subscribers) = tokio::try_join!(
            app.store.customer(own.id, customer_id),
            app.store.customer_member(customer_id, id),
            app.store.membership(customer_id, None, None),
            app.store.subscribers(own.id),
        )?;
        let (customer, old) = (customer.or_not_found()?, old.or_not_found()?);
        let viewer = TeamViewer {
            customer: &customer,
            ..viewer
        };
        let ctx = app.context_of(own);
        let updated = viewer.update(&old, input.clone(), found, &subscribers, &ctx)?;
        Ok(app.apply(updated).await?.portal_view())
    })
    .await
}

/// Removes a member from the team.
pub async fn delete(caller: &PortalCaller, id: Uuid) -> Result<()> {
    let app = &caller.app;
    let viewer = of(&caller.viewer)?;
    viewer.manages()?;
    let own = &caller.viewer.organization;
    app.retry_on_conflict(|| async {
        let (member, seats, subscribers) = tokio::try_join!(
            app.store.customer_member(viewer.customer.id, id),
            app.store.seats_of_member(id),
            app.store.subscribers(own.id),
        )?;
        let member = member.or_not_found()?;
        let changes = viewer.remove(&member, &seats, &subscribers, &app.context_of(own))?;
        app.commit(changes).await
    })
    .await
}
