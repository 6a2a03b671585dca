//! Turns at work of which this node does so much at once. A turn that ends goes to the organization that waits and holds
//! the fewest: one alone has all of them, and one that sends a lot holds up the next of another for no longer than the
//! first of its turns to end.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;
use uuid::Uuid;

/// The turns at one kind of work.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Turns that nobody holds; none while somebody waits.
    free: usize,
    /// Turns that each organization holds.
    held: BTreeMap<Uuid, usize>,
    /// Organizations that wait, the first one first.
    waiting: VecDeque<(Uuid, oneshot::Sender<Turn>)>,
}

impl Turns {
    /// So many turns.
    pub fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: count,
            held: BTreeMap::new(),
            waiting: VecDeque::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A turn of an organization, held until it is dropped. Whoever does not wait any longer gets none.
    pub async fn take(&self, organization_id: Uuid) -> Turn {
        let comes = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return self.given(&mut state, organization_id);
            }
            let (gives, comes) = oneshot::channel();
            state.waiting.push_back((organization_id, gives));
            comes
        };
        comes.await.expect("whoever waits is given a turn")
    }

    /// Number of those who wait.
    pub fn waiting(&self) -> usize {
        let state = self.state();
        let still = state.waiting.iter().filter(|(_, one)| !one.is_closed());
        still.count()
    }

    fn given(&self, state: &mut State, organization_id: Uuid) -> Turn {
        *state.held.entry(organization_id).or_default() += 1;
        Turn {
            turns: Some(self.clone()),
            organization_id,
        }
    }

    /// Takes a turn back, and gives it to the next.
    fn ended(&self, organization_id: Uuid) {
        let mut state = self.state();
        state.give_back(organization_id);
        state.waiting.retain(|(_, gives)| !gives.is_closed());
        while let Some(next) = state.next() {
            let (organization_id, gives) = next;
            let turn = self.given(&mut state, organization_id);
            match gives.send(turn) {
                Ok(()) => return,
                // They do not wait any longer.
                Err(mut turn) => {
                    turn.turns = None;
                    state.give_back(organization_id);
                }
            }
        }
        state.free += 1;
    }
}

impl State {
    fn give_back(&mut self, organization_id: Uuid) {
        if let Some(count) = self.held.get_mut(&organization_id) {
            *count -= 1;
            if *count == 0 {
                self.held.remove(&organization_id);
            }
        }
    }

    /// The first of those who wait whose organization holds the fewest turns.
    fn next(&mut self) -> Option<(Uuid, oneshot::Sender<Turn>)> {
        let held = |id| self.held.get(id).copied().unwrap_or_default();
        let places = self.waiting.iter().enumerate();
        let (place, _) = places.min_by_key(|(_, (id, _))| held(id))?;
        self.waiting.remove(place)
    }
}

/// A turn of an organization.
#[derive(Debug)]
pub struct Turn {
    /// None where it was never given.
    turns: Option<Turns>,
    organization_id: Uuid,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.turns.take() {
            turns.ended(self.organization_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, future::BoxFuture};

    use super::*;

    const BUSY: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    /// A turn that is asked for, and comes at once or later.
    fn asked(turns: &Turns, organization_id: Uuid) -> (BoxFuture<'static, Turn>, Option<Turn>) {
        let turns = turns.clone();
        let mut asked = async move { turns.take(organization_id).await }.boxed();
        let at_once = (&mut asked).now_or_never();
        (asked, at_once)
    }

    #[test]
    fn an_organization_alone_has_all_turns() {
        let turns = Turns::new(3);
        let mut held: Vec<_> = (0..3).map(|_| asked(&turns, BUSY).1.unwrap()).collect();
        let (mut next, none) = asked(&turns, BUSY);
        assert!(none.is_none());
        held.pop();
        held.push((&mut next).now_or_never().expect("its turn"));
        assert!(asked(&turns, BUSY).1.is_none());
        drop(held);
        assert_eq!(turns.state().free, 3);
        assert_eq!(turns.waiting(), 0);
        assert!(turns.state().held.is_empty(), "nothing is kept of it");
    }

    #[test]
    fn the_next_turn_is_that_of_who_holds_the_fewest() {
        let turns = Turns::new(3);
        let mut held: Vec<_> = (0..3).map(|_| asked(&turns, BUSY).1.unwrap()).collect();
        let mut more: Vec<_> = (0..9).map(|_| asked(&turns, BUSY).0).collect();
        let mut others: Vec<_> = (0..2).map(|_| asked(&turns, OTHER).0).collect();
        held.pop();
        let other = (&mut others[0]).now_or_never();
        let other = other.expect("before all of the busy one's");
        // They have as many then: the first of those who wait is next.
        held.pop();
        held.push((&mut more[0]).now_or_never().expect("the first"));
        assert!((&mut others[1]).now_or_never().is_none());
        drop(other);
        let other = (&mut others[1]).now_or_never().expect("it has none");
        assert!(more[1..].iter_mut().all(|one| one.now_or_never().is_none()));
        drop((held, other));
        for one in &mut more[1..] {
            assert!(one.now_or_never().is_some());
        }
        assert_eq!(turns.state().free, 3);
    }

    #[test]
    fn a_turn_is_not_lost_with_those_who_do_not_wait() {
        let turns = Turns::new(1);
        let held = asked(&turns, BUSY).1.unwrap();
        let waits: Vec<_> = (0..3).map(|_| asked(&turns, BUSY).0).collect();
        let (last, _) = asked(&turns, OTHER);
        assert_eq!(turns.waiting(), 4);
        drop(waits);
        assert_eq!(turns.waiting(), 1);
        drop(held);
        // It came, and nobody looked.
        drop(last);
        assert_eq!(turns.state().free, 1);
        assert!(asked(&turns, OTHER).1.is_some());
    }
}
