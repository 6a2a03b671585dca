//! Charts drawn on the server: an SVG for the eye, and the same figures as a table for everybody else.
//!
//! Colours and letters are the style sheet's: `.chart .bar.s1`, `.chart .line.s2`, and so on by series.

use askama::Template;
use jiff::civil::Date;
use till_core::kernel::report_period::ReportPeriod;
use till_wire::money::Currency;

use super::{listing::thousands, parts::money};
use crate::pages::checkout::money::{Locale, display_short};

/// The unit of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Minor units.
    Money(Currency),
    /// Whole percents.
    Percent,
    /// Units of a meter, in thousandths.
    Thousandths,
}

impl Unit {
    /// A figure as people read it.
    pub fn words(self, value: i64) -> String {
        match self {
            Unit::Count => thousands(value),
            Unit::Money(currency) => money(value, currency),
            Unit::Percent => format!("{value}%"),
            Unit::Thousandths => {
                let (whole, part) = (value / 1_000, (value % 1_000).abs());
                let sign = if value < 0 && whole == 0 { "-" } else { "" };
                let text = format!("{sign}{}.{part:03}", thousands(whole));
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
        }
    }

    /// As at a line of the grid, where zeros behind the point only take room.
    fn short(self, value: i64) -> String {
        match self {
            Unit::Money(currency) => {
                display_short(value, currency.as_str(), currency.decimals(), Locale::En)
            }
            other => other.words(value),
        }
    }
}

/// The form in which figures are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A bar for each part; later series stand in front of earlier ones.
    Bars,
    /// A line through all parts.
    Line,
}

/// The name of one part of the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// On the axis: `22 Nov`.
    pub short: String,
    /// Everywhere else: `Sun, 22 Nov 2026`.
    pub long: String,
}

/// The parts of a period, from the days that [`ReportPeriod::days`] gives.
#[must_use]
pub fn labels(period: ReportPeriod, days: &[Date]) -> Vec<Label> {
    let (short, long) = match period {
        ReportPeriod::Year => ("%b", "%B %Y"),
        _ => ("%-d %b", "%a, %-d %b %Y"),
    };
    let begun = days.split_last().map_or(days, |(_, begun)| begun);
    begun
        .iter()
        .map(|day| Label {
            short: day.strftime(short).to_string(),
            long: day.strftime(long).to_string(),
        })
        .collect()
}

/// The figures of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Their name.
    pub name: String,
    /// One per label; none where there is nothing to say, such as a share of nothing.
    pub values: Vec<Option<i64>>,
}

/// The plan of a chart.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Names the chart within its page.
    pub id: &'static str,
    /// Its title.
    pub title: String,
    /// The same in a sentence, for those who cannot see it.
    pub description: String,
    /// A figure beside the title, such as the total.
    pub headline: Option<String>,
    /// The heading of the labels: `Day`.
    pub when: &'static str,
    /// The parts of the time, the oldest first.
    pub labels: Vec<Label>,
    /// The figures; those without a label are left out, missing ones are nothing.
    pub series: Vec<Series>,
    /// Their unit.
    pub unit: Unit,
    /// Their form.
    pub form: Form,
}

/// A drawn chart: a `<figure>`.
#[derive(Debug, Template)]
#[template(path = "dashboard/chart.html")]
pub struct Chart {
    id: &'static str,
    form: &'static str,
    title: String,
    description: String,
    headline: Option<String>,
    when: &'static str,
    series: Vec<Series>,
    /// The left edge of the plot; the words of the axis stand left of it, under no bar.
    left: f64,
    ticks: Vec<Tick>,
    slots: Vec<Slot>,
    lines: Vec<String>,
    marks: Vec<Mark>,
    empty: Option<&'static str>,
    rows: Vec<(String, Vec<String>)>,
    sums: Option<Vec<String>>,
}

#[derive(Debug)]
struct Tick {
    y: f64,
    words: String,
    zero: bool,
}

#[derive(Debug)]
struct Slot {
    x: f64,
    width: f64,
    words: String,
    bars: Vec<Bar>,
    dots: Vec<Dot>,
}

#[derive(Debug)]
struct Bar {
    series: usize,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    round: f64,
}

#[derive(Debug)]
struct Dot {
    series: usize,
    x: f64,
    y: f64,
}

