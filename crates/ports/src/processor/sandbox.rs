//! The embedded processor: test cards, no money. The default until a real one is configured.
//!
//! It behaves towards Till as a real one does, so nothing else needs to know: attempts are
//! prepared, confirmed, retrieved and refunded by our ids, some end later, some need the buyer.
//! Of an attempt it keeps what it needs for that. A card number or security code is never kept,
//! logged, or repeated in an error; brand, last four digits, expiry and a keyed fingerprint are.
//!
//! Numbers, token names and behaviours are those developers know from Stripe's test cards (4242…
//! pays, …0002 is declined, …3155 and …3220 ask for 3-D Secure, …0341 can be kept but not
//! charged, and so on); a token name such as `pm_card_visa` is used as the confirmation token.
//! Only these cards ask for 3-D Secure: [`Attempt::require_3ds`] changes nothing here. Two cards
//! are the sandbox's own, for payments that end later:
//!
//! | number | token | what happens |
//! |---|---|---|
//! | 4000 0000 0000 3006 | `pm_card_settlesLater` | processing; succeeds 3 seconds after confirmation |
//! | 4000 0000 0000 3014 | `pm_card_failsLater` | processing; is declined 3 seconds after confirmation |
//!
//! It lives in Till's own process, or in another that [`RemoteSandbox`] asks: that one goes on when Till dies, as
//! a real processor does.

mod cards;
mod intent;
mod remote;
mod store;
mod test_cards;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

pub use self::cards::{CardError, CardFault, CardField, CardInput, parse_expiry};
pub use self::intent::Entry;
pub use self::remote::{Ask, Failure, RemoteSandbox, answer};
pub use self::test_cards::{Challenge, ChallengeState, TestCards};
pub use crate::processor::sandbox::store::{MemorySandboxStore, SandboxStore, SandboxStoreError};

use self::cards::TestCard;
use self::intent::{Card, Intent, Token};
use crate::processor::{
    Attempt, AttemptKind, BoxFuture, CardPreview, Outcome, Prepared, Processor, ProcessorError,
    RefundOutcome, RefundRequest,
};

/// How long a token made from card fields can be used.
const TOKEN_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// The browser needs nothing to talk to the sandbox.
const PUBLISHABLE_KEY: &str = "pk_sandbox";

const TOKEN_PREFIX: &str = "ctoken_sandbox_";

/// How often a write that lost against another is tried again.
const MAX_TRIES: usize = 20;

/// The sandbox processor. Cheap to share behind an `Arc`.
pub struct Sandbox {
    ledger: Arc<dyn SandboxStore>,
    fingerprint_key: Vec<u8>,
    new_id: Arc<dyn Fn() -> Uuid + Send + Sync>,
}

/// Why no token was made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenizeError {
    /// What the buyer has to correct, one entry for each wrong field.
    #[error("the card fields are not right")]
    Card(Vec<CardError>),
    /// The token could not be kept.
    #[error(transparent)]
    SandboxStore(#[from] SandboxStoreError),
}

impl Sandbox {
    /// `fingerprint_key` is a secret of this installation, of at least 16 random bytes: with it
    /// fingerprints could be traced back to numbers. `new_id` gives random UUIDs; secrets are
    /// made of them.
    pub fn new(
        ledger: Arc<dyn SandboxStore>,
        fingerprint_key: &[u8],
        new_id: Arc<dyn Fn() -> Uuid + Send + Sync>,
    ) -> Sandbox {
        Sandbox {
            ledger,
            fingerprint_key: fingerprint_key.to_vec(),
            new_id,
        }
    }

