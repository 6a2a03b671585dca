use super::*;

#[tokio::test]
async fn the_method_is_the_card_without_its_number() {
    let fixture = fixture();
    let token = fixture
        .sandbox
        .tokenize(typed("5555555555554444"), at(0))
        .await
        .unwrap();
    let preview = fixture.sandbox.card(&token, at(0)).await.unwrap().unwrap();
    let Outcome::Succeeded { method, .. } = fixture.pay(charge(1, &token)).await else {
        panic!()
    };
    assert_eq!(
        (method.brand.as_str(), method.last4.as_str()),
        ("mastercard", "4444")
    );
    assert_eq!(
        (method.exp_month, method.exp_year, method.wallet),
        (12, 2034, None)
    );
    assert_eq!(preview.billing_name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(preview.fingerprint.as_ref(), Some(&method.fingerprint));
    let named = fixture
        .sandbox
        .card("pm_card_mastercard", at(0))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        named.fingerprint.as_ref(),
        Some(&method.fingerprint),
        "the same number, the same fingerprint"
    );
    let other = fixture
        .sandbox
        .card("pm_card_visa", at(0))
        .await
        .unwrap()
        .unwrap();
    assert_ne!(other.fingerprint.as_ref(), Some(&method.fingerprint));
}

#[tokio::test]
async fn fingerprints_depend_on_the_key() {
    let print = async |key: &[u8]| {
        let sandbox = Sandbox::new(Arc::new(MemorySandboxStore::default()), key, ids());
        sandbox
            .card("pm_card_visa", at(0))
            .await
            .unwrap()
            .unwrap()
            .fingerprint
    };
    assert_ne!(print(b"one").await, print(b"two").await);
}

#[tokio::test]
async fn neither_number_nor_code_is_kept() {
    let fixture = fixture();
    for (id, card) in (0..).zip(cards::CARDS) {
        let input = typed(card.number);
        let token = fixture.sandbox.tokenize(input, at(0)).await.unwrap();
        fixture.pay(charge(id, &token)).await;
    }
    let dump = fixture.memory.dump();
    assert!(dump.len() > cards::CARDS.len());
    for (key, json) in dump {
        for card in cards::CARDS {
            assert!(
                !key.contains(card.number) && !json.contains(card.number),
                "{key}"
            );
        }
        assert!(!json.to_lowercase().contains("cvc\":"), "{json}");
    }
}

#[tokio::test]
async fn a_number_that_is_no_test_card_is_refused_and_not_repeated() {
    let fixture = fixture();
    let error = fixture
        .sandbox
        .tokenize(typed("4111111111111111"), at(0))
        .await
        .unwrap_err();
    let TokenizeError::Card(errors) = &error else {
        panic!()
    };
    assert_eq!(errors[0].field, CardField::Number);
    assert!(errors[0].code.message().contains("sandbox"));
    assert!(!format!("{error} {error:?}").contains("4111"));
    assert!(fixture.memory.dump().is_empty());
}

#[tokio::test]
async fn a_token_lasts_one_hour() {
    let fixture = fixture();
    let token = fixture
        .sandbox
        .tokenize(typed("4242424242424242"), at(0))
        .await
        .unwrap();
    assert!(
        fixture
            .sandbox
            .card(&token, at(3_599))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        fixture
            .sandbox
            .card(&token, at(3_600))
            .await
            .unwrap()
            .is_none()
    );
    assert!(is_refused(
        fixture.sandbox.prepare(&charge(1, &token), at(3_600)).await
    ));
    assert!(
        fixture
            .sandbox
            .prepare(&charge(1, &token), at(3_599))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn unknown_tokens_are_refused() {
    let fixture = fixture();
    let long = "x".repeat(100_000);
    let unknown = format!("ctoken_sandbox_{}", Uuid::from_u128(1).simple());
    for token in [
        "",
        "pm_card_",
        "tok_visa",
        "ctoken_sandbox_",
        "a\0b",
        &unknown,
        &long,
    ] {
        assert!(is_refused(
            fixture.sandbox.prepare(&charge(1, token), at(0)).await
        ));
        assert_eq!(fixture.sandbox.card(token, at(0)).await, Ok(None));
    }
}
