//! The port to a payment processor.
//!
//! # Charging is a journal
//! An attempt is a row of ours with three states, each committed before the next step begins:
//!
//! 1. *intended*: the attempt exists with its id; nobody else knows. Its id is the idempotency
//!    key of everything below.
//! 2. *asked*: [`Processor::prepare`] has answered and its reference is kept. Nothing has moved
//!    yet: preparing never takes money.
//! 3. *settled*: an [`Outcome`] that is final is known, from the return of
//!    [`Processor::confirm`], from the processor's notice, or from [`Processor::retrieve`];
//!    whichever witness comes second changes nothing.
//!
//! Every call may be made again with the same ids and then does nothing new. A timeout or a
//! broken connection is [`ProcessorError::Unsure`]: it says nothing about the money, is never
//! shown as a decline, and leaves the attempt open until the processor itself says how it ended.
//! A decline is not an error: it is [`Outcome::Failed`]. An attempt that was declined or given up
//! cannot be paid any more: it is cancelled at the processor before this is said.
//!
//! All amounts are minor units of their currency. No implementation may hold a card number.

mod attempt;
mod card_form;
mod check;
#[cfg(test)]
mod contract;
mod decline_message;
mod dispute;
mod error;
mod notice;
mod refund;
pub mod sandbox;
pub mod signature;
pub mod stripe;

use std::future::Future;
use std::pin::Pin;

use http::HeaderMap;
use jiff::Timestamp;
use till_core::kernel::records::ProcessorName;
use uuid::Uuid;

pub use self::attempt::{
    Attempt, AttemptKind, CardPreview, Method, Outcome, Prepared, Source, card_token,
};
pub use self::card_form::{CardForm, ContentSources, PaymentElement};
pub use self::check::{Check, CheckStatus};
pub use self::dispute::{Dispute, DisputeStatus};
pub use self::error::{Cause, ProcessorError, Result};
pub use self::notice::{Notice, NoticeList, NoticeSubject};
pub use self::refund::{ProcessorRefund, RefundOutcome, RefundRequest};

/// A future that can be kept behind a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The answer of a processor, in time.
pub type Answer<'a, T> = BoxFuture<'a, Result<T>>;

/// A payment processor. Held as `Arc<dyn Processor>`; `now` is the caller's clock.
pub trait Processor: Send + Sync {
    /// Announces an attempt, and the buyer where the processor does not know them; nothing moves.
    /// The same attempt again gives the same answer; the same id with another amount or purpose is
    /// [`ProcessorError::Refused`], and so are an amount above what can be charged at once and a source
    /// that cannot pay, at the latest by [`Processor::confirm`].
    fn prepare<'a>(&'a self, attempt: &'a Attempt, now: Timestamp) -> Answer<'a, Prepared>;

    /// Charges the card, or keeps it, as prepared. `reference` is the one [`Processor::prepare`]
    /// gave. Confirming again tells how the first time is going, never charges twice. A saved
    /// method that asks for its buyer while they are not there has failed, with the reason
    /// `authentication_required`.
    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Outcome>;

    /// The state of an attempt. `None`: it was never confirmed, so nothing has moved; that is certain
    /// where there is no `reference`, because nothing is confirmed before it is kept. While a
    /// confirmation may still be on its way, `None` can become something else: only
    /// [`Processor::abandon`] makes sure that it does not.
    fn retrieve<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>>;

    /// Gives up an attempt that was prepared and never confirmed, or waits for its buyer: from the
    /// answer on it cannot be paid, and a confirmation that is still on its way is
    /// [`ProcessorError::Refused`]. An attempt that is further is left alone. The answer is how it
    /// stands; `None`: nothing has moved, and nothing will.
    fn abandon<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>>;

    /// Gives money of a succeeded charge back. The refund's id is its idempotency key; all
    /// refunds of a charge together never exceed it ([`ProcessorError::Refused`]).
    fn refund<'a>(
        &'a self,
        request: &'a RefundRequest,
        now: Timestamp,
    ) -> Answer<'a, RefundOutcome>;

    /// Every refund of a charge as it stands now, the oldest first: those made at the processor included, those that
    /// failed too. A refund that had succeeded may have failed since. `charge`: as [`RefundRequest::charge`]; one that
    /// is unknown has none.
    fn refunds_of<'a>(
        &'a self,
        charge: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Vec<ProcessorRefund>>;

    /// The card behind a confirmation token, before anything is charged. `None` for a token that is
    /// unknown or has expired.
    fn card<'a>(
        &'a self,
        confirmation_token: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Option<CardPreview>>;

    /// A saved method as it is now, by [`Method::reference`]: its card may have been replaced meanwhile. `None` for one
    /// that is unknown, was not kept or is forgotten.
    fn method<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Method>>;

    /// Forgets a saved method, by [`Method::reference`]: nothing can be prepared with it any more.
    /// One that is unknown, or was forgotten before, is forgotten.
    fn forget<'a>(&'a self, method: &'a str, now: Timestamp) -> Answer<'a, ()>;

    /// A dispute as it stands, by [`Dispute::reference`]; `None` for one that is unknown.
    fn dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Dispute>>;

    /// Concedes a dispute, which is [`DisputeStatus::Lost`] from then on; conceding again changes
    /// nothing. One that is unknown, or was decided otherwise, is [`ProcessorError::Refused`].
    fn accept_dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Dispute>;

    /// Reads what the processor sent by itself: `body` as it arrived. `None`: it is genuine, and of
    /// no concern to us (another program's charge, or a kind of no interest). A signature that is
    /// missing, wrong or more than five minutes old is [`ProcessorError::Refused`].
    ///
    /// A notice is a hint, not a witness: it may come twice, late or out of order, so what it is
    /// about is asked for.
    fn notice<'a>(
        &'a self,
        headers: &'a HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Answer<'a, Option<Notice>>;

    /// Every notice from `moment` until now, whether or not it ever arrived; the oldest of them where there are more than
    /// are read at once ([`NoticeList::until`], which is always later than `moment`).
    fn events_since(&self, moment: Timestamp, now: Timestamp) -> Answer<'_, NoticeList>;

    /// The checks that an operator should know: whether the processor answers, takes our keys and can do what
    /// is asked of it. Changes nothing, and tells no secret.
    fn checks(&self, now: Timestamp) -> BoxFuture<'_, Vec<Check>>;

    /// True where no real money moves.
    fn test_mode(&self) -> bool;

    /// The processor's name, kept beside its references: what one processor keeps means nothing to another.
    fn name(&self) -> ProcessorName;

    /// Value that the buyer's browser needs to talk to the processor; not a secret.
    fn publishable_key(&self) -> &str;

    /// The address of a thing's page in the processor's own dashboard, by the name that the processor gave it (a
    /// payment's, a refund's, a dispute's or the account's); `None` where there is no such page.
    fn dashboard_url(&self, _reference: &str) -> Option<String> {
        None
    }

    /// Form in which buyers enter a card on a checkout page.
    fn card_form(&self) -> CardForm {
        CardForm::TestNumbers
    }
}
