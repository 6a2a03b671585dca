use utoipa::openapi::Schema;

use super::{
    Object, flag, id, line, list, metadata, object, one_of, schema_of, url, whole, word, words,
};
use crate::{
    checkout_links::{CheckoutLinkCreate, CheckoutLinkUpdate},
    limits,
    values::Interval,
};

/// The switches: null on a change is no change, as in the published schema.
fn switches(shape: Object, new: bool) -> Object {
    let switch = |shape: Object, key: &str, words: &str| match new {
        true => shape.omittable(key, flag(), words),
        false => shape.optional(key, flag(), words),
    };
    let shape = switch(
        shape,
        "allow_discount_codes",
        "Whether buyers may type a code; true where not given.",
    );
    let shape = switch(
        shape,
        "require_billing_address",
        "Whether the whole address is asked for.",
    );
    switch(
        shape,
        "require_signature",
        "Refuse visits without the right `sig`; see the redirect.",
    )
}

/// What every shape takes.
fn terms(shape: Object) -> Schema {
    shape
        .optional("label", line(0), "For you alone.")
        .optional(
            "discount_id",
            id(),
            "A discount that suits every product; ignored by visits where it may not be used.",
        )
        .optional(
            "seats",
            whole(1, limits::SEATS),
            "Locks the number of seats; every product must be sold by the seat.",
        )
        .optional(
            "units",
            whole(1, limits::INT32),
            "Locks the number of units.",
        )
        .optional(
            "success_url",
            url(),
            "Where the buyer goes after paying; `{CHECKOUT_ID}` is filled in.",
        )
        .optional("return_url", url(), "Where the back button leads.")
        .optional(
            "trial_interval",
            word::<Interval>(),
            "Another trial, together with its count.",
        )
        .optional(
            "trial_interval_count",
            whole(1, limits::TRIAL_INTERVALS),
            "Trial intervals.",
        )
        .omittable(
            "metadata",
            metadata(),
            "Free data, copied to every session.",
        )
        .schema()
}

fn new(shape: Object) -> Schema {
    let shape = shape.required(
        "payment_processor",
        words(["stripe"].into_iter()),
        "Always `stripe`, whichever processor is in use.",
    );
    terms(switches(shape, true))
}

fn create() -> Schema {
    let products = object("Several products to choose from.").required(
        "products",
        list(1, limits::CHOICES, id()),
        "All different; the first is chosen.",
    );
    let product = object("One product (deprecated).").required("product_id", id(), "The product.");
    let price = object("The product of a price (deprecated).").required(
        "product_price_id",
        id(),
        "The price.",
    );
    one_of(vec![new(products), new(product), new(price)])
}

fn update() -> Schema {
    let shape = object("A change; what is left out stays.").optional(
        "products",
        list(1, limits::CHOICES, id()),
        "The whole list of products.",
    );
    terms(switches(shape, false))
}

schema_of!(CheckoutLinkCreate, create());
schema_of!(CheckoutLinkUpdate, update());
