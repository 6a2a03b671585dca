//! Questions and answers survive the way to another process and back.

use super::*;
use crate::processor::sandbox::remote::{Ask, Failure, RemoteSandbox, answer};

async fn over_the_wire(sandbox: &Sandbox, ask: Ask) -> Result<serde_json::Value, Failure> {
    let ask = serde_json::to_vec(&ask).unwrap();
    let told = answer(sandbox, serde_json::from_slice(&ask).unwrap()).await;
    serde_json::from_slice(&serde_json::to_vec(&told).unwrap()).unwrap()
}

fn read<T: serde::de::DeserializeOwned>(told: Result<serde_json::Value, Failure>) -> T {
    serde_json::from_value(told.unwrap()).unwrap()
}

#[tokio::test]
async fn what_is_asked_and_answered_is_the_same_on_both_sides() {
    let sandbox = fixture().sandbox;
    let (id, now) = (Uuid::from_u128(1), at(0));
    let input = typed("4000000000003220");
    let token: String = read(over_the_wire(&sandbox, Ask::Tokenize { input, now }).await);
    let confirmation_token = token.clone();
    let card: Option<CardPreview> = read(
        over_the_wire(
            &sandbox,
            Ask::Card {
                confirmation_token,
                now,
            },
        )
        .await,
    );
    assert_eq!(card.unwrap().last4, "3220");
    let attempt = Box::new(charge(1, &token));
    let prepared: Prepared = read(
        over_the_wire(
            &sandbox,
            Ask::Prepare {
                attempt: attempt.clone(),
                now,
            },
        )
        .await,
    );
    assert_eq!(prepared, sandbox.prepare(*attempt, now).await.unwrap());
    let reference = prepared.reference;
    let outcome: Outcome = read(
        over_the_wire(
            &sandbox,
            Ask::Confirm {
                attempt_id: id,
                reference,
                now,
            },
        )
        .await,
    );
    let client_secret = secret(outcome);
    let ask = Ask::Challenge {
        client_secret: client_secret.clone(),
        now,
    };
    let challenge: Option<Challenge> = read(over_the_wire(&sandbox, ask).await);
    assert_eq!(
        challenge,
        sandbox.challenge(&client_secret, now).await.unwrap()
    );
    let ask = Ask::Authenticate {
        client_secret,
        approve: true,
        now,
    };
    let decided: Option<(Uuid, Outcome)> = read(over_the_wire(&sandbox, ask).await);
    let known: Option<Outcome> = read(
        over_the_wire(
            &sandbox,
            Ask::Retrieve {
                attempt_id: id,
                now,
            },
        )
        .await,
    );
    assert_eq!(decided, Some((id, known.clone().unwrap())));
    let left: Option<Outcome> = read(
        over_the_wire(
            &sandbox,
            Ask::Abandon {
                attempt_id: id,
                now,
            },
        )
        .await,
    );
    assert_eq!(left, known);
    let request = RefundRequest {
        payment_attempt_id: id,
        refund_id: Uuid::from_u128(2),
        amount: usd(400),
    };
    let back: RefundOutcome = read(over_the_wire(&sandbox, Ask::Refund { request, now }).await);
    assert_eq!(back, sandbox.refund(request, now).await.unwrap());
}

#[tokio::test]
async fn a_no_is_told_as_a_no_and_wrong_fields_as_wrong_fields() {
    let sandbox = fixture().sandbox;
    let attempt = Box::new(charge(1, "no such token"));
    let told = over_the_wire(
        &sandbox,
        Ask::Prepare {
            attempt,
            now: at(0),
        },
    )
    .await;
    assert!(matches!(told, Err(Failure::Refused(_))), "{told:?}");
    let input = CardInput::typed("1", "12/34", "123", None);
    let told = over_the_wire(&sandbox, Ask::Tokenize { input, now: at(0) }).await;
    assert!(matches!(told, Err(Failure::Card(wrong)) if wrong.len() == 1));
}

#[tokio::test]
async fn a_sandbox_that_is_not_there_says_nothing_about_the_money() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let remote = RemoteSandbox::new(&url).unwrap();
    let told = remote.confirm(Uuid::from_u128(1), "pi", at(0)).await;
    assert!(matches!(told, Err(ProcessorError::Unsure(_))), "{told:?}");
}
