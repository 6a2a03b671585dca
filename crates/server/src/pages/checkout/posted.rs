//! Forms that buyers send, and where they go on.

use axum::{
    Form, Json,
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect as SeeOther, Response},
};

use super::{Redirect, form::CheckoutForm};
use crate::{
    error::ApiError,
    pages::{FORM_LIMIT, form_fields},
};

/// A form that was sent, read and as it is.
pub(in crate::pages) struct Posted {
    pub form: CheckoutForm,
    pub body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = StatusCode;
    async fn from_request(request: Request, state: &S) -> Result<Self, StatusCode> {
        let (parts, body) = request.into_parts();
        let body = Bytes::from_request(Request::from_parts(parts.clone(), body), state)
            .await
            .map_err(|refused| ApiError::body_refused(refused.status(), FORM_LIMIT).status())?;
        form_fields::read(&body).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
        let request = Request::from_parts(parts, body.clone().into());
        let form = Form::from_request(request, state).await;
        let Form(form) = form.map_err(|refused| refused.status())?;
        Ok(Self { form, body })
    }
}

/// On to another page of ours: a plain form is redirected, the script is told.
pub(in crate::pages) fn go(partial: bool, to: String, cookie: Option<HeaderValue>) -> Response {
    let mut response = if partial {
        Json(Redirect { redirect: to }).into_response()
    } else {
        SeeOther::to(&to).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    if let Some(cookie) = cookie {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response
}
