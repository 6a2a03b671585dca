//! Orders: how they are made, numbered and shown.

pub mod create;
pub mod drafts;
pub mod edit;
pub mod new_card;
pub(crate) mod numbering;
pub mod payment;
pub mod retry;
pub mod tax;
#[cfg(test)]
mod tests;
pub mod visit;
pub mod void;

use till_wire::{
    discounts::DiscountBase,
    orders::{Order as View, OrderStatus, User},
};

use crate::{
    catalog::products::ProductWithPrices,
    customers::avatar_url,
    kernel::records::{Customer, Order, Subscription},
};

pub use numbering::number_receipts;

/// The customer as older clients read it.
pub fn user(customer: &Customer) -> User {
    User {
        id: customer.id,
        email: customer.email.clone(),
        public_name: customer
            .name
            .clone()
            .unwrap_or_else(|| customer.email.clone()),
        avatar_url: Some(avatar_url(&customer.email)),
        github_username: None,
    }
}

impl Order {
    /// Net and tax together, minor units.
    pub fn total_amount(&self) -> i64 {
        self.net_amount + self.tax_amount
    }

    /// Amount that is charged, in minor units: the total less the balance used, or with the debt added.
    pub fn due_amount(&self) -> i64 {
        (self.total_amount() + self.applied_balance_amount).max(0)
    }

    /// Amount that can still be refunded, without tax, in minor units. A pending refund does not lower it.
    pub fn refundable_amount(&self) -> i64 {
        (self.net_amount + self.applied_balance_amount - self.refunded_amount).max(0)
    }

    /// The tax that can still be given back, minor units.
    pub fn refundable_tax_amount(&self) -> i64 {
        (self.tax_amount - self.refunded_tax_amount).max(0)
    }

    /// True where it was paid, whatever was given back since.
    pub fn is_paid(&self) -> bool {
        matches!(
            self.status,
            OrderStatus::Paid | OrderStatus::Refunded | OrderStatus::PartiallyRefunded
        )
    }

    /// The order as the API shows it.
    pub fn view(
        &self,
        customer: &Customer,
        offered: &ProductWithPrices,
        subscription: Option<&Subscription>,
        discount: Option<DiscountBase>,
    ) -> View {
        let product = &offered.product;
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            status: self.status,
            paid: self.is_paid(),
            subtotal_amount: self.subtotal_amount,
            discount_amount: self.discount_amount,
            net_amount: self.net_amount,
            tax_amount: self.tax_amount,
            total_amount: self.total_amount(),
            applied_balance_amount: self.applied_balance_amount,
            from_balance_amount: -self.applied_balance_amount,
            due_amount: self.due_amount(),
            refunded_amount: self.refunded_amount,
            refunded_tax_amount: self.refunded_tax_amount,
            refundable_amount: self.refundable_amount(),
            refundable_tax_amount: self.refundable_tax_amount(),
            amount: self.net_amount,
            currency: self.currency,
            billing_reason: self.billing_reason,
            billing_name: self.billing_name.clone(),
            billing_address: self.billing_address.as_ref().map(|a| a.0.clone()),
            invoice_number: self.invoice_number.clone(),
            is_invoice_generated: self.invoice_digest.is_some(),
            receipt_number: self.receipt_number.clone(),
            seats: self.seats,
            units: None,
            customer_id: self.customer_id,
            user_id: self.customer_id,
            conflicting_external_customer_id: self.conflicting_external_customer_id.clone(),
            product_id: self.product_id,
            product_price_id: self.price_id,
            discount_id: self.discount_id,
            subscription_id: self.subscription_id,
            checkout_id: self.checkout_id,
            next_payment_attempt_at: self.next_payment_attempt_at,
            metadata: self.metadata.0.clone(),
            custom_field_data: self.custom_field_data.0.clone(),
            platform_fee_amount: 0,
            platform_fee_currency: None,
            customer: customer.view(),
            user: user(customer),
            product: offered.view(),
            product_price: offered
                .prices
                .iter()
                .find(|p| Some(p.id) == self.price_id)
                .map(|p| p.view(product)),
            discount,
            subscription: subscription.map(Subscription::base),
            items: self.items.0.clone(),
            description: self.description.clone(),
        }
    }
}
