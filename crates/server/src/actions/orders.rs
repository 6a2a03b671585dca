//! Orders.

use jiff::Timestamp;
use till_core::kernel::records::Order as Row;
use till_store::List;
use till_wire::{
    orders::{Order, OrderStatus, ProductBillingType},
    page::Page,
};
use uuid::Uuid;

use crate::{
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
        /// Only with an invoice number, or of customers whose e-mail or name, that contains this, in any case.
        query: Option<String> = text(),
        /// Only of these products.
        product_id: Vec<Uuid> = ids(),
        /// Only of products that are paid so.
        product_billing_type: Vec<ProductBillingType> = words::<ProductBillingType>(),
        /// Only with these discounts.
        discount_id: Vec<Uuid> = ids(),
        /// Only of these customers.
        customer_id: Vec<Uuid> = ids(),
        /// Only of customers with these ids of the merchant.
        external_customer_id: Vec<String> = texts(),
        /// Only of these sessions.
        checkout_id: Vec<Uuid> = ids(),
        /// Only of these subscriptions.
        subscription_id: Vec<Uuid> = ids(),
        /// Only in these states.
        status: Vec<OrderStatus> = words::<OrderStatus>(),
        /// Only made after this moment.
        created_after: Option<Timestamp> = moment(),
        /// Only made before this moment.
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
fn billed(list: List, kinds: &[ProductBillingType]) -> List {
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
    let app = &caller.app;
    let own = caller.organization.id;
    let row = app.store.order(own, id).await.or_not_found()?;
    let rows = std::slice::from_ref(&row);
    let mut shown = Joined::orders(app, &caller.organization, rows).await?;
    Ok((shown.pop().or_not_found()?, row))
}
