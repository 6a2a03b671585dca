//! Shared parts of the pages about sales: cells and amounts.

pub mod bill;
pub mod checkouts;
pub mod collection;
pub mod declines;
pub mod disputes;
pub mod documents;
pub mod orders;
pub mod payments;
pub mod refunds;
mod seats;
pub mod subscriptions;

use std::sync::Arc;

use axum::Router;
use till_core::kernel::records::ProcessorName;
use till_wire::{
    address::Address, money::Currency, orders::BillingReason, payments::PaymentTrigger,
    products::ProductBase, values::Interval,
};
use uuid::Uuid;

use super::{
    detail::Fact,
    parts::{Cell, Tone, money, sentence},
};
use crate::{
    app::App,
    dashboard::access::Viewer,
    pages::checkout::money::{Locale, interval_words},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(orders::routes())
        .merge(collection::routes())
        .merge(subscriptions::routes())
        .merge(checkouts::routes())
        .merge(payments::routes())
        .merge(refunds::routes())
        .merge(disputes::routes())
}

/// The API's parameters for the moments between which most things were made.
pub const CREATED: (&str, &str) = ("created_after", "created_before");

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

/// The product that is bought.
pub fn product(viewer: &Viewer, product: &ProductBase) -> Cell {
    Cell::link(
        viewer.path(&format!("/products/{}", product.id)),
        &product.name,
    )
}

/// The cause of an order, in words.
pub fn billing_reason(reason: BillingReason) -> &'static str {
    match reason {
        BillingReason::Purchase => "Purchase",
        BillingReason::SubscriptionCreate => "New subscription",
        BillingReason::SubscriptionCycle => "Renewal",
        BillingReason::SubscriptionMeterCycle => "Usage",
        BillingReason::SubscriptionUpdate => "Subscription change",
    }
}

/// The cause of a payment, in words.
pub fn trigger(trigger: PaymentTrigger) -> &'static str {
    match trigger {
        PaymentTrigger::Purchase => "Purchase",
        PaymentTrigger::SubscriptionCycle => "Renewal",
        PaymentTrigger::RetryDunning => "Scheduled retry",
        PaymentTrigger::RetryCustomer => "Paid by the customer",
        PaymentTrigger::RetryPaymentMethodUpdate => "Retry with a new card",
        PaymentTrigger::RetryAdmin => "Retry by hand",
    }
}

/// The name of an order: its invoice number, which a draft does not have yet.
pub fn number(invoice_number: Option<&str>) -> &str {
    invoice_number.unwrap_or("Draft")
}

/// The label of an amount that was taken off.
pub fn discount(name: Option<&str>) -> String {
    name.map_or_else(|| "Discount".to_owned(), |name| format!("Discount: {name}"))
}

/// A link to the page of something that is known by its id alone.
pub fn linked(viewer: &Viewer, area: &str, id: Option<Uuid>, words: &str) -> Cell {
    id.map_or(Cell::Empty, |id| {
        Cell::link(viewer.path(&format!("/{area}/{id}")), words)
    })
}

/// A link to a thing's page in the dashboard of the processor that knows it by `reference`; none where that has no such
/// page, or is not the processor in use.
pub fn at_processor(
    viewer: &Viewer,
    (processor, reference): (ProcessorName, Option<&str>),
) -> Option<Cell> {
    let in_use = &viewer.app.processor;
    let href = reference.filter(|_| processor == in_use.name());
    let href = href.and_then(|reference| in_use.dashboard_url(reference))?;
    let text = format!("Open in {}", sentence(processor.as_str()));
    Some(Cell::Outside { href, text })
}

/// The same as a fact.
pub fn processor_fact(viewer: &Viewer, known: (ProcessorName, Option<&str>)) -> Option<Fact> {
    let link = at_processor(viewer, known)?;
    Some(Fact::new(
        format!("At {}", sentence(known.0.as_str())),
        link,
    ))
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
