//! Changes that customers make themselves.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    address::Address,
    customers::kept_address,
    input::{Context, Patch},
    limits,
    request::*,
    subscriptions::{
        Cancellation, CancellationReason, SubscriptionCancel, SubscriptionPause,
        SubscriptionUpdate, SubscriptionUpdateBase, SubscriptionUpdateSeats,
    },
};

request! {
    /// Change to what a customer's bills say, and to what they pay with. A field that is left out stays as it is; the
    /// e-mail address and the name are not changed here.
    pub struct CustomerPortalCustomerUpdate: Default {
        /// New name on the customer's invoices; null clears it.
        pub billing_name: Patch<String> = patch(blankable(limits::PERSON_NAME)),
        /// New billing address of the customer; replaces the whole address.
        pub billing_address: Option<Address> = omittable(kept_address()),
        /// New tax ID of the customer, such as a VAT number; null clears it.
        pub tax_id: Patch<String> = patch(blankable(limits::TAX_ID)),
        /// ID of the saved payment method that subscriptions are charged to from now on; what is owed is tried with it at
        /// once. Null changes nothing.
        pub default_payment_method_id: Option<Uuid> = optional(id()),
    }
}

crate::words! {
    /// Format of an export of a customer's data.
    pub enum ExportFormat {
        /// One JSON document.
        Json = "json",
        /// Archive with the JSON document and the PDF files of invoices, receipts and credit notes.
        Zip = "zip",
    }
}

/// Card with which a customer pays an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaidWith {
    /// One that they have just entered, by its token.
    Token(String),
    /// One that they have saved.
    Saved(Uuid),
}

request! {
    /// Attempt to pay an order, with a card that was just entered or with a saved one: one of the two is named.
    pub struct CustomerOrderConfirmPayment {
        /// Card to pay with.
        pub with: PaidWith = paid_with(),
    }
}

/// Exactly one of a token and a saved method.
fn paid_with() -> impl Member<Value = PaidWith> {
    group! { f;
        /// Token of a card that the customer has just entered: of the payment processor's form, or of the sandbox.
        confirmation_token_id = optional(line(1)),
        /// ID of a saved payment method.
        payment_method_id = optional(id()),
        => match (confirmation_token_id?, payment_method_id?) {
            (Some(token), None) => Some(PaidWith::Token(token)),
            (None, Some(id)) => Some(PaidWith::Saved(id)),
            _ => {
                let whole = f.whole();
                f.cx.refuse("Either confirmation_token_id or payment_method_id is required, and not both", whole)
            }
        }
    }
}

request! {
    /// Payment method to save.
    pub struct CustomerPaymentMethodCreate {
        /// Token of a card that the customer has just entered: of the payment processor's form, or of the sandbox.
        pub confirmation_token_id: String = required(line(1)),
        /// True if it becomes the one that subscriptions are charged to.
        pub set_default: bool = required(flag()),
        /// Address to which the customer comes back from their bank, if that has to approve.
        pub return_url: String = required(url()),
    }
}

request! {
    /// Payment method that the customer's bank has approved.
    pub struct CustomerPaymentMethodConfirm {
        /// The payment processor's ID of what was approved.
        pub setup_intent_id: String = required(line(1)),
        /// True if it becomes the one that subscriptions are charged to.
        pub set_default: bool = required(flag()),
    }
}

request! {
    /// E-mail address that a customer wants to have.
    pub struct CustomerEmailUpdateRequest {
        /// New e-mail address, to which a link is sent.
        pub email: String = required(email()),
    }
}

request! {
    /// Proof that an e-mail address is the customer's.
    pub struct CustomerEmailUpdateVerifyRequest {
        /// Token of the link that was sent to the address.
        pub token: String = required(line(1)),
    }
}

/// Change that a customer asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerSubscriptionUpdate(
    /// The change; none where the body asks for nothing.
    pub Option<SubscriptionUpdate>,
);

