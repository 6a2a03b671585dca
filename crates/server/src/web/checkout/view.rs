//! What each page shows, as plain values. A handler fills these from rows; the templates only print
//! them. All text is escaped except [`SafeHtml`].

mod after;
#[cfg(test)]
mod tests;

use askama::Template;

use super::fields::{CARDHOLDER, Field, FieldErrors, Need, TextField};
use super::markdown::SafeHtml;
use super::money::Locale;
use super::places;
use crate::web::assets;

pub use after::{ConfirmationPage, MessagePage, Outcome, Receipt, ThreeDsPage, Waiting};

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system prefers.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// From the `theme` query parameter; anything unknown is [`Theme::Auto`].
    #[must_use]
    pub fn from_query(value: Option<&str>) -> Self {
        match value {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::Auto,
        }
    }

    fn name(self) -> Option<&'static str> {
        match self {
            Theme::Auto => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// What every page has: its language and its theme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// The language of the words.
    pub locale: Locale,
    /// Light, dark or as the system prefers.
    pub theme: Theme,
}

impl Look {
    fn lang(self) -> &'static str {
        self.locale.tag()
    }

    fn dir(self) -> &'static str {
        match self.locale {
            Locale::En => "ltr",
        }
    }

    fn styles(self) -> &'static str {
        assets::styles_url()
    }

    fn script(self) -> &'static str {
        assets::script_url()
    }

    /// A page's address with the forced theme carried along.
    #[must_use]
    pub fn carried(self, path: &str) -> String {
        match self.theme.name() {
            Some(theme) => format!("{path}?theme={theme}"),
            None => path.to_owned(),
        }
    }

    /// Address of the checkout page (and of its form).
    #[must_use]
    pub fn checkout_url(self, client_secret: &str) -> String {
        self.carried(&format!("/checkout/{client_secret}"))
    }

    /// Address of the confirmation page.
    #[must_use]
    pub fn confirmation_url(self, client_secret: &str) -> String {
        self.carried(&format!("/checkout/{client_secret}/confirmation"))
    }
}

/// Who sells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// An `https` picture; without one, or with another scheme, the first letter stands in.
    pub avatar_url: Option<String>,
    /// Its `http(s)` website, linked from its name.
    pub website: Option<String>,
}

impl Organization {
    fn initial(&self) -> String {
        self.name
            .chars()
            .next()
            .unwrap_or('•')
            .to_uppercase()
            .collect()
    }

    fn picture(&self) -> Option<&str> {
        self.avatar_url
            .as_deref()
            .filter(|url| url.starts_with("https://"))
    }

    fn site(&self) -> Option<&str> {
        self.website.as_deref().filter(|url| is_web(url))
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// One radio card of the product switcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductChoice {
    /// Product id, sent as `product_id`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its price: `$29`, `Free`, `From $5`.
    pub price: String,
    /// How often: `per month`; none for a one-time product.
    pub interval: Option<String>,
    /// Whether it is the session's product. Exactly one is.
    pub selected: bool,
}

/// The product being bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// Its description, from [`super::markdown::render`].
    pub description: Option<SafeHtml>,
}

/// The big price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hero {
    /// `$29`, `Free`.
    pub amount: String,
    /// `per month`.
    pub interval: Option<String>,
    /// A small line below: `Pay what you want`, `then $29 per month`.
    pub note: Option<String>,
}

/// The pay-what-you-want field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountField {
    /// As the person edits it ([`super::money::editable`]), or as typed when it was refused.
    pub value: String,
    /// The sign before it ([`super::money::currency_sign`]).
    pub sign: String,
    /// Its bounds in words: `At least $5.00`, `Between $5.00 and $100.00`.
    pub hint: Option<String>,
}

/// The e-mail field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmailField {
    /// As typed or as known.
    pub value: String,
    /// A linked customer's address is shown but cannot be changed.
    pub locked: bool,
}

