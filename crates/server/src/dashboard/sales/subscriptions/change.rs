//! The changes that a person makes to a subscription: which of them are offered, and their words.

use till_wire::subscriptions::{SubscriptionBase, SubscriptionStatus};
use uuid::Uuid;

use crate::dashboard::{access::Viewer, resource_pages::SUBSCRIPTIONS};

/// A change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Another product.
    Plan,
    /// Another number of seats.
    Seats,
    /// Another discount, or none.
    Discount,
    /// Another end of the trial.
    Trial,
    /// Another date of the next bill.
    BillingDate,
    /// An end, with the period or at once.
    Cancel,
    /// No end after all.
    Uncancel,
    /// A pause from the end of the period on.
    Pause,
    /// No pause after all.
    Unpause,
    /// The end of a pause.
    Resume,
    /// Not the change that waits for the end of the period.
    Discard,
}

/// The words of a change.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// On the way to its form.
    pub action: &'static str,
    /// On the button that makes it.
    pub submit: &'static str,
    /// Once it is made.
    pub done: &'static str,
}

impl Change {
    /// All of them, as menus order them.
    pub const ALL: [Self; 11] = [
        Self::Resume,
        Self::Uncancel,
        Self::Plan,
        Self::Seats,
        Self::Discount,
        Self::Trial,
        Self::BillingDate,
        Self::Discard,
        Self::Unpause,
        Self::Pause,
        Self::Cancel,
    ];

    /// The last part of the address of its form.
    pub fn path(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Seats => "seats",
            Self::Discount => "discount",
            Self::Trial => "trial",
            Self::BillingDate => "billing-date",
            Self::Cancel => "cancel",
            Self::Uncancel => "uncancel",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
            Self::Resume => "resume",
            Self::Discard => "discard",
        }
    }

    /// The address of its form.
    pub fn href(self, viewer: &Viewer, id: Uuid) -> String {
        SUBSCRIPTIONS.path(viewer, id, &format!("/{}", self.path()))
    }

    /// Its words.
    pub fn words(self) -> Words {
        let (action, submit, done) = match self {
            Self::Plan => ("Change plan", "Change the plan", "The plan was changed."),
            Self::Seats => (
                "Change seats",
                "Change the seats",
                "The seats were changed.",
            ),
            Self::Discount => (
                "Change discount",
                "Change the discount",
                "The discount was changed.",
            ),
            Self::Trial => ("Change trial", "Change the trial", "The trial was changed."),
            Self::BillingDate => (
                "Change billing date",
                "Change the billing date",
                "The billing date was changed.",
            ),
            Self::Cancel => (
                "Cancel subscription",
                "Cancel the subscription",
                "The subscription ends with its current period.",
            ),
            Self::Uncancel => (
                "Undo cancellation",
                "Undo the cancellation",
                "The cancellation was undone.",
            ),
            Self::Pause => (
                "Pause subscription",
                "Pause the subscription",
                "The pause is scheduled.",
            ),
            Self::Unpause => ("Undo pause", "Undo the pause", "The pause was undone."),
            Self::Resume => (
                "Resume now",
                "Resume the subscription",
                "The subscription was resumed.",
            ),
            Self::Discard => (
                "Discard pending change",
                "Discard the pending change",
                "The pending change was discarded.",
            ),
        };
        Words {
            action,
            submit,
            done,
        }
    }

    /// True where it takes nothing but a yes.
    pub fn is_plain(self) -> bool {
        matches!(
            self,
            Self::Uncancel | Self::Unpause | Self::Resume | Self::Discard
        )
    }

    /// The shape of the API's body, by which its problems are told from those of the other shapes.
    pub fn shape(self, at_once: bool) -> &'static str {
        match self {
            Self::Plan | Self::Discount | Self::Trial => "SubscriptionUpdateBase",
            Self::Seats => "SubscriptionUpdateSeats",
            Self::BillingDate => "SubscriptionUpdateBillingPeriod",
            Self::Cancel if at_once => "SubscriptionRevoke",
            Self::Cancel | Self::Uncancel => "SubscriptionCancel",
            Self::Pause | Self::Unpause => "SubscriptionPause",
            Self::Resume => "SubscriptionResume",
            Self::Discard => "SubscriptionUpdateClear",
        }
    }

    /// True where it is offered: what the API would refuse in any case is not.
    pub fn is_offered(self, base: &SubscriptionBase, waits: bool) -> bool {
        use SubscriptionStatus::{Active, PastDue, Paused, Trialing};
        let is_running = matches!(base.status, Active | Trialing | PastDue);
        let is_living = (is_running || base.status == Paused) && base.ended_at.is_none();
        let goes_on = is_living && !base.cancel_at_period_end;
        let is_current = matches!(base.status, Active | Trialing) && is_living;
        match self {
            Self::Plan => goes_on,
            Self::Seats => goes_on && base.seats.is_some(),
            Self::Discount | Self::Cancel => is_living,
            Self::Trial => is_current,
            Self::BillingDate => is_current && goes_on,
            Self::Uncancel => is_living && base.cancel_at_period_end,
            Self::Pause => base.status == Active && goes_on && !base.pause_at_period_end,
            Self::Unpause => is_living && base.pause_at_period_end,
            Self::Resume => base.status == Paused && is_living,
            Self::Discard => is_living && waits,
        }
    }
}
