//! Details of the merchant's business; shown nowhere.

use serde_json::{Map, Value};

use crate::{input::Patch, limits, request::*};

/// The most items that a list of business details can hold.
pub const MOST_DETAILS: usize = 100;
/// The longest text among business details, in characters.
pub const LONGEST_DETAIL: usize = 10_000;

crate::words! {
    /// Service that the merchant used before.
    pub enum SwitchingFrom {
        /// Paddle.
        Paddle = "paddle",
        /// Lemon Squeezy.
        LemonSqueezy = "lemon_squeezy",
        /// Gumroad.
        Gumroad = "gumroad",
        /// Stripe.
        Stripe = "stripe",
        /// Something else.
        Other = "other",
    }
}

/// Details that the merchant gives about its business: the keys that were sent, by their names.
pub(crate) fn details() -> impl Reader<Value = Map<String, Value>> {
    nested(
        &["Details of the business."],
        group! { _f;
            /// Deprecated: description of the business.
            about = patch(words()),
            /// Description of the products.
            product_description = patch(words()),
            /// Categories of the products.
            selling_categories = sent(list(0, MOST_DETAILS, words())),
            /// Pricing models of the products.
            pricing_models = sent(list(0, MOST_DETAILS, words())),
            /// Deprecated: intended use of the API.
            intended_use = patch(words()),
            /// Deprecated: ways in which customers are found.
            customer_acquisition = sent(list(0, MOST_DETAILS, words())),
            /// Deprecated: expected revenue a year, in minor units.
            future_annual_revenue = patch(int(0, limits::AMOUNT).map(Value::from)),
            /// True if the organization has used another service before.
            switching = sent(flag()),
            /// Service that the organization has used before.
            switching_from = patch(literal::<SwitchingFrom>().map(|from: SwitchingFrom| Value::from(from.as_str()))),
            /// Deprecated: revenue of the past year, in minor units.
            previous_annual_revenue = patch(int(0, limits::AMOUNT).map(Value::from)),
            => Some(kept([
                ("about", about?),
                ("product_description", product_description?),
                ("selling_categories", selling_categories?),
                ("pricing_models", pricing_models?),
                ("intended_use", intended_use?),
                ("customer_acquisition", customer_acquisition?),
                ("future_annual_revenue", future_annual_revenue?),
                ("switching", switching?),
                ("switching_from", switching_from?),
                ("previous_annual_revenue", previous_annual_revenue?),
            ]))
        },
    )
}

fn words() -> impl Reader<Value = Value> {
    text(0, LONGEST_DETAIL).map(Value::from)
}

/// May be missing, but not null.
fn sent<R: Reader<Value: Into<Value>>>(reader: R) -> impl Member<Value = Patch<Value>> {
    omittable(reader).map(|sent: Option<R::Value>| match sent {
        Some(value) => Patch::Value(value.into()),
        None => Patch::Absent,
    })
}

fn kept<const N: usize>(details: [(&str, Patch<Value>); N]) -> Map<String, Value> {
    let sent = details.into_iter().filter_map(|(name, value)| {
        let value = value.change()?;
        Some((name.to_owned(), value.unwrap_or_default()))
    });
    sent.collect()
}
