//! Events: what happened, kept for thirty days.

use super::{Call, ObjectResult, Work, listing, not_found};
use crate::params::{Param, ParamKind};

/// Seconds for which an event can be asked for.
const KEPT: i64 = 30 * 24 * 3600;

/// Parameters of listing events.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::CREATED,
    listing::EXPAND,
    Param::new("delivery_success", ParamKind::NotDone),
    Param::new("type", ParamKind::Text(100)),
    Param::new("types", ParamKind::Texts),
];

/// Lists events.
pub fn list(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let types = call.params.texts("types");
    let kind = call.params.text("type");
    listing::page(work, call, "event", work.books.events.all(), |row| {
        row.created > work.now - KEPT
            && call.params.within("created", row.created)
            && kind.is_none_or(|kind| listens(kind, &row.kind))
            && types
                .as_ref()
                .is_none_or(|types| types.iter().any(|kind| listens(kind, &row.kind)))
    })
}

/// Shows an event.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let old = |event: &crate::books::Event| event.created <= work.now - KEPT;
    if work.books.events.get(call.id).is_some_and(old) {
        return Err(not_found("event", call.id));
    }
    work.answer("event", call.id)
}

/// True where a type that was asked for, which may end with `*`, is an event's.
pub fn listens(asked: &str, kind: &str) -> bool {
    match asked.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => asked == kind,
    }
}
