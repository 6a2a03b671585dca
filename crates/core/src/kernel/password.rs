//! Passwords, as they are kept.

use std::fmt;

use crate::kernel::values::{Cell, Kind, Value};

/// A password's hash as a PHC string. It is never written to a log.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Cell for PasswordHash {
    const KIND: Kind = Kind::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.0.clone())
    }
    fn from_value(value: Value) -> Result<Self, String> {
        String::from_value(value)
            .map(Self)
            .map_err(|_| "expected a password's hash".to_owned())
    }
}
