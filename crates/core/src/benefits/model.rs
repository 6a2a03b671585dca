//! Purchases to which everything happens in random order, and an independent model of who has what and of everything that
//! is told: the rule written anew, from docs/behaviour/benefits.md and not from the code.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use till_wire::{
    benefits::BenefitType,
    decimal::Decimal,
    events::EventType,
    license_keys::{LicenseKeyStatus, LicenseKeyUpdate},
};
use uuid::Uuid;

use super::{
    GrantRows, Holder,
    tests::{benefit, purchase, run},
};
use crate::{
    checkout::tests::{at, id},
    kernel::{
        changes::Changes,
        grants::SYNC_JOB,
        records::{Benefit, BenefitGrant, CustomerMeter, LicenseKey},
    },
    license_keys,
    subscriptions::model::rows::Rows,
};

/// Holder of a grant, and its benefit.
type Of = (Option<Uuid>, Uuid);

/// State of a grant, as the model knows it.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    /// Files that are given, and the uses of a license key; none where it is not live.
    live: Option<(Vec<Uuid>, i64)>,
    /// The turn in which it was granted last.
    since: i64,
    /// Paid renewals that were told of since.
    renewals: usize,
    /// Credits that were given last: the meter, the units, and the turn.
    credits: Option<(Uuid, i64, i64)>,
}

/// The catalog as the model sees it.
#[derive(Debug, Clone)]
struct Thing {
    id: Uuid,
    is_deleted: bool,
    /// Files that are offered; none of other types.
    files: Vec<Uuid>,
    /// Uses of each license key; 0 of other types.
    uses: i64,
    /// Credits: the meter, the units, and whether they move into the next period.
    credits: Option<(Uuid, i64, bool)>,
}

/// Credits of a meter, as the model knows them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Credited {
    units: i64,
    rollover: i64,
    /// The turn in which a period began last.
    since: i64,
}

struct World {
    chance: StdRng,
    things: Vec<Thing>,
    /// Indices of what the product has, in its order.
    product: Vec<usize>,
    gives: bool,
    is_deleted: bool,
    holders: Vec<Option<Uuid>>,
    /// License keys that the merchant took back.
    taken_back: BTreeSet<Of>,
    /// Credits of each meter.
    credited: BTreeMap<Uuid, Credited>,
    turn: i64,
    /// Renewals: the turn in which each began, and whether it is paid.
    renewals: Vec<(i64, bool)>,
}

const METERS: [Uuid; 2] = [Uuid::from_u128(801), Uuid::from_u128(802)];

const TYPES: [BenefitType; 5] = [
    BenefitType::Custom,
    BenefitType::Downloadables,
    BenefitType::MeterCredit,
    BenefitType::FeatureFlag,
    BenefitType::LicenseKeys,
];

fn kind_of(index: usize) -> BenefitType {
    TYPES[index % TYPES.len()]
}

fn files_of(index: usize) -> Vec<Uuid> {
    let first = u128::try_from(index).unwrap() * 10 + 500;
    (first..first + 3).map(id).collect()
}

impl World {
    fn new(seed: u64) -> Self {
        let things = (0..8).map(|index| Thing {
            id: id(20 + u128::try_from(index).unwrap()),
            is_deleted: false,
            files: match kind_of(index) {
                BenefitType::Downloadables => files_of(index),
                _ => Vec::new(),
            },
            uses: i64::from(kind_of(index) == BenefitType::LicenseKeys),
            credits: (kind_of(index) == BenefitType::MeterCredit)
                .then(|| (METERS[0], 10, index > 4)),
        });
        Self {
            chance: StdRng::seed_from_u64(seed),
            things: things.collect(),
            product: vec![0, 1],
            gives: true,
            is_deleted: false,
            holders: vec![None],
            taken_back: BTreeSet::new(),
            credited: BTreeMap::new(),
            turn: 0,
            renewals: Vec::new(),
        }
    }

    fn some(&mut self, all: usize, most: usize) -> Vec<usize> {
        let mut chosen: Vec<usize> = (0..all).collect();
        chosen.shuffle(&mut self.chance);
        chosen.truncate(self.chance.random_range(0..=most));
        chosen
    }

