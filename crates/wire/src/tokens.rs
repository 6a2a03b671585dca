//! Access tokens, as the dashboard's forms ask for them.

use crate::{request::*, scope::Scope};

request! {
    /// A new token.
    pub struct TokenCreate: Eq {
        /// Purpose of the token.
        pub name: String = required(name()),
        /// Days until it expires; `None`: never.
        pub days: Option<i64> = optional(int(1, 3650)),
        /// Scopes of the token, at least one.
        pub scopes: Vec<Scope> = required(scopes()),
    }
}

request! {
    /// A changed token.
    pub struct TokenUpdate: Eq {
        /// Purpose of the token.
        pub name: String = required(name()),
        /// Scopes of the token, at least one.
        pub scopes: Vec<Scope> = required(scopes()),
    }
}

fn name() -> impl Reader<Value = String> {
    trimmed(1, 128)
}

fn scopes() -> impl Reader<Value = Vec<Scope>> {
    list(1, Scope::ALL.len(), word()).map(|mut scopes: Vec<Scope>| {
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    })
}
