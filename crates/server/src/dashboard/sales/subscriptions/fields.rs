//! The forms of the changes to a subscription: their fields, and the API's bodies that they become.

use serde_json::Value;
use till_wire::{
    discounts::Discount,
    input::{Step, Words as _},
    money::Currency,
    products::Product,
    subscriptions::{
        CancellationReason, Subscription, SubscriptionProrationBehavior as Behavior,
        SubscriptionStatus, SubscriptionUpdate,
    },
};

use super::change::Change;
use crate::{
    dashboard::{
        access::Viewer,
        form::{
            Field, FormData, FormErrors, Group, Kind,
            local_time::{self, instant, local},
            with_chosen,
        },
        parts::sentence,
        resource_pages::{readable, readable_with},
        sales::per_period,
    },
    error::{ApiError, Result},
    http::extract::Body,
    pages::checkout::{
        fill::price_words,
        money::{Locale, interval_words},
    },
};

/// The choice between now and later.
const WHEN: &str = "_when";
const NOW: &str = "now";
const LATER: &str = "later";

/// The names of all fields, which are carried along from the form to the question.
pub const NAMES: [&str; 10] = [
    WHEN,
    "product_id",
    "proration_behavior",
    "seats",
    "discount_id",
    "trial_end",
    "current_billing_period_end",
    "resumes_at",
    "customer_cancellation_reason",
    "customer_cancellation_comment",
];

/// The form as it is first shown.
pub fn filled(change: Change, one: &Subscription, viewer: &Viewer) -> FormData {
    let base = &one.base;
    let mut form_data = FormData::default();
    let is_paused = base.status == SubscriptionStatus::Paused;
    match change {
        Change::Plan => form_data.set("product_id", base.product_id.to_string()),
        Change::Seats => form_data.set("seats", base.seats.unwrap_or(1).to_string()),
        Change::Discount => {
            let id = base.discount_id.map(|id| id.to_string());
            form_data.set("discount_id", id.unwrap_or_default());
        }
        Change::Trial => {
            form_data.set(WHEN, LATER);
            let end = base.trial_end.filter(|end| *end > viewer.now());
            let end = end.unwrap_or(base.current_period_end);
            form_data.set("trial_end", local(end, &viewer.zone));
        }
        Change::BillingDate => {
            let end = local(base.current_period_end, &viewer.zone);
            form_data.set("current_billing_period_end", end);
        }
        Change::Cancel if is_paused || base.cancel_at_period_end => form_data.set(WHEN, NOW),
        Change::Cancel => form_data.set(WHEN, LATER),
        _ => {}
    }
    form_data
}

/// The fields of the form.
pub async fn groups(change: Change, one: &Subscription, viewer: &Viewer) -> Result<Vec<Group>> {
    let base = &one.base;
    let zone = &viewer.zone;
    let fields = match change {
        Change::Plan => vec![
            Field::new(
                "product_id",
                "Plan",
                Kind::Choice(plans(one, viewer).await?),
            )
            .required()
            .focus(),
            billing(viewer),
        ],
        Change::Seats => vec![
            Field::new("seats", "Seats", Kind::Line("number"))
                .required()
                .focus(),
            billing(viewer),
        ],
        Change::Discount => {
            let chosen = base.discount_id.map(|id| id.to_string());
            let known = readable_with::<Discount>(viewer, "sorting=name", chosen.as_deref());
            let kind = Kind::Choice(known.await?).or("No discount");
            vec![
                Field::new("discount_id", "Discount", kind)
                    .focus()
                    .hint("It counts from the next payment on. What has been paid stays as it is."),
            ]
        }
        Change::Trial => vec![
            choice("Trial", [(LATER, "Ends on a date"), (NOW, "Ends now")]),
            local_time::field("trial_end", "End of the trial", zone).only(LATER),
        ],
        Change::BillingDate => vec![
            local_time::field("current_billing_period_end", "Next bill", zone)
                .required()
                .focus(),
        ],
        Change::Cancel => cancellation(one),
        Change::Pause => vec![local_time::field("resumes_at", "Resumes", zone).focus()],
        _ => Vec::new(),
    };
    let group = Group::new("", fields);
    Ok(vec![match note(change) {
        Some(words) => group.note(words),
        None => group,
    }])
}

fn note(change: Change) -> Option<&'static str> {
    match change {
        Change::Trial => {
            Some("Nothing is charged during a trial. When it ends, a period begins and is charged.")
        }
        Change::BillingDate => Some(
            "The current period ends on this date, and the subscription renews. The change itself costs nothing.",
        ),
        Change::Pause => Some(
            "The current period runs to its end. Then nothing is charged until the subscription resumes. Without a date, it stays paused until you resume it.",
        ),
        _ => None,
    }
}

fn choice(label: &str, options: impl IntoIterator<Item = (&'static str, &'static str)>) -> Field {
    Field::new(WHEN, label, Kind::choice(options))
}

fn cancellation(one: &Subscription) -> Vec<Field> {
    let base = &one.base;
    let later = (LATER, "At the end of the current period");
    let at_once = (NOW, "Immediately");
    let is_paused = base.status == SubscriptionStatus::Paused;
    let only_at_once = is_paused || base.cancel_at_period_end;
    let when = [later, at_once].into_iter().skip(only_at_once.into());
    let reasons = CancellationReason::ALL.iter();
    let reasons = reasons.map(|one| (one.word(), sentence(one.word())));
    vec![
        choice("Ends", when),
        Field::new(
            "customer_cancellation_reason",
            "Reason",
            Kind::choice(reasons).or("Not known"),
        ),
        Field::new(
            "customer_cancellation_comment",
            "The customer's comment",
            Kind::Area(3),
        ),
    ]
}

