//! Orders of a customer.

use till_core::{
    kernel::records::Order as Row,
    orders::visit::Standing,
    portal::{BillingViewer, view},
};
use till_store::List;
use till_wire::{
    orders::{OrderInvoice, OrderReceipt, OrderUpdate, ProductBillingType},
    page::Page,
    portal::CustomerOrder,
};
use uuid::Uuid;

use crate::{
    actions::{documents, orders},
    app::App,
    documents::{Wanted, url},
    error::{OrNotFound, Result},
    http::{
        extract::{
            Params,
            query::{Sorted, ids, query, sorting, text, words},
        },
        idempotency::IdempotencyGuard,
    },
    joined::Joined,
};

const SORT_KEYS: [(&str, &str); 5] = [
    ("created_at", "created_at"),
    ("amount", "net_amount"),
    ("net_amount", "net_amount"),
    ("product", "product"),
    ("subscription", "subscription"),
];

query! {
    /// The query of a list of a customer's orders.
    pub(crate) struct ListQuery {
        /// Search for a part of the product's name, in any case.
        query: Option<String> = text(),
        /// Filter by product ID.
        product_id: Vec<Uuid> = ids(),
        /// Filter by the billing of the product.
        product_billing_type: Vec<ProductBillingType> = words::<ProductBillingType>(),
        /// Filter by subscription ID.
        subscription_id: Vec<Uuid> = ids(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists the customer's orders.
pub async fn list(
    app: &App,
    viewer: BillingViewer<'_>,
    mut params: Params,
) -> Result<Page<CustomerOrder>> {
    let sent = ListQuery::read(&mut params);
    let own = viewer.organization.id;
    let list = List::of::<Row>(own)
        .eq("customer_id", viewer.customer.id)
        // Drafts are the merchant's: they have no number until they are paid.
        .not_null("invoice_number")
        .any_of("product_id", sent.product_id)
        .any_of("subscription_id", sent.subscription_id)
        .search_products(own, sent.query.as_deref())
        .sorted(sent.sorting);
    let list = orders::billed(list, &sent.product_billing_type);
    let (rows, page) = params.page::<Row>(app, list).await?;
    let orders = Joined::customer_orders(app, &viewer.organization, &rows).await?;
    Ok(page.of(orders))
}

/// One of the customer's orders; a draft is none.
pub async fn row(app: &App, viewer: BillingViewer<'_>, id: Uuid) -> Result<Row> {
    let row = app.store.order(viewer.organization.id, id).await?;
    let is_theirs = |row: &Row| row.customer_id == viewer.customer.id;
    row.filter(|row| is_theirs(row) && row.standing() != Standing::Draft)
        .or_not_found()
}

/// Shows an order.
pub async fn get(app: &App, viewer: BillingViewer<'_>, id: Uuid) -> Result<CustomerOrder> {
    let rows = [row(app, viewer, id).await?];
    let mut shown = Joined::customer_orders(app, &viewer.organization, &rows).await?;
    shown.pop().or_not_found()
}

/// Changes who is billed for an order.
pub async fn update(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
    input: OrderUpdate,
) -> Result<CustomerOrder> {
    row(app, viewer, id).await?;
    let (organization, whose) = (&viewer.organization, (id, Some(viewer.customer.id)));
    let (rows, order) = orders::bill_to(app, organization, whose, input).await?;
    let subscription = rows.subscription();
    let (customer, offered) = (&rows.customer, &rows.offered);
    Ok(view::order(
        &order,
        customer,
        offered,
        subscription,
        organization,
    ))
}

/// Has an order's invoice made, unless it is there and says what it would say now.
pub async fn generate_invoice(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
    guard: &IdempotencyGuard,
) -> Result<()> {
    row(app, viewer, id).await?;
    documents::request_invoice(app, &viewer.organization, id, guard).await
}

/// Address of the invoice that was made last.
pub async fn invoice(app: &App, viewer: BillingViewer<'_>, id: Uuid) -> Result<OrderInvoice> {
    let row = row(app, viewer, id).await?;
    documents::kept_invoice(app, row)
}

/// Address of the receipt, as it is now.
pub async fn receipt(app: &App, viewer: BillingViewer<'_>, id: Uuid) -> Result<OrderReceipt> {
    row(app, viewer, id).await?;
    let url = Box::pin(url(app, &viewer.organization, Wanted::Receipt(id))).await?;
    Ok(OrderReceipt { url })
}
