//! Benefits: what a purchase includes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    input::{
        Context, Fields, blank_text, boolean, id, kind, list, literal, map, positive, text_of, word,
    },
    limits,
    metadata::{Metadata, metadata},
};

crate::words! {
    /// What kind of thing is given.
    pub enum BenefitType {
        /// A note.
        Custom = "custom",
        /// A Discord role.
        Discord = "discord",
        /// A GitHub repository.
        GithubRepository = "github_repository",
        /// Files.
        Downloadables = "downloadables",
        /// License keys.
        LicenseKeys = "license_keys",
        /// Credits on a meter.
        MeterCredit = "meter_credit",
        /// A switch in the merchant's product.
        FeatureFlag = "feature_flag",
        /// A Slack channel.
        SlackSharedChannel = "slack_shared_channel",
    }
}

impl BenefitType {
    /// Whether the merchant may choose who sees it; all others are public.
    pub fn visibility_is_configurable(self) -> bool {
        matches!(
            self,
            Self::Custom | Self::LicenseKeys | Self::MeterCredit | Self::FeatureFlag
        )
    }
}

crate::words! {
    /// Who sees a benefit.
    pub enum BenefitVisibility {
        /// Nobody yet.
        Draft = "draft",
        /// The merchant.
        Private = "private",
        /// Buyers too.
        Public = "public",
    }
}

crate::words! {
    /// In what a license key's time is counted.
    pub enum ExpirationUnit {
        /// Years, at most 457.
        Year = "year",
        /// Months, at most 1,200.
        Month = "month",
        /// Days, at most 36,500.
        Day = "day",
    }
}

impl ExpirationUnit {
    pub(crate) const fn most(self) -> i64 {
        match self {
            Self::Year => 457,
            Self::Month => 1_200,
            Self::Day => 36_500,
        }
    }
}

crate::words! {
    /// What a buyer may do in a GitHub repository.
    pub enum RepositoryPermission {
        /// Read.
        Pull = "pull",
        /// Sort issues.
        Triage = "triage",
        /// Write.
        Push = "push",
        /// Manage without danger.
        Maintain = "maintain",
        /// Everything.
        Admin = "admin",
    }
}

/// A benefit as its merchant sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Benefit {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// What kind of thing is given.
    #[serde(rename = "type")]
    pub kind: BenefitType,
    /// What buyers read.
    pub description: String,
    /// Whether products may be given it.
    pub selectable: bool,
    /// Whether it may be deleted.
    pub deletable: bool,
    /// Whether it was deleted.
    pub is_deleted: bool,
    /// Its organization.
    pub organization_id: Uuid,
    /// Deprecated: always true. Clients of 2024 insist on it.
    pub is_tax_applicable: bool,
    /// Free data.
    pub metadata: Metadata,
    /// Who sees it.
    pub visibility: BenefitVisibility,
    /// Whether that may be chosen.
    pub visibility_configurable: bool,
    /// What is given; the keys are those of its type.
    #[schema(value_type = Object)]
    pub properties: Value,
}

/// A benefit as buyers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BenefitPublic {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// What kind of thing is given.
    #[serde(rename = "type")]
    pub kind: BenefitType,
    /// What buyers read.
    pub description: String,
    /// Whether products may be given it.
    pub selectable: bool,
    /// Whether it may be deleted.
    pub deletable: bool,
    /// Whether it was deleted.
    pub is_deleted: bool,
    /// Its organization.
    pub organization_id: Uuid,
    /// Deprecated: always empty. Clients of 2024 do not read a session without it; buyers'
    /// own views leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub metadata: Option<Metadata>,
}

/// How long a license key is valid after the purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiration {
    /// How many.
    pub ttl: i64,
    /// Of what.
    pub timeframe: ExpirationUnit,
}

/// On how many devices a license key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activations {
    /// At most.
    pub limit: i64,
    /// Whether customers manage them.
    pub enable_customer_admin: bool,
}

