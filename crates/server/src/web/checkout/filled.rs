//! The checkout page as a session fills it.

use till_core::{
    checkout::{Session, totals},
    products::Offered,
};
use till_wire::{checkouts::FieldMode, money::Currency, products::PriceAmount};

use super::{
    fields::{FieldErrors, Need},
    form::CheckoutForm,
    markdown,
    money::{self, Locale},
    view::{
        Action, AddressForm, AmountField, BusinessForm, CheckoutPage, EmailField, Hero, Line, Look,
        Organization, Payment, Product, ProductChoice,
    },
};

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

/// Who sells.
pub fn organization(row: &till_core::records::Organization) -> Organization {
    Organization {
        name: row.name.clone(),
        avatar_url: row.avatar_url.clone(),
        website: row.website.clone(),
    }
}

/// `per month`, `every 3 months`; nothing for a one-time product.
pub fn interval(offered: &Offered, locale: Locale) -> Option<String> {
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

/// A product's price in the session's currency, else in the one that switching to it would choose.
fn choice(session: &Session, offered: &Offered, locale: Locale) -> ProductChoice {
    let row = &session.checkout;
    let list = session.list(offered);
    let price = [row.currency, session.organization.default_currency]
        .into_iter()
        .find_map(|currency| totals::selected_price(&list, currency));
    ProductChoice {
        id: offered.product.id.to_string(),
        name: offered.product.name.clone(),
        price: price.map_or_else(
            || "—".to_owned(),
            |p| price_words(&p.cost(), p.currency, locale),
        ),
        interval: interval(offered, locale),
        selected: offered.product.id == row.product_id,
    }
}

/// What a price costs, as buyers read it: `$29`, `Free`, `From $5`.
pub fn price_words(amount: &PriceAmount, currency: Currency, locale: Locale) -> String {
    match amount {
        PriceAmount::Fixed { price_amount } => short(*price_amount, currency, locale),
        PriceAmount::Custom {
            minimum_amount: 0, ..
        } => locale.say("you-choose").into_owned(),
        PriceAmount::Custom { minimum_amount, .. } => {
            let least = short(*minimum_amount, currency, locale);
            locale.with("from-price", [("price", least.into())])
        }
        PriceAmount::SeatBased { seat_tiers, .. } => {
            let each = seat_tiers.tiers.first().map_or(0, |t| t.price_per_seat);
            format!(
                "{} {}",
                short(each, currency, locale),
                locale.say("per-seat")
            )
        }
        PriceAmount::MeteredUnit { .. } => locale.say("usage").into_owned(),
    }
}

/// The page of an open session. What the form holds stands in its fields, so that nothing typed is lost;
/// card fields are never filled in.
pub fn page(
    session: &Session,
    look: Look,
    form: Option<&CheckoutForm>,
    test_mode: bool,
) -> CheckoutPage {
    let row = &session.checkout;
    let locale = look.locale;
    let sum = totals::totals(row);
    let needed = totals::form(session);
    let offered = session.selected();
    let total = display(sum.total, row.currency, locale);
    let per = interval(offered, locale);
    let typed = |of: fn(&CheckoutForm) -> &Option<String>, kept: &Option<String>| {
        form.and_then(|f| of(f).clone())
            .or_else(|| kept.clone())
            .unwrap_or_default()
    };
    let recurring = offered.product.is_recurring();
    CheckoutPage {
        look,
        client_secret: row.client_secret.clone(),
        version: row.version,
        shown_total: sum.total,
        test_mode,
        organization: organization(&session.organization),
        return_url: row.return_url.clone(),
        products: session
            .offered
            .iter()
            .map(|o| choice(session, o, locale))
            .collect(),
        product: Product {
            name: offered.product.name.clone(),
            description: offered
                .product
                .description
                .as_deref()
                .and_then(markdown::render),
        },
        hero: Hero {
            amount: short(sum.total, row.currency, locale),
            interval: per.clone(),
            note: custom(session).map(|_| look.say("pay-what-you-want").into_owned()),
        },
        amount: custom(session).map(|_| amount_field(session, form, locale)),
        email: EmailField {
            value: if row.customer_id.is_some() {
                row.customer_email.clone().unwrap_or_default()
            } else {
                typed(|f| &f.customer_email, &row.customer_email)
            },
            locked: row.customer_id.is_some(),
        },
        name: typed(|f| &f.customer_name, &row.customer_name),
        payment: if needed.required() {
            Payment::Sandbox
        } else {
            Payment::NotNeeded
        },
        address: (needed.required() || row.require_billing_address || row.is_business_customer)
            .then(|| address(session, form)),
        business: needed.required().then(|| BusinessForm {
            checked: form.map_or(row.is_business_customer, CheckoutForm::is_business),
            billing_name: typed(|f| &f.customer_billing_name, &row.customer_billing_name),
            tax_id: typed(|f| &f.customer_tax_id, &row.customer_tax_id),
        }),
        lines: lines(session, locale),
        total: Line {
            label: look
                .say(if recurring { "due-today" } else { "total" })
                .into_owned(),
            amount: total.clone(),
        },
        action: if recurring && needed.required() {
            Action::Subscribe
        } else if sum.total > 0 {
            Action::Pay(total.clone())
        } else {
            Action::Get
        },
        terms: per.filter(|_| sum.total > 0).map(|per| {
            look.with(
                "terms-plain",
                [("total", total.into()), ("interval", per.into())],
            )
        }),
        error: None,
        errors: FieldErrors::default(),
    }
}

/// What the sum is made of.
pub fn lines(session: &Session, locale: Locale) -> Vec<Line> {
    let row = &session.checkout;
    let sum = totals::totals(row);
    let line = |label: &str, amount| Line {
        label: label.to_owned(),
        amount: display(amount, row.currency, locale),
    };
    let mut lines = vec![line(&session.selected().product.name, sum.net)];
    if let Some(tax) = sum.tax.filter(|tax| *tax > 0) {
        lines.push(line(&locale.say("tax"), tax));
    }
    lines
}

/// What may be paid where the buyer chooses, in words.
pub fn amount_bounds(session: &Session, locale: Locale) -> Option<String> {
    let (minimum, maximum) = custom(session)?;
    let currency = session.checkout.currency;
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
    let (currency, decimals) = (row.currency.as_str(), row.currency.decimals());
    AmountField {
        value: form
            .and_then(|f| f.amount.clone())
            .unwrap_or_else(|| money::editable_in(row.amount, decimals, locale)),
        sign: money::currency_sign(currency, locale),
        hint: amount_bounds(session, locale),
    }
}

fn address(session: &Session, form: Option<&CheckoutForm>) -> AddressForm {
    let row = &session.checkout;
    let kept = row.customer_billing_address.as_ref();
    let country = form
        .and_then(|f| f.country.clone())
        .or_else(|| kept.map(|a| a.country.to_string()))
        .unwrap_or_default();
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
        state_need: need(modes.state),
        postal_code_need: need(modes.postal_code),
    }
}

fn need(mode: FieldMode) -> Need {
    match mode {
        FieldMode::Required => Need::Required,
        FieldMode::Optional => Need::Optional,
        FieldMode::Disabled => Need::Disabled,
    }
}
