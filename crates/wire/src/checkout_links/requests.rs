//! Requests that create and change checkout links.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    checkouts::{Offer, OfferedBy, choices, offer, read_without_offer},
    input::{Context, Fields, Patch},
    limits,
    metadata::Metadata,
    products::both,
    request::*,
    values::Interval,
};

/// Shapes in which a link names what it sells: by the first key that it has.
#[derive(Clone, Copy)]
pub(crate) struct SoldBy(OfferedBy);

impl Variant for SoldBy {
    const ALL: &'static [Self] = &[
        Self(OfferedBy::Products),
        Self(OfferedBy::Product),
        Self(OfferedBy::Price),
    ];
    fn read_one<T>(
        value: &Value,
        cx: &mut Context,
        read: impl Fn(Self, &mut Context) -> Option<T>,
    ) -> Option<T> {
        match OfferedBy::ALL.iter().find(|by| by.is_in(value)) {
            Some(by) => read(Self(*by), cx),
            None => read_without_offer(value, cx, |cx| read(Self(OfferedBy::Products), cx)),
        }
    }
}

request! {
    /// New checkout link. It names what it sells by `products`, or by one of the two older fields.
    pub struct CheckoutLinkCreate by sold: SoldBy {
        /// Products or price to sell.
        pub offer: Offer = offer_of(sold),
        /// Label by which you recognize the link; buyers do not see it.
        pub label: Option<String> = optional(line(0)),
        /// True if buyers can enter a discount code; true if left out.
        pub allow_discount_codes: bool = omittable(flag()).or(true),
        /// True to ask for the full billing address, and not just what tax and payment require; false if left out.
        pub require_billing_address: bool = omittable(flag()).or(false),
        /// True to refuse visits without a valid signature in the parameter `sig`; false if left out.
        pub require_signature: bool = omittable(flag()).or(false),
        /// ID of a discount to apply to every session; it must apply to every product. It is ignored by visits at times
        /// when it cannot be used.
        pub discount_id: Option<Uuid> = optional(id()),
        /// Fixed number of seats; only if every product is sold by the seat.
        pub seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// Fixed number of units; Till does not sell by the unit.
        pub units: Option<i64> = optional(int(1, limits::INT32)),
        /// URL to which buyers go after paying; `{CHECKOUT_ID}` in it is replaced by the session's ID.
        pub success_url: Option<String> = optional(url()),
        /// URL behind the page's back button.
        pub return_url: Option<String> = optional(url()),
        /// Trial that replaces the products' own: unit and number.
        pub trial: Option<(Interval, i64)> =
            trial(|f, interval, count| both(f, interval.value(), count.value())),
        /// Your own key-value data to copy to every session: up to 50 keys of 1 to 40 characters; values are texts of 1
        /// to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
    }
}

request! {
    /// Change to a checkout link. A field that is left out stays as it is.
    // Null means "not sent" for what cannot be null (docs/behaviour: api/null-and-absent).
    pub struct CheckoutLinkUpdate: Default {
        /// IDs of the products that buyers can choose from, all different; replaces the whole list.
        pub products: Option<Vec<Uuid>> = optional(choices()),
        /// Label by which you recognize the link; null clears it.
        pub label: Patch<String> = patch(line(0)),
        /// True if buyers can enter a discount code.
        pub allow_discount_codes: Option<bool> = optional(flag()),
        /// True to ask for the full billing address, and not just what tax and payment require.
        pub require_billing_address: Option<bool> = optional(flag()),
        /// True to refuse visits without a valid signature in the parameter `sig`.
        pub require_signature: Option<bool> = optional(flag()),
        /// ID of a discount to apply to every session; it must apply to every product. Null removes the discount.
        pub discount_id: Patch<Uuid> = patch(id()),
        /// Fixed number of seats; only if every product is sold by the seat. Null lets buyers choose.
        pub seats: Patch<i64> = patch(int(1, limits::SEATS)),
        /// Fixed number of units; Till does not sell by the unit.
        pub units: Patch<i64> = patch(int(1, limits::INT32)),
        /// URL to which buyers go after paying; `{CHECKOUT_ID}` in it is replaced by the session's ID. Null clears it.
        pub success_url: Patch<String> = patch(url()),
        /// URL behind the page's back button; null removes the button.
        pub return_url: Patch<String> = patch(url()),
        /// Trial that replaces the products' own: unit and number; null clears it.
        pub trial: Patch<(Interval, i64)> = trial(changed_trial),
        /// Replacement for all of your own key-value data on the checkout link: up to 50 keys of 1 to 40 characters;
        /// values are texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> = omittable(metadata()),
    }
}

