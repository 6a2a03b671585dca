//! What is said: the types of requests and responses (serde, OpenAPI).

pub mod country;
pub mod money;
