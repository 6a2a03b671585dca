//! JSON printed exactly as `JSON.stringify(JSON.parse(text))` prints it, because some receivers verify
//! that instead of the bytes they got (docs/behaviour: webhooks/javascript-json).

use serde_json::{Map, Number, Value};

/// The largest whole number that JavaScript holds exactly.
const EXACT: i64 = 9_007_199_254_740_991;

/// Prints a value as JavaScript would: no spaces, numbers in JavaScript's form, integer-like keys first
/// and in ascending order.
pub fn print(value: &Value) -> String {
    let mut out = String::with_capacity(1024);
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => write_object(map, out),
    }
}

fn write_number(number: &Number, out: &mut String) {
    if let Some(whole) = number.as_i64().filter(|n| n.abs() <= EXACT) {
        out.push_str(&whole.to_string());
        return;
    }
    let float = number.as_f64().unwrap_or(0.0);
    if float == 0.0 {
        // JavaScript prints -0 as 0.
        out.push('0');
    } else {
        out.push_str(ryu_js::Buffer::new().format(float));
    }
}

fn write_text(text: &str, out: &mut String) {
    // serde_json escapes what JavaScript escapes, in the same forms.
    out.push_str(&serde_json::to_string(text).expect("text always serialises"));
}

fn write_object(map: &Map<String, Value>, out: &mut String) {
    let mut numbered: Vec<(u32, &String, &Value)> = map
        .iter()
        .filter_map(|(key, value)| Some((array_index(key)?, key, value)))
        .collect();
    numbered.sort_by_key(|(index, ..)| *index);
    let named = map.iter().filter(|(key, _)| array_index(key).is_none());
    let entries = numbered.into_iter().map(|(_, k, v)| (k, v)).chain(named);
    out.push('{');
    for (i, (key, value)) in entries.enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_text(key, out);
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

/// Keys that JavaScript orders before all others: canonical numbers below 2³² − 1.
fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index != u32::MAX && index.to_string() == key).then_some(index)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prints_as_javascript_does() {
        let cases = [
            (
                r#"{"b":1,"10":2,"2":3,"01":4,"a":5}"#,
                r#"{"2":3,"10":2,"b":1,"01":4,"a":5}"#,
            ),
            (
                r#"[1.0,-0.0,1e21,1e-7,0.000001,123456789012345680000]"#,
                "[1,0,1e+21,1e-7,0.000001,123456789012345680000]",
            ),
            (
                r#"[9007199254740993,18446744073709551615]"#,
                "[9007199254740992,18446744073709552000]",
            ),
            (
                r#"["é/\u0001\u007f\n\"\\"]"#,
                "[\"é/\\u0001\u{7f}\\n\\\"\\\\\"]",
            ),
            (
                r#"{"4294967295":1,"4294967294":2}"#,
                r#"{"4294967294":2,"4294967295":1}"#,
            ),
        ];
        for (input, expected) in cases {
            let value: Value = serde_json::from_str(input).unwrap();
            assert_eq!(print(&value), expected);
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>()
                .prop_filter("JSON has no others", |f| f.is_finite())
                .prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            let key = prop_oneof![".*", "[0-9]{1,11}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((key, inner), 0..6)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn printing_is_stable_under_parsing_again(value in any_json()) {
            let once = print(&value);
            let parsed: Value = serde_json::from_str(&once).unwrap();
            prop_assert_eq!(print(&parsed), once);
        }
    }
}
