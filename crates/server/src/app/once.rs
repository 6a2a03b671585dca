//! Things that this node does one at a time each, whoever asks for them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use uuid::Uuid;

/// Things that are being done.
#[derive(Debug, Clone, Default)]
pub(crate) struct OnceAtATime(Arc<Mutex<HashMap<Uuid, watch::Receiver<()>>>>);

/// Beginning of something.
#[derive(Debug)]
pub(crate) enum Beginning {
    /// Nobody is doing it; others wait until what is held here is dropped.
    First(Doing),
    /// Somebody is doing it.
    Other(Ending),
}

impl OnceAtATime {
    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, watch::Receiver<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins something, unless somebody is doing it.
    pub(crate) fn begin(&self, id: Uuid) -> Beginning {
        let mut all = self.all();
        if let Some(other) = all.get(&id) {
            return Beginning::Other(Ending(other.clone()));
        }
        let (ends, end) = watch::channel(());
        all.insert(id, end);
        Beginning::First(Doing {
            all: self.clone(),
            id,
            _ends: ends,
        })
    }
}

/// Something that is being done until this is dropped.
#[derive(Debug)]
pub(crate) struct Doing {
    all: OnceAtATime,
    id: Uuid,
    _ends: watch::Sender<()>,
}

impl Drop for Doing {
    fn drop(&mut self) {
        self.all.all().remove(&self.id);
    }
}

/// End of something that somebody else is doing.
#[derive(Debug)]
pub(crate) struct Ending(watch::Receiver<()>);

impl Ending {
    /// Waits for it.
    pub(crate) async fn wait(mut self) {
        // An error is what tells: nothing is ever sent.
        let _ = self.0.changed().await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn a_thing_is_done_once_at_a_time_and_others_wait_for_its_end() {
        let (all, id) = (OnceAtATime::default(), Uuid::from_u128(1));
        let Beginning::First(doing) = all.begin(id) else {
            panic!("nobody does it")
        };
        assert!(matches!(all.begin(Uuid::from_u128(2)), Beginning::First(_)));
        let Beginning::Other(end) = all.begin(id) else {
            panic!("somebody does it")
        };
        let mut waits = Box::pin(end.wait());
        assert!((&mut waits).now_or_never().is_none());
        drop(doing);
        assert!(waits.now_or_never().is_some());
        assert!(matches!(all.begin(id), Beginning::First(_)));
        assert!(all.all().is_empty(), "nothing is kept of them");
    }
}
