//! Reminders to customers, written when they are due: of a renewal, of a trial's end, of a card's expiry
//! (docs/behaviour: mail/reminders). Each cause is noted in the commit that writes its letter, so that it is written once.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::Arc,
};

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use till_core::{
    kernel::{
        changes::{Changes, CommitConflict},
        records::{Content, Customer, MailKind, Organization, PaymentMethod, Subscription},
    },
    mail::{
        self, NewLetter,
        reminders::{self, Ahead, REMINDED},
    },
    subscriptions::{bill::BillingRows, change},
};
use till_store::{Query, yielding};
use till_wire::subscriptions::SubscriptionNextCharge;
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    LEASE,
    mail::{kept, locale, people_alone},
    subscriptions::billing,
    supervise::alone,
};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    mail::{Expiring, Renewing, card_expires, renews_soon},
};

/// Reminders that are looked at in one turn at most.
const BATCH: usize = 32;
/// The most of them that are worked on at once.
const SIDE_BY_SIDE: usize = 8;
/// The interval at which reminders are looked for.
const EVERY: SignedDuration = SignedDuration::from_mins(1);

/// The unique index that holds the causes of letters.
const CAUSE_INDEX: &str = "mails_cause";

/// Writes the reminders that are due by the machine's time, and by each test clock; says how many were looked at.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    run_until(app, || false).await
}

/// The same until `is_stopping`, which is asked before each turn: what is left then is still due.
pub async fn run_until(
    app: &App,
    is_stopping: impl Fn() -> bool + Send + Sync,
) -> Result<usize, ApiError> {
    let mut done = 0;
    let mut search = Search::of_all(app.clock.now());
    while !search.is_over() && !is_stopping() {
        done += search.turn(app).await?;
    }
    for organization in app.clocked_organizations().await? {
        let mut search = Search::of(&organization, app.now_of(&organization));
        while !search.is_over() && !is_stopping() {
            done += search.turn(app).await?;
        }
    }
    Ok(done)
}

/// Search for the reminders that are due by a moment, in turns of one batch. It passes each by once, so that one that
/// stays due holds up no other; the next search finds it again.
pub(super) struct Search {
    organization_id: Option<Uuid>,
    now: Timestamp,
    /// The first one is searched, those before it were.
    places: VecDeque<Place>,
}

/// Rows that are searched for reminders, and the one after which the search goes on.
enum Place {
    /// Subscriptions, by the end of their period.
    Ends(Ahead, (Timestamp, Uuid)),
    /// Cards, by the month in which they expire, counted from the year 0.
    Cards((i64, Uuid)),
}

impl Search {
    /// Search by the machine's time.
    fn of_all(now: Timestamp) -> Self {
        Self::new(None, now)
    }

    /// Search within one organization.
    pub(super) fn of(organization: &Organization, now: Timestamp) -> Self {
        let mut search = Self::new(Some(organization.id), now);
        if !reminders::is_renewing(organization) {
            let is_of_cards = |place: &Place| matches!(place, Place::Cards(_));
            search.places.retain(is_of_cards);
        }
        search
    }

    fn new(organization_id: Option<Uuid>, now: Timestamp) -> Self {
        let ends = Ahead::ALL.map(|ahead| Place::Ends(ahead, (now, Uuid::nil())));
        let cards = Place::Cards((reminders::card_months(now).start, Uuid::nil()));
        Self {
            organization_id,
            now,
            places: ends.into_iter().chain([cards]).collect(),
        }
    }

    /// True where everything that was due has been looked at: the last batch was not full.
    pub(super) fn is_over(&self) -> bool {
        self.places.is_empty()
    }

    /// Looks at one batch, and writes its reminders; says how many were seen to. One that fails holds up no other.
    pub(super) async fn turn(&mut self, app: &App) -> Result<usize, ApiError> {
        yielding(Box::pin(self.take_turn(app))).await
    }

