//! Letters with codes that sign customers in to the portal. The code is made when the letter is written, and its
//! digest alone is kept.

use till_core::{
    kernel::{changes::Changes, jobs::End, records::MailKind},
    mail::{self, NewLetter},
    portal::codes::{self, CodeRequest},
};

use super::mail::{not_sent_from_here, people_alone, with_link};
use crate::{
    actions::portal::sign_in, app::App, error::ApiError, mail::portal_code, pages::words::Locale,
};

/// Makes a code and sends it. Where nobody has the address nothing is sent, and nobody is told.
pub async fn code(app: &App, request: CodeRequest) -> Result<End, ApiError> {
    let done = || End::Done(Changes::new());
    let own = request.organization_id;
    let accounts = sign_in::accounts(app, own, &request.email, request.customer_id).await?;
    let Some(account) = accounts.into_iter().next() else {
        return Ok(done());
    };
    let Some(organization) = app.store.organization(own).await? else {
        return Ok(done());
    };
    let people = people_alone(app, own).await?;
    let recipient = account.email().to_owned();
    let locale = account.customer.locale.as_deref().and_then(Locale::of_tag);
    let locale = locale.unwrap_or_default();
    let ctx = app.context();
    let (code, mut changes) = codes::make(&request, &app.key, &ctx);
    let portal = app.urls.portal_page(&organization.slug);
    let (subject, content) = portal_code(&organization, &code, portal, locale);
    match not_sent_from_here(app, &recipient, &people) {
        // Kept first: a code that arrives must work. A letter that fails leaves a code that nobody knows.
        None => {
            app.commit(changes).await?;
            let name = codes::digest(&code, &app.key);
            with_link(app, &recipient, (subject, content), name).await?;
            Ok(done())
        }
        // The shop's mailbox is where the sandbox's letters are read.
        Some(why) if app.sandbox.is_some() => {
            let letter = NewLetter {
                kind: MailKind::PortalCode,
                cause_key: format!("{}:customer", ctx.id()),
                customer_id: Some(account.customer.id),
                about_customer_id: None,
                order_id: None,
                recipient,
                subject,
                content,
                kept: Some(why),
            };
            changes.and(mail::write(letter, own, &ctx));
            Ok(End::Done(changes))
        }
        Some(_) => Ok(done()),
    }
}