/// How the page takes payment details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payment {
    /// The payment form is not required.
    NotNeeded,
    /// The sandbox's card fields, with a note about test numbers.
    Sandbox,
}

/// The billing address: what it holds and what is asked for (rule 3.4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the parts of an address and what is asked of each"
)]
pub struct AddressForm {
    /// ISO 3166-1 alpha-2, upper case; empty when not chosen yet.
    pub country: String,
    pub line1: String,
    pub line2: String,
    pub city: String,
    /// `US-NY` and the like for US and CA, else free text.
    pub state: String,
    pub postal_code: String,
    pub line1_need: Need,
    pub line2_need: Need,
    pub city_need: Need,
    pub state_need: Need,
    pub postal_code_need: Need,
}

/// The business part of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessForm {
    /// Whether the box is ticked; the two fields show only then.
    pub checked: bool,
    /// Legal name.
    pub billing_name: String,
    /// Tax id as typed.
    pub tax_id: String,
}

/// One line of amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is for.
    pub label: String,
    /// The amount, always with its decimals ([`super::money::display`]).
    pub amount: String,
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where to.
    pub url: String,
    /// `Return to Acme`.
    pub label: String,
}

/// What the one button does; its words follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// One-time purchase; holds the total in words.
    Pay(String),
    /// Subscription that takes a payment or a card.
    Subscribe,
    /// Nothing to pay.
    Get,
    /// Subscription that starts with a trial.
    StartTrial,
}

impl Action {
    fn words(&self) -> String {
        match self {
            Action::Pay(total) => format!("Pay {total}"),
            Action::Subscribe => "Subscribe".into(),
            Action::Get => "Get for free".into(),
            Action::StartTrial => "Start trial".into(),
        }
    }
}

/// `GET /checkout/{client_secret}` while the session is open, and the answer to its form when there
/// is something to say.
#[derive(Debug, Clone, Template)]
#[template(path = "checkout/page.html")]
pub struct CheckoutPage {
    /// Language and theme.
    pub look: Look,
    /// The credential in the page's address.
    pub client_secret: String,
    /// The session's version, sent back by the form.
    pub version: i64,
    /// The total shown, in minor units, sent back by the form.
    pub shown_total: i64,
    /// Whether payments are simulated; shows a badge.
    pub test_mode: bool,
    /// Who sells.
    pub organization: Organization,
    /// Where "back" leads (`return_url`), if the merchant gave it.
    pub return_url: Option<String>,
    /// The products to choose from, in the session's order; shown when there are two or more.
    pub products: Vec<ProductChoice>,
    /// The product being bought.
    pub product: Product,
    /// The big price.
    pub hero: Hero,
    /// Pay-what-you-want only.
    pub amount: Option<AmountField>,
    /// The buyer's e-mail.
    pub email: EmailField,
    /// The buyer's name.
    pub name: String,
    /// Card fields or none.
    pub payment: Payment,
    /// The billing address; none when nothing of it is asked for.
    pub address: Option<AddressForm>,
    /// The business box; none where it is not offered.
    pub business: Option<BusinessForm>,
    /// Subtotal, discount, tax…; may be empty when they would only repeat the total.
    pub lines: Vec<Line>,
    /// The amount due now.
    pub total: Line,
    /// What the button does.
    pub action: Action,
    /// A sentence below the button: `You pay $29.00 per month until you cancel.`
    pub terms: Option<String>,
    /// What went wrong as a whole and what to do, e.g. [`DECLINED`].
    pub error: Option<String>,
    /// What is wrong with single fields.
    pub errors: FieldErrors,
}

/// What a declined buyer is told.
pub const DECLINED: &str =
    "Your card was declined. Nothing was charged. Try another card or ask your bank.";

/// What a buyer is told whose first submit is still being worked on (409).
pub const IN_FLIGHT: &str =
    "Your payment is already being processed. Wait a moment, then reload this page.";

