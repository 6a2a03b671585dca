use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema},
};

use super::{Object, flag, id, metadata, object, schema_of, text, whole, word};
use crate::meters::{Aggregation, Filter, MeterCreate, MeterUnit, MeterUpdate};

fn of<T: PartialSchema>() -> Schema {
    match T::schema() {
        RefOr::T(schema) => schema,
        RefOr::Ref(_) => object("").schema(),
    }
}

fn shared(object: Object) -> Object {
    object
        .optional(
            "custom_label",
            text(0, 100),
            "What a custom unit is called; needed for it.",
        )
        .optional(
            "custom_multiplier",
            whole(1, i64::MAX),
            "How many units a shown one is.",
        )
        .optional("metadata", metadata(), "Free data.")
}

fn create() -> Schema {
    let meter = object("A new meter.")
        .required("name", text(3, usize::MAX), "Name.")
        .optional(
            "unit",
            word::<MeterUnit>(),
            "What it counts in; `scalar` where not given.",
        )
        .required(
            "filter",
            of::<Filter>(),
            "Which events it counts: clauses, or filters in brackets; none: all.",
        )
        .required("aggregation", of::<Aggregation>(), "How it counts them.")
        .optional("organization_id", id(), "Not with an organization's token.");
    shared(meter).schema()
}

fn update() -> Schema {
    let meter = object("A change to a meter; what is not sent stays.")
        .optional("name", text(3, usize::MAX), "Name.")
        .optional("unit", word::<MeterUnit>(), "What it counts in.")
        .optional("filter", of::<Filter>(), "Other events.")
        .optional("aggregation", of::<Aggregation>(), "Another way to count.")
        .optional(
            "is_archived",
            flag(),
            "Archives or unarchives; not while a price or a benefit uses it.",
        );
    shared(meter).schema()
}

schema_of!(MeterCreate, create());
schema_of!(MeterUpdate, update());
