//! The product form: its fields, the API's body that it becomes, and its preview.

use serde_json::{Map, Value, json};
use till_core::records::Organization;
use till_wire::{
    money::Currency,
    organizations::TaxBehaviorOption,
    products::{Price, PriceAmount, Product, Visibility},
    values::Interval,
};
use uuid::Uuid;

use crate::{
    extract::{Access, Desk},
    web::{
        checkout::{
            filled::price_words,
            markdown,
            money::{Locale, editable, interval_words, parse},
        },
        desk::{
            form::{Field, Form, Group, Kind, Sent, Wrong},
            parts::sentence,
        },
    },
};

/// The parts of a price that are amounts: typed in major units, sent in minor ones.
const AMOUNTS: [&str; 4] = [
    "price_amount",
    "minimum_amount",
    "preset_amount",
    "maximum_amount",
];

/// What an empty form starts with.
pub fn fresh(organization: &Organization) -> Sent {
    let mut sent = Sent::default();
    sent.set("visibility", "public");
    price_row(&mut sent, 0, organization.default_currency.as_str());
    sent
}

fn price_row(sent: &mut Sent, row: usize, currency: &str) {
    sent.set(&format!("prices.{row}.amount_type"), "fixed");
    sent.set(&format!("prices.{row}.price_currency"), currency);
}

/// A product as its form shows it; a copy leaves out whatever makes it this one.
pub fn of_product(product: &Product, copy: bool) -> Sent {
    let base = &product.base;
    let mut sent = Sent::default();
    let name = match copy {
        true => format!("{} copy", base.name),
        false => base.name.clone(),
    };
    sent.set("name", name);
    sent.set("description", base.description.clone().unwrap_or_default());
    sent.set("visibility", base.visibility.as_str());
    if let Some(interval) = base.recurring_interval {
        sent.set("recurring_interval", interval.as_str());
        let count = base.recurring_interval_count.unwrap_or(1);
        sent.set("recurring_interval_count", count.to_string());
    }
    for (row, price) in product.prices.iter().enumerate() {
        let mut fields = typed(price);
        if !copy {
            fields.push(("id", price.id.to_string()));
        }
        for (field, value) in fields {
            sent.set(&format!("prices.{row}.{field}"), value);
        }
    }
    sent.set_pairs("_metadata", &product.metadata);
    sent
}

/// A price as a person types it.
fn typed(price: &Price) -> Vec<(&'static str, String)> {
    let amount = |minor: i64| editable(minor, price.price_currency.decimals());
    let tax = price.tax_behavior.map_or("", TaxBehaviorOption::as_str);
    let mut fields = vec![
        ("price_currency", price.price_currency.as_str().to_owned()),
        ("tax_behavior", tax.to_owned()),
    ];
    match &price.amount {
        PriceAmount::Fixed { price_amount: 0 } => fields.push(("amount_type", "free".to_owned())),
        PriceAmount::Fixed { price_amount } => {
            fields.push(("amount_type", "fixed".to_owned()));
            fields.push(("price_amount", amount(*price_amount)));
        }
        PriceAmount::Custom {
            minimum_amount,
            maximum_amount,
            preset_amount,
        } => {
            fields.push(("amount_type", "custom".to_owned()));
            fields.push(("minimum_amount", amount(*minimum_amount)));
            let or_blank = |minor: Option<i64>| minor.map(amount).unwrap_or_default();
            fields.push(("preset_amount", or_blank(*preset_amount)));
            fields.push(("maximum_amount", or_blank(*maximum_amount)));
        }
        PriceAmount::SeatBased { .. } => fields.push(("amount_type", "seat_based".to_owned())),
        PriceAmount::MeteredUnit { .. } => fields.push(("amount_type", "metered_unit".to_owned())),
    }
    fields
}

/// Adds or takes away a row if a button asked for that; the page is then shown again. Rows are numbered
/// without gaps either way, as the API counts them.
pub fn rows_changed(sent: &mut Sent) -> bool {
    let removed = sent.get("_remove").map(str::to_owned);
    if let Some(row) = &removed {
        sent.drop(&format!("prices.{row}"));
    }
    sent.renumber("prices");
    let added = sent.get("_add").is_some();
    if added {
        let used: Vec<_> = sent
            .rows("prices")
            .iter()
            .map(|row| currency(sent, *row))
            .collect();
        let free = ["usd", "eur", "gbp"]
            .into_iter()
            .find(|code| !used.iter().any(|one| one.as_str() == *code));
        price_row(sent, used.len(), free.unwrap_or("usd"));
    }
    added || removed.is_some()
}