fn offer_of(sold: SoldBy) -> impl Member<Value = Offer> {
    group! { _f;
        /// Payment processor; always `stripe`, whichever processor is in use.
        payment_processor = required(processor()),
        offer = offer(sold.0, "Deprecated: new checkout link for the product of a price."),
        => payment_processor.and(offer)
    }
}

fn processor() -> impl Reader<Value = ()> {
    let read = |value: &Value, cx: &mut Context| match value.as_str() {
        Some("stripe") => Some(()),
        _ => cx.bound(
            "literal_error",
            "Input should be 'stripe'",
            value,
            "expected",
            "'stripe'",
        ),
    };
    read_by(read, || words(["stripe"].into_iter()))
}

/// Another trial than the products' own.
fn trial<T>(
    of: impl Fn(&mut Fields<'_, '_>, Patch<Interval>, Patch<i64>) -> Option<T>,
) -> impl Member<Value = T> {
    group! { f;
        /// Unit of a trial that replaces the products' own; requires `trial_interval_count`. Null clears the trial.
        trial_interval = patch(word::<Interval>()),
        /// Number of units of a trial that replaces the products' own; requires `trial_interval`. Null clears the
        /// trial.
        trial_interval_count = patch(int(1, limits::TRIAL_INTERVALS)),
        => of(f, trial_interval.unwrap_or_default(), trial_interval_count.unwrap_or_default())
    }
}

fn changed_trial(
    f: &mut Fields<'_, '_>,
    interval: Patch<Interval>,
    count: Patch<i64>,
) -> Option<Patch<(Interval, i64)>> {
    let cleared = interval == Patch::Null || count == Patch::Null;
    Some(match both(f, interval.value(), count.value())? {
        Some(trial) => Patch::Value(trial),
        None if cleared => Patch::Null,
        None => Patch::Absent,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn create(body: Value) -> Result<CheckoutLinkCreate, Vec<(String, String)>> {
        let mut cx = Context::new("body");
        let read = CheckoutLinkCreate::read(&body, &mut cx);
        if cx.problems.is_empty() {
            return Ok(read.unwrap());
        }
        let place = |p: &crate::input::Problem| {
            let leaf = serde_json::to_value(p.loc.last().unwrap()).unwrap();
            (p.kind.to_string(), leaf.as_str().unwrap_or("").to_owned())
        };
        Err(cx.problems.iter().map(place).collect())
    }

    const ID: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

    fn wrong(kind: &str, place: &str) -> Vec<(String, String)> {
        vec![(kind.to_owned(), place.to_owned())]
    }

    #[test]
    fn a_link_names_products_and_the_processor() {
        let made = create(json!({"products": [ID], "payment_processor": "stripe"})).unwrap();
        assert!(made.allow_discount_codes && !made.require_billing_address);
        assert!(!made.require_signature);
        let none = create(json!({"payment_processor": "stripe"})).unwrap_err();
        assert_eq!(none.len(), 3, "{none:?}");
        let unsaid = create(json!({"product_id": ID})).unwrap_err();
        assert_eq!(unsaid, wrong("missing", "payment_processor"));
        let other = create(json!({"product_id": ID, "payment_processor": "x"})).unwrap_err();
        assert_eq!(other, wrong("literal_error", "payment_processor"));
    }

    #[test]
    fn no_product_is_named_twice_and_a_trial_has_both_parts() {
        let twice = create(json!({"products": [ID, ID], "payment_processor": "stripe"}));
        assert_eq!(twice.unwrap_err(), wrong("value_error", "products"));
        let half = create(
            json!({"products": [ID], "payment_processor": "stripe", "trial_interval": "day"}),
        );
        assert_eq!(half.unwrap_err(), wrong("missing", "body"));
    }

    #[test]
    fn null_is_not_sent_or_clears() {
        let mut cx = Context::new("body");
        let body = json!({"products": null, "allow_discount_codes": null, "label": null,
            "discount_id": null, "seats": null, "trial_interval": null, "trial_interval_count": null});
        let read = CheckoutLinkUpdate::read(&body, &mut cx).unwrap();
        assert!(cx.problems.is_empty());
        let cleared = CheckoutLinkUpdate {
            label: Patch::Null,
            discount_id: Patch::Null,
            seats: Patch::Null,
            trial: Patch::Null,
            ..CheckoutLinkUpdate::default()
        };
        assert_eq!(read, cleared);
    }
}
