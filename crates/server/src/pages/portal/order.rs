//! Orders: their list, and each with its sums, who is billed, and its documents.

use axum::{
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;
use till_core::{
    kernel::records::Order,
    orders::{
        payment::OrderRows,
        visit::{self, Standing},
    },
};
use till_wire::orders::{OrderStatus, OrderUpdate};
use uuid::Uuid;

use super::{
    access::{Answer, Id, Visit, answered},
    form::{Errors, Posted, billing_body, billing_fields, filled, read},
    seat_list,
    view::{Badge, Block, Form, List, Look, PortalPage, Row, Tone},
};
use crate::{
    actions::portal::{orders, pages},
    documents::{self, Wanted},
    error::{ApiError, Result},
    pages::{
        checkout::{
            fill,
            money::date,
            view::{Line, Link},
        },
        page,
    },
};

/// An order's state for its customer.
fn badge(visit: &Visit, order: &Order) -> Badge {
    let (id, tone) = match order.status {
        OrderStatus::Draft | OrderStatus::Pending => ("portal-order-due", Tone::Bad),
        OrderStatus::Paid => ("paid", Tone::Good),
        OrderStatus::Refunded => ("portal-order-refunded", Tone::Plain),
        OrderStatus::PartiallyRefunded => ("portal-order-partly-refunded", Tone::Plain),
        OrderStatus::Void => ("portal-order-void", Tone::Plain),
    };
    Badge {
        words: visit.say(id),
        tone,
    }
}

/// An order in a list.
pub(super) fn row(visit: &Visit, order: &Order) -> Row {
    let locale = visit.portal.page_context.locale;
    let day = date(order.created_at, locale);
    let number = order.invoice_number.as_deref().unwrap_or_default();
    Row {
        url: Some(visit.url(&format!("/orders/{}", order.id))),
        title: order.description.clone(),
        badge: Some(badge(visit, order)),
        note: Some(format!("{day} · {number}")),
        aside: Some(fill::display(order.total_amount(), order.currency, locale)),
        forms: Vec::new(),
    }
}

/// The way to pay an order that is due.
pub(super) fn pay(visit: &Visit, order: &Order) -> Block {
    let (app, page_context) = (visit.app(), visit.portal.page_context);
    let total = fill::display(order.due_amount(), order.currency, page_context.locale);
    Block::Pay(Link {
        url: page_context.order_url(&visit::secret(order.id, &app.key)),
        label: page_context.with(
            "portal-pay-order",
            [
                ("total", total.as_str().into()),
                ("name", order.description.as_str().into()),
            ],
        ),
    })
}

/// `GET …/orders`
pub(super) async fn list(visit: Visit, uri: Uri) -> Response {
    let answer = async {
        let viewer = visit.viewer.billing()?;
        let number = page_number(&uri);
        let (orders, more) = pages::orders(visit.app(), &viewer, number).await?;
        let list = Block::List(List {
            title: None,
            rows: orders.iter().map(|one| row(&visit, one)).collect(),
            empty: visit.say("portal-no-orders"),
            more: None,
        });
        let ways = paging(&visit, "/orders", number, more);
        let blocks = std::iter::once(list).chain(ways).collect();
        let shown = visit.page("/orders", visit.say("portal-orders"), blocks);
        Ok(page(StatusCode::OK, &shown))
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

/// The page of a list that the address asks for.
pub(super) fn page_number(uri: &Uri) -> u32 {
    let query = Posted::of_query(uri.query().unwrap_or_default());
    let number = query.get("page").and_then(|text| text.parse().ok());
    number.unwrap_or(1).clamp(1, pages::PAGES)
}

/// The ways to the pages before and after this one of a list.
pub(super) fn paging(visit: &Visit, rest: &str, number: u32, more: bool) -> Option<Block> {
    let at = |number: u32, id: &str| visit.link(&format!("{rest}?page={number}"), id);
    let newer = (number > 1).then(|| at(number - 1, "portal-newer"));
    let older = (more && number < pages::PAGES).then(|| at(number + 1, "portal-older"));
    let links: Vec<Link> = newer.into_iter().chain(older).collect();
    (!links.is_empty()).then_some(Block::Links(links))
}

/// `GET …/orders/{id}`
pub(super) async fn show(visit: Visit, Id(id): Id) -> Response {
    let answer = async {
        visit.billing()?;
        shown(&visit, id, None, StatusCode::OK).await
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

/// The page of an order; `error` is why something was not done.
pub(super) async fn shown(
    visit: &Visit,
    id: Uuid,
    error: Option<String>,
    status: StatusCode,
) -> Answer {
    let rows = pages::order(visit.app(), &visit.viewer.billing()?, id).await?;
    let form = billed(&rows.order);
    let seats = seat_list::of_order(visit, &rows.order).await?;
    let mut shown = order_page(visit, &rows, (&form, &Errors::default()), seats);
    shown.error = error;
    Ok(page(status, &shown))
}

/// The page of an order whose form has problems, or shows what it asks for next.
async fn filled_again(visit: &Visit, rows: &OrderRows, form: &Posted, errors: &Errors) -> Answer {
    let seats = seat_list::of_order(visit, &rows.order).await?;
    let shown = order_page(visit, rows, (form, errors), seats);
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(page(status, &shown))
}

/// Name and address on an order's bill, as its form holds them.
fn billed(order: &Order) -> Posted {
    let address = order.billing_address.as_ref().map(|address| &address.0);
    let part = |of: fn(&till_wire::address::Address) -> Option<&str>| address.and_then(of);
    filled(&[
        ("billing_name", order.billing_name.as_deref()),
        ("country", address.map(|a| a.country.as_str())),
        ("state", part(|a| a.state.as_deref())),
        ("line1", part(|a| a.line1.as_deref())),
        ("line2", part(|a| a.line2.as_deref())),
        ("city", part(|a| a.city.as_deref())),
        ("postal_code", part(|a| a.postal_code.as_deref())),
    ])
}

fn order_page(
    visit: &Visit,
    rows: &OrderRows,
    (form, errors): (&Posted, &Errors),
    seats: Vec<Block>,
) -> PortalPage {
    let (order, page_context) = (&rows.order, visit.portal.page_context);
    let mut blocks = Vec::new();
    if order.standing() == Standing::Due {
        blocks.push(pay(visit, order));
    }
    let mut facts = fill::order_facts(rows, page_context);
    facts.push(crate::pages::checkout::view::Fact {
        label: visit.say("portal-state"),
        value: badge(visit, order).words,
    });
    blocks.push(Block::Facts(None, facts));
    let given_back = order.refunded_amount + order.refunded_tax_amount;
    let mut lines = fill::order_lines(rows, page_context);
    let words = |minor| fill::display(minor, order.currency, page_context.locale);
    if given_back > 0 {
        lines.push(Line {
            is_sum: true,
            ..Line::new(visit.say("total"), words(order.due_amount()))
        });
        lines.push(Line::new(
            visit.say("doc-total-refunded"),
            words(-given_back),
        ));
    }
    let total = match order.standing() {
        Standing::Paid => "paid",
        _ => "amount-due",
    };
    let total = Line::new(visit.say(total), words(order.due_amount() - given_back));
    blocks.push(Block::Sums(None, lines, total));
    blocks.extend(documents(visit, order));
    blocks.extend(seats);
    if order.status != OrderStatus::Void {
        blocks.push(Block::Form(billing_form(visit, order, form, errors)));
    }
    let mut shown = visit.page("/orders", order.description.clone(), blocks);
    shown.up = Some(visit.link("/orders", "portal-orders"));
    shown
}

/// The ways to an order's documents, and what an invoice lacks.
fn documents(visit: &Visit, order: &Order) -> Vec<Block> {
    let link = |rest: &str, id: &str| visit.link(&format!("/orders/{}/{rest}", order.id), id);
    let is_named = order.billing_name.is_some() && order.billing_address.is_some();
    let invoice = (order.has_invoice() && is_named).then(|| link("invoice", "portal-invoice"));
    let receipt = order.receipt_number.is_some();
    let receipt = receipt.then(|| link("receipt", "portal-receipt"));
    let links: Vec<Link> = invoice.into_iter().chain(receipt).collect();
    let mut blocks = Vec::new();
    if order.has_invoice() && !is_named {
        blocks.push(Block::Notice(visit.say("portal-invoice-needs")));
    }
    if !links.is_empty() {
        blocks.push(Block::Links(links));
    }
    blocks
}

fn billing_form(visit: &Visit, order: &Order, form: &Posted, errors: &Errors) -> Form {
    let page_context = visit.portal.page_context;
    Form {
        page_context,
        title: Some(visit.say("portal-billed-to")),
        action: visit.url(&format!("/orders/{}", order.id)),
        key: Some(visit.key()),
        fields: billing_fields(page_context, form, false, errors),
        submit: visit.say("portal-save"),
        look: Look::Quiet,
        ..Form::default()
    }
}

/// `POST …/orders/{id}`: changes who the order is billed to.
pub(super) async fn save(visit: Visit, Id(id): Id, posted: Result<Posted>) -> Response {
    let answer = async {
        let (app, viewer, posted) = (visit.app(), visit.viewer.billing()?, posted?);
        let rows = pages::order(app, &viewer, id).await?;
        if posted.get("intent") == Some("update") {
            return filled_again(&visit, &rows, &posted, &Errors::default()).await;
        }
        if posted.bills_like(&billed(&rows.order)) {
            return Ok(visit.portal.go(&format!("/orders/{id}?done=saved")));
        }
        let body = billing_body(&posted, false);
        let made = async {
            let input = read(&body, OrderUpdate::read)?;
            Box::pin(orders::update(app, viewer, id, input)).await
        };
        match made.await {
            Ok(_) => Ok(visit.portal.go(&format!("/orders/{id}?done=saved"))),
            Err(error) => {
                let errors = wrong(&visit, &error)?;
                filled_again(&visit, &rows, &posted, &errors).await
            }
        }
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

/// The problems of a refused form; any other error as it is.
pub(super) fn wrong(visit: &Visit, error: &ApiError) -> Result<Errors> {
    match error.problems() {
        [] => Err(error.clone()),
        problems => Ok(Errors::of_billing(problems, visit.portal.page_context)),
    }
}

/// `GET …/orders/{id}/invoice`: the file as it is now.
pub(super) async fn invoice(visit: Visit, Id(id): Id) -> Response {
    document(visit, id, Wanted::Invoice(id)).await
}

/// `GET …/orders/{id}/receipt`
pub(super) async fn receipt(visit: Visit, Id(id): Id) -> Response {
    document(visit, id, Wanted::Receipt(id)).await
}

async fn document(visit: Visit, id: Uuid, wanted: Wanted) -> Response {
    let answer = async {
        let viewer = visit.viewer.billing()?;
        pages::order(visit.app(), &viewer, id).await?;
        let made = documents::url(visit.app(), &viewer.organization, wanted);
        match Box::pin(made).await {
            Ok(url) => Ok(Redirect::to(&url).into_response()),
            // It lacks a name or an address, or there is none: the order's page says so.
            Err(error) if error.status().is_client_error() => {
                Ok(visit.portal.go(&format!("/orders/{id}")))
            }
            Err(error) => Err(error),
        }
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}
