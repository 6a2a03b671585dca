//! Effects of cards on intents, with and without their holder.

use reqwest::StatusCode;
use till_fake_stripe::{Options, Troubles};

use crate::Peer;

#[tokio::test]
async fn a_token_pays_once_and_the_intent_says_so() {
    let peer = Peer::new().await;
    let intent = peer.intent("metadata[order]=7").await;
    assert_eq!(intent.text("status"), "requires_payment_method");
    let token = peer.stripe.token("pm_card_visa", false);
    let paid = peer
        .post(
            &format!("/v1/payment_intents/{}/confirm", intent.id()),
            &format!("confirmation_token={token}"),
        )
        .await;
    assert_eq!(
        (paid.text("status"), &paid.body["amount_received"]),
        ("succeeded", &2000.into())
    );
    assert_eq!(paid.body["metadata"]["order"], "7");
    let again = peer.intent("").await;
    let refused = peer
        .post(
            &format!("/v1/payment_intents/{}/confirm", again.id()),
            &format!("confirmation_token={token}"),
        )
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.message().contains("already been used"));
    assert_eq!(
        peer.events().await,
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "payment_intent.created"
        ]
    );
}

#[tokio::test]
async fn a_token_expires_after_twelve_hours() {
    let peer = Peer::new().await;
    let intent = peer.intent("").await;
    let token = peer.stripe.token("pm_card_visa", false);
    let shown = peer.get(&format!("/v1/confirmation_tokens/{token}")).await;
    assert_eq!(shown.body["expires_at"], peer.stripe.now() + 12 * 3600);
    assert_eq!(
        shown.body["payment_method_preview"]["card"]["last4"],
        "4242"
    );
    peer.stripe
        .advance(std::time::Duration::from_secs(12 * 3600));
    let late = peer
        .post(
            &format!("/v1/payment_intents/{}/confirm", intent.id()),
            &format!("confirmation_token={token}"),
        )
        .await;
    assert!(late.message().contains("has expired"), "{}", late.message());
}

#[tokio::test]
async fn a_token_that_saves_something_else_than_the_intent_is_refused() {
    let peer = Peer::new().await;
    for (saves, usage) in [(true, ""), (false, "setup_future_usage=off_session")] {
        let intent = peer.intent(usage).await;
        let token = peer.stripe.token("pm_card_visa", saves);
        let path = format!("/v1/payment_intents/{}/confirm", intent.id());
        let refused = peer
            .post(&path, &format!("confirmation_token={token}"))
            .await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.body["error"]["param"], "confirmation_token");
        assert_eq!(
            peer.get(&format!("/v1/payment_intents/{}", intent.id()))
                .await
                .text("status"),
            "requires_payment_method"
        );
    }
}

#[tokio::test]
async fn a_decline_leaves_the_intent_payable_until_it_is_cancelled() {
    let peer = Peer::new().await;
    let intent = peer.intent("").await.id();
    let path = format!("/v1/payment_intents/{intent}");
    let declined = peer
        .post(
            &format!("{path}/confirm"),
            "payment_method=pm_card_visa_chargeDeclinedInsufficientFunds",
        )
        .await;
    assert_eq!(declined.status, StatusCode::PAYMENT_REQUIRED);
    let error = &declined.body["error"];
    assert_eq!(
        (&error["type"], &error["code"], &error["decline_code"]),
        (
            &"card_error".into(),
            &"card_declined".into(),
            &"insufficient_funds".into()
        )
    );
    assert_eq!(error["payment_intent"]["id"], intent.as_str());
    assert_eq!(
        error["payment_intent"]["last_payment_error"]["decline_code"],
        "insufficient_funds"
    );
    assert_eq!(error["payment_method"]["object"], "payment_method");
    assert!(
        error["charge"]
            .as_str()
            .is_some_and(|charge| charge.starts_with("ch_"))
    );
    assert_eq!(
        peer.get(&path).await.text("status"),
        "requires_payment_method"
    );

    let canceled = peer
        .post(&format!("{path}/cancel"), "cancellation_reason=abandoned")
        .await;
    assert_eq!(
        (
            canceled.text("status"),
            canceled.text("cancellation_reason")
        ),
        ("canceled", "abandoned")
    );
    let late = peer
        .post(&format!("{path}/confirm"), "payment_method=pm_card_visa")
        .await;
    assert_eq!(late.code(), "payment_intent_unexpected_state");
    assert_eq!(late.body["error"]["payment_intent"]["status"], "canceled");
}

#[tokio::test]
async fn what_has_succeeded_is_neither_cancelled_nor_confirmed_again() {
    let peer = Peer::new().await;
    let paid = peer.paid_with("pm_card_visa").await.id();
    for verb in ["cancel", "confirm"] {
        let refused = peer
            .post(&format!("/v1/payment_intents/{paid}/{verb}"), "")
            .await;
        assert_eq!(refused.code(), "payment_intent_unexpected_state", "{verb}");
        assert_eq!(
            refused.body["error"]["payment_intent"]["status"],
            "succeeded"
        );
    }
}

