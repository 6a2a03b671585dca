//! Test clocks: the time of an organization of the sandbox, moved ahead (docs/behaviour: sandbox/clock).
//!
//! A clock goes forward only, from one moment at which something is due to the next, up to its target. Where it stands is a
//! row, so that whoever goes on after a crash goes on from there.

use jiff::{SignedDuration, Span, Timestamp, ToSpan, tz::TimeZone};
use till_wire::{
    clocks::{Clock as View, ClockMove},
    input::Problem,
    loc,
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::{DecisionContext, microseconds},
    job_request::Queue,
    jobs::JobKind,
    records::Organization,
    refusal::Refusal,
    writes::ClockWrite,
};

/// The job that moves the clock of the organization in its payload.
pub const ADVANCE_JOB: JobKind<Uuid> = JobKind::new("advance_clock", Queue::Billing);

/// The label of the refusal when a clock that is being moved was to be moved.
pub const STANDING: &str = "a clock that is not being moved";

/// Years that a clock may be moved at once.
const AT_ONCE: i64 = 10;
/// Years that it may be ahead of the machine's time.
const IN_ALL: i64 = 100;

/// Reason why a clock is not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmoved {
    /// It is being moved.
    Advancing,
    /// The target is not later than its time.
    NotLater,
    /// The target is more than ten years ahead of it.
    TooFar,
    /// The target is more than a hundred years ahead of the machine's time.
    TooFarInAll,
}

impl Unmoved {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Advancing => "The clock is being moved already: wait until it arrives",
            Self::NotLater => "A clock can only be moved forward",
            Self::TooFar => "A clock can be moved by ten years at most",
            Self::TooFarInAll => "A clock can be a hundred years ahead at most",
        }
    }
}

impl Organization {
    /// Time by which the organization is ahead of the machine.
    pub fn clock_offset(&self) -> SignedDuration {
        SignedDuration::from_secs(self.clock_offset_seconds)
    }

    /// The clock as the API shows it. `now` is the organization's time.
    pub fn clock_view(&self, now: Timestamp) -> View {
        View {
            now: microseconds(now),
            target: self.clock_target_at,
            advancing: self.clock_target_at.is_some(),
        }
    }
}

/// Starts to move a clock as somebody asked.
///
/// # Errors
/// A refusal where the clock is being moved, or would go back or too far.
pub fn advance(
    organization: &Organization,
    asked: &ClockMove,
    ctx: &DecisionContext,
) -> Result<(View, Changes), Refusal> {
    let (place, value, target) = match (&asked.advance, asked.to) {
        (Some(span), _) => (
            "advance",
            serde_json::Value::Null,
            after(ctx.now, span.span()),
        ),
        (None, to) => {
            let to = to.unwrap_or(ctx.now);
            ("to", to.to_string().into(), Some(to))
        }
    };
    let begun = match target {
        Some(target) => begin(organization, target, ctx),
        None => Err(Unmoved::TooFar),
    };
    begun.map_err(|why| match why {
        Unmoved::Advancing => Refusal::ClockAdvancing,
        _ => Refusal::field(Problem::value(loc!["body", place], why.words(), value)),
    })
}

/// Starts to move a clock to `target`.
///
/// # Errors
/// Where the clock is being moved, or would go back or too far.
pub fn begin(
    organization: &Organization,
    target: Timestamp,
    ctx: &DecisionContext,
) -> Result<(View, Changes), Unmoved> {
    let is_beyond = |from, years: i64| after(from, years.years()).is_some_and(|most| target > most);
    if organization.clock_target_at.is_some() {
        return Err(Unmoved::Advancing);
    }
    if target <= ctx.now {
        return Err(Unmoved::NotLater);
    }
    if is_beyond(ctx.now, AT_ONCE) {
        return Err(Unmoved::TooFar);
    }
    if is_beyond(ctx.wall(), IN_ALL) {
        return Err(Unmoved::TooFarInAll);
    }
    let (id, target) = (organization.id, microseconds(target));
    let mut changes = Changes::new();
    changes.write(ClockWrite::SetTarget { id, target }).job(
        ctx,
        ADVANCE_JOB,
        &format!("{ADVANCE_JOB}:{id}"),
        ctx.now,
        &id,
    );
    let view = View {
        now: ctx.now,
        target: Some(target),
        advancing: true,
    };
    Ok((view, changes))
}

/// The moment that is a span later by the calendar of UTC; none where no calendar has it.
pub fn after(moment: Timestamp, span: Span) -> Option<Timestamp> {
    let later = moment.to_zoned(TimeZone::UTC).checked_add(span).ok()?;
    Some(later.timestamp())
}

/// The next stop of a clock at which everything that was due is done: the next moment at which something is due, but not
/// after `target`. None where it has arrived. `failed` is the number of stops in a row at which nothing could be done of
/// what was due: such things come due again soon, and the pauses between stops grow, so that the clock arrives.
pub fn next_stop(
    now: Timestamp,
    target: Timestamp,
    due: Option<Timestamp>,
    failed: u32,
) -> Option<Timestamp> {
    if now >= target {
        return None;
    }
    let pause = match failed {
        0 => SignedDuration::ZERO,
        _ => SignedDuration::from_mins(1 << failed.min(LONGEST_PAUSE)),
    };
    let next = due.map_or(target, |due| due.max(now + pause));
    Some(next.min(target))
}

/// Pauses grow up to two to the power of this in minutes: some three weeks.
const LONGEST_PAUSE: u32 = 15;

