//! A price in the product form: its fields, the API's body that they become, and its words.

use icu_decimal::input::Decimal;
use serde_json::{Map, Value, json};
use till_wire::{
    money::Currency,
    organizations::TaxBehaviorOption,
    products::{DEFAULT_MINIMUM, Price, PriceAmount, Product, SeatTier, SeatTierType},
};
use uuid::Uuid;

use crate::{
    dashboard::{
        form::{Field, FormData, Group, Kind},
        parts::money,
    },
    pages::checkout::{
        fill::price_words,
        money::{Locale, editable, parse, parse_decimal},
    },
};

/// The parts of a plain price that are amounts: typed in major units, sent in minor ones.
const AMOUNTS: [&str; 4] = [
    "price_amount",
    "minimum_amount",
    "preset_amount",
    "maximum_amount",
];

/// The tiers of the price in a row.
pub fn tiers_of(row: usize) -> String {
    format!("prices.{row}.seat_tiers.tiers")
}

/// Fills in a new row.
pub fn fresh(form_data: &mut FormData, row: usize, currency: &str) {
    form_data.set(&format!("prices.{row}.amount_type"), "fixed");
    form_data.set(&format!("prices.{row}.price_currency"), currency);
}

/// Adds a tier where the last one ends.
pub fn add_tier(form_data: &mut FormData, row: usize) {
    let tiers = tiers_of(row);
    let next = form_data.rows(&tiers).len().max(1);
    let end = form_data.filled(&format!("{tiers}.{}.max_seats", next - 1));
    let first = end
        .and_then(|end| end.parse::<i64>().ok())
        .map(|end| end + 1);
    let first = first.map(|first| first.to_string()).unwrap_or_default();
    form_data.set(&format!("{tiers}.{next}.min_seats"), first);
}

/// The currency of a row, where it is one; an unknown one stands for no other.
pub fn currency(form_data: &FormData, row: usize) -> Option<Currency> {
    let code = form_data.get(&format!("prices.{row}.price_currency"))?;
    code.parse().ok()
}

/// A decimal number with its point moved to the right, without needless zeros; `None` where it is none.
fn shifted(plain: &str, by: i16) -> Option<String> {
    let mut number = Decimal::try_from_str(plain).ok()?;
    number.multiply_pow10(by);
    number.trim_start();
    number.trim_end();
    Some(number.to_string())
}

/// A price as a person types it.
pub fn typed(price: &Price) -> Vec<(String, String)> {
    let decimals = price.price_currency.decimals();
    let amount = |minor: i64| editable(minor, decimals);
    let or_blank = |minor: Option<i64>| minor.map(amount).unwrap_or_default();
    let tax = price.tax_behavior.map_or("", TaxBehaviorOption::as_str);
    let mut fields = vec![
        (
            "price_currency".to_owned(),
            price.price_currency.as_str().to_owned(),
        ),
        ("tax_behavior".to_owned(), tax.to_owned()),
    ];
    let mut add = |name: &str, value: String| fields.push((name.to_owned(), value));
    match &price.amount {
        PriceAmount::Fixed { price_amount: 0 } => add("amount_type", "free".to_owned()),
        PriceAmount::Fixed { price_amount } => {
            add("amount_type", "fixed".to_owned());
            add("price_amount", amount(*price_amount));
        }
        PriceAmount::Custom {
            minimum_amount,
            maximum_amount,
            preset_amount,
        } => {
            add("amount_type", "custom".to_owned());
            add("minimum_amount", amount(*minimum_amount));
            add("preset_amount", or_blank(*preset_amount));
            add("maximum_amount", or_blank(*maximum_amount));
        }
        PriceAmount::SeatBased { seat_tiers, .. } => {
            add("amount_type", "seat_based".to_owned());
            let kind = seat_tiers.seat_tier_type.as_str();
            add("seat_tiers.seat_tier_type", kind.to_owned());
            for (i, tier) in seat_tiers.tiers.iter().enumerate() {
                let name = |part: &str| format!("seat_tiers.tiers.{i}.{part}");
                add(&name("min_seats"), tier.min_seats.to_string());
                let end = tier.max_seats.map(|n| n.to_string());
                add(&name("max_seats"), end.unwrap_or_default());
                add(&name("price_per_seat"), amount(tier.price_per_seat));
            }
        }
        PriceAmount::MeteredUnit {
            unit_amount,
            cap_amount,
            meter_id,
            ..
        } => {
            add("amount_type", "metered_unit".to_owned());
            add("meter_id", meter_id.to_string());
            let major = shifted(unit_amount, -i16::from(decimals));
            add("unit_amount", major.unwrap_or_default());
            add("cap_amount", or_blank(*cap_amount));
        }
    }
    fields
}

