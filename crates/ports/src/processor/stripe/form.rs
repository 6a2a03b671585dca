//! The bodies and queries of requests: names and values, encoded as a form.

use std::collections::BTreeMap;

use url::form_urlencoded::Serializer;

/// Parameters in Stripe's notation: `metadata[key]`, `expand[]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Adds a parameter.
    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Form {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a parameter where there is a value.
    pub(super) fn with_some(self, name: &str, value: Option<impl ToString>) -> Form {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds an entry for each pair.
    pub(super) fn with_entries(self, name: &str, entries: &BTreeMap<String, String>) -> Form {
        let add = |form: Form, (key, value)| form.with(&format!("{name}[{key}]"), value);
        entries.iter().fold(self, add)
    }

    /// The same parameters but for one.
    pub(super) fn without(&self, name: &str) -> Form {
        let others = self.0.iter().filter(|(known, _)| known != name);
        Form(others.cloned().collect())
    }

    /// The parameters as `application/x-www-form-urlencoded`.
    pub(super) fn encoded(&self) -> String {
        Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_encoded() {
        let metadata = BTreeMap::from([("a".to_owned(), "1&2".to_owned())]);
        let form = Form::default()
            .with("amount", 1_000)
            .with_some("email", Some("ä@example.com"))
            .with_some("name", None::<&str>)
            .with_entries("metadata", &metadata);
        assert_eq!(
            form.encoded(),
            "amount=1000&email=%C3%A4%40example.com&metadata%5Ba%5D=1%262"
        );
        assert_eq!(
            form.without("email").encoded(),
            "amount=1000&metadata%5Ba%5D=1%262"
        );
    }
}
