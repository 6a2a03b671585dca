//! Webhooks, from the API to a receiver on this machine.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod api;
mod delivery;
mod kit;
mod loops;
