//! Attempts: what is decided and kept of them.

use jiff::Timestamp;
use uuid::Uuid;

use super::Sandbox;
use super::intent::{self, Card, Intent};
use super::records::{attempt_key, refused, unsure};
use crate::processor::{Attempt, AttemptKind, Outcome, Prepared, Result, Source};

impl Sandbox {
    pub(super) async fn announce(&self, attempt: &Attempt, now: Timestamp) -> Result<Prepared> {
        if let AttemptKind::Charge { amount, .. } = attempt.kind {
            if amount.minor <= 0 {
                return refused("an amount must be more than zero");
            }
            if amount.minor > amount.currency.max_charge() {
                return refused("the amount is more than can be charged at once");
            }
        }
        let key = attempt_key(attempt.id);
        // An attempt with a saved card is most often new: whether it is shows when it is written.
        let looks_first = matches!(attempt.source, Source::Token { .. });
        if looks_first && let Some(known) = self.read::<Intent>(key.clone()).await? {
            return prepared(&known, attempt);
        }
        let card = match self.card_of(attempt, now).await {
            Ok(card) => card,
            Err(error) => match self.read::<Intent>(key).await? {
                Some(known) => return prepared(&known, attempt),
                None => return Err(error),
            },
        };
        let mut intent = Intent {
            attempt_id: attempt.id,
            kind: attempt.kind,
            source: attempt.source.clone(),
            client_secret: String::new(),
            card,
            description: attempt.description.clone(),
            return_url: attempt.return_url.clone(),
            name: attempt.name.clone(),
            metadata: attempt.metadata.clone(),
            confirmed_at: None,
            abandoned: false,
            approved: None,
            decided_at: None,
            refunds: Default::default(),
            conceded_at: None,
            forgotten: false,
        };
        let secret = (self.new_id)();
        intent.client_secret = format!("{}_secret_{}", intent.reference(), secret.simple());
        if self.save(key.clone(), None, &intent).await? {
            return prepared(&intent, attempt);
        }
        let known: Option<Intent> = self.read(key).await?;
        prepared(
            &known.ok_or_else(|| unsure("a record has disappeared"))?,
            attempt,
        )
    }

    /// The card that is to pay.
    async fn card_of(&self, attempt: &Attempt, now: Timestamp) -> Result<Card> {
        match &attempt.source {
            Source::Token {
                confirmation_token, ..
            } => self.take_card(confirmation_token, attempt.id, now).await,
            Source::Saved {
                customer, method, ..
            } => match self.named_by(method).await? {
                Some(intent) if intent.keeps_for(customer, now) => Ok(intent.card),
                _ => refused("this customer has no such payment method"),
            },
        }
    }

    /// The attempt that a customer, a method or a dispute is named after.
    pub(super) async fn named_by(&self, name: &str) -> Result<Option<Intent>> {
        match intent::attempt_of(name) {
            Some(attempt_id) => self.read(attempt_key(attempt_id)).await,
            None => Ok(None),
        }
    }

    pub(super) async fn charge_or_keep(
        &self,
        attempt: &Attempt,
        reference: &str,
        now: Timestamp,
    ) -> Result<Outcome> {
        self.change(attempt_key(attempt.id), |found: Option<Intent>| {
            let known = found.filter(|intent| intent.reference() == reference);
            let Some(mut intent) = known else {
                return refused("no such attempt");
            };
            prepared(&intent, attempt)?;
            if let Some(outcome) = intent.outcome(now) {
                return Ok((None, outcome));
            }
            if intent.abandoned {
                return refused("this attempt was abandoned");
            }
            intent.confirmed_at = Some(now);
            let outcome = intent
                .outcome(now)
                .expect("a confirmed attempt has an outcome");
            Ok((Some(intent), outcome))
        })
        .await
    }

    pub(super) async fn outcome_of(
        &self,
        attempt_id: Uuid,
        reference: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Outcome>> {
        let Some(reference) = reference else {
            return Ok(None);
        };
        let found: Option<Intent> = self.read(attempt_key(attempt_id)).await?;
        let known = found.filter(|intent| intent.reference() == reference);
        Ok(known.and_then(|intent| intent.outcome(now)))
    }

    pub(super) async fn give_up(
        &self,
        attempt_id: Uuid,
        reference: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Outcome>> {
        let Some(reference) = reference else {
            return Ok(None);
        };
        self.change(attempt_key(attempt_id), |found: Option<Intent>| {
            let known = found.filter(|intent| intent.reference() == reference);
            let Some(mut intent) = known else {
                return Ok((None, None));
            };
            match intent.outcome(now) {
                None if intent.abandoned => return Ok((None, None)),
                None => {}
                Some(Outcome::RequiresAction { .. }) => intent.decided_at = Some(now),
                outcome => return Ok((None, outcome)),
            }
            intent.abandoned = true;
            let outcome = intent.outcome(now);
            Ok((Some(intent), outcome))
        })
        .await
    }

    pub(super) async fn forget_method(&self, method: &str) -> Result<()> {
        let Some(attempt_id) = intent::attempt_of(method) else {
            return Ok(());
        };
        self.change(attempt_key(attempt_id), |found: Option<Intent>| {
            let kept = found.filter(|intent| !intent.forgotten);
            let forgotten = kept.map(|intent| Intent {
                forgotten: true,
                ..intent
            });
            Ok((forgotten, ()))
        })
        .await
    }
}

/// The answer to preparing an attempt that is known, if it is the same attempt.
fn prepared(known: &Intent, attempt: &Attempt) -> Result<Prepared> {
    if known.kind != attempt.kind || known.source != attempt.source {
        return refused("this attempt was prepared with another amount, purpose or source");
    }
    Ok(Prepared {
        reference: known.reference(),
        customer: known.customer(),
        client_secret: known.client_secret.clone(),
    })
}
