//! Stripe as a peer of the processor contract: against the fake Stripe, and against Stripe itself with a person's test
//! key.

mod accidents;
mod live;

use std::sync::Mutex;
use std::time::Duration;

use till_fake_stripe::{FakeStripe, Options};

use super::*;
use crate::processor::contract::{Card, Peer, at, contract};
use crate::processor::{AttemptKind, Source};

/// The processor under test. Attempts and refunds get other ids than the contract gives them, so that runs against one
/// account do not meet; the fake's clock follows the contract's.
pub(super) struct Account {
    pub(super) stripe: Stripe,
    pub(super) fake: Option<FakeStripe>,
    salt: u128,
    tokens: Mutex<Vec<Token>>,
}

/// A token of the contract: Stripe's is made when it is known whether it is to save the card, as a page knows.
struct Token {
    method: &'static str,
    made: Option<String>,
}

/// The contract with a fake account of its own.
async fn fake() -> Account {
    let fake = FakeStripe::with(Options {
        start: Some(at(0)),
        ..Options::default()
    })
    .await;
    let settings = Settings::new(
        fake.secret_key(),
        fake.publishable_key(),
        &[fake.webhook_secret().to_owned()],
        "http://localhost:8080",
        (Some(fake.api_url()), Some(fake.script_url())),
    );
    Account {
        stripe: Stripe::new(settings.unwrap()).unwrap(),
        fake: Some(fake),
        salt: 0,
        tokens: Mutex::default(),
    }
}

mod contract_with_the_fake {
    use super::*;

    contract! { all fake() }
}

impl Account {
    fn salted(&self, id: Uuid) -> Uuid {
        Uuid::from_u128(id.as_u128() ^ self.salt)
    }

    async fn attempt(&self, attempt: &Attempt) -> Attempt {
        let mut attempt = Attempt {
            id: self.salted(attempt.id),
            ..attempt.clone()
        };
        let saves = !matches!(
            attempt.kind,
            AttemptKind::Charge {
                save_card: false,
                ..
            }
        );
        if let Source::Token {
            confirmation_token, ..
        } = &mut attempt.source
        {
            *confirmation_token = self.real_token(confirmation_token, saves).await;
        }
        attempt
    }

    /// Stripe's token for one of the contract's; any other text stays as it is.
    async fn real_token(&self, label: &str, saves: bool) -> String {
        let number = label
            .strip_prefix("contract_")
            .and_then(|number| number.parse::<usize>().ok());
        let Some(number) = number else {
            return label.to_owned();
        };
        let method = match &self.tokens.lock().unwrap()[number] {
            Token {
                made: Some(made), ..
            } => return made.clone(),
            Token { method, .. } => *method,
        };
        let form = Form::default()
            .with("payment_method", method)
            .with_some("setup_future_usage", saves.then_some("off_session"));
        let path = ["test_helpers", "confirmation_tokens"];
        let token: types::Id = self
            .stripe
            .client
            .post(&path, &form, None)
            .await
            .expect("a token");
        self.tokens.lock().unwrap()[number].made = Some(token.id.clone());
        token.id
    }

    /// Moves the fake's clock, which goes forward only.
    fn now(&self, now: Timestamp) -> Timestamp {
        let Some(fake) = &self.fake else {
            return now;
        };
        let ahead = now.as_second() - fake.now();
        if let Ok(ahead) = ahead.try_into() {
            fake.advance(Duration::from_secs(ahead));
        }
        now
    }
}

/// Delegates, at the moment and with the ids that Stripe is to see.
impl Processor for Account {
    fn prepare<'a>(&'a self, attempt: &'a Attempt, now: Timestamp) -> Answer<'a, Prepared> {
        Box::pin(async move {
            self.stripe
                .prepare(&self.attempt(attempt).await, self.now(now))
                .await
        })
    }

    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Outcome> {
        Box::pin(async move {
            let attempt = self.attempt(attempt).await;
            self.stripe
                .confirm(&attempt, reference, self.now(now))
                .await
        })
    }

