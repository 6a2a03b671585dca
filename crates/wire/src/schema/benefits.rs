use utoipa::openapi::Schema;

use super::{
    Object, flag, id, line, list, map, metadata, object, one_of, positive, schema_of, text, word,
    words,
};
use crate::benefits::{
    BenefitCreate, BenefitType, BenefitUpdate, BenefitVisibility, CHANNEL, DESCRIPTION,
    ExpirationUnit, RepositoryPermission, WELCOME,
};
use crate::limits;

fn license_keys() -> Object {
    let lasting = |unit: &ExpirationUnit| {
        object("How long keys are valid.")
            .required("ttl", positive(unit.most()), "How many.")
            .required("timeframe", words([unit.as_str()].into_iter()), "Of what.")
            .schema()
    };
    let expires = one_of(ExpirationUnit::ALL.iter().map(lasting).collect());
    let activations = object("On how many devices keys may be used.")
        .required("limit", positive(limits::INT32), "At most.")
        .required(
            "enable_customer_admin",
            flag(),
            "Whether customers manage them.",
        );
    object("License keys.")
        .optional("prefix", line(0), "In front of every key.")
        .optional("expires", expires, "How long keys are valid.")
        .optional("activations", activations.schema(), "On how many devices.")
        .optional(
            "limit_usage",
            positive(limits::INT32),
            "How often a key may be used.",
        )
}

fn downloadables() -> Object {
    object("Files.")
        .required("files", list(1, limits::FILES, id()), "Files by id.")
        .omittable(
            "archived",
            map(0, limits::FILES, id(), flag()),
            "Which of them are given no more.",
        )
}

fn slack() -> Object {
    object("A Slack channel.")
        .required("slack_integration_id", id(), "The integration.")
        .required("channel_name_template", text(1, CHANNEL), "Its name.")
        .omittable("private", flag(), "Whether it is private.")
        .optional("welcome_message", text(0, WELCOME), "Its first message.")
        .omittable(
            "archive_on_revoke",
            flag(),
            "Whether it is archived in the end.",
        )
        .omittable(
            "team_invitees",
            list(0, limits::INVITEES, line(0)),
            "Who is invited.",
        )
}

fn properties(kind: BenefitType) -> Object {
    match kind {
        BenefitType::Custom => object("A note.").optional(
            "note",
            text(0, limits::PROSE),
            "Shown to those who have the benefit.",
        ),
        BenefitType::FeatureFlag => object("Nothing: the flag is in the metadata."),
        BenefitType::LicenseKeys => license_keys(),
        BenefitType::Downloadables => downloadables(),
        BenefitType::MeterCredit => object("Credits.")
            .required("meter_id", id(), "On which meter.")
            .required("units", positive(limits::INT32), "How many.")
            .required("rollover", flag(), "Whether unused ones stay."),
        BenefitType::Discord => object("A Discord role.")
            .required("guild_token", line(0), "The server.")
            .required("role_id", line(0), "The role.")
            .required(
                "kick_member",
                flag(),
                "Whether the end takes the member out.",
            ),
        BenefitType::GithubRepository => object("A GitHub repository.")
            .required("repository_owner", line(1), "Whose.")
            .required("repository_name", line(1), "Which.")
            .required(
                "permission",
                word::<RepositoryPermission>(),
                "What may be done.",
            ),
        BenefitType::SlackSharedChannel => slack(),
    }
}

fn each(words_: &str, add: impl Fn(Object, BenefitType) -> Object) -> Schema {
    let shape = |kind: &BenefitType| {
        let benefit = object(words_)
            .required("type", words([kind.as_str()].into_iter()), "The kind.")
            .omittable("metadata", metadata(), "Free data.")
            .optional(
                "visibility",
                word::<BenefitVisibility>(),
                "Who sees it, where that may be chosen.",
            );
        add(benefit, *kind).schema()
    };
    one_of(BenefitType::ALL.iter().map(shape).collect())
}

fn create() -> Schema {
    each("A new benefit.", |benefit, kind| {
        benefit
            .required(
                "description",
                text(DESCRIPTION.0, DESCRIPTION.1),
                "What buyers read.",
            )
            .required("properties", properties(kind).schema(), "What is given.")
            .optional("organization_id", id(), "Not with an organization's token.")
    })
}

fn update() -> Schema {
    each(
        "A change to a benefit; what is not sent stays.",
        |benefit, kind| {
            benefit
                .optional(
                    "description",
                    text(DESCRIPTION.0, DESCRIPTION.1),
                    "What buyers read.",
                )
                .optional(
                    "properties",
                    properties(kind).schema(),
                    "Replaces what is given.",
                )
        },
    )
}

schema_of!(BenefitCreate, create());
schema_of!(BenefitUpdate, update());
