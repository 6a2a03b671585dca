//! What the tests below share.

mod abandoned;
mod challenges;
mod charges;
mod refunds;
mod remote;
mod tokens;
mod trouble;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use till_wire::money::Money;

use super::*;

struct Fixture {
    sandbox: Sandbox,
    memory: Arc<MemorySandboxStore>,
}

fn ids() -> Arc<dyn Fn() -> Uuid + Send + Sync> {
    let count = AtomicU32::new(0);
    Arc::new(move || Uuid::from_u128(u128::from(count.fetch_add(1, Ordering::Relaxed)) + (7 << 64)))
}

fn fixture() -> Fixture {
    let memory = Arc::new(MemorySandboxStore::default());
    Fixture {
        sandbox: Sandbox::new(memory.clone(), b"0123456789abcdef", ids()),
        memory,
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

fn usd(minor: i64) -> Money {
    Money::new(minor, till_wire::money::Currency::USD)
}

fn charge(id: u128, token: &str) -> Attempt {
    Attempt {
        id: Uuid::from_u128(id),
        kind: AttemptKind::Charge {
            amount: usd(1_000),
            save_card: false,
        },
        confirmation_token: token.to_owned(),
        email: Some("ada@example.com".to_owned()),
        name: None,
        description: "Acme — Pro".to_owned(),
        statement_suffix: Some("acme".to_owned()),
        metadata: BTreeMap::new(),
        require_3ds: true,
        return_url: "http://127.0.0.1/checkout/x/confirmation".to_owned(),
    }
}

fn setup(id: u128, token: &str) -> Attempt {
    Attempt {
        kind: AttemptKind::Setup,
        ..charge(id, token)
    }
}

fn typed(number: &str) -> CardInput {
    let cvc = if number.starts_with('3') && number.len() == 15 {
        "9876"
    } else {
        "987"
    };
    CardInput::typed(number, "12/34", cvc, Some(" Ada Lovelace "))
}

impl Fixture {
    async fn pay(&self, attempt: Attempt) -> Outcome {
        let id = attempt.id;
        let prepared = self.sandbox.prepare(attempt, at(0)).await.unwrap();
        self.sandbox
            .confirm(id, &prepared.reference, at(0))
            .await
            .unwrap()
    }
}

/// `succeeded`, `requires_action`, `processing`, or the reason of the decline.
fn told(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Succeeded { .. } => "succeeded",
        Outcome::RequiresAction { .. } => "requires_action",
        Outcome::Processing => "processing",
        Outcome::Failed { decline_reason, .. } => decline_reason,
    }
}

fn secret(outcome: Outcome) -> String {
    match outcome {
        Outcome::RequiresAction {
            client_secret,
            action_url,
        } => {
            assert_eq!(action_url, Some(format!("/sandbox/3ds/{client_secret}")));
            client_secret
        }
        other => panic!("{other:?}"),
    }
}

fn is_refused<T: std::fmt::Debug>(result: Result<T, ProcessorError>) -> bool {
    matches!(result, Err(ProcessorError::Refused(_)))
}
