//! Orders.

pub mod drafts;
pub mod export;
pub mod retry;

use jiff::Timestamp;
use till_core::{
    kernel::records::{Order as Row, Organization},
    orders::{edit, payment::OrderRows, visit},
};
use till_store::List;
use till_wire::{
    orders::{Order, OrderPaymentPage, OrderStatus, OrderUpdate, ProductBillingType},
    page::Page,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::extract::{
        Caller, Params,
        query::{
            MetadataFilters, Sorted, ids, metadata, moment, query, sorting, text, texts, words,
        },
        scope,
    },
    joined::Joined,
};

const SORT_KEYS: [(&str, &str); 9] = [
    ("created_at", "created_at"),
    ("status", "status"),
    ("invoice_number", "invoice_number"),
    ("amount", "net_amount"),
    ("net_amount", "net_amount"),
    ("customer", "customer"),
    ("product", "product"),
    ("discount", "discount"),
    ("subscription", "subscription"),
];

query! {
    /// The query of a list of orders.
    pub(crate) struct ListQuery {
        /// Search for a part of the invoice number, or of the customer's e-mail address or name, in any case.
        query: Option<String> = text(),
        /// Filter by product ID.
        product_id: Vec<Uuid> = ids(),
        /// Filter by the billing of the product.
        product_billing_type: Vec<ProductBillingType> = words::<ProductBillingType>(),
        /// Filter by discount ID.
        discount_id: Vec<Uuid> = ids(),
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID.
        external_customer_id: Vec<String> = texts(),
        /// Filter by checkout session ID.
        checkout_id: Vec<Uuid> = ids(),
        /// Filter by subscription ID.
        subscription_id: Vec<Uuid> = ids(),
        /// Filter by status.
        status: Vec<OrderStatus> = words::<OrderStatus>(),
        /// Filter by time of creation: only orders after this time.
        created_after: Option<Timestamp> = moment(),
        /// Filter by time of creation: only orders before this time.
        created_before: Option<Timestamp> = moment(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists orders.
pub async fn list(caller: &Caller<scope::OrdersRead>, mut params: Params) -> Result<Page<Order>> {
    let app = &caller.app;
    let sent = ListQuery::read(&mut params);
    let own = caller.organization.id;
    let list = List::of::<Row>(own)
        .any_of("organization_id", params.organizations())
        .any_of("product_id", sent.product_id)
        .any_of("customer_id", sent.customer_id)
        .of_external_customers(sent.external_customer_id)
        .any_of("checkout_id", sent.checkout_id)
        .any_of("subscription_id", sent.subscription_id)
        .any_of("discount_id", sent.discount_id)
        .any_of("status", sent.status)
        .later_than("created_at", sent.created_after)
        .before("created_at", sent.created_before)
        .search_buyers(own, &["invoice_number"], sent.query.as_deref())
        .all_metadata(&sent.metadata)
        .sorted(sent.sorting);
    let list = billed(list, &sent.product_billing_type);
    let (rows, page) = params.page::<Row>(app, list).await?;
    let orders = Joined::orders(app, &caller.organization, &rows).await?;
    Ok(page.of(orders))
}

/// Only of products that are paid so; both kinds, or none named: all.
pub(super) fn billed(list: List, kinds: &[ProductBillingType]) -> List {
    use ProductBillingType::{OneTime, Recurring};
    match (kinds.contains(&OneTime), kinds.contains(&Recurring)) {
        (true, false) => list.of_recurring_products(false),
        (false, true) => list.of_recurring_products(true),
        _ => list,
    }
}

/// Shows an order.
pub async fn get(caller: &Caller<scope::OrdersRead>, id: Uuid) -> Result<Order> {
    Ok(get_with_row(caller, id).await?.0)
}

/// Shows an order, and the row that it was made of.
pub async fn get_with_row(caller: &Caller<scope::OrdersRead>, id: Uuid) -> Result<(Order, Row)> {
    shown(&caller.app, &caller.organization, id).await
}

/// An order as it is now, and its row.
async fn shown(app: &App, organization: &Organization, id: Uuid) -> Result<(Order, Row)> {
    let row = app.store.order(organization.id, id).await.or_not_found()?;
    let rows = std::slice::from_ref(&row);
    let mut shown = Joined::orders(app, organization, rows).await?;
    Ok((shown.pop().or_not_found()?, row))
}

/// Shows the page on which the customer can pay an order; of one that is not due, the page says why.
pub async fn payment_page(
    caller: &Caller<scope::OrdersRead>,
    id: Uuid,
) -> Result<OrderPaymentPage> {
    let (app, own) = (&caller.app, caller.organization.id);
    let order = app.store.order(own, id).await.or_not_found()?;
    let secret = visit::secret(order.id, &app.key);
    let url = app.urls.order_url(&secret);
    Ok(OrderPaymentPage { url })
}

/// Changes who is billed for an order.
pub async fn update(
    caller: &Caller<scope::OrdersWrite>,
    id: Uuid,
    input: OrderUpdate,
) -> Result<Order> {
    let (app, organization) = (&caller.app, &caller.organization);
    let (rows, order) = bill_to(app, organization, (id, None), input).await?;
    Ok(rows.view_of(&order))
}

/// Changes who is billed for an order, which has to be of this customer where one is named; the order as it is then, with
/// the rows as they were.
pub(super) async fn bill_to(
    app: &App,
    organization: &Organization,
    (id, customer_id): (Uuid, Option<Uuid>),
    input: OrderUpdate,
) -> Result<(OrderRows, Row)> {
    app.retry_on_conflict(|| async {
        let row = app.store.order(organization.id, id).await?;
        let row = row.filter(|row| customer_id.is_none_or(|own| own == row.customer_id));
        let row = row.or_not_found()?;
        let (rows, subscribers) =
            tokio::try_join!(Joined::order_rows(app, organization, row), async {
                Ok(app.store.subscribers(organization.id).await?)
            },)?;
        let updated = edit::update(
            &rows,
            input.clone(),
            &subscribers,
            &app.context_of(organization),
        )?;
        let order = app.apply(updated).await?;
        Ok((rows, order))
    })
    .await
}
