//! Grants of benefits: who has what from which purchase, and for how long (docs/behaviour/benefits.md). What benefits are
//! is in [`crate::catalog::benefits`].

mod credits;
mod license_keys;
#[cfg(test)]
mod model;
mod sync;
#[cfg(test)]
mod tests;
mod view;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use till_wire::{benefits::BenefitType, seats::SeatStatus, subscriptions::SubscriptionStatus};
use uuid::Uuid;

use crate::kernel::{
    records::{
        Benefit, BenefitGrant, Customer, CustomerMember, CustomerMeter, CustomerSeat, Dispute,
        LicenseKey, Order, Refund, RefundState, Subscription,
    },
    values::Json,
};

pub use sync::{MOST_AT_ONCE, sync};
pub use view::state_view;

/// Days of grace that are told apart: more than any subscription is past due.
const MOST_GRACE: i64 = 366;

/// Somebody who is to have the benefits of a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Member of the customer; none: the customer as such.
    pub member_id: Option<Uuid>,
}

impl Holder {
    /// The customer who bought, as such.
    pub const CUSTOMER: Self = Self { member_id: None };
}

/// Holders of a purchase: the customer; where seats were sold, the members who have claimed one of them, and no more of
/// them than were sold, the first ones first (docs/behaviour: benefits/by-seat).
pub fn holders(sold: Option<i64>, seats: &[CustomerSeat]) -> Vec<Holder> {
    let Some(sold) = sold else {
        return vec![Holder::CUSTOMER];
    };
    let claimed = |seat: &&CustomerSeat| seat.status == SeatStatus::Claimed;
    let members = seats
        .iter()
        .filter(claimed)
        .filter_map(|seat| seat.member_id);
    let members = members.take(usize::try_from(sold).unwrap_or(0));
    members
        .map(|id| Holder {
            member_id: Some(id),
        })
        .collect()
}

/// A purchase with everything that its grants are decided with.
#[derive(Debug, Clone)]
pub struct GrantRows {
    /// Subscription, where that is the purchase.
    pub subscription: Option<Subscription>,
    /// Order, where that is the purchase.
    pub order_id: Option<Uuid>,
    /// Buyer.
    pub customer: Customer,
    /// Members of the customer, as far as they have grants or are to have some.
    pub members: Vec<CustomerMember>,
    /// True where the purchase gives its benefits now: see [`subscription_gives`] and [`order_gives`].
    pub gives: bool,
    /// Benefits of the product, in its order; deleted ones are none of them.
    pub benefits: Vec<Benefit>,
    /// Benefits of existing grants that the product does not have any more, deleted ones included.
    pub former: Vec<Benefit>,
    /// Grants that the purchase has led to, revoked ones included.
    pub grants: Vec<BenefitGrant>,
    /// License keys of these grants.
    pub keys: Vec<LicenseKey>,
    /// Paid renewals of live grants, by their IDs: the number of those that began after the benefit was granted.
    pub cycles: Vec<(Uuid, i64)>,
    /// The customer's counts of meters, where any of these benefits gives credits.
    pub counts: Vec<CustomerMeter>,
    /// Units by meter that the subscription has used, and is still to be billed for.
    pub unbilled: Vec<(Uuid, i64)>,
    /// Meters that a subscription of the customer pays for.
    pub paid_meters: Vec<Uuid>,
}

/// True where a subscription gives its benefits now (docs/behaviour: benefits/subscription): while it is active or in its
/// trial, and for `grace_days` after a renewal was not paid.
pub fn subscription_gives(subscription: &Subscription, grace_days: i64, now: Timestamp) -> bool {
    match subscription.status {
        _ if subscription.ended_at.is_some() => false,
        SubscriptionStatus::Active | SubscriptionStatus::Trialing => true,
        SubscriptionStatus::PastDue => subscription.past_due_at.is_some_and(|since| {
            let grace = SignedDuration::from_hours(24 * grace_days.clamp(0, MOST_GRACE));
            now < since + grace
        }),
        _ => false,
    }
}

/// True where an order gives its benefits now (docs/behaviour: benefits/order): once it is paid, unless a refund took them
/// back or the payment was contested. An order of a subscription gives nothing itself.
pub fn order_gives(order: &Order, refunds: &[Refund], disputes: &[Dispute]) -> bool {
    let takes_back =
        |refund: &Refund| refund.revoke_benefits && refund.state == RefundState::Succeeded;
    order.subscription_id.is_none()
        && order.is_paid()
        && !refunds.iter().any(takes_back)
        && !disputes.iter().any(Dispute::is_resolved)
}

/// True for types of benefits that Till grants.
pub const fn is_granted(kind: BenefitType) -> bool {
    matches!(
        kind,
        BenefitType::Custom
            | BenefitType::FeatureFlag
            | BenefitType::Downloadables
            | BenefitType::LicenseKeys
            | BenefitType::MeterCredit
    )
}

/// Part of a benefit that its grants follow when it is edited (docs/behaviour: benefits/edited).
pub fn followed(benefit: &Benefit) -> Value {
    match benefit.kind {
        BenefitType::LicenseKeys => license_keys::terms(benefit),
        BenefitType::MeterCredit => benefit.properties["meter_id"].clone(),
        _ => granted_properties(benefit),
    }
}

/// Properties of a grant of the benefit as it is now: of files those that are offered. Those of a license key
/// name the key, those of credits what was given last.
pub fn granted_properties(benefit: &Benefit) -> Value {
    match benefit.kind {
        BenefitType::Downloadables => json!({"files": offered_files(&benefit.properties)}),
        _ => json!({}),
    }
}

/// IDs of the files of a benefit that are not archived, in their order.
pub fn offered_files(properties: &Value) -> Vec<Uuid> {
    let ids = properties["files"].as_array().into_iter().flatten();
    ids.filter_map(|id| id.as_str())
        .filter(|id| properties["archived"][*id] != true)
        .filter_map(|id| id.parse().ok())
        .collect()
}

impl BenefitGrant {
    /// True where the holder has the benefit now.
    pub fn is_live(&self) -> bool {
        self.granted_at.is_some()
    }

    /// Nothing is given any more.
    fn nothing() -> Json<Value> {
        Json(json!({}))
    }
}
