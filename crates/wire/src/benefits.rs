//! Benefits: what a purchase includes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{metadata::Metadata, request::tagged_by};

mod requests;

pub use requests::{BenefitCreate, BenefitUpdate};

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
tagged_by!("type": BenefitType);

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
    /// Visibility of a benefit.
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
    /// Visibility.
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
