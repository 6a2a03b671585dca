//! Access tokens, as the dashboard's forms ask for them.

use crate::{
    input::{Fields, int_in, list, text_of, word},
    scope::Scope,
};

/// Longest name of a token, in characters.
const NAME: usize = 128;
/// Longest life that may be asked for, in days.
const DAYS: i64 = 3650;

/// A new token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenCreate {
    /// What it is for.
    pub name: String,
    /// Days until it expires; `None`: never.
    pub days: Option<i64>,
    /// What it may do, at least one thing.
    pub scopes: Vec<Scope>,
}

impl TokenCreate {
    /// Reads `name`, `days` and `scopes`.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let days = f.optional("days", int_in(1, DAYS));
        let update = TokenUpdate::read(f)?;
        Some(Self {
            name: update.name,
            days,
            scopes: update.scopes,
        })
    }
}

/// A changed token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUpdate {
    /// What it is for.
    pub name: String,
    /// What it may do, at least one thing.
    pub scopes: Vec<Scope>,
}

impl TokenUpdate {
    /// Reads `name` and `scopes`.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let name = f.required("name", text_of(1, NAME, true));
        let scopes = f.required("scopes", list(1, Scope::ALL.len(), word));
        let mut scopes: Vec<Scope> = scopes?;
        scopes.sort_unstable();
        scopes.dedup();
        Some(Self {
            name: name?,
            scopes,
        })
    }
}
