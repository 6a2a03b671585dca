//! A fake Stripe: an independent peer that Till is tested against.
//!
//! It speaks the version of Stripe's API that Till is pinned to, over real HTTP, with books of its own, real
//! idempotency, Stripe's test cards, 3-D Secure, signed notices, a stand-in for the script of Stripe's pages, and
//! troubles on demand. It knows nothing of Till. `tests/stripe` holds it to Stripe's own packages: every answer to the
//! types of npm's `stripe`, its behaviour to npm's and PyPI's `stripe` as clients, its script to `@stripe/stripe-js`.
//!
//! People start it with `cargo run -p till-fake-stripe`, tests in their own process:
//!
//! ```
//! # #[tokio::main] async fn main() {
//! use till_fake_stripe::{FakeStripe, Options};
//!
//! let stripe = FakeStripe::with(Options { start: Some("2026-11-01T12:00:00Z".parse().unwrap()), ..Options::default() }).await;
//! let token = stripe.token("pm_card_visa", false);
//! assert!(token.starts_with("ctoken_") && stripe.api_url().starts_with("http://127.0.0.1:"));
//! # }
//! ```
//!
//! # What it does not do
//!
//! Cards only: no bank debits, nothing that is captured later, no Connect; the script's wallet has a test card in it.
//! Parameters of Stripe that it does not do are refused with the code `fake_not_done`, never ignored. Texts of errors are
//! Stripe's where they are publicly known; clients must not depend on texts.

#![recursion_limit = "256"]

mod account;
mod api;
mod books;
mod cards;
mod clock;
mod control;
mod descriptor;
mod error;
mod fake;
mod form;
mod http;
mod keys;
mod money;
mod notices;
mod options;
mod pages;
mod params;
mod responses;
mod routes;
mod troubles;
mod views;
mod work;

use std::{io, path::Path, sync::Arc, time::Duration};

use serde_json::{Map, Value};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    fake::Fake,
    http::Origin,
    work::{Call, RequestOrigin, Work, disputes, methods, refunds, three_ds, tokens},
};
pub use crate::{
    notices::signature,
    options::Options,
    troubles::{NoticeTroubles, Troubles},
};

/// Version of Stripe's API that the fake speaks.
pub const API_VERSION: &str = account::API_VERSION;

/// Variable of the environment that names a folder; each fake that stops leaves its exchanges there, in a file of its
/// own. `node tests/stripe/shapes.mjs FOLDER` holds them to Stripe's types.
pub const EXCHANGES: &str = "TILL_FAKE_STRIPE_EXCHANGES";

/// A notice as an endpoint gets it: its headers and its body.
pub type Notice = (Vec<(String, String)>, String);

/// A running fake Stripe; dropping it stops it.
pub struct FakeStripe {
    fake: Arc<Fake>,
    servers: Vec<JoinHandle<()>>,
}

impl FakeStripe {
    /// Starts one on free loopback ports, with the machine's clock and books in memory.
    ///
    /// # Panics
    ///
    /// If it cannot listen.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// Starts one as the options say.
    ///
    /// # Panics
    ///
    /// If it cannot listen, or cannot read its file.
    pub async fn with(options: Options) -> Self {
        Self::open(options).await.expect("the fake Stripe starts")
    }

    /// Starts one as the options say.
    ///
    /// # Errors
    ///
    /// Addresses that cannot be listened on, and files that cannot be read or are no books.
    pub async fn open(options: Options) -> io::Result<Self> {
        let api = TcpListener::bind(options.listen).await?;
        let script = TcpListener::bind(options.listen_script).await?;
        let api_url = format!("http://{}", api.local_addr()?);
        let script_url = format!("http://{}", script.local_addr()?);
        let fake = Arc::new(Fake::new(&options, api_url, script_url)?);
        let servers = vec![
            tokio::spawn(http::serve(Arc::clone(&fake), api, Origin::Api)),
            tokio::spawn(http::serve(Arc::clone(&fake), script, Origin::Script)),
        ];
        Ok(Self { fake, servers })
    }

