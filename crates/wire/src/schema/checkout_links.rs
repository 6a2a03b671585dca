use utoipa::openapi::Schema;

use super::{
    Object, flag, id, list, metadata, object, one_of, schema_of, text, url, whole, word, words,
};
use crate::{
    checkout_links::{CheckoutLinkCreate, CheckoutLinkUpdate},
    values::Interval,
};

/// What every shape takes.
fn terms(shape: Object) -> Schema {
    shape
        .optional("label", text(0, usize::MAX), "For you alone.")
        .optional(
            "allow_discount_codes",
            flag(),
            "Whether buyers may type a code; true where not given.",
        )
        .optional(
            "require_billing_address",
            flag(),
            "Whether the whole address is asked for.",
        )
        .optional(
            "discount_id",
            id(),
            "A discount that suits every product; ignored by visits where it may not be used.",
        )
        .optional(
            "seats",
            whole(1, 10_000),
            "Locks the number of seats; every product must be sold by the seat.",
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
        .optional("trial_interval_count", whole(1, 1000), "Trial intervals.")
        .optional(
            "metadata",
            metadata(),
            "Free data, copied to every session.",
        )
        .optional(
            "require_signature",
            flag(),
            "Refuse visits without the right `sig`; see the redirect.",
        )
        .schema()
}

fn new(shape: Object) -> Schema {
    let shape = shape.required(
        "payment_processor",
        words(["stripe"].into_iter()),
        "Always `stripe`, whichever processor is in use.",
    );
    terms(shape)
}

fn create() -> Schema {
    let products = object("Several products to choose from.").required(
        "products",
        list(1, id()),
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
        list(1, id()),
        "The whole list of products.",
    );
    terms(shape)
}

schema_of!(CheckoutLinkCreate, create());
schema_of!(CheckoutLinkUpdate, update());
