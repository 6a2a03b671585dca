//! The two databases: how rows are read and changes are written on each.

pub(crate) mod postgres;
pub(crate) mod sqlite;
