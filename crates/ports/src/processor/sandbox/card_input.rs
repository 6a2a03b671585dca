//! The card fields of the sandbox: how they are read and checked.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use till_core::kernel::folding::plain;

use super::cards::{CARDS, TestCard};

/// The card fields as a buyer typed them. Lives only as long as the request that brought it;
/// its `Debug` shows nothing.
#[derive(Clone, Serialize, Deserialize)]
pub struct CardInput {
    /// Digits, with spaces or hyphens wherever.
    pub number: String,
    /// 1 to 12; anything else is told to the buyer as a wrong expiry.
    pub exp_month: u8,
    /// Four digits.
    pub exp_year: u16,
    /// The digits on the back, or the front of an Amex.
    pub cvc: String,
    /// The name typed beside the card; blank is none.
    pub billing_name: Option<String>,
}

impl CardInput {
    /// From the three text fields of a form, in digits of any script. An expiry that cannot be read is kept as
    /// month 0, so that it is reported together with what else is wrong.
    pub fn typed(number: &str, expiry: &str, cvc: &str, billing_name: Option<&str>) -> CardInput {
        let (exp_month, exp_year) = parse_expiry(expiry).unwrap_or((0, 0));
        CardInput {
            number: plain(number),
            exp_month,
            exp_year,
            cvc: plain(cvc),
            billing_name: billing_name.map(str::to_owned),
        }
    }
}

impl fmt::Debug for CardInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardInput(..)")
    }
}

/// A field of the card form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardField {
    /// The card number.
    Number,
    /// Month and year.
    Expiry,
    /// The security code.
    Cvc,
}

impl CardField {
    /// `number`, `expiry` or `cvc`.
    pub fn as_str(self) -> &'static str {
        match self {
            CardField::Number => "number",
            CardField::Expiry => "expiry",
            CardField::Cvc => "cvc",
        }
    }
}

/// The error of a card field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardErrorCode {
    /// No number.
    NoNumber,
    /// Not the number of a card.
    NotANumber,
    /// The number of a card, but of none for tests.
    NotATestCard,
    /// Not a month and a year.
    Expiry,
    /// Over.
    Expired,
    /// Not the three digits of the security code.
    Cvc,
    /// Not the four digits of an Amex's security code.
    CvcOnFront,
}

impl CardErrorCode {
    /// The error and what to do about it, in English for the buyer.
    pub fn message(self) -> &'static str {
        match self {
            CardErrorCode::NoNumber => "Enter the card number.",
            CardErrorCode::NotANumber => "This is not a card number. Check the digits.",
            CardErrorCode::NotATestCard => {
                "This is a sandbox and accepts test cards only. Do not enter a real card; use 4242 4242 4242 4242."
            }
            CardErrorCode::Expiry => "Enter the expiry date as month and year, such as 12 / 34.",
            CardErrorCode::Expired => {
                "This card has expired. Check the expiry date, or use another card."
            }
            CardErrorCode::Cvc => {
                "Enter the three digits of the security code on the back of the card."
            }
            CardErrorCode::CvcOnFront => {
                "Enter the four digits of the security code on the front of the card."
            }
        }
    }
}

/// The error of one field, without what was typed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardError {
    /// The field.
    pub field: CardField,
    /// The error.
    pub code: CardErrorCode,
}

