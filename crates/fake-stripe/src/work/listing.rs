//! Lists: pages of records, the newest first.

use serde_json::{Value, json};

use super::{Call, ObjectResult, Work};
use crate::{
    books::Record,
    error::Refusal,
    params::{Param, ParamKind},
};

/// Parameters that every list takes.
pub const LIMIT: Param = Param::new("limit", ParamKind::Integer(1));
/// The id after which the page begins.
pub const AFTER: Param = Param::new("starting_after", ParamKind::Text(100));
/// The id before which the page ends.
pub const BEFORE: Param = Param::new("ending_before", ParamKind::Text(100));
/// Times at which the objects were made.
pub const CREATED: Param = Param::new("created", ParamKind::Moment);
/// Objects that are shown in full.
pub const EXPAND: Param = Param::new("expand", ParamKind::Texts);

/// A page of records.
///
/// # Errors
///
/// 400 for a limit above 100 and for cursors that are not there.
pub fn page<T: Record>(
    work: &Work<'_>,
    call: &Call<'_>,
    object: &str,
    rows: &[T],
    fits: impl Fn(&T) -> bool,
) -> ObjectResult {
    let limit = call.params.integer("limit").unwrap_or(10);
    if limit > 100 {
        return Err(
            Refusal::invalid("This value must be less than or equal to 100.")
                .code("parameter_invalid_integer")
                .param("limit"),
        );
    }
    let limit = usize::try_from(limit).unwrap_or(10);
    let place = |name: &str| match call.params.text(name) {
        None => Ok(None),
        Some(id) => rows
            .iter()
            .position(|row| row.id() == id)
            .map(Some)
            .ok_or_else(|| Refusal::missing(object, id, name)),
    };
    let (after, before) = (place("starting_after")?, place("ending_before")?);
    let ids = rows.iter().enumerate().filter(|(_, row)| fits(row));
    let (mut page, more): (Vec<&T>, bool) = match before {
        // The page just before the cursor: the nearest newer ones.
        Some(before) => {
            let newer: Vec<&T> = ids
                .filter(|(at, _)| *at > before)
                .map(|(_, row)| row)
                .take(limit + 1)
                .collect();
            let more = newer.len() > limit;
            (newer.into_iter().take(limit).rev().collect(), more)
        }
        None => {
            let older: Vec<&T> = ids
                .rev()
                .filter(|(at, _)| after.is_none_or(|after| *at < after))
                .map(|(_, row)| row)
                .take(limit + 1)
                .collect();
            let more = older.len() > limit;
            (older, more)
        }
    };
    page.truncate(limit);
    let data: Vec<Value> = page.iter().filter_map(|row| work.view(row.id())).collect();
    Ok(json!({ "object": "list", "data": data, "has_more": more, "url": call.path }))
}
