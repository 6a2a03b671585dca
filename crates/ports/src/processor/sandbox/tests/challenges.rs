use super::*;

#[tokio::test]
async fn an_unanswered_challenge_fails_after_one_hour() {
    let fixture = fixture();
    let secret = secret(
        fixture
            .pay(charge(1, "pm_card_authenticationRequired"))
            .await,
    );
    assert_eq!(fixture.state(1, at(3_599)).await, "requires_action");
    assert_eq!(fixture.state(1, at(3_600)).await, "authentication_required");
    let late = fixture
        .sandbox
        .authenticate(&secret, true, at(3_600))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told(&late.1), "authentication_required");
}

#[tokio::test]
async fn the_challenge_page_knows_amount_and_state() {
    let fixture = fixture();
    let secret = secret(
        fixture
            .pay(charge(1, "pm_card_authenticationRequired"))
            .await,
    );
    let state = async |now| {
        fixture
            .sandbox
            .challenge(&secret, now)
            .await
            .unwrap()
            .unwrap()
    };
    let waiting = state(at(0)).await;
    assert_eq!(waiting.attempt_id, Uuid::from_u128(1));
    assert_eq!(waiting.amount, Some(usd(1_000)));
    assert_eq!(waiting.description, "Acme — Pro");
    assert_eq!(waiting.state, ChallengeState::Waiting);
    assert_eq!(state(at(3_600)).await.state, ChallengeState::Expired);
    fixture
        .sandbox
        .authenticate(&secret, true, at(5))
        .await
        .unwrap();
    assert_eq!(state(at(3_600)).await.state, ChallengeState::Approved);
}

#[tokio::test]
async fn only_the_exact_client_secret_opens_a_challenge() {
    let fixture = fixture();
    let outcome = fixture
        .pay(charge(1, "pm_card_authenticationRequired"))
        .await;
    assert!(!format!("{outcome:?}").contains("secret_"), "{outcome:?}");
    let secret = secret(outcome);
    let mut wrong = secret.clone();
    wrong.pop();
    wrong.push('x');
    let without = secret.split("_secret_").next().unwrap().to_owned();
    for guess in [
        wrong,
        without.clone(),
        format!("{without}_secret_"),
        String::new(),
        "a\0".into(),
    ] {
        assert_eq!(fixture.sandbox.challenge(&guess, at(0)).await, Ok(None));
        assert_eq!(
            fixture.sandbox.authenticate(&guess, true, at(0)).await,
            Ok(None)
        );
    }
}

#[tokio::test]
async fn attempts_without_3d_secure_or_confirmation_have_no_challenge() {
    let fixture = fixture();
    let paid = fixture
        .sandbox
        .prepare(&charge(1, "pm_card_visa"), at(0))
        .await
        .unwrap();
    fixture.pay(charge(1, "pm_card_visa")).await;
    let waiting = charge(2, "pm_card_authenticationRequired");
    let unconfirmed = fixture.sandbox.prepare(&waiting, at(0)).await.unwrap();
    for secret in [&paid.client_secret, &unconfirmed.client_secret] {
        assert_eq!(fixture.sandbox.challenge(secret, at(0)).await, Ok(None));
    }
    // A decision before the confirmation is none.
    let early = fixture
        .sandbox
        .authenticate(&unconfirmed.client_secret, true, at(0))
        .await;
    assert_eq!(early, Ok(None));
    secret(
        fixture
            .pay(charge(2, "pm_card_authenticationRequired"))
            .await,
    );
}
