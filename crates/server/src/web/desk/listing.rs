//! Lists: a table with search, filters and pages. One template serves every list of the dashboard.

use askama::Template;
use axum::{Json, extract::FromRequestParts, http::request::Parts};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use till_wire::{
    input::{Problem, Step, Words},
    page::{Page as Items, Pagination},
};

use super::{
    parts::{Cell, Menu, sentence},
    shell::Shell,
};
use crate::{error::ApiError, extract::Params, web::Page};

/// Rows on one page.
const LIMIT: &str = "25";

/// What a list's address asks for: the API's own parameters, and `from` and `to` as days of the viewer's.
#[derive(Debug, Clone)]
pub struct Asked {
    path: String,
    pairs: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::new(
            parts.uri.path(),
            parts.uri.query().unwrap_or_default(),
        ))
    }
}

impl Asked {
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

    /// Whether anything narrows the list.
    pub fn narrows(&self) -> bool {
        self.pairs
            .iter()
            .any(|(key, _)| !matches!(key.as_str(), "page" | "limit" | "sorting"))
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
    pub async fn ask<T, F>(
        &mut self,
        moments: (&str, &str),
        zone: &TimeZone,
        list: impl Fn(Params) -> F,
    ) -> Result<Items<T>, ApiError>
    where
        F: Future<Output = Result<Json<Items<T>>, ApiError>>,
    {
        let answer = match list(self.params(moments, zone)).await {
            Err(error) if self.mend(&error) => list(self.params(moments, zone)).await,
            answer => answer,
        };
        answer.map(|Json(page)| page)
    }

    /// Leaves out what the API could not read; whether anything was.
    pub fn mend(&mut self, error: &ApiError) -> bool {
        let before = self.pairs.len();
        let place = |problem: &Problem| match problem.loc.get(1) {
            Some(Step::Key(key)) => Some(key.to_string()),
            _ => None,
        };
        let wrong: Vec<String> = error.problems().iter().filter_map(place).collect();
        self.pairs.retain(|(key, _)| !wrong.contains(key));
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

/// A field above the list that narrows it.
#[derive(Debug, Clone)]
pub enum Filter {
    /// Free text.
    Search {
        /// The parameter.
        name: &'static str,
        /// What is searched.
        label: &'static str,
        /// As it stands.
        value: String,
    },
    /// One of several.
    Choice {
        /// The parameter.
        name: &'static str,
        /// What is chosen.
        label: &'static str,
        /// Value, words, and whether it is chosen.
        options: Vec<(String, String, bool)>,
    },
    /// A day.
    Day {
        /// The parameter.
        name: &'static str,
        /// Which day.
        label: &'static str,
        /// As it stands.
        value: String,
    },
}

impl Filter {
    fn name(&self) -> &'static str {
        match self {
            Filter::Search { name, .. }
            | Filter::Choice { name, .. }
            | Filter::Day { name, .. } => name,
        }
    }

    /// The API's `query`.
    pub fn search(asked: &Asked, label: &'static str) -> Self {
        Filter::Search {
            name: "query",
            label,
            value: asked.get("query").unwrap_or_default().to_owned(),
        }
    }

    /// One of these, or any: value and words.
    pub fn choice<V, W>(
        asked: &Asked,
        name: &'static str,
        label: &'static str,
        any: &str,
        values: impl IntoIterator<Item = (V, W)>,
    ) -> Self
    where
        V: Into<String>,
        W: Into<String>,
    {
        let now = asked.get(name).unwrap_or_default();
        let any = (String::new(), any.to_owned(), now.is_empty());
        let values = values
            .into_iter()
            .map(|(value, words)| (value.into(), words.into()))
            .map(|(value, words)| (value.clone(), words, value == now));
        Filter::Choice {
            name,
            label,
            options: std::iter::once(any).chain(values).collect(),
        }
    }

    /// One of the API's words, or any.
    pub fn words<W: Words + 'static>(
        asked: &Asked,
        name: &'static str,
        label: &'static str,
        any: &str,
    ) -> Self {
        let words = W::ALL.iter().map(|word| word.word());
        Self::choice(
            asked,
            name,
            label,
            any,
            words.map(|word| (word, sentence(word))),
        )
    }

    /// The first and the last day.
    pub fn days(asked: &Asked) -> [Self; 2] {
        [("from", "From"), ("to", "To")].map(|(name, label)| Filter::Day {
            name,
            label,
            value: asked.get(name).unwrap_or_default().to_owned(),
        })
    }
}

/// A column's head.
#[derive(Debug, Clone)]
pub struct Column {
    title: &'static str,
    /// The API's name for sorting by it.
    sort: Option<&'static str>,
    end: bool,
}

impl Column {
    /// A column of words.
    pub const fn new(title: &'static str) -> Self {
        Self {
            title,
            sort: None,
            end: false,
        }
    }

    /// A column of amounts or counts.
    pub const fn number(title: &'static str) -> Self {
        Self {
            title,
            sort: None,
            end: true,
        }
    }

