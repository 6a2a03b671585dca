//! Expiry: the end of a session's time.

use till_wire::{checkouts::CheckoutStatus, events::EventType};

use super::Session;
use crate::kernel::{
    changes::Changes, context::DecisionContext, events::Subscribers, urls::PublicUrls,
};

/// Expires a session that is open, overdue and not being paid; nothing otherwise.
pub fn expire(
    session: &Session,
    subscribers: &Subscribers,
    urls: &PublicUrls,
    ctx: &DecisionContext,
) -> Changes {
    let row = &session.checkout;
    let mut changes = Changes::new();
    if row.status != CheckoutStatus::Open || row.expires_at > ctx.now || row.attempt_id.is_some() {
        return changes;
    }
    let mut expired = row.clone();
    expired.status = CheckoutStatus::Expired;
    expired.modified_at = Some(ctx.now);
    changes.update(row, &expired);
    changes.emit_checkout(
        &session.with(expired),
        EventType::CheckoutExpired,
        subscribers,
        urls,
        ctx,
    );
    changes
}
