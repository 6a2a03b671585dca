//! Defaults of the API's operations, for what a declaration leaves out: the area, the token, and the ID in the path.

use utoipa::openapi::{
    KnownFormat, OpenApi as Document, RefOr, Required, SchemaFormat,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::{ObjectBuilder, Type},
    security::SecurityRequirement,
};

use super::walk::operations_of;

/// Adds it.
pub(super) fn complete(document: &mut Document) {
    for addressed in operations_of(document) {
        let (path, operation) = (addressed.path, addressed.operation);
        tag(operation);
        token(path, operation);
        if let Some(noun) = noun(path).filter(|_| !names_id(operation)) {
            let id = id_of(&noun);
            operation
                .parameters
                .get_or_insert_default()
                .insert(0, id.into());
        }
    }
}

/// The area is the first part of the operation's ID.
fn tag(operation: &mut Operation) {
    if operation.tags.iter().flatten().next().is_none() {
        let id = operation.operation_id.as_deref().unwrap_or_default();
        let area = id.split(':').next().unwrap_or_default().to_owned();
        operation.tags = Some(vec![area]);
    }
}

/// An access token, in the portal a customer's; none where the operation says `security(())`.
fn token(path: &str, operation: &mut Operation) {
    let name = match path.starts_with("/v1/customer-portal/") {
        true => "customer_session",
        false => "access_token",
    };
    let usual = SecurityRequirement::new(name, [""; 0]);
    let given = operation.security.take().unwrap_or_else(|| vec![usual]);
    operation.security = (given != [SecurityRequirement::default()]).then_some(given);
}

/// One of the things whose ID is in a path, such as `order` in `/v1/orders/{id}`.
fn noun(path: &str) -> Option<String> {
    let (before, _) = path.split_once("/{id}")?;
    let (_, things) = before.rsplit_once('/')?;
    Some(match things {
        "checkouts" => "checkout session".to_owned(),
        "endpoints" => "webhook endpoint".to_owned(),
        "events" if before.contains("/webhooks/") => "webhook event".to_owned(),
        things => things.trim_end_matches('s').replace('-', " "),
    })
}

fn names_id(operation: &Operation) -> bool {
    let mut known = operation.parameters.iter().flatten();
    known.any(|one| matches!(one, RefOr::T(one) if one.name == "id"))
}

fn id_of(noun: &str) -> Parameter {
    let uuid = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    ParameterBuilder::new()
        .name("id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(format!("ID of the {noun}.")))
        .schema(Some(uuid))
        .build()
}
