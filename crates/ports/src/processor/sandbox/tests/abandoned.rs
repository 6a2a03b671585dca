//! Attempts that are given up.

use super::*;

#[tokio::test]
async fn an_attempt_given_up_takes_no_confirmation_that_was_on_its_way() {
    let sandbox = fixture().sandbox;
    let (attempt, id) = (charge(1, "pm_card_visa"), Uuid::from_u128(1));
    assert_eq!(sandbox.abandon(id, at(0)).await, Ok(None), "never heard of");
    let prepared = sandbox.prepare(attempt.clone(), at(0)).await.unwrap();
    for _ in 0..2 {
        assert_eq!(sandbox.abandon(id, at(1)).await, Ok(None));
    }
    assert!(is_refused(
        sandbox.confirm(id, &prepared.reference, at(2)).await
    ));
    assert_eq!(sandbox.retrieve(id, at(3)).await, Ok(None));
    assert_eq!(
        sandbox.prepare(attempt, at(4)).await.unwrap(),
        prepared,
        "preparing again moves nothing"
    );
    assert!(is_refused(
        sandbox.confirm(id, &prepared.reference, at(5)).await
    ));
}

#[tokio::test]
async fn an_attempt_that_was_confirmed_cannot_be_given_up() {
    let fixture = fixture();
    let outcome = fixture.pay(charge(1, "pm_card_visa")).await;
    let id = Uuid::from_u128(1);
    let told = fixture.sandbox.abandon(id, at(1)).await.unwrap();
    assert_eq!(told, Some(outcome));
    let entry = fixture.memory.dump().pop().unwrap().1;
    let entry = Entry::read(&entry, at(1)).unwrap();
    assert_eq!((entry.attempt_id, entry.outcome), (id, told));
    assert_eq!(Entry::read("{}", at(1)), None);
}
