//! The journal of money: attempts, saved methods and refunds.

use jiff::Timestamp;
use serde_json::Value;
use till_wire::{
    disputes::DisputeStatus,
    metadata::Metadata,
    money::Currency,
    payments::{CardMetadata, PaymentTrigger},
    words,
};

pub use till_wire::refunds::RefundReason;
use uuid::Uuid;

use crate::{kernel::values::Json, record};

words! {
    /// Request of an attempt to the processor.
    pub enum PaymentKind {
        /// Take money.
        Charge = "charge",
        /// Keep a card for later.
        Setup = "setup",
    }
}

words! {
    /// State of an attempt.
    pub enum PaymentState {
        /// Written down before any call.
        Intended = "intended",
        /// The processor knows it; its reference is kept.
        Asked = "asked",
        /// The buyer must authenticate.
        RequiresAction = "requires_action",
        /// The processor will tell later.
        Processing = "processing",
        /// Money moved, or the card is set up.
        Succeeded = "succeeded",
        /// Refused by the processor, which alone may say so.
        Failed = "failed",
    }
}

impl PaymentState {
    /// True where the outcome is known.
    pub fn is_settled(self) -> bool {
        matches!(self, PaymentState::Succeeded | PaymentState::Failed)
    }
}

words! {
    /// Purpose of an attempt: whose state changes with its outcome.
    pub enum Purpose {
        /// A checkout session is paid, or its card kept.
        Checkout = "checkout",
        /// An order is paid.
        Order = "order",
        /// A card is kept for the customer; nothing is bought.
        Setup = "setup",
        /// A change to a subscription is paid, and made then.
        Change = "change",
    }
}

words! {
    /// Method that an attempt charges.
    pub enum Source {
        /// Entry of the buyer on this visit: a token of the processor, which Till does not keep.
        Token = "token",
        /// A saved method, while the buyer is away.
        Saved = "saved",
    }
}

words! {
    /// The payment processor.
    pub enum ProcessorName {
        /// The sandbox: test cards, no money.
        Sandbox = "sandbox",
        /// Stripe.
        Stripe = "stripe",
    }
}

words! {
    /// State of a refund.
    pub enum RefundState {
        /// Written down before any call.
        Intended = "intended",
        /// The processor may have been asked.
        Asked = "asked",
        /// The processor will tell later.
        Processing = "processing",
        /// The money is given back.
        Succeeded = "succeeded",
        /// It could not be given back, or came back later.
        Failed = "failed",
        /// It was taken back before it was done.
        Canceled = "canceled",
        /// The processor never took it: nobody was told of it, and nothing shows it.
        Refused = "refused",
    }
}

#[allow(
    clippy::derivable_impls,
    reason = "the macro that makes the words takes no #[default]"
)]
impl Default for ProcessorName {
    fn default() -> Self {
        Self::Sandbox
    }
}

record! {
    /// A card kept for renewals: the processor's reference and what may be shown.
    "payment_methods";
    pub struct PaymentMethod {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        customer_id: Uuid,
        processor: ProcessorName,
        /// The processor's name for the customer that it was kept for; none where an older version kept it.
        customer_reference: Option<String>,
        reference: String,
        kind: String,
        card: Json<CardMetadata>,
    }
}

record! {
    /// One attempt to take money or to set up a card. Its id is the processor's idempotency key; there is one unsettled
    /// attempt for each `subject_id` (none where an older version wrote it: then it is the session);
    /// `confirmation` is what the buyer agreed to, which the session becomes when the outcome is known;
    /// `portal_token_hash` is of the key that opens the customer's portal if an attempt still in flight succeeds;
    /// `network_key` is the key of the budget of declines of the network that it came from.
    "payments", versioned;
    pub struct Payment {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        purpose: Purpose,
        subject_id: Option<Uuid>,
        source: Source,
        /// The saved method, where that is the source.
        method_id: Option<Uuid>,
        processor: ProcessorName,
        checkout_id: Option<Uuid>,
        order_id: Option<Uuid>,
        customer_id: Option<Uuid>,
        customer_email: Option<String>,
        kind: PaymentKind,
        state: PaymentState,
        amount: i64,
        currency: Currency,
        method: String,
        card: Option<Json<CardMetadata>>,
        trigger_kind: Option<PaymentTrigger>,
        decline_reason: Option<String>,
        decline_message: Option<String>,
        reference: Option<String>,
        /// The processor's name for who pays.
        customer_reference: Option<String>,
        method_reference: Option<String>,
        client_secret: Option<String>,
        action_url: Option<String>,
        card_fingerprint: Option<String>,
        /// The processor's id of the request that failed, for the merchant.
        request_id: Option<String>,
        portal_token_hash: Option<String>,
        confirmation: Json<Value>,
        network_key: Option<String>,
    }
    folded {
        customer_email_folded: searchable_email(customer_email),
    }
}

record! {
    /// Money of a succeeded attempt that is given back. Its id is the processor's idempotency key, where Till asked for
    /// it. Without an order nothing was bought with the money.
    "refunds", versioned;
    pub struct Refund {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        payment_id: Uuid,
        reason: RefundReason,
        /// Minor units, tax included.
        amount: i64,
        /// The tax in it.
        tax_amount: i64,
        currency: Currency,
        state: RefundState,
        order_id: Option<Uuid>,
        customer_id: Option<Uuid>,
        subscription_id: Option<Uuid>,
        /// The dispute that it prevented.
        dispute_id: Option<Uuid>,
        /// A note of the merchant's; no answer has it.
        comment: Option<String>,
        revoke_benefits: bool,
        metadata: Json<Metadata>,
        processor: ProcessorName,
        /// The processor's name for it.
        reference: Option<String>,
        /// The processor's code.
        failure_reason: Option<String>,
        /// Given when it succeeded, and then kept.
        credit_note_number: Option<String>,
        /// Of the content that the credit note's file was made of; none where there is no file.
        credit_note_digest: Option<String>,
    }
}

record! {
    /// A charge that its buyer contests, as the processor last told of it.
    "disputes", versioned;
    pub struct Dispute {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        payment_id: Uuid,
        order_id: Uuid,
        customer_id: Uuid,
        processor: ProcessorName,
        /// The processor's name for it.
        reference: String,
        status: DisputeStatus,
        /// Minor units, without tax.
        amount: i64,
        /// The tax that is contested with it.
        tax_amount: i64,
        currency: Currency,
        /// The processor's code.
        reason: Option<String>,
        evidence_due_by: Option<Timestamp>,
        /// Time at which the buyer's bank opened it.
        opened_at: Timestamp,
    }
}

record! {
    /// A notice of the processor that was taken in: each is acted on once.
    "processor_notices";
    pub struct ProcessorNotice {
        id: Uuid,
        created_at: Timestamp,
        processor: ProcessorName,
        /// The processor's name for the event.
        notice_id: String,
    }
}

record! {
    /// The account at a processor, and how far its events were asked for.
    "processor_states";
    pub struct ProcessorState {
        id: Uuid,
        processor: ProcessorName,
        /// Everything that happened before was asked for.
        polled_until: Timestamp,
        /// Time at which a notice was last sent to us.
        last_notice_at: Option<Timestamp>,
        /// The processor's name for the account, where it has accounts.
        account: Option<String>,
        /// Mode of the account: true where real money moves.
        live: Option<bool>,
        /// A digest of the key that was last seen to belong to it.
        key_digest: Option<String>,
    }
}
