//! The catalog: products with their prices, benefits, custom fields and files.

pub mod benefits;
pub mod custom_fields;
pub mod downloads;
pub mod files;
pub mod products;
