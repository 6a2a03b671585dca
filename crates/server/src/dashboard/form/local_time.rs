//! Moments as the browser's field for day and minute takes them, in the viewer's zone.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

use super::{Field, Kind};

/// A moment as the field shows it.
pub fn local(at: Timestamp, zone: &TimeZone) -> String {
    let there = at.to_zoned(zone.clone());
    there.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A day and minute of the viewer's as an instant; anything else goes as it was typed, to be judged.
pub fn instant(typed: &str, zone: &TimeZone) -> Value {
    let there = typed.parse::<DateTime>().ok();
    let at = there.and_then(|there| there.to_zoned(zone.clone()).ok());
    at.map_or_else(
        || Value::from(typed),
        |at| Value::from(at.timestamp().to_string()),
    )
}

/// The field, which says whose time it is.
pub fn field(name: &str, label: &str, zone: &TimeZone) -> Field {
    let zone = zone.iana_name().unwrap_or("UTC");
    Field::new(name, label, Kind::Line("datetime-local")).hint(format!("Time zone: {zone}."))
}