    /// Turns card fields into a confirmation token (`ctoken_sandbox_…`) that one attempt can use
    /// within an hour.
    pub async fn tokenize(
        &self,
        input: CardInput,
        now: Timestamp,
    ) -> Result<String, TokenizeError> {
        let card = cards::check(&input, now).map_err(TokenizeError::Card)?;
        let billing_name = input
            .billing_name
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty());
        let token = Token {
            card: self.kept(card, (input.exp_month, input.exp_year), billing_name),
            expires_at: now + TOKEN_LASTS,
            used_by: None,
        };
        let id = (self.new_id)();
        let json =
            serde_json::to_string(&token).map_err(|error| SandboxStoreError(error.to_string()))?;
        match self
            .ledger
            .save(format!("token/{}", id.simple()), None, json)
            .await?
        {
            true => Ok(format!("{TOKEN_PREFIX}{}", id.simple())),
            false => Err(SandboxStoreError("a token of that id exists".to_owned()).into()),
        }
    }

    /// Records the buyer's decision about a 3-D Secure challenge and gives the attempt with how
    /// it stands now. Only the first decision counts, and only while the challenge is open.
    /// `None`: no such challenge.
    pub async fn authenticate(
        &self,
        client_secret: &str,
        approve: bool,
        now: Timestamp,
    ) -> Result<Option<(Uuid, Outcome)>, ProcessorError> {
        let Some(intent) = self.find(client_secret).await? else {
            return Ok(None);
        };
        self.change(attempt_key(intent.attempt_id), |found: Option<Intent>| {
            let Some(mut intent) = found else {
                return Ok((None, None));
            };
            match intent.outcome(now) {
                None => Ok((None, None)),
                Some(Outcome::RequiresAction { .. }) => {
                    intent.approved = Some(approve);
                    let decided = intent
                        .outcome(now)
                        .map(|outcome| (intent.attempt_id, outcome));
                    Ok((Some(intent), decided))
                }
                Some(outcome) => Ok((None, Some((intent.attempt_id, outcome)))),
            }
        })
        .await
    }

    /// The 3-D Secure challenge of that client secret, if the attempt has one.
    pub async fn challenge(
        &self,
        client_secret: &str,
        now: Timestamp,
    ) -> Result<Option<Challenge>, ProcessorError> {
        let Some(intent) = self.find(client_secret).await? else {
            return Ok(None);
        };
        if intent.card.behaviour != cards::Behaviour::Authenticates {
            return Ok(None);
        }
        let state = match (intent.approved, intent.outcome(now)) {
            (_, None) => return Ok(None),
            (Some(true), _) => ChallengeState::Approved,
            (Some(false), _) => ChallengeState::Refused,
            (None, Some(Outcome::RequiresAction { .. })) => ChallengeState::Waiting,
            (None, Some(_)) => ChallengeState::Expired,
        };
        let amount = match intent.kind {
            AttemptKind::Charge { amount, .. } => Some(amount),
            AttemptKind::Setup => None,
        };
        Ok(Some(Challenge {
            attempt_id: intent.attempt_id,
            amount,
            description: intent.description,
            return_url: intent.return_url,
            state,
        }))
    }

    /// The attempt with exactly that client secret.
    async fn find(&self, client_secret: &str) -> Result<Option<Intent>, ProcessorError> {
        let Some(attempt_id) = intent::attempt_of(client_secret) else {
            return Ok(None);
        };
        let found: Option<Intent> = self.read(attempt_key(attempt_id)).await?;
        Ok(found.filter(|intent| {
            intent
                .client_secret
                .as_bytes()
                .ct_eq(client_secret.as_bytes())
                .into()
        }))
    }

    async fn know(&self, attempt: Attempt, now: Timestamp) -> Result<Prepared, ProcessorError> {
        if let AttemptKind::Charge { amount, .. } = attempt.kind
            && amount.minor <= 0
        {
            return Err(ProcessorError::Refused(
                "an amount must be more than zero".to_owned(),
            ));
        }
        let key = attempt_key(attempt.id);
        if let Some(known) = self.read::<Intent>(key.clone()).await? {
            return prepared(&known, &attempt);
        }
        let card = self
            .take_card(&attempt.confirmation_token, attempt.id, now)
            .await?;
        let reference = intent::reference(attempt.kind, attempt.id);
        let intent = Intent {
            attempt_id: attempt.id,
            kind: attempt.kind,
            confirmation_token: attempt.confirmation_token.clone(),
            client_secret: format!("{reference}_secret_{}", (self.new_id)().simple()),
            card,
            description: attempt.description.clone(),
            return_url: attempt.return_url.clone(),
            name: attempt.name.clone(),
            metadata: attempt.metadata.clone(),
            confirmed_at: None,
            abandoned: false,
            approved: None,
            refunds: Default::default(),
        };
        let json = serde_json::to_string(&intent).map_err(unsure)?;
        if self
            .ledger
            .save(key.clone(), None, json)
            .await
            .map_err(unsure)?
        {
            return prepared(&intent, &attempt);
        }
        let known: Option<Intent> = self.read(key).await?;
        prepared(
            &known.ok_or_else(|| unsure("a record went away"))?,
            &attempt,
        )
    }

    /// The card of a token, which from now on belongs to that attempt.
    async fn take_card(
        &self,
        token: &str,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> Result<Card, ProcessorError> {
        if let Some(card) = cards::named(token) {
            return Ok(self.named(card, now));
        }
        let unknown = || ProcessorError::Refused("no such confirmation token".to_owned());
        self.change(
            token_key(token).ok_or_else(unknown)?,
            |found: Option<Token>| {
                let mut token = found.ok_or_else(unknown)?;
                let card = token.card.clone();
                match token.used_by {
                    Some(user) if user == attempt_id => Ok((None, card)),
                    Some(_) => Err(ProcessorError::Refused(
                        "this confirmation token was used before".to_owned(),
                    )),
                    None if now >= token.expires_at => Err(ProcessorError::Refused(
                        "this confirmation token has expired".to_owned(),
                    )),
                    None => {
                        token.used_by = Some(attempt_id);
                        Ok((Some(token), card))
                    }
                }
            },
        )
        .await
    }

    async fn charge_or_keep(
        &self,
        attempt_id: Uuid,
        reference: &str,
        now: Timestamp,
    ) -> Result<Outcome, ProcessorError> {
        self.change(attempt_key(attempt_id), |found: Option<Intent>| {
            let mut intent = found
                .filter(|intent| intent::reference(intent.kind, attempt_id) == reference)
                .ok_or_else(|| ProcessorError::Refused("no such attempt".to_owned()))?;
            if let Some(outcome) = intent.outcome(now) {
                return Ok((None, outcome));
            }
            if intent.abandoned {
                return Err(ProcessorError::Refused(
                    "this attempt was given up".to_owned(),
                ));
            }
            intent.confirmed_at = Some(now);
            let outcome = intent
                .outcome(now)
                .expect("a confirmed attempt has an outcome");
            Ok((Some(intent), outcome))
        })
        .await
    }

    async fn give_up(
        &self,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> Result<Option<Outcome>, ProcessorError> {
        self.change(attempt_key(attempt_id), |found: Option<Intent>| {
            let Some(mut intent) = found else {
                return Ok((None, None));
            };
            let outcome = intent.outcome(now);
            if outcome.is_some() || intent.abandoned {
                return Ok((None, outcome));
            }
            intent.abandoned = true;
            Ok((Some(intent), None))
        })
        .await
    }

    async fn give_back(
        &self,
        request: RefundRequest,
        now: Timestamp,
    ) -> Result<RefundOutcome, ProcessorError> {
        let refused = |words: &str| Err(ProcessorError::Refused(words.to_owned()));
        self.change(
            attempt_key(request.payment_attempt_id),
            |found: Option<Intent>| {
                let Some(mut intent) = found else {
                    return refused("no such charge");
                };
                let AttemptKind::Charge {
                    amount: charged, ..
                } = intent.kind
                else {
                    return refused("nothing was charged");
                };
                let Some(Outcome::Succeeded { .. }) = intent.outcome(now) else {
                    return refused("nothing was charged");
                };
                if request.amount.currency != charged.currency {
                    return refused("a refund is in the currency of its charge");
                }
                if request.amount.minor <= 0 {
                    return refused("an amount must be more than zero");
                }
                let outcome = RefundOutcome::Succeeded {
                    reference: format!("re_sandbox_{}", request.refund_id.simple()),
                };
                match intent.refunds.get(&request.refund_id) {
                    Some(amount) if *amount == request.amount.minor => Ok((None, outcome)),
                    Some(_) => refused("this refund was asked for with another amount"),
                    None if intent.refunded() + i128::from(request.amount.minor)
                        > i128::from(charged.minor) =>
                    {
                        refused("refunds together cannot exceed the charge")
                    }
                    None => {
                        intent
                            .refunds
                            .insert(request.refund_id, request.amount.minor);
                        Ok((Some(intent), outcome))
                    }
                }
            },
        )
        .await
    }

    async fn preview(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<CardPreview>, ProcessorError> {
        if let Some(card) = cards::named(token) {
            return Ok(Some(self.named(card, now).preview()));
        }
        let Some(key) = token_key(token) else {
            return Ok(None);
        };
        let found: Option<Token> = self.read(key).await?;
        Ok(found
            .filter(|token| now < token.expires_at)
            .map(|token| token.card.preview()))
    }

    /// A card of a well-known name, with an expiry ahead.
    fn named(&self, card: &TestCard, now: Timestamp) -> Card {
        let this_year = now.to_zoned(TimeZone::UTC).year();
        self.kept(card, (12, u16::try_from(this_year).unwrap_or(0) + 1), None)
    }

    /// What may be kept of a card.
    fn kept(&self, card: &TestCard, expiry: (u8, u16), billing_name: Option<String>) -> Card {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.fingerprint_key)
            .expect("HMAC takes keys of any length");
        mac.update(card.number.as_bytes());
        let fingerprint = mac.finalize().into_bytes();
        Card {
            brand: card.brand.to_owned(),
            last4: card.number[card.number.len() - 4..].to_owned(),
            exp_month: expiry.0,
            exp_year: expiry.1,
            fingerprint: fingerprint
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            billing_name,
            behaviour: card.behaviour,
        }
    }

    async fn read<R: DeserializeOwned>(&self, key: String) -> Result<Option<R>, ProcessorError> {
        Ok(self.load(key).await?.map(|(_, document)| document))
    }

    async fn load<R: DeserializeOwned>(
        &self,
        key: String,
    ) -> Result<Option<(i64, R)>, ProcessorError> {
        match self.ledger.load(key).await.map_err(unsure)? {
            None => Ok(None),
            Some((version, json)) => Ok(Some((
                version,
                serde_json::from_str(&json).map_err(unsure)?,
            ))),
        }
    }

    /// Decides on what is there and writes what the decision says (`None`: nothing), again if
    /// somebody else was first.
    async fn change<R: Serialize + DeserializeOwned, T>(
        &self,
        key: String,
        decide: impl Fn(Option<R>) -> Result<(Option<R>, T), ProcessorError>,
    ) -> Result<T, ProcessorError> {
        for _ in 0..MAX_TRIES {
            let (version, found) = self.load(key.clone()).await?.unzip();
            let (write, answer) = decide(found)?;
            let Some(document) = write else {
                return Ok(answer);
            };
            let json = serde_json::to_string(&document).map_err(unsure)?;
            if self
                .ledger
                .save(key.clone(), version, json)
                .await
                .map_err(unsure)?
            {
                return Ok(answer);
            }
        }
        Err(ProcessorError::Unsure("the sandbox is too busy".to_owned()))
    }
}

/// The answer to preparing an attempt that is known, if it is the same attempt.
fn prepared(known: &Intent, attempt: &Attempt) -> Result<Prepared, ProcessorError> {
    if known.kind != attempt.kind || known.confirmation_token != attempt.confirmation_token {
        return Err(ProcessorError::Refused(
            "this attempt was prepared with another amount, purpose or token".to_owned(),
        ));
    }
    Ok(Prepared {
        reference: intent::reference(known.kind, known.attempt_id),
        client_secret: known.client_secret.clone(),
    })
}

fn unsure(error: impl std::fmt::Display) -> ProcessorError {
    ProcessorError::Unsure(error.to_string())
}

fn attempt_key(attempt_id: Uuid) -> String {
    format!("attempt/{}", attempt_id.simple())
}

/// `None` for text that is no token of ours, which callers may send at any length.
fn token_key(token: &str) -> Option<String> {
    let id = Uuid::try_parse(token.strip_prefix(TOKEN_PREFIX)?).ok()?;
    Some(format!("token/{}", id.simple()))
}

impl Processor for Sandbox {
    fn prepare(
        &self,
        attempt: Attempt,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Prepared, ProcessorError>> {
        Box::pin(self.know(attempt, now))
    }

    fn confirm<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Outcome, ProcessorError>> {
        Box::pin(self.charge_or_keep(attempt_id, reference, now))
    }

    fn retrieve(
        &self,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Outcome>, ProcessorError>> {
        Box::pin(async move {
            let found: Option<Intent> = self.read(attempt_key(attempt_id)).await?;
            Ok(found.and_then(|intent| intent.outcome(now)))
        })
    }

    fn abandon(
        &self,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Outcome>, ProcessorError>> {
        Box::pin(self.give_up(attempt_id, now))
    }

    fn refund(
        &self,
        request: RefundRequest,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<RefundOutcome, ProcessorError>> {
        Box::pin(self.give_back(request, now))
    }

    fn card<'a>(
        &'a self,
        confirmation_token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<CardPreview>, ProcessorError>> {
        Box::pin(self.preview(confirmation_token, now))
    }

    fn publishable_key(&self) -> &str {
        PUBLISHABLE_KEY
    }
}
