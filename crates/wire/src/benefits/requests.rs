//! What makes and changes benefits.

use serde_json::Value;
use uuid::Uuid;

use super::{
    Activations, BenefitType, BenefitVisibility, Expiration, ExpirationUnit, Properties,
    RepositoryPermission,
};
use crate::{
    input::{Context, Words as _},
    limits,
    metadata::Metadata,
    request::*,
};

request! {
    /// A new benefit.
    pub struct BenefitCreate by variant: BenefitType {
        /// The kind.
        pub kind: BenefitType as "type" = tag(variant),
        /// What buyers read.
        pub description: String = required(description()),
        /// Visibility, where that may be chosen.
        pub visibility: Option<BenefitVisibility> = optional(word::<BenefitVisibility>()),
        /// What is given.
        pub properties: Properties = required(properties(variant)),
        /// Free data.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Not with an organization's token.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// A change to a benefit; what is not sent stays.
    pub struct BenefitUpdate by variant: BenefitType {
        /// The kind.
        pub kind: BenefitType as "type" = tag(variant),
        /// What buyers read.
        pub description: Option<String> = optional(description()),
        /// Visibility, where that may be chosen.
        pub visibility: Option<BenefitVisibility> = optional(word::<BenefitVisibility>()),
        /// Replaces what is given.
        pub properties: Option<Properties> = optional(properties(variant)),
        /// Free data.
        pub metadata: Option<Metadata> = omittable(metadata()),
    }
}

fn description() -> impl Reader<Value = String> {
    trimmed(3, 42)
}

/// What is given, by the rules of its type.
fn properties(kind: BenefitType) -> Box<dyn Reader<Value = Properties>> {
    match kind {
        BenefitType::Custom => Box::new(object! {
            /// A note.
            Properties::Custom {
                /// Shown to those who have the benefit.
                note = optional(blankable(limits::PROSE)),
            }
        }),
        BenefitType::FeatureFlag => Box::new(object! {
            /// Nothing: the flag is in the metadata.
            Properties::FeatureFlag {}
        }),
        BenefitType::LicenseKeys => Box::new(object! {
            /// License keys.
            Properties::LicenseKeys {
                /// In front of every key.
                prefix = optional(blankable(limits::LINE)),
                /// How long keys are valid.
                expires = optional(expiration()),
                /// On how many devices.
                activations = optional(activations()),
                /// How often a key may be used.
                limit_usage = optional(positive(limits::INT32)),
            }
        }),
        BenefitType::Downloadables => Box::new(object! {
            /// Files.
            Properties::Downloadables {
                /// Files by id.
                files = required(list(1, limits::FILES, id())),
                /// Which of them are given no more.
                archived = omittable(map(0, limits::FILES, id(), flag())).or_default(),
            }
        }),
        BenefitType::MeterCredit => Box::new(object! {
            /// Credits.
            Properties::MeterCredit {
                /// On which meter.
                meter_id = required(id()),
                /// How many.
                units = required(positive(limits::INT32)),
                /// Whether unused ones stay.
                rollover = required(flag()),
            }
        }),
        BenefitType::Discord => Box::new(object! {
            /// A Discord role.
            Properties::Discord {
                /// The server.
                guild_token = required(line(0)),
                /// The role.
                role_id = required(line(0)),
                /// Whether the end takes the member out.
                kick_member = required(flag()),
            }
        }),
        BenefitType::GithubRepository => Box::new(object! {
            /// A GitHub repository.
            Properties::GithubRepository {
                /// The owner.
                repository_owner = required(trimmed(1, limits::LINE)),
                /// Which.
                repository_name = required(trimmed(1, limits::LINE)),
                /// What may be done.
                permission = required(literal::<RepositoryPermission>()),
            }
        }),
        BenefitType::SlackSharedChannel => Box::new(object! {
            /// A Slack channel.
            Properties::SlackSharedChannel {
                /// The integration.
                slack_integration_id = required(id()),
                /// Its name.
                channel_name_template = required(trimmed(1, 80)),
                /// Whether it is private.
                private = omittable(flag()).or(true),
                /// Its first message.
                welcome_message = optional(text(0, 4_000)),
                /// Whether it is archived in the end.
                archive_on_revoke = omittable(flag()).or(true),
                /// The invited person.
                team_invitees = omittable(list(0, limits::INVITEES, line(0))).or_default(),
            }
        }),
    }
}

/// How long keys are valid: how many there may be differs by unit.
fn expiration() -> impl Reader<Value = Expiration> {
    let of = |unit: ExpirationUnit| {
        object! {
            /// How long keys are valid.
            Expiration {
                /// How many.
                ttl = required(positive(unit.most())),
                /// Of what.
                timeframe = tag(unit),
            }
        }
    };
    let of_no_unit = || {
        object! {
            /// How long keys are valid.
            Expiration {
                /// Of what.
                timeframe = required(literal::<ExpirationUnit>()),
                /// How many.
                ttl = required(positive(limits::INT32)),
            }
        }
    };
    let read = move |value: &Value, cx: &mut Context| {
        let named = value.get("timeframe").and_then(Value::as_str);
        let units = ExpirationUnit::ALL.iter();
        match units.copied().find(|unit| Some(unit.word()) == named) {
            Some(unit) => of(unit).read(value, cx),
            None => of_no_unit().read(value, cx),
        }
    };
    let shapes = move || {
        let all = ExpirationUnit::ALL.iter();
        one_of(all.map(|unit| of(*unit).schema()).collect())
    };
    read_by(read, shapes)
}

fn activations() -> impl Reader<Value = Activations> {
    object! {
        /// On how many devices keys may be used.
        Activations {
            /// At most.
            limit = required(positive(limits::INT32)),
            /// Whether customers manage them.
            enable_customer_admin = required(flag()),
        }
    }
}
