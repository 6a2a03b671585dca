//! The rows of every table, as `migrations/` creates them. Amounts are minor units of the row's currency.

use std::collections::BTreeMap;

use jiff::Timestamp;
use till_wire::{
    address::Address,
    benefits::{BenefitType, BenefitVisibility},
    checkouts::CheckoutStatus,
    custom_fields::CustomFieldType,
    customers::CustomerType,
    discounts::{DiscountDuration, DiscountType},
    events::EventType,
    files::FileService,
    members::MemberRole,
    metadata::Metadata,
    meters::MeterUnit,
    money::Currency,
    orders::{BillingReason, OrderStatus},
    organizations::{OrganizationStatus, Settings, TaxBehaviorOption},
    payments::PaymentTrigger,
    scope::Scope,
    subscriptions::SubscriptionStatus,
    values::Interval,
    webhooks::WebhookFormat,
    words,
};
use uuid::Uuid;

use crate::{
    kernel::{changes::Wake, facts::Fact, password::PasswordHash, values::Json},
    record,
    terms::{Buyer, Terms},
    word_cell,
};

mod catalog;
mod license_keys;
mod mail;
mod payments;
mod sales;
mod seats;
mod terms;
mod usage;

pub use catalog::{
    AttachedField, Benefit, BenefitGrant, Credited, CustomField, File, FileDownload, Meter,
    PriceKind, Product, ProductPrice, Upload, UploadPart,
};
pub use license_keys::{LicenseKey, LicenseKeyActivation};
pub use mail::{Content, Mail, MailKind, MailState, Notices};
pub use payments::{
    Dispute, Payment, PaymentKind, PaymentMethod, PaymentState, ProcessorName, ProcessorNotice,
    ProcessorState, Purpose, Refund, RefundReason, RefundState, Source,
};
pub use sales::{
    BalanceEntry, BalanceReason, BillingEntry, CustomerBalance, DiscountChange, Order,
    PendingUpdate, Subscription,
};
pub use seats::CustomerSeat;
pub use terms::{CheckoutLink, Discount, DiscountRedemption, TrialRedemption};
pub use usage::{
    CustomerMeter, JournalPosition, MeterFold, StreamEvent, SystemEvent, SystemEventType,
    UsageBatch, UsageBucket, UsageCharge, UsageChargeValue, UsageEvent, UsageEventType,
    UsageStream, UsageValue,
};

word_cell!(
    BenefitType,
    BenefitVisibility,
    BalanceReason,
    BillingReason,
    till_wire::subscriptions::CancellationReason,
    CheckoutStatus,
    Currency,
    CustomFieldType,
    CustomerType,
    DiscountDuration,
    DiscountType,
    till_wire::disputes::DisputeStatus,
    EventType,
    FileService,
    Interval,
    till_wire::license_keys::LicenseKeyStatus,
    MailKind,
    MailState,
    MemberRole,
    MeterUnit,
    OrderStatus,
    OrganizationStatus,
    PaymentKind,
    PaymentState,
    PaymentTrigger,
    ProcessorName,
    Purpose,
    RefundReason,
    RefundState,
    Role,
    till_wire::seats::SeatStatus,
    SignInMethod,
    Source,
    SubscriptionStatus,
    TaxBehaviorOption,
    till_wire::products::Visibility,
    WebhookFormat,
);

words! {
    /// The role of a person in an organization.
    pub enum Role {
        /// Everything.
        Owner = "owner",
        /// Everything.
        Admin = "admin",
        /// Everything but people and settings.
        Member = "member",
    }
}

words! {
    /// The way in which somebody signed in.
    pub enum SignInMethod {
        /// With their password.
        Password = "password",
        /// With a link that was sent to their e-mail address.
        Link = "link",
    }
}

record! {
    /// A merchant. `clock_offset_seconds` is how far its test clock is ahead of the machine's time, and `clock_target_at`
    /// the time up to which it is being moved.
    "organizations", versioned;
    pub struct Organization {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        name: String,
        slug: String,
        email: Option<String>,
        website: Option<String>,
        avatar_url: Option<String>,
        country: Option<String>,
        status: OrganizationStatus,
        default_currency: Currency,
        default_tax_behavior: TaxBehaviorOption,
        settings: Json<Settings>,
        details_submitted_at: Option<Timestamp>,
        clock_offset_seconds: i64,
        clock_target_at: Option<Timestamp>,
    }
}

