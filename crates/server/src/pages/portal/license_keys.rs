//! A license key of the viewer: the key itself as text, how it is used, and where it is activated.

use std::collections::HashMap;

use axum::{extract::Path, response::Response};
use http::StatusCode;
use jiff::Timestamp;
use till_core::kernel::records::{BenefitGrant, LicenseKey, LicenseKeyActivation};
use till_wire::license_keys::{LicenseKeyDeactivate, LicenseKeyStatus};
use uuid::Uuid;

use super::{
    access::{Answer, Id, Visit, answered},
    form::Posted,
    view::{Badge, Block, Form, List, Look, Row, Tone},
};
use crate::{
    actions::{
        license_keys::KeyUser,
        portal::license_keys::{self, OwnKey},
    },
    error::{ApiError, Result},
    pages::{
        checkout::{money::date, view::Fact},
        page,
    },
};

/// The license keys that grants give.
pub(super) async fn of_grants<'a>(
    visit: &Visit,
    grants: impl Iterator<Item = &'a BenefitGrant>,
) -> Result<Vec<LicenseKey>> {
    let id = |grant: &BenefitGrant| grant.properties["license_key_id"].as_str()?.parse().ok();
    let wanted: Vec<Uuid> = grants.filter_map(id).collect();
    let own = visit.viewer.organization.id;
    Ok(visit.app().store.license_keys(own, &wanted).await?)
}

/// The path of a key's page.
pub(super) fn path(id: Uuid) -> String {
    format!("/license-keys/{id}")
}

fn on(visit: &Visit, id: &str, at: Timestamp) -> String {
    let page_context = visit.portal.page_context;
    let day = date(at, page_context.locale);
    page_context.with(id, [("date", day.into())])
}

/// The state of a key, in a word.
pub(super) fn badge(visit: &Visit, key: &LicenseKey) -> Badge {
    let now = visit.app().now_of(&visit.viewer.organization);
    let is_over = key.expires_at.is_some_and(|end| end <= now);
    let (id, tone) = match key.status {
        LicenseKeyStatus::Granted if is_over => ("portal-key-expired", Tone::Bad),
        LicenseKeyStatus::Granted => ("portal-active", Tone::Good),
        LicenseKeyStatus::Disabled | LicenseKeyStatus::Revoked => ("portal-key-blocked", Tone::Bad),
    };
    Badge {
        words: visit.say(id),
        tone,
    }
}

/// `GET …/license-keys/{id}`
pub(super) async fn show(visit: Visit, Id(id): Id) -> Response {
    let answer = async {
        let found = license_keys::find(visit.app(), &visit.viewer, id).await?;
        let mut blocks = vec![facts(&visit, &found.held.key)];
        blocks.extend(activations(&visit, &found));
        let mut shown = visit.page("/benefits", visit.say("portal-key"), blocks);
        shown.up = Some(visit.link("/benefits", "portal-benefits"));
        Ok(page(StatusCode::OK, &shown))
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

fn facts(visit: &Visit, key: &LicenseKey) -> Block {
    let fact = |id: &str, value: String| Fact {
        label: visit.say(id),
        value,
    };
    let used = key.limit_usage.map(|limit| {
        let values = [("used", key.usage.into()), ("total", limit.into())];
        let used = visit.portal.page_context.with("portal-key-usage", values);
        fact("portal-key-used", used)
    });
    let mut facts = vec![
        fact("portal-key", key.key.clone()),
        fact("portal-state", badge(visit, key).words),
    ];
    if let Some(end) = key.expires_at {
        let day = date(end, visit.portal.page_context.locale);
        facts.push(fact("portal-key-expires", day));
    }
    facts.extend(used);
    Block::Facts(None, facts)
}

/// The places where the key is used, each with a way to end it; none where the benefit does not let customers manage them.
fn activations(visit: &Visit, found: &OwnKey) -> Option<Block> {
    let activations = found.activations.as_ref()?;
    let key = &found.held.key;
    let row = |one: &LicenseKeyActivation| Row {
        title: one.label.clone(),
        note: Some(on(visit, "portal-key-activated-on", one.created_at)),
        forms: vec![Form {
            page_context: visit.portal.page_context,
            action: visit.url(&format!("{}/activations/{}/remove", path(key.id), one.id)),
            key: Some(visit.key()),
            submit: visit.say("remove"),
            aria: Some(format!("{}: {}", visit.say("remove"), one.label)),
            look: Look::Link,
            ..Form::default()
        }],
        ..Row::default()
    };
    Some(Block::List(List {
        title: Some(visit.say("portal-key-activations")),
        rows: activations.iter().map(row).collect(),
        empty: visit.say("portal-key-not-activated"),
        more: None,
    }))
}

/// `POST …/license-keys/{id}/activations/{activation_id}/remove`
pub(super) async fn remove(
    visit: Visit,
    Id(id): Id,
    Path(names): Path<HashMap<String, String>>,
    posted: Result<Posted>,
) -> Response {
    let answer = async {
        let guard = posted?.guard(&visit)?;
        let found = license_keys::find(visit.app(), &visit.viewer, id).await?;
        let activation_id = names.get("activation_id").and_then(|id| id.parse().ok());
        let activation_id = activation_id.ok_or_else(ApiError::not_found)?;
        // Whoever is not shown activations ends none here.
        if found.activations.is_none() {
            return Err(ApiError::not_found());
        }
        let asked = LicenseKeyDeactivate {
            key: found.held.key.key.clone(),
            organization_id: visit.viewer.organization.id,
            activation_id,
        };
        match KeyUser::anybody(visit.app())
            .deactivate(&guard, asked)
            .await
        {
            // Sent twice, it has ended.
            Err(error) if error.status() == StatusCode::NOT_FOUND => {}
            ended => ended?,
        }
        Ok(visit.portal.go(&format!("{}?done=deactivated", path(id))))
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}
