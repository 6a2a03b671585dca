//! The page on which a customer pays an order: what it costs, and the card.

use std::borrow::Cow;

use askama::Template;
use till_ports::processor::ContentSources;
use uuid::Uuid;

use super::super::fields::{Field, FieldErrors, Need, TextField};
use super::{Action, ElementField, Fact, Line, Organization, PageContext, Payment};
use crate::{http::idempotency, pages::Page};

/// `GET /pay/{secret}` while the order waits for its payment, and the answer to its form when there is something to say.
#[derive(Debug, Clone, Template)]
#[template(path = "checkout/order.html")]
pub struct OrderPage {
    /// Language and theme.
    pub page_context: PageContext,
    /// The credential in the page's address.
    pub secret: String,
    /// The key of the attempt to pay that the form may become.
    pub key: Uuid,
    /// The amount shown, in minor units; sent back by the form.
    pub shown_total: String,
    /// True where payments are simulated; shows a badge.
    pub test_mode: bool,
    /// The selling organization.
    pub organization: Organization,
    /// What was ordered.
    pub product_name: String,
    /// The order's number, its date and the like.
    pub facts: Vec<Fact>,
    /// The lines of the order, its discount, its taxes and the balance used.
    pub lines: Vec<Line>,
    /// The amount due.
    pub total: Line,
    /// The card fields.
    pub payment: Payment,
    /// True where the card is kept for the next payments.
    pub keeps_card: bool,
    /// The error of the page as a whole, and what to do.
    pub error: Option<String>,
    /// True where a list of the wrong fields stands at the top: after the customer has tried to pay.
    pub summary: bool,
    /// The errors of single fields.
    pub errors: FieldErrors,
}

impl Page for OrderPage {
    fn picture(&self) -> Option<&str> {
        self.organization.picture()
    }

    fn card_sources(&self) -> Option<&ContentSources> {
        self.element().map(|field| &field.element.sources)
    }
}

impl OrderPage {
    fn url(&self) -> String {
        self.page_context.order_url(&self.secret)
    }

    fn return_url(&self) -> String {
        self.page_context.order_return_url(&self.secret)
    }

    fn action(&self) -> String {
        Action::Pay(self.total.amount.clone()).words(self.page_context)
    }

    fn takes_card(&self) -> bool {
        self.payment == Payment::Sandbox
    }

    /// The bill has a name already.
    fn asks_name(&self) -> bool {
        false
    }

    fn offers_no_trial(&self) -> bool {
        false
    }

    fn element(&self) -> Option<&ElementField> {
        match &self.payment {
            Payment::Element(field) => Some(field),
            Payment::NotNeeded | Payment::Sandbox => None,
        }
    }

    fn wrong_fields(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        let fields = self.errors.fields();
        fields
            .map(|field| (field.anchor(), self.label(field)))
            .collect()
    }

    fn label(&self, field: Field) -> Cow<'static, str> {
        self.page_context.say(match field {
            Field::CardExpiry => "card-expiry",
            Field::CardCvc => "card-cvc",
            _ => "card-number",
        })
    }

    /// A card field, which is never filled by us.
    fn text(&self, field: Field) -> TextField<'_> {
        let first = self.errors.first().filter(|_| self.error.is_none());
        TextField {
            page_context: self.page_context,
            field,
            of: None,
            on_card: false,
            label: self.label(field),
            value: "",
            need: Need::Required,
            error: self.errors.get(field),
            focus: first == Some(field),
            locked: false,
            hint: None,
            prefix: None,
        }
    }
}