/// Moves a clock on to a stop: to the first full second that its time is ahead with which it is not before.
pub fn step(organization: &Organization, stop: Timestamp, ctx: &DecisionContext) -> Changes {
    let ahead = stop.duration_since(ctx.wall());
    let rest = i64::from(ahead.subsec_nanos() > 0);
    let mut changes = Changes::new();
    changes.write(ClockWrite::Move {
        id: organization.id,
        offset_seconds: ahead.as_secs() + rest,
    });
    changes
}

/// Ends the move of a clock that has arrived.
pub fn arrive(organization: &Organization, target: Timestamp) -> Changes {
    let mut changes = Changes::new();
    changes.write(ClockWrite::Arrive {
        id: organization.id,
        target,
    });
    changes
}

#[cfg(test)]
mod tests {
    use till_wire::clocks::ClockSpan;

    use super::*;
    use crate::{
        checkout::tests::organization, kernel::changes::Write, kernel::writes::NamedWrite,
    };

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn ctx(ahead: SignedDuration) -> DecisionContext {
        DecisionContext::new(moment("2026-01-31T12:00:00Z"), [3; 32]).ahead(ahead)
    }

    fn by(span: ClockSpan) -> ClockMove {
        ClockMove {
            advance: Some(span),
            to: None,
        }
    }

    fn to(moment: Timestamp) -> ClockMove {
        ClockMove {
            advance: None,
            to: Some(moment),
        }
    }

    fn target(asked: &ClockMove) -> Option<Timestamp> {
        let ctx = ctx(SignedDuration::ZERO);
        let (view, changes) = advance(&organization(), asked, &ctx).unwrap();
        assert_eq!((view.now, view.advancing), (ctx.now, true));
        assert_eq!(changes.writes.len(), 2);
        view.target
    }

    #[test]
    fn months_and_years_are_those_of_the_calendar() {
        let months = ClockSpan {
            months: Some(1),
            ..ClockSpan::default()
        };
        assert_eq!(target(&by(months)), Some(moment("2026-02-28T12:00:00Z")));
        let hours = ClockSpan {
            hours: Some(36),
            ..ClockSpan::default()
        };
        assert_eq!(target(&by(hours)), Some(moment("2026-02-02T00:00:00Z")));
        let later = moment("2026-02-01T00:00:00.000000001Z");
        assert_eq!(target(&to(later)), Some(moment("2026-02-01T00:00:00Z")));
    }

    #[test]
    fn a_clock_goes_forward_only_and_not_too_far() {
        let ctx = ctx(SignedDuration::from_hours(24));
        let refused = |organization: &Organization, to_: &str| {
            advance(organization, &to(moment(to_)), &ctx).unwrap_err()
        };
        let shop = organization();
        for (to, words) in [
            ("2026-01-31T13:00:00Z", Unmoved::NotLater.words()),
            ("2026-02-01T12:00:00Z", Unmoved::NotLater.words()),
            ("2036-02-01T12:00:01Z", Unmoved::TooFar.words()),
        ] {
            let Refusal::Invalid(problems) = refused(&shop, to) else {
                panic!("{to}");
            };
            assert_eq!((problems[0].msg.as_str(), problems.len()), (words, 1));
        }
        assert!(begin(&shop, moment("2036-02-01T12:00:00Z"), &ctx).is_ok());
        let moving = Organization {
            clock_target_at: Some(ctx.now),
            ..organization()
        };
        assert_eq!(
            refused(&moving, "2026-03-01T00:00:00Z"),
            Refusal::ClockAdvancing
        );
        let far = super::tests::ctx(SignedDuration::from_hours(24 * 365 * 95));
        let late = begin(&shop, after(far.now, 6.years()).unwrap(), &far);
        assert_eq!(late, Err(Unmoved::TooFarInAll));
        assert!(begin(&shop, after(far.now, 4.years()).unwrap(), &far).is_ok());
    }

    #[test]
    fn a_clock_stops_at_what_is_due_next_and_arrives_whatever_fails() {
        let (now, target) = (
            moment("2026-01-01T00:00:00Z"),
            moment("2031-01-01T00:00:00Z"),
        );
        let due = moment("2026-01-05T08:00:00Z");
        assert_eq!(next_stop(now, target, Some(due), 0), Some(due));
        assert_eq!(next_stop(now, target, None, 0), Some(target));
        assert_eq!(next_stop(now, due, Some(target), 0), Some(due));
        assert_eq!(next_stop(target, target, Some(due), 0), None);
        let (mut at, mut stops) = (now, 0);
        while let Some(next) = next_stop(at, target, Some(at + SignedDuration::from_mins(1)), stops)
        {
            assert!(next > at);
            (at, stops) = (next, stops + 1);
        }
        assert!(at == target && stops < 120, "{stops} stops");
    }

    #[test]
    fn a_clock_that_was_moved_is_not_before_its_stop_and_less_than_a_second_after_it() {
        for (stop, seconds) in [
            ("2027-01-31T12:00:00Z", 365 * 24 * 3600),
            ("2027-01-31T12:00:00.000001Z", 365 * 24 * 3600 + 1),
        ] {
            let changes = step(
                &organization(),
                moment(stop),
                &ctx(SignedDuration::from_hours(1)),
            );
            let [Write::Named(NamedWrite::Clock(ClockWrite::Move { offset_seconds, .. }))] =
                &changes.writes[..]
            else {
                panic!("{changes:?}");
            };
            assert_eq!(*offset_seconds, seconds);
        }
    }
}
