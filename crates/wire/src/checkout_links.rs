//! Checkout links: permanent addresses that open sessions (docs/behaviour/checkout-links.md).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    checkouts::Offer,
    discounts::DiscountBase,
    input::{Context, Fields, Patch, all_differ, boolean, id, int_in, list, text_of, word},
    limits,
    metadata::{Metadata, metadata},
    products::{Price, ProductPublic, both},
    values::{self, Interval},
};

/// A checkout link as the merchant sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct CheckoutLink {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub organization_id: Uuid,
    /// Always `stripe`, the only value that clients accept.
    pub payment_processor: &'static str,
    pub client_secret: String,
    /// What buyers visit; every visit opens a session.
    pub url: String,
    /// For the merchant alone.
    pub label: Option<String>,
    pub allow_discount_codes: bool,
    pub require_billing_address: bool,
    pub discount_id: Option<Uuid>,
    /// The discount, without its products.
    pub discount: Option<DiscountBase>,
    /// Locks the number of seats.
    pub seats: Option<i64>,
    pub units: Option<i64>,
    /// As given, `{CHECKOUT_ID}` included.
    pub success_url: Option<String>,
    pub return_url: Option<String>,
    pub trial_interval: Option<Interval>,
    pub trial_interval_count: Option<i64>,
    pub metadata: Metadata,
    /// Whether a visit without the right `sig` is refused.
    pub require_signature: bool,
    /// The key of `sig`.
    pub signing_secret: String,
    /// In the link's order, archived ones included.
    pub products: Vec<ProductPublic>,
    /// Deprecated: the first product's id.
    pub product_id: Option<Uuid>,
    /// Deprecated: the id of its first price.
    pub product_price_id: Option<Uuid>,
    /// Deprecated: the first product.
    pub product: Option<ProductPublic>,
    /// Deprecated: its first price.
    pub product_price: Option<Price>,
}

/// A new link.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckoutLinkCreate {
    /// What it sells.
    pub offer: Offer,
    /// For the merchant alone.
    pub label: Option<String>,
    /// Whether buyers may type a code.
    pub allow_discount_codes: bool,
    /// Whether the whole address is asked for.
    pub require_billing_address: bool,
    /// Discount.
    pub discount_id: Option<Uuid>,
    /// Locks the number of seats.
    pub seats: Option<i64>,
    /// Locks the number of units.
    pub units: Option<i64>,
    /// Where the buyer goes after paying.
    pub success_url: Option<String>,
    /// Back button.
    pub return_url: Option<String>,
    /// Override of the products' trial.
    pub trial: Option<(Interval, i64)>,
    /// Copied to every session.
    pub metadata: Metadata,
    /// Whether a visit without the right `sig` is refused.
    pub require_signature: bool,
}

/// A change to a link.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckoutLinkUpdate {
    /// The full list of products.
    pub products: Option<Vec<Uuid>>,
    /// Label; null clears.
    pub label: Patch<String>,
    /// Whether buyers may type a code.
    pub allow_discount_codes: Option<bool>,
    /// Whether the whole address is asked for.
    pub require_billing_address: Option<bool>,
    /// Discount; null removes.
    pub discount_id: Patch<Uuid>,
    /// Seats; null unlocks.
    pub seats: Patch<i64>,
    /// Units; null unlocks.
    pub units: Patch<i64>,
    /// Where the buyer goes after paying.
    pub success_url: Patch<String>,
    /// Back button.
    pub return_url: Patch<String>,
    /// Override of the products' trial; null clears.
    pub trial: Patch<(Interval, i64)>,
    /// Replaces the metadata.
    pub metadata: Option<Metadata>,
    /// Whether a visit without the right `sig` is refused.
    pub require_signature: Option<bool>,
}

/// Product ids, at least one and all different.
fn products(value: &Value, cx: &mut Context) -> Option<Vec<Uuid>> {
    let ids = list(1, limits::CHOICES, id)(value, cx)?;
    if !all_differ(&ids) {
        return cx.refuse("products must all be different", value);
    }
    Some(ids)
}

fn processor(value: &Value, cx: &mut Context) -> Option<()> {
    match value.as_str() {
        Some("stripe") => Some(()),
        _ => cx.bound(
            "literal_error",
            "Input should be 'stripe'",
            value,
            "expected",
            "'stripe'",
        ),
    }
}

impl CheckoutLinkCreate {
    /// Reads the body of a POST: the shape with a key field wins; with none, each reports it missing.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        const KEYS: [&str; 3] = ["products", "product_id", "product_price_id"];
        cx.object(value, |f| {
            let sent = KEYS
                .into_iter()
                .find(|key| f.raw(key).is_some_and(|v| !v.is_null()));
            let offer = match sent {
                Some("products") => f.required("products", products).map(Offer::Products),
                Some("product_id") => f.required("product_id", id).map(Offer::Product),
                Some(_) => f.required("product_price_id", id).map(Offer::Price),
                None => {
                    for key in KEYS {
                        let whole = f.whole();
                        f.cx.at(key, |cx| cx.fail::<()>("missing", "Field required", whole));
                    }
                    None
                }
            };
            let processor = f.required("payment_processor", processor);
            let interval = f.optional("trial_interval", word::<Interval>);
            let count = f.optional("trial_interval_count", int_in(1, limits::TRIAL_INTERVALS));
            let trial = both(f, interval, count);
            let create = Self {
                label: f.optional("label", text_of(0, limits::LINE, false)),
                allow_discount_codes: f.omittable("allow_discount_codes", boolean).unwrap_or(true),
                require_billing_address: f
                    .omittable("require_billing_address", boolean)
                    .unwrap_or(false),
                discount_id: f.optional("discount_id", id),
                seats: f.optional("seats", int_in(1, limits::SEATS)),
                units: f.optional("units", int_in(1, limits::INT32)),
                success_url: f.optional("success_url", values::http_url),
                return_url: f.optional("return_url", values::http_url),
                metadata: f.omittable("metadata", metadata).unwrap_or_default(),
                require_signature: f.omittable("require_signature", boolean).unwrap_or(false),
                // Last, when every field has been read: all problems are told together.
                offer: offer?,
                trial: trial?,
            };
            processor.map(|()| create)
        })
    }
}

impl CheckoutLinkUpdate {
    /// Reads the body of a PATCH. Null means "not sent" for what cannot be null (docs/behaviour: api/null-and-absent).
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let interval = f.patch("trial_interval", word::<Interval>);
        let count = f.patch("trial_interval_count", int_in(1, limits::TRIAL_INTERVALS));
        let cleared = interval == Patch::Null || count == Patch::Null;
        let trial = match both(f, interval.value(), count.value()).flatten() {
            Some(trial) => Patch::Value(trial),
            None if cleared => Patch::Null,
            None => Patch::Absent,
        };
        Some(Self {
            products: f.optional("products", products),
            label: f.patch("label", text_of(0, limits::LINE, false)),
            allow_discount_codes: f.optional("allow_discount_codes", boolean),
            require_billing_address: f.optional("require_billing_address", boolean),
            discount_id: f.patch("discount_id", id),
            seats: f.patch("seats", int_in(1, limits::SEATS)),
            units: f.patch("units", int_in(1, limits::INT32)),
            success_url: f.patch("success_url", values::http_url),
            return_url: f.patch("return_url", values::http_url),
            trial,
            metadata: f.omittable("metadata", metadata),
            require_signature: f.optional("require_signature", boolean),
        })
    }
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
        let read = cx.object(&body, CheckoutLinkUpdate::read).unwrap();
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
