use super::caller::{Access, Caller};
use crate::{app::App, error::ApiError};
use axum::{extract::FromRequestParts, http::request::Parts};
use jiff::tz::TimeZone;
use std::sync::Arc;
use till_core::records::{Role, User};
#[derive(Debug, Clone)]
pub struct Shop {
    pub name: String,
    pub slug: String,
}
pub struct Desk<A> {
    pub caller: Caller<A>,
    pub person: User,
    pub role: Role,
    pub zone: TimeZone,
    pub shops: Vec<Shop>,
    pub said: Option<String>,
    pub sandbox: bool,
}
impl<A> Desk<A> {
    pub fn may<B: Access>(&self) -> Result<Caller<B>, ApiError> {
        todo!()
    }
    pub fn path(&self, rest: &str) -> String {
        format!("/dashboard/{}{rest}", self.caller.organization.slug)
    }
}
impl<A: Access> FromRequestParts<Arc<App>> for Desk<A> {
    type Rejection = ApiError;
    async fn from_request_parts(_: &mut Parts, _: &Arc<App>) -> Result<Self, ApiError> {
        todo!()
    }
}
