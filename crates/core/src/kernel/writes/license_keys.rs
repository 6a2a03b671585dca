//! Named writes of license keys.

use jiff::Timestamp;
use uuid::Uuid;

/// See [`super::NamedWrite::LicenseKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LicenseKeyWrite {
    /// Counts a validation, and what it uses, where the key is as it was read and so much is left; refused as
    /// [`crate::license_keys::MOVED`]. The version stays: validations do not hold each other up.
    CountValidation {
        /// The key.
        id: Uuid,
        /// Its version as it was read.
        version: i64,
        /// Now.
        at: Timestamp,
        /// What it uses.
        increment: i64,
    },
    /// Ends an activation; refused as [`crate::license_keys::ENDED`] where it has ended.
    EndActivation {
        /// The activation.
        id: Uuid,
    },
}
