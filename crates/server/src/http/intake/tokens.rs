//! Tokens that were valid lately, so that a token that is tried costs its network something and a good one nothing.

use std::{
    collections::HashSet,
    mem,
    sync::{Mutex, MutexGuard},
};

/// Tokens of one generation.
const GENERATION: usize = 5_000;

/// Digests of tokens that were valid lately on this node, in two generations: the older one is forgotten when the newer
/// one is full.
#[derive(Debug, Default)]
pub(super) struct ValidTokens(Mutex<[HashSet<String>; 2]>);

impl ValidTokens {
    fn generations(&self) -> MutexGuard<'_, [HashSet<String>; 2]> {
        self.0.lock().expect("no code panics under this lock")
    }

    /// True where the token was valid lately. It is then kept for longer.
    pub(super) fn holds(&self, digest: &str) -> bool {
        let mut generations = self.generations();
        let [newer, older] = &mut *generations;
        newer.contains(digest)
            || older
                .take(digest)
                .is_some_and(|token| add(generations, token))
    }

    /// The token is valid.
    pub(super) fn note(&self, digest: &str) {
        add(self.generations(), digest.to_owned());
    }

    /// The token is not valid any more.
    pub(super) fn forget(&self, digest: &str) {
        for tokens in &mut *self.generations() {
            tokens.remove(digest);
        }
    }
}

/// Adds a token to the newer generation, which becomes the older one when it is full.
fn add(mut generations: MutexGuard<'_, [HashSet<String>; 2]>, digest: String) -> bool {
    let [newer, older] = &mut *generations;
    if newer.len() >= GENERATION {
        *older = mem::take(newer);
    }
    newer.insert(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tokens_used_last_are_known_and_their_number_is_bounded() {
        let tokens = ValidTokens::default();
        for n in 0..3 * GENERATION {
            tokens.note("used all the time");
            tokens.note(&n.to_string());
        }
        assert!(tokens.holds("used all the time"));
        assert!(tokens.holds(&(3 * GENERATION - 1).to_string()));
        assert!(!tokens.holds("0"));
        let kept: usize = tokens.generations().iter().map(HashSet::len).sum();
        assert!(kept <= 2 * GENERATION);
        tokens.forget("used all the time");
        assert!(!tokens.holds("used all the time"));
    }
}
