//! The text on card statements that follows the account's prefix.

/// Prefix, separator and suffix together have at most 22 characters; a prefix has at most 10, the separator (`* `) 2.
const SUFFIX_MAX: usize = 22 - 10 - 2;

/// A suffix that Stripe takes: Latin letters and digits, at least one letter, at most 10 characters, none of
/// `< > \ ' " *`. `None` where nothing of the text is left: then the account's own descriptor stands alone.
pub(super) fn suffix(text: &str) -> Option<String> {
    let printable = |letter: &char| letter.is_ascii_graphic() || *letter == ' ';
    let allowed = |letter: &char| !"<>\\'\"*".contains(*letter);
    let kept: String = text
        .chars()
        .filter(printable)
        .filter(allowed)
        .take(SUFFIX_MAX)
        .collect();
    let kept = kept.trim();
    kept.contains(|letter: char| letter.is_ascii_alphabetic())
        .then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_is_cut_or_left_out_and_never_an_error() {
        for (text, wanted) in [
            ("acme", Some("acme")),
            ("acme-and-daughters", Some("acme-and-d")),
            ("<a*c'm\"e\\>", Some("acme")),
            ("  acme  ", Some("acme")),
            ("café", Some("caf")),
            ("2024", None),
            ("日本", None),
            ("", None),
        ] {
            assert_eq!(suffix(text).as_deref(), wanted, "{text}");
        }
    }
}
