//! The small parts that lists, detail pages and forms are made of.

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};
use till_wire::{money::Currency, payments::CardMetadata};

use crate::http::idempotency;
use crate::pages::checkout::money::{Locale, display};

/// An amount in its currency's form: `$1,234.50`. `minor` counts minor units.
pub fn money(minor: i64, currency: Currency) -> String {
    display(minor, currency.as_str(), currency.decimals(), Locale::En)
}

/// An instant as it is shown: in the viewer's zone, the exact one on hover.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"<time datetime="{{ exact }}" title="{{ exact }}">{{ shown }}</time>"#,
    ext = "html"
)]
pub struct Moment {
    exact: String,
    shown: String,
}

impl Moment {
    /// With day and minute, such as `22 Nov 2026, 19:17`.
    pub fn new(at: Timestamp, zone: &TimeZone) -> Self {
        Self::shown(at, zone, "%-d %b %Y, %H:%M")
    }

    /// The same as words, for a sentence.
    pub fn words(at: Timestamp, zone: &TimeZone) -> String {
        Self::new(at, zone).shown
    }

    /// With day and second, such as `22 Nov 2026, 19:17:05`.
    pub fn with_seconds(at: Timestamp, zone: &TimeZone) -> Self {
        Self::shown(at, zone, "%-d %b %Y, %H:%M:%S")
    }

    /// Beside another instant: on the same day the clock is enough.
    pub fn beside(at: Timestamp, other: Timestamp, zone: &TimeZone) -> Self {
        let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
        match date(at) == date(other) {
            true => Self::shown(at, zone, "%H:%M:%S"),
            false => Self::with_seconds(at, zone),
        }
    }

    fn shown(at: Timestamp, zone: &TimeZone, format: &str) -> Self {
        let local = at.to_zoned(zone.clone());
        let mut shown = local.strftime(format).to_string();
        // Without a known zone the clock is nobody's own, so it says whose it is.
        if zone == &TimeZone::UTC {
            shown.push_str(" UTC");
        }
        Self {
            exact: at.to_string(),
            shown,
        }
    }
}

/// The day of an instant: `22 Nov 2026`.
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string()
}

/// The colour of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As wished.
    Good,
    /// Needs a look.
    Bad,
    /// Under way.
    Busy,
    /// Over, or of no importance.
    Quiet,
}

impl Tone {
    /// The name of its style.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Busy => "busy",
            Tone::Quiet => "quiet",
        }
    }

    /// The tone of a state as the API names it.
    pub fn of(state: &str) -> Self {
        match state {
            "succeeded" | "paid" | "active" | "confirmed" | "enabled" | "public" => Tone::Good,
            "failed" | "past_due" | "unpaid" | "disabled" | "revoked" => Tone::Bad,
            "open" | "pending" | "processing" | "trialing" | "requires_action" | "draft"
            | "private" => Tone::Busy,
            _ => Tone::Quiet,
        }
    }
}

/// One value in a list or on a detail page.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/cell.html")]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// Words with a softer line below.
    Noted(String, String),
    /// A link, and a softer line below.
    Link {
        /// Its address.
        href: String,
        /// Its words.
        text: String,
        /// The line below.
        note: Option<String>,
    },
    /// A link to a page of another site, which opens in a tab of its own.
    Outside {
        /// Its address.
        href: String,
        /// Its words.
        text: String,
    },
    /// An amount.
    Money(String),
    /// An instant.
    Time(Moment),
    /// A state.
    State {
        /// As shown.
        text: String,
        /// Its colour.
        tone: Tone,
    },
    /// An id or another text to be copied, with its button.
    Code(String),
    /// A secret, shown on demand, with its button to copy it without looking.
    Secret(String),
    /// Several values, one below the other.
    Many(Vec<Cell>),
    /// A block of text kept as it is, such as JSON.
    Block(String),
}

impl Cell {
    /// Words, or nothing.
    pub fn text(text: Option<impl Into<String>>) -> Self {
        text.map_or(Cell::Empty, |text| Cell::Text(text.into()))
    }