/// True where a row still says what its price says.
fn is_untouched(form_data: &FormData, row: usize, price: &Price) -> bool {
    let shown = typed(price);
    let same = |(field, value): &(String, String)| {
        let name = format!("prices.{row}.{field}");
        form_data.get(&name).unwrap_or_default().trim() == value
    };
    let tiers = match &price.amount {
        PriceAmount::SeatBased { seat_tiers, .. } => seat_tiers.tiers.len(),
        _ => return shown.iter().all(same),
    };
    shown.iter().all(same) && form_data.rows(&tiers_of(row)).len() == tiers
}

/// The API's body of one row; one that still says what its price says keeps it, others replace it.
pub fn body(form_data: &FormData, row: usize, was: Option<&Product>) -> Value {
    let name = |field: &str| format!("prices.{row}.{field}");
    let id = form_data
        .get(&name("id"))
        .and_then(|id| Uuid::try_parse(id).ok());
    let old = was.and_then(|product| product.prices.iter().find(|price| Some(price.id) == id));
    if let Some(price) = old.filter(|price| is_untouched(form_data, row, price)) {
        return json!({"id": price.id});
    }
    let mut price = Map::new();
    for field in ["amount_type", "price_currency", "tax_behavior"] {
        if let Some(chosen) = form_data.filled(&name(field)) {
            price.insert(field.to_owned(), chosen.into());
        }
    }
    // Where the currency is unknown the API says so, and the amounts are read with the two decimals of most.
    let currency = currency(form_data, row).unwrap_or(Currency::USD);
    let decimals = currency.decimals();
    match form_data.get(&name("amount_type")).unwrap_or_default() {
        "seat_based" => {
            price.insert(
                "seat_tiers".to_owned(),
                tiers_body(form_data, row, currency),
            );
        }
        "metered_unit" => {
            let meter = form_data.filled(&name("meter_id")).map(Value::from);
            price.insert("meter_id".to_owned(), meter.unwrap_or_default());
            let typed = form_data.get(&name("unit_amount")).unwrap_or_default();
            let minor = parse_decimal(typed, Locale::En)
                .and_then(|plain| shifted(&plain, i16::from(decimals)));
            price.insert("unit_amount".to_owned(), or_unread(typed, minor));
            if let Some(typed) = form_data.filled(&name("cap_amount")) {
                price.insert("cap_amount".to_owned(), amount_body(typed, currency));
            }
        }
        kind => {
            for field in AMOUNTS {
                let is_fixed = field == "price_amount";
                let typed = match kind {
                    "fixed" if is_fixed => form_data.get(&name(field)).unwrap_or_default(),
                    "custom" if !is_fixed => match form_data.filled(&name(field)) {
                        Some(text) => text,
                        None => continue,
                    },
                    _ => continue,
                };
                price.insert(field.to_owned(), amount_body(typed, currency));
            }
        }
    }
    Value::Object(price)
}

fn amount_body(typed: &str, currency: Currency) -> Value {
    or_unread(typed, parse(typed, currency, Locale::En))
}

/// A text that does not read goes as something that the API does not read either, which says so beside all else that is
/// wrong. Not as it was typed: the API reads more, and in minor units.
fn or_unread<T: Into<Value>>(typed: &str, read: Option<T>) -> Value {
    match read {
        Some(value) => value.into(),
        None if typed.trim().is_empty() => Value::from(""),
        None => Value::from("unread"),
    }
}

fn tiers_body(form_data: &FormData, row: usize, currency: Currency) -> Value {
    let tiers = form_data.rows(&tiers_of(row)).into_iter().map(|i| {
        let name = |part: &str| format!("{}.{i}.{part}", tiers_of(row));
        let typed = |part: &str| form_data.get(&name(part)).unwrap_or_default();
        json!({
            "min_seats": typed("min_seats"),
            "max_seats": form_data.filled(&name("max_seats")),
            "price_per_seat": amount_body(typed("price_per_seat"), currency),
        })
    });
    let kind = form_data.filled(&format!("prices.{row}.seat_tiers.seat_tier_type"));
    let mut body = json!({"tiers": tiers.collect::<Vec<_>>()});
    if let Some(kind) = kind {
        body["seat_tier_type"] = kind.into();
    }
    body
}

