//! The two moments that count: a person comes to hold a seat, or has none any more (docs/behaviour: seats/holding).
//! Whatever follows from either belongs here; nothing else makes a seat claimed or revoked.

use till_wire::{events::EventType, seats::SeatStatus};

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    grants::GrantScope,
    records::{CustomerMember, CustomerSeat},
};

/// Makes a seat its member's, and tells of it. Its row is left to the caller.
pub(super) fn claimed(
    seat: &mut CustomerSeat,
    member: &CustomerMember,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    seat.status = SeatStatus::Claimed;
    seat.claimed_at = Some(ctx.now);
    seat.invitation_token_hash = None;
    seat.invitation_token_expires_at = None;
    changes.emit(
        subscribers,
        ctx,
        EventType::CustomerSeatClaimed,
        seat.customer_id,
        || seat.view(Some(member)),
    );
    if let Some(scope) = scope(seat) {
        changes.sync_grants_after(ctx, subscribers.organization_id, scope);
    }
}

/// Benefits follow the seat: the purchase that they come from.
fn scope(seat: &CustomerSeat) -> Option<GrantScope> {
    let subscription = seat.subscription_id.map(GrantScope::Subscription);
    subscription.or(seat.order_id.map(GrantScope::Order))
}

/// Takes a seat back, and tells of it: it names nobody from then on, and is free. One that was taken back before stays as
/// it is, and nobody is told. The seat as it is then.
pub fn revoke(
    seat: &CustomerSeat,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> CustomerSeat {
    revoke_all(std::slice::from_ref(seat), changes, subscribers, ctx)
        .pop()
        .unwrap_or_else(|| seat.clone())
}

/// [`revoke`], of all of these seats: as they are then.
pub fn revoke_all(
    seats: &[CustomerSeat],
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Vec<CustomerSeat> {
    let mut scopes = Vec::new();
    let mut all = Vec::with_capacity(seats.len());
    for seat in seats {
        if !seat.is_used() {
            all.push(seat.clone());
            continue;
        }
        let mut new = CustomerSeat {
            member_id: None,
            status: SeatStatus::Revoked,
            invitation_token_hash: None,
            invitation_token_expires_at: None,
            revoked_at: Some(ctx.now),
            ..seat.clone()
        };
        changes.revise(seat, &mut new, ctx);
        changes.emit(
            subscribers,
            ctx,
            EventType::CustomerSeatRevoked,
            seat.customer_id,
            || new.view(None),
        );
        scopes.extend(scope(seat));
        all.push(new);
    }
    scopes.dedup();
    for scope in scopes {
        changes.sync_grants_after(ctx, subscribers.organization_id, scope);
    }
    all
}
