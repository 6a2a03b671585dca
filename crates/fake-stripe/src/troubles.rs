//! Troubles on demand: what a network and a processor can do to a client.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Troubles of the requests that begin with one of some paths. Shares are percentages; everything off by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Troubles {
    /// Beginnings of the paths that have them, such as `/v1/payment_intents`; all paths if there is none.
    pub paths: Vec<String>,
    /// `GET` or `POST`, if only one of them has the troubles.
    pub method: Option<String>,
    /// Number of requests that have them; without a number, all do. A request that is spared by chance does not count.
    pub times: Option<u32>,
    /// Milliseconds that each request waits before it is done.
    pub slow_ms: u64,
    /// True where each request waits, not done, until the troubles are changed.
    pub held: bool,
    /// Share that is not done and never answered.
    pub lost: u8,
    /// Share that is done and never answered.
    pub silent: u8,
    /// Share that is not done, and whose connection is closed.
    pub reset_before: u8,
    /// Share that is done, and whose connection is closed without an answer.
    pub reset_after: u8,
    /// Share that is answered with 500 and was not done; its idempotency key says 500 from then on.
    pub error_before: u8,
    /// Share that is answered with 500 although it was done; its idempotency key says 500 from then on.
    pub error_after: u8,
    /// Share that is answered with 409, as if its idempotency key were in use, and not done.
    pub conflict: u8,
    /// Share that is answered with 429 and not done.
    pub rate_limit: u8,
    /// Share of the confirmations whose payment is `processing` for ten seconds of the fake's clock.
    pub processing: u8,
    /// Troubles of the notices that these requests cause.
    pub notices: NoticeTroubles,
}

/// Troubles of notices. Shares are percentages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeTroubles {
    /// Share that is never sent.
    pub lost: u8,
    /// Share that is sent twice.
    pub doubled: u8,
    /// Milliseconds by which each is late.
    pub late_ms: u64,
    /// True where they are sent before the request that causes them is answered.
    pub before: bool,
    /// Share before which a copy with another amount and a wrong signature is sent.
    pub forged: u8,
}

/// Fate of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Not done, never answered.
    Lost,
    /// Done, never answered.
    Silent,
    /// Not done, connection closed.
    ResetBefore,
    /// Done, connection closed.
    ResetAfter,
    /// Not done, 500.
    ErrorBefore,
    /// Done, 500.
    ErrorAfter,
    /// Not done, 409.
    Conflict,
    /// Not done, 429.
    RateLimit,
}

impl Troubles {
    /// True where a request is one of those that have them.
    pub(crate) fn concern(&self, method: &str, path: &str) -> bool {
        self.times != Some(0)
            && self
                .method
                .as_deref()
                .is_none_or(|only| only.eq_ignore_ascii_case(method))
            && (self.paths.is_empty() || self.paths.iter().any(|start| path.starts_with(start)))
    }

    /// Fate of a request, of which `dice` is a number below 100.
    pub(crate) fn roll(&self, dice: u8) -> Option<Trouble> {
        let shares = [
            (self.lost, Trouble::Lost),
            (self.silent, Trouble::Silent),
            (self.reset_before, Trouble::ResetBefore),
            (self.reset_after, Trouble::ResetAfter),
            (self.error_before, Trouble::ErrorBefore),
            (self.error_after, Trouble::ErrorAfter),
            (self.conflict, Trouble::Conflict),
            (self.rate_limit, Trouble::RateLimit),
        ];
        let mut upto: u32 = 0;
        shares.into_iter().find_map(|(share, trouble)| {
            upto += u32::from(share);
            (u32::from(dice) < upto).then_some(trouble)
        })
    }
}

/// A number below 100 that follows from a seed and a count, so that a run can be repeated.
pub(crate) fn dice(seed: u64, count: u64) -> u8 {
    let digest = Sha256::digest(format!("dice:{seed}:{count}"));
    u8::try_from(u16::from_be_bytes([digest[0], digest[1]]) % 100).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages_of_the_requests_that_they_concern() {
        let troubles = Troubles {
            paths: vec!["/v1/refunds".to_owned()],
            method: Some("POST".to_owned()),
            silent: 20,
            error_after: 30,
            ..Troubles::default()
        };
        assert!(troubles.concern("POST", "/v1/refunds"));
        assert!(
            !troubles.concern("GET", "/v1/refunds") && !troubles.concern("POST", "/v1/customers")
        );
        let rolled: Vec<_> = (0..100).map(|dice| troubles.roll(dice)).collect();
        assert_eq!(
            rolled
                .iter()
                .filter(|one| **one == Some(Trouble::Silent))
                .count(),
            20
        );
        assert_eq!(
            rolled
                .iter()
                .filter(|one| **one == Some(Trouble::ErrorAfter))
                .count(),
            30
        );
        assert_eq!(rolled.iter().filter(|one| one.is_none()).count(), 50);
    }

    #[test]
    fn dice_differ_and_can_be_repeated() {
        let thrown: Vec<u8> = (0..1_000).map(|count| dice(1, count)).collect();
        assert!(thrown.iter().all(|dice| *dice < 100));
        assert!((0..100).all(|side| thrown.contains(&side)));
        assert_eq!(dice(1, 5), dice(1, 5));
    }
}
