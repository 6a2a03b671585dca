//! Settings of the customer portal.

use serde::Serialize;
use utoipa::ToSchema;

use super::stored::members;
use crate::request::*;

/// Usage in the customer portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortalUsageSettings {
    /// True if customers see their usage.
    pub show: bool,
}

/// Actions on subscriptions in the customer portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortalSubscriptionSettings {
    /// True if customers can change the number of seats.
    pub update_seats: bool,
    /// True if customers can change their plan.
    pub update_plan: bool,
    /// True if customers can pause and resume a subscription.
    pub pause: bool,
}

/// Actions of customers on their own data in the customer portal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortalCustomerSettings {
    /// True if customers can change their e-mail address.
    pub allow_email_change: bool,
}

/// Settings of the customer portal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerPortalSettings {
    /// Usage in the portal.
    pub usage: PortalUsageSettings,
    /// Actions on subscriptions in the portal.
    pub subscription: PortalSubscriptionSettings,
    /// Actions of customers on their own data in the portal.
    pub customer: PortalCustomerSettings,
}

impl Default for PortalUsageSettings {
    fn default() -> Self {
        Self { show: true }
    }
}

impl Default for PortalSubscriptionSettings {
    fn default() -> Self {
        Self {
            update_seats: true,
            update_plan: true,
            pause: false,
        }
    }
}

impl CustomerPortalSettings {
    /// As an organization's PATCH gives them. What may be left out is off then.
    pub(crate) fn shape() -> impl Reader<Value = Self> {
        let usage = || {
            object! {
                /// Usage in the customer portal.
                PortalUsageSettings {
                    /// True if customers see their usage.
                    show = required(flag()),
                }
            }
        };
        let subscription = || {
            object! {
                /// Actions on subscriptions in the customer portal.
                PortalSubscriptionSettings {
                    /// True if customers can change the number of seats.
                    update_seats = required(flag()),
                    /// True if customers can change their plan.
                    update_plan = required(flag()),
                    /// True if customers can pause and resume a subscription; false if left out.
                    pause = omittable(flag()).or_default(),
                }
            }
        };
        let customer = || {
            object! {
                /// Actions of customers on their own data in the customer portal.
                PortalCustomerSettings {
                    /// True if customers can change their e-mail address; false if left out.
                    allow_email_change = omittable(flag()).or_default(),
                }
            }
        };
        object! {
            /// Settings of the customer portal.
            CustomerPortalSettings {
                /// Usage in the portal.
                usage = required(usage().dictionary()),
                /// Actions on subscriptions in the portal.
                subscription = required(subscription().dictionary()),
                /// Actions of customers on their own data in the portal.
                customer = omittable(customer().dictionary()).or_default(),
            }
        }
        .dictionary()
    }
}

members!(PortalUsageSettings { show });
members!(PortalSubscriptionSettings {
    update_seats,
    update_plan,
    pause
});
members!(PortalCustomerSettings { allow_email_change });
members!(CustomerPortalSettings {
    usage: whole,
    subscription: whole,
    customer: whole
});
