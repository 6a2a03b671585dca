//! Tax settings: whether and where tax is collected.

use serde_json::{Value, json};
use till_core::{kernel::records::Organization, tax::rates};
use till_wire::{country::Country, tax::EuSales};

use super::{SettingsPage, Tab, layout, line};
use crate::{
    dashboard::{
        access::Viewer,
        form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind},
    },
    pages::checkout::countries,
};

/// The list's place in the API's body.
const ROWS: &str = "tax_settings.registrations";

/// The fields of a registration.
const PARTS: [&str; 5] = ["country", "state", "rate", "name", "eu_sales"];

/// The page.
pub struct Tax;

impl SettingsPage for Tax {
    const PATH: &str = "/settings/tax";
    const NAME: &str = "tax";
    const LISTS: &[(&str, &[&str])] = &[(ROWS, &["country", "state", "rate", "name"])];

    fn as_sent(organization: &Organization) -> FormData {
        let settings = &organization.settings.tax;
        let mut form_data = FormData::default();
        if settings.enabled {
            form_data.set("tax_settings.enabled", "true");
        }
        for (row, one) in settings.registrations.iter().enumerate() {
            let value = serde_json::to_value(one).unwrap_or_default();
            for part in PARTS {
                let text = value[part].as_str().unwrap_or_default();
                form_data.set(&format!("{ROWS}.{row}.{part}"), text);
            }
        }
        form_data
    }

    /// The API's body.
    fn body(_: &Organization, form_data: &FormData) -> Value {
        let listed = form_data.json()["tax_settings"]["registrations"].take();
        let enabled = form_data.ticked("tax_settings.enabled");
        let registrations = if listed.is_array() { listed } else { json!([]) };
        json!({"tax_settings": {"enabled": enabled, "registrations": registrations}})
    }

    fn page(viewer: &Viewer, form_data: &FormData, errors: &FormErrors) -> FormPage {
        let mut groups = vec![
            Group::new(
                "Tax",
                vec![Field::new(
                    "tax_settings.enabled",
                    "Calculate tax at checkout",
                    Kind::Tick,
                )],
            )
            .note(
                "Till charges tax only in the places below, at its standard rates of 1 January 2026 or at the rate \
                 that you enter. Ask your tax adviser where you have to register.",
            ),
        ];
        let rows = form_data.rows_with_spare(ROWS, &["country"], 1);
        groups.extend(rows.into_iter().map(|row| registration(row, form_data)));
        if let Some(last) = groups.pop() {
            groups.push(last.note("Save to add another one."));
        }
        FormPage {
            layout: layout(viewer, Tab::Tax),
            form: Form::new(viewer.path(Self::PATH), "Save tax settings", groups)
                .again(form_data, errors),
            aside: None,
        }
    }
}

fn registration(row: usize, form_data: &FormData) -> Group {
    let countries = Kind::choice(countries::COUNTRIES.iter().copied()).or("None");
    let sales = EuSales::ALL.iter();
    let sales = Kind::choice(sales.map(|how| (how.as_str(), EUROPE[*how as usize])));
    let name = |part: &str| format!("{ROWS}.{row}.{part}");
    let chosen = form_data.filled(&name("country"));
    let country = chosen.and_then(|code| Country::parse_input(code).ok());
    let mut rate = line(&name("rate"), "Rate in percent", "text");
    rate = match country.and_then(|country| rates::of_place(country.as_str())) {
        Some(known) => rate.hint(format!(
            "If empty, the standard rate applies: {} {}% since {}.",
            known.name,
            known.rate.percent(),
            known.since
        )),
        None => rate.hint("If empty, the country's standard rate applies, if Till knows it."),
    };
    let title = country.map_or("Another registration", Country::name);
    Group::new(
        title,
        vec![
            Field::new(name("country"), "Registered in", countries),
            line(&name("state"), "State or province", "text")
                .hint("Only if it has a tax of its own, such as NY or QC."),
            rate,
            line(&name("name"), "Name for customers", "text").hint("If empty, its usual name."),
            Field::new(
                name("eu_sales"),
                "Consumers in other EU countries",
                sales.or("As usual"),
            )
            .hint("For EU countries only; businesses there account for the tax themselves."),
        ],
    )
    .place(format!("{ROWS}.{row}"))
    .pairs()
}

/// [`EuSales`] in words.
const EUROPE: [&str; 3] = [
    "Their own rate (One Stop Shop)",
    "This country's rate (small seller)",
    "No tax",
];
