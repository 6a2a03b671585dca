//! Seats as the API shows them.

use till_wire::seats::{CustomerSeat as View, SeatClaimInfo, SeatStatus};

use crate::{
    catalog::products::ProductWithPrices,
    kernel::records::{CustomerMember, CustomerSeat, Organization},
};

impl CustomerSeat {
    /// The seat as the API shows it, with its member. One that was revoked names nobody.
    pub fn view(&self, member: Option<&CustomerMember>) -> View {
        let member = member.filter(|_| self.is_used());
        let email = member.map(|member| member.email.clone());
        View {
            created_at: self.created_at,
            modified_at: self.modified_at,
            id: self.id,
            subscription_id: self.subscription_id,
            order_id: self.order_id,
            status: self.status,
            customer_id: self.is_used().then_some(self.customer_id),
            member_id: self.member_id,
            member: member.map(CustomerMember::view),
            email: email.clone(),
            customer_email: email,
            invitation_token_expires_at: self.invitation_token_expires_at,
            claimed_at: self.claimed_at,
            revoked_at: self.revoked_at,
            seat_metadata: self.metadata.as_ref().map(|metadata| metadata.0.clone()),
        }
    }

    /// True where somebody holds the seat or is invited to it: it counts against the number that was bought.
    pub fn is_used(&self) -> bool {
        self.status != SeatStatus::Revoked
    }
}

/// An invitation as its link shows it.
pub fn invitation(
    organization: &Organization,
    offered: &ProductWithPrices,
    member: &CustomerMember,
    can_claim: bool,
) -> SeatClaimInfo {
    SeatClaimInfo {
        product_name: offered.product.name.clone(),
        product_id: offered.product.id,
        organization_name: organization.name.clone(),
        organization_slug: organization.slug.clone(),
        customer_email: member.email.clone(),
        can_claim,
    }
}
