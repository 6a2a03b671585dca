//! The product form: its fields, the API's body that it becomes, and its preview.

use serde_json::{Map, Value, json};
use till_core::kernel::records::Organization;
use till_wire::{
    benefits::Benefit,
    custom_fields::CustomField,
    meters::Meter,
    products::{DEFAULT_MINIMUM, PriceAmount, Product, Visibility},
    values::Interval,
};
use uuid::Uuid;

use super::price;
use crate::{
    dashboard::form::{Field, FormData, Group, Kind, next_currency, with_chosen},
    pages::checkout::{
        fill::trial_words,
        markdown,
        money::{Locale, interval_words},
    },
};

/// The custom fields' place in the API's body.
const FIELDS: &str = "attached_custom_fields";
/// The ticked benefits; the API takes them in a request of their own.
const BENEFITS: &str = "_benefits";
/// The field with the product that a new one is a copy of.
pub const SOURCE: &str = "_from";

/// The things that a product can be made of, by id and name.
#[derive(Debug, Default)]
pub struct Choices {
    /// The meters in use.
    meters: Vec<(String, String)>,
    /// The benefits.
    benefits: Vec<(String, String)>,
    /// The custom fields.
    fields: Vec<(String, String)>,
}

impl Choices {
    /// Of these, and of what the product has already.
    pub fn new(
        meters: Vec<Meter>,
        benefits: Vec<Benefit>,
        fields: Vec<CustomField>,
        product: Option<&Product>,
    ) -> Self {
        let prices = product.iter().flat_map(|product| &product.prices);
        let counted = prices.filter_map(|price| match &price.amount {
            PriceAmount::MeteredUnit {
                meter: Some(meter), ..
            } => Some((meter.id, meter.name.clone())),
            _ => None,
        });
        let given = |benefit: &Benefit| {
            let words = match benefit.visibility.as_str() {
                "public" => benefit.description.clone(),
                other => format!("{} ({other})", benefit.description),
            };
            (benefit.id, words)
        };
        let own = product.iter().flat_map(|product| &product.benefits);
        let asked = product.iter().flat_map(|p| &p.attached_custom_fields);
        let named = |field: &CustomField| (field.id, field.name.clone());
        Self {
            meters: with_chosen(meters.into_iter().map(|m| (m.id, m.name)), counted),
            benefits: with_chosen(benefits.iter().map(given), own.map(given)),
            fields: with_chosen(
                fields.iter().map(named),
                asked.map(|attached| named(&attached.custom_field)),
            ),
        }
    }
}

/// The data of an empty form; of a copy, with the product that it is to be a copy of.
pub fn fresh(organization: &Organization, source: Option<&str>) -> FormData {
    let mut form_data = FormData::default();
    if let Some(source) = source.filter(|id| Uuid::try_parse(id).is_ok()) {
        form_data.set(SOURCE, source);
        return form_data;
    }
    form_data.set("visibility", "public");
    price::fresh(&mut form_data, 0, organization.default_currency.as_str());
    form_data
}

/// True where nobody has filled in the form yet: a copy begins with what is copied.
pub fn is_fresh(form_data: &FormData) -> bool {
    form_data.get("name").is_none()
}

/// A product as its form shows it; a copy leaves out whatever makes it this one.
pub fn of_product(product: &Product, copy: bool) -> FormData {
    let base = &product.base;
    let mut form_data = FormData::default();
    let name = match copy {
        true => format!("{} copy", base.name),
        false => base.name.clone(),
    };
    form_data.set("name", name);
    if copy {
        form_data.set(SOURCE, base.id.to_string());
    }
    form_data.set("description", base.description.clone().unwrap_or_default());
    form_data.set("visibility", base.visibility.as_str());
    if let Some(interval) = base.recurring_interval {
        form_data.set("recurring_interval", interval.as_str());
        let count = base.recurring_interval_count.unwrap_or(1);
        form_data.set("recurring_interval_count", count.to_string());
    }
    if let Some(interval) = base.trial_interval {
        form_data.set("trial_interval", interval.as_str());
        let count = base.trial_interval_count.unwrap_or(1);
        form_data.set("trial_interval_count", count.to_string());
    }
    for (row, one) in product.prices.iter().enumerate() {
        let mut fields = price::typed(one);
        if !copy {
            fields.push(("id".to_owned(), one.id.to_string()));
        }
        for (field, value) in fields {
            form_data.set(&format!("prices.{row}.{field}"), value);
        }
    }
    for (row, attached) in product.attached_custom_fields.iter().enumerate() {
        let id = attached.custom_field_id.to_string();
        form_data.set(&format!("{FIELDS}.{row}.custom_field_id"), id);
        if attached.required {
            form_data.set(&format!("{FIELDS}.{row}.required"), "true");
        }
    }
    for benefit in &product.benefits {
        form_data.add(BENEFITS, benefit.id.to_string());
    }
    form_data.set_pairs("_metadata", &product.metadata);
    form_data
}

