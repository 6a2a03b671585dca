//! The page on which a customer pays an order: what it costs, and the card.

use askama::Template;
use till_ports::processor::ContentSources;
use uuid::Uuid;

use super::super::fields::{Field, FieldErrors};
use super::{Action, CardAlone, Fact, Line, Organization, PageContext, Payment};
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
    /// Lines of the order.
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
}

impl CardAlone for OrderPage {
    fn page_context(&self) -> PageContext {
        self.page_context
    }

    fn payment(&self) -> &Payment {
        &self.payment
    }

    fn errors(&self) -> &FieldErrors {
        &self.errors
    }

    fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}
