//! The pages around the form: what became of the payment, the sandbox's bank, and bad news.

use std::borrow::Cow;

use askama::Template;
use till_ports::processor::{ContentSources, PaymentElement};

use super::{Line, Link, Organization, PageContext};
use crate::pages::Page;

/// The addresses around a page that tells what became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The page itself.
    pub here: String,
    /// The page itself, which asks the processor first.
    pub asked: String,
    /// The page with the form.
    pub form: String,
    /// Address of the form that gives the payment up for another card.
    pub another_card: String,
    /// The stream of news; without one the page asks for itself again.
    pub stream: Option<String>,
}

impl Addresses {
    /// Addresses of a session.
    #[must_use]
    pub fn of_session(page_context: PageContext, client_secret: &str) -> Self {
        Self {
            here: page_context.confirmation_url(client_secret),
            asked: page_context.return_url(client_secret),
            form: page_context.checkout_url(client_secret),
            another_card: page_context.another_card_url(client_secret),
            stream: Some(format!("/v1/checkouts/client/{client_secret}/stream")),
        }
    }

    /// Addresses of an order that its customer pays: one page tells all of it.
    #[must_use]
    pub fn of_order(page_context: PageContext, secret: &str) -> Self {
        Self {
            here: page_context.order_url(secret),
            asked: page_context.order_return_url(secret),
            form: page_context.order_url(secret),
            another_card: page_context.order_another_card_url(secret),
            stream: None,
        }
    }
}

impl Addresses {
    /// Addresses of a card that a customer keeps in the portal: one page tells all of it.
    #[must_use]
    pub fn of_card(here: String, another_card: String) -> Self {
        Self {
            asked: super::asking(here.clone()),
            form: here.clone(),
            here,
            another_card,
            stream: None,
        }
    }
}

/// `GET /checkout/{client_secret}/confirmation`, and `GET /pay/{secret}` once there is something to tell.
#[derive(Debug, Clone, Template)]
#[template(path = "checkout/confirmation.html")]
pub struct ConfirmationPage {
    /// Language and theme.
    pub page_context: PageContext,
    /// The addresses around the page.
    pub addresses: Addresses,
    /// True where payments are simulated.
    pub test_mode: bool,
    /// The selling organization.
    pub organization: Organization,
    /// The outcome of the payment.
    pub outcome: Outcome,
}

/// The outcome that the confirmation page tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Not known yet: the page listens to the event stream, or refreshes itself without script.
    Processing(Waiting),
    /// The bank wants the buyer to approve; holds the address of the page for that.
    RequiresAction(String),
    /// The bank wants the buyer to approve, and Stripe's script asks them on this page.
    Challenge(Box<Challenge>),
    /// Paid (or nothing to pay).
    Succeeded(Box<Receipt>),
    /// The session is open again: says why, and links back to the checkout page.
    Reopened(String),
    /// It failed for good: says why.
    Failed(String),
}

/// Values that Stripe's script needs to let the buyer approve a payment.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The page's sources.
    pub element: PaymentElement,
    /// Lets the script act on this one attempt. A credential: never logged.
    pub intent_secret: String,
}

/// Hand-written so that the secret cannot reach a log.
impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenge").finish_non_exhaustive()
    }
}

/// The state that a waiting page waits for (docs/behaviour: pages/waiting). The stream has no memory, so the page
/// asks for itself again once it listens, and `seen` then tells what it missed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The address to go to at success: the merchant's `success_url`, or a page of ours that redirects there.
    /// `None` reloads this page, which then shows the receipt. With an address given, the page waits
    /// up to 15 s for the order and the delivered webhook too; when they do not come, it goes to
    /// itself with `?stay=1`, where the receipt with [`Receipt::next`] is to be shown.
    pub leave_to: Option<String>,
    /// The checkout has succeeded.
    pub succeeded: bool,
    /// The order exists.
    pub order_created: bool,
    /// A webhook endpoint got the news, or none is subscribed.
    pub webhook_delivered: bool,
}

impl Waiting {
    /// Seconds after which a browser without script looks again.
    fn pause(&self) -> u8 {
        if self.webhook_delivered { 0 } else { 3 }
    }

    fn seen(&self) -> String {
        let mut seen = Vec::new();
        for (word, is) in [
            ("succeeded", self.succeeded),
            ("order_created", self.order_created),
            ("webhook_event_delivered", self.webhook_delivered),
        ] {
            if is {
                seen.push(word);
            }
        }
        seen.join(" ")
    }
}

/// The receipt of a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The heading, by its message.
    pub title: &'static str,
    /// The product's name.
    pub product_name: String,
    /// Lines above the total.
    pub lines: Vec<Line>,
    /// The total that was paid.
    pub total: Line,
    /// The order's number, its date and the like.
    pub facts: Vec<Fact>,
    /// The buyer's e-mail.
    pub email: Option<String>,
    /// The next step, in a sentence or two.
    pub what_next: Option<String>,
    /// On from here.
    pub next: Option<Link>,
    /// The way to the customer's portal.
    pub portal: Option<Link>,
}

/// Something about a purchase, in a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// `Order number`.
    pub label: String,
    /// The words beside it.
    pub value: String,
}

impl Page for ConfirmationPage {
    fn picture(&self) -> Option<&str> {
        self.organization.picture()
    }

    fn card_sources(&self) -> Option<&ContentSources> {
        match &self.outcome {
            Outcome::Challenge(challenge) => Some(&challenge.element.sources),
            _ => None,
        }
    }
}

