//! The fields of the checkout form: their names, words, browser hints and errors.

use std::{borrow::Cow, collections::BTreeMap};

use askama::Template;

use super::view::PageContext;

/// Every field that can be filled in or be wrong, in the page's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is named like its form field")]
pub enum Field {
    Product,
    Amount,
    Seats,
    Email,
    CardNumber,
    CardExpiry,
    CardCvc,
    Name,
    Country,
    Line1,
    Line2,
    City,
    State,
    PostalCode,
    IsBusiness,
    BillingName,
    TaxId,
    /// Below the answers to the merchant's own questions.
    Discount,
}

impl Field {
    /// The form field's name, also its element's id.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Field::Product => "product_id",
            Field::Amount => "amount",
            Field::Seats => "seats",
            Field::Discount => "discount_code",
            Field::Email => "customer_email",
            Field::CardNumber => "card_number",
            Field::CardExpiry => "card_expiry",
            Field::CardCvc => "card_cvc",
            Field::Name => "customer_name",
            Field::Country => "country",
            Field::Line1 => "line1",
            Field::Line2 => "line2",
            Field::City => "city",
            Field::State => "state",
            Field::PostalCode => "postal_code",
            Field::IsBusiness => "is_business_customer",
            Field::BillingName => "customer_billing_name",
            Field::TaxId => "customer_tax_id",
        }
    }

    /// The field that an API error's `loc` speaks of: `["body", "customer_billing_address", "city"]`
    /// is the city. An error on the address as a whole stands at the country; a missing
    /// confirmation token at the card number. `None` for what the page has no field for.
    #[must_use]
    pub fn from_loc(loc: &[&str]) -> Option<Self> {
        let field = match loc.strip_prefix(&["body"]).unwrap_or(loc) {
            ["customer_billing_address", .., "line1"] => Field::Line1,
            ["customer_billing_address", .., "line2"] => Field::Line2,
            ["customer_billing_address", .., "city"] => Field::City,
            ["customer_billing_address", .., "state"] => Field::State,
            ["customer_billing_address", .., "postal_code"] => Field::PostalCode,
            ["customer_billing_address", ..] => Field::Country,
            ["product_id" | "product_price_id" | "products", ..] => Field::Product,
            ["amount"] => Field::Amount,
            ["seats"] => Field::Seats,
            ["discount_code" | "discount_id"] => Field::Discount,
            ["customer_email"] => Field::Email,
            ["customer_name"] => Field::Name,
            ["confirmation_token_id"] => Field::CardNumber,
            ["is_business_customer"] => Field::IsBusiness,
            ["customer_billing_name"] => Field::BillingName,
            ["customer_tax_id"] => Field::TaxId,
            _ => return None,
        };
        Some(field)
    }

    /// The element to take a person to: for the product switcher its first radio.
    #[must_use]
    pub fn anchor(self) -> &'static str {
        match self {
            Field::Product => "products",
            other => other.name(),
        }
    }
}

/// The errors, field by field, in words for the buyer ("Enter your email address.").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors {
    fields: BTreeMap<Field, String>,
    /// By the slugs of the merchant's own fields.
    answers: BTreeMap<String, String>,
}

impl FieldErrors {
    /// Adds a field's error; the first one said of a field stays.
    pub fn add(&mut self, field: Field, words: impl Into<String>) {
        self.fields.entry(field).or_insert_with(|| words.into());
    }

    /// Adds what is wrong with the answer to a custom field; the first one said of it stays.
    pub fn add_answer(&mut self, slug: &str, words: impl Into<String>) {
        let said = self.answers.entry(slug.to_owned());
        said.or_insert_with(|| words.into());
    }

    /// The error of the answer to a custom field.
    #[must_use]
    pub fn answer(&self, slug: &str) -> Option<&str> {
        self.answers.get(slug).map(String::as_str)
    }

    /// Says something of a field, whatever was said before.
    pub fn replace(&mut self, field: Field, words: impl Into<String>) {
        self.fields.insert(field, words.into());
    }

    /// The error of a field.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        self.fields.get(&field).map(String::as_str)
    }

    /// The topmost wrong field, which gets the focus.
    #[must_use]
    pub fn first(&self) -> Option<Field> {
        self.fields.keys().next().copied()
    }

    /// The wrong fields from top to bottom.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.fields.keys().copied()
    }

    /// Adds all of the other's, where nothing is said yet.
    pub fn join(&mut self, other: Self) {
        for (field, words) in other.fields {
            self.add(field, words);
        }
        for (slug, words) in other.answers {
            self.add_answer(&slug, words);
        }
    }

    /// Takes out what is said of these fields.
    pub fn take(&mut self, of: impl Fn(Field) -> bool) -> Vec<(Field, String)> {
        self.fields.extract_if(.., |field, _| of(*field)).collect()
    }

    /// True where an answer is wrong.
    #[must_use]
    pub fn has_answers(&self) -> bool {
        !self.answers.is_empty()
    }

    /// True where nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.answers.is_empty()
    }
}

