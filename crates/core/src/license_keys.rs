//! License keys as programs use them, and as merchants change them (docs/behaviour/license-keys.md). Which grants give them
//! is decided in [`crate::benefits`].

#[cfg(test)]
mod tests;
mod view;

use till_wire::{
    license_keys::{LicenseKeyActivate, LicenseKeyStatus, LicenseKeyUpdate, LicenseKeyValidate},
    limits,
    metadata::Metadata,
};

use crate::kernel::{
    changes::{Changes, Revised as _},
    context::DecisionContext,
    grants::GrantScope,
    records::{LicenseKey, LicenseKeyActivation},
    refusal::{LicenseKeyRefusal, Refusal},
    values::Json,
    writes::LicenseKeyWrite,
};

pub use view::HeldKey;

/// The refusal of a write that counts a validation: the key has changed, or its usage is spent.
pub const MOVED: &str = "the license key has changed";
/// The refusal of a write that ends an activation: somebody else has ended it.
pub const ENDED: &str = "the activation has ended";

impl LicenseKey {
    /// The purchase that gives the key.
    pub fn scope(&self) -> Option<GrantScope> {
        let subscription = self.subscription_id.map(GrantScope::Subscription);
        subscription.or(self.order_id.map(GrantScope::Order))
    }

    /// Reason why the key cannot be used now; none where it can.
    fn unusable(&self, ctx: &DecisionContext) -> Option<LicenseKeyRefusal> {
        if self.status != LicenseKeyStatus::Granted {
            return Some(LicenseKeyRefusal::Inactive);
        }
        let is_over = self.expires_at.is_some_and(|end| end <= ctx.now);
        is_over.then_some(LicenseKeyRefusal::Expired)
    }
}

/// Validates a key that was found, in this order: whether it can be used, its activation, the activation's conditions, its
/// benefit, its customer, and what is left of its usage (docs/behaviour: license-keys/validate). Returns the key as it is
/// afterwards.
///
/// # Errors
/// [`LicenseKeyRefusal`], and nothing is counted.
pub fn validate(
    key: &LicenseKey,
    activation: Option<&LicenseKeyActivation>,
    asked: &LicenseKeyValidate,
    ctx: &DecisionContext,
) -> Result<(LicenseKey, Changes), Refusal> {
    if let Some(reason) = key.unusable(ctx) {
        return Err(reason.of_validation());
    }
    if asked.activation_id.is_some() {
        let Some(activation) = activation else {
            return Err(Refusal::NotFound);
        };
        let conditions = &activation.conditions.0;
        if !conditions.is_empty() && !is_same(conditions, &asked.conditions) {
            return Err(LicenseKeyRefusal::OtherConditions.into());
        }
    }
    if asked.benefit_id.is_some_and(|id| id != key.benefit_id) {
        return Err(LicenseKeyRefusal::OtherBenefit.into());
    }
    if asked.customer_id.is_some_and(|id| id != key.customer_id) {
        return Err(LicenseKeyRefusal::OtherCustomer.into());
    }
    let increment = asked.increment_usage.unwrap_or(0);
    if let Some(limit) = key.limit_usage
        && increment > 0
        && increment > limit.saturating_sub(key.usage)
    {
        let left = limit.saturating_sub(key.usage).max(0);
        return Err(LicenseKeyRefusal::Spent(left).into());
    }
    let mut new = key.clone();
    new.usage += increment;
    new.validations += 1;
    new.last_validated_at = Some(ctx.now);
    let mut changes = Changes::new();
    changes.write(LicenseKeyWrite::CountValidation {
        id: key.id,
        version: key.version,
        at: ctx.now,
        increment,
    });
    Ok((new, changes))
}

/// True where two maps are equal; `1` and `1.0` are the same number.
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    let equal = |one: &serde_json::Value, other: &serde_json::Value| {
        // Two whole numbers are compared as such: a double cannot hold all digits of them.
        let is_float = one.is_f64() || other.is_f64();
        one == other
            || is_float
                && matches!((one.as_f64(), other.as_f64()), (Some(one), Some(other)) if one.to_bits() == other.to_bits())
    };
    let is_there = |(key, value): (&String, &serde_json::Value)| {
        b.0.get(key).is_some_and(|other| equal(value, other))
    };
    a.0.len() == b.0.len() && a.0.iter().all(is_there)
}

/// Activates a key that was found (docs/behaviour: license-keys/activate): the activation, and the key with it.
///
/// # Errors
/// `NotPermitted` where the key cannot be used, has no limit of activations, or has reached it.
pub fn activate(
    key: &LicenseKey,
    asked: LicenseKeyActivate,
    ctx: &DecisionContext,
) -> Result<((LicenseKey, LicenseKeyActivation), Changes), Refusal> {
    if let Some(reason) = key.unusable(ctx) {
        return Err(reason.of_activation());
    }
    let Some(limit) = key.limit_activations else {
        return Err(LicenseKeyRefusal::NoActivations.into());
    };
    if key.activations >= limit.min(limits::ACTIVATIONS) {
        return Err(LicenseKeyRefusal::NoActivationLeft.into());
    }
    let activation = LicenseKeyActivation {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        organization_id: key.organization_id,
        license_key_id: key.id,
        label: asked.label,
        conditions: Json(asked.conditions),
        meta: Json(asked.meta),
    };
    let mut new = key.clone();
    new.activations += 1;
    let mut changes = Changes::new();
    let id = key.id;
    changes
        .write(LicenseKeyWrite::CountActivation { id, at: ctx.now })
        .insert(&activation);
    Ok(((new, activation), changes))
}

/// Ends an activation, which makes room for another one.
pub fn deactivate(key: &LicenseKey, activation: &LicenseKeyActivation) -> Changes {
    let mut changes = Changes::new();
    changes
        .write(LicenseKeyWrite::EndActivation { id: activation.id })
        .write(LicenseKeyWrite::FreeActivation { id: key.id });
    changes
}

/// Changes a key (docs/behaviour: license-keys/changed). Its grant follows a status that revokes it, or that takes this back.
pub fn update(
    key: &LicenseKey,
    input: LicenseKeyUpdate,
    ctx: &DecisionContext,
) -> (LicenseKey, Changes) {
    let mut new = key.clone();
    if let Some(status) = input.status {
        (new.status, new.wanted_status) = (status, status);
    }
    if let Some(usage) = input.usage {
        new.usage = usage;
    }
    if let Some(limit) = input.limit_activations.change() {
        new.limit_activations = limit;
    }
    if let Some(limit) = input.limit_usage.change() {
        new.limit_usage = limit;
    }
    if let Some(end) = input.expires_at.change() {
        new.expires_at = end;
    }
    let mut changes = Changes::new();
    if new == *key {
        return (new, changes);
    }
    new.revised(ctx.now);
    changes.update(key, &new);
    let is_revoked = |key: &LicenseKey| key.status == LicenseKeyStatus::Revoked;
    if is_revoked(key) != is_revoked(&new)
        && let Some(scope) = key.scope()
    {
        changes.sync_grants(ctx, scope);
    }
    (new, changes)
}
