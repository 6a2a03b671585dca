//! The discount form: its fields, and the API's body that it becomes.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use till_wire::{
    discounts::{Discount, DiscountDuration, DiscountLasting, DiscountValue},
    money::Currency,
    products::Product,
};

use super::percent;
use crate::{
    dashboard::{
        access::Viewer,
        form::{
            Field, FormData, FormErrors, Group, Kind,
            local_time::{self, instant, local},
            next_currency, with_chosen,
        },
    },
    http::extract::Body,
    pages::checkout::money::{Locale, editable, parse, parse_number},
};

/// Rows of a currency and an amount; the API has them as one object.
const ROWS: &str = "_amounts";

/// The data of an empty form.
pub fn fresh(currency: Currency) -> FormData {
    let mut form_data = FormData::default();
    form_data.set("type", "percentage");
    form_data.set("duration", "once");
    row(&mut form_data, 0, currency.as_str());
    form_data
}

fn row(form_data: &mut FormData, row: usize, currency: &str) {
    form_data.set(&format!("{ROWS}.{row}.currency"), currency);
    form_data.set(&format!("{ROWS}.{row}.amount"), "");
}

/// A discount as its form shows it.
pub fn of_discount(discount: &Discount, zone: &TimeZone) -> FormData {
    let (base, brief) = (&discount.base, &discount.base.brief);
    let mut form_data = FormData::default();
    form_data.set("name", brief.name.clone());
    form_data.set("code", brief.code.clone().unwrap_or_default());
    match &brief.value {
        DiscountValue::Percentage { basis_points } => {
            form_data.set("basis_points", percent(*basis_points));
        }
        DiscountValue::Fixed { amounts, .. } => {
            for (i, (currency, amount)) in amounts.iter().enumerate() {
                row(&mut form_data, i, currency.as_str());
                let text = editable(*amount, currency.decimals());
                form_data.set(&format!("{ROWS}.{i}.amount"), text);
            }
        }
    }
    if let DiscountLasting::Repeating { duration_in_months } = brief.lasting {
        form_data.set("duration_in_months", duration_in_months.to_string());
    }
    for (name, at) in [("starts_at", base.starts_at), ("ends_at", base.ends_at)] {
        form_data.set(name, at.map(|at| local(at, zone)).unwrap_or_default());
    }
    for (name, count) in [
        ("max_redemptions", base.max_redemptions),
        (
            "max_redemptions_per_customer",
            base.max_redemptions_per_customer,
        ),
    ] {
        form_data.set(name, count.map(|n| n.to_string()).unwrap_or_default());
    }
    for product in &discount.products {
        form_data.add("products", product.base.id.to_string());
    }
    form_data.set_pairs("_metadata", &base.metadata);
    form_data
}

/// Makes up a code or adds a currency if a button asked for that; the page is then shown again.
pub fn asks_for_more(form_data: &mut FormData, code: impl FnOnce() -> String) -> bool {
    let generate = form_data.get("_generate").is_some();
    if generate {
        form_data.set("code", code());
    }
    let add = form_data.get("_add").is_some();
    if add {
        let rows = form_data.rows(ROWS);
        let next = rows.last().map_or(0, |last| last + 1);
        let used: Vec<_> = rows
            .iter()
            .filter_map(|row| currency(form_data, *row))
            .collect();
        row(form_data, next, next_currency(&used).as_str());
    }
    generate || add
}

/// The currency of a row, where it is one: an unknown one is told of, and stands for no other.
fn currency(form_data: &FormData, row: usize) -> Option<Currency> {
    form_data
        .get(&format!("{ROWS}.{row}.currency"))?
        .parse()
        .ok()
}

/// The API's problems with amounts, at the rows that they were typed in.
pub fn in_rows(mut errors: FormErrors, form_data: &FormData) -> FormErrors {
    for row in form_data.rows(ROWS) {
        let Some(currency) = currency(form_data, row) else {
            continue;
        };
        let place = format!("amounts.{currency}");
        errors.move_to(&place, &format!("{ROWS}.{row}.amount"));
    }
    errors
}

