//! A buyer: makes a session, fills it in, pays with whatever card chance gives, goes to the bank if asked, and
//! does not give up when connections break. Some leave when their bank asks, some get their money back ([`merchant`]), some
//! ask their bank for it ([`contest`]), some want their invoice ([`documents`]), for subscribers weeks pass in a moment ([`travel`]), what some use is measured ([`usage`]), their subscriptions are
//! changed ([`changes`]), and they give seats away and activate license keys ([`people`]).

mod changes;
mod contest;
mod documents;
mod merchant;
mod people;
mod travel;
mod usage;

pub use usage::measure;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use reqwest::Method;
use serde_json::{Value, json};
use till_store::Store;
use tokio::time::sleep;
use uuid::Uuid;

use crate::{
    change::{Change, Move},
    net::{Answer, Call, GaveUp, Net},
    processor::{Card, DECLINED_LATER, PAYS, Processor, TYPED},
    record::{Acknowledgement, Fetched, Sent},
    shop::Shop,
};

/// The time that a buyer goes on with one purchase.
const PATIENCE: Duration = Duration::from_secs(100);
const GLANCE: Duration = Duration::from_millis(200);
/// Buyers who come back under the same address.
const REGULARS: u32 = 30;

/// The observations of all buyers together.
#[derive(Debug, Default)]
pub struct Seen {
    pub acknowledged: BTreeSet<Acknowledgement>,
    /// Sessions whose buyers left when the bank asked them.
    pub abandoned: BTreeSet<Uuid>,
    /// The periods that were moved into the past, in order.
    pub moved: Vec<Move>,
    /// The changes of subscriptions, those of one in order.
    pub changes: Vec<Change>,
    /// Orders whose invoice was asked for.
    pub asked: BTreeSet<Uuid>,
    /// The files of documents that were fetched.
    pub fetched: Vec<Fetched>,
    /// Files that were fetched once, and were not there at the end.
    pub missing: Vec<String>,
    /// Subscriptions whose use is measured, each with its customer.
    pub measured: Vec<(Uuid, Uuid)>,
    /// License keys whose activation was asked for, whatever became of it.
    pub activating: BTreeSet<Uuid>,
    /// Activations of license keys, each with its key.
    pub activated: Vec<(Uuid, Uuid)>,
    /// Events of usage, in the order in which they were sent.
    pub sent: Vec<Sent>,
    /// The ends of purchases and refunds, by name.
    pub ends: BTreeMap<String, usize>,
}

/// The things that a buyer needs.
#[derive(Debug, Clone)]
pub struct World {
    pub net: Net,
    pub processor: Processor,
    pub shop: Arc<Shop>,
    pub seen: Arc<Mutex<Seen>>,
    pub closing: Arc<AtomicBool>,
    /// The database, in which time passes.
    pub store: Store,
}

