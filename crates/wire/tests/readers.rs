//! Whatever is sent, a reader gives a value or says what is wrong, and never panics.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::{Value, json};
use till_wire::{
    benefits::{BenefitCreate, BenefitUpdate},
    checkouts::{CheckoutCreate, CheckoutUpdate, Writer},
    customers::{CustomerCreate, CustomerSessionCreate, CustomerUpdate},
    input::Context,
    meters::{MeterCreate, MeterUpdate},
    products::{ProductBenefitsUpdate, ProductCreate, ProductUpdate},
};

const KEYS: &[&str] = &[
    "products",
    "product_id",
    "product_price_id",
    "prices",
    "amount",
    "currency",
    "seats",
    "min_seats",
    "max_seats",
    "units",
    "discount_id",
    "discount_code",
    "allow_trial",
    "trial_interval",
    "trial_interval_count",
    "customer_id",
    "external_customer_id",
    "customer_external_id",
    "customer_name",
    "customer_email",
    "customer_ip_address",
    "customer_billing_address",
    "customer_tax_id",
    "customer_metadata",
    "metadata",
    "success_url",
    "return_url",
    "locale",
    "custom_field_data",
    "name",
    "description",
    "visibility",
    "recurring_interval",
    "recurring_interval_count",
    "amount_type",
    "price_amount",
    "price_currency",
    "minimum_amount",
    "maximum_amount",
    "preset_amount",
    "tax_behavior",
    "country",
    "state",
    "line1",
    "email",
    "external_id",
    "billing_address",
    "tax_id",
    "type",
    "id",
    "payment_method_type",
    "confirmation_token_id",
    "medias",
    "attached_custom_fields",
    "benefits",
    "seat_tiers",
    "tiers",
    "min_seats",
    "max_seats",
    "price_per_seat",
    "meter_id",
    "unit_amount",
    "cap_amount",
    "filter",
    "conjunction",
    "clauses",
    "property",
    "operator",
    "value",
    "aggregation",
    "func",
    "properties",
    "expires",
    "activations",
    "files",
    "archived",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "fixed",
            "custom",
            "seat_based",
            "metered_unit",
            "license_keys",
            "downloadables",
            "and",
            "eq",
            "sum",
            "1e-9",
            "free",
            "usd",
            "US",
            "NY",
            "month",
            "individual",
            "1",
            "5.0",
            "a@b.co",
            "https://x.example/{CHECKOUT_ID}",
            "3f2b8a52-7e4f-4b7a-9a3e-0c9f2d1b6a55",
            "\0",
            "fr_FR",
            "::1",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        let key = prop_oneof![
            8 => prop::sample::select(KEYS).prop_map(str::to_owned),
            1 => ".{0,6}".prop_map(String::from),
        ];
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            3 => prop::collection::vec((key, inner), 0..12)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn answers<T>(value: &Value, read: impl FnOnce(&Value, &mut Context) -> Option<T>) {
    let mut cx = Context::new("body");
    let read = read(value, &mut cx);
    assert!(read.is_some() || !cx.problems.is_empty(), "silent: {value}");
    for problem in &cx.problems {
        assert_eq!(
            serde_json::to_value(&problem.loc[0]).unwrap(),
            json!("body")
        );
    }
}

proptest! {
    #[test]
    fn every_reader_answers_anything(value in any_json()) {
        answers(&value, CheckoutCreate::read);
        answers(&value, |v, cx| cx.object(v, |f| CheckoutUpdate::read(Writer::Client, f)));
        answers(&value, |v, cx| cx.object(v, |f| CheckoutUpdate::read(Writer::Merchant, f)));
        answers(&value, ProductCreate::read);
        answers(&value, ProductUpdate::read);
        answers(&value, ProductBenefitsUpdate::read);
        answers(&value, MeterCreate::read);
        answers(&value, MeterUpdate::read);
        answers(&value, BenefitCreate::read);
        answers(&value, BenefitUpdate::read);
        answers(&value, CustomerCreate::read);
        answers(&value, CustomerUpdate::read);
        answers(&value, CustomerSessionCreate::read);
    }
}
