//! Usage that is counted and billed.

pub mod meters;