fn currency(sent: &Sent, row: usize) -> Currency {
    sent.get(&format!("prices.{row}.price_currency"))
        .and_then(|code| code.parse().ok())
        .unwrap_or(Currency::USD)
}

/// The API's body. On an update, rows that still say what their price says keep it; others replace it.
pub fn body(sent: &Sent, was: Option<&Product>) -> Value {
    let mut body = sent.json_of_change(&["name"]);
    let rows = sent.rows("prices");
    let prices = rows.iter().map(|row| price_body(sent, *row, was));
    body["prices"] = prices.collect();
    body["metadata"] = Value::Object(sent.pairs("_metadata"));
    let once = sent.filled("recurring_interval").is_none();
    if let Some(fields) = body.as_object_mut()
        && (once || was.is_some())
    {
        fields.remove("recurring_interval");
        fields.remove("recurring_interval_count");
    }
    body
}

fn price_body(sent: &Sent, row: usize, was: Option<&Product>) -> Value {
    let name = |field: &str| format!("prices.{row}.{field}");
    let id = sent
        .get(&name("id"))
        .and_then(|id| Uuid::try_parse(id).ok());
    let old = was.and_then(|product| product.prices.iter().find(|price| Some(price.id) == id));
    let same = |(field, value): &(&str, String)| {
        sent.get(&name(field)).unwrap_or_default().trim() == value
    };
    if let Some(price) = old
        && typed(price).iter().all(same)
    {
        return json!({"id": price.id});
    }
    let kind = sent.get(&name("amount_type")).unwrap_or_default();
    let mut price = Map::new();
    for field in ["amount_type", "price_currency", "tax_behavior"] {
        let value = sent.filled(&name(field)).map(Value::from);
        price.insert(field.to_owned(), value.unwrap_or_default());
    }
    for field in AMOUNTS {
        let is_fixed = field == "price_amount";
        let text = match kind {
            "fixed" if is_fixed => sent.get(&name(field)).unwrap_or_default(),
            "custom" if !is_fixed => match sent.filled(&name(field)) {
                Some(text) => text,
                None => continue,
            },
            _ => continue,
        };
        // What is no amount goes as it was typed: the API says so, beside all else that is wrong.
        let minor = parse(text, currency(sent, row).decimals());
        let value = minor.map_or_else(|| Value::from(text), Value::from);
        price.insert(field.to_owned(), value);
    }
    Value::Object(price)
}

/// The form, filled in as sent; `was` is the product that is edited.
pub fn form<A: Access>(desk: &Desk<A>, was: Option<&Product>, sent: &Sent, wrong: &Wrong) -> Form {
    let mut groups = vec![about()];
    if was.is_none() {
        groups.push(billing());
    }
    let rows = sent.rows("prices");
    for (place, row) in rows.iter().enumerate() {
        let mut group = price(*row, place);
        if rows.len() > 1 {
            let words = format!("Remove price {}", place + 1);
            group = group.button("_remove", row.to_string(), words);
        }
        groups.push(group);
    }
    let more = Group::new("", Vec::new()).place("prices").button(
        "_add",
        "price".to_owned(),
        "Add a price in another currency",
    );
    groups.push(more);
    groups.push(Group::metadata(sent));
    let (action, submit) = match was {
        Some(product) => {
            let id = product.base.id;
            (desk.path(&format!("/products/{id}/edit")), "Save product")
        }
        None => (desk.path("/products/new"), "Create product"),
    };
    let mut form = Form::new(action, submit, groups).again(sent, wrong);
    form.preview = Some(desk.path("/products/preview"));
    form
}

fn about() -> Group {
    let visible = Visibility::ALL.iter().map(|visibility| {
        let words = match visibility {
            Visibility::Public => "Public: for sale",
            Visibility::Private => "Private: for sale, hidden from public lists",
            Visibility::Draft => "Draft: not for sale yet",
        };
        (visibility.as_str().to_owned(), words.to_owned())
    });
    Group::new(
        "Product",
        vec![
            Field::new("name", "Name", Kind::Line("text"))
                .required()
                .focus(),
            Field::new("description", "Description", Kind::Area(6))
                .hint("Shown on the checkout page. Markdown: **bold**, lists, links."),
            Field::new("visibility", "Visibility", Kind::Choice(visible.collect())),
        ],
    )
}

