//! Documents: each paid order has one invoice number, a customer's numbers have no gap, and a file is there once, the same
//! whenever it is read.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::Verdict;
use crate::record::{CreditNote, Documents, Next, Numbered, Order, Record};

/// Everything about documents; nothing where none were read.
pub fn documents(record: &Record, verdict: &mut Verdict) {
    if let Some(documents) = &record.documents {
        numbered(record, documents, verdict);
        without_gaps(documents, verdict);
        credit_notes(documents, verdict);
        files(documents, verdict);
    }
}

/// A paid order has an invoice, one that was charged a receipt, and no number is there twice.
fn numbered(record: &Record, documents: &Documents, verdict: &mut Verdict) {
    let orders: HashMap<Uuid, &Order> = record.orders.iter().map(|o| (o.id, o)).collect();
    let mut seen = HashSet::new();
    for one in &documents.orders {
        let order = orders.get(&one.order);
        let is_paid = order.is_some_and(|order| order.is_paid());
        if is_paid && one.invoice.is_none() {
            verdict.broken(format!("order {} is paid and has no invoice", one.order));
        }
        let is_charged = order.is_some_and(|order| order.is_charged());
        if (is_paid && is_charged) != one.receipt.is_some() {
            verdict.broken(format!(
                "order {} ({}) has the receipt {:?}",
                one.order,
                order.map_or("unknown", |order| &order.status),
                one.receipt
            ));
        }
        for number in one.invoice.iter().chain(&one.receipt) {
            if !seen.insert(number) {
                verdict.broken(format!("number {number} was given twice"));
            }
        }
    }
    let invoices = documents.orders.iter().filter(|one| one.invoice.is_some());
    let receipts = documents.orders.iter().filter(|one| one.receipt.is_some());
    verdict.count("numbers of invoices", invoices.count());
    verdict.count("numbers of receipts", receipts.count());
}

/// A customer's numbers are those from one to the last that was given.
fn without_gaps(documents: &Documents, verdict: &mut Verdict) {
    let mut orders: HashMap<Uuid, Vec<&Numbered>> = HashMap::new();
    for one in &documents.orders {
        orders.entry(one.customer).or_default().push(one);
    }
    for next in &documents.next {
        let own = orders.remove(&next.customer).unwrap_or_default();
        without_gap(next, &own, verdict);
    }
    for customer in orders.keys() {
        verdict.broken(format!("numbered orders of {customer}, who is not there"));
    }
}

fn without_gap(next: &Next, own: &[&Numbered], verdict: &mut Verdict) {
    let invoices = own.iter().filter_map(|one| one.invoice.as_deref());
    let receipts = own.iter().filter_map(|one| one.receipt.as_deref());
    for (name, found, next_number) in [
        ("invoices", last_parts(invoices, '-'), next.invoice),
        ("receipts", last_parts(receipts, '-'), next.receipt),
    ] {
        if !found.iter().copied().eq(1..next_number) {
            verdict.broken(format!(
                "customer {} has {name} {found:?}, and the next is {next_number}",
                next.customer
            ));
        }
    }
}

/// The numbers after the last of these letters, in order.
fn last_parts<'a>(numbers: impl Iterator<Item = &'a str>, mark: char) -> Vec<i64> {
    let last = |number: &str| number.rsplit_once(mark)?.1.parse().ok();
    let mut found: Vec<i64> = numbers.map(|number| last(number).unwrap_or(0)).collect();
    found.sort_unstable();
    found
}

/// A refund that succeeded has a credit note, one that gave nothing back has none, and those of an order are numbered
/// one after the other.
fn credit_notes(documents: &Documents, verdict: &mut Verdict) {
    let mut notes: HashMap<Uuid, Vec<&str>> = HashMap::new();
    for note in &documents.credit_notes {
        let Some(order) = note.order else {
            continue;
        };
        given(note, verdict);
        notes
            .entry(order)
            .or_default()
            .extend(note.number.as_deref());
    }
    let mut count = 0;
    for one in &documents.orders {
        let own = notes.remove(&one.order).unwrap_or_default();
        count += own.len();
        let invoice = one.invoice.as_deref().unwrap_or_default();
        let is_named = |note: &&str| {
            note.strip_prefix(invoice)
                .is_some_and(|end| end.starts_with("-CN"))
        };
        let found = last_parts(own.iter().copied(), 'N');
        if !own.iter().all(is_named) || !found.iter().copied().eq(1..=one.credit_notes) {
            verdict.broken(format!(
                "order {} counts {} credit notes and has {own:?}",
                one.order, one.credit_notes
            ));
        }
    }
    verdict.count("numbers of credit notes", count);
}

fn given(note: &CreditNote, verdict: &mut Verdict) {
    match (note.state.as_str(), &note.number) {
        ("succeeded", None) => verdict.broken(format!(
            "refund {} succeeded and has no credit note",
            note.refund
        )),
        // What succeeded and came back keeps its number.
        ("succeeded" | "failed", _) | (_, None) => {}
        (state, Some(number)) => verdict.broken(format!(
            "refund {} is {state} and has credit note {number}",
            note.refund
        )),
    }
}

/// Each file that a row names is there, and whoever fetched a file got the same bytes.
fn files(documents: &Documents, verdict: &mut Verdict) {
    for path in &documents.named {
        if !documents.files.contains_key(path) {
            verdict.broken(format!("file {path} is not there"));
        }
    }
    for order in &documents.asked {
        let has_invoice = |path: &&String| path.contains(&format!("/{order}/invoice-"));
        if !documents.named.iter().any(|path| has_invoice(&path)) {
            verdict.broken(format!("the invoice of order {order} was never made"));
        }
    }
    for path in &documents.missing {
        verdict.broken(format!("{path} was there, and is not any more"));
    }
    let mut bytes: BTreeMap<&str, u64> = BTreeMap::new();
    for (path, kept) in &documents.files {
        bytes.insert(path, *kept);
    }
    for one in &documents.fetched {
        if !one.is_pdf {
            verdict.broken(format!("file {} is no PDF", one.path));
        }
        if *bytes.entry(&one.path).or_insert(one.bytes) != one.bytes {
            verdict.broken(format!("file {} was read with other bytes", one.path));
        }
    }
    let left = documents.files.keys();
    let left = left.filter(|path| !documents.named.contains(*path));
    verdict.count("files of documents", documents.named.len());
    verdict.count(
        "  of them fetched, one time and another",
        documents.fetched.len(),
    );
    verdict.count(
        "  files that a later one replaced, and that are still there",
        left.count(),
    );
}