/// Reads an expiry as people write it: `12/34`, `12 / 34`, `12/2034`, `1234`. A two-digit year
/// is of this century; digits may be of any script. Gives month (1 to 12) and four-digit year; `None` if it is no such thing.
pub fn parse_expiry(text: &str) -> Option<(u8, u16)> {
    let text: String = plain(text)
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let (month, year) = match text.split_once(['/', '-', '.']) {
        Some(halves) => halves,
        None if text.is_ascii() && matches!(text.len(), 4 | 6) => text.split_at(2),
        None => return None,
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(month) || !digits(year) || month.len() > 2 {
        return None;
    }
    let month = month
        .parse()
        .ok()
        .filter(|month| (1..=12).contains(month))?;
    let year = match year.len() {
        2 => 2000 + year.parse::<u16>().ok()?,
        4 => year.parse().ok()?,
        _ => return None,
    };
    Some((month, year))
}

/// The test card that was typed, or everything that is wrong, in the order of the fields.
pub(super) fn check(
    input: &CardInput,
    now: Timestamp,
) -> Result<&'static TestCard, Vec<CardError>> {
    let digits: String = input
        .number
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '‐' | '‑' | '–'))
        .collect();
    let card = check_number(&digits);
    let expiry = check_expiry(input.exp_month, input.exp_year, now);
    let cvc = check_cvc(&digits, input.cvc.trim());
    match (card, expiry, cvc) {
        (Ok(card), Ok(()), Ok(())) => Ok(card),
        (card, expiry, cvc) => {
            let problems = [
                (CardField::Number, card.err()),
                (CardField::Expiry, expiry.err()),
                (CardField::Cvc, cvc.err()),
            ];
            Err(problems
                .into_iter()
                .filter_map(|(field, code)| Some(CardError { field, code: code? }))
                .collect())
        }
    }
}

fn check_number(digits: &str) -> Result<&'static TestCard, CardErrorCode> {
    if digits.is_empty() {
        return Err(CardErrorCode::NoNumber);
    }
    if !(12..=19).contains(&digits.len()) || !passes_luhn(digits) {
        return Err(CardErrorCode::NotANumber);
    }
    let card = CARDS.iter().find(|card| card.number == digits);
    card.ok_or(CardErrorCode::NotATestCard)
}

/// The last digit of a card number confirms the others.
fn passes_luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (place, byte) in digits.bytes().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0');
        sum += match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        };
    }
    sum % 10 == 0
}

/// A card is good until the end of its month (UTC).
fn check_expiry(month: u8, year: u16, now: Timestamp) -> Result<(), CardErrorCode> {
    let today = now.to_zoned(TimeZone::UTC);
    let this_month = i32::from(today.year()) * 12 + i32::from(today.month());
    let last_month = i32::from(year) * 12 + i32::from(month);
    if !(1..=12).contains(&month) || last_month > this_month + 50 * 12 {
        Err(CardErrorCode::Expiry)
    } else if last_month < this_month {
        Err(CardErrorCode::Expired)
    } else {
        Ok(())
    }
}