impl FromIterator<(Field, String)> for FieldErrors {
    fn from_iter<I: IntoIterator<Item = (Field, String)>>(errors: I) -> Self {
        let mut all = Self::default();
        for (field, words) in errors {
            all.add(field, words);
        }
        all
    }
}

/// The need for a field (docs/behaviour: checkout/address-fields).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Need {
    /// Shown; the purchase needs it.
    Required,
    /// Shown; may stay empty.
    Optional,
    /// Not shown.
    #[default]
    Disabled,
}

impl Need {
    /// True where the field is shown.
    #[must_use]
    pub fn shown(self) -> bool {
        self != Need::Disabled
    }
}

/// One labelled text field.
#[derive(Template)]
#[template(path = "checkout/text_field.html")]
pub(in crate::pages) struct TextField<'a> {
    pub page_context: PageContext,
    pub field: Field,
    /// The product that what is typed belongs to.
    pub of: Option<&'a str>,
    /// True where the name is the one on the card.
    pub on_card: bool,
    pub label: Cow<'a, str>,
    pub value: &'a str,
    pub need: Need,
    pub error: Option<&'a str>,
    pub focus: bool,
    pub locked: bool,
    pub hint: Option<Cow<'a, str>>,
    pub prefix: Option<&'a str>,
}

impl TextField<'_> {
    fn kind(&self) -> &'static str {
        match self.field {
            Field::Email => "email",
            _ => "text",
        }
    }

    fn autocomplete(&self) -> &'static str {
        match self.field {
            Field::Email => "email",
            Field::CardNumber => "cc-number",
            Field::CardExpiry => "cc-exp",
            Field::CardCvc => "cc-csc",
            Field::Name if self.on_card => "cc-name",
            Field::Name => "name",
            Field::Country => "billing country",
            Field::Line1 => "billing address-line1",
            Field::Line2 => "billing address-line2",
            Field::City => "billing address-level2",
            Field::State => "billing address-level1",
            Field::PostalCode => "billing postal-code",
            Field::BillingName => "billing organization",
            Field::Product
            | Field::Amount
            | Field::Seats
            | Field::Discount
            | Field::IsBusiness
            | Field::TaxId => "off",
        }
    }

    fn inputmode(&self) -> Option<&'static str> {
        match self.field {
            Field::CardNumber | Field::CardExpiry | Field::CardCvc => Some("numeric"),
            Field::Amount => Some("decimal"),
            _ => None,
        }
    }

    fn autocapitalize(&self) -> &'static str {
        match self.field {
            Field::PostalCode | Field::TaxId | Field::Discount => "characters",
            Field::Name | Field::BillingName | Field::City | Field::State => "words",
            Field::Line1 | Field::Line2 => "words",
            _ => "off",
        }
    }

    fn placeholder(&self) -> Option<Cow<'static, str>> {
        match self.field {
            Field::Email => Some("name@example.com".into()),
            Field::CardNumber => Some("1234 1234 1234 1234".into()),
            Field::CardExpiry => Some(self.page_context.say("card-expiry-form")),
            Field::CardCvc => Some("123".into()),
            _ => None,
        }
    }

    /// In characters; generous, only to stop pasted novels.
    fn maxlength(&self) -> u16 {
        match self.field {
            Field::CardNumber => 32,
            Field::CardExpiry => 9,
            Field::CardCvc => 4,
            Field::Amount => 24,
            Field::Email => 320,
            _ => 256,
        }
    }

    /// Ids of the hint and the error, for `aria-describedby`.
    fn described_by(&self) -> Option<String> {
        let name = self.field.name();
        match (&self.hint, self.error) {
            (Some(_), Some(_)) => Some(format!("{name}-hint {name}-error")),
            (Some(_), None) => Some(format!("{name}-hint")),
            (None, Some(_)) => Some(format!("{name}-error")),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_error_finds_its_field() {
        let at = |loc: &[&str]| Field::from_loc(loc);
        assert_eq!(at(&["body", "customer_email"]), Some(Field::Email));
        assert_eq!(
            at(&["body", "customer_billing_address", "postal_code"]),
            Some(Field::PostalCode)
        );
        assert_eq!(
            at(&["body", "customer_billing_address"]),
            Some(Field::Country)
        );
        assert_eq!(
            at(&["body", "confirmation_token_id"]),
            Some(Field::CardNumber)
        );
        assert_eq!(at(&["body", "metadata"]), None);
    }

    #[test]
    fn errors_stand_in_the_order_of_the_page_and_the_first_word_stays() {
        let mut errors = FieldErrors::default();
        errors.add(Field::Country, "Choose a country.");
        errors.add(Field::Email, "Enter your email address.");
        errors.add(Field::Email, "Something else.");
        assert_eq!(errors.first(), Some(Field::Email));
        assert_eq!(errors.get(Field::Email), Some("Enter your email address."));
        assert_eq!(errors.fields().count(), 2);
    }
}