    /// Something happens.
    fn happen(&mut self) {
        match self.chance.random_range(0..1_000) {
            0..250 => self.gives = !self.gives,
            250..450 => self.product = self.some(8, 6),
            450..600 => {
                let index = self.chance.random_range(0..8);
                if self.things[index].uses > 0 {
                    self.things[index].uses = self.chance.random_range(1..4);
                }
                if let Some((meter, units, _)) = &mut self.things[index].credits {
                    *meter = METERS[self.chance.random_range(0..2)];
                    *units = 10 * self.chance.random_range(1..4);
                }
                if !self.things[index].files.is_empty() {
                    let all = files_of(index);
                    let mut kept = all;
                    kept.retain(|_| self.chance.random_bool(0.7));
                    if !kept.is_empty() {
                        self.things[index].files = kept;
                    }
                }
            }
            600..700 => self.renewals.push((self.turn, false)),
            700..800 => {
                let unpaid = self.renewals.iter_mut().filter(|(_, paid)| !paid);
                let mut unpaid: Vec<_> = unpaid.collect();
                if !unpaid.is_empty() {
                    let which = self.chance.random_range(0..unpaid.len());
                    unpaid[which].1 = true;
                }
            }
            800..990 => {
                let seats = self.some(4, 3);
                let member = |n: &usize| Some(id(900 + u128::try_from(*n).unwrap()));
                self.holders = match seats.is_empty() {
                    true => vec![None],
                    false => seats.iter().map(member).collect(),
                };
            }
            990..999 => {
                let index = self.chance.random_range(0..8);
                self.things[index].is_deleted = true;
            }
            _ => self.is_deleted = true,
        }
    }

    /// The merchant takes a license key back, or lets it be again.
    fn take_back(&mut self, kept: &mut Rows) {
        let mut keys = kept.of::<LicenseKey>(&[]);
        keys.sort_by_key(|key| key.id);
        if keys.is_empty() || self.chance.random_bool(0.8) {
            return;
        }
        let key = &keys[self.chance.random_range(0..keys.len())];
        let of = (key.member_id, key.benefit_id);
        let status = match self.taken_back.remove(&of) {
            true => LicenseKeyStatus::Granted,
            false => {
                self.taken_back.insert(of);
                LicenseKeyStatus::Revoked
            }
        };
        let input = LicenseKeyUpdate {
            status: Some(status),
            ..LicenseKeyUpdate::default()
        };
        let (_, changes) = license_keys::update(key, input, &at(self.turn));
        kept.commit(changes).expect("nobody else writes");
        kept.take_jobs(SYNC_JOB.name());
    }

    /// The row of a benefit.
    fn row(&self, index: usize) -> Benefit {
        let thing = &self.things[index];
        let mut archived = serde_json::Map::new();
        let all = match kind_of(index) {
            BenefitType::Downloadables => files_of(index),
            _ => Vec::new(),
        };
        for file in all.iter().filter(|file| !thing.files.contains(file)) {
            archived.insert(file.to_string(), json!(true));
        }
        let properties = match (thing.uses, thing.credits) {
            (_, Some((meter, units, rollover))) => {
                json!({"meter_id": meter, "units": units, "rollover": rollover})
            }
            (0, None) => json!({"files": all, "archived": archived}),
            (uses, None) => json!({"limit_usage": uses}),
        };
        let mut row = benefit(
            20 + u128::try_from(index).unwrap(),
            kind_of(index),
            properties,
        );
        row.deleted_at = thing.is_deleted.then_some(at(0).now);
        row
    }

    fn rows(&self, grants: Vec<BenefitGrant>) -> GrantRows {
        let of_product = |index: &usize| self.product.contains(index);
        let mut rows = purchase(self.product.iter().map(|index| self.row(*index)).collect());
        let others = (0..8).filter(|index| !of_product(index));
        rows.former = others.map(|index| self.row(index)).collect();
        rows.gives = self.gives;
        let began = |grant: &BenefitGrant| {
            let paid = self.renewals.iter().filter(|(_, paid)| *paid);
            let after = paid.filter(|(began, _)| Some(at(*began).now) > grant.granted_at);
            (grant.id, i64::try_from(after.count()).unwrap())
        };
        rows.cycles = grants.iter().filter(|g| g.is_live()).map(began).collect();
        rows.customer.deleted_at = self.is_deleted.then_some(at(0).now);
        rows.grants = grants;
        rows
    }

    /// Benefits that are due, in the order in which they are given: each holder in turn, by the product's list.
    fn due(&self) -> Vec<(Of, (Vec<Uuid>, i64))> {
        let mut due = Vec::new();
        if !self.gives || self.is_deleted {
            return due;
        }
        for holder in &self.holders {
            for index in &self.product {
                let thing = &self.things[*index];
                let is_taken_back = self.taken_back.contains(&(*holder, thing.id));
                if !thing.is_deleted && !is_taken_back {
                    let meter = thing.credits.iter().map(|(meter, ..)| *meter);
                    let files = thing.files.iter().copied().chain(meter).collect();
                    due.push(((*holder, thing.id), (files, thing.uses)));
                }
            }
        }
        due
    }

