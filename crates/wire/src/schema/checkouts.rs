use utoipa::openapi::Schema;

use super::{
    Object, address, anything, currency, email, flag, formatted, id, list, metadata, object,
    one_of, schema_of, text, url, whole, word,
};
use crate::{
    checkouts::{CheckoutCreate, CheckoutUpdate},
    values::Interval,
};

const ANY: usize = usize::MAX;

/// What every shape of a new session takes.
fn new(shape: Object) -> Schema {
    let units = i64::from(i32::MAX);
    shape
        .optional(
            "amount",
            whole(0, i64::MAX),
            "Minor units; for a price that the buyer chooses.",
        )
        .optional(
            "currency",
            currency(),
            "Where not given, the buyer's country decides.",
        )
        .optional("seats", whole(1, 10_000), "Seats.")
        .optional("min_seats", whole(1, 10_000), "Least seats.")
        .optional("max_seats", whole(1, 10_000), "Most seats.")
        .optional("units", whole(1, units), "Units.")
        .optional("min_units", whole(1, units), "Least units.")
        .optional("max_units", whole(1, units), "Most units.")
        .optional("discount_id", id(), "A discount.")
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
            "allow_trial",
            flag(),
            "Whether the product's trial applies; true where not given.",
        )
        .optional(
            "trial_interval",
            word::<Interval>(),
            "Another trial, together with its count.",
        )
        .optional("trial_interval_count", whole(1, 1000), "Trial intervals.")
        .optional("customer_id", id(), "An existing customer.")
        .optional(
            "external_customer_id",
            text(0, ANY),
            "Your own id of the customer.",
        )
        .deprecated(
            "customer_external_id",
            text(0, ANY),
            "Use `external_customer_id`.",
        )
        .optional("customer_name", text(0, 256), "Filled in for the buyer.")
        .optional("customer_email", email(), "Filled in for the buyer.")
        .optional(
            "customer_ip_address",
            formatted("ip"),
            "The buyer's network address.",
        )
        .optional(
            "customer_billing_name",
            text(0, 256),
            "Filled in for the buyer.",
        )
        .optional(
            "customer_billing_address",
            address(),
            "Filled in for the buyer.",
        )
        .optional("customer_tax_id", text(0, 64), "Filled in for the buyer.")
        .optional(
            "customer_metadata",
            metadata(),
            "Merged into the customer's free data.",
        )
        .optional("is_business_customer", flag(), "Whether a business buys.")
        .optional("subscription_id", id(), "A free subscription to upgrade.")
        .optional(
            "custom_field_data",
            anything(),
            "Answers to the product's own fields.",
        )
        .optional(
            "success_url",
            url(),
            "Where the buyer goes after paying; `{CHECKOUT_ID}` is filled in.",
        )
        .optional("return_url", url(), "Where the back button leads.")
        .optional(
            "embed_origin",
            text(0, ANY),
            "The site that embeds the page.",
        )
        .optional("locale", text(0, ANY), "BCP 47.")
        .optional("metadata", metadata(), "Free data, copied to the order.")
        .schema()
}

fn create() -> Schema {
    let products = object("Several products to choose from.")
        .required(
            "products",
            list(1, id()),
            "All different; the first is chosen.",
        )
        .optional(
            "prices",
            anything(),
            "Prices of this session alone, by product.",
        );
    let product = object("One product (deprecated).").required("product_id", id(), "The product.");
    let price = object("One price (deprecated).").required("product_price_id", id(), "The price.");
    one_of(vec![new(products), new(product), new(price)])
}

/// What both writers of a session may change.
fn both(words: &str) -> Object {
    object(words)
        .optional(
            "product_id",
            id(),
            "Switches to this product of the session.",
        )
        .deprecated(
            "product_price_id",
            id(),
            "Switches to this price; only with `product_id`.",
        )
        .optional(
            "amount",
            whole(0, i64::MAX),
            "Minor units; for a price that the buyer chooses.",
        )
        .optional("seats", whole(1, 10_000), "Seats.")
        .optional("units", whole(1, i64::from(i32::MAX)), "Units.")
        .optional("is_business_customer", flag(), "Whether a business buys.")
        .optional("customer_name", text(0, 256), "Name; null clears it.")
        .optional("customer_email", email(), "E-mail address; null clears it.")
        .optional(
            "customer_billing_name",
            text(0, 256),
            "Name on the bill; null clears it.",
        )
        .optional("customer_billing_address", address(), "The whole address.")
        .optional("customer_tax_id", text(0, 64), "Tax id; null clears it.")
        .optional(
            "custom_field_data",
            anything(),
            "Answers to the product's own fields.",
        )
        .optional("locale", text(0, ANY), "BCP 47; null clears it.")
}

fn merchant() -> Schema {
    both("A change to a session by the merchant; what is not sent stays.")
        .optional("currency", currency(), "Switches to this currency.")
        .optional("discount_id", id(), "A discount; null removes it.")
        .optional(
            "allow_trial",
            flag(),
            "Whether the product's trial applies; null turns it off.",
        )
        .optional(
            "trial_interval",
            word::<Interval>(),
            "Another trial, together with its count.",
        )
        .optional("trial_interval_count", whole(1, 1000), "Trial intervals.")
        .optional(
            "allow_discount_codes",
            flag(),
            "Whether buyers may type a code.",
        )
        .optional(
            "require_billing_address",
            flag(),
            "Whether the whole address is asked for.",
        )
        .optional(
            "customer_ip_address",
            formatted("ip"),
            "The buyer's network address.",
        )
        .optional(
            "customer_metadata",
            metadata(),
            "Replaces what is merged into the customer.",
        )
        .optional("metadata", metadata(), "Replaces all free data.")
        .optional("success_url", url(), "Where the buyer goes after paying.")
        .optional("return_url", url(), "Where the back button leads.")
        .optional(
            "embed_origin",
            text(0, ANY),
            "The site that embeds the page.",
        )
        .schema()
}

fn buyer(words: &str) -> Object {
    let no = utoipa::openapi::schema::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::Boolean)
        .enum_values(Some([false]));
    both(words)
        .optional(
            "discount_code",
            text(0, ANY),
            "A discount's code; null removes it.",
        )
        .optional("payment_method_type", text(0, 64), "Such as `card`.")
        .optional(
            "allow_trial",
            no.into(),
            "False or null gives the trial up.",
        )
}

fn confirm() -> Schema {
    buyer("A confirmation: last changes, and how to pay.")
        .optional(
            "confirmation_token_id",
            text(0, 256),
            "The card, as a token of the processor.",
        )
        .schema()
}

/// The schema of a change by the holder of a session's client secret.
#[derive(Debug)]
pub struct CheckoutUpdatePublic;

/// The schema of a confirmation.
#[derive(Debug)]
pub struct CheckoutConfirm;

schema_of!(CheckoutCreate, create());
schema_of!(CheckoutUpdate, merchant());
schema_of!(
    CheckoutUpdatePublic,
    buyer("A change to a session by its buyer; what is not sent stays.").schema()
);
schema_of!(CheckoutConfirm, confirm());
