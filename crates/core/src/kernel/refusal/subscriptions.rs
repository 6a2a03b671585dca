use super::Refusal;

/// Reason why a change to a subscription is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionRefusal {
    /// It has ended, or ends with its period.
    AlreadyCanceled,
    /// It is neither active nor in a trial.
    Inactive,
    /// A change to it is being charged.
    Locked,
    /// Usage that is to be settled with the change is still being counted.
    Uncounted,
    /// It is not active, or ends or pauses with its period already.
    CannotPause,
    /// No pause was to begin.
    NoScheduledPause,
    /// It is not paused.
    NotPaused,
    /// It is not sold by the seat.
    NotSeatBased,
    /// It is not sold by the unit.
    NotUnitBased,
    /// Fewer seats than this, the least.
    BelowMinimumSeats(i64),
    /// More seats than this, the most.
    AboveMaximumSeats(i64),
    /// More seats than asked for are held, or invited to: so many.
    SeatsAlreadyAssigned(i64),
    /// It has ended: its cancellation cannot be withdrawn.
    Ended,
    /// It is not cancelled.
    NotCanceled,
}

impl From<SubscriptionRefusal> for Refusal {
    fn from(refusal: SubscriptionRefusal) -> Self {
        Self::Subscription(refusal)
    }
}
