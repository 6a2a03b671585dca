//! Decimal numbers with twelve places, in which usage is added up without loss.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Places behind the point.
const PLACES: i64 = 12;
/// One, in units of the last place.
const ONE: i128 = 1_000_000_000_000;
/// Digits before the point, at most, of a number that is read.
const WHOLE_DIGITS: i64 = 18;

/// Exponents beyond this, either way, are as good as this one: no text has so many digits.
const EXPONENT: i64 = 1 << 40;

/// A number to twelve decimal places. Sums stay exact for 100 million numbers of the largest size that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i128);

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// Reads a number as JSON writes it, with or without an exponent; further places are rounded half away from zero.
    /// `None` where it is no number, or has more than 18 digits before the point.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                let exponent = exponent.parse::<i64>().ok()?;
                (mantissa, exponent.clamp(-EXPONENT, EXPONENT))
            }
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<i128> = whole
            .bytes()
            .chain(fraction.bytes())
            .map(|b| b.is_ascii_digit().then(|| i128::from(b - b'0')))
            .collect::<Option<_>>()?;
        if digits.is_empty() {
            return None;
        }
        let Some(first) = digits.iter().position(|digit| *digit != 0) else {
            return Some(Self::ZERO);
        };
        // The place of the point among the digits, and how many of them count.
        let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
        let digits = &digits[first..];
        let point = point - i64::try_from(first).ok()?;
        if point > WHOLE_DIGITS {
            return None;
        }
        let kept = point + PLACES;
        let Ok(kept) = usize::try_from(kept) else {
            return Some(Self::ZERO);
        };
        let mut units = (0..kept).fold(0, |n, i| n * 10 + digits.get(i).copied().unwrap_or(0));
        if digits.get(kept).is_some_and(|digit| *digit >= 5) {
            units += 1;
        }
        Some(Self(if negative { -units } else { units }))
    }

    /// The sum; where it is beyond all bounds, the bound.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference; where it is beyond all bounds, the bound.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The number divided by a count, to twelve places, rounded half away from zero; zero where the count is.
    #[must_use]
    pub fn over(self, count: i64) -> Self {
        if count == 0 {
            return Self::ZERO;
        }
        let count = i128::from(count);
        let (whole, rest) = (self.0 / count, self.0 % count);
        let away = i128::from(rest.abs().saturating_mul(2) >= count.abs());
        Self(whole + away * self.0.signum() * count.signum())
    }

    /// The product with another number, rounded half away from zero to a multiple of `step`; none where it is too large.
    #[must_use]
    pub fn times(self, other: Self, step: i64) -> Option<i64> {
        let product = self.0.checked_mul(other.0)?;
        let unit = i128::from(step.max(1)) * (ONE * ONE);
        let (whole, rest) = (product.abs() / unit, product.abs() % unit);
        let units = whole + i128::from(rest * 2 >= unit);
        let rounded = units.checked_mul(i128::from(step.max(1)))? * product.signum();
        i64::try_from(rounded).ok()
    }

    /// The largest whole number that is not larger; where it is beyond 64 bits, the bound.
    pub fn floor(self) -> i64 {
        let whole = self.0.div_euclid(ONE);
        i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
    }

    /// The nearest double, as JSON shows it.
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::MAX)
    }
}

impl From<i64> for Decimal {
    fn from(n: i64) -> Self {
        Self(i128::from(n) * ONE)
    }
}

/// As short as it can be, without an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (
            self.0.unsigned_abs() / ONE.unsigned_abs(),
            self.0.unsigned_abs() % ONE.unsigned_abs(),
        );
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let places = format!("{rest:012}");
        write!(f, "{sign}{whole}.{}", places.trim_end_matches('0'))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Reads what [`Decimal`] writes, sums beyond the bound of [`Decimal::parse`] too.
impl std::str::FromStr for Decimal {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("no decimal number: {text:?}");
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let negative = whole.starts_with('-');
        if fraction.len() > 12 || fraction.bytes().any(|b| !b.is_ascii_digit()) {
            return Err(wrong());
        }
        let whole: i128 = whole.parse().map_err(|_| wrong())?;
        let fraction: i128 = format!("{fraction:0<12}").parse().map_err(|_| wrong())?;
        let units = whole
            .checked_mul(ONE)
            .and_then(|units| match negative {
                true => units.checked_sub(fraction),
                false => units.checked_add(fraction),
            })
            .ok_or_else(wrong)?;
        Ok(Self(units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_twelve_places() {
        for (text, read) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("5", "5"),
            ("0.1", "0.1"),
            ("-12.50", "-12.5"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            ("0.0000000000005", "0.000000000001"),
            ("0.00000000000049", "0"),
            ("-0.0000000000015", "-0.000000000002"),
            ("1e-40", "0"),
            ("0.001e-9223372036854775808", "0"),
            ("0e9223372036854775807", "0"),
            ("999999999999999999", "999999999999999999"),
            ("000000000000000000000001", "1"),
            ("+3", "3"),
        ] {
            let number = Decimal::parse(text).unwrap();
            assert_eq!(number.to_string(), read, "{text}");
            assert_eq!(read.parse(), Ok(number), "{text}");
        }
        for wrong in [
            "",
            "-",
            "x",
            "1.2.3",
            "1e",
            "1e19",
            "1e9223372036854775807",
            "0.001e9223372036854775807",
            "1000000000000000000",
            "0x5",
        ] {
            assert_eq!(Decimal::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn products_are_rounded_half_away_from_zero() {
        for (one, other, step, product) in [
            ("3000", "0.2", 1, Some(600)),
            ("2.5", "1", 1, Some(3)),
            ("-2.5", "1", 1, Some(-3)),
            ("2.499999999999", "1", 1, Some(2)),
            ("0.000000000001", "500000000000", 1, Some(1)),
            ("149.9", "1", 100, Some(100)),
            ("150", "1", 100, Some(200)),
            ("999999999999999999", "0.0001", 1, Some(100_000_000_000_000)),
            ("999999999999999999", "1", 1, None),
        ] {
            let number = |text: &str| Decimal::parse(text).unwrap();
            assert_eq!(
                number(one).times(number(other), step),
                product,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn sums_are_exact_and_averages_rounded() {
        let tenth = Decimal::parse("0.1").unwrap();
        let sum = (0..10).fold(Decimal::ZERO, |sum, _| sum.plus(tenth));
        assert_eq!(sum, Decimal::from(1));
        assert_eq!(Decimal::from(2).over(3).to_string(), "0.666666666667");
        assert_eq!(Decimal::from(-2).over(3).to_string(), "-0.666666666667");
        assert_eq!(Decimal::from(7).over(0), Decimal::ZERO);
        assert_eq!(Decimal::from(3).minus(tenth).to_f64(), 2.9);
    }
}
