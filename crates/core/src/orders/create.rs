//! The only maker of orders: numbered, and only where their parts make up what is due and what was paid.

use till_wire::{
    address::Address,
    metadata::Metadata,
    orders::{BillingReason, OrderItem, OrderStatus},
    organizations::TaxBehaviorOption,
};
use uuid::Uuid;

use super::numbering;
use crate::{
    kernel::{
        context::DecisionContext,
        records::{Customer, Order, Organization, Payment, PaymentKind, Product},
        values::Json,
    },
    terms::Terms,
};

/// An order whose parts do not make up what was agreed to and paid. It is not made; somebody has to look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the purchase does not add up: {0}")]
pub struct Mismatch(pub String);

/// Contents of an order, besides its customer and its lines.
#[derive(Debug, Clone)]
pub struct Sale<'a> {
    /// The merchant.
    pub organization: &'a Organization,
    /// The product.
    pub product: &'a Product,
    /// For how much.
    pub terms: &'a Terms,
    /// Name on the bill.
    pub bill: Bill,
    /// Payment of the order.
    pub paid: Paid<'a>,
    /// Balance of the customer that it uses, with its sign: negative lowers what is due, positive adds debt.
    pub applied_balance: i64,
    /// The session that it came of.
    pub checkout_id: Option<Uuid>,
    /// The subscription that it is for.
    pub subscription_id: Option<Uuid>,
    /// The external id that was named and the customer does not have.
    pub conflicting_external_customer_id: Option<String>,
    /// The merchant's own data.
    pub metadata: Json<Metadata>,
    /// The buyer's answers.
    pub custom_field_data: Json<Metadata>,
}

/// Name, address and tax id on a bill.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bill {
    /// Of the person or the business.
    pub name: Option<String>,
    /// Place for which the tax was worked out.
    pub address: Option<Json<Address>>,
    /// The business's.
    pub tax_id: Option<String>,
}

/// Payment of an order.
#[derive(Debug, Clone, Copy)]
pub enum Paid<'a> {
    /// This attempt, which has succeeded; one that only set up a card paid nothing.
    By(&'a Payment),
    /// Nothing was due.
    Nothing,
    /// An attempt that is still to be made: until then the order is pending.
    Later,
    /// An attempt that the merchant asks for later: until then the order is a draft, without numbers.
    Draft,
}

/// Makes an order of its lines, with the customer's next numbers.
///
/// # Errors
/// [`Mismatch`] where the lines, the discount and the tax do not make up the total, or the total is not what was paid.
pub fn create(
    sale: Sale<'_>,
    lines: Vec<OrderItem>,
    reason: BillingReason,
    customer: &mut Customer,
    ctx: &DecisionContext,
) -> Result<Order, Mismatch> {
    let (terms, product) = (sale.terms, sale.product);
    let sum = terms.totals();
    let payment = match sale.paid {
        Paid::By(payment) => Some(payment),
        Paid::Nothing | Paid::Later | Paid::Draft => None,
    };
    let due_later = matches!(sale.paid, Paid::Later) && sum.total + sale.applied_balance > 0;
    let is_draft = matches!(sale.paid, Paid::Draft);
    let mut order = Order {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: sale.organization.id,
        customer_id: customer.id,
        product_id: product.id,
        price_id: Some(terms.price_id),
        subscription_id: sale.subscription_id,
        checkout_id: sale.checkout_id,
        status: match due_later {
            _ if is_draft => OrderStatus::Draft,
            true => OrderStatus::Pending,
            false => OrderStatus::Paid,
        },
        billing_reason: reason,
        currency: terms.currency,
        subtotal_amount: sum.amount,
        discount_amount: sum.discount,
        net_amount: sum.net,
        tax_amount: sum.tax.unwrap_or(0),
        refunded_amount: 0,
        refunded_tax_amount: 0,
        applied_balance_amount: sale.applied_balance,
        next_payment_attempt_at: None,
        failed_payments: 0,
        conflicting_external_customer_id: sale.conflicting_external_customer_id,
        billing_name: sale.bill.name,
        billing_address: sale.bill.address,
        tax_id: sale.bill.tax_id,
        invoice_number: None,
        receipt_number: None,
        invoice_digest: None,
        receipt_digest: None,
        credit_notes: 0,
        description: product.name.clone(),
        items: Json(lines),
        metadata: sale.metadata,
        discount_id: terms.discount_id,
        seats: terms.seats,
        tax_behavior: terms.tax_behavior,
        tax_breakdown: terms.tax_breakdown.clone(),
        custom_field_data: sale.custom_field_data,
        settles_usage: false,
    };
    adds_up(&order)?;
    if is_draft {
        return Ok(order);
    }
    if !due_later {
        is_paid(&order, payment)?;
    }
    let number = numbering::next_invoice(customer, &sale.organization.slug);
    order.invoice_number = Some(number);
    order.receipt_number = numbering::receipt(customer, payment);
    Ok(order)
}

/// Checks that the lines make up the sum, and the sum, the discount and the tax the total.
fn adds_up(order: &Order) -> Result<(), Mismatch> {
    let lines: i128 = order.items.iter().map(|item| i128::from(item.amount)).sum();
    if lines != i128::from(order.subtotal_amount) {
        let sum = order.subtotal_amount;
        return Err(Mismatch(format!(
            "the lines add up to {lines}, but the sum is {sum}"
        )));
    }
    let contained = order.tax_behavior == Some(TaxBehaviorOption::Inclusive);
    let added = if contained { 0 } else { order.tax_amount };
    let total = lines - i128::from(order.discount_amount) + i128::from(added);
    // Only credit for what was not used makes an order negative.
    let credits = order.items.iter().any(|item| item.proration);
    let negative = (total < 0 || order.net_amount < 0) && !credits;
    if total != i128::from(order.total_amount()) || negative {
        let told = order.total_amount();
        return Err(Mismatch(format!(
            "{total} is due, but the total says {told}"
        )));
    }
    Ok(())
}

/// Checks that what was charged is what is due.
pub(super) fn is_paid(order: &Order, payment: Option<&Payment>) -> Result<(), Mismatch> {
    let charged = payment.filter(|payment| payment.kind == PaymentKind::Charge);
    let paid = charged.map_or(0, |payment| payment.amount);
    let other = charged.is_some_and(|payment| payment.currency != order.currency);
    let (due, currency) = (order.due_amount(), order.currency);
    if paid != due || other {
        return Err(Mismatch(format!(
            "{paid} was paid, but {due} {currency} is due"
        )));
    }
    Ok(())
}
