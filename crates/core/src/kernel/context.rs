//! The moment and the randomness a decision is made with: both come from outside.

use std::sync::{
    Mutex,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

/// Numbers of a microsecond that order the events of its decisions. A decision with more events takes those of the next.
const NUMBERS: i64 = 1000;

/// Time at which a decision is made, and the source of its ids and tokens.
///
/// There are two times: an organization of the sandbox may have a test clock, and then the time of its business is ahead
/// of the machine's. What the organization, its customers and their programs are shown is in the organization's time
/// ([`DecisionContext::now`]); what workers, leases, keys and budgets are compared with is in the machine's
/// ([`DecisionContext::wall`]). Without a test clock they are the same.
#[derive(Debug)]
pub struct DecisionContext {
    /// The organization's time, to the microsecond.
    pub now: Timestamp,
    /// Time by which `now` is ahead of the machine.
    offset: SignedDuration,
    rng: Mutex<StdRng>,
    /// The first of the numbers that order what is decided.
    first: i64,
    count: AtomicI64,
}

impl DecisionContext {
    /// The machine's time, cut to the microsecond, which is what databases keep.
    pub fn new(now: Timestamp, seed: [u8; 32]) -> Self {
        Self {
            now: microseconds(now),
            offset: SignedDuration::ZERO,
            rng: Mutex::new(StdRng::from_seed(seed)),
            first: microseconds(now).as_microsecond() * NUMBERS,
            count: AtomicI64::new(0),
        }
    }

    /// Has what is decided here ordered after everything that was decided with the same counter before, also within one
    /// microsecond.
    #[must_use]
    pub fn after(mut self, counter: &AtomicI64) -> Self {
        let next = |last: i64| self.first.max(last.saturating_add(NUMBERS));
        let last = counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            Some(next(last))
        });
        self.first = last.map_or(self.first, next);
        self
    }

    /// The same moment in the time of an organization whose clock is this far ahead of the machine's.
    #[must_use]
    pub fn ahead(self, offset: SignedDuration) -> Self {
        Self {
            now: self.wall() + offset,
            offset,
            ..self
        }
    }

    /// The machine's time.
    pub fn wall(&self) -> Timestamp {
        self.wall_of(self.now)
    }

    /// The machine's time at which the organization's will be `at`, unless its clock is moved before.
    pub fn wall_of(&self, at: Timestamp) -> Timestamp {
        at - self.offset
    }

    /// A new random (version 4) id.
    pub fn id(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Ids that begin with the machine's time and lie side by side: each is one more than the one before, from `first`
    /// on, which ends with sixteen zero bits. They are laid out as version 7 and marked as version 4, as all ids of the
    /// API are.
    pub fn ids_in_order(&self, count: u16) -> impl Iterator<Item = Uuid> {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        let millis = u64::try_from(self.wall().as_millisecond()).unwrap_or(0);
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[14..].fill(0);
        let first = uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .as_u128();
        (0..u128::from(count)).map(move |n| Uuid::from_u128(first + n))
    }

    /// A number that orders what is decided: by the machine's time, and within one decision by call.
    pub fn sequence(&self) -> i64 {
        self.first + self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// A token: prefix, 37 random letters and digits, and a checksum (docs/behaviour: api/tokens).
    pub fn token(&self, prefix: &str) -> String {
        self.token_of(prefix, 37)
    }

    /// A token with `length` random characters before the checksum.
    pub fn token_of(&self, prefix: &str, length: usize) -> String {
        const ALPHABET: &[u8; 62] =
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let body: String = {
            let mut rng = self.rng.lock().expect("the generator cannot panic");
            (0..length)
                .map(|_| char::from(ALPHABET[rng.random_range(0..62)]))
                .collect()
        };
        let mut sum = crc32fast::hash(body.as_bytes());
        let mut check = [b'0'; 6];
        for digit in check.iter_mut().rev() {
            *digit = ALPHABET[(sum % 62) as usize];
            sum /= 62;
        }
        format!("{prefix}{body}{}", String::from_utf8_lossy(&check))
    }

    /// A code for people to type: so many capital letters and digits.
    pub fn code(&self, length: usize) -> String {
        const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let mut rng = self.rng.lock().expect("the generator cannot panic");
        (0..length)
            .map(|_| char::from(ALPHABET[rng.random_range(0..36)]))
            .collect()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.rng
            .lock()
            .expect("the generator cannot panic")
            .fill_bytes(bytes);
    }
}

/// Cut to the microsecond: the resolution of every stored and shown time.
pub fn microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).expect("a cut timestamp stays in range")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_carry_their_prefix_length_and_checksum() {
        let ctx = DecisionContext::new(Timestamp::UNIX_EPOCH, [7; 32]);
        let token = ctx.token("polar_c_");
        let body = &token["polar_c_".len()..];
        assert_eq!(body.len(), 43);
        let sum = crc32fast::hash(&body.as_bytes()[..37]);
        let read = body[37..].bytes().fold(0u64, |n, c| {
            n * 62
                + match c {
                    b'0'..=b'9' => u64::from(c - b'0'),
                    b'A'..=b'Z' => u64::from(c - b'A') + 10,
                    _ => u64::from(c - b'a') + 36,
                }
        });
        assert_eq!(read, u64::from(sum));
        assert_ne!(token, ctx.token("polar_c_"));
    }

    #[test]
    fn decisions_of_one_moment_are_ordered_as_they_were_made() {
        let counter = AtomicI64::new(0);
        let made = || DecisionContext::new(Timestamp::UNIX_EPOCH, [7; 32]).after(&counter);
        let (first, second) = (made(), made());
        assert!(first.sequence() < first.sequence());
        assert!(first.sequence() < second.sequence());
        let later = Timestamp::from_second(60).unwrap();
        let later = DecisionContext::new(later, [7; 32]).after(&counter);
        assert_eq!(later.sequence(), later.now.as_microsecond() * 1000);
        assert!(
            later.sequence() < made().sequence(),
            "a clock that steps back reorders nothing"
        );
    }

    #[test]
    fn a_moment_ahead_keeps_the_machines_time_and_its_order() {
        let at: Timestamp = "2026-11-22T12:00:00.25Z".parse().unwrap();
        let year = SignedDuration::from_hours(365 * 24);
        let ctx = DecisionContext::new(at, [7; 32]).ahead(year);
        assert_eq!(ctx.now, "2027-11-22T12:00:00.25Z".parse().unwrap());
        assert_eq!(ctx.wall(), at);
        assert_eq!(
            ctx.wall_of(ctx.now + SignedDuration::from_secs(15)),
            at + SignedDuration::from_secs(15)
        );
        assert_eq!(ctx.sequence(), DecisionContext::new(at, [7; 32]).sequence());
        let again = ctx.ahead(year * 2);
        assert_eq!((again.wall(), again.now), (at, at + year * 2));
    }

    #[test]
    fn ids_are_version_4() {
        let ctx = DecisionContext::new(Timestamp::UNIX_EPOCH, [7; 32]);
        assert_eq!(ctx.id().get_version_num(), 4);
    }

    #[test]
    fn ids_in_order_lie_side_by_side_and_follow_the_time() {
        let at: Timestamp = "2026-11-22T12:00:00.25Z".parse().unwrap();
        let early = DecisionContext::new(at, [7; 32]);
        let ids: Vec<Uuid> = early.ids_in_order(1_000).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| id.get_version_num() == 4));
        assert!(
            ids.windows(2)
                .all(|two| two[1].as_u128() == two[0].as_u128() + 1)
        );
        let later = DecisionContext::new(at + SignedDuration::from_millis(1), [9; 32]);
        let later: Vec<Uuid> = later.ids_in_order(1).collect();
        assert!(ids[999] < later[0]);
        assert_ne!(early.ids_in_order(1).next(), Some(ids[0]));
    }
}
