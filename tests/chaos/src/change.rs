//! Subscriptions as they are shown, and what their merchant asked to be changed.

use jiff::Timestamp;
use serde_json::Value;
use till_core::kernel::records::Subscription;
use uuid::Uuid;

/// Changes of a subscription by a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub product: Uuid,
    pub seats: Option<i64>,
    /// Product and seats of the change that waits for the end of the period.
    pub pending: Option<(Option<Uuid>, Option<i64>)>,
    pub canceling: bool,
    pub pausing: bool,
}

/// A subscription as the API and webhooks show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub status: String,
    pub plan: Plan,
    pub start: Timestamp,
    pub end: Timestamp,
}

impl State {
    /// Reads an answer's body, or a webhook's data.
    pub fn read(body: &Value) -> Option<Self> {
        let id = |value: &Value| value.as_str().and_then(|text| text.parse::<Uuid>().ok());
        let moment = |key: &str| body[key].as_str()?.parse().ok();
        let update = &body["pending_update"];
        let pending = (id(&update["product_id"]), update["seats"].as_i64());
        Some(Self {
            status: body["status"].as_str()?.to_owned(),
            plan: Plan {
                product: id(&body["product_id"])?,
                seats: body["seats"].as_i64(),
                pending: update.is_object().then_some(pending),
                canceling: body["cancel_at_period_end"].as_bool()?,
                pausing: body["pause_at_period_end"].as_bool()?,
            },
            start: moment("current_period_start")?,
            end: moment("current_period_end")?,
        })
    }

    /// The state of a row.
    pub fn of(row: &Subscription) -> Self {
        let pending = row.pending_update.as_ref();
        Self {
            status: row.status.to_string(),
            plan: Plan {
                product: row.product_id,
                seats: row.seats,
                pending: pending.map(|update| (update.product_id, update.seats)),
                canceling: row.cancel_at_period_end,
                pausing: row.pause_at_period_end,
            },
            start: row.current_period_start,
            end: row.current_period_end,
        }
    }
}

/// Billing of a change of plan or seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behavior {
    Invoice,
    Prorate,
    NextPeriod,
    Reset,
}

impl Behavior {
    pub fn word(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Prorate => "prorate",
            Self::NextPeriod => "next_period",
            Self::Reset => "reset",
        }
    }
}

/// A change that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Product(Uuid, Behavior),
    Seats(i64, Behavior),
    Cancel(bool),
    Pause(bool),
    Resume,
    Clear,
}

impl Wanted {
    pub fn body(self) -> Value {
        use serde_json::json;
        match self {
            Self::Product(id, behavior) => {
                json!({"product_id": id, "proration_behavior": behavior.word()})
            }
            Self::Seats(seats, behavior) => {
                json!({"seats": seats, "proration_behavior": behavior.word()})
            }
            Self::Cancel(is) => json!({"cancel_at_period_end": is}),
            Self::Pause(is) => json!({"pause_at_period_end": is}),
            Self::Resume => json!({"resume": true}),
            Self::Clear => json!({"pending_update": null}),
        }
    }

    pub fn word(self) -> String {
        match self {
            Self::Product(_, behavior) => format!("product, {}", behavior.word()),
            Self::Seats(_, behavior) => format!("seats, {}", behavior.word()),
            Self::Cancel(true) => "cancel".to_owned(),
            Self::Cancel(false) => "uncancel".to_owned(),
            Self::Pause(true) => "pause".to_owned(),
            Self::Pause(false) => "unpause".to_owned(),
            Self::Resume => "resume".to_owned(),
            Self::Clear => "clear".to_owned(),
        }
    }

    fn behavior(self) -> Option<Behavior> {
        match self {
            Self::Product(_, behavior) | Self::Seats(_, behavior) => Some(behavior),
            _ => None,
        }
    }

    /// True where it may have an order of its own: it is billed at once, or changes the interval and is.
    pub fn may_be_billed(self) -> bool {
        match self {
            Self::Product(_, behavior) => behavior != Behavior::NextPeriod,
            _ => self.is_billed(),
        }
    }

    /// True where it is billed at once, if anything is.
    pub fn is_billed(self) -> bool {
        let behavior = self.behavior();
        behavior.is_some_and(|one| [Behavior::Invoice, Behavior::Reset].contains(&one))
    }

    /// True where it may begin a period.
    pub fn may_restart(self) -> bool {
        match self {
            Self::Product(_, behavior) => behavior != Behavior::NextPeriod,
            Self::Seats(_, behavior) => behavior == Behavior::Reset,
            _ => false,
        }
    }

    /// The plan with it.
    pub fn onto(self, plan: &Plan) -> Plan {
        let mut new = plan.clone();
        let (product, seats) = plan.pending.unwrap_or_default();
        match self {
            Self::Product(id, Behavior::NextPeriod) => new.pending = Some((Some(id), seats)),
            Self::Product(id, _) => (new.product, new.pending) = (id, None),
            Self::Seats(n, Behavior::NextPeriod) => new.pending = Some((product, Some(n))),
            Self::Seats(n, _) => {
                new.seats = Some(n);
                new.pending = product.map(|product| (Some(product), None));
            }
            Self::Cancel(is) => {
                new.canceling = is;
                new.pausing &= !is;
            }
            Self::Pause(is) => new.pausing = is,
            Self::Resume => {}
            Self::Clear => new.pending = None,
        }
        new
    }

    /// True where a subscription in this state has it.
    pub fn is_in(self, state: &State) -> bool {
        let plan = &state.plan;
        match self {
            // A paused one changes at once.
            Self::Product(id, Behavior::NextPeriod) => {
                plan.pending.and_then(|(product, _)| product) == Some(id) || plan.product == id
            }
            Self::Product(id, _) => plan.product == id,
            Self::Seats(n, Behavior::NextPeriod) => {
                plan.pending.and_then(|(_, seats)| seats) == Some(n) || plan.seats == Some(n)
            }
            Self::Seats(n, _) => plan.seats == Some(n),
            Self::Cancel(is) => plan.canceling == is,
            Self::Pause(is) => plan.pausing == is,
            Self::Resume => state.status != "paused",
            Self::Clear => plan.pending.is_none(),
        }
    }
}

/// Answer to the merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// The change was made; the subscription as it was shown.
    Made(State),
    /// It was to be charged, and was not.
    Declined,
    /// It was refused, by this name.
    Refused(String),
    /// Nothing, as long as the merchant waited.
    Unknown,
}

/// A change that was asked for, as often as it took.
#[derive(Debug, Clone)]
pub struct Change {
    pub subscription: Uuid,
    /// The subscription when the merchant looked, before they asked.
    pub before: State,
    pub wanted: Wanted,
    pub answered: Answered,
    /// Time at which the answer came.
    pub at: Timestamp,
    /// True where the same request, sent once more, was answered in the same way; none: it was not.
    pub repeated: Option<bool>,
}

/// A period that was moved into the past: where it ended, and where it ends since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub subscription: Uuid,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// State of a subscription as a webhook told it.
#[derive(Debug, Clone)]
pub struct Told {
    pub subscription: Uuid,
    pub kind: String,
    pub state: State,
}
