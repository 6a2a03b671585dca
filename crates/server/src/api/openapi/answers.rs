//! Answers that any operation may give before its handler is reached, or when rows keep moving.

use utoipa::openapi::{
    Content, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder, Schema,
    schema::OneOfBuilder,
};

use super::{
    areas::{Area, PORTAL, scopes},
    walk::{Addressed, MethodKind, operations_of},
};

/// Adds them; what an operation says itself stays.
pub(super) fn common(document: &mut Document) {
    for addressed in operations_of(document) {
        let told = told(&addressed);
        let answers = &mut addressed.operation.responses.responses;
        for (status, words, schemas) in told {
            answers
                .entry(status.to_owned())
                .or_insert_with(|| answer(&words, schemas).into());
        }
    }
}

const REFUSAL: &[&str] = &["ErrorBody"];
const TOKEN_REFUSAL: &[&str] = &["ErrorBody", "BearerErrorBody"];

/// Status, words and schemas.
type Told = (&'static str, String, &'static [&'static str]);

fn told(addressed: &Addressed<'_>) -> Vec<Told> {
    let mut all: Vec<Told> = vec![
        ("422", unreadable(addressed), &["ValidationBody"]),
        (
            "429",
            "Too many requests; the header `Retry-After` says how many seconds to wait.".to_owned(),
            &[],
        ),
        ("414", "The address is longer than 64 KiB.".to_owned(), &[]),
        (
            "431",
            "The address and the headers together are longer than 64 KiB.".to_owned(),
            &[],
        ),
    ];
    if addressed.kind != MethodKind::Reads {
        all.push((
            "409",
            "Other requests kept changing the same data at the same time; send this one again."
                .to_owned(),
            REFUSAL,
        ));
    }
    if addressed.kind == MethodKind::Sends {
        all.push((
            "408",
            "The body did not arrive in full in time.".to_owned(),
            REFUSAL,
        ));
        all.push((
            "411",
            "The header `Content-Length` is missing.".to_owned(),
            REFUSAL,
        ));
        all.push((
            "413",
            "The body is larger than 10 MiB, or than 64 KiB without a valid access token, or holds more than 100,000 \
             values."
                .to_owned(),
            REFUSAL,
        ));
    }
    if addressed.operation.security.is_some() && addressed.tag() == PORTAL {
        all.push(("404", not_there_of_customer(addressed), REFUSAL));
        all.push((
            "401",
            "The token is missing, unknown or expired, or its customer was deleted.".to_owned(),
            TOKEN_REFUSAL,
        ));
        all.push((
            "403",
            "The holder of the token is a member whose role does not allow this.".to_owned(),
            REFUSAL,
        ));
    } else if addressed.operation.security.is_some() {
        all.push(("404", not_there(addressed), REFUSAL));
        all.push((
            "401",
            "The access token is missing, unknown, expired or revoked.".to_owned(),
            TOKEN_REFUSAL,
        ));
        all.push(("403", forbidden(addressed), TOKEN_REFUSAL));
    }
    all
}

fn unreadable(addressed: &Addressed<'_>) -> String {
    let is_list = addressed.operation.parameters.iter().flatten().count() > 1;
    match (addressed.operation.request_body.is_some(), addressed.kind) {
        (true, _) => "A field of the body or a parameter is missing or wrong; `detail` lists every problem and the field that it is about.",
        (false, MethodKind::Reads) if is_list => {
            "A query parameter is wrong, such as an unknown name in `sorting`; `detail` lists every problem."
        }
        (false, _) if addressed.path.contains("{id}") => "The ID in the path is not a UUID.",
        (false, _) => "A parameter is wrong; `detail` lists every problem.",
    }
    .to_owned()
}

fn not_there(addressed: &Addressed<'_>) -> String {
    let noun = Area::of(addressed.tag()).map_or("thing", |area| area.noun);
    let other = "header `Polar-Organization` names another organization than the access token's";
    let by = match addressed.path {
        path if path.contains("{id}") => "ID",
        path if path.contains("{external_id}") => "external ID",
        _ => return format!("The {other}."),
    };
    format!("No {noun} of your organization has this {by}, or the {other}.")
}

fn not_there_of_customer(addressed: &Addressed<'_>) -> String {
    let other = "header `Polar-Organization` names another organization than the customer's";
    match addressed.path.contains('{') {
        true => format!("Nothing of the customer's has this ID, or the {other}."),
        false => format!("The {other}."),
    }
}

fn forbidden(addressed: &Addressed<'_>) -> String {
    let blocked = "or the organization is blocked";
    match scopes(addressed.tag(), addressed.method, addressed.path)[..] {
        [read, write] => {
            format!("The access token has neither the scope `{read}` nor `{write}`, {blocked}.")
        }
        [one] => format!("The access token lacks the scope `{one}`, {blocked}."),
        _ => format!("The access token is not allowed to do this, {blocked}."),
    }
}

fn answer(words: &str, schemas: &[&str]) -> Response {
    let builder = ResponseBuilder::new().description(words);
    let mut refs = schemas.iter().map(|name| Ref::from_schema_name(*name));
    let schema: RefOr<Schema> = match (refs.next(), refs.next()) {
        (None, _) => return builder.build(),
        (Some(one), None) => one.into(),
        (Some(one), Some(other)) => {
            Schema::OneOf(OneOfBuilder::new().item(one).item(other).build()).into()
        }
    };
    builder
        .content("application/json", Content::new(Some(schema)))
        .build()
}
