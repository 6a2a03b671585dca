//! Outcome of a change, in words and sums.

use till_core::subscriptions::bill::BillingRows;
use till_wire::{
    money::Currency,
    subscriptions::{SubscriptionChangePreview, SubscriptionChargePreview},
};

use super::Change;
use crate::pages::{
    checkout::{fill, money::date, view::Line},
    portal::{access::Visit, view::Block},
};

/// Effect of a change, in a sentence.
pub(super) fn effect(visit: &Visit, billing: &BillingRows, change: Change) -> Option<String> {
    let row = &billing.subscription;
    let page_context = visit.portal.page_context;
    let end = date(row.current_period_end, page_context.locale);
    let on = |id: &str| Some(page_context.with(id, [("date", end.clone().into())]));
    match change {
        Change::Cancel => on("portal-cancel-body"),
        Change::Pause => on("portal-pause-body"),
        Change::Uncancel | Change::Unpause => on("portal-renews-on"),
        Change::Resume => Some(visit.say("portal-resume-body")),
        Change::Discard => Some(visit.say("portal-discard-body")),
        Change::Plan | Change::Seats => None,
    }
}

/// Sums of a change: the charge now, and the next one.
pub(super) fn comes_to(
    visit: &Visit,
    billing: &BillingRows,
    change: Change,
    preview: &SubscriptionChangePreview,
) -> Vec<Block> {
    let page_context = visit.portal.page_context;
    let locale = page_context.locale;
    let currency = billing.subscription.currency;
    let mut blocks = Vec::new();
    let charges = matches!(change, Change::Plan | Change::Seats | Change::Resume);
    if !charges {
        return blocks;
    }
    let now = visit.app().now_of(&visit.viewer.organization);
    if preview.applies_at > now {
        let day = date(preview.applies_at, locale);
        let words = page_context.with("portal-applies-on", [("date", day.into())]);
        blocks.push(Block::Text(words));
    }
    if preview.now.subtotal_amount != 0 || preview.now.due_amount != 0 {
        let title = visit.say("portal-due-now");
        let (lines, total) = bill(visit, &preview.now, currency);
        blocks.push(Block::Sums(Some(title), lines, total));
        if preview.now.due_amount > 0 {
            let id = match billing.method {
                Some(_) => "portal-card-charged",
                None => "portal-card-missing",
            };
            blocks.push(Block::Text(visit.say(id)));
        }
    } else {
        blocks.push(Block::Text(visit.say("portal-nothing-now")));
    }
    if let Some(next) = &preview.next_charge {
        let day = date(next.at, locale);
        let title = page_context.with("portal-next-on", [("date", day.into())]);
        let (lines, total) = bill(visit, &next.charge, currency);
        blocks.push(Block::Sums(Some(title), lines, total));
    }
    blocks
}

/// The lines of a charge, and its sum.
pub(in crate::pages::portal) fn bill(
    visit: &Visit,
    charge: &SubscriptionChargePreview,
    currency: Currency,
) -> (Vec<Line>, Line) {
    let locale = visit.portal.page_context.locale;
    let words = |minor| fill::display(minor, currency, locale);
    let parts = charge.prorations.iter();
    let mut lines: Vec<Line> = parts
        .map(|part| Line::new(part.label.clone(), words(part.amount)))
        .collect();
    let balance = match charge.applied_balance_amount < 0 {
        true => "balance-used",
        false => "balance-owed",
    };
    let sums = [
        ("portal-price", charge.base_amount),
        ("portal-usage-charge", charge.metered_amount),
        ("mail-discount", -charge.discount_amount),
        ("tax", charge.tax_amount),
        (balance, charge.applied_balance_amount),
        ("portal-credited", (-charge.total_amount).max(0)),
    ];
    let sums = sums.into_iter().filter(|(_, minor)| *minor != 0);
    lines.extend(sums.map(|(id, minor)| Line::new(visit.say(id), words(minor))));
    let total = Line::new(visit.say("amount-due"), words(charge.due_amount));
    (lines, total)
}
