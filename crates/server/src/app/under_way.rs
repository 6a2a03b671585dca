//! Work that is under way on this node, by whom it is for: downloads by network, files that are put together by
//! organization.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Pieces of work that one of them may have under way at once.
const AT_ONCE: usize = 20;

/// Work that is under way, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashMap<String, usize>>>);

impl UnderWay {
    /// Counts a piece of work until what is returned is dropped; none where there are too many of that name.
    pub(crate) fn begin(&self, name: String) -> Option<Turn> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(name.clone()).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count += 1;
        let all = self.clone();
        Some(Turn { all, name })
    }
}

/// A piece of work that is under way.
#[derive(Debug)]
pub(crate) struct Turn {
    all: UnderWay,
    name: String,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_so_many_downloads_at_once_and_others_as_many() {
        let all = UnderWay::default();
        let one = || "203.0.113.7".to_owned();
        let mut held: Vec<_> = (0..AT_ONCE).map(|_| all.begin(one()).unwrap()).collect();
        assert!(all.begin(one()).is_none());
        assert!(all.begin("203.0.113.8".to_owned()).is_some());
        held.pop();
        held.push(all.begin(one()).unwrap());
        assert!(all.begin(one()).is_none());
        drop(held);
        assert!(all.0.lock().unwrap().is_empty(), "nothing is kept of them");
    }
}
