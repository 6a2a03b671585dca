//! Confirmation tokens: cards that were typed in or named, before an attempt uses them.

use hmac::{Hmac, KeyInit, Mac};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use till_core::kernel::hex::hex;
use uuid::Uuid;

use super::card_input::{self, CardError, CardInput};
use super::cards::{self, TestCard};
use super::intent::{Card, Token};
use super::records::refused;
use super::{Sandbox, SandboxStoreError};
use crate::processor::{CardPreview, Result};

/// The lifetime of a token made from card fields.
const TOKEN_LASTS: SignedDuration = SignedDuration::from_hours(1);

const TOKEN_PREFIX: &str = "ctoken_sandbox_";

/// Reason why no token was made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenizeError {
    /// The errors that the buyer has to correct, one for each wrong field.
    #[error("the card fields are invalid")]
    Card(Vec<CardError>),
    /// The token could not be kept.
    #[error(transparent)]
    Store(#[from] SandboxStoreError),
}

impl Sandbox {
    /// Turns card fields into a confirmation token (`ctoken_sandbox_…`) that one attempt can use
    /// within an hour.
    pub async fn tokenize(
        &self,
        input: CardInput,
        now: Timestamp,
    ) -> Result<String, TokenizeError> {
        let card = card_input::check(&input, now).map_err(TokenizeError::Card)?;
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
        let failed = |message: String| TokenizeError::Store(SandboxStoreError(message));
        match self.save(token_key(id), None, &token).await {
            Ok(true) => Ok(format!("{TOKEN_PREFIX}{}", id.simple())),
            Ok(false) => Err(failed("a token with that ID already exists".to_owned())),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// The card of a token, which from now on belongs to that attempt.
    pub(super) async fn take_card(
        &self,
        token: &str,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> Result<Card> {
        if let Some(card) = cards::named(token) {
            return Ok(self.named(card, now));
        }
        let Some(id) = token_id(token) else {
            return refused("no such confirmation token");
        };
        self.change(token_key(id), |found: Option<Token>| {
            let Some(mut token) = found else {
                return refused("no such confirmation token");
            };
            let card = token.card.clone();
            match token.used_by {
                Some(user) if user == attempt_id => Ok((None, card)),
                Some(_) => refused("this confirmation token has already been used"),
                None if now >= token.expires_at => refused("this confirmation token has expired"),
                None => {
                    token.used_by = Some(attempt_id);
                    Ok((Some(token), card))
                }
            }
        })
        .await
    }

    pub(super) async fn preview(&self, token: &str, now: Timestamp) -> Result<Option<CardPreview>> {
        if let Some(card) = cards::named(token) {
            return Ok(Some(self.named(card, now).preview()));
        }
        let Some(id) = token_id(token) else {
            return Ok(None);
        };
        let found: Option<Token> = self.read(token_key(id)).await?;
        let found = found.filter(|token| now < token.expires_at);
        Ok(found.map(|token| token.card.preview()))
    }

    /// A card of a well-known name, with an expiry ahead.
    fn named(&self, card: &TestCard, now: Timestamp) -> Card {
        let this_year = now.to_zoned(TimeZone::UTC).year();
        self.kept(card, (12, u16::try_from(this_year).unwrap_or(0) + 1), None)
    }

    /// The parts of a card that may be kept.
    fn kept(&self, card: &TestCard, expiry: (u8, u16), billing_name: Option<String>) -> Card {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(card.number.as_bytes());
        Card {
            brand: card.brand.to_owned(),
            last4: card.number[card.number.len() - 4..].to_owned(),
            exp_month: expiry.0,
            exp_year: expiry.1,
            fingerprint: hex(&mac.finalize().into_bytes()),
            billing_name,
            behaviour: card.behaviour,
        }
    }
}

/// `None` for text that is no token of ours, which callers may send at any length.
fn token_id(token: &str) -> Option<Uuid> {
    Uuid::try_parse(token.strip_prefix(TOKEN_PREFIX)?).ok()
}

fn token_key(id: Uuid) -> String {
    format!("token/{}", id.simple())
}