/// What is given, by type. In the database and on the wire the kind stands beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "each is named after its field")]
pub enum Properties {
    Custom {
        note: Option<String>,
    },
    FeatureFlag {},
    LicenseKeys {
        prefix: Option<String>,
        expires: Option<Expiration>,
        activations: Option<Activations>,
        limit_usage: Option<i64>,
    },
    Downloadables {
        files: Vec<Uuid>,
        archived: BTreeMap<Uuid, bool>,
    },
    MeterCredit {
        meter_id: Uuid,
        units: i64,
        rollover: bool,
    },
    Discord {
        guild_token: String,
        role_id: String,
        kick_member: bool,
    },
    GithubRepository {
        repository_owner: String,
        repository_name: String,
        permission: RepositoryPermission,
    },
    SlackSharedChannel {
        slack_integration_id: Uuid,
        channel_name_template: String,
        private: bool,
        welcome_message: Option<String>,
        archive_on_revoke: bool,
        team_invitees: Vec<String>,
    },
}

impl Properties {
    /// As it is kept and shown.
    pub fn json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_else(|_| json!({}))
    }
}

/// Characters of a benefit's description, least and most.
pub(crate) const DESCRIPTION: (usize, usize) = (3, 42);
/// Characters of a channel's name.
pub(crate) const CHANNEL: usize = 80;
/// Characters of a channel's first message.
pub(crate) const WELCOME: usize = 4_000;

/// What is given, read by the rules of its type.
fn properties(kind: BenefitType, value: &Value, cx: &mut Context) -> Option<Properties> {
    cx.object(value, |f| match kind {
        BenefitType::Custom => Some(Properties::Custom {
            note: f.blankable("note", blank_text(limits::PROSE)).value(),
        }),
        BenefitType::FeatureFlag => Some(Properties::FeatureFlag {}),
        BenefitType::LicenseKeys => license_keys(f),
        BenefitType::Downloadables => {
            let files = f.required("files", list(1, limits::FILES, id));
            let archived = f.omittable("archived", archived);
            Some(Properties::Downloadables {
                files: files?,
                archived: archived.unwrap_or_default(),
            })
        }
        BenefitType::MeterCredit => {
            let meter_id = f.required("meter_id", id);
            let units = f.required("units", positive(limits::INT32));
            let rollover = f.required("rollover", boolean);
            Some(Properties::MeterCredit {
                meter_id: meter_id?,
                units: units?,
                rollover: rollover?,
            })
        }
        BenefitType::Discord => {
            let guild_token = f.required("guild_token", text_of(0, limits::LINE, false));
            let role_id = f.required("role_id", text_of(0, limits::LINE, false));
            let kick_member = f.required("kick_member", boolean);
            Some(Properties::Discord {
                guild_token: guild_token?,
                role_id: role_id?,
                kick_member: kick_member?,
            })
        }
        BenefitType::GithubRepository => {
            let owner = f.required("repository_owner", text_of(1, limits::LINE, true));
            let name = f.required("repository_name", text_of(1, limits::LINE, true));
            let permission = f.required("permission", literal);
            Some(Properties::GithubRepository {
                repository_owner: owner?,
                repository_name: name?,
                permission: permission?,
            })
        }
        BenefitType::SlackSharedChannel => slack(f),
    })
}

fn license_keys(f: &mut Fields<'_, '_>) -> Option<Properties> {
    let before = f.cx.problems.len();
    let prefix = f.blankable("prefix", blank_text(limits::LINE)).value();
    let expires = f.optional("expires", |value, cx| {
        cx.object(value, |f| {
            let timeframe = f.required("timeframe", literal::<ExpirationUnit>);
            let most = timeframe.map_or(limits::INT32, ExpirationUnit::most);
            let ttl = f.required("ttl", positive(most));
            Some(Expiration {
                ttl: ttl?,
                timeframe: timeframe?,
            })
        })
    });
    let activations = f.optional("activations", |value, cx| {
        cx.object(value, |f| {
            let limit = f.required("limit", positive(limits::INT32));
            let admin = f.required("enable_customer_admin", boolean);
            Some(Activations {
                limit: limit?,
                enable_customer_admin: admin?,
            })
        })
    });
    let limit_usage = f.optional("limit_usage", positive(limits::INT32));
    (f.cx.problems.len() == before).then_some(Properties::LicenseKeys {
        prefix,
        expires,
        activations,
        limit_usage,
    })
}