/// Adds or takes away a row if a button asked for that; the page is then shown again. Rows are numbered
/// without gaps either way, as the API counts them; custom fields that were not chosen are none.
pub fn rows_changed(form_data: &mut FormData) -> bool {
    let asked = |name: &str| form_data.get(name).map(str::to_owned);
    let (removed, untier, unfield) = (asked("_remove"), asked("_untier"), asked("_unfield"));
    let (added, tier) = (asked("_add"), asked("_tier"));
    if let Some((row, tier)) = untier.as_deref().and_then(|at| at.split_once('.')) {
        form_data.drop(&format!("prices.{row}.seat_tiers.tiers.{tier}"));
    }
    let tiered = tier.as_deref().and_then(|row| row.parse().ok());
    if let Some(row) = tiered.filter(|row| form_data.rows("prices").contains(row)) {
        price::add_tier(form_data, row);
    }
    if let Some(row) = &removed {
        form_data.drop(&format!("prices.{row}"));
    }
    if let Some(row) = &unfield {
        form_data.drop(&format!("{FIELDS}.{row}"));
    }
    form_data.renumber("prices");
    for row in form_data.rows("prices") {
        form_data.renumber(&price::tiers_of(row));
    }
    for row in form_data.rows(FIELDS) {
        if form_data
            .filled(&format!("{FIELDS}.{row}.custom_field_id"))
            .is_none()
        {
            form_data.drop(&format!("{FIELDS}.{row}"));
        }
    }
    form_data.renumber(FIELDS);
    match added.as_deref() {
        Some("field") => {
            let next = form_data.rows(FIELDS).len();
            form_data.set(&format!("{FIELDS}.{next}.custom_field_id"), "");
        }
        Some(_) => {
            let used: Vec<_> = form_data
                .rows("prices")
                .iter()
                .filter_map(|row| price::currency(form_data, *row))
                .collect();
            price::fresh(form_data, used.len(), next_currency(&used).as_str());
        }
        None => {}
    }
    [added, removed, tier, untier, unfield]
        .iter()
        .any(Option::is_some)
}

/// The API's body. On an update, rows that still say what their price says keep it; others replace it.
pub fn body(form_data: &FormData, was: Option<&Product>) -> Value {
    let mut body = form_data.json_of_change(&["name"]);
    let rows = form_data.rows("prices");
    let prices = rows.iter().map(|row| price::body(form_data, *row, was));
    body["prices"] = prices.collect();
    body["metadata"] = Value::Object(form_data.pairs("_metadata"));
    let asked = form_data.rows(FIELDS).into_iter().map(|row| {
        let id = form_data.get(&format!("{FIELDS}.{row}.custom_field_id"));
        let required = form_data.ticked(&format!("{FIELDS}.{row}.required"));
        json!({"custom_field_id": id, "required": required})
    });
    body[FIELDS] = asked.collect();
    let once = match was {
        Some(product) => !product.base.is_recurring,
        None => form_data.filled("recurring_interval").is_none(),
    };
    if let Some(fields) = body.as_object_mut() {
        if once || was.is_some() {
            fields.remove("recurring_interval");
            fields.remove("recurring_interval_count");
        } else if form_data.filled("recurring_interval_count").is_none() {
            fields.remove("recurring_interval_count");
        }
        trial_body(fields, form_data, once);
    }
    body
}

