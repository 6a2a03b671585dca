//! Letters: their words, and what they look like as HTML and as plain text (docs/behaviour/mail.md). Everything here is
//! presentation: plain structs in, text out. Nothing loads, decides or commits.

mod colors;
mod reminders;
mod render;
#[cfg(test)]
#[path = "../examples/letters/samples.rs"]
mod samples;
#[cfg(test)]
mod tests;
mod to_customers;
mod to_people;

#[cfg(test)]
use crate as server;

pub use reminders::{Expiring, Renewing, card_expires, renews_soon};
pub use render::{html, text};
pub use to_customers::{
    Told, email_change, email_changed, portal_code, seat_invitation, to_customer,
};
pub(crate) use to_people::joined;
pub use to_people::{Contested, Sold, disputed, endpoint_disabled, invitation, sale, sign_in};
