//! Data of CLDR for a language, written by `locales/cldr.mjs`.

use std::collections::HashMap;

use jiff::civil::Date;

/// The way in which a language writes money, shares, dates and the names of countries.
#[derive(Debug, Default)]
pub struct Cldr {
    /// `#` stands for the number, `¤` for the currency's sign.
    positive: &'static str,
    negative: &'static str,
    percent: &'static str,
    /// `{day}`, `{month}` and `{year}` in their order.
    date: &'static str,
    months: Vec<&'static str>,
    /// The first of a month, where it is written in another way than the other days.
    first: Option<&'static str>,
    signs: HashMap<&'static str, &'static str>,
    countries: Vec<(&'static str, &'static str)>,
}

/// Between letters and digits.
const NBSP: char = '\u{a0}';

impl Cldr {
    pub(super) fn read(table: &'static str) -> Self {
        let mut read = Self::default();
        for line in table.lines() {
            let mut cells = line.split('\t');
            let (key, mut next) = (cells.next(), || cells.next().unwrap_or_default());
            match key {
                Some("positive") => read.positive = next(),
                Some("negative") => read.negative = next(),
                Some("percent") => read.percent = next(),
                Some("date") => read.date = next(),
                Some("first") => read.first = Some(next()),
                Some("months") => read.months = cells.collect(),
                Some("currency") => {
                    let code = next();
                    read.signs.insert(code, next());
                }
                Some("country") => read.countries.push((next(), next())),
                _ => {}
            }
        }
        read
    }

    /// A currency's sign, else its code; `code` in upper case.
    pub fn sign<'a>(&self, code: &'a str) -> &'a str {
        self.signs.get(code).copied().unwrap_or(code)
    }

    /// A written number without its minus as money.
    pub fn money(&self, number: &str, code: &str, negative: bool) -> String {
        let pattern = if negative {
            self.negative
        } else {
            self.positive
        };
        let sign = self.sign(code);
        let mut written = String::new();
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '¤' => {
                    // A sign that ends or begins with a letter is set apart from the digits beside it.
                    let apart = |c: Option<char>| c.is_some_and(char::is_alphabetic);
                    if written.ends_with(|c: char| c.is_ascii_digit()) && apart(sign.chars().next())
                    {
                        written.push(NBSP);
                    }
                    written.push_str(sign);
                    if chars.peek() == Some(&'#') && apart(sign.chars().last()) {
                        written.push(NBSP);
                    }
                }
                '#' => written.push_str(number),
                other => written.push(other),
            }
        }
        written
    }

    /// A written number as a share of a hundred.
    pub fn percent(&self, number: &str) -> String {
        self.percent.replace('#', number)
    }

    /// A day in full.
    pub fn date(&self, date: Date) -> String {
        let month = usize::from(date.month().unsigned_abs()) - 1;
        let day = match (date.day(), self.first) {
            (1, Some(first)) => first.to_owned(),
            (day, _) => day.to_string(),
        };
        self.date
            .replace("{day}", &day)
            .replace(
                "{month}",
                self.months.get(month).copied().unwrap_or_default(),
            )
            .replace("{year}", &date.year().to_string())
    }

    /// Code and name of every country, in the language's own order.
    pub fn countries(&self) -> &[(&'static str, &'static str)] {
        &self.countries
    }
}
