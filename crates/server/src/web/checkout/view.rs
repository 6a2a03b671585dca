//! What each page shows, as plain values. A handler fills these from rows; the templates only print
//! them. All text is escaped except [`SafeHtml`].

mod after;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use askama::Template;
use http::{HeaderMap, header};
use till_core::checkout::Session;

use super::fields::{Field, FieldErrors, Need, TextField};
use super::markdown::SafeHtml;
use super::money::Locale;
use super::places;
use crate::web::{Page, assets, words::Value};

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
    /// The language that the address asks for, carried along.
    pub asked: Option<Locale>,
    /// Light, dark or as the system prefers.
    pub theme: Theme,
}

impl Look {
    /// What a browser wants, before anything else is known.
    #[must_use]
    pub fn of_browser(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE);
        let wanted = accepted
            .and_then(|value| value.to_str().ok())
            .and_then(Locale::of_browser);
        Self {
            locale: wanted.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// As the session's own language says, then the address, then the browser; English where the merchant has not
    /// switched the languages on.
    #[must_use]
    pub fn of_session(self, session: &Session) -> Self {
        let localised = session
            .organization
            .settings
            .feature("checkout_localization_enabled");
        let own = session.checkout.locale.as_deref();
        let locale = match (localised, own.and_then(Locale::of_tag)) {
            (false, _) => Locale::En,
            (true, Some(own)) => own,
            (true, None) => self.locale,
        };
        Self { locale, ..self }
    }

    /// A message without values.
    #[must_use]
    pub fn say(self, id: &str) -> Cow<'static, str> {
        self.locale.say(id)
    }

    /// A message with its values.
    #[must_use]
    pub fn with<const N: usize>(self, id: &str, values: [(&'static str, Value<'_>); N]) -> String {
        self.locale.with(id, values)
    }

    fn lang(self) -> &'static str {
        self.locale.tag()
    }

    fn dir(self) -> &'static str {
        self.locale.dir()
    }

    fn styles(self) -> &'static str {
        assets::styles_url()
    }

    fn script(self) -> &'static str {
        assets::script_url()
    }

    /// A page's address with what the buyer's address forces carried along.
    #[must_use]
    pub fn carried(self, path: &str) -> String {
        let forced = [
            ("theme", self.theme.name()),
            ("locale", self.asked.map(Locale::tag)),
        ];
        let query: Vec<String> = forced
            .into_iter()
            .filter_map(|(key, value)| Some(format!("{key}={}", value?)))
            .collect();
        if query.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", query.join("&"))
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
    fn words(&self, look: Look) -> String {
        match self {
            Action::Pay(total) => look.with("pay", [("total", total.as_str().into())]),
            Action::Subscribe => look.say("subscribe").into_owned(),
            Action::Get => look.say("get-free").into_owned(),
            Action::StartTrial => look.say("start-trial").into_owned(),
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
    /// What went wrong as a whole and what to do.
    pub error: Option<String>,
    /// What is wrong with single fields.
    pub errors: FieldErrors,
}

impl Page for CheckoutPage {
    fn picture(&self) -> Option<&str> {
        self.organization.picture()
    }
}

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

    fn back_words(&self) -> String {
        let name = self.organization.name.as_str();
        self.look.with("back-to", [("name", name.into())])
    }

    fn wrong_fields(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        self.errors
            .fields()
            .map(|field| (field.anchor(), self.label(field)))
            .collect()
    }

    fn countries(&self) -> &'static [(&'static str, &'static str)] {
        self.look.locale.cldr().countries()
    }

    fn subdivisions(&self) -> Option<&'static [(&'static str, &'static str)]> {
        places::subdivisions(&self.address.as_ref()?.country)
    }

    fn label(&self, field: Field) -> Cow<'static, str> {
        let country = self.address.as_ref().map_or("", |a| a.country.as_str());
        self.look.say(match field {
            Field::Product => "choose-option",
            Field::Amount => "name-your-price",
            Field::Email => "email",
            Field::CardNumber => "card-number",
            Field::CardExpiry => "card-expiry",
            Field::CardCvc => "card-cvc",
            Field::Name if self.takes_card() => "card-name",
            Field::Name => "full-name",
            Field::Country => "country",
            Field::Line1 => "line1",
            Field::Line2 => "line2",
            Field::City => "city",
            Field::State => places::state_label(country),
            Field::PostalCode => places::postal_code_label(country),
            Field::IsBusiness => "is-business",
            Field::BillingName => "business-name",
            Field::TaxId => "tax-id",
        })
    }

    fn text(&self, field: Field) -> TextField<'_> {
        let (value, need) = self.filled(field);
        let amount = self.amount.as_ref();
        TextField {
            look: self.look,
            field,
            on_card: field == Field::Name && self.takes_card(),
            label: self.label(field),
            value,
            need,
            error: self.errors.get(field),
            focus: self.focused() == Some(field),
            locked: field == Field::Email && self.email.locked,
            hint: match field {
                Field::Amount => amount.and_then(|a| a.hint.as_deref()).map(Cow::Borrowed),
                Field::Email if self.email.locked => Some(self.look.say("email-locked")),
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
