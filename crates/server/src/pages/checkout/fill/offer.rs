//! The offer and its price: the product switch, the big price, seats, usage, pictures, benefits.

use till_core::{
    catalog::products::ProductWithPrices,
    checkout::Session,
    kernel::records::{Discount, File, ProductPrice},
    seats,
    subscriptions::trials,
};
use till_wire::{
    benefits::BenefitVisibility,
    meters::MeterUnit,
    money::Currency,
    products::{PriceAmount, SeatTierType, SeatTiers},
    values::Interval,
};

use super::{
    super::{
        form::CheckoutForm,
        money::{self, Locale},
        view::{Hero, Media, PageContext, ProductChoice, SeatsField, Tier, Usage},
    },
    amounts::{self, DiscountedPeriods},
    display, interval, short,
};

/// A product's price in the session's currency, else in the one that switching to it would choose.
pub(super) fn choice(
    session: &Session,
    offered: &ProductWithPrices,
    locale: Locale,
) -> ProductChoice {
    let row = &session.checkout;
    let list = session.list(offered);
    let currency = [row.terms.currency, session.organization.default_currency]
        .into_iter()
        .find(|currency| list.iter().any(|p| p.currency == *currency));
    let prices: Vec<&ProductPrice> = list
        .into_iter()
        .filter(|p| Some(p.currency) == currency)
        .collect();
    let (metered, fixed): (Vec<_>, Vec<_>) =
        prices.into_iter().partition(|p| !p.cost().is_static());
    let discount = |currency| {
        let discount = session.discount.as_ref();
        discount.filter(|d| d.fits(offered.product.id, currency))
    };
    let (price, before) = match (currency, fixed.first()) {
        (None, _) => ("—".to_owned(), None),
        (Some(_), None) => (locale.say("usage").into_owned(), None),
        (Some(currency), Some(one)) if fixed.len() == 1 => {
            let words = |cost: &PriceAmount| price_words(cost, currency, locale);
            let reduced = discount(currency).and_then(|d| reduced(d, one));
            with_before(words(&one.cost()), reduced.as_ref().map(words))
        }
        (Some(currency), Some(_)) => {
            let sum = least(session, &fixed);
            let words = |amount| sum_words(amount, &fixed, currency, locale);
            let less = discount(currency).map(|d| sum - d.off(sum, currency));
            with_before(words(sum), less.map(words))
        }
    };
    let trial = trials::active(row, &offered.product).map(|trial| trial_words(trial, locale));
    let mut notes: Vec<String> = trial.into_iter().collect();
    if !metered.is_empty() && !fixed.is_empty() {
        notes.push(locale.say("plus-usage").into_owned());
    }
    let mut per = interval(offered, locale);
    let first = (session.discount.as_ref())
        .and_then(|discount| DiscountedPeriods::of(discount, offered, row, locale));
    if let (Some(first), Some(full)) = (first, &before) {
        per = first.interval().map(str::to_owned);
        notes.push(first.then(full, locale));
    }
    ProductChoice {
        id: offered.product.id.to_string(),
        name: offered.product.name.clone(),
        price,
        before,
        interval: per,
        notes,
        selected: offered.product.id == row.terms.product_id,
    }
}

/// The price that is paid, and the price without the discount.
fn with_before(full: String, reduced: Option<String>) -> (String, Option<String>) {
    match reduced {
        Some(reduced) => (reduced, Some(full)),
        None => (full, None),
    }
}

/// The least that several prices together can cost: with as few seats as the session allows
/// (docs/behaviour: checkout/amount).
fn least(session: &Session, prices: &[&ProductPrice]) -> i64 {
    let row = &session.checkout;
    let range = seats::range(prices.iter().copied());
    let number = range.map(|range| range.within(row.min_seats, row.max_seats).min);
    let each = prices.iter().map(|price| match price.cost() {
        PriceAmount::Custom { minimum_amount, .. } => charged(minimum_amount, price.currency),
        _ => price.amount_for(None, number).unwrap_or(0),
    });
    each.sum()
}

/// The sum of several prices: it is the least where the buyer decides on the amount or on the seats.
fn sum_words(sum: i64, prices: &[&ProductPrice], currency: Currency, locale: Locale) -> String {
    let words = short(sum, currency, locale);
    let is_fixed = |p: &&ProductPrice| matches!(p.cost(), PriceAmount::Fixed { .. });
    match prices.iter().all(is_fixed) {
        true => words,
        false => locale.with("from-price", [("price", words.into())]),
    }
}

/// An amount that a buyer may choose: nothing, or what can be charged.
fn charged(minimum: i64, currency: Currency) -> i64 {
    match minimum {
        0 => 0,
        minimum => minimum.max(currency.min_charge()),
    }
}

