//! A processor that cannot be asked for a card, where a limit counts cards.

use std::sync::Arc;

use jiff::Timestamp;
use till_ports::processor::{Answer, CardPreview, Processor};
use till_testkit::{Alter, Altered};

use super::*;

/// Does everything, but never tells of a card.
struct UnknownCards(Arc<dyn Processor>);

impl Alter for UnknownCards {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.0
    }
    fn card<'a>(&'a self, _: &'a str, _: Timestamp) -> Answer<'a, Option<CardPreview>> {
        Box::pin(async { Err(ProcessorError::Unsure("no answer".into())) })
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
        let mute = t.another(|app| app.processor = Arc::new(Altered(UnknownCards(app.processor.clone()))));
        let answer = mute.confirm(&checkout, buyer(ADA, VISA)).await;
        answer.refused(400, "PaymentError");
        assert!(t.payments(&checkout).await.is_empty(), "nothing was tried");
        mute.confirm(&plain, buyer(ADA, VISA)).await.ok();
        // Whether the first one was charged is not known: nobody says that nothing was.
        let unsure = t.checkout_with(&product, json!({"discount_id": discount["id"]})).await;
        t.crash(&unsure, buyer("grace@example.com", VISA), CrashPoint::Charged).await;
        mute.confirm(&unsure, buyer("grace@example.com", VISA)).await.refused(409, "CheckoutLocked");
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        t.advance(Duration::from_secs(16));
        t.catch_up().await;
        assert_eq!(t.reload(&unsure).await["status"], "succeeded");
        assert_eq!(t.payments(&checkout).await[0]["amount"], 2700);
    }
}
