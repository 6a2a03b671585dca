//! Lists as files: the API's list, read part by part while it is sent, so it may be of any length.

use axum::{
    body::{Body, Bytes},
    response::IntoResponse,
};
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use till_wire::money::Currency;
use uuid::Uuid;

use super::{Answer, listing::ListingQuery};
use crate::{
    dashboard::access::Dashboard,
    error::{ApiError, Result},
    http::extract::{Access, Caller, Params},
    pages::checkout::money::editable,
    table,
};

/// A list as a file.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// Its head.
    pub columns: &'static [&'static str],
    /// The API's parameters for the two moments between which rows were made.
    pub moments: (&'static str, &'static str),
}

/// One row of a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// The row's id.
    pub id: Uuid,
    /// By which the list is sorted.
    pub at: Option<Timestamp>,
    /// A cell for every column.
    pub cells: Vec<String>,
}

/// An amount as it is counted, and as it is written: `2900` and `29.00`.
pub fn amount(minor: i64, currency: Currency) -> [String; 2] {
    [minor.to_string(), editable(minor, currency.decimals())]
}

/// Reads a list part by part.
struct CsvReader<S, L> {
    file: File,
    query: ListingQuery,
    caller: Caller<S>,
    zone: TimeZone,
    list: L,
    /// Only what is older is still to be read.
    until: Option<Timestamp>,
    /// The page of that.
    page: usize,
    /// The rows of the moment before `until` that were sent.
    sent: Vec<Uuid>,
    over: bool,
}

impl<S: Clone, L, F> CsvReader<S, L>
where
    L: Fn(Caller<S>, Params) -> F,
    F: Future<Output = Result<Vec<Line>>>,
{
    async fn read(&self) -> Result<Vec<Line>> {
        let (moments, until) = (self.file.moments, self.until);
        let params = self.query.part(moments, &self.zone, until, self.page);
        (self.list)(self.caller.clone(), params).await
    }

    /// The next rows. Each part begins where the last one ended in time, so what is made meanwhile moves
    /// nothing, and the last part costs no more than the first; rows of one moment are never told twice.
    async fn next(&mut self) -> Result<Vec<Line>> {
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

/// The rows of one part: the API's most.
const PART: usize = 100;

/// Sends a list as CSV. An error after the beginning breaks the transfer off, so that nobody takes a part for
/// the whole.
pub async fn send<S, L, F>(
    file: File,
    query: ListingQuery,
    dashboard: &Dashboard<S>,
    list: L,
) -> Answer
where
    S: Access + Clone,
    L: Fn(Caller<S>, Params) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Vec<Line>>> + Send,
{
    let mut reading = CsvReader {
        file,
        query,
        caller: dashboard.caller.clone(),
        zone: dashboard.zone.clone(),
        list,
        until: None,
        page: 1,
        sent: Vec::new(),
        over: false,
    };
    let head: Vec<String> = file.columns.iter().map(|c| (*c).to_owned()).collect();
    let first = reading.next().await?.into_iter().map(|line| line.cells);
    let lines = table::lines([head].into_iter().chain(first)).map_err(ApiError::internal)?;
    let begin = [table::BYTE_ORDER_MARK, &lines].concat();
    let parts = stream::unfold((reading, Some(begin)), |(mut reading, begin)| async move {
        if let Some(begin) = begin {
            return Some((Ok(Bytes::from(begin)), (reading, None)));
        }
        if reading.over {
            return None;
        }
        let part = reading.next().await.and_then(|lines| {
            table::lines(lines.into_iter().map(|line| line.cells)).map_err(ApiError::internal)
        });
        let part = part.map(Bytes::from).map_err(|error| {
            reading.over = true;
            std::io::Error::other(format!(
                "{} could not be read to its end: {error:?}",
                reading.file.name
            ))
        });
        Some((part, (reading, None)))
    });
    // Compressing asks once more after the end, which an unfolded stream answers with a panic.
    let parts = Body::from_stream(parts.fuse());
    Ok((table::headers(file.name), parts).into_response())
}