impl Page for MessagePage {
    fn picture(&self) -> Option<&str> {
        self.organization.as_ref()?.picture()
    }
}

impl Page for HomePage {}

impl Page for ThreeDsPage {
    fn picture(&self) -> Option<&str> {
        self.organization.picture()
    }
}

impl ConfirmationPage {
    fn heading(&self) -> Cow<'static, str> {
        self.page_context.say(match self.outcome {
            Outcome::Processing(_) => "processing-title",
            Outcome::RequiresAction(_) | Outcome::Challenge(_) => "bank-title",
            Outcome::Succeeded(ref receipt) => receipt.title,
            Outcome::Reopened(_) => "reopened-title",
            Outcome::Failed(_) => "failed-title",
        })
    }

    fn stream(&self) -> &str {
        self.addresses.stream.as_deref().unwrap_or_default()
    }
}

/// A page that only says something: no such session, expired, or a server error.
#[derive(Debug, Clone, Template)]
#[template(path = "checkout/message.html")]
pub struct MessagePage {
    /// Language and theme.
    pub page_context: PageContext,
    /// The heading.
    pub title: String,
    /// Its meaning, and what to do, in a sentence or two.
    pub body: String,
    /// Small print for support, e.g. the request id.
    pub reference: Option<String>,
    /// On from here.
    pub link: Option<Link>,
    /// The selling organization, where it is known.
    pub organization: Option<Organization>,
    /// True where payments are simulated.
    pub test_mode: bool,
}

impl MessagePage {
    /// 404: no session has this address.
    #[must_use]
    pub fn unknown(page_context: PageContext) -> Self {
        Self::new(page_context, "unknown-title", "unknown-body")
    }

    /// 404: no checkout link has this address.
    #[must_use]
    pub fn no_link(page_context: PageContext) -> Self {
        Self::new(page_context, "no-link-title", "no-link-body")
    }

    /// 403: the page that embeds the checkout may not.
    #[must_use]
    pub fn not_here(page_context: PageContext) -> Self {
        Self::new(page_context, "not-here-title", "not-here-body")
    }

    /// 403: the link's signature is missing or wrong.
    #[must_use]
    pub fn unsigned(page_context: PageContext) -> Self {
        Self::new(page_context, "unsigned-title", "unsigned-body")
    }

    /// 422: the link sells nothing now.
    #[must_use]
    pub fn not_for_sale(page_context: PageContext) -> Self {
        Self::new(page_context, "not-for-sale-title", "not-for-sale-body")
    }

    /// 404: no order has this address.
    #[must_use]
    pub fn no_order(page_context: PageContext) -> Self {
        Self::new(page_context, "no-order-title", "no-order-body")
    }

    /// 410: nothing is to be paid for the order any more.
    #[must_use]
    pub fn void_order(page_context: PageContext) -> Self {
        Self::new(page_context, "order-void-title", "order-void-body")
    }

    /// 409: the order does not wait for a payment by its customer.
    #[must_use]
    pub fn order_not_due(page_context: PageContext) -> Self {
        Self::new(page_context, "order-not-due-title", "order-not-due-body")
    }

    /// 429: the order's customer has tried to pay it as often as they may.
    #[must_use]
    pub fn order_attempts_spent(page_context: PageContext) -> Self {
        let body = "order-attempts-spent-body";
        Self::new(page_context, "order-attempts-spent-title", body)
    }

    /// 404: no page has this address.
    #[must_use]
    pub fn nowhere(page_context: PageContext) -> Self {
        Self::new(page_context, "nowhere-title", "nowhere-body")
    }

    /// 403: a form that came from elsewhere.
    #[must_use]
    pub fn foreign_form(page_context: PageContext) -> Self {
        Self::new(page_context, "portal-foreign-title", "portal-foreign-body")
    }

    /// 429: a budget is spent.
    #[must_use]
    pub fn too_often(page_context: PageContext) -> Self {
        Self::new(page_context, "too-often-title", "too-often-body")
    }

    /// 410: the session's time is over.
    #[must_use]
    pub fn expired(page_context: PageContext) -> Self {
        Self::new(page_context, "expired-title", "expired-body")
    }

    /// 500: holds the request id for support, where there is one.
    #[must_use]
    pub fn server_error(page_context: PageContext, request_id: Option<String>) -> Self {
        Self {
            reference: request_id,
            ..Self::new(page_context, "trouble-title", "trouble-body")
        }
    }

    fn new(page_context: PageContext, title: &str, body: &str) -> Self {
        Self {
            page_context,
            title: page_context.say(title).into_owned(),
            body: page_context.say(body).into_owned(),
            reference: None,
            link: None,
            organization: None,
            test_mode: false,
        }
    }
}

/// `/`: says what this server is, and leads to its dashboard and its reference.
#[derive(Debug, Clone, Template)]
#[template(path = "checkout/home.html")]
pub struct HomePage {
    /// Language and theme.
    pub page_context: PageContext,
    /// The address of a demo purchase, in development.
    pub demo_checkout: Option<String>,
}

/// The sandbox's 3-D Secure page. Its form posts `decision=approve|refuse` to `action`.
#[derive(Debug, Clone, Template)]
#[template(path = "checkout/three_ds.html")]
pub struct ThreeDsPage {
    /// Language and theme.
    pub page_context: PageContext,
    /// The selling organization.
    pub organization: Organization,
    /// The amount in words; none when only a card is set up.
    pub amount: Option<String>,
    /// The card: `Visa •••• 3155`.
    pub card: Option<String>,
    /// The address that the form is posted to: the page's own.
    pub action: String,
}
