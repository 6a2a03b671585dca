//! Events at random, but the same in every run.

use rand::{RngExt, rngs::StdRng};

use super::{
    calendar::DAY,
    catalog::{BY_SEAT, CHOSEN},
    changes::{Act, How},
    oracle::{Account, Bill, Cutting, Paid, Says, Status},
    shop::{SEATS, Shop},
};

pub type Chance = StdRng;

pub fn one_in(chance: &mut Chance, n: u32) -> bool {
    chance.random_range(0..n) == 0
}

const DECLINES: Says = Says::Declines { hopeless: false };

/// Answer of the card in the times in which it does not just pay.
#[derive(Debug)]
pub struct Card(Vec<(i64, i64, Says)>);

impl Card {
    /// Two in ten are good for ever.
    pub fn new(chance: &mut Chance, (start, end): (i64, i64)) -> Self {
        let count = match chance.random_range(0..10) {
            0..2 => 0,
            _ => chance.random_range(1..16),
        };
        let trouble = |chance: &mut Chance| {
            let from = chance.random_range(start..end);
            let days = [1, 2, 5, 15, 40][chance.random_range(0..5)];
            let says = match chance.random_range(0..16) {
                0..4 => DECLINES,
                4 => Says::Declines { hopeless: true },
                5..9 => Says::Unreachable,
                9 => Says::NoCard,
                n => Says::Later(chance.random_range(1..600), n < 14),
            };
            let to = from + days * DAY;
            // A card that declines at last has often been away before.
            let after = matches!(says, Says::Unreachable).then_some((to, to + 20 * DAY, DECLINES));
            [Some((from, to, says)), after].into_iter().flatten()
        };
        Self((0..count).flat_map(|_| trouble(chance)).collect())
    }

    pub fn says(&self, now: i64) -> Says {
        let in_it = |(from, to, _): &&(i64, i64, Says)| (*from..*to).contains(&now);
        self.0
            .iter()
            .find(in_it)
            .map_or(Says::Pays, |(.., says)| *says)
    }
}

/// Delay of a worker: mostly none, as where a clock stops at what is due; sometimes after a jump, or when
/// nobody was there for weeks.
pub fn lateness(chance: &mut Chance) -> i64 {
    match chance.random_range(0..40) {
        0..30 => chance.random_range(0..2),
        30..36 => chance.random_range(0..6 * 3_600),
        36..39 => chance.random_range(0..5 * DAY),
        _ => chance.random_range(0..100 * DAY),
    }
}

/// True where a bill of the subscription is not paid.
fn waits(account: &Account<'_>, s: usize) -> bool {
    let waits = |bill: &Bill| bill.sub == s && bill.state == Paid::Pending;
    account.bills.iter().any(waits)
}

/// The time until somebody asks for something again: soon where something is not paid.
pub fn pause(chance: &mut Chance, account: &Account<'_>) -> i64 {
    let unpaid = (0..account.subs.len()).any(|s| waits(account, s));
    let days = if unpaid { 6 } else { 120 };
    chance.random_range(0..days * DAY)
}

/// The plan that is bought, the seats, and the price that the buyer chooses.
pub fn bought(chance: &mut Chance, shop: &Shop) -> (usize, Option<i64>, i64) {
    let plan = chance.random_range(0..shop.plans.len());
    let seats = shop.plans[plan]
        .is_by_seat()
        .then(|| chance.random_range(1..=SEATS));
    (plan, seats, chance.random_range(100..5_000))
}

pub fn any_cut(chance: &mut Chance, shop: &Shop) -> usize {
    chance.random_range(0..shop.cuts.len())
}

/// The subscription of which something is asked: mostly one that has not ended.
pub fn one_of(chance: &mut Chance, account: &Account<'_>) -> usize {
    let any = one_in(chance, 12);
    let lives = |s: &usize| account.subs[*s].status != Status::Canceled;
    let living: Vec<usize> = (0..account.subs.len()).filter(lives).collect();
    match living.is_empty() || any {
        true => chance.random_range(0..account.subs.len()),
        false => living[chance.random_range(0..living.len())],
    }
}

/// Something that is asked of a subscription: mostly what makes sense for it.
pub fn act(chance: &mut Chance, account: &Account<'_>, s: usize, now: i64) -> Act {
    let sub = &account.subs[s];
    let how = [How::Invoice, How::Prorate, How::NextPeriod, How::Reset][chance.random_range(0..4)];
    let soon = |chance: &mut Chance, least: i64| least.max(now) + chance.random_range(1..60 * DAY);
    let leaves = sub.cancel || sub.pause || sub.status == Status::Paused;
    match chance.random_range(0..20) {
        // A pause that is reached while a bill is not paid.
        0..8 if waits(account, s) && !leaves => Act::Pause(None),
        0..4 if sub.cancel => Act::Uncancel,
        0..4 if sub.pause => Act::Unpause,
        0..4 if sub.status == Status::Paused => Act::Resume,
        0..2 if sub.waiting.is_some() => Act::Clear,
        2 if sub.status == Status::Trialing => Act::TrialNow,
        0..8 => {
            let plan = match chance.random_range(0..8) {
                0 => CHOSEN,
                1..3 => BY_SEAT,
                _ => chance.random_range(0..account.shop.plans.len()),
            };
            let cut = match chance.random_range(0..6) {
                0 => Cutting::Remove,
                1 => Cutting::Set(any_cut(chance, account.shop)),
                _ => Cutting::Keep,
            };
            Act::Plan(plan, how, cut)
        }
        8..12 => Act::Seats(chance.random_range(0..SEATS + 2), how),
        12 => Act::Cut(Some(any_cut(chance, account.shop)).filter(|_| !one_in(chance, 3))),
        13 if !leaves || one_in(chance, 4) => Act::Cancel,
        14 if !leaves || one_in(chance, 4) => {
            let resumes = (!one_in(chance, 3)).then(|| soon(chance, sub.end - DAY));
            Act::Pause(resumes)
        }
        15 if one_in(chance, 6) => Act::Revoke,
        16 => Act::TrialEnd(soon(chance, sub.end - 10 * DAY)),
        17 => Act::BillOn(soon(chance, now)),
        // Seldom fits.
        n => [
            Act::TrialNow,
            Act::Clear,
            Act::Uncancel,
            Act::Unpause,
            Act::Resume,
        ][n as usize % 5],
    }
}