fn slack(f: &mut Fields<'_, '_>) -> Option<Properties> {
    let integration = f.required("slack_integration_id", id);
    let template = f.required("channel_name_template", text_of(1, CHANNEL, true));
    let private = f.omittable("private", boolean);
    let welcome = f.optional("welcome_message", text_of(0, WELCOME, false));
    let archive = f.omittable("archive_on_revoke", boolean);
    let invitees = f.omittable(
        "team_invitees",
        list(0, limits::INVITEES, text_of(0, limits::LINE, false)),
    );
    Some(Properties::SlackSharedChannel {
        slack_integration_id: integration?,
        channel_name_template: template?,
        private: private.unwrap_or(true),
        welcome_message: welcome,
        archive_on_revoke: archive.unwrap_or(true),
        team_invitees: invitees.unwrap_or_default(),
    })
}

fn archived(value: &Value, cx: &mut Context) -> Option<BTreeMap<Uuid, bool>> {
    map(0, limits::FILES, id, boolean)(value, cx)
}

/// A new benefit.
#[derive(Debug, Clone, PartialEq)]
pub struct BenefitCreate {
    /// What kind of thing is given.
    pub kind: BenefitType,
    /// What buyers read, 3–42 characters.
    pub description: String,
    /// Who sees it; `None`: as is usual for its type.
    pub visibility: Option<BenefitVisibility>,
    /// What is given.
    pub properties: Properties,
    /// Free data.
    pub metadata: Metadata,
    /// Only for callers that are not an organization's token.
    pub organization_id: Option<Uuid>,
}

/// A change to a benefit.
#[derive(Debug, Clone, PartialEq)]
pub struct BenefitUpdate {
    /// Its type, which every change repeats.
    pub kind: BenefitType,
    /// New description.
    pub description: Option<String>,
    /// New visibility.
    pub visibility: Option<BenefitVisibility>,
    /// Replaces what is given.
    pub properties: Option<Properties>,
    /// Replaces the free data.
    pub metadata: Option<Metadata>,
}

impl BenefitCreate {
    /// Reads the body of a POST; the type is part of every problem's place.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let kind: BenefitType = kind(value, cx)?;
        cx.at(kind.as_str(), |cx| {
            cx.object(value, |f| {
                let description =
                    f.required("description", text_of(DESCRIPTION.0, DESCRIPTION.1, true));
                let visibility = f.optional("visibility", word);
                let given = f.required("properties", |v, cx| properties(kind, v, cx));
                let meta = f.omittable("metadata", metadata);
                let organization_id = f.optional("organization_id", id);
                Some(Self {
                    kind,
                    description: description?,
                    visibility,
                    properties: given?,
                    metadata: meta.unwrap_or_default(),
                    organization_id,
                })
            })
        })
    }
}

impl BenefitUpdate {
    /// Reads the body of a PATCH; the type is part of every problem's place.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let kind: BenefitType = kind(value, cx)?;
        cx.at(kind.as_str(), |cx| {
            cx.object(value, |f| {
                Some(Self {
                    kind,
                    description: f
                        .optional("description", text_of(DESCRIPTION.0, DESCRIPTION.1, true)),
                    visibility: f.optional("visibility", word),
                    properties: f.optional("properties", |v, cx| properties(kind, v, cx)),
                    metadata: f.omittable("metadata", metadata),
                })
            })
        })
    }
}
