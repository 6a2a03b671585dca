//! Refunds on the page of their order: the form, what the buyer gets back before it is sent, and the list.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use axum::{
    Router,
    response::{Html, IntoResponse},
    routing::{get, post},
};
use till_core::kernel::records::{Order as Row, Refund as RefundRow};
use till_wire::{
    input::Words,
    money::Currency,
    orders::Order,
    page::Page,
    refunds::{Refund, RefundCreate, RefundReason},
};
use uuid::Uuid;

use super::bill::{Bill, Line};
use crate::{
    actions::{self, refunds::preview},
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        detail::{Action, Part},
        done,
        form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        listing::{Column, Empty, Listing, ListingQuery},
        parts::{Cell, money, sentence},
        resource_pages::ORDERS,
        sales, show, show_again,
    },
    error::{ApiError, OrNotFound, Result},
    http::extract::{Body, PathId, scope},
    pages::checkout::money::{Locale, editable, parse},
};

/// Sent along once the person has seen what the buyer gets back.
const SEEN: &str = "_seen";

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(&ORDERS.at("/{id}/refund"), get(fill).post(send))
        .route(&ORDERS.at("/{id}/refund/preview"), post(live))
}

/// The way to the form, where something is left to be given back and the person may do so.
pub fn action(viewer: &Viewer, order: &Order) -> Option<Action> {
    let is_left = order.paid && order.refundable_amount > 0;
    let may = viewer.may::<scope::RefundsWrite>().is_ok();
    (is_left && may).then(|| Action::Go("Refund", ORDERS.path(viewer, order.id, "/refund")))
}

/// The order's refunds as a part of its page; none where there are none. `rows`: those that they were made of.
pub fn part(viewer: &Viewer, refunds: &[Refund], rows: &[RefundRow]) -> Option<Part> {
    if refunds.is_empty() {
        return None;
    }
    let link = |row: &RefundRow| {
        let known = (row.processor, row.reference.as_deref());
        Some((row.id, sales::at_processor(viewer, known)?))
    };
    let links: HashMap<Uuid, Cell> = rows.iter().filter_map(link).collect();
    let mut columns = vec![
        Column::new("Reason"),
        Column::number("Amount"),
        Column::number("Tax in it"),
        Column::new("Status"),
        Column::new("Created"),
    ];
    if !links.is_empty() {
        columns.push(Column::new("At the processor"));
    }
    let row = |refund: &Refund| {
        let reason = sentence(refund.reason.as_str());
        let dispute = refund.dispute.as_ref().map(|dispute| dispute.id);
        let mut cells = vec![
            match dispute {
                Some(id) => sales::linked(viewer, "disputes", Some(id), &reason),
                None => Cell::Text(reason),
            },
            Cell::money(refund.amount + refund.tax_amount, refund.currency),
            Cell::money(refund.tax_amount, refund.currency),
            Cell::state(refund.status.as_str()),
            Cell::time(refund.created_at, &viewer.zone),
        ];
        if !links.is_empty() {
            cells.push(links.get(&refund.id).cloned().unwrap_or(Cell::Empty));
        }
        crate::dashboard::listing::Row::new(cells)
    };
    let query = ListingQuery::new(&viewer.path("/orders"), "");
    let empty = Empty {
        words: "Nothing was given back.",
        step: None,
    };
    let total = i64::try_from(refunds.len()).unwrap_or(i64::MAX);
    let page = Page::new(refunds.to_vec(), total, u32::MAX);
    let list = Listing::of(query, "Refunds", columns, &page, row, empty);
    Some(Part::list("Refunds", list.part()))
}

/// The order whose money is to be given back.
async fn order(dashboard: &Dashboard<scope::RefundsWrite>, id: Uuid) -> Result<Row> {
    let own = dashboard.organization.id;
    dashboard.app.store.order(own, id).await.or_not_found()
}

async fn fill(dashboard: Dashboard<scope::RefundsWrite>, PathId(id): PathId) -> Answer {
    let order = order(&dashboard, id).await?;
    let (left, _) = left(&dashboard, &order, None).await?;
    let mut form_data = FormData::default();
    let decimals = order.currency.decimals();
    form_data.set("amount", editable(left, decimals));
    form_data.set("reason", RefundReason::CustomerRequest.as_str());
    show(&form_page(&dashboard, &order, &form_data, &FormErrors::default()).await?)
}

/// Rest of an order, and what the buyer gets for an amount, as a bill.
async fn left(
    dashboard: &Dashboard<scope::RefundsWrite>,
    order: &Row,
    amount: Option<i64>,
) -> Result<(i64, Bill)> {
    let caller = dashboard.may::<scope::RefundsRead>()?;
    let (left, parts) = preview(&caller, order, amount).await?;
    let line = |label: &str, minor| Line::new(label, minor, order.currency);
    let product = Cell::link(
        ORDERS.path(dashboard, order.id, ""),
        order.description.clone(),
    );
    let bill = Bill {
        product: Some(("Of", product)),
        lines: vec![line("Amount without tax", parts.net)],
        sums: vec![
            line("Tax in it", parts.tax),
            line("The buyer gets back", parts.total()).total(),
        ],
        billed_to: Vec::new(),
    };
    Ok((left.net, bill))
}