    async fn take_turn(&mut self, app: &App) -> Result<usize, ApiError> {
        let (mut done, mut left) = (0, BATCH);
        while left > 0
            && let Some(place) = self.places.front_mut()
        {
            let (store, of, now) = (&app.store, self.organization_id, self.now);
            let (found, work) = match place {
                Place::Ends(ahead, after) => {
                    let found = store.subscriptions_to_remind(of, *ahead, now, *after, left);
                    let found = found.await?;
                    if let Some(last) = found.last() {
                        *after = (last.current_period_end, last.id);
                    }
                    (found.len(), of_subscriptions(app, found).await?)
                }
                Place::Cards(after) => {
                    let found = store.cards_to_remind(of, now, *after, left).await?;
                    if let Some(last) = found.last() {
                        *after = (reminders::card_month(last), last.id);
                    }
                    (found.len(), of_cards(app, found).await)
                }
            };
            done += work;
            if found < left {
                self.places.pop_front();
            }
            left -= found;
        }
        Ok(done)
    }
}

async fn of_subscriptions(app: &App, found: Vec<Subscription>) -> Result<usize, ApiError> {
    let mut organizations = HashMap::new();
    for one in &found {
        let id = one.organization_id;
        if let Entry::Vacant(entry) = organizations.entry(id) {
            entry.insert(app.store.organization(id).await.or_not_found()?);
        }
    }
    let work = found.into_iter().filter_map(|one| {
        let organization = organizations.get(&one.organization_id)?;
        // Those of one that renews nothing stay due.
        reminders::is_renewing(organization).then(|| {
            let id = one.id;
            let remind = Box::pin(remind_of_period_end(app, organization, one));
            alone(app, "reminder", id, remind)
        })
    });
    Ok(side_by_side(work.collect()).await)
}

async fn of_cards(app: &App, found: Vec<PaymentMethod>) -> usize {
    let work = found.into_iter().map(|card| {
        let id = card.id;
        alone(app, "reminder", id, Box::pin(remind_of_card(app, card)))
    });
    side_by_side(work.collect()).await
}

/// Does some work at the same time; says how much of it was done.
async fn side_by_side(work: Vec<impl Future<Output = bool>>) -> usize {
    stream::iter(work)
        .buffer_unordered(SIDE_BY_SIDE)
        .filter(|done| std::future::ready(*done))
        .count()
        .await
}

/// Writes the reminder of the end of a subscription's period, if there is something to say.
async fn remind_of_period_end(
    app: &App,
    organization: &Organization,
    subscription: Subscription,
) -> Result<(), ApiError> {
    let rows = Box::pin(billing(app, organization, subscription)).await?;
    let (organization, customer) = (&rows.organization, &rows.customer);
    let subscription = &rows.subscription;
    let now = app.now_of(organization);
    let (mut note, mut letter) = (Changes::new(), None);
    reminders::note_period_end(subscription, &mut note);
    if let Some(kind) = reminders::of_period_end(subscription, customer, organization, now)
        && let Some(next) = next_charge(app, &rows).await?
    {
        let renewing = Renewing {
            organization,
            // A change that waits for the end of the period is made by then.
            product: &rows.next_offered.as_ref().unwrap_or(&rows.offered).product,
            subscription,
            charge: &next.charge,
            locale: locale(customer),
        };
        let words = renews_soon(kind, &renewing, &app.urls);
        let key = reminders::period_end_key(subscription);
        letter = Some(written(app, organization, customer, (kind, key, words)).await?);
    }
    commit(app, note, letter).await
}

/// The charge at the end of the current period; none where nothing is charged then, as where the customer's balance covers
/// it.
///
/// # Errors
/// The charge cannot be worked out: its reminder stays due, because a person may mend that before the period ends.
async fn next_charge(
    app: &App,
    rows: &BillingRows,
) -> Result<Option<SubscriptionNextCharge>, ApiError> {
    let settings = &rows.organization.settings.tax;
    let next = app
        .taxed(settings, |taxes| {
            Ok(change::next_renewal(rows.clone(), taxes))
        })
        .await?;
    let next = next.map_err(ApiError::internal)?;
    let end = rows.subscription.current_period_end;
    Ok(next.filter(|next| next.at == end && next.charge.due_amount > 0))
}

