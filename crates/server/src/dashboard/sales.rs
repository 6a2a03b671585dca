//! Shared parts of the pages about sales: cells, amounts, and the lists of what belongs together.

pub mod checkouts;
pub mod orders;
pub mod payments;
pub mod subscriptions;

use std::{collections::HashMap, sync::Arc};

use axum::Router;
use till_wire::{
    address::Address,
    customers::Customer,
    money::Currency,
    page::Page as Items,
    products::ProductBase,
    tax::{TaxLine, TaxabilityReason},
    values::Interval,
};
use uuid::Uuid;

use super::{
    detail::Fact,
    listing::{Empty, Filter, ListingQuery},
    parts::{Cell, Tone, money, sentence},
};
use crate::{
    actions,
    app::App,
    dashboard::{access::Dashboard, resource_pages::readable_with},
    error::Result,
    http::extract::{Access, Caller, Params, scope},
    pages::checkout::money::{Locale, interval_words},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(orders::routes())
        .merge(subscriptions::routes())
        .merge(checkouts::routes())
        .merge(payments::routes())
}

/// The API's parameters for the moments between which most things were made.
pub const CREATED: (&str, &str) = ("created_after", "created_before");

/// The taxes that a sum is made of, each as it is called, and why one is not charged; without any, the sum
/// alone.
pub fn taxes(sum: Option<i64>, lines: Option<&[TaxLine]>, currency: Currency) -> Vec<Fact> {
    let money = |minor| Cell::money(minor, currency);
    let Some(lines) = lines.filter(|lines| !lines.is_empty()) else {
        return vec![Fact::new("Tax", sum.map_or(Cell::Empty, money))];
    };
    let fact = |line: &TaxLine| {
        let cell = match line.taxability_reason {
            TaxabilityReason::StandardRated => money(line.amount),
            other => Cell::Noted(
                super::parts::money(line.amount, currency),
                sentence(other.as_str()),
            ),
        };
        Fact::new(line.label(), cell)
    };
    lines.iter().map(fact).collect()
}

/// The buyer: the name, and the e-mail below it.
pub fn customer<A>(dashboard: &Dashboard<A>, customer: &Customer) -> Cell {
    let (text, note) = called(customer);
    match customer.deleted_at {
        Some(_) => Cell::Noted(text, "deleted".to_owned()),
        None => Cell::Link {
            href: dashboard.path(&format!("/customers/{}", customer.id)),
            text,
            note,
        },
    }
}

/// Something with a mark below it where the external id that a session named is not its customer's: whoever was
/// signed in at the merchant's may be somebody else.
pub fn marked(cell: Cell, conflicting_external_id: Option<&String>) -> Cell {
    match conflicting_external_id {
        None => cell,
        Some(_) => Cell::Many(vec![
            cell,
            Cell::toned("External ID does not match", Tone::Bad),
        ]),
    }
}

/// The customers that rows name by id alone.
pub struct Buyers(HashMap<Uuid, Customer>);

impl Buyers {
    /// Reads them, deleted ones too.
    pub async fn of(app: &App, own: Uuid, ids: impl Iterator<Item = Uuid>) -> Result<Self> {
        let mut ids: Vec<Uuid> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = app.store.customers(own, &ids).await?;
        Ok(Self(rows.iter().map(|row| (row.id, row.view())).collect()))
    }

    /// The customer, else what else is known of whoever it is.
    pub fn cell<A>(
        &self,
        dashboard: &Dashboard<A>,
        id: Option<Uuid>,
        known: Option<String>,
    ) -> Cell {
        match id.and_then(|id| self.0.get(&id)) {
            Some(found) => customer(dashboard, found),
            None => Cell::text(known),
        }
    }
}

/// A customer's name, else the e-mail; with a name, the e-mail too.
pub fn called(customer: &Customer) -> (String, Option<String>) {
    match &customer.name {
        Some(name) => (name.clone(), Some(customer.email.clone())),
        None => (customer.email.clone(), None),
    }
}

/// The product that is bought.
pub fn product<A>(dashboard: &Dashboard<A>, product: &ProductBase) -> Cell {
    Cell::link(
        dashboard.path(&format!("/products/{}", product.id)),
        &product.name,
    )
}

/// The label of an amount that was taken off.
pub fn discount(name: Option<&str>) -> String {
    name.map_or_else(|| "Discount".to_owned(), |name| format!("Discount: {name}"))
}

/// A link to the page of something that is known by its id alone.
pub fn linked<A>(dashboard: &Dashboard<A>, area: &str, id: Option<Uuid>, words: &str) -> Cell {
    id.map_or(Cell::Empty, |id| {
        Cell::link(dashboard.path(&format!("/{area}/{id}")), words)
    })
}

/// An amount for each period: `$29.00 per month`.
pub fn per_period(minor: i64, currency: Currency, interval: Interval, count: i64) -> String {
    let count = u32::try_from(count).unwrap_or(1);
    format!(
        "{} {}",
        money(minor, currency),
        interval_words(interval, count, Locale::En)
    )
}

/// An address, line by line.
pub fn address(address: Option<&Address>) -> Cell {
    let Some(address) = address else {
        return Cell::Empty;
    };
    let place = [&address.postal_code, &address.city, &address.state];
    let place: Vec<_> = place.into_iter().flatten().cloned().collect();
    let lines = [
        address.line1.clone(),
        address.line2.clone(),
        Some(place.join(" ")),
        Some(address.country.name().to_owned()),
    ];
    let lines = lines.into_iter().flatten().filter(|line| !line.is_empty());
    Cell::Many(lines.map(Cell::Text).collect())
}

/// The filter by product: the first hundred by name, and the one that is chosen.
pub async fn products<A: Access>(
    dashboard: &Dashboard<A>,
    query: &ListingQuery,
) -> Result<Option<Filter>> {
    if dashboard.may::<scope::ProductsRead>().is_err() {
        return Ok(None);
    }
    let chosen = ("sorting=name", query.get("product_id"));
    let known = readable_with(dashboard, chosen, actions::products::list).await?;
    Ok(Some(Filter::choice(
        query,
        "product_id",
        "Product",
        "Any product",
        known,
    )))
}

/// Things of one kind that belong to the thing whose page it is.
pub struct Related<T> {
    /// Their own list, narrowed to these.
    pub query: ListingQuery,
    /// The first page of it.
    pub items: Items<T>,
}

impl<T> Related<T> {
    /// The first page of an area's list where `key` is `id`; none if the person may not see that area.
    pub async fn find<A, B: Access>(
        dashboard: &Dashboard<A>,
        area: &str,
        (key, id): (&str, Uuid),
        list: impl AsyncFn(&Caller<B>, Params) -> Result<Items<T>>,
    ) -> Result<Option<Self>> {
        let Ok(caller) = dashboard.may::<B>() else {
            return Ok(None);
        };
        let mut query =
            ListingQuery::new(&dashboard.path(&format!("/{area}")), &format!("{key}={id}"));
        let list = |params| list(&caller, params);
        let items = query.load(CREATED, &dashboard.zone, list).await?;
        Ok(Some(Self { query, items }))
    }
}

/// The ids of what was found.
pub fn ids<T>(related: Option<&Related<T>>, id: impl Fn(&T) -> Uuid) -> Vec<Uuid> {
    related.map_or_else(Vec::new, |found| found.items.items.iter().map(id).collect())
}

/// The content of a part to which nothing belongs.
pub fn none(words: &'static str) -> Empty {
    Empty { words, step: None }
}
