//! Lists: a table with search, filters and pages. One template serves every list of the dashboard.

mod query;

use askama::Template;
use till_wire::{
    input::Words,
    page::{Page as Items, Pagination},
};

pub use self::query::ListingQuery;
use super::{
    layout::Layout,
    parts::{Cell, Menu, sentence},
};
use crate::pages::Page;

/// A field above the list that narrows it.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The parameter.
    pub name: &'static str,
    /// The label of its field.
    pub label: &'static str,
    /// Its input.
    pub input: Input,
}

/// The input of a filter, as it stands.
#[derive(Debug, Clone)]
pub enum Input {
    /// Free text.
    Search(String),
    /// One of several: value, words, and whether it is chosen.
    Choice(Vec<(String, String, bool)>),
    /// A day.
    Day(String),
}

impl Filter {
    /// The API's `query`.
    pub fn search(query: &ListingQuery, label: &'static str) -> Self {
        let value = query.get("query").unwrap_or_default().to_owned();
        Self {
            name: "query",
            label,
            input: Input::Search(value),
        }
    }

    /// One of these, or any: value and words.
    pub fn choice<V, W>(
        query: &ListingQuery,
        name: &'static str,
        label: &'static str,
        any: &str,
        values: impl IntoIterator<Item = (V, W)>,
    ) -> Self
    where
        V: Into<String>,
        W: Into<String>,
    {
        let now = query.get(name).unwrap_or_default();
        let any = (String::new(), any.to_owned(), now.is_empty());
        let values = values
            .into_iter()
            .map(|(value, words)| (value.into(), words.into()))
            .map(|(value, words)| (value.clone(), words, value == now));
        Self {
            name,
            label,
            input: Input::Choice(std::iter::once(any).chain(values).collect()),
        }
    }

    /// One of the API's words, or any.
    pub fn words<W: Words + 'static>(
        query: &ListingQuery,
        name: &'static str,
        label: &'static str,
        any: &str,
    ) -> Self {
        let words = W::ALL.iter().map(|word| word.word());
        Self::choice(
            query,
            name,
            label,
            any,
            words.map(|word| (word, sentence(word))),
        )
    }

    /// The choice between active, archived and all.
    pub fn archived(query: &ListingQuery, all: &str) -> Self {
        let states = [("false", "Active"), ("true", "Archived")];
        Self::choice(query, "is_archived", "Show", all, states)
    }

    /// The first and the last day.
    pub fn days(query: &ListingQuery) -> [Self; 2] {
        [("from", "From"), ("to", "To")].map(|(name, label)| Self {
            name,
            label,
            input: Input::Day(query.get(name).unwrap_or_default().to_owned()),
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

/// The content of an empty list: why, and the next step.
#[derive(Debug, Clone)]
pub struct Empty {
    /// One sentence.
    pub words: &'static str,
    /// The next step: words and address.
    pub step: Option<(&'static str, String)>,
}

/// A list.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/listing.html")]
pub struct Listing {
    /// The name of the rows, for people who hear the page.
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
    query: ListingQuery,
    pages: Pagination,
    part: bool,
    /// The filters are there even if nothing is.
    filters_always: bool,
    /// As a part of another page: the address of the list of its own.
    own: Option<String>,
}

impl Listing {
    /// A list of a page of the API's.
    pub fn of<T>(
        query: ListingQuery,
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
            query,
            pages: items.pagination,
            part: false,
            filters_always: false,
            own: None,
        }
    }

    /// As a part of another page, which may have several; its pages lead to the list's own.
    pub fn part(mut self) -> Self {
        self.part = true;
        self
    }

    /// With a way to the list's own page, where its filters are.
    pub fn with_own_page(mut self) -> Self {
        self.own = Some(self.query.with("page", ""));
        self
    }

    /// With filters.
    pub fn filters(mut self, filters: impl IntoIterator<Item = Filter>) -> Self {
        self.filters.extend(filters);
        self
    }

    /// With the filters even if nothing is there: rows may come.
    pub fn filters_always(mut self) -> Self {
        self.filters_always = true;
        self
    }

    /// With a way to the list as CSV.
    pub fn csv(mut self, path: &str) -> Self {
        self.csv = Some(self.query.at(path));
        self
    }

    fn menus(&self) -> bool {
        self.rows.iter().any(|row| row.menu.is_some())
    }

    /// The address that a column's head leads to, and how the list is sorted by it now.
    fn sorting(&self, key: &str) -> (String, &'static str) {
        let now = self.query.get("sorting").unwrap_or_default();
        let down = format!("-{key}");
        if now == key {
            (self.query.with("sorting", &down), "ascending")
        } else if now == down {
            (self.query.with("sorting", ""), "descending")
        } else {
            (self.query.with("sorting", key), "none")
        }
    }

    /// The parameters that the filters do not show but must not lose: how the list is sorted, and whose it is.
    fn other_parameters(&self) -> Vec<&(String, String)> {
        let shown: Vec<&str> = self.filters.iter().map(|filter| filter.name).collect();
        let pairs = self.query.pairs.iter();
        pairs
            .filter(|(key, _)| key != "page" && !shown.contains(&key.as_str()))
            .collect()
    }

    fn page_link(&self, by: i64) -> Option<String> {
        let page = self.query.page() + by;
        (1..=self.pages.max_page)
            .contains(&page)
            .then(|| self.query.with("page", &page.to_string()))
    }

    fn count(&self) -> String {
        let count = format!("{} in all", thousands(self.pages.total_count));
        match self.pages.max_page {
            0 | 1 => count,
            last => format!(
                "{count}, page {} of {}",
                thousands(self.query.page()),
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

/// New rows of a list, which appear by themselves.
#[derive(Debug)]
pub struct Live {
    /// The name of one.
    pub one: &'static str,
    /// The address that says, when it is asked, how many have come in; none where the newest rows are not shown.
    pub newer: Option<String>,
}

/// A page with one list.
#[derive(Debug, Template)]
#[template(path = "dashboard/list.html")]
pub struct ListPage {
    /// Around it.
    pub layout: Layout,
    /// The main thing to do: words and address.
    pub action: Option<(String, String)>,
    /// The way to another list: words and address.
    pub beside: Option<(String, String)>,
    /// Of a list whose new rows appear by themselves.
    pub live: Option<Live>,
    /// The list.
    pub list: Listing,
}

impl Page for ListPage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
