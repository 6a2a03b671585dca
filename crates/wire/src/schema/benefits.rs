use utoipa::openapi::{
    Schema,
    schema::{AdditionalProperties, ObjectBuilder},
};

use super::{
    Object, flag, id, list, metadata, object, one_of, schema_of, text, whole, word, words,
};
use crate::benefits::{
    BenefitCreate, BenefitType, BenefitUpdate, BenefitVisibility, ExpirationUnit,
    RepositoryPermission,
};

const MOST: i64 = 2_147_483_647;

fn license_keys() -> Object {
    let expires = object("How long keys are valid.")
        .required("ttl", whole(1, MOST), "How many.")
        .required("timeframe", word::<ExpirationUnit>(), "Of what.");
    let activations = object("On how many devices keys may be used.")
        .required("limit", whole(1, MOST), "At most.")
        .required(
            "enable_customer_admin",
            flag(),
            "Whether customers manage them.",
        );
    object("License keys.")
        .optional("prefix", text(0, 50), "In front of every key.")
        .optional("expires", expires.schema(), "How long keys are valid.")
        .optional("activations", activations.schema(), "On how many devices.")
        .optional(
            "limit_usage",
            whole(1, MOST),
            "How often a key may be used.",
        )
}

fn downloadables() -> Object {
    let archived = ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::RefOr(flag().into())));
    object("Files.")
        .required("files", list(1, id()), "Files by id.")
        .optional(
            "archived",
            archived.into(),
            "Which of them are given no more.",
        )
}

fn slack() -> Object {
    object("A Slack channel.")
        .required("slack_integration_id", id(), "The integration.")
        .required("channel_name_template", text(1, 80), "Its name.")
        .optional("private", flag(), "Whether it is private.")
        .optional("welcome_message", text(0, 4000), "Its first message.")
        .optional(
            "archive_on_revoke",
            flag(),
            "Whether it is archived in the end.",
        )
        .optional(
            "team_invitees",
            list(0, text(0, usize::MAX)),
            "Who is invited.",
        )
}

fn properties(kind: BenefitType) -> Object {
    match kind {
        BenefitType::Custom => object("A note.").optional(
            "note",
            text(0, usize::MAX),
            "Shown to those who have the benefit.",
        ),
        BenefitType::FeatureFlag => object("Nothing: the flag is in the metadata."),
        BenefitType::LicenseKeys => license_keys(),
        BenefitType::Downloadables => downloadables(),
        BenefitType::MeterCredit => object("Credits.")
            .required("meter_id", id(), "On which meter.")
            .required("units", whole(1, MOST), "How many.")
            .required("rollover", flag(), "Whether unused ones stay."),
        BenefitType::Discord => object("A Discord role.")
            .required("guild_token", text(0, usize::MAX), "The server.")
            .required("role_id", text(0, usize::MAX), "The role.")
            .required(
                "kick_member",
                flag(),
                "Whether the end takes the member out.",
            ),
        BenefitType::GithubRepository => object("A GitHub repository.")
            .required("repository_owner", text(1, 100), "Whose.")
            .required("repository_name", text(1, 100), "Which.")
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
            .optional("metadata", metadata(), "Free data.")
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
            .required("description", text(3, 42), "What buyers read.")
            .required("properties", properties(kind).schema(), "What is given.")
            .optional("organization_id", id(), "Not with an organization's token.")
    })
}

fn update() -> Schema {
    each(
        "A change to a benefit; what is not sent stays.",
        |benefit, kind| {
            benefit
                .optional("description", text(3, 42), "What buyers read.")
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
