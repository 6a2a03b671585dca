//! Bodies out of bytes: JSON where it is JSON, else fields and values that mean something.

use serde_json::{Map, Value};

/// The fields of a body, each with values that it may well have, as JSON.
pub type Words = [(&'static str, &'static [&'static str])];

const IDS: &[&str] = &[
    r#""00000000-0000-4000-8000-000000000001""#,
    r#""00000000-0000-4000-8000-000000000002""#,
    r#""00000000-0000-4000-8000-000000000003""#,
    r#""00000000-0000-4000-8000-000000000004""#,
    r#""00000000-0000-4000-8000-000000000005""#,
    r#""00000000-0000-4000-8000-000000000006""#,
    r#""00000000-0000-4000-8000-000000000007""#,
    r#""00000000-0000-4000-8000-000000000008""#,
    r#""00000000-0000-4000-8000-0000000000ff""#,
];
const PRICES: &[&str] = &[
    r#""00000000-0000-4000-8000-00000000006e""#,
    r#""00000000-0000-4000-8000-00000000006f""#,
    r#""00000000-0000-4000-8000-000000000078""#,
    r#""00000000-0000-4000-8000-000000000082""#,
];
const LISTS: &[&str] = &[
    r#"["00000000-0000-4000-8000-000000000001"]"#,
    r#"["00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000001"]"#,
    r#"["00000000-0000-4000-8000-000000000003"]"#,
    r#"["00000000-0000-4000-8000-000000000004"]"#,
    r#"["00000000-0000-4000-8000-000000000005", "00000000-0000-4000-8000-000000000008"]"#,
    r#"["00000000-0000-4000-8000-000000000006"]"#,
    r#"["00000000-0000-4000-8000-000000000007"]"#,
    "[]",
];
const DISCOUNTS: &[&str] = &[
    r#""00000000-0000-4000-8000-000000000015""#,
    r#""00000000-0000-4000-8000-000000000016""#,
    r#""00000000-0000-4000-8000-000000000017""#,
    r#""00000000-0000-4000-8000-000000000018""#,
    "null",
];
const AMOUNTS: &[&str] = &[
    "0",
    "1",
    "500",
    "1500",
    "1000000",
    "99999999",
    "9007199254740993",
    "9223372036854775807",
];
const SEATS: &[&str] = &["1", "2", "5", "6", "10", "40", "10000"];
const BOOLEANS: &[&str] = &["true", "false", "null"];
const NAMES: &[&str] = &[r#""Zoë""#, r#""""#, r#""  ""#, "null"];
const EMAILS: &[&str] = &[
    r#""zoe@example.com""#,
    r#""known@example.com""#,
    r#""Zoe@Example.com ""#,
    r#""a@b""#,
    "null",
];
const URLS: &[&str] = &[
    r#""https://shop.example/thanks?c={CHECKOUT_ID}""#,
    r#""http://[::1]:8080/""#,
    r#""javascript:alert(1)""#,
    r#""https://shop.example""#,
];
const ADDRESSES: &[&str] = &[
    r#"{"country": "DE"}"#,
    r#"{"country": "DE", "line1": "Ku'damm 1", "city": "Berlin", "postal_code": "10719"}"#,
    r#"{"country": "US", "state": "NY", "line1": "1 Main St", "city": "Albany", "postal_code": "12207"}"#,
    r#"{"country": "US", "state": "US-NY"}"#,
    r#"{"country": "CA", "state": "ON"}"#,
    r#"{"country": "FR", "line1": "", "state": null}"#,
    r#"{"country": "JP"}"#,
    r#"{"country": "XX"}"#,
    "{}",
];
const TAX_IDS: &[&str] = &[
    r#""DE136695976""#,
    r#""FRXX999999999""#,
    r#""123""#,
    r#""ATU12345678""#,
    "null",
];
const METADATA: &[&str] = &[
    r#"{"a": 1, "b": "é", "c": true}"#,
    r#"{"": 1}"#,
    r#"{"a": {"b": 1}}"#,
    r#"{"n": 0.1}"#,
    "{}",
];
const ANSWERS: &[&str] = &[
    r#"{"note": "hello", "terms": true}"#,
    r#"{"note": "x", "terms": false, "count": 99, "day": "2026-02-30", "size": "xl"}"#,
    r#"{"note": "hello", "terms": "true", "count": "7", "day": "2026-02-28", "size": "s"}"#,
    r#"{"day": "2026-02-28T12:00:00+14:00", "other": [1]}"#,
    r#"{"note": null, "count": null, "day": null, "size": null, "terms": null}"#,
    "{}",
];
const INTERVALS: &[&str] = &[r#""day""#, r#""week""#, r#""month""#, r#""year""#, "null"];
const COUNTS: &[&str] = &["1", "7", "1000", "0", "null"];
const LOCALES: &[&str] = &[r#""de""#, r#""pt-PT""#, r#""zz-ZZ-x-a""#, r#""_""#, "null"];
const ADDRESS: &[&str] = &[
    r#""203.0.113.7""#,
    r#""::1""#,
    r#""::ffff:1.2.3.4""#,
    r#""1.2.3""#,
    "null",
];
const OWN: &[&str] = &[
    r#"{"00000000-0000-4000-8000-000000000002": [{"amount_type": "fixed", "price_amount": 1999, "price_currency": "usd"}]}"#,
    r#"{"00000000-0000-4000-8000-000000000001": [{"amount_type": "custom", "minimum_amount": 100, "price_currency": "eur"}]}"#,
    r#"{"00000000-0000-4000-8000-000000000003": [{"amount_type": "seat_based", "price_currency": "usd", "seat_tiers": {"tiers": [{"min_seats": 1, "max_seats": 3, "price_per_seat": 9}]}}]}"#,
    "{}",
];

/// Of POST /v1/checkouts/.
pub const CREATE: &Words = &[
    ("products", LISTS),
    ("product_id", IDS),
    ("product_price_id", PRICES),
    ("prices", OWN),
    ("amount", AMOUNTS),
    ("currency", &[r#""usd""#, r#""eur""#, r#""JPY""#, "null"]),
    ("discount_id", DISCOUNTS),
    ("allow_discount_codes", BOOLEANS),
    ("require_billing_address", BOOLEANS),
    ("allow_trial", BOOLEANS),
    ("trial_interval", INTERVALS),
    ("trial_interval_count", COUNTS),
    ("seats", SEATS),
    ("min_seats", SEATS),
    ("max_seats", SEATS),
    ("units", SEATS),
    (
        "customer_id",
        &[r#""00000000-0000-4000-8000-00000000001f""#, "null"],
    ),
    (
        "external_customer_id",
        &[r#""kunde-1""#, r#""new""#, "null"],
    ),
    ("customer_external_id", &[r#""kunde-1""#, "null"]),
    ("is_business_customer", BOOLEANS),
    ("customer_name", NAMES),
    ("customer_email", EMAILS),
    ("customer_ip_address", ADDRESS),
    ("customer_billing_name", NAMES),
    ("customer_billing_address", ADDRESSES),
    ("customer_tax_id", TAX_IDS),
    ("customer_metadata", METADATA),
    ("metadata", METADATA),
    ("custom_field_data", ANSWERS),
    ("success_url", URLS),
    ("return_url", URLS),
    ("embed_origin", URLS),
    ("locale", LOCALES),
];

/// Of PATCH, and of a confirmation.
pub const UPDATE: &Words = &[
    ("product_id", IDS),
    ("product_price_id", PRICES),
    ("amount", AMOUNTS),
    ("seats", SEATS),
    ("units", SEATS),
    ("is_business_customer", BOOLEANS),
    ("customer_name", NAMES),
    ("customer_email", EMAILS),
    ("customer_billing_name", NAMES),
    ("customer_billing_address", ADDRESSES),
    ("customer_tax_id", TAX_IDS),
    ("locale", LOCALES),
    ("custom_field_data", ANSWERS),
    (
        "discount_code",
        &[
            r#""launch""#,
            r#"" ALL ""#,
            r#""flat""#,
            r#""odd""#,
            r#""nope""#,
            "null",
        ],
    ),
    ("discount_id", DISCOUNTS),
    ("payment_method_type", &[r#""upi""#, r#""card""#, "null"]),
    ("allow_trial", BOOLEANS),
    ("confirmation_token_id", &[r#""pm_card_visa""#, r#""""#]),
    ("currency", &[r#""usd""#, r#""eur""#, "null"]),
    ("trial_interval", INTERVALS),
    ("trial_interval_count", COUNTS),
    ("allow_discount_codes", BOOLEANS),
    ("require_billing_address", BOOLEANS),
    ("customer_ip_address", ADDRESS),
    ("customer_metadata", METADATA),
    ("metadata", METADATA),
    ("success_url", URLS),
    ("return_url", URLS),
    ("embed_origin", URLS),
];

/// Values of any field.
const ODD: &[&str] = &[
    "null",
    "true",
    "-1",
    "0.5",
    "1e300",
    "-9223372036854775808",
    "18446744073709551615",
    r#""""#,
    r#"" ""#,
    r#""\u0000""#,
    r#""\ud83d\ude00""#,
    r#""1""#,
    "[]",
    "[[]]",
    "{}",
    r#"{"a": [1, {}]}"#,
    r#"["x"]"#,
];

/// The bodies of an input, at most four: one, or the elements of a list.
pub fn bodies(data: &[u8], words: &Words) -> Vec<Value> {
    if matches!(data.first(), Some(b'{' | b'[')) {
        return match serde_json::from_slice(data) {
            Ok(Value::Array(list)) => list.into_iter().take(4).collect(),
            Ok(body) => vec![body],
            Err(_) => Vec::new(),
        };
    }
    let mut bytes = data.iter().copied();
    let mut bodies = Vec::new();
    while bodies.len() < 4 && bytes.len() > 0 {
        bodies.push(grown(&mut bytes, words));
    }
    bodies
}

/// One body: pairs of bytes choose a field and its value, until 255.
fn grown(bytes: &mut impl Iterator<Item = u8>, words: &Words) -> Value {
    let mut body = Map::new();
    while let Some(field) = bytes.next().filter(|byte| *byte < 255) {
        let (name, values) = words[usize::from(field) % words.len()];
        let choice = usize::from(bytes.next().unwrap_or(0));
        // One in four is a value that hardly belongs there.
        let values = if choice % 4 == 3 { ODD } else { values };
        let text = values[choice / 4 % values.len()];
        let value = serde_json::from_str(text).expect("the words are JSON");
        body.insert(name.to_owned(), value);
    }
    Value::Object(body)
}
