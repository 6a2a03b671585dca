use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema},
};

use super::{
    Object, described, flag, id, line, metadata, object, one_of, positive, schema_of, text, whole,
    word,
};
use crate::{
    limits,
    meters::{Aggregation, Filter, MeterCreate, MeterUnit, MeterUpdate, OPERAND, Operand},
};

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
            line(0),
            "What a custom unit is called; needed for it.",
        )
        .optional(
            "custom_multiplier",
            positive(limits::AMOUNT),
            "How many units a shown one is.",
        )
        .omittable("metadata", metadata(), "Free data.")
}

fn create() -> Schema {
    let meter = object("A new meter.")
        .required("name", line(3), "Name.")
        .omittable(
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
        .optional("name", line(3), "Name.")
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

fn operand() -> Schema {
    let number = whole(limits::INT32_LEAST, limits::INT32);
    described(
        one_of(vec![flag(), number, text(0, OPERAND)]),
        "What a clause compares with.",
    )
}

schema_of!(Operand, operand());
schema_of!(MeterCreate, create());
schema_of!(MeterUpdate, update());
