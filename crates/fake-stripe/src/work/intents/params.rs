//! Parameters of payment intents.

use crate::{
    params::{Kind, Param},
    work::{charging, customers, listing},
};

const USAGE: Kind = Kind::Word(&["off_session", "on_session"]);
const SHIPPING: Kind = Kind::Map(&[
    Param::required("address", Kind::Map(customers::ADDRESS)),
    Param::new("carrier", Kind::Text(500)),
    Param::required("name", Kind::Text(500)),
    Param::new("phone", Kind::Text(50)),
    Param::new("tracking_number", Kind::Text(500)),
]);

/// Parameters of creating an intent.
pub const CREATE: &[Param] = &[
    Param::required("amount", Kind::Integer(1)),
    Param::required("currency", Kind::Text(3)),
    Param::new("allowed_payment_method_types", Kind::Words(charging::TYPES)),
    Param::new("amount_details", Kind::NotDone),
    Param::new("application_fee_amount", Kind::NotDone),
    Param::new("automatic_payment_methods", charging::AUTOMATIC),
    Param::new(
        "capture_method",
        Kind::Word(&["automatic", "automatic_async"]),
    ),
    Param::new("confirm", Kind::Boolean),
    Param::new("confirmation_method", Kind::Word(&["automatic"])),
    Param::new("confirmation_token", Kind::Text(100)),
    Param::new("customer", Kind::Text(100)),
    Param::new("customer_account", Kind::NotDone),
    Param::new("description", Kind::Text(1_000)),
    Param::new("error_on_requires_action", Kind::Boolean),
    Param::new("excluded_payment_method_types", Kind::NotDone),
    listing::EXPAND,
    Param::new("hooks", Kind::NotDone),
    Param::new("mandate", Kind::NotDone),
    Param::emptyable("mandate_data", charging::MANDATE),
    Param::new("metadata", Kind::Metadata),
    Param::new("off_session", Kind::BooleanOr(&["one_off", "recurring"])),
    Param::new("on_behalf_of", Kind::NotDone),
    Param::new("payment_details", Kind::NotDone),
    Param::new("payment_method", Kind::Text(100)),
    Param::new("payment_method_configuration", Kind::NotDone),
    Param::new("payment_method_data", Kind::NotDone),
    Param::new("payment_method_options", charging::METHOD_OPTIONS),
    Param::new("radar_options", Kind::NotDone),
    Param::new("receipt_email", Kind::Text(512)),
    Param::new("return_url", Kind::Text(2_048)),
    Param::new("setup_future_usage", USAGE),
    Param::new("shipping", SHIPPING),
    Param::new("statement_descriptor", Kind::Text(500)),
    Param::new("statement_descriptor_suffix", Kind::Text(500)),
    Param::new("transfer_data", Kind::NotDone),
    Param::new("transfer_group", Kind::Text(500)),
    Param::new("use_stripe_sdk", Kind::Boolean),
];
/// Parameters of changing an intent that was not confirmed.
pub const UPDATE: &[Param] = &[
    Param::new("allowed_payment_method_types", Kind::Words(charging::TYPES)),
    Param::new("amount", Kind::Integer(1)),
    Param::new("currency", Kind::Text(3)),
    Param::new("customer", Kind::Text(100)),
    Param::new("description", Kind::Text(1_000)),
    listing::EXPAND,
    Param::emptyable("metadata", Kind::Metadata),
    Param::new("payment_method", Kind::Text(100)),
    Param::emptyable("receipt_email", Kind::Text(512)),
    Param::emptyable("setup_future_usage", USAGE),
    Param::emptyable("shipping", SHIPPING),
    Param::new("statement_descriptor_suffix", Kind::Text(500)),
    Param::new("transfer_group", Kind::Text(500)),
];
/// Parameters of confirming an intent.
pub const CONFIRM: &[Param] = &[
    Param::new("confirmation_token", Kind::Text(100)),
    Param::new("error_on_requires_action", Kind::Boolean),
    listing::EXPAND,
    Param::emptyable("mandate_data", charging::MANDATE),
    Param::new("off_session", Kind::BooleanOr(&["one_off", "recurring"])),
    Param::new("payment_method", Kind::Text(100)),
    Param::new("payment_method_data", Kind::NotDone),
    Param::new("payment_method_options", charging::METHOD_OPTIONS),
    Param::emptyable("receipt_email", Kind::Text(512)),
    Param::new("return_url", Kind::Text(2_048)),
    Param::emptyable("setup_future_usage", USAGE),
    Param::emptyable("shipping", SHIPPING),
    Param::new("use_stripe_sdk", Kind::Boolean),
];
/// Parameters of cancelling an intent.
pub const CANCEL: &[Param] = &[
    Param::new(
        "cancellation_reason",
        Kind::Word(&[
            "abandoned",
            "duplicate",
            "fraudulent",
            "requested_by_customer",
        ]),
    ),
    listing::EXPAND,
];
/// Parameters of showing an intent.
pub const RETRIEVE: &[Param] = &[
    Param::new("client_secret", Kind::Text(200)),
    listing::EXPAND,
];
/// Parameters of listing intents.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::CREATED,
    listing::EXPAND,
    Param::new("customer", Kind::Text(100)),
];