    /// A link without a second line.
    pub fn link(href: impl Into<String>, text: impl Into<String>) -> Self {
        Cell::Link {
            href: href.into(),
            text: text.into(),
            note: None,
        }
    }

    /// An instant in the viewer's zone.
    pub fn time(at: Timestamp, zone: &TimeZone) -> Self {
        Cell::Time(Moment::new(at, zone))
    }

    /// An instant to the second.
    pub fn second(at: Timestamp, zone: &TimeZone) -> Self {
        Cell::Time(Moment::with_seconds(at, zone))
    }

    /// An instant, or nothing.
    pub fn time_or_nothing(at: Option<Timestamp>, zone: &TimeZone) -> Self {
        at.map_or(Cell::Empty, |at| Self::time(at, zone))
    }

    /// An amount in its currency.
    pub fn money(minor: i64, currency: Currency) -> Self {
        Cell::Money(money(minor, currency))
    }

    /// A state by the API's name for it.
    pub fn state(state: &str) -> Self {
        Self::toned(state, Tone::of(state))
    }

    /// A state in a colour of its own.
    pub fn toned(state: &str, tone: Tone) -> Self {
        Cell::State {
            text: sentence(state),
            tone,
        }
    }
}

/// A name of the API's as words: `past_due` is `Past due`. The dashboard's spelling is that of its other words.
pub fn sentence(name: &str) -> String {
    capitalized(
        &name
            .replace(['_', '.'], " ")
            .replace("canceled", "cancelled"),
    )
}

/// Words with their first letter in upper case.
pub fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// One thing that can be done with a row or an object.
#[derive(Debug, Clone)]
pub enum MenuItem {
    /// Copies a text and says so: words on the button, and the text.
    Copy(&'static str, String),
    /// Goes to a page: words, and its address.
    Link(&'static str, String),
    /// Goes to a page that asks before it destroys anything: words, and its address.
    Confirm(&'static str, String),
    /// Does it at once, by a POST: words, and where it goes.
    Post(&'static str, String),
    /// Makes something at once, by a POST that makes it once: words, where it goes, and its key.
    PostOnce(&'static str, String, String),
    /// A line between groups.
    Separator,
}

/// The menu of a row or an object.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/menu.html")]
pub struct Menu {
    /// The menu's label, for people who hear the page.
    pub name: String,
    /// The actions.
    pub items: Vec<MenuItem>,
}

/// A card: `Visa ending in 4242`, with its expiry below.
pub fn card(card: Option<&CardMetadata>, method: &str) -> (String, Option<String>) {
    match card {
        Some(card) => (
            format!("{} ending in {}", sentence(&card.brand), card.last4),
            Some(format!(
                "expires {:02}/{:02}",
                card.exp_month,
                card.exp_year % 100
            )),
        ),
        None => (sentence(method), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_in_the_viewers_zone_with_the_exact_instant_beside_it() {
        let at: Timestamp = "2026-07-01T22:30:00.5Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(
            Moment::new(at, &berlin).to_string(),
            r#"<time datetime="2026-07-01T22:30:00.5Z" title="2026-07-01T22:30:00.5Z">2 Jul 2026, 00:30</time>"#
        );
        assert!(
            Moment::new(at, &TimeZone::UTC)
                .to_string()
                .contains("22:30 UTC")
        );
    }

    #[test]
    fn what_users_typed_is_never_markup() {
        let cell = Cell::Link {
            href: "/x\"y".into(),
            text: "<b>".into(),
            note: Some("&".into()),
        };
        let html = cell.to_string();
        assert!(!html.contains("<b>") && !html.contains("x\"y"), "{html}");
    }

    #[test]
    fn names_become_words() {
        assert_eq!(sentence("past_due"), "Past due");
        assert_eq!(sentence("order.paid"), "Order paid");
        assert_eq!(sentence("canceled"), "Cancelled");
    }
}
