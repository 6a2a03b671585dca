//! PostgreSQL.
use till_core::change::{Changes, Record};
use till_core::rows::FromColumns;

use crate::error::{CommitError, StoreError};
use crate::hub::Hub;
use crate::list::List;
use crate::migrate::Migration;
use crate::{Options, Query};

#[derive(Debug)]
pub(crate) struct Postgres {
    pub(crate) hub: Hub,
}

impl Postgres {
    pub(crate) async fn open(_: &str, _: &Options, _: &[Migration]) -> Result<Self, StoreError> {
        Err(StoreError::Unavailable("PostgreSQL follows".to_owned()))
    }
    pub(crate) async fn all<T: FromColumns>(&self, _: &Query) -> Result<Vec<T>, StoreError> {
        Err(StoreError::Closed)
    }
    pub(crate) async fn page<R: Record>(
        &self,
        _: &List,
        _: u32,
        _: u32,
    ) -> Result<(Vec<R>, i64), StoreError> {
        Err(StoreError::Closed)
    }
    pub(crate) async fn commit(&self, _: Changes) -> Result<(), CommitError> {
        Err(StoreError::Closed.into())
    }
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
    pub(crate) async fn close(&self) {}
}
