//! Letters to customers, in their language.

use jiff::Timestamp;
use till_core::{
    kernel::{
        records::{Content, MailKind, Order, Organization, Product, Subscription},
        tokens::SecretKey,
        urls::PublicUrls,
    },
    orders::visit,
    portal::{codes::CODE_LIFE, email_change::LINK_LIFE},
    seats::invite::LIFE as INVITATION_LIFE,
    subscriptions::dun::is_of_usage,
};
use till_wire::organizations::TaxBehaviorOption;

use crate::pages::{
    checkout::money::{date, display, number},
    words::Locale,
};

/// Subject of a letter: rows that it tells of.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Organization that sells.
    pub organization: &'a Organization,
    /// Product that was bought.
    pub product: &'a Product,
    /// The order; of a subscription that is past due, the one that waits for its payment.
    pub order: Option<&'a Order>,
    /// The subscription.
    pub subscription: Option<&'a Subscription>,
    /// The name of the order's discount.
    pub discount: Option<&'a str>,
    /// The customer's language.
    pub locale: Locale,
}

/// Subject and words of a letter to a customer; `None` for kinds that go to the merchant's people, and for
/// those that are written otherwise.
pub fn to_customer(
    kind: MailKind,
    told: &Told<'_>,
    urls: &PublicUrls,
    key: &SecretKey,
) -> Option<(String, Content)> {
    let locale = told.locale;
    let product = || [("product", told.product.name.as_str().into())];
    let subscription = told.subscription;
    let ends = subscription.map(|one| one.ends_at.unwrap_or(one.current_period_end));
    let next = subscription.map(|one| one.current_period_end);
    let on = |id: &str, at: Option<Timestamp>| -> Vec<String> {
        at.map(|at| locale.with(id, [("date", date(at, locale).into())]))
            .into_iter()
            .collect()
    };
    let says = |id: &str| vec![locale.say(id).into_owned()];
    let (subject, paragraphs) = match kind {
        MailKind::OrderConfirmation => {
            let shop = told.organization.name.as_str();
            let subject = locale.with("mail-order-subject", [("shop", shop.into())]);
            (subject, says("mail-order-body"))
        }
        MailKind::SubscriptionConfirmation => {
            let subject = locale.with("mail-subscribed-subject", product());
            let trial = subscription
                .and_then(|one| one.trial_end)
                .filter(|end| Some(*end) == next);
            match trial {
                Some(_) => (subject, on("mail-trial-body", trial)),
                None => (subject, says("mail-subscribed-body")),
            }
        }
        MailKind::SubscriptionCycled => (
            locale.with("mail-renewed-subject", product()),
            on("mail-renewed-body", next),
        ),
        MailKind::SubscriptionCycledAfterTrial => (
            locale.with("mail-converted-subject", product()),
            on("mail-converted-body", next),
        ),
        MailKind::SubscriptionPastDue => {
            let subject = locale.with("mail-past-due-subject", product());
            match told.order.is_some_and(is_of_usage) {
                true => (subject, says("mail-usage-unpaid-body")),
                false => (subject, says("mail-past-due-body")),
            }
        }
        MailKind::SubscriptionCancellation => (
            locale.with("mail-canceled-subject", product()),
            on("mail-canceled-body", ends),
        ),
        MailKind::SubscriptionUncanceled => (
            locale.with("mail-uncanceled-subject", product()),
            says("mail-uncanceled-body"),
        ),
        MailKind::SubscriptionRevoked => (
            locale.with("mail-revoked-subject", product()),
            says("mail-revoked-body"),
        ),
        MailKind::SubscriptionPaused => {
            let subject = locale.with("mail-paused-subject", product());
            match subscription.and_then(|one| one.resumes_at) {
                Some(at) => (subject, on("mail-paused-until-body", Some(at))),
                None => (subject, says("mail-paused-body")),
            }
        }
        MailKind::SubscriptionResumed => (
            locale.with("mail-resumed-subject", product()),
            says("mail-resumed-body"),
        ),
        MailKind::SubscriptionUpdated => (
            locale.with("mail-updated-subject", product()),
            says("mail-updated-body"),
        ),
        MailKind::SubscriptionRenewalReminder
        | MailKind::SubscriptionTrialConversionReminder
        | MailKind::PaymentMethodExpirationReminder
        | MailKind::PortalCode
        | MailKind::EmailChange
        | MailKind::EmailChanged
        | MailKind::SeatInvitation
        | MailKind::Sale
        | MailKind::DisputeOpened
        | MailKind::EndpointDisabled => return None,
    };
    let mut facts = Vec::new();
    let mut total = None;
    if let Some(order) = told.order {
        facts.extend(sums(order, told.discount, locale));
        total = Some((say(locale, "total"), money(paid(order), order, locale)));
    }
    facts.extend(
        subscription
            .map(|one| standing(kind, one, locale))
            .unwrap_or_default(),
    );
    let button = told.order.filter(|_| kind == MailKind::SubscriptionPastDue);
    let button = button.map(|order| {
        let amount = money(paid(order), order, locale);
        let words = locale.with("pay", [("total", amount.into())]);
        (words, urls.order_url(&visit::secret(order.id, key)))
    });
    let content = Content {
        facts,
        total,
        button,
        ..around(told.organization, &subject, paragraphs, locale)
    };
    Some((subject, content))
}

