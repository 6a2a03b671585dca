//! Prices as callers give them: every problem at its place, the kind being part of it.

use serde_json::Value;
use uuid::Uuid;

use super::price::{PriceAmount, SeatTier, SeatTierType, SeatTiers};
use crate::{
    input::{Context, Fields, id, int_in, list, tag, word},
    limits,
    money::{self, Currency, currency},
    organizations::TaxBehaviorOption,
};

/// A price as given on create or update.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceCreate {
    /// What it costs.
    pub amount: PriceAmount,
    /// Currency.
    pub currency: Currency,
    /// Whether it contains tax.
    pub tax_behavior: Option<TaxBehaviorOption>,
}

/// An entry of an update's price list: one kept, or one new.
#[derive(Debug, Clone, PartialEq)]
pub enum PriceEntry {
    /// Keep the price of this id as it is.
    Keep(Uuid),
    /// A price that this version of Till cannot sell yet, by its `amount_type`.
    Unsupported(String),
    /// A new price.
    New(PriceCreate),
}

impl PriceEntry {
    /// What a new price costs.
    pub fn amount(&self) -> Option<&PriceAmount> {
        match self {
            PriceEntry::New(price) => Some(&price.amount),
            _ => None,
        }
    }

    /// The meter that a new price counts with.
    pub fn meter_id(&self) -> Option<Uuid> {
        match self {
            PriceEntry::New(PriceCreate {
                amount: PriceAmount::MeteredUnit { meter_id, .. },
                ..
            }) => Some(*meter_id),
            _ => None,
        }
    }
}

/// Bounds of an amount in its currency: 0 where allowed, else within the currency's limits
/// (docs/behaviour: products/amount-bounds).
fn charge(value: &Value, cx: &mut Context, currency: Currency, least: i64) -> Option<i64> {
    let amount = int_in(least, limits::AMOUNT)(value, cx)?;
    if amount != 0 && amount < currency.min_charge() {
        let words = money::format_minor(currency.min_charge(), currency);
        return cx.bound(
            "minimum_price",
            format!("Price must be greater than or equal to {words}"),
            value,
            "minimum_price",
            currency.min_charge(),
        );
    }
    if amount > currency.max_charge() {
        let words = money::format_minor(currency.max_charge(), currency);
        return cx.bound(
            "maximum_price",
            format!("Price must be less than or equal to {words}"),
            value,
            "maximum_price",
            currency.max_charge(),
        );
    }
    Some(amount)
}

/// The kinds of price that the API knows.
/// The least of a price that the buyer chooses, where none is named, in minor units.
pub const DEFAULT_MINIMUM: i64 = 50;

const AMOUNT_TYPES: [&str; 6] = [
    "fixed",
    "custom",
    "free",
    "seat_based",
    "metered_unit",
    "unit_based",
];

/// Reads a price input; its kind becomes part of the place of any problem.
pub fn price(value: &Value, cx: &mut Context) -> Option<PriceEntry> {
    let kind = tag("amount_type", &AMOUNT_TYPES, value, cx)?;
    cx.at(kind, |cx| {
        cx.object(value, |f| {
            let before = f.cx.problems.len();
            let currency = f
                .omittable("price_currency", currency)
                .unwrap_or(Currency::USD);
            let tax_behavior = f.optional("tax_behavior", word);
            let amount = match kind {
                "fixed" => PriceAmount::Fixed {
                    price_amount: f.required("price_amount", |v, cx| charge(v, cx, currency, 0))?,
                },
                "free" => PriceAmount::Fixed { price_amount: 0 },
                "custom" => PriceAmount::Custom {
                    minimum_amount: f
                        .omittable("minimum_amount", |v, cx| charge(v, cx, currency, 0))
                        .unwrap_or(DEFAULT_MINIMUM),
                    preset_amount: f.optional("preset_amount", |v, cx| charge(v, cx, currency, 0)),
                    maximum_amount: f
                        .optional("maximum_amount", |v, cx| charge(v, cx, currency, 1)),
                },
                "seat_based" => PriceAmount::seats(f.required("seat_tiers", seat_tiers)?),
                "metered_unit" => metered(f)?,
                _ => return Some(PriceEntry::Unsupported(kind.to_owned())),
            };
            (f.cx.problems.len() == before).then_some(PriceEntry::New(PriceCreate {
                amount,
                currency,
                tax_behavior,
            }))
        })
    })
}

/// An entry of an update: a valid `id` keeps that price, whatever else is there.
pub(super) fn price_entry(value: &Value, cx: &mut Context) -> Option<PriceEntry> {
    match value.get("id") {
        Some(raw) => {
            let mut trial = Context::new("body");
            match id(raw, &mut trial) {
                Some(kept) => Some(PriceEntry::Keep(kept)),
                None if value.get("amount_type").is_some() => price(value, cx),
                None => cx.at("id", |cx| id(raw, cx)).map(PriceEntry::Keep),
            }
        }
        None => price(value, cx),
    }
}

/// Seat tiers in order of their first seats, without gaps, only the last one open (docs/behaviour: seats/tiers).
fn seat_tiers(value: &Value, cx: &mut Context) -> Option<SeatTiers> {
    let (kind, mut tiers) = cx.object(value, |f| {
        let kind = f.omittable("seat_tier_type", word::<SeatTierType>);
        let tiers = f.required("tiers", list(1, limits::TIERS, seat_tier))?;
        Some((kind.unwrap_or(SeatTierType::Volume), tiers))
    })?;
    tiers.sort_by_key(|tier| tier.min_seats);
    if let Some(words) = misfit(&tiers) {
        return cx.refuse(words, value);
    }
    let (first, last) = (tiers.first()?, tiers.last()?);
    Some(SeatTiers {
        seat_tier_type: kind,
        minimum_seats: first.min_seats,
        maximum_seats: last.max_seats,
        tiers,
    })
}

