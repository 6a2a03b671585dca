//! Requests that create and change benefits.

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
    /// New benefit. Its `type` says what its `properties` are.
    pub struct BenefitCreate by variant: BenefitType {
        /// Type of the benefit; it cannot be changed later.
        pub kind: BenefitType as "type" = tag(variant),
        /// Description of the benefit; buyers read it.
        pub description: String = required(description()),
        /// Visibility of the benefit; not every type lets you choose it.
        pub visibility: Option<BenefitVisibility> = optional(word::<BenefitVisibility>()),
        /// Details of the benefit, by its type.
        pub properties: Properties = required(properties(variant)),
        /// Your own key-value data to attach to the benefit: up to 50 keys of 1 to 40 characters; values are texts of 1
        /// to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// Change to a benefit. A field that is left out stays as it is; `type` must be repeated.
    pub struct BenefitUpdate by variant: BenefitType {
        /// Type of the benefit; required, and cannot be changed.
        pub kind: BenefitType as "type" = tag(variant),
        /// New description of the benefit; buyers read it.
        pub description: Option<String> = optional(description()),
        /// New visibility of the benefit; not every type lets you choose it.
        pub visibility: Option<BenefitVisibility> = optional(word::<BenefitVisibility>()),
        /// Replacement for all details of the benefit.
        pub properties: Option<Properties> = optional(properties(variant)),
        /// Replacement for all of your own key-value data on the benefit: up to 50 keys of 1 to 40 characters; values
        /// are texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> = omittable(metadata()),
    }
}

fn description() -> impl Reader<Value = String> {
    trimmed(3, 42)
}

/// Content of a benefit, by the rules of its type.
fn properties(kind: BenefitType) -> Box<dyn Reader<Value = Properties>> {
    match kind {
        BenefitType::Custom => Box::new(object! {
            /// Note to customers.
            Properties::Custom {
                /// Text that customers with the benefit read.
                note = optional(blankable(limits::PROSE)),
            }
        }),
        BenefitType::FeatureFlag => Box::new(object! {
            /// No details: the metadata says which feature it is.
            Properties::FeatureFlag {}
        }),
        BenefitType::LicenseKeys => Box::new(object! {
            /// License keys of the benefit.
            Properties::LicenseKeys {
                /// Prefix of every key.
                prefix = optional(blankable(limits::KEY_PREFIX)),
                /// Time for which keys of one-time purchases are valid; if left out, they do not expire. Keys of subscriptions
                /// never expire: they end with the subscription.
                expires = optional(expiration()),
                /// Activations of a key; if left out, keys cannot be activated, only validated.
                activations = optional(activations()),
                /// Limit of a key's usage, which validations raise by `increment_usage`; if left out, there is no limit.
                limit_usage = optional(positive(limits::INT32)),
            }
        }),
        BenefitType::Downloadables => Box::new(object! {
            /// Files to download.
            Properties::Downloadables {
                /// IDs of the files, at least one.
                files = required(list(1, limits::FILES, id())),
                /// Files that are no longer offered: true by file ID.
                archived = omittable(map(0, limits::FILES, id(), flag())).or_default(),
            }
        }),
        BenefitType::MeterCredit => Box::new(object! {
            /// Credits on a meter.
            Properties::MeterCredit {
                /// ID of the meter.
                meter_id = required(id()),
                /// Number of units to credit.
                units = required(positive(limits::INT32)),
                /// True if unused units carry over to the next period.
                rollover = required(flag()),
            }
        }),
        BenefitType::Discord => Box::new(object! {
            /// Role on a Discord server.
            Properties::Discord {
                /// Token of the Discord server.
                guild_token = required(line(0)),
                /// ID of the role on the Discord server.
                role_id = required(line(0)),
                /// True if the member is removed from the server when the benefit ends.
                kick_member = required(flag()),
            }
        }),
        BenefitType::GithubRepository => Box::new(object! {
            /// Access to a GitHub repository.
            Properties::GithubRepository {
                /// Owner of the repository at GitHub.
                repository_owner = required(trimmed(1, limits::LINE)),
                /// Name of the repository at GitHub.
                repository_name = required(trimmed(1, limits::LINE)),
                /// Permission that customers get in the repository.
                permission = required(literal::<RepositoryPermission>()),
            }
        }),
        BenefitType::SlackSharedChannel => Box::new(object! {
            /// Shared Slack channel.
            Properties::SlackSharedChannel {
                /// ID of the Slack integration.
                slack_integration_id = required(id()),
                /// Template for the channel's name.
                channel_name_template = required(trimmed(1, 80)),
                /// True if the channel is private; true if left out.
                private = omittable(flag()).or(true),
                /// First message in the channel.
                welcome_message = optional(text(0, 4_000)),
                /// True if the channel is archived when the benefit ends; true if left out.
                archive_on_revoke = omittable(flag()).or(true),
                /// People of your own team to invite to the channel.
                team_invitees = omittable(list(0, limits::INVITEES, line(0))).or_default(),
            }
        }),
    }
}

/// Time for which keys are valid: how many there may be differs by unit.
fn expiration() -> impl Reader<Value = Expiration> {
    let of = |unit: ExpirationUnit| {
        object! {
            /// Time for which keys are valid.
            Expiration {
                /// Number of units of time.
                ttl = required(positive(unit.most())),
                /// Unit of time.
                timeframe = tag(unit),
            }
        }
    };
    let of_no_unit = || {
        object! {
            /// Time for which keys are valid.
            Expiration {
                /// Unit of time.
                timeframe = required(literal::<ExpirationUnit>()),
                /// Number of units of time.
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
        /// Activations: the devices on which a key is used.
        Activations {
            /// Number of devices on which one key can be activated at once.
            limit = required(positive(limits::INT32)),
            /// True if customers can see and end their activations themselves.
            enable_customer_admin = required(flag()),
        }
    }
}
