//! A cache of long lists, for a few seconds: how many rows they have, and where their deep pages begin.
//!
//! To count a million rows, or to pass over them, costs tens of milliseconds even in an index; who turns pages would
//! pay that for each. Nothing is remembered of lists of at most [`EXACT`] rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};
use till_core::kernel::values::Value;

/// Rows up to which a list is always counted, and passed over, as it is.
pub(crate) const EXACT: u64 = 10_000;
/// The greatest age of what is told.
const FRESH: SignedDuration = SignedDuration::from_secs(10);
/// Lists that are remembered.
const LISTS: usize = 64;
/// Positions that are remembered of a list.
const POSITIONS: usize = 64;

/// The row before a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowPosition {
    /// Time at which the position was counted from the beginning of the list.
    pub(crate) since: Timestamp,
    /// Value of the order's column, and id.
    pub(crate) row: [Value; 2],
}

#[derive(Debug)]
struct CachedList {
    used: Timestamp,
    total: Option<(i64, Timestamp)>,
    positions: BTreeMap<u64, RowPosition>,
}

/// Lists by [`List::key`](crate::List). Bounded; a guess at worst ten seconds old.
#[derive(Debug, Default)]
pub(crate) struct ListCache(Mutex<HashMap<String, CachedList>>);

impl ListCache {
    fn lists(&self) -> MutexGuard<'_, HashMap<String, CachedList>> {
        self.0.lock().expect("no code panics under this lock")
    }

    /// The number of rows that the list had a moment ago. When that was too long ago, one caller is told nothing, and
    /// counts; the others make do with it until then.
    pub(crate) fn total(&self, key: &str, now: Timestamp) -> Option<i64> {
        let mut lists = self.lists();
        let (total, at) = lists.get_mut(key)?.total.as_mut()?;
        if is_fresh(*at, now) {
            return Some(*total);
        }
        *at = now;
        None
    }

    pub(crate) fn keep_total(&self, key: &str, now: Timestamp, total: i64) {
        self.change(key, now, |list| list.total = Some((total, now)));
    }

    /// The last known position at or before `offset`: how many rows lie before it, and the last of those.
    pub(crate) fn position(
        &self,
        key: &str,
        now: Timestamp,
        offset: u64,
    ) -> Option<(u64, RowPosition)> {
        let lists = self.lists();
        let mut before = lists.get(key)?.positions.range(..=offset).rev();
        let (at, position) = before.find(|(_, position)| is_fresh(position.since, now))?;
        Some((*at, position.clone()))
    }

    pub(crate) fn keep_position(
        &self,
        key: &str,
        now: Timestamp,
        offset: u64,
        position: RowPosition,
    ) {
        self.change(key, now, |list| {
            list.positions.retain(|_, known| is_fresh(known.since, now));
            if list.positions.len() >= POSITIONS {
                // the first: from the others it can be walked to the pages behind them
                list.positions.pop_first();
            }
            list.positions.insert(offset, position);
        });
    }

    fn change(&self, key: &str, now: Timestamp, change: impl FnOnce(&mut CachedList)) {
        let mut lists = self.lists();
        if !lists.contains_key(key) && lists.len() >= LISTS {
            let oldest = lists.iter().min_by_key(|(_, list)| list.used);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                lists.remove(&oldest);
            }
        }
        let list = lists.entry(key.to_owned()).or_insert_with(|| CachedList {
            used: now,
            total: None,
            positions: BTreeMap::new(),
        });
        list.used = now;
        change(list);
    }
}

/// A clock that was set back makes nothing fresh.
fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(at);
    age >= SignedDuration::ZERO && age < FRESH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + n).unwrap()
    }

    fn position(n: i64) -> RowPosition {
        RowPosition {
            since: second(0),
            row: [Value::Int(n), Value::Null],
        }
    }

    #[test]
    fn a_total_is_told_for_ten_seconds_and_then_counted_by_one_caller() {
        let list_cache = ListCache::default();
        assert_eq!(list_cache.total("a", second(0)), None);
        list_cache.keep_total("a", second(0), 20_000);
        assert_eq!(list_cache.total("a", second(9)), Some(20_000));
        assert_eq!(list_cache.total("b", second(9)), None);
        assert_eq!(list_cache.total("a", second(10)), None, "counts anew");
        assert_eq!(list_cache.total("a", second(11)), Some(20_000), "meanwhile");
        list_cache.keep_total("a", second(12), 30_000);
        assert_eq!(list_cache.total("a", second(12)), Some(30_000));
        assert_eq!(
            list_cache.total("a", second(5)),
            None,
            "the clock went back"
        );
    }

    #[test]
    fn the_nearest_position_before_a_page_is_found_while_it_is_fresh() {
        let list_cache = ListCache::default();
        for n in [20_000, 30_000] {
            list_cache.keep_position("a", second(0), n, position(n as i64));
        }
        let found = |at, offset| list_cache.position("a", second(at), offset).map(|(n, _)| n);
        assert_eq!(found(1, 19_999), None);
        assert_eq!(found(1, 20_000), Some(20_000));
        assert_eq!(found(1, 29_999), Some(20_000));
        assert_eq!(found(1, 90_000), Some(30_000));
        assert_eq!(found(10, 90_000), None, "too old");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let list_cache = ListCache::default();
        for n in 0..200 {
            list_cache.keep_total(&n.to_string(), second(n), 20_000);
            list_cache.keep_position("a", second(0), n as u64, position(n));
        }
        let lists = list_cache.lists();
        assert_eq!(lists.len(), LISTS);
        assert!(lists.values().all(|list| list.positions.len() <= POSITIONS));
        assert!(lists.contains_key("199") && !lists.contains_key("100"));
    }
}
