//! Tables for spreadsheets and programs: CSV as RFC 4180 has it.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use jiff::{Timestamp, tz::TimeZone};
use till_wire::money::Currency;

use crate::error::{ApiError, Result};

/// The beginning of a file that people open: without it spreadsheets take UTF-8 for a code page of their own.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A line of a table: a cell for every column.
pub type Line = Vec<String>;

/// Lines that are read part by part.
pub trait Parts: Send + 'static {
    /// The next lines; none after the last ones.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Line>>>> + Send;
}

/// Sends a table part by part while it is read, so that it may be of any length: `begin`, the head, and the lines. An
/// error after the first part breaks the transfer off, so that nobody takes a part for the whole.
pub async fn send(
    name: &str,
    begin: &'static [u8],
    head: Line,
    mut parts: impl Parts,
) -> Result<Response> {
    let first = parts.next().await?.unwrap_or_default();
    let first = [begin, &lines([head].into_iter().chain(first))?].concat();
    let rest = stream::unfold(Some(parts), |parts| async {
        let mut parts = parts?;
        let text = match parts.next().await.transpose()? {
            Ok(part) => lines(part),
            Err(error) => Err(error),
        };
        match text {
            Ok(text) => Some((Ok(Bytes::from(text)), Some(parts))),
            Err(error) => {
                let cause = format!("a table could not be read to its end: {error:?}");
                Some((Err(std::io::Error::other(cause)), None))
            }
        }
    });
    let first = stream::once(async { Ok(Bytes::from(first)) });
    // Compressing asks once more after the end, which an unfolded stream answers with a panic.
    let body = Body::from_stream(first.chain(rest).fuse());
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            disposition.unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((headers, body).into_response())
}

/// Lines of cells as text.
fn lines(lines: impl IntoIterator<Item = Line>) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for line in lines {
        writer.write_record(line).map_err(ApiError::internal)?;
    }
    let whole = writer.into_inner();
    whole.map_err(|error| ApiError::internal(error.into_error()))
}

/// With what a formula begins, full-width signs included, which spreadsheets read alike.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text that somebody typed, as a cell of any of our files: a spreadsheet would run text that begins like a formula,
/// so such text is marked as text.
pub fn typed(text: &str) -> String {
    match text.starts_with(FORMULA) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// [`typed`] of a text that may be missing.
pub fn typed_or_empty(text: Option<&str>) -> String {
    typed(text.unwrap_or_default())
}

/// A moment in a zone, to the microsecond, with its offset in digits.
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string()
}

/// An amount in the currency's major unit, as the shortest decimal with at least one place: `10.0`, `11.02`.
pub fn decimal(minor: i64, currency: Currency) -> String {
    let unit = 10u64.pow(currency.decimals().into());
    let (whole, part) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "-" } else { "" };
    let places = format!("{part:0width$}", width = currency.decimals().into());
    match places.trim_end_matches('0') {
        "" => format!("{sign}{whole}.0"),
        places => format!("{sign}{whole}.{places}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_quoted_where_it_must_be_and_ends_as_rfc_4180_says() {
        let line = ["a,b", "say \"x\"", "two\nlines", ""].map(str::to_owned);
        let table = lines([line.to_vec()]).unwrap();
        assert_eq!(table, b"\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\r\n");
    }

    #[test]
    fn what_begins_like_a_formula_stays_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(typed(formula), format!("'{formula}"));
        }
        assert_eq!(typed("Ada = 1"), "Ada = 1");
    }

    #[test]
    fn an_amount_is_the_shortest_decimal_of_its_currency() {
        let yen = Currency::of_country("JP").unwrap();
        for (minor, currency, text) in [
            (1000, Currency::USD, "10.0"),
            (1102, Currency::USD, "11.02"),
            (1150, Currency::USD, "11.5"),
            (5, Currency::USD, "0.05"),
            (0, Currency::USD, "0.0"),
            (-250, Currency::USD, "-2.5"),
            (1500, yen, "1500.0"),
        ] {
            assert_eq!(decimal(minor, currency), text);
        }
    }

    #[test]
    fn a_moment_says_its_offset_in_digits() {
        let at: Timestamp = "2026-07-01T10:00:00.5Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(moment(at, &berlin), "2026-07-01T12:00:00.500000+02:00");
        assert_eq!(
            moment(at, &TimeZone::UTC),
            "2026-07-01T10:00:00.500000+00:00"
        );
    }
}
