//! Views of the pages, as plain values. A handler fills these from rows; the templates only print
//! them. All text is escaped except `SafeHtml`.

mod after;
mod card_alone;
mod order;
mod page;
mod parts;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use http::{HeaderMap, header};
use till_core::{
    checkout::Session,
    kernel::records::{Customer, Organization as Row},
};

use super::money::Locale;
use crate::pages::{assets, words::Value};

pub use after::{
    Addresses, Challenge, ConfirmationPage, Fact, HomePage, MessagePage, Outcome, Receipt,
    ThreeDsPage, Waiting,
};
pub(in crate::pages) use card_alone::CardAlone;
pub use order::OrderPage;
pub use page::CheckoutPage;
pub use parts::{
    Action, AddressForm, AmountField, Answer, AnswerKind, AppliedDiscount, BusinessForm,
    DiscountBox, ElementField, EmailField, Hero, Media, Payment, Product, ProductChoice,
    SeatsField, Tier, Usage,
};

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

    pub(in crate::pages) fn name(self) -> Option<&'static str> {
        match self {
            Theme::Auto => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// The context of every page: its language and its theme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageContext {
    /// The language of the words.
    pub locale: Locale,
    /// The language that the address asks for, carried along.
    pub chosen_locale: Option<Locale>,
    /// Light, dark or as the system prefers.
    pub theme: Theme,
    /// In a frame on a merchant's page.
    pub embed: bool,
}

impl PageContext {
    /// The context that a browser asks for, before anything else is known.
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
        let own = session.checkout.buyer.locale.as_deref();
        self.of_buyer(&session.organization, own)
    }

    /// As [`PageContext::of_session`], by the customer's own language.
    #[must_use]
    pub fn of_customer(self, organization: &Row, customer: &Customer) -> Self {
        self.of_buyer(organization, customer.locale.as_deref())
    }

    /// As [`PageContext::of_session`], where nobody is known yet.
    #[must_use]
    pub fn of_organization(self, organization: &Row) -> Self {
        self.of_buyer(organization, None)
    }

    fn of_buyer(self, organization: &Row, own: Option<&str>) -> Self {
        let features = organization.settings.features();
        let localised = features.checkout_localization_enabled;
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

    pub(in crate::pages) fn lang(self) -> &'static str {
        self.locale.tag()
    }

    pub(in crate::pages) fn dir(self) -> &'static str {
        self.locale.dir()
    }

    pub(in crate::pages) fn styles(self) -> &'static str {
        assets::styles_url()
    }

    pub(in crate::pages) fn script(self) -> &'static str {
        assets::script_url()
    }

    pub(in crate::pages) fn element_script(self) -> &'static str {
        assets::element_script_url()
    }

    fn frame_script(self) -> &'static str {
        assets::frame_script_url()
    }

    /// A page's address with what the buyer's address forces carried along.
    #[must_use]
    pub fn with_page_query(self, path: &str) -> String {
        let forced = [
            ("theme", self.theme.name()),
            ("locale", self.chosen_locale.map(Locale::tag)),
            ("embed", self.embed.then_some("true")),
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
        self.with_page_query(&format!("/checkout/{client_secret}"))
    }

    /// Address of the confirmation page.
    #[must_use]
    pub fn confirmation_url(self, client_secret: &str) -> String {
        self.with_page_query(&format!("/checkout/{client_secret}/confirmation"))
    }

    /// Address to which a form is posted that gives up a payment that waits for the buyer.
    #[must_use]
    pub fn another_card_url(self, client_secret: &str) -> String {
        self.with_page_query(&format!("/checkout/{client_secret}/another-card"))
    }

    /// Address of the confirmation page, where it is to ask the processor first.
    #[must_use]
    pub fn return_url(self, client_secret: &str) -> String {
        asking(self.confirmation_url(client_secret))
    }

    /// Address of the page on which an order is paid (and of its form).
    #[must_use]
    pub fn order_url(self, secret: &str) -> String {
        self.with_page_query(&format!("/pay/{secret}"))
    }

    /// Address of that page after an attempt has ended, of which it tells then.
    #[must_use]
    pub fn order_ended_url(self, secret: &str) -> String {
        with_mark(self.order_url(secret), "posted=true")
    }

    /// Address of that page, where it is to ask the processor first.
    #[must_use]
    pub fn order_return_url(self, secret: &str) -> String {
        asking(self.order_url(secret))
    }

    /// Address of the page on which a customer of the portal enters a card.
    #[must_use]
    pub fn new_card_url(self, slug: &str) -> String {
        self.with_page_query(&format!("/{slug}/portal/cards/new"))
    }

    /// Address of that page after an attempt has ended, of which it tells then.
    #[must_use]
    pub fn new_card_ended_url(self, slug: &str) -> String {
        with_mark(self.new_card_url(slug), "posted=true")
    }

    /// Address to which a form is posted that gives up a payment of an order that waits for its customer.
    #[must_use]
    pub fn order_another_card_url(self, secret: &str) -> String {
        self.with_page_query(&format!("/pay/{secret}/another-card"))
    }

    /// Address of the confirmation page for the answer to a form. Browsers hold what follows a form's POST to
    /// the page's own site (`form-action`), so a page that would lead on to the merchant's is shown first.
    #[must_use]
    pub fn arrival_url(self, session: &Session) -> String {
        let url = self.confirmation_url(&session.checkout.client_secret);
        match session.checkout.success_url {
            None => url,
            Some(_) => with_mark(url, "posted=true"),
        }
    }
}