fn seat_tier(value: &Value, cx: &mut Context) -> Option<SeatTier> {
    cx.object(value, |f| {
        let min = f.required("min_seats", int_in(1, limits::INT32));
        let max = f.optional("max_seats", int_in(1, limits::INT32));
        let price = f.required("price_per_seat", int_in(0, limits::AMOUNT));
        Some(SeatTier {
            min_seats: min?,
            max_seats: max,
            price_per_seat: price?,
        })
    })
}

/// The first thing wrong with tiers that are in order of their first seats.
fn misfit(tiers: &[SeatTier]) -> Option<String> {
    let mut ends: Vec<i64> = tiers.iter().filter_map(|tier| tier.max_seats).collect();
    ends.sort_unstable();
    if let Some(pair) = ends.windows(2).find(|pair| pair[0] == pair[1]) {
        return Some(format!("two tiers end at {} seats", pair[0]));
    }
    if let Some(tier) = tiers
        .iter()
        .find(|tier| tier.max_seats.is_some_and(|max| max < tier.min_seats))
    {
        return Some(format!(
            "the tier from {} seats ends before it begins",
            tier.min_seats
        ));
    }
    tiers.windows(2).find_map(|pair| {
        let Some(end) = pair[0].max_seats else {
            return Some("only the last tier may be without an end".to_owned());
        };
        let next = pair[1].min_seats;
        match next.cmp(&(end + 1)) {
            std::cmp::Ordering::Greater => {
                Some(format!("there is a gap between {end} and {next} seats"))
            }
            std::cmp::Ordering::Less => {
                Some(format!("the tiers overlap between {next} and {end} seats"))
            }
            std::cmp::Ordering::Equal => None,
        }
    })
}

fn metered(f: &mut Fields<'_, '_>) -> Option<PriceAmount> {
    let meter_id = f.required("meter_id", id);
    let unit_amount = f.required("unit_amount", unit_amount);
    let cap_amount = f.optional("cap_amount", int_in(0, limits::INT32));
    Some(PriceAmount::MeteredUnit {
        unit_amount: unit_amount?,
        cap_amount,
        meter_id: meter_id?,
        meter: None,
    })
}

/// Digits of a unit amount before and after its point.
const UNIT_WHOLE: usize = 5;
const UNIT_DECIMALS: usize = 12;
/// Characters of a unit amount as text.
pub(crate) const UNIT_TEXT: usize = 64;

/// A decimal number above 0 of at most 5 digits and 12 decimals, as number or text; kept as plain text without
/// needless zeros.
fn unit_amount(value: &Value, cx: &mut Context) -> Option<String> {
    let raw = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.trim().len() <= UNIT_TEXT => text.trim().to_owned(),
        Value::String(_) => String::new(),
        _ => {
            return cx.fail(
                "decimal_type",
                "Input should be a decimal number or text",
                value,
            );
        }
    };
    let Some((whole, fraction)) = plain(&raw) else {
        return cx.fail(
            "decimal_parsing",
            "Input should be a valid decimal number",
            value,
        );
    };
    if whole.starts_with('-') || (whole == "0" && fraction.is_empty()) {
        return cx.bound(
            "greater_than",
            "Input should be greater than 0",
            value,
            "gt",
            0,
        );
    }
    if fraction.len() > UNIT_DECIMALS {
        return cx.bound(
            "decimal_max_places",
            format!("At most {UNIT_DECIMALS} decimal places are allowed"),
            value,
            "decimal_places",
            UNIT_DECIMALS,
        );
    }
    if whole.len() > UNIT_WHOLE {
        return cx.bound(
            "decimal_whole_digits",
            format!("At most {UNIT_WHOLE} digits are allowed before the decimal point"),
            value,
            "whole_digits",
            UNIT_WHOLE,
        );
    }
    Some(match fraction.as_str() {
        "" => whole,
        _ => format!("{whole}.{fraction}"),
    })
}

/// A decimal number's digits before and after its point, without needless zeros; an exponent is worked in.
/// Less than nothing keeps its sign.
fn plain(raw: &str) -> Option<(String, String)> {
    let (negative, raw) = match raw.strip_prefix(['-', '+']) {
        Some(rest) => (raw.starts_with('-'), rest),
        None => (false, raw),
    };
    let (mantissa, exponent) = match raw.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (raw, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    // Nothing that is allowed has this many digits: longer texts are not worth writing out.
    if !is_number || digits.len() > UNIT_TEXT || exponent.abs() > 64 {
        return None;
    }
    let point = whole.len() as i32 + exponent;
    let padded = match point {
        ..=0 => format!("{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        _ => format!("{digits:0<width$}", width = point as usize),
    };
    let (whole, fraction) = padded.split_at(point.max(0) as usize);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let fraction = fraction.trim_end_matches('0').to_owned();
    let nothing = whole == "0" && fraction.is_empty();
    let sign = if negative && !nothing { "-" } else { "" };
    Some((format!("{sign}{whole}"), fraction))
}

#[cfg(test)]
mod tests;
