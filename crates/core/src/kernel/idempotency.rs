//! Rows kept of requests with an `Idempotency-Key` (docs/behaviour/idempotency.md).

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    kernel::{changes::Changes, context::DecisionContext, writes::IdempotencyWrite},
    record,
};

/// The time for which a key is remembered.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

record! {
    /// A request that had its effect. Without `status` its answer is not known yet; `subject_id` tells where to
    /// look for it then (the attempt, of a confirmation that charges).
    "idempotency_keys";
    pub struct KeptAnswer {
        /// Made of who asked and the key.
        id: Uuid,
        created_at: Timestamp,
        /// Until when the key is remembered.
        expires_at: Timestamp,
        /// Tells the request from others.
        request: String,
        subject_id: Option<Uuid>,
        status: Option<i64>,
        /// The body, sealed.
        answer: Option<String>,
    }
}

/// The state of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyState {
    /// Nothing: the request is new.
    Nothing,
    /// It stands for another request.
    Other,
    /// The request had its effect; its answer is not kept yet.
    Begun(KeptAnswer),
    /// The request was answered.
    Answered(KeptAnswer),
}

/// Judges what was found under a key by a request.
pub fn key_state(found: Option<KeptAnswer>, request: &str, now: Timestamp) -> KeyState {
    match found.filter(|kept| kept.expires_at > now) {
        None => KeyState::Nothing,
        Some(kept) if kept.request != request => KeyState::Other,
        Some(kept) if kept.status.is_none() => KeyState::Begun(kept),
        Some(kept) => KeyState::Answered(kept),
    }
}

/// A request's row, to be written with its effect; `answer` is the status and the sealed body.
pub fn begin(
    changes: &mut Changes,
    id: Uuid,
    request: &str,
    subject_id: Option<Uuid>,
    answer: Option<(u16, String)>,
    ctx: &DecisionContext,
) {
    let (status, answer) = answer.unzip();
    // A key that is remembered no more may be used again before it is swept.
    changes.write(IdempotencyWrite::DeleteExpired {
        id,
        now: ctx.wall(),
    });
    changes.insert(&KeptAnswer {
        id,
        created_at: ctx.wall(),
        expires_at: ctx.wall() + KEPT,
        request: request.to_owned(),
        subject_id,
        status: status.map(i64::from),
        answer,
    });
}

/// Keeps the answer of a request that had begun; the first one stays.
pub fn answer(id: Uuid, status: u16, sealed: String) -> Changes {
    let mut changes = Changes::new();
    changes.write(IdempotencyWrite::KeepAnswer {
        id,
        status,
        answer: sealed,
    });
    changes
}

/// The number of keys that [`forget`] forgets.
pub const FORGOTTEN_AT_ONCE: i64 = 200;

/// Forgets [`FORGOTTEN_AT_ONCE`] of the keys that are remembered no more.
pub fn forget(ctx: &DecisionContext) -> Changes {
    let mut changes = Changes::new();
    changes.write(IdempotencyWrite::DeleteAllExpired {
        now: ctx.wall(),
        limit: FORGOTTEN_AT_ONCE,
    });
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_for_one_request_until_it_is_forgotten() {
        let ctx = DecisionContext::new("2026-11-22T12:00:00Z".parse().expect("a time"), [1; 32]);
        let kept = KeptAnswer {
            id: ctx.id(),
            created_at: ctx.now,
            expires_at: ctx.now + KEPT,
            request: "a".to_owned(),
            subject_id: None,
            status: None,
            answer: None,
        };
        let answered = KeptAnswer {
            status: Some(201),
            answer: Some(String::new()),
            ..kept.clone()
        };
        let look = |kept: &KeptAnswer, request, now| key_state(Some(kept.clone()), request, now);
        assert_eq!(key_state(None, "a", ctx.now), KeyState::Nothing);
        assert_eq!(look(&kept, "a", ctx.now), KeyState::Begun(kept.clone()));
        assert_eq!(
            look(&answered, "a", ctx.now),
            KeyState::Answered(answered.clone())
        );
        assert_eq!(look(&answered, "b", ctx.now), KeyState::Other);
        assert_eq!(look(&answered, "b", ctx.now + KEPT), KeyState::Nothing);
    }
}
