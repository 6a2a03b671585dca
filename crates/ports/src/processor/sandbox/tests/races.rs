//! Callers that race, and a store that fails.

use super::*;

fn refund(refund_id: u128, minor: i64) -> RefundRequest {
    RefundRequest {
        charge: format!("pi_sandbox_{}", Uuid::from_u128(1).simple()),
        refund_id: Uuid::from_u128(refund_id),
        amount: usd(minor),
    }
}

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

    fn save(&self, write: Write) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        self.0.save(write)
    }

    fn with_events_since(
        &self,
        moment: Timestamp,
    ) -> BoxFuture<'_, Result<Vec<String>, SandboxStoreError>> {
        self.0.with_events_since(moment)
    }
}

fn contended() -> Sandbox {
    let store = Arc::new(Contended(MemorySandboxStore::default()));
    Sandbox::new(store, b"0123456789abcdef", ids())
}

#[tokio::test]
async fn concurrent_calls_agree_on_one_story() {
    let sandbox = contended();
    let token = sandbox
        .tokenize(typed("4000000000003220"), at(0))
        .await
        .unwrap();

    let attempt = charge(1, &token);
    let (one, two) = tokio::join!(
        sandbox.prepare(&attempt, at(0)),
        sandbox.prepare(&attempt, at(0)),
    );
    let prepared = one.unwrap();
    assert_eq!(two.unwrap(), prepared);

    let (one, two) = tokio::join!(
        sandbox.confirm(&attempt, &prepared.reference, at(0)),
        sandbox.confirm(&attempt, &prepared.reference, at(1)),
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
    let attempt = charge(1, "pm_card_visa");
    let prepared = sandbox.prepare(&attempt, at(0)).await.unwrap();
    sandbox
        .confirm(&attempt, &prepared.reference, at(0))
        .await
        .unwrap();
    let (first, second) = (refund(1, 700), refund(2, 700));
    let (one, two) = tokio::join!(
        sandbox.refund(&first, at(3)),
        sandbox.refund(&second, at(3)),
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
    let (first, second) = (charge(1, &token), charge(2, &token));
    let (one, two) = tokio::join!(
        sandbox.prepare(&first, at(0)),
        sandbox.prepare(&second, at(0)),
    );
    assert_eq!(
        [one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(),
        1
    );
    assert!(is_refused(one) || is_refused(two));
}

struct Broken;

fn full<T: Send + 'static>() -> BoxFuture<'static, Result<T, SandboxStoreError>> {
    let error = SandboxStoreError("disk full".to_owned());
    Box::pin(ready(Err(error)))
}

impl SandboxStore for Broken {
    fn load(&self, _: String) -> BoxFuture<'_, Result<Option<(i64, String)>, SandboxStoreError>> {
        full()
    }

    fn save(&self, _: Write) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        full()
    }

    fn with_events_since(
        &self,
        _: Timestamp,
    ) -> BoxFuture<'_, Result<Vec<String>, SandboxStoreError>> {
        full()
    }
}

#[tokio::test]
async fn a_broken_store_is_unsure_and_never_a_decline() {
    let sandbox = Sandbox::new(Arc::new(Broken), b"0123456789abcdef", ids());
    let attempt = charge(1, "pm_card_visa");
    let name = format!("pi_sandbox_{}", attempt.id.simple());
    let told = [
        sandbox.prepare(&attempt, at(0)).await.err(),
        sandbox.confirm(&attempt, &name, at(0)).await.err(),
        sandbox.retrieve(attempt.id, Some(&name), at(0)).await.err(),
        sandbox.abandon(attempt.id, Some(&name), at(0)).await.err(),
        sandbox.refund(&refund(1, 1), at(0)).await.err(),
        sandbox.forget(&name, at(0)).await.err(),
        sandbox.dispute(&name, at(0)).await.err(),
        sandbox.accept_dispute(&name, at(0)).await.err(),
        sandbox.events_since(at(0), at(0)).await.err(),
    ];
    for error in told {
        assert!(
            matches!(error, Some(ProcessorError::Unsure(_))),
            "{error:?}"
        );
    }
}
