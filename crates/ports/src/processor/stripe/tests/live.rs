//! The contract with Stripe itself, where somebody gives a test key: `scripts/stripe-live` runs it. What needs a person,
//! or cards of the sandbox's own, is left to the fake.

use super::*;

async fn live() -> Account {
    let key = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let settings = Settings::new(
        &key("TILL_STRIPE_SECRET_KEY"),
        &key("TILL_STRIPE_PUBLISHABLE_KEY"),
        &[],
        "http://localhost:8080",
        (None, None),
    )
    .unwrap();
    assert_eq!(
        settings.mode(),
        Mode::Test,
        "this moves money: give test keys"
    );
    Account {
        stripe: Stripe::new(settings).unwrap(),
        fake: None,
        salt: salt(),
        tokens: Mutex::default(),
    }
}

contract! { ignored "needs a test key of Stripe: scripts/stripe-live", live();
    preparing_moves_nothing_and_may_be_repeated
    an_attempt_is_one_request
    a_charge_tells_what_was_taken_and_with_what
    a_card_that_is_only_kept_costs_nothing
    confirming_again_tells_how_it_went
    without_a_reference_nothing_was_asked
    amounts_are_more_than_zero
    amounts_are_at_most_what_is_charged_at_once
    a_decline_is_final
    an_unknown_token_is_refused_and_moves_nothing
    a_token_serves_one_attempt
    a_card_is_known_before_it_is_charged
    an_attempt_given_up_cannot_be_confirmed
    a_buyer_keeps_their_name
    a_card_that_was_not_kept_is_not_charged_again
    a_kept_card_is_its_customers
    a_forgotten_card_is_not_charged_again
    refunds_never_exceed_the_charge
    a_refund_id_refunds_once
    a_refund_is_in_the_currency_of_its_charge
    an_unknown_dispute_is_none
    an_operator_learns_how_it_is
}

/// Different for every run, whatever order the tests run in: two runs within a day would meet at Stripe otherwise.
fn salt() -> u128 {
    let bytes = std::collections::hash_map::RandomState::new();
    let half = || u128::from(std::hash::BuildHasher::hash_one(&bytes, std::process::id()));
    half() << 64 | half()
}
