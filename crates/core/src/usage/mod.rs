//! Usage that is counted and billed.

pub mod charges;
pub mod count;
pub mod credits;
pub mod customer_meters;
pub mod due;
pub mod events;
pub mod filter;
pub mod fold;
pub mod meters;
#[cfg(test)]
mod model;
pub mod quantities;
pub mod system;
