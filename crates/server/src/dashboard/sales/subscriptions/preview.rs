//! Preview of a change to a subscription: the charge now, and the next one.

use askama::Template;
use till_core::subscriptions::bill::BillingRows;
use till_wire::{
    money::Currency,
    subscriptions::{
        Subscription, SubscriptionChangePreview, SubscriptionChargePreview, SubscriptionUpdate,
        TrialEnd,
    },
};

use super::change::Change;
use crate::{
    dashboard::{
        access::Viewer,
        parts::{Moment, money},
        sales::bill::{Bill, Line},
    },
    error::{ApiError, Result},
};

/// A change that is asked for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Its kind.
    pub change: Change,
    /// The API's body.
    pub input: &'a SubscriptionUpdate,
    /// The name of the product or the discount that it names.
    pub named: Option<String>,
}

/// Preview of a change.
#[derive(Debug)]
pub struct ChangePreview {
    /// Effect of the change, and its time, in a sentence.
    pub effect: Option<String>,
    /// Message once it is made.
    pub done: String,
    /// The version of the subscription that it was worked out for.
    pub version: i64,
    block: Block,
}

/// The block of a page that shows it.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/change_preview.html")]
struct Block {
    effect: Option<String>,
    notes: Vec<String>,
    now: Option<Bill>,
    next: Option<(String, Bill)>,
    /// In place of the next charge.
    after: &'static str,
}

impl ChangePreview {
    /// As a block of a page that says what the change does.
    pub fn with_effect(&self) -> Result<String> {
        rendered(&Block {
            effect: self.effect.clone(),
            ..self.block.clone()
        })
    }

    /// As a block of a page that has said so.
    pub fn without_effect(&self) -> Result<String> {
        rendered(&self.block)
    }
}

/// Preview of a change, in words and sums.
pub fn of(
    viewer: &Viewer,
    one: &Subscription,
    asked: &Asked<'_>,
    preview: &SubscriptionChangePreview,
    billing: &BillingRows,
) -> ChangePreview {
    let currency = one.base.currency;
    let is_charged = preview.now.subtotal_amount != 0 || preview.now.due_amount != 0;
    let name = period_name(one, asked, billing);
    let next = preview.next_charge.as_ref().map(|next| {
        let at = Moment::words(next.at, &viewer.zone);
        (at, bill(name, &next.charge, ("Due then", currency)))
    });
    let ends = matches!(
        asked.input,
        SubscriptionUpdate::Revoke(_) | SubscriptionUpdate::Cancel(_)
    );
    ChangePreview {
        effect: Some(effect(viewer, one, asked, preview)),
        done: done(viewer, asked, preview),
        version: billing.subscription.version,
        block: Block {
            effect: None,
            notes: notes(asked.input, preview, billing, currency),
            now: is_charged.then(|| bill(name, &preview.now, ("Due now", currency))),
            next,
            after: match ends {
                true => "Nothing is charged after that.",
                false => "None is scheduled.",
            },
        },
    }
}

/// The name of the product whose periods are charged after the change.
fn period_name<'a>(
    one: &'a Subscription,
    asked: &'a Asked<'_>,
    billing: &'a BillingRows,
) -> &'a str {
    let own = one.product.base.name.as_str();
    let named = asked
        .named
        .as_deref()
        .filter(|_| asked.change == Change::Plan);
    let waiting = billing.next_offered.as_ref();
    let waiting = waiting.filter(|_| asked.change != Change::Discard);
    let waiting = waiting.map(|offered| offered.product.name.as_str());
    named.or(waiting).unwrap_or(own)
}

