//! Settings of the customer portal.

use serde::Serialize;
use utoipa::ToSchema;

use super::stored::members;
use crate::request::*;

/// What the portal shows of usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortalUsageSettings {
    /// Whether usage is shown.
    pub show: bool,
}

/// What customers may do with subscriptions in the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortalSubscriptionSettings {
    /// Change the number of seats.
    pub update_seats: bool,
    /// Change the plan.
    pub update_plan: bool,
    /// Pause and resume.
    pub pause: bool,
}

/// What customers may do with their own data in the portal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortalCustomerSettings {
    /// Change their e-mail address.
    pub allow_email_change: bool,
}

/// How the customer portal behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerPortalSettings {
    /// Usage.
    pub usage: PortalUsageSettings,
    /// Subscriptions.
    pub subscription: PortalSubscriptionSettings,
    /// The customer.
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
                /// Usage.
                PortalUsageSettings {
                    /// Whether it is shown.
                    show = required(flag()),
                }
            }
        };
        let subscription = || {
            object! {
                /// What customers may do with subscriptions.
                PortalSubscriptionSettings {
                    /// Change the number of seats.
                    update_seats = required(flag()),
                    /// Change the plan.
                    update_plan = required(flag()),
                    /// Pause and resume; off where it is not said.
                    pause = omittable(flag()).or_default(),
                }
            }
        };
        let customer = || {
            object! {
                /// What customers may do with their own data.
                PortalCustomerSettings {
                    /// Change their e-mail address; off where it is not said.
                    allow_email_change = omittable(flag()).or_default(),
                }
            }
        };
        object! {
            /// How the customer portal behaves.
            CustomerPortalSettings {
                /// Usage.
                usage = required(usage().dictionary()),
                /// Subscriptions.
                subscription = required(subscription().dictionary()),
                /// The customer.
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
