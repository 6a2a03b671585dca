//! Figures of walks.

use std::ops::AddAssign;

/// Figures of a walk.
#[derive(Debug, Default)]
pub struct Figures {
    /// Events on bills.
    pub billed: usize,
    /// Bills.
    pub bills: usize,
    /// Bills of usage that an end or a change settled.
    pub settled: usize,
    /// Decisions that were refused, because the rows had moved.
    pub refused: usize,
    /// Bills and looks at grants of one customer that were both written at the same moment.
    pub looked_at_again: usize,
    /// Decisions that were never written.
    pub lost: usize,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.billed += other.billed;
        self.bills += other.bills;
        self.settled += other.settled;
        self.refused += other.refused;
        self.looked_at_again += other.looked_at_again;
        self.lost += other.lost;
    }
}
