//! Business documents as PDF: a [`Sheet`] of texts that are already in the reader's language becomes the bytes of a file.
//! The same sheet gives the same bytes on every machine that has the same fonts: there is no clock and no randomness here.

mod fonts;
mod layout;
mod text;
mod write;

pub use fonts::{Fonts, Missing};

use layout::Layout;

/// Rows of all tables of a sheet, at most.
pub const MOST_ROWS: usize = 2_000;
/// Bytes of one text of a sheet, at most.
pub const LONGEST_TEXT: usize = 10_000;
/// Bytes of all texts of a sheet, at most.
pub const LONGEST_SHEET: usize = 1_000_000;
/// Columns of a table, at most.
pub const MOST_COLUMNS: usize = 6;

/// The form in which characters shared by Chinese, Japanese and Korean are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Han {
    /// As in mainland China.
    #[default]
    Simplified,
    /// As in Taiwan.
    Traditional,
    /// As in Hong Kong and Macao.
    HongKong,
    /// As in Japan.
    Japanese,
    /// As in Korea.
    Korean,
}

impl Han {
    /// The form that readers in a country expect, ISO 3166-1 alpha-2.
    pub fn of_country(country: &str) -> Self {
        match country {
            "TW" => Self::Traditional,
            "HK" | "MO" => Self::HongKong,
            "JP" => Self::Japanese,
            "KR" | "KP" => Self::Korean,
            _ => Self::Simplified,
        }
    }
}

/// The size of the paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Paper {
    /// 210 by 297 millimetres.
    #[default]
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// The paper that is usual in a country, ISO 3166-1 alpha-2.
    pub fn of_country(country: &str) -> Self {
        match country {
            "US" | "CA" | "MX" | "CL" | "CO" | "CR" | "DO" | "GT" | "PA" | "PH" | "PR" | "SV"
            | "VE" => Self::Letter,
            _ => Self::A4,
        }
    }

    /// Width and height in points.
    pub(crate) fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.28, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// A document, in the words of its reader. Texts may hold line feeds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Language of the words, BCP 47.
    pub language: String,
    /// Form of the characters that several languages share.
    pub han: Han,
    /// Size of the pages.
    pub paper: Paper,
    /// Kind of document, such as "Invoice".
    pub title: String,
    /// Name of who writes it, beside the title.
    pub brand: String,
    /// Day of the document: year, month, day. It becomes the file's creation date.
    pub date: (u16, u8, u8),
    /// Names and values below the title, such as the number.
    pub facts: Vec<(String, String)>,
    /// Seller and buyer, side by side.
    pub parties: Vec<Party>,
    /// Sentence in large letters above the table, such as the amount that is due.
    pub headline: String,
    /// Lines of the document.
    pub lines: Table,
    /// Sums below the lines.
    pub sums: Vec<Sum>,
    /// Paragraphs below the sums.
    pub notes: Vec<String>,
    /// Further tables, such as payments and refunds.
    pub tables: Vec<Table>,
    /// Words at the foot of every page.
    pub footer: String,
    /// Number of the page, with `{page}` and `{pages}` in it.
    pub page_of: String,
}

/// One side of the deal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Party {
    /// Words above it, such as "Bill to"; may be empty.
    pub heading: String,
    /// The name.
    pub name: String,
    /// Address, numbers and whatever else.
    pub lines: Vec<String>,
}

/// A table: the first column takes the room that the others leave, and those stand at the right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Words above it; may be empty.
    pub title: String,
    /// Heads of the columns, repeated on every page.
    pub heads: Vec<String>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// As many as the table has heads.
    pub cells: Vec<String>,
    /// Small words below the first cell; may be empty.
    pub note: String,
}

/// A sum.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sum {
    /// Its name.
    pub label: String,
    /// Its amount.
    pub amount: String,
    /// True where it stands out.
    pub strong: bool,
}

/// A sheet could not become a file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PdfError {
    /// It has too much of something.
    #[error("the document has more {0} than fit")]
    TooMuch(&'static str),
    /// A font cannot be read.
    #[error("the font {0} cannot be embedded")]
    Font(String),
}

impl Sheet {
    /// The bytes of the file.
    ///
    /// # Errors
    /// Where the sheet exceeds a limit ([`MOST_ROWS`], [`LONGEST_TEXT`], [`LONGEST_SHEET`], [`MOST_COLUMNS`]), or a font
    /// of the system is broken.
    pub fn render(&self, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
        self.check()?;
        let pages = Layout::new(self, fonts).pages();
        write::file(self, fonts, &pages)
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        std::iter::once(&self.lines).chain(&self.tables)
    }

    fn check(&self) -> Result<(), PdfError> {
        let rows: usize = self.tables().map(|table| table.rows.len()).sum();
        let others = [
            self.facts.len(),
            self.parties.iter().map(|party| party.lines.len()).sum(),
            self.sums.len(),
            self.notes.len(),
        ];
        if rows > MOST_ROWS || others.into_iter().any(|count| count > MOST_ROWS) {
            return Err(PdfError::TooMuch("rows"));
        }
        let is_wide = |table: &Table| {
            let heads = table.heads.len();
            heads > MOST_COLUMNS || table.rows.iter().any(|row| row.cells.len() != heads)
        };
        if self.parties.len() > 3 || self.tables().any(is_wide) {
            return Err(PdfError::TooMuch("columns"));
        }
        let mut all = 0;
        for text in self.texts() {
            all += text.len();
            if text.len() > LONGEST_TEXT || all > LONGEST_SHEET {
                return Err(PdfError::TooMuch("text"));
            }
        }
        Ok(())
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let own = [
            &self.language,
            &self.title,
            &self.brand,
            &self.headline,
            &self.footer,
            &self.page_of,
        ];
        let facts = self.facts.iter().flat_map(|(name, value)| [name, value]);
        let parties = self.parties.iter().flat_map(|party| {
            [&party.heading, &party.name]
                .into_iter()
                .chain(&party.lines)
        });
        let tables = self.tables().flat_map(|table| {
            let rows = table.rows.iter();
            let rows = rows.flat_map(|row| row.cells.iter().chain([&row.note]));
            [&table.title].into_iter().chain(&table.heads).chain(rows)
        });
        let sums = self.sums.iter().flat_map(|sum| [&sum.label, &sum.amount]);
        own.into_iter()
            .chain(facts)
            .chain(parties)
            .chain(tables)
            .chain(sums)
            .chain(&self.notes)
            .map(String::as_str)
    }
}
