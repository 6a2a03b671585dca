//! Changes that customers make to their subscriptions, as far as their merchant lets them (docs/behaviour: portal/switches).

use till_wire::{
    input::Problem,
    loc,
    products::Visibility,
    subscriptions::{SubscriptionStatus, SubscriptionUpdate},
};

use crate::{
    kernel::{
        records::{Organization, Subscription},
        refusal::{PortalRefusal, Refusal},
    },
    subscriptions::change::ChangeRows,
};

/// Permission for a customer to make a change; the change itself is decided like a merchant's.
///
/// # Errors
/// `NotPermitted` or `PauseResumeNotAllowed` for what the merchant has switched off; the place of a product that is not
/// for sale everywhere; `PaymentMethodRequired` where a paid subscription would go on without a card.
pub fn may_change(rows: &ChangeRows, update: &SubscriptionUpdate) -> Result<(), Refusal> {
    let settings = &rows.billing.organization.settings;
    let switches = settings.customer_portal_settings.subscription;
    let no = |words: &str| Err(Refusal::NotPermitted(words.to_owned()));
    match update {
        SubscriptionUpdate::Base(base) => {
            let is_on = settings.subscription_settings.allow_customer_updates;
            if !(switches.update_plan && is_on) {
                return no("This organization does not let its customers change their plan.");
            }
            let target = rows.target.as_ref();
            let is_public = |target: &&_| is_for_sale(target);
            match (base.product_id, target.filter(is_public)) {
                (Some(id), None) => Err(Refusal::field(Problem::value(
                    loc!["body", "product_id"],
                    "This product does not exist",
                    id.to_string(),
                ))),
                _ => Ok(()),
            }
        }
        SubscriptionUpdate::Seats(_) if !switches.update_seats => {
            no("This organization does not let its customers change the number of seats.")
        }
        SubscriptionUpdate::Pause(_) | SubscriptionUpdate::Resume if !switches.pause => {
            Err(PortalRefusal::PauseResumeNotAllowed.into())
        }
        SubscriptionUpdate::Resume => is_payable(rows),
        SubscriptionUpdate::Cancel(asked) if !asked.cancel_at_period_end => is_payable(rows),
        _ => Ok(()),
    }
}

fn is_for_sale(target: &crate::catalog::products::ProductWithPrices) -> bool {
    target.product.visibility == Visibility::Public
}

/// Refuses what would have a paid subscription go on without a card.
fn is_payable(rows: &ChangeRows) -> Result<(), Refusal> {
    match rows.billing.subscription.amount > 0 && rows.billing.method.is_none() {
        true => Err(PortalRefusal::PaymentMethodRequired.into()),
        false => Ok(()),
    }
}

/// Permission for a customer to end a subscription at once: one whose renewal is not paid, where its benefits end with that.
///
/// # Errors
/// [`PortalRefusal::CannotRevoke`].
pub fn may_revoke(
    subscription: &Subscription,
    organization: &Organization,
) -> Result<(), PortalRefusal> {
    let settings = &organization.settings.subscription_settings;
    let is_past_due = subscription.status == SubscriptionStatus::PastDue;
    match is_past_due && settings.benefit_revocation_grace_period == 0 {
        true => Ok(()),
        false => Err(PortalRefusal::CannotRevoke),
    }
}
