//! Checkout links: permanent addresses that sell, to be shared or put into a page.

mod fill;

use std::sync::Arc;

use axum::{Router, routing::get};
use till_wire::{
    checkout_links::{CheckoutLink, CheckoutLinkCreate, CheckoutLinkUpdate},
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
        listing::{Column, ListingQuery},
        metadata,
        parts::{Cell, Menu, MenuItem, Tone},
        pay_link,
        resource_pages::{
            CHECKOUT_LINKS, Listed, Made, Resource, ResourcePages, Saved, find, form_page,
            form_routes, list_routes, menu, readable,
        },
        show,
    },
    error::{ApiError, Result},
    http::extract::{Body, Caller, Params, PathId, scope},
    pages::checkout::{fill::trial_words, money::Locale},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<CheckoutLink>(get(detail)).merge(form_routes::<CheckoutLink>())
}

/// The message on a new link's page.
pub const READY: &str = "The link is ready: every visit opens a new checkout.";

/// The name of a link: its label, else what it sells.
fn name(link: &CheckoutLink) -> String {
    let products = || {
        let mut names = link.products.iter().map(|p| p.base.name.clone());
        let first = names.next().unwrap_or_else(|| "Checkout link".to_owned());
        match names.count() {
            0 => first,
            more => format!("{first} and {more} more"),
        }
    };
    link.label
        .clone()
        .filter(|label| !label.trim().is_empty())
        .unwrap_or_else(products)
}

fn products_cell(viewer: &Viewer, link: &CheckoutLink) -> Cell {
    let products = link.products.iter();
    let mut cells: Vec<_> = products
        .map(|p| crate::dashboard::sales::product(viewer, &p.base))
        .collect();
    match cells.len() {
        1 => cells.remove(0),
        _ => Cell::Many(cells),
    }
}

fn discount_cell(link: &CheckoutLink) -> Cell {
    Cell::text(link.discount.as_ref().map(|d| d.brief.name.clone()))
}

fn signature_cell(link: &CheckoutLink) -> Cell {
    match link.require_signature {
        true => Cell::toned("required", Tone::Busy),
        false => Cell::toned("optional", Tone::Quiet),
    }
}

/// The address that people share.
fn short(app: &App, link: &CheckoutLink) -> String {
    app.urls.short_link_url(&link.client_secret)
}

/// A button for a merchant's page, which opens the checkout over it.
fn embed_code(app: &App, link: &CheckoutLink) -> String {
    format!(
        "<a href=\"{}\" data-polar-checkout data-polar-checkout-theme=\"light\">Buy</a>\n\
         <script src=\"{}/embed.js\" defer data-auto-init></script>",
        link.url, app.urls.public_url
    )
}

/// The code for a page, and how a visit is signed.
#[derive(Debug, askama::Template)]
#[template(path = "dashboard/link_code.html")]
struct Code<'a> {
    embed: String,
    secret: Cell,
    url: &'a str,
}

