//! Lists as files: the API's list, read part by part while it is sent, so it may be of any length.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use till_wire::money::Currency;
use uuid::Uuid;

use super::Listed;
use crate::{
    dashboard::{Answer, access::Dashboard, listing::ListingQuery},
    error::Result,
    http::extract::Caller,
    pages::checkout::money::editable,
    table::{self, Parts},
};

/// One row of a list.
struct Line {
    id: Uuid,
    /// By which the list is sorted.
    at: Option<Timestamp>,
    /// A cell for every column.
    cells: Vec<String>,
}

/// An amount as it is counted, and as it is written: `2900` and `29.00`.
pub fn amount(minor: i64, currency: Currency) -> [String; 2] {
    [minor.to_string(), editable(minor, currency.decimals())]
}

/// Reads a list part by part.
struct CsvReader<L: Listed> {
    query: ListingQuery,
    caller: Caller<L::Read>,
    zone: TimeZone,
    /// Only what is older is still to be read.
    until: Option<Timestamp>,
    /// The page of that.
    page: usize,
    /// The rows of the moment before `until` that were sent.
    sent: Vec<Uuid>,
    over: bool,
}

impl<L: Listed> CsvReader<L> {
    async fn read(&self) -> Result<Vec<Line>> {
        let moments = L::MOMENTS.unwrap_or_default();
        let params = self.query.part(moments, &self.zone, self.until, self.page);
        let page = L::list(&self.caller, params).await?;
        let buyers = L::buyers(&self.caller, &page.items).await?;
        let line = |one: &L| Line {
            id: one.id(),
            at: one.made_at(),
            cells: one.line(&buyers),
        };
        Ok(page.items.iter().map(line).collect())
    }

    /// The next rows. Each part begins where the last one ended in time, so what is made meanwhile moves
    /// nothing, and the last part costs no more than the first; rows of one moment are never told twice.
    async fn part(&mut self) -> Result<Vec<Line>> {
        let mut lines = match self.read().await {
            Err(error) if self.query.drop_unreadable(&error) => self.read().await?,
            answer => answer?,
        };
        let (first, last) = (lines.first().map(|l| l.at), lines.last().map(|l| l.at));
        self.over = lines.len() < PART;
        lines.retain(|line| !self.sent.contains(&line.id));
        match last.flatten() {
            Some(at) if first != last => {
                self.until = at.checked_add(SignedDuration::from_micros(1)).ok();
                self.page = 1;
                let same = lines.iter().filter(|line| line.at == Some(at));
                self.sent = same.map(|line| line.id).collect();
            }
            _ => {
                self.page += 1;
                self.sent.extend(lines.iter().map(|line| line.id));
            }
        }
        Ok(lines)
    }
}

impl<L: Listed> Parts for CsvReader<L> {
    async fn next(&mut self) -> Result<Option<Vec<table::Line>>> {
        if self.over {
            return Ok(None);
        }
        let lines = self.part().await?;
        Ok(Some(lines.into_iter().map(|line| line.cells).collect()))
    }
}

/// The rows of one part: the API's most.
const PART: usize = 100;

/// Sends a list as CSV.
pub(super) async fn csv<L: Listed>(dashboard: Dashboard<L::Read>, query: ListingQuery) -> Answer {
    let name = format!("{}.csv", L::PAGES.list.trim_start_matches('/'));
    let reader = CsvReader::<L> {
        query,
        zone: dashboard.zone.clone(),
        caller: dashboard.caller,
        until: None,
        page: 1,
        sent: Vec::new(),
        over: false,
    };
    let head = L::CSV.iter().map(|name| (*name).to_owned()).collect();
    Ok(table::send(&name, table::BYTE_ORDER_MARK, head, reader).await?)
}
