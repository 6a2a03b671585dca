//! Settings of an organization: what each object holds, how a request gives it, and how a stored row is read.
//!
//! A row may hold what an earlier version took without looking. Reading it never fails: what does not read is as
//! it is by default, and what nobody knows is left out, so that an answer always fits its schema. Only the tax
//! settings are read strictly: to forget where tax is due would change what buyers pay.

use serde::{Deserialize, Deserializer, Serialize, de::MapAccess};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{ProrationBehavior, SocialLink, SocialPlatform};
use crate::{input::Patch, request::*, tax::TaxSettings};

mod brand;
mod details;
mod invoices;
mod portal;
mod stored;

pub use brand::*;
pub use details::*;
pub use invoices::*;
pub use portal::*;

use stored::{Members, fit, members, skip};

/// The most metrics that the dashboard's overview can be told to show.
pub const MOST_METRICS: usize = 100;
/// The longest name of a metric, in characters.
pub const LONGEST_METRIC: usize = 100;
/// The most days before benefits of unpaid subscriptions are taken away.
pub const LONGEST_GRACE: i64 = i32::MAX as i64;
/// The highest amount below which disputes can be conceded unasked, in cents of the US dollar.
pub const HIGHEST_CONCESSION: i64 = 10_000;

/// A settings object whose members are all true or false.
macro_rules! switches {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[doc = $doc:literal])* $field:ident = $default:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        pub struct $name { $($(#[doc = $doc])* pub $field: bool),+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }

        members!($name { $($field),+ });

        impl $name {
            /// The names of its members, and how they are by default.
            pub const MEMBERS: &'static [(&'static str, bool)] =
                &[$((stringify!($field), $default)),+];

            /// As a request gives it: every member is there.
            #[allow(dead_code, reason = "features are switched one by one")]
            pub(crate) fn shape() -> impl Reader<Value = Self> {
                object! {
                    /// E-mails that customers get; every switch must be there.
                    $name {
                        $($(#[doc = $doc])* $field = required(flag()),)+
                    }
                }
                .dictionary()
            }
        }
    };
}

switches! {
    /// Features that are enabled.
    pub struct Features {
        /// Not in use; always false.
        issue_funding_enabled = false,
        /// True if products can be sold by the seat; once on, it stays on.
        seat_based_pricing_enabled = false,
        /// Wallets; not in use, always false.
        wallets_enabled = false,
        /// True if customers have members; once on, it stays on.
        member_model_enabled = false,
        // The reference has it off; a page that speaks the buyer's language needs no asking here.
        /// True if the checkout page is shown in the buyer's language; if not, it is in English.
        checkout_localization_enabled = true,
        /// True if a change of plan or seats can start a new period and charge it in full (`reset`).
        reset_proration_behavior_enabled = false,
        /// True if drafts of orders can be made, and charged to saved payment methods.
        off_session_charges_enabled = false,
        /// True if recurring products can settle usage in an interval of its own.
        meter_cycling_enabled = false,
        /// Slack benefits; not in use, always false.
        slack_benefit_enabled = false,
        /// Previews of new features; not in use, always false.
        preview_access_enabled = false,
        /// Disputes; not in use, always false.
        disputes_enabled = false,
        /// Single sign-on; not in use, always false.
        sso_enabled = false,
        /// Automatic acceptance of disputes; not in use, always false.
        dispute_auto_accept_enabled = false,
        /// Compass; not in use, always false.
        compass_enabled = false,
        /// Migration from other services; not in use, always false.
        merchant_migration_enabled = false,
    }
}

/// Features that are enabled, and metrics on the dashboard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeatureSettings {
    /// Features that are enabled.
    #[serde(flatten)]
    pub features: Features,
    /// Metrics on the dashboard's overview, in their order; null for the default ones.
    pub overview_metrics: Option<Vec<String>>,
}

impl Members for FeatureSettings {
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "overview_metrics" => fit(map, &mut self.overview_metrics),
            _ => self.features.take(name, map),
        }
    }
}

impl<'de> Deserialize<'de> for FeatureSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        stored::object(deserializer)
    }
}

request! {
    /// Features to enable or disable. Features that are not listed here cannot be changed, and are ignored.
    pub struct FeatureSettingsUpdate: Default {
        /// True if products can be sold by the seat; once on, it stays on.
        pub seat_based_pricing_enabled: Option<bool> = omittable(flag()),
        /// True if customers have members; once on, it stays on.
        pub member_model_enabled: Option<bool> = omittable(flag()),
        /// True if the checkout page is shown in the buyer's language; if not, it is in English.
        pub checkout_localization_enabled: Option<bool> = omittable(flag()),
        /// True if drafts of orders can be made, and charged to saved payment methods.
        pub off_session_charges_enabled: Option<bool> = omittable(flag()),
        /// True if a change of plan or seats can start a new period and charge it in full (`reset`).
        pub reset_proration_behavior_enabled: Option<bool> = omittable(flag()),
        /// True if products can bill usage more often than their subscriptions (`meter_interval`).
        pub meter_cycling_enabled: Option<bool> = omittable(flag()),
        /// Metrics on the dashboard's overview, in their order; null changes nothing.
        pub overview_metrics: Option<Vec<String>> =
            optional(list(0, MOST_METRICS, text(0, LONGEST_METRIC))),
    }
}