async fn detail(dashboard: Dashboard<scope::CheckoutLinksRead>, PathId(id): PathId) -> Answer {
    let link: CheckoutLink = find(&dashboard, id).await?;
    let yes = |is: bool| Cell::Text(if is { "Yes" } else { "No" }.to_owned());
    let trial = link.trial_interval.zip(link.trial_interval_count);
    let trial = trial.map(|trial| {
        let words = trial_words(trial, Locale::En);
        format!("{words}, instead of the products' own")
    });
    let mut facts = vec![
        Fact::new("Long address", Cell::Code(link.url.clone())),
        Fact::new("Link ID", Cell::Code(id.to_string())),
        Fact::new("Products", products_cell(&dashboard, &link)),
        Fact::new("Discount", discount_cell(&link)),
        Fact::new("Customers can enter a code", yes(link.allow_discount_codes)),
        Fact::new(
            "Asks for the full address",
            yes(link.require_billing_address),
        ),
        Fact::new("Seats", Cell::text(link.seats.map(|n| n.to_string()))),
        Fact::new("Trial", Cell::text(trial)),
        Fact::new("After paying", Cell::text(link.success_url.clone())),
        Fact::new("Back button", Cell::text(link.return_url.clone())),
        Fact::new("Signature", signature_cell(&link)),
    ];
    facts.extend(moments(link.created_at, link.modified_at, &dashboard.zone));
    let code = Code {
        embed: embed_code(&dashboard.app, &link),
        secret: Cell::Secret(link.signing_secret.clone()),
        url: &link.url,
    };
    let short = short(&dashboard.app, &link);
    let mut parts = vec![
        match link.require_signature {
            false => pay_link::part("Link for buyers", &short, "Open the checkout page")?,
            true => Part::Facts(
                "Link to sign",
                vec![Fact::new("Requires a signature", Cell::Code(short))],
            ),
        },
        Part::Facts("Checkout link", facts),
        Part::Html(
            "On your page",
            askama::Template::render(&code).map_err(ApiError::internal)?,
        ),
    ];
    parts.extend(metadata(&link.metadata));
    let state = match link.require_signature {
        true => Cell::toned("signed visits only", Tone::Busy),
        false => Cell::Empty,
    };
    show(&link.detail(&dashboard, state, parts))
}

impl Listed for CheckoutLink {
    type Read = scope::CheckoutLinksRead;

    const PAGES: ResourcePages = CHECKOUT_LINKS;
    const EMPTY: &'static str = "A checkout link sells without any programming: share it, print it, or put it behind a button on your page.";
    const NEW: Option<&'static str> = Some("Create a checkout link");

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        name(self)
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::checkout_links::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::checkout_links::list(caller, params).await
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Link").by("label"),
            Column::new("Products"),
            Column::new("Discount"),
            Column::new("Signature"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            self.link(viewer),
            products_cell(viewer, self),
            discount_cell(self),
            signature_cell(self),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let copies = vec![
            MenuItem::Copy("Copy link", short(&viewer.app, self)),
            MenuItem::Copy("Copy embed code", embed_code(&viewer.app, self)),
            MenuItem::Copy("Copy link ID", self.id.to_string()),
        ];
        menu(viewer, self, copies)
    }
}

impl Resource for CheckoutLink {
    type Write = scope::CheckoutLinksWrite;

    const CONSEQUENCE: &'static str = "Anyone who opens it from now on is told that it no longer works, wherever you have shared it. Checkouts that it has already opened are not affected. This cannot be undone.";

    fn fresh(_: &Dashboard<Self::Write>, asked: &ListingQuery) -> FormData {
        fill::fresh(asked.get("product"))
    }

    fn filled(&self, _: &Dashboard<Self::Write>) -> FormData {
        fill::of_link(self)
    }

    async fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> Result<FormPage> {
        let on_sale = "is_archived=false&sorting=name";
        let (products, discounts) = tokio::try_join!(
            readable(dashboard, on_sale),
            readable(dashboard, "sorting=name"),
        )?;
        let groups = fill::groups(was, &products, &discounts, form_data);
        Ok(form_page(dashboard, was, groups, form_data, errors))
    }

    async fn create(dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Made {
        let input = Body(Some(fill::body(form_data))).read(CheckoutLinkCreate::read)?;
        let made = dashboard
            .create(form_data, input, actions::checkout_links::create)
            .await?;
        Ok((made.id, READY.to_owned()))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let body = Body(Some(fill::change(form_data, self)));
        let input = body.read(CheckoutLinkUpdate::read)?;
        let saved = actions::checkout_links::update(&dashboard.caller, self.id, input).await?;
        Ok(format!("{} was saved.", name(&saved)))
    }

    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, _: &FormData) -> Saved {
        actions::checkout_links::delete(&dashboard.caller, id).await?;
        Ok("The checkout link was deleted.".to_owned())
    }
}