/// The price with the session's discount, where that can be said of the price alone: a fixed amount off
/// is shared by all seats, so it says nothing of one.
fn reduced(discount: &Discount, price: &ProductPrice) -> Option<PriceAmount> {
    let less = |amount: i64| amount - discount.off(amount, price.currency);
    match price.cost() {
        PriceAmount::Fixed { price_amount } if price_amount > 0 => Some(PriceAmount::Fixed {
            price_amount: less(price_amount),
        }),
        PriceAmount::SeatBased { mut seat_tiers, .. } if discount.basis_points.is_some() => {
            for tier in &mut seat_tiers.tiers {
                tier.price_per_seat = less(tier.price_per_seat);
            }
            Some(PriceAmount::seats(seat_tiers))
        }
        _ => None,
    }
}

/// A price, as buyers read it: `$29`, `Free`, `From $5`.
pub fn price_words(amount: &PriceAmount, currency: Currency, locale: Locale) -> String {
    match amount {
        PriceAmount::Fixed { price_amount } => short(*price_amount, currency, locale),
        PriceAmount::Custom {
            minimum_amount: 0, ..
        } => locale.say("you-choose").into_owned(),
        PriceAmount::Custom { minimum_amount, .. } => {
            let least = short(charged(*minimum_amount, currency), currency, locale);
            locale.with("from-price", [("price", least.into())])
        }
        PriceAmount::SeatBased { seat_tiers, .. } => {
            let each = seat_tiers.tiers.first().map_or(0, |t| t.price_per_seat);
            let each = short(each, currency, locale);
            locale.with("per-seat", [("price", each.into())])
        }
        PriceAmount::MeteredUnit { .. } => locale.say("usage").into_owned(),
    }
}

/// The big price: before tax, which is said where the sum is.
pub(super) fn hero(session: &Session, page_context: PageContext) -> Hero {
    let row = &session.checkout;
    let sum = row.terms.totals();
    let prices = session.prices();
    let words = |amount| short(amount, row.terms.currency, page_context.locale);
    let metered = prices.iter().any(|p| !p.cost().is_static());
    let only_metered = prices.iter().all(|p| !p.cost().is_static());
    let locale = page_context.locale;
    let per = interval(session.selected(), locale);
    let (now, full) = (words(sum.amount - sum.discount), words(sum.amount));
    let first = DiscountedPeriods::of_session(session, locale);
    let mut notes = Vec::new();
    if super::custom(session).is_some() {
        notes.push(page_context.say("pay-what-you-want").into_owned());
    }
    if metered && !only_metered {
        notes.push(page_context.say("plus-usage").into_owned());
    }
    let usage = || page_context.say("usage").into_owned();
    let trial = trials::active(row, &session.selected().product).zip(amounts::trial_end(session));
    if let (Some((trial, end)), Some(per)) = (trial, &per) {
        let price = match first {
            _ if only_metered => None,
            Some(first) => Some(first.say("now-then", now, &full, locale)),
            None => Some(amounts::price_per(now, per, locale)),
        };
        let after = |price: String| page_context.with("trial-after", [("price", price.into())]);
        notes.insert(0, price.map_or_else(usage, after));
        let date = money::date(end, locale);
        notes.push(page_context.with("trial-first-charge", [("date", date.into())]));
        return Hero {
            amount: trial_words(trial, locale),
            before: None,
            interval: None,
            notes,
        };
    }
    if let Some(first) = &first {
        notes.insert(0, first.then(&full, locale));
    }
    Hero {
        amount: if only_metered { usage() } else { now },
        before: (sum.discount > 0).then_some(full),
        interval: match &first {
            Some(first) => first.interval().map(str::to_owned),
            None => per.filter(|_| !only_metered),
        },
        notes,
    }
}

/// The length of a trial: `14 days free`.
pub fn trial_words((unit, count): (Interval, i64), locale: Locale) -> String {
    let id = match unit {
        Interval::Day => "trial-days",
        Interval::Week => "trial-weeks",
        Interval::Month => "trial-months",
        Interval::Year => "trial-years",
    };
    locale.with(id, [("count", count.into())])
}

