//! Reminders to customers, in their language: of a renewal, of a trial's end, of a card's expiry.

use till_core::kernel::{
    records::{Content, MailKind, Organization, PaymentMethod, Product, Subscription},
    urls::PublicUrls,
};
use till_wire::subscriptions::SubscriptionChargePreview;

use super::to_customers::{around, balance, say};
use crate::pages::{
    checkout::{fill::card, money::date, money::display},
    words::Locale,
};

/// A subscription that is charged soon.
#[derive(Debug, Clone, Copy)]
pub struct Renewing<'a> {
    /// Organization that sells.
    pub organization: &'a Organization,
    /// Product that was bought.
    pub product: &'a Product,
    /// The subscription.
    pub subscription: &'a Subscription,
    /// The charge at the end of its period.
    pub charge: &'a SubscriptionChargePreview,
    /// The customer's language.
    pub locale: Locale,
}

/// A card that expires soon.
#[derive(Debug, Clone, Copy)]
pub struct Expiring<'a> {
    /// Organization whose subscriptions are paid with it.
    pub organization: &'a Organization,
    /// The card.
    pub card: &'a PaymentMethod,
    /// The customer's language.
    pub locale: Locale,
}

/// Reminder of a renewal, or of the end of a trial.
pub fn renews_soon(
    kind: MailKind,
    renewing: &Renewing<'_>,
    urls: &PublicUrls,
) -> (String, Content) {
    let Renewing {
        organization,
        product,
        subscription,
        charge,
        locale,
    } = *renewing;
    let (subject, body) = match kind {
        MailKind::SubscriptionTrialConversionReminder => {
            ("mail-trial-ends-subject", "mail-trial-ends-body")
        }
        _ => ("mail-renewal-subject", "mail-renewal-body"),
    };
    let on = date(subscription.current_period_end, locale);
    let subject = locale.with(subject, [("product", product.name.as_str().into())]);
    let body = locale.with(body, [("date", on.as_str().into())]);
    let mut content = around(organization, &subject, vec![body], locale);
    let currency = subscription.currency;
    let money = |amount| display(amount, currency.as_str(), currency.decimals(), locale);
    content.facts.push((say(locale, "next-payment"), on));
    content
        .facts
        .extend(balance(charge.applied_balance_amount, money, locale));
    content.total = Some((say(locale, "total"), money(charge.due_amount)));
    content.button = Some((
        say(locale, "portal-open"),
        urls.portal_page(&organization.slug),
    ));
    (subject, content)
}

/// Notice that a card expires.
pub fn card_expires(expiring: &Expiring<'_>, urls: &PublicUrls) -> (String, Content) {
    let Expiring {
        organization,
        card: method,
        locale,
    } = *expiring;
    let shop = organization.name.as_str();
    let subject = say(locale, "mail-card-subject");
    let body = locale.with("mail-card-body", [("shop", shop.into())]);
    let mut content = around(organization, &subject, vec![body], locale);
    let (month, year) = (method.card.0.exp_month, method.card.0.exp_year);
    content.facts = vec![
        (say(locale, "card"), card(&method.card.0)),
        (say(locale, "card-expiry"), format!("{month:02}/{year}")),
    ];
    content.button = Some((
        say(locale, "portal-open"),
        urls.portal_page(&organization.slug),
    ));
    (subject, content)
}
