//! Bounds of parameters, as the document tells them.

use till_wire::limits;
use utoipa::openapi::{
    RefOr, Schema,
    path::{Operation, ParameterIn},
    schema::{SchemaType, Type},
};

/// Writes the bound of texts in paths and query strings into an operation: it is the same for every one, as
/// [`crate::http::extract::Params`] reads them.
pub(super) fn bounded(operation: &mut Operation) {
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