/// Ways of billing a change in the middle of a period.
fn billing(viewer: &Viewer) -> Field {
    let settings = &viewer.organization.settings;
    let features = &settings.feature_settings.features;
    let words = |behavior: Behavior| match behavior {
        Behavior::Invoice => "Charge the difference now",
        Behavior::Prorate => "Add the difference to the next bill",
        Behavior::NextPeriod => "Change when the next period begins",
        Behavior::Reset => "Begin a new period now and charge it in full",
    };
    let usual: Behavior = settings.subscription_settings.proration_behavior.into();
    let all = Behavior::ALL.iter().copied();
    let all =
        all.filter(|one| *one != Behavior::Reset || features.reset_proration_behavior_enabled);
    let options = Kind::choice(all.map(|one| (one.word(), words(one))));
    let usual = format!("Default: {}", words(usual).to_lowercase());
    Field::new("proration_behavior", "Billing", options.or(&usual))
}

/// The products that can be changed to, each with its price.
async fn plans(one: &Subscription, viewer: &Viewer) -> Result<Vec<(String, String)>> {
    let query = "sorting=name&is_archived=false&is_recurring=true";
    let currency = one.base.currency;
    let all = readable::<Product>(viewer, query).await?;
    let sold = all.iter().filter_map(|product| {
        let words = plan(product, currency)?;
        Some((product.base.id, words))
    });
    let base = &one.base;
    let price = per_period(
        base.amount,
        base.currency,
        base.recurring_interval,
        base.recurring_interval_count,
    );
    let own = format!("{}: {price} (current plan)", one.product.base.name);
    Ok(with_chosen([(base.product_id, own)], sold))
}

/// A product with its price in a currency; none where it has none.
fn plan(product: &Product, currency: Currency) -> Option<String> {
    let mut prices = product.prices.iter();
    let price = prices.find(|price| price.price_currency == currency)?;
    let cost = price_words(&price.amount, currency, Locale::En);
    let interval = product.base.recurring_interval.map(|interval| {
        let count = product.base.recurring_interval_count.unwrap_or(1);
        interval_words(interval, u32::try_from(count).unwrap_or(1), Locale::En)
    });
    let interval = interval.unwrap_or_default();
    Some(format!("{}: {cost} {interval}", product.base.name))
}

/// True where the form asks for an end at once.
fn at_once(form_data: &FormData) -> bool {
    form_data.get(WHEN) == Some(NOW)
}

/// The API's body.
fn body(change: Change, form_data: &FormData, viewer: &Viewer) -> Value {
    let mut body = form_data.json();
    let mut moment = |name: &str| {
        if let Some(typed) = form_data.filled(name) {
            body[name] = instant(typed, &viewer.zone);
        }
    };
    match change {
        Change::Trial => moment("trial_end"),
        Change::BillingDate => moment("current_billing_period_end"),
        Change::Pause => moment("resumes_at"),
        _ => {}
    }
    match change {
        Change::Trial if at_once(form_data) => body["trial_end"] = NOW.into(),
        Change::Cancel if at_once(form_data) => body["revoke"] = true.into(),
        Change::Cancel => body["cancel_at_period_end"] = true.into(),
        Change::Uncancel => body["cancel_at_period_end"] = false.into(),
        Change::Pause => body["pause_at_period_end"] = true.into(),
        Change::Unpause => body["pause_at_period_end"] = false.into(),
        Change::Resume => body["resume"] = true.into(),
        Change::Discard => body["pending_update"] = Value::Null,
        _ => {}
    }
    body
}

/// The change that a form asks for.
///
/// # Errors
/// Problems of it, at its fields: of the API's shapes only the form's own counts.
pub fn read(change: Change, form_data: &FormData, viewer: &Viewer) -> Result<SubscriptionUpdate> {
    let empty = match change {
        Change::Plan => ("product_id", "Choose a plan."),
        Change::Trial if !at_once(form_data) => ("trial_end", "Choose a day and a time."),
        Change::BillingDate => ("current_billing_period_end", "Choose a day and a time."),
        _ => ("", ""),
    };
    if !empty.0.is_empty() && form_data.filled(empty.0).is_none() {
        return Err(FormErrors::field(empty.0, empty.1).into());
    }
    let now = viewer.now();
    let read = Body(Some(body(change, form_data, viewer)))
        .read(|value, cx| SubscriptionUpdate::read(value, cx, now));
    read.map_err(|error| of_shape(&error, change.shape(at_once(form_data))).unwrap_or(error))
}

/// The error with the problems of one shape only.
fn of_shape(error: &ApiError, shape: &str) -> Option<ApiError> {
    let is_own = |step: Option<&Step>| matches!(step, Some(Step::Key(key)) if *key == shape);
    let problems = error.problems().iter();
    let own: Vec<_> = problems
        .filter(|problem| is_own(problem.loc.get(1)))
        .cloned()
        .collect();
    (!own.is_empty()).then(|| ApiError::unreadable(own))
}
