//! Usage events and events of Till as one list.

use std::collections::VecDeque;

use till_core::kernel::{
    changes::Record,
    records::{StreamEvent, SystemEvent, UsageEvent},
};
use till_store::{List, Order, Position};
use till_wire::metadata::Metadata;
use uuid::Uuid;

use super::Room;
use crate::{app::App, error::Result, http::extract::Window};

/// The lists of both kinds, as far as they are asked for: they run by the time.
#[derive(Debug)]
pub(super) struct Both {
    pub(super) usage: Option<List>,
    pub(super) system: Option<List>,
    pub(super) order: Order,
}

impl Both {
    /// The events of a page, and how many there are.
    pub(super) async fn page(
        self,
        app: &App,
        own: Uuid,
        window: Window,
    ) -> Result<(Vec<StreamEvent>, i64)> {
        let now = app.clock.now();
        let (page, limit) = (window.page, window.limit);
        let timed = |list: Option<List>| list.map(|list| list.as_of(now));
        match (timed(self.usage), timed(self.system)) {
            (None, None) => Ok((Vec::new(), 0)),
            (Some(usage), None) => {
                let (rows, total) = app.store.page(usage, page, limit).await?;
                Ok((rows.into_iter().map(StreamEvent::User).collect(), total))
            }
            (None, Some(system)) => {
                let (rows, total) = app.store.page(system, page, limit).await?;
                Ok((rows.into_iter().map(StreamEvent::System).collect(), total))
            }
            (Some(usage), Some(system)) => {
                let skip = u64::from(page.saturating_sub(1)) * u64::from(limit);
                let lists = (&usage, &system);
                let (rows, (_, of_usage), (_, of_system)) = tokio::try_join!(
                    app.store.both_events(own, lists, skip, limit.into()),
                    app.store.page::<UsageEvent>(usage.clone(), 1, 1),
                    app.store.page::<SystemEvent>(system.clone(), 1, 1),
                )?;
                Ok((rows, of_usage + of_system))
            }
        }
    }

    /// All events, one after the other, until so many bytes of their metadata were read.
    pub(super) fn walk(self, bytes: usize) -> Walk {
        Walk {
            room: Room::new(bytes),
            usage: Side::new(self.usage),
            system: Side::new(self.system),
            order: self.order,
        }
    }
}

/// A walk through both lists.
pub(super) struct Walk {
    room: Room,
    usage: Side<UsageEvent>,
    system: Side<SystemEvent>,
    order: Order,
}

impl Walk {
    /// The next event; none at the end, or where there is no room for more.
    pub(super) async fn next(&mut self, app: &App) -> Result<Option<StreamEvent>> {
        let room = &mut self.room;
        if !self.usage.fill(app, room, |row| &row.metadata.0).await? {
            return Ok(None);
        }
        if !self.system.fill(app, room, |row| &row.metadata.0).await? {
            return Ok(None);
        }
        let is_usage = match (self.usage.rows.front(), self.system.rows.front()) {
            (Some(one), Some(other)) => {
                let (one, other) = ((one.timestamp, one.id), (other.timestamp, other.id));
                match self.order {
                    Order::Asc => one < other,
                    Order::Desc => one > other,
                }
            }
            (one, _) => one.is_some(),
        };
        Ok(match is_usage {
            true => self.usage.rows.pop_front().map(StreamEvent::User),
            false => self.system.rows.pop_front().map(StreamEvent::System),
        })
    }
}

/// One of the lists, as far as it was read.
struct Side<R> {
    /// The list; none once it is read to its end.
    list: Option<List>,
    after: Option<Position>,
    rows: VecDeque<R>,
}

impl<R: Record + Send + 'static> Side<R> {
    fn new(list: Option<List>) -> Self {
        Self {
            list,
            after: None,
            rows: VecDeque::new(),
        }
    }

    /// Reads on where nothing is left of what was read; false where there is no room for it.
    async fn fill(
        &mut self,
        app: &App,
        room: &mut Room,
        metadata: impl Fn(&R) -> &Metadata,
    ) -> Result<bool> {
        if !self.rows.is_empty() {
            return Ok(true);
        }
        let Some(list) = self.list.take() else {
            return Ok(true);
        };
        let Some(part) = room.part() else {
            return Ok(false);
        };
        let (rows, last) = app
            .store
            .rows_after::<R>(list.clone(), self.after.as_ref(), part)
            .await?;
        room.take(rows.iter().map(metadata));
        self.rows = rows.into();
        if last.is_some() {
            (self.list, self.after) = (Some(list), last);
        }
        Ok(true)
    }
}
