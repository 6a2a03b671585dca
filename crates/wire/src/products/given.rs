//! Prices as callers give them: every problem at its place, the kind being part of it.

use serde_json::Value;
use utoipa::openapi::{
    Schema,
    schema::{ObjectBuilder, Type},
};
use uuid::Uuid;

use super::price::{PriceAmount, SeatTier, SeatTierType, SeatTiers};
use crate::{
    input::{Context, Fields, int_in, tagged},
    limits,
    money::{self, Currency},
    organizations::TaxBehaviorOption,
    request::*,
};

/// A price as given on create or update.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceCreate {
    /// Amount of the price.
    pub amount: PriceAmount,
    /// Currency.
    pub currency: Currency,
    /// Tax behavior: whether it contains tax.
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
    /// Amount of a new price.
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

/// The least of a price that the buyer chooses, where none is named, in minor units.
pub const DEFAULT_MINIMUM: i64 = 50;

crate::words! {
    /// The kinds of price that the API knows.
    enum AmountType {
        Fixed = "fixed",
        Custom = "custom",
        Free = "free",
        SeatBased = "seat_based",
        MeteredUnit = "metered_unit",
        UnitBased = "unit_based",
    }
}

/// A new price; its kind becomes part of the place of any problem.
pub(crate) fn new_price() -> impl Reader<Value = PriceEntry> {
    read_by(price, || one_of(price_schemas().collect()))
}

/// An entry of an update: a valid `id` keeps that price, whatever else is there.
pub(super) fn price_entry() -> impl Reader<Value = PriceEntry> {
    let kept = || {
        nested(
            &["Price that stays as it is."],
            group! { _f;
                /// ID of the price to keep.
                id = required(id()),
                => id.map(PriceEntry::Keep)
            },
        )
    };
    let read = move |value: &Value, cx: &mut Context| match value.get("id") {
        Some(raw) => {
            let reads = id().read(raw, &mut Context::new("body")).is_some();
            match reads || value.get("amount_type").is_none() {
                true => kept().read(value, cx),
                false => price(value, cx),
            }
        }
        None => price(value, cx),
    };
    read_by(read, move || {
        one_of(
            [kept().schema()]
                .into_iter()
                .chain(price_schemas())
                .collect(),
        )
    })
}

fn price_schemas() -> impl Iterator<Item = Schema> {
    let sold = AmountType::ALL.iter();
    let sold = sold.filter(|kind| **kind != AmountType::UnitBased);
    sold.map(|kind| shape(*kind).schema())
}

/// Reads a new price; its kind becomes part of the place of any problem.
pub fn price(value: &Value, cx: &mut Context) -> Option<PriceEntry> {
    let kind: AmountType = tagged("amount_type", value, cx)?;
    cx.at(kind.as_str(), |cx| shape(kind).read(value, cx))
}

fn shape(kind: AmountType) -> impl Reader<Value = PriceEntry> {
    nested(
        &["Price."],
        group! { f;
            /// Type of the price.
            amount_type = tag(kind),
            /// Currency of the price, as an ISO 4217 code in lower case; `usd` if left out.
            price_currency = omittable(currency()).or(Currency::USD),
            /// Tax behavior: whether the price includes its tax; if left out, your organization's setting applies.
            tax_behavior = optional(word::<TaxBehaviorOption>()),
            amount = amount(kind),
            => {
                let (currency, tax_behavior) = (price_currency?, tax_behavior?);
                match amount? {
                    None => Some(PriceEntry::Unsupported(amount_type?.as_str().to_owned())),
                    Some(amount) => {
                        within_limits(&amount, currency, f)?;
                        Some(PriceEntry::New(PriceCreate { amount, currency, tax_behavior }))
                    }
                }
            }
        },
    )
}

fn minor(least: i64) -> impl Reader<Value = i64> {
    int(least, limits::AMOUNT)
}

/// Amount of a kind of price; `None` where this version of Till cannot sell it.
fn amount(kind: AmountType) -> Box<dyn Member<Value = Option<PriceAmount>>> {
    match kind {
        AmountType::Fixed => Box::new(
            group! { _f;
                /// Price in minor units of the currency: 1,000 is 10 dollars; 0 is free. Other amounts must be within
                /// the currency's limits.
                price_amount = required(minor(0)),
                => Some(Some(PriceAmount::Fixed { price_amount: price_amount? }))
            }
            .titled("Fixed price."),
        ),
        AmountType::Custom => Box::new(
            group! { _f;
                /// Lowest amount that the buyer can choose, in minor units; 50 if left out.
                minimum_amount = omittable(minor(0)).or(DEFAULT_MINIMUM),
                /// Highest amount that the buyer can choose, in minor units; if left out, only the currency's limit
                /// applies.
                maximum_amount = optional(minor(1)),
                /// Amount filled in for the buyer, in minor units.
                preset_amount = optional(minor(0)),
                => Some(Some(PriceAmount::Custom {
                    minimum_amount: minimum_amount?,
                    maximum_amount: maximum_amount?,
                    preset_amount: preset_amount?,
                }))
            }
            .titled("Price that the buyer chooses."),
        ),
        AmountType::Free => {
            let free = PriceAmount::Fixed { price_amount: 0 };
            Box::new(
                group! { _f; => Some(Some(free.clone())) }
                    .titled("Free price; the same as a fixed price of 0."),
            )
        }
        AmountType::SeatBased => Box::new(
            group! { _f;
                /// Tiers of the price.
                seat_tiers = required(seat_tiers()),
                => Some(Some(PriceAmount::seats(seat_tiers?)))
            }
            .titled("Price by the number of seats."),
        ),
        AmountType::MeteredUnit => Box::new(
            group! { _f;
                /// ID of the meter that counts the usage.
                meter_id = required(id()),
                /// Price of one unit in minor units: above 0, at most 5 digits before the point and 12 after it.
                unit_amount = required(unit_amount()),
                /// Highest charge for one period, in minor units; if left out, there is no limit.
                cap_amount = optional(int(0, limits::INT32)),
                => Some(Some(PriceAmount::MeteredUnit {
                    meter_id: meter_id?,
                    unit_amount: unit_amount?,
                    cap_amount: cap_amount?,
                    meter: None,
                }))
            }
            .titled("Price by usage, charged afterwards."),
        ),
        AmountType::UnitBased => Box::new(group! { _f; => Some(None) }),
    }
}

