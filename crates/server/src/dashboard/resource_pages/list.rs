//! The list of a kind of resource, as a page and as a part of other pages; the kind says what its rows show.

use askama::Template;
use axum::response::{Html, IntoResponse};
use jiff::{SignedDuration, Timestamp};
use till_wire::{benefits::Benefit, customers::Customer, page::Page, products::Product};
use uuid::Uuid;

use super::ResourcePages;
use crate::{
    dashboard::{
        Answer,
        access::Viewer,
        buyers::Buyers,
        detail::{Action, DetailPage, Part},
        form::with_chosen,
        layout::Layout,
        listing::{Column, Empty, Filter, ListPage, Listing, ListingQuery, Live, Row, thousands},
        parts::{Cell, Menu, MenuItem},
        show,
    },
    error::{ApiError, Result},
    http::extract::{Access, Caller, Params},
};

/// The next step of an empty list of what comes of sales, as [`Listed::STEP`].
pub const SELL: (&str, &str) = ("Choose a product to sell", "/products");

/// Time before now in which new rows are looked for at most, where many are looked through to find them.
const LOOKED_THROUGH: SignedDuration = SignedDuration::from_hours(1);

/// Something by which another list is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A product.
    Product,
    /// A benefit.
    Benefit,
    /// A customer.
    Customer,
}

impl By {
    /// The filter; none for those who may not see that other list.
    async fn filter(self, viewer: &Viewer, query: &ListingQuery) -> Result<Option<Filter>> {
        match self {
            Self::Product => {
                let names = ("product_id", "Product", "Any product");
                by::<Product>(viewer, query, names, "name").await
            }
            Self::Benefit => {
                let names = ("benefit_id", "Benefit", "Any benefit");
                by::<Benefit>(viewer, query, names, "description").await
            }
            Self::Customer => {
                let names = ("customer_id", "Customer", "Any customer");
                // There may be very many, and no index has their names.
                by::<Customer>(viewer, query, names, "-created_at").await
            }
        }
    }
}

/// The filter by one of another list: the first hundred in this order, and the one that is chosen.
async fn by<L: Listed>(
    viewer: &Viewer,
    query: &ListingQuery,
    (parameter, label, any): (&'static str, &'static str, &'static str),
    sorting: &str,
) -> Result<Option<Filter>> {
    if viewer.may::<L::Read>().is_err() {
        return Ok(None);
    }
    let chosen = query.get(parameter);
    let known = readable_with::<L>(viewer, &format!("sorting={sorting}"), chosen).await?;
    Ok(Some(Filter::choice(query, parameter, label, any, known)))
}

/// A kind of resource that has a list, as its list needs it.
pub trait Listed: Send + Sync + Sized + 'static {
    /// The permission to look at them.
    type Read: Access + Clone;

    /// Its pages.
    const PAGES: ResourcePages;
    /// The name of the list, for people who hear the page.
    const NAME: &'static str = Self::PAGES.many;
    /// The text of an empty list: what one is, and how one comes about.
    const EMPTY: &'static str;
    /// The words of the way to the form for a new one. Without any, nobody makes one here.
    const NEW: Option<&'static str> = None;
    /// The next step where nobody makes one here and the list is empty: words, and the address of another list.
    const STEP: Option<(&'static str, &'static str)> = None;
    /// The API's parameters for the moments between which they were made, where the list is filtered by days.
    const MOMENTS: Option<(&'static str, &'static str)> = None;
    /// The things of other lists that the list is filtered by.
    const BY: &'static [By] = &[];
    /// True where new rows of an open list appear by themselves; they are sorted by [`Listed::made_at`].
    const LIVE: bool = false;
    /// The head of the list as CSV, where it can be had so.
    const CSV: &'static [&'static str] = &[];

    /// Its id.
    fn id(&self) -> Uuid;

    /// Its name, for people.
    fn name(&self) -> String;

    /// The one with this id.
    fn find(caller: &Caller<Self::Read>, id: Uuid) -> impl Future<Output = Result<Self>> + Send;

    /// The API's list.
    fn list(
        caller: &Caller<Self::Read>,
        params: Params,
    ) -> impl Future<Output = Result<Page<Self>>> + Send;

    /// The buyers of these rows, where they do not name their customers.
    fn buyers(_: &Caller<Self::Read>, _: &[Self]) -> impl Future<Output = Result<Buyers>> + Send {
        async { Ok(Buyers::default()) }
    }

    /// True where the person may make and change them.
    fn may_write(_: &Viewer) -> bool {
        true
    }

    /// The filters of the list, besides those of [`Listed::BY`] and the days.
    fn filters(_: &ListingQuery) -> Vec<Filter> {
        Vec::new()
    }

    /// True where no index finds what these filters choose: rows are looked through.
    fn is_looked_through(_: &ListingQuery) -> bool {
        false
    }

    /// The heads of the list's columns.
    fn columns() -> Vec<Column>;

    /// A cell for each column.
    fn cells(&self, viewer: &Viewer, buyers: &Buyers) -> Vec<Cell>;

    /// The menu of one.
    fn menu(&self, viewer: &Viewer) -> Menu;

    /// Time at which it was made, by which the list is sorted: for those that can be had as CSV, or are live.
    fn made_at(&self) -> Option<Timestamp> {
        None
    }

    /// The line of CSV: a cell for each column.
    fn line(&self, _: &Buyers) -> Vec<String> {
        Vec::new()
    }

    /// A way to another list, beside the heading: words and address.
    fn beside(_: &Viewer) -> Option<(String, String)> {
        None
    }

    /// The layout of the list's page.
    fn around_list(viewer: &Viewer) -> Layout {
        Self::PAGES.around_list(viewer)
    }

    /// The address of its page.
    fn path(&self, viewer: &Viewer) -> String {
        Self::PAGES.path(viewer, self.id(), "")
    }

    /// A link to its page.
    fn link(&self, viewer: &Viewer) -> Cell {
        Cell::link(self.path(viewer), self.name())
    }

    /// Its page, with the way to its form where there is one.
    fn detail(&self, viewer: &Viewer, state: Cell, parts: Vec<Part>) -> DetailPage {
        let edit = Self::NEW.filter(|_| Self::may_write(viewer));
        let edit = edit.map(|_| {
            let path = Self::PAGES.path(viewer, self.id(), "/edit");
            Action::Go("Edit", path)
        });
        DetailPage {
            layout: Self::PAGES.under_list(viewer, self.name()),
            state,
            actions: edit.into_iter().collect(),
            menu: elsewhere(self.menu(viewer)),
            parts,
        }
    }
}

