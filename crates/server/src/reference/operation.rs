//! One operation of the API, as its page shows it.

use serde_json::Value;

use super::{
    prose::Prose,
    tree::{Schema, Schemas},
};
use crate::api;

/// The variable from which the programs of these pages take the access token.
pub const VARIABLE: &str = "TILL_TOKEN";

/// Callers of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// An access token with any one of these scopes.
    Token(Vec<&'static str>),
    /// A token of a customer session.
    CustomerSession,
    /// Whoever has the client secret that stands in the address.
    ClientSecret,
    /// Anybody.
    Nothing,
}

/// One operation of the API.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its place on the page of its area: `checkouts-create`.
    pub anchor: String,
    /// The address of its own page.
    pub address: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: Prose,
    pub permission: Permission,
    /// Parameters by their place: path, query or header.
    pub parameters: Vec<(&'static str, Vec<Schema>)>,
    pub body: Option<Body>,
    /// Answer of an operation that does what it should.
    pub answers: Vec<Answer>,
    /// Other answers.
    pub errors: Vec<Answer>,
    call: Call,
}

/// The body of a request.
#[derive(Debug, Clone)]
pub struct Body {
    pub description: Prose,
    pub required: bool,
    pub schema: Schema,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: String,
    pub words: Prose,
    pub body: Option<Schema>,
    /// The fields of the object that it is.
    pub fields: Vec<Schema>,
    /// JSON.
    pub example: Option<String>,
}

/// Body that a program sends.
#[derive(Debug, Clone)]
struct Call {
    method: &'static str,
    /// The path with values in it.
    path: String,
    signed: bool,
    body: Option<String>,
}

impl Operation {
    /// The operation of a path and a method; `area` is the address of its tag.
    pub fn of(
        path: &str,
        method: &str,
        operation: &Value,
        area: &str,
        schemas: &Schemas<'_>,
    ) -> Self {
        let text = |key: &str| operation[key].as_str().unwrap_or_default();
        let id = text("operationId");
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        let name = id.split_once(':').map_or(id, |(_, name)| name);
        let scheme = operation["security"][0].as_object();
        let scheme = scheme.and_then(|scheme| scheme.keys().next());
        let signed = scheme.is_some();
        let (answers, errors) = answers(operation, schemas);
        Self {
            anchor: id.replace([':', '_'], "-"),
            address: format!("{area}/{}", name.replace(['_', ':'], "-")),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text("summary").to_owned(),
            description: Prose::of(text("description")),
            permission: match scheme.map(String::as_str) {
                Some("customer_session") => Permission::CustomerSession,
                Some(_) => Permission::Token(api::scopes(tag, method, path)),
                None if path.contains("{client_secret}") => Permission::ClientSecret,
                None => Permission::Nothing,
            },
            parameters: parameters(operation, schemas),
            body: body(operation, schemas),
            answers,
            errors,
            call: Call {
                method: method_of(method),
                path: filled(path, operation),
                signed,
                body: pretty(&operation["requestBody"]["content"]["application/json"]["example"]),
            },
        }
    }

    /// The name in its address.
    pub fn name(&self) -> &str {
        self.address.rsplit('/').next().unwrap_or_default()
    }

    /// True where every word of the query is in it.
    pub fn meets(&self, query: &str) -> bool {
        let text = format!("{} {} {}", self.method, self.path, self.summary).to_lowercase();
        let mut words = query.split_whitespace();
        words.all(|word| text.contains(&word.to_lowercase()))
    }

    /// A call to the server at `url`, as a shell takes it.
    pub fn curl(&self, url: &str) -> String {
        let call = &self.call;
        let mut text = "curl".to_owned();
        if call.method != "GET" && (call.method != "POST" || call.body.is_none()) {
            text += &format!(" -X {}", call.method);
        }
        text += &format!(" \"{url}{}\"", call.path);
        if call.signed {
            text += &format!(" \\\n  -H \"Authorization: Bearer ${VARIABLE}\"");
        }
        if let Some(body) = &call.body {
            text += " \\\n  -H \"Content-Type: application/json\"";
            let indented = body.replace('\n', "\n  ");
            text += &format!(" \\\n  -d '{indented}'");
        }
        text
    }
}

fn method_of(method: &str) -> &'static str {
    match method {
        "post" => "POST",
        "patch" => "PATCH",
        "delete" => "DELETE",
        "put" => "PUT",
        _ => "GET",
    }
}

fn parameters(operation: &Value, schemas: &Schemas<'_>) -> Vec<(&'static str, Vec<Schema>)> {
    let all = operation["parameters"].as_array();
    let of = |place: &str| -> Vec<Schema> {
        let here = all.into_iter().flatten().filter(|p| p["in"] == place);
        here.map(|parameter| schemas.parameter(parameter)).collect()
    };
    [
        ("Path parameters", of("path")),
        ("Query parameters", of("query")),
        ("Headers", of("header")),
    ]
    .into_iter()
    .filter(|(_, parameters)| !parameters.is_empty())
    .collect()
}

fn body(operation: &Value, schemas: &Schemas<'_>) -> Option<Body> {
    let body = &operation["requestBody"];
    let schema = &body["content"]["application/json"]["schema"];
    (!schema.is_null()).then(|| Body {
        description: Prose::of(body["description"].as_str().unwrap_or_default()),
        required: body["required"] == true,
        schema: schemas.body(schema),
    })
}

/// Answers that are no errors, and those that are.
fn answers(operation: &Value, schemas: &Schemas<'_>) -> (Vec<Answer>, Vec<Answer>) {
    let all = operation["responses"].as_object().into_iter().flatten();
    let of = |(status, answer): (&String, &Value)| {
        let mut contents = answer["content"].as_object().into_iter().flatten();
        let schema = contents.next().map(|(_, content)| &content["schema"]);
        let schema = schema.filter(|schema| !schema.is_null());
        Answer {
            status: status.clone(),
            words: Prose::of(answer["description"].as_str().unwrap_or_default()),
            body: schema.map(|schema| schemas.answer(schema)),
            fields: schema
                .map(|schema| schemas.fields_of(schema))
                .unwrap_or_default(),
            example: schema
                .and_then(|schema| schemas.example(schema))
                .and_then(|example| pretty(&example)),
        }
    };
    all.map(of)
        .partition(|answer| answer.status.starts_with(['2', '3']))
}

/// The path with the examples of its parameters.
fn filled(path: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let mut filled = path.to_owned();
    for parameter in parameters.filter(|parameter| parameter["in"] == "path") {
        let name = parameter["name"].as_str().unwrap_or_default();
        if let Some(value) = parameter["example"].as_str() {
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
    }
    filled
}

/// JSON on several lines.
pub fn pretty(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        value => serde_json::to_string_pretty(value).ok(),
    }
}