async fn form_page(
    dashboard: &Dashboard<scope::RefundsWrite>,
    order: &Row,
    form_data: &FormData,
    errors: &FormErrors,
) -> Result<FormPage> {
    let amount = typed_amount(form_data, order.currency);
    let (most, bill) = left(dashboard, order, amount).await?;
    let reasons = RefundReason::ALL.iter().copied();
    let reasons = reasons.filter(|reason| *reason != RefundReason::DisputePrevention);
    let hint = format!(
        "In {}, without tax; at most {}. The tax on it is given back with it.",
        order.currency.as_str().to_uppercase(),
        money(most, order.currency)
    );
    let fields = vec![
        Field::new("amount", "Amount", Kind::Amount)
            .hint(hint)
            .required()
            .focus(),
        Field::new(
            "reason",
            "Reason",
            Kind::choice(reasons.map(|one| (one.word(), sentence(one.word())))),
        )
        .required(),
        Field::new("comment", "Comment", Kind::Area(3))
            .hint("For yourselves; the buyer never sees it."),
    ];
    let here = ORDERS.path(dashboard, order.id, "/refund");
    let mut form = Form::new(&here, "Continue", vec![Group::new("", fields)]);
    form.preview = Some(format!("{here}/preview"));
    let number = sales::number(order.invoice_number.as_deref());
    let title = format!("Refund {number}");
    Ok(FormPage {
        layout: ORDERS.under_one(dashboard, (order.id, number), title),
        form: form.again(form_data, errors),
        aside: Some(bill.render().map_err(ApiError::internal)?),
    })
}

fn typed_amount(form_data: &FormData, currency: Currency) -> Option<i64> {
    let text = form_data.filled("amount")?;
    parse(text, currency, Locale::En)
}

/// The preview while the form is being filled in.
async fn live(
    dashboard: Dashboard<scope::RefundsWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let order = order(&dashboard, id).await?;
    let amount = typed_amount(&form_data, order.currency).unwrap_or(0);
    let (_, bill) = left(&dashboard, &order, Some(amount)).await?;
    let html = bill.render().map_err(ApiError::internal)?;
    Ok(Html(html).into_response())
}

/// The API's body.
fn body(form_data: &FormData, order: &Row) -> Result<RefundCreate> {
    let mut body = form_data.json();
    let amount = typed_amount(form_data, order.currency);
    let Some(amount) = amount else {
        return Err(FormErrors::field("amount", "Enter an amount, such as 29.00.").into());
    };
    body["amount"] = amount.into();
    body["order_id"] = order.id.to_string().into();
    Body(Some(body)).read(RefundCreate::read)
}

/// Shows what the buyer gets back, and gives it back once that was seen.
async fn send(
    dashboard: Dashboard<scope::RefundsWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let order = order(&dashboard, id).await?;
    let input = match judged(body(&form_data, &order))? {
        Ok(input) => input,
        Err(errors) => return again(&dashboard, &order, &form_data, &errors).await,
    };
    let (most, bill) = left(&dashboard, &order, Some(input.amount)).await?;
    if input.amount > most {
        let words = format!("At most {} can be refunded.", money(most, order.currency));
        let errors = FormErrors::field("amount", words);
        return again(&dashboard, &order, &form_data, &errors).await;
    }
    if !form_data.ticked(SEEN) {
        return show(&question(&dashboard, &order, &form_data, &bill)?);
    }
    let made = dashboard.create(&form_data, input, actions::refunds::create);
    match judged(made.await)? {
        Ok(_) => done(&ORDERS.path(&dashboard, id, ""), "The refund was made."),
        Err(errors) => again(&dashboard, &order, &form_data, &errors).await,
    }
}

async fn again(
    dashboard: &Dashboard<scope::RefundsWrite>,
    order: &Row,
    form_data: &FormData,
    errors: &FormErrors,
) -> Answer {
    show_again(&form_page(dashboard, order, form_data, errors).await?)
}

/// The page that shows what the buyer gets back before anything is sent.
fn question(
    dashboard: &Dashboard<scope::RefundsWrite>,
    order: &Row,
    form_data: &FormData,
    bill: &Bill,
) -> Result<FormPage> {
    let names = ["amount", "reason", "comment"];
    let sent = names.iter().filter(|name| form_data.ticked(name));
    let mut fields: Vec<_> = sent
        .map(|name| Field::new(*name, *name, Kind::Hidden))
        .collect();
    fields.push(Field::new(SEEN, SEEN, Kind::Hidden).value("true"));
    let note = "The money goes back to the card that paid. A refund cannot be taken back.";
    let group = Group::new("", fields).note(note);
    let here = ORDERS.path(dashboard, order.id, "/refund");
    let mut form = Form::new(&here, "Refund now", vec![group]).idempotency_key(dashboard);
    form.danger = true;
    form.back = Some(ORDERS.path(dashboard, order.id, ""));
    let number = sales::number(order.invoice_number.as_deref());
    let title = format!("Refund {number}?");
    let layout = ORDERS.under_one(dashboard, (order.id, number), title);
    Ok(FormPage {
        layout,
        form: form.again(form_data, &FormErrors::default()),
        aside: Some(bill.render().map_err(ApiError::internal)?),
    })
}
