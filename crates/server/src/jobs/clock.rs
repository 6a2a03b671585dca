//! Test clocks on their way: from one moment at which something is due to the next (docs/behaviour: sandbox/clock).

use jiff::{SignedDuration, Timestamp};
use till_core::{
    kernel::{grants::SYNC_JOB, jobs::End, letters::WRITE_JOB, records::Organization},
    organizations::clock,
    subscriptions::dun::VOID_JOB,
};
use uuid::Uuid;

use super::{checkouts, reminders::Search, subscriptions};
use crate::{app::App, error::ApiError};

/// Looks for what is due that one run of the job makes, and the time after which it leaves the rest to the next run: a
/// node that stops waits for its jobs.
const LOOKS: usize = 256;
const AT_ONCE: SignedDuration = SignedDuration::from_secs(1);
/// Pause while a saved card is being charged: nothing later happens before its outcome is known.
const CHARGING: SignedDuration = SignedDuration::from_millis(250);
/// The longest that an attempt is waited for.
const WAITED_FOR: SignedDuration = SignedDuration::from_mins(2);

/// Moves an organization's clock on. Everything that is due at a stop is done before the next one.
pub async fn advance(app: &App, organization_id: Uuid) -> Result<End, ApiError> {
    let begun = app.clock.now();
    let mut journey = Journey::default();
    for _ in 0..LOOKS {
        let organization = app.store.organization(organization_id).await?;
        let Some(organization) = organization.filter(|one| one.clock_target_at.is_some()) else {
            return Ok(End::Done(Default::default()));
        };
        if let Some(end) = journey.go_on(app, &organization).await? {
            return Ok(end);
        }
        if app.clock.now().duration_since(begun) >= AT_ONCE {
            break;
        }
    }
    Ok(End::Retry {
        at: app.clock.now(),
    })
}

/// Outcome of the things that were due since the clock was last moved.
#[derive(Default)]
struct Journey {
    done: usize,
    failed: usize,
    /// Stops in a row at which nothing could be done of what was due.
    failed_stops: u32,
    /// Search for reminders that are due here, while it is not over.
    search: Option<Search>,
}

impl Journey {
    /// Does some of what is due; where nothing is, moves the clock to its next stop. The end of the run, where it is over.
    async fn go_on(
        &mut self,
        app: &App,
        organization: &Organization,
    ) -> Result<Option<End>, ApiError> {
        if self.work(app, organization).await? {
            return Ok(None);
        }
        let ctx = app.context_of(organization);
        if let Some(at) = self.unsettled_until(app, organization).await? {
            return Ok(Some(End::Retry { at }));
        }
        self.failed_stops = match (self.done, self.failed) {
            (0, 1..) => self.failed_stops + 1,
            _ => 0,
        };
        (self.done, self.failed) = (0, 0);
        let target = organization.clock_target_at.unwrap_or(ctx.now);
        // Where another processor has taken the sandbox's place there are no clocks any more.
        let due = match app.sandbox {
            Some(_) => app.store.next_due(organization.id, ctx.now).await?,
            None => return Ok(Some(End::Done(clock::arrive(organization, target)))),
        };
        let stop = clock::next_stop(ctx.now, target, due, self.failed_stops);
        let Some(stop) = stop else {
            return Ok(Some(End::Done(clock::arrive(organization, target))));
        };
        app.commit(clock::step(organization, stop, &ctx)).await?;
        Ok(None)
    }

    /// The machine's time at which to look again, while what was begun at this stop is not over: a charge, the voiding of the
    /// orders of a subscription that has ended, the grants of a purchase, or a letter, which says how things are when it is
    /// written.
    async fn unsettled_until(
        &self,
        app: &App,
        organization: &Organization,
    ) -> Result<Option<Timestamp>, ApiError> {
        let now = app.clock.now();
        let since = app.now_of(organization) - WAITED_FOR;
        if app.store.charges_in_flight(organization.id, since).await? {
            return Ok(Some(now + CHARGING));
        }
        for job in [VOID_JOB.name(), SYNC_JOB.name(), WRITE_JOB.name()] {
            if app.store.is_job_due(job, now).await? {
                return Ok(Some(now));
            }
        }
        Ok(None)
    }

    /// Does a batch of what is due by the organization's time; whether there was anything.
    async fn work(&mut self, app: &App, organization: &Organization) -> Result<bool, ApiError> {
        let now = app.now_of(organization);
        let expired = checkouts::expire_due_of(app, organization).await?;
        let search = self.search.take();
        let mut search = search.unwrap_or_else(|| Search::of(organization, now));
        self.done += expired + search.turn(app).await?;
        if !search.is_over() {
            self.search = Some(search);
            return Ok(true);
        }
        let turn = subscriptions::turn(app, Some(organization.id), now).await?;
        self.done += turn.done;
        self.failed += turn.taken - turn.done;
        Ok(turn.taken > 0)
    }
}
