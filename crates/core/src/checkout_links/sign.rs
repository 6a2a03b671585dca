//! Signed addresses of checkout links: what a merchant vouches for in a query string.

use base64::{Engine, alphabet, engine::DecodePaddingMode, engine::general_purpose as engines};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::kernel::hex::hex;

/// The parameter that carries the signature.
pub const SIGNATURE: &str = "sig";

/// The parameters that a signature does not cover: itself, and those that the embedding script adds later.
const UNSIGNED: [&str; 4] = [SIGNATURE, "embed", "embed_origin", "theme"];

/// The ways in which programs write a parameter: which of `-._*~` they leave as they are, and a space. Each of
/// them reads back as the same parameters, so a signature over any of them vouches for one thing only.
const SPELLINGS: [(&[u8], &str); 3] = [
    // RFC 3986: PHP's `rawurlencode`, Python's `quote` without safe characters.
    (b"-._~", "%20"),
    // HTML forms: `URLSearchParams`.
    (b"-._*", "+"),
    // Python's `urlencode`, Go's `url.Values`.
    (b"-._~", "+"),
];

/// The signature of a query, in lower-case hexadecimal: HMAC-SHA-256, keyed by the bytes of the link's
/// `signing_secret`, of all its parameters but `sig`, `embed`, `embed_origin` and `theme`, sorted by name and
/// written as a query string.
pub fn sign(secret: &str, pairs: &[(String, String)]) -> String {
    let canonical = canonical(pairs).expect("whoever signs names each parameter once");
    hex(&mac(secret, &written(&canonical, SPELLINGS[0]))
        .finalize()
        .into_bytes())
}

/// True where a query carries the right signature, in hexadecimal or base64url. One that names a parameter twice
/// does not: nobody could say which was meant.
pub fn is_signed(secret: &str, pairs: &[(String, String)]) -> bool {
    let mut carried = pairs.iter().filter(|(name, _)| name == SIGNATURE);
    let (Some((_, text)), None) = (carried.next(), carried.next()) else {
        return false;
    };
    let (Some(bytes), Some(canonical)) = (decoded(text.trim()), canonical(pairs)) else {
        return false;
    };
    SPELLINGS.into_iter().any(|spelling| {
        // Compared in constant time.
        mac(secret, &written(&canonical, spelling))
            .verify_slice(&bytes)
            .is_ok()
    })
}

fn mac(secret: &str, text: &str) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    const BASE64: engines::GeneralPurpose = engines::GeneralPurpose::new(
        &alphabet::URL_SAFE,
        engines::GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    if text.len() != 64 {
        return BASE64.decode(text).ok();
    }
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let byte = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    text.as_bytes().chunks(2).map(byte).collect()
}

/// The parameters that are signed, sorted; `None` where one is named twice.
fn canonical(pairs: &[(String, String)]) -> Option<Vec<&(String, String)>> {
    let covered = |(name, _): &&(String, String)| !UNSIGNED.contains(&name.as_str());
    let mut signed: Vec<_> = pairs.iter().filter(covered).collect();
    signed.sort();
    let once = signed.windows(2).all(|pair| pair[0].0 != pair[1].0);
    once.then_some(signed)
}

