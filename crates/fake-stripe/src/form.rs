//! The encoding of requests: `application/x-www-form-urlencoded` with nested names, `a[b][]=c`.
//!
//! A form becomes a tree of JSON whose leaves are texts; [`crate::params`] gives them their types.

use serde_json::{Map, Value};

use crate::error::Refusal;

/// Brackets that one name may have.
pub const DEPTH: usize = 6;
/// Fields that one request may have.
pub const FIELDS: usize = 1_000;
/// Characters that one name may have.
pub const NAME: usize = 500;

/// Tree of what a body or a query says.
///
/// # Errors
///
/// 400 for more than [`FIELDS`] fields, names longer than [`NAME`] or deeper than [`DEPTH`], brackets that do not
/// close, and names that are both a value and a map.
pub fn decode(encoded: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let mut tree = Map::new();
    for (count, (name, value)) in url::form_urlencoded::parse(encoded).enumerate() {
        if count >= FIELDS {
            return Err(Refusal::invalid(format!(
                "More than {FIELDS} parameters were sent."
            )));
        }
        let segments = segments(&name)?;
        insert(&mut tree, &segments, &value).ok_or_else(|| {
            Refusal::invalid(format!("Invalid parameter name: {name}")).param(&name)
        })?;
    }
    Ok(tree)
}

/// Parts of a name: `a[b][]` is `a`, `b` and the empty text.
fn segments(name: &str) -> Result<Vec<&str>, Refusal> {
    let malformed = || Refusal::invalid(format!("Invalid parameter name: {name}"));
    if name.len() > NAME {
        return Err(Refusal::invalid("A parameter's name is too long."));
    }
    let (first, mut rest) = match name.find('[') {
        Some(0) => return Err(malformed()),
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut segments = vec![first];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').ok_or_else(malformed)?;
        let (segment, after) = inner.split_once(']').ok_or_else(malformed)?;
        segments.push(segment);
        rest = after;
        if segments.len() > DEPTH + 1 {
            return Err(Refusal::invalid(format!(
                "Parameters are nested more than {DEPTH} deep."
            )));
        }
    }
    Ok(segments)
}

/// The value at its place; nothing if the place is taken by something of another kind.
fn insert(tree: &mut Map<String, Value>, segments: &[&str], value: &str) -> Option<()> {
    let (first, rest) = segments.split_first()?;
    let mut place = tree.entry(*first).or_insert(Value::Null);
    for (at, segment) in rest.iter().enumerate() {
        place = step(place, segment, rest.get(at + 1).copied())?;
    }
    if !place.is_null() {
        // Said twice: the last one counts, unless it would replace a map or a list.
        place.as_str()?;
    }
    *place = Value::String(value.to_owned());
    Some(())
}

/// The place that one bracket leads to.
fn step<'tree>(
    place: &'tree mut Value,
    segment: &str,
    next: Option<&str>,
) -> Option<&'tree mut Value> {
    if place.is_null() {
        let starts_list = segment.is_empty() || segment == "0";
        *place = if starts_list {
            Value::Array(Vec::new())
        } else {
            Value::Object(Map::new())
        };
    }
    match place {
        Value::Array(items) => {
            // `a[][b]=1&a[][c]=2` is one element, until a name comes again.
            let continues = next.is_some_and(|next| {
                !next.is_empty()
                    && matches!(items.last(), Some(Value::Object(last)) if !last.contains_key(next))
            });
            let index = match segment {
                "" if continues => items.len() - 1,
                "" => items.len(),
                segment => segment.parse().ok()?,
            };
            if index == items.len() {
                items.push(Value::Null);
            }
            items.get_mut(index)
        }
        Value::Object(_) if segment.is_empty() => None,
        Value::Object(map) => Some(map.entry(segment).or_insert(Value::Null)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Value {
        Value::Object(decode(text.as_bytes()).expect("it decodes"))
    }

    #[test]
    fn brackets_become_maps_and_lists() {
        assert_eq!(
            read(
                "amount=5&metadata[a]=b&metadata[c%5Bd]=e&types[]=card&types[]=link&x[0]=y&x[1]=z"
            ),
            json!({"amount": "5", "metadata": {"a": "b", "c[d": "e"}, "types": ["card", "link"], "x": ["y", "z"]}),
        );
    }

    #[test]
    fn maps_in_lists_end_where_a_name_comes_again() {
        assert_eq!(
            read("i[][a]=1&i[][b]=2&i[][a]=3&j[0][a]=1&j[0][b]=2&j[1][a]=3"),
            json!({"i": [{"a": "1", "b": "2"}, {"a": "3"}], "j": [{"a": "1", "b": "2"}, {"a": "3"}]}),
        );
    }

    #[test]
    fn a_name_is_at_most_so_deep_and_a_request_so_long() {
        let name = |depth: usize| format!("a{}=1", "[b]".repeat(depth));
        assert!(decode(name(DEPTH).as_bytes()).is_ok());
        assert!(decode(name(DEPTH + 1).as_bytes()).is_err());
        assert!(decode(name(100_000).as_bytes()).is_err());
        assert!(decode("a=1&".repeat(FIELDS).as_bytes()).is_ok());
        assert!(decode("a=1&".repeat(FIELDS + 1).as_bytes()).is_err());
    }

    #[test]
    fn what_is_both_a_value_and_a_map_is_refused() {
        for text in [
            "a=1&a[b]=2",
            "a[b]=2&a=1",
            "a[]=1&a[b]=2",
            "a[b=1",
            "[a]=1",
            "a[b]c=1",
            "a[0]=1&a[9]=2",
        ] {
            assert!(decode(text.as_bytes()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(text in "[a\\[\\]0-9=&%b]{0,80}") {
            let _ = decode(text.as_bytes());
        }
    }
}
