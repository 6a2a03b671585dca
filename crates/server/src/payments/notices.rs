//! Notices, which the processor sends by itself (docs/behaviour: payment/notices): one is sent to us, or, where that is
//! lost, found when the processor is asked for what has happened. Both keep the notice's name with the job that acts on
//! it.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use till_core::{
    kernel::{
        changes::{Changes, CommitConflict},
        jobs::End,
        records::{Payment, PaymentKind, PaymentState, ProcessorName, ProcessorState},
        values::Json,
    },
    payments::{
        attempt::ask_again,
        notices::{self, KNOWN, NoticeSubject, STATE_KNOWN},
        outcome::is_held,
    },
};
use till_ports::processor::{self, Notice};
use till_store::CommitError;
use uuid::Uuid;

use super::{dispute, outcome::record_outcome_of, refund::refresh, witness};
use crate::{app::App, error::ApiError};

/// Time before now at which the first look begins.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
/// Notices whose names are looked up at once.
const AT_ONCE: usize = 200;
/// The pause before something is asked for again whose purchase is still being completed.
const UNFULFILLED: SignedDuration = SignedDuration::from_secs(15);

/// The interval at which a processor is asked for what has happened.
pub(crate) fn interval(processor: ProcessorName) -> SignedDuration {
    match processor {
        ProcessorName::Sandbox => SignedDuration::from_secs(5),
        ProcessorName::Stripe => SignedDuration::from_mins(1),
    }
}

/// Time that is asked for again, of what was asked for before: events may be listed a little after they happened.
fn overlap(processor: ProcessorName) -> SignedDuration {
    interval(processor) * 2
}

/// Takes in a notice that the processor has sent; one that was taken in before changes nothing.
pub async fn receive(app: &App, notice: Notice) -> Result<(), ApiError> {
    let state = app.store.processor_state(app.processor.name()).await?;
    take_in(app, &notice, state.as_ref()).await.map(drop)
}