/// An address at which the processor is asked first.
pub(in crate::pages) fn asking(url: String) -> String {
    with_mark(url, "redirect_status=unknown")
}

pub(in crate::pages) fn with_mark(url: String, mark: &str) -> String {
    let join = if url.contains('?') { '&' } else { '?' };
    format!("{url}{join}{mark}")
}

/// The selling organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// An `https` picture; without one, or with another scheme, the first letter stands in.
    pub avatar_url: Option<String>,
    /// Its `http(s)` website, linked from its name.
    pub website: Option<String>,
    /// Its own pages for buyers, at the foot of the page.
    pub links: Vec<Link>,
    /// Its page or address for help, beside them.
    pub help: Option<Link>,
}

impl Organization {
    pub(in crate::pages) fn initial(&self) -> String {
        self.name
            .chars()
            .next()
            .unwrap_or('•')
            .to_uppercase()
            .collect()
    }

    pub(in crate::pages) fn picture(&self) -> Option<&str> {
        self.avatar_url
            .as_deref()
            .filter(|url| url.starts_with("https://"))
    }

    /// The links at the foot of the page.
    pub(in crate::pages) fn foot(&self) -> Vec<&Link> {
        self.links
            .iter()
            .chain(&self.help)
            .filter(is_safe)
            .collect()
    }

    /// The way to people who help.
    pub(in crate::pages) fn help(&self) -> Option<&Link> {
        self.help.as_ref().filter(is_safe)
    }

    pub(in crate::pages) fn site(&self) -> Option<&str> {
        self.website.as_deref().filter(|url| is_web(url))
    }
}

fn is_safe(link: &&Link) -> bool {
    is_web(&link.url) || link.url.starts_with("mailto:")
}

pub(in crate::pages) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// One line of amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its label.
    pub label: String,
    /// The amount, always with its decimals ([`super::money::display`]).
    pub amount: String,
    /// True where it is the sum of the lines above it.
    pub is_sum: bool,
}

impl Line {
    /// A line that is one of a sum's parts.
    #[must_use]
    pub fn new(label: String, amount: String) -> Self {
        Self {
            label,
            amount,
            is_sum: false,
        }
    }
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its address.
    pub url: String,
    /// `Return to Acme`.
    pub label: String,
}
