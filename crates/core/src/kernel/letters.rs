//! Letters as they are asked for: a decision says of what somebody is to be told, in the same [`Changes`] as its cause.
//! Recipients and words are decided when the letter is written ([`crate::mail`]).

use serde::{Deserialize, Serialize};
use till_wire::events::EventType;
use uuid::Uuid;

use crate::kernel::{
    changes::Changes, context::DecisionContext, job_request::Queue, jobs::JobKind,
    records::Subscription,
};

/// The job that writes the letters of a cause.
pub const WRITE_JOB: JobKind<LetterRequest> = JobKind::new("write_letters", Queue::Mail);
/// The job that sends a letter, by its id.
pub const SEND_JOB: JobKind<Uuid> = JobKind::new("send_letter", Queue::Mail);

/// Subjects of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterCause {
    /// An order is paid.
    OrderPaid,
    /// A subscription will end with its period.
    Canceled,
    /// A subscription will not end after all.
    Uncanceled,
    /// A subscription has ended.
    Revoked,
    /// A renewal could not be paid.
    PastDue,
    /// Usage within a period could not be paid.
    UsageUnpaid,
    /// A subscription is paused.
    Paused,
    /// A subscription has resumed.
    Resumed,
    /// Plan or seats of a subscription are others.
    Changed,
    /// A buyer contests a payment.
    DisputeOpened,
    /// A webhook endpoint was switched off because it takes nothing.
    EndpointDisabled,
}

impl LetterCause {
    /// The cause that an event is; most are none.
    pub const fn of(event: EventType) -> Option<Self> {
        Some(match event {
            EventType::OrderPaid => Self::OrderPaid,
            EventType::SubscriptionCanceled => Self::Canceled,
            EventType::SubscriptionUncanceled => Self::Uncanceled,
            EventType::SubscriptionRevoked => Self::Revoked,
            EventType::SubscriptionPastDue => Self::PastDue,
            EventType::SubscriptionPaused => Self::Paused,
            EventType::SubscriptionResumed => Self::Resumed,
            _ => return None,
        })
    }
}

/// A cause of letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRequest {
    /// Names the cause: there is one letter for it to each person.
    pub id: Uuid,
    /// The event.
    pub cause: LetterCause,
    /// The organization.
    pub organization_id: Uuid,
    /// The order, subscription, dispute or endpoint that it happened to.
    pub subject_id: Uuid,
}

impl Changes {
    /// Has people told of what happened, once.
    pub fn tell_by_mail(
        &mut self,
        ctx: &DecisionContext,
        cause: LetterCause,
        organization_id: Uuid,
        subject_id: Uuid,
    ) -> &mut Self {
        let request = LetterRequest {
            id: ctx.id(),
            cause,
            organization_id,
            subject_id,
        };
        let key = format!("{WRITE_JOB}:{}", request.id);
        self.job(ctx, WRITE_JOB, &key, ctx.now, &request)
    }

    /// Has the customer told of another plan, or of another number of seats, and notes another plan.
    pub fn tell_of_change(
        &mut self,
        ctx: &DecisionContext,
        old: &Subscription,
        new: &Subscription,
    ) -> &mut Self {
        if new.ended_at.is_none() && (old.product_id, old.seats) != (new.product_id, new.seats) {
            self.tell_by_mail(ctx, LetterCause::Changed, new.organization_id, new.id);
        }
        self.note_product(old, new)
    }
}
