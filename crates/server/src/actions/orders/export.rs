//! Orders as a table.

use jiff::{Timestamp, tz::TimeZone};
use till_core::kernel::records::{Order as Row, Organization};
use till_store::{List, Order as Way};
use till_wire::orders::{Order, OrderExportColumn as Column, OrderStatus};
use uuid::Uuid;

use crate::{
    actions::export::{Columns, Export, Exported},
    app::App,
    error::Result,
    http::extract::{
        Caller, Params,
        query::{exact_moment, ids, query, time_zone, words},
        scope,
    },
    joined::Joined,
    table::{Line, decimal, moment, typed, typed_or_empty},
};

query! {
    /// The query of an export of orders.
    pub(crate) struct ExportQuery {
        /// Filter by product ID.
        product_id: Vec<Uuid> = ids(),
        /// Filter by status.
        status: Vec<OrderStatus> = words::<OrderStatus>(),
        /// Filter by time of creation: only orders after this time, which must have a UTC offset.
        created_after: Option<Timestamp> = exact_moment(),
        /// Filter by time of creation: only orders before this time, which must have a UTC offset.
        created_before: Option<Timestamp> = exact_moment(),
        /// Time zone of the times in the file, by its IANA name.
        timezone: TimeZone = time_zone(),
        /// Columns of the file, in this order; by default `email`, `created_at`, `product`, `net_amount`, `currency`,
        /// `status` and `invoice_number`.
        columns: Vec<Column> = words::<Column>(),
    }
}

/// The columns that a table has if none are named.
const USUAL: [Column; 7] = [
    Column::Email,
    Column::CreatedAt,
    Column::Product,
    Column::NetAmount,
    Column::Currency,
    Column::Status,
    Column::InvoiceNumber,
];

/// Orders as a table, newest first.
#[derive(Debug)]
pub struct Orders(Columns<Column>);

/// Begins an export: the table's head, and its lines.
pub fn export(
    caller: &Caller<scope::OrdersRead>,
    mut params: Params,
) -> Result<(Line, Export<Orders>)> {
    let sent = ExportQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .any_of("product_id", sent.product_id)
        .any_of("status", sent.status)
        .later_than("created_at", sent.created_after)
        .before("created_at", sent.created_before)
        .order("created_at", Way::Desc);
    params.finish()?;
    let columns = Columns::new(sent.columns, &USUAL, sent.timezone);
    let head = columns.line(|column| heading(column).to_owned());
    Ok((head, Export::new(caller, list, Orders(columns))))
}

impl Exported for Orders {
    type Row = Row;

    async fn lines(
        &self,
        app: &App,
        organization: &Organization,
        rows: &[Row],
    ) -> Result<Vec<Line>> {
        let orders = Joined::orders(app, organization, rows).await?;
        Ok(orders
            .iter()
            .map(|order| self.0.line(|column| self.cell(order, column)))
            .collect())
    }
}

impl Orders {
    fn cell(&self, order: &Order, column: Column) -> String {
        let amount = |minor| decimal(minor, order.currency);
        let address = order.billing_address.as_ref();
        match column {
            Column::Email => typed_or_empty(order.customer.email.as_deref()),
            Column::CreatedAt => moment(order.created_at, &self.0.zone),
            Column::Product => typed(&order.product.base.name),
            Column::NetAmount => amount(order.net_amount),
            Column::Currency => order.currency.to_string(),
            Column::Status => order.status.to_string(),
            Column::InvoiceNumber => typed_or_empty(order.invoice_number.as_deref()),
            Column::CustomerName => typed_or_empty(order.customer.name.as_deref()),
            Column::BillingName => typed_or_empty(order.billing_name.as_deref()),
            Column::BillingCountry => address.map(|a| a.country.to_string()).unwrap_or_default(),
            Column::SubtotalAmount => amount(order.subtotal_amount),
            Column::DiscountAmount => amount(order.discount_amount),
            Column::TaxAmount => amount(order.tax_amount),
            Column::TotalAmount => amount(order.total_amount),
            Column::RefundedAmount => amount(order.refunded_amount),
            Column::BillingReason => order.billing_reason.to_string(),
        }
    }
}

fn heading(column: Column) -> &'static str {
    match column {
        Column::Email => "Email",
        Column::CreatedAt => "Created At",
        Column::Product => "Product",
        Column::NetAmount => "Net Amount",
        Column::Currency => "Currency",
        Column::Status => "Status",
        Column::InvoiceNumber => "Invoice number",
        Column::CustomerName => "Customer Name",
        Column::BillingName => "Billing Name",
        Column::BillingCountry => "Billing Country",
        Column::SubtotalAmount => "Subtotal",
        Column::DiscountAmount => "Discount",
        Column::TaxAmount => "Tax",
        Column::TotalAmount => "Total",
        Column::RefundedAmount => "Refunded Amount",
        Column::BillingReason => "Billing Reason",
    }
}
