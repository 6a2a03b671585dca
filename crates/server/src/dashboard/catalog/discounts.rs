//! Discounts: what they take off, until when, and how often they were used.

mod fill;

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_core::discounts::new_code;
use till_wire::{
    discounts::{Discount, DiscountCreate, DiscountLasting, DiscountUpdate, DiscountValue},
    page::Page,
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        detail::{Fact, Part, moments},
        form::{FormData, FormErrors, FormPage},
        listing::{Column, Filter, ListingQuery},
        metadata,
        parts::{Cell, Menu, MenuItem, Tone, money},
        resource_pages::{
            DISCOUNTS, Listed, Made, Resource, ResourcePages, Saved, find, form_page, form_routes,
            list_routes, menu, readable,
        },
        sales, show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{Caller, Params, PathId, scope},
    pages::checkout::money::editable,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Discount>(get(detail)).merge(form_routes::<Discount>())
}

/// Its amount or percentage, and for how long it is taken off.
fn worth(discount: &Discount) -> Cell {
    let brief = &discount.base.brief;
    let off = match &brief.value {
        DiscountValue::Percentage { basis_points } => format!("{} %", percent(*basis_points)),
        DiscountValue::Fixed { amounts, .. } => {
            let each = amounts.iter().map(|(currency, n)| money(*n, *currency));
            each.collect::<Vec<_>>().join(", ")
        }
    };
    Cell::Noted(off, lasting(brief.lasting))
}

/// A share as people write it: `12.5`.
fn percent(basis_points: i64) -> String {
    let text = editable(basis_points, 2);
    match text.split_once('.') {
        Some((whole, "00")) => whole.to_owned(),
        _ => text.trim_end_matches('0').to_owned(),
    }
}

fn lasting(lasting: DiscountLasting) -> String {
    match lasting {
        DiscountLasting::Once => "Once".to_owned(),
        DiscountLasting::Forever => "Forever".to_owned(),
        DiscountLasting::Repeating {
            duration_in_months: 1,
        } => "For 1 month".to_owned(),
        DiscountLasting::Repeating { duration_in_months } => {
            format!("For {duration_in_months} months")
        }
    }
}

fn used(discount: &Discount) -> String {
    let count = discount.base.redemptions_count;
    match discount.base.max_redemptions {
        Some(max) => format!("{count} of {max}"),
        None => count.to_string(),
    }
}

fn state(discount: &Discount, now: Timestamp) -> Cell {
    let base = &discount.base;
    if base.ends_at.is_some_and(|end| end < now) {
        Cell::toned("ended", Tone::Quiet)
    } else if base
        .max_redemptions
        .is_some_and(|max| base.redemptions_count >= max)
    {
        Cell::toned("used up", Tone::Quiet)
    } else if base.starts_at.is_some_and(|start| start > now) {
        Cell::toned("scheduled", Tone::Busy)
    } else {
        Cell::toned("active", Tone::Good)
    }
}

async fn detail(dashboard: Dashboard<scope::DiscountsRead>, PathId(id): PathId) -> Answer {
    let discount: Discount = find(&dashboard, id).await?;
    let (base, brief) = (&discount.base, &discount.base.brief);
    let limit = |n: Option<i64>| Cell::Text(n.map_or("No limit".to_owned(), |n| n.to_string()));
    let orders = dashboard.path(&format!("/orders?discount_id={id}"));
    let mut facts = vec![
        Fact::new("Discount ID", Cell::Code(id.to_string())),
        Fact::new(
            "Code",
            brief.code.clone().map_or(
                Cell::Text("None: only your program can apply it".to_owned()),
                Cell::Code,
            ),
        ),
        Fact::new("Takes off", worth(&discount)),
        Fact::new(
            "Used",
            Cell::Link {
                href: orders,
                text: used(&discount),
                note: Some("See orders".to_owned()),
            },
        ),
        Fact::new(
            "Uses per customer",
            limit(base.max_redemptions_per_customer),
        ),
        Fact::new(
            "From",
            Cell::time_or_nothing(base.starts_at, &dashboard.zone),
        ),
        Fact::new(
            "Until",
            Cell::time_or_nothing(base.ends_at, &dashboard.zone),
        ),
    ];
    facts.extend(moments(base.created_at, base.modified_at, &dashboard.zone));
    let products = discount.products.iter();
    let products: Vec<_> = products
        .map(|one| sales::product(&dashboard, &one.base))
        .collect();
    let products = match products.is_empty() {
        true => Cell::Text("Every product, including future ones".to_owned()),
        false => Cell::Many(products),
    };
    let mut parts = vec![
        Part::Facts("Discount", facts),
        Part::Facts("Products", vec![Fact::new("Applies to", products)]),
    ];
    parts.extend(metadata(&base.metadata));
    parts.push(timeline(&dashboard, [id]).await?);
    let state = state(&discount, dashboard.now());
    show(&discount.detail(&dashboard, state, parts))
}

