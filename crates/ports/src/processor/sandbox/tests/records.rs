//! Records of an attempt, and those of an older version.

use super::*;

/// As it was kept before attempts had a source.
const OLD: &str = r#"{"attempt_id":"00000000-0000-0000-0000-000000000001",
    "kind":{"kind":"charge","amount":{"minor":1000,"currency":"usd"},"save_card":true},
    "confirmation_token":"pm_card_visa","client_secret":"pi_sandbox_00000000000000000000000000000001_secret_x",
    "card":{"brand":"visa","last4":"4242","exp_month":12,"exp_year":2034,"fingerprint":"f","billing_name":null,
    "behaviour":"pays"},"description":"Acme","return_url":"http://127.0.0.1/","confirmed_at":null,"abandoned":false,
    "approved":null,"refunds":{}}"#;

#[tokio::test]
async fn an_attempt_that_an_older_version_kept_goes_on() {
    let fixture = fixture();
    let id = Uuid::from_u128(1);
    let write = Write {
        key: format!("attempt/{}", id.simple()),
        expected_version: None,
        json: OLD.to_owned(),
        last_event: None,
    };
    fixture.memory.save(write).await.unwrap();
    let attempt = crate::processor::contract::saving_charge(1, card_token("pm_card_visa"));
    let outcome = fixture.pay(attempt).await;
    assert_eq!(told(&outcome), "succeeded");
}

#[tokio::test]
async fn an_attempt_is_kept_so_that_an_older_version_reads_it() {
    let fixture = fixture();
    fixture.pay(charge(1, "pm_card_visa")).await;
    let (_, document) = fixture.memory.dump().pop().unwrap();
    let new: serde_json::Value = serde_json::from_str(&document).unwrap();
    let old: serde_json::Value = serde_json::from_str(OLD).unwrap();
    for key in old.as_object().unwrap().keys() {
        assert!(new.get(key).is_some(), "{key}");
    }
}

#[tokio::test]
async fn the_record_of_an_attempt_tells_how_it_stands() {
    let fixture = fixture();
    let outcome = fixture.pay(charge(1, "pm_card_visa")).await;
    let (_, document) = fixture.memory.dump().pop().unwrap();
    let record = AttemptRecord::read(&document, at(1)).unwrap();
    assert_eq!(
        (record.attempt_id, record.outcome),
        (Uuid::from_u128(1), Some(outcome))
    );
    assert_eq!(AttemptRecord::read("{}", at(1)), None);
}
