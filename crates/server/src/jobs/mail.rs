//! Mail to people who sign in.

use jiff::SignedDuration;
use till_core::{
    kernel::{changes::Changes, jobs::End, records::Invitation},
    people::{
        sign_in::{self, Letter},
        team,
    },
};
use till_ports::mail::{Address, Line, MailError, Message, MessageId};
use till_store::Query;
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// Makes a link and sends it. Where nobody has the address nothing is sent, and nobody is told.
pub async fn sign_in(app: &App, letter: Letter) -> Result<End, ApiError> {
    if let Some(user) = app.store.user_by_email(letter.email()).await? {
        let (token, changes) = sign_in::link(&user, letter.life(), &app.key, &app.context());
        // Kept first: a link that arrives must work. A mail that fails leaves a link that nobody knows.
        app.commit(changes).await?;
        let (subject, text) = words(&letter, &token, app);
        send(app, &user.email, &subject, text, app.key.digest(&token)).await?;
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
    let text = format!(
        "{} has invited you to join the team of {}.\n\n\
         {}\n\n\
         To join, press the button on that page, which also signs you in. The link works once and\n\
         expires in {}. If you do not want to join, ignore this message.\n",
        invitation.invited_by,
        organization.name,
        app.urls.invitation_url(&token),
        in_words(invitation.expires_at.duration_since(ctx.now)),
    );
    let subject = format!("You are invited to {}", organization.name);
    send(
        app,
        &invitation.email,
        &subject,
        text,
        app.key.digest(&token),
    )
    .await?;
    Ok(End::Done(Changes::new()))
}

/// Hands a letter over. One that is refused for good is not sent again: another one can be asked for.
async fn send(
    app: &App,
    to: &str,
    subject: &str,
    text: String,
    name: String,
) -> Result<(), ApiError> {
    let Ok(to) = Address::parse(to) else {
        tracing::warn!("a letter was not sent: its address is none");
        return Ok(());
    };
    let host = url::Url::parse(&app.urls.public_url).ok();
    let host = host.as_ref().and_then(|url| url.host_str());
    let message = Message {
        from: Line::new("Till"),
        reply_to: None,
        to,
        subject: Line::new(subject),
        text,
        html: None,
        id: MessageId::new(&name, host.unwrap_or_default()),
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

/// Subject and words of a letter.
fn words(letter: &Letter, token: &str, app: &App) -> (String, String) {
    let life = in_words(letter.life());
    match letter {
        Letter::SignIn { next, .. } => (
            "Your sign-in link".to_owned(),
            format!(
                "Someone, most likely you, asked to sign in at {}.\n\n\
                 {}\n\n\
                 The link works once and expires in {life}. If it was not you, ignore this message:\n\
                 no one can sign in without the link.\n",
                app.urls.public_url,
                app.urls.sign_in_link(token, next.as_deref()),
            ),
        ),
        Letter::Invitation {
            organization,
            slug,
            by,
            ..
        } => {
            let next = format!("/dashboard/{slug}");
            (
                format!("You are invited to {organization}"),
                format!(
                    "{by} has invited you to join the team of {organization}.\n\n\
                     {}\n\n\
                     The link signs you in once and expires in {life}. Later, request a new one with\n\
                     this e-mail address: {}\n",
                    app.urls.sign_in_link(token, Some(&next)),
                    app.urls.sign_in_url(),
                ),
            )
        }
    }
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
