//! Parameters of payment intents.

use crate::{
    params::{Param, ParamKind},
    work::{charging, customers, listing},
};

const USAGE: ParamKind = ParamKind::Word(&["off_session", "on_session"]);
const SHIPPING: ParamKind = ParamKind::Map(&[
    Param::required("address", ParamKind::Map(customers::ADDRESS)),
    Param::new("carrier", ParamKind::Text(500)),
    Param::required("name", ParamKind::Text(500)),
    Param::new("phone", ParamKind::Text(50)),
    Param::new("tracking_number", ParamKind::Text(500)),
]);

/// Parameters of creating an intent.
pub const CREATE: &[Param] = &[
    Param::required("amount", ParamKind::Integer(1)),
    Param::required("currency", ParamKind::Text(3)),
    Param::new(
        "allowed_payment_method_types",
        ParamKind::Words(charging::TYPES),
    ),
    Param::new("amount_details", ParamKind::NotDone),
    Param::new("application_fee_amount", ParamKind::NotDone),
    Param::new("automatic_payment_methods", charging::AUTOMATIC),
    Param::new(
        "capture_method",
        ParamKind::Word(&["automatic", "automatic_async"]),
    ),
    Param::new("confirm", ParamKind::Boolean),
    Param::new("confirmation_method", ParamKind::Word(&["automatic"])),
    Param::new("confirmation_token", ParamKind::Text(100)),
    Param::new("customer", ParamKind::Text(100)),
    Param::new("customer_account", ParamKind::NotDone),
    Param::new("description", ParamKind::Text(1_000)),
    Param::new("error_on_requires_action", ParamKind::Boolean),
    Param::new("excluded_payment_method_types", ParamKind::NotDone),
    listing::EXPAND,
    Param::new("hooks", ParamKind::NotDone),
    Param::new("mandate", ParamKind::NotDone),
    Param::emptyable("mandate_data", charging::MANDATE),
    Param::new("metadata", ParamKind::Metadata),
    Param::new(
        "off_session",
        ParamKind::BooleanOr(&["one_off", "recurring"]),
    ),
    Param::new("on_behalf_of", ParamKind::NotDone),
    Param::new("payment_details", ParamKind::NotDone),
    Param::new("payment_method", ParamKind::Text(100)),
    Param::new("payment_method_configuration", ParamKind::NotDone),
    Param::new("payment_method_data", ParamKind::NotDone),
    Param::new("payment_method_options", charging::METHOD_OPTIONS),
    Param::new("radar_options", ParamKind::NotDone),
    Param::new("receipt_email", ParamKind::Text(512)),
    Param::new("return_url", ParamKind::Text(2_048)),
    Param::new("setup_future_usage", USAGE),
    Param::new("shipping", SHIPPING),
    Param::new("statement_descriptor", ParamKind::Text(500)),
    Param::new("statement_descriptor_suffix", ParamKind::Text(500)),
    Param::new("transfer_data", ParamKind::NotDone),
    Param::new("transfer_group", ParamKind::Text(500)),
    Param::new("use_stripe_sdk", ParamKind::Boolean),
];
/// Parameters of changing an intent that was not confirmed.
pub const UPDATE: &[Param] = &[
    Param::new(
        "allowed_payment_method_types",
        ParamKind::Words(charging::TYPES),
    ),
    Param::new("amount", ParamKind::Integer(1)),
    Param::new("currency", ParamKind::Text(3)),
    Param::new("customer", ParamKind::Text(100)),
    Param::new("description", ParamKind::Text(1_000)),
    listing::EXPAND,
    Param::emptyable("metadata", ParamKind::Metadata),
    Param::new("payment_method", ParamKind::Text(100)),
    Param::emptyable("receipt_email", ParamKind::Text(512)),
    Param::emptyable("setup_future_usage", USAGE),
    Param::emptyable("shipping", SHIPPING),
    Param::new("statement_descriptor_suffix", ParamKind::Text(500)),
    Param::new("transfer_group", ParamKind::Text(500)),
];
/// Parameters of confirming an intent.
pub const CONFIRM: &[Param] = &[
    Param::new("confirmation_token", ParamKind::Text(100)),
    Param::new("error_on_requires_action", ParamKind::Boolean),
    listing::EXPAND,
    Param::emptyable("mandate_data", charging::MANDATE),
    Param::new(
        "off_session",
        ParamKind::BooleanOr(&["one_off", "recurring"]),
    ),
    Param::new("payment_method", ParamKind::Text(100)),
    Param::new("payment_method_data", ParamKind::NotDone),
    Param::new("payment_method_options", charging::METHOD_OPTIONS),
    Param::emptyable("receipt_email", ParamKind::Text(512)),
    Param::new("return_url", ParamKind::Text(2_048)),
    Param::emptyable("setup_future_usage", USAGE),
    Param::emptyable("shipping", SHIPPING),
    Param::new("use_stripe_sdk", ParamKind::Boolean),
];
/// Parameters of cancelling an intent.
pub const CANCEL: &[Param] = &[
    Param::new(
        "cancellation_reason",
        ParamKind::Word(&[
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
    Param::new("client_secret", ParamKind::Text(200)),
    listing::EXPAND,
];
/// Parameters of listing intents.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::CREATED,
    listing::EXPAND,
    Param::new("customer", ParamKind::Text(100)),
];
