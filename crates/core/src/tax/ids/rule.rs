//! Rules that read a number before it is checked.

/// The rule of one kind of number: how it is written, and the check it must pass.
pub(super) struct Rule {
    separators: &'static str,
    prefix: &'static str,
    complete: fn(String) -> String,
    valid: fn(&str) -> bool,
}

impl Rule {
    /// Numbers with any of `separators` between their characters and an optional country `prefix`.
    pub(super) fn new(
        separators: &'static str,
        prefix: &'static str,
        valid: fn(&str) -> bool,
    ) -> Self {
        Self::completed(separators, prefix, |number| number, valid)
    }

    /// The same for numbers that have a short form: `complete` makes the full form of it.
    pub(super) fn completed(
        separators: &'static str,
        prefix: &'static str,
        complete: fn(String) -> String,
        valid: fn(&str) -> bool,
    ) -> Self {
        Self {
            separators,
            prefix,
            complete,
            valid,
        }
    }

    /// The normal form of a number that [`read`] returned, if it is valid.
    pub(super) fn apply(&self, number: &str) -> Option<String> {
        let bare: String = number
            .chars()
            .filter(|c| !self.separators.contains(*c))
            .collect();
        let bare = bare.strip_prefix(self.prefix).unwrap_or(&bare);
        let normal = (self.complete)(bare.to_owned());
        (self.valid)(&normal).then_some(normal)
    }
}

/// The number trimmed, in upper case, and in ASCII; `None` if it cannot be. Two letters outside
/// ASCII belong to numbers themselves: `Ñ` stays in Mexico's, and North Macedonia's prefix may be
/// written in Cyrillic.
pub(super) fn read(number: &str, country: &str) -> Option<String> {
    let number: Option<String> = number.trim().chars().map(|c| plain(c, country)).collect();
    number.filter(|number| !number.is_empty())
}

fn plain(c: char, country: &str) -> Option<char> {
    Some(match (c, country) {
        ('\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}', _) => ' ',
        ('\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}', _) => '-',
        ('\u{b7}' | '\u{2022}' | '\u{2024}' | '\u{ff0e}', _) => '.',
        ('\u{2044}' | '\u{2215}' | '\u{ff0f}', _) => '/',
        ('０'..='９', _) => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
        ('ñ' | 'Ñ', "MX") => 'Ñ',
        ('м' | 'М', "MK") => 'M',
        ('к' | 'К', "MK") => 'K',
        _ if c.is_ascii() => c.to_ascii_uppercase(),
        _ => return None,
    })
}

/// True where `text` has the shape of `pattern`: `#` stands for a digit, `@` for a letter, `*` for
/// either, anything else for itself.
pub(super) fn shaped(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(c, p)| match p {
            b'#' => c.is_ascii_digit(),
            b'@' => c.is_ascii_uppercase(),
            b'*' => c.is_ascii_digit() || c.is_ascii_uppercase(),
            _ => c == p,
        })
}

/// True where `text` is exactly `count` digits.
pub(super) fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|c| c.is_ascii_digit())
}