/// A letter of an organization to a customer, with neither facts nor a button yet.
pub(super) fn around(
    organization: &Organization,
    subject: &str,
    paragraphs: Vec<String>,
    locale: Locale,
) -> Content {
    let shop = organization.name.as_str();
    let mut notes = Vec::new();
    if organization.email.is_some() {
        notes.push(say(locale, "mail-questions"));
    }
    notes.push(locale.with("mail-footer", [("shop", shop.into())]));
    Content {
        shop: shop.to_owned(),
        logo: logo(organization),
        color: organization.settings.brand.color.clone(),
        language: locale.tag().to_owned(),
        heading: subject.to_owned(),
        paragraphs,
        facts: Vec::new(),
        total: None,
        button: None,
        notes,
    }
}

/// Letter with a code that signs a customer in. `portal`: the page where it is entered.
pub fn portal_code(
    organization: &Organization,
    code: &str,
    portal: String,
    locale: Locale,
) -> (String, Content) {
    let shop = organization.name.as_str();
    let subject = locale.with("mail-code-subject", [("shop", shop.into())]);
    let life = CODE_LIFE.as_mins();
    let body = locale.with("mail-code-body", [("count", life.into())]);
    let content = Content {
        total: Some((say(locale, "portal-code"), code.to_owned())),
        button: Some((say(locale, "portal-open"), portal)),
        notes: vec![say(locale, "mail-code-ignore")],
        ..around(organization, &subject, vec![body], locale)
    };
    (subject, content)
}

/// Letter to a new address, with the link that confirms it. `url`: the page where it is confirmed.
pub fn email_change(organization: &Organization, url: String, locale: Locale) -> (String, Content) {
    let shop = organization.name.as_str();
    let subject = locale.with("mail-email-subject", [("shop", shop.into())]);
    let life = LINK_LIFE.as_mins();
    let body = locale.with("mail-email-body", [("count", life.into())]);
    let content = Content {
        button: Some((say(locale, "portal-email-use"), url)),
        notes: vec![say(locale, "mail-email-ignore")],
        ..around(organization, &subject, vec![body], locale)
    };
    (subject, content)
}

/// Letter to somebody who is given a seat. `url`: the page where they claim it.
pub fn seat_invitation(
    organization: &Organization,
    product: &str,
    url: String,
    locale: Locale,
) -> (String, Content) {
    let shop = organization.name.as_str();
    let values = || [("product", product.into()), ("shop", shop.into())];
    let subject = locale.with("mail-seat-subject", values());
    let life = INVITATION_LIFE.as_hours();
    let paragraphs = vec![
        locale.with("mail-seat-body", values()),
        locale.with("mail-seat-life", [("count", life.into())]),
    ];
    let content = Content {
        button: Some((say(locale, "portal-seat-claim"), url)),
        notes: vec![say(locale, "mail-seat-ignore")],
        ..around(organization, &subject, paragraphs, locale)
    };
    (subject, content)
}