/// The API's body, or what is wrong with it before the API sees it. What a discount is worth is not sent once
/// it has been used; its kind and duration are chosen once.
pub fn body(
    form_data: &FormData,
    zone: &TimeZone,
    was: Option<&Discount>,
) -> Result<Body, FormErrors> {
    let mut body = form_data.json_with(&["products"]);
    let mut errors = FormErrors::default();
    body["metadata"] = Value::Object(form_data.pairs("_metadata"));
    for name in ["starts_at", "ends_at"] {
        let kept = was.and_then(|was| match name {
            "starts_at" => was.base.starts_at,
            _ => was.base.ends_at,
        });
        match form_data.filled(name) {
            // The field knows minutes only: what was not touched keeps its seconds.
            Some(typed) if kept.is_some_and(|kept| local(kept, zone) == typed) => {
                body.as_object_mut().map(|fields| fields.remove(name));
            }
            Some(typed) => body[name] = instant(typed, zone),
            None => {}
        }
    }
    let share = match was {
        None => form_data.get("type") != Some("fixed"),
        Some(was) => matches!(was.base.brief.value, DiscountValue::Percentage { .. }),
    };
    if share {
        let typed = form_data.get("basis_points").unwrap_or_default().trim();
        let typed = typed.trim_end_matches(['%', '％', '٪', ' ']);
        let share = parse_number(typed, 2, Locale::En);
        body["basis_points"] = share.map_or_else(|| or_null(typed), Value::from);
        if body["basis_points"].is_string() {
            errors = FormErrors::field("basis_points", "Enter a percentage, such as 20 or 12.5.");
        } else if typed.is_empty() && was.is_some_and(|was| was.base.redemptions_count == 0) {
            // To a change, null says nothing.
            errors = FormErrors::field("basis_points", "Fill this in.");
        }
    } else {
        let stays = was.is_some_and(|was| was.base.redemptions_count > 0);
        if !stays {
            body["amounts"] = amounts(form_data, &mut errors);
        }
    }
    if was.is_some() {
        body["name"] = Value::from(form_data.get("name").unwrap_or_default());
    }
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|key, _| match (key.as_str(), was) {
            ("basis_points", None) => share,
            ("amounts", None) => !share,
            ("duration_in_months", None) => form_data.get("duration") == Some("repeating"),
            ("basis_points" | "amounts" | "duration_in_months", Some(was)) => {
                was.base.redemptions_count == 0
            }
            ("type" | "duration", Some(_)) => false,
            _ => true,
        });
    }
    match errors.is_any() {
        true => Err(errors),
        false => Ok(Body(Some(body))),
    }
}

fn or_null(typed: &str) -> Value {
    match typed {
        "" => Value::Null,
        typed => Value::from(typed),
    }
}

/// Rows without an amount say nothing; two of one currency are a mistake that an object cannot tell.
fn amounts(form_data: &FormData, errors: &mut FormErrors) -> Value {
    let mut amounts = Map::new();
    for row in form_data.rows(ROWS) {
        let name = format!("{ROWS}.{row}.amount");
        let Some(typed) = form_data.filled(&name) else {
            continue;
        };
        let Some(currency) = currency(form_data, row) else {
            *errors = FormErrors::field(&format!("{ROWS}.{row}.currency"), "Choose a currency.");
            continue;
        };
        let minor = parse(typed, currency, Locale::En);
        if minor.is_none() {
            *errors = FormErrors::field(&name, "Enter an amount, such as 29.00.");
        }
        let value = minor.map_or_else(|| Value::from(typed), Value::from);
        if amounts.insert(currency.to_string(), value).is_some() {
            *errors = FormErrors::field(&name, "This currency already has an amount.");
        }
    }
    if amounts.is_empty() && !errors.is_any() {
        let first = form_data.rows(ROWS).first().copied().unwrap_or_default();
        *errors = FormErrors::field(&format!("{ROWS}.{first}.amount"), "Fill this in.");
    }
    Value::Object(amounts)
}

/// The form's groups; `was` is the discount that is edited.
pub fn groups(
    viewer: &Viewer,
    was: Option<&Discount>,
    products: &[Product],
    form_data: &FormData,
) -> Vec<Group> {
    let mut groups = vec![about()];
    let used = was.map_or(0, |was| was.base.redemptions_count);
    if used == 0 {
        groups.push(worth(was, form_data));
        groups.extend(lasting(was));
    } else {
        let note = "It has been used, so what it takes off can no longer be changed.";
        groups.push(Group::new("Takes off", Vec::new()).note(note));
    }
    groups.push(limits(viewer));
    groups.extend(restricted(was, products));
    groups.push(Group::metadata(form_data));
    groups
}

