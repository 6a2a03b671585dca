//! Forms of the portal as they arrive.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::HeaderValue;
use serde_json::{Map, Value, json};
use till_wire::input::{Context, Problem, Step, has_nul};

use super::{
    access::Visit,
    view::{FieldKind, FormField},
};
use crate::{
    app::App,
    error::ApiError,
    http::idempotency::{IdempotencyGuard, KEY},
    pages::{
        FORM_LIMIT,
        checkout::{countries, fields::Field, view::PageContext},
        form_fields,
    },
};

/// Names and values of a form, as sent; also of a page's query.
#[derive(Debug, Clone, Default)]
pub(super) struct Posted {
    fields: Vec<(String, String)>,
    body: Bytes,
    key: Option<HeaderValue>,
    path: String,
}

impl FromRequest<Arc<App>> for Posted {
    type Rejection = ApiError;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let key = request.headers().get(KEY).cloned();
        let path = request.uri().path().to_owned();
        let body = Bytes::from_request(request, app)
            .await
            .map_err(|refused| ApiError::body_refused(refused.status(), FORM_LIMIT))?;
        Ok(Self {
            fields: form_fields::read(&body)?,
            body,
            key,
            path,
        })
    }
}

impl Posted {
    /// Of a page's query.
    pub fn of_query(query: &str) -> Self {
        Self {
            fields: form_fields::read(query.as_bytes()).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The value of a field without the space around it; none where it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let sent = self.fields.iter().find(|(one, _)| one == name);
        sent.map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// As [`Posted::get`], an empty text where there is nothing.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// True where the field was sent, filled in or not.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(one, _)| one == name)
    }

    /// True where it says who is billed as another form does.
    pub fn bills_like(&self, other: &Self) -> bool {
        let is_same = |name: &&str| self.text(name) == other.text(name);
        FIELDS.iter().all(is_same)
    }

    /// The guard of the form: sent twice, it has one effect.
    ///
    /// # Errors
    /// A key that is none: 422.
    pub fn guard(&self, visit: &Visit) -> Result<IdempotencyGuard, ApiError> {
        self.guard_of(visit.app(), &visit.viewer.session.id.to_string())
    }

    /// [`Posted::guard`] of somebody who is not signed in.
    ///
    /// # Errors
    /// A key that is none: 422.
    pub fn guard_of(&self, app: &App, sender: &str) -> Result<IdempotencyGuard, ApiError> {
        let sender = format!("portal {sender} {}", self.path);
        let key = (self.key.as_ref(), self.get(crate::http::idempotency::FIELD));
        IdempotencyGuard::of_form(app, &sender, key, &self.body)
    }

    /// The fields of an address as the API takes it; null where nothing of it is filled in.
    pub fn address(&self) -> Value {
        let mut address = Map::new();
        for name in ["country", "state", "line1", "line2", "city", "postal_code"] {
            if let Some(text) = self.get(name) {
                address.insert(name.to_owned(), text.into());
            }
        }
        match address.is_empty() {
            true => Value::Null,
            false => address.into(),
        }
    }
}

/// Problems of a form, by the names of its fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Errors(Vec<(String, String)>);

impl Errors {
    pub fn add(&mut self, field: &str, words: impl Into<String>) {
        if self.of(field).is_none() {
            self.0.push((field.to_owned(), words.into()));
        }
    }

