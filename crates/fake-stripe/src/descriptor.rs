//! Text on a buyer's statement.

use crate::error::Refusal;

/// Characters that prefix and suffix have together, with what stands between them.
const LONGEST: usize = 22;

/// Checks that a suffix can stand behind the account's prefix.
///
/// # Errors
///
/// 400 for characters that banks do not take, a suffix without a letter, and one that is too long.
pub fn check(prefix: &str, suffix: &str) -> Result<(), Refusal> {
    let refusal = |message: String| {
        Err(Refusal::invalid(message)
            .code("invalid_characters")
            .param("statement_descriptor_suffix"))
    };
    let odd = |letter: char| {
        !letter.is_ascii() || letter.is_ascii_control() || "<>\\'\"*".contains(letter)
    };
    if let Some(letter) = suffix.chars().find(|letter| odd(*letter)) {
        return refusal(format!(
            "The statement descriptor suffix contains an invalid character: {letter}"
        ));
    }
    if !suffix.chars().any(|letter| letter.is_ascii_alphabetic()) {
        return refusal(
            "The statement descriptor suffix must contain at least one alphabetic character."
                .to_owned(),
        );
    }
    if prefix.len() + "* ".len() + suffix.len() > LONGEST {
        return Err(Refusal::invalid(format!(
            "The statement descriptor suffix is too long: with the account's prefix and what separates them it may \
             have at most {LONGEST} characters."
        ))
        .param("statement_descriptor_suffix"));
    }
    Ok(())
}

/// Text that the buyer reads.
pub fn calculated(prefix: &str, suffix: Option<&str>) -> String {
    suffix.map_or_else(
        || prefix.to_owned(),
        |suffix| format!("{prefix}* {suffix}").to_uppercase(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suffix_is_latin_has_a_letter_and_fits() {
        for suffix in ["SUMMER", "A1", "a b-c.d"] {
            assert!(check("TILL", suffix).is_ok(), "{suffix}");
        }
        for suffix in [
            "<b>",
            "it's",
            "a*b",
            "a\"b",
            "a\\b",
            "ä",
            "日本",
            "123",
            "",
            "SEVENTEEN-LETTERS",
        ] {
            assert!(check("TILL", suffix).is_err(), "{suffix}");
        }
        assert!(check("TILL", "SIXTEEN-LETTERS!").is_ok());
        assert_eq!(calculated("TILL", Some("Summer")), "TILL* SUMMER");
    }
}
