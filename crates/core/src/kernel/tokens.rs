//! Secrets that callers hold: only their HMAC is kept (docs/behaviour: api/tokens).

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use till_wire::{input::Problem, loc, scope::Scope, tokens::TokenUpdate};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes, context::DecisionContext, hex::hex, records::AccessToken, refusal::Refusal,
    values::Json,
};

/// The server's own key: everything kept as HMAC is keyed by it.
#[derive(Clone)]
pub struct SecretKey(Vec<u8>);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// A key of any length; 32 bytes or more are wanted.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The digest that is kept of a token: the hex HMAC-SHA-256 of the whole of it.
    pub fn digest(&self, token: &str) -> String {
        hex(&self.derive(token))
    }

    /// A key of its own for a named purpose: the HMAC-SHA-256 of the name.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// A new organization access token: the row, and the text that is shown once.
pub fn create(
    organization_id: Uuid,
    name: String,
    scopes: Vec<Scope>,
    expires_at: Option<Timestamp>,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> (AccessToken, String, Changes) {
    let token = ctx.token("polar_oat_");
    let row = AccessToken {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id,
        name,
        token_hash: key.digest(&token),
        scopes: Json(scopes),
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&row);
    (row, token, changes)
}

/// Changes a token's name and scopes; its text stays.
pub fn update(token: &AccessToken, input: TokenUpdate) -> Changes {
    let mut new = token.clone();
    new.name = input.name;
    new.scopes = Json(input.scopes);
    let mut changes = Changes::new();
    changes.update(token, &new);
    changes
}

/// A token never opens more than the person who makes it may do (docs/behaviour: organizations/token-scopes).
pub fn within(scopes: &[Scope], granted: impl Fn(Scope) -> bool) -> Result<(), Refusal> {
    match scopes.iter().find(|scope| !granted(**scope)) {
        None => Ok(()),
        Some(scope) => Err(Refusal::field(Problem::value(
            loc!["body", "scopes"],
            format!("Your role does not grant {scope}"),
            scope.as_str(),
        ))),
    }
}

/// Ends a token.
pub fn revoke(token: &AccessToken, ctx: &DecisionContext) -> Changes {
    let mut revoked = token.clone();
    revoked.revoked_at = Some(ctx.now);
    let mut changes = Changes::new();
    changes.update(token, &revoked);
    changes
}
