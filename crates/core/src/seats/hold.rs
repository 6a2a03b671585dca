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
    sync_grants(seat, changes, subscribers, ctx);
}

/// Benefits follow the seat.
fn sync_grants(
    seat: &CustomerSeat,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    let subscription = seat.subscription_id.map(GrantScope::Subscription);
    if let Some(scope) = subscription.or(seat.order_id.map(GrantScope::Order)) {
        changes.sync_grants_after(ctx, subscribers.organization_id, scope);
    }
}

/// Takes a seat back, and tells of it: it names nobody from then on, and is free. One that was taken back before stays as
/// it is, and nobody is told. The seat as it is then.
pub fn revoke(
    seat: &CustomerSeat,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> CustomerSeat {
    if !seat.is_used() {
        return seat.clone();
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
    sync_grants(&new, changes, subscribers, ctx);
    new
}

/// Takes all of these seats back.
pub fn revoke_all(
    seats: &[CustomerSeat],
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    for seat in seats {
        revoke(seat, changes, subscribers, ctx);
    }
}
