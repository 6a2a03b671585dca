//! Signatures of notices: `t=<seconds>,v1=<hex>`, an HMAC-SHA256 of `<seconds>.<body>`.
//!
//! While a secret is changed there are two signatures, or two secrets: any of them will do.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use till_core::kernel::hex::hex;

/// The most that a signature's moment may be from ours; what is older may have been recorded by others.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The header's value for a body that is sent now.
pub fn sign(secret: &[u8], body: &[u8], now: Timestamp) -> String {
    let seconds = now.as_second().to_string();
    let signature = mac(secret, &seconds, body).finalize().into_bytes();
    format!("t={seconds},v1={}", hex(&signature))
}

/// True where the header's value is that of one of the secrets for this body, and not too old.
pub fn verify(secrets: &[&[u8]], header: &str, body: &[u8], now: Timestamp) -> bool {
    let parts = || {
        header
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
    };
    let Some((_, seconds)) = parts().find(|(name, _)| *name == "t") else {
        return false;
    };
    let moment = seconds.parse().ok().map(Timestamp::from_second);
    let Some(Ok(moment)) = moment else {
        return false;
    };
    if now.duration_since(moment).abs() > TOLERANCE {
        return false;
    }
    let signatures = parts().filter(|(name, _)| *name == "v1");
    signatures
        .filter_map(|(_, text)| bytes(text))
        .any(|claimed| {
            let genuine =
                |secret: &&[u8]| mac(secret, seconds, body).verify_slice(&claimed).is_ok();
            secrets.iter().any(genuine)
        })
}

fn mac(secret: &[u8], seconds: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    for part in [seconds.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

/// The 32 bytes that hexadecimal text stands for.
fn bytes(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, place) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[place..place + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + seconds).unwrap()
    }

    #[test]
    fn any_signature_under_any_secret_will_do() {
        let (old, new) = (sign(b"old", BODY, at(0)), sign(b"new", BODY, at(0)));
        assert!(verify(&[b"old", b"new"], &old, BODY, at(0)));
        assert!(verify(&[b"old", b"new"], &new, BODY, at(0)));
        let both = format!("{old},{}", new.split_once(',').unwrap().1);
        assert!(verify(&[b"new"], &both, BODY, at(0)));
        assert!(!verify(&[b"other"], &both, BODY, at(0)));
        assert!(!verify(&[], &both, BODY, at(0)));
    }

    #[test]
    fn body_moment_and_secret_are_all_signed() {
        let header = sign(b"secret", BODY, at(0));
        assert!(verify(&[b"secret"], &header, BODY, at(0)));
        assert!(!verify(&[b"secret"], &header, b"{}", at(0)));
        let later = header.replace("1795000000", "1795000001");
        assert_ne!(later, header);
        assert!(!verify(&[b"secret"], &later, BODY, at(0)));
    }

    #[test]
    fn a_signature_is_good_for_five_minutes_around_its_moment() {
        let header = sign(b"secret", BODY, at(0));
        for (seconds, good) in [(300, true), (301, false), (-300, true), (-301, false)] {
            assert_eq!(verify(&[b"secret"], &header, BODY, at(seconds)), good);
        }
    }

    #[test]
    fn what_is_no_signature_is_none() {
        let good = sign(b"secret", BODY, at(0));
        let (moment, signature) = good.split_once(',').unwrap();
        let endless = format!("t={},{signature}", i64::MAX);
        let short = &good[..good.len() - 2];
        let accented = format!("{moment},v1={}", "é".repeat(32));
        for header in [
            "", "t=", "v1=", "t=x,v1=y", moment, signature, &endless, short, &accented,
        ] {
            assert!(!verify(&[b"secret"], header, BODY, at(0)), "{header:?}");
        }
    }
}
