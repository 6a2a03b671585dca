//! Letters: what a cause asks for is written, and what is written is sent. Letters with a link are written when they are
//! sent, so that no secret waits anywhere.

use std::time::Duration;

use till_core::{
    kernel::{
        changes::Changes,
        jobs::End,
        letters::{LetterCause, LetterRequest},
        records::{
            Content, Customer, Dispute, Invitation, Mail, MailKind, MailState, Member, Order,
            Organization, Product, Subscription, User,
        },
    },
    mail::{self, Attempt, FOR_DOCUMENT, LIMITED_WITHIN, MOST_TO_ONE, NewLetter},
    orders::visit::Standing,
    people::{
        sign_in::{self, Letter},
        team,
    },
    subscriptions::dun,
};
use till_ports::mail::{Address, Attachment, Line, MailError, Message, MessageId};
use till_store::{LetterRows, Query};
use uuid::Uuid;

use super::boxed;
use crate::{
    app::App,
    documents,
    error::ApiError,
    mail::{Contested, Sold, Told, disputed, endpoint_disabled, html, sale, text, to_customer},
    pages::words::Locale,
};

/// Time that an attempt to send a letter waits for its document.
const DOCUMENT: Duration = Duration::from_secs(20);
/// Reasons why a letter is only kept, for the dashboard.
const NO_SERVER: &str = "This server sends no e-mail.";
const OF_SANDBOX: &str = "In the sandbox, mail goes only to members of the team.";
const TOO_MANY: &str = "Too many letters went to this address within an hour.";

/// Makes a link and sends it. Where nobody has the address nothing is sent, and nobody is told.
pub async fn sign_in(app: &App, letter: Letter) -> Result<End, ApiError> {
    if let Some(user) = app.store.user_by_email(letter.email()).await? {
        let (token, changes) = sign_in::link(&user, letter.life(), &app.key, &app.context());
        // Kept first: a link that arrives must work. A mail that fails leaves a link that nobody knows.
        app.commit(changes).await?;
        let life = letter.life();
        let words = match &letter {
            Letter::SignIn { next, .. } => {
                let url = app.urls.sign_in_link(&token, next.as_deref());
                crate::mail::sign_in(&app.urls.public_url, url, life)
            }
            Letter::Invitation {
                organization,
                slug,
                by,
                ..
            } => {
                let next = format!("/dashboard/{slug}");
                let url = app.urls.sign_in_link(&token, Some(&next));
                let urls = (url, &*app.urls.sign_in_url());
                crate::mail::joined(organization, by, urls, life)
            }
        };
        with_link(app, &user.email, words, app.key.digest(&token)).await?;
    }
    Ok(End::Done(Changes::new()))
}

/// Makes an invitation's link and sends it; nothing where it was withdrawn or replaced meanwhile.
pub async fn invitation(app: &App, id: Uuid) -> Result<End, ApiError> {
    let invitation: Option<Invitation> = app.store.one(Query::by_id::<Invitation>(id)).await?;
    let ctx = app.context();
    let Some(invitation) = invitation.filter(|one| one.expires_at > ctx.now) else {
        return Ok(End::Done(Changes::new()));
    };
    let organization = app.store.organization(invitation.organization_id).await?;
    let organization = organization.ok_or_else(ApiError::not_found)?;
    let (token, changes) = team::invitation_link(&invitation, &app.key, &ctx);
    // Kept first: a link that arrives must work.
    app.commit(changes).await?;
    let life = invitation.expires_at.duration_since(ctx.now);
    let url = app.urls.invitation_url(&token);
    let words = crate::mail::invitation(&organization, &invitation, url, life);
    with_link(app, &invitation.email, words, app.key.digest(&token)).await?;
    Ok(End::Done(Changes::new()))
}

/// Hands over a letter with a link, which is kept nowhere. One that is refused for good is not sent again: another one
/// can be asked for.
pub(super) async fn with_link(
    app: &App,
    to: &str,
    (subject, content): (String, Content),
    name: String,
) -> Result<(), ApiError> {
    let Ok(to) = Address::parse(to) else {
        tracing::warn!("a letter was not sent: its address is none");
        return Ok(());
    };
    let message = Message {
        from: Line::new(&content.shop),
        reply_to: None,
        to,
        subject: Line::new(&subject),
        text: text(&content),
        html: Some(html(&content).map_err(ApiError::internal)?),
        attachment: None,
        id: message_id(app, &name),
        date: app.clock.now(),
    };
    match app.mail.send(message).await {
        Ok(()) => Ok(()),
        Err(MailError::Refused(reason)) => {
            tracing::warn!(reason, "a letter was refused and is not sent again");
            Ok(())
        }
        Err(error) => Err(ApiError::internal(error)),
    }
}

