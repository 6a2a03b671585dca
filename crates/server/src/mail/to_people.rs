//! Letters to the people of a merchant, in English as their pages are.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use till_core::kernel::records::{
    Content, Customer, Dispute, Invitation, Order, Organization, Product, WebhookEndpoint,
};
use till_wire::money::Currency;

use super::to_customers::{logo, paid};
use crate::pages::{checkout::money::display, words::Locale};

/// A sale, for the notice of it.
#[derive(Debug, Clone, Copy)]
pub struct Sold<'a> {
    /// The seller.
    pub organization: &'a Organization,
    /// The buyer.
    pub customer: &'a Customer,
    /// The product.
    pub product: &'a Product,
    /// The order.
    pub order: &'a Order,
}

/// A dispute, for the notice of it.
#[derive(Debug, Clone, Copy)]
pub struct Contested<'a> {
    /// Organization whose sale is contested.
    pub organization: &'a Organization,
    /// Customer who contests.
    pub customer: &'a Customer,
    /// The dispute.
    pub dispute: &'a Dispute,
}

fn money(amount: i64, currency: Currency) -> String {
    display(amount, currency.as_str(), currency.decimals(), Locale::En)
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%B %-d, %Y")
        .to_string()
}

fn fact(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn content(subject: &str, paragraphs: Vec<String>, button: (&str, String)) -> Content {
    Content {
        shop: "Till".to_owned(),
        logo: None,
        color: None,
        language: "en".to_owned(),
        heading: subject.to_owned(),
        paragraphs,
        facts: Vec::new(),
        total: None,
        button: Some((button.0.to_owned(), button.1)),
        notes: Vec::new(),
    }
}

/// Around a letter about an organization.
fn of(organization: &Organization, content: Content) -> Content {
    let mut content = from(organization, content);
    let words = format!(
        "You get this e-mail because you belong to the team of {}.",
        organization.name
    );
    content.notes.push(words);
    content
}

/// A letter that looks as those of an organization.
fn from(organization: &Organization, mut content: Content) -> Content {
    content.shop.clone_from(&organization.name);
    content.logo = logo(organization);
    content.color = organization.settings.brand.color.clone();
    content
}

/// Notice of a sale. `url`: the order's page.
pub fn sale(sold: &Sold<'_>, url: String) -> (String, Content) {
    let total = money(paid(sold.order), sold.order.currency);
    let subject = format!("You sold {} for {total}", sold.product.name);
    let who = match &sold.customer.name {
        Some(name) => format!("{name} ({})", sold.customer.email),
        None => sold.customer.email.clone(),
    };
    let mut letter = content(
        &subject,
        vec![format!("{who} has paid.")],
        ("Open the order", url),
    );
    letter.facts.extend(
        sold.order
            .invoice_number
            .clone()
            .map(|number| fact("Order", number)),
    );
    letter
        .facts
        .push(fact("Customer", sold.customer.email.as_str()));
    letter
        .facts
        .push(fact("Product", sold.product.name.as_str()));
    letter.total = Some(fact("Total", total));
    (subject, of(sold.organization, letter))
}

/// Notice of a dispute. `url`: its page.
pub fn disputed(contested: &Contested<'_>, url: String) -> (String, Content) {
    let dispute = contested.dispute;
    let amount = money(dispute.amount + dispute.tax_amount, dispute.currency);
    let subject = format!("A payment of {amount} is disputed");
    let words = "A customer has asked their bank for the money back. Answer in the payment processor's dashboard, or accept \
                 the dispute in Till.";
    let mut letter = content(&subject, vec![words.to_owned()], ("Open the dispute", url));
    letter
        .facts
        .push(fact("Customer", contested.customer.email.as_str()));
    letter.facts.push(fact("Amount", amount));
    if let Some(reason) = &dispute.reason {
        letter.facts.push(fact("Reason", reason.replace('_', " ")));
    }
    if let Some(due) = dispute.evidence_due_by {
        letter.facts.push(fact("Respond by", day(due)));
    }
    (subject, of(contested.organization, letter))
}

/// Notice that an endpoint was switched off. `url`: its page.
pub fn endpoint_disabled(
    organization: &Organization,
    endpoint: &WebhookEndpoint,
    url: String,
) -> (String, Content) {
    let subject = "A webhook endpoint was switched off".to_owned();
    let words = "Its latest ten events all failed, each after ten attempts, so nothing is sent there any more. Mend it, then \
                 switch it on again.";
    let mut letter = content(&subject, vec![words.to_owned()], ("Open the endpoint", url));
    letter
        .facts
        .extend(endpoint.name.clone().map(|name| fact("Endpoint", name)));
    letter.facts.push(fact("URL", endpoint.url.as_str()));
    (subject, of(organization, letter))
}

/// A link to sign in, once, within `life`.
pub fn sign_in(public_url: &str, url: String, life: SignedDuration) -> (String, Content) {
    let subject = "Your sign-in link".to_owned();
    let life = in_words(life);
    let paragraphs = vec![
        "Someone, most likely you, asked for a link to sign in.".to_owned(),
        format!(
            "The link works once and expires in {life}. If it was not you, ignore this message: no one can sign in without \
             the link."
        ),
    ];
    let mut letter = content(&subject, paragraphs, ("Sign in", url));
    letter.facts.push(fact("Server", public_url));
    (subject, letter)
}

/// An invitation of a version that took people in at once: the link signs in, once, within `life`.
pub(crate) fn joined(
    organization: &str,
    by: &str,
    (url, sign_in_url): (String, &str),
    life: SignedDuration,
) -> (String, Content) {
    let subject = format!("You are invited to {organization}");
    let life = in_words(life);
    let paragraphs = vec![
        format!("{by} has invited you to join the team of {organization}."),
        format!(
            "The link signs you in once and expires in {life}. Later, request a new one with this e-mail address at \
             {sign_in_url}"
        ),
    ];
    let letter = content(&subject, paragraphs, ("Sign in", url));
    (subject, letter)
}

/// An invitation to a team. `url`: the page where it is accepted; `life`: until it expires.
pub fn invitation(
    organization: &Organization,
    invitation: &Invitation,
    url: String,
    life: SignedDuration,
) -> (String, Content) {
    let subject = format!("You are invited to {}", organization.name);
    let life = in_words(life);
    let paragraphs = vec![
        format!(
            "{} has invited you to join the team of {}.",
            invitation.invited_by, organization.name
        ),
        format!(
            "To join, press the button on that page, which also signs you in. The link works once and expires in {life}. If \
             you do not want to join, ignore this message."
        ),
    ];
    let letter = content(&subject, paragraphs, ("See the invitation", url));
    (subject, from(organization, letter))
}

fn in_words(life: SignedDuration) -> String {
    // Rounded: the moment between asking and writing is nobody's loss.
    match life
        .checked_add(SignedDuration::from_mins(1))
        .unwrap_or(life)
        .as_hours()
    {
        0 => format!("{} minutes", life.as_mins()),
        hours if hours < 48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}
