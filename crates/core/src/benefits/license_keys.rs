//! License keys that grants give (docs/behaviour: license-keys/granted).

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use till_wire::{
    benefits::{BenefitType, Expiration, ExpirationUnit},
    license_keys::LicenseKeyStatus,
    limits,
    values::Interval,
};
use uuid::Uuid;

use crate::kernel::{
    changes::{Changes, Revised as _},
    context::DecisionContext,
    period,
    records::{Benefit, BenefitGrant, LicenseKey},
    values::Json,
};

/// Terms of a benefit for its keys: limits, and how long they are valid. The prefix is not among them: it applies to new
/// keys only.
pub(super) fn terms(benefit: &Benefit) -> Value {
    let properties = &benefit.properties.0;
    let said = ["activations", "expires", "limit_usage"];
    let said = said.map(|name| (name.to_owned(), properties[name].clone()));
    Value::Object(said.into_iter().collect())
}

fn limit_activations(terms: &Value) -> Option<i64> {
    terms["activations"]["limit"].as_i64()
}

fn limit_usage(terms: &Value) -> Option<i64> {
    terms["limit_usage"].as_i64()
}

/// End of a key that was made at `start`. Keys of subscriptions do not expire: they end with them.
fn expires_at(terms: &Value, start: Timestamp, is_of_order: bool) -> Option<Timestamp> {
    let said: Expiration = serde_json::from_value(terms["expires"].clone()).ok()?;
    let interval = match said.timeframe {
        ExpirationUnit::Year => Interval::Year,
        ExpirationUnit::Month => Interval::Month,
        ExpirationUnit::Day => Interval::Day,
    };
    let end = || period::end(start, interval, said.ttl, period::anchor(start));
    is_of_order.then(end)
}

/// A new key: a random version 4 UUID in capitals, behind the benefit's prefix.
fn text(benefit: &Benefit, ctx: &DecisionContext) -> String {
    let random = ctx.id().to_string().to_uppercase();
    let prefix = benefit.properties["prefix"].as_str().unwrap_or_default();
    let prefix = prefix.trim().to_uppercase();
    // Benefits from before the bound may have a longer one, and a few letters have several capitals.
    let prefix: String = prefix.chars().take(limits::KEY).collect();
    match prefix.is_empty() {
        true => random,
        false => format!("{prefix}-{random}"),
    }
}

impl LicenseKey {
    /// The last characters of the key, by which people tell it from others.
    pub fn display_key(&self) -> String {
        let skipped = self.key.chars().count().saturating_sub(6);
        let end: String = self.key.chars().skip(skipped).collect();
        format!("****-{end}")
    }

    /// True where the merchant took the key back, so that it is not granted whatever the purchase gives.
    pub(super) fn is_taken_back(&self) -> bool {
        self.wanted_status == LicenseKeyStatus::Revoked
    }

    /// Properties that the grant of the key has.
    fn properties(&self) -> Value {
        json!({"license_key_id": self.id, "display_key": self.display_key()})
    }

    /// Takes over what the benefit says differently now. What it says as before stays as the merchant may have set it.
    fn follow(&mut self, benefit: &Benefit) {
        let (was, now) = (&self.given.0, terms(benefit));
        if limit_activations(was) != limit_activations(&now) {
            self.limit_activations = limit_activations(&now);
        }
        if limit_usage(was) != limit_usage(&now) {
            self.limit_usage = limit_usage(&now);
        }
        if was["expires"] != now["expires"] {
            self.expires_at = expires_at(&now, self.created_at, self.order_id.is_some());
        }
        self.given = Json(now);
    }
}

/// Key of a grant before and after a run.
pub(super) struct Given {
    /// None: it is new.
    was: Option<LicenseKey>,
    key: LicenseKey,
}

impl Given {
    /// Properties that the grant of the key has.
    pub(super) fn properties(&self) -> Value {
        self.key.properties()
    }

    /// True where the key follows a change of the benefit, or is new.
    pub(super) fn is_updated(&self) -> bool {
        self.was
            .as_ref()
            .is_none_or(|was| was.given != self.key.given)
    }

    /// True where there is something to write.
    pub(super) fn is_changed(&self) -> bool {
        self.was.as_ref() != Some(&self.key)
    }

    /// Writes the key.
    pub(super) fn write(mut self, changes: &mut Changes, ctx: &DecisionContext) {
        match &self.was {
            None => drop(changes.insert(&self.key)),
            Some(was) if *was == self.key => {}
            Some(was) => {
                self.key.revised(ctx.now);
                changes.update(was, &self.key);
            }
        }
    }
}

/// Keys of a purchase's grants, by the grants' IDs.
pub(super) type Keys<'a> = HashMap<Uuid, &'a LicenseKey>;

/// The key that a live grant gives: a new one, or the one that it gave before. None where it gives none.
pub(super) fn of_grant(
    keys: &Keys<'_>,
    grant: &BenefitGrant,
    benefit: &Benefit,
    ctx: &DecisionContext,
) -> Option<Given> {
    if benefit.kind != BenefitType::LicenseKeys {
        return None;
    }
    let Some(was) = keys.get(&grant.id) else {
        let given = terms(benefit);
        let key = LicenseKey {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            version: 1,
            organization_id: grant.organization_id,
            customer_id: grant.customer_id,
            member_id: grant.member_id,
            benefit_id: benefit.id,
            grant_id: grant.id,
            subscription_id: grant.subscription_id,
            order_id: grant.order_id,
            key: text(benefit, ctx),
            status: LicenseKeyStatus::Granted,
            wanted_status: LicenseKeyStatus::Granted,
            limit_activations: limit_activations(&given),
            limit_usage: limit_usage(&given),
            expires_at: expires_at(&given, ctx.now, grant.order_id.is_some()),
            given: Json(given),
            activations: 0,
            usage: 0,
            validations: 0,
            last_validated_at: None,
        };
        return Some(Given { was: None, key });
    };
    let mut key = (*was).clone();
    key.follow(benefit);
    key.status = key.wanted_status;
    let was = Some((*was).clone());
    Some(Given { was, key })
}

/// The key of a grant that is not live, where it can still be used: it is revoked.
pub(super) fn revoked(keys: &Keys<'_>, grant_id: Uuid) -> Option<Given> {
    let was = *keys.get(&grant_id)?;
    let mut key = was.clone();
    key.status = LicenseKeyStatus::Revoked;
    let was = Some(was.clone());
    (was.as_ref() != Some(&key)).then_some(Given { was, key })
}