fn billing() -> Group {
    let mut intervals = vec![(String::new(), "Once".to_owned())];
    intervals.extend(
        Interval::ALL
            .iter()
            .map(|unit| (unit.as_str().to_owned(), format!("Every {unit}"))),
    );
    Group::new(
        "Billing",
        vec![
            Field::new("recurring_interval", "Paid", Kind::Choice(intervals)),
            Field::new(
                "recurring_interval_count",
                "Intervals per period",
                Kind::Line("number"),
            )
            .hint("3 and “Every month” is every three months."),
        ],
    )
    .note("This cannot be changed later.")
    .row()
}

fn price(row: usize, place: usize) -> Group {
    let name = |field: &str| format!("prices.{row}.{field}");
    let choice = |words: &[(&str, &str)]| {
        let own = words
            .iter()
            .map(|(v, w)| ((*v).to_owned(), (*w).to_owned()));
        Kind::Choice(own.collect())
    };
    let currencies = Currency::ALL.iter().map(|currency| {
        let code = currency.as_str();
        (code.to_owned(), code.to_uppercase())
    });
    let mut taxes = vec![(String::new(), "As in the settings".to_owned())];
    taxes.extend(
        TaxBehaviorOption::ALL
            .iter()
            .map(|tax| (tax.as_str().to_owned(), sentence(tax.as_str()))),
    );
    let amount = |field: &str, label: &str| Field::new(name(field), label, Kind::Amount);
    let title = match place {
        0 => "Price".to_owned(),
        n => format!("Price {}", n + 1),
    };
    let kinds = [
        ("fixed", "Fixed"),
        ("custom", "Pay what you want"),
        ("free", "Free"),
    ];
    let fields = vec![
        Field::new(name("id"), "", Kind::Hidden),
        Field::new(name("amount_type"), "Kind", choice(&kinds)),
        Field::new(
            name("price_currency"),
            "Currency",
            Kind::Choice(currencies.collect()),
        ),
        amount("price_amount", "Amount").required().only("fixed"),
        amount("minimum_amount", "At least").only("custom"),
        amount("preset_amount", "Proposed").only("custom"),
        amount("maximum_amount", "At most").only("custom"),
        Field::new(name("tax_behavior"), "Tax", Kind::Choice(taxes)),
    ];
    Group::new(title, fields).row()
}

/// What the customer will see, as safe HTML; what does not read yet is left open.
pub fn preview(sent: &Sent) -> String {
    let prices = sent
        .rows("prices")
        .into_iter()
        .map(|row| shown_price(sent, row).unwrap_or_else(|| "…".to_owned()))
        .collect();
    let interval = sent
        .get("recurring_interval")
        .and_then(|text| text.parse().ok())
        .map(|unit: Interval| {
            let count = sent.filled("recurring_interval_count");
            let count = count.and_then(|count| count.parse().ok());
            interval_words(unit, count.unwrap_or(1), Locale::En)
        });
    let preview = Preview {
        name: sent.filled("name").unwrap_or("Your product"),
        prices,
        interval,
        description: sent.filled("description").and_then(markdown::render),
    };
    askama::Template::render(&preview).unwrap_or_default()
}

fn shown_price(sent: &Sent, row: usize) -> Option<String> {
    let currency = currency(sent, row);
    let amount = |field: &str| {
        let text = sent.filled(&format!("prices.{row}.{field}"))?;
        parse(text, currency.decimals())
    };
    let amount = match sent.get(&format!("prices.{row}.amount_type"))? {
        "fixed" => PriceAmount::Fixed {
            price_amount: amount("price_amount")?,
        },
        "custom" => PriceAmount::Custom {
            minimum_amount: amount("minimum_amount").unwrap_or(0),
            maximum_amount: amount("maximum_amount"),
            preset_amount: amount("preset_amount"),
        },
        _ => PriceAmount::Fixed { price_amount: 0 },
    };
    Some(price_words(&amount, currency, Locale::En))
}

#[derive(Debug, askama::Template)]
#[template(path = "desk/offered.html")]
struct Preview<'a> {
    name: &'a str,
    prices: Vec<String>,
    interval: Option<String>,
    description: Option<markdown::SafeHtml>,
}
