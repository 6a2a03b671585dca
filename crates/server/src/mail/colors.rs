//! Colours of a letter: the organization's, with text on it that can be read, in light and in dark.

use std::fmt;

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Color(u8, u8, u8);

const WHITE: Color = Color(0xff, 0xff, 0xff);
const BLACK: Color = Color(0, 0, 0);
/// The card that a letter is on, in dark. In light it is white.
const DARK_CARD: Color = Color(0x27, 0x27, 0x2a);
const INK: Color = Color(0x18, 0x18, 0x1b);
const PAPER: Color = Color(0xfa, 0xfa, 0xfa);
/// The contrast with what is around it below which a button gets an edge.
const VISIBLE: f64 = 1.5;

impl Color {
    /// Of `#` and six hexadecimal digits.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let is_plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
        is_plain.then_some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            match part <= 0.040_45 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast with another, 1 to 21 (WCAG 2.2).
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Black or white, whichever is easier to read on it: the contrast is 4.5 at least.
    fn ink(self) -> Self {
        match self.contrast(WHITE) >= self.contrast(BLACK) {
            true => WHITE,
            false => BLACK,
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// Colours of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Button {
    /// Its own.
    pub(super) fill: Color,
    /// Color of its text.
    pub(super) ink: Color,
    /// Color of its edge.
    pub(super) edge: Color,
}

impl Button {
    /// Of this colour on a card of that one.
    fn on(card: Color, fill: Color) -> Self {
        let ink = fill.ink();
        let edge = match fill.contrast(card) < VISIBLE {
            true => ink,
            false => fill,
        };
        Self { fill, ink, edge }
    }
}

/// Colours of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// The stripe on top; none where the organization has no colour.
    pub(super) stripe: Option<Color>,
    /// The button in light.
    pub(super) light: Button,
    /// The button in dark.
    pub(super) dark: Button,
}

impl Look {
    /// Of the organization's colour.
    pub(super) fn of(color: Option<&str>) -> Self {
        let plain = |fill, ink| Button {
            fill,
            ink,
            edge: fill,
        };
        match color.and_then(Color::parse) {
            Some(color) => Self {
                stripe: Some(color),
                light: Button::on(WHITE, color),
                dark: Button::on(DARK_CARD, color),
            },
            None => Self {
                stripe: None,
                light: plain(INK, WHITE),
                dark: plain(PAPER, INK),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_button_can_be_read_and_seen_whatever_its_colour(red: u8, green: u8, blue: u8) {
            let look = Look::of(Some(&Color(red, green, blue).to_string()));
            for (button, card) in [(look.light, WHITE), (look.dark, DARK_CARD)] {
                prop_assert!(button.fill.contrast(button.ink) >= 4.5);
                prop_assert!(button.fill.contrast(card).max(button.edge.contrast(card)) >= VISIBLE);
            }
        }

        #[test]
        fn what_is_no_colour_is_none(text in "#?.{0,8}") {
            let digits = text.strip_prefix('#').unwrap_or_default();
            let is_color = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
            prop_assert_eq!(Look::of(Some(&text)).stripe.is_some(), is_color);
        }
    }

    #[test]
    fn plain_buttons_can_be_read() {
        let look = Look::of(None);
        for button in [look.light, look.dark] {
            assert!(button.fill.contrast(button.ink) > 7.0);
        }
        assert!((WHITE.contrast(BLACK) - 21.0).abs() < 1e-9);
    }
}