/// Writes the reminder of a card's expiry, if something is paid with it.
async fn remind_of_card(app: &App, card: PaymentMethod) -> Result<(), ApiError> {
    let store = &app.store;
    let organization = store.organization(card.organization_id).await;
    let organization = organization.or_not_found()?;
    let customer: Option<Customer> = store
        .one(Query::by_id::<Customer>(card.customer_id))
        .await?;
    let customer = customer.ok_or_else(ApiError::not_found)?;
    let subscriptions = store.subscriptions_of(customer.id).await?;
    let now = app.now_of(&organization);
    let (mut note, mut letter) = (Changes::new(), None);
    reminders::note_expiry(&card, &mut note);
    if reminders::of_card(&card, &subscriptions, &customer, &organization, now) {
        let expiring = Expiring {
            organization: &organization,
            card: &card,
            locale: locale(&customer),
        };
        let kind = MailKind::PaymentMethodExpirationReminder;
        let words = card_expires(&expiring, &app.urls);
        let key = reminders::expiry_key(&card);
        letter = Some(written(app, &organization, &customer, (kind, key, words)).await?);
    }
    commit(app, note, letter).await
}

async fn written(
    app: &App,
    organization: &Organization,
    customer: &Customer,
    (kind, cause_key, (subject, content)): (MailKind, String, (String, Content)),
) -> Result<Changes, ApiError> {
    let people = people_alone(app, organization.id).await?;
    let letter = NewLetter {
        kind,
        cause_key,
        customer_id: Some(customer.id),
        about_customer_id: None,
        order_id: None,
        recipient: customer.email.clone(),
        subject,
        content,
        kept: kept(app, organization.id, &customer.email, &people).await?,
    };
    Ok(mail::write(letter, organization.id, &app.context()))
}

/// Commits a note with its letter. A cause of which there is a letter, such as an end that moved away and back, is noted
/// alone.
async fn commit(app: &App, note: Changes, letter: Option<Changes>) -> Result<(), ApiError> {
    let Some(letter) = letter else {
        return unless_noted(app.commit(note).await);
    };
    let mut changes = note.clone();
    changes.and(letter);
    match app.commit(changes).await {
        Err(error) if is_written(&error) => unless_noted(app.commit(note).await),
        done => unless_noted(done),
    }
}

fn is_written(error: &ApiError) -> bool {
    matches!(error.conflict(), Some(CommitConflict::Taken(index)) if index == CAUSE_INDEX)
}

/// Changes that another node has made meanwhile are no failure: the row is looked at again, unless it is noted.
fn unless_noted(done: Result<(), ApiError>) -> Result<(), ApiError> {
    match done {
        Err(error) if error.conflict() == Some(&CommitConflict::NotOne(REMINDED)) => Ok(()),
        done => done,
    }
}

/// Writes the reminders that are due until `shutdown` turns true; one node does so for all.
pub(super) async fn serve(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let holder = app.context().id();
    while !*shutdown.borrow() {
        let now = app.clock.now();
        let looked = async {
            // As long as it takes, in case this node dies meanwhile: two at it at once write each letter once.
            if app
                .store
                .lease("reminders", holder, now, now + EVERY + LEASE)
                .await?
            {
                run_until(&app, || *shutdown.borrow()).await?;
            }
            Ok::<_, ApiError>(())
        };
        if let Err(error) = looked.await {
            tracing::error!(?error, "the reminders that are due could not be written");
        }
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => break,
            () = app.clock.wait(now + EVERY) => {}
        }
    }
    let _ = app.store.release_all(holder).await;
}
