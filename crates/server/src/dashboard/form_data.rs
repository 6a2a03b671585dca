//! Form data, and the JSON body that its fields are named after.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    dashboard::denied::Denied,
    error::ApiError,
    pages::{
        FORM_LIMIT,
        form_fields::{self, FormRefused},
    },
};

/// The data that a form sent (`application/x-www-form-urlencoded`): the values of each field, in the order in which
/// they were sent. Fields are kept by name, so that the fields of a row or a group stand together and are found
/// without looking at the others.
#[derive(Clone, Default)]
pub struct FormData(BTreeMap<String, Vec<String>>);

/// Passwords come this way, so values are never printed.
impl std::fmt::Debug for FormData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl<S: Sync> FromRequest<S> for FormData {
    type Rejection = Denied;
    async fn from_request(request: Request, _: &S) -> Result<Self, Denied> {
        let bytes = Bytes::from_request(request, &())
            .await
            .map_err(|refused| ApiError::body_refused(refused.status(), FORM_LIMIT))?;
        let form_data = Self::parse(&bytes).map_err(ApiError::from)?;
        Ok(form_data)
    }
}

impl FormData {
    /// Reads an urlencoded body; one that exceeds a bound of [`form_fields`] is refused.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, FormRefused> {
        let mut form_data = Self::default();
        for (name, value) in form_fields::read(body)? {
            form_fields::rows_bounded(&name)?;
            form_data.0.entry(name).or_default().push(value);
        }
        Ok(form_data)
    }

    /// All of it, by name.
    pub fn encoded(&self) -> String {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        for (name, values) in &self.0 {
            text.extend_pairs(values.iter().map(|value| (name, value)));
        }
        text.finish()
    }

    /// The value of a field; the last one where it was sent twice.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.last().map(String::as_str)
    }

    /// A field's value without space around it; blank counts as not sent.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let values = self.0.get(name).into_iter().flatten();
        values.map(String::as_str).collect()
    }

    /// True where a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Replaces a field's value.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), vec![value.into()]);
    }

    /// Adds one more value to a field.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0
            .entry(name.to_owned())
            .or_default()
            .push(value.into());
    }

    /// Forgets a field and everything below it.
    pub fn drop(&mut self, name: &str) {
        self.0.remove(name);
        self.take_below(name);
    }

    /// The numbers that rows of a repeated group were sent under, such as `prices.0` and `prices.2`.
    pub fn rows(&self, group: &str) -> Vec<usize> {
        let [from, to] = below(group);
        let steps = self.0.range(from.clone()..to).filter_map(|(name, _)| {
            let rest = name.strip_prefix(&from)?;
            form_fields::row(rest.split('.').next()?)
        });
        let mut rows: Vec<usize> = steps.collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Numbers the rows of a group without gaps.
    pub fn renumber(&mut self, group: &str) {
        for (new, old) in self.rows(group).into_iter().enumerate() {
            if new == old {
                continue;
            }
            let (from, to) = (format!("{group}.{old}"), format!("{group}.{new}"));
            for (name, values) in self.take_below(&from) {
                self.0
                    .insert(format!("{to}{}", &name[from.len()..]), values);
            }
        }
    }

    /// Drops the rows that are blank in all of these parts, which is how one is removed, and numbers the others anew.
    pub fn drop_blank(&mut self, group: &str, parts: &[&str]) {
        for row in self.rows(group) {
            let is_filled = |part: &&str| self.filled(&format!("{group}.{row}.{part}")).is_some();
            if !parts.iter().any(is_filled) {
                self.drop(&format!("{group}.{row}"));
            }
        }
        self.renumber(group);
    }

    /// Takes the fields below a name out.
    fn take_below(&mut self, name: &str) -> Vec<(String, Vec<String>)> {
        let [from, to] = below(name);
        let names: Vec<String> = self
            .0
            .range(from..to)
            .map(|(name, _)| name.clone())
            .collect();
        let take = |name: String| self.0.remove_entry(&name);
        names.into_iter().filter_map(take).collect()
    }

    /// The numbers of the rows of a group, as they were sent, and of further ones until `spare` rows are blank in all of
    /// these parts: a form that is shown again has no more blank rows than before.
    pub fn rows_with_spare(&self, group: &str, parts: &[&str], spare: usize) -> Vec<usize> {
        let mut rows = self.rows(group);
        let filled = |row: &&usize| {
            let name = |part: &&str| format!("{group}.{row}.{part}");
            parts.iter().any(|part| self.filled(&name(part)).is_some())
        };
        let wanted = rows.iter().filter(filled).count() + spare;
        while rows.len() < wanted {
            rows.push(rows.last().map_or(0, |last| last + 1));
        }
        rows
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
        for (name, values) in &self.0 {
            if name.starts_with('_') {
                continue;
            }
            let Some(text) = values.last() else { continue };
            let value = match text.trim() {
                "" => Value::Null,
                _ => Value::String(text.clone()),
            };
            put(&mut body, name, value);
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
}

/// The fields below a name: from the first of these to just before the second.
fn below(name: &str) -> [String; 2] {
    // `/` follows `.` in ASCII.
    [format!("{name}."), format!("{name}/")]
}

fn put(body: &mut Value, name: &str, value: Value) {
    let mut at = body;
    for step in name.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[step];
    }
    *at = value;
}

/// Objects with numbers for keys are lists, in the order of the numbers. No deeper than names have steps.
fn listed(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    let numbered = !map.is_empty() && map.keys().all(|key| form_fields::row(key).is_some());
    let mut fields: Vec<(String, Value)> = map
        .into_iter()
        .map(|(key, value)| (key, listed(value)))
        .collect();
    if numbered {
        fields.sort_by_key(|(key, _)| form_fields::row(key));
        return Value::Array(fields.into_iter().map(|(_, value)| value).collect());
    }
    Value::Object(fields.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form_data(body: &str) -> FormData {
        FormData::parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_form_becomes_the_body_its_fields_are_named_after() {
        let form_data = form_data(
            "name=Pro&description=+&prices.0.amount_type=fixed&prices.0.price_amount=900&prices.3.amount_type=free&_page=1",
        );
        assert_eq!(
            form_data.json(),
            json!({
                "name": "Pro",
                "description": null,
                "prices": [{"amount_type": "fixed", "price_amount": "900"}, {"amount_type": "free"}],
            })
        );
        assert_eq!(form_data.rows("prices"), [0, 3]);
    }

    #[test]
    fn no_names_can_make_a_body_explode() {
        assert!(
            form_data("a.5=2&a.b=3&a.b.c=4&.=5&a.0=6&..a=7")
                .json()
                .is_object()
        );
        for hostile in [
            ".".repeat(5_000),
            "a.99999999999999999999=1".to_owned(),
            (0..1_000).map(|row| format!("prices.{row}.k=&")).collect(),
            "a=&".repeat(5_000),
            "n".repeat(100_000),
        ] {
            assert!(FormData::parse(hostile.as_bytes()).is_err());
        }
    }

    #[test]
    fn a_form_that_is_shown_again_and_again_gets_no_further_blank_rows() {
        let parts = ["key", "value"];
        assert_eq!(form_data("").rows_with_spare("m", &parts, 2), [0, 1]);
        let sent = form_data("m.0.key=&m.0.value=&m.1.key=&m.1.value=+");
        assert_eq!(sent.rows_with_spare("m", &parts, 2), [0, 1]);
        let filled = form_data("m.0.key=a&m.0.value=&m.1.key=&m.1.value=");
        assert_eq!(filled.rows_with_spare("m", &parts, 2), [0, 1, 2]);
        let gap = form_data("m.3.value=a");
        assert_eq!(gap.rows_with_spare("m", &parts, 1), [3, 4]);
    }

    #[test]
    fn rows_are_numbered_without_gaps_and_keep_their_fields() {
        let mut form_data =
            form_data("p.2.a=x&p.10.a=y&p.10.t.0.b=z&p.10.a=w&p2.3.a=o&p.01.a=n&p=v");
        form_data.renumber("p");
        assert_eq!(form_data.rows("p"), [0, 1]);
        assert_eq!(form_data.get("p.0.a"), Some("x"));
        assert_eq!(form_data.all("p.1.a"), ["y", "w"]);
        assert_eq!(form_data.get("p.1.t.0.b"), Some("z"));
        assert_eq!(form_data.get("p2.3.a"), Some("o"));
        form_data.drop("p");
        assert_eq!(form_data.encoded(), "p2.3.a=o");
    }
}