impl FeatureSettingsUpdate {
    /// The settings with this change. What sold seats and members rely on is never switched off again.
    pub fn applied(self, settings: &mut FeatureSettings) {
        let features = &mut settings.features;
        features.seat_based_pricing_enabled |= self.seat_based_pricing_enabled == Some(true);
        features.member_model_enabled |= self.member_model_enabled == Some(true);
        if let Some(on) = self.checkout_localization_enabled {
            features.checkout_localization_enabled = on;
        }
        if let Some(on) = self.off_session_charges_enabled {
            features.off_session_charges_enabled = on;
        }
        if let Some(on) = self.reset_proration_behavior_enabled {
            features.reset_proration_behavior_enabled = on;
        }
        if let Some(on) = self.meter_cycling_enabled {
            features.meter_cycling_enabled = on;
        }
        if self.overview_metrics.is_some() {
            settings.overview_metrics = self.overview_metrics;
        }
    }
}

/// Settings of subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionSettings {
    /// True if one customer can have several subscriptions at the same time.
    pub allow_multiple_subscriptions: bool,
    /// Billing of a change of plan in the middle of a period.
    pub proration_behavior: ProrationBehavior,
    /// Number of days before benefits of an unpaid subscription are taken away.
    pub benefit_revocation_grace_period: i64,
    /// True if a customer who has had a trial is refused another.
    pub prevent_trial_abuse: bool,
    /// True if customers can change their plan themselves.
    pub allow_customer_updates: bool,
}

impl Default for SubscriptionSettings {
    fn default() -> Self {
        Self {
            allow_multiple_subscriptions: false,
            proration_behavior: ProrationBehavior::Prorate,
            benefit_revocation_grace_period: 0,
            prevent_trial_abuse: false,
            allow_customer_updates: true,
        }
    }
}

impl SubscriptionSettings {
    /// As an organization's PATCH gives them.
    pub(crate) fn shape() -> impl Reader<Value = Self> {
        object! {
            /// Settings of subscriptions.
            SubscriptionSettings {
                /// True if one customer can have several subscriptions at the same time.
                allow_multiple_subscriptions = required(flag()),
                /// Billing of a change of plan in the middle of a period.
                proration_behavior = required(literal::<ProrationBehavior>()),
                /// Number of days before benefits of an unpaid subscription are taken away.
                benefit_revocation_grace_period = required(int(0, LONGEST_GRACE)),
                /// True if a customer who has had a trial is refused another.
                prevent_trial_abuse = required(flag()),
                // The older clients do not know it.
                /// True if customers can change their plan themselves; true if left out.
                allow_customer_updates = omittable(flag()).or(true),
            }
        }
        .dictionary()
    }
}

impl Members for SubscriptionSettings {
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "allow_multiple_subscriptions" => fit(map, &mut self.allow_multiple_subscriptions),
            "proration_behavior" => {
                let mut word = String::new();
                fit(map, &mut word)?;
                self.proration_behavior = word.parse().unwrap_or(self.proration_behavior);
                Ok(())
            }
            "benefit_revocation_grace_period" => {
                let mut days = -1;
                fit(map, &mut days)?;
                if (0..=LONGEST_GRACE).contains(&days) {
                    self.benefit_revocation_grace_period = days;
                }
                Ok(())
            }
            "prevent_trial_abuse" => fit(map, &mut self.prevent_trial_abuse),
            "allow_customer_updates" => fit(map, &mut self.allow_customer_updates),
            _ => skip(map),
        }
    }
}

impl<'de> Deserialize<'de> for SubscriptionSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        stored::object(deserializer)
    }
}

/// Settings of the checkout page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckoutSettings {
    /// True if 3-D Secure is requested for every card payment.
    pub require_3ds: bool,
}

impl CheckoutSettings {
    /// As an organization's PATCH gives them.
    pub(crate) fn shape() -> impl Reader<Value = Self> {
        object! {
            /// Settings of the checkout page.
            CheckoutSettings {
                /// True if 3-D Secure is requested for every card payment.
                require_3ds = required(flag()),
            }
        }
        .dictionary()
    }
}

/// The merchant's own pages that buyers may want to read before they pay; Till's pages link to those that are given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyLinks {
    /// Terms of sale.
    pub terms_url: Option<String>,
    /// Privacy policy.
    pub privacy_url: Option<String>,
    /// Refund policy.
    pub refunds_url: Option<String>,
    /// Address where customers find help. Without it, pages link to the organization's e-mail address.
    pub support_url: Option<String>,
}

