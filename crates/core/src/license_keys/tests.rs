//! Refusals, and their order.

use jiff::SignedDuration;
use serde_json::json;
use till_wire::metadata::Metadata;
use uuid::Uuid;

use super::*;
use crate::checkout::tests::{at, id};

fn metadata(value: serde_json::Value) -> Metadata {
    Metadata(value.as_object().unwrap().clone())
}

fn key() -> LicenseKey {
    LicenseKey {
        id: id(1),
        created_at: at(0).now,
        modified_at: None,
        version: 4,
        organization_id: id(2),
        customer_id: id(3),
        member_id: None,
        benefit_id: id(4),
        grant_id: id(5),
        subscription_id: None,
        order_id: Some(id(6)),
        key: "ACME-1".to_owned(),
        status: LicenseKeyStatus::Granted,
        wanted_status: LicenseKeyStatus::Granted,
        given: Json(json!({})),
        limit_activations: Some(2),
        limit_usage: Some(10),
        expires_at: None,
        activations: 1,
        usage: 8,
        validations: 0,
        last_validated_at: None,
    }
}

fn activation() -> LicenseKeyActivation {
    LicenseKeyActivation {
        id: id(7),
        created_at: at(0).now,
        modified_at: None,
        organization_id: id(2),
        license_key_id: id(1),
        label: "Laptop".to_owned(),
        conditions: Json(metadata(json!({"os": "linux"}))),
        meta: Json::default(),
    }
}

fn asked() -> LicenseKeyValidate {
    LicenseKeyValidate {
        key: "ACME-1".to_owned(),
        organization_id: id(2),
        activation_id: None,
        benefit_id: None,
        customer_id: None,
        increment_usage: None,
        conditions: Metadata::default(),
    }
}

#[test]
fn the_first_reason_of_a_refusal_is_told() {
    use LicenseKeyRefusal as R;
    let other = Some(Uuid::nil());
    // Everything is wrong, and is put right one by one.
    let (mut key, mut request) = (key(), asked());
    key.status = LicenseKeyStatus::Disabled;
    key.expires_at = Some(at(0).now);
    request.activation_id = other;
    (request.benefit_id, request.customer_id) = (other, other);
    request.increment_usage = Some(3);
    let told = |key: &LicenseKey, request: &LicenseKeyValidate, known: bool| {
        let activation = activation();
        validate(key, known.then_some(&activation), request, &at(1)).expect_err("it is refused")
    };
    assert_eq!(told(&key, &request, false), R::Inactive.into());
    key.status = LicenseKeyStatus::Granted;
    assert_eq!(told(&key, &request, false), R::Expired.into());
    key.expires_at = Some(at(1).now + SignedDuration::from_nanos(1_000));
    assert_eq!(told(&key, &request, false), Refusal::NotFound);
    assert_eq!(told(&key, &request, true), R::OtherConditions.into());
    request.conditions = metadata(json!({"os": "linux"}));
    assert_eq!(told(&key, &request, true), R::OtherBenefit.into());
    request.benefit_id = Some(key.benefit_id);
    assert_eq!(told(&key, &request, true), R::OtherCustomer.into());
    request.customer_id = Some(key.customer_id);
    assert_eq!(told(&key, &request, true), R::Spent(2).into());
    request.increment_usage = Some(2);
    let (now, changes) = validate(&key, Some(&activation()), &request, &at(1)).unwrap();
    assert_eq!((now.usage, now.validations), (10, 1));
    assert_eq!(changes.writes.len(), 1);
}

#[test]
fn a_limit_of_usage_counts_where_something_is_used_alone() {
    let mut key = key();
    key.usage = 40;
    for increment in [None, Some(0)] {
        let request = LicenseKeyValidate {
            increment_usage: increment,
            ..asked()
        };
        assert!(validate(&key, None, &request, &at(1)).is_ok());
    }
    key.usage = i64::from(i32::MIN);
    let request = LicenseKeyValidate {
        increment_usage: Some(limits::INT32),
        ..asked()
    };
    let (now, _) = validate(&key, None, &request, &at(1)).unwrap();
    assert_eq!(now.usage, -1);
}

#[test]
fn conditions_are_the_same_or_not() {
    for (one, other, wanted) in [
        (json!({"a": 1}), json!({"a": 1}), true),
        (json!({"a": 1}), json!({"a": 1.0}), true),
        (json!({"a": 1, "b": true}), json!({"b": true, "a": 1}), true),
        (json!({"a": 1}), json!({"a": "1"}), false),
        (
            json!({"a": 9_007_199_254_740_993_i64}),
            json!({"a": 9_007_199_254_740_992_i64}),
            false,
        ),
        (json!({"a": 1}), json!({"a": true}), false),
        (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
        (json!({"a": 1, "b": 2}), json!({"a": 1}), false),
        (json!({"a": 1}), json!({"b": 1}), false),
    ] {
        let same = is_same(&metadata(one.clone()), &metadata(other.clone()));
        assert_eq!(same, wanted, "{one} {other}");
    }
}

#[test]
fn activations_have_a_limit_of_ours_too() {
    let mut key = key();
    let request = LicenseKeyActivate {
        key: "ACME-1".to_owned(),
        organization_id: id(2),
        label: "Phone".to_owned(),
        conditions: Metadata::default(),
        meta: Metadata::default(),
    };
    let ((now, _), _) = activate(&key, request.clone(), &at(1)).unwrap();
    assert_eq!(now.activations, 2);
    key.limit_activations = Some(limits::INT32);
    key.activations = limits::ACTIVATIONS;
    let refused = activate(&key, request, &at(1)).expect_err("it is full");
    assert_eq!(refused, LicenseKeyRefusal::NoActivationLeft.into());
}
