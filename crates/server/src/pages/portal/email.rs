//! Changes of the customer's e-mail address: what its form asks for, and the page that the link leads to
//! (docs/behaviour: portal/email-change).

use axum::response::Response;
use http::{StatusCode, Uri};
use till_wire::values::email_syntax;

use super::{
    access::{Answer, Portal, Visit, answered},
    details::{email_form, with_email},
    form::Posted,
    sign_in::{LONGEST, Opened, let_in_to},
    view::{EntryPage, Form},
};
use crate::{
    actions::portal::email_change::{self, OpenChange},
    error::{ApiError, Result},
    http::{idempotency::EarlierSubmission, limits::Network},
    pages::{checkout::view::Link, later, page},
};

/// `POST …/details/email`: sends the link.
pub(super) async fn request(visit: Visit, network: Network, posted: Result<Posted>) -> Response {
    let answer = async {
        let (app, viewer, posted) = (visit.app(), visit.viewer.billing()?, posted?);
        // Its page does not offer it.
        if email_form(&visit, "", None).is_none() {
            return Err(ApiError::not_found());
        }
        let typed = posted.text("email");
        let shown: String = typed.chars().take(LONGEST).collect();
        let wrong = |id: &str| {
            let words = Some(visit.say(id));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(with_email(&visit, status, (&shown, words), None))
        };
        let Some(email) = email_syntax(&typed) else {
            return wrong(match typed.is_empty() {
                true => "error-email-missing",
                false => "error-email",
            });
        };
        let done = || visit.portal.go("/details?done=email-sent");
        let guard = posted.guard(&visit)?;
        match guard.before::<serde::de::IgnoredAny>(app).await? {
            EarlierSubmission::Nothing => {}
            EarlierSubmission::Begun(_) | EarlierSubmission::Done(_) => return Ok(done()),
        }
        let asked = email_change::request(app, viewer, &email, &guard, &network);
        match asked.await {
            Ok(()) => Ok(done()),
            Err(error) if error.retry_after().is_some() => {
                let words = Some(visit.say("too-often"));
                let status = StatusCode::TOO_MANY_REQUESTS;
                let again = with_email(&visit, status, (&shown, None), words);
                Ok(later(again, &error))
            }
            Err(error) if !error.problems().is_empty() => wrong("portal-email-same"),
            Err(error) => Err(error),
        }
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}

/// The change that a token confirms; none where it confirms none of this organization's.
async fn found(portal: &Portal, token: &str) -> Result<Option<OpenChange>> {
    match email_change::find(&portal.app, token).await {
        Ok(open) if open.organization.id == portal.organization.id => Ok(Some(open)),
        Ok(_) => Ok(None),
        Err(error) if error.status() == StatusCode::UNAUTHORIZED => Ok(None),
        Err(error) => Err(error),
    }
}

fn entry(portal: &Portal) -> EntryPage {
    EntryPage {
        shell: portal.shell(),
        title: portal.page_context.say("portal-email-confirm").into_owned(),
        body: None,
        note: None,
        error: None,
        form: None,
        others: Vec::new(),
        link: Some(Link {
            url: portal.url("/details"),
            label: portal.page_context.say("portal-open").into_owned(),
        }),
    }
}

/// The page of a link that confirms nothing any more.
fn gone(portal: &Portal) -> Response {
    let mut shown = entry(portal);
    shown.error = Some(portal.page_context.say("portal-email-gone").into_owned());
    page(StatusCode::UNAUTHORIZED, &shown)
}

/// `GET …/verify-email`: asks once more. Programs that look at letters before people do follow links, too.
pub(super) async fn ask(portal: Portal, uri: Uri) -> Response {
    let answer = async {
        let query = Posted::of_query(uri.query().unwrap_or_default());
        let token = query.text("token");
        let Some(open) = found(&portal, &token).await? else {
            return Ok(gone(&portal));
        };
        let page_context = (portal.page_context).of_customer(&portal.organization, &open.customer);
        let portal = Portal {
            page_context,
            ..portal.clone()
        };
        let email = open.change.email.as_str();
        let shop = portal.organization.name.as_str();
        let values = [("email", email.into()), ("shop", shop.into())];
        let mut shown = entry(&portal);
        shown.link = None;
        shown.body = Some(page_context.with("portal-email-confirm-body", values));
        shown.form = Some(Form {
            page_context,
            action: portal.url("/verify-email"),
            key: Some(portal.app.context().id()),
            hidden: vec![("token", token)],
            submit: page_context.say("portal-email-use").into_owned(),
            ..Form::default()
        });
        Ok(page(StatusCode::OK, &shown))
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&portal, answer)
}

/// On to the details with a session's token.
async fn on(portal: &Portal, token: &str) -> Answer {
    let opened = let_in_to(portal, token, "/details?done=email").await?;
    Ok(opened.unwrap_or_else(|| portal.go("")))
}

/// `POST …/verify-email`: makes the change, and signs in.
pub(super) async fn confirm(portal: Portal, posted: Result<Posted>) -> Response {
    let answer = async {
        let posted = posted?;
        let (app, token) = (&portal.app, posted.text("token"));
        // The same form, sent twice: what came of the first.
        let guard = posted.guard_of(app, &app.key.digest(&token))?;
        if let EarlierSubmission::Done(Opened { token }) = guard.before(app).await? {
            return on(&portal, &token).await;
        }
        if found(&portal, &token).await?.is_none() {
            return Ok(gone(&portal));
        }
        match email_change::confirm(app, &token, &guard).await {
            Ok((_, opened)) => on(&portal, &opened.token).await,
            Err(error) if error.status() == StatusCode::UNAUTHORIZED => Ok(gone(&portal)),
            Err(error) if !error.problems().is_empty() => {
                let mut shown = entry(&portal);
                shown.error = Some(portal.page_context.say("portal-email-taken").into_owned());
                Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
            }
            Err(error) => Err(error),
        }
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&portal, answer)
}
