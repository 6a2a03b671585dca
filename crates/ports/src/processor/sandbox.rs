//! The embedded processor: test cards, no money. The default until a real one is configured.
//!
//! It behaves towards Till as a real one does, so nothing else needs to know: attempts are
//! prepared, confirmed, retrieved and refunded by our ids, some end later, some need the buyer.
//! Of an attempt it keeps what it needs for that. A card number or security code is never kept,
//! logged, or repeated in an error; brand, last four digits, expiry and a keyed fingerprint are.
//!
//! Numbers, token names and behaviours are those developers know from Stripe's test cards (4242…
//! pays, …0002 is declined, …3155 and …3220 ask for 3-D Secure, …0341 can be kept but not
//! charged, and so on); a token name such as `pm_card_visa` is used as the confirmation token.
//! Only these cards ask for 3-D Secure: [`Attempt::require_3ds`] changes nothing here. Charged again
//! while their buyer is not there, …3184 and …3220 fail with `authentication_required`, …3155 pays.
//! Charges of …0259 and …2685 are disputed after 3 seconds; left alone for a week the first dispute
//! is lost, the other won. A refund to …7726 is pending for 3 seconds; one to …5126 succeeds, and fails 3 seconds later.
//! Three cards are the sandbox's own:
//!
//! | number | token | what happens |
//! |---|---|---|
//! | 4000 0000 0000 3006 | `pm_card_settlesLater` | processing; succeeds 3 seconds after confirmation |
//! | 4000 0000 0000 3014 | `pm_card_failsLater` | processing; is declined 3 seconds after confirmation |
//! | 4000 0000 0000 3022 | `pm_card_disputePrevented` | pays; 3 seconds later the bank warns of a dispute, which a refund prevents; it is prevented in any case an hour after the warning |
//!
//! It lives in Till's own process, or in another that [`RemoteSandbox`] asks: that one goes on when Till dies, as
//! a real processor does.

mod attempts;
mod card_input;
mod cards;
mod challenges;
mod disputes;
mod intent;
mod notices;
mod records;
mod refunds;
mod remote;
mod store;
mod test_cards;
#[cfg(test)]
mod tests;
mod tokens;

use std::future::ready;
use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;
use till_core::kernel::records::ProcessorName;
use uuid::Uuid;

pub use self::card_input::{CardError, CardErrorCode, CardField, CardInput, parse_expiry};
pub use self::challenges::{Challenge, ChallengeState};
pub use self::intent::AttemptRecord;
pub use self::notices::{SIGNATURE_HEADER, SignedNotice};
pub use self::remote::{RemoteSandbox, SandboxError, SandboxRequest, handle};
pub use self::store::{MemorySandboxStore, SandboxStore, SandboxStoreError, Write};
pub use self::test_cards::TestCards;
pub use self::tokens::TokenizeError;

use crate::processor::{
    Answer, Attempt, BoxFuture, CardPreview, Check, CheckStatus, Dispute, Method, Notice,
    NoticeList, Outcome, Prepared, Processor, ProcessorRefund, RefundOutcome, RefundRequest,
};

/// The browser needs nothing to talk to the sandbox.
const PUBLISHABLE_KEY: &str = "pk_sandbox";

/// The sandbox processor. Cheap to share behind an `Arc`.
pub struct Sandbox {
    store: Arc<dyn SandboxStore>,
    key: Vec<u8>,
    new_id: Arc<dyn Fn() -> Uuid + Send + Sync>,
}

impl Sandbox {
    /// `key` is a secret of this installation, of at least 16 random bytes: it signs notices, and
    /// with it fingerprints could be traced back to numbers. `new_id` gives random UUIDs; secrets
    /// are made of them.
    pub fn new(
        store: Arc<dyn SandboxStore>,
        key: &[u8],
        new_id: Arc<dyn Fn() -> Uuid + Send + Sync>,
    ) -> Sandbox {
        Sandbox {
            store,
            key: key.to_vec(),
            new_id,
        }
    }
}

impl Processor for Sandbox {
    fn prepare<'a>(&'a self, attempt: &'a Attempt, now: Timestamp) -> Answer<'a, Prepared> {
        Box::pin(self.announce(attempt, now))
    }

    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Outcome> {
        Box::pin(self.charge_or_keep(attempt, reference, now))
    }

    fn retrieve<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        Box::pin(self.outcome_of(attempt_id, reference, now))
    }

    fn abandon<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        Box::pin(self.give_up(attempt_id, reference, now))
    }

    fn refund<'a>(
        &'a self,
        request: &'a RefundRequest,
        now: Timestamp,
    ) -> Answer<'a, RefundOutcome> {
        Box::pin(self.give_back(request, now))
    }

    fn refunds_of<'a>(
        &'a self,
        charge: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Vec<ProcessorRefund>> {
        Box::pin(self.refunds_of_charge(charge, now))
    }

    fn card<'a>(
        &'a self,
        confirmation_token: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Option<CardPreview>> {
        Box::pin(self.preview(confirmation_token, now))
    }

    fn method<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Method>> {
        Box::pin(self.kept_method(reference, now))
    }

    fn forget<'a>(&'a self, method: &'a str, _now: Timestamp) -> Answer<'a, ()> {
        Box::pin(self.forget_method(method))
    }

    fn dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Dispute>> {
        Box::pin(self.dispute_named(reference, now))
    }

    fn accept_dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Dispute> {
        Box::pin(self.concede(reference, now))
    }

    fn notice<'a>(
        &'a self,
        headers: &'a HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Answer<'a, Option<Notice>> {
        Box::pin(ready(self.read_notice(headers, body, now)))
    }

    fn events_since(&self, moment: Timestamp, now: Timestamp) -> Answer<'_, NoticeList> {
        Box::pin(self.notices_since(moment, now))
    }

    fn checks(&self, _now: Timestamp) -> BoxFuture<'_, Vec<Check>> {
        Box::pin(ready(vec![test_cards_only()]))
    }

    fn test_mode(&self) -> bool {
        true
    }

    fn name(&self) -> ProcessorName {
        ProcessorName::Sandbox
    }

    fn publishable_key(&self) -> &str {
        PUBLISHABLE_KEY
    }
}

/// The check that holds for every sandbox.
fn test_cards_only() -> Check {
    Check {
        status: CheckStatus::Warn,
        message: "the sandbox accepts test cards only; no real money moves".to_owned(),
        advice: "do not sell anything of value with it".to_owned(),
    }
}
