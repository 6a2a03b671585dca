//! The end of a session's time (checkout.md 4.8).

use till_wire::{checkouts::CheckoutStatus, events::EventType};

use super::Session;
use crate::{at::At, change::Changes, event::Audience, site::Site};

/// Expires a session that is open, overdue and not being paid; nothing otherwise.
pub fn expire(session: &Session, audience: &Audience, site: &Site, at: &At) -> Changes {
    let row = &session.checkout;
    let mut changes = Changes::new();
    if row.status != CheckoutStatus::Open || row.expires_at > at.now || row.attempt_id.is_some() {
        return changes;
    }
    let mut expired = row.clone();
    expired.status = CheckoutStatus::Expired;
    expired.modified_at = Some(at.now);
    changes.update(row, &expired);
    changes.tell_checkout(
        &session.with(expired),
        EventType::CheckoutExpired,
        audience,
        site,
        at,
    );
    changes
}
