//! Ports to the outside: a trait, a default and a real one for each. No SQL.

pub mod files;
pub mod geo;
pub mod mail;
pub mod outbound;
pub mod processor;
pub mod tax;