/// True where the notice was new. `heard`: it was sent by the processor itself.
async fn take_in(
    app: &App,
    notice: &Notice,
    heard: Option<&ProcessorState>,
) -> Result<bool, ApiError> {
    let (ctx, mut changes) = (app.context(), Changes::new());
    let (name, subject) = (app.processor.name(), subject(notice));
    notices::take_in(name, &notice.id, &subject, &mut changes, &ctx);
    if let Some(state) = heard {
        notices::heard(state, &mut changes, &ctx);
    }
    match app.commit_exactly(changes).await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == KNOWN => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// True once the processor is to be asked for what has happened.
pub(crate) async fn is_due(app: &App) -> Result<bool, ApiError> {
    let name = app.processor.name();
    let state = app.store.processor_state(name).await?;
    let due = state.map_or(Timestamp::MIN, |state| state.polled_until + interval(name));
    Ok(due <= app.clock.now())
}

/// Asks the processor for what has happened since it was last asked, and takes in what was lost; says how many notices
/// that were. Where there is much, it is taken in by parts, the oldest first, and each part is noted: an end in the
/// middle loses nothing, and nothing is left out.
pub async fn poll(app: &App) -> Result<usize, ApiError> {
    let (name, now) = (app.processor.name(), app.clock.now());
    let state = app.store.processor_state(name).await?;
    let mut since = match state {
        Some(state) => state.polled_until - overlap(name),
        None => now - FIRST,
    };
    let mut found = 0;
    while since < now {
        let told = app.processor.events_since(since, now).await?;
        for some in told.notices.chunks(AT_ONCE) {
            for notice in news(app, some).await? {
                found += usize::from(take_in(app, notice, None).await?);
            }
        }
        note_polled(app, told.until).await?;
        since = told.until;
    }
    Ok(found)
}

async fn note_polled(app: &App, until: Timestamp) -> Result<(), ApiError> {
    let name = app.processor.name();
    let state = app.store.processor_state(name).await?;
    let polled = notices::polled(state.as_ref(), name, until, &app.context());
    match app.commit_exactly(polled).await {
        Ok(()) => Ok(()),
        // Another node has asked at the same time.
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == STATE_KNOWN => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The notices that say anything new: most are about attempts whose success is known.
async fn news<'a>(app: &App, told: &'a [Notice]) -> Result<Vec<&'a Notice>, ApiError> {
    let attempts: Vec<Uuid> = told.iter().filter_map(attempt_of).collect();
    let succeeded = app.store.succeeded_among(&attempts).await?;
    let names: Vec<&str> = told.iter().map(|notice| notice.id.as_str()).collect();
    let known = app.store.known_notices(app.processor.name(), &names);
    let known: HashSet<String> = known.await?.into_iter().collect();
    let is_news = |notice: &&Notice| {
        let is_old = attempt_of(notice).is_some_and(|id| succeeded.contains(&id));
        !is_old && !known.contains(&notice.id)
    };
    Ok(told.iter().filter(is_news).collect())
}

fn attempt_of(notice: &Notice) -> Option<Uuid> {
    match notice.subject {
        processor::NoticeSubject::Attempt { attempt_id, .. } => Some(attempt_id),
        _ => None,
    }
}

/// The processor's words in the decision's.
fn subject(notice: &Notice) -> NoticeSubject {
    use processor::NoticeSubject as Told;
    match notice.subject.clone() {
        Told::Attempt {
            attempt_id,
            reference,
        } => NoticeSubject::Attempt {
            attempt_id,
            reference,
        },
        Told::Refund { charge, .. } => NoticeSubject::Refunds { charge },
        Told::Dispute { reference, .. } => NoticeSubject::Dispute { reference },
        Told::Method { reference } => NoticeSubject::Method { reference },
    }
}

/// Asks the processor for what a notice is about, and takes note of it. What is not ours is left alone.
pub async fn process(app: &App, subject: NoticeSubject) -> Result<End, ApiError> {
    match subject {
        NoticeSubject::Attempt { attempt_id, .. } => attempt(app, attempt_id).await?,
        NoticeSubject::Refunds { charge } => return refunds(app, &charge).await,
        NoticeSubject::Dispute { reference } => return disputed(app, &reference).await,
        NoticeSubject::Method { reference } => method(app, &reference).await?,
    }
    Ok(End::Done(Changes::new()))
}

/// An attempt: one that was given up may have succeeded after all.
async fn attempt(app: &App, id: Uuid) -> Result<(), ApiError> {
    let Some(payment) = app.store.attempt(id).await? else {
        return Ok(());
    };
    let is_known = payment.state == PaymentState::Succeeded && !is_held(&payment);
    if is_known || payment.processor != app.processor.name() {
        return Ok(());
    }
    let reference = payment.reference.clone();
    let told = app
        .processor
        .retrieve(id, reference.as_deref(), app.clock.now());
    if let Some(outcome) = told.await? {
        record_outcome_of(app, payment, &outcome, None).await?;
    }
    Ok(())
}

/// The payment of a charge that a notice is about. The notice may come before its outcome is known here: then the
/// processor is asked for that first.
async fn charged(app: &App, charge: &str) -> Result<Option<Payment>, ApiError> {
    let name = app.processor.name();
    let payment = app.store.payment_by_reference(name, charge).await?;
    match payment {
        Some(payment) if payment.state != PaymentState::Succeeded => {
            attempt(app, payment.id).await?;
            Ok(app.store.attempt(payment.id).await?)
        }
        payment => Ok(payment),
    }
}

/// True where what was paid for is still being made, or its outcome is not known yet.
fn is_unfulfilled(payment: &Payment) -> bool {
    let is_sold = match payment.state {
        PaymentState::Succeeded => payment.decline_reason.is_none(),
        state => !state.is_settled(),
    };
    is_sold && payment.kind == PaymentKind::Charge && payment.order_id.is_none()
}

async fn later(app: &App, payment: &Payment) -> Result<End, ApiError> {
    let since = payment.modified_at.unwrap_or(payment.created_at);
    let ctx = app.context_for(payment.organization_id).await?;
    let again = ask_again(since, UNFULFILLED, ctx.now);
    Ok(End::Retry {
        at: ctx.wall_of(again),
    })
}

async fn refunds(app: &App, charge: &str) -> Result<End, ApiError> {
    match charged(app, charge).await? {
        Some(payment) if is_unfulfilled(&payment) => return later(app, &payment).await,
        Some(payment) => refresh(app, &payment).await?,
        None => {}
    }
    Ok(End::Done(Changes::new()))
}

async fn disputed(app: &App, reference: &str) -> Result<End, ApiError> {
    let record = || Box::pin(dispute::record(app, reference));
    if record().await?.is_some() {
        return Ok(End::Done(Changes::new()));
    }
    let told = app.processor.dispute(reference, app.clock.now()).await?;
    let payment = match told {
        Some(told) => charged(app, &told.charge).await?,
        None => None,
    };
    match payment {
        Some(payment) if is_unfulfilled(&payment) => return later(app, &payment).await,
        // What was bought may have been made just now.
        Some(payment) if payment.order_id.is_some() => {
            record().await?;
        }
        _ => {}
    }
    Ok(End::Done(Changes::new()))
}

/// A saved card: banks give it another expiry, or another number.
async fn method(app: &App, reference: &str) -> Result<(), ApiError> {
    let name = app.processor.name();
    let Some(told) = app.processor.method(reference, app.clock.now()).await? else {
        return Ok(());
    };
    let mut changes = Changes::new();
    for saved in app.store.methods_by_reference(name, reference).await? {
        let mut new = saved.clone();
        new.card = Json(witness::card(&told));
        changes.update(&saved, &new);
    }
    app.commit(changes).await
}
