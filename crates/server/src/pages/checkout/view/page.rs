//! The form: everything of a checkout that is still open.

use std::borrow::Cow;

use askama::Template;
use till_ports::processor::ContentSources;
use uuid::Uuid;

use super::super::{
    countries,
    fields::{Field, FieldErrors, Need, TextField},
};
use super::{
    Action, AddressForm, AmountField, Answer, AnswerKind, BusinessForm, DiscountBox, ElementField,
    EmailField, Hero, Line, Media, Organization, PageContext, Payment, Product, ProductChoice,
    SeatsField, Usage, is_web,
};
use crate::{http::idempotency, pages::Page};

/// A line of the billing address.
enum AddressLine<'a> {
    /// Typed.
    Text(TextField<'a>),
    /// The state, chosen from the codes and names of its country.
    State(&'static [(&'static str, &'static str)]),
}

/// `GET /checkout/{client_secret}` while the session is open, and the answer to its form when there
/// is something to say.
#[derive(Debug, Clone, Template)]
#[template(path = "checkout/page.html")]
pub struct CheckoutPage {
    /// Language and theme.
    pub page_context: PageContext,
    /// The credential in the page's address.
    pub client_secret: String,
    /// The session's version, sent back by the form.
    pub version: i64,
    /// The total shown, in minor units, and whether it is put off by a trial; sent back by the form.
    pub shown_total: String,
    /// The key of the attempt to pay that the form may become.
    pub key: Uuid,
    /// True where payments are simulated; shows a badge.
    pub test_mode: bool,
    /// The selling organization.
    pub organization: Organization,
    /// The address that "back" leads to (`return_url`), if the merchant gave it.
    pub return_url: Option<String>,
    /// The products to choose from, in the session's order; shown when there are two or more.
    pub products: Vec<ProductChoice>,
    /// The product being bought.
    pub product: Product,
    /// The big price.
    pub hero: Hero,
    /// Pay-what-you-want only.
    pub amount: Option<AmountField>,
    /// The seats, of a product that is sold by the seat.
    pub seats: Option<SeatsField>,
    /// Metered prices.
    pub usage: Vec<Usage>,
    /// The benefits that the purchase includes.
    pub benefits: Vec<String>,
    /// Pictures of the product.
    pub medias: Vec<Media>,
    /// The discount, or the field for its code; none where there is neither.
    pub discount: Option<DiscountBox>,
    /// The merchant's own questions.
    pub answers: Vec<Answer>,
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
    /// The action of the button.
    pub action: Action,
    /// A sentence below the button: `You pay $29.00 per month until you cancel.`
    pub terms: Option<String>,
    /// The error of the page as a whole, and what to do.
    pub error: Option<String>,
    /// True where a list of the wrong fields stands at the top: after the buyer has tried to pay.
    pub summary: bool,
    /// True where a purchase without a trial is offered beside the error.
    pub no_trial: bool,
    /// The errors of single fields.
    pub errors: FieldErrors,
}

impl Page for CheckoutPage {
    fn picture(&self) -> Option<&str> {
        self.organization.picture()
    }

    fn card_sources(&self) -> Option<&ContentSources> {
        self.element().map(|field| &field.element.sources)
    }
}

impl CheckoutPage {
    fn url(&self) -> String {
        self.page_context.checkout_url(&self.client_secret)
    }

    fn has_choice(&self) -> bool {
        self.products.len() > 1
    }

    fn takes_card(&self) -> bool {
        self.payment == Payment::Sandbox
    }

    /// The card's holder is asked for their name beside it.
    fn asks_name(&self) -> bool {
        true
    }

    fn offers_no_trial(&self) -> bool {
        self.no_trial
    }

    fn element(&self) -> Option<&ElementField> {
        match &self.payment {
            Payment::Element(field) => Some(field),
            Payment::NotNeeded | Payment::Sandbox => None,
        }
    }

    /// Address that Stripe sends the buyer back to, should their bank have a page of its own.
    fn return_url(&self) -> String {
        self.page_context.return_url(&self.client_secret)
    }

    fn back(&self) -> Option<&str> {
        self.return_url.as_deref().filter(|url| is_web(url))
    }

    /// The field that gets the focus: the topmost wrong one. The discount is below the answers.
    fn focused(&self) -> Option<Field> {
        let first = self.wrong_own().first().copied();
        let first = first.filter(|_| self.error.is_none());
        first.filter(|field| *field != Field::Discount || !self.errors.has_answers())
    }

    /// True where a field is on the page now.
    fn shows(&self, field: Field) -> bool {
        let part =
            |need: fn(&AddressForm) -> Need| self.address.as_ref().is_some_and(|a| need(a).shown());
        match field {
            Field::Product => self.has_choice(),
            Field::Amount => self.amount.is_some(),
            Field::Seats => self.seats.is_some(),
            Field::Email | Field::Name => true,
            Field::CardNumber | Field::CardExpiry | Field::CardCvc => self.takes_card(),
            Field::Country => self.address.is_some(),
            Field::Line1 => part(|a| a.line1_need),
            Field::Line2 => part(|a| a.line2_need),
            Field::City => part(|a| a.city_need),
            Field::State => part(|a| a.state_need),
            Field::PostalCode => part(|a| a.postal_code_need),
            Field::IsBusiness => self.business.is_some(),
            Field::BillingName => self.business.as_ref().is_some_and(|b| b.checked),
            Field::TaxId => {
                let business = self.business.as_ref().filter(|b| b.checked);
                business.is_some_and(|b| b.tax_id.is_some())
            }
            Field::Discount => self.discount.is_some(),
        }
    }

    /// Says at the top what is wrong with fields that are not on the page: there is nowhere else to say it.
    pub fn gather_unshown(&mut self) {
        let mut errors = std::mem::take(&mut self.errors);
        let unshown = errors.take(|field| !self.shows(field));
        self.errors = errors;
        let words = unshown.into_iter().map(|(field, words)| match field {
            // Nothing else can be chosen.
            Field::Product => self.page_context.say("error-not-sold").into_owned(),
            _ => words,
        });
        let mut all: Vec<String> = self.error.take().into_iter().chain(words).collect();
        all.dedup();
        self.error = Some(all.join(" ")).filter(|words| !words.is_empty());
    }

    fn back_words(&self) -> String {
        let name = self.organization.name.as_str();
        self.page_context.with("back-to", [("name", name.into())])
    }

    /// The page's own fields that are wrong, from top to bottom. The lines of an address are where its country has them.
    fn wrong_own(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = self.errors.fields().collect();
        if let Some(address) = &self.address {
            let place = |field: &Field| address.order().iter().position(|one| one == field);
            fields.sort_by(|a, b| match (place(a), place(b)) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => a.cmp(b),
            });
        }
        fields
    }

    /// The fields that are wrong, from top to bottom, with their labels.
    fn wrong_fields(&self) -> Vec<(String, Cow<'_, str>)> {
        let named = |field: Field| (field.anchor().to_owned(), self.label(field));
        let (last, own): (Vec<Field>, Vec<Field>) = self
            .wrong_own()
            .into_iter()
            .partition(|f| *f == Field::Discount);
        let answers = self
            .answers
            .iter()
            .filter(|answer| self.wrong(answer).is_some())
            .map(|answer| (answer.id(), Cow::Borrowed(answer.name.as_str())));
        let (own, last) = (own.into_iter().map(named), last.into_iter().map(named));
        own.chain(answers).chain(last).collect()
    }

    /// The error of an answer.
    fn wrong(&self, answer: &Answer) -> Option<&str> {
        self.errors.answer(&answer.slug)
    }

    /// True where an answer gets the focus: the first wrong one, where nothing above it is wrong.
    fn is_focused(&self, answer: &Answer) -> bool {
        let first = self.answers.iter().find(|one| self.wrong(one).is_some());
        let above = self.errors.first().filter(|f| *f != Field::Discount);
        self.error.is_none() && above.is_none() && first == Some(answer)
    }

    fn pictures_words(&self) -> String {
        let name = self.product.name.as_str();
        self.page_context.with("pictures", [("name", name.into())])
    }

    /// The chosen product: what is typed for another one is not kept.
    fn product_id(&self) -> &str {
        let chosen = self.products.iter().find(|choice| choice.selected);
        chosen.map_or("", |choice| choice.id.as_str())
    }

    fn countries(&self) -> &'static [(&'static str, &'static str)] {
        self.page_context.locale.cldr().countries()
    }

    /// The lines of the address below the country, from top to bottom.
    fn address_lines(&self) -> Vec<AddressLine<'_>> {
        let Some(address) = &self.address else {
            return Vec::new();
        };
        let states = countries::subdivisions(&address.country);
        let shown = address.order().iter().copied().filter(|f| self.shows(*f));
        shown
            .map(|field| match states.filter(|_| field == Field::State) {
                Some(states) => AddressLine::State(states),
                None => AddressLine::Text(self.text(field)),
            })
            .collect()
    }

    fn label(&self, field: Field) -> Cow<'static, str> {
        let country = self.address.as_ref().map_or("", |a| a.country.as_str());
        self.page_context.say(match field {
            Field::Product => "choose-option",
            Field::Amount => "name-your-price",
            Field::Seats => "seats",
            Field::Discount => "discount-code",
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
            Field::State => countries::state_label(country),
            Field::PostalCode => countries::postal_code_label(country),
            Field::IsBusiness => "is-business",
            Field::BillingName => "business-name",
            Field::TaxId => "tax-id",
        })
    }

    fn text(&self, field: Field) -> TextField<'_> {
        let (value, need) = self.filled(field);
        let amount = self.amount.as_ref();
        TextField {
            page_context: self.page_context,
            field,
            of: (field == Field::Amount).then(|| self.product_id()),
            on_card: field == Field::Name && self.takes_card(),
            label: self.label(field),
            value,
            need,
            error: self.errors.get(field),
            focus: self.focused() == Some(field),
            locked: field == Field::Email && self.email.locked,
            hint: match field {
                // An error says the same.
                Field::Amount if self.errors.get(field).is_some() => None,
                Field::Amount => amount.and_then(|a| a.hint.as_deref()).map(Cow::Borrowed),
                Field::Email if self.email.locked => Some(self.page_context.say("email-locked")),
                _ => None,
            },
            prefix: match field {
                Field::Amount => amount.map(|a| a.sign.as_str()),
                _ => None,
            },
        }
    }

    /// The value of a field and how much it is needed. Card fields are never filled by us.
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
            (Field::TaxId, _) => (
                business
                    .and_then(|b| b.tax_id.as_deref())
                    .unwrap_or_default(),
                Need::Optional,
            ),
            _ => ("", Need::Required),
        }
    }
}
