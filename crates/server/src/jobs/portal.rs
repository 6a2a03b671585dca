//! Letters of the portal: codes that sign customers in, links that confirm a new e-mail address, the notice to the old
//! one, and invitations to seats. Code and link are made when the letter is written, and their digests alone are kept; in the sandbox, where letters
//! are read on the dashboard, the letter is kept with them.

use till_core::{
    kernel::{
        changes::Changes,
        jobs::End,
        records::{Content, MailKind, Organization},
    },
    mail::{self, NewLetter},
    portal::{
        codes::{self, CodeRequest},
        email_change::{self, EmailChangeRequest, EmailChanged},
    },
    seats::invite::{self, Invitation},
};
use uuid::Uuid;

use super::mail::{kept, locale, not_sent_from_here, people_alone, with_link};
use crate::{
    actions::{portal::sign_in, seats},
    app::App,
    error::ApiError,
};

/// A letter with a secret. It is kept in the sandbox alone.
struct Secret {
    kind: MailKind,
    customer_id: Uuid,
    recipient: String,
    /// Subject and words.
    words: (String, Content),
    /// The digest of the secret, which names the message.
    digest: String,
    /// The row of the secret.
    changes: Changes,
}

/// Sends a letter with a secret. The row is kept first: a secret that arrives must work, and a letter that fails leaves one
/// that nobody knows.
async fn sent(app: &App, organization: &Organization, letter: Secret) -> Result<End, ApiError> {
    let own = organization.id;
    let people = people_alone(app, own).await?;
    match not_sent_from_here(app, &letter.recipient, &people) {
        None => {
            app.commit(letter.changes).await?;
            with_link(app, &letter.recipient, letter.words, letter.digest).await?;
            Ok(End::Done(Changes::new()))
        }
        // The shop's mailbox is where the sandbox's letters are read.
        Some(why) if app.sandbox.is_some() => {
            let ctx = app.context();
            let (subject, content) = letter.words;
            let mut changes = letter.changes;
            let kept = NewLetter {
                kind: letter.kind,
                cause_key: format!("{}:customer", ctx.id()),
                customer_id: Some(letter.customer_id),
                about_customer_id: None,
                order_id: None,
                recipient: letter.recipient,
                subject,
                content,
                kept: Some(why),
            };
            changes.and(mail::write(kept, own, &ctx));
            Ok(End::Done(changes))
        }
        Some(_) => Ok(End::Done(Changes::new())),
    }
}

/// Makes a code and sends it. Where nobody has the address nothing is sent, and nobody is told.
pub async fn code(app: &App, request: CodeRequest) -> Result<End, ApiError> {
    let own = request.organization_id;
    let accounts = sign_in::accounts(app, own, &request.email, request.customer_id).await?;
    let account = accounts.into_iter().next();
    let organization = app.store.organization(own).await?;
    let (Some(account), Some(organization)) = (account, organization) else {
        return Ok(End::Done(Changes::new()));
    };
    let (code, changes) = codes::make(&request, &app.key, &app.context());
    let portal = app.urls.portal_page(&organization.slug);
    let letter = Secret {
        kind: MailKind::PortalCode,
        customer_id: account.customer.id,
        recipient: account.email().to_owned(),
        words: crate::mail::portal_code(&organization, &code, portal, locale(&account.customer)),
        digest: codes::digest(&code, &app.key),
        changes,
    };
    sent(app, &organization, letter).await
}

/// Makes the link of a customer's new e-mail address and sends it there; nothing where the link would confirm nothing,
/// as the customer was deleted, has another address or may not change it any more.
pub async fn email_change(app: &App, request: EmailChangeRequest) -> Result<End, ApiError> {
    let own = request.organization_id;
    let (customer, organization) = tokio::try_join!(
        app.store.customer(own, request.customer_id),
        app.store.organization(own),
    )?;
    let (Some(customer), Some(organization)) = (customer, organization) else {
        return Ok(End::Done(Changes::new()));
    };
    if !email_change::is_wanted(&request, &organization, &customer) {
        return Ok(End::Done(Changes::new()));
    }
    let (token, changes) = email_change::link(&request, &app.key, &app.context());
    let url = app.urls.email_change_url(&organization.slug, &token);
    let letter = Secret {
        kind: MailKind::EmailChange,
        customer_id: customer.id,
        recipient: request.email,
        words: crate::mail::email_change(&organization, url, locale(&customer)),
        digest: app.key.digest(&token),
        changes,
    };
    sent(app, &organization, letter).await
}

/// Sends the invitation to a seat; nothing where it cannot be used any more.
pub async fn seat_invitation(app: &App, invitation: Invitation) -> Result<End, ApiError> {
    let own = invitation.organization_id;
    let seat = app.store.customer_seat(own, invitation.seat_id).await?;
    let invited = match seat {
        Some(seat) => seats::of_seat(app, seat).await?,
        None => None,
    };
    let Some(invited) = invited else {
        return Ok(End::Done(Changes::new()));
    };
    let Some(token) = invite::token(&invited.seat, &invited.member, &app.key) else {
        return Ok(End::Done(Changes::new()));
    };
    let organization = &invited.organization;
    let url = app.urls.seat_url(&organization.slug, &token);
    let (product, locale) = (&invited.info.product_name, locale(&invited.customer));
    let letter = Secret {
        kind: MailKind::SeatInvitation,
        customer_id: invited.customer.id,
        recipient: invited.member.email.clone(),
        words: crate::mail::seat_invitation(organization, product, url, locale),
        digest: app.key.digest(&token),
        changes: Changes::new(),
    };
    sent(app, organization, letter).await
}

/// Writes the letter to the address that a customer had before.
pub async fn email_changed(app: &App, changed: EmailChanged) -> Result<End, ApiError> {
    let own = changed.organization_id;
    let (customer, organization) = tokio::try_join!(
        app.store.customer(own, changed.customer_id),
        app.store.organization(own),
    )?;
    let (Some(customer), Some(organization)) = (customer, organization) else {
        return Ok(End::Done(Changes::new()));
    };
    let people = people_alone(app, own).await?;
    let (subject, content) = crate::mail::email_changed(&organization, locale(&customer));
    let letter = NewLetter {
        kind: MailKind::EmailChanged,
        cause_key: format!("{}:customer", changed.id),
        customer_id: Some(customer.id),
        about_customer_id: None,
        order_id: None,
        kept: kept(app, own, &changed.email, &people).await?,
        recipient: changed.email,
        subject,
        content,
    };
    Ok(End::Done(mail::write(letter, own, &app.context())))
}