record! {
    /// A person who signs in; `email` is in lower case, and compared by its key. Without a password they
    /// sign in by link only.
    "users", versioned;
    pub struct User {
        id: Uuid,
        created_at: Timestamp,
        version: i64,
        email: String,
        name: Option<String>,
        password_hash: Option<PasswordHash>,
    }
    folded {
        email_key: sign_in_key(email),
    }
}

record! {
    /// A person's session in one browser; only the HMAC of its token is kept.
    "user_sessions";
    pub struct UserSession {
        id: Uuid,
        created_at: Timestamp,
        user_id: Uuid,
        token_hash: String,
        method: SignInMethod,
        expires_at: Timestamp,
        last_seen_at: Timestamp,
        user_agent: Option<String>,
        ip_address: Option<String>,
        revoked_at: Option<Timestamp>,
    }
}

record! {
    /// A link that signs somebody in, once; only the HMAC of its token is kept.
    "sign_in_links";
    pub struct SignInLink {
        id: Uuid,
        created_at: Timestamp,
        user_id: Uuid,
        token_hash: String,
        expires_at: Timestamp,
        used_at: Option<Timestamp>,
    }
}

record! {
    /// A person's place in an organization.
    "members";
    pub struct Member {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        user_id: Uuid,
        role: Role,
        /// Notices that they want.
        notices: Json<Notices>,
    }
}

record! {
    /// Somebody who was asked into an organization and has not come yet. Not a person of ours: an address.
    "invitations";
    pub struct Invitation {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        /// In lower case.
        email: String,
        /// The role that they get.
        role: Role,
        /// The name or address of who asked.
        invited_by: String,
        /// Of the link in their mail; none before it is written.
        token_hash: Option<String>,
        expires_at: Timestamp,
    }
}

record! {
    /// An organization access token; only its HMAC is kept.
    "access_tokens";
    pub struct AccessToken {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        name: String,
        token_hash: String,
        scopes: Json<Vec<Scope>>,
        expires_at: Option<Timestamp>,
        last_used_at: Option<Timestamp>,
        revoked_at: Option<Timestamp>,
    }
}

record! {
    /// A customer. `email_key` is the folded address, which is compared. A team without an address of its own has its
    /// owner's, and a key that is no address's: see [`crate::customers::members`].
    "customers", versioned;
    pub struct Customer {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        email: String,
        email_key: String,
        email_verified: bool,
        external_id: Option<String>,
        kind: CustomerType,
        name: Option<String>,
        billing_name: Option<String>,
        billing_address: Option<Json<Address>>,
        tax_id: Option<String>,
        tax_id_format: Option<String>,
        locale: Option<String>,
        metadata: Json<Metadata>,
        invoice_prefix: String,
        invoice_next: i64,
        receipt_next: i64,
        default_payment_method_id: Option<Uuid>,
        /// The processor that knows the customer by `processor_reference`.
        processor: Option<ProcessorName>,
        processor_reference: Option<String>,
        deleted_at: Option<Timestamp>,
    }
    folded {
        email_folded: searchable_email(email),
        name_folded: searchable(name),
        billing_name_folded: searchable(billing_name),
        external_id_folded: searchable(external_id),
    }
}

record! {
    /// A member of a customer. `email_key` is the folded address, which is compared.
    "customer_members", versioned;
    pub struct CustomerMember {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        email: String,
        email_key: String,
        name: Option<String>,
        external_id: Option<String>,
        role: MemberRole,
    }
}

record! {
    /// A key to a customer's portal; only its HMAC is kept.
    "customer_sessions";
    pub struct CustomerSession {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        customer_id: Uuid,
        token_hash: String,
        expires_at: Timestamp,
        return_url: Option<String>,
        /// The member whose session it is; none: whoever owns the customer.
        member_id: Option<Uuid>,
    }
}

record! {
    /// A code that signs a customer in to the portal; only its HMAC is kept.
    "portal_codes";
    pub struct PortalCode {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        /// The address that it was sent to, folded.
        email_key: String,
        /// The customer whom it is for, where one of several was chosen.
        customer_id: Option<Uuid>,
        code_hash: String,
        expires_at: Timestamp,
        used_at: Option<Timestamp>,
    }
}

record! {
    /// An e-mail address that a customer wants to have instead of theirs, until they confirm it; of the link's token only
    /// the HMAC is kept. A customer has one at most.
    "email_changes";
    pub struct EmailChange {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        customer_id: Uuid,
        /// The new address.
        email: String,
        /// The folded address that the customer had when they asked.
        replaced_key: String,
        token_hash: String,
        expires_at: Timestamp,
    }
}

