//! Extractors: what handlers ask for in their signatures.

mod caller;
mod params;
mod portal;
pub(crate) mod query;

pub use caller::{Access, Caller, Identity, scope};
pub use params::{
    ActivationId, EndpointId, ExternalId, InvitationToken, MemberExternalId, MemberId, Paging,
    Params, PathId, SeatId, Window,
};
pub use portal::PortalCaller;
pub(crate) use query::{OrganizationQuery, PageQuery};

use axum::{extract::FromRequestParts, http::request::Parts};
use serde_json::Value;
use till_wire::input::{Context, Fields, has_nul};

use crate::error::ApiError;

/// A request's JSON body, already parsed by [`crate::http::intake`]. Absent: nothing was sent.
#[derive(Debug, Clone)]
pub struct Body(pub Option<Value>);

impl<S: Sync> FromRequestParts<S> for Body {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(parts.extensions.remove::<Body>().unwrap_or(Body(None)))
    }
}

impl Body {
    /// Reads the body, reporting everything that is wrong with it at once.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&Value, &mut Context) -> Option<T>,
    ) -> Result<T, ApiError> {
        let mut cx = Context::new("body");
        let Some(value) = &self.0 else {
            cx.fail::<()>("missing", "Field required", &Value::Null);
            return Err(ApiError::unreadable(cx.problems));
        };
        match read(value, &mut cx) {
            Some(read) if cx.problems.is_empty() => {
                // The readers refuse NUL in what they read; nothing else may carry one in either.
                if has_nul(value) {
                    cx.refuse::<()>("text must not contain the NUL character", value);
                    return Err(ApiError::unreadable(cx.problems));
                }
                Ok(read)
            }
            _ => Err(ApiError::unreadable(cx.problems)),
        }
    }

    /// [`Body::read`] of a body that may be left out, or be null.
    pub fn read_or_default<T: Default>(
        &self,
        read: impl FnOnce(&Value, &mut Context) -> Option<T>,
    ) -> Result<T, ApiError> {
        match &self.0 {
            None | Some(Value::Null) => Ok(T::default()),
            Some(_) => self.read(read),
        }
    }

    /// Reads an object.
    pub fn object<T>(
        &self,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Result<T, ApiError> {
        self.read(|value, cx| cx.object(value, read))
    }
}