fn message_id(app: &App, name: &str) -> MessageId {
    let url = url::Url::parse(&app.urls.public_url).ok();
    let host = url.as_ref().and_then(|url| url.host_str());
    MessageId::new(name, host.unwrap_or_default())
}

/// Rows that a cause is about, as they are now.
struct Subject {
    organization: Organization,
    customer: Option<Customer>,
    order: Option<Order>,
    subscription: Option<Subscription>,
    product: Option<Product>,
    dispute: Option<Dispute>,
}

/// Writes the letters of a cause, with the end of the job.
pub async fn write(app: &App, request: LetterRequest) -> Result<End, ApiError> {
    let Some(subject) = load(app, &request).await? else {
        return Ok(End::Done(Changes::new()));
    };
    let to_customer = for_customer(app, &request, &subject).await?;
    let to_people = for_people(app, &request, &subject).await?;
    // Most letters are about renewals, and go to the customer alone.
    let people = match to_people.is_some() || to_customer.is_some() && sends_to_people_alone(app) {
        true => app.store.people_of(request.organization_id).await?,
        false => Vec::new(),
    };
    let about_customer_id = subject.customer.as_ref().map(|customer| customer.id);
    let mut letters: Vec<NewLetter> = to_customer.into_iter().collect();
    if let Some((kind, (subject, content))) = to_people {
        let told = people
            .iter()
            .filter(|(member, _)| member.notices.wants(kind));
        letters.extend(told.map(|(_, user)| NewLetter {
            kind,
            cause_key: format!("{}:{}", request.id, user.id),
            customer_id: None,
            about_customer_id,
            order_id: None,
            recipient: user.email.clone(),
            subject: subject.clone(),
            content: content.clone(),
            kept: None,
        }));
    }
    let ctx = app.context();
    let mut changes = Changes::new();
    for mut letter in letters {
        letter.kept = kept(app, request.organization_id, &letter.recipient, &people).await?;
        changes.and(mail::write(letter, request.organization_id, &ctx));
    }
    Ok(End::Done(changes))
}

async fn load(app: &App, request: &LetterRequest) -> Result<Option<Subject>, ApiError> {
    let (store, id) = (&app.store, request.subject_id);
    if matches!(
        request.cause,
        LetterCause::OrderPaid | LetterCause::UsageUnpaid
    ) {
        return Ok(store.order_for_letters(id).await?.map(of_order));
    }
    let Some(organization) = store.organization(request.organization_id).await? else {
        return Ok(None);
    };
    let mut subject = Subject {
        organization,
        customer: None,
        order: None,
        subscription: None,
        product: None,
        dispute: None,
    };
    match request.cause {
        LetterCause::EndpointDisabled => return Ok(Some(subject)),
        LetterCause::DisputeOpened => {
            subject.dispute = store.one(Query::by_id::<Dispute>(id)).await?;
        }
        _ => subject.subscription = store.subscription_by_id(id).await?,
    }
    let of_subscription = subject.subscription.as_ref();
    let of_dispute = subject.dispute.as_ref();
    let customer = of_subscription
        .map(|subscription| subscription.customer_id)
        .or(of_dispute.map(|dispute| dispute.customer_id));
    let product = of_subscription.map(|subscription| subscription.product_id);
    let Some(customer) = customer else {
        // It was deleted meanwhile.
        return Ok(None);
    };
    let customer: Option<Customer> = store.one(Query::by_id::<Customer>(customer)).await?;
    subject.customer = customer.filter(is_told);
    if let Some(id) = product {
        subject.product = store.one(Query::by_id::<Product>(id)).await?;
    }
    Ok(Some(subject))
}

fn of_order((organization, order, customer, product, subscription): LetterRows) -> Subject {
    Subject {
        organization,
        customer: Some(customer).filter(is_told),
        order: Some(order),
        subscription,
        product: Some(product),
        dispute: None,
    }
}

/// True where a customer is told: one who was deleted is not.
fn is_told(customer: &Customer) -> bool {
    customer.deleted_at.is_none()
}