    fn thing(&self, of: Of) -> &Thing {
        let found = self.things.iter().find(|thing| thing.id == of.1);
        found.expect("a benefit of the catalog")
    }

    /// Gives what a benefit credits so many times; what was given, if anything.
    fn give_credits(&mut self, of: Of, times: i64) -> Option<(Uuid, i64, i64)> {
        let (meter, units, rollover) = self.thing(of).credits.filter(|_| times > 0)?;
        let times = if rollover { times } else { 1 };
        let credited = self.credited.entry(meter).or_insert(Credited {
            since: i64::MIN,
            ..Credited::default()
        });
        credited.units += times * units;
        credited.rollover += i64::from(rollover) * times * units;
        Some((meter, units, self.turn))
    }

    /// Takes back what was given last: of an earlier period there is at most what moved on, or was added since.
    fn take_credits(&mut self, of: Of, given: Option<(Uuid, i64, i64)>) {
        let Some((meter, units, turn)) = given else {
            return;
        };
        let (_, _, rollover) = self.thing(of).credits.expect("it gives credits");
        let credited = self.credited.get_mut(&meter).expect("they were given");
        let left = match (turn < credited.since, rollover) {
            (_, true) => units.min(credited.rollover),
            (true, false) => 0,
            (false, false) => units,
        };
        credited.units -= left;
        credited.rollover -= i64::from(rollover) * left;
        assert!(credited.units >= credited.rollover && credited.rollover >= 0);
    }

    /// A period begins: what was credited is used up to `used`, and the rest is over unless it moves on.
    fn begin_period(&mut self, kept: &mut Rows) {
        if !self.chance.random_bool(0.1) {
            return;
        }
        let used = self.chance.random_range(0..60);
        for row in kept.of::<CustomerMeter>(&[]) {
            let mut new = row.clone();
            new.begin_anew(Decimal::from(used), &at(self.turn));
            let mut changes = Changes::new();
            changes.update(&row, &new);
            kept.commit(changes).expect("nobody else writes");
        }
        for credited in self.credited.values_mut() {
            let left = (credited.units - used).max(0).min(credited.rollover);
            (credited.units, credited.rollover, credited.since) = (left, left, self.turn);
        }
    }

    /// Renewals that are paid now and began after this turn.
    fn paid_since(&self, turn: i64) -> usize {
        let paid = |(began, paid): &&(i64, bool)| *paid && *began > turn;
        self.renewals.iter().filter(paid).count()
    }

    /// Events that are told, with the state that is known then. Revocations are told in any order: the model does not know which of two
    /// grants with one place is older.
    fn expect(&mut self, known: &mut BTreeMap<Of, Known>) -> (Vec<Of>, Vec<(EventType, Of)>) {
        let due = self.due();
        let mut gone = Vec::new();
        for (of, state) in known.iter_mut() {
            if state.live.is_some() && !due.iter().any(|(one, _)| one == of) {
                state.live = None;
                self.take_credits(*of, state.credits.take());
                gone.push(*of);
            }
        }
        let mut told = Vec::new();
        let mut kept = Vec::new();
        for (of, given) in due {
            let mut state = Known {
                live: Some(given.clone()),
                since: self.turn,
                renewals: 0,
                credits: None,
            };
            let mut times = 1;
            match known.get(&of) {
                Some(before) if before.live.is_some() => {
                    state.since = before.since;
                    state.renewals = self.paid_since(before.since);
                    state.credits = before.credits;
                    times = i64::try_from(state.renewals - before.renewals).unwrap();
                    let now = self.thing(of).credits.map(|(meter, ..)| meter);
                    if now != before.credits.map(|(meter, ..)| meter) {
                        self.take_credits(of, before.credits);
                        times = times.max(1);
                    }
                    if before.live != Some(given) {
                        kept.push((EventType::BenefitGrantUpdated, of));
                    }
                    for _ in before.renewals..state.renewals {
                        kept.push((EventType::BenefitGrantCycled, of));
                    }
                }
                _ => told.push((EventType::BenefitGrantCreated, of)),
            }
            state.credits = self.give_credits(of, times).or(state.credits);
            known.insert(of, state);
        }
        told.extend(kept);
        (gone, told)
    }
}

/// Files of a grant, or the meter of its credits.
fn files(properties: &Value) -> Vec<Uuid> {
    let all = properties["files"].as_array().into_iter().flatten();
    let meter = properties.get("last_credited_meter_id");
    all.chain(meter)
        .map(|id| id.as_str().unwrap().parse().unwrap())
        .collect()
}

