//! What opens sessions.

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

/// What a new session sells.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer {
    /// Products to choose from (shape A).
    Products(Vec<Uuid>),
    /// One product (shape B, deprecated).
    Product(Uuid),
    /// One price (shape C, deprecated).
    Price(Uuid),
}

/// How a body names what is sold; earlier shapes win (docs/behaviour: checkout/create-shapes).
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

    /// Whether a body has this shape's key.
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

/// What is sold. `price` titles the shape that names a price.
pub(crate) fn offer(by: OfferedBy, price: &'static str) -> Box<dyn Member<Value = Offer>> {
    match by {
        OfferedBy::Products => Box::new(
            group! { _f;
                /// All different; the first is chosen.
                products = required(choices()),
                => products.map(Offer::Products)
            }
            .titled("Several products to choose from."),
        ),
        OfferedBy::Product => Box::new(
            group! { _f;
                /// The product.
                product_id = required(id()),
                => product_id.map(Offer::Product)
            }
            .titled("One product (deprecated)."),
        ),
        OfferedBy::Price => Box::new(
            group! { _f;
                /// The price.
                product_price_id = required(id()),
                => product_price_id.map(Offer::Price)
            }
            .titled(price),
        ),
    }
}

request! {
    /// A new session.
    pub struct CheckoutCreate by shape: OfferedBy {
        /// What it sells.
        pub offer: Offer = offer(shape, "One price (deprecated)."),
        /// Prices of this session alone, by product; together at most 1,000.
        pub ad_hoc: BTreeMap<Uuid, Vec<PriceEntry>> as "prices" =
            optional(ad_hoc_prices()).or_default().only_if(shape == OfferedBy::Products),
        /// Minor units; for a price that the buyer chooses.
        pub amount: Option<i64> = optional(int(0, limits::AMOUNT)),
        /// Where not given, the buyer's country decides.
        // A price has its own currency: another one is judged, but not followed.
        pub currency: Option<Currency> = optional(currency())
            .map(move |sent: Option<Currency>| sent.filter(|_| shape != OfferedBy::Price)),
        /// Seats.
        pub seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// Least seats.
        pub min_seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// Most seats.
        pub max_seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// Units.
        pub units: Option<i64> = optional(int(1, limits::INT32)),
        /// Least units.
        pub min_units: Option<i64> = optional(int(1, limits::INT32)),
        /// Most units.
        pub max_units: Option<i64> = optional(int(1, limits::INT32)),
        /// A discount.
        pub discount_id: Option<Uuid> = optional(id()),
        /// Whether buyers may type a code; true where not given.
        pub allow_discount_codes: bool = omittable(flag()).or(true),
        /// Whether the whole address is asked for.
        pub require_billing_address: bool = omittable(flag()).or(false),
        /// Whether the product's trial applies; true where not given.
        pub allow_trial: bool = omittable(flag()).or(true),
        /// Another trial: interval and count.
        pub trial: Option<(Interval, i64)> = trial(),
        /// An existing customer.
        pub customer_id: Option<Uuid> = optional(id()),
        /// Your own id of the customer.
        pub external_customer_id: Option<String> = external_customer_id(),
        /// Filled in for the buyer.
        pub customer_name: Option<String> = optional(blankable(limits::PERSON_NAME)),
        /// Filled in for the buyer.
        pub customer_email: Option<String> = optional(email()),
        /// The buyer's network address.
        // It chooses country and currency.
        pub customer_ip_address: Option<String> = optional(ip()),
        /// Filled in for the buyer.
        pub customer_billing_name: Option<String> = optional(blankable(limits::LINE)),
        /// Filled in for the buyer.
        pub customer_billing_address: Option<Address> = optional(address()),
        /// Filled in for the buyer.
        pub customer_tax_id: Option<String> = optional(blankable(limits::TAX_ID)),
        /// Merged into the customer's free data.
        pub customer_metadata: Metadata = omittable(metadata()).or_default(),
        /// Whether a business buys.
        // Absent: inferred (docs/behaviour: checkout/business-inferred).
        pub is_business_customer: Option<bool> = omittable(flag()),
        /// A free subscription to upgrade.
        pub subscription_id: Option<Uuid> = optional(id()),
        /// Where the buyer goes after paying; `{CHECKOUT_ID}` is filled in.
        pub success_url: Option<String> = optional(url()),
        /// Where the back button leads.
        pub return_url: Option<String> = optional(url()),
        /// The site that embeds the page.
        pub embed_origin: Option<String> = optional(text(0, limits::URL)),
        /// BCP 47.
        pub locale: Option<String> = optional(locale()),
        /// Free data, copied to the order.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Answers to the product's own fields.
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
                    let msg = format!("There should be at most {most} prices together");
                    cx.bound("too_long", msg, value, "max_length", most)
                }
            }
        },
    )
}

/// Another trial than the product's.
fn trial() -> impl Member<Value = Option<(Interval, i64)>> {
    group! { f;
        /// Another trial, together with its count.
        trial_interval = optional(word::<Interval>()),
        /// Trial intervals.
        trial_interval_count = optional(int(1, limits::TRIAL_INTERVALS)),
        => both(f, trial_interval.flatten(), trial_interval_count.flatten())
    }
}

fn external_customer_id() -> impl Member<Value = Option<String>> {
    group! { _f;
        /// Your own id of the customer.
        external_customer_id = patch(text(0, limits::KEY)),
        /// Use `external_customer_id`.
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
