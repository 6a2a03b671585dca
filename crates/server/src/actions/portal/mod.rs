//! Actions of customers in their portal: load, decide, commit. Each function takes the viewer whose portal it is; what only
//! billing roles may do takes a [`BillingViewer`](till_core::portal::BillingViewer). The API and the pages stand side by
//! side above it.

pub mod cards;
pub mod email_change;
pub mod grants;
pub mod keep;
pub mod license_keys;
pub mod meters;
pub mod orders;
pub mod organizations;
pub mod pages;
pub mod payments;
pub mod profile;
pub mod seats;
pub mod sign_in;
pub mod subscriptions;

use crate::app::App;

/// True where letters to customers can be read: this server sends them, or its sandbox shows them on the dashboard.
pub fn letters_arrive(app: &App) -> bool {
    app.mail.delivers() || app.sandbox.is_some()
}