/// Uses of the license key of a grant, 0 where it gives none: the key can be used while the grant is live, and is the one
/// that the grant names.
fn uses(kept: &Rows, grant: &BenefitGrant, place: &str) -> i64 {
    let keys = kept.of::<LicenseKey>(&[("grant_id", grant.id.into())]);
    let Some(key) = keys.first() else {
        return 0;
    };
    assert_eq!(keys.len(), 1, "{place}: one key for each grant");
    let usable = key.status == LicenseKeyStatus::Granted;
    assert_eq!(usable, grant.is_live(), "{place}: {key:?}");
    let named = match grant.is_live() {
        true => json!({"license_key_id": key.id, "display_key": key.display_key()}),
        false => json!({}),
    };
    assert_eq!(grant.properties.0, named, "{place}");
    key.limit_usage.unwrap_or(0)
}

/// Two hundred turns of one purchase; the number of events.
fn live(seed: u64) -> usize {
    let mut world = World::new(seed);
    let (mut kept, mut known) = (Rows::default(), BTreeMap::new());
    let mut grants: Vec<BenefitGrant> = Vec::new();
    let mut ids: BTreeMap<Of, Uuid> = BTreeMap::new();
    let mut count = 0;
    for turn in 0..200 {
        world.turn = turn;
        // Several things may happen before the job runs.
        for _ in 0..world.chance.random_range(1..4) {
            world.happen();
        }
        let holders: Vec<Holder> = world
            .holders
            .iter()
            .map(|member_id| Holder {
                member_id: *member_id,
            })
            .collect();
        world.take_back(&mut kept);
        world.begin_period(&mut kept);
        let mut rows = world.rows(grants);
        let (told, again) = run(&mut rows, &holders, &mut kept, turn);
        assert!(
            !again,
            "seed {seed}, turn {turn}: so few grants take one run"
        );
        grants = rows.grants;
        let of = |grant: &BenefitGrant| (grant.member_id, grant.benefit_id);
        for grant in &grants {
            let first = *ids.entry(of(grant)).or_insert(grant.id);
            assert_eq!(
                first, grant.id,
                "seed {seed}, turn {turn}: one grant for each"
            );
        }
        let (mut gone, wanted) = world.expect(&mut known);
        let named = |id: &Uuid| of(grants.iter().find(|grant| grant.id == *id).unwrap());
        let told: Vec<_> = told.iter().map(|(kind, id)| (*kind, named(id))).collect();
        count += told.len();
        let revoked = |(kind, _): &&(EventType, Of)| *kind == EventType::BenefitGrantRevoked;
        let mut first: Vec<Of> = told.iter().take_while(revoked).map(|(_, of)| *of).collect();
        let rest = &told[first.len()..];
        first.sort_unstable();
        gone.sort_unstable();
        assert_eq!(
            first, gone,
            "seed {seed}, turn {turn}: revoked, before all else"
        );
        assert_eq!(rest, wanted, "seed {seed}, turn {turn}");
        for grant in &grants {
            let state = &known[&of(grant)];
            let uses = uses(&kept, grant, &format!("seed {seed}, turn {turn}"));
            let live = grant.is_live().then(|| (files(&grant.properties), uses));
            assert_eq!(live, state.live, "seed {seed}, turn {turn}: {grant:?}");
            assert_eq!(grant.is_live(), grant.revoked_at.is_none());
        }
        assert_eq!(grants.len(), known.len(), "seed {seed}, turn {turn}");
        let counts = kept.of::<CustomerMeter>(&[]);
        let credited: BTreeMap<Uuid, (i64, i64)> = (counts.iter())
            .map(|row| (row.meter_id, (row.credited_units, row.rollover_units)))
            .collect();
        let wanted = world.credited.iter();
        let wanted: BTreeMap<Uuid, (i64, i64)> = wanted
            .map(|(meter, all)| (*meter, (all.units, all.rollover)))
            .collect();
        assert_eq!(credited, wanted, "seed {seed}, turn {turn}");
        let idle = run(&mut world.rows(grants.clone()), &holders, &mut kept, turn).0;
        assert_eq!(
            idle,
            [],
            "seed {seed}, turn {turn}: a second run tells nothing"
        );
    }
    count
}

#[test]
fn whoever_is_to_have_something_has_it_and_everything_is_told_once() {
    let told: usize = (0..60).map(live).sum();
    assert!(told > 10_000, "the walk told of {told}");
}
