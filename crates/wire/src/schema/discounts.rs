use utoipa::openapi::{
    RefOr, Schema,
    schema::{AdditionalProperties, ObjectBuilder},
};

use super::{
    Object, currency, formatted, id, list, metadata, object, one_of, schema_of, text, whole, word,
    words,
};
use crate::discounts::{
    DiscountCreate, DiscountDuration, DiscountType, DiscountUpdate, MAX_AMOUNT, WHOLE,
};

fn amounts() -> Schema {
    let amount = whole(0, MAX_AMOUNT);
    ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(amount))))
        .property_names(Some(currency()))
        .min_properties(Some(1))
        .into()
}

fn code() -> Schema {
    text(0, 256)
}

fn limits(of: Object) -> Object {
    let count = || whole(1, i64::from(i32::MAX));
    of.optional("starts_at", formatted("date-time"), "Not before.")
        .optional("ends_at", formatted("date-time"), "Not after.")
        .optional(
            "max_redemptions",
            count(),
            "How often it may be used; none: no limit.",
        )
        .optional(
            "max_redemptions_per_customer",
            count(),
            "How often one customer may use it; none: no limit.",
        )
        .optional(
            "products",
            list(0, id()),
            "What it is for; none: everything.",
        )
        .optional("metadata", metadata(), "Free data.")
}

fn created(title: &str, kind: DiscountType) -> Object {
    let new = object(title)
        .required("type", words([kind.as_str()].into_iter()), "The kind.")
        .required("name", text(1, usize::MAX), "Shown to buyers.")
        .optional(
            "code",
            code(),
            "What buyers type: 3 to 256 letters and digits, unique in any case; none: only you apply it.",
        )
        .required(
            "duration",
            word::<DiscountDuration>(),
            "For how long, on a subscription.",
        )
        .optional(
            "duration_in_months",
            whole(1, 999),
            "Calendar months; with `repeating`, and only then.",
        );
    limits(new).optional("organization_id", id(), "Not with an organization's token.")
}

fn create() -> Schema {
    one_of(vec![
        created("An amount off.", DiscountType::Fixed)
            .optional(
                "amounts",
                amounts(),
                "Minor units by currency; this, or `amount`.",
            )
            .deprecated("amount", whole(0, MAX_AMOUNT), "Minor units in `currency`.")
            .deprecated("currency", currency(), "`usd` where not given.")
            .schema(),
        created("A share off.", DiscountType::Percentage)
            .required("basis_points", whole(1, WHOLE), "Hundredths of a percent.")
            .schema(),
    ])
}

fn update() -> Schema {
    let change = object("A change to a discount; what is not sent stays.")
        .optional("name", text(1, usize::MAX), "Shown to buyers.")
        .optional("code", code(), "Null clears it.")
        .optional("type", word::<DiscountType>(), "Cannot change.")
        .optional("duration", word::<DiscountDuration>(), "Cannot change.")
        .optional(
            "duration_in_months",
            whole(1, 999),
            "Calendar months; stays once the discount was used.",
        )
        .optional(
            "basis_points",
            whole(1, WHOLE),
            "Hundredths of a percent; stays once the discount was used.",
        )
        .optional(
            "amounts",
            amounts(),
            "Minor units by currency; stay once the discount was used.",
        )
        .deprecated("amount", whole(0, MAX_AMOUNT), "Minor units in `currency`.")
        .deprecated("currency", currency(), "The currency of `amount`.");
    limits(change).schema()
}

schema_of!(DiscountCreate, create());
schema_of!(DiscountUpdate, update());
