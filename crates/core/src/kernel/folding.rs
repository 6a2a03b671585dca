//! Folding: the one form in which texts that mean the same to a person are the same text. Every key that is compared
//! (e-mail addresses, discount codes) and everything that is searched goes through here, on both databases alike.
//!
//! A key is ASCII whatever it was made from: where a database holds one that is not, an older version wrote it, and it
//! is folded again when the program starts ([`refold`]).

pub mod refold;

use std::fmt::Write as _;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory},
};
use sha2::{Digest, Sha256};

use crate::kernel::hex::hex;

/// A text of a row that may not be there.
pub trait Text {
    /// The text.
    fn text(&self) -> Option<&str>;
}

impl Text for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Text for Option<String> {
    fn text(&self) -> Option<&str> {
        self.as_deref()
    }
}

/// Passes until a text no longer changes; three are the most that any character needs.
const PASSES: usize = 8;

/// A text without differences of case, width and composition, and without marks that nobody sees: `ＥＴＥ\u{301}`,
/// `Éte` with its accent apart, `été`. Folding twice is folding once; ASCII becomes its lower case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = pass(text);
    for _ in 1..PASSES {
        let next = pass(&folded);
        if next == folded {
            break;
        }
        folded = next;
    }
    folded
}

fn pass(text: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let seen: String = text.chars().filter(|c| !ignorable.contains(*c)).collect();
    let mut cased = String::with_capacity(seen.len());
    for c in nfkc.normalize(&seen).chars() {
        match c {
            // The dot of a Turkish İ: in lower case an i has one anyway.
            '\u{307}' if cased.ends_with('i') => {}
            // A letter of its own, although its capital is the I of all others.
            'ı' => cased.push(c),
            // By way of the capital, ß becomes ss and a final ς any σ.
            _ => {
                for lower in c.to_uppercase().flat_map(char::to_lowercase) {
                    if lower != '\u{307}' || !cased.ends_with('i') {
                        cased.push(lower);
                    }
                }
            }
        }
    }
    nfkc.normalize(&cased).into_owned()
}

/// The key of an e-mail address: what its local part folds to, and its domain as the DNS has it. Addresses with the
/// same key are one address, `Ada@bücher.example` and `ada@xn--bcher-kva.example` for one.
pub fn email_key(email: &str) -> String {
    bounded(match parts(email) {
        (local, Some(domain)) => format!("{}@{}", ascii(&local), ascii(&domain)),
        (local, None) => ascii(&local),
    })
}

/// The key of the person behind an address, for limits per person: its [`email_key`] without a tag, so that `a+x@d`
/// and `a@d` are one. An address that begins with `+` has no tag. `None` where it is no address.
pub fn person_key(email: &str) -> Option<String> {
    let (local, domain) = parts(email);
    let domain = domain.filter(|domain| !domain.is_empty())?;
    let person = match local.split_once('+') {
        Some(("", _)) | None => local.as_str(),
        Some((person, _)) => person,
    };
    let key = || bounded(format!("{}@{}", ascii(person), ascii(&domain)));
    (!person.is_empty()).then(key)
}

/// The key of a discount code: without the spaces that come along when somebody copies one.
pub fn code_key(code: &str) -> String {
    let shown = |c: &char| !c.is_whitespace() && !c.is_control();
    bounded(ascii(&fold(code).chars().filter(shown).collect::<String>()))
}

/// An address's local part and domain, folded; no domain where there is none.
fn parts(email: &str) -> (String, Option<String>) {
    match email.trim().rsplit_once('@') {
        Some((local, domain)) => (fold(local), Some(domain_key(domain))),
        None => (fold(email.trim()), None),
    }
}

/// A domain as the DNS has it (UTS 46); folded where it is none.
fn domain_key(domain: &str) -> String {
    if is_plain(domain) {
        return domain.to_ascii_lowercase();
    }
    idna::domain_to_ascii(domain).unwrap_or_else(|_| fold(domain))
}

/// The longest key in bytes: an index row of PostgreSQL holds 2,704, and one letter can fold to eighteen.
const LONGEST: usize = 1_024;

/// A key that an index holds: of a longer one its digest.
fn bounded(key: String) -> String {
    match key.len() > LONGEST {
        true => format!("sha256:{}", hex(&Sha256::digest(key.as_bytes()))),
        false => key,
    }
}

/// With every character that is not ASCII written as `\u{e9}`; no address and no code has a `\`.
fn ascii(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(2 * text.len());
    for c in text.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            write!(escaped, "\\u{{{:x}}}", u32::from(c)).expect("writing to a string");
        }
    }
    escaped
}

/// True where lower case alone folds it, also where it is a domain.
fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.contains("xn--") && !text.contains("XN--")
}

/// The key of an address that somebody signs in with; `None` where that is only its lower case.
pub fn sign_in_key(email: &str) -> Option<String> {
    (!is_plain(email)).then(|| email_key(email))
}

/// A text as searches compare it; `None` where that is only its lower case, which a database works out by itself.
pub fn searchable(text: &str) -> Option<String> {
    (!text.is_ascii()).then(|| fold(text))
}

/// An e-mail address as searches compare it; `None` as in [`searchable`]. With an international domain it is there
/// twice, as people write it and, on a line of its own, as the DNS has it.
pub fn searchable_email(email: &str) -> Option<String> {
    if is_plain(email) {
        return None;
    }
    let (local, Some(domain)) = parts(email) else {
        return Some(fold(email));
    };
    let (written, _) = idna::domain_to_unicode(&domain);
    let (written, domain) = (
        fold(&format!("{local}@{written}")),
        format!("{local}@{domain}"),
    );
    Some(match written == domain {
        true => domain,
        false => format!("{written}\n{domain}"),
    })
}

/// An e-mail address as it is searched for in full: addresses with the same [`email_key`] are searched for, and found,
/// alike.
pub fn whole_email(email: &str) -> String {
    let email = email.trim();
    searchable_email(email).unwrap_or_else(|| email.to_ascii_lowercase())
}

/// The value of a decimal digit of any script: `٣`, `３` and `3` are 3.
pub fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).map(|digit| digit as u8);
    }
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |code: u32| categories.get32(code) == GeneralCategory::DecimalNumber;
    let code = u32::from(c);
    if !is_digit(code) {
        return None;
    }
    // A script's digits stand next to each other, from its zero on; the longest run has fifty.
    let before = (1..50).take_while(|back| is_digit(code - back)).count();
    Some((before % 10) as u8)
}

/// A typed text with digits of any script and wide letters and marks as plain ones, any space as a space, and
/// without marks that nobody sees. Nothing else changes: a raised 2 is no 2.
pub fn plain(typed: &str) -> String {
    if typed.is_ascii() {
        return typed.to_owned();
    }
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let one = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ if c.is_whitespace() => ' ',
        _ => digit(c).map_or(c, |digit| char::from(b'0' + digit)),
    };
    let seen = typed.chars().filter(|c| !ignorable.contains(*c));
    seen.map(one).collect()
}

#[cfg(test)]
mod tests;
