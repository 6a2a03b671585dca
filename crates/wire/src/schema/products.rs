use utoipa::openapi::{
    Schema,
    schema::{ObjectBuilder, Type},
};

use super::{
    Object, currency, flag, id, list, metadata, object, one_of, schema_of, text, whole, word, words,
};
use crate::{
    limits,
    organizations::TaxBehaviorOption,
    products::{
        ProductBenefitsUpdate, ProductCreate, ProductUpdate, SeatTierType, UNIT_TEXT, Visibility,
    },
    values::Interval,
};

fn priced(words_: &str, kind: &str) -> Object {
    object(words_)
        .required(
            "amount_type",
            words([kind].into_iter()),
            "The kind of price.",
        )
        .omittable(
            "price_currency",
            currency(),
            "ISO 4217, lower case; `usd` where not given.",
        )
        .optional(
            "tax_behavior",
            word::<TaxBehaviorOption>(),
            "Whether the amount contains tax.",
        )
}

fn amount(least: i64) -> Schema {
    whole(least, limits::AMOUNT)
}

pub(super) fn prices() -> Vec<Schema> {
    vec![
        priced("A fixed price.", "fixed")
            .required(
                "price_amount",
                amount(0),
                "Minor units; 0, or within the currency's limits.",
            )
            .schema(),
        priced("A price that the buyer chooses.", "custom")
            .omittable(
                "minimum_amount",
                amount(0),
                "Least, minor units; 50 where not given.",
            )
            .optional("maximum_amount", amount(1), "Most, minor units.")
            .optional("preset_amount", amount(0), "Proposed, minor units.")
            .schema(),
        priced("A price of nothing.", "free").schema(),
        priced("A price by the number of seats.", "seat_based")
            .required("seat_tiers", seat_tiers(), "What seats cost.")
            .schema(),
        priced("A price by usage, billed after it.", "metered_unit")
            .required("meter_id", id(), "What counts the usage.")
            .required(
                "unit_amount",
                unit_amount(),
                "Minor units per unit: above 0, at most 17 digits, 12 of them after the point.",
            )
            .optional(
                "cap_amount",
                whole(0, limits::INT32),
                "The most per period, minor units.",
            )
            .schema(),
    ]
}

/// A decimal number, as number or text.
fn unit_amount() -> Schema {
    let number = ObjectBuilder::new()
        .schema_type(Type::Number)
        .exclusive_minimum(Some(0))
        .exclusive_maximum(Some(100_000));
    one_of(vec![number.into(), text(1, UNIT_TEXT)])
}

fn seat_tiers() -> Schema {
    let tier = object("A tier.")
        .required("min_seats", whole(1, limits::INT32), "Its first seat.")
        .optional(
            "max_seats",
            whole(1, limits::INT32),
            "Its last seat; only the last tier may be without.",
        )
        .required("price_per_seat", amount(0), "Minor units.");
    object("Tiers in order of their first seats, without gaps.")
        .omittable(
            "seat_tier_type",
            word::<SeatTierType>(),
            "How they add up; `volume` where not given.",
        )
        .required("tiers", list(1, limits::TIERS, tier.schema()), "The tiers.")
        .schema()
}

fn kept() -> Schema {
    object("A price that stays as it is.")
        .required("id", id(), "The price.")
        .schema()
}

fn field() -> Schema {
    object("A field asked at checkout.")
        .required("custom_field_id", id(), "The field.")
        .required("required", flag(), "Whether it must be filled in.")
        .schema()
}

/// What both shapes of a new product take.
fn new(shape: Object) -> Object {
    shape
        .required("name", text(3, 64), "Name shown to buyers.")
        .optional("description", text(0, limits::PROSE), "Markdown.")
        .omittable(
            "visibility",
            word::<Visibility>(),
            "Who sees it; `public` where not given.",
        )
        .required(
            "prices",
            list(1, limits::PRICES, one_of(prices())),
            "At least one, in the default currency too.",
        )
        .omittable("metadata", metadata(), "Free data.")
        .optional("organization_id", id(), "Not with an organization's token.")
        .optional("medias", list(0, limits::MEDIAS, id()), "Pictures.")
        .omittable(
            "attached_custom_fields",
            list(0, limits::FIELDS, field()),
            "Fields asked at checkout.",
        )
}

fn create() -> Schema {
    let none = || ObjectBuilder::new().schema_type(Type::Null).into();
    let recurring = new(object("A new subscription."))
        .required(
            "recurring_interval",
            word::<Interval>(),
            "Billing interval.",
        )
        .omittable(
            "recurring_interval_count",
            whole(1, limits::INTERVALS),
            "Intervals per period.",
        )
        .optional(
            "trial_interval",
            word::<Interval>(),
            "Trial, together with its count.",
        )
        .optional(
            "trial_interval_count",
            whole(1, limits::TRIAL_INTERVALS),
            "Trial intervals.",
        )
        .optional("meter_interval", word::<Interval>(), "Usage interval.")
        .optional(
            "meter_interval_count",
            whole(1, limits::INTERVALS),
            "Usage intervals per period.",
        );
    let one_time = new(object("A new product that is paid once."))
        .omittable("recurring_interval", none(), "None.")
        .omittable("recurring_interval_count", none(), "None.");
    one_of(vec![recurring.schema(), one_time.schema()])
}

fn update() -> Schema {
    let mut entries = vec![kept()];
    entries.extend(prices());
    object("A change to a product; what is not sent stays.")
        .optional("name", text(3, 64), "Name shown to buyers.")
        .optional(
            "description",
            text(0, limits::PROSE),
            "Markdown; null clears it.",
        )
        .optional("visibility", word::<Visibility>(), "Who sees it.")
        .optional("is_archived", flag(), "Takes it off sale, or puts it back.")
        .optional(
            "prices",
            list(1, limits::PRICES, one_of(entries)),
            "All prices: kept ones by id, and new ones.",
        )
        .omittable("metadata", metadata(), "Replaces all free data.")
        .optional(
            "medias",
            list(0, limits::MEDIAS, id()),
            "Replaces the pictures.",
        )
        .optional(
            "attached_custom_fields",
            list(0, limits::FIELDS, field()),
            "Replaces the fields asked at checkout.",
        )
        .optional("recurring_interval", word::<Interval>(), "Cannot change.")
        .optional(
            "recurring_interval_count",
            whole(1, limits::INTERVALS),
            "Cannot change.",
        )
        .optional(
            "trial_interval",
            word::<Interval>(),
            "Trial, together with its count; null ends it.",
        )
        .optional(
            "trial_interval_count",
            whole(1, limits::TRIAL_INTERVALS),
            "Trial intervals.",
        )
        .schema()
}

fn benefits() -> Schema {
    object("The benefits of a product.")
        .required(
            "benefits",
            list(0, limits::BENEFITS, id()),
            "All of them, in their order.",
        )
        .schema()
}

schema_of!(ProductBenefitsUpdate, benefits());
schema_of!(ProductCreate, create());
schema_of!(ProductUpdate, update());