/// Letter to the old address of a customer who has another one now. Which one it does not say: whoever reads the old
/// mailbox may be somebody else.
pub fn email_changed(organization: &Organization, locale: Locale) -> (String, Content) {
    let shop = organization.name.as_str();
    let subject = locale.with("mail-email-changed-subject", [("shop", shop.into())]);
    let paragraphs = vec![
        locale.with("mail-email-changed-body", [("shop", shop.into())]),
        say(locale, "mail-email-changed-warning"),
    ];
    let content = around(organization, &subject, paragraphs, locale);
    (subject, content)
}

/// The organization's logo, where mail programs can load it.
pub(super) fn logo(organization: &Organization) -> Option<String> {
    let url = organization.avatar_url.as_deref();
    url.filter(|url| url.starts_with("https://"))
        .map(str::to_owned)
}

pub(super) fn say(locale: Locale, id: &str) -> String {
    locale.say(id).into_owned()
}

/// Sum of the order, its balance taken in: minor units.
pub(super) fn paid(order: &Order) -> i64 {
    order.net_amount + order.tax_amount + order.applied_balance_amount
}

fn money(amount: i64, order: &Order, locale: Locale) -> String {
    let currency = order.currency;
    display(amount, currency.as_str(), currency.decimals(), locale)
}

/// Number, day, lines and tax of an order.
fn sums(order: &Order, discount: Option<&str>, locale: Locale) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    if let Some(invoice) = &order.invoice_number {
        facts.push((say(locale, "order-number"), invoice.clone()));
    }
    facts.push((say(locale, "order-date"), date(order.created_at, locale)));
    for item in &order.items.0 {
        facts.push((item.label.clone(), money(item.amount, order, locale)));
    }
    if order.discount_amount > 0 {
        let name = match discount {
            Some(name) => locale.with("discount-named", [("name", name.into())]),
            None => say(locale, "mail-discount"),
        };
        facts.push((name, money(-order.discount_amount, order, locale)));
    }
    if order.tax_amount > 0 {
        let tax = say(locale, "tax");
        let name = match order.tax_behavior {
            Some(TaxBehaviorOption::Inclusive) => {
                locale.with("tax-included", [("tax", tax.into())])
            }
            _ => tax,
        };
        facts.push((name, money(order.tax_amount, order, locale)));
    }
    let money = |amount| money(amount, order, locale);
    facts.extend(balance(order.applied_balance_amount, money, locale));
    facts
}

/// The part that the customer's balance has in a sum, where it has any.
pub(super) fn balance(
    applied: i64,
    money: impl Fn(i64) -> String,
    locale: Locale,
) -> Option<(String, String)> {
    let name = match applied {
        0 => return None,
        ..0 => "balance-used",
        _ => "balance-owed",
    };
    Some((say(locale, name), money(applied)))
}

/// Seats of a subscription, and when it is paid for next, where that is of interest.
fn standing(kind: MailKind, subscription: &Subscription, locale: Locale) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    if let Some(seats) = subscription.seats
        && kind == MailKind::SubscriptionUpdated
    {
        facts.push((say(locale, "seats"), number(seats, locale)));
    }
    let goes_on = subscription.is_billable()
        && !subscription.cancel_at_period_end
        && !subscription.pause_at_period_end;
    let tells = !matches!(
        kind,
        MailKind::OrderConfirmation
            | MailKind::SubscriptionPastDue
            | MailKind::SubscriptionRevoked
            | MailKind::SubscriptionPaused
            | MailKind::SubscriptionCancellation
    );
    if goes_on && tells {
        let next = date(subscription.current_period_end, locale);
        facts.push((say(locale, "next-payment"), next));
    }
    facts
}