fn check_cvc(digits: &str, cvc: &str) -> Result<(), CardErrorCode> {
    let is_amex = digits.starts_with("34") || digits.starts_with("37");
    let is_number = cvc.bytes().all(|byte| byte.is_ascii_digit());
    match (is_amex, is_number, cvc.len()) {
        (true, true, 4) | (false, true, 3) => Ok(()),
        (true, ..) => Err(CardErrorCode::CvcOnFront),
        (false, ..) => Err(CardErrorCode::Cvc),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn typed(number: &str, expiry: &str, cvc: &str) -> Result<&'static TestCard, Vec<CardError>> {
        check(&CardInput::typed(number, expiry, cvc, None), now())
    }

    fn fields(result: Result<&'static TestCard, Vec<CardError>>) -> Vec<&'static str> {
        result.map_or_else(
            |errors| errors.iter().map(|error| error.field.as_str()).collect(),
            |_| vec![],
        )
    }

    #[test]
    fn every_test_card_passes_luhn_and_stands_once() {
        for (index, card) in CARDS.iter().enumerate() {
            assert!(passes_luhn(card.number), "{}", card.number);
            for other in &CARDS[index + 1..] {
                assert_ne!(card.number, other.number);
                assert!(
                    card.names.iter().all(|name| !other.names.contains(name)),
                    "{:?}",
                    card.names
                );
            }
        }
    }

    #[test]
    fn numbers_may_be_spaced() {
        for number in [
            "4242424242424242",
            "4242 4242 4242 4242",
            "4242-4242-4242-4242 ",
            "４２４２　４２４２　４２４２　４２４２",
            "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢",
            "४२४२–४२४२–४२४२–४२४२",
            "\u{202a}4242\u{200b}4242\u{a0}4242\u{202f}4242\u{202c}",
        ] {
            assert_eq!(typed(number, "12/34", "123").ok().unwrap().brand, "visa");
        }
    }

    #[test]
    fn a_mistyped_number_is_told_before_the_sandbox_rule() {
        let words = |number| {
            typed(number, "12/34", "123").err().unwrap()[0]
                .code
                .message()
        };
        assert!(words("4242424242424241").contains("not a card number"));
        assert!(words("42424242424").contains("not a card number"));
        for doubtful in [
            "4242x24242424242",
            "4242/4242/4242/4242",
            "4242²42424242424",
            "a4242424242424242",
        ] {
            assert!(words(doubtful).contains("not a card number"), "{doubtful}");
        }
        assert!(words("").contains("Enter the card number"));
        // Luhn-valid, yet no test card.
        assert!(words("4111111111111111").contains("Do not enter a real card"));
        assert!(words("0000000000000000").contains("Do not enter a real card"));
    }

    #[test]
    fn all_wrong_fields_are_told_at_once() {
        assert_eq!(
            fields(typed("1", "13/34", "12")),
            ["number", "expiry", "cvc"]
        );
        assert_eq!(fields(typed("4242424242424242", "", "")), ["expiry", "cvc"]);
        assert_eq!(fields(typed("4242424242424242", "12/34", "12a")), ["cvc"]);
        assert_eq!(fields(typed("4242424242424242", "12/34", "1 2 3")), ["cvc"]);
        assert_eq!(
            fields(typed("4242424242424242", "12/34", "１２３ ")),
            [""; 0]
        );
    }

    #[test]
    fn a_card_is_good_until_the_end_of_its_month() {
        let card = "4242424242424242";
        assert_eq!(fields(typed(card, "11/26", "123")), [""; 0]);
        assert_eq!(fields(typed(card, "10/26", "123")), ["expiry"]);
        assert_eq!(fields(typed(card, "12/25", "123")), ["expiry"]);
        assert_eq!(fields(typed(card, "11/2076", "123")), [""; 0]);
        assert_eq!(fields(typed(card, "12/2076", "123")), ["expiry"]);
    }

    #[test]
    fn amex_has_a_code_of_four_digits() {
        assert_eq!(fields(typed("378282246310005", "12/34", "1234")), [""; 0]);
        assert_eq!(fields(typed("378282246310005", "12/34", "123")), ["cvc"]);
        assert_eq!(fields(typed("4242424242424242", "12/34", "1234")), ["cvc"]);
    }

    #[test]
    fn expiries_are_read_as_people_write_them() {
        for text in [
            "12/34",
            "12 / 34",
            " 12/2034 ",
            "12-34",
            "1234",
            "122034",
            "12.34",
            "１２／３４",
            "１２ ／ ２０３４",
            "١٢/٣٤",
            "12/3４",
        ] {
            assert_eq!(parse_expiry(text), Some((12, 2034)), "{text:?}");
        }
        assert_eq!(parse_expiry("1/34"), Some((1, 2034)));
        for text in [
            "", "/", "12/", "/34", "00/34", "13/34", "12/345", "123/34", "+1/34", "é234", "12:34",
            "12/3²",
        ] {
            assert_eq!(parse_expiry(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_is_ever_repeated_or_breaks_the_check(
            number in "\\PC{0,24}|[0-9 -]{0,24}", expiry in "\\PC{0,8}|[0-9/ ]{0,8}", cvc in "\\PC{0,5}|[0-9]{5}",
        ) {
            let input = CardInput::typed(&number, &expiry, &cvc, Some(&number));
            prop_assert_eq!(format!("{input:?}"), "CardInput(..)");
            if let Err(errors) = check(&input, now()) {
                let told = format!("{errors:?}");
                let digits: String = number.chars().filter(char::is_ascii_digit).collect();
                prop_assert!(digits.len() < 5 || !told.contains(&digits));
            }
        }
    }
}