record! {
    /// A checkout session. `attempt_id` is the attempt in flight: while it is set the session is locked.
    /// `ad_hoc`: it has prices of its own.
    /// `matched_by_email`: the customer is only the one whose address was typed.
    "checkouts", versioned;
    pub struct Checkout {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        status: CheckoutStatus,
        client_secret: String,
        expires_at: Timestamp,
        success_url: Option<String>,
        return_url: Option<String>,
        embed_origin: Option<String>,
        product_ids: Json<Vec<Uuid>>,
        allow_discount_codes: bool,
        require_billing_address: bool,
        ad_hoc: bool,
        min_seats: Option<i64>,
        max_seats: Option<i64>,
        trial_interval: Option<Interval>,
        trial_interval_count: Option<i64>,
        checkout_link_id: Option<Uuid>,
        customer_id: Option<Uuid>,
        matched_by_email: bool,
        external_customer_id: Option<String>,
        conflicting_external_customer_id: Option<String>,
        customer_ip_address: Option<String>,
        processor_metadata: Json<BTreeMap<String, String>>,
        metadata: Json<Metadata>,
        customer_metadata: Json<Metadata>,
        subscription_id: Option<Uuid>,
        attempt_id: Option<Uuid>,
        opened_at: Option<Timestamp>,
        distinct_id: Option<String>,
    }
    parts {
        terms: Terms,
        buyer: Buyer,
    }
    folded {
        customer_email_folded: searchable_email(customer_email in buyer),
    }
}

record! {
    /// Receiver of an organization's events.
    "webhook_endpoints", versioned;
    pub struct WebhookEndpoint {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        url: String,
        name: Option<String>,
        format: WebhookFormat,
        secret: String,
        events: Json<Vec<EventType>>,
        enabled: bool,
        deleted_at: Option<Timestamp>,
    }
}

record! {
    /// An entry of the journal: something that happened. `sequence` orders those of an organization, ties by `id`, and is
    /// of the machine's time; `created_at` is of the organization's.
    "journal";
    pub struct JournalEntry {
        id: Uuid,
        sequence: i64,
        created_at: Timestamp,
        organization_id: Uuid,
        kind: EventType,
        subject_id: Uuid,
        /// Facts that rows do not say afterwards.
        facts: Option<Json<Vec<Fact>>>,
    }
    wakes journal
}

impl JournalEntry {
    fn journal(&self, before: Option<&Self>) -> Option<Wake> {
        before.is_none().then_some(Wake::Journal)
    }
}

record! {
    /// An event for one endpoint, in the machine's time. `next_attempt_at` is null once nothing is left to do.
    "webhook_events";
    pub struct WebhookEvent {
        id: Uuid,
        sequence: i64,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        organization_id: Uuid,
        endpoint_id: Uuid,
        kind: EventType,
        subject_id: Option<Uuid>,
        payload: Option<String>,
        succeeded: Option<bool>,
        skipped: bool,
        last_http_code: Option<i64>,
        attempts: i64,
        next_attempt_at: Option<Timestamp>,
    }
    wakes attempt
}

impl WebhookEvent {
    /// The end of a delivery is no work, and must not wake who just did it.
    fn attempt(&self, before: Option<&Self>) -> Option<Wake> {
        let changed = before.is_none_or(|before| before.next_attempt_at != self.next_attempt_at);
        (changed && self.next_attempt_at.is_some()).then_some(Wake::Workers)
    }
}

record! {
    /// One attempt to deliver an event, with what the receiver said.
    "webhook_deliveries";
    pub struct WebhookDelivery {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        endpoint_id: Uuid,
        event_id: Uuid,
        succeeded: bool,
        http_code: Option<i64>,
        response: Option<String>,
        /// The type of its event; none where an older version wrote it, until upkeep has filled it in.
        kind: Option<EventType>,
        /// The number of the attempt among those of its event, from 1; none where an older version wrote it.
        attempt: Option<i64>,
        /// Milliseconds until the answer, or until there was to be none; none where an older version wrote it.
        duration_ms: Option<i64>,
    }
}

/// Implements [`Revised`] for rows with `modified_at` and `version`.
macro_rules! revised {
    ($($row:ident),+ $(,)?) => {$(
        impl crate::kernel::changes::Revised for $row {
            fn revised(&mut self, now: Timestamp) {
                self.modified_at = Some(now);
                self.version += 1;
            }
        }
    )+};
}
revised!(
    Benefit,
    BenefitGrant,
    Checkout,
    CheckoutLink,
    CustomField,
    CustomerSeat,
    Customer,
    CustomerMember,
    Discount,
    File,
    LicenseKey,
    Meter,
    Order,
    Organization,
    Product,
    UsageEventType,
    WebhookEndpoint,
);