/// The stepper, where seats are sold.
pub(super) fn seats(
    session: &Session,
    form: Option<&CheckoutForm>,
    page_context: PageContext,
) -> Option<SeatsField> {
    let range = session.seat_range()?;
    let row = &session.checkout;
    let number = row.terms.seats.unwrap_or(range.min);
    let typed = form.filter(|f| f.is_of(row.terms.product_id));
    let tiers = session.prices().into_iter().find_map(|p| match p.cost() {
        PriceAmount::SeatBased { seat_tiers, .. } => Some(seat_tiers),
        _ => None,
    });
    let tiers = tiers.filter(|tiers| tiers.tiers.len() > 1);
    Some(SeatsField {
        value: typed
            .and_then(CheckoutForm::typed_seats)
            .unwrap_or_else(|| number.to_string()),
        min: range.min,
        max: range.max,
        fewer: number > range.min,
        more: range.max.is_none_or(|max| number < max),
        hint: seats_bounds(session, page_context.locale),
        tiers_note: tiers.as_ref().map(|tiers| {
            page_context
                .say(match tiers.seat_tier_type {
                    SeatTierType::Volume => "tiers-volume",
                    SeatTierType::Graduated => "tiers-graduated",
                })
                .into_owned()
        }),
        tiers: tiers.map_or_else(Vec::new, |tiers| {
            steps(&tiers, row.terms.currency, page_context.locale)
        }),
    })
}

fn steps(tiers: &SeatTiers, currency: Currency, locale: Locale) -> Vec<Tier> {
    let number = |n: i64| money::number(n, locale);
    tiers
        .tiers
        .iter()
        .map(|tier| Tier {
            seats: match tier.max_seats {
                Some(last) => locale.with(
                    "tier-range",
                    [
                        ("from", number(tier.min_seats).into()),
                        ("to", number(last).into()),
                    ],
                ),
                None => locale.with("tier-open", [("from", number(tier.min_seats).into())]),
            },
            price: short(tier.price_per_seat, currency, locale),
        })
        .collect()
}

/// The bounds of the number of seats, in words; nothing where any number will do.
pub fn seats_bounds(session: &Session, locale: Locale) -> Option<String> {
    let range = session.seat_range()?;
    match range.max {
        Some(max) if max <= range.min => {
            Some(locale.with("seats-exactly", [("count", max.into())]))
        }
        Some(max) => Some(locale.with(
            "seats-between",
            [("least", range.min.into()), ("most", max.into())],
        )),
        None if range.min > 1 => Some(locale.with("seats-at-least", [("least", range.min.into())])),
        None => None,
    }
}

/// The metered prices.
pub(super) fn usage(session: &Session, locale: Locale) -> Vec<Usage> {
    let offered = session.selected();
    let metered = |price: &ProductPrice| {
        let PriceAmount::MeteredUnit {
            unit_amount,
            cap_amount,
            meter_id,
            ..
        } = price.cost()
        else {
            return None;
        };
        let meter = offered.parts.meters.iter().find(|m| m.id == meter_id);
        let unit = meter.map_or(MeterUnit::Scalar, |m| m.unit);
        let label = meter.and_then(|m| m.custom_label.clone());
        let times = match unit {
            MeterUnit::Scalar => 1,
            MeterUnit::Token => 1_000_000,
            MeterUnit::Custom => meter.and_then(|m| m.custom_multiplier).unwrap_or(1),
        };
        let (code, decimals) = (price.currency.as_str(), price.currency.decimals());
        let each = money::display_unit(&unit_amount, times, code, decimals, locale)
            .unwrap_or_else(|| unit_amount.clone());
        Some(Usage {
            name: meter.map_or_else(String::new, |m| m.name.clone()),
            price: match (unit, label) {
                (MeterUnit::Token, _) => locale.with("usage-tokens", [("price", each.into())]),
                (MeterUnit::Custom, Some(label)) => {
                    let unit = match times {
                        1 => label,
                        times => format!("{} {label}", money::number(times, locale)),
                    };
                    locale.with("usage-per", [("price", each.into()), ("unit", unit.into())])
                }
                _ => locale.with("usage-unit", [("price", each.into())]),
            },
            cap: cap_amount.map(|cap| {
                let most = display(cap, price.currency, locale);
                locale.with("usage-cap", [("price", most.into())])
            }),
        })
    };
    session.prices().into_iter().filter_map(metered).collect()
}

/// The benefits that the purchase includes, as far as buyers are told.
pub(super) fn benefits(offered: &ProductWithPrices) -> Vec<String> {
    offered
        .parts
        .benefits
        .iter()
        .filter(|b| b.visibility == BenefitVisibility::Public && b.deleted_at.is_none())
        .map(|b| b.description.clone())
        .collect()
}

/// The pictures that can be shown.
pub(super) fn medias(offered: &ProductWithPrices, page_context: PageContext) -> Vec<Media> {
    let shown = offered.parts.medias.iter().filter_map(picture_url);
    shown
        .enumerate()
        .map(|(i, url)| Media {
            url,
            alt: page_context.with(
                "picture",
                [
                    ("number", (i + 1).into()),
                    ("name", offered.product.name.as_str().into()),
                ],
            ),
        })
        .collect()
}

/// The address of a picture.
fn picture_url(file: &File) -> Option<String> {
    file.shown_at()
}
