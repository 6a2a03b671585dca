//! Schemas as trees of names, kinds and rules.

use std::collections::BTreeSet;

use askama::Template;
use serde_json::{Map, Value, json};

use super::prose::{Prose, split_words};

/// The kind of a value: words, or the name of an object that has a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Words(String),
    Named(String),
}

/// A value, its rules, and what is in it.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/reference_schema.html")]
pub struct Schema {
    /// Empty where the value has none: an answer, a choice.
    pub name: String,
    /// Such as `list of`, `or null`, between which the kinds stand.
    pub kinds: Vec<Kind>,
    pub required: bool,
    pub deprecated: bool,
    pub description: Prose,
    /// `at least 1`, `at most 64 characters`.
    pub rules: Vec<String>,
    /// The words that it may be.
    pub values: Vec<Word>,
    /// Its fields.
    pub fields: Vec<Schema>,
    /// One of these.
    pub choices: Vec<Schema>,
}

/// A word of a closed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub word: String,
    /// Empty where nothing is said of it.
    pub meaning: Prose,
}

/// Most words that are shown at once.
const FEW: usize = 12;
/// Trees end here: nothing in the document is as deep.
const DEEP: usize = 8;

impl Schema {
    /// True where its words would fill the page.
    fn is_long(&self) -> bool {
        self.values.len() > FEW
    }

    /// Without saying what must be there: an answer has it all.
    fn answered(mut self) -> Self {
        self.required = false;
        let parts = |parts: Vec<Self>| parts.into_iter().map(Self::answered).collect();
        self.fields = parts(self.fields);
        self.choices = parts(self.choices);
        self
    }

    /// True where its words have meanings.
    fn is_explained(&self) -> bool {
        self.values.iter().any(|value| !value.meaning.is_empty())
    }
}

/// The document's named schemas.
pub struct Schemas<'a> {
    named: Option<&'a Map<String, Value>>,
}

impl<'a> Schemas<'a> {
    pub fn new(document: &'a Value) -> Self {
        Self {
            named: document["components"]["schemas"].as_object(),
        }
    }

    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.named?.get(name)
    }

    /// The schema itself, or the one that it refers to.
    pub fn resolve(&self, schema: &'a Value) -> &'a Value {
        referred(schema)
            .and_then(|name| self.get(name))
            .unwrap_or(schema)
    }

    /// A request's body, whole.
    pub fn body(&self, schema: &'a Value) -> Schema {
        self.tree("", self.resolve(schema), true, DEEP)
    }

    /// An answer: its objects have pages.
    pub fn answer(&self, schema: &'a Value) -> Schema {
        self.tree("", schema, true, DEEP)
    }

    /// The fields of the object that an answer is, or is a page of.
    pub fn fields_of(&self, schema: &'a Value) -> Vec<Schema> {
        let name = referred(schema).map(|name| page_of(name).unwrap_or(name));
        let object = name.and_then(|name| self.object(name));
        object.map(|object| object.fields).unwrap_or_default()
    }

    /// Shape of an answer.
    pub fn example(&self, schema: &'a Value) -> Option<Value> {
        let own = |schema: &'a Value| self.resolve(schema)["examples"].get(0).cloned();
        if let Some(item) = referred(schema).and_then(page_of) {
            let item = own(self.get(item)?)?;
            return Some(json!({"items": [item], "pagination": {"total_count": 1, "max_page": 1}}));
        }
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        own(schema).or_else(|| choices.filter_map(own).next())
    }

    /// A parameter of path or query.
    pub fn parameter(&self, parameter: &'a Value) -> Schema {
        let name = parameter["name"].as_str().unwrap_or_default();
        let mut schema = self.tree(name, &parameter["schema"], false, DEEP);
        schema.required = parameter["required"] == true;
        schema.deprecated |= parameter["deprecated"] == true;
        if let Some(words) = parameter["description"].as_str() {
            schema.description = Prose::of(words);
        }
        schema
    }

    /// A named object by itself; none where it is only a list of words or a page of a list.
    pub fn object(&self, name: &str) -> Option<Schema> {
        let found = self.get(name).filter(|_| self.is_object(name))?;
        Some(self.tree(name, found, false, DEEP).answered())
    }

    /// True where a reference to it is a link; others are shown where they stand.
    fn is_object(&self, name: &str) -> bool {
        let Some(schema) = self.get(name) else {
            return false;
        };
        page_of(name).is_none() && schema["enum"].is_null()
    }

    /// The names of all objects that a part of the document refers to, directly or not, except the body's own.
    pub fn named_in(&self, part: &'a Value, found: &mut Vec<String>) {
        let mut seen: BTreeSet<String> = found.iter().cloned().collect();
        let mut waiting = Vec::new();
        let body = &part["requestBody"]["content"]["application/json"]["schema"];
        references(self.resolve(body), &mut waiting);
        for key in ["parameters", "responses"] {
            references(&part[key], &mut waiting);
        }
        while let Some(name) = waiting.pop() {
            let name = page_of(name).unwrap_or(name);
            if seen.insert(name.to_owned()) {
                found.push(name.to_owned());
                if let Some(schema) = self.get(name) {
                    references(schema, &mut waiting);
                }
            }
        }
    }

    fn tree(&self, name: &str, schema: &'a Value, required: bool, deep: usize) -> Schema {
        let words = schema["description"].as_str().unwrap_or_default();
        let (words, _) = split_words(words);
        let mut node = Schema {
            name: name.to_owned(),
            kinds: Vec::new(),
            required,
            deprecated: schema["deprecated"] == true || words.starts_with("Deprecated"),
            description: Prose::of(words),
            rules: Vec::new(),
            values: Vec::new(),
            fields: Vec::new(),
            choices: Vec::new(),
        };
        if deep > 0 {
            self.fill(&mut node, schema, deep);
        }
        node
    }

    fn fill(&self, node: &mut Schema, schema: &'a Value, deep: usize) {
        if let Some(name) = referred(schema) {
            if let Some(item) = page_of(name) {
                node.kinds.push(word("page of"));
                node.kinds.push(Kind::Named(item.to_owned()));
            } else if self.is_object(name) {
                node.kinds.push(Kind::Named(name.to_owned()));
            } else if let Some(found) = self.get(name) {
                self.fill(node, found, deep);
            }
            return;
        }
        if let Some(parts) = schema["allOf"].as_array() {
            for part in parts {
                self.fill(node, self.resolve(part), deep);
            }
            node.kinds.dedup();
            return;
        }
        if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            return self.choose(node, choices, deep);
        }
        node.rules.extend(rules(schema));
        node.values.extend(values(schema));
        if schema["type"] == "array" {
            node.kinds.push(word("list of"));
            return self.fill(node, &schema["items"], deep);
        }
        node.kinds.push(Kind::Words(kind(schema)));
        self.fields(node, schema, deep);
    }

    fn choose(&self, node: &mut Schema, choices: &'a [Value], deep: usize) {
        let (nothing, something): (Vec<_>, Vec<_>) =
            choices.iter().partition(|choice| choice["type"] == "null");
        match something[..] {
            [one] => self.fill(node, one, deep),
            _ => {
                node.kinds.push(word("one of"));
                let choices = something.into_iter();
                node.choices
                    .extend(choices.map(|choice| self.tree("", choice, false, deep - 1)));
            }
        }
        if !nothing.is_empty() {
            node.kinds.push(word("or null"));
        }
    }

    fn fields(&self, node: &mut Schema, schema: &'a Value, deep: usize) {
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let required = required.contains(&name.as_str());
            node.fields.push(self.tree(name, field, required, deep - 1));
        }
    }
}

