//! Invoices, receipts and credit notes.

use axum::http::StatusCode;
use till_core::{
    documents::{DocumentKind, INVOICE_JOB, address::KeptDocument},
    kernel::{
        changes::Changes,
        records::{Order, Organization},
        refusal::Refusal,
    },
};
use till_wire::orders::{OrderInvoice, OrderReceipt};
use uuid::Uuid;

use crate::{
    app::App,
    documents::{self, Wanted},
    error::{OrNotFound, Result},
    http::{
        extract::{Caller, scope},
        idempotency::IdempotencyGuard,
    },
};

/// Has an order's invoice made, unless it is there and says what it would say now (docs/behaviour: documents/generated).
pub async fn generate_invoice(
    caller: &Caller<scope::OrdersRead>,
    id: Uuid,
    guard: &IdempotencyGuard,
) -> Result<()> {
    request_invoice(&caller.app, &caller.organization, id, guard).await
}

/// The same, for who has looked whose order it is.
pub(super) async fn request_invoice(
    app: &App,
    organization: &Organization,
    id: Uuid,
    guard: &IdempotencyGuard,
) -> Result<()> {
    let is_current = Box::pin(documents::has_current_invoice(app, organization, id)).await?;
    let mut changes = Changes::new();
    if !is_current {
        let ctx = app.context();
        changes.job(
            &ctx,
            INVOICE_JOB,
            &format!("{INVOICE_JOB}:{id}"),
            ctx.now,
            &id,
        );
    }
    app.reply(guard, StatusCode::ACCEPTED, ((), changes), |()| ())
        .await
}

/// Address of the invoice that was made last.
pub async fn invoice(caller: &Caller<scope::OrdersRead>, id: Uuid) -> Result<OrderInvoice> {
    let (app, own) = (&caller.app, caller.organization.id);
    let order = app.store.order(own, id).await.or_not_found()?;
    kept_invoice(app, order)
}

/// Address of the invoice of an order.
pub(super) fn kept_invoice(app: &App, order: Order) -> Result<OrderInvoice> {
    let made = order.invoice_digest.zip(order.invoice_number);
    let (digest, number) = made.ok_or(Refusal::InvoiceDoesNotExist)?;
    let kept = KeptDocument {
        organization_id: order.organization_id,
        subject_id: order.id,
        kind: DocumentKind::Invoice,
        number,
        digest,
    };
    let url = kept.url(&app.urls, &app.key, app.clock.now());
    Ok(OrderInvoice { url })
}

/// Address of the receipt, as it is now.
pub async fn receipt(caller: &Caller<scope::OrdersRead>, id: Uuid) -> Result<OrderReceipt> {
    let url = current(caller, Wanted::Receipt(id)).await?;
    Ok(OrderReceipt { url })
}

/// Address of a refund's credit note.
pub async fn credit_note(
    caller: &Caller<scope::RefundsRead>,
    id: Uuid,
) -> Result<till_wire::refunds::RefundCreditNote> {
    let url = current(caller, Wanted::CreditNote(id)).await?;
    Ok(till_wire::refunds::RefundCreditNote { url })
}

/// The address of a document as it is now.
pub async fn current<A>(caller: &Caller<A>, wanted: Wanted) -> Result<String> {
    let (app, organization) = (&caller.app, &caller.organization);
    Box::pin(documents::url(app, organization, wanted)).await
}
