//! Grants as their holders see them (docs/behaviour: benefits/portal).

use serde_json::{Value, json};
use till_wire::{
    benefits::{BenefitType, BenefitVisibility},
    grants::{
        BenefitSubscriber, BenefitSubscriberOrganization, CustomerBenefitGrant,
        CustomerBenefitGrantUpdate,
    },
    input::Problem,
    loc,
    members::MemberRole,
};

use super::{Viewer, view};
use crate::{
    benefits::offered_files,
    kernel::{
        records::{Benefit, BenefitGrant, Customer, Organization},
        refusal::Refusal,
    },
};

/// True where somebody who looks at the portal is shown a grant: members see their own, the owner also those of the
/// customer as such, and nobody those of benefits that are not public.
pub fn is_shown(grant: &BenefitGrant, benefit: &Benefit, viewer: &Viewer) -> bool {
    let own = viewer.member.as_ref().map(|member| member.id);
    let is_theirs = match grant.member_id {
        Some(member) => Some(member) == own,
        None => viewer.role == MemberRole::Owner,
    };
    grant.customer_id == viewer.customer.id
        && is_theirs
        && benefit.visibility == BenefitVisibility::Public
}

/// Judges a change that a holder asks for. There is nothing that could be changed: Till grants no benefits for which
/// accounts elsewhere are connected.
///
/// # Errors
/// `NotPermitted` for a grant that was revoked; the field `benefit_type` where it is not the benefit's.
pub fn unchanged(
    grant: &BenefitGrant,
    benefit: &Benefit,
    asked: CustomerBenefitGrantUpdate,
) -> Result<(), Refusal> {
    if grant.revoked_at.is_some() {
        let words = "This benefit was revoked and cannot be changed any more.";
        return Err(Refusal::NotPermitted(words.to_owned()));
    }
    match asked.benefit_type == benefit.kind {
        true => Ok(()),
        false => Err(Refusal::field(Problem::value(
            loc!["body", "benefit_type"],
            "This is not the type of the benefit",
            asked.benefit_type.as_str(),
        ))),
    }
}

impl BenefitGrant {
    /// The grant as its holder sees it.
    pub fn holder_view(
        &self,
        customer: &Customer,
        benefit: &Benefit,
        seller: &Organization,
    ) -> CustomerBenefitGrant {
        CustomerBenefitGrant {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            granted_at: self.granted_at,
            revoked_at: self.revoked_at,
            customer_id: self.customer_id,
            member_id: self.member_id,
            benefit_id: self.benefit_id,
            subscription_id: self.subscription_id,
            order_id: self.order_id,
            is_granted: self.is_live(),
            is_revoked: self.revoked_at.is_some(),
            error: None,
            customer: view::customer(customer),
            benefit: subscriber_view(benefit, seller),
            properties: self.properties.0.clone(),
        }
    }
}

/// A benefit as whoever has it sees it.
fn subscriber_view(benefit: &Benefit, seller: &Organization) -> BenefitSubscriber {
    let subscriptions = &seller.settings.subscription_settings;
    BenefitSubscriber {
        public: benefit.public_view(),
        organization: BenefitSubscriberOrganization {
            id: seller.id,
            created_at: seller.created_at,
            modified_at: seller.modified_at,
            name: seller.name.clone(),
            slug: seller.slug.clone(),
            avatar_url: seller.avatar_url.clone(),
            proration_behavior: subscriptions.proration_behavior,
            allow_customer_updates: subscriptions.allow_customer_updates,
        },
        properties: holder_properties(benefit),
    }
}

/// Details of a benefit, as its holder reads them: the note, or which files there are.
fn holder_properties(benefit: &Benefit) -> Value {
    match benefit.kind {
        BenefitType::Custom => json!({"note": benefit.properties["note"]}),
        BenefitType::Downloadables => {
            json!({"active_files": offered_files(&benefit.properties)})
        }
        _ => json!({}),
    }
}