impl Listed for Discount {
    type Read = scope::DiscountsRead;

    const PAGES: ResourcePages = DISCOUNTS;
    const EMPTY: &'static str = "A discount takes a percentage or a fixed amount off: customers enter its code, or your program applies it.";
    const NEW: Option<&'static str> = Some("Create a discount");

    fn id(&self) -> Uuid {
        self.base.brief.id
    }

    fn name(&self) -> String {
        self.base.brief.name.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::discounts::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::discounts::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![Filter::search(query, "Search by name or code")]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Name").by("name"),
            Column::new("Code").by("code"),
            Column::new("Takes off"),
            Column::number("Used").by("redemptions_count"),
            Column::number("Per customer"),
            Column::new("Status"),
            Column::new("Ends").by("ends_at"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        let code = self.base.brief.code.clone();
        vec![
            self.link(viewer),
            code.map_or(Cell::Empty, Cell::Code),
            worth(self),
            Cell::Text(used(self)),
            self.base
                .max_redemptions_per_customer
                .map_or(Cell::Empty, |most| Cell::Text(most.to_string())),
            state(self, viewer.now()),
            Cell::time_or_nothing(self.base.ends_at, &viewer.zone),
            Cell::time(self.base.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let brief = &self.base.brief;
        let mut copies = vec![MenuItem::Copy("Copy discount ID", brief.id.to_string())];
        let code = brief.code.clone();
        copies.extend(code.map(|code| MenuItem::Copy("Copy code", code)));
        menu(viewer, self, copies)
    }
}

impl Resource for Discount {
    type Write = scope::DiscountsWrite;

    const CONSEQUENCE: &'static str = "It can no longer be applied, and its code can be used by another discount. Sessions, orders and subscriptions that already have it keep it.";

    fn fresh(dashboard: &Dashboard<Self::Write>, _: &ListingQuery) -> FormData {
        fill::fresh(dashboard.organization.default_currency)
    }

    fn filled(&self, dashboard: &Dashboard<Self::Write>) -> FormData {
        fill::of_discount(self, &dashboard.zone)
    }

    fn reshape(app: &App, form_data: &mut FormData) -> bool {
        fill::asks_for_more(form_data, || new_code(&app.context()))
    }

    async fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> Result<FormPage> {
        let on_sale = "is_archived=false&sorting=name";
        let products = readable(dashboard, on_sale).await?;
        let groups = fill::groups(dashboard, was, &products, form_data);
        let errors = fill::in_rows(errors.clone(), form_data);
        Ok(form_page(dashboard, was, groups, form_data, &errors))
    }

    async fn create(dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Made {
        let body = fill::body(form_data, &dashboard.zone, None)?;
        let input = body.read(DiscountCreate::read)?;
        let made = dashboard
            .create(form_data, input, actions::discounts::create)
            .await?;
        let name = made.name.unwrap_or_default();
        Ok((made.id, format!("{name} was created.")))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let body = fill::body(form_data, &dashboard.zone, Some(self))?;
        let input = body.read(DiscountUpdate::read)?;
        let saved = actions::discounts::update(&dashboard.caller, self.id(), input).await?;
        Ok(format!("{} was saved.", saved.base.brief.name))
    }

    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, _: &FormData) -> Saved {
        let discount: Self = find(dashboard, id).await?;
        actions::discounts::delete(&dashboard.caller, id).await?;
        Ok(format!("{} was deleted.", discount.base.brief.name))
    }
}
