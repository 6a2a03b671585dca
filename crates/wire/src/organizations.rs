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
    /// Billing of a change of plan in the middle of a period.
    pub enum ProrationBehavior {
        /// At once, with an invoice of its own.
        Invoice = "invoice",
        /// With the next renewal.
        Prorate = "prorate",
        /// From the next period on, without proration.
        NextPeriod = "next_period",
    }
}

crate::words! {
    /// Tax behavior: whether a price includes its tax.
    pub enum TaxBehaviorOption {
        /// As is usual in the buyer's country: added in the United States, Canada and India, included elsewhere.
        Location = "location",
        /// The price includes the tax.
        Inclusive = "inclusive",
        /// The tax is added to the price.
        Exclusive = "exclusive",
    }
}

crate::words! {
    /// Status of an organization.
    pub enum OrganizationStatus {
        /// New: the API works, but payments do not.
        Created = "created",
        /// Everything works.
        Active = "active",
        /// The API works, but payments do not.
        Denied = "denied",
        /// Nothing works.
        Blocked = "blocked",
    }
}

crate::words! {
    /// Platform of a social link.
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
        /// Any other website.
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

/// Link to a page of the organization on a social platform.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SocialLink {
    /// Platform of the page; it follows from the URL.
    pub platform: SocialPlatform,
    /// URL of the page.
    pub url: String,
}

/// Current capabilities of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Capabilities {
    /// True if payments are taken at checkout.
    pub checkout_payments: bool,
    /// True if subscriptions are renewed.
    pub subscription_renewals: bool,
    /// True if money is paid out; always false, because it goes to your own account at the payment processor.
    pub payouts: bool,
    /// True if payments can be refunded.
    pub refunds: bool,
    /// True if the API can be used.
    pub api_access: bool,
    /// True if the dashboard can be used.
    pub dashboard_access: bool,
}

/// Organization, as buyers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationPublic {
    /// ID of the organization.
    pub id: Uuid,
    /// Time at which the organization was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the organization, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Name of the organization; buyers see it.
    pub name: String,
    /// Short name of the organization in addresses.
    pub slug: String,
    /// URL of the organization's picture; null if it has none.
    pub avatar_url: Option<String>,
    /// Billing of a change of plan in the middle of a period.
    pub proration_behavior: ProrationBehavior,
    /// True if customers can change their plan themselves.
    pub allow_customer_updates: bool,
    /// E-mail address at which buyers reach the organization; null if none was given.
    pub email: Option<String>,
    /// URL of the organization's website; null if none was given.
    pub website: Option<String>,
    /// Links to the organization's pages on social platforms.
    pub socials: Vec<SocialLink>,
    /// Status of the organization.
    pub status: OrganizationStatus,
    /// Time at which the details of the business were given; null if they have not been.
    pub details_submitted_at: Option<Timestamp>,
    /// Features that are enabled.
    pub feature_settings: FeatureSettings,
    /// Settings of subscriptions.
    pub subscription_settings: SubscriptionSettings,
    /// E-mails that customers get.
    pub customer_email_settings: CustomerEmailSettings,
    /// Deprecated: always null.
    pub bio: Option<String>,
    /// Deprecated: always null.
    pub company: Option<String>,
    /// Deprecated: always null.
    pub blog: Option<String>,
    /// Deprecated: always null.
    pub location: Option<String>,
    /// Deprecated: always null.
    pub twitter_username: Option<String>,
    /// Deprecated: always 0.
    pub pledge_minimum_amount: i64,
    /// Deprecated: always false.
    pub pledge_badge_show_amount: bool,
    /// Deprecated: always null.
    pub default_upfront_split_to_contributors: Option<i64>,
    /// Deprecated: always null.
    pub profile_settings: Option<Value>,
    /// Deprecated: sales that the organization is notified of.
    pub notification_settings: NotificationSettings,
}

/// Sales that the organization is notified of.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NotificationSettings {
    /// True if it is notified of new orders.
    pub new_order: bool,
    /// True if it is notified of new subscriptions.
    pub new_subscription: bool,
}

/// Organization, as its own access tokens see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Organization {
    /// Fields that buyers see.
    #[serde(flatten)]
    pub public: OrganizationPublic,
    /// Time at which new details were requested; always null.
    pub onboarding_resubmission_requested_at: Option<Timestamp>,
    /// True if single sign-on is required; always false.
    pub sso_enforced: bool,
    /// Default currency, in which every product has a price.
    #[schema(value_type = String)]
    pub default_presentment_currency: Currency,
    /// Tax behavior: whether a price includes its tax, for prices that do not say.
    pub default_tax_behavior: TaxBehaviorOption,
    /// Tax settings: whether and where tax is collected. Till's own field; Polar has none like it.
    pub tax_settings: TaxSettings,
    /// Settings of the customer portal.
    pub customer_portal_settings: CustomerPortalSettings,
    /// Settings of disputes.
    pub dispute_settings: DisputeSettings,
    /// Settings of the checkout page. Till's own field; Polar has it in its dashboard only.
    pub checkout_settings: CheckoutSettings,
    /// Links to the merchant's own pages for buyers, in the footer of Till's pages. Till's own field; Polar has none
    /// like it.
    pub policy_links: PolicyLinks,
    /// Seller on invoices, receipts and credit notes. Till's own field; Polar has none like it.
    pub invoice_settings: InvoiceSettings,
    /// Looks of the organization's letters. Till's own field; Polar has none like it.
    pub brand_settings: BrandSettings,
    /// Hosts whose pages can embed the checkout.
    pub embed_hosts: Vec<String>,
    /// True if pages of other hosts are refused.
    pub embed_hosts_enforced: bool,
    /// Country of the organization, as an ISO 3166-1 code of two letters; null if none was given.
    pub country: Option<String>,
    /// ID of the payout account; always null.
    pub account_id: Option<Uuid>,
    /// ID of the payout account; always null.
    pub payout_account_id: Option<Uuid>,
    /// Current capabilities of the organization.
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