    fn retrieve<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        self.stripe
            .retrieve(self.salted(attempt_id), reference, self.now(now))
    }

    fn abandon<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        self.stripe
            .abandon(self.salted(attempt_id), reference, self.now(now))
    }

    fn refund<'a>(
        &'a self,
        request: &'a RefundRequest,
        now: Timestamp,
    ) -> Answer<'a, RefundOutcome> {
        Box::pin(async move {
            let refund_id = self.salted(request.refund_id);
            let request = RefundRequest {
                refund_id,
                ..request.clone()
            };
            self.stripe.refund(&request, self.now(now)).await
        })
    }

    fn refunds_of<'a>(
        &'a self,
        charge: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Vec<ProcessorRefund>> {
        Box::pin(async move {
            let mut all = self.stripe.refunds_of(charge, self.now(now)).await?;
            for refund in &mut all {
                refund.refund_id = refund.refund_id.map(|id| self.salted(id));
            }
            Ok(all)
        })
    }

    fn card<'a>(&'a self, token: &'a str, now: Timestamp) -> Answer<'a, Option<CardPreview>> {
        Box::pin(async move {
            let token = self.real_token(token, false).await;
            self.stripe.card(&token, self.now(now)).await
        })
    }

    fn method<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Method>> {
        self.stripe.method(reference, self.now(now))
    }

    fn forget<'a>(&'a self, method: &'a str, now: Timestamp) -> Answer<'a, ()> {
        self.stripe.forget(method, self.now(now))
    }

    fn dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Dispute>> {
        self.stripe.dispute(reference, self.now(now))
    }

    fn accept_dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Dispute> {
        self.stripe.accept_dispute(reference, self.now(now))
    }

    fn notice<'a>(
        &'a self,
        headers: &'a HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Answer<'a, Option<Notice>> {
        self.stripe.notice(headers, body, now)
    }

    fn events_since(&self, moment: Timestamp, now: Timestamp) -> Answer<'_, NoticeList> {
        self.stripe.events_since(moment, self.now(now))
    }

    fn checks(&self, now: Timestamp) -> BoxFuture<'_, Vec<Check>> {
        self.stripe.checks(self.now(now))
    }

    fn test_mode(&self) -> bool {
        self.stripe.test_mode()
    }

    fn name(&self) -> ProcessorName {
        self.stripe.name()
    }

    fn publishable_key(&self) -> &str {
        self.stripe.publishable_key()
    }
}

impl Peer for Account {
    fn processor(&self) -> &dyn Processor {
        self
    }

    fn token(&self, card: Card, _now: Timestamp) -> BoxFuture<'_, String> {
        let method = match card {
            Card::Pays => "pm_card_visa",
            Card::Declined => "pm_card_chargeDeclined",
            Card::DeclinedLater => "pm_card_chargeCustomerFail",
            Card::Authenticates => "pm_card_authenticationRequired",
            Card::AuthenticatesOnce => "pm_card_authenticationRequiredOnSetup",
            Card::Disputed => "pm_card_createDispute",
            Card::RefundsLater => "pm_card_pendingRefund",
            Card::RefundFails => "pm_card_refundFail",
            Card::SettlesLater | Card::FailsLater => unreachable!("cards of the sandbox's own"),
        };
        let mut tokens = self.tokens.lock().unwrap();
        tokens.push(Token { method, made: None });
        Box::pin(std::future::ready(format!("contract_{}", tokens.len() - 1)))
    }

    fn decide<'a>(
        &'a self,
        client_secret: &'a str,
        approve: bool,
        now: Timestamp,
    ) -> BoxFuture<'a, ()> {
        self.now(now);
        let fake = self
            .fake
            .as_ref()
            .expect("a person decides at Stripe itself");
        fake.try_decide_3ds(client_secret, approve);
        Box::pin(std::future::ready(()))
    }

    fn sent<'a>(
        &'a self,
        notice: &'a Notice,
        _now: Timestamp,
    ) -> BoxFuture<'a, (HeaderMap, Vec<u8>)> {
        let fake = self.fake.as_ref().expect("Stripe itself reaches no test");
        let named = format!("\"{}\"", notice.id);
        let mut all = fake.notices(None).into_iter();
        let (headers, body) = all
            .find(|(_, body)| body.contains(&named))
            .expect("a notice of that name");
        let name = |name: String| ::http::HeaderName::try_from(name).expect("a header");
        let headers = headers
            .into_iter()
            .map(|(key, value)| (name(key), value.parse().expect("a value")));
        Box::pin(std::future::ready((headers.collect(), body.into_bytes())))
    }
}
