//! Grants of benefits: who has what, and from which purchase.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    benefits::{Benefit, BenefitPublic, BenefitType},
    customers::Customer,
    members::Member,
    metadata::Metadata,
    organizations::ProrationBehavior,
    portal::CustomerPortalCustomer,
    request::*,
};

/// Reason why a benefit could not be granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BenefitGrantError {
    /// Text that explains it.
    pub message: String,
    /// Code of the reason.
    #[serde(rename = "type")]
    pub kind: String,
    /// Time at which it was tried, in UTC.
    pub timestamp: String,
}

/// Grant of a benefit: what a purchase gave to a customer. There is one for each benefit and purchase; if it is granted
/// again after it was revoked, it is the same grant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BenefitGrant {
    /// ID of the grant.
    pub id: Uuid,
    /// Time at which the grant was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the grant, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Time at which the benefit was granted; null if it is not granted now.
    pub granted_at: Option<Timestamp>,
    /// True if the customer has the benefit now.
    pub is_granted: bool,
    /// Time at which the benefit was revoked; null if it is not revoked.
    pub revoked_at: Option<Timestamp>,
    /// True if the benefit was revoked.
    pub is_revoked: bool,
    /// ID of the subscription that gives the benefit; null if an order gives it.
    pub subscription_id: Option<Uuid>,
    /// ID of the order that gives the benefit; null if a subscription gives it.
    pub order_id: Option<Uuid>,
    /// ID of the customer.
    pub customer_id: Uuid,
    /// Deprecated: equals `customer_id`.
    pub user_id: Uuid,
    /// ID of the member of the customer who has the benefit; null if it is the customer's own.
    pub member_id: Option<Uuid>,
    /// ID of the benefit.
    pub benefit_id: Uuid,
    /// Reason why the benefit could not be granted; always null, because Till grants nothing that can fail.
    pub error: Option<BenefitGrantError>,
    /// Customer to whom the benefit was granted.
    pub customer: Customer,
    /// Member of the customer who has the benefit; null if it is the customer's own.
    pub member: Option<Member>,
    /// Benefit, as it is now.
    pub benefit: Benefit,
    /// Details of the grant; the keys depend on the benefit's type. For files to download they are the IDs of the
    /// `files`, for license keys `license_key_id` and `display_key`.
    #[schema(value_type = Object)]
    pub properties: Value,
}

impl BenefitGrant {
    /// The grant as events tell of it: with its details before the event.
    pub fn changed_from(self, previous_properties: Value) -> BenefitGrantWebhook {
        BenefitGrantWebhook {
            grant: self,
            previous_properties,
        }
    }
}

/// Grant of a benefit, as events tell of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BenefitGrantWebhook {
    /// Grant after the event.
    #[serde(flatten)]
    pub grant: BenefitGrant,
    /// Details of the grant before the event.
    #[schema(value_type = Object)]
    pub previous_properties: Value,
}

/// Benefit within a customer's state.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StateBenefitGrant {
    /// ID of the grant.
    pub id: Uuid,
    /// Time at which the grant was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the grant, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Time at which the benefit was granted.
    pub granted_at: Timestamp,
    /// ID of the benefit.
    pub benefit_id: Uuid,
    /// Type of the benefit.
    pub benefit_type: BenefitType,
    /// Your own key-value data on the benefit: up to 50 keys.
    pub benefit_metadata: Metadata,
    /// Details of the grant; the keys depend on the benefit's type.
    #[schema(value_type = Object)]
    pub properties: Value,
}

/// Organization that gives a benefit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BenefitSubscriberOrganization {
    /// ID of the organization.
    pub id: Uuid,
    /// Time at which the organization was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the organization, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Name of the organization.
    pub name: String,
    /// Name of the organization in addresses.
    pub slug: String,
    /// Address of the organization's logo; null if there is none.
    pub avatar_url: Option<String>,
    /// Billing of changes in the middle of a period, unless the change itself says otherwise.
    pub proration_behavior: ProrationBehavior,
    /// True if customers may change their plan themselves.
    pub allow_customer_updates: bool,
}

/// Benefit, as whoever has it sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BenefitSubscriber {
    /// Fields that buyers see.
    #[serde(flatten)]
    pub public: BenefitPublic,
    /// Organization that gives the benefit.
    pub organization: BenefitSubscriberOrganization,
    /// Details of the benefit; the keys depend on its type: the `note`, or the IDs of the `active_files`.
    #[schema(value_type = Object)]
    pub properties: Value,
}

/// Grant of a benefit, as whoever has the benefit sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerBenefitGrant {
    /// ID of the grant.
    pub id: Uuid,
    /// Time at which the grant was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the grant, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Time at which the benefit was granted; null if it is not granted now.
    pub granted_at: Option<Timestamp>,
    /// Time at which the benefit was revoked; null if it is not revoked.
    pub revoked_at: Option<Timestamp>,
    /// ID of the customer.
    pub customer_id: Uuid,
    /// ID of the member of the customer who has the benefit; null if it is the customer's own.
    pub member_id: Option<Uuid>,
    /// ID of the benefit.
    pub benefit_id: Uuid,
    /// ID of the subscription that gives the benefit; null if an order gives it.
    pub subscription_id: Option<Uuid>,
    /// ID of the order that gives the benefit; null if a subscription gives it.
    pub order_id: Option<Uuid>,
    /// True if the benefit is granted now.
    pub is_granted: bool,
    /// True if the benefit was revoked.
    pub is_revoked: bool,
    /// Reason why the benefit could not be granted; always null, because Till grants nothing that can fail.
    pub error: Option<BenefitGrantError>,
    /// Customer to whom the benefit was granted.
    pub customer: CustomerPortalCustomer,
    /// Benefit, as it is now.
    pub benefit: BenefitSubscriber,
    /// Details of the grant; the keys depend on the benefit's type. For files to download they are the IDs of the
    /// `files`, for license keys `license_key_id` and `display_key`.
    #[schema(value_type = Object)]
    pub properties: Value,
}

request! {
    /// Change to a grant by whoever has the benefit. There is nothing to change, because Till grants no benefits for which
    /// accounts on other platforms are connected.
    pub struct CustomerBenefitGrantUpdate {
        /// Type of the benefit; required, and must be the benefit's.
        pub benefit_type: BenefitType = required(word::<BenefitType>()),
    }
}