    /// Origin of the API, `http://127.0.0.1:…`: what `https://api.stripe.com` is for Stripe.
    pub fn api_url(&self) -> &str {
        &self.fake.account.api_url
    }

    /// Origin of the script, which is at `/endive/stripe.js`: what `https://js.stripe.com` is for Stripe.
    pub fn script_url(&self) -> &str {
        &self.fake.account.script_url
    }

    /// Id of the account, `acct_…`.
    pub fn account(&self) -> &str {
        &self.fake.account.id
    }

    /// The secret key, `sk_test_…`.
    pub fn secret_key(&self) -> &str {
        &self.fake.keys.secret
    }

    /// The publishable key, `pk_test_…`.
    pub fn publishable_key(&self) -> &str {
        &self.fake.keys.publishable
    }

    /// A new restricted key, `rk_test_…`, with permissions such as `rak_payment_intent_write`; writing includes reading.
    pub fn restricted_key(&self, permissions: &[&str]) -> String {
        self.fake.restrict(
            permissions
                .iter()
                .map(|permission| (*permission).to_owned())
                .collect(),
        )
    }

    /// Secret of the endpoints of [`Options::webhooks`], `whsec_…`.
    pub fn webhook_secret(&self) -> &str {
        &self.fake.keys.webhook
    }

