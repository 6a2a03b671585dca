//! Named writes of license keys.

use jiff::Timestamp;
use uuid::Uuid;

/// See [`super::NamedWrite::LicenseKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LicenseKeyWrite {
    /// Counts a validation and its usage, if the key is as it was read and enough usage is left; otherwise refused as
    /// [`crate::license_keys::MOVED`]. The version stays the same, so that validations do not wait for each other.
    CountValidation {
        /// The key.
        id: Uuid,
        /// Its version as it was read.
        version: i64,
        /// Now.
        at: Timestamp,
        /// Usage that it adds.
        increment: i64,
    },
    /// Counts one more activation, if the key can be used now and has room for it; otherwise refused as
    /// [`crate::license_keys::MOVED`].
    CountActivation {
        /// The key.
        id: Uuid,
        /// Now.
        at: Timestamp,
    },
    /// Counts one activation less.
    FreeActivation {
        /// The key.
        id: Uuid,
    },
    /// Ends an activation; refused as [`crate::license_keys::ENDED`] where it has ended.
    EndActivation {
        /// The activation.
        id: Uuid,
    },
}
