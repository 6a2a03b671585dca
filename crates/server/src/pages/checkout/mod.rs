//! The hosted checkout: what its pages show (`view`), what its forms send (`form`), and how money
//! and descriptions are written for people.
//!
//! # How the script talks to the server
//! Requests made by the script carry [`PARTIAL_HEADER`]. The answer is then either the whole page as
//! HTML, of which the script takes the parts marked `data-part`, or [`Redirect`] as JSON. Such an
//! answer must never be an HTTP redirect to another origin: `connect-src 'self'` would block it.

mod api_body;
pub(in crate::pages) mod attempt;
mod bank;
pub mod countries;
pub mod fields;
pub mod fill;
pub mod form;
mod frame;
pub mod markdown;
pub mod money;
mod order;
pub mod pages;
pub(in crate::pages) mod posted;
pub(in crate::pages) mod problems;
pub(in crate::pages) mod request;
mod submit;
pub(in crate::pages) mod token;
pub mod view;

/// The request header (lower-case) that marks a request of the page's own script.
pub const PARTIAL_HEADER: &str = "x-till-partial";

/// The JSON answer that sends the script to another page.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Redirect {
    /// The address: a path of ours or an absolute URL.
    pub redirect: String,
}
