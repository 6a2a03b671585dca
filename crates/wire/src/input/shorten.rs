//! Shortening what a problem shows of the input: never more than a little, or a large body would come back many times
//! over.

use serde_json::{Map, Value};

/// Bytes of an input that a problem shows, at most and roughly.
pub const INPUT: usize = 1_024;

/// The value as a problem shows it: whole where it is small. Else texts are cut off, with an ellipsis, and the items and
/// members that come last are left out.
pub fn shortened(value: &Value) -> Value {
    let mut left = INPUT;
    cut(value, &mut left)
}

/// The text, cut off where it has more than `most` bytes.
pub fn shortened_text(text: &str, most: usize) -> String {
    match text.len() <= most {
        true => text.to_owned(),
        false => format!("{}…", &text[..text.floor_char_boundary(most)]),
    }
}

/// `left` is how many bytes more are shown. No deeper than the parser reads bodies, which is 128 steps.
fn cut(value: &Value, left: &mut usize) -> Value {
    match value {
        Value::String(text) => {
            let shown = shortened_text(text, *left);
            spend(left, shown.len() + 2);
            Value::String(shown)
        }
        Value::Array(items) => {
            let mut shown = Vec::new();
            for item in items {
                if *left == 0 {
                    break;
                }
                spend(left, 2);
                shown.push(cut(item, left));
            }
            Value::Array(shown)
        }
        Value::Object(members) => {
            let mut shown = Map::new();
            for (key, member) in members {
                if key.len() >= *left {
                    *left = 0;
                    break;
                }
                spend(left, key.len() + 4);
                shown.insert(key.clone(), cut(member, left));
            }
            Value::Object(shown)
        }
        other => {
            spend(left, 4);
            other.clone()
        }
    }
}

fn spend(left: &mut usize, bytes: usize) {
    *left = left.saturating_sub(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_small_is_shown_whole() {
        for small in [
            json!(null),
            json!(1.5),
            json!("text"),
            json!({"name": "Pro", "prices": [{"amount": 1}, null], "é": "\u{fffd}"}),
        ] {
            assert_eq!(shortened(&small), small);
        }
    }

    #[test]
    fn what_is_large_is_cut_off_and_stays_of_its_kind() {
        let long = "é".repeat(1_000_000);
        let deep = (0..120).fold(json!("x"), |inner, _| json!([inner, "é"]));
        let wide: Map<_, _> = (0..100_000).map(|n| (format!("k{n}"), json!({}))).collect();
        for large in [
            json!(long),
            json!([long, long]),
            json!({"first": long, "second": long}),
            json!({long.clone(): 1}),
            json!(vec![0; 1_000_000]),
            json!(vec![json!([]); 100_000]),
            Value::Object(wide),
            deep,
        ] {
            let shown = shortened(&large);
            assert_eq!(shown.is_array(), large.is_array());
            assert_eq!(shown.is_object(), large.is_object());
            assert!(
                shown.to_string().len() < 2 * INPUT,
                "{}",
                shown.to_string().len()
            );
        }
    }
}
