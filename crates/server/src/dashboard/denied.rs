//! Pages that are not shown, and why.

use axum::{
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{message, sign_in_path};
use crate::error::ApiError;

const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// Reason why a page is not shown.
#[derive(Debug)]
pub enum Denied {
    /// Nobody is signed in; the page that was asked for follows, if it can be asked for again.
    SignIn {
        /// A path of ours.
        next: Option<String>,
        /// True where htmx asks, for a part of a page.
        part: bool,
    },
    /// It is not there, or none of their business.
    NotFound,
    /// Their role does not grant it.
    Role,
    /// The organization is blocked.
    Blocked,
    /// The API's own no.
    Api(ApiError),
}

impl<E: Into<ApiError>> From<E> for Denied {
    fn from(error: E) -> Self {
        let error = error.into();
        match error.status() {
            StatusCode::NOT_FOUND => Denied::NotFound,
            _ => Denied::Api(error),
        }
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        match self {
            Denied::SignIn { next, part } => {
                let to = sign_in_path(next.as_deref());
                match part {
                    true => (StatusCode::OK, [(HX_REDIRECT, to)]).into_response(),
                    false => Redirect::to(&to).into_response(),
                }
            }
            Denied::NotFound => message(
                StatusCode::NOT_FOUND,
                "Page not found",
                "There is nothing here, or nothing that this account is allowed to see.",
            ),
            Denied::Role => message(
                StatusCode::FORBIDDEN,
                "Not allowed",
                "Your role in this organization does not allow this. Ask an owner or an admin.",
            ),
            Denied::Blocked => message(
                StatusCode::FORBIDDEN,
                "This organization is blocked",
                "Its dashboard is closed. Ask the person who runs this server.",
            ),
            Denied::Api(error) => {
                let mut words = error.detail();
                if let Some(number) = error.log_fault() {
                    words = format!("{words} If you ask for help, quote this number: {number}");
                }
                message(error.status(), "Something went wrong", &words)
            }
        }
    }
}
