//! The dashboard: what a merchant sees.

pub mod live;
