use utoipa::openapi::{
    Schema,
    schema::{ObjectBuilder, Type},
};

use super::{Object, flag, id, list, metadata, object, one_of, schema_of, text, whole, words};
use crate::custom_fields::{CustomFieldCreate, CustomFieldType, CustomFieldUpdate};

const ANY: usize = usize::MAX;

fn slug() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .pattern(Some("^[a-z0-9_-]+$"))
        .into()
}

/// Blank and null properties count as not sent.
fn properties(kind: CustomFieldType) -> Schema {
    let of = object("What it takes.")
        .optional("form_label", text(0, ANY), "Shown instead of the name.")
        .optional("form_help_text", text(0, ANY), "Shown below the field.")
        .optional(
            "form_placeholder",
            text(0, ANY),
            "Shown in the empty field.",
        );
    let int32 = || whole(i64::from(i32::MIN), i64::from(i32::MAX));
    let length = || whole(0, i64::from(i32::MAX));
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
                .required("value", text(1, ANY), "What is stored.")
                .required("label", text(1, ANY), "What buyers read.")
                .schema();
            of.required("options", list(1, option), "The answers.")
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
            .required("name", text(1, ANY), "Name.")
            .required("properties", properties(*kind), "What it takes.")
            .optional("metadata", metadata(), "Free data.")
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
            .optional("name", text(1, ANY), "Name.")
            .optional(
                "properties",
                properties(*kind),
                "What it takes from now on.",
            )
            .optional("metadata", metadata(), "Replaces all free data.")
            .schema()
    };
    one_of(CustomFieldType::ALL.iter().map(one).collect())
}

schema_of!(CustomFieldCreate, create());
schema_of!(CustomFieldUpdate, update());
