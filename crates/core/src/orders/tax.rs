//! Tax of an order that is made without its buyer: for the customer's own address and tax id.

use till_wire::{country::Country, organizations::TaxBehaviorOption};

use crate::{
    kernel::{
        records::{Customer, Organization},
        values::Json,
    },
    tax::{self, Ruling, TaxQuery, Taxes},
    terms::Terms,
};

/// Reason why the tax of an order is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untaxable {
    /// The customer has no address.
    NoAddress,
    /// The address does not do; why, in words for people.
    Address(String),
}

/// Works out the tax of terms that have none yet, minor units; `option` says whether prices contain it. The tax of a
/// negative sum is negative.
///
/// # Errors
/// [`Untaxable`] where taxes are on, and the address leaves the tax unknown: then the terms have none.
pub fn add(
    terms: &mut Terms,
    option: Option<TaxBehaviorOption>,
    organization: &Organization,
    customer: &Customer,
    taxes: &dyn Taxes,
) -> Result<(), Untaxable> {
    (terms.tax_amount, terms.tax_breakdown) = (Some(0), None);
    let taxable = terms.amount - terms.discount_amount;
    let is_due = organization.settings.tax.enabled && taxable != 0;
    let Some(address) = customer.billing_address.clone() else {
        return match is_due {
            true => Err(Untaxable::NoAddress),
            false => Ok(()),
        };
    };
    let option = option.unwrap_or(organization.default_tax_behavior);
    let behavior = tax::resolved(option, address.country.as_str());
    terms.tax_behavior = Some(behavior);
    if !is_due {
        return Ok(());
    }
    let seller = organization.country.as_deref();
    let query = TaxQuery {
        currency: terms.currency,
        amount: taxable.abs(),
        behavior,
        address: address.0,
        seller: seller.and_then(|country| Country::parse_stored(country).ok()),
        tax_id: customer.tax_id.clone().zip(customer.tax_id_format.clone()),
    };
    match taxes.rule(&query) {
        Ruling::Due(mut answer) => {
            let sign = taxable.signum();
            for line in &mut answer.lines {
                line.amount *= sign;
            }
            terms.tax_amount = Some(answer.amount * sign);
            terms.tax_breakdown = Some(Json(answer.lines));
            Ok(())
        }
        Ruling::Refused(words) => Err(Untaxable::Address(words)),
        Ruling::Unasked => Ok(()),
    }
}
