//! Portal settings: what customers see and change themselves in the customer portal (docs/behaviour: portal/switches).

use serde_json::{Value, json};
use till_core::kernel::records::Organization;

use super::{SettingsPage, Tab, layout, subscription_settings};
use crate::dashboard::{
    access::Viewer,
    form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind},
};

const PLAN: &str = "customer_portal_settings.subscription.update_plan";
const SEATS: &str = "customer_portal_settings.subscription.update_seats";
const PAUSE: &str = "customer_portal_settings.subscription.pause";
const EMAIL: &str = "customer_portal_settings.customer.allow_email_change";
const USAGE: &str = "customer_portal_settings.usage.show";

/// The page.
pub struct Portal;

impl SettingsPage for Portal {
    const PATH: &str = "/settings/portal";
    const NAME: &str = "portal";

    fn as_sent(organization: &Organization) -> FormData {
        let settings = &organization.settings.0;
        let portal = settings.customer_portal_settings;
        let is_plan_on = settings.subscription_settings.allow_customer_updates;
        let mut form_data = FormData::default();
        for (name, is_on) in [
            (PLAN, portal.subscription.update_plan && is_plan_on),
            (SEATS, portal.subscription.update_seats),
            (PAUSE, portal.subscription.pause),
            (EMAIL, portal.customer.allow_email_change),
            (USAGE, portal.usage.show),
        ] {
            if is_on {
                form_data.set(name, "true");
            }
        }
        form_data
    }

    /// The API's body. A change of plan has two switches there, and needs both; the page has one for them.
    fn body(organization: &Organization, form_data: &FormData) -> Value {
        let changed = json!({"allow_customer_updates": form_data.ticked(PLAN)});
        json!({
            "customer_portal_settings": {
                "usage": {"show": form_data.ticked(USAGE)},
                "subscription": {
                    "update_plan": form_data.ticked(PLAN),
                    "update_seats": form_data.ticked(SEATS),
                    "pause": form_data.ticked(PAUSE),
                },
                "customer": {"allow_email_change": form_data.ticked(EMAIL)},
            },
            "subscription_settings": subscription_settings(organization, changed),
        })
    }

    fn page(viewer: &Viewer, form_data: &FormData, errors: &FormErrors) -> FormPage {
        let tick = |name: &str, words: &str| Field::new(name, words, Kind::Tick);
        let group = Group::new(
            "Customers can change",
            vec![
                tick(PLAN, "The plan of a subscription").hint("To products that are for sale everywhere."),
                tick(SEATS, "The number of seats"),
                tick(PAUSE, "Pausing and resuming a subscription"),
                tick(EMAIL, "Their e-mail address"),
            ],
        )
        .note("In the customer portal. They can always cancel, pay what is due, and manage their cards and billing address.");
        let seen = tick(USAGE, "Their usage")
            .hint("What meters have counted, what was credited, and what the next payment comes to so far.");
        let groups = vec![group, Group::new("Customers can see", vec![seen])];
        let form = Form::new(viewer.path(Self::PATH), "Save portal settings", groups);
        FormPage {
            layout: layout(viewer, Tab::Portal),
            form: form.again(form_data, errors),
            aside: None,
        }
    }
}
