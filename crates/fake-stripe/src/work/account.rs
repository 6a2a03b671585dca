//! The account, its balance and its charges.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Call, ObjectResult, Work, listing};
use crate::{
    account::AVAILABLE_AFTER,
    params::{Param, ParamKind},
    views,
};

/// Parameters of what takes none but `expand`.
pub const NONE: &[Param] = &[listing::EXPAND];
/// Parameters of listing charges.
pub const CHARGES: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::CREATED,
    listing::EXPAND,
    Param::new("customer", ParamKind::Text(100)),
    Param::new("payment_intent", ParamKind::Text(100)),
];

/// Shows the account.
pub fn retrieve(work: &mut Work<'_>, _: &Call<'_>) -> ObjectResult {
    Ok(views::account::account(work.account))
}

/// Shows the balance, by currency.
pub fn balance(work: &mut Work<'_>, _: &Call<'_>) -> ObjectResult {
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for entry in work.books.transactions.all() {
        let net = entry.amount - entry.fee;
        let (available, pending) = sums.entry(&entry.currency).or_default();
        if entry.created + AVAILABLE_AFTER <= work.now || entry.amount < 0 {
            *available += net;
        } else {
            *pending += net;
        }
    }
    if sums.is_empty() {
        sums.insert("usd", (0, 0));
    }
    let part = |amount: i64, currency: &str| json!({ "amount": amount, "currency": currency, "source_types": { "card": amount } });
    let available: Vec<Value> = sums
        .iter()
        .map(|(currency, (sum, _))| part(*sum, currency))
        .collect();
    let pending: Vec<Value> = sums
        .iter()
        .map(|(currency, (_, sum))| part(*sum, currency))
        .collect();
    Ok(json!({
        "object": "balance", "available": available, "livemode": work.account.live, "pending": pending,
    }))
}

/// Shows a charge.
pub fn charge(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("charge", call.id)
}

/// Lists charges.
pub fn charges(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let (customer, intent) = (
        call.params.text("customer"),
        call.params.text("payment_intent"),
    );
    listing::page(work, call, "charge", work.books.charges.all(), |row| {
        call.params.within("created", row.created)
            && customer.is_none_or(|id| row.customer.as_deref() == Some(id))
            && intent.is_none_or(|id| row.intent == id)
    })
}

/// Shows an entry of the balance.
pub fn transaction(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("balance transaction", call.id)
}
