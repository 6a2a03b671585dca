//! Lists as tables for programs, read part by part: each part begins behind the last row of the one before, so the last
//! part costs no more than the first, and memory holds one.

use std::sync::Arc;

use jiff::tz::TimeZone;
use till_core::kernel::{changes::Record, records::Organization};
use till_store::{List, Position};

use crate::{
    app::App,
    error::Result,
    http::extract::Caller,
    table::{Line, Parts},
};

/// Rows of one part.
const PART: u32 = 500;

/// The columns of a table, in their order, and the time zone of its times.
#[derive(Debug)]
pub struct Columns<C> {
    named: Vec<C>,
    /// The time zone.
    pub zone: TimeZone,
}

impl<C: Copy> Columns<C> {
    /// These columns, else the usual ones.
    pub fn new(named: Vec<C>, usual: &[C], zone: TimeZone) -> Self {
        let named = match named.is_empty() {
            true => usual.to_vec(),
            false => named,
        };
        Self { named, zone }
    }

    /// A cell for every column.
    pub fn line(&self, cell: impl Fn(C) -> String) -> Line {
        self.named.iter().copied().map(cell).collect()
    }
}

/// Rows that a table is made of.
pub trait Exported: Send + Sync + 'static {
    /// The row.
    type Row: Record + Send + Sync + 'static;

    /// A line for each of the rows.
    fn lines(
        &self,
        app: &App,
        organization: &Organization,
        rows: &[Self::Row],
    ) -> impl Future<Output = Result<Vec<Line>>> + Send;
}

/// Reads a list, which runs by one column, as the lines of a table.
#[derive(Debug)]
pub struct Export<E> {
    app: Arc<App>,
    organization: Organization,
    list: List,
    exported: E,
    after: Option<Position>,
    over: bool,
}

impl<E: Exported> Export<E> {
    /// A table of the rows of this list.
    pub fn new<A>(caller: &Caller<A>, list: List, exported: E) -> Self {
        Self {
            app: caller.app.clone(),
            organization: caller.organization.clone(),
            list,
            exported,
            after: None,
            over: false,
        }
    }
}

impl<E: Exported> Parts for Export<E> {
    async fn next(&mut self) -> Result<Option<Vec<Line>>> {
        if self.over {
            return Ok(None);
        }
        let store = &self.app.store;
        let rows = store.rows_after(self.list.clone(), self.after.as_ref(), PART);
        let (rows, last) = rows.await?;
        (self.over, self.after) = (last.is_none(), last);
        let lines = self.exported.lines(&self.app, &self.organization, &rows);
        Ok(Some(lines.await?))
    }
}
