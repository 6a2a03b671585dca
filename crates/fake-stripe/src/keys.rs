//! Keys: who asks, and what they may.

use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use base64::Engine;
use subtle::ConstantTimeEq;

use crate::{account::Account, books::letters, error::Refusal, routes::Route};

/// A restricted key with its permissions, such as `rak_payment_intent_write`.
#[derive(Debug, Clone)]
pub struct Restricted {
    /// The key, `rk_…`.
    pub key: String,
    /// Permissions that it has.
    pub permissions: Vec<String>,
}

/// The keys of an account.
#[derive(Debug)]
pub struct Keys {
    /// `sk_…`.
    pub secret: String,
    /// `pk_…`.
    pub publishable: String,
    /// `whsec_…`, of the endpoints that the fake was started with.
    pub webhook: String,
}

impl Keys {
    /// The keys that follow from an account and a seed.
    pub fn new(account: &str, live: bool, seed: u64) -> Self {
        let key = |kind: &str| letters(&format!("{kind}:{account}:{live}:{seed}"), 40);
        let mode = mode(live);
        Self {
            secret: format!("sk_{mode}_51{}", key("secret")),
            publishable: format!("pk_{mode}_51{}", key("publishable")),
            webhook: format!("whsec_{}", key("webhook")),
        }
    }

    /// Checks that the request's key may use the endpoint; true if it is the publishable one.
    ///
    /// # Errors
    ///
    /// 401 without a key or with a wrong one, 403 for an endpoint that the key may not use.
    pub fn check(
        &self,
        headers: &HeaderMap,
        route: &Route,
        account: &Account,
        restricted: &[Restricted],
    ) -> Result<bool, Refusal> {
        let given = given(headers).ok_or_else(|| {
            Refusal::invalid(
                "You did not provide an API key. You need to provide your API key in the Authorization header, using \
                 Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See \
                 https://stripe.com/docs/api#authentication for details.",
            )
            .status(StatusCode::UNAUTHORIZED)
        })?;
        let same = |key: &str| bool::from(given.as_bytes().ct_eq(key.as_bytes()));
        if same(&self.secret) {
            return Ok(false);
        }
        if same(&self.publishable) {
            if route.publishable {
                return Ok(true);
            }
            return Err(Refusal::invalid(
                "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a \
                 list of your API keys at https://dashboard.stripe.com/account/apikeys.",
            )
            .code("secret_key_required")
            .status(StatusCode::FORBIDDEN));
        }
        let Some(restricted) = restricted.iter().find(|restricted| same(&restricted.key)) else {
            return Err(
                Refusal::invalid(format!("Invalid API Key provided: {}", masked(&given)))
                    .status(StatusCode::UNAUTHORIZED),
            );
        };
        permitted(restricted, route, account).map(|()| false)
    }
}

fn permitted(restricted: &Restricted, route: &Route, account: &Account) -> Result<(), Refusal> {
    let write = format!("rak_{}_write", route.permission);
    let needed = match route.method.as_str() {
        "GET" => format!("rak_{}_read", route.permission),
        _ => write.clone(),
    };
    if restricted
        .permissions
        .iter()
        .any(|has| *has == needed || *has == write)
    {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "The provided key '{}' does not have the required permissions for this endpoint on account '{}'. Having the \
         '{needed}' permission would allow this request to continue.",
        masked(&restricted.key),
        account.id
    ))
    .status(StatusCode::FORBIDDEN))
}

/// `test` or `live`, as it stands in keys.
pub fn mode(live: bool) -> &'static str {
    if live { "live" } else { "test" }
}

/// The key of a request: as a bearer's, or as the name of Basic.
fn given(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = base64::engine::general_purpose::STANDARD
        .decode(rest.trim())
        .ok()?;
    let name = String::from_utf8(decoded).ok()?;
    Some(name.split(':').next().unwrap_or_default().to_owned())
}

/// A key of which only kind and end can be read.
fn masked(key: &str) -> String {
    let key: String = key.chars().filter(char::is_ascii).take(200).collect();
    let shown = ["sk_test_", "sk_live_", "rk_test_", "rk_live_"]
        .iter()
        .find(|start| key.starts_with(**start));
    let start = shown.map_or(0, |start| start.len());
    let end = key.len().saturating_sub(4).max(start);
    format!(
        "{}{}{}",
        &key[..start],
        "*".repeat(end - start),
        &key[end..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_masked_but_for_its_kind_and_end() {
        assert_eq!(masked("sk_test_abcdefgh"), "sk_test_****efgh");
        assert_eq!(masked("nonsense"), "****ense");
        assert_eq!(masked("sk_test_"), "sk_test_");
        assert_eq!(masked("ä"), "");
    }
}
