use utoipa::openapi::Schema;

use super::{
    Object, currency, id, line, list, map, metadata, moment, object, one_of, schema_of, text,
    whole, word, words,
};
use crate::discounts::{DiscountCreate, DiscountDuration, DiscountType, DiscountUpdate, WHOLE};
use crate::{limits, money::Currency};

fn amounts() -> Schema {
    map(1, Currency::ALL.len(), currency(), amount())
}

fn amount() -> Schema {
    whole(0, limits::AMOUNT)
}

fn code() -> Schema {
    text(0, limits::CODE)
}

fn limits(of: Object) -> Object {
    let count = || whole(1, limits::INT32);
    of.optional("starts_at", moment(), "Not before.")
        .optional("ends_at", moment(), "Not after.")
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
            list(0, limits::DISCOUNTED, id()),
            "What it is for; none: everything.",
        )
        .omittable("metadata", metadata(), "Free data.")
}

fn created(title: &str, kind: DiscountType) -> Object {
    let new = object(title)
        .required("type", words([kind.as_str()].into_iter()), "The kind.")
        .required("name", line(1), "Shown to buyers.")
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
            whole(1, limits::INTERVALS),
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
            .deprecated("amount", amount(), "Minor units in `currency`.")
            .deprecated("currency", currency(), "`usd` where not given.")
            .schema(),
        created("A share off.", DiscountType::Percentage)
            .required("basis_points", whole(1, WHOLE), "Hundredths of a percent.")
            .schema(),
    ])
}

fn update() -> Schema {
    let change = object("A change to a discount; what is not sent stays.")
        .optional("name", line(1), "Shown to buyers.")
        .optional("code", code(), "Null clears it.")
        .optional("type", word::<DiscountType>(), "Cannot change.")
        .optional("duration", word::<DiscountDuration>(), "Cannot change.")
        .optional(
            "duration_in_months",
            whole(1, limits::INTERVALS),
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
        .deprecated("amount", amount(), "Minor units in `currency`.")
        .deprecated("currency", currency(), "The currency of `amount`.");
    limits(change).schema()
}

schema_of!(DiscountCreate, create());
schema_of!(DiscountUpdate, update());
