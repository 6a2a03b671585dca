//! Requests that open sessions.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    address::{Address, address},
    input::{Context, Fields, Patch, Problem, all_differ},
    limits, loc,
    metadata::Metadata,
    money::Currency,
    products::{PriceEntry, both, new_price},
    request::*,
    values::Interval,
};

/// Offer of a new session.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer {
    /// Products to choose from (shape A).
    Products(Vec<Uuid>),
    /// One product (shape B, deprecated).
    Product(Uuid),
    /// One price (shape C, deprecated).
    Price(Uuid),
}

/// Shapes in which a body names what is sold; earlier shapes win (docs/behaviour: checkout/create-shapes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfferedBy {
    Products,
    Product,
    Price,
}

impl OfferedBy {
    pub(crate) const ALL: &'static [Self] = &[Self::Products, Self::Product, Self::Price];

    fn key(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Product => "product_id",
            Self::Price => "product_price_id",
        }
    }

    /// True if a body has this shape's key.
    pub(crate) fn is_in(self, value: &Value) -> bool {
        value.get(self.key()).is_some_and(|sent| !sent.is_null())
    }
}

impl Variant for OfferedBy {
    const ALL: &'static [Self] = Self::ALL;
    /// A later shape is tried only where an earlier one does not fit.
    fn read_one<T>(
        value: &Value,
        cx: &mut Context,
        read: impl Fn(Self, &mut Context) -> Option<T>,
    ) -> Option<T> {
        let sent: Vec<_> = Self::ALL.iter().filter(|by| by.is_in(value)).collect();
        if sent.is_empty() {
            return read_without_offer(value, cx, |cx| read(Self::Products, cx));
        }
        let mut failures = Vec::new();
        for by in sent {
            let mut attempt = Context::new("body");
            match read(*by, &mut attempt) {
                Some(create) if attempt.problems.is_empty() => return Some(create),
                _ => failures.extend(attempt.problems),
            }
        }
        failures.dedup();
        cx.problems.extend(failures);
        None
    }
}

/// Tells that a body names nothing to sell, and what else is wrong, which `read` finds. The newest clients look for
/// the place without a shape, the rest read any of them.
pub(crate) fn read_without_offer<T>(
    value: &Value,
    cx: &mut Context,
    read: impl FnOnce(&mut Context) -> Option<T>,
) -> Option<T> {
    if !value.is_object() {
        return read(cx);
    }
    for by in OfferedBy::ALL {
        cx.at(by.key(), |cx| {
            cx.fail::<()>("missing", "Field required", value)
        });
    }
    let mut rest = Context::new("body");
    read(&mut rest);
    let told = |problem: &Problem| problem.loc == loc!["body", "products"];
    let rest = rest.problems.into_iter().filter(|problem| !told(problem));
    cx.problems.extend(rest);
    None
}

/// Products to choose from, all different.
pub(crate) fn choices() -> impl Reader<Value = Vec<Uuid>> {
    list(1, limits::CHOICES, id()).and_then(|ids: Vec<Uuid>, value: &Value, cx: &mut Context| {
        match all_differ(&ids) {
            true => Some(ids),
            false => cx.refuse("products must all be different", value),
        }
    })
}

/// Offer of the session. `price` titles the shape that names a price.
pub(crate) fn offer(by: OfferedBy, price: &'static str) -> Box<dyn Member<Value = Offer>> {
    match by {
        OfferedBy::Products => Box::new(
            group! { _f;
                /// IDs of the products that the buyer can choose from, all different; the first one is selected.
                products = required(choices()),
                => products.map(Offer::Products)
            }
            .titled("New checkout session for one or several products."),
        ),
        OfferedBy::Product => Box::new(
            group! { _f;
                /// ID of the product to sell.
                product_id = required(id()),
                => product_id.map(Offer::Product)
            }
            .titled("Deprecated: new checkout session for one product."),
        ),
        OfferedBy::Price => Box::new(
            group! { _f;
                /// ID of the price to sell.
                product_price_id = required(id()),
                => product_price_id.map(Offer::Price)
            }
            .titled(price),
        ),
    }
}

