//! Parameters of the endpoints: what each takes, and how it is read.

use serde_json::{Map, Value};

use crate::error::Refusal;

/// Types of a parameter.
#[derive(Debug, Clone, Copy)]
pub enum ParamKind {
    /// A text of at most so many characters.
    Text(usize),
    /// A whole number, at least the given one.
    Integer(i64),
    /// `true` or `false`.
    Boolean,
    /// `true`, `false`, or one of some words.
    BooleanOr(&'static [&'static str]),
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of words.
    Words(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// At most 50 pairs of texts.
    Metadata,
    /// A moment, or bounds of one: `gt`, `gte`, `lt`, `lte`.
    Moment,
    /// A map with parameters of its own.
    Map(&'static [Param]),
    /// A parameter of Stripe that the fake does not do; it says so.
    NotDone,
}

/// A parameter of an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    name: &'static str,
    kind: ParamKind,
    required: bool,
    emptyable: bool,
}

impl Param {
    /// A parameter that may be left out.
    pub const fn new(name: &'static str, kind: ParamKind) -> Self {
        Self {
            name,
            kind,
            required: false,
            emptyable: false,
        }
    }

    /// A parameter that must be given.
    pub const fn required(name: &'static str, kind: ParamKind) -> Self {
        Self {
            required: true,
            ..Self::new(name, kind)
        }
    }

    /// A parameter that an empty text unsets.
    pub const fn emptyable(name: &'static str, kind: ParamKind) -> Self {
        Self {
            emptyable: true,
            ..Self::new(name, kind)
        }
    }
}

/// Parameters as they were read: every name is known, every value is of its kind.
#[derive(Debug, Clone, Default)]
pub struct Params(Map<String, Value>);

impl Params {
    /// The text of a parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    /// The text of a parameter, owned.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// The number of a parameter.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// The truth of a parameter; what was not said is false.
    pub fn is(&self, name: &str) -> bool {
        self.boolean(name).unwrap_or(false)
    }

    /// The truth of a parameter, if it was said.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Bool(value) => Some(*value),
            Value::String(word) => Some(!word.is_empty()),
            _ => None,
        }
    }

    /// The texts of a list, if it was given.
    pub fn texts(&self, name: &str) -> Option<Vec<String>> {
        let items = self.0.get(name)?.as_array()?;
        Some(
            items
                .iter()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect(),
        )
    }

    /// The map of a parameter, if it was given.
    pub fn map(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name).and_then(Value::as_object)
    }

    /// True where the parameter was given, even to unset something.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// True where a moment is within the bounds of a parameter.
    pub fn within(&self, name: &str, moment: i64) -> bool {
        match self.0.get(name) {
            None => true,
            Some(Value::Object(bounds)) => bounds.iter().all(|(bound, value)| {
                let value = value.as_i64().unwrap_or_default();
                match bound.as_str() {
                    "gt" => moment > value,
                    "gte" => moment >= value,
                    "lt" => moment < value,
                    _ => moment <= value,
                }
            }),
            Some(exact) => exact.as_i64() == Some(moment),
        }
    }
}

/// The parameters of a request, each of its kind.
///
/// # Errors
///
/// Answer of Stripe to parameters that it does not know, that are missing or malformed. Nothing has begun by then, so
/// an idempotency key does not remember it.
pub fn read(declared: &[Param], given: &Map<String, Value>) -> Result<Params, Refusal> {
    map(declared, given, "")
        .map(Params)
        .map_err(Refusal::before_work)
}

/// One level of maps; its depth is the declaration's, not the request's.
fn map(
    declared: &[Param],
    given: &Map<String, Value>,
    path: &str,
) -> Result<Map<String, Value>, Refusal> {
    let unknown: Vec<String> = given
        .keys()
        .filter(|name| !declared.iter().any(|param| param.name == name.as_str()))
        .map(|name| nested(path, name))
        .collect();
    if let Some(first) = unknown.first() {
        return Err(unknown_parameters(&unknown).param(first));
    }
    let mut read = Map::new();
    for param in declared {
        let path = nested(path, param.name);
        match given.get(param.name) {
            None if param.required => {
                return Err(Refusal::invalid(format!("Missing required param: {path}."))
                    .code("parameter_missing")
                    .param(&path));
            }
            None => {}
            Some(value) => {
                read.insert(param.name.to_owned(), one(param, value, &path)?);
            }
        }
    }
    Ok(read)
}

