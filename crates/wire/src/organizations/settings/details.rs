//! What the merchant says about its business; shown nowhere.

use serde_json::{Map, Value};

use crate::{
    input::{Context, Patch, boolean, int_in, list, literal, text_of},
    limits,
};

/// The most items that a list of business details can hold.
pub const MOST_DETAILS: usize = 100;
/// The longest text among business details, in characters.
pub const LONGEST_DETAIL: usize = 10_000;

crate::words! {
    /// What the merchant used before.
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

/// Reads what the merchant says about its business: the keys that were sent, by their names.
pub fn details(value: &Value, cx: &mut Context) -> Option<Map<String, Value>> {
    cx.object(value, |f| {
        let mut sent = Map::new();
        let mut keep = |name: &str, value: Patch<Value>| match value {
            Patch::Absent => {}
            Patch::Null => drop(sent.insert(name.to_owned(), Value::Null)),
            Patch::Value(value) => drop(sent.insert(name.to_owned(), value)),
        };
        for name in ["about", "product_description", "intended_use"] {
            keep(
                name,
                f.patch(name, |v, cx| {
                    text_of(0, LONGEST_DETAIL, false)(v, cx).map(Value::from)
                }),
            );
        }
        for name in [
            "selling_categories",
            "pricing_models",
            "customer_acquisition",
        ] {
            let read = list(0, MOST_DETAILS, text_of(0, LONGEST_DETAIL, false));
            let texts = f.omittable(name, read).map(Value::from);
            keep(name, texts.map_or(Patch::Absent, Patch::Value));
        }
        for name in ["future_annual_revenue", "previous_annual_revenue"] {
            keep(
                name,
                f.patch(name, |v, cx| {
                    int_in(0, limits::AMOUNT)(v, cx).map(Value::from)
                }),
            );
        }
        let switching = f.omittable("switching", boolean).map(Value::from);
        keep("switching", switching.map_or(Patch::Absent, Patch::Value));
        let from = f.patch("switching_from", |v, cx| {
            literal::<SwitchingFrom>(v, cx).map(|from| from.as_str().into())
        });
        keep("switching_from", from);
        Some(sent)
    })
}