request! {
    /// New checkout session. It names what it sells by `products`, or by one of the two older fields.
    pub struct CheckoutCreate by shape: OfferedBy {
        /// Products or price to sell.
        pub offer: Offer = offer(shape, "Deprecated: new checkout session for one price."),
        /// Prices for this session alone, by product ID; they replace the product's own. At most 1,000 in all.
        pub ad_hoc: BTreeMap<Uuid, Vec<PriceEntry>> as "prices" =
            optional(ad_hoc_prices()).or_default().only_if(shape == OfferedBy::Products),
        /// Amount to pay in minor units of the currency, such as cents; applies only to a price that the buyer chooses.
        pub amount: Option<i64> = optional(int(0, limits::AMOUNT)),
        /// Currency of the session; if left out, it follows the country of `customer_ip_address`, and otherwise is your
        /// organization's default.
        // A price has its own currency: another one is judged, but not followed.
        pub currency: Option<Currency> = optional(currency())
            .map(move |sent: Option<Currency>| sent.filter(|_| shape != OfferedBy::Price)),
        /// Number of seats; if left out, the smallest possible number.
        pub seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// Smallest number of seats that the buyer can choose.
        pub min_seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// Largest number of seats that the buyer can choose.
        pub max_seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// Number of units; ignored, because Till does not sell by the unit.
        pub units: Option<i64> = optional(int(1, limits::INT32)),
        /// Smallest number of units that the buyer can choose; ignored.
        pub min_units: Option<i64> = optional(int(1, limits::INT32)),
        /// Largest number of units that the buyer can choose; ignored.
        pub max_units: Option<i64> = optional(int(1, limits::INT32)),
        /// ID of a discount to apply from the start.
        pub discount_id: Option<Uuid> = optional(id()),
        /// True if the buyer can enter a discount code; true if left out.
        pub allow_discount_codes: bool = omittable(flag()).or(true),
        /// True to ask for the full billing address, and not just what tax and payment require; false if left out.
        pub require_billing_address: bool = omittable(flag()).or(false),
        /// True if the product's trial applies; true if left out.
        pub allow_trial: bool = omittable(flag()).or(true),
        /// Trial that replaces the product's own: unit and number.
        pub trial: Option<(Interval, i64)> = trial(),
        /// ID of an existing customer, whose details are filled in.
        pub customer_id: Option<Uuid> = optional(id()),
        /// Your own ID of the customer.
        pub external_customer_id: Option<String> = external_customer_id(),
        /// Name to fill in for the buyer.
        pub customer_name: Option<String> = optional(blankable(limits::PERSON_NAME)),
        /// E-mail address to fill in for the buyer.
        pub customer_email: Option<String> = optional(email()),
        /// IP address of the buyer, from which the country and the currency are derived.
        // It chooses country and currency.
        pub customer_ip_address: Option<String> = optional(ip()),
        /// Name on the invoice, to fill in for the buyer.
        pub customer_billing_name: Option<String> = optional(blankable(limits::LINE)),
        /// Billing address to fill in for the buyer.
        pub customer_billing_address: Option<Address> = optional(address()),
        /// Tax ID to fill in for the buyer, such as a VAT number.
        pub customer_tax_id: Option<String> = optional(blankable(limits::TAX_ID)),
        /// Your own key-value data to merge into the customer's when the purchase succeeds: up to 50 keys.
        pub customer_metadata: Metadata = omittable(metadata()).or_default(),
        /// True if the buyer is buying for a business; if left out, it follows from the customer's details.
        // Absent: inferred (docs/behaviour: checkout/business-inferred).
        pub is_business_customer: Option<bool> = omittable(flag()),
        /// ID of a free subscription that the purchase upgrades.
        pub subscription_id: Option<Uuid> = optional(id()),
        /// URL to which the buyer goes after paying; `{CHECKOUT_ID}` in it is replaced by the session's ID.
        pub success_url: Option<String> = optional(url()),
        /// URL behind the page's back button.
        pub return_url: Option<String> = optional(url()),
        /// Origin of the page that embeds the checkout, such as `https://shop.example.com`.
        pub embed_origin: Option<String> = optional(text(0, limits::URL)),
        /// Language of the checkout page, as a BCP 47 tag such as `de`; if left out, it follows the buyer's browser.
        pub locale: Option<String> = optional(locale()),
        /// Your own key-value data to copy to the order and to the subscription: up to 50 keys of 1 to 40 characters;
        /// values are texts of 1 to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Answers to the product's custom fields, by their slugs.
        pub custom_field_data: Map<String, Value> = omittable(answers()).or_default(),
    }
    check |f| {
        let seats = bounds(f, "seats", seats.flatten(), min_seats.flatten(), max_seats.flatten());
        let units = bounds(f, "units", units.flatten(), min_units.flatten(), max_units.flatten());
        seats.and(units)
    }
}

/// Ad-hoc prices: product ids with what each costs in this session.
fn ad_hoc_prices() -> impl Reader<Value = BTreeMap<Uuid, Vec<PriceEntry>>> {
    let listed = list(1, limits::PRICES, new_price());
    map(0, limits::CHOICES, id(), listed).and_then(
        |prices: BTreeMap<Uuid, Vec<PriceEntry>>, value: &Value, cx: &mut Context| {
            let most = limits::AD_HOC_PRICES;
            match prices.values().map(Vec::len).sum::<usize>() <= most {
                true => Some(prices),
                false => {
                    let msg = format!("There should be at most {most} prices in total");
                    cx.bound("too_long", msg, value, "max_length", most)
                }
            }
        },
    )
}

/// Another trial than the product's.
fn trial() -> impl Member<Value = Option<(Interval, i64)>> {
    group! { f;
        /// Unit of a trial that replaces the product's own; requires `trial_interval_count`.
        trial_interval = optional(word::<Interval>()),
        /// Number of units of a trial that replaces the product's own; requires `trial_interval`.
        trial_interval_count = optional(int(1, limits::TRIAL_INTERVALS)),
        => both(f, trial_interval.flatten(), trial_interval_count.flatten())
    }
}

fn external_customer_id() -> impl Member<Value = Option<String>> {
    group! { _f;
        /// Your own ID of the customer. If a customer has it, their details are filled in; otherwise the customer whom
        /// the purchase creates gets it.
        external_customer_id = patch(text(0, limits::KEY)),
        /// Deprecated: older name of `external_customer_id`.
        customer_external_id = optional(text(0, limits::KEY)).deprecated(),
        => match external_customer_id? {
            Patch::Absent => customer_external_id,
            sent => Some(sent.value()),
        }
    }
}

/// Checks a pair of bounds and a quantity against each other.
fn bounds(
    f: &mut Fields<'_, '_>,
    word: &str,
    n: Option<i64>,
    min: Option<i64>,
    max: Option<i64>,
) -> Option<()> {
    let whole = f.whole();
    let broken = match (n, min, max) {
        (_, Some(min), Some(max)) if min > max => format!("min_{word} must not exceed max_{word}"),
        (Some(n), Some(min), _) if n < min => format!("{word} must not be below min_{word}"),
        (Some(n), _, Some(max)) if n > max => format!("{word} must not exceed max_{word}"),
        _ => return Some(()),
    };
    f.cx.refuse(broken, whole)
}