/// Buys until the shop closes; ends what was begun.
pub async fn live(world: World, number: usize, seed: u64) {
    let mut chance =
        StdRng::seed_from_u64(seed ^ (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut count = 0;
    while !world.closing.load(Ordering::Relaxed) {
        count += 1;
        let mut buyer = Buyer::new(&world, format!("{number}-{count}"), &mut chance);
        let end = match buyer.buy().await {
            Ok(end) => end,
            Err(GaveUp) => "gave up".to_owned(),
        };
        world.count(format!("purchases: {end}"));
    }
}

impl World {
    /// Sessions whose buyers left when the bank asked them.
    pub fn abandoned(&self) -> BTreeSet<Uuid> {
        let seen = self.seen.lock().expect("no holder panics");
        seen.abandoned.clone()
    }

    fn count(&self, end: String) {
        let mut seen = self.seen.lock().expect("no holder panics");
        *seen.ends.entry(end).or_default() += 1;
    }
}

/// One more purchase, of a book with a card that pays; how it ended.
pub async fn once(world: &World) -> String {
    let mut buyer = Buyer::new(world, "last".to_owned(), &mut StdRng::seed_from_u64(0));
    buyer.product = world.shop.book;
    buyer.code = None;
    buyer.card = PAYS;
    match buyer.buy().await {
        Ok(end) => end,
        Err(GaveUp) => "gave up".to_owned(),
    }
}

struct Buyer<'a> {
    world: &'a World,
    chance: StdRng,
    wish: String,
    email: String,
    product: Uuid,
    code: Option<String>,
    card: &'static str,
    until: Instant,
    keys: u32,
    /// `/v1/checkouts/client/…`, once there is a session.
    path: String,
    /// `/checkout/…`: its page.
    page: String,
    session: Option<Uuid>,
}

impl<'a> Buyer<'a> {
    fn new(world: &'a World, wish: String, chance: &mut StdRng) -> Self {
        let shop = &world.shop;
        let product = match chance.random_range(0..12) {
            0..3 => shop.book,
            3 => shop.gift,
            4 => shop.monthly,
            5..7 => shop.weekly,
            7 => shop.team,
            8 => shop.metered,
            9 if chance.random_bool(0.5) => shop.parts,
            9 => shop.metered,
            _ => shop.trial,
        };
        let is_regular = [shop.book, shop.gift].contains(&product) && chance.random_bool(0.6);
        // In the sandbox letters go to the merchant's own addresses only: such as theirs with a mark.
        let email = match is_regular {
            true => format!(
                "owner+regular{}@example.com",
                chance.random_range(0..REGULARS)
            ),
            false => format!("owner+buyer{wish}@example.com"),
        };
        let discounted = product == shop.book || product == shop.monthly;
        let code = (discounted && chance.random_bool(0.4)).then(|| {
            let which = chance.random_range(0..shop.discounts.len());
            shop.discounts[which].0.clone()
        });
        let mut card = card(world.processor.cards(), chance);
        if product == shop.trial && chance.random_bool(0.4) {
            card = DECLINED_LATER;
        }
        if shop.is_measured(product) {
            // What is used is judged to the unit where they stay, and pay.
            let stays = chance.random_bool(0.85);
            card = if stays { PAYS } else { DECLINED_LATER };
        }
        Self {
            world,
            chance: StdRng::seed_from_u64(chance.next_u64()),
            card,
            wish,
            email,
            product,
            code,
            until: Instant::now() + PATIENCE,
            keys: 0,
            path: String::new(),
            page: String::new(),
            session: None,
        }
    }

    async fn buy(&mut self) -> Result<String, GaveUp> {
        let mut body = json!({"products": [self.product], "metadata": {"wish": self.wish}});
        if self.world.shop.is_measured(self.product) {
            body["external_customer_id"] = json!(self.wish);
            self.use_before().await?;
        }
        let made = self.post("/v1/checkouts/", body, true).await?;
        let (Some(id), Some(secret)) = (made.text("id"), made.text("client_secret")) else {
            return Ok(format!("create: {} {}", made.status, made.error()));
        };
        self.session = id.parse().ok();
        self.path = format!("/v1/checkouts/client/{secret}");
        self.page = format!("/checkout/{secret}");
        self.acknowledge(Acknowledgement::Created);
        // Some only look.
        if self.card != PAYS && self.chance.random_bool(0.2) {
            return Ok("left".to_owned());
        }
        let mut session = self.fill_in().await?;
        loop {
            match self.confirm(&session).await? {
                Step::Watch => {}
                Step::Again => {
                    sleep(GLANCE).await;
                    session = self.look().await?;
                    if Instant::now() >= self.until {
                        return Err(GaveUp);
                    }
                    if session["status"] == "open" {
                        continue;
                    }
                }
                Step::End(words) => return Ok(words),
            }
            match self.watch().await? {
                Step::Again => session = self.look().await?,
                Step::End(words) => return Ok(words),
                Step::Watch => return Ok("watched".to_owned()),
            }
        }
    }

    /// Address, name and code; a code that is used up is left out.
    async fn fill_in(&mut self) -> Result<Value, GaveUp> {
        loop {
            let mut body = json!({"customer_email": self.email, "customer_name": "Ada",
                "customer_billing_name": "Ada Lovelace", "customer_billing_address": {"country": "FR"}});
            if let Some(code) = &self.code {
                body["discount_code"] = json!(code);
            }
            let path = self.path.clone();
            let call = Call {
                method: Method::PATCH,
                path: &path,
                body: Some(body),
                key: None,
                signed: false,
            };
            let answer = self.world.net.ask(call, self.until).await?;
            if answer.is_ok() {
                return Ok(answer.body);
            }
            if answer.status == 409 {
                sleep(GLANCE).await;
            } else if self.code.take().is_none() {
                return self.look().await;
            }
        }
    }

    async fn confirm(&mut self, session: &Value) -> Result<Step, GaveUp> {
        let mut body = json!({"customer_email": self.email});
        if session["is_payment_form_required"] == true {
            body["confirmation_token_id"] = json!(self.token().await?);
        }
        let path = format!("{}/confirm", self.path);
        let answer = self.post(&path, body, false).await?;
        if answer.is_ok() {
            return Ok(Step::Watch);
        }
        Ok(match (answer.status, answer.error()) {
            (409, _) => Step::Again,
            (_, "NotOpenCheckout") => Step::Watch,
            (_, "PaymentError") => self.declined(),
            (_, error) if answer.body.to_string().contains("iscount") => {
                let words = format!("discount: {error}");
                self.without_discount(words).await?
            }
            (status, error) => Step::End(format!("confirm: {status} {error}")),
        })
    }

    /// Half of those who were declined have another card.
    fn declined(&mut self) -> Step {
        if self.card != PAYS && self.chance.random_bool(0.6) {
            self.card = PAYS;
            return Step::Again;
        }
        Step::End("declined".to_owned())
    }

    async fn without_discount(&mut self, words: String) -> Result<Step, GaveUp> {
        let path = self.path.clone();
        let call = Call {
            method: Method::PATCH,
            path: &path,
            body: Some(json!({"discount_code": null})),
            key: None,
            signed: false,
        };
        let answer = self.world.net.ask(call, self.until).await?;
        Ok(match answer.status {
            200 | 409 => Step::Again,
            _ => Step::End(words),
        })
    }

    /// Looks until the session has succeeded, or is open again because the card failed.
    async fn watch(&mut self) -> Result<Step, GaveUp> {
        loop {
            let session = self.look().await?;
            match session["status"].as_str() {
                Some("succeeded") => {
                    self.acknowledge(Acknowledgement::Succeeded);
                    if self.world.shop.is_measured(self.product) {
                        self.use_it(&session).await?;
                        self.activate(&session).await?;
                        self.fetch_documents(&session).await?;
                        return Ok(Step::End("bought".to_owned()));
                    }
                    self.travel(&session).await?;
                    self.change(&session).await?;
                    self.seat(&session).await?;
                    self.activate(&session).await?;
                    self.contest(&session).await?;
                    self.reconsider(&session).await?;
                    self.fetch_documents(&session).await?;
                    return Ok(Step::End("bought".to_owned()));
                }
                Some("open") => return Ok(self.declined()),
                Some("confirmed") => {}
                other => return Ok(Step::End(format!("the session is {other:?}"))),
            }
            let metadata = &session["payment_processor_metadata"];
            if metadata["intent_status"] == "requires_action"
                && let Some(secret) = metadata["intent_client_secret"].as_str()
                && let Some(end) = self.asked_by_bank(secret).await?
            {
                return Ok(end);
            }
            if Instant::now() >= self.until {
                return Err(GaveUp);
            }
            sleep(GLANCE).await;
        }
    }

    /// Approves the payment or refuses it; at Stripe, where the page lets them, some take another card, some approve in
    /// that very moment, and some leave.
    async fn asked_by_bank(&mut self, secret: &str) -> Result<Option<Step>, GaveUp> {
        let World { net, processor, .. } = self.world;
        let is_stripe = matches!(processor, Processor::Stripe(_));
        let page = format!("{}/another-card", self.page);
        match self.chance.random_range(0..20) {
            0 if is_stripe => {
                let mut seen = self.world.seen.lock().expect("no holder panics");
                seen.abandoned.extend(self.session);
                return Ok(Some(Step::End("left the bank's page".to_owned())));
            }
            1..3 if is_stripe => {
                net.submit(&page, "", self.until).await?;
            }
            3..5 if is_stripe => {
                let (approved, given_up) = tokio::join!(
                    processor.answer_bank(net, secret, true, self.until),
                    net.submit(&page, "", self.until)
                );
                approved?;
                given_up?;
            }
            5..8 => {
                processor
                    .answer_bank(net, secret, false, self.until)
                    .await?
            }
            _ => processor.answer_bank(net, secret, true, self.until).await?,
        }
        Ok(None)
    }

    async fn look(&self) -> Result<Value, GaveUp> {
        let call = Call {
            method: Method::GET,
            path: &self.path,
            body: None,
            key: None,
            signed: false,
        };
        Ok(self.world.net.ask(call, self.until).await?.body)
    }

    /// The name of a test card, or a token made of one that was typed.
    async fn token(&mut self) -> Result<String, GaveUp> {
        if let Processor::Stripe(stripe) = &self.world.processor {
            let shop = &self.world.shop;
            let saves = shop.subscribes(self.product);
            return stripe.token(self.card, saves, self.until).await;
        }
        if self.card != TYPED {
            return Ok(self.card.to_owned());
        }
        let card = json!({"number": "5555 5555 5555 4444", "exp_month": 12, "exp_year": 2034, "cvc": "123"});
        let made = self
            .post("/v1/sandbox/confirmation-tokens", card, false)
            .await?;
        Ok(made.text("id").unwrap_or_else(|| PAYS.to_owned()))
    }

    /// A wish has one key, however often it is sent; the next wish has another.
    async fn post(&mut self, path: &str, body: Value, signed: bool) -> Result<Answer, GaveUp> {
        let key = self.key();
        self.send(path, body, key, signed).await
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("chaos-{}-{}", self.wish, self.keys)
    }

    async fn send(
        &self,
        path: &str,
        body: Value,
        key: String,
        signed: bool,
    ) -> Result<Answer, GaveUp> {
        let call = Call {
            method: Method::POST,
            path,
            body: Some(body),
            key: Some(key),
            signed,
        };
        loop {
            let answer = self.world.net.ask(call.clone(), self.until).await?;
            // The first try is still being answered: its answer will be ours.
            let in_flight = answer.status == 409 && answer.error().contains("dempoten");
            if !in_flight {
                return Ok(answer);
            }
            if Instant::now() >= self.until {
                return Err(GaveUp);
            }
            sleep(GLANCE).await;
        }
    }

    fn acknowledge(&self, kind: impl Fn(Uuid) -> Acknowledgement) {
        if let Some(id) = self.session {
            let mut seen = self.world.seen.lock().expect("no holder panics");
            seen.acknowledged.insert(kind(id));
        }
    }
}

/// The next step of a buyer.
enum Step {
    Watch,
    Again,
    End(String),
}

fn card(cards: &[Card], chance: &mut StdRng) -> &'static str {
    let all: u32 = cards.iter().map(|(_, weight)| weight).sum();
    let mut die = chance.random_range(0..all);
    for (card, weight) in cards {
        if die < *weight {
            return card;
        }
        die -= weight;
    }
    PAYS
}