fn unknown_parameters(names: &[String]) -> Refusal {
    let hint = match names.iter().any(|name| name == "payment_method_types") {
        true => ". Did you mean allowed_payment_method_types?",
        false => "",
    };
    let plural = if names.len() == 1 { "" } else { "s" };
    Refusal::invalid(format!(
        "Received unknown parameter{plural}: {}{hint}",
        names.join(", ")
    ))
    .code("parameter_unknown")
}

fn one(param: &Param, value: &Value, path: &str) -> Result<Value, Refusal> {
    if value.as_str() == Some("") && !matches!(param.kind, ParamKind::Metadata | ParamKind::NotDone)
    {
        if param.emptyable {
            return Ok(value.clone());
        }
        return Err(Refusal::invalid(format!(
            "You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; \
             however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value."
        ))
        .code("parameter_invalid_empty")
        .param(path));
    }
    match param.kind {
        ParamKind::Text(longest) => text(value, longest, path),
        ParamKind::Integer(least) => integer(value, least, path),
        ParamKind::Boolean => boolean(value, path),
        ParamKind::BooleanOr(words) => boolean(value, path).or_else(|_| word(value, words, path)),
        ParamKind::Word(words) => word(value, words, path),
        ParamKind::Words(words) => list(value, path, |item, path| word(item, words, path)),
        ParamKind::Texts => list(value, path, |item, path| text(item, 500, path)),
        ParamKind::Metadata => metadata(value, path),
        ParamKind::Moment => moment(value, path),
        ParamKind::Map(declared) => match value {
            Value::Object(given) => map(declared, given, path).map(Value::Object),
            _ => Err(Refusal::invalid("Invalid object").param(path)),
        },
        ParamKind::NotDone => Err(Refusal::invalid(format!(
            "The fake Stripe does not do '{path}'."
        ))
        .code("fake_not_done")
        .param(path)),
    }
}

fn nested(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}[{name}]")
    }
}

fn text(value: &Value, longest: usize, path: &str) -> Result<Value, Refusal> {
    match value.as_str() {
        None => Err(Refusal::invalid("Invalid string").param(path)),
        Some(text) if text.chars().count() > longest => Err(Refusal::invalid(format!(
            "Invalid string: {}...; must be at most {longest} characters",
            text.chars().take(20).collect::<String>()
        ))
        .param(path)),
        Some(_) => Ok(value.clone()),
    }
}

fn integer(value: &Value, least: i64, path: &str) -> Result<Value, Refusal> {
    let refusal = |message: String| {
        Refusal::invalid(message)
            .code("parameter_invalid_integer")
            .param(path)
    };
    let text = value.as_str().unwrap_or("object");
    let number: i64 = text
        .parse()
        .map_err(|_| refusal(format!("Invalid integer: {text}")))?;
    if number < least {
        return Err(refusal(format!(
            "This value must be greater than or equal to {least}."
        )));
    }
    Ok(Value::from(number))
}

fn boolean(value: &Value, path: &str) -> Result<Value, Refusal> {
    match value.as_str() {
        Some("true") => Ok(Value::Bool(true)),
        Some("false") => Ok(Value::Bool(false)),
        other => {
            let said = other.unwrap_or("object");
            Err(Refusal::invalid(format!("Invalid boolean: {said}")).param(path))
        }
    }
}

fn word(value: &Value, words: &[&str], path: &str) -> Result<Value, Refusal> {
    match value.as_str() {
        Some(word) if words.contains(&word) => Ok(value.clone()),
        _ => Err(Refusal::invalid(format!(
            "Invalid {path}: must be one of {}",
            words.join(", ")
        ))
        .param(path)),
    }
}

