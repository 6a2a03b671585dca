use utoipa::openapi::Schema;

use super::{
    Object, currency, decimal, flag, id, list, metadata, object, one_of, schema_of, text, whole,
    word, words,
};
use crate::{
    organizations::TaxBehaviorOption,
    products::{ProductBenefitsUpdate, ProductCreate, ProductUpdate, SeatTierType, Visibility},
    values::Interval,
};

fn priced(words_: &str, kind: &str) -> Object {
    object(words_)
        .required(
            "amount_type",
            words([kind].into_iter()),
            "The kind of price.",
        )
        .optional(
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
    whole(least, i64::MAX)
}

fn prices() -> Vec<Schema> {
    vec![
        priced("A fixed price.", "fixed")
            .required(
                "price_amount",
                amount(0),
                "Minor units; 0, or within the currency's limits.",
            )
            .schema(),
        priced("A price that the buyer chooses.", "custom")
            .optional(
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
                decimal(),
                "Minor units per unit: above 0, at most 17 digits, 12 of them after the point.",
            )
            .optional(
                "cap_amount",
                whole(0, 2_147_483_647),
                "The most per period, minor units.",
            )
            .schema(),
    ]
}

fn seat_tiers() -> Schema {
    let tier = object("A tier.")
        .required("min_seats", whole(1, 2_147_483_647), "Its first seat.")
        .optional(
            "max_seats",
            whole(1, 2_147_483_647),
            "Its last seat; only the last tier may be without.",
        )
        .required("price_per_seat", amount(0), "Minor units.");
    object("Tiers in order of their first seats, without gaps.")
        .optional(
            "seat_tier_type",
            word::<SeatTierType>(),
            "How they add up; `volume` where not given.",
        )
        .required("tiers", list(1, tier.schema()), "The tiers.")
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

fn create() -> Schema {
    object("A new product: a subscription where `recurring_interval` is given.")
        .required("name", text(3, 64), "Name shown to buyers.")
        .optional("description", text(0, usize::MAX), "Markdown.")
        .optional(
            "visibility",
            word::<Visibility>(),
            "Who sees it; `public` where not given.",
        )
        .required(
            "prices",
            list(1, one_of(prices())),
            "At least one, in the default currency too.",
        )
        .optional("metadata", metadata(), "Free data.")
        .optional("organization_id", id(), "Not with an organization's token.")
        .optional("medias", list(0, id()), "Pictures.")
        .optional(
            "attached_custom_fields",
            list(0, field()),
            "Fields asked at checkout.",
        )
        .optional(
            "recurring_interval",
            word::<Interval>(),
            "Billing interval; none: paid once.",
        )
        .optional(
            "recurring_interval_count",
            whole(1, 999),
            "Intervals per period.",
        )
        .optional(
            "trial_interval",
            word::<Interval>(),
            "Trial, together with its count.",
        )
        .optional("trial_interval_count", whole(1, 1000), "Trial intervals.")
        .optional("meter_interval", word::<Interval>(), "Usage interval.")
        .optional(
            "meter_interval_count",
            whole(1, 999),
            "Usage intervals per period.",
        )
        .schema()
}

fn update() -> Schema {
    let mut entries = vec![kept()];
    entries.extend(prices());
    object("A change to a product; what is not sent stays.")
        .optional("name", text(3, 64), "Name shown to buyers.")
        .optional(
            "description",
            text(0, usize::MAX),
            "Markdown; null clears it.",
        )
        .optional("visibility", word::<Visibility>(), "Who sees it.")
        .optional("is_archived", flag(), "Takes it off sale, or puts it back.")
        .optional(
            "prices",
            list(1, one_of(entries)),
            "All prices: kept ones by id, and new ones.",
        )
        .optional("metadata", metadata(), "Replaces all free data.")
        .optional("medias", list(0, id()), "Replaces the pictures.")
        .optional(
            "attached_custom_fields",
            list(0, field()),
            "Replaces the fields asked at checkout.",
        )
        .optional("recurring_interval", word::<Interval>(), "Cannot change.")
        .optional("recurring_interval_count", whole(1, 999), "Cannot change.")
        .optional(
            "trial_interval",
            word::<Interval>(),
            "Trial, together with its count; null ends it.",
        )
        .optional("trial_interval_count", whole(1, 1000), "Trial intervals.")
        .schema()
}

fn benefits() -> Schema {
    object("The benefits of a product.")
        .required("benefits", list(0, id()), "All of them, in their order.")
        .schema()
}

schema_of!(ProductBenefitsUpdate, benefits());
schema_of!(ProductCreate, create());
schema_of!(ProductUpdate, update());
