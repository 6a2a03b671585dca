use utoipa::openapi::Schema;

use super::{
    Object, address, answers, currency, email, flag, id, ip, line, list, locale, map, metadata,
    object, one_of, products::prices, schema_of, text, url, whole, word,
};
use crate::{
    checkouts::{CheckoutCreate, CheckoutUpdate},
    limits,
    values::Interval,
};

/// What every shape of a new session takes.
fn new(shape: Object) -> Schema {
    shape
        .optional(
            "amount",
            whole(0, limits::AMOUNT),
            "Minor units; for a price that the buyer chooses.",
        )
        .optional(
            "currency",
            currency(),
            "Where not given, the buyer's country decides.",
        )
        .optional("seats", whole(1, limits::SEATS), "Seats.")
        .optional("min_seats", whole(1, limits::SEATS), "Least seats.")
        .optional("max_seats", whole(1, limits::SEATS), "Most seats.")
        .optional("units", whole(1, limits::INT32), "Units.")
        .optional("min_units", whole(1, limits::INT32), "Least units.")
        .optional("max_units", whole(1, limits::INT32), "Most units.")
        .optional("discount_id", id(), "A discount.")
        .omittable(
            "allow_discount_codes",
            flag(),
            "Whether buyers may type a code; true where not given.",
        )
        .omittable(
            "require_billing_address",
            flag(),
            "Whether the whole address is asked for.",
        )
        .omittable(
            "allow_trial",
            flag(),
            "Whether the product's trial applies; true where not given.",
        )
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
        .optional("customer_id", id(), "An existing customer.")
        .optional(
            "external_customer_id",
            text(0, limits::KEY),
            "Your own id of the customer.",
        )
        .deprecated(
            "customer_external_id",
            text(0, limits::KEY),
            "Use `external_customer_id`.",
        )
        .optional(
            "customer_name",
            text(0, limits::PERSON_NAME),
            "Filled in for the buyer.",
        )
        .optional("customer_email", email(), "Filled in for the buyer.")
        .optional("customer_ip_address", ip(), "The buyer's network address.")
        .optional("customer_billing_name", line(0), "Filled in for the buyer.")
        .optional(
            "customer_billing_address",
            address(),
            "Filled in for the buyer.",
        )
        .optional(
            "customer_tax_id",
            text(0, limits::TAX_ID),
            "Filled in for the buyer.",
        )
        .omittable(
            "customer_metadata",
            metadata(),
            "Merged into the customer's free data.",
        )
        .omittable("is_business_customer", flag(), "Whether a business buys.")
        .optional("subscription_id", id(), "A free subscription to upgrade.")
        .omittable(
            "custom_field_data",
            answers(),
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
            text(0, limits::URL),
            "The site that embeds the page.",
        )
        .optional("locale", locale(), "BCP 47.")
        .omittable("metadata", metadata(), "Free data, copied to the order.")
        .schema()
}

fn create() -> Schema {
    let products = object("Several products to choose from.")
        .required(
            "products",
            list(1, limits::CHOICES, id()),
            "All different; the first is chosen.",
        )
        .optional(
            "prices",
            map(
                0,
                limits::CHOICES,
                id(),
                list(1, limits::PRICES, one_of(prices())),
            ),
            "Prices of this session alone, by product; together at most 1,000.",
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
            whole(0, limits::AMOUNT),
            "Minor units; for a price that the buyer chooses.",
        )
        .optional("seats", whole(1, limits::SEATS), "Seats.")
        .optional("units", whole(1, limits::INT32), "Units.")
        .optional("is_business_customer", flag(), "Whether a business buys.")
        .optional(
            "customer_name",
            text(0, limits::PERSON_NAME),
            "Name; null clears it.",
        )
        .optional("customer_email", email(), "E-mail address; null clears it.")
        .optional(
            "customer_billing_name",
            line(0),
            "Name on the bill; null clears it.",
        )
        .optional("customer_billing_address", address(), "The whole address.")
        .optional(
            "customer_tax_id",
            text(0, limits::TAX_ID),
            "Tax id; null clears it.",
        )
        .omittable(
            "custom_field_data",
            answers(),
            "Answers to the product's own fields.",
        )
        .optional("locale", locale(), "BCP 47; null clears it.")
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
        .optional(
            "trial_interval_count",
            whole(1, limits::TRIAL_INTERVALS),
            "Trial intervals.",
        )
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
        .optional("customer_ip_address", ip(), "The buyer's network address.")
        .optional(
            "customer_metadata",
            metadata(),
            "Replaces what is merged into the customer.",
        )
        .omittable("metadata", metadata(), "Replaces all free data.")
        .optional("success_url", url(), "Where the buyer goes after paying.")
        .optional("return_url", url(), "Where the back button leads.")
        .optional(
            "embed_origin",
            text(0, limits::URL),
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
            line(0),
            "A discount's code; null removes it.",
        )
        .optional("payment_method_type", line(0), "Such as `card`.")
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
            line(0),
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
