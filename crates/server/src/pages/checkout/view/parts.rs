//! Parts of the checkout page.

use till_ports::processor::PaymentElement;

use super::super::{
    countries,
    fields::{Field, Need},
    markdown::SafeHtml,
};
use super::PageContext;

/// One radio card of the product switcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductChoice {
    /// Product id, sent as `product_id`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its price: `$29`, `Free`, `From $5`.
    pub price: String,
    /// Its price before the discount, where there is one on it.
    pub before: Option<String>,
    /// The interval: `per month`; none for a one-time product.
    pub interval: Option<String>,
    /// Small lines below: `plus usage`, `for the first month, then $29 per month`.
    pub notes: Vec<String>,
    /// True for the session's product. Exactly one is.
    pub selected: bool,
}

/// The product being bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// Its description, from `pages/checkout/markdown.rs`.
    pub description: Option<SafeHtml>,
}

/// The big price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hero {
    /// `$29`, `Free`, `14 days free`.
    pub amount: String,
    /// Before the discount, where there is one.
    pub before: Option<String>,
    /// `per month`.
    pub interval: Option<String>,
    /// Small lines below: `Pay what you want`, `Then $29 per month`.
    pub notes: Vec<String>,
}

/// The pay-what-you-want field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountField {
    /// As the person edits it (`pages/checkout/money.rs`), or as typed when it was refused.
    pub value: String,
    /// The sign before it (`pages/checkout/money.rs`).
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

/// The way in which the page takes payment details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payment {
    /// The payment form is not required.
    NotNeeded,
    /// The sandbox's card fields, with a note about test numbers.
    Sandbox,
    /// Stripe's Payment Element; also where no card is needed, as the next change of the form may need one.
    Element(Box<ElementField>),
}

/// Stripe's Payment Element on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementField {
    /// The options that Stripe's script is given, as JSON; none where no card is needed.
    pub intent: Option<String>,
    /// The page's sources.
    pub element: PaymentElement,
}

/// The billing address: what it holds and what is asked for (docs/behaviour: checkout/address-fields).
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

impl AddressForm {
    /// The lines below the country, from top to bottom.
    pub(super) fn order(&self) -> &'static [Field; 5] {
        countries::address_order(&self.country)
    }
}

/// The business part of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessForm {
    /// True where the box is ticked; the two fields show only then.
    pub checked: bool,
    /// Legal name.
    pub billing_name: String,
    /// Tax id as typed; none in a country where no id can be checked.
    pub tax_id: Option<String>,
}

/// The action of the one button; its words follow.
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
    pub(in crate::pages) fn words(&self, page_context: PageContext) -> String {
        match self {
            Action::Pay(total) => page_context.with("pay", [("total", total.as_str().into())]),
            Action::Subscribe => page_context.say("subscribe").into_owned(),
            Action::Get => page_context.say("get-free").into_owned(),
            Action::StartTrial => page_context.say("start-trial").into_owned(),
        }
    }
}

/// One step of a seat price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// `1 to 10`, `11 or more`.
    pub seats: String,
    /// The price of one seat.
    pub price: String,
}

/// The number of seats that are bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatsField {
    /// As typed or as the session has it.
    pub value: String,
    /// Least.
    pub min: i64,
    /// Most, where there is an end.
    pub max: Option<i64>,
    /// True where one fewer can be bought.
    pub fewer: bool,
    /// True where one more can be bought.
    pub more: bool,
    /// The bounds in words.
    pub hint: Option<String>,
    /// The steps of the price, where there are several.
    pub tiers: Vec<Tier>,
    /// A note on how the tiers add up.
    pub tiers_note: Option<String>,
}

/// A metered price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The name of what is counted.
    pub name: String,
    /// `$0.01 per unit`.
    pub price: String,
    /// `at most $100 per billing period`.
    pub cap: Option<String>,
}

/// The discount that the session has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedDiscount {
    /// Its name.
    pub name: String,
    /// Its duration, where it ends.
    pub note: Option<String>,
    /// The words of the button that removes it, where buyers may.
    pub remove: Option<String>,
}

/// The discount part of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiscountBox {
    /// The discount that applies.
    pub applied: Option<AppliedDiscount>,
    /// The text of the code field, where there is one.
    pub code: Option<String>,
}

/// The kind of answer that a custom field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerKind {
    /// One line, of at most so many characters.
    Text(Option<i64>),
    /// Several lines, of at most so many characters.
    Lines(Option<i64>),
    /// A whole number.
    Number,
    /// A day, between two of the form `2026-12-31`.
    Date(Option<String>, Option<String>),
    /// Yes or no.
    Checkbox,
    /// One of these values, with the words that stand for them.
    Select(Vec<(String, String)>),
}

/// A custom field with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The merchant's key.
    pub slug: String,
    /// Its label.
    pub label: SafeHtml,
    /// Its label without links and emphasis.
    pub name: String,
    /// Words below.
    pub help: Option<SafeHtml>,
    /// Words inside, while it is empty.
    pub placeholder: Option<String>,
    /// True where it must be answered.
    pub required: bool,
    /// Its kind.
    pub kind: AnswerKind,
    /// The answer; `true` for a ticked box.
    pub value: String,
}

impl Answer {
    /// The form field's name, also its element's id.
    pub(super) fn id(&self) -> String {
        format!("custom_field_data.{}", self.slug)
    }

    /// The words inside the empty field; those of a select stand in its first option.
    pub(super) fn inside(&self) -> Option<&str> {
        let text = !matches!(self.kind, AnswerKind::Select(_));
        self.placeholder.as_deref().filter(|_| text)
    }

    /// Ids of the help and the error, for `aria-describedby`.
    pub(super) fn described_by(&self, wrong: bool) -> Option<String> {
        let id = self.id();
        match (self.help.is_some(), wrong) {
            (true, true) => Some(format!("{id}-hint {id}-error")),
            (true, false) => Some(format!("{id}-hint")),
            (false, true) => Some(format!("{id}-error")),
            (false, false) => None,
        }
    }
}

/// A picture of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its address.
    pub url: String,
    /// Its text for people who do not see it.
    pub alt: String,
}
