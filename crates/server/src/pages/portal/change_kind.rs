//! Kinds of changes that a customer can make of a subscription.

use till_core::kernel::records::Subscription;
use till_wire::subscriptions::SubscriptionStatus;
use uuid::Uuid;

use super::access::Visit;

/// Kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Another plan.
    Plan,
    /// Another number of seats.
    Seats,
    /// No change at the end of the period, as was asked for before.
    Discard,
    /// A pause at the end of the period.
    Pause,
    /// No pause at the end of the period, as was asked for before.
    Unpause,
    /// The end of a pause, now.
    Resume,
    /// A cancellation at the end of the period.
    Cancel,
    /// No cancellation, as was asked for before.
    Uncancel,
}

impl Change {
    /// All of them, in the order of their buttons.
    pub const ALL: [Self; 8] = [
        Self::Plan,
        Self::Seats,
        Self::Discard,
        Self::Pause,
        Self::Unpause,
        Self::Resume,
        Self::Uncancel,
        Self::Cancel,
    ];

    /// The last part of its address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Seats => "seats",
            Self::Discard => "discard",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Uncancel => "uncancel",
        }
    }

    /// Address of its page.
    pub fn url(self, visit: &Visit, id: Uuid) -> String {
        visit.url(&format!("/subscriptions/{id}/{}", self.path()))
    }

    /// Name of it on buttons.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plan => "portal-plan-change",
            Self::Seats => "portal-seats-change",
            Self::Discard => "portal-discard",
            Self::Pause => "portal-pause",
            Self::Unpause => "portal-unpause",
            Self::Resume => "portal-resume",
            Self::Cancel => "portal-cancel",
            Self::Uncancel => "portal-uncancel",
        }
    }

    /// True where the merchant offers it to customers, and it makes sense as the subscription stands. What is refused all
    /// the same, is when it is tried.
    pub fn is_offered(self, visit: &Visit, row: &Subscription) -> bool {
        let settings = &visit.viewer.organization.settings;
        let switches = settings.customer_portal_settings.subscription;
        let runs = row.is_billable() && row.ended_at.is_none();
        let stays = runs && !row.cancel_at_period_end;
        match self {
            Self::Plan => {
                let is_on = settings.subscription_settings.allow_customer_updates;
                switches.update_plan && is_on && stays
            }
            Self::Seats => switches.update_seats && stays && row.seats.is_some(),
            Self::Discard => runs && row.pending_update.is_some(),
            Self::Pause => {
                let active = row.status == SubscriptionStatus::Active;
                switches.pause && stays && active && !row.pause_at_period_end
            }
            Self::Unpause => switches.pause && stays && row.pause_at_period_end,
            Self::Resume => switches.pause && row.status == SubscriptionStatus::Paused,
            Self::Cancel => stays,
            Self::Uncancel => runs && row.cancel_at_period_end,
        }
    }
}