/// The letter to the customer, if there is something to say and the organization has it said.
async fn for_customer(
    app: &App,
    request: &LetterRequest,
    subject: &Subject,
) -> Result<Option<NewLetter>, ApiError> {
    let subscription = subject.subscription.as_ref();
    let kind = mail::to_customer(request.cause, subject.order.as_ref(), subscription);
    let switches = &subject.organization.settings.0.customer_email_settings;
    let kind = kind.filter(|kind| kind.is_on(switches));
    let (Some(kind), Some(customer), Some(product)) = (kind, &subject.customer, &subject.product)
    else {
        return Ok(None);
    };
    let unpaid = match (kind, subscription) {
        (MailKind::SubscriptionPastDue, Some(subscription)) if subject.order.is_none() => {
            let unpaid = app.store.unpaid_orders(&[subscription.id]).await?;
            unpaid
                .into_iter()
                .find(|order| order.standing() == Standing::Due && !dun::is_of_usage(order))
        }
        _ => None,
    };
    let order = subject.order.as_ref().or(unpaid.as_ref());
    let discount = match order.and_then(|order| order.discount_id) {
        Some(id) => app.store.discount(request.organization_id, id).await?,
        None => None,
    };
    let told = Told {
        organization: &subject.organization,
        product,
        order,
        subscription,
        discount: discount.as_ref().map(|discount| discount.name.as_str()),
        locale: locale(customer),
    };
    let words = to_customer(kind, &told, &app.urls, &app.key);
    Ok(words.map(|(subject, content)| NewLetter {
        kind,
        cause_key: format!("{}:customer", request.id),
        customer_id: Some(customer.id),
        about_customer_id: None,
        order_id: order.filter(|_| kind.has_document()).map(|order| order.id),
        recipient: customer.email.clone(),
        subject,
        content,
        kept: None,
    }))
}

/// The language of letters to a customer.
pub(super) fn locale(customer: &Customer) -> Locale {
    let own = customer.locale.as_deref().and_then(Locale::of_tag);
    own.unwrap_or_default()
}

/// Kind, subject and words of the letter to each of the merchant's people, if there is something to say.
async fn for_people(
    app: &App,
    request: &LetterRequest,
    subject: &Subject,
) -> Result<Option<(MailKind, (String, Content))>, ApiError> {
    let Subject {
        organization,
        customer,
        order,
        product,
        dispute,
        ..
    } = subject;
    let page = |path: &str| {
        let (url, slug) = (&app.urls.public_url, &organization.slug);
        format!("{url}/dashboard/{slug}/{path}/{}", request.subject_id)
    };
    let written = match (request.cause, customer, order, product, dispute) {
        (LetterCause::OrderPaid, Some(customer), Some(order), Some(product), _)
            if mail::is_sale(order) =>
        {
            let sold = Sold {
                organization,
                customer,
                product,
                order,
            };
            Some((MailKind::Sale, sale(&sold, page("orders"))))
        }
        (LetterCause::DisputeOpened, Some(customer), _, _, Some(dispute)) => {
            let contested = Contested {
                organization,
                customer,
                dispute,
            };
            let words = disputed(&contested, page("disputes"));
            Some((MailKind::DisputeOpened, words))
        }
        (LetterCause::EndpointDisabled, ..) => {
            let endpoint = app.store.any_endpoint(request.subject_id).await?;
            endpoint.map(|endpoint| {
                let url = page("developers/webhooks");
                let words = endpoint_disabled(organization, &endpoint, url);
                (MailKind::EndpointDisabled, words)
            })
        }
        _ => None,
    };
    Ok(written)
}

/// Reason why a letter is not sent; none: it is.
pub(super) async fn kept(
    app: &App,
    organization_id: Uuid,
    recipient: &str,
    people: &[(Member, User)],
) -> Result<Option<&'static str>, ApiError> {
    if let Some(why) = not_sent_from_here(app, recipient, people) {
        return Ok(Some(why));
    }
    let since = app.clock.now() - LIMITED_WITHIN;
    let sent = app
        .store
        .mails_to(organization_id, recipient, since, MOST_TO_ONE);
    Ok((sent.await? >= MOST_TO_ONE).then_some(TOO_MANY))
}

