//! Numbers of invoices, receipts and credit notes. Those of invoices and receipts are each customer's own, taken with the
//! customer's row. That row is written in the same commit as the order that gets the number: its version keeps two
//! orders from getting one number. A draft takes none: it gets its number when it is paid, so that a charge that fails
//! leaves no gap.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    records::{Customer, Order, Payment, PaymentKind},
};

/// Takes the customer's next invoice number; `slug` is the organization's.
pub(super) fn next_invoice(customer: &mut Customer, slug: &str) -> String {
    let prefix = slug.to_uppercase();
    let number = format!(
        "{prefix}-{}-{:04}",
        customer.invoice_prefix, customer.invoice_next
    );
    customer.invoice_next += 1;
    number
}

/// Takes the customer's next receipt number.
fn next_receipt(customer: &mut Customer) -> String {
    let number = format!(
        "RCPT-{}-{:04}",
        customer.invoice_prefix, customer.receipt_next
    );
    customer.receipt_next += 1;
    number
}

/// The receipt number of an order that was paid for: none where nothing was charged.
pub(super) fn receipt(customer: &mut Customer, payment: Option<&Payment>) -> Option<String> {
    let charged = |payment: &Payment| payment.kind == PaymentKind::Charge && payment.amount > 0;
    payment.is_some_and(charged).then(|| next_receipt(customer))
}

/// The number of an order's next credit note: that of its invoice, and one more than the credit notes that it has. The
/// order is written in the same commit as the refund that gets it. None of an order without an invoice.
pub(crate) fn next_credit_note(order: &Order) -> Option<String> {
    let invoice = order.invoice_number.as_ref()?;
    Some(format!("{invoice}-CN{}", order.credit_notes + 1))
}

/// Gives charged orders of before there were receipt numbers theirs, in the order given. Nobody is told: nothing
/// about the purchase changed.
pub fn number_receipts(charged: &[(Order, Customer)]) -> Changes {
    let mut changes = Changes::new();
    let mut customers: BTreeMap<Uuid, (&Customer, Customer)> = BTreeMap::new();
    for (order, customer) in charged {
        let (_, now) = customers
            .entry(customer.id)
            .or_insert_with(|| (customer, customer.clone()));
        let mut numbered = order.clone();
        numbered.receipt_number = Some(next_receipt(now));
        changes.update(order, &numbered);
    }
    for (was, now) in customers.values() {
        changes.update(*was, now);
    }
    changes
}
