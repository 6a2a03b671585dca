//! The customer form: its fields, and the API's body that it becomes.

use serde_json::Value;
use till_wire::customers::{Customer, CustomerType};

use crate::{
    dashboard::form::{Field, FormData, FormErrors, Group, Kind},
    http::extract::Body,
    pages::checkout::countries,
};

/// The parts of an address, and what the form calls them.
const ADDRESS: [(&str, &str); 5] = [
    ("line1", "Street"),
    ("line2", "Addition"),
    ("postal_code", "Postal code"),
    ("city", "City"),
    ("state", "State or province"),
];

/// A customer as its form shows it.
pub fn of_customer(one: &Customer) -> FormData {
    let mut form_data = FormData::default();
    form_data.set("type", one.kind.as_str());
    form_data.set("email", one.email.as_deref().unwrap_or_default());
    let texts = [
        ("name", &one.name),
        ("external_id", &one.external_id),
        ("locale", &one.locale),
    ];
    for (field, value) in texts {
        form_data.set(field, value.clone().unwrap_or_default());
    }
    if let Some((number, _)) = &one.tax_id {
        form_data.set("tax_id", number.as_str());
    }
    if let Some(address) = &one.billing_address {
        form_data.set("billing_address.country", address.country.as_str());
        let parts = [
            &address.line1,
            &address.line2,
            &address.postal_code,
            &address.city,
            &address.state,
        ];
        for ((field, _), value) in ADDRESS.into_iter().zip(parts) {
            let value = value.clone().unwrap_or_default();
            form_data.set(&format!("billing_address.{field}"), value);
        }
    }
    form_data.set_pairs("_metadata", &one.metadata);
    form_data
}

/// The API's body. A team is reached by its own address or by its owner's. An address of which nothing is filled in is no address; one that was there cannot be
/// taken away, which the API says.
pub fn body(form_data: &FormData, was: Option<&Customer>) -> Result<Body, FormErrors> {
    let owner = form_data.filled("owner.email").is_some();
    let reached = owner || was.is_some_and(|one| one.email.is_none());
    if form_data.filled("email").is_none() && !reached {
        return Err(FormErrors::field(
            "email",
            "Enter the customer's e-mail address.",
        ));
    }
    let mut body = form_data.json();
    let blank = |value: &Value| {
        let parts = value.as_object();
        parts.is_none_or(|parts| parts.values().all(Value::is_null))
    };
    let Some(fields) = body.as_object_mut() else {
        return Ok(Body(Some(body)));
    };
    if fields.get("billing_address").is_none_or(blank) {
        fields.remove("billing_address");
        if was.is_some_and(|one| one.billing_address.is_some()) {
            fields.insert("billing_address".to_owned(), Value::Null);
        }
    }
    if fields.get("owner").is_none_or(blank) {
        fields.remove("owner");
    }
    let metadata = Value::Object(form_data.pairs("_metadata"));
    fields.insert("metadata".to_owned(), metadata);
    Ok(Body(Some(body)))
}

/// The form's parts; `was` is the customer that is edited.
pub fn groups(was: Option<&Customer>, form_data: &FormData) -> Vec<Group> {
    vec![who(was), address(), Group::metadata(form_data)]
}

fn who(was: Option<&Customer>) -> Group {
    let text = |name: &str, label: &str| Field::new(name, label, Kind::Line("text"));
    let is_team = was.is_some_and(|one| one.kind == CustomerType::Team);
    let mut email = Field::new("email", "E-mail", Kind::Line("email")).focus();
    if !is_team {
        email = email.hint("Only a team can do without, if its owner has one.");
    }
    let mut fields = vec![email, text("name", "Name")];
    if !is_team {
        let types = [
            ("individual", "Individual: one person"),
            ("team", "Team: several members share what it buys"),
        ];
        fields.push(
            Field::new("type", "Type", Kind::choice(types))
                .hint("An individual can become a team later; a team stays one."),
        );
    }
    if was.is_none() {
        let owner = Field::new("owner.email", "Owner's e-mail", Kind::Line("email"));
        fields.push(owner.hint("Only for a team whose owner has another address than the team."));
        fields.push(text("owner.name", "Owner's name"));
    }
    // It can be set once.
    if was.is_none_or(|one| one.external_id.is_none()) {
        fields.push(text("external_id", "External ID").hint(
            "The ID by which your own program knows the customer. It cannot be changed later.",
        ));
    }
    fields.push(
        text("tax_id", "Tax ID")
            .hint("For example FR61954506077; requires the country of the billing address."),
    );
    fields.push(text("locale", "Language").hint("A language tag, such as en or fr-CA."));
    Group::new("Customer", fields)
}

fn address() -> Group {
    let name = |part: &str| format!("billing_address.{part}");
    let mut fields: Vec<_> = ADDRESS
        .into_iter()
        .map(|(part, label)| Field::new(name(part), label, Kind::Line("text")))
        .collect();
    let countries = Kind::choice(countries::COUNTRIES.iter().copied());
    fields.insert(
        0,
        Field::new(name("country"), "Country", countries.or("No address")),
    );
    Group::new("Billing address", fields)
        .place("billing_address")
        .row()
}
