//! Mail settings: the looks of letters, and of what customers are told.

use serde_json::{Map, Value, json};
use till_core::kernel::records::Organization;

use super::{SettingsPage, Tab, layout, line};
use crate::dashboard::{
    access::Viewer,
    form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind},
};

const COLOR: &str = "brand_settings.color";
/// The place of the switches in the API's body.
const AT: &str = "customer_email_settings";

/// Letters about orders and subscriptions, and what a tick says.
const LETTERS: [(&str, &str); 11] = [
    ("order_confirmation", "An order is paid"),
    ("subscription_confirmation", "A subscription begins"),
    ("subscription_cycled", "A subscription was renewed"),
    (
        "subscription_cycled_after_trial",
        "A trial has become a paid subscription",
    ),
    (
        "subscription_past_due",
        "A renewal, or usage within a period, could not be paid",
    ),
    ("subscription_updated", "Plan or seats were changed"),
    ("subscription_cancellation", "A subscription was cancelled"),
    ("subscription_uncanceled", "A cancellation was withdrawn"),
    ("subscription_paused", "A subscription is paused"),
    ("subscription_resumed", "A subscription has resumed"),
    ("subscription_revoked", "A subscription has ended"),
];

/// Reminders, and what a tick says.
const REMINDERS: [(&str, &str); 3] = [
    (
        "subscription_renewal_reminder",
        "A subscription is renewed in a week, where half a year or more lies between renewals",
    ),
    (
        "subscription_trial_conversion_reminder",
        "A trial ends soon (three days before, one day for short trials)",
    ),
    (
        "payment_method_expiration_reminder",
        "A card that pays for a subscription expires within thirty days",
    ),
];

fn switch(name: &str) -> String {
    format!("{AT}.{name}")
}

/// The page.
pub struct Mail;

impl SettingsPage for Mail {
    const PATH: &str = "/settings/mail";
    const NAME: &str = "mail";

    fn as_sent(organization: &Organization) -> FormData {
        let mut form_data = FormData::default();
        let settings = &organization.settings.0;
        form_data.set(COLOR, settings.brand.color.clone().unwrap_or_default());
        let value = serde_json::to_value(settings.customer_email_settings).unwrap_or_default();
        for (name, _) in LETTERS.iter().chain(&REMINDERS) {
            if value[*name] == true {
                form_data.set(&switch(name), "true");
            }
        }
        form_data
    }

    /// The API's body: a box that is not ticked says no.
    fn body(_: &Organization, form_data: &FormData) -> Value {
        let all = LETTERS.iter().chain(&REMINDERS);
        let switches: Map<String, Value> = all
            .map(|(name, _)| ((*name).to_owned(), form_data.ticked(&switch(name)).into()))
            .collect();
        json!({
            AT: switches,
            "brand_settings": {"color": form_data.filled(COLOR)},
        })
    }

    fn page(viewer: &Viewer, form_data: &FormData, errors: &FormErrors) -> FormPage {
        let ticks = |all: &[(&str, &str)]| -> Vec<Field> {
            let tick = |(name, words): &(&str, &str)| Field::new(switch(name), *words, Kind::Tick);
            all.iter().map(tick).collect()
        };
        let looks = vec![line(COLOR, "Colour", "text").hint(
            "Of buttons and of the stripe on top, as # and six digits, such as #1d4ed8. Text on it is black or white, whichever is \
             easier to read.",
        )];
        let groups = vec![
            Group::new("Looks", looks).note(
                "Letters show your name and, where its address begins with https, your logo.",
            ),
            Group::new("Customers are told when", ticks(&LETTERS)),
            Group::new("Customers are reminded when", ticks(&REMINDERS)),
        ];
        let form = Form::new(viewer.path(Self::PATH), "Save mail settings", groups);
        FormPage {
            layout: layout(viewer, Tab::Mail),
            form: form.again(form_data, errors),
            aside: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use till_wire::organizations::CustomerEmailSettings;

    use super::*;

    #[test]
    fn each_switch_of_the_api_is_on_the_page() {
        let mut shown: Vec<_> = LETTERS
            .iter()
            .chain(&REMINDERS)
            .map(|(name, _)| *name)
            .collect();
        let mut all: Vec<_> = CustomerEmailSettings::MEMBERS
            .iter()
            .map(|(name, _)| *name)
            .collect();
        shown.sort_unstable();
        all.sort_unstable();
        assert_eq!(shown, all);
    }
}
