//! What a change to a subscription comes to: what is charged now, and what comes next.

use askama::Template;
use till_core::subscriptions::bill::BillingRows;
use till_wire::{
    money::Currency,
    subscriptions::{
        Subscription, SubscriptionChangePreview, SubscriptionChargePreview, SubscriptionUpdate,
        TrialEnd,
    },
};

use super::{change::Change, flow::rendered};
use crate::{
    dashboard::{
        access::Viewer,
        parts::{Cell, Moment, money},
        sales::{
            self,
            bill::{Bill, Line},
        },
    },
    error::Result,
};

/// What a change comes to.
#[derive(Debug, Template)]
#[template(path = "dashboard/change_preview.html")]
pub struct ChangePreview {
    /// What it does, and when, in a sentence.
    pub effect: String,
    /// The version of the subscription that it was worked out for.
    pub version: i64,
    notes: Vec<String>,
    now: Option<Bill>,
    next: Option<(String, Bill)>,
}

impl ChangePreview {
    /// As a block of a page.
    pub fn html(&self) -> Result<String> {
        rendered(self)
    }
}

/// What a change comes to, in words and sums.
pub fn of(
    viewer: &Viewer,
    one: &Subscription,
    (change, input): (Change, &SubscriptionUpdate),
    preview: &SubscriptionChangePreview,
    billing: &BillingRows,
) -> ChangePreview {
    let currency = one.base.currency;
    let product = || sales::product(viewer, &one.product.base);
    let is_charged = preview.now.subtotal_amount != 0 || preview.now.due_amount != 0;
    let next = preview.next_charge.as_ref();
    ChangePreview {
        effect: effect(viewer, one, (change, input), preview),
        version: billing.subscription.version,
        notes: notes(input, preview, billing, currency),
        now: is_charged.then(|| bill(product(), &preview.now, currency)),
        next: next.map(|next| {
            let at = Moment::words(next.at, &viewer.zone);
            (at, bill(product(), &next.charge, currency))
        }),
    }
}

/// What stands where nothing can be worked out, and why.
pub fn refused(words: Vec<String>) -> Result<String> {
    #[derive(Template)]
    #[template(
        source = r#"{% for one in words %}<p>{{ one }}</p>{% endfor %}{% if words.is_empty() %}<p class="soft">What the change comes to is shown here.</p>{% endif %}"#,
        ext = "html"
    )]
    struct Refused {
        words: Vec<String>,
    }
    rendered(&Refused { words })
}

fn effect(
    viewer: &Viewer,
    one: &Subscription,
    (change, input): (Change, &SubscriptionUpdate),
    preview: &SubscriptionChangePreview,
) -> String {
    let at = |at| Moment::words(at, &viewer.zone);
    let end = at(one.base.current_period_end);
    match input {
        SubscriptionUpdate::Revoke(_) => {
            "The subscription ends at once. This cannot be taken back.".to_owned()
        }
        SubscriptionUpdate::Cancel(cancel) if cancel.cancel_at_period_end => {
            format!("The subscription ends on {end}, and is not renewed.")
        }
        SubscriptionUpdate::Cancel(_) => format!("The subscription renews on {end}."),
        SubscriptionUpdate::Pause(pause) if pause.pause_at_period_end => match pause.resumes_at {
            Some(until) => format!(
                "The subscription pauses on {end}, and resumes on {}.",
                at(until)
            ),
            None => format!("The subscription pauses on {end}, until somebody resumes it."),
        },
        SubscriptionUpdate::Pause(_) => format!("The subscription renews on {end}."),
        SubscriptionUpdate::Resume => "A new period begins now, and is charged.".to_owned(),
        SubscriptionUpdate::Clear => "The change that waits is dropped.".to_owned(),
        SubscriptionUpdate::BillingPeriod(moved) => {
            format!("The current period ends on {}.", at(*moved))
        }
        SubscriptionUpdate::Base(base) if change == Change::Trial => match base.trial_end {
            Some(TrialEnd::At(moved)) => format!("The trial ends on {}.", at(moved)),
            _ => "The trial ends now.".to_owned(),
        },
        _ if preview.applies_at > viewer.now() => {
            format!("The change is made on {}.", at(preview.applies_at))
        }
        _ => "The change is made at once.".to_owned(),
    }
}

fn notes(
    input: &SubscriptionUpdate,
    preview: &SubscriptionChangePreview,
    billing: &BillingRows,
    currency: Currency,
) -> Vec<String> {
    let mut notes = Vec::new();
    let due = preview.now.due_amount > 0;
    if due && billing.method.is_none() {
        notes.push("No card is saved, so the charge fails.".to_owned());
    } else if due {
        let words = "The saved card is charged. Parts of a period are counted to the second, so the sum may have moved a little by then.";
        notes.push(words.to_owned());
    }
    if matches!(input, SubscriptionUpdate::Revoke(_)) && !billing.unpaid.is_empty() {
        let sum: i64 = billing.unpaid.iter().map(|order| order.due_amount()).sum();
        notes.push(format!(
            "{} that waits for its payment will not be collected.",
            money(sum, currency)
        ));
    }
    notes
}

fn bill(product: Cell, charge: &SubscriptionChargePreview, currency: Currency) -> Bill {
    let line = |label: &str, minor: i64| Line::new(label, minor, currency);
    let base = (charge.base_amount != 0).then(|| line("The period", charge.base_amount));
    let parts = charge.prorations.iter();
    let lines = parts.map(|part| line(&part.label, part.amount)).chain(base);
    let applied = charge.applied_balance_amount;
    let used = if applied < 0 {
        "Balance used"
    } else {
        "Debt collected"
    };
    let sums = [
        ("Discount", -charge.discount_amount),
        ("Tax", charge.tax_amount),
        (used, applied),
        ("Credited to the balance", (-charge.total_amount).max(0)),
    ];
    let sums = sums.into_iter().filter(|(_, minor)| *minor != 0);
    let sums = sums.map(|(label, minor)| line(label, minor));
    Bill {
        product: ("For", product),
        lines: lines.collect(),
        sums: sums
            .chain([line("Due", charge.due_amount).total()])
            .collect(),
        billed_to: Vec::new(),
    }
}