#[tokio::test]
async fn a_card_that_asks_waits_for_its_holder() {
    let peer = Peer::new().await;
    let asked = peer.paid_with("pm_card_authenticationRequired").await;
    assert_eq!(
        (asked.text("status"), &asked.body["next_action"]["type"]),
        ("requires_action", &"use_stripe_sdk".into())
    );
    assert!(asked.body["latest_charge"].is_null());
    peer.stripe.decide_3ds(asked.text("client_secret"), true);
    let paid = peer
        .get(&format!(
            "/v1/payment_intents/{}?expand[]=latest_charge",
            asked.id()
        ))
        .await;
    assert_eq!(paid.text("status"), "succeeded");
    let details = &paid.body["latest_charge"]["payment_method_details"]["card"];
    assert_eq!(details["three_d_secure"]["result"], "authenticated");

    let refused = peer.paid_with("pm_card_authenticationRequired").await;
    peer.stripe.decide_3ds(refused.text("client_secret"), false);
    let failed = peer
        .get(&format!("/v1/payment_intents/{}", refused.id()))
        .await;
    assert_eq!(failed.text("status"), "requires_payment_method");
    assert_eq!(
        failed.body["last_payment_error"]["code"],
        "payment_intent_authentication_failure"
    );
}

#[tokio::test]
async fn an_approval_after_the_cancel_changes_nothing() {
    let peer = Peer::new().await;
    let asked = peer.paid_with("pm_card_authenticationRequired").await;
    let path = format!("/v1/payment_intents/{}", asked.id());
    assert_eq!(
        peer.post(&format!("{path}/cancel"), "")
            .await
            .text("status"),
        "canceled"
    );
    assert!(
        !peer
            .stripe
            .try_decide_3ds(asked.text("client_secret"), true)
    );
    assert_eq!(peer.get(&path).await.text("status"), "canceled");
    assert!(peer.get(&path).await.body["next_action"].is_null());
}

#[tokio::test]
async fn the_page_of_the_bank_sends_the_buyer_back_with_the_outcome() {
    let peer = Peer::new().await;
    let asked = peer
        .intent("confirm=true&payment_method=pm_card_authenticationRequired&return_url=https://shop.example/back?x=1")
        .await;
    let next = &asked.body["next_action"];
    assert_eq!(next["type"], "redirect_to_url");
    let url = next["redirect_to_url"]["url"]
        .as_str()
        .expect("an address")
        .to_owned();
    assert!(url.starts_with(peer.stripe.script_url()));
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    assert!(
        client
            .get(&url)
            .send()
            .await
            .expect("a page")
            .text()
            .await
            .expect("a text")
            .contains("Approve")
    );
    let back = client
        .post(&url)
        .body("answer=approve")
        .send()
        .await
        .expect("a redirect");
    let place = back.headers()["location"]
        .to_str()
        .expect("an address")
        .to_owned();
    assert!(
        place.starts_with("https://shop.example/back?x=1&payment_intent=pi_"),
        "{place}"
    );
    assert!(place.ends_with("redirect_status=succeeded"), "{place}");
    let again = client
        .post(&url)
        .body("answer=approve")
        .send()
        .await
        .expect("a page")
        .text()
        .await
        .expect("a text");
    assert!(again.contains("Nothing waits"));
}

#[tokio::test]
async fn a_kept_card_pays_off_session_and_one_that_asks_does_not() {
    let peer = Peer::new().await;
    let customer = peer.customer().await;
    let keep = |method: &str| {
        format!(
            "confirm=true&customer={customer}&setup_future_usage=off_session&payment_method={method}"
        )
    };
    for (method, code) in [
        ("pm_card_visa", ""),
        ("pm_card_authenticationRequiredOnSetup", ""),
        ("pm_card_authenticationRequired", "authentication_required"),
        ("pm_card_authenticationRequiredSetupForOffSession", ""),
        ("pm_card_chargeCustomerFail", "card_declined"),
    ] {
        let setup = peer.post("/v1/setup_intents", &format!("confirm=true&customer={customer}&payment_method={method}&allowed_payment_method_types[]=card")).await;
        if setup.text("status") == "requires_action" {
            peer.stripe.decide_3ds(setup.text("client_secret"), true);
        }
        let setup = peer.get(&format!("/v1/setup_intents/{}", setup.id())).await;
        assert_eq!(setup.text("status"), "succeeded", "{method}");
        let kept = setup.text("payment_method");
        let paid = peer
            .intent(&format!(
                "confirm=true&off_session=true&customer={customer}&payment_method={kept}"
            ))
            .await;
        assert_eq!(paid.code(), code, "{method}");
    }
    let both = peer
        .intent(&format!("{}&off_session=true", keep("pm_card_visa")))
        .await;
    assert_eq!(both.body["error"]["param"], "off_session");
    let paid = peer.intent(&keep("pm_card_visa")).await;
    let method = peer
        .get(&format!(
            "/v1/payment_methods/{}",
            paid.text("payment_method")
        ))
        .await;
    assert_eq!(method.text("customer"), customer);
    assert!(method.body["card"]["fingerprint"].is_string());
}

