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
    /// Type of a benefit.
    pub enum BenefitType {
        /// A note.
        Custom = "custom",
        /// A role on a Discord server.
        Discord = "discord",
        /// Access to a GitHub repository.
        GithubRepository = "github_repository",
        /// Files to download.
        Downloadables = "downloadables",
        /// License keys.
        LicenseKeys = "license_keys",
        /// Credits on a meter.
        MeterCredit = "meter_credit",
        /// A feature that is enabled in your own product.
        FeatureFlag = "feature_flag",
        /// A shared Slack channel.
        SlackSharedChannel = "slack_shared_channel",
    }
}
tagged_by!("type": BenefitType);

impl BenefitType {
    /// True if the merchant may choose who sees it; all others are public.
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
        /// Nobody sees it yet.
        Draft = "draft",
        /// Only you see it.
        Private = "private",
        /// Buyers see it too.
        Public = "public",
    }
}

crate::words! {
    /// Unit of the time for which a license key is valid.
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
    /// Permission in a GitHub repository.
    pub enum RepositoryPermission {
        /// Read.
        Pull = "pull",
        /// Manage issues.
        Triage = "triage",
        /// Write.
        Push = "push",
        /// Manage the repository without destructive actions.
        Maintain = "maintain",
        /// Everything.
        Admin = "admin",
    }
}

/// Benefit: something that customers get with a purchase.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Benefit {
    /// ID of the benefit.
    pub id: Uuid,
    /// Time at which the benefit was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the benefit, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Type of the benefit.
    #[serde(rename = "type")]
    pub kind: BenefitType,
    /// Description of the benefit; buyers read it.
    pub description: String,
    /// True if products can include the benefit.
    pub selectable: bool,
    /// True if the benefit can be deleted.
    pub deletable: bool,
    /// True if the benefit has been deleted.
    pub is_deleted: bool,
    /// ID of the organization that the benefit belongs to.
    pub organization_id: Uuid,
    /// Deprecated: always true; clients of 2024 need it.
    pub is_tax_applicable: bool,
    /// Your own key-value data on the benefit: up to 50 keys.
    pub metadata: Metadata,
    /// Visibility of the benefit.
    pub visibility: BenefitVisibility,
    /// True if the visibility can be changed; that depends on the type.
    pub visibility_configurable: bool,
    /// Details of the benefit; the keys depend on its type.
    #[schema(value_type = Object)]
    pub properties: Value,
}

/// Benefit, as buyers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BenefitPublic {
    /// ID of the benefit.
    pub id: Uuid,
    /// Time at which the benefit was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the benefit, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Type of the benefit.
    #[serde(rename = "type")]
    pub kind: BenefitType,
    /// Description of the benefit; buyers read it.
    pub description: String,
    /// True if products can include the benefit.
    pub selectable: bool,
    /// True if the benefit can be deleted.
    pub deletable: bool,
    /// True if the benefit has been deleted.
    pub is_deleted: bool,
    /// ID of the organization that the benefit belongs to.
    pub organization_id: Uuid,
    /// Deprecated: always empty, for clients that cannot do without it; left out of a checkout that a buyer reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub metadata: Option<Metadata>,
}

/// Time for which a license key is valid after a one-time purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiration {
    /// Number of units of time.
    pub ttl: i64,
    /// Unit of time.
    pub timeframe: ExpirationUnit,
}

/// Activations that a license key may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activations {
    /// Number of activations at once, at most.
    pub limit: i64,
    /// True if customers see and end them themselves.
    pub enable_customer_admin: bool,
}

/// Content of a benefit, by type. In the database and on the wire the kind stands beside it.
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
