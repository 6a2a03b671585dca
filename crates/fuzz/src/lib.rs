//! Fuzz targets: what strangers send, taken as far as the decisions that it leads to. `scripts/fuzz` runs them
//! with libFuzzer, guided by coverage; the test below replays the seeds.
//!
//! An input of `create` is a body; of `update` and `confirm`, a session and a writer or buyer (one character
//! each, see [`targets`]) and a body, or a list of bodies sent one after the other; of `link`, a link, a way of
//! signing, and a query string. Where no JSON follows, the bytes choose from fields and values that mean
//! something ([`body`]).

pub mod body;
pub mod shop;
pub mod sound;
pub mod targets;

/// A target: panics where a rule is broken.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: [(&str, Target); 4] = [
    ("create", targets::create),
    ("update", targets::update),
    ("confirm", targets::confirm),
    ("link", targets::link),
];

/// The target of a name.
pub fn target(name: &str) -> Option<Target> {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.map(|(_, target)| *target)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn every_seed_holds() {
        for (name, target) in super::TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("seeds")
                .join(name);
            let mut seeds = 0;
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                println!("{}", path.display());
                target(&std::fs::read(&path).unwrap());
                seeds += 1;
            }
            assert!(seeds > 0, "{name} has no seeds");
        }
    }

    #[test]
    fn bytes_without_meaning_hold_too() {
        for (_, target) in super::TARGETS {
            let mut state = 1_u64;
            for length in 0..600 {
                let bytes: Vec<u8> = (0..length % 257)
                    .map(|_| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1);
                        (state >> 33) as u8
                    })
                    .collect();
                target(&bytes);
            }
        }
    }
}
