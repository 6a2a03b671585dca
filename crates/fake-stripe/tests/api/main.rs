//! The fake over HTTP, as a client sees it.

mod cards;
mod control;
mod idempotency;
mod money;
mod notices;

use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use till_fake_stripe::{FakeStripe, Options};

/// The moment at which the fakes of these tests stand.
const START: &str = "2026-11-01T12:00:00Z";

/// A fake and somebody who calls it.
struct Peer {
    stripe: FakeStripe,
    client: Client,
    key: String,
}

/// An answer.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Answer {
    fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }

    fn id(&self) -> String {
        self.text("id").to_owned()
    }

    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    fn replayed(&self) -> bool {
        self.headers.contains_key("idempotent-replayed")
    }
}

impl Peer {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let start = START.parse().expect("a moment");
        let stripe = FakeStripe::with(Options {
            start: Some(start),
            ..options
        })
        .await;
        let key = stripe.secret_key().to_owned();
        let client = Client::builder()
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a client");
        Self {
            stripe,
            client,
            key,
        }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        form: &str,
        key: Option<&str>,
    ) -> reqwest::RequestBuilder {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.stripe.api_url()))
            .bearer_auth(&self.key)
            .header("stripe-version", till_fake_stripe::API_VERSION);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned())
    }

    async fn try_post(&self, path: &str, form: &str, key: Option<&str>) -> reqwest::Result<Answer> {
        read(self.request(Method::POST, path, form, key).send().await?).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        self.try_post(path, form, None).await.expect("an answer")
    }

    async fn post_with(&self, path: &str, form: &str, key: &str) -> Answer {
        self.try_post(path, form, Some(key))
            .await
            .expect("an answer")
    }

    async fn get(&self, path: &str) -> Answer {
        let sent = self
            .request(Method::GET, path, "", None)
            .send()
            .await
            .expect("an answer");
        read(sent).await.expect("an answer")
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Answer {
        let url = format!("{}{path}", self.stripe.api_url());
        let sent = self
            .client
            .request(method, url)
            .body(body.to_string())
            .send()
            .await
            .expect("an answer");
        read(sent).await.expect("an answer")
    }

    /// An intent of 20 dollars for cards, with more parameters.
    async fn intent(&self, more: &str) -> Answer {
        self.post(
            "/v1/payment_intents",
            &format!("amount=2000&currency=usd&allowed_payment_method_types[]=card&{more}"),
        )
        .await
    }

    /// The same, confirmed with a test payment method.
    async fn paid_with(&self, method: &str) -> Answer {
        self.intent(&format!("confirm=true&payment_method={method}"))
            .await
    }

    async fn customer(&self) -> String {
        self.post("/v1/customers", "email=a@example.com").await.id()
    }

    /// Types of the events so far, the oldest first.
    async fn events(&self) -> Vec<String> {
        let list = self.get("/v1/events?limit=100").await;
        let data = list.body["data"].as_array().cloned().unwrap_or_default();
        data.iter()
            .rev()
            .map(|event| event["type"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

async fn read(response: reqwest::Response) -> reqwest::Result<Answer> {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(Answer {
        status,
        headers,
        body,
    })
}

#[tokio::test]
async fn answers_carry_the_request_the_version_and_the_fakes_date() {
    let peer = Peer::new().await;
    let account = peer.get("/v1/account").await;
    assert_eq!(account.status, StatusCode::OK);
    assert_eq!(account.text("id"), peer.stripe.account());
    assert!(
        account.headers["request-id"]
            .to_str()
            .expect("a text")
            .starts_with("req_")
    );
    assert_eq!(
        account.headers["stripe-version"],
        till_fake_stripe::API_VERSION
    );
    assert_eq!(account.headers["date"], "Sun, 01 Nov 2026 12:00:00 GMT");
}

#[tokio::test]
async fn keys_decide_who_may_ask() {
    let mut peer = Peer::new().await;
    peer.key = "sk_test_wrong".to_owned();
    let wrong = peer.get("/v1/account").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(
        wrong
            .message()
            .starts_with("Invalid API Key provided: sk_test_"),
        "{}",
        wrong.message()
    );
    peer.key = peer.stripe.publishable_key().to_owned();
    assert_eq!(peer.get("/v1/account").await.code(), "secret_key_required");
    peer.key = peer
        .stripe
        .restricted_key(&["rak_customer_write", "rak_payment_intent_read"]);
    assert_eq!(peer.post("/v1/customers", "").await.status, StatusCode::OK);
    assert_eq!(peer.get("/v1/customers").await.status, StatusCode::OK);
    assert_eq!(peer.get("/v1/payment_intents").await.status, StatusCode::OK);
    let refused = peer.intent("").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused
            .message()
            .contains("Having the 'rak_payment_intent_write' permission"),
        "{}",
        refused.message()
    );
    let basic = peer
        .client
        .get(format!("{}/v1/account", peer.stripe.api_url()));
    let sent = basic
        .basic_auth(peer.stripe.secret_key(), Some(""))
        .send()
        .await
        .expect("an answer");
    assert_eq!(sent.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_live_mode_has_its_own_keys_and_no_test_methods_by_name() {
    let peer = Peer::with(Options {
        live: true,
        ..Options::default()
    })
    .await;
    assert!(
        peer.key.starts_with("sk_live_") && peer.stripe.publishable_key().starts_with("pk_live_")
    );
    assert_eq!(peer.intent("").await.body["livemode"], true);
    assert_eq!(
        peer.paid_with("pm_card_visa").await.code(),
        "resource_missing"
    );
}

#[tokio::test]
async fn what_is_not_there_is_404_in_the_path_and_400_in_a_parameter() {
    let peer = Peer::new().await;
    let path = peer.get("/v1/payment_intents/pi_nope").await;
    assert_eq!(
        (path.status, path.code()),
        (StatusCode::NOT_FOUND, "resource_missing")
    );
    let parameter = peer.intent("customer=cus_nope").await;
    assert_eq!(
        (parameter.status, parameter.code()),
        (StatusCode::BAD_REQUEST, "resource_missing")
    );
    assert_eq!(parameter.body["error"]["param"], "customer");
    assert_eq!(peer.get("/v1/nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn other_versions_and_bodies_over_a_megabyte_are_refused() {
    let peer = Peer::new().await;
    let old = peer
        .client
        .get(format!("{}/v1/account", peer.stripe.api_url()))
        .bearer_auth(&peer.key);
    let sent = old
        .header("stripe-version", "2020-08-27")
        .send()
        .await
        .expect("an answer");
    assert_eq!(sent.status(), StatusCode::BAD_REQUEST);
    let large = format!("description={}", "a".repeat(1024 * 1024));
    assert_eq!(
        peer.post("/v1/payment_intents", &large).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn lists_go_from_the_newest_to_the_oldest_in_pages() {
    let peer = Peer::new().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(peer.customer().await);
    }
    made.reverse();
    let ids = |answer: &Answer| -> Vec<String> {
        let data = answer.body["data"].as_array().expect("a list");
        data.iter()
            .map(|one| one["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let first = peer.get("/v1/customers?limit=2").await;
    assert_eq!(
        (ids(&first), &first.body["has_more"]),
        (made[..2].to_vec(), &Value::Bool(true))
    );
    let second = peer
        .get(&format!("/v1/customers?limit=3&starting_after={}", made[1]))
        .await;
    assert_eq!(
        (ids(&second), &second.body["has_more"]),
        (made[2..].to_vec(), &Value::Bool(false))
    );
    let back = peer
        .get(&format!("/v1/customers?limit=2&ending_before={}", made[3]))
        .await;
    assert_eq!(
        (ids(&back), &back.body["has_more"]),
        (made[1..3].to_vec(), &Value::Bool(true))
    );
    assert_eq!(
        peer.get("/v1/customers?starting_after=cus_nope")
            .await
            .code(),
        "resource_missing"
    );
    assert_eq!(
        peer.get("/v1/customers?limit=101").await.code(),
        "parameter_invalid_integer"
    );
}

#[tokio::test]
async fn properties_are_expanded_on_demand() {
    let peer = Peer::new().await;
    let customer = peer.customer().await;
    let paid = peer
        .intent(&format!(
            "confirm=true&payment_method=pm_card_visa&customer={customer}&expand[]=customer&expand[]=latest_charge.balance_transaction&expand[]=latest_charge.refunds"
        ))
        .await;
    assert_eq!(paid.body["customer"]["object"], "customer");
    assert_eq!(
        paid.body["latest_charge"]["balance_transaction"]["amount"],
        2000
    );
    assert_eq!(paid.body["latest_charge"]["refunds"]["object"], "list");
    let list = peer
        .get("/v1/payment_intents?expand[]=data.payment_method")
        .await;
    assert_eq!(
        list.body["data"][0]["payment_method"]["card"]["last4"],
        "4242"
    );
    let wrong = peer
        .get(&format!(
            "/v1/payment_intents/{}?expand[]=nonsense",
            paid.id()
        ))
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}