fn about() -> Group {
    Group::new(
        "Discount",
        vec![
            Field::new("name", "Name", Kind::Line("text"))
                .required()
                .focus()
                .hint("Shown to customers at checkout."),
            Field::new("code", "Code", Kind::Line("text")).hint(
                "What customers enter: letters and digits, upper or lower case. Without one, only your program can apply it.",
            ),
        ],
    )
    .button("_generate", "code".to_owned(), "Generate a code")
}

fn worth(was: Option<&Discount>, form_data: &FormData) -> Group {
    let value = was.map(|was| &was.base.brief.value);
    let mut fields = Vec::new();
    if was.is_none() {
        let kinds = [("percentage", "A percentage"), ("fixed", "A fixed amount")];
        fields.push(Field::new("type", "Takes off", Kind::choice(kinds)));
    }
    if !matches!(value, Some(DiscountValue::Fixed { .. })) {
        let share = Field::new("basis_points", "Percent off", Kind::Amount);
        fields.push(
            share
                .required()
                .hint("Up to 100, such as 12.5.")
                .only("percentage"),
        );
    }
    let fixed = !matches!(value, Some(DiscountValue::Percentage { .. }));
    let rows = if fixed {
        form_data.rows(ROWS)
    } else {
        Vec::new()
    };
    for row in rows {
        let name = |part: &str| format!("{ROWS}.{row}.{part}");
        let currency = Field::new(name("currency"), "Currency", Kind::currencies());
        let amount = Field::new(name("amount"), "Amount off", Kind::Amount).required();
        fields.extend([currency.only("fixed"), amount.only("fixed")]);
    }
    let group = Group::new("Takes off", fields).row().place("amounts");
    match (fixed, was) {
        (true, None) => group
            .note("An amount applies only to its own currency; leave it empty to remove the currency.")
            .button("_add", "amount".to_owned(), "Add an amount in another currency"),
        (true, Some(_)) => group.button(
            "_add",
            "amount".to_owned(),
            "Add an amount in another currency",
        ),
        (false, _) => group,
    }
}

fn lasting(was: Option<&Discount>) -> Option<Group> {
    let months = Field::new("duration_in_months", "Months", Kind::Line("number"))
        .required()
        .hint("Calendar months, regardless of the billing interval: 12 for a year.");
    match was.map(|was| was.base.brief.lasting) {
        None => {
            let words = |duration: &DiscountDuration| match duration {
                DiscountDuration::Once => "Once: the first payment",
                DiscountDuration::Forever => "Forever: every payment",
                DiscountDuration::Repeating => "For some months",
            };
            let durations = DiscountDuration::ALL.iter();
            let durations = Kind::choice(durations.map(|one| (one.as_str(), words(one))));
            let fields = vec![
                Field::new("duration", "On a subscription", durations),
                months.only("repeating"),
            ];
            let group = Group::new("Duration", fields).row();
            Some(group.note("This cannot be changed later."))
        }
        Some(DiscountLasting::Repeating { .. }) => Some(Group::new("Duration", vec![months])),
        Some(_) => None,
    }
}

fn limits(viewer: &Viewer) -> Group {
    let moment = |name: &str, label: &str| local_time::field(name, label, &viewer.zone);
    let count = |name: &str, label: &str| {
        Field::new(name, label, Kind::Line("number")).hint("If empty, there is no limit.")
    };
    Group::new(
        "Limits",
        vec![
            moment("starts_at", "From"),
            moment("ends_at", "Until"),
            count("max_redemptions", "Uses in all"),
            count("max_redemptions_per_customer", "Uses per customer"),
        ],
    )
    .row()
}

/// Products it is for already are shown even when they are off sale.
fn restricted(was: Option<&Discount>, products: &[Product]) -> Option<Group> {
    let named = |product: &Product| (product.base.id, product.base.name.clone());
    let own = was.iter().flat_map(|was| &was.products);
    let own = own.map(|product| (product.base.id, product.base.name.clone()));
    let options = with_chosen(products.iter().map(named), own);
    if options.is_empty() {
        return None;
    }
    let field = Field::new("products", "Only for", Kind::ticks(options))
        .hint("If none is ticked, it applies to all products, including future ones.");
    Some(Group::new("Products", vec![field]))
}
