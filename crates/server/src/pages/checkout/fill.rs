//! The checkout page as a session fills it.

mod amounts;
mod answers;
mod card;
mod offer;
mod order;

use till_core::{
    catalog::products::ProductWithPrices,
    checkout::{Session, totals},
    kernel::records::{Checkout, Organization as Row},
    tax::ids as tax_id,
};
use till_ports::processor::Processor;
use till_wire::{
    checkouts::FieldMode, money::Currency, payments::CardMetadata, products::PriceAmount,
};
use uuid::Uuid;

use super::{
    countries,
    fields::{FieldErrors, Need},
    form::CheckoutForm,
    markdown,
    money::{self, Locale},
    view::{
        AddressForm, AmountField, BusinessForm, CheckoutPage, EmailField, Link, Organization,
        PageContext, Product, is_web,
    },
};

pub use amounts::{lines, tax_name, what_next};
pub(in crate::pages) use card::setup;
pub use offer::{price_words, seats_bounds, trial_words};
pub use order::{order_facts, order_lines, order_page, order_receipt};

/// An amount with its decimals.
pub fn display(amount: i64, currency: Currency, locale: Locale) -> String {
    money::display(amount, currency.as_str(), currency.decimals(), locale)
}

fn short(amount: i64, currency: Currency, locale: Locale) -> String {
    if amount == 0 {
        return locale.say("free").into_owned();
    }
    money::display_short(amount, currency.as_str(), currency.decimals(), locale)
}

/// The selling organization.
pub fn organization(row: &Row, page_context: PageContext) -> Organization {
    let links = &row.settings.policy_links;
    let mail = row.email.as_ref().map(|email| format!("mailto:{email}"));
    let support = links.support_url.clone().or(mail);
    let links = [
        ("shop-terms", links.terms_url.clone()),
        ("shop-privacy", links.privacy_url.clone()),
        ("shop-refunds", links.refunds_url.clone()),
    ];
    let link = |(id, url): (&str, Option<String>)| {
        let label = page_context.say(id).into_owned();
        url.map(|url| Link { url, label })
    };
    Organization {
        name: row.name.clone(),
        avatar_url: row.avatar_url.clone(),
        website: row.website.clone(),
        links: links.into_iter().filter_map(link).collect(),
        help: link(("shop-support", support)),
    }
}

/// The way back to the shop: the session's own address for it, else the organization's website.
pub fn way_back(session: &Session, page_context: PageContext) -> Option<Link> {
    let own = session.checkout.return_url.as_ref();
    let own = own.filter(|url| is_web(url)).map(|url| Link {
        url: url.clone(),
        label: return_to(&session.organization, page_context),
    });
    own.or_else(|| website(&session.organization, page_context))
}

/// The organization's website.
pub fn website(row: &Row, page_context: PageContext) -> Option<Link> {
    let url = row.website.as_ref().filter(|url| is_web(url));
    url.map(|url| Link {
        url: url.clone(),
        label: return_to(row, page_context),
    })
}

/// `Return to Acme`.
pub fn return_to(row: &Row, page_context: PageContext) -> String {
    page_context.with("return-to", [("name", row.name.as_str().into())])
}

/// `per month`, `every 3 months`; nothing for a one-time product.
pub fn interval(offered: &ProductWithPrices, locale: Locale) -> Option<String> {
    let unit = offered.product.recurring_interval?;
    let count = offered.product.recurring_interval_count.unwrap_or(1);
    Some(money::interval_words(
        unit,
        u32::try_from(count).unwrap_or(1),
        locale,
    ))
}

fn custom(session: &Session) -> Option<(i64, Option<i64>)> {
    match session.price().cost() {
        PriceAmount::Custom {
            minimum_amount,
            maximum_amount,
            ..
        } => Some((minimum_amount, maximum_amount)),
        _ => None,
    }
}

