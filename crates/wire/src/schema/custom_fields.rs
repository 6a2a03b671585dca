use utoipa::openapi::{
    Schema,
    schema::{ObjectBuilder, Type},
};

use super::{Object, flag, id, line, list, metadata, object, one_of, schema_of, whole, words};
use crate::{
    custom_fields::{CustomFieldCreate, CustomFieldType, CustomFieldUpdate},
    limits,
};

fn slug() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(limits::KEY))
        .pattern(Some("^[a-z0-9_-]+$"))
        .into()
}

/// Blank and null properties count as not sent.
fn properties(kind: CustomFieldType) -> Schema {
    let of = object("What it takes.")
        .optional("form_label", line(0), "Shown instead of the name.")
        .optional("form_help_text", line(0), "Shown below the field.")
        .optional("form_placeholder", line(0), "Shown in the empty field.");
    let int32 = || whole(limits::INT32_LEAST, limits::INT32);
    let length = || whole(0, limits::INT32);
    match kind {
        CustomFieldType::Text => of
            .optional("textarea", flag(), "Whether it has several lines.")
            .optional("min_length", length(), "Least characters.")
            .optional("max_length", length(), "Most characters."),
        CustomFieldType::Number => {
            of.optional("ge", int32(), "Not below.")
                .optional("le", int32(), "Not above.")
        }
        CustomFieldType::Date => of
            .optional("ge", int32(), "Not before this day; seconds since 1970.")
            .optional("le", int32(), "Not after this day; seconds since 1970."),
        CustomFieldType::Checkbox => of,
        CustomFieldType::Select => {
            let option = object("An answer.")
                .required("value", line(1), "What is stored.")
                .required("label", line(1), "What buyers read.")
                .schema();
            of.required("options", list(1, limits::OPTIONS, option), "The answers.")
        }
    }
    .schema()
}

fn typed(title: &str, kind: CustomFieldType) -> Object {
    object(title).required("type", words([kind.as_str()].into_iter()), "The type.")
}

fn create() -> Schema {
    let one = |kind: &CustomFieldType| {
        typed("A new custom field.", *kind)
            .required(
                "slug",
                slug(),
                "Key of the answers; unique in the organization.",
            )
            .required("name", line(1), "Name.")
            .required("properties", properties(*kind), "What it takes.")
            .omittable("metadata", metadata(), "Free data.")
            .optional("organization_id", id(), "Not with an organization's token.")
            .schema()
    };
    one_of(CustomFieldType::ALL.iter().map(one).collect())
}

fn update() -> Schema {
    let one = |kind: &CustomFieldType| {
        typed("A change to a custom field; what is not sent stays.", *kind)
            .optional(
                "slug",
                slug(),
                "Key of the answers; those there are move along.",
            )
            .optional("name", line(1), "Name.")
            .optional(
                "properties",
                properties(*kind),
                "What it takes from now on.",
            )
            .omittable("metadata", metadata(), "Replaces all free data.")
            .schema()
    };
    one_of(CustomFieldType::ALL.iter().map(one).collect())
}

schema_of!(CustomFieldCreate, create());
schema_of!(CustomFieldUpdate, update());