/// Only subscriptions have a trial; without an interval there is none.
fn trial_body(fields: &mut Map<String, Value>, form_data: &FormData, once: bool) {
    if once {
        fields.remove("trial_interval");
        fields.remove("trial_interval_count");
    } else if form_data.filled("trial_interval").is_none() {
        fields.insert("trial_interval".to_owned(), Value::Null);
        fields.insert("trial_interval_count".to_owned(), Value::Null);
    }
}

/// The benefits that were ticked: those of the product in their order, then the others. `None`: nothing changed.
pub fn benefits(form_data: &FormData, was: Option<&Product>) -> Option<Vec<Uuid>> {
    let read = |id: &&str| Uuid::try_parse(id).ok();
    let ticked: Vec<Uuid> = form_data.all(BENEFITS).iter().filter_map(read).collect();
    let had: Vec<Uuid> = was
        .map(|product| product.benefits.iter().map(|b| b.id).collect())
        .unwrap_or_default();
    let mut now: Vec<Uuid> = had
        .iter()
        .copied()
        .filter(|id| ticked.contains(id))
        .collect();
    now.extend(ticked.iter().filter(|id| !had.contains(id)));
    (now != had).then_some(now)
}

/// The form's groups; `was` is the product that is edited.
pub fn groups(was: Option<&Product>, choices: Choices, form_data: &FormData) -> Vec<Group> {
    let mut groups = vec![about(form_data)];
    match was {
        None => groups.push(billing()),
        // Not changed any more, and sent along for the preview.
        Some(_) => groups[0].fields.extend(
            ["recurring_interval", "recurring_interval_count"]
                .map(|name| Field::new(name, "", Kind::Hidden)),
        ),
    }
    let rows = form_data.rows("prices");
    for (place, row) in rows.iter().enumerate() {
        let mut group = price::group(form_data, *row, place, &choices.meters);
        if rows.len() > 1 {
            let words = format!("Remove price {}", place + 1);
            group = group.button("_remove", row.to_string(), words);
        }
        groups.push(group);
    }
    let more = Group::new("", Vec::new())
        .place("prices")
        .button("_add", "price".to_owned(), "Add a price")
        .note(
            "In another currency, or in addition to this one: seats and usage are added to a fixed price.",
        );
    groups.push(more);
    if was.is_none_or(|product| product.base.is_recurring) {
        groups.push(trial_group());
    }
    groups.extend(included(choices.benefits));
    groups.extend(questions(form_data, &choices.fields));
    groups.push(Group::metadata(form_data));
    groups
}

fn about(form_data: &FormData) -> Group {
    let words = |visibility: &Visibility| match visibility {
        Visibility::Public => "Public: for sale",
        Visibility::Private => "Private: for sale, hidden from public lists",
        Visibility::Draft => "Draft: not for sale yet",
    };
    let visible = Visibility::ALL.iter();
    let visible = Kind::choice(visible.map(|one| (one.as_str(), words(one))));
    let mut fields = vec![
        Field::new("name", "Name", Kind::Line("text"))
            .required()
            .focus(),
        Field::new("description", "Description", Kind::Area(6))
            .hint("Shown on the checkout page. Markdown: **bold**, lists, links."),
        Field::new("visibility", "Visibility", visible),
    ];
    if form_data.get(SOURCE).is_some() {
        fields.push(Field::new(SOURCE, "", Kind::Hidden));
    }
    Group::new("Product", fields)
}

fn billing() -> Group {
    let intervals = Interval::ALL.iter();
    let intervals = Kind::choice(intervals.map(|unit| (unit.as_str(), format!("Every {unit}"))));
    Group::new(
        "Billing",
        vec![
            Field::new("recurring_interval", "Paid", intervals.or("Once")),
            Field::new(
                "recurring_interval_count",
                "Intervals per period",
                Kind::Line("number"),
            )
            .hint("3 with “Every month” means every three months."),
        ],
    )
    .note("This cannot be changed later. A subscription renews by itself: the card that paid is charged for each period.")
    .row()
}

fn trial_group() -> Group {
    let units = Kind::trial_units("No trial");
    Group::new(
        "Trial",
        vec![
            Field::new("trial_interval", "Counted in", units),
            Field::new("trial_interval_count", "How many", Kind::Line("number")),
        ],
    )
    .note("For subscriptions only. Nothing is charged at checkout; the card is charged when the trial ends.")
    .row()
}