impl PolicyLinks {
    /// As an organization's PATCH gives them.
    pub(crate) fn shape() -> impl Reader<Value = Self> {
        object! {
            /// The merchant's own pages that buyers may want to read before they pay.
            PolicyLinks {
                /// Terms of sale.
                terms_url = optional(url()),
                /// Privacy policy.
                privacy_url = optional(url()),
                /// Refund policy.
                refunds_url = optional(url()),
                /// Address where customers find help.
                support_url = optional(url()),
            }
        }
    }
}

members!(PolicyLinks {
    terms_url,
    privacy_url,
    refunds_url,
    support_url,
});

switches! {
    /// E-mails that customers get, one switch for each.
    pub struct CustomerEmailSettings {
        /// Confirmation of an order.
        order_confirmation = true,
        /// Reminder that a card is about to expire.
        payment_method_expiration_reminder = true,
        /// Notice that a subscription will end.
        subscription_cancellation = true,
        /// Confirmation of a new subscription.
        subscription_confirmation = true,
        /// Notice that a subscription was renewed.
        subscription_cycled = true,
        /// Notice of the first renewal after a trial.
        subscription_cycled_after_trial = true,
        /// Notice that a renewal could not be paid.
        subscription_past_due = true,
        /// Notice that a subscription is paused.
        subscription_paused = true,
        /// Notice that a subscription has resumed.
        subscription_resumed = true,
        /// Reminder that a renewal is near.
        subscription_renewal_reminder = true,
        /// Notice that a subscription has ended.
        subscription_revoked = true,
        /// Reminder that a trial is about to become a paid subscription.
        subscription_trial_conversion_reminder = true,
        /// Notice that a subscription will not end after all.
        subscription_uncanceled = true,
        /// Notice that a subscription was changed.
        subscription_updated = true,
    }
}

/// Settings of disputes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisputeSettings {
    /// Amount below which disputes are accepted without asking, in cents of the US dollar; null if none are.
    pub auto_accept_below_amount: Option<i64>,
}

impl Members for DisputeSettings {
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "auto_accept_below_amount" => {
                let mut amount = None::<i64>;
                fit(map, &mut amount)?;
                self.auto_accept_below_amount =
                    amount.filter(|n| (1..=HIGHEST_CONCESSION).contains(n));
                Ok(())
            }
            _ => skip(map),
        }
    }
}

impl<'de> Deserialize<'de> for DisputeSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        stored::object(deserializer)
    }
}

request! {
    /// Change to the settings of disputes.
    pub struct DisputeSettingsUpdate: Default {
        /// Amount below which disputes are accepted without asking, in cents of the US dollar; null if none are.
        pub auto_accept_below_amount: Patch<i64> = patch(int(1, HIGHEST_CONCESSION)),
    }
}

/// The organization's settings, which are stored as one document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// Features.
    pub feature_settings: FeatureSettings,
    /// Subscriptions.
    pub subscription_settings: SubscriptionSettings,
    /// Mails to customers.
    pub customer_email_settings: CustomerEmailSettings,
    /// The customer portal.
    pub customer_portal_settings: CustomerPortalSettings,
    /// Disputes.
    pub dispute_settings: DisputeSettings,
    /// Details that the merchant gives about its business; shown nowhere.
    pub details: Map<String, Value>,
    /// Sites that may embed the checkout.
    pub embed_hosts: Vec<String>,
    /// Social pages.
    pub socials: Vec<SocialLink>,
    /// True if 3-D Secure is requested for every card payment.
    pub require_3ds: bool,
    /// Places where tax is collected.
    pub tax: TaxSettings,
    /// The merchant's own pages for buyers.
    pub policy_links: PolicyLinks,
    /// The seller on documents.
    pub invoices: InvoiceSettings,
    /// The looks of letters.
    pub brand: BrandSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            feature_settings: FeatureSettings::default(),
            subscription_settings: SubscriptionSettings::default(),
            customer_email_settings: CustomerEmailSettings::default(),
            customer_portal_settings: CustomerPortalSettings::default(),
            dispute_settings: DisputeSettings::default(),
            details: Map::new(),
            embed_hosts: Vec::new(),
            socials: Vec::new(),
            require_3ds: true,
            tax: TaxSettings::default(),
            policy_links: PolicyLinks::default(),
            invoices: InvoiceSettings::default(),
            brand: BrandSettings::default(),
        }
    }
}

impl Settings {
    /// The features that are switched on.
    pub fn features(&self) -> Features {
        self.feature_settings.features
    }
}

members!(Settings {
    feature_settings: whole,
    subscription_settings: whole,
    customer_email_settings: whole,
    customer_portal_settings: whole,
    dispute_settings: whole,
    details,
    embed_hosts,
    socials,
    require_3ds,
    tax: whole,
    policy_links: whole,
    invoices: whole,
    brand: whole,
});

#[cfg(test)]
mod tests;
