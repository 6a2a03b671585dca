//! Organizations: the merchant.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{money::Currency, tax::TaxSettings};

mod embed_hosts;
mod requests;
mod settings;

pub use requests::OrganizationUpdate;
pub use settings::*;

crate::words! {
    /// How a change in the middle of a period is billed.
    pub enum ProrationBehavior {
        /// At once, by an invoice.
        Invoice = "invoice",
        /// With the next renewal.
        Prorate = "prorate",
        /// From the next period on.
        NextPeriod = "next_period",
    }
}

crate::words! {
    /// Whether prices contain tax.
    pub enum TaxBehaviorOption {
        /// As usual in the buyer's country.
        Location = "location",
        /// Prices contain tax.
        Inclusive = "inclusive",
        /// Tax is added.
        Exclusive = "exclusive",
    }
}

crate::words! {
    /// Where an organization stands.
    pub enum OrganizationStatus {
        /// New; the API works, payments do not.
        Created = "created",
        /// Payments work.
        Active = "active",
        /// The API works, payments do not.
        Denied = "denied",
        /// Nothing works.
        Blocked = "blocked",
    }
}

crate::words! {
    /// Where a [`SocialLink`] leads.
    pub enum SocialPlatform {
        /// X.
        X = "x",
        /// GitHub.
        Github = "github",
        /// Facebook.
        Facebook = "facebook",
        /// Instagram.
        Instagram = "instagram",
        /// YouTube.
        Youtube = "youtube",
        /// TikTok.
        Tiktok = "tiktok",
        /// LinkedIn.
        Linkedin = "linkedin",
        /// Threads.
        Threads = "threads",
        /// Discord.
        Discord = "discord",
        /// Anywhere else.
        Other = "other",
    }
}

/// Hosts of the platforms, subdomains included.
const HOSTS: [(&str, SocialPlatform); 14] = [
    ("x.com", SocialPlatform::X),
    ("twitter.com", SocialPlatform::X),
    ("github.com", SocialPlatform::Github),
    ("facebook.com", SocialPlatform::Facebook),
    ("fb.com", SocialPlatform::Facebook),
    ("instagram.com", SocialPlatform::Instagram),
    ("youtube.com", SocialPlatform::Youtube),
    ("youtu.be", SocialPlatform::Youtube),
    ("tiktok.com", SocialPlatform::Tiktok),
    ("linkedin.com", SocialPlatform::Linkedin),
    ("threads.com", SocialPlatform::Threads),
    ("threads.net", SocialPlatform::Threads),
    ("discord.com", SocialPlatform::Discord),
    ("discord.gg", SocialPlatform::Discord),
];

impl SocialPlatform {
    /// The platform that a page belongs to, by its host.
    pub fn of(address: &str) -> Self {
        let parsed = url::Url::parse(address).ok();
        let Some(host) = parsed.as_ref().and_then(|url| url.host_str()) else {
            return Self::Other;
        };
        let is_of = |urls: &str| {
            let before = host.strip_suffix(urls);
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let known = HOSTS.iter().find(|(urls, _)| is_of(urls));
        known.map_or(Self::Other, |(_, platform)| *platform)
    }
}

/// A link to a social page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SocialLink {
    /// Follows the address, whatever was sent.
    pub platform: SocialPlatform,
    /// The page.
    pub url: String,
}

/// What the organization can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Capabilities {
    /// Take money at checkout.
    pub checkout_payments: bool,
    /// Renew subscriptions.
    pub subscription_renewals: bool,
    /// Pay out (Till never does).
    pub payouts: bool,
    /// Give money back.
    pub refunds: bool,
    /// Use the API.
    pub api_access: bool,
    /// Use the dashboard.
    pub dashboard_access: bool,
}

/// The organization as buyers see it; the older clients read every key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationPublic {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Name shown to buyers.
    pub name: String,
    /// Name in addresses.
    pub slug: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// How plan changes are billed.
    pub proration_behavior: ProrationBehavior,
    /// Whether customers may change plans themselves.
    pub allow_customer_updates: bool,
    /// Contact address.
    pub email: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// Social pages.
    pub socials: Vec<SocialLink>,
    /// `created`, `active`, `under_review` or `denied`.
    pub status: OrganizationStatus,
    /// When details were given.
    pub details_submitted_at: Option<Timestamp>,
    /// Features.
    pub feature_settings: FeatureSettings,
    /// Subscription settings.
    pub subscription_settings: SubscriptionSettings,
    /// Mails to customers.
    pub customer_email_settings: CustomerEmailSettings,
    /// Deprecated, null.
    pub bio: Option<String>,
    /// Deprecated, null.
    pub company: Option<String>,
    /// Deprecated, null.
    pub blog: Option<String>,
    /// Deprecated, null.
    pub location: Option<String>,
    /// Deprecated, null.
    pub twitter_username: Option<String>,
    /// Deprecated, 0.
    pub pledge_minimum_amount: i64,
    /// Deprecated, false.
    pub pledge_badge_show_amount: bool,
    /// Deprecated, null.
    pub default_upfront_split_to_contributors: Option<i64>,
    /// Deprecated, null.
    pub profile_settings: Option<Value>,
    /// Deprecated.
    pub notification_settings: NotificationSettings,
}

/// Which sales the merchant is told of.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NotificationSettings {
    /// New orders.
    pub new_order: bool,
    /// New subscriptions.
    pub new_subscription: bool,
}

/// The organization as its own tokens see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Organization {
    /// The public part.
    #[serde(flatten)]
    pub public: OrganizationPublic,
    /// Reserved, null.
    pub onboarding_resubmission_requested_at: Option<Timestamp>,
    /// Reserved, false.
    pub sso_enforced: bool,
    /// The currency that every product is priced in.
    #[schema(value_type = String)]
    pub default_presentment_currency: Currency,
    /// Whether prices contain tax, where a price does not say.
    pub default_tax_behavior: TaxBehaviorOption,
    /// Whether and where tax is collected; Till's own, the reference has nothing like it.
    pub tax_settings: TaxSettings,
    /// Portal settings.
    pub customer_portal_settings: CustomerPortalSettings,
    /// Dispute settings.
    pub dispute_settings: DisputeSettings,
    /// Checkouts; the reference keeps these to its dashboard.
    pub checkout_settings: CheckoutSettings,
    /// The merchant's own pages that Till's pages link to; the reference has nothing like it.
    pub policy_links: PolicyLinks,
    /// Sites that may embed the checkout.
    pub embed_hosts: Vec<String>,
    /// Whether others are refused.
    pub embed_hosts_enforced: bool,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Reserved, null.
    pub account_id: Option<Uuid>,
    /// Reserved, null.
    pub payout_account_id: Option<Uuid>,
    /// What it can do now.
    pub capabilities: Capabilities,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_follows_the_host_of_a_page() {
        for (address, platform) in [
            ("https://github.com/ada", SocialPlatform::Github),
            ("https://www.youtube.com/@ada", SocialPlatform::Youtube),
            ("https://m.facebook.com/ada", SocialPlatform::Facebook),
            ("https://twitter.com/ada", SocialPlatform::X),
            ("https://netflix.com/ada", SocialPlatform::Other),
            ("https://github.com.shop.example/", SocialPlatform::Other),
            ("https://shop.example/github.com", SocialPlatform::Other),
        ] {
            assert_eq!(SocialPlatform::of(address), platform, "{address}");
        }
    }
}
