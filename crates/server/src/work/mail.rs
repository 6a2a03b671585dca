//! Mail to people who sign in.

use jiff::SignedDuration;
use till_core::{
    change::Changes,
    jobs::{End, Job},
    sign_in::{self, Letter},
};
use till_ports::mail::Message;

use crate::{app::App, error::ApiError};

/// Makes a link and sends it. Where nobody has the address nothing is sent, and nobody is told.
pub async fn sign_in(app: &App, job: &Job) -> Result<End, ApiError> {
    let Ok(letter) = job.payload::<Letter>() else {
        return Ok(End::Bury {
            reason: "the payload is not a letter".to_owned(),
        });
    };
    if let Some(user) = app.store.user_by_email(letter.email()).await? {
        let (token, changes) = sign_in::link(&user, letter.life(), &app.key, &app.at());
        // Kept first: a link that arrives must work. A mail that fails leaves a link that nobody knows.
        app.commit(changes).await?;
        let message = message(&letter, &user.email, &token, app);
        app.mail.send(message).await.map_err(ApiError::internal)?;
    }
    Ok(End::Done(Changes::new()))
}

/// The letter for the address that the person has, which is not always as it was typed.
fn message(letter: &Letter, to: &str, token: &str, app: &App) -> Message {
    let life = in_words(letter.life());
    let (subject, text) = match letter {
        Letter::SignIn { next, .. } => (
            "Your sign-in link".to_owned(),
            format!(
                "Somebody, most likely you, wants to sign in at {}.\n\n\
                 {}\n\n\
                 The link works once, within {life}. If it was not you, do nothing:\n\
                 without the link nobody gets in.\n",
                app.site.public_url,
                app.site.sign_in_link(token, next.as_deref()),
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
                    "{by} invites you to the team of {organization}.\n\n\
                     {}\n\n\
                     The link signs you in once, within {life}. Later, ask for another one with\n\
                     this e-mail address: {}\n",
                    app.site.sign_in_link(token, Some(&next)),
                    app.site.sign_in_url(),
                ),
            )
        }
    };
    Message {
        to: to.to_owned(),
        // One line, whatever an organization is called.
        subject: subject.replace(char::is_control, " "),
        text,
    }
}

fn in_words(life: SignedDuration) -> String {
    match life.as_hours() {
        0 => format!("{} minutes", life.as_mins()),
        hours if hours < 48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}