/// The menu of one on its own page, where nothing leads to that page.
fn elsewhere(mut menu: Menu) -> Option<Menu> {
    menu.items
        .retain(|item| !matches!(item, MenuItem::Link("Open", _)));
    if let Some(MenuItem::Separator) = menu.items.first() {
        menu.items.remove(0);
    }
    (!menu.items.is_empty()).then_some(menu)
}

/// The one with this id, if the person may look at it.
pub async fn find<L: Listed>(viewer: &Viewer, id: Uuid) -> Result<L> {
    L::find(&viewer.may::<L::Read>()?, id).await
}

fn listing<L: Listed>(
    viewer: &Viewer,
    query: ListingQuery,
    page: &Page<L>,
    buyers: &Buyers,
    empty: Empty,
) -> Listing {
    let row = |one: &L| Row::new(one.cells(viewer, buyers)).menu(one.menu(viewer));
    Listing::of(query, L::NAME, L::columns(), page, row, empty)
}

/// The list's page, to those who may see this one.
pub async fn list<L: Listed>(viewer: &Viewer, mut query: ListingQuery) -> Answer {
    let caller = viewer.may::<L::Read>()?;
    let find = |params| L::list(&caller, params);
    let moments = L::MOMENTS.unwrap_or_default();
    let page = query.load(moments, &viewer.zone, find).await?;
    let buyers = L::buyers(&caller, &page.items).await?;
    let mut filters = L::filters(&query);
    for by in L::BY {
        filters.extend(by.filter(viewer, &query).await?);
    }
    if L::MOMENTS.is_some() {
        filters.extend(Filter::days(&query));
    }
    let new = L::PAGES.new_at(viewer);
    let (action, step) = match L::NEW {
        None => (None, L::STEP.map(|(words, to)| (words, viewer.path(to)))),
        Some(_) if !L::may_write(viewer) => (None, None),
        Some(words) => {
            let action = format!("New {}", L::PAGES.one);
            (Some((action, new.clone())), Some((words, new)))
        }
    };
    let empty = Empty {
        words: L::EMPTY,
        step,
    };
    let (one, newer) = (L::PAGES.one, newer::<L>(viewer, &query, &page));
    let mut list = listing(viewer, query, &page, &buyers, empty).filters(filters);
    if L::LIVE {
        list = list.filters_always();
    }
    if !L::CSV.is_empty() {
        list = list.csv(&viewer.path(&format!("{}.csv", L::PAGES.list)));
    }
    show(&ListPage {
        layout: L::around_list(viewer),
        action,
        beside: L::beside(viewer),
        live: L::LIVE.then_some(Live { one, newer }),
        list,
    })
}