#[derive(Debug)]
struct Mark {
    x: f64,
    anchor: &'static str,
    words: String,
    /// Left out where there is little room.
    often: bool,
}

/// Most labels along the axis.
const LABELS: usize = 7;
/// The widest that a letter of the axis is drawn, and the room between the axis and the plot.
const LETTER: f64 = 11.0;
const GAP: f64 = 10.0;
/// Most steps of the grid.
const STEPS: i128 = 4;

impl Chart {
    const WIDTH: u32 = 640;
    const HEIGHT: u32 = 220;
    /// The height of the grid's highest line.
    const TOP: u32 = 16;
    /// The height of its lowest line.
    const FLOOR: u32 = 190;
    /// The base line of the labels.
    const LABEL: u32 = 212;

    /// Draws the plan.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let count = plan.labels.len();
        let mut series = plan.series;
        for one in &mut series {
            one.values.resize(count, None);
        }
        let values = || {
            series
                .iter()
                .flat_map(|s| s.values.iter().flatten().copied())
        };
        let nothing = values().all(|value| value == 0);
        let scale = Scale::of(values());
        let unit = plan.unit;
        let mut ticks = scale.ticks(unit);
        if nothing {
            // Without figures no height means anything.
            ticks.retain(|tick| tick.zero);
            ticks.iter_mut().for_each(|tick| tick.words.clear());
        }
        let room = Room::beside(&ticks, count);
        let slots = (0..count)
            .map(|i| slot(i, &plan.labels[i], &series, unit, plan.form, &scale, room))
            .collect();
        let lines = match plan.form {
            Form::Line if count > 0 && !nothing => series
                .iter()
                .map(|s| path(&s.values, &scale, room))
                .collect(),
            _ => Vec::new(),
        };
        let rows = plan.labels.iter().enumerate().map(|(i, label)| {
            let values = series.iter().map(|s| figure(unit, s.values[i])).collect();
            (label.long.clone(), values)
        });
        Self {
            id: plan.id,
            form: match plan.form {
                Form::Bars => "bars",
                Form::Line => "lines",
            },
            left: round(room.left),
            ticks,
            slots,
            lines,
            marks: marks(&plan.labels, room),
            empty: nothing.then_some("Nothing in this period"),
            rows: rows.collect(),
            // A line is of shares or of levels, which add up to nothing.
            sums: (plan.form == Form::Bars && count > 0).then(|| {
                let sum = |s: &Series| {
                    let values = s.values.iter().flatten().copied();
                    values.fold(0, i64::saturating_add)
                };
                series.iter().map(|s| unit.words(sum(s))).collect()
            }),
            title: plan.title,
            description: plan.description,
            headline: plan.headline,
            when: plan.when,
            series,
        }
    }
}

/// A figure in words, or that there is none.
fn figure(unit: Unit, value: Option<i64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| unit.words(value))
}

/// Two decimals are finer than any screen.
fn round(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

/// The room that the parts of the time share.
#[derive(Debug, Clone, Copy)]
struct Room {
    left: f64,
    /// Of one part.
    width: f64,
}

impl Room {
    /// Right of the axis' words.
    fn beside(ticks: &[Tick], count: usize) -> Self {
        let letters = ticks.iter().map(|tick| tick.words.chars().count()).max();
        let left = match letters.unwrap_or(0) {
            0 => 0.0,
            letters => (letters as f64 * LETTER + GAP).min(f64::from(Chart::WIDTH) / 2.0),
        };
        Self {
            left,
            width: (f64::from(Chart::WIDTH) - left) / count.max(1) as f64,
        }
    }

    /// The left edge of a part, or where it is half over.
    fn at(self, part: f64) -> f64 {
        self.left + self.width * part
    }
}

fn slot(
    i: usize,
    label: &Label,
    series: &[Series],
    unit: Unit,
    form: Form,
    scale: &Scale,
    room: Room,
) -> Slot {
    let width = room.width;
    let left = room.at(i as f64);
    let figures: Vec<String> = series
        .iter()
        .map(|s| match series.len() {
            1 => figure(unit, s.values[i]),
            _ => format!("{} {}", s.name, figure(unit, s.values[i])),
        })
        .collect();
    let drawn = series.iter().zip(1..).filter_map(|(s, n)| {
        let value = s.values[i]?;
        Some((n, value, scale.y(value)))
    });
    let bars = match form {
        Form::Line => Vec::new(),
        Form::Bars => drawn
            .clone()
            .filter(|(_, value, _)| *value != 0)
            .map(|(n, _, y)| bar(n, left, width, y, scale.y(0)))
            .collect(),
    };
    let dots = match form {
        Form::Bars => Vec::new(),
        Form::Line => drawn
            .map(|(n, _, y)| Dot {
                series: n,
                x: round(left + width / 2.0),
                y: round(y),
            })
            .collect(),
    };
    Slot {
        x: round(left),
        width: round(width),
        words: format!("{}: {}", label.long, figures.join(", ")),
        bars,
        dots,
    }
}

/// From the zero line to `y`, at least a hair high: something is not nothing.
fn bar(series: usize, left: f64, room: f64, y: f64, zero: f64) -> Bar {
    let width = (room * 0.72).min(44.0);
    let height = (zero - y).abs().max(1.0);
    let top = if y <= zero { zero - height } else { zero };
    Bar {
        series,
        x: round(left + (room - width) / 2.0),
        y: round(top),
        width: round(width),
        height: round(height),
        round: round((width / 6.0).min(height / 2.0).min(3.0)),
    }
}

/// A line through the figures, broken where there is none.
fn path(values: &[Option<i64>], scale: &Scale, room: Room) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for (i, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen = 'M';
            continue;
        };
        let x = round(room.at(i as f64 + 0.5));
        path.push_str(&format!("{pen}{x} {}", round(scale.y(*value))));
        pen = 'L';
    }
    path
}

