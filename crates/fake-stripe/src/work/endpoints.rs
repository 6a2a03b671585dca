//! Endpoints that notices are sent to, and domains that wallets know.

use serde_json::Map;

use super::{Call, ObjectResult, Work, listing, merged, not_found};
use crate::{
    account::API_VERSION,
    books::{PaymentMethodDomain, WebhookEndpoint, letters},
    error::Refusal,
    params::{Param, ParamKind},
};

/// Endpoints that an account may have.
const MOST: usize = 16;

/// Parameters of adding an endpoint.
pub const CREATE: &[Param] = &[
    Param::required("enabled_events", ParamKind::Texts),
    Param::required("url", ParamKind::Text(5_000)),
    Param::new("api_version", ParamKind::Word(&[API_VERSION])),
    Param::new("connect", ParamKind::NotDone),
    Param::emptyable("description", ParamKind::Text(500)),
    listing::EXPAND,
    Param::emptyable("metadata", ParamKind::Metadata),
];
/// Parameters of changing an endpoint.
pub const UPDATE: &[Param] = &[
    Param::emptyable("description", ParamKind::Text(500)),
    Param::new("disabled", ParamKind::Boolean),
    Param::new("enabled_events", ParamKind::Texts),
    listing::EXPAND,
    Param::emptyable("metadata", ParamKind::Metadata),
    Param::new("url", ParamKind::Text(5_000)),
];
/// Parameters of listing endpoints.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::EXPAND,
];
/// Parameters of adding a domain.
pub const DOMAIN: &[Param] = &[
    Param::required("domain_name", ParamKind::Text(253)),
    Param::new("enabled", ParamKind::Boolean),
    listing::EXPAND,
];
/// Parameters of listing domains.
pub const DOMAINS: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::EXPAND,
    Param::new("domain_name", ParamKind::Text(253)),
    Param::new("enabled", ParamKind::Boolean),
];

/// Adds an endpoint; only this answer has its secret.
pub fn create(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let url = call.params.owned("url").unwrap_or_default();
    check(&url)?;
    if work
        .books
        .endpoints
        .all()
        .iter()
        .filter(|endpoint| endpoint.enabled)
        .count()
        >= MOST
    {
        return Err(Refusal::invalid(format!(
            "You have reached the maximum of {MOST} test webhook endpoints."
        )));
    }
    let id = work.books.id("we");
    let secret = format!("whsec_{}", letters(&work.books.id("secret"), 32));
    work.books.endpoints.put(WebhookEndpoint {
        id: id.clone(),
        created: work.now,
        url,
        events: call.params.texts("enabled_events").unwrap_or_default(),
        secret: secret.clone(),
        description: call.params.owned("description"),
        metadata: merged(Map::new(), call.params),
        api_version: call.params.owned("api_version"),
        enabled: true,
    });
    let mut answer = work.answer("webhook endpoint", &id)?;
    answer["secret"] = secret.into();
    Ok(answer)
}

fn check(url: &str) -> Result<(), Refusal> {
    let sound = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if sound {
        return Ok(());
    }
    Err(
        Refusal::invalid("Invalid URL: An explicit scheme (such as https) must be provided.")
            .code("url_invalid")
            .param("url"),
    )
}

/// Changes an endpoint.
pub fn update(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let mut endpoint = found(work, call.id)?;
    if let Some(url) = call.params.owned("url") {
        check(&url)?;
        endpoint.url = url;
    }
    endpoint.events = call
        .params
        .texts("enabled_events")
        .unwrap_or(endpoint.events);
    endpoint.enabled = call
        .params
        .boolean("disabled")
        .map_or(endpoint.enabled, |disabled| !disabled);
    if call.params.has("description") {
        endpoint.description = call.params.owned("description");
    }
    endpoint.metadata = merged(endpoint.metadata, call.params);
    work.books.endpoints.put(endpoint);
    work.answer("webhook endpoint", call.id)
}

/// Shows an endpoint.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("webhook endpoint", call.id)
}

/// Lists endpoints.
pub fn list(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    listing::page(
        work,
        call,
        "webhook endpoint",
        work.books.endpoints.all(),
        |_| true,
    )
}

/// Adds a domain, or answers with the one that is there.
pub fn create_domain(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let name = call
        .params
        .owned("domain_name")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !name.contains('.') || name.contains(['/', ':', ' ']) {
        return Err(Refusal::invalid(format!("Invalid domain name: {name}")).param("domain_name"));
    }
    let enabled = call.params.boolean("enabled").unwrap_or(true);
    if let Some(id) = work
        .books
        .domains
        .last(|domain| domain.name == name)
        .map(|domain| domain.id.clone())
    {
        work.books
            .domains
            .change(&id, |domain| domain.enabled = enabled);
        return work.answer("payment method domain", &id);
    }
    let id = work.books.id("pmd");
    work.books.domains.put(PaymentMethodDomain {
        id: id.clone(),
        created: work.now,
        name,
        enabled,
    });
    work.answer("payment method domain", &id)
}

/// Shows a domain.
pub fn retrieve_domain(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("payment method domain", call.id)
}

/// Lists domains.
pub fn list_domains(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let (name, enabled) = (
        call.params.text("domain_name"),
        call.params.boolean("enabled"),
    );
    listing::page(
        work,
        call,
        "payment method domain",
        work.books.domains.all(),
        |row| {
            name.is_none_or(|name| row.name == name)
                && enabled.is_none_or(|enabled| row.enabled == enabled)
        },
    )
}

fn found(work: &Work<'_>, id: &str) -> Result<WebhookEndpoint, Refusal> {
    work.books
        .endpoints
        .get(id)
        .cloned()
        .ok_or_else(|| not_found("webhook endpoint", id))
}