fn included(benefits: Vec<(String, String)>) -> Option<Group> {
    if benefits.is_empty() {
        return None;
    }
    let ticks = Kind::ticks(benefits);
    let field = Field::new(BENEFITS, "What the purchase includes", ticks);
    Some(Group::new("Benefits", vec![field]).place("benefits"))
}

fn questions(form_data: &FormData, fields: &[(String, String)]) -> Vec<Group> {
    if fields.is_empty() {
        return Vec::new();
    }
    let mut groups = Vec::new();
    for (place, row) in form_data.rows(FIELDS).into_iter().enumerate() {
        let options = Kind::Choice(fields.to_vec()).or("Choose");
        let name = |part: &str| format!("{FIELDS}.{row}.{part}");
        let shown = vec![
            Field::new(
                name("custom_field_id"),
                format!("Field {}", place + 1),
                options,
            ),
            Field::new(name("required"), "Must be filled in", Kind::Tick),
        ];
        let title = if place == 0 { "Checkout fields" } else { "" };
        let words = format!("Remove field {}", place + 1);
        groups.push(
            Group::new(title, shown)
                .row()
                .place(format!("{FIELDS}.{row}"))
                .button("_unfield", row.to_string(), words),
        );
    }
    let title = if groups.is_empty() {
        "Checkout fields"
    } else {
        ""
    };
    groups.push(Group::new(title, Vec::new()).button("_add", "field".to_owned(), "Add a field"));
    groups
}

/// A preview of what the customer will see, as safe HTML; what does not read yet is left open.
pub fn preview(form_data: &FormData) -> String {
    let prices = form_data
        .rows("prices")
        .into_iter()
        .map(|row| shown_price(form_data, row).unwrap_or_else(unknown))
        .collect();
    let interval = form_data
        .get("recurring_interval")
        .and_then(|text| text.parse().ok())
        .map(|unit: Interval| {
            let count = form_data.filled("recurring_interval_count");
            let count = count.and_then(|count| count.parse().ok());
            interval_words(unit, count.unwrap_or(1), Locale::En)
        });
    let preview = Preview {
        name: form_data.filled("name").unwrap_or("Your product"),
        prices,
        trial: interval.as_ref().and_then(|_| trial(form_data)),
        interval,
        description: form_data.filled("description").and_then(markdown::render),
    };
    askama::Template::render(&preview).unwrap_or_default()
}

fn unknown() -> price::PriceWords {
    price::PriceWords {
        words: "…".to_owned(),
        notes: Vec::new(),
    }
}

/// The length of the trial, in words.
fn trial(form_data: &FormData) -> Option<String> {
    let unit = form_data.filled("trial_interval")?.parse().ok()?;
    let count = form_data.filled("trial_interval_count")?.parse().ok()?;
    let words = trial_words((unit, count), Locale::En);
    Some(format!("{words}, then"))
}

/// The price of a row as the API would read it, in words.
fn shown_price(form_data: &FormData, row: usize) -> Option<price::PriceWords> {
    let body = price::body(form_data, row, None);
    let currency = price::currency(form_data, row)?;
    let mut cx = till_wire::input::Context::new("body");
    let amount = match body["amount_type"].as_str()? {
        "fixed" => PriceAmount::Fixed {
            price_amount: body["price_amount"].as_i64()?,
        },
        "custom" => PriceAmount::Custom {
            minimum_amount: body["minimum_amount"].as_i64().unwrap_or(DEFAULT_MINIMUM),
            maximum_amount: body["maximum_amount"].as_i64(),
            preset_amount: body["preset_amount"].as_i64(),
        },
        "free" => PriceAmount::Fixed { price_amount: 0 },
        _ => till_wire::products::price(&body, &mut cx)?
            .amount()?
            .clone(),
    };
    Some(price::cost(&amount, currency, None))
}

#[derive(Debug, askama::Template)]
#[template(path = "dashboard/offered.html")]
struct Preview<'a> {
    name: &'a str,
    prices: Vec<price::PriceWords>,
    trial: Option<String>,
    interval: Option<String>,
    description: Option<markdown::SafeHtml>,
}