/// Every so manieth label, counted from the newest.
fn marks(labels: &[Label], room: Room) -> Vec<Mark> {
    let count = labels.len();
    let step = count.div_ceil(LABELS).max(1);
    let shown = labels.iter().enumerate().filter_map(|(i, label)| {
        let back = count - 1 - i;
        let middle = room.at(i as f64 + 0.5);
        // At the edges the words would leave the picture.
        let (x, anchor) = match () {
            () if middle < room.left + 24.0 => (room.left, "start"),
            () if middle > f64::from(Chart::WIDTH) - 24.0 => (f64::from(Chart::WIDTH), "end"),
            () => (middle, "middle"),
        };
        back.is_multiple_of(step).then(|| Mark {
            x: round(x),
            anchor,
            words: label.short.clone(),
            often: !(back / step).is_multiple_of(2),
        })
    });
    shown.collect()
}

/// From values to heights. Zero is always on it, and its ends are round numbers.
struct Scale {
    low: i128,
    high: i128,
    step: i128,
}

impl Scale {
    fn of(values: impl Iterator<Item = i64>) -> Self {
        let (low, high) = values.fold((0, 0), |(low, high), value| {
            (value.min(low), value.max(high))
        });
        let (low, high) = (i128::from(low), i128::from(high));
        let step = nice(steps(high - low, STEPS).max(1));
        let high = steps(high, step) * step;
        let low = -steps(-low, step) * step;
        // Nothing at all: one line at zero, one above it.
        let high = if high == low { step } else { high };
        Self { low, high, step }
    }

    fn y(&self, value: i64) -> f64 {
        let (top, floor) = (f64::from(Chart::TOP), f64::from(Chart::FLOOR));
        let part = (i128::from(value) - self.low) as f64 / (self.high - self.low) as f64;
        floor - part * (floor - top)
    }

    fn ticks(&self, unit: Unit) -> Vec<Tick> {
        let mut ticks = Vec::new();
        let mut value = self.low;
        while value <= self.high {
            // Beyond what can be counted there is nothing to write.
            if let Ok(shown) = i64::try_from(value) {
                let y = self.y(shown);
                ticks.push(Tick {
                    y: round(y),
                    words: unit.short(shown),
                    zero: shown == 0,
                });
            }
            value += self.step;
        }
        ticks
    }
}

/// The number of steps that cover a length that is not negative.
fn steps(length: i128, step: i128) -> i128 {
    (length + step - 1) / step
}

/// The smallest of 1, 2, 5, 10, 20, 50, … that is at least `least`.
fn nice(least: i128) -> i128 {
    let mut ten = 1;
    loop {
        for factor in [1, 2, 5] {
            if factor * ten >= least {
                return factor * ten;
            }
        }
        ten *= 10;
    }
}

#[cfg(test)]
mod tests;
