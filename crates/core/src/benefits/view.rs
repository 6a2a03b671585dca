//! Views of grants for the merchant and for programs.

use till_wire::grants::{BenefitGrant as View, StateBenefitGrant};

use crate::kernel::records::{Benefit, BenefitGrant, Customer, CustomerMember};

impl BenefitGrant {
    /// The grant as the API shows it, with whose it is and the benefit as it is now.
    pub fn view(
        &self,
        customer: &Customer,
        member: Option<&CustomerMember>,
        benefit: &Benefit,
    ) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            granted_at: self.granted_at,
            is_granted: self.is_live(),
            revoked_at: self.revoked_at,
            is_revoked: self.revoked_at.is_some(),
            subscription_id: self.subscription_id,
            order_id: self.order_id,
            customer_id: self.customer_id,
            user_id: self.customer_id,
            member_id: self.member_id,
            benefit_id: self.benefit_id,
            error: None,
            customer: customer.view(),
            member: member.map(CustomerMember::view),
            benefit: benefit.view(),
            properties: self.properties.0.clone(),
        }
    }
}

/// A live grant within a customer's state; none where it is not live.
pub fn state_view(grant: &BenefitGrant, benefit: &Benefit) -> Option<StateBenefitGrant> {
    Some(StateBenefitGrant {
        id: grant.id,
        created_at: grant.created_at,
        modified_at: grant.modified_at,
        granted_at: grant.granted_at?,
        benefit_id: benefit.id,
        benefit_type: benefit.kind,
        benefit_metadata: benefit.metadata.0.clone(),
        properties: grant.properties.0.clone(),
    })
}