fn written(pairs: &[&(String, String)], (kept, space): (&[u8], &str)) -> String {
    let escaped = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for byte in text.bytes() {
            match byte {
                b' ' => out.push_str(space),
                b if b.is_ascii_alphanumeric() || kept.contains(&b) => out.push(char::from(b)),
                b => out.push_str(&format!("%{b:02X}")),
            }
        }
        out
    };
    let written = |(name, value): &&(String, String)| {
        let (name, value) = (escaped(name), escaped(value));
        format!("{name}={value}")
    };
    pairs.iter().map(written).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "till_cls_secret";

    fn pairs(query: &str) -> Vec<(String, String)> {
        url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    fn with(query: &str, sig: &str) -> Vec<(String, String)> {
        let mut pairs = pairs(query);
        pairs.push((SIGNATURE.to_owned(), sig.to_owned()));
        pairs
    }

    fn hmac_of(text: &str) -> Vec<u8> {
        mac(SECRET, text).finalize().into_bytes().to_vec()
    }

    #[test]
    fn the_order_and_the_scripts_own_parameters_do_not_matter() {
        let sig = sign(SECRET, &pairs("b=2&a=1"));
        assert_eq!(sig, hex(&hmac_of("a=1&b=2")));
        for query in [
            "a=1&b=2",
            "b=2&a=1",
            "b=2&theme=dark&embed=true&a=1&embed_origin=https://x",
        ] {
            assert!(is_signed(SECRET, &with(query, &sig)), "{query}");
        }
        for query in ["a=1", "a=1&b=3", "a=1&b=2&c=3", "a=1&a=1&b=2", ""] {
            assert!(!is_signed(SECRET, &with(query, &sig)), "{query}");
        }
        assert!(!is_signed("another", &with("a=1&b=2", &sig)));
        assert!(!is_signed(SECRET, &pairs("a=1&b=2")));
    }

    #[test]
    fn the_example_of_the_documentation_is_right() {
        let query = "external_customer_id=user_1&customer_metadata.plan=pro";
        let sig = sign("till_cls_example", &pairs(query));
        assert_eq!(
            sig,
            "f39d28df533c9b1e17edf3623dedb474822e951da117657ddc7ec1ac9980a89a"
        );
    }

    #[test]
    fn each_languages_own_spelling_is_understood() {
        let query = "n=a b*c~d";
        let texts = ["n=a%20b%2Ac~d", "n=a+b*c%7Ed", "n=a+b%2Ac~d"];
        for text in texts {
            let mac = hmac_of(text);
            assert!(is_signed(SECRET, &with(query, &hex(&mac))), "{text}");
            for engine in [&engines::URL_SAFE, &engines::URL_SAFE_NO_PAD] {
                assert!(is_signed(SECRET, &with(query, &engine.encode(&mac))));
            }
            let upper = hex(&mac).to_uppercase();
            assert!(is_signed(SECRET, &with(query, &upper)));
        }
        assert!(!is_signed(SECRET, &with(query, &hex(&hmac_of(query)))));
    }

    #[test]
    fn two_signatures_or_none_at_all_are_none() {
        let sig = sign(SECRET, &[]);
        assert!(is_signed(SECRET, &with("", &sig)));
        assert!(!is_signed(SECRET, &with(&format!("sig={sig}"), &sig)));
        for bad in ["", "00", "é", &"zz".repeat(32)] {
            assert!(!is_signed(SECRET, &with("", bad)), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_spelling_reads_back_as_the_same_parameters(list in prop::collection::btree_map(".*", ".*", 0..5)) {
            let list: Vec<(String, String)> = list.into_iter().collect();
            for spelling in SPELLINGS {
                let text = written(&list.iter().collect::<Vec<_>>(), spelling);
                let mut read = pairs(&text);
                read.sort();
                prop_assert_eq!(&read, &list);
            }
        }

        #[test]
        fn what_is_signed_is_believed_and_nothing_else(name in "[a-z]{1,8}", value in ".*", other in ".*") {
            prop_assume!(!UNSIGNED.contains(&name.as_str()));
            let own = [(name.clone(), value.clone())];
            let sig = sign(SECRET, &own);
            let carried = |value: &str| vec![(name.clone(), value.to_owned()), (SIGNATURE.to_owned(), sig.clone())];
            prop_assert!(is_signed(SECRET, &carried(&value)));
            prop_assert_eq!(is_signed(SECRET, &carried(&other)), other == value);
        }

        #[test]
        fn no_signature_makes_it_stumble(sig in ".*", query in ".*") {
            prop_assert!(!is_signed(SECRET, &with(&query, &sig)));
        }
    }
}
