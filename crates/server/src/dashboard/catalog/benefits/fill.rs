//! The benefit form, and the API's body that it becomes.

use serde_json::{Map, Value, json};
use till_core::benefits::is_granted;
use till_wire::benefits::{Benefit, BenefitType, BenefitVisibility, ExpirationUnit};

use super::{files, visibility_words};
use crate::dashboard::{
    form::{Field, FormData, Group, Kind},
    parts::sentence,
};

/// The type that the form is of.
pub fn kind(form_data: &FormData, was: Option<&Benefit>) -> BenefitType {
    let chosen = form_data.get("type").and_then(|word| word.parse().ok());
    was.map(|benefit| benefit.kind)
        .or(chosen)
        .unwrap_or(BenefitType::Custom)
}

/// The data of an empty form.
pub fn fresh(kind: BenefitType) -> FormData {
    let mut form_data = FormData::default();
    form_data.set("type", kind.as_str());
    let usual = match kind {
        BenefitType::FeatureFlag => BenefitVisibility::Private,
        _ => BenefitVisibility::Public,
    };
    form_data.set("visibility", usual.as_str());
    form_data
}

/// A benefit as its form shows it.
pub fn of_benefit(benefit: &Benefit) -> FormData {
    let mut form_data = fresh(benefit.kind);
    form_data.set("description", benefit.description.clone());
    form_data.set("visibility", benefit.visibility.as_str());
    match benefit.kind {
        BenefitType::Downloadables => files::fill(&mut form_data, &benefit.properties),
        _ => set_all(&mut form_data, "properties", &benefit.properties),
    }
    form_data.set_pairs("_metadata", &benefit.metadata);
    form_data
}

/// Every value below a place, under its own name.
fn set_all(form_data: &mut FormData, name: &str, value: &Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                set_all(form_data, &format!("{name}.{key}"), value);
            }
        }
        Value::Null | Value::Bool(false) => {}
        Value::String(text) => form_data.set(name, text.clone()),
        other => form_data.set(name, other.to_string()),
    }
}

/// The API's body. Boxes that are not ticked are sent as no; a group that was left empty is not there.
pub fn body(form_data: &FormData, was: Option<&Benefit>) -> Value {
    let kind = kind(form_data, was);
    let mut body = form_data.json_of_change(&["description"]);
    body["type"] = kind.as_str().into();
    body["metadata"] = Value::Object(form_data.pairs("_metadata"));
    let mut given = match body["properties"].take() {
        Value::Object(given) => given,
        _ => Map::new(),
    };
    match kind {
        BenefitType::MeterCredit => {
            given.insert(
                "rollover".into(),
                form_data.ticked("properties.rollover").into(),
            );
        }
        BenefitType::LicenseKeys => {
            let limit = form_data.filled("properties.activations.limit");
            let admin = form_data.ticked("properties.activations.enable_customer_admin");
            let activations =
                limit.map(|limit| json!({"limit": limit, "enable_customer_admin": admin}));
            given.insert("activations".into(), activations.unwrap_or_default());
            if form_data.filled("properties.expires.ttl").is_none() {
                given.insert("expires".into(), Value::Null);
            }
        }
        BenefitType::Downloadables => given = files::properties(form_data),
        _ => {}
    }
    // What this form has no fields for stays as it is.
    let kept = was.filter(|_| has_no_fields(kind));
    body["properties"] = match kept {
        Some(_) => Value::Null,
        None => Value::Object(given),
    };
    body
}

/// A note on who gives the benefit to a buyer.
pub fn giver(kind: BenefitType) -> &'static str {
    match is_granted(kind) {
        true => {
            "Till grants it with each purchase of a product that includes it, until the purchase ends. Your program is told by benefit_grant.created and benefit_grant.revoked."
        }
        false => {
            "Till does not support benefits of this type: it shows this one on the checkout page and grants nothing."
        }
    }
}

fn has_no_fields(kind: BenefitType) -> bool {
    matches!(
        kind,
        BenefitType::Discord | BenefitType::SlackSharedChannel | BenefitType::GithubRepository
    )
}

/// The form's groups.
pub fn groups(
    kind: BenefitType,
    meters: Vec<(String, String)>,
    form_data: &FormData,
) -> Vec<Group> {
    let mut about = vec![
        Field::new("type", "", Kind::Hidden).value(kind.as_str()),
        Field::new("description", "Description", Kind::Line("text"))
            .required()
            .focus()
            .hint("What buyers read on the checkout page; 3 to 42 characters."),
    ];
    if kind.visibility_is_configurable() {
        let options = BenefitVisibility::ALL.iter().rev();
        let options = options.map(|one| (one.as_str(), visibility_words(*one)));
        about.push(Field::new(
            "visibility",
            "Visibility",
            Kind::choice(options),
        ));
    }
    let mut groups = vec![Group::new("Benefit", about).note(giver(kind))];
    groups.extend(given(kind, meters));
    groups.push(Group::metadata(form_data));
    groups
}

fn given(kind: BenefitType, meters: Vec<(String, String)>) -> Vec<Group> {
    let line = |name: &str, label: &str, input: &'static str| {
        Field::new(format!("properties.{name}"), label, Kind::Line(input))
    };
    match kind {
        BenefitType::Custom => vec![Group::new(
            "What is given",
            vec![
                Field::new("properties.note", "Note", Kind::Area(5))
                    .hint("Shown to customers who have the benefit. Markdown."),
            ],
        )],
        BenefitType::LicenseKeys => vec![
            Group::new(
                "Keys",
                vec![
                    line("prefix", "Prefix", "text")
                        .hint("For example ACME: keys then begin with ACME-."),
                    line("limit_usage", "Maximum uses per key", "number"),
                ],
            )
            .row(),
            Group::new(
                "Expiry",
                vec![
                    line("expires.ttl", "Valid for", "number"),
                    Field::new(
                        "properties.expires.timeframe",
                        "Counted in",
                        Kind::words::<ExpirationUnit>(),
                    ),
                ],
            )
            .note("Applies to one-time purchases; the keys of a subscription end with it.")
            .row(),
            Group::new(
                "Activations",
                vec![
                    line("activations.limit", "Maximum devices", "number"),
                    Field::new(
                        "properties.activations.enable_customer_admin",
                        "Customers can remove devices themselves",
                        Kind::Tick,
                    ),
                ],
            ),
        ],
        BenefitType::MeterCredit => {
            vec![Group::new(
                "Credits",
                vec![
                    Field::new("properties.meter_id", "Meter", Kind::Choice(meters)),
                    line("units", "Units", "number").required(),
                    Field::new(
                        "properties.rollover",
                        "Unused units carry over to the next period",
                        Kind::Tick,
                    ),
                ],
            )]
        }
        BenefitType::FeatureFlag => vec![
            Group::new("What is given", Vec::new())
                .note("A flag for your program; its data is in the metadata."),
        ],
        _ => Vec::new(),
    }
}

/// The properties, as names and values.
pub fn shown(benefit: &Benefit) -> Vec<(String, String)> {
    fn walk(name: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let inner = format!("{name} {}", key.replace('_', " "));
                    walk(inner.trim(), value, found);
                }
            }
            Value::Null => {}
            Value::Bool(flag) => {
                found.push((sentence(name), if *flag { "Yes" } else { "No" }.to_owned()))
            }
            Value::String(text) => found.push((sentence(name), text.clone())),
            other => found.push((sentence(name), other.to_string())),
        }
    }
    let mut found = Vec::new();
    walk("", &json!(benefit.properties), &mut found);
    found
}
