//! Sheets become files: the same bytes each time, within limits, whatever fonts the machine has.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;

use till_pdf::{Fonts, LONGEST_TEXT, MOST_ROWS, Party, PdfError, Row, Sheet, Sum, Table};

fn row(label: &str) -> Row {
    Row {
        cells: vec![label.to_owned(), "$30.00".to_owned()],
        note: "Jul 1 – Aug 1, 2026".to_owned(),
    }
}

fn sheet(buyer: &str, rows: usize) -> Sheet {
    Sheet {
        language: "en".to_owned(),
        title: "Invoice".to_owned(),
        brand: "Ada".to_owned(),
        date: (2026, 7, 1),
        facts: vec![("Invoice number".to_owned(), "ADA-0001".to_owned())],
        parties: vec![Party {
            name: buyer.to_owned(),
            ..Party::default()
        }],
        lines: Table {
            heads: vec!["Description".to_owned(), "Amount".to_owned()],
            rows: vec![row("Monthly"); rows],
            ..Table::default()
        },
        sums: vec![Sum {
            label: "Total".to_owned(),
            amount: "$30.00".to_owned(),
            strong: true,
        }],
        page_of: "Page {page} of {pages}".to_owned(),
        ..Sheet::default()
    }
}

fn own() -> Fonts {
    Fonts::in_folders(&[])
}

fn count(file: &[u8], what: &str) -> usize {
    file.windows(what.len())
        .filter(|part| *part == what.as_bytes())
        .count()
}

#[test]
fn the_same_sheet_gives_the_same_bytes_in_every_process() {
    let first = sheet("Grace Hopper", 3).render(&own()).unwrap();
    assert_eq!(first, sheet("Grace Hopper", 3).render(&own()).unwrap());
    assert_ne!(first, sheet("Grace Hoppes", 3).render(&own()).unwrap());
    assert!(first.starts_with(b"%PDF-1.7") && first.ends_with(b"%%EOF"));
}

#[test]
fn long_tables_go_on_over_pages() {
    let pages = |rows| count(&sheet("Ada", rows).render(&own()).unwrap(), "/MediaBox");
    assert_eq!((pages(1), pages(MOST_ROWS)), (1, 92));
}

#[test]
fn a_sheet_beyond_a_limit_is_refused() {
    let too_much = |sheet: &Sheet| match sheet.render(&own()) {
        Err(PdfError::TooMuch(what)) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(too_much(&sheet("Ada", MOST_ROWS + 1)), "rows");
    assert_eq!(too_much(&sheet(&"a".repeat(LONGEST_TEXT + 1), 1)), "text");
    let mut many = sheet("Ada", 1);
    many.notes = vec!["a".repeat(LONGEST_TEXT); 101];
    assert_eq!(too_much(&many), "text");
    let mut wide = sheet("Ada", 1);
    wide.lines.rows[0].cells.push("more".to_owned());
    assert_eq!(too_much(&wide), "columns");
}

#[test]
fn the_longest_texts_are_set_whatever_is_in_them() {
    for text in [
        "a", "שלום", "ا", "あ", "\u{202e}", "\u{0}", "e\u{301}", "🙂", " ", "\n", "\u{200d}", "(א1",
    ] {
        let long = text.repeat(LONGEST_TEXT / text.len());
        let mut sheet = sheet(&long, 1);
        sheet.lines.rows[0].cells[0] = long.clone();
        sheet.notes.push(long);
        let file = sheet.render(&Fonts::system()).unwrap();
        assert!(count(&file, "/MediaBox") >= 1, "{text:?}");
    }
}

#[test]
fn fonts_that_are_missing_are_named_and_those_that_are_broken_are_none() {
    let missing: Vec<_> = own().missing().iter().map(|one| one.script).collect();
    assert_eq!(
        missing,
        ["Arabic", "Hebrew", "Chinese, Japanese and Korean"]
    );
    let folder = std::env::temp_dir().join("till-pdf-broken-fonts");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("NotoSansArabic-Regular.ttf"), b"no font").unwrap();
    let fonts = Fonts::in_folders(&[&folder, Path::new("/nowhere")]);
    assert_eq!(fonts.missing().len(), 2);
    assert!(sheet("شركة", 1).render(&fonts).is_ok());
}
