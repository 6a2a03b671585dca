//! Stripe: charges through the merchant's own account.
//!
//! An attempt is one PaymentIntent, or one SetupIntent where a card is only kept. [`Processor::prepare`] creates it
//! without confirming it, so nothing can move before its name is written down; [`Processor::confirm`] confirms it
//! with the buyer's confirmation token or a saved card.
//!
//! - A declined intent can still be paid by whoever holds its client secret. So a decline is told only after the
//!   intent was cancelled; one that turns out to have succeeded meanwhile has succeeded.
//! - An answer that does not come, a conflict, a rate limit and a fault of Stripe's are [`ProcessorError::Unsure`].
//!   After that the intent is only read, never confirmed again: a key replays a saved answer, and is forgotten after
//!   a day.
//! - Stripe's search lags behind, so nothing is ever searched for: without a reference nothing was asked.

mod attempts;
mod checks;
mod dashboard;
mod descriptor;
mod disputes;
mod form;
mod http;
mod notice;
mod outcome;
mod refunds;
mod settings;
#[cfg(test)]
mod tests;
mod types;

use ::http::HeaderMap;
use jiff::Timestamp;
use till_core::kernel::records::ProcessorName;
use uuid::Uuid;

pub use self::settings::{Mode, Settings, SettingsError, StripeAccount};

use self::{form::Form, http::Client, types::Account};
use crate::processor::{
    Answer, Attempt, BoxFuture, CardForm, CardPreview, Check, Dispute, Method, Notice, NoticeList,
    Outcome, PaymentElement, Prepared, Processor, ProcessorError, ProcessorRefund, RefundOutcome,
    RefundRequest,
};

/// The processor on one Stripe account.
pub struct Stripe {
    client: Client,
    settings: Settings,
}

impl Stripe {
    /// Asks nothing of Stripe yet.
    ///
    /// # Errors
    /// Where no TLS client can be made.
    pub fn new(settings: Settings) -> Result<Stripe, crate::outbound::SendError> {
        let client = Client::new(settings.api_url.clone(), settings.secret_key.clone())?;
        Ok(Stripe { client, settings })
    }

    /// The account that the secret key belongs to.
    ///
    /// # Errors
    /// [`ProcessorError::Unsure`] where Stripe does not answer, [`ProcessorError::Unavailable`] where it does not take
    /// the key.
    pub async fn account(&self) -> Result<StripeAccount, ProcessorError> {
        let account: Account = self.client.get(&["account"], &Form::default()).await?;
        Ok(StripeAccount {
            id: account.id,
            name: account.business_profile.and_then(|profile| profile.name),
            mode: self.settings.mode,
            charges_enabled: account.charges_enabled,
        })
    }
}

impl Processor for Stripe {
    fn prepare<'a>(&'a self, attempt: &'a Attempt, _now: Timestamp) -> Answer<'a, Prepared> {
        Box::pin(self.announce(attempt))
    }

    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        _now: Timestamp,
    ) -> Answer<'a, Outcome> {
        Box::pin(self.charge_or_keep(attempt, reference))
    }

    fn retrieve<'a>(
        &'a self,
        _attempt_id: Uuid,
        reference: Option<&'a str>,
        _now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        Box::pin(self.outcome_of(reference))
    }

    fn abandon<'a>(
        &'a self,
        _attempt_id: Uuid,
        reference: Option<&'a str>,
        _now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        Box::pin(self.give_up(reference))
    }

    fn refund<'a>(
        &'a self,
        request: &'a RefundRequest,
        _now: Timestamp,
    ) -> Answer<'a, RefundOutcome> {
        Box::pin(self.give_back(request))
    }

    fn refunds_of<'a>(
        &'a self,
        charge: &'a str,
        _now: Timestamp,
    ) -> Answer<'a, Vec<ProcessorRefund>> {
        Box::pin(self.refunds_of_charge(charge))
    }

    fn card<'a>(
        &'a self,
        confirmation_token: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Option<CardPreview>> {
        Box::pin(self.preview(confirmation_token, now))
    }

    fn method<'a>(&'a self, reference: &'a str, _now: Timestamp) -> Answer<'a, Option<Method>> {
        Box::pin(self.method_named(reference))
    }

    fn forget<'a>(&'a self, method: &'a str, _now: Timestamp) -> Answer<'a, ()> {
        Box::pin(self.detach(method))
    }

    fn dispute<'a>(&'a self, reference: &'a str, _now: Timestamp) -> Answer<'a, Option<Dispute>> {
        Box::pin(self.dispute_named(reference))
    }

    fn accept_dispute<'a>(&'a self, reference: &'a str, _now: Timestamp) -> Answer<'a, Dispute> {
        Box::pin(self.concede(reference))
    }

    fn notice<'a>(
        &'a self,
        headers: &'a HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Answer<'a, Option<Notice>> {
        Box::pin(std::future::ready(self.read_notice(headers, body, now)))
    }

    fn events_since(&self, moment: Timestamp, now: Timestamp) -> Answer<'_, NoticeList> {
        Box::pin(self.notices_since(moment, now))
    }

    fn checks(&self, now: Timestamp) -> BoxFuture<'_, Vec<Check>> {
        Box::pin(self.look_over(now))
    }

    fn test_mode(&self) -> bool {
        self.settings.mode == Mode::Test
    }

    fn name(&self) -> ProcessorName {
        ProcessorName::Stripe
    }

    fn publishable_key(&self) -> &str {
        &self.settings.publishable_key
    }

    fn dashboard_url(&self, reference: &str) -> Option<String> {
        dashboard::url(reference, self.settings.mode)
    }

    fn card_form(&self) -> CardForm {
        let Settings {
            publishable_key,
            script_url,
            api_url,
            ..
        } = &self.settings;
        let cards = vec!["card".to_owned()];
        let (script_url, api_url) = (script_url.as_str(), api_url.as_str());
        CardForm::PaymentElement(PaymentElement::new(
            publishable_key,
            script_url,
            api_url,
            cards,
        ))
    }
}
