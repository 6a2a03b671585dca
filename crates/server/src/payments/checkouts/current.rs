//! The current terms of a session, before anybody sees or pays it.

use till_core::checkout::{
    Session,
    refresh::{self, Cause},
};

use super::known::{locked, session};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
};

/// The session as it is worth now, and what made it differ from what was last shown, if anything did: then that is
/// written down and told before anybody sees it. Costs nothing where nothing has changed.
pub async fn current(app: &App, session: Session) -> Result<(Session, Option<Cause>), ApiError> {
    if !refresh::may_differ(&session, &app.context_of(&session.organization)) {
        return Ok((session, None));
    }
    let id = session.checkout.id;
    let mut loaded = Some(session);
    app.retry_on_conflict(|| {
        let loaded = loaded.take();
        async move {
            let session = match loaded {
                Some(session) => session,
                None => app.store.session_by_id(id).await.or_not_found()?,
            };
            let ctx = app.context_of(&session.organization);
            let settings = session.organization.settings.tax.clone();
            let refreshed = app
                .taxed(&settings, |taxes| {
                    Ok(refresh::refresh(&session, taxes, &ctx))
                })
                .await?;
            let Some((mut new, cause)) = refreshed else {
                return Ok((session, None));
            };
            let subscribers = app.store.subscribers(session.organization.id).await?;
            let changes = refresh::refreshed(&session, &mut new, &subscribers, &app.urls, &ctx);
            app.commit(changes).await?;
            Ok((new, Some(cause)))
        }
    })
    .await
    .map_err(locked)
}

/// [`session`] as it is shown: [`current`].
pub async fn shown(app: &App, secret: &str) -> Result<Session, ApiError> {
    let (session, _) = current(app, session(app, secret).await?).await?;
    Ok(session)
}
