//! What is due, and what has to be asked for it (checkout.md 3.2–3.4).

use till_wire::{
    checkouts::{BillingAddressFields, FieldMode},
    money::Currency,
    organizations::TaxBehaviorOption,
    products::PriceAmount,
};

use super::Session;
use crate::{
    products::Offered,
    records::{Checkout, ProductPrice},
};

/// The parts of a session's sum, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Before discount and tax.
    pub amount: i64,
    /// Taken off.
    pub discount: i64,
    /// After discount, without tax.
    pub net: i64,
    /// Null: not computable yet.
    pub tax: Option<i64>,
    /// To be paid.
    pub total: i64,
}

/// A session's sum. There are no discounts and no taxes yet, so net is the amount.
pub fn totals(checkout: &Checkout) -> Totals {
    let net = checkout.amount;
    Totals {
        amount: checkout.amount,
        discount: 0,
        net,
        tax: checkout.tax_amount,
        total: net + checkout.tax_amount.unwrap_or(0),
    }
}

/// Which price of a list is selected in a currency (CR-24): the first static one.
pub fn selected_price(offered: &Offered, currency: Currency) -> Option<&ProductPrice> {
    offered.active_in(currency).next()
}

/// The sum of a currency's prices (CR-25); `chosen` is what the buyer pays where it may choose.
pub fn amount<'a>(prices: impl Iterator<Item = &'a ProductPrice>, chosen: Option<i64>) -> i64 {
    prices
        .map(|price| match price.cost() {
            PriceAmount::Fixed { price_amount } => price_amount,
            PriceAmount::Custom {
                minimum_amount,
                preset_amount,
                ..
            } => chosen.or(preset_amount).unwrap_or(minimum_amount),
        })
        .sum()
}

/// Whether money or a card is asked for (checkout.md 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Money is due now.
    pub payment: bool,
    /// A card is kept for renewals.
    pub setup: bool,
}

impl Form {
    /// Whether card fields are shown.
    pub fn required(self) -> bool {
        self.payment || self.setup
    }
}

/// What a session asks for.
pub fn form(session: &Session) -> Form {
    let offered = session.selected();
    let total = totals(&session.checkout).total;
    Form {
        payment: total > 0,
        setup: !offered.is_free() && session.checkout.amount > 0 && offered.product.is_recurring(),
    }
}

/// Fills in the tax columns. Nothing is collected yet: 0 once the address, or that nothing is due, is known.
pub fn tax(session: &mut Session) {
    let checkout = &session.checkout;
    if !form(session).required() {
        session.checkout.tax_amount = Some(0);
        return;
    }
    let Some(address) = &checkout.customer_billing_address else {
        return;
    };
    let option = session
        .price()
        .tax_behavior
        .unwrap_or(session.organization.default_tax_behavior);
    let resolved = match option {
        TaxBehaviorOption::Location if matches!(address.country.as_str(), "US" | "CA" | "IN") => {
            TaxBehaviorOption::Exclusive
        }
        TaxBehaviorOption::Location => TaxBehaviorOption::Inclusive,
        stated => stated,
    };
    session.checkout.tax_amount = Some(0);
    session.checkout.tax_behavior = Some(resolved);
}

/// Whether the whole address is needed (checkout.md 3.4).
pub fn needs_full_address(checkout: &Checkout) -> bool {
    checkout.require_billing_address
        || checkout.is_business_customer
        || checkout.payment_method_type.as_deref() == Some("upi")
}

/// How each address field is asked for.
pub fn address_fields(checkout: &Checkout) -> BillingAddressFields<FieldMode> {
    use FieldMode::{Disabled, Optional, Required};
    let full = needs_full_address(checkout);
    let country = checkout
        .customer_billing_address
        .as_ref()
        .map(|a| a.country.as_str());
    let us = country == Some("US");
    let pick = |needed, yes| if needed { yes } else { Disabled };
    BillingAddressFields {
        country: Required,
        state: if us || country == Some("CA") {
            Required
        } else {
            pick(full, Optional)
        },
        city: pick(full || us, Required),
        postal_code: pick(full || us, Required),
        line1: pick(full || us, Required),
        line2: pick(full || us, Optional),
    }
}

/// The deprecated twin of [`address_fields`].
pub fn address_flags(checkout: &Checkout) -> BillingAddressFields<bool> {
    let modes = address_fields(checkout);
    let country = checkout
        .customer_billing_address
        .as_ref()
        .map(|a| a.country.as_str());
    let required = |mode| mode == FieldMode::Required;
    BillingAddressFields {
        country: true,
        state: matches!(country, Some("US" | "CA")),
        city: required(modes.city),
        postal_code: required(modes.postal_code),
        line1: required(modes.line1),
        line2: false,
    }
}
