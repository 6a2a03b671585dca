//! The query of a list's page, and the request to the API that it becomes.

use axum::{extract::FromRequestParts, http::request::Parts};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use till_wire::{
    input::{Problem, Step},
    page::Page,
};

use crate::{
    error::{ApiError, Result},
    http::extract::Params,
};

/// Rows on one page.
const LIMIT: &str = "25";

/// Parameters of an address that are read; the rest of it is left out, because the page's links repeat them.
const PARAMETERS: usize = 50;
/// The longest name and the longest value of a parameter, in bytes: a name of 128 characters fits whatever it is written
/// in. A parameter with a longer name is left out; a longer value is cut, so that it narrows the list all the same and its
/// field shows it (docs/behaviour: dashboard/long-filters).
const LONGEST: usize = 512;

/// The parameter for the moment after which rows are new.
const SINCE: &str = "since";

/// The query of a list's address: the API's own parameters, and `from` and `to` as days of the viewer's.
#[derive(Debug, Clone)]
pub struct ListingQuery {
    pub(super) path: String,
    pub(super) pairs: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for ListingQuery {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::new(
            parts.uri.path(),
            parts.uri.query().unwrap_or_default(),
        ))
    }
}

impl ListingQuery {
    /// Reads a path's query; what a form sends empty counts as not sent.
    pub fn new(path: &str, query: &str) -> Self {
        Self {
            path: path.to_owned(),
            pairs: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                // No text of ours has a NUL in it, and no database could be asked for one.
                .filter(|(key, value)| {
                    !value.trim().is_empty() && !key.contains('\0') && !value.contains('\0')
                })
                .filter(|(key, _)| key.len() <= LONGEST)
                .take(PARAMETERS)
                .map(|(key, value)| (key, cut(value)))
                .collect(),
        }
    }

    /// The value of a parameter.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rfind(|(k, _)| k == key)
            .map(|(_, value)| value.as_str())
    }

    /// True where there is a parameter of such a name.
    pub fn has(&self, is_such: impl Fn(&str) -> bool) -> bool {
        self.pairs.iter().any(|(key, _)| is_such(key))
    }

    /// True where anything narrows the list.
    pub fn narrows(&self) -> bool {
        self.has(|key| !matches!(key, "page" | "limit" | "sorting"))
    }

    /// The query for the API's list; the days become its two moments, both days included.
    fn params(&self, moments: (&str, &str), zone: &TimeZone) -> Params {
        let mut query = self.query(moments, zone, &[]);
        if self.get("limit").is_none() {
            query.append_pair("limit", LIMIT);
        }
        Params::parse(&query.finish())
    }

    /// The query for one part of the whole list, newest first, and of what is older than `until`.
    pub fn part(
        &self,
        moments: (&str, &str),
        zone: &TimeZone,
        until: Option<Timestamp>,
        page: usize,
    ) -> Params {
        let mut query = self.query(moments, zone, &["page", "limit", "sorting"]);
        query.append_pair("limit", "100");
        query.append_pair("page", &page.to_string());
        if let Some(until) = until {
            // Of two moments the API takes the last one, and this one is the earlier one.
            query.append_pair(moments.1, &until.to_string());
        }
        Params::parse(&query.finish())
    }

    /// The address below the list that counts the rows which came in after a moment.
    pub fn since(&self, at: Timestamp) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs.iter().filter(|(key, _)| key != "page"));
        query.append_pair(SINCE, &at.to_string());
        format!("{}/newer?{}", self.path, query.finish())
    }

    /// The query for one row of those that came in after the moment of [`ListingQuery::since`], which is taken out; none
    /// where none is named.
    pub fn take_since(&mut self, moments: (&str, &str), zone: &TimeZone) -> Option<Params> {
        let at: Timestamp = self.get(SINCE)?.parse().ok()?;
        self.pairs.retain(|(key, _)| key != SINCE);
        let mut query = self.query(moments, zone, &["page", "limit", "sorting"]);
        query.append_pair("limit", "1");
        // Of two moments the API takes the last one, and this one is the later one.
        let after = at.checked_add(1.microsecond()).ok()?;
        query.append_pair(moments.0, &after.to_string());
        Some(Params::parse(&query.finish()))
    }

    fn query(
        &self,
        (after, before): (&str, &str),
        zone: &TimeZone,
        without: &[&str],
    ) -> url::form_urlencoded::Serializer<'static, String> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let kept = self.pairs.iter();
        for (key, value) in kept.filter(|(key, _)| !without.contains(&key.as_str())) {
            match (key.as_str(), day(value, zone)) {
                // The API asks for what lies strictly after.
                ("from", Some((start, _))) => query.append_pair(after, &before_it(start)),
                ("to", Some((_, end))) => query.append_pair(before, &end.to_string()),
                // What is no day narrows nothing; the field shows it, to be mended.
                ("from" | "to", None) => &mut query,
                _ => query.append_pair(key, value),
            };
        }
        query
    }

    /// Asks the API for the list. What of the address does not read is left out, and asked again: an old
    /// bookmark still shows a list.
    pub async fn load<T, F>(
        &mut self,
        moments: (&str, &str),
        zone: &TimeZone,
        list: impl Fn(Params) -> F,
    ) -> Result<Page<T>>
    where
        F: Future<Output = Result<Page<T>>>,
    {
        match list(self.params(moments, zone)).await {
            Err(error) if self.drop_unreadable(&error) => list(self.params(moments, zone)).await,
            answer => answer,
        }
    }

    /// Leaves out what the API could not read; whether anything was.
    pub fn drop_unreadable(&mut self, error: &ApiError) -> bool {
        let before = self.pairs.len();
        let place = |problem: &Problem| match problem.loc.get(1) {
            Some(Step::Key(key)) => Some(key.to_string()),
            _ => None,
        };
        let errors: Vec<String> = error.problems().iter().filter_map(place).collect();
        self.pairs.retain(|(key, _)| !errors.contains(key));
        self.pairs.len() < before
    }

    /// The address with one parameter changed, from the first page on.
    pub fn with(&self, key: &str, value: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (k, v) in &self.pairs {
            if k != key && k != "page" {
                query.append_pair(k, v);
            }
        }
        if !value.is_empty() {
            query.append_pair(key, value);
        }
        format!("{}?{}", self.path, query.finish())
    }

    /// The same question to another path, such as the list as CSV.
    pub fn at(&self, path: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs.iter().filter(|(key, _)| key != "page"));
        let query = query.finish();
        match query.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{query}"),
        }
    }

    /// The page that is asked for, from 1.
    pub fn page(&self) -> i64 {
        self.get("page")
            .and_then(|text| text.parse().ok())
            .unwrap_or(1)
            .max(1)
    }
}