/// Reason why this server sends no letter to an address, however often somebody asks for it.
pub(super) fn not_sent_from_here(
    app: &App,
    recipient: &str,
    people: &[(Member, User)],
) -> Option<&'static str> {
    let team = people.iter().map(|(_, user)| user.email.as_str());
    match () {
        () if !app.mail.delivers() => Some(NO_SERVER),
        () if sends_to_people_alone(app) && !mail::is_one_of(recipient, team) => Some(OF_SANDBOX),
        () => None,
    }
}

/// The people of an organization, where letters are sent to nobody else.
pub(super) async fn people_alone(
    app: &App,
    organization_id: Uuid,
) -> Result<Vec<(Member, User)>, ApiError> {
    match sends_to_people_alone(app) {
        true => Ok(app.store.people_of(organization_id).await?),
        false => Ok(Vec::new()),
    }
}

/// True where letters are sent to the organization's people and to nobody else.
fn sends_to_people_alone(app: &App) -> bool {
    app.mail.delivers() && app.sandbox.is_some()
}

/// Sends a letter, and notes what became of it. A crash in between leads to another attempt with the same name.
pub async fn send(app: &App, id: Uuid) -> Result<End, ApiError> {
    let letter = app.store.mail_by_id(id).await?;
    let Some(letter) = letter.filter(Mail::is_to_be_sent) else {
        return Ok(End::Done(Changes::new()));
    };
    let attempt = attempt(app, &letter).await?;
    let new = letter.after(&attempt, app.clock.now());
    let mut changes = Changes::new();
    changes.update(&letter, &new);
    match attempt {
        Attempt::Taken | Attempt::NotSent(_) => Ok(End::Done(changes)),
        Attempt::Refused(reason) => {
            tracing::warn!(mail = %id, reason, "a letter was refused and is not sent again");
            Ok(End::Done(changes))
        }
        Attempt::Failed(reason) => {
            app.commit(changes).await?;
            match new.state {
                MailState::Failed => Ok(End::Bury {
                    reason: format!(
                        "a letter was not taken in {} attempts: {reason}",
                        new.attempts
                    ),
                }),
                _ => Err(ApiError::internal(reason)),
            }
        }
    }
}

async fn attempt(app: &App, letter: &Mail) -> Result<Attempt, ApiError> {
    let organization = app.store.organization(letter.organization_id).await?;
    let organization = organization.ok_or_else(ApiError::not_found)?;
    let people = people_alone(app, organization.id).await?;
    if let Some(why) = not_sent_from_here(app, &letter.recipient, &people) {
        return Ok(Attempt::NotSent(why));
    }
    let Ok(to) = Address::parse(&letter.recipient) else {
        return Ok(Attempt::Refused(
            "This is not an e-mail address.".to_owned(),
        ));
    };
    let attachment = match document(app, &organization, letter).await {
        Ok(attachment) => attachment,
        Err(why) if letter.attempts < FOR_DOCUMENT => return Ok(Attempt::Failed(why)),
        Err(why) => {
            tracing::warn!(mail = %letter.id, why, "a letter is sent without its document");
            None
        }
    };
    let content = &letter.content.0;
    let reply_to = organization.email.as_deref();
    let reply_to = reply_to.filter(|_| letter.customer_id.is_some());
    let message = Message {
        from: Line::new(&organization.name),
        reply_to: reply_to.and_then(|address| Address::parse(address).ok()),
        to,
        subject: Line::new(&letter.subject),
        text: text(content),
        html: Some(html(content).map_err(ApiError::internal)?),
        attachment,
        id: message_id(app, &letter.message_name()),
        date: letter.created_at,
    };
    Ok(match app.mail.send(message).await {
        Ok(()) => Attempt::Taken,
        Err(MailError::Refused(why)) => Attempt::Refused(why),
        Err(MailError::Later(why)) => Attempt::Failed(why),
    })
}

/// The document that goes with a letter, or why it could not be made in time.
async fn document(
    app: &App,
    organization: &Organization,
    letter: &Mail,
) -> Result<Option<Attachment>, String> {
    let Some(order_id) = letter.order_id else {
        return Ok(None);
    };
    let made = boxed(|| documents::for_letter(app, organization, order_id));
    match tokio::time::timeout(DOCUMENT, made).await {
        Ok(Ok(attachment)) => Ok(attachment),
        Ok(Err(error)) => Err(format!("the document was not made: {}", error.cause())),
        Err(_) => Err("the document was not made in time".to_owned()),
    }
}