/// What a buyer is told when the total is no longer the one they saw.
pub const TOTAL_CHANGED: &str = "The total has changed. Nothing was charged. Check it, then pay.";

impl CheckoutPage {
    fn url(&self) -> String {
        self.look.checkout_url(&self.client_secret)
    }

    fn has_choice(&self) -> bool {
        self.products.len() > 1
    }

    fn takes_card(&self) -> bool {
        self.payment == Payment::Sandbox
    }

    fn back(&self) -> Option<&str> {
        self.return_url.as_deref().filter(|url| is_web(url))
    }

    fn focused(&self) -> Option<Field> {
        match self.error {
            Some(_) => None,
            None => self.errors.first(),
        }
    }

    fn wrong_fields(&self) -> Vec<(&'static str, &str)> {
        self.errors
            .fields()
            .map(|field| (field.anchor(), self.label(field)))
            .collect()
    }

    fn countries(&self) -> &'static [(&'static str, &'static str)] {
        places::COUNTRIES.as_slice()
    }

    fn subdivisions(&self) -> Option<&'static [(&'static str, &'static str)]> {
        places::subdivisions(&self.address.as_ref()?.country)
    }

    fn label(&self, field: Field) -> &'static str {
        let country = self.address.as_ref().map_or("", |a| a.country.as_str());
        match field {
            Field::Product => "Product",
            Field::Amount => "Name your price",
            Field::Email => "Email",
            Field::CardNumber => "Card number",
            Field::CardExpiry => "Expiry date",
            Field::CardCvc => "Security code",
            Field::Name if self.takes_card() => CARDHOLDER,
            Field::Name => "Full name",
            Field::Country => "Country",
            Field::Line1 => "Address",
            Field::Line2 => "Apartment, suite",
            Field::City => "City",
            Field::State => places::state_label(country),
            Field::PostalCode => places::postal_code_label(country),
            Field::IsBusiness => "I’m buying for a business",
            Field::BillingName => "Business name",
            Field::TaxId => "Tax ID",
        }
    }

    fn text(&self, field: Field) -> TextField<'_> {
        let (value, need) = self.filled(field);
        let amount = self.amount.as_ref();
        TextField {
            field,
            label: self.label(field),
            value,
            need,
            error: self.errors.get(field),
            focus: self.focused() == Some(field),
            locked: field == Field::Email && self.email.locked,
            hint: match field {
                Field::Amount => amount.and_then(|a| a.hint.as_deref()),
                Field::Email if self.email.locked => {
                    Some("This is the address of your account here.")
                }
                _ => None,
            },
            prefix: match field {
                Field::Amount => amount.map(|a| a.sign.as_str()),
                _ => None,
            },
        }
    }

    /// What a field holds and how much it is needed. Card fields are never filled by us.
    fn filled(&self, field: Field) -> (&str, Need) {
        let optional = (self.name.as_str(), Need::Optional);
        let business = self.business.as_ref();
        match (field, self.address.as_ref()) {
            (Field::Amount, _) => (
                self.amount.as_ref().map_or("", |a| a.value.as_str()),
                Need::Required,
            ),
            (Field::Email, _) => (&self.email.value, Need::Required),
            (Field::Name, _) => optional,
            (Field::Line1, Some(a)) => (&a.line1, a.line1_need),
            (Field::Line2, Some(a)) => (&a.line2, a.line2_need),
            (Field::City, Some(a)) => (&a.city, a.city_need),
            (Field::State, Some(a)) => (&a.state, a.state_need),
            (Field::PostalCode, Some(a)) => (&a.postal_code, a.postal_code_need),
            (Field::BillingName, _) => (
                business.map_or("", |b| b.billing_name.as_str()),
                Need::Required,
            ),
            (Field::TaxId, _) => (business.map_or("", |b| b.tax_id.as_str()), Need::Optional),
            _ => ("", Need::Required),
        }
    }
}
