//! Disputes: opened by a buyer's bank, accepted by the merchant, decided by the bank.

use serde_json::{Map, Value, json};

use super::{
    Call, ObjectResult, Work,
    balance::{Entry, transaction},
    listing, not_found,
};
use crate::{
    books::Dispute,
    error::Refusal,
    params::{Param, ParamKind},
};

/// Fee of the bank for a dispute, in minor units.
const FEE: i64 = 1_500;

/// Parameters of listing disputes.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::CREATED,
    listing::EXPAND,
    Param::new("charge", ParamKind::Text(100)),
    Param::new("payment_intent", ParamKind::Text(100)),
];
/// Parameters of showing or accepting a dispute.
pub const ONE: &[Param] = &[listing::EXPAND];

/// Opens a dispute about a charge; an inquiry takes no money.
///
/// # Errors
///
/// 400 if the charge is not there, has failed or is disputed.
pub fn open(work: &mut Work<'_>, charge: &str, reason: &str, inquiry: bool) -> ObjectResult {
    let charge = work
        .books
        .charges
        .get(charge)
        .filter(|charge| charge.paid && !charge.disputed)
        .cloned()
        .ok_or_else(|| {
            Refusal::invalid("There is no such charge that could be disputed.").param("charge")
        })?;
    let id = work.books.id("du");
    let transactions = if inquiry {
        Vec::new()
    } else {
        vec![moves(work, &id, -charge.amount, FEE, &charge.currency)]
    };
    work.books.disputes.put(Dispute {
        id: id.clone(),
        created: work.now,
        charge: charge.id.clone(),
        intent: charge.intent,
        amount: charge.amount,
        currency: charge.currency,
        status: if inquiry {
            "warning_needs_response"
        } else {
            "needs_response"
        }
        .to_owned(),
        reason: reason.to_owned(),
        metadata: Map::new(),
        transactions,
    });
    work.books
        .charges
        .change(&charge.id, |charge| charge.disputed = true);
    work.emit_for("charge.dispute.created", &id);
    if !inquiry {
        work.emit_for("charge.dispute.funds_withdrawn", &id);
    }
    work.answer("dispute", &id)
}

fn moves(work: &mut Work<'_>, dispute: &str, amount: i64, fee: i64, currency: &str) -> String {
    let category = if amount < 0 {
        "dispute"
    } else {
        "dispute_reversal"
    };
    transaction(
        work,
        Entry {
            amount,
            fee,
            currency,
            kind: "adjustment",
            category,
            source: dispute,
        },
    )
}

/// The merchant accepts: the dispute is lost.
pub fn close(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let dispute = found(work, call.id)?;
    match dispute.status.as_str() {
        "needs_response" => decide(work, call.id, "lost"),
        "warning_needs_response" => decide(work, call.id, "warning_closed"),
        _ => Err(Refusal::invalid("This dispute is already closed")),
    }
}

/// The bank decides, or looks at it: `won`, `lost`, `under_review`, `warning_closed`, `needs_response`.
///
/// # Errors
///
/// 404 if there is no such dispute, 400 for a decided one and other states.
pub fn decide(work: &mut Work<'_>, id: &str, status: &str) -> ObjectResult {
    let mut dispute = found(work, id)?;
    const STATES: [&str; 6] = [
        "won",
        "lost",
        "under_review",
        "warning_closed",
        "warning_under_review",
        "needs_response",
    ];
    if !STATES.contains(&status)
        || ["won", "lost", "warning_closed"].contains(&dispute.status.as_str())
    {
        return Err(Refusal::invalid(format!(
            "A dispute that is {} does not become {status}.",
            dispute.status
        )));
    }
    let previous = json!({ "status": &dispute.status });
    let escalated = status == "needs_response" && dispute.transactions.is_empty();
    if escalated {
        let taken = moves(work, id, -dispute.amount, FEE, &dispute.currency);
        dispute.transactions.push(taken);
    }
    if status == "won" && !dispute.transactions.is_empty() {
        let given = moves(work, id, dispute.amount, -FEE, &dispute.currency);
        dispute.transactions.push(given);
    }
    status.clone_into(&mut dispute.status);
    work.books.disputes.put(dispute);
    let object = work.view(id).unwrap_or(Value::Null);
    if escalated {
        work.emit("charge.dispute.funds_withdrawn", object.clone());
    }
    let kind = match status {
        "won" | "lost" | "warning_closed" => "charge.dispute.closed",
        _ => "charge.dispute.updated",
    };
    work.emit_change(kind, object.clone(), Some(previous));
    if status == "won" {
        work.emit("charge.dispute.funds_reinstated", object.clone());
    }
    Ok(object)
}

/// Shows a dispute.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("dispute", call.id)
}

/// Lists disputes.
pub fn list(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let (charge, intent) = (
        call.params.text("charge"),
        call.params.text("payment_intent"),
    );
    listing::page(work, call, "dispute", work.books.disputes.all(), |row| {
        call.params.within("created", row.created)
            && charge.is_none_or(|id| row.charge == id)
            && intent.is_none_or(|id| row.intent == id)
    })
}

fn found(work: &Work<'_>, id: &str) -> Result<Dispute, Refusal> {
    work.books
        .disputes
        .get(id)
        .cloned()
        .ok_or_else(|| not_found("dispute", id))
}
