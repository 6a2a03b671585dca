//! Records of letters.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::{organizations::CustomerEmailSettings, words};
use uuid::Uuid;

use crate::{kernel::values::Json, record};

words! {
    /// Kind of a letter.
    pub enum MailKind {
        /// Confirmation of an order.
        OrderConfirmation = "order_confirmation",
        /// Confirmation of a new subscription.
        SubscriptionConfirmation = "subscription_confirmation",
        /// Notice that a subscription was renewed.
        SubscriptionCycled = "subscription_cycled",
        /// Notice of the first renewal after a trial.
        SubscriptionCycledAfterTrial = "subscription_cycled_after_trial",
        /// Notice that a renewal could not be paid.
        SubscriptionPastDue = "subscription_past_due",
        /// Notice that a subscription will end.
        SubscriptionCancellation = "subscription_cancellation",
        /// Notice that a subscription will not end after all.
        SubscriptionUncanceled = "subscription_uncanceled",
        /// Notice that a subscription has ended.
        SubscriptionRevoked = "subscription_revoked",
        /// Notice that a subscription is paused.
        SubscriptionPaused = "subscription_paused",
        /// Notice that a subscription has resumed.
        SubscriptionResumed = "subscription_resumed",
        /// Notice that a subscription was changed.
        SubscriptionUpdated = "subscription_updated",
        /// Reminder that a subscription is renewed soon.
        SubscriptionRenewalReminder = "subscription_renewal_reminder",
        /// Reminder that a trial ends soon.
        SubscriptionTrialConversionReminder = "subscription_trial_conversion_reminder",
        /// Reminder that a card expires soon.
        PaymentMethodExpirationReminder = "payment_method_expiration_reminder",
        /// Code that signs a customer in to the portal.
        PortalCode = "portal_code",
        /// Link that confirms a customer's new e-mail address.
        EmailChange = "email_change",
        /// Notice, to the old address, that a customer's e-mail address was changed.
        EmailChanged = "email_changed",
        /// Invitation to a seat, for the person who is to have it.
        SeatInvitation = "seat_invitation",
        /// Notice of a sale, for the merchant's people.
        Sale = "sale",
        /// Notice of a dispute, for the merchant's people.
        DisputeOpened = "dispute_opened",
        /// Notice that a webhook endpoint was switched off, for the merchant's people.
        EndpointDisabled = "endpoint_disabled",
    }
}

impl MailKind {
    /// True where an order's invoice or receipt goes with it.
    pub const fn has_document(self) -> bool {
        matches!(
            self,
            Self::OrderConfirmation
                | Self::SubscriptionConfirmation
                | Self::SubscriptionCycled
                | Self::SubscriptionCycledAfterTrial
        )
    }

    /// True where the organization has customers told so. Letters to its own people have no switch.
    pub fn is_on(self, settings: &CustomerEmailSettings) -> bool {
        match self {
            Self::OrderConfirmation => settings.order_confirmation,
            Self::SubscriptionConfirmation => settings.subscription_confirmation,
            Self::SubscriptionCycled => settings.subscription_cycled,
            Self::SubscriptionCycledAfterTrial => settings.subscription_cycled_after_trial,
            Self::SubscriptionPastDue => settings.subscription_past_due,
            Self::SubscriptionCancellation => settings.subscription_cancellation,
            Self::SubscriptionUncanceled => settings.subscription_uncanceled,
            Self::SubscriptionRevoked => settings.subscription_revoked,
            Self::SubscriptionPaused => settings.subscription_paused,
            Self::SubscriptionResumed => settings.subscription_resumed,
            Self::SubscriptionUpdated => settings.subscription_updated,
            Self::SubscriptionRenewalReminder => settings.subscription_renewal_reminder,
            Self::SubscriptionTrialConversionReminder => {
                settings.subscription_trial_conversion_reminder
            }
            Self::PaymentMethodExpirationReminder => settings.payment_method_expiration_reminder,
            Self::PortalCode
            | Self::EmailChange
            | Self::EmailChanged
            | Self::SeatInvitation
            | Self::Sale
            | Self::DisputeOpened
            | Self::EndpointDisabled => true,
        }
    }
}

/// Notices by mail that a member of a team wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notices {
    /// Of sales.
    pub sales: bool,
    /// Of disputes.
    pub disputes: bool,
    /// Of webhook endpoints that were switched off.
    pub endpoints: bool,
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            sales: true,
            disputes: true,
            endpoints: true,
        }
    }
}

impl Notices {
    /// True where a letter of this kind is wanted. Those to customers are no notices.
    pub fn wants(self, kind: MailKind) -> bool {
        match kind {
            MailKind::Sale => self.sales,
            MailKind::DisputeOpened => self.disputes,
            MailKind::EndpointDisabled => self.endpoints,
            _ => true,
        }
    }
}

words! {
    /// The state of a letter.
    pub enum MailState {
        /// It is to be sent, for the first time or again.
        Waiting = "waiting",
        /// A mail server took it.
        Sent = "sent",
        /// It is not sent, because this server sends none, or not to this address.
        Kept = "kept",
        /// The mail server refused it for good.
        Refused = "refused",
        /// It was tried often enough.
        Failed = "failed",
    }
}

/// The words of a letter, in the language of its reader. What it looks like is made of these each time it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The organization's name.
    pub shop: String,
    /// The address of the organization's logo.
    pub logo: Option<String>,
    /// The organization's colour, as `#` and six hexadecimal digits; none in letters of an older version.
    #[serde(default)]
    pub color: Option<String>,
    /// The language, as a BCP-47 tag.
    pub language: String,
    /// The heading.
    pub heading: String,
    /// Paragraphs, each plain text.
    pub paragraphs: Vec<String>,
    /// Facts: name and value.
    pub facts: Vec<(String, String)>,
    /// A fact that stands out: name and value.
    pub total: Option<(String, String)>,
    /// A button: words and address.
    pub button: Option<(String, String)>,
    /// Small print.
    pub notes: Vec<String>,
}

record! {
    /// A letter to one address. `recipient` is as it was when the letter was written.
    "mails", versioned;
    pub struct Mail {
        id: Uuid,
        created_at: Timestamp,
        version: i64,
        organization_id: Uuid,
        kind: MailKind,
        /// The cause and whom it is for: each is there once.
        cause_key: String,
        /// The customer, of letters to customers.
        customer_id: Option<Uuid>,
        /// The customer whom a letter to the merchant's people tells of.
        about_customer_id: Option<Uuid>,
        /// The order whose invoice or receipt goes with it.
        order_id: Option<Uuid>,
        recipient: String,
        subject: String,
        content: Json<Content>,
        state: MailState,
        /// Failed attempts since it last began to wait.
        attempts: i64,
        /// Times that somebody had it sent again.
        repeats: i64,
        /// Reason why it is in its state.
        reason: Option<String>,
        sent_at: Option<Timestamp>,
    }
}
