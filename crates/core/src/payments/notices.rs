//! Notices: what the processor tells by itself. A notice is a hint and never a witness: what it is about is asked for,
//! by a job. The notice's name is kept with that job, so that one that comes twice changes nothing
//! (docs/behaviour: payment/notices).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    job_request::Queue,
    jobs::JobKind,
    records::{ProcessorName, ProcessorNotice, ProcessorState},
    writes::RetentionWrite,
};

/// The job that asks for what a notice is about.
pub const NOTICE_JOB: JobKind<NoticeSubject> = JobKind::new("process_notice", Queue::Checkout);

/// The index that refuses a notice that was taken in before.
pub const KNOWN: &str = "processor_notices_name";

/// The index that refuses a second row for one processor.
pub const STATE_KNOWN: &str = "processor_states_name";

/// The thing to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NoticeSubject {
    /// An attempt.
    Attempt {
        /// Ours.
        attempt_id: Uuid,
        /// The processor's name for it.
        reference: String,
    },
    /// The refunds of a charge.
    Refunds {
        /// The processor's name for the attempt that took the money.
        charge: String,
    },
    /// A dispute.
    Dispute {
        /// The processor's name for it.
        reference: String,
    },
    /// A saved method.
    Method {
        /// The processor's name for it.
        reference: String,
    },
}

impl NoticeSubject {
    /// Names the job: several notices about one thing are acted on together.
    fn key(&self) -> String {
        match self {
            Self::Attempt { attempt_id, .. } => format!("{NOTICE_JOB}:attempt:{attempt_id}"),
            Self::Refunds { charge } => format!("{NOTICE_JOB}:refunds:{charge}"),
            Self::Dispute { reference } => format!("{NOTICE_JOB}:dispute:{reference}"),
            Self::Method { reference } => format!("{NOTICE_JOB}:method:{reference}"),
        }
    }
}

/// Takes a notice in: its name, and the job that acts on it. Refused by [`KNOWN`] where it was taken in before.
pub fn take_in(
    processor: ProcessorName,
    notice_id: &str,
    subject: &NoticeSubject,
    changes: &mut Changes,
    ctx: &DecisionContext,
) {
    changes.insert(&ProcessorNotice {
        id: ctx.id(),
        created_at: ctx.now,
        processor,
        notice_id: notice_id.to_owned(),
    });
    changes.job(ctx, NOTICE_JOB, &subject.key(), ctx.now, subject);
}

/// Notes how far a processor's events were asked for.
pub fn polled(
    state: Option<&ProcessorState>,
    processor: ProcessorName,
    until: Timestamp,
    ctx: &DecisionContext,
) -> Changes {
    let mut changes = Changes::new();
    match state {
        Some(state) => {
            let polled_until = state.polled_until.max(until);
            let new = ProcessorState {
                polled_until,
                ..state.clone()
            };
            changes.update(state, &new)
        }
        None => changes.insert(&ProcessorState {
            id: ctx.id(),
            processor,
            polled_until: until,
            last_notice_at: None,
            account: None,
            live: None,
            key_digest: None,
        }),
    };
    changes
}

/// Notes that the processor has sent a notice by itself.
pub fn heard(state: &ProcessorState, changes: &mut Changes, ctx: &DecisionContext) {
    let new = ProcessorState {
        last_notice_at: Some(ctx.now),
        ..state.clone()
    };
    changes.update(state, &new);
}

/// Deletes up to `limit` notices that were taken in before `before`.
pub fn forget(before: Timestamp, limit: i64) -> Changes {
    let mut changes = Changes::new();
    changes.write(RetentionWrite::DeleteNotices { before, limit });
    changes
}
