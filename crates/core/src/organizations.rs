//! The merchant: its views and its changes (docs/behaviour/organizations.md).

pub mod clock;
pub mod embed;

use till_wire::{
    events::EventType,
    input::Problem,
    loc,
    money::Currency,
    organizations::{
        Capabilities, CheckoutSettings, NotificationSettings, Organization as View,
        OrganizationPublic, OrganizationStatus, OrganizationUpdate, Settings, TaxBehaviorOption,
    },
};
use uuid::Uuid;

use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{Member, Organization, Role, User},
        refusal::Refusal,
        values::Json,
    },
    tax,
};

/// The capabilities of the organization now: only `active` takes money, only `blocked` loses the API.
pub fn capabilities(status: OrganizationStatus) -> Capabilities {
    let active = status == OrganizationStatus::Active;
    Capabilities {
        checkout_payments: active,
        subscription_renewals: active,
        payouts: false,
        refunds: active,
        api_access: status != OrganizationStatus::Blocked,
        dashboard_access: status != OrganizationStatus::Blocked,
    }
}

/// The organization as buyers see it.
pub fn public(row: &Organization) -> OrganizationPublic {
    let settings = &row.settings.0;
    OrganizationPublic {
        id: row.id,
        created_at: row.created_at,
        modified_at: row.modified_at,
        name: row.name.clone(),
        slug: row.slug.clone(),
        avatar_url: row.avatar_url.clone(),
        proration_behavior: settings.subscription_settings.proration_behavior,
        allow_customer_updates: settings.subscription_settings.allow_customer_updates,
        email: row.email.clone(),
        website: row.website.clone(),
        socials: settings.socials.clone(),
        status: row.status,
        details_submitted_at: row.details_submitted_at,
        feature_settings: settings.feature_settings.clone(),
        subscription_settings: settings.subscription_settings.clone(),
        customer_email_settings: settings.customer_email_settings,
        bio: None,
        company: None,
        blog: None,
        location: None,
        twitter_username: None,
        pledge_minimum_amount: 0,
        pledge_badge_show_amount: false,
        default_upfront_split_to_contributors: None,
        profile_settings: None,
        notification_settings: NotificationSettings {
            new_order: true,
            new_subscription: true,
        },
    }
}

/// The organization as its own tokens see it.
pub fn view(row: &Organization) -> View {
    let settings = &row.settings.0;
    View {
        public: public(row),
        onboarding_resubmission_requested_at: None,
        sso_enforced: false,
        default_presentment_currency: row.default_currency,
        default_tax_behavior: row.default_tax_behavior,
        tax_settings: settings.tax.clone(),
        customer_portal_settings: settings.customer_portal_settings,
        dispute_settings: settings.dispute_settings,
        checkout_settings: CheckoutSettings {
            require_3ds: settings.require_3ds,
        },
        policy_links: settings.policy_links.clone(),
        invoice_settings: settings.invoices.clone(),
        brand_settings: settings.brand.clone(),
        embed_hosts: settings.embed_hosts.clone(),
        embed_hosts_enforced: true,
        country: row.country.clone(),
        account_id: None,
        payout_account_id: None,
        capabilities: capabilities(row.status),
    }
}

/// The settings of a new organization: it can sell by the seat, and its customers have members.
fn default_settings() -> Settings {
    let mut settings = Settings::default();
    let features = &mut settings.feature_settings.features;
    features.seat_based_pricing_enabled = true;
    features.member_model_enabled = true;
    settings
}