/// A value as far as it is read.
fn cut(mut value: String) -> String {
    if value.len() > LONGEST {
        let end = (0..=LONGEST).rfind(|end| value.is_char_boundary(*end));
        value.truncate(end.unwrap_or_default());
    }
    value
}

/// A day's first moment and the first one of the next.
fn day(text: &str, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let date: Date = text.trim().parse().ok()?;
    let start = date.to_zoned(zone.clone()).ok()?;
    let next = date
        .checked_add(1.day())
        .ok()?
        .to_zoned(zone.clone())
        .ok()?;
    Some((start.timestamp(), next.timestamp()))
}

fn before_it(at: Timestamp) -> String {
    at.checked_sub(1.microsecond()).unwrap_or(at).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_links_query_keeps_the_other_filters_and_starts_at_the_first_page() {
        let query = ListingQuery::new("/p", "query=a%26b&status=&page=3&sorting=name");
        assert_eq!(
            query.with("sorting", "-name"),
            "/p?query=a%26b&sorting=-name"
        );
        assert_eq!(
            query.with("page", "4"),
            "/p?query=a%26b&sorting=name&page=4"
        );
        assert_eq!(query.at("/p.csv"), "/p.csv?query=a%26b&sorting=name");
        assert!(query.narrows());
        assert!(!ListingQuery::new("/p", "page=2&status=").narrows());
    }

    #[test]
    fn a_value_that_is_too_long_narrows_the_list_all_the_same() {
        let whole = "𝄞".repeat(128);
        for sent in [whole.clone(), format!("{whole}x"), "𝄞".repeat(200)] {
            let query = ListingQuery::new("/p", &format!("query={sent}"));
            assert_eq!(query.get("query"), Some(&*whole));
        }
        let query = ListingQuery::new("/p", &format!("query=a{}", "𝄞".repeat(128)));
        let text = query.get("query").unwrap();
        assert_eq!((text.len(), text.chars().count()), (509, 128));
        let query = ListingQuery::new("/p", &format!("{}=a", "k".repeat(513)));
        assert!(!query.narrows());
    }

    #[test]
    fn days_are_the_viewers_and_both_are_included() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let (start, end) = day("2026-10-25", &berlin).unwrap();
        assert_eq!(start.to_string(), "2026-10-24T22:00:00Z");
        assert_eq!(end.to_string(), "2026-10-25T23:00:00Z", "a day of 25 hours");
        assert_eq!(before_it(start), "2026-10-24T21:59:59.999999Z");
        assert_eq!(day("yesterday", &berlin), None);
        assert_eq!(day("9999-12-31", &berlin), None, "no day after it");
    }
}
