//! 3-D Secure: the bank that asks the buyer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use till_wire::money::Money;
use uuid::Uuid;

use super::Sandbox;
use super::intent::Intent;
use super::records::attempt_key;
use crate::processor::{Outcome, Result};

/// The challenge that the 3-D Secure page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Ours.
    pub attempt_id: Uuid,
    /// The amount that would be taken; `None` when the card is only kept.
    pub amount: Option<Money>,
    /// As given with the attempt.
    pub description: String,
    /// The address that the buyer goes to afterwards, as given with the attempt.
    pub return_url: String,
    /// The state.
    pub state: ChallengeState,
}

/// The state of a 3-D Secure challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeState {
    /// The buyer can still decide.
    Waiting,
    /// Approved; final.
    Approved,
    /// Refused; final.
    Refused,
    /// Never answered; final.
    Expired,
}

impl Sandbox {
    /// Records the buyer's decision about a 3-D Secure challenge and gives the attempt with how
    /// it stands now. Only the first decision counts, and only while the challenge is open.
    /// `None`: no such challenge.
    pub async fn authenticate(
        &self,
        client_secret: &str,
        approve: bool,
        now: Timestamp,
    ) -> Result<Option<(Uuid, Outcome)>> {
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
                    intent.decided_at = Some(now);
                    let outcome = intent.outcome(now);
                    let decided = outcome.map(|outcome| (intent.attempt_id, outcome));
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
    ) -> Result<Option<Challenge>> {
        let found = self.find(client_secret).await?;
        let asks = |intent: &Intent| intent.asks_buyer() && intent.buyer_is_there();
        let Some(intent) = found.filter(asks) else {
            return Ok(None);
        };
        let state = match (intent.approved, intent.outcome(now)) {
            (_, None) => return Ok(None),
            (Some(true), _) => ChallengeState::Approved,
            (Some(false), _) => ChallengeState::Refused,
            (None, Some(Outcome::RequiresAction { .. })) => ChallengeState::Waiting,
            (None, Some(_)) => ChallengeState::Expired,
        };
        Ok(Some(Challenge {
            attempt_id: intent.attempt_id,
            amount: intent.amount(),
            description: intent.description,
            return_url: intent.return_url,
            state,
        }))
    }

    /// The attempt with exactly that client secret.
    async fn find(&self, client_secret: &str) -> Result<Option<Intent>> {
        let Some((reference, _)) = client_secret.split_once("_secret_") else {
            return Ok(None);
        };
        let found = self.named_by(reference).await?;
        let is_exact = |intent: &Intent| {
            let secret = intent.client_secret.as_bytes();
            secret.ct_eq(client_secret.as_bytes()).into()
        };
        Ok(found.filter(is_exact))
    }
}
