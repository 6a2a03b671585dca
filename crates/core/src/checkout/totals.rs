//! Totals: what is due, and what has to be asked for it.

use till_wire::{
    address::Address,
    checkouts::{BillingAddressFields, FieldMode},
    country::Country,
    money::Currency,
};

use super::Session;
use crate::{
    kernel::{
        records::{Checkout, ProductPrice},
        refusal::Refusal,
        values::Json,
    },
    tax::{self, Ruling, TaxQuery, Taxes},
};

/// Which price of a list is selected in a currency: the first static one, else the first.
pub fn selected_price<'a>(
    list: &[&'a ProductPrice],
    currency: Currency,
) -> Option<&'a ProductPrice> {
    let mut own = list.iter().filter(|p| p.currency == currency);
    let first = own.clone().next();
    own.find(|p| p.cost().is_static()).or(first).copied()
}

/// The most that a sum may be, in minor units: the largest whole number that every client reads exactly. Taxes
/// on it still have room.
const MOST: i64 = (1 << 53) - 1;

/// The sum of a currency's prices (docs/behaviour: checkout/amount), in minor units; `chosen` is what the buyer pays
/// where it may choose. Refused as `InvalidQuantity` where so many seats cost more than can be told.
pub fn amount<'a>(
    prices: impl Iterator<Item = &'a ProductPrice>,
    chosen: Option<i64>,
    seats: Option<i64>,
) -> Result<i64, Refusal> {
    let mut sum = 0;
    for price in prices {
        sum += i128::from(price.amount_for(chosen, seats)?);
    }
    i64::try_from(sum)
        .ok()
        .filter(|sum| *sum <= MOST)
        .ok_or(Refusal::InvalidQuantity)
}

/// Payment details that are asked for (docs/behaviour: checkout/what-is-asked).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Money is due now.
    pub payment: bool,
    /// A card is kept for renewals.
    pub setup: bool,
}

impl Form {
    /// True where card fields are shown.
    pub fn required(self) -> bool {
        self.payment || self.setup
    }
}

/// Card fields that a session asks for.
pub fn form(session: &Session) -> Form {
    let row = &session.checkout;
    let total = row.terms.totals().total;
    Form {
        payment: total > 0 && row.terms.trial_end.is_none(),
        setup: needs_setup(session),
    }
}

/// True where the card is saved for later charges.
fn needs_setup(session: &Session) -> bool {
    let metered = || session.prices().iter().any(|p| !p.cost().is_static());
    if session.is_free() || (session.checkout.terms.amount == 0 && !metered()) {
        return false;
    }
    let everything = session
        .discount
        .as_ref()
        .is_some_and(|d| d.is_everything_forever());
    !everything && session.selected().product.is_recurring()
}

/// Works out what depends on the rest: discount, then tax. Tells, in words for the buyer, why the tax cannot be
/// worked out for the address; then the tax is unknown.
pub fn recompute_totals(session: &mut Session, taxes: &dyn Taxes) -> Option<String> {
    let row = &mut session.checkout;
    row.terms.discount_id = session.discount.as_ref().map(|d| d.id);
    row.terms.discount_amount = session
        .discount
        .as_ref()
        .map_or(0, |d| d.off(row.terms.amount, row.terms.currency));
    tax(session, taxes)
}

/// The session as it would be for a buyer in a country, if no country is known yet. Nothing is written.
pub fn in_country(session: &Session, country: Country, taxes: &dyn Taxes) -> Session {
    let mut session = session.clone();
    let address = &mut session.checkout.buyer.customer_billing_address;
    address.get_or_insert_with(|| Json(Address::of_country(country)));
    recompute_totals(&mut session, taxes);
    session
}

fn tax(session: &mut Session, taxes: &dyn Taxes) -> Option<String> {
    // Judged without a tax of before: what is due must not depend on itself.
    session.checkout.terms.tax_amount = session.checkout.terms.tax_amount.map(|_| 0);
    if !form(session).required() {
        session.checkout.terms.tax_amount = Some(0);
        session.checkout.terms.tax_breakdown = None;
        return None;
    }
    let Some(address) = session.checkout.buyer.customer_billing_address.clone() else {
        session.checkout.terms.tax_amount = None;
        return None;
    };
    let option = session
        .price()
        .tax_behavior
        .unwrap_or(session.organization.default_tax_behavior);
    let behavior = tax::resolved(option, address.country.as_str());
    let row = &mut session.checkout;
    (row.terms.tax_amount, row.terms.tax_behavior) = (Some(0), Some(behavior));
    row.terms.tax_breakdown = None;
    if !session.organization.settings.tax.enabled {
        return None;
    }
    let query = TaxQuery {
        currency: row.terms.currency,
        amount: row.terms.amount - row.terms.discount_amount,
        behavior,
        address: address.0,
        seller: session
            .organization
            .country
            .as_deref()
            .and_then(|country| Country::parse_stored(country).ok()),
        // Only a business accounts for the tax itself; a person who types a number is a consumer all the same.
        tax_id: row
            .buyer
            .customer_tax_id
            .clone()
            .zip(row.buyer.customer_tax_id_format.clone())
            .filter(|_| row.buyer.is_business_customer),
    };
    let refused = match taxes.rule(&query) {
        Ruling::Due(answer) => {
            row.terms.tax_amount = Some(answer.amount);
            row.terms.tax_breakdown = Some(Json(answer.lines));
            return None;
        }
        Ruling::Refused(words) => Some(words),
        Ruling::Unasked => None,
    };
    (row.terms.tax_amount, row.terms.tax_behavior) = (None, None);
    refused
}

/// True where the whole address is needed (docs/behaviour: checkout/address-fields).
pub fn needs_full_address(checkout: &Checkout) -> bool {
    checkout.require_billing_address
        || checkout.buyer.is_business_customer
        || checkout.buyer.payment_method_type.as_deref() == Some("upi")
}

/// Way in which each address field is asked for.
pub fn address_fields(checkout: &Checkout) -> BillingAddressFields<FieldMode> {
    use FieldMode::{Disabled, Optional, Required};
    let full = needs_full_address(checkout);
    let address = checkout.buyer.customer_billing_address.as_ref();
    let postal = address.is_none_or(|address| address.country.has_postal_code());
    let country = address.map(|address| address.country.as_str());
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
        postal_code: pick(postal && (full || us), Required),
        line1: pick(full || us, Required),
        line2: pick(full || us, Optional),
    }
}

/// The deprecated twin of [`address_fields`].
pub fn address_flags(checkout: &Checkout) -> BillingAddressFields<bool> {
    let modes = address_fields(checkout);
    let country = checkout
        .buyer
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