#[tokio::test]
async fn a_card_that_was_not_kept_or_was_detached_serves_nobody_again() {
    let peer = Peer::new().await;
    let once = peer.paid_with("pm_card_visa").await;
    let again = peer.paid_with(once.text("payment_method")).await;
    assert!(
        again.message().contains("may not be used again"),
        "{}",
        again.message()
    );

    let customer = peer.customer().await;
    let attached = peer
        .post(
            "/v1/payment_methods/pm_card_visa/attach",
            &format!("customer={customer}"),
        )
        .await;
    let (path, id) = (
        format!("/v1/payment_methods/{}", attached.id()),
        attached.id(),
    );
    let stranger = peer.paid_with(&id).await;
    assert!(
        stranger.message().contains("belongs to a Customer"),
        "{}",
        stranger.message()
    );
    assert_eq!(
        peer.post(&format!("{path}/detach"), "").await.body["customer"],
        serde_json::Value::Null
    );
    assert_eq!(
        peer.post(&format!("{path}/detach"), "").await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(
        peer.paid_with(&id)
            .await
            .message()
            .contains("may not be used again")
    );
    let declined = peer
        .post(
            "/v1/payment_methods/pm_card_chargeDeclined/attach",
            &format!("customer={customer}"),
        )
        .await;
    assert_eq!(declined.code(), "card_declined");
}

#[tokio::test]
async fn setup_intents_decline_ask_and_are_cancelled() {
    let peer = Peer::new().await;
    let form = |method: &str| {
        format!("confirm=true&payment_method={method}&allowed_payment_method_types[]=card")
    };
    let declined = peer
        .post("/v1/setup_intents", &form("pm_card_chargeDeclined"))
        .await;
    assert_eq!(
        (declined.status, declined.code()),
        (StatusCode::PAYMENT_REQUIRED, "card_declined")
    );
    assert_eq!(
        declined.body["error"]["setup_intent"]["status"],
        "requires_payment_method"
    );
    let asked = peer
        .post("/v1/setup_intents", &form("pm_card_authenticationRequired"))
        .await;
    assert_eq!(asked.text("status"), "requires_action");
    let path = format!("/v1/setup_intents/{}", asked.id());
    assert_eq!(
        peer.post(&format!("{path}/cancel"), "")
            .await
            .text("status"),
        "canceled"
    );
    assert_eq!(
        peer.post(&format!("{path}/confirm"), "").await.code(),
        "setup_intent_unexpected_state"
    );
    assert!(
        !peer
            .stripe
            .try_decide_3ds(asked.text("client_secret"), true)
    );
}

#[tokio::test]
async fn a_publishable_key_sees_an_intent_only_with_its_secret() {
    let mut peer = Peer::with(Options::default()).await;
    let intent = peer.intent("metadata[a]=b").await;
    peer.key = peer.stripe.publishable_key().to_owned();
    let path = format!("/v1/payment_intents/{}", intent.id());
    assert_eq!(peer.get(&path).await.status, StatusCode::NOT_FOUND);
    let seen = peer
        .get(&format!(
            "{path}?client_secret={}",
            intent.text("client_secret")
        ))
        .await;
    assert_eq!(seen.text("status"), "requires_payment_method");
    assert!(seen.body.get("metadata").is_none());
    let typed = "payment_method_data[type]=card&payment_method_data[card][number]=4242 4242 4242 4242&payment_method_data[card][exp_month]=12&payment_method_data[card][exp_year]=34&payment_method_data[card][cvc]=123";
    assert!(
        peer.post("/v1/confirmation_tokens", typed)
            .await
            .id()
            .starts_with("ctoken_")
    );
    assert_eq!(
        peer.post(
            "/v1/confirmation_tokens",
            &typed.replace("4242 4242 4242 4242", "4242")
        )
        .await
        .code(),
        "incorrect_number"
    );
}

#[tokio::test]
async fn a_bank_that_takes_its_time_pays_or_declines_later() {
    let peer = Peer::new().await;
    peer.stripe.troubles(Troubles {
        processing: 100,
        ..Troubles::default()
    });
    let pays = peer.paid_with("pm_card_visa").await;
    let declines = peer.paid_with("pm_card_visa_chargeDeclined").await;
    assert_eq!(
        (pays.text("status"), declines.text("status")),
        ("processing", "processing")
    );
    let refused = peer
        .post(&format!("/v1/payment_intents/{}/cancel", pays.id()), "")
        .await;
    assert_eq!(refused.code(), "payment_intent_unexpected_state");
    peer.stripe.advance(std::time::Duration::from_secs(10));
    let status = async |id: String| {
        peer.get(&format!("/v1/payment_intents/{id}"))
            .await
            .text("status")
            .to_owned()
    };
    assert_eq!(status(pays.id()).await, "succeeded");
    assert_eq!(status(declines.id()).await, "requires_payment_method");
    assert!(
        peer.events()
            .await
            .contains(&"payment_intent.processing".to_owned())
    );
}
