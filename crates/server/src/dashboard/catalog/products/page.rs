//! A product's page, and how lists show it.

use till_wire::products::{Price, PriceAmount, Product};

use super::price;
use crate::{
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        catalog::benefits,
        detail::{Action, DetailPage, Fact, Part, moments},
        metadata,
        parts::{Cell, Menu, MenuItem, Tone, sentence},
        programs,
        resource_pages::{self, BENEFITS, Listed, PRODUCTS, find},
        show,
    },
    http::extract::{PathId, scope},
    pages::checkout::{
        fill::trial_words,
        markdown,
        money::{Locale, interval_words},
    },
};

/// The billing interval, in words: `Paid once`, `Every 3 months`.
pub(super) fn billing(product: &Product) -> String {
    match per(product) {
        None => "Paid once".to_owned(),
        Some(words) => format!("Subscription, {words}"),
    }
}

/// Its trial, if it has one: `14 days free`.
fn trial(product: &Product) -> Option<String> {
    let base = &product.base;
    let trial = base.trial_interval.zip(base.trial_interval_count)?;
    Some(trial_words(trial, Locale::En))
}

/// The benefits that it includes, and the fields that its checkout asks.
fn belongings(viewer: &Viewer, product: &Product) -> Option<Part> {
    let mut facts = Vec::new();
    let benefits = product.benefits.iter().map(|benefit| Cell::Link {
        href: BENEFITS.path(viewer, benefit.id, ""),
        text: benefit.description.clone(),
        note: Some(benefits::kind_words(benefit.kind).to_owned()),
    });
    let benefits: Vec<_> = benefits.collect();
    if !benefits.is_empty() {
        facts.push(Fact::new("Benefits", Cell::Many(benefits)));
    }
    let fields = product.attached_custom_fields.iter().map(|attached| {
        let how = if attached.required {
            "required"
        } else {
            "optional"
        };
        Cell::Noted(attached.custom_field.name.clone(), how.to_owned())
    });
    let fields: Vec<_> = fields.collect();
    if !fields.is_empty() {
        facts.push(Fact::new("Checkout fields", Cell::Many(fields)));
    }
    (!facts.is_empty()).then_some(Part::Facts("Benefits and checkout fields", facts))
}

fn per(product: &Product) -> Option<String> {
    let count = product.base.recurring_interval_count.unwrap_or(1);
    let unit = product.base.recurring_interval?;
    Some(interval_words(
        unit,
        u32::try_from(count).unwrap_or(1),
        Locale::En,
    ))
}

fn cost(price: &Price) -> price::PriceWords {
    let meter = match &price.amount {
        PriceAmount::MeteredUnit { meter, .. } => meter.as_ref().map(|meter| meter.name.as_str()),
        _ => None,
    };
    price::cost(&price.amount, price.price_currency, meter)
}

pub(super) fn price_cell(product: &Product) -> Cell {
    let mut prices: Vec<_> = product
        .prices
        .iter()
        .map(|price| Cell::Money(cost(price).words))
        .collect();
    match prices.len() {
        1 => prices.remove(0),
        _ => Cell::Many(prices),
    }
}

pub(super) fn state(product: &Product) -> Cell {
    if product.base.is_archived {
        return Cell::toned("archived", Tone::Quiet);
    }
    match product.base.visibility.as_str() {
        "public" => Cell::toned("active", Tone::Good),
        other => Cell::toned(other, Tone::Busy),
    }
}

pub(super) fn menu(viewer: &Viewer, product: &Product) -> Menu {
    let id = product.base.id;
    let path = |rest: &str| PRODUCTS.path(viewer, id, rest);
    let copy = MenuItem::Copy("Copy Product ID", id.to_string());
    if product.base.is_archived {
        return Menu {
            name: product.name(),
            items: vec![copy, MenuItem::Post("Unarchive", path("/unarchive"))],
        };
    }
    let curl = programs::curl(&viewer.app.urls.public_url, &id.to_string());
    let mut items = vec![
        copy,
        MenuItem::Copy("Copy checkout curl", curl),
        MenuItem::PostOnce(
            "New checkout session",
            path("/checkout"),
            viewer.key.clone(),
        ),
    ];
    if viewer.may::<scope::CheckoutLinksWrite>().is_ok() {
        let link = path("/link");
        items.push(MenuItem::PostOnce(
            "Create a checkout link",
            link,
            viewer.key.clone(),
        ));
    }
    let mut menu = resource_pages::menu(viewer, product, items);
    // Beside "Edit", before the line and "Archive".
    let copying = MenuItem::Link(
        "Duplicate",
        viewer.path(&format!("/products/new?from={id}")),
    );
    menu.items.insert(menu.items.len() - 2, copying);
    menu
}

pub(super) async fn detail(
    dashboard: Dashboard<scope::ProductsRead>,
    PathId(id): PathId,
) -> Answer {
    let product: Product = find(&dashboard, id).await?;
    let base = &product.base;
    let mut facts = vec![
        Fact::new("Product ID", Cell::Code(id.to_string())),
        Fact::new("Price", price_cell(&product)),
        Fact::new("Billing", Cell::Text(billing(&product))),
        Fact::new("Trial", Cell::text(trial(&product))),
        Fact::new("Visibility", Cell::Text(sentence(base.visibility.as_str()))),
    ];
    facts.extend(moments(base.created_at, base.modified_at, &dashboard.zone));
    let prices = product.prices.iter().map(|price| {
        let tax = price
            .tax_behavior
            .map_or("as in the settings", |t| t.as_str());
        let cost = cost(price);
        let mut cells = vec![Cell::Money(cost.words)];
        cells.extend(cost.notes.into_iter().map(Cell::Text));
        cells.extend([
            Cell::Noted(format!("Tax: {}", sentence(tax)), String::new()),
            Cell::Code(price.id.to_string()),
        ]);
        let name = price.price_currency.as_str().to_uppercase();
        Fact::new(name, Cell::Many(cells))
    });
    let mut parts = vec![
        Part::Facts("Product", facts),
        Part::Facts("Prices", prices.collect()),
    ];
    parts.extend(belongings(&dashboard, &product));
    if let Some(html) = base.description.as_deref().and_then(markdown::render) {
        parts.push(Part::Html(
            "Description",
            format!("<div class=\"prose\">{}</div>", html.as_str()),
        ));
    }
    parts.extend(metadata(&product.metadata));
    let path = |rest: &str| PRODUCTS.path(&dashboard, id, rest);
    let actions = match base.is_archived {
        true => vec![Action::Do("Unarchive", path("/unarchive"))],
        false => vec![
            Action::Go("Edit", path("/edit")),
            Action::Go("Media", path("/media")),
            Action::Make(
                "New checkout session",
                path("/checkout"),
                dashboard.key.clone(),
            ),
        ],
    };
    show(&DetailPage {
        actions,
        ..product.detail(&dashboard, state(&product), parts)
    })
}