/// The address that counts what has come in since the newest of these rows, where they are the newest ones.
fn newer<L: Listed>(viewer: &Viewer, query: &ListingQuery, page: &Page<L>) -> Option<String> {
    let is_newest =
        query.page() == 1 && query.get("sorting").is_none() && query.get("to").is_none();
    let newest = match page.items.first() {
        Some(first) => first.made_at(),
        // Any row is a new one. The moment would take the place of the filter by days.
        None => Some(Timestamp::UNIX_EPOCH).filter(|_| query.get("from").is_none()),
    };
    let since = newest.filter(|_| L::LIVE && is_newest)?;
    Some(query.since(match L::is_looked_through(query) {
        true => since.max(viewer.app.clock.now() - LOOKED_THROUGH),
        false => since,
    }))
}

/// Words about the rows that have come in after a moment, and the way to see them; none where there are none.
pub async fn count_newer<L: Listed>(viewer: &Viewer, mut query: ListingQuery) -> Answer {
    let caller = viewer.may::<L::Read>()?;
    let moments = L::MOMENTS.unwrap_or_default();
    let count = match query.take_since(moments, &viewer.zone) {
        Some(params) => L::list(&caller, params).await?.pagination.total_count,
        None => 0,
    };
    let words = match count {
        0 => String::new(),
        1 => format!("1 new {}", L::PAGES.one),
        some => format!("{} new {}s", thousands(some), L::PAGES.one),
    };
    let href = query.at(&viewer.path(L::PAGES.list));
    let html = Newer { words, href }.render().map_err(ApiError::internal)?;
    Ok(Html(html).into_response())
}

/// Answer to the question how many rows have come in.
#[derive(Debug, Template)]
#[template(
    source = r##"{% if !words.is_empty() %}<a class="small button" href="{{ href }}" hx-get="{{ href }}" hx-target="#rows" hx-select="#rows" hx-select-oob="#newer" hx-swap="outerHTML" hx-sync="#list:replace">{{ words }}</a>{% endif %}"##,
    ext = "html"
)]
struct Newer {
    words: String,
    href: String,
}

/// Things of one kind that belong to the thing whose page it is.
pub struct Related<L> {
    query: ListingQuery,
    /// The first page of their own list, narrowed to these.
    pub page: Page<L>,
    buyers: Buyers,
}

impl<L: Listed> Related<L> {
    /// The first page of the list where `key` is `id`; none if the person may not see that list.
    pub async fn find(viewer: &Viewer, (key, id): (&str, Uuid)) -> Result<Option<Self>> {
        let Ok(caller) = viewer.may::<L::Read>() else {
            return Ok(None);
        };
        let mut query = ListingQuery::new(&viewer.path(L::PAGES.list), &format!("{key}={id}"));
        let list = |params| L::list(&caller, params);
        let moments = L::MOMENTS.unwrap_or_default();
        let page = query.load(moments, &viewer.zone, list).await?;
        let buyers = L::buyers(&caller, &page.items).await?;
        Ok(Some(Self {
            query,
            page,
            buyers,
        }))
    }

    /// Their ids.
    pub fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.page.items.iter().map(L::id)
    }

    /// Them as a part of the page; `words` stand where there are none.
    pub fn part(self, viewer: &Viewer, words: &'static str) -> Part {
        let empty = Empty { words, step: None };
        let list = listing(viewer, self.query, &self.page, &self.buyers, empty);
        Part::list(L::NAME, list.part().with_own_page())
    }
}

/// The first hundred of a list, as far as the person may read it.
pub async fn readable<L: Listed>(viewer: &Viewer, query: &str) -> Result<Vec<L>> {
    let Ok(caller) = viewer.may::<L::Read>() else {
        return Ok(Vec::new());
    };
    let params = Params::parse(&format!("{query}&limit=100"));
    Ok(L::list(&caller, params).await?.items)
}

/// The first hundred of a list by id and name, and the one that is chosen already if it is not among them.
pub async fn readable_with<L: Listed>(
    viewer: &Viewer,
    query: &str,
    chosen: Option<&str>,
) -> Result<Vec<(String, String)>> {
    let named = |one: &L| (one.id(), one.name());
    let some = readable(viewer, query).await?;
    let id = chosen.and_then(|id| Uuid::try_parse(id).ok());
    let missing = id.filter(|id| some.iter().all(|one: &L| one.id() != *id));
    let other = match missing {
        None => None,
        Some(id) => match find::<L>(viewer, id).await {
            // What is not there cannot be chosen.
            Err(error) if error.status().is_client_error() => None,
            found => Some(found?),
        },
    };
    Ok(with_chosen(some.iter().map(named), other.iter().map(named)))
}
