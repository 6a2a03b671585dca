//! Invoice settings: the seller on invoices, receipts and credit notes.

use serde_json::{Value, json};
use till_core::kernel::records::Organization;

use super::{SettingsPage, Tab, layout, line};
use crate::{
    dashboard::{
        access::Viewer,
        form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind},
    },
    pages::checkout::countries,
};

/// The settings' place in the API's body, and that of the list in them.
const AT: &str = "invoice_settings";
const ROWS: &str = "invoice_settings.tax_ids";

/// The parts of the address.
const ADDRESS: [&str; 6] = ["line1", "line2", "postal_code", "city", "state", "country"];

/// The page.
pub struct Invoices;

impl SettingsPage for Invoices {
    const PATH: &str = "/settings/invoices";
    const NAME: &str = "invoice";
    const LISTS: &[(&str, &[&str])] = &[(ROWS, &["number"])];

    fn as_sent(organization: &Organization) -> FormData {
        let settings = &organization.settings.invoices;
        let mut form_data = FormData::default();
        let value = serde_json::to_value(settings).unwrap_or_default();
        let mut set = |name: String, value: &Value| {
            form_data.set(&format!("{AT}.{name}"), value.as_str().unwrap_or_default());
        };
        set("name".to_owned(), &value["name"]);
        set("notes".to_owned(), &value["notes"]);
        for part in ADDRESS {
            set(format!("address.{part}"), &value["address"][part]);
        }
        for (row, one) in settings.tax_ids.iter().enumerate() {
            set(format!("tax_ids.{row}.country"), &json!(one.country));
            set(format!("tax_ids.{row}.number"), &json!(one.number));
        }
        form_data
    }

    /// The API's body.
    fn body(_: &Organization, form_data: &FormData) -> Value {
        let text = |name: &str| form_data.filled(&format!("{AT}.{name}")).map(str::to_owned);
        let parts = ADDRESS.map(|part| (part, text(&format!("address.{part}"))));
        let is_given = parts.iter().any(|(_, text)| text.is_some());
        let address = is_given.then(|| {
            let given = parts.into_iter().filter(|(_, text)| text.is_some());
            let given = given.map(|(part, text)| (part.to_owned(), json!(text)));
            Value::Object(given.collect())
        });
        let listed = form_data.json()[AT]["tax_ids"].take();
        let tax_ids = if listed.is_array() { listed } else { json!([]) };
        json!({AT: {
            "name": text("name"),
            "address": address,
            "tax_ids": tax_ids,
            "notes": text("notes"),
        }})
    }

    fn page(viewer: &Viewer, form_data: &FormData, errors: &FormErrors) -> FormPage {
        let countries = || Kind::choice(countries::COUNTRIES.iter().copied());
        let own = |name: &str| format!("{AT}.{name}");
        let address = [
            ("line1", "Street"),
            ("line2", "Second line"),
            ("postal_code", "Postal code"),
            ("city", "City"),
            ("state", "State or province"),
        ];
        let mut seller = vec![
            line(&own("name"), "Legal name", "text").hint("If empty, the organization's name."),
        ];
        seller.extend(
            address.map(|(part, label)| line(&own(&format!("address.{part}")), label, "text")),
        );
        seller.push(Field::new(
            own("address.country"),
            "Country",
            countries().or("Not set"),
        ));
        let rows = form_data.rows_with_spare(ROWS, &["number"], 1);
        let numbers = rows.into_iter().flat_map(|row| {
            [
                Field::new(
                    format!("{ROWS}.{row}.country"),
                    "Registered in",
                    countries().or("None"),
                ),
                line(&format!("{ROWS}.{row}.number"), "Tax number", "text"),
            ]
        });
        let groups = vec![
            Group::new("Seller", seller)
                .note("Printed on invoices, receipts and credit notes. Documents that were made stay as they are.")
                .pairs(),
            Group::new("Tax numbers", numbers.collect())
                .note(
                    "A document shows the number of the customer's country, else that of your own. Save to add another one.",
                )
                .pairs(),
            Group::new(
                "Below every document",
                vec![
                    Field::new(own("notes"), "Notes", Kind::Area(4))
                        .hint("Such as a register number or bank details."),
                ],
            ),
        ];
        FormPage {
            layout: layout(viewer, Tab::Invoices),
            form: Form::new(viewer.path(Self::PATH), "Save invoice settings", groups)
                .again(form_data, errors),
            aside: None,
        }
    }
}