    /// Sortable by this name of the API's.
    pub const fn by(mut self, sort: &'static str) -> Self {
        self.sort = Some(sort);
        self
    }
}

/// One row: a cell for every column.
#[derive(Debug, Clone)]
pub struct Row {
    cells: Vec<Cell>,
    menu: Option<Menu>,
}

impl Row {
    /// A row without a menu.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { cells, menu: None }
    }

    /// With a menu.
    pub fn menu(mut self, menu: Menu) -> Self {
        self.menu = Some(menu);
        self
    }
}

/// What stands where a list has nothing: why, and the next step.
#[derive(Debug, Clone)]
pub struct Empty {
    /// One sentence.
    pub words: &'static str,
    /// The next step: words and address.
    pub step: Option<(&'static str, String)>,
}

/// A list.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/listing.html")]
pub struct Listing {
    /// What the rows are, for people who hear the page.
    pub name: &'static str,
    /// Above the list.
    pub filters: Vec<Filter>,
    /// The columns' heads.
    pub columns: Vec<Column>,
    /// The rows of this page.
    pub rows: Vec<Row>,
    /// If there are none at all.
    pub empty: Empty,
    /// The list as CSV.
    pub csv: Option<String>,
    asked: Asked,
    pages: Pagination,
    part: bool,
}

impl Listing {
    /// A list of a page of the API's.
    pub fn of<T>(
        asked: Asked,
        name: &'static str,
        columns: Vec<Column>,
        items: &Items<T>,
        row: impl FnMut(&T) -> Row,
        empty: Empty,
    ) -> Self {
        Self {
            name,
            filters: Vec::new(),
            columns,
            rows: items.items.iter().map(row).collect(),
            empty,
            csv: None,
            asked,
            pages: items.pagination,
            part: false,
        }
    }

    /// As a part of another page, which may have several; its pages lead to the list's own.
    pub fn part(mut self) -> Self {
        self.part = true;
        self
    }

    /// With filters.
    pub fn filters(mut self, filters: impl IntoIterator<Item = Filter>) -> Self {
        self.filters.extend(filters);
        self
    }

    /// With a way to the list as CSV.
    pub fn csv(mut self, path: &str) -> Self {
        self.csv = Some(self.asked.at(path));
        self
    }

    fn menus(&self) -> bool {
        self.rows.iter().any(|row| row.menu.is_some())
    }

    /// Where a click on a column's head leads, and how the list is sorted by it now.
    fn sorting(&self, key: &str) -> (String, &'static str) {
        let now = self.asked.get("sorting").unwrap_or_default();
        let down = format!("-{key}");
        if now == key {
            (self.asked.with("sorting", &down), "ascending")
        } else if now == down {
            (self.asked.with("sorting", ""), "descending")
        } else {
            (self.asked.with("sorting", key), "none")
        }
    }

    /// What the filters do not show, which they must not lose: how the list is sorted, and whose it is.
    fn carried(&self) -> Vec<&(String, String)> {
        let shown: Vec<&str> = self.filters.iter().map(Filter::name).collect();
        let pairs = self.asked.pairs.iter();
        pairs
            .filter(|(key, _)| key != "page" && !shown.contains(&key.as_str()))
            .collect()
    }

    fn page_link(&self, by: i64) -> Option<String> {
        let page = self.asked.page() + by;
        (1..=self.pages.max_page)
            .contains(&page)
            .then(|| self.asked.with("page", &page.to_string()))
    }

    fn count(&self) -> String {
        let count = format!("{} in all", thousands(self.pages.total_count));
        match self.pages.max_page {
            0 | 1 => count,
            last => format!(
                "{count}, page {} of {}",
                thousands(self.asked.page()),
                thousands(last)
            ),
        }
    }
}

/// A count as people write it: `12,345`.
pub fn thousands(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = String::from(if count < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A page with one list.
#[derive(Debug, Template)]
#[template(path = "desk/list.html")]
pub struct ListPage {
    /// Around it.
    pub shell: Shell,
    /// The main thing to do: words and address.
    pub action: Option<(String, String)>,
    /// The list.
    pub list: Listing,
}

impl Page for ListPage {
    fn picture(&self) -> Option<&str> {
        self.shell.logo()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_links_query_keeps_the_other_filters_and_starts_at_the_first_page() {
        let asked = Asked::new("/p", "query=a%26b&status=&page=3&sorting=name");
        assert_eq!(
            asked.with("sorting", "-name"),
            "/p?query=a%26b&sorting=-name"
        );
        assert_eq!(
            asked.with("page", "4"),
            "/p?query=a%26b&sorting=name&page=4"
        );
        assert_eq!(asked.at("/p.csv"), "/p.csv?query=a%26b&sorting=name");
        assert!(asked.narrows());
        assert!(!Asked::new("/p", "page=2&status=").narrows());
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

    #[test]
    fn counts_are_grouped() {
        for (count, words) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-1_234_567, "-1,234,567"),
        ] {
            assert_eq!(thousands(count), words);
        }
    }
}
