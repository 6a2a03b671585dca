//! Words and bounds that parameters of every operation share.

use till_wire::limits;
use utoipa::openapi::{
    OpenApi as Document, RefOr, Schema,
    path::{Operation, ParameterBuilder, ParameterIn},
    schema::{ObjectBuilder, SchemaType, Type},
};

use super::walk::operations_of;

/// Adds it.
pub(super) fn complete(document: &mut Document) {
    for addressed in operations_of(document) {
        bounded(addressed.operation);
        let is_change = (addressed.method, addressed.path) == ("patch", "/v1/subscriptions/{id}");
        if addressed.method == "post" || is_change {
            idempotent(addressed.operation);
        }
    }
}

/// Writes the bound of texts in paths and query strings into an operation: it is the same for every one, as
/// [`crate::http::extract::Params`] reads them.
fn bounded(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in != ParameterIn::Header
            && let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema
            && object.schema_type == SchemaType::Type(Type::String)
            && object.enum_values.is_none()
            && object.format.is_none()
        {
            object.max_length = Some(limits::LINE);
        }
    }
}

/// Every POST takes a key, and a change of a subscription, which may charge.
fn idempotent(operation: &mut Operation) {
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Idempotency key: 1 to 255 visible characters, unique to the request. If the request is sent again within \
             24 hours with the same key and body, it has no second effect and gets the first response again, marked \
             with `Idempotency-Replayed: true`; with another body it is refused with 422.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(255)),
        ))
        .build();
    operation
        .parameters
        .get_or_insert_default()
        .push(key.into());
}
