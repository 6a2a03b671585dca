//! Tables for spreadsheets and programs: CSV as RFC 4180 has it.

use axum::http::{HeaderName, HeaderValue, header};

/// The beginning of a file that people open: without it spreadsheets take UTF-8 for a code page of their own.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Lines of cells as text.
pub fn lines<L>(lines: impl IntoIterator<Item = L>) -> Result<Vec<u8>, csv::Error>
where
    L: IntoIterator,
    L::Item: AsRef<[u8]>,
{
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for line in lines {
        writer.write_record(line)?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
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

/// The headers of a table that is saved as a file of this name, which is ours and plain.
pub fn headers(name: &str) -> [(HeaderName, HeaderValue); 2] {
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_quoted_where_it_must_be_and_ends_as_rfc_4180_says() {
        let table = lines([["a,b", "say \"x\"", "two\nlines", ""]]).unwrap();
        assert_eq!(table, b"\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\r\n");
    }

    #[test]
    fn what_begins_like_a_formula_stays_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(typed(formula), format!("'{formula}"));
        }
        assert_eq!(typed("Ada = 1"), "Ada = 1");
    }
}
