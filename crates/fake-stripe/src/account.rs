//! The account whose books the fake keeps, and the version of the API that it speaks.

/// The version of the API that the fake speaks.
pub const API_VERSION: &str = "2026-10-28.endive";

/// Seconds until what was paid can be paid out.
pub const AVAILABLE_AFTER: i64 = 2 * 24 * 3600;

/// The account: what does not change while the fake runs.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id, `acct_…`.
    pub id: String,
    /// Live mode.
    pub live: bool,
    /// Beginning of its statement descriptors.
    pub prefix: String,
    /// Country, two letters.
    pub country: String,
    /// True where it can charge.
    pub charges_enabled: bool,
    /// Origin of the API.
    pub api_url: String,
    /// Origin of the script and of the pages that buyers see.
    pub script_url: String,
}
