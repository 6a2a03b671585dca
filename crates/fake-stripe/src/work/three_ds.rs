//! Answer of a card's holder when their bank asks.

use super::{Work, charging, intents, methods, setups};
use crate::{books::Challenge, error::Refusal};

/// A question that was answered.
#[derive(Debug)]
pub struct ChallengeOutcome {
    /// The question.
    pub challenge: Challenge,
    /// The intent's secret, of either kind.
    pub client_secret: String,
    /// True where the intent has succeeded.
    pub succeeded: bool,
}

/// Answers the question of a page, or of an intent's client secret.
///
/// # Errors
///
/// 400 if nothing waits for an answer: it was answered, or the intent was cancelled.
pub fn answer(
    work: &mut Work<'_>,
    question: &str,
    approves: bool,
) -> Result<ChallengeOutcome, Refusal> {
    let intent = intents::challenged(work, |row, asked| {
        asked.id == question || row.client_secret == question
    });
    if let Some((intent, challenge)) = intent {
        let (client_secret, method) = (
            intent.client_secret.clone(),
            intent.method.clone().unwrap_or_default(),
        );
        let succeeded = if approves {
            let card = work.books.methods.get(&method).map(methods::card);
            match card.map(charging::authorize_authenticated) {
                Some(charging::CardResponse::Declined(refusal)) => {
                    intents::declined(work, intent, &method, refusal, true)
                }
                _ => intents::paid(work, intent, &method, true),
            }
            .is_ok()
        } else {
            intents::refused_by_holder(work, intent, &method);
            false
        };
        return Ok(ChallengeOutcome {
            challenge,
            client_secret,
            succeeded,
        });
    }
    let setup = setups::challenged(work, |row, asked| {
        asked.id == question || row.client_secret == question
    });
    let Some((setup, challenge)) = setup else {
        return Err(Refusal::invalid("Nothing waits for this answer any more."));
    };
    let (client_secret, method) = (
        setup.client_secret.clone(),
        setup.method.clone().unwrap_or_default(),
    );
    let succeeded = if approves {
        let card = work.books.methods.get(&method).map(methods::card);
        match card.map(|card| charging::verify(card, true, None)) {
            Some(charging::CardResponse::Declined(refusal)) => {
                setups::declined(work, setup, &method, refusal)
            }
            _ => setups::kept(work, setup, &method),
        }
        .is_ok()
    } else {
        setups::refused_by_holder(work, setup, &method);
        false
    };
    Ok(ChallengeOutcome {
        challenge,
        client_secret,
        succeeded,
    })
}