/// The fields of one row.
pub fn group(form_data: &FormData, row: usize, place: usize, meters: &[(String, String)]) -> Group {
    let name = |field: &str| format!("prices.{row}.{field}");
    let taxes = Kind::words::<TaxBehaviorOption>().or("Default");
    let amount = |field: &str, label: &str| Field::new(name(field), label, Kind::Amount);
    let title = match place {
        0 => "Price".to_owned(),
        n => format!("Price {}", n + 1),
    };
    let kinds = [
        ("fixed", "Fixed"),
        ("custom", "Pay what you want"),
        ("free", "Free"),
        ("seat_based", "By the seat"),
        ("metered_unit", "By usage"),
    ];
    let tier_kinds = [
        (
            "volume",
            "All seats cost the price of the tier that the number of seats falls in",
        ),
        ("graduated", "The seats in each tier cost that tier's price"),
    ];
    debug_assert_eq!(tier_kinds.len(), SeatTierType::ALL.len());
    let mut counted = Kind::Choice(meters.to_vec());
    if meters.is_empty() {
        counted = counted.or("There are no meters yet");
    }
    let mut fields = vec![
        Field::new(name("id"), "", Kind::Hidden),
        Field::new(name("amount_type"), "Kind", Kind::choice(kinds)),
        Field::new(name("price_currency"), "Currency", Kind::currencies()),
        amount("price_amount", "Amount").required().only("fixed"),
        amount("minimum_amount", "Minimum")
            .hint(match currency(form_data, row) {
                Some(currency) => {
                    let least = money(DEFAULT_MINIMUM, currency);
                    format!("If empty, {least} applies. Enter 0 to let buyers pay nothing.")
                }
                None => "Enter 0 to let buyers pay nothing.".to_owned(),
            })
            .only("custom"),
        amount("preset_amount", "Suggested").only("custom"),
        amount("maximum_amount", "Maximum").only("custom"),
        Field::new(name("meter_id"), "Meter", counted).only("metered_unit"),
        Field::new(name("unit_amount"), "Per unit", Kind::Line("text"))
            .required()
            .hint("For example 0.005")
            .only("metered_unit"),
        amount("cap_amount", "Maximum per period").only("metered_unit"),
        Field::new(name("tax_behavior"), "Tax", taxes),
        Field::new(
            name("seat_tiers.seat_tier_type"),
            "Tiers",
            Kind::choice(tier_kinds),
        )
        .only("seat_based"),
    ];
    let mut tiers = form_data.rows(&tiers_of(row));
    if tiers.is_empty() {
        tiers.push(0);
    }
    for (at, i) in tiers.iter().enumerate() {
        let name = |part: &str| format!("{}.{i}.{part}", tiers_of(row));
        let label = |words: &str| match tiers.len() {
            1 => words.to_owned(),
            _ => format!("{words}, tier {}", at + 1),
        };
        fields.extend([
            Field::new(name("min_seats"), label("From seats"), Kind::Line("number"))
                .value("1")
                .required()
                .only("seat_based"),
            Field::new(name("max_seats"), label("To seats"), Kind::Line("number"))
                .only("seat_based"),
            Field::new(name("price_per_seat"), label("Per seat"), Kind::Amount)
                .required()
                .only("seat_based"),
        ]);
    }
    let mut group = Group::new(title, fields)
        .row()
        .place(name("seat_tiers"))
        .button("_tier", row.to_string(), "Add a tier");
    if tiers.len() > 1 {
        for (at, i) in tiers.iter().enumerate() {
            let words = format!("Remove tier {}", at + 1);
            group = group.button("_untier", format!("{row}.{i}"), words);
        }
    }
    group
}

/// A price in words: what stands large, and the lines below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceWords {
    /// Such as `$10.00 per seat`.
    pub words: String,
    /// Such as `11 seats and more: $8.00 each`.
    pub notes: Vec<String>,
}

/// A price in words; `meter` is what counts it.
pub fn cost(amount: &PriceAmount, currency: Currency, meter: Option<&str>) -> PriceWords {
    let mut cost = PriceWords {
        words: price_words(amount, currency, Locale::En),
        notes: Vec::new(),
    };
    match amount {
        PriceAmount::SeatBased { seat_tiers, .. } => {
            if seat_tiers.tiers.len() > 1 {
                let note = |tier: &SeatTier| {
                    let each = money(tier.price_per_seat, currency);
                    format!("{}: {each} each", span(tier))
                };
                cost.notes = seat_tiers.tiers.iter().map(note).collect();
            } else if let Some(tier) = seat_tiers.tiers.first().filter(|t| t.min_seats > 1) {
                cost.notes.push(span(tier));
            }
        }
        PriceAmount::MeteredUnit {
            unit_amount,
            cap_amount,
            ..
        } => {
            let major = shifted(unit_amount, -i16::from(currency.decimals()));
            let major = major.unwrap_or_else(|| unit_amount.clone());
            let code = currency.as_str().to_uppercase();
            let unit = meter.map_or("unit".to_owned(), |name| format!("unit of {name}"));
            cost.words = format!("{major} {code} per {unit}");
            if let Some(cap) = cap_amount {
                cost.notes
                    .push(format!("at most {}", money(*cap, currency)));
            }
        }
        _ => {}
    }
    cost
}

fn span(tier: &SeatTier) -> String {
    match tier.max_seats {
        Some(max) if max == tier.min_seats => format!("{max} seats"),
        Some(max) => format!("{}–{max} seats", tier.min_seats),
        None => format!("{} seats or more", tier.min_seats),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_amounts_move_between_major_and_minor_units_without_loss() {
        assert_eq!(shifted("0.005", 2).as_deref(), Some("0.5"));
        assert_eq!(shifted("0.5", -2).as_deref(), Some("0.005"));
        assert_eq!(shifted("1500", 0).as_deref(), Some("1500"));
        assert_eq!(
            shifted("12345.678901234567", -2).as_deref(),
            Some("123.45678901234567")
        );
        assert_eq!(shifted("ten", 2), None);
    }
}
