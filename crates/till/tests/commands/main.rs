//! The binary as an operator meets it: every test starts the real program.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod copies;
mod deploy;
mod dev;
mod doctor;
mod jobs;
mod kit;
mod operations;
mod permissions;
mod serve;
mod setup;
mod stripe;
