//! Load, decide and commit again when rows moved in between.

use std::future::Future;
use std::time::Duration;

use crate::error::Stale;

/// The number of times that a decision is made before the caller hears that rows keep moving.
const TRIES: u32 = 5;

/// Runs `attempt` (load, decide, commit) until it is not refused as stale, at most 5 times, with
/// growing random pauses drawn from `seed` (0–4 ms, then 0–8, 0–16 and 0–32). The last refusal is returned as it is.
pub async fn retry_on_conflict<T, E, F, Fut>(seed: u64, mut attempt: F) -> Result<T, E>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: Stale,
{
    let mut state = seed;
    for turn in 1.. {
        match attempt().await {
            Err(e) if e.is_stale() && turn < TRIES => {
                let ceiling = 2000_u64 << turn;
                let pause = Duration::from_micros(splitmix(&mut state) % ceiling);
                #[allow(
                    clippy::disallowed_methods,
                    reason = "the pause decides nothing; it only keeps rivals apart"
                )]
                tokio::time::sleep(pause).await;
            }
            settled => return settled,
        }
    }
    unreachable!("the loop returns on its last turn")
}

/// SplitMix64: rivals need different pauses, not good randomness.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