/// Reason and comment, by the names that they have in the portal.
fn cancellation() -> impl Member<Value = Cancellation> {
    group! { _f;
        /// Reason for cancelling; null changes nothing.
        cancellation_reason = optional(word::<CancellationReason>()),
        /// Comment on cancelling; null changes nothing.
        cancellation_comment = optional(text(0, limits::LINE)),
        => Some(Cancellation { reason: cancellation_reason?, comment: cancellation_comment? })
    }
}

impl CustomerSubscriptionUpdate {
    fn shapes(now: Timestamp) -> AnyOf<Self> {
        let product = group! { _f;
            /// ID of the product to change to; it must be for sale everywhere.
            product_id = required(id()),
            => product_id.map(|id| {
                SubscriptionUpdate::Base(SubscriptionUpdateBase { product_id: Some(id), ..Default::default() })
            })
        };
        let seats = group! { _f;
            /// New number of seats, within what the price allows.
            seats = required(int(limits::INT32_LEAST, limits::INT32)),
            => seats.map(|seats| SubscriptionUpdate::Seats(SubscriptionUpdateSeats { seats, proration_behavior: None }))
        };
        let cancel = group! { _f;
            /// True if the subscription ends with the current period; false withdraws a cancellation, null changes
            /// nothing.
            cancel_at_period_end = optional(flag()),
            cancellation = cancellation(),
            => match (cancel_at_period_end?, cancellation?) {
                (Some(cancel_at_period_end), cancellation) => Some(Some(SubscriptionUpdate::Cancel(SubscriptionCancel {
                    cancel_at_period_end,
                    cancellation,
                }))),
                (None, _) => Some(None),
            }
        };
        let resume = group! { _f;
            /// Always true: the subscription resumes now.
            resume = required(only_true()),
            => resume.map(|()| SubscriptionUpdate::Resume)
        };
        let clear = group! { _f;
            /// Always null: the change is withdrawn.
            pending_update = required(nothing()),
            => pending_update.map(|()| SubscriptionUpdate::Clear)
        };
        let some = |update| Self(Some(update));
        let product = nested(&["Change of plan."], product).closed().map(some);
        let seats = nested(&["Change of the number of seats."], seats)
            .closed()
            .map(some);
        let words = &["Cancellation at the end of the current period, or its withdrawal."];
        let cancel = nested(words, cancel).closed().map(Self);
        let pause = SubscriptionPause::shape(now)
            .closed()
            .map(move |pause| some(SubscriptionUpdate::Pause(pause)));
        let words = &["End of a pause: a new period begins now, and is charged."];
        let resume = nested(words, resume).closed().map(some);
        let words = &["Withdrawal of the change that waits for the end of the period."];
        let clear = nested(words, clear).closed().map(some);
        let product: Box<dyn Reader<Value = Self>> = Box::new(product);
        any_of(vec![
            ("CustomerSubscriptionUpdateProduct", product),
            ("CustomerSubscriptionUpdateSeats", Box::new(seats)),
            ("CustomerSubscriptionCancel", Box::new(cancel)),
            ("CustomerSubscriptionPause", Box::new(pause)),
            ("CustomerSubscriptionResume", Box::new(resume)),
            ("CustomerSubscriptionUpdateClear", Box::new(clear)),
        ])
    }

    /// Reads a body; its times lie after `now`.
    pub fn read(value: &Value, cx: &mut Context, now: Timestamp) -> Option<Self> {
        Self::shapes(now).read(value, cx)
    }
}

schema_of!(
    CustomerSubscriptionUpdate,
    described(
        Self::shapes(Timestamp::MIN).schema(),
        &[
            "Change to a customer's subscription. It has exactly one of these shapes, and no other fields."
        ],
    )
);

request! {
    /// End of a subscription at once.
    pub struct CustomerSubscriptionRevoke {
        /// Reason of the end.
        pub cancellation: Cancellation = cancellation(),
    }
}
