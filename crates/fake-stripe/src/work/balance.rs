//! The balance of the account: entries of what comes in and goes out.

use super::Work;
use crate::books::BalanceTransaction;

/// An entry of the balance, before it is written.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Minor units; negative if they leave.
    pub amount: i64,
    /// Stripe's own, in minor units.
    pub fee: i64,
    /// The currency.
    pub currency: &'a str,
    /// `type`.
    pub kind: &'a str,
    /// `reporting_category`.
    pub category: &'a str,
    /// The object that it is about.
    pub source: &'a str,
}

/// Writes an entry of the balance.
pub fn transaction(work: &mut Work<'_>, entry: Entry<'_>) -> String {
    let id = work.books.id("txn");
    work.books.transactions.put(BalanceTransaction {
        id: id.clone(),
        created: work.now,
        amount: entry.amount,
        fee: entry.fee,
        currency: entry.currency.to_owned(),
        kind: entry.kind.to_owned(),
        category: entry.category.to_owned(),
        source: entry.source.to_owned(),
        description: None,
    });
    id
}
