//! What changes organizations.

use serde_json::{Map, Value};

use super::{
    CheckoutSettings, CustomerEmailSettings, CustomerPortalSettings, DisputeSettingsUpdate,
    FeatureSettingsUpdate, PolicyLinks, SocialLink, SocialPlatform, SubscriptionSettings,
    TaxBehaviorOption, details, embed_hosts::embed_hosts,
};
use crate::{
    country::Country,
    input::{Context, Patch},
    limits,
    money::Currency,
    request::*,
    tax::TaxSettings,
};

request! {
    /// A change to an organization; what is not sent stays.
    pub struct OrganizationUpdate: Default {
        /// Name shown to buyers.
        pub name: Option<String> = optional(trimmed(3, limits::LINE)),
        /// Picture; null clears it.
        pub avatar_url: Patch<String> = patch(url()),
        /// Contact address; null clears it.
        pub email: Patch<String> = patch(email()),
        /// Null clears it.
        pub website: Patch<String> = patch(url()),
        /// Replaces the links.
        pub socials: Option<Vec<SocialLink>> = optional(list(0, limits::SOCIALS, social())),
        /// ISO 3166-1 alpha-2, in capitals; null clears it.
        pub country: Patch<String> = patch(country()),
        /// What the merchant says about itself; merged key by key.
        pub details: Option<Map<String, Value>> = optional(details()),
        /// Switches; merged key by key.
        pub feature_settings: Option<FeatureSettingsUpdate> = optional(FeatureSettingsUpdate::shape()),
        /// Replaced as a whole.
        pub subscription_settings: Option<SubscriptionSettings> = optional(SubscriptionSettings::shape()),
        /// Replaced as a whole.
        pub checkout_settings: Option<CheckoutSettings> = optional(CheckoutSettings::shape()),
        /// The merchant's own pages that Till's pages link to; replaced as a whole.
        pub policy_links: Option<PolicyLinks> = optional(PolicyLinks::shape()),
        /// One switch per mail; replaced as a whole.
        pub customer_email_settings: Option<CustomerEmailSettings> = optional(CustomerEmailSettings::shape()),
        /// Replaced as a whole.
        pub customer_portal_settings: Option<CustomerPortalSettings> = optional(CustomerPortalSettings::shape()),
        /// Merged key by key.
        pub dispute_settings: Option<DisputeSettingsUpdate> = optional(DisputeSettingsUpdate::shape()),
        /// False: there is no single sign-on.
        pub sso_enforced: Option<bool> = optional(never()),
        /// Sites that may embed the checkout; together at most 4,096 characters.
        pub embed_hosts: Option<Vec<String>> = optional(embed_hosts()),
        /// Every active product must have a price in it.
        pub default_presentment_currency: Option<Currency> = optional(currency()),
        /// Whether prices contain tax.
        pub default_tax_behavior: Option<TaxBehaviorOption> = optional(word::<TaxBehaviorOption>()),
        /// Whether and where tax is collected; replaced as a whole.
        pub tax_settings: Option<TaxSettings> = optional(TaxSettings::shape()),
    }
}

fn social() -> impl Reader<Value = SocialLink> {
    object! {
        /// A link.
        SocialLink {
            /// Follows the address, whatever is sent.
            platform = required(word::<SocialPlatform>()),
            /// The page.
            url = required(url()),
        }
    }
    .map(|sent: SocialLink| SocialLink {
        platform: SocialPlatform::of(&sent.url),
        ..sent
    })
}

/// In capitals, as the document names it; only addresses fold.
fn country() -> impl Reader<Value = String> {
    let read = |value: &Value, cx: &mut Context| {
        let known = value.as_str().filter(|code| {
            Country::parse_input(code).is_ok_and(|country| country.as_str() == *code)
        });
        match known {
            Some(code) => Some(code.to_owned()),
            None => cx.fail("enum", "Input should be a supported country code", value),
        }
    };
    read_by(read, || {
        let open = Country::ALL.iter().filter(|c| !c.is_embargoed());
        words(open.map(|c| c.as_str()))
    })
}

fn never() -> impl Reader<Value = bool> {
    flag().and_then(|on: bool, value: &Value, cx: &mut Context| match on {
        false => Some(false),
        true => cx.refuse("there is no single sign-on to enforce", value),
    })
}
