//! Requests that change organizations.

use serde_json::{Map, Value};

use super::{
    BrandSettings, CheckoutSettings, CustomerEmailSettings, CustomerPortalSettings,
    DisputeSettingsUpdate, FeatureSettingsUpdate, InvoiceSettings, PolicyLinks, SocialLink,
    SocialPlatform, SubscriptionSettings, TaxBehaviorOption, details, embed_hosts::embed_hosts,
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
    /// Change to an organization. A field that is left out stays as it is.
    pub struct OrganizationUpdate: Default {
        /// New name of the organization; buyers see it.
        pub name: Option<String> = optional(trimmed(3, limits::LINE)),
        /// URL of the organization's picture; null clears it.
        pub avatar_url: Patch<String> = patch(url()),
        /// E-mail address at which buyers reach the organization; null clears it.
        pub email: Patch<String> = patch(email()),
        /// URL of the organization's website; null clears it.
        pub website: Patch<String> = patch(url()),
        /// Links to pages on social platforms; replaces the whole list.
        pub socials: Option<Vec<SocialLink>> = optional(list(0, limits::SOCIALS, social())),
        /// Country of the organization, as an ISO 3166-1 code of two capital letters; null clears it.
        pub country: Patch<String> = patch(country()),
        /// Details of the business, merged key by key.
        pub details: Option<Map<String, Value>> = optional(details()),
        /// Features to enable or disable, merged key by key.
        pub feature_settings: Option<FeatureSettingsUpdate> = optional(FeatureSettingsUpdate::shape()),
        /// Settings of subscriptions; replaced as a whole.
        pub subscription_settings: Option<SubscriptionSettings> = optional(SubscriptionSettings::shape()),
        /// Settings of the checkout page; replaced as a whole.
        pub checkout_settings: Option<CheckoutSettings> = optional(CheckoutSettings::shape()),
        /// Links to the merchant's own pages for buyers; replaces all of them. Till's own field; Polar has none like it.
        pub policy_links: Option<PolicyLinks> = optional(PolicyLinks::shape()),
        /// Seller on invoices, receipts and credit notes; replaced as a whole. Till's own field; Polar has none like it.
        pub invoice_settings: Option<InvoiceSettings> = optional(InvoiceSettings::shape()),
        /// Looks of the organization's letters; replaced as a whole. Till's own field; Polar has none like it.
        pub brand_settings: Option<BrandSettings> = optional(BrandSettings::shape()),
        /// E-mails that customers get, one switch for each; replaced as a whole.
        pub customer_email_settings: Option<CustomerEmailSettings> = optional(CustomerEmailSettings::shape()),
        /// Settings of the customer portal; replaced as a whole.
        pub customer_portal_settings: Option<CustomerPortalSettings> = optional(CustomerPortalSettings::shape()),
        /// Settings of disputes, merged key by key.
        pub dispute_settings: Option<DisputeSettingsUpdate> = optional(DisputeSettingsUpdate::shape()),
        /// True if single sign-on is required; only false is accepted, because Till does not support it.
        pub sso_enforced: Option<bool> = optional(never()),
        /// Hosts whose pages can embed the checkout, such as `example.com` or `*.example.com`; at most 4,096 characters
        /// in all.
        pub embed_hosts: Option<Vec<String>> = optional(embed_hosts()),
        /// Default currency; every product that is not archived must have a price in it.
        pub default_presentment_currency: Option<Currency> = optional(currency()),
        /// Tax behavior: whether a price includes its tax, for prices that do not say.
        pub default_tax_behavior: Option<TaxBehaviorOption> = optional(word::<TaxBehaviorOption>()),
        /// Tax settings: whether and where tax is collected; replaced as a whole.
        pub tax_settings: Option<TaxSettings> = optional(TaxSettings::shape()),
    }
}

fn social() -> impl Reader<Value = SocialLink> {
    object! {
        /// Link to a page on a social platform.
        SocialLink {
            /// Platform of the page; ignored, because it follows from the URL.
            platform = required(word::<SocialPlatform>()),
            /// URL of the page.
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
