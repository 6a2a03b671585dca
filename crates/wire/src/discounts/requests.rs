//! Requests that create and change discounts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{DiscountDuration, DiscountLasting, DiscountType, WHOLE};
use crate::{
    input::{Context, Fields, Patch, text_of},
    limits,
    metadata::Metadata,
    money::Currency,
    request::*,
};

/// Amount that a new discount takes off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Off {
    /// Minor units by currency; at least one.
    Fixed(BTreeMap<Currency, i64>),
    /// Hundredths of a percent.
    Percentage(i64),
}

request! {
    /// New discount. Its `type` says whether it takes off a fixed amount or a percentage.
    pub struct DiscountCreate by variant: DiscountType {
        /// Type of the discount.
        pub kind: DiscountType as "type" = tag(variant).titled(match variant {
            DiscountType::Fixed => "New discount of a fixed amount.",
            DiscountType::Percentage => "New discount of a percentage.",
        }),
        /// Name of the discount; buyers see it.
        pub name: String = required(line(1)),
        /// Code that buyers enter: 3 to 256 letters and digits, unique regardless of case; if left out, only you can
        /// apply the discount.
        pub code: Option<String> = optional(code()),
        /// Value of the discount.
        pub off: Off = off(variant),
        /// Time for which the discount applies to a subscription.
        pub lasting: DiscountLasting = lasting(),
        /// Time from which the discount can be used; if left out, it can be used at once.
        pub starts_at: Option<Timestamp> = optional(moment()),
        /// Time after which the discount can no longer be used; if left out, it has no end.
        pub ends_at: Option<Timestamp> = optional(moment()),
        /// Number of times that the discount can be used in all; if left out, there is no limit.
        pub max_redemptions: Option<i64> = optional(int(1, limits::INT32)),
        /// Number of times that one customer can use the discount; if left out, there is no limit.
        pub max_redemptions_per_customer: Option<i64> = optional(int(1, limits::INT32)),
        /// IDs of the products that the discount is restricted to; if left out or empty, it applies to every product.
        pub products: Vec<Uuid> = optional(list(0, limits::DISCOUNTED, id())).or_default(),
        /// Your own key-value data to attach to the discount: up to 50 keys of 1 to 40 characters; values are texts of
        /// 1 to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
    check |f| {
        match (starts_at.flatten(), ends_at.flatten()) {
            (Some(start), Some(end)) if start >= end => {
                let sent = f.raw("ends_at").unwrap_or(&Value::Null);
                f.cx.at("ends_at", |cx| cx.refuse(ENDS_FIRST, sent))
            }
            _ => Some(()),
        }
    }
}

/// Problem of a window that ends before it begins.
pub const ENDS_FIRST: &str = "ends_at must be after starts_at";

request! {
    /// Change to a discount. A field that is left out stays as it is; fields of the other type are ignored.
    // Fields of the other kind are read and ignored.
    pub struct DiscountUpdate: Default {
        /// New name of the discount; buyers see it.
        pub name: Option<String> = optional(line(1)),
        /// New code: 3 to 256 letters and digits, unique regardless of case; null removes it.
        pub code: Patch<String> = patch(code()),
        /// Type of the discount; it cannot be changed, so only its current value is accepted.
        pub kind: Option<DiscountType> as "type" = optional(word::<DiscountType>()),
        /// Time for which the discount applies; it cannot be changed, so only its current value is accepted.
        pub duration: Patch<DiscountDuration> = patch(word::<DiscountDuration>()),
        /// Number of calendar months; it cannot be changed once the discount has been used.
        pub duration_in_months: Patch<i64> = patch(months()),
        /// Percentage off, in hundredths of a percent; it cannot be changed once the discount has been used.
        pub basis_points: Patch<i64> = patch(int(1, WHOLE)),
        /// Amount off in minor units, by currency; it cannot be changed once the discount has been used.
        pub amounts: Patch<BTreeMap<Currency, i64>> = patch(amounts()),
        /// Deprecated: amount off, in minor units of `currency`; use `amounts`.
        pub amount: Patch<i64> = patch(amount()).deprecated(),
        /// Deprecated: currency of `amount`.
        pub currency: Patch<Currency> = patch(currency()).deprecated(),
        /// Time from which the discount can be used; null if it can be used at once.
        pub starts_at: Patch<Timestamp> = patch(moment()),
        /// Time after which the discount can no longer be used; null if it has no end.
        pub ends_at: Patch<Timestamp> = patch(moment()),
        /// Number of times that the discount can be used in all; null if there is no limit.
        pub max_redemptions: Patch<i64> = patch(int(1, limits::INT32)),
        /// Number of times that one customer can use the discount; null if there is no limit.
        pub max_redemptions_per_customer: Patch<i64> = patch(int(1, limits::INT32)),
        /// IDs of the products that the discount is restricted to; null or an empty list applies it to every product.
        pub products: Patch<Vec<Uuid>> = patch(list(0, limits::DISCOUNTED, id())),
        /// Replacement for all of your own key-value data on the discount: up to 50 keys of 1 to 40 characters; values
        /// are texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> = omittable(metadata()),
    }
    check |f| {
        // A client that sends back what it was shown sends both: they must say the same.
        match (&amounts, &amount, &currency) {
            (Some(Patch::Value(all)), Some(Patch::Value(one)), Some(currency))
                if !says_the_same(all, *one, currency.as_value()) =>
            {
                let whole = f.whole();
                f.cx.refuse("amount and amounts contradict each other", whole)
            }
            _ => Some(()),
        }
    }
}

fn says_the_same(all: &BTreeMap<Currency, i64>, one: i64, currency: Option<&Currency>) -> bool {
    match currency {
        Some(currency) => all.get(currency) == Some(&one),
        None => all.values().any(|amount| *amount == one),
    }
}

/// A code: letters and digits of any script, 3 to 256 of them; blank stands for null.
fn code() -> impl Reader<Value = String> {
    blankable(limits::CODE).and_then(|code: String, value: &Value, cx: &mut Context| {
        let code = text_of(3, limits::CODE, false)(&Value::from(code), cx)?;
        match code.chars().all(char::is_alphanumeric) {
            true => Some(code),
            false => cx.refuse("a code must contain only letters and digits", value),
        }
    })
}

fn amount() -> impl Reader<Value = i64> {
    int(0, limits::AMOUNT)
}

/// Minor units by currency, at least one entry; each key is a place of its own.
fn amounts() -> impl Reader<Value = BTreeMap<Currency, i64>> {
    map(1, Currency::ALL.len(), currency(), amount())
}

fn months() -> impl Reader<Value = i64> {
    int(1, limits::INTERVALS)
}

fn off(kind: DiscountType) -> Box<dyn Member<Value = Off>> {
    match kind {
        DiscountType::Fixed => Box::new(group! { f;
            /// Amount off in minor units, by currency, such as `{"usd": 500}` for 5 dollars.
            amounts = optional(amounts()),
            /// Deprecated: amount off, in minor units of `currency`; use `amounts`.
            amount = optional(amount()).deprecated(),
            /// Deprecated: currency of `amount`; `usd` if left out.
            currency = optional(currency()).deprecated(),
            => fixed(f, amounts?, amount?, currency?.unwrap_or(Currency::USD))
        }),
        DiscountType::Percentage => Box::new(group! { _f;
            /// Percentage off, in hundredths of a percent: 1,000 is 10 %.
            basis_points = required(int(1, WHOLE)),
            => basis_points.map(Off::Percentage)
        }),
    }
}

/// `amounts`, or the older `amount` with `currency`: exactly one of the two.
fn fixed(
    f: &mut Fields<'_, '_>,
    amounts: Option<BTreeMap<Currency, i64>>,
    amount: Option<i64>,
    currency: Currency,
) -> Option<Off> {
    let whole = f.whole();
    match (amounts, amount) {
        (Some(amounts), None) => Some(Off::Fixed(amounts)),
        (None, Some(amount)) => Some(Off::Fixed(BTreeMap::from([(currency, amount)]))),
        (None, None) => {
            f.cx.at("amounts", |cx| cx.fail("missing", "Field required", whole))
        }
        (Some(_), Some(_)) => {
            f.cx.refuse("send amounts, or amount with currency, but not both", whole)
        }
    }
}

/// A number of months goes with `repeating` alone, and `repeating` with a number of months.
fn lasting() -> impl Member<Value = DiscountLasting> {
    group! { f;
        /// Time for which the discount applies to a subscription: once, for a number of months, or forever.
        duration = required(word::<DiscountDuration>()),
        /// Number of calendar months, counted from the first paid period; only with `repeating`, which requires it.
        duration_in_months = optional(months()),
        => match (duration?, duration_in_months?) {
            (DiscountDuration::Once, None) => Some(DiscountLasting::Once),
            (DiscountDuration::Forever, None) => Some(DiscountLasting::Forever),
            (DiscountDuration::Repeating, Some(duration_in_months)) => {
                Some(DiscountLasting::Repeating { duration_in_months })
            }
            (DiscountDuration::Repeating, None) => {
                let whole = f.whole();
                f.cx.at("duration_in_months", |cx| cx.fail("missing", "Field required", whole))
            }
            (_, Some(months)) => f.cx.at("duration_in_months", |cx| {
                cx.refuse("only repeating discounts can have a number of months", &months.into())
            }),
        }
    }
}
