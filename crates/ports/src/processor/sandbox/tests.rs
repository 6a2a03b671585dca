//! The contract of every processor, kept in this process and in another one, and what holds for the sandbox alone.

mod challenges;
mod charges;
mod disputes;
mod peer;
mod races;
mod records;
mod remote;
mod tokens;

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::processor::contract::{
    Peer, at, charge as charge_with, contract, is_refused, setup as setup_with, told, usd,
};
use crate::processor::{ProcessorError, card_token};

mod in_this_process {
    use super::contract;

    contract!(super::peer::here());
}

mod in_another_process {
    use super::contract;

    contract!(super::peer::elsewhere());
}

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

fn charge(id: u128, token: &str) -> Attempt {
    charge_with(id, card_token(token))
}

fn setup(id: u128, token: &str) -> Attempt {
    setup_with(id, card_token(token))
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
        let prepared = self.sandbox.prepare(&attempt, at(0)).await.unwrap();
        let confirmed = self.sandbox.confirm(&attempt, &prepared.reference, at(0));
        confirmed.await.unwrap()
    }

    /// The state of an attempt that takes money.
    async fn state(&self, id: u128, now: Timestamp) -> String {
        let id = Uuid::from_u128(id);
        let reference = format!("pi_sandbox_{}", id.simple());
        let found = self.sandbox.retrieve(id, Some(&reference), now).await;
        told(&found.unwrap().unwrap()).to_owned()
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