/// Words where nothing can be worked out, and why.
pub fn refused(words: Vec<String>) -> Result<String> {
    #[derive(Template)]
    #[template(
        source = r#"{% for one in words %}<p>{{ one }}</p>{% endfor %}{% if words.is_empty() %}<p class="soft">A preview of the change appears here.</p>{% endif %}"#,
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
    asked: &Asked<'_>,
    preview: &SubscriptionChangePreview,
) -> String {
    let at = |at| Moment::words(at, &viewer.zone);
    let end = at(one.base.current_period_end);
    let when = when(viewer, preview);
    match asked.input {
        SubscriptionUpdate::Revoke(_) => {
            "The subscription ends immediately. This cannot be undone.".to_owned()
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
            None => {
                format!("The subscription pauses on {end}, and stays paused until you resume it.")
            }
        },
        SubscriptionUpdate::Pause(_) => format!("The subscription renews on {end}."),
        SubscriptionUpdate::Resume => "A new period begins now, and is charged.".to_owned(),
        SubscriptionUpdate::Clear => {
            "The subscription stays as it is now when the next period begins.".to_owned()
        }
        SubscriptionUpdate::BillingPeriod(moved) => {
            format!("The current period ends on {}.", at(*moved))
        }
        SubscriptionUpdate::Seats(seats) => match one.base.seats {
            Some(now) if now == seats.seats => format!("The number of seats stays {now}."),
            Some(now) => format!(
                "The number of seats changes from {now} to {} {when}.",
                seats.seats
            ),
            None => format!("The number of seats is {} {when}.", seats.seats),
        },
        SubscriptionUpdate::Base(base) if asked.change == Change::Trial => match base.trial_end {
            Some(TrialEnd::At(moved)) => format!("The trial ends on {}.", at(moved)),
            _ => "The trial ends now.".to_owned(),
        },
        SubscriptionUpdate::Base(_) if asked.change == Change::Discount => match &asked.named {
            Some(name) => format!("The discount {name} applies from the next payment on."),
            None => "No discount applies from the next payment on.".to_owned(),
        },
        _ => {
            let own = &one.product.base.name;
            match &asked.named {
                Some(name) if name == own => format!("The plan stays {own}."),
                Some(name) => format!("The plan changes from {own} to {name} {when}."),
                None => format!("The plan changes {when}."),
            }
        }
    }
}

/// Time at which a change takes effect, as the end of a sentence.
fn when(viewer: &Viewer, preview: &SubscriptionChangePreview) -> String {
    match preview.applies_at > viewer.now() {
        true => format!("on {}", Moment::words(preview.applies_at, &viewer.zone)),
        false => "immediately".to_owned(),
    }
}

/// Message about a change once it is made.
fn done(viewer: &Viewer, asked: &Asked<'_>, preview: &SubscriptionChangePreview) -> String {
    let words = match asked.input {
        SubscriptionUpdate::Revoke(_) => "The subscription has ended.",
        _ if preview.applies_at > viewer.now() => {
            return format!(
                "The change is scheduled: it is made {}.",
                when(viewer, preview)
            );
        }
        _ => asked.change.words().done,
    };
    words.to_owned()
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
        notes.push("No card is saved, so this charge will fail.".to_owned());
    } else if due {
        let parts = match preview.now.prorations.is_empty() {
            true => "",
            false => {
                " What is left of the period is counted to the second, so the amount can still change by a few cents."
            }
        };
        notes.push(format!("The saved card is charged.{parts}"));
    }
    let unpaid = || {
        let sum: i64 = billing.unpaid.iter().map(|order| order.due_amount()).sum();
        money(sum, currency)
    };
    match input {
        _ if billing.unpaid.is_empty() => {}
        SubscriptionUpdate::Revoke(_) => {
            notes.push(format!("The unpaid {} will not be collected.", unpaid()));
        }
        SubscriptionUpdate::Cancel(cancel) if cancel.cancel_at_period_end => {
            let words = format!(
                "The unpaid {} is collected until then, and given up afterwards.",
                unpaid()
            );
            notes.push(words);
        }
        _ => {}
    }
    notes
}

/// A charge as a bill: what a period is called, and what the sum is.
pub(super) fn bill(
    name: &str,
    charge: &SubscriptionChargePreview,
    (sum, currency): (&str, Currency),
) -> Bill {
    let line = |label: &str, minor: i64| Line::new(label, minor, currency);
    let base = (charge.base_amount != 0).then(|| line(name, charge.base_amount));
    let parts = charge.prorations.iter();
    let usage = (charge.metered_amount != 0).then(|| line("Usage so far", charge.metered_amount));
    let lines = parts.map(|part| line(&part.label, part.amount));
    let lines = lines.chain(base).chain(usage);
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
        product: None,
        lines: lines.collect(),
        sums: sums.chain([line(sum, charge.due_amount).total()]).collect(),
        billed_to: Vec::new(),
    }
}

/// So that templates' errors are told like others.
fn rendered(template: &impl Template) -> Result<String> {
    template.render().map_err(ApiError::internal)
}
