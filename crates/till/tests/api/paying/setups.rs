//! Cards that a customer keeps without buying anything, and buyers whom the processor knows.

use till_core::kernel::records::{Customer, PaymentState};

use super::*;

async fn row(t: &Till, customer: &Value) -> Customer {
    let found = t
        .app
        .store
        .customers(t.organization.id, &[id_in(customer, "id")])
        .await;
    found.unwrap().pop().unwrap()
}

both! {
    async fn a_card_that_is_set_up_becomes_the_default_of_a_customer_without_one(t: &mut Till) {
        let customer = t.customer(ADA).await;
        assert_eq!(t.keep_card(&customer, "pm_card_chargeDeclined").await, PaymentState::Failed);
        assert_eq!(row(t, &customer).await.default_payment_method_id, None);
        assert_eq!(t.keep_card(&customer, VISA).await, PaymentState::Succeeded);
        let kept = row(t, &customer).await;
        let first = kept.default_payment_method_id.unwrap();
        assert!(kept.reference_at(t.app.processor.name()).is_some());
        assert_eq!(t.keep_card(&customer, "pm_card_mastercard").await, PaymentState::Succeeded);
        assert_eq!(row(t, &customer).await.default_payment_method_id, Some(first), "the first one stays the default");
        assert_eq!(t.all_rows().await["payment_methods"].len(), 2);
        assert!(t.items("/v1/payments/").await.is_empty(), "nothing was paid");
    }

    async fn the_processor_meets_a_customer_once_and_never_by_an_address_alone(t: &mut Till) {
        let product = t.product().await;
        let known = async |checkout: &Value| {
            t.catch_up().await;
            let payment = t.attempt(checkout).await;
            payment.customer_reference.unwrap()
        };
        let customer = t.customer(ADA).await;
        let named = json!({"customer_id": customer["id"]});
        let stranger = t.checkout_for(&product).await;
        t.buy(&stranger, ADA).await;
        let stranger = known(&stranger).await;
        assert_eq!(row(t, &customer).await.processor_reference, None, "whoever types an address is not its owner");
        let mut names = Vec::new();
        for _ in 0..2 {
            let checkout = t.checkout_with(&product, named.clone()).await;
            t.buy(&checkout, ADA).await;
            names.push(known(&checkout).await);
        }
        assert_eq!(names[0], names[1]);
        assert_ne!(names[0], stranger);
        assert_eq!(row(t, &customer).await.processor_reference.as_ref(), Some(&names[0]));
    }
}