    /// This moment on its clock, in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.fake.clock.now()
    }

    /// Moves its clock on by whole seconds, and does what is due by then: pending refunds settle.
    pub fn advance(&self, by: Duration) {
        self.fake
            .advance(i64::try_from(by.as_secs()).unwrap_or(i64::MAX));
    }

    /// Gives the requests from now on troubles; `Troubles::default()` ends them.
    pub fn troubles(&self, troubles: Troubles) {
        self.fake.set_troubles(vec![troubles]);
    }

    /// Waits until so many requests are [held](Troubles::held) at the same time.
    pub async fn held(&self, requests: usize) {
        self.fake.held(requests).await;
    }

    /// A confirmation token for a test payment method such as `pm_card_visa`, as the page's script makes it; one that
    /// `saves` keeps the card for off-session payments.
    ///
    /// # Panics
    ///
    /// If Stripe has no such test payment method.
    pub fn token(&self, payment_method: &str, saves: bool) -> String {
        let mut given =
            Map::from_iter([("payment_method".to_owned(), Value::from(payment_method))]);
        if saves {
            given.insert("setup_future_usage".to_owned(), Value::from("off_session"));
        }
        let params = params::read(tokens::HELPER, &given).expect("sound parameters");
        let token = self.by_hand(|work| {
            tokens::create_by_helper(
                work,
                &Call {
                    params: &params,
                    id: "",
                    path: "",
                },
            )
        });
        id_of(&token.expect("a test payment method"))
    }

    /// Answers a waiting 3-D Secure question for the card's holder.
    ///
    /// # Panics
    ///
    /// If the intent of the client secret waits for no answer; [`FakeStripe::try_decide_3ds`] tells instead.
    pub fn decide_3ds(&self, client_secret: &str, approve: bool) {
        assert!(
            self.try_decide_3ds(client_secret, approve),
            "no 3-D Secure question waits for an answer"
        );
    }

    /// Answers a waiting 3-D Secure question for the card's holder; false if none waits any more.
    pub fn try_decide_3ds(&self, client_secret: &str, approve: bool) -> bool {
        self.by_hand(|work| three_ds::answer(work, client_secret, approve))
            .is_ok()
    }

    /// Opens a dispute about what an intent has charged, for a reason such as `fraudulent`; its id.
    ///
    /// # Panics
    ///
    /// If the intent has no charge that could be disputed.
    pub fn open_dispute(&self, payment_intent: &str, reason: &str) -> String {
        let dispute = self.by_hand(|work| {
            let charge = control::charge_of(work, payment_intent);
            disputes::open(work, &charge, reason, false)
        });
        id_of(&dispute.expect("a charge that can be disputed"))
    }

    /// The bank decides a dispute, or looks at it: `won`, `lost`, `under_review`.
    ///
    /// # Panics
    ///
    /// If there is no such dispute, or it was decided.
    pub fn decide_dispute(&self, dispute: &str, status: &str) {
        self.by_hand(|work| disputes::decide(work, dispute, status))
            .expect("an open dispute");
    }

    /// Somebody refunds a payment in Stripe's dashboard, all of it or an amount in minor units; the refund's id.
    ///
    /// # Panics
    ///
    /// If that cannot be refunded.
    pub fn refund(&self, payment_intent: &str, amount: Option<i64>) -> String {
        let mut given =
            Map::from_iter([("payment_intent".to_owned(), Value::from(payment_intent))]);
        if let Some(amount) = amount {
            given.insert("amount".to_owned(), Value::from(amount.to_string()));
        }
        let params = params::read(refunds::CREATE, &given).expect("sound parameters");
        let refund = self.by_hand(|work| {
            refunds::create(
                work,
                &Call {
                    params: &params,
                    id: "",
                    path: "/v1/refunds",
                },
            )
        });
        id_of(&refund.expect("a payment that can be refunded"))
    }

    /// The card's bank gives it a new expiry, which Stripe takes over by itself.
    ///
    /// # Panics
    ///
    /// If there is no such payment method.
    pub fn update_card(&self, payment_method: &str, exp_month: i64, exp_year: i64) {
        let updated = self.by_hand(|work| {
            methods::update_by_bank(work, payment_method, exp_month, exp_year, None)
        });
        updated.expect("a payment method");
    }

    /// The object of an id as the API shows it, whatever it is.
    pub fn object(&self, id: &str) -> Option<Value> {
        self.fake
            .work(RequestOrigin::default(), |work| work.view(id))
            .0
    }

    /// Every object of a kind as the API shows it, the oldest first: `payment_intents`, `setup_intents`, `charges`,
    /// `refunds`, `disputes`.
    pub fn books(&self) -> Value {
        control::books(&self.fake)
    }

    /// Requests and answers so far, as `GET /_fake/exchanges` has them.
    pub fn exchanges(&self) -> Vec<Value> {
        self.fake.state().exchanges.iter().cloned().collect()
    }

    /// Notices of everything that happened after an event, signed at this moment, whether or not they were sent
    /// anywhere. The id of an event is the `id` of a notice's body.
    pub fn notices(&self, after: Option<&str>) -> Vec<Notice> {
        let now = self.fake.clock.now();
        let (events, _) = self.fake.work(RequestOrigin::default(), |work| {
            let all = work.books.events.all();
            let start = after
                .and_then(|id| all.iter().position(|event| event.id == id))
                .map_or(0, |at| at + 1);
            all[start..]
                .iter()
                .filter_map(|event| work.view(&event.id))
                .collect::<Vec<_>>()
        });
        events
            .iter()
            .map(|event| {
                let body = notices::pretty(event);
                let signature = notices::signature(&self.fake.keys.webhook, now, &body);
                let headers = vec![
                    (
                        "content-type".to_owned(),
                        "application/json; charset=utf-8".to_owned(),
                    ),
                    ("stripe-signature".to_owned(), signature),
                ];
                (headers, body)
            })
            .collect()
    }

    fn by_hand<T>(&self, work: impl FnOnce(&mut Work<'_>) -> T) -> T {
        self.fake.work_by_hand(work)
    }
}

impl Drop for FakeStripe {
    fn drop(&mut self) {
        self.fake.close();
        // What tests of Till exchange in their own process is held to Stripe's types afterwards.
        if let Some(folder) = std::env::var_os(EXCHANGES) {
            let name = format!(
                "{}-{}.json",
                std::process::id(),
                self.fake.account.api_url.replace(['/', ':'], "-")
            );
            let written = std::fs::write(
                Path::new(&folder).join(name),
                Value::from(self.exchanges()).to_string(),
            );
            if let Err(error) = written {
                eprintln!("the exchanges of a fake Stripe are not kept: {error}");
            }
        }
        for server in &self.servers {
            server.abort();
        }
    }
}

fn id_of(object: &Value) -> String {
    object["id"].as_str().unwrap_or_default().to_owned()
}
