//! The page on which somebody claims the seat that they are invited to (docs/behaviour: seats/claim-page).

use axum::response::Response;
use http::{StatusCode, Uri};

use super::{
    access::{Answer, Portal, answered},
    form::Posted,
    sign_in::let_in_to,
    view::{EntryPage, Form},
};
use crate::{
    actions::seats::{self, Invited},
    error::{ApiError, Result},
    http::{idempotency::EarlierSubmission, limits::Network},
    pages::page,
};

/// Answer to a claim, as far as the page needs it.
#[derive(serde::Deserialize)]
struct Opened {
    customer_session_token: String,
}

/// The invitation that a token stands for; none where it is none of this organization's.
async fn found(portal: &Portal, network: &Network, token: &str) -> Result<Option<Invited>> {
    let invited = seats::invited(&portal.app, network, token).await?;
    Ok(invited.filter(|one| one.organization.id == portal.organization.id))
}

fn entry(portal: &Portal) -> EntryPage {
    EntryPage {
        shell: portal.shell(),
        title: portal.page_context.say("portal-seat-claim").into_owned(),
        body: None,
        note: None,
        error: None,
        form: None,
        others: Vec::new(),
        link: None,
    }
}

/// The page of a link that invites to nothing any more.
fn gone(portal: &Portal) -> Response {
    let mut shown = entry(portal);
    shown.error = Some(portal.page_context.say("portal-seat-gone").into_owned());
    page(StatusCode::NOT_FOUND, &shown)
}

/// True for what a link that is of no use answers.
fn is_gone(error: &ApiError) -> bool {
    matches!(
        error.status(),
        StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
    )
}

/// `GET …/claim`: shows the invitation. It changes nothing: programs that look at letters before people do follow links, too.
pub(super) async fn ask(portal: Portal, network: Network, uri: Uri) -> Response {
    let answer = async {
        let query = Posted::of_query(uri.query().unwrap_or_default());
        let token = query.text("token");
        let invited = match found(&portal, &network, &token).await {
            Err(error) if is_gone(&error) => None,
            found => found?,
        };
        let Some(invited) = invited else {
            return Ok(gone(&portal));
        };
        let page_context = portal.page_context;
        let info = &invited.info;
        let values = [
            ("product", info.product_name.as_str().into()),
            ("shop", info.organization_name.as_str().into()),
            ("email", info.customer_email.as_str().into()),
        ];
        let mut shown = entry(&portal);
        shown.body = Some(page_context.with("portal-seat-claim-body", values));
        shown.form = Some(Form {
            page_context,
            action: portal.url("/claim"),
            key: Some(portal.app.context().id()),
            hidden: vec![("token", token)],
            submit: page_context.say("portal-seat-claim").into_owned(),
            ..Form::default()
        });
        Ok(page(StatusCode::OK, &shown))
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&portal, answer)
}

/// On to the portal with a session's token.
async fn on(portal: &Portal, token: &str) -> Answer {
    let opened = let_in_to(portal, token, "?done=claimed").await?;
    Ok(opened.unwrap_or_else(|| portal.go("")))
}

/// `POST …/claim`: claims the seat, and signs in.
pub(super) async fn claim(portal: Portal, network: Network, posted: Result<Posted>) -> Response {
    let answer = async {
        let posted = posted?;
        let (app, token) = (&portal.app, posted.text("token"));
        // The same form, sent twice: what came of the first.
        let guard = posted.guard_of(app, &app.key.digest(&token))?;
        if let EarlierSubmission::Done(opened) = guard.before::<Opened>(app).await? {
            return on(&portal, &opened.customer_session_token).await;
        }
        let is_ours = match found(&portal, &network, &token).await {
            Err(error) if is_gone(&error) => false,
            found => found?.is_some(),
        };
        if !is_ours {
            return Ok(gone(&portal));
        }
        match seats::claim_counted(app, &guard, &token).await {
            Ok((_, claimed)) => on(&portal, &claimed.customer_session_token).await,
            Err(error) if is_gone(&error) => Ok(gone(&portal)),
            Err(error) => Err(error),
        }
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&portal, answer)
}