/// Judges what was sent by the limits of its currency (docs/behaviour: products/amount-bounds).
fn within_limits(amount: &PriceAmount, currency: Currency, f: &mut Fields<'_, '_>) -> Option<()> {
    let sent: &[&'static str] = match amount {
        PriceAmount::Fixed { .. } => &["price_amount"],
        PriceAmount::Custom { .. } => &["minimum_amount", "preset_amount", "maximum_amount"],
        PriceAmount::SeatBased { seat_tiers, .. } => {
            let step = currency.charge_step();
            let broken = seat_tiers
                .tiers
                .iter()
                .find(|tier| tier.price_per_seat % step != 0);
            if broken.is_some() {
                f.optional("seat_tiers", |value, cx| in_steps::<()>(value, cx, step));
                return None;
            }
            &[]
        }
        _ => &[],
    };
    let before = f.cx.problems.len();
    for key in sent {
        f.optional(key, |value, cx| charge(value, cx, currency));
    }
    (f.cx.problems.len() == before).then_some(())
}

/// An amount within its currency's limits; 0 is free.
fn charge(value: &Value, cx: &mut Context, currency: Currency) -> Option<()> {
    let amount = int_in(0, limits::AMOUNT)(value, cx)?;
    let (least, most) = (currency.min_charge(), currency.max_charge());
    if amount != 0 && amount < least {
        let words = money::format_minor(least, currency);
        let msg = format!("Price must be greater than or equal to {words}");
        return cx.bound("minimum_price", msg, value, "minimum_price", least);
    }
    if amount > most {
        let words = money::format_minor(most, currency);
        let msg = format!("Price must be less than or equal to {words}");
        return cx.bound("maximum_price", msg, value, "maximum_price", most);
    }
    let step = currency.charge_step();
    if amount % step != 0 {
        return in_steps(value, cx, step);
    }
    Some(())
}

fn in_steps<T>(value: &Value, cx: &mut Context, step: i64) -> Option<T> {
    let msg = format!("Amounts in this currency must be multiples of {step} minor units");
    cx.bound("multiple_of", msg, value, "multiple_of", step)
}

/// Seat tiers in order of their first seats, without gaps, only the last one open (docs/behaviour: seats/tiers).
fn seat_tiers() -> impl Reader<Value = SeatTiers> {
    let shape = nested(
        &["Tiers in order of their first seats, without gaps."],
        group! { _f;
            /// Way in which the tiers add up; `volume` if left out.
            seat_tier_type = omittable(word()).or(SeatTierType::Volume),
            /// Tiers without gaps between them; the first one begins with the smallest number of seats that can be
            /// bought.
            tiers = required(list(1, limits::TIERS, seat_tier())),
            => Some((seat_tier_type?, tiers?))
        },
    );
    shape.and_then(
        |(kind, mut tiers): (SeatTierType, Vec<SeatTier>), value: &Value, cx: &mut Context| {
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
        },
    )
}

fn seat_tier() -> impl Reader<Value = SeatTier> {
    object! {
        /// Tier of a price by the seat.
        SeatTier {
            /// First seat of the tier.
            min_seats = required(int(1, limits::INT32)),
            /// Last seat of the tier; only the last tier can be without one.
            max_seats = optional(int(1, limits::INT32)),
            /// Price of one seat, in minor units of the price's currency.
            price_per_seat = required(minor(0)),
        }
    }
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
            return Some("only the last tier can have no upper end".to_owned());
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

/// Digits of a unit amount before and after its point.
const UNIT_WHOLE: usize = 5;
const UNIT_DECIMALS: usize = 12;
/// Characters of a unit amount as text.
const UNIT_TEXT: usize = 64;

fn unit_amount() -> impl Reader<Value = String> {
    read_by(read_unit_amount, || {
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .exclusive_minimum(Some(0))
            .exclusive_maximum(Some(100_000));
        one_of(vec![number.into(), text(1, UNIT_TEXT).schema()])
    })
}

/// A decimal number above 0 of at most 5 digits and 12 decimals, as number or text; kept as plain text without
/// needless zeros.
fn read_unit_amount(value: &Value, cx: &mut Context) -> Option<String> {
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
