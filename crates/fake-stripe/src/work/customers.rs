//! Customers.

use serde_json::{Map, Value, json};

use super::{Call, ObjectResult, Work, listing, merged, not_found};
use crate::{
    books::Customer,
    error::Refusal,
    params::{Param, ParamKind, Params},
};

/// An address.
pub const ADDRESS: &[Param] = &[
    Param::emptyable("city", ParamKind::Text(500)),
    Param::emptyable("country", ParamKind::Text(500)),
    Param::emptyable("line1", ParamKind::Text(500)),
    Param::emptyable("line2", ParamKind::Text(500)),
    Param::emptyable("postal_code", ParamKind::Text(500)),
    Param::emptyable("state", ParamKind::Text(500)),
];

/// Parameters of creating and of changing a customer.
pub const PARAMS: &[Param] = &[
    Param::emptyable("address", ParamKind::Map(ADDRESS)),
    Param::emptyable("description", ParamKind::Text(350)),
    Param::emptyable("email", ParamKind::Text(512)),
    listing::EXPAND,
    Param::emptyable("metadata", ParamKind::Metadata),
    Param::emptyable("name", ParamKind::Text(256)),
    Param::emptyable("phone", ParamKind::Text(20)),
    Param::new("preferred_locales", ParamKind::Texts),
    Param::emptyable("business_name", ParamKind::Text(150)),
    Param::emptyable("individual_name", ParamKind::Text(150)),
];

/// Parameters of listing customers.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::CREATED,
    listing::EXPAND,
    Param::new("email", ParamKind::Text(512)),
];

fn apply(fields: &mut Map<String, Value>, params: &Params) {
    for name in [
        "description",
        "email",
        "name",
        "phone",
        "business_name",
        "individual_name",
    ] {
        if params.has(name) {
            fields.insert(
                name.to_owned(),
                params.text(name).map_or(Value::Null, Value::from),
            );
        }
    }
    if let Some(address) = params.map("address") {
        fields.insert("address".to_owned(), Value::Object(address.clone()));
    }
    if let Some(locales) = params.texts("preferred_locales") {
        fields.insert("preferred_locales".to_owned(), Value::from(locales));
    }
}

/// Makes a customer.
pub fn create(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    if let Some(email) = call
        .params
        .text("email")
        .filter(|email| !email.contains('@'))
    {
        return Err(Refusal::invalid(format!("Invalid email address: {email}"))
            .code("email_invalid")
            .param("email"));
    }
    let id = work.books.id("cus");
    let mut fields = Map::new();
    apply(&mut fields, call.params);
    let metadata = merged(Map::new(), call.params);
    work.books.customers.put(Customer {
        id: id.clone(),
        created: work.now,
        fields,
        metadata,
        deleted: false,
    });
    work.emit_for("customer.created", &id);
    work.answer("customer", &id)
}

/// Changes a customer.
pub fn update(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let mut customer = found(work, call.id).ok_or_else(|| not_found("customer", call.id))?;
    apply(&mut customer.fields, call.params);
    customer.metadata = merged(customer.metadata, call.params);
    work.books.customers.put(customer);
    work.emit_for("customer.updated", call.id);
    work.answer("customer", call.id)
}

/// Deletes a customer; their payment methods are detached.
pub fn delete(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    found(work, call.id).ok_or_else(|| not_found("customer", call.id))?;
    let methods: Vec<String> = work
        .books
        .methods
        .all()
        .iter()
        .filter(|method| method.customer.as_deref() == Some(call.id))
        .map(|method| method.id.clone())
        .collect();
    for id in methods {
        detach(work, &id);
    }
    work.emit_for("customer.deleted", call.id);
    work.books
        .customers
        .change(call.id, |customer| customer.deleted = true);
    work.answer("customer", call.id)
}

/// Lists customers.
pub fn list(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let email = call.params.text("email");
    listing::page(work, call, "customer", work.books.customers.all(), |row| {
        !row.deleted
            && call.params.within("created", row.created)
            && email
                .is_none_or(|email| row.fields.get("email").and_then(Value::as_str) == Some(email))
    })
}

/// Shows a customer.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("customer", call.id)
}

/// A customer who was not deleted.
fn found(work: &Work<'_>, id: &str) -> Option<Customer> {
    work.books
        .customers
        .get(id)
        .filter(|customer| !customer.deleted)
        .cloned()
}

/// The customer that a parameter names, if it names one.
///
/// # Errors
///
/// 400 if there is no such customer.
pub fn named(work: &Work<'_>, params: &Params) -> Result<Option<String>, Refusal> {
    match params.text("customer") {
        None => Ok(None),
        Some(id) if found(work, id).is_some() => Ok(Some(id.to_owned())),
        Some(id) => Err(Refusal::missing("customer", id, "customer")),
    }
}

/// Detaches a payment method from its customer.
pub fn detach(work: &mut Work<'_>, id: &str) {
    let previous = work
        .books
        .methods
        .get(id)
        .map(|method| json!({ "customer": &method.customer }));
    work.books.methods.change(id, |method| {
        method.customer = None;
        method.consumed = true;
    });
    if let Some(object) = work.view(id) {
        work.emit_change("payment_method.detached", object, previous);
    }
}
