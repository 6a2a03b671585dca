//! Browsers that people have signed in with before. What strangers guess does not keep them out: a browser that shows a
//! cookie of ours for this person is counted by itself.
//!
//! The cookie proves that, and nothing else: it signs nobody in.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::kernel::{context::DecisionContext, folding::email_key, tokens::SecretKey};

/// The time for which a browser is known after its last sign-in.
pub const KNOWN_LIFE: SignedDuration = SignedDuration::from_hours(365 * 24);
/// The most people that one browser is known for: those who signed in last.
const MOST: usize = 4;
/// Characters of a person's mark, at most.
const LONGEST: usize = 128;
/// Stands between the marks of several people.
const BETWEEN: char = '~';

/// A browser that a person has signed in with before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownBrowser {
    /// The browser's own, of this person's last sign-in with it.
    pub id: Uuid,
}

/// The cookie's text once `email` has signed in; `held` is what the browser had before.
pub fn remember(held: Option<&str>, email: &str, key: &SecretKey, ctx: &DecisionContext) -> String {
    let (id, until) = (ctx.id(), (ctx.now + KNOWN_LIFE).as_second());
    let mark = format!("{}.{until}.{}", id.simple(), proof(id, until, email, key));
    let others = marks(held.unwrap_or_default())
        .filter(|mark| read(mark, email, key).is_none())
        .take(MOST - 1);
    let all: Vec<&str> = std::iter::once(mark.as_str()).chain(others).collect();
    all.join(&BETWEEN.to_string())
}

/// The browser, where the one that sent this cookie is known to be of `email`.
pub fn find(held: &str, email: &str, key: &SecretKey, now: Timestamp) -> Option<KnownBrowser> {
    let mut found = marks(held).filter_map(|mark| read(mark, email, key));
    found
        .find(|(_, until)| *until > now.as_second())
        .map(|(known, _)| known)
}

fn marks(held: &str) -> impl Iterator<Item = &str> {
    let is_mark = |mark: &&str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'.';
        mark.len() <= LONGEST && !mark.is_empty() && mark.bytes().all(plain)
    };
    held.split(BETWEEN).filter(is_mark).take(MOST)
}

/// A mark that we made for this person, and until when it holds, in seconds since 1970.
fn read(mark: &str, email: &str, key: &SecretKey) -> Option<(KnownBrowser, i64)> {
    let (id, rest) = mark.split_once('.')?;
    let (until, sent) = rest.split_once('.')?;
    let (id, until) = (Uuid::try_parse(id).ok()?, until.parse().ok()?);
    // Digests of both are compared, so that the time it takes tells nothing of the right one.
    let right = key.derive(&proof(id, until, email, key)) == key.derive(sent);
    right.then_some((KnownBrowser { id }, until))
}

fn proof(id: Uuid, until: i64, email: &str, key: &SecretKey) -> String {
    let person = email_key(email);
    key.digest(&format!("known browser\n{id}\n{until}\n{person}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seed: u8) -> DecisionContext {
        DecisionContext::new("2026-11-22T12:00:00Z".parse().expect("a time"), [seed; 32])
    }

    #[test]
    fn a_browser_is_known_for_those_who_signed_in_with_it_until_a_year_has_passed() {
        let key = SecretKey::new(*b"key");
        let first = remember(None, "ada@example.com", &key, &at(1));
        let both = remember(Some(&first), "grace@example.com", &key, &at(2));
        let now = at(0).now;
        for email in ["ada@example.com", "grace@example.com"] {
            assert!(find(&both, email, &key, now).is_some(), "{email}");
            assert_eq!(find(&both, email, &key, now + KNOWN_LIFE), None);
        }
        assert_eq!(find(&both, "eve@example.com", &key, now), None);
        assert_eq!(
            find(&both, "ada@example.com", &SecretKey::new(*b"other"), now),
            None
        );
        let again = remember(Some(&both), "ada@example.com", &key, &at(3));
        assert_eq!(again.split(BETWEEN).count(), 2);
        assert_ne!(
            find(&again, "ada@example.com", &key, now),
            find(&both, "ada@example.com", &key, now)
        );
    }

    #[test]
    fn what_a_browser_sends_is_bounded_and_believed_only_with_proof() {
        let key = SecretKey::new(*b"key");
        let mut held = "x".repeat(100_000);
        for n in 0..10 {
            held = remember(Some(&held), &format!("p{n}@example.com"), &key, &at(n));
        }
        assert!(held.len() <= MOST * (LONGEST + 1));
        let now = at(0).now;
        assert_eq!(
            find(&held, "p0@example.com", &key, now),
            None,
            "the oldest is forgotten"
        );
        let mark = remember(None, "ada@example.com", &key, &at(1));
        let id = mark.split_once('.').expect("a mark").0;
        for forged in [
            "",
            "~~",
            ".",
            "a.b.c",
            &mark.replace(id, &"0".repeat(32)),
            &format!("{mark}0"),
        ] {
            assert_eq!(find(forged, "ada@example.com", &key, now), None, "{forged}");
        }
    }
}
