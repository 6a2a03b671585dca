//! A page of a list: what is asked of the database, and what its answer tells.

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use till_core::kernel::{changes::Record, values::Value};

use crate::list::{Dialect, List, Window};
use crate::list_cache::{EXACT, RowPosition};
use crate::rows::{PageRows, typed};
use crate::{Engine, Query, Result, Store};

/// The way in which a total is found.
#[derive(Debug)]
pub(crate) enum Total {
    /// It is known.
    Known(i64),
    /// By the first query; by the second, where the first counted more than [`EXACT`].
    Counted(Query, Option<Query>),
}

/// The queries for one page.
#[derive(Debug)]
pub(crate) struct PageQuery {
    pub(crate) rows: Query,
    pub(crate) total: Total,
    offset: u64,
    limit: u64,
    /// The first row read is the one before the page.
    leads: bool,
}

impl PageQuery {
    /// The total, where the number of rows that were read tells it.
    pub(crate) fn total_of_last_page(&self, read: usize) -> Option<i64> {
        let here = (read as u64).saturating_sub(u64::from(self.leads));
        let is_last = here < self.limit && (here > 0 || self.offset == 0);
        is_last.then(|| signed(self.offset + here))
    }

    /// True where more rows were counted than [`EXACT`].
    pub(crate) fn is_more(counted: i64) -> bool {
        counted > signed(EXACT)
    }
}

/// The place of a row in a list that runs by one column: a read goes on behind it, however many rows lie before.
#[derive(Debug, Clone, PartialEq)]
pub struct Position([Value; 2]);

/// The rows of a page, and how many there are on all pages.
type ReadPage = (Box<dyn PageRows>, i64);

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Store {
    /// Page `page` (from 1) of at most `limit` rows, and how many rows there are on all pages.
    pub async fn page<R: Record + Send + 'static>(
        &self,
        list: List,
        page: u32,
        limit: u32,
    ) -> Result<(Vec<R>, i64)> {
        debug_assert_eq!(list.table(), R::TABLE, "the list is of another table");
        let read = self.read_page(list, page, limit, Box::new(Vec::<R>::new()));
        let (rows, total) = read.await?;
        Ok((typed(rows), total))
    }

    /// The next rows of a list behind `after`, at most `limit`, and the position of the last one; none where the list ends
    /// with them. The list must run by one column that is null in none of its rows.
    pub async fn rows_after<R: Record + Send + 'static>(
        &self,
        list: List,
        after: Option<&Position>,
        limit: u32,
    ) -> Result<(Vec<R>, Option<Position>)> {
        debug_assert_eq!(list.table(), R::TABLE, "the list is of another table");
        let window = Window {
            after: after.map(|position| &position.0),
            skip: 0,
            limit: u64::from(limit),
        };
        let rows: Vec<R> = self.all(list.rows(self.dialect(), window)).await?;
        let is_full = rows.len() as u64 == u64::from(limit);
        let column = list.can_go_on().filter(|_| is_full);
        let last = column.and_then(|column| rows.position(rows.len() - 1, column));
        debug_assert_eq!(last.is_some(), is_full, "the list cannot be gone on with");
        Ok((rows, last.map(Position)))
    }

    /// [`Store::page`] of rows of any type, boxed, so that it is compiled here.
    fn read_page(
        &self,
        list: List,
        page: u32,
        limit: u32,
        rows: Box<dyn PageRows>,
    ) -> BoxFuture<'_, Result<ReadPage>> {
        Box::pin(async move {
            let limit = u64::from(limit);
            let offset = u64::from(page.saturating_sub(1)) * limit;
            let (as_of, counted) = list.cache_options();
            let known = as_of.map(|now| (list.key(), now));
            let known = known.as_ref().map(|(key, now)| (key.as_str(), *now));
            let deep = known.filter(|_| offset > EXACT && list.can_go_on().is_some());
            let position = deep.and_then(|(key, now)| self.list_cache.position(key, now, offset));
            let page_query = {
                let dialect = self.dialect();
                let leads = deep.is_some() && position.as_ref().is_none_or(|(at, _)| *at < offset);
                let passed = offset - position.as_ref().map_or(0, |(at, _)| *at);
                let lead = u64::from(leads);
                let window = Window {
                    after: position.as_ref().map(|(_, position)| &position.row),
                    skip: passed - lead,
                    limit: limit + lead,
                };
                PageQuery {
                    rows: list.rows(dialect, window),
                    total: self.total(&list, known, counted, offset + limit),
                    offset,
                    limit,
                    leads,
                }
            };
            let (leads, remembers) = (page_query.leads, counted.is_none());
            self.gauges().reads.inc();
            let (mut rows, total, whole) = match &self.engine {
                Engine::Sqlite(db) => db.page(page_query, rows).await?,
                Engine::Postgres(db) => db.page(&page_query, rows).await?,
            };
            if let Some((key, now)) =
                known.filter(|_| whole && remembers && PageQuery::is_more(total))
            {
                self.list_cache.keep_total(key, now, total);
            }
            if let (Some((key, now)), Some(column)) = (deep, list.can_go_on()) {
                let since = position.map_or(now, |(_, position)| position.since);
                let keep = |row: Option<[Value; 2]>, before: u64| {
                    if let Some(row) = row {
                        let position = RowPosition { since, row };
                        self.list_cache.keep_position(key, now, before, position);
                    }
                };
                if leads {
                    keep(rows.position(0, column), offset);
                    rows.drop_first();
                }
                if rows.count() as u64 == limit {
                    keep(
                        rows.position(rows.count().saturating_sub(1), column),
                        offset + limit,
                    );
                }
            }
            let here = signed(offset + rows.count() as u64);
            let seen = if rows.count() == 0 { 0 } else { here };
            Ok((rows, total.max(seen)))
        })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match &self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// `end`: how many rows the page and those before it have.
    fn total(
        &self,
        list: &List,
        known: Option<(&str, Timestamp)>,
        counted: Option<u64>,
        end: u64,
    ) -> Total {
        let count = |most| list.count(self.dialect(), most);
        if let Some(behind) = counted {
            return Total::Counted(count(Some(end + behind)), None);
        }
        match known {
            Some((key, now)) => match self.list_cache.total(key, now) {
                Some(total) => Total::Known(total),
                None if end <= EXACT => Total::Counted(count(Some(EXACT + 1)), Some(count(None))),
                None => Total::Counted(count(None), None),
            },
            None => Total::Counted(count(None), None),
        }
    }
}
