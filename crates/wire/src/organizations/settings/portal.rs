//! How the customer portal behaves.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::stored::members;
use crate::input::{Context, boolean};

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
    /// Reads the field of an organization's PATCH. What may be left out is off then.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        cx.dictionary(value, |f| {
            let usage = f.required("usage", |value, cx| {
                cx.dictionary(value, |f| f.required("show", boolean))
            });
            let subscription = f.required("subscription", |value, cx| {
                cx.dictionary(value, |f| {
                    let seats = f.required("update_seats", boolean);
                    let plan = f.required("update_plan", boolean);
                    let pause = f.omittable("pause", boolean);
                    Some(PortalSubscriptionSettings {
                        update_seats: seats?,
                        update_plan: plan?,
                        pause: pause.unwrap_or(false),
                    })
                })
            });
            let email = f.omittable("customer", |value, cx| {
                cx.dictionary(value, |f| Some(f.omittable("allow_email_change", boolean)))
            });
            Some(Self {
                usage: PortalUsageSettings { show: usage? },
                subscription: subscription?,
                customer: PortalCustomerSettings {
                    allow_email_change: email.flatten().unwrap_or(false),
                },
            })
        })
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
