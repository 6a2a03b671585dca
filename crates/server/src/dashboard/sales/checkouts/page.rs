//! A session's page: what is paid, by whom, how to pay it, and how a program makes the same.

use askama::Template;
use till_wire::{
    checkouts::{Checkout, CheckoutBase},
    orders::Order,
    payments::Payment,
    tax::TaxLine,
};

use super::{customer, is_open};
use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        answers::answers,
        buyers::Buyers,
        detail::{Fact, Part},
        metadata,
        parts::Cell,
        pay_link,
        programs::{self, Program, Token},
        resource_pages::{Listed, Related},
        sales::{
            self,
            bill::{self, Bill, Line},
        },
        show,
        timeline::timeline,
    },
    error::{ApiError, Result},
    http::extract::{PathId, scope},
};

/// The programs that make the same session.
#[derive(Debug, Template)]
#[template(path = "dashboard/programs.html")]
struct Programs {
    programs: [Program; 3],
    variable: &'static str,
}

fn same(app: &App, base: &CheckoutBase) -> Result<Part> {
    let product = base.product_id.to_string();
    let programs = Programs {
        programs: programs::all(&app.urls.public_url, &product, Token::Environment),
        variable: programs::VARIABLE,
    };
    Ok(Part::Html(
        "Create such a session from your program",
        programs.render().map_err(ApiError::internal)?,
    ))
}

pub(super) async fn detail(
    dashboard: Dashboard<scope::CheckoutsRead>,
    PathId(id): PathId,
) -> Answer {
    let session = actions::checkouts::get_session(&dashboard.caller, id).await?;
    let one = session.merchant_view(&dashboard.app.urls);
    let key = ("checkout_id", id);
    let (orders, payments) = tokio::try_join!(
        Related::<Order>::find(&dashboard, key),
        Related::<Payment>::find(&dashboard, key),
    )?;
    let mut subjects = vec![id];
    let sold = orders.iter().flat_map(|found| &found.page.items);
    subjects.extend(sold.flat_map(|order| {
        [Some(order.id), order.subscription_id]
            .into_iter()
            .flatten()
    }));
    let buyers = Checkout::buyers(&dashboard.caller, std::slice::from_ref(&one)).await?;
    let lines = session.checkout.terms.tax_breakdown.as_ref();
    let mut parts = Vec::new();
    if is_open(&one.base) {
        parts.push(pay_link::part(
            "Link for the buyer",
            &one.base.url,
            "Open the checkout page",
        )?);
    }
    parts.extend([
        about(&dashboard, &one),
        bill(&dashboard, &one.base, lines.map(|lines| lines.0.as_slice())).part("Amounts")?,
        buyer(&dashboard, &one, &buyers),
    ]);
    let words = "No one has tried to pay yet.";
    parts.extend(payments.map(|some| some.part(&dashboard, words)));
    let words = "It becomes an order when it is paid.";
    parts.extend(orders.map(|some| some.part(&dashboard, words)));
    parts.extend(answers(&dashboard, &one.base.custom_field_data).await?);
    parts.extend(metadata(&one.metadata));
    parts.push(timeline(&dashboard, subjects).await?);
    parts.push(same(&dashboard.app, &one.base)?);
    show(&one.detail(&dashboard, Cell::state(one.base.status.as_str()), parts))
}

fn about(viewer: &Viewer, one: &Checkout) -> Part {
    let base = &one.base;
    let products = base
        .products
        .iter()
        .map(|p| sales::product(viewer, &p.base));
    let mut facts = vec![
        Fact::new("Checkout ID", Cell::Code(base.id.to_string())),
        Fact::new("Created", Cell::time(base.created_at, &viewer.zone)),
        Fact::new("Expires", Cell::time(base.expires_at, &viewer.zone)),
    ];
    if base.products.len() > 1 {
        facts.push(Fact::new("To choose from", Cell::Many(products.collect())));
    }
    let urls = [
        ("After the payment", Some(base.success_url.clone())),
        ("Back button", base.return_url.clone()),
    ];
    for (name, url) in urls {
        facts.extend(url.map(|url| Fact::new(name, Cell::Text(url))));
    }
    if let Some(id) = one.subscription_id {
        let words = "The subscription that it upgrades";
        facts.push(Fact::new(
            "Upgrade",
            sales::linked(viewer, "subscriptions", Some(id), words),
        ));
    }
    Part::Facts("Checkout", facts)
}

fn bill(viewer: &Viewer, base: &CheckoutBase, taxes: Option<&[TaxLine]>) -> Bill {
    let line = |label: &str, minor: i64| Line::new(label, minor, base.currency);
    let product = &base.product.base;
    let mut sums = Vec::new();
    if base.discount_amount != 0 {
        let name = base.discount.as_ref().map(|d| d.name.as_str());
        sums.push(line(&sales::discount(name), -base.discount_amount));
    }
    sums.extend(bill::taxes(base.tax_amount, taxes, base.currency));
    let total = line("Total", base.total_amount).total();
    sums.push(match base.tax_behavior.as_deref() {
        Some("inclusive") => total.note("The price includes the tax."),
        _ => total,
    });
    Bill {
        product: Some(("Product", sales::product(viewer, product))),
        lines: vec![line(&product.name, base.amount)],
        sums,
        billed_to: Vec::new(),
    }
}

fn buyer(viewer: &Viewer, one: &Checkout, buyers: &Buyers) -> Part {
    let base = &one.base;
    let address = base.customer_billing_address.as_ref();
    let external = match &one.conflicting_external_customer_id {
        None => Cell::text(one.external_customer_id.clone()),
        Some(named) => Cell::Noted(
            named.clone(),
            "The customer does not have this external ID. Check who should receive the purchase."
                .to_owned(),
        ),
    };
    let mut facts = vec![
        Fact::new("Customer", customer(viewer, one, buyers)),
        Fact::new("External ID", external),
        Fact::new("Billing address", sales::address(address)),
    ];
    let sometimes = [
        ("Billing name", &base.customer_billing_name),
        ("Tax ID", &base.customer_tax_id),
        ("Language", &base.locale),
        ("IP address", &base.customer_ip_address),
    ];
    for (name, text) in sometimes {
        if text.is_some() {
            facts.push(Fact::new(name, Cell::text(text.clone())));
        }
    }
    Part::Facts("Buyer", facts)
}
