//! What makes and changes discounts.

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

/// What a new discount takes off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Off {
    /// Minor units by currency; at least one.
    Fixed(BTreeMap<Currency, i64>),
    /// Hundredths of a percent.
    Percentage(i64),
}

request! {
    /// A new discount.
    pub struct DiscountCreate by variant: DiscountType {
        /// The kind.
        pub kind: DiscountType as "type" = tag(variant).titled(match variant {
            DiscountType::Fixed => "An amount off.",
            DiscountType::Percentage => "A share off.",
        }),
        /// Shown to buyers.
        pub name: String = required(line(1)),
        /// What buyers type: 3 to 256 letters and digits, unique in any case; none: only you apply it.
        pub code: Option<String> = optional(code()),
        /// What it takes off.
        pub off: Off = off(variant),
        /// For how long, on a subscription.
        pub lasting: DiscountLasting = lasting(),
        /// Not before.
        pub starts_at: Option<Timestamp> = optional(moment()),
        /// Not after.
        pub ends_at: Option<Timestamp> = optional(moment()),
        /// How often it may be used; none: no limit.
        pub max_redemptions: Option<i64> = optional(int(1, limits::INT32)),
        /// Uses by one customer, at most; none: no limit.
        pub max_redemptions_per_customer: Option<i64> = optional(int(1, limits::INT32)),
        /// What it is for; none: everything.
        pub products: Vec<Uuid> = optional(list(0, limits::DISCOUNTED, id())).or_default(),
        /// Free data.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Not with an organization's token.
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

/// What is wrong with a window that ends before it begins.
pub const ENDS_FIRST: &str = "ends_at must lie after starts_at";

request! {
    /// A change to a discount; what is not sent stays.
    // Fields of the other kind are read and ignored.
    pub struct DiscountUpdate: Default {
        /// Shown to buyers.
        pub name: Option<String> = optional(line(1)),
        /// Null clears it.
        pub code: Patch<String> = patch(code()),
        /// Cannot change.
        pub kind: Option<DiscountType> as "type" = optional(word::<DiscountType>()),
        /// Cannot change.
        pub duration: Patch<DiscountDuration> = patch(word::<DiscountDuration>()),
        /// Calendar months; stays once the discount was used.
        pub duration_in_months: Patch<i64> = patch(months()),
        /// Hundredths of a percent; stays once the discount was used.
        pub basis_points: Patch<i64> = patch(int(1, WHOLE)),
        /// Minor units by currency; stay once the discount was used.
        pub amounts: Patch<BTreeMap<Currency, i64>> = patch(amounts()),
        /// Minor units in `currency`.
        pub amount: Patch<i64> = patch(amount()).deprecated(),
        /// The currency of `amount`.
        pub currency: Patch<Currency> = patch(currency()).deprecated(),
        /// Not before.
        pub starts_at: Patch<Timestamp> = patch(moment()),
        /// Not after.
        pub ends_at: Patch<Timestamp> = patch(moment()),
        /// How often it may be used; none: no limit.
        pub max_redemptions: Patch<i64> = patch(int(1, limits::INT32)),
        /// Uses by one customer, at most; none: no limit.
        pub max_redemptions_per_customer: Patch<i64> = patch(int(1, limits::INT32)),
        /// What it is for; none: everything.
        pub products: Patch<Vec<Uuid>> = patch(list(0, limits::DISCOUNTED, id())),
        /// Free data.
        pub metadata: Option<Metadata> = omittable(metadata()),
    }
    check |f| {
        // A client that sends back what it was shown sends both: they must say the same.
        match (&amounts, &amount, &currency) {
            (Some(Patch::Value(all)), Some(Patch::Value(one)), Some(currency))
                if !says_the_same(all, *one, currency.as_value()) =>
            {
                let whole = f.whole();
                f.cx.refuse("amount and amounts say different things", whole)
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
            false => cx.refuse("a code has letters and digits only", value),
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
            /// Minor units by currency; this, or `amount`.
            amounts = optional(amounts()),
            /// Minor units in `currency`.
            amount = optional(amount()).deprecated(),
            /// `usd` where not given.
            currency = optional(currency()).deprecated(),
            => fixed(f, amounts?, amount?, currency?.unwrap_or(Currency::USD))
        }),
        DiscountType::Percentage => Box::new(group! { _f;
            /// Hundredths of a percent.
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
        /// For how long, on a subscription.
        duration = required(word::<DiscountDuration>()),
        /// Calendar months; with `repeating`, and only then.
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
                cx.refuse("only repeating discounts have months", &months.into())
            }),
        }
    }
}
