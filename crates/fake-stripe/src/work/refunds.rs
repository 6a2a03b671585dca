//! Refunds: made through the API, or by somebody in the dashboard.

use serde_json::Map;

use super::{
    Call, ObjectResult, Work,
    balance::{self, Entry},
    listing, merged, methods, not_found,
};
use crate::{
    books::{Charge, Refund},
    cards::Afterwards,
    error::Refusal,
    money,
    params::{Param, ParamKind, Params},
};

/// Seconds until a refund that is not settled at once is.
pub const SETTLES_AFTER: i64 = 10;

/// Parameters of making a refund.
pub const CREATE: &[Param] = &[
    Param::new("amount", ParamKind::Integer(1)),
    Param::new("charge", ParamKind::Text(100)),
    Param::new("currency", ParamKind::NotDone),
    Param::new("customer", ParamKind::NotDone),
    listing::EXPAND,
    Param::new("instructions_email", ParamKind::Text(512)),
    Param::emptyable("metadata", ParamKind::Metadata),
    Param::new("origin", ParamKind::NotDone),
    Param::new("payment_intent", ParamKind::Text(100)),
    Param::new(
        "reason",
        ParamKind::Word(&["duplicate", "fraudulent", "requested_by_customer"]),
    ),
    Param::new("refund_application_fee", ParamKind::NotDone),
    Param::new("reverse_transfer", ParamKind::NotDone),
];
/// Parameters of changing a refund.
pub const UPDATE: &[Param] = &[
    listing::EXPAND,
    Param::emptyable("metadata", ParamKind::Metadata),
];
/// Parameters of listing refunds.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::CREATED,
    listing::EXPAND,
    Param::new("charge", ParamKind::Text(100)),
    Param::new("payment_intent", ParamKind::Text(100)),
];

/// Gives money back.
pub fn create(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let charge = charge_of(work, call.params)?;
    let amount = call
        .params
        .integer("amount")
        .unwrap_or(charge.amount - charge.amount_refunded);
    refundable(&charge, amount, work)?;
    let method = work.books.methods.get(&charge.method).map(methods::card);
    let afterwards = method.map_or(Afterwards::Nothing, |card| card.afterwards);
    let later = |status: &str| Some((work.now + SETTLES_AFTER, status.to_owned()));
    let (status, due) = match afterwards {
        Afterwards::RefundPending => ("pending", later("succeeded")),
        Afterwards::RefundFails => ("succeeded", later("failed")),
        _ => ("succeeded", None),
    };
    let id = work.books.id("re");
    let transaction = balance::transaction(
        work,
        Entry {
            amount: -amount,
            fee: 0,
            currency: &charge.currency,
            kind: "refund",
            category: "refund",
            source: &id,
        },
    );
    work.books.refunds.put(Refund {
        id: id.clone(),
        created: work.now,
        charge: charge.id.clone(),
        intent: charge.intent,
        amount,
        currency: charge.currency,
        status: status.to_owned(),
        reason: call.params.owned("reason"),
        metadata: merged(Map::new(), call.params),
        failure_reason: None,
        transaction: Some(transaction),
        failure_transaction: None,
        due,
    });
    work.books
        .charges
        .change(&charge.id, |charge| charge.amount_refunded += amount);
    work.emit_for("refund.created", &id);
    work.emit_for("charge.refunded", &charge.id);
    work.answer("refund", &id)
}

/// The charge that the parameters name, itself or by its intent.
fn charge_of(work: &Work<'_>, params: &Params) -> Result<Charge, Refusal> {
    match (params.text("charge"), params.text("payment_intent")) {
        (Some(_), Some(_)) => Err(Refusal::invalid(
            "You may only specify one of these parameters: charge, payment_intent.",
        )
        .code("parameters_exclusive")),
        (None, None) => Err(Refusal::invalid(
            "One of the following params should be provided for this request: payment_intent or charge.",
        )
        .code("parameter_missing")),
        (Some(id), None) => {
            let charge = work.books.charges.get(id).ok_or_else(|| Refusal::missing("charge", id, "charge"))?;
            if !charge.paid {
                return Err(Refusal::invalid(format!("Charge {id} is not refundable, since it has failed.")).param("charge"));
            }
            Ok(charge.clone())
        }
        (None, Some(id)) => {
            if work.books.intents.get(id).is_none() {
                return Err(Refusal::missing("payment_intent", id, "payment_intent"));
            }
            let charge = work.books.charges.last(|charge| charge.intent == id && charge.paid).cloned();
            charge.ok_or_else(|| {
                Refusal::invalid(format!("This PaymentIntent ({id}) does not have a successful charge to refund."))
                    .code("payment_intent_unexpected_state")
                    .with("payment_intent", work.view(id).unwrap_or_default())
            })
        }
    }
}