    pub fn of(&self, field: &str) -> Option<String> {
        let found = self.0.iter().find(|(one, _)| one == field);
        found.map(|(_, words)| words.clone())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The API's problems with an address and its company, each at its field and in the customer's words. Those of an
    /// address as a whole stand at the country.
    pub fn of_billing(problems: &[Problem], page_context: PageContext) -> Self {
        let mut errors = Self::default();
        for problem in problems {
            let keys = problem.loc.iter().filter_map(|step| match step {
                Step::Key(key) => Some(key.as_ref()),
                Step::Index(_) => None,
            });
            let loc: Vec<&str> = keys.filter(|key| *key != "body").collect();
            let name = match loc[..] {
                ["billing_address", .., last] if FIELDS.contains(&last) => last,
                ["billing_address", ..] if problem.ctx.is_some() => "state",
                ["billing_address", ..] => "country",
                [name, ..] if FIELDS.contains(&name) => name,
                _ => "billing_name",
            };
            let is_fixed = problem.kind == "value_error" && loc.len() == 2;
            let id = match name {
                "country" if is_fixed => "portal-country-fixed",
                "country" => "error-country",
                "state" if is_fixed => "portal-country-fixed",
                "state" => "error-state",
                "line1" => "error-line1",
                "city" => "error-city",
                "postal_code" => "error-postal-code",
                "tax_id" => "error-tax-id",
                _ => "error-field",
            };
            errors.add(name, page_context.say(id));
        }
        errors
    }
}

const FIELDS: [&str; 8] = [
    "billing_name",
    "tax_id",
    "country",
    "state",
    "line1",
    "line2",
    "city",
    "postal_code",
];

/// A line of text.
pub(super) fn line(name: &'static str, label: String, autocomplete: &'static str) -> FormField {
    FormField {
        autocomplete,
        ..FormField::new(name, label, FieldKind::Line("text", 256))
    }
}

/// The fields of who is billed, as `filled` has them: name, address, and the tax id where `taxed`.
pub(super) fn billing_fields(
    page_context: PageContext,
    filled: &Posted,
    taxed: bool,
    errors: &Errors,
) -> Vec<FormField> {
    let say = |id: &str| page_context.say(id).into_owned();
    let text = |name: &'static str, id: &str, autocomplete| {
        line(name, say(id), autocomplete)
            .holding(filled.text(name))
            .wrong(errors.of(name))
    };
    let country = filled.text("country");
    let mut fields = vec![text("billing_name", "portal-billing-name", "billing name")];
    let named = page_context.locale.cldr().countries().iter();
    let named = named.map(|(code, name)| ((*code).to_owned(), (*name).to_owned()));
    let none = (String::new(), say("choose-country"));
    fields.push(FormField {
        kind: FieldKind::Choice(std::iter::once(none).chain(named).collect()),
        button: Some(say("use-country")),
        ..text("country", "country", "billing country")
    });
    for part in countries::address_order(&country) {
        // Where an address ends with its city, a state is shown only if one is known.
        let is_shown = *part != Field::State
            || !countries::writes_city_last(&country)
            || filled.get("state").is_some();
        if !is_shown {
            continue;
        }
        fields.push(address_field(*part, &country, page_context, text));
    }
    if taxed {
        fields.push(FormField {
            is_optional: true,
            is_required: false,
            ..text("tax_id", "tax-id", "off")
        });
    }
    fields
}

/// A field that a bill has, and that may be left empty all the same.
fn plain(field: FormField) -> FormField {
    FormField {
        is_required: false,
        ..field
    }
}

fn address_field(
    part: Field,
    country: &str,
    page_context: PageContext,
    text: impl Fn(&'static str, &str, &'static str) -> FormField,
) -> FormField {
    match part {
        Field::Line1 => plain(text("line1", "line1", "billing address-line1")),
        Field::Line2 => FormField {
            is_optional: true,
            is_required: false,
            ..text("line2", "line2", "billing address-line2")
        },
        Field::City => plain(text("city", "city", "billing address-level2")),
        Field::PostalCode => {
            let label = countries::postal_code_label(country);
            plain(text("postal_code", label, "billing postal-code"))
        }
        _ => {
            let label = countries::state_label(country);
            let field = text("state", label, "billing address-level1");
            match countries::subdivisions(country) {
                Some(states) => {
                    let none = (String::new(), page_context.say("choose").into_owned());
                    let named = states
                        .iter()
                        .map(|(code, name)| ((*code).to_owned(), (*name).to_owned()));
                    FormField {
                        kind: FieldKind::Choice(std::iter::once(none).chain(named).collect()),
                        ..field
                    }
                }
                None => plain(field),
            }
        }
    }
}

/// The fields of a form as what a record holds.
pub(super) fn filled(fields: &[(&str, Option<&str>)]) -> Posted {
    let fields = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.unwrap_or_default().to_owned()));
    Posted {
        fields: fields.collect(),
        ..Posted::default()
    }
}

/// Reads a body as the API does.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read<T>(
    body: &Value,
    read: impl FnOnce(&Value, &mut Context) -> Option<T>,
) -> Result<T, ApiError> {
    let mut cx = Context::new("body");
    match read(body, &mut cx) {
        Some(input) if cx.problems.is_empty() && !has_nul(body) => Ok(input),
        _ => Err(ApiError::unreadable(cx.problems)),
    }
}

/// The body of who is billed, as the API takes it.
pub(super) fn billing_body(posted: &Posted, taxed: bool) -> Value {
    let mut body = json!({"billing_name": posted.get("billing_name")});
    let address = posted.address();
    if taxed {
        body["tax_id"] = posted.get("tax_id").into();
    }
    // A customer's address is replaced and never taken away.
    if !(taxed && address.is_null()) {
        body["billing_address"] = address;
    }
    body
}