fn word(text: &str) -> Kind {
    Kind::Words(text.to_owned())
}

/// `Checkout` of `#/components/schemas/Checkout`.
pub fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// `Checkout` of `Page_Checkout`.
fn page_of(name: &str) -> Option<&str> {
    name.strip_prefix("Page_")
}

fn references<'a>(part: &'a Value, found: &mut Vec<&'a str>) {
    found.extend(referred(part));
    match part {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| references(field, found)),
        _ => {}
    }
}

/// `text`, `uuid or null`.
fn kind(schema: &Value) -> String {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any value"],
    };
    let format = schema["format"].as_str().filter(|f| !f.starts_with("int"));
    let words: Vec<&str> = types
        .into_iter()
        .map(|kind| match (kind, format) {
            ("string", Some(format)) => format,
            (kind, _) => kind,
        })
        .collect();
    words.join(" or ")
}

fn rules(schema: &Value) -> Vec<String> {
    let bounds = [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ];
    let bounds = bounds.into_iter().filter_map(|(least, most, unit)| {
        Some(match (schema[least].as_i64(), schema[most].as_i64()) {
            (Some(least), Some(most)) if least == most => format!("{}{unit}", grouped(most)),
            (Some(least), Some(most)) => format!("{} to {}{unit}", grouped(least), grouped(most)),
            (Some(least), None) => format!("at least {}{unit}", grouped(least)),
            (None, Some(most)) => format!("at most {}{unit}", grouped(most)),
            (None, None) => return None,
        })
    });
    let above = schema["exclusiveMinimum"].as_i64();
    let pattern = schema["pattern"].as_str();
    bounds
        .chain(above.map(|above| format!("above {}", grouped(above))))
        .chain(pattern.map(|pattern| format!("matches {pattern}")))
        .collect()
}

/// `10,000`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn values(schema: &Value) -> Vec<Word> {
    let (_, meanings) = split_words(schema["description"].as_str().unwrap_or_default());
    let words = schema["enum"].as_array().into_iter().flatten();
    let words = words.filter_map(Value::as_str);
    let of = |word: &str| Word {
        word: word.to_owned(),
        meaning: Prose::of(meanings.get(word).copied().unwrap_or_default()),
    };
    words.map(of).collect()
}