/// Checks that so much of a charge can be given back.
fn refundable(charge: &Charge, amount: i64, work: &Work<'_>) -> Result<(), Refusal> {
    let id = &charge.id;
    let lost = work
        .books
        .disputes
        .last(|dispute| dispute.charge == *id && !dispute.status.starts_with("warning"));
    if lost.is_some_and(|dispute| dispute.status != "won") {
        return Err(Refusal::invalid(format!(
            "Charge {id} has been charged back; cannot issue a refund."
        ))
        .code("charge_disputed"));
    }
    let left = charge.amount - charge.amount_refunded;
    if left == 0 {
        return Err(
            Refusal::invalid(format!("Charge {id} has already been refunded."))
                .code("charge_already_refunded"),
        );
    }
    if amount > left {
        return Err(Refusal::invalid(format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            money::words(amount, &charge.currency),
            money::words(left, &charge.currency)
        ))
        .param("amount"));
    }
    money::whole(amount, &charge.currency)
}

/// Shows a refund.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("refund", call.id)
}

/// Changes a refund's metadata.
pub fn update(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let mut refund = found(work, call.id)?;
    refund.metadata = merged(refund.metadata, call.params);
    work.books.refunds.put(refund);
    work.emit_for("refund.updated", call.id);
    work.answer("refund", call.id)
}

/// Lists refunds.
pub fn list(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let (charge, intent) = (
        call.params.text("charge"),
        call.params.text("payment_intent"),
    );
    if let Some(id) = charge.filter(|id| work.books.charges.get(id).is_none()) {
        return Err(Refusal::missing("charge", id, "charge"));
    }
    if let Some(id) = intent.filter(|id| work.books.intents.get(id).is_none()) {
        return Err(Refusal::missing("payment_intent", id, "payment_intent"));
    }
    listing::page(work, call, "refund", work.books.refunds.all(), |row| {
        call.params.within("created", row.created)
            && charge.is_none_or(|id| row.charge == id)
            && intent.is_none_or(|id| row.intent == id)
    })
}

/// Settles the refunds that are due.
pub fn settle(work: &mut Work<'_>) {
    let due: Vec<(String, String)> = work
        .books
        .refunds
        .all()
        .iter()
        .filter_map(|refund| {
            let (at, status) = refund.due.as_ref()?;
            (*at <= work.now).then(|| (refund.id.clone(), status.clone()))
        })
        .collect();
    for (id, status) in due {
        become_(work, &id, &status);
    }
}

/// A refund becomes `succeeded` or `failed`; what failed is the account's again.
fn become_(work: &mut Work<'_>, id: &str, status: &str) {
    let Some(mut refund) = work.books.refunds.get(id).cloned() else {
        return;
    };
    refund.due = None;
    let previous = serde_json::json!({ "status": &refund.status });
    status.clone_into(&mut refund.status);
    if status == "failed" {
        refund.failure_reason = Some("lost_or_stolen_card".to_owned());
        refund.failure_transaction = Some(balance::transaction(
            work,
            Entry {
                amount: refund.amount,
                fee: 0,
                currency: &refund.currency,
                kind: "refund_failure",
                category: "refund_failure",
                source: id,
            },
        ));
        work.books.charges.change(&refund.charge, |charge| {
            charge.amount_refunded -= refund.amount
        });
    }
    work.books.refunds.put(refund);
    let object = work.view(id).unwrap_or_default();
    work.emit_change("refund.updated", object.clone(), Some(previous.clone()));
    work.emit_change("charge.refund.updated", object.clone(), Some(previous));
    if status == "failed" {
        work.emit("refund.failed", object);
    }
}

fn found(work: &Work<'_>, id: &str) -> Result<Refund, Refusal> {
    work.books
        .refunds
        .get(id)
        .cloned()
        .ok_or_else(|| not_found("refund", id))
}