/// A new organization with its owner; a self-hosted shop is active from the start.
pub fn create(
    name: &str,
    slug: &str,
    owner: &User,
    ctx: &DecisionContext,
) -> (Organization, Changes) {
    let row = Organization {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        name: name.to_owned(),
        slug: slug.to_owned(),
        email: Some(owner.email.clone()),
        website: None,
        avatar_url: None,
        country: None,
        status: OrganizationStatus::Active,
        default_currency: Currency::USD,
        default_tax_behavior: TaxBehaviorOption::Location,
        settings: Json(default_settings()),
        details_submitted_at: None,
        clock_offset_seconds: 0,
        clock_target_at: None,
    };
    let member = Member {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: row.id,
        user_id: owner.id,
        role: Role::Owner,
        notices: Default::default(),
    };
    let mut changes = Changes::new();
    changes.insert(&row).insert(&member);
    (row, changes)
}

/// A slug made of a name: lower-case letters, digits and single hyphens, 3 to 64 characters.
pub fn slug_of(name: &str) -> Option<String> {
    let mut slug = String::new();
    for c in name.trim().to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug: String = slug.trim_end_matches('-').chars().take(64).collect();
    (slug.len() >= 3).then_some(slug)
}

/// Changes an organization.
///
/// `unpriced` are active products that lack a price in the currency that becomes the default.
pub fn update(
    row: &Organization,
    input: OrganizationUpdate,
    unpriced: &[Uuid],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(Organization, Changes), Refusal> {
    if let Some(currency) = input.default_presentment_currency
        && currency != row.default_currency
        && !unpriced.is_empty()
    {
        return Err(Refusal::field(Problem::value(
            loc!["body", "default_presentment_currency"],
            format!(
                "{} active products have no price in {currency}",
                unpriced.len()
            ),
            currency.as_str(),
        )));
    }
    if let Some(settings) = &input.tax_settings {
        tax::check(settings)?;
    }
    let mut new = row.clone();
    if let Some(name) = input.name {
        new.name = name;
    }
    input.avatar_url.apply(&mut new.avatar_url);
    input.email.apply(&mut new.email);
    input.website.apply(&mut new.website);
    input.country.apply(&mut new.country);
    let settings = &mut new.settings.0;
    if let Some(socials) = input.socials {
        settings.socials = socials;
    }
    if let Some(details) = input.details {
        settings.details.extend(details);
        new.details_submitted_at = new.details_submitted_at.or(Some(ctx.now));
    }
    if let Some(features) = input.feature_settings {
        features.applied(&mut settings.feature_settings);
    }
    if let Some(subscriptions) = input.subscription_settings {
        settings.subscription_settings = subscriptions;
    }
    if let Some(emails) = input.customer_email_settings {
        settings.customer_email_settings = emails;
    }
    if let Some(portal) = input.customer_portal_settings {
        settings.customer_portal_settings = portal;
    }
    if let Some(disputes) = input.dispute_settings {
        let current = &mut settings.dispute_settings;
        disputes
            .auto_accept_below_amount
            .apply(&mut current.auto_accept_below_amount);
    }
    if let Some(checkouts) = input.checkout_settings {
        settings.require_3ds = checkouts.require_3ds;
    }
    if let Some(links) = input.policy_links {
        settings.policy_links = links;
    }
    if let Some(invoices) = input.invoice_settings {
        settings.invoices = invoices;
    }
    if let Some(brand) = input.brand_settings {
        settings.brand = brand;
    }
    if let Some(hosts) = input.embed_hosts {
        settings.embed_hosts = hosts;
    }
    if let Some(tax) = input.tax_settings {
        settings.tax = tax;
    }
    if let Some(currency) = input.default_presentment_currency {
        new.default_currency = currency;
    }
    if let Some(behavior) = input.default_tax_behavior {
        new.default_tax_behavior = behavior;
    }
    let mut changes = Changes::new();
    changes.revise(row, &mut new, ctx);
    changes.emit(
        subscribers,
        ctx,
        EventType::OrganizationUpdated,
        row.id,
        || view(&new),
    );
    Ok((new, changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_made_of_names() {
        assert_eq!(slug_of("  Ada's Shop! "), Some("ada-s-shop".into()));
        assert_eq!(slug_of("é!"), None);
    }
}
