//! Named writes: what a decision wants changed beyond one row by its id. The store alone knows their SQL
//! (`till-store`, `writes/`).
//!
//! A write that says "refused as …" must touch exactly one row, else the whole commit is refused with that label.

mod customers;
mod downloads;
mod license_keys;

use jiff::Timestamp;
use till_wire::metadata::Metadata;
use uuid::Uuid;

use crate::kernel::job_request::JobRequest;
use crate::kernel::values::{Json, Value};

pub use customers::CustomerWrite;
pub use downloads::DownloadWrite;
pub use license_keys::LicenseKeyWrite;

macro_rules! named {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident($type:ty),)+ }) => {
        $(#[$meta])*
        pub enum $name { $($(#[$doc])* $variant($type),)+ }

        $(impl From<$type> for $name {
            fn from(write: $type) -> Self {
                Self::$variant(write)
            }
        })+
    };
}
named! {
    /// A write by name, with its values.
    #[derive(Debug, Clone, PartialEq)]
    pub enum NamedWrite {
        /// Of access tokens.
        AccessToken(AccessTokenWrite),
        /// Of budgets.
        Budget(BudgetWrite),
        /// Of test clocks.
        Clock(ClockWrite),
        /// Of customers.
        Customer(CustomerWrite),
        /// Of custom fields.
        CustomField(CustomFieldWrite),
        /// Of discounts.
        Discount(DiscountWrite),
        /// Of downloads.
        Download(DownloadWrite),
        /// Of keys that an older version folded.
        Folding(FoldingWrite),
        /// Of answers kept for requests that are sent again.
        Idempotency(IdempotencyWrite),
        /// Of jobs.
        Job(JobWrite),
        /// Of license keys.
        LicenseKey(LicenseKeyWrite),
        /// Of people and their sessions.
        People(PeopleWrite),
        /// Of what is kept for a time only.
        Retention(RetentionWrite),
        /// Of subscriptions.
        Subscription(SubscriptionWrite),
        /// Of members and invitations.
        Team(TeamWrite),
        /// Of usage.
        Usage(UsageWrite),
        /// Of webhook events.
        Webhook(WebhookWrite),
        /// SQL as text: for the store's own bookkeeping and for tests. No decision makes one.
        Statement(Statement),
    }
}

impl NamedWrite {
    /// True where workers have something to do once this is committed.
    pub fn wakes_workers(&self) -> bool {
        match self {
            Self::Job(JobWrite::Request(job) | JobWrite::RequestForBenefits { job, .. }) => {
                job.is_due() && job.lease.is_none()
            }
            Self::Statement(statement) => statement.wakes_workers,
            _ => false,
        }
    }
}

/// SQL with its values: see [`NamedWrite::Statement`].
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Portable SQL with `$1`…
    pub sql: &'static str,
    /// Its values.
    pub binds: Vec<Value>,
    /// It must touch exactly one row, else the commit is refused with this label.
    pub refusal: Option<&'static str>,
    /// True where workers have something to do afterwards.
    pub wakes_workers: bool,
}

/// See [`NamedWrite::AccessToken`].
#[derive(Debug, Clone, PartialEq)]
pub enum AccessTokenWrite {
    /// Notes when a token was last used.
    NoteUse {
        /// The token.
        id: Uuid,
        /// Time.
        at: Timestamp,
    },
}

/// See [`NamedWrite::Budget`]. Moments and pauses are microseconds.
#[derive(Debug, Clone, PartialEq)]
pub enum BudgetWrite {
    /// Takes one; refused as [`crate::kernel::budgets::SPENT`].
    Take {
        /// Names the budget.
        key: String,
        /// Now.
        now: i64,
        /// The time that one takes to come back.
        pause: i64,
        /// Until when the budget may be spent.
        furthest: i64,
    },
    /// Gives back what was taken.
    GiveBack {
        /// Names the budget.
        key: String,
        /// The time that it would have taken to come back.
        time: i64,
    },
    /// Forgets budgets that were whole again before a moment.
    ForgetWhole(i64),
}

/// See [`NamedWrite::Clock`].
#[derive(Debug, Clone, PartialEq)]
pub enum ClockWrite {
    /// Has a clock moved; refused as [`crate::organizations::clock::STANDING`] where it is being moved.
    SetTarget {
        /// The organization.
        id: Uuid,
        /// The time up to which it is moved.
        target: Timestamp,
    },
    /// Moves it on, never back.
    Move {
        /// The organization.
        id: Uuid,
        /// Seconds that its time is ahead of the machine's from now on.
        offset_seconds: i64,
    },
    /// Ends a move.
    Arrive {
        /// The organization.
        id: Uuid,
        /// The time up to which it was moved.
        target: Timestamp,
    },
}

/// Rows that hold answers to custom fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnsweredIn {
    /// Checkout sessions.
    Checkouts,
    /// Orders.
    Orders,
    /// Subscriptions.
    Subscriptions,
}

/// See [`NamedWrite::CustomField`].
#[derive(Debug, Clone, PartialEq)]
pub enum CustomFieldWrite {
    /// Replaces a row's answers, unless it has changed since it was read.
    ReplaceAnswers {
        /// The row's kind.
        of: AnsweredIn,
        /// The row.
        id: Uuid,
        /// Its version as it was read.
        version: i64,
        /// The answers by slug.
        answers: Json<Metadata>,
    },
}

/// See [`NamedWrite::Discount`].
#[derive(Debug, Clone, PartialEq)]
pub enum DiscountWrite {
    /// Counts one more use, where one is left and the terms are those that were read; refused as
    /// [`crate::discounts::MOVED`].
    CountUse {
        /// The discount.
        discount_id: Uuid,
        /// Time at which its terms were last changed, as read.
        modified_at: Option<Timestamp>,
    },
    /// Counts one more use of a discount, whatever the limits.
    CountLateUse(Uuid),
    /// Counts one use of a discount less: it came to nothing.
    GiveBackUse(Uuid),
    /// Checks that a buyer has one of their uses left; refused as [`crate::discounts::CUSTOMER_LIMIT`]. To be written
    /// after [`DiscountWrite::CountUse`], whose row lock makes rivals wait.
    CheckCustomerLimit {
        /// The use that was just written.
        redemption_id: Uuid,
        /// Uses per customer.
        limit: i64,
        /// The discount.
        discount_id: Uuid,
        /// The session that uses it.
        checkout_id: Uuid,
        /// The customer.
        customer_id: Option<Uuid>,
        /// The address without its tag.
        email_key: Option<String>,
        /// The card.
        card_fingerprint: Option<String>,
    },
    /// Counts a session's use no more; to be written before [`DiscountWrite::DeleteUse`].
    UncountUse(Uuid),
    /// Deletes a session's use.
    DeleteUse(Uuid),
    /// Ties a session's use to what came of it.
    BindUse {
        /// The session.
        checkout_id: Uuid,
        /// The customer.
        customer_id: Uuid,
        /// The subscription, where it is one.
        subscription_id: Option<Uuid>,
        /// The card, where it is known now.
        card_fingerprint: Option<String>,
    },
}

/// See [`NamedWrite::Folding`].
#[derive(Debug, Clone, PartialEq)]
pub enum FoldingWrite {
    /// Gives a row its key.
    SetKey {
        /// The row's kind.
        of: KeyedTable,
        /// The row.
        id: Uuid,
        /// The key.
        key: String,
    },
}

/// See [`NamedWrite::Idempotency`].
#[derive(Debug, Clone, PartialEq)]
pub enum IdempotencyWrite {
    /// Deletes a key that is remembered no more.
    DeleteExpired {
        /// The key.
        id: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Keeps the answer of a request that has none yet.
    KeepAnswer {
        /// The key.
        id: Uuid,
        /// The answer's status.
        status: u16,
        /// The sealed body.
        answer: String,
    },
    /// Deletes keys that are remembered no more, the oldest first.
    DeleteAllExpired {
        /// Now.
        now: Timestamp,
        /// So many at most.
        limit: i64,
    },
}

/// See [`NamedWrite::Job`].
#[derive(Debug, Clone, PartialEq)]
pub enum JobWrite {
    /// Asks for a job.
    Request(JobRequest),
    /// Asks for a job where an organization has benefits: it has nothing to do elsewhere, and would cost every sale.
    RequestForBenefits {
        /// The job.
        job: JobRequest,
        /// The organization.
        organization_id: Uuid,
    },
    /// Takes back the job that waits under a key; a run in progress goes on.
    Withdraw(String),
}

/// See [`NamedWrite::People`].
#[derive(Debug, Clone, PartialEq)]
pub enum PeopleWrite {
    /// Ends the session that a browser held.
    EndSessionOfToken {
        /// The digest of the session's token.
        token_hash: String,
        /// Now.
        now: Timestamp,
    },
    /// Ends one of a person's sessions.
    EndSession {
        /// The session.
        id: Uuid,
        /// The person.
        user_id: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Ends all of a person's sessions but one.
    EndOtherSessions {
        /// The person.
        user_id: Uuid,
        /// The session that stays.
        keep: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Notes when a session was last used.
    NoteSessionUse {
        /// The session.
        id: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Uses a link up; refused as [`crate::people::sign_in::LINK_USED`].
    UseLink {
        /// The link.
        id: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Uses up all links of a person.
    UseAllLinks {
        /// The person.
        user_id: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Deletes sessions that ended before a moment.
    DeleteSessions(Timestamp),
    /// Deletes links that ended before a moment.
    DeleteLinks(Timestamp),
}

/// See [`NamedWrite::Retention`].
#[derive(Debug, Clone, PartialEq)]
pub enum RetentionWrite {
    /// Blanks who the buyer was in an expired session.
    BlankCheckout(Uuid),
    /// Deletes a blanked session that nothing names.
    DeleteCheckout(Uuid),
    /// Keeps a session for good.
    KeepCheckout(Uuid),
    /// Deletes the deliveries of a webhook event without a payload.
    DeleteDeliveries(Uuid),
    /// Deletes a webhook event without a payload.
    DeleteWebhookEvent(Uuid),
    /// Fills in what a delivery was about that an older version wrote.
    FillDeliveryKind(Uuid),
    /// Deletes an organization's journal up to and with a number.
    DeleteJournal {
        /// The organization.
        organization_id: Uuid,
        /// The number.
        sequence: i64,
    },
    /// Deletes customers' sessions that ended before a moment, the oldest first.
    DeleteCustomerSessions {
        /// The moment.
        before: Timestamp,
        /// So many at most.
        limit: i64,
    },
    /// Deletes codes of the portal that expired before a moment.
    DeletePortalCodes {
        /// Before.
        before: Timestamp,
        /// So many at most.
        limit: i64,
    },
    /// Deletes links of new e-mail addresses that expired before a moment.
    DeleteEmailChanges {
        /// Before.
        before: Timestamp,
        /// So many at most.
        limit: i64,
    },
    /// Deletes letters that were written before a moment, the oldest first.
    DeleteMails {
        /// The moment.
        before: Timestamp,
        /// So many at most.
        limit: i64,
    },
    /// Deletes notices of the processor that were taken in before a moment, the oldest first.
    DeleteNotices {
        /// The moment.
        before: Timestamp,
        /// So many at most.
        limit: i64,
    },
    /// Deletes leases that ended before a moment.
    DeleteLeases(Timestamp),
}

/// See [`NamedWrite::Subscription`].
#[derive(Debug, Clone, PartialEq)]
pub enum SubscriptionWrite {
    /// Deletes claims of a subject by the same session, or by sessions that are being paid for no more.
    DeleteIdleClaims {
        /// The organization.
        organization_id: Uuid,
        /// The subject that is claimed.
        subject: String,
        /// The session.
        checkout_id: Uuid,
    },
    /// Checks that a person neither holds a subscription nor is buying another; refused as
    /// [`crate::subscriptions::claims::HELD`]. To be written after the claim.
    CheckHeld {
        /// The first claim that was just written.
        claim_id: Uuid,
        /// The organization.
        organization_id: Uuid,
        /// The session's own customer.
        customer_id: Option<Uuid>,
        /// The address, where another customer with it counts too.
        email_key: Option<String>,
        /// The subjects that are claimed, two at most.
        subjects: [Option<String>; 2],
        /// The session.
        checkout_id: Uuid,
    },
    /// Gives back what a session has claimed.
    DeleteClaims(Uuid),
    /// Deletes a line that waited for an order; it is on one now. Refused as
    /// [`crate::subscriptions::bill::ENTRY_TAKEN`].
    DeleteEntry(Uuid),
    /// Notes that the customer was reminded of the end of a period. Refused as
    /// [`crate::mail::reminders::REMINDED`] where they were, or the subscription has changed.
    NoteReminder {
        /// The subscription.
        id: Uuid,
        /// Its version.
        version: i64,
        /// The end of the period.
        period_end: Timestamp,
    },
    /// Notes that the owner of a card was told that it expires. Refused as [`crate::mail::reminders::REMINDED`] where
    /// they were, or the card is gone.
    NoteExpiry {
        /// The card.
        id: Uuid,
        /// Month of its expiry, counted from the year 0.
        month: i64,
    },
    /// Gives back the trial that a session has taken.
    DeleteTrialClaims(Uuid),
}

/// See [`NamedWrite::Team`].
#[derive(Debug, Clone, PartialEq)]
pub enum TeamWrite {
    /// Deletes an invitation that another one replaces.
    ReplaceInvitation(Uuid),
    /// Takes an invitation back.
    WithdrawInvitation {
        /// The invitation.
        id: Uuid,
        /// Its organization.
        organization_id: Uuid,
    },
    /// Uses an invitation up; refused as [`crate::people::team::INVITATION_GONE`].
    AcceptInvitation(Uuid),
    /// Gives an invitation a new link; refused as [`crate::people::team::INVITATION_GONE`].
    SetInvitationToken {
        /// The invitation.
        id: Uuid,
        /// The digest of the link's token.
        token_hash: String,
    },
    /// Deletes invitations that ended before a moment.
    DeleteInvitations(Timestamp),
    /// Sets the notices by mail that somebody wants.
    SetNotices {
        /// The organization.
        organization_id: Uuid,
        /// The person.
        user_id: Uuid,
        /// Notices that they want, as JSON.
        notices: Value,
    },
    /// Takes somebody out.
    RemoveMember {
        /// Their membership.
        id: Uuid,
        /// Its organization.
        organization_id: Uuid,
    },
}

/// See [`NamedWrite::Usage`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageWrite {
    /// Takes back the job that binds events to a customer, where no event waits for this external id.
    WithdrawBinding {
        /// The job's key.
        key: String,
        /// The organization.
        organization_id: Uuid,
        /// The customer's external id.
        external_id: String,
    },
    /// Deletes the different values of usage that is billed now.
    DeleteChargeValues(Uuid),
    /// Has the types of an organization's events made by one commit after the other.
    LockTypes {
        /// The organization.
        organization_id: Uuid,
    },
    /// Checks that an organization has no more types of events than it may; refused as
    /// [`crate::usage::events::TYPES_FULL`]. To be written after [`UsageWrite::LockTypes`] and the new types.
    CheckTypes {
        /// The organization.
        organization_id: Uuid,
        /// Types that it may have.
        most: i64,
    },
}

/// See [`NamedWrite::Webhook`].
#[derive(Debug, Clone, PartialEq)]
pub enum WebhookWrite {
    /// Skips the changes of a session that wait for their first attempt at an endpoint.
    SkipSuperseded {
        /// The session.
        checkout_id: Uuid,
        /// The endpoint.
        endpoint_id: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Skips everything that waits for an endpoint.
    SkipWaiting {
        /// The endpoint.
        endpoint_id: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Puts an event off that waits.
    PutOff {
        /// The event.
        id: Uuid,
        /// Until when.
        until: Timestamp,
    },
    /// Forgets the payloads of events recorded before a moment, the oldest first.
    ForgetPayloads {
        /// The moment.
        before: Timestamp,
        /// So many at most.
        limit: i64,
    },
}

/// Rows that are known by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyedTable {
    /// Customers, by their address.
    Customers,
    /// Discounts, by their code.
    Discounts,
    /// People, by the address that they sign in with.
    People,
    /// Uses of discounts, by the person.
    Redemptions,
    /// Trials, by the person.
    Trials,
    /// Trials that are being taken, by the person.
    TrialClaims,
}