/// The page of an open session. What the form holds stands in its fields, so that nothing typed is lost;
/// card fields are never filled in. `processor` takes the card; `key` is a fresh one for this view's attempt to pay.
pub fn page(
    session: &Session,
    page_context: PageContext,
    form: Option<&CheckoutForm>,
    processor: &dyn Processor,
    key: Uuid,
) -> CheckoutPage {
    let row = &session.checkout;
    let needed = totals::form(session);
    let offered = session.selected();
    let typed = |of: fn(&CheckoutForm) -> &Option<String>, kept: &Option<String>| {
        form.and_then(|f| of(f).clone())
            .or_else(|| kept.clone())
            .unwrap_or_default()
    };
    CheckoutPage {
        page_context,
        client_secret: row.client_secret.clone(),
        version: row.version,
        shown_total: shown_total(row),
        key,
        test_mode: processor.test_mode(),
        organization: organization(&session.organization, page_context),
        return_url: row.return_url.clone(),
        products: session
            .offered
            .iter()
            .map(|o| offer::choice(session, o, page_context.locale))
            .collect(),
        product: Product {
            name: offered.product.name.clone(),
            description: offered
                .product
                .description
                .as_deref()
                .and_then(markdown::render),
        },
        hero: offer::hero(session, page_context),
        amount: custom(session).map(|_| amount_field(session, form, page_context.locale)),
        seats: offer::seats(session, form, page_context),
        usage: offer::usage(session, page_context.locale),
        benefits: offer::benefits(offered),
        medias: offer::medias(offered, page_context),
        discount: amounts::discount(session, form, page_context),
        answers: answers::answers(session, form),
        email: EmailField {
            value: if row.customer_id.is_some() {
                row.buyer.customer_email.clone().unwrap_or_default()
            } else {
                typed(|f| &f.customer_email, &row.buyer.customer_email)
            },
            locked: row.customer_id.is_some(),
        },
        name: typed(|f| &f.customer_name, &row.buyer.customer_name),
        payment: card::payment(session, page_context, processor),
        address: (needed.required()
            || row.require_billing_address
            || row.buyer.is_business_customer)
            .then(|| address(session, form)),
        // Also where nothing is due, as long as there is something that the first change would wipe
        // (docs/behaviour: checkout/cleared-when-not-asked).
        business: (needed.required()
            || row.require_billing_address
            || row.buyer.is_business_customer)
            .then(|| BusinessForm {
                checked: form.map_or(row.buyer.is_business_customer, CheckoutForm::is_business),
                billing_name: typed(
                    |f| &f.customer_billing_name,
                    &row.buyer.customer_billing_name,
                ),
                tax_id: tax_id::is_known_in(&country(session, form))
                    .then(|| typed(|f| &f.customer_tax_id, &row.buyer.customer_tax_id)),
            }),
        lines: amounts::lines(session, page_context),
        total: amounts::due(session, page_context),
        action: amounts::action(session, page_context),
        terms: amounts::terms(session, page_context),
        error: None,
        summary: false,
        no_trial: false,
        errors: FieldErrors::default(),
    }
}

/// Lets the buyer take the discount out although codes are off: it stands in the way of paying
/// (docs/behaviour: discounts/removable).
pub fn offer_removal(page: &mut CheckoutPage, session: &Session) {
    let applied = page.discount.as_mut().and_then(|d| d.applied.as_mut());
    if let (Some(applied), Some(discount)) = (applied, &session.discount) {
        applied.remove = Some(amounts::removal(discount, page.page_context));
    }
}

/// The total that the page shows, as its form carries it: the total in minor units, and whether a trial puts it off.
pub fn shown_total(row: &Checkout) -> String {
    let total = row.terms.totals().total;
    match row.terms.trial_end {
        Some(_) => format!("{total}-trial"),
        None => total.to_string(),
    }
}

/// True where the total that a form showed is what is due. One that spoke of no trial may get one.
pub fn is_shown(shown: &str, row: &Checkout) -> bool {
    let total = row.terms.totals().total;
    shown == shown_total(row) || row.terms.trial_end.is_some() && shown == total.to_string()
}

