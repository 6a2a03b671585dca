//! A processor that cannot be asked for a card, where a limit counts cards.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use till_ports::processor::{
    Attempt, CardPreview, Prepared, Processor, RefundOutcome, RefundRequest,
};
use uuid::Uuid;

use super::*;

/// Does everything, but never tells of a card.
struct Mute(Arc<dyn Processor>);

impl Processor for Mute {
    fn prepare(
        &self,
        attempt: Attempt,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Prepared, ProcessorError>> {
        self.0.prepare(attempt, now)
    }
    fn confirm<'a>(
        &'a self,
        id: Uuid,
        reference: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Outcome, ProcessorError>> {
        self.0.confirm(id, reference, now)
    }
    fn retrieve(
        &self,
        id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Outcome>, ProcessorError>> {
        self.0.retrieve(id, now)
    }
    fn abandon(
        &self,
        id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Outcome>, ProcessorError>> {
        self.0.abandon(id, now)
    }
    fn refund(
        &self,
        request: RefundRequest,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<RefundOutcome, ProcessorError>> {
        self.0.refund(request, now)
    }
    fn card<'a>(
        &'a self,
        _: &'a str,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Option<CardPreview>, ProcessorError>> {
        Box::pin(async { Err(ProcessorError::Unsure("no answer".to_owned())) })
    }
    fn publishable_key(&self) -> &str {
        self.0.publishable_key()
    }
}

both! {
    async fn a_limit_by_card_is_not_lifted_by_a_processor_that_does_not_answer(t: &mut Till) {
        let limited = json!({"type": "percentage", "name": "One each", "duration": "once", "basis_points": 1000,
            "max_redemptions_per_customer": 1});
        let discount = t.post("/v1/discounts/", limited).await.created();
        let product = t.product().await;
        let checkout = t.checkout_with(&product, json!({"discount_id": discount["id"]})).await;
        let plain = t.checkout_for(&product).await;
        let mute = t.another(|app| app.processor = Arc::new(Mute(app.processor.clone())));
        let answer = mute.confirm(&checkout, buyer(ADA, VISA)).await;
        answer.refused(400, "PaymentError");
        assert!(t.payments(&checkout).await.is_empty(), "nothing was tried");
        mute.confirm(&plain, buyer(ADA, VISA)).await.ok();
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        t.catch_up().await;
        assert_eq!(t.payments(&checkout).await[0]["amount"], 2700);
    }
}
