//! The fields of a form as they arrive, with a bound on everything that a sender chooses: how many there are, how long
//! and how deep their names are, and how high their rows are numbered. No form of ours comes near the bounds, so
//! whatever exceeds one is refused as a whole and never cut.

use crate::error::ApiError;

/// The most fields.
pub(crate) const FIELDS: usize = 2_000;
/// The longest name of a field, in bytes.
pub(crate) const NAME: usize = 300;
/// The most steps of a name: `prices.0.seat_tiers.tiers.0.max_seats` has six.
pub(crate) const DEPTH: usize = 8;
/// The most rows of a group; they are numbered from 0.
pub(crate) const ROWS: usize = 256;

/// Which bound a form exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormRefused {
    /// More than [`FIELDS`] fields.
    Fields,
    /// A name of more than [`NAME`] bytes.
    Name,
    /// A name of more than [`DEPTH`] steps.
    Depth,
    /// A row that is numbered [`ROWS`] or higher.
    Row,
}

impl FormRefused {
    /// The error of the form, for people.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Fields => format!("The form has more than {FIELDS} fields."),
            Self::Name => format!("A field of the form has a name of more than {NAME} bytes."),
            Self::Depth => {
                format!("A field of the form has a name of more than {DEPTH} steps.")
            }
            Self::Row => format!("A part of the form has more than {ROWS} rows."),
        }
    }
}

impl From<FormRefused> for ApiError {
    fn from(refused: FormRefused) -> Self {
        Self::form_refused(refused.words())
    }
}

/// Names and values of an urlencoded body, in its order.
pub(crate) fn read(body: &[u8]) -> Result<Vec<(String, String)>, FormRefused> {
    // Counted before anything is copied. An empty part is no field, but costs its reading all the same.
    if body.iter().filter(|byte| **byte == b'&').count() >= FIELDS {
        return Err(FormRefused::Fields);
    }
    url::form_urlencoded::parse(body)
        .map(|(name, value)| {
            bounded(&name)?;
            Ok((name.into_owned(), value.into_owned()))
        })
        .collect()
}

fn bounded(name: &str) -> Result<(), FormRefused> {
    if name.len() > NAME {
        return Err(FormRefused::Name);
    }
    match name.split('.').nth(DEPTH) {
        Some(_) => Err(FormRefused::Depth),
        None => Ok(()),
    }
}

/// Refuses a name one of whose steps numbers a row too high; the first step names the group or the field itself.
pub(crate) fn rows_bounded(name: &str) -> Result<(), FormRefused> {
    let is_number = |step: &str| !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
    let is_high = |step: &str| step.parse::<usize>().map_or(true, |row| row >= ROWS);
    match name
        .split('.')
        .skip(1)
        .any(|step| is_number(step) && is_high(step))
    {
        true => Err(FormRefused::Row),
        false => Ok(()),
    }
}

/// The row that a step of a name stands for, written as our forms write it: without signs and leading zeros.
pub(crate) fn row(step: &str) -> Option<usize> {
    let is_plain = step == "0" || !step.starts_with(['0', '+']);
    step.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> Option<FormRefused> {
        read(body.as_bytes()).err()
    }

    #[test]
    fn a_form_has_bounds_and_what_exceeds_one_is_refused_as_a_whole() {
        let fields = |count: usize| vec!["a=1"; count].join("&");
        assert_eq!(refused(&fields(FIELDS)), None);
        assert_eq!(refused(&fields(FIELDS + 1)), Some(FormRefused::Fields));
        assert_eq!(refused(&"&".repeat(FIELDS)), Some(FormRefused::Fields));
        let name = |length: usize| format!("{}=1", "n".repeat(length));
        assert_eq!(refused(&name(NAME)), None);
        assert_eq!(refused(&name(NAME + 1)), Some(FormRefused::Name));
        let steps = |count: usize| format!("{}=1", vec!["a"; count].join("."));
        assert_eq!(refused(&steps(DEPTH)), None);
        assert_eq!(refused(&steps(DEPTH + 1)), Some(FormRefused::Depth));
        assert_eq!(refused(&"%2E".repeat(DEPTH)), Some(FormRefused::Depth));
        assert_eq!(
            refused("custom_field_data.2026=1"),
            None,
            "an answer's name is no row"
        );
    }

    #[test]
    fn rows_have_a_highest_number() {
        for good in ["prices.255.k", "4242", "a.4242a", "a.", "a..b"] {
            assert_eq!(rows_bounded(good), Ok(()), "{good}");
        }
        for row in ["256", "99999999999999999999", "00256"] {
            let name = format!("prices.{row}.k");
            assert_eq!(rows_bounded(&name), Err(FormRefused::Row), "{row}");
        }
    }

    #[test]
    fn a_row_is_numbered_without_signs_and_leading_zeros() {
        assert_eq!(row("0"), Some(0));
        assert_eq!(row("12"), Some(12));
        for other in ["", "+1", "01", "00", "-1", "1a", " 1"] {
            assert_eq!(row(other), None, "{other}");
        }
    }
}
