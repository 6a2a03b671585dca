//! Racing callers and a broken ledger.

use super::refunds::refund;
use super::*;

/// Lets others run between reading and writing, so that writers meet.
struct Contended(MemorySandboxStore);

impl SandboxStore for Contended {
    fn load(&self, key: String) -> BoxFuture<'_, Result<Option<(i64, String)>, SandboxStoreError>> {
        Box::pin(async move {
            let found = self.0.load(key).await;
            tokio::task::yield_now().await;
            found
        })
    }

    fn save(
        &self,
        key: String,
        expected_version: Option<i64>,
        json: String,
    ) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        self.0.save(key, expected_version, json)
    }
}

fn contended() -> Sandbox {
    let ledger = Arc::new(Contended(MemorySandboxStore::default()));
    Sandbox::new(ledger, b"0123456789abcdef", ids())
}

#[tokio::test]
async fn concurrent_calls_agree_on_one_story() {
    let sandbox = contended();
    let token = sandbox
        .tokenize(typed("4000000000003220"), at(0))
        .await
        .unwrap();

    let (one, two) = tokio::join!(
        sandbox.prepare(charge(1, &token), at(0)),
        sandbox.prepare(charge(1, &token), at(0)),
    );
    let prepared = one.unwrap();
    assert_eq!(two.unwrap(), prepared);

    let id = Uuid::from_u128(1);
    let (one, two) = tokio::join!(
        sandbox.confirm(id, &prepared.reference, at(0)),
        sandbox.confirm(id, &prepared.reference, at(1)),
    );
    assert_eq!(one.unwrap(), two.unwrap());

    let (one, two) = tokio::join!(
        sandbox.authenticate(&prepared.client_secret, true, at(2)),
        sandbox.authenticate(&prepared.client_secret, false, at(2)),
    );
    assert_eq!(one.unwrap(), two.unwrap());
}

#[tokio::test]
async fn racing_refunds_do_not_exceed_the_charge() {
    let sandbox = contended();
    let prepared = sandbox
        .prepare(charge(1, "pm_card_visa"), at(0))
        .await
        .unwrap();
    sandbox
        .confirm(Uuid::from_u128(1), &prepared.reference, at(0))
        .await
        .unwrap();
    let (one, two) = tokio::join!(
        sandbox.refund(refund(1, 700), at(3)),
        sandbox.refund(refund(2, 700), at(3)),
    );
    // Either may be first.
    assert_eq!(
        [one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(),
        1
    );
    assert!(is_refused(one) || is_refused(two));
}

#[tokio::test]
async fn two_attempts_cannot_share_a_token_by_racing() {
    let sandbox = contended();
    let token = sandbox
        .tokenize(typed("4242424242424242"), at(0))
        .await
        .unwrap();
    let (one, two) = tokio::join!(
        sandbox.prepare(charge(1, &token), at(0)),
        sandbox.prepare(charge(2, &token), at(0)),
    );
    assert_eq!(
        [one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(),
        1
    );
    assert!(is_refused(one) || is_refused(two));
}

struct Broken;

impl SandboxStore for Broken {
    fn load(&self, _: String) -> BoxFuture<'_, Result<Option<(i64, String)>, SandboxStoreError>> {
        Box::pin(std::future::ready(Err(SandboxStoreError(
            "disk full".to_owned(),
        ))))
    }

    fn save(
        &self,
        _: String,
        _: Option<i64>,
        _: String,
    ) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        Box::pin(std::future::ready(Err(SandboxStoreError(
            "disk full".to_owned(),
        ))))
    }
}

#[tokio::test]
async fn a_broken_ledger_is_unsure_and_never_a_decline() {
    let sandbox = Sandbox::new(Arc::new(Broken), b"0123456789abcdef", ids());
    let id = Uuid::from_u128(1);
    let unsure = |error| matches!(error, ProcessorError::Unsure(_));
    assert!(unsure(
        sandbox
            .prepare(charge(1, "pm_card_visa"), at(0))
            .await
            .unwrap_err()
    ));
    assert!(unsure(
        sandbox
            .confirm(id, "pi_sandbox_x", at(0))
            .await
            .unwrap_err()
    ));
    assert!(unsure(sandbox.retrieve(id, at(0)).await.unwrap_err()));
    assert!(unsure(
        sandbox.refund(refund(1, 1), at(0)).await.unwrap_err()
    ));
}
