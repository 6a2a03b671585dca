//! The dashboard: pages for people who are signed in.

pub mod cookie;
mod same_site;
mod sign_in;
mod team;

use std::sync::Arc;

use axum::{
    Router, middleware,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::StatusCode;

use crate::{
    app::App,
    extract::Person,
    web::{
        checkout::view::{Look, MessagePage},
        page,
    },
};

/// The routes, none of which takes a form from another site.
pub fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard", get(front))
        .merge(sign_in::routes())
        .merge(team::routes())
        .layer(middleware::from_fn_with_state(
            app.clone(),
            same_site::refuse_others,
        ))
}

/// The sign-in page, and the page that follows it.
pub(crate) fn sign_in_path(next: Option<&str>) -> String {
    match next {
        None => "/sign-in".to_owned(),
        Some(next) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("next", next);
            format!("/sign-in?{}", query.finish())
        }
    }
}

/// A page that only says something.
pub(crate) fn message(status: StatusCode, title: &str, body: &str) -> Response {
    let message = MessagePage {
        look: Look::default(),
        title: title.to_owned(),
        body: body.to_owned(),
        reference: None,
        link: None,
    };
    page(status, &message)
}

/// To the person's first organization.
async fn front(person: Person) -> Response {
    match person.shops.first() {
        Some(shop) => Redirect::to(&format!("/dashboard/{}", shop.slug)).into_response(),
        None => Redirect::to("/account").into_response(),
    }
}