/// The bounds of an amount that the buyer chooses, in words.
pub fn amount_bounds(session: &Session, locale: Locale) -> Option<String> {
    let (minimum, maximum) = custom(session)?;
    let currency = session.checkout.terms.currency;
    let least = display(minimum.max(currency.min_charge()), currency, locale);
    let most = maximum.map(|most| display(most, currency, locale));
    Some(match (minimum, most) {
        (0, None) => locale.with("amount-nothing-or-at-least", [("least", least.into())]),
        (0, Some(most)) => locale.with(
            "amount-nothing-or-between",
            [("least", least.into()), ("most", most.into())],
        ),
        (_, None) => locale.with("amount-at-least", [("least", least.into())]),
        (_, Some(most)) => locale.with(
            "amount-between",
            [("least", least.into()), ("most", most.into())],
        ),
    })
}

fn amount_field(session: &Session, form: Option<&CheckoutForm>, locale: Locale) -> AmountField {
    let row = &session.checkout;
    let (currency, decimals) = (row.terms.currency.as_str(), row.terms.currency.decimals());
    AmountField {
        value: form
            .filter(|f| f.is_of(row.terms.product_id))
            .and_then(|f| f.amount.clone())
            .unwrap_or_else(|| money::editable_in(row.terms.amount, decimals, locale)),
        sign: money::currency_sign(currency, locale),
        hint: amount_bounds(session, locale),
    }
}

/// The country as chosen in the form, else as it is kept; empty where there is none.
fn country(session: &Session, form: Option<&CheckoutForm>) -> String {
    let kept = session.checkout.buyer.customer_billing_address.as_ref();
    form.and_then(|f| f.country.clone())
        .or_else(|| kept.map(|a| a.country.to_string()))
        .unwrap_or_default()
}

fn address(session: &Session, form: Option<&CheckoutForm>) -> AddressForm {
    let row = &session.checkout;
    let kept = row.buyer.customer_billing_address.as_ref();
    let country = country(session, form);
    // What was typed for another country does not belong here.
    let same = kept.is_some_and(|a| a.country.as_str() == country);
    let part = |typed: Option<&Option<String>>, kept: Option<&String>| {
        typed
            .and_then(|t| t.clone())
            .or_else(|| kept.filter(|_| same).cloned())
            .unwrap_or_default()
    };
    let state = part(form.map(|f| &f.state), kept.and_then(|a| a.state.as_ref()));
    let foreign =
        matches!(country.as_str(), "US" | "CA") && !state.starts_with(&format!("{country}-"));
    let modes = totals::address_fields(row);
    let state_need = match need(modes.state) {
        Need::Optional if state.is_empty() && !countries::writes_state(&country) => Need::Disabled,
        other => other,
    };
    AddressForm {
        line1: part(form.map(|f| &f.line1), kept.and_then(|a| a.line1.as_ref())),
        line2: part(form.map(|f| &f.line2), kept.and_then(|a| a.line2.as_ref())),
        city: part(form.map(|f| &f.city), kept.and_then(|a| a.city.as_ref())),
        postal_code: part(
            form.map(|f| &f.postal_code),
            kept.and_then(|a| a.postal_code.as_ref()),
        ),
        state: if foreign { String::new() } else { state },
        country,
        line1_need: need(modes.line1),
        line2_need: need(modes.line2),
        city_need: need(modes.city),
        state_need,
        postal_code_need: need(modes.postal_code),
    }
}

/// A card as its holder knows it: `Visa •••• 4242`.
pub fn card(card: &CardMetadata) -> String {
    let brand = match card.brand.as_str() {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        other => other,
    };
    format!("{brand} •••• {}", card.last4)
}

fn need(mode: FieldMode) -> Need {
    match mode {
        FieldMode::Required => Need::Required,
        FieldMode::Optional => Need::Optional,
        FieldMode::Disabled => Need::Disabled,
    }
}
