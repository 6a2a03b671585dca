//! Payment methods that customers have saved.

use till_core::kernel::records::PaymentMethod as Row;
use till_store::{List, Order};
use till_wire::{page::Page, payment_methods::PaymentMethod};

use super::CustomerRef;
use crate::{
    error::Result,
    http::extract::{Caller, Params, scope},
};

/// Lists the saved methods of a customer, newest first.
pub async fn list(
    caller: &Caller<scope::CustomersRead>,
    customer: &CustomerRef,
    params: Params,
) -> Result<Page<PaymentMethod>> {
    let (app, own) = (&caller.app, caller.organization.id);
    let window = params.last_window()?;
    let customer = customer.load(app, own).await?;
    let list = List::of::<Row>(own)
        .eq("customer_id", customer.id)
        .order("created_at", Order::Desc);
    let (rows, page) = window.page::<Row>(app, list).await?;
    Ok(page.of(rows.iter().map(|row| row.view(&customer))))
}
