//! What a form sent, and the JSON body that its fields are named after.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    error::ApiError,
    extract::{Body, Denied},
    web::FORM_LIMIT,
};

/// What a form sent (`application/x-www-form-urlencoded`), in its order.
#[derive(Clone, Default)]
pub struct Sent(Vec<(String, String)>);

/// Passwords come this way, so values are never printed.
impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(key, _)| key))
            .finish()
    }
}

impl<S: Sync> FromRequest<S> for Sent {
    type Rejection = Denied;
    async fn from_request(request: Request, _: &S) -> Result<Self, Denied> {
        let bytes = Bytes::from_request(request, &())
            .await
            .map_err(|refused| ApiError::body_refused(refused.status(), FORM_LIMIT))?;
        Ok(Self::parse(&bytes))
    }
}

impl Sent {
    /// Reads an urlencoded body.
    pub fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// All of it, in its order.
    pub fn encoded(&self) -> String {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(&self.0);
        text.finish()
    }

    /// The value of a field; the last one where it was sent twice.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rfind(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A field's value without space around it; blank counts as not sent.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Replaces a field's value.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.into()));
    }

    /// Adds one more value to a field.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Forgets a field and everything below it.
    pub fn drop(&mut self, name: &str) {
        let below = format!("{name}.");
        self.0
            .retain(|(key, _)| key != name && !key.starts_with(&below));
    }

    /// The numbers that rows of a repeated group were sent under, such as `prices.0` and `prices.2`.
    pub fn rows(&self, group: &str) -> Vec<usize> {
        let mut rows: Vec<usize> = self
            .0
            .iter()
            .filter_map(|(key, _)| {
                let rest = key.strip_prefix(group)?.strip_prefix('.')?;
                rest.split('.').next()?.parse().ok()
            })
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Numbers the rows of a group without gaps.
    pub fn renumber(&mut self, group: &str) {
        for (new, old) in self.rows(group).into_iter().enumerate() {
            let (from, to) = (format!("{group}.{old}."), format!("{group}.{new}."));
            for (key, _) in &mut self.0 {
                if let Some(rest) = key.strip_prefix(&from) {
                    *key = format!("{to}{rest}");
                }
            }
        }
    }

    /// An object as rows of `key` and `value`.
    pub fn set_pairs(&mut self, group: &str, object: &impl Serialize) {
        let object = serde_json::to_value(object).unwrap_or_default();
        for (row, (key, value)) in object.as_object().into_iter().flatten().enumerate() {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            self.set(&format!("{group}.{row}.key"), key.clone());
            self.set(&format!("{group}.{row}.value"), text);
        }
    }

    /// The object that rows of `key` and `value` are; what reads as a number or a truth value is one.
    pub fn pairs(&self, group: &str) -> Map<String, Value> {
        let pair = |row| {
            let key = self.filled(&format!("{group}.{row}.key"))?;
            let text = self
                .get(&format!("{group}.{row}.value"))
                .unwrap_or_default();
            let value = match serde_json::from_str(text) {
                Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
                _ => Value::String(text.to_owned()),
            };
            Some((key.to_owned(), value))
        };
        self.rows(group).into_iter().filter_map(pair).collect()
    }

    /// The JSON body that the fields are named after; a blank field is null. Names that begin with `_`
    /// are the page's own.
    pub fn json(&self) -> Value {
        let mut body = Value::Object(Map::new());
        for (key, text) in &self.0 {
            if key.starts_with('_') {
                continue;
            }
            let value = match text.trim() {
                "" => Value::Null,
                _ => Value::String(text.clone()),
            };
            put(&mut body, key.split('.'), value);
        }
        listed(body)
    }

    /// The body in which these fields stay text where they are blank: to a change, null says nothing.
    pub fn json_of_change(&self, required: &[&str]) -> Value {
        let mut body = self.json();
        for name in required {
            body[*name] = Value::from(self.get(name).unwrap_or_default());
        }
        body
    }

    /// The body with these fields as lists of all that was ticked.
    pub fn json_with(&self, lists: &[&str]) -> Value {
        let mut body = self.json();
        for name in lists {
            body[*name] = Value::from(self.all(name));
        }
        body
    }

    /// The body for the API's handlers.
    pub fn body(&self) -> Body {
        Body(Some(self.json()))
    }
}

fn put<'a>(at: &mut Value, mut path: impl Iterator<Item = &'a str>, value: Value) {
    let Some(step) = path.next() else {
        *at = value;
        return;
    };
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    if let Value::Object(map) = at {
        put(map.entry(step).or_insert(Value::Null), path, value);
    }
}

/// Objects with numbers for keys are lists, in the order of the numbers.
fn listed(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    let numbered = !map.is_empty() && map.keys().all(|key| key.parse::<usize>().is_ok());
    let mut fields: Vec<(String, Value)> = map
        .into_iter()
        .map(|(key, value)| (key, listed(value)))
        .collect();
    if numbered {
        fields.sort_by_key(|(key, _)| key.parse::<usize>().unwrap_or_default());
        return Value::Array(fields.into_iter().map(|(_, value)| value).collect());
    }
    Value::Object(fields.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_form_becomes_the_body_its_fields_are_named_after() {
        let sent = Sent::parse(
            b"name=Pro&description=+&prices.0.amount_type=fixed&prices.0.price_amount=900&prices.3.amount_type=free&_page=1",
        );
        assert_eq!(
            sent.json(),
            json!({
                "name": "Pro",
                "description": null,
                "prices": [{"amount_type": "fixed", "price_amount": "900"}, {"amount_type": "free"}],
            })
        );
        assert_eq!(sent.rows("prices"), [0, 3]);
    }

    #[test]
    fn no_names_can_make_a_body_explode() {
        let sent = Sent::parse(b"a.99999999999999999999=1&a.5=2&a.b=3&a.b.c=4&.=5&a.0=6&..a=7");
        assert!(sent.json().is_object());
    }
}
