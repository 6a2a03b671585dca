//! A processor that differs in few things from another.

use std::sync::Arc;

use axum::http::HeaderMap;
use jiff::Timestamp;
use till_core::kernel::records::ProcessorName;
use till_ports::processor::{
    Answer, Attempt, BoxFuture, CardForm, CardPreview, Check, Dispute, Method, Notice, NoticeList,
    Outcome, Prepared, Processor, ProcessorRefund, RefundOutcome, RefundRequest,
};
use uuid::Uuid;

/// The calls that differ; everything else is as the processor does it.
pub trait Alter: Send + Sync {
    /// The processor that does the rest.
    fn processor(&self) -> &Arc<dyn Processor>;

    /// [`Processor::prepare`]
    fn prepare<'a>(&'a self, attempt: &'a Attempt, now: Timestamp) -> Answer<'a, Prepared> {
        self.processor().prepare(attempt, now)
    }

    /// [`Processor::confirm`]
    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Outcome> {
        self.processor().confirm(attempt, reference, now)
    }

    /// [`Processor::refund`]
    fn refund<'a>(
        &'a self,
        request: &'a RefundRequest,
        now: Timestamp,
    ) -> Answer<'a, RefundOutcome> {
        self.processor().refund(request, now)
    }

    /// [`Processor::refunds_of`]
    fn refunds_of<'a>(
        &'a self,
        charge: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Vec<ProcessorRefund>> {
        self.processor().refunds_of(charge, now)
    }

    /// [`Processor::method`]
    fn method<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Method>> {
        self.processor().method(reference, now)
    }

    /// [`Processor::dispute`]
    fn dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Dispute>> {
        self.processor().dispute(reference, now)
    }

    /// [`Processor::events_since`]
    fn events_since(&self, moment: Timestamp, now: Timestamp) -> Answer<'_, NoticeList> {
        self.processor().events_since(moment, now)
    }

    /// [`Processor::card`]
    fn card<'a>(&'a self, token: &'a str, now: Timestamp) -> Answer<'a, Option<CardPreview>> {
        self.processor().card(token, now)
    }

    /// [`Processor::retrieve`]
    fn retrieve<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        self.processor().retrieve(attempt_id, reference, now)
    }

    /// [`Processor::abandon`]
    fn abandon<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        self.processor().abandon(attempt_id, reference, now)
    }

    /// [`Processor::card_form`]
    fn card_form(&self) -> CardForm {
        self.processor().card_form()
    }
}

/// The processor that is altered.
pub struct Altered<A>(pub A);

impl<A: Alter> Processor for Altered<A> {
    fn prepare<'a>(&'a self, attempt: &'a Attempt, now: Timestamp) -> Answer<'a, Prepared> {
        self.0.prepare(attempt, now)
    }

    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Outcome> {
        self.0.confirm(attempt, reference, now)
    }

    fn retrieve<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        self.0.retrieve(attempt_id, reference, now)
    }

    fn abandon<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        self.0.abandon(attempt_id, reference, now)
    }

    fn refund<'a>(
        &'a self,
        request: &'a RefundRequest,
        now: Timestamp,
    ) -> Answer<'a, RefundOutcome> {
        self.0.refund(request, now)
    }

    fn refunds_of<'a>(
        &'a self,
        charge: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Vec<ProcessorRefund>> {
        self.0.refunds_of(charge, now)
    }

    fn method<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Method>> {
        self.0.method(reference, now)
    }

    fn card<'a>(&'a self, token: &'a str, now: Timestamp) -> Answer<'a, Option<CardPreview>> {
        self.0.card(token, now)
    }

    fn forget<'a>(&'a self, method: &'a str, now: Timestamp) -> Answer<'a, ()> {
        self.0.processor().forget(method, now)
    }

    fn dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Dispute>> {
        self.0.dispute(reference, now)
    }

    fn accept_dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Dispute> {
        self.0.processor().accept_dispute(reference, now)
    }

    fn notice<'a>(
        &'a self,
        headers: &'a HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Answer<'a, Option<Notice>> {
        self.0.processor().notice(headers, body, now)
    }

    fn events_since(&self, moment: Timestamp, now: Timestamp) -> Answer<'_, NoticeList> {
        self.0.events_since(moment, now)
    }

    fn checks(&self, now: Timestamp) -> BoxFuture<'_, Vec<Check>> {
        self.0.processor().checks(now)
    }

    fn test_mode(&self) -> bool {
        self.0.processor().test_mode()
    }

    fn name(&self) -> ProcessorName {
        self.0.processor().name()
    }

    fn publishable_key(&self) -> &str {
        self.0.processor().publishable_key()
    }

    fn dashboard_url(&self, reference: &str) -> Option<String> {
        self.0.processor().dashboard_url(reference)
    }

    fn card_form(&self) -> CardForm {
        self.0.card_form()
    }
}