fn list(
    value: &Value,
    path: &str,
    read: impl Fn(&Value, &str) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    let Value::Array(items) = value else {
        return Err(Refusal::invalid("Invalid array").param(path));
    };
    let read = items
        .iter()
        .enumerate()
        .map(|(at, item)| read(item, &nested(path, &at.to_string())));
    read.collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn metadata(value: &Value, path: &str) -> Result<Value, Refusal> {
    let pairs = match value {
        Value::String(text) if text.is_empty() => return Ok(Value::Object(Map::new())),
        Value::Object(pairs) => pairs,
        _ => return Err(Refusal::invalid("Invalid object").param(path)),
    };
    if pairs.len() > 50 {
        return Err(Refusal::invalid("Metadata can have at most 50 keys.").param(path));
    }
    for (name, value) in pairs {
        if name.chars().count() > 40 {
            return Err(
                Refusal::invalid("Metadata keys can be at most 40 characters long.").param(path),
            );
        }
        text(value, 500, &nested(path, name))?;
    }
    Ok(value.clone())
}

fn moment(value: &Value, path: &str) -> Result<Value, Refusal> {
    let Value::Object(bounds) = value else {
        return integer(value, 0, path);
    };
    let mut read = Map::new();
    for (bound, value) in bounds {
        let path = nested(path, bound);
        if !["gt", "gte", "lt", "lte"].contains(&bound.as_str()) {
            return Err(unknown_parameters(std::slice::from_ref(&path)).param(&path));
        }
        read.insert(bound.clone(), integer(value, 0, &path)?);
    }
    Ok(Value::Object(read))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::decode;

    const DECLARED: &[Param] = &[
        Param::required("amount", ParamKind::Integer(1)),
        Param::new("kind", ParamKind::Word(&["a", "b"])),
        Param::new("types", ParamKind::Words(&["card"])),
        Param::new("sure", ParamKind::Boolean),
        Param::new("metadata", ParamKind::Metadata),
        Param::new("created", ParamKind::Moment),
        Param::new(
            "deep",
            ParamKind::Map(&[Param::required("enabled", ParamKind::Boolean)]),
        ),
    ];

    fn refused(text: &str) -> (String, String) {
        let refusal = read(DECLARED, &decode(text.as_bytes()).expect("a form")).expect_err(text);
        assert!(refusal.before_work);
        let part = |name: &str| {
            refusal
                .more
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or("-")
                .to_owned()
        };
        (part("code"), part("param"))
    }

    #[test]
    fn each_parameter_is_refused_in_stripes_words() {
        for (text, code, param) in [
            ("", "parameter_missing", "amount"),
            ("amount=", "parameter_invalid_empty", "amount"),
            ("amount=1.5", "parameter_invalid_integer", "amount"),
            ("amount=0", "parameter_invalid_integer", "amount"),
            ("amount=1&nope=1", "parameter_unknown", "nope"),
            ("amount=1&kind=c", "-", "kind"),
            ("amount=1&types[]=card&types[]=cash", "-", "types[1]"),
            ("amount=1&types=card", "-", "types"),
            ("amount=1&sure=yes", "-", "sure"),
            ("amount=1&deep[x]=1", "parameter_unknown", "deep[x]"),
            (
                "amount=1&deep[enabled]=",
                "parameter_invalid_empty",
                "deep[enabled]",
            ),
            (
                "amount=1&created[near]=3",
                "parameter_unknown",
                "created[near]",
            ),
            ("amount=1&metadata=x", "-", "metadata"),
        ] {
            assert_eq!(refused(text), (code.to_owned(), param.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_was_read_has_its_kind() {
        let form = decode(b"amount=5&sure=true&metadata[a]=b&created[gte]=3&deep[enabled]=false")
            .expect("a form");
        let params = read(DECLARED, &form).expect("sound");
        assert_eq!(params.integer("amount"), Some(5));
        assert!(params.is("sure"));
        assert!(params.within("created", 3) && !params.within("created", 2));
    }
}
