//! Erasure of customers (docs/behaviour: members/erasure).

use jiff::SignedDuration;
use till_core::{
    customers::erasure::{self, Erasure},
    documents::{DocumentKind, address::KeptDocument},
    kernel::{
        changes::{Changes, Record},
        folding::email_key,
        jobs::End,
        records::{
            BenefitGrant, Checkout, Customer, Order, Payment, Refund, Subscription, SystemEvent,
            UsageEvent,
        },
        writes::{CustomerWrite, DownloadWrite},
    },
};
use till_store::{List, Order as Direction};
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// Rows of one part.
const PART: u32 = 200;
/// The pause before it is looked again after what was under way.
const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Erases what rows say of a customer who was anonymized. What is under way, an attempt to pay or a webhook that waits, is
/// left until it has ended, so the job comes back until nothing is. It may run any number of times.
pub async fn erase(app: &App, asked: Erasure) -> Result<End, ApiError> {
    let found = app.store.any_customer(asked.customer_id).await?;
    let Some(customer) = found.filter(Customer::is_anonymized) else {
        return Ok(End::Done(Changes::new()));
    };
    let id = customer.id;
    let mut changes = Changes::new();
    changes
        .write(CustomerWrite::DeleteSessions { customer_id: id })
        .write(CustomerWrite::DeleteMembers { customer_id: id })
        .write(CustomerWrite::ForgetSeats { customer_id: id })
        .write(CustomerWrite::RevokeLicenseKeys { customer_id: id })
        .write(CustomerWrite::DeleteActivations { customer_id: id })
        .write(DownloadWrite::ForgetTimes {
            customer_id: id,
            at: customer.created_at,
        })
        .write(CustomerWrite::DeletePaymentMethods { customer_id: id })
        .write(CustomerWrite::DeleteLetters { customer_id: id })
        .write(CustomerWrite::DeleteEmailChanges { customer_id: id })
        .write(CustomerWrite::DeleteCodesOf {
            organization_id: customer.organization_id,
            email_key: email_key(&asked.email),
        })
        .write(CustomerWrite::ForgetTrials {
            customer_id: id,
            email_key: customer.email.clone(),
        });
    app.commit(changes).await?;
    let mut all = Part::default();
    all.and(told_of(app, &[id]).await?);
    all.and(each(app, &customer, erasure::checkout).await?);
    all.and(each(app, &customer, erasure::payment).await?);
    all.and(each(app, &customer, |row: &Order| Some(erasure::order(row))).await?);
    let subscription = |row: &Subscription| Some(erasure::subscription(row));
    all.and(each(app, &customer, subscription).await?);
    all.and(each(app, &customer, |row: &Refund| Some(erasure::refund(row))).await?);
    // A grant says nothing of a person; what webhooks told of it does.
    all.and(each(app, &customer, |row: &BenefitGrant| Some(row.clone())).await?);
    all.and(typed(app, &customer, &asked.email).await?);
    usage(app, &customer).await?;
    done_by_till(app, &customer).await?;
    Ok(match all.is_left {
        false => End::Done(Changes::new()),
        true => End::Retry {
            at: app.context().now + PAUSE,
        },
    })
}

/// Outcome of a part of the work.
#[derive(Debug, Default)]
struct Part {
    /// True where something was under way.
    is_left: bool,
}

impl Part {
    fn and(&mut self, other: Part) {
        self.is_left |= other.is_left;
    }
}

/// A row that tells of a customer.
trait Erased: Record + Clone + PartialEq + Send + Sync + 'static {
    /// Writes besides the row's own columns.
    fn besides(&self, _: &mut Changes) {}

    /// Paths of files that `erased` does not name any more.
    fn files(&self, _erased: &Self) -> Vec<String> {
        Vec::new()
    }
}

impl Erased for Checkout {
    fn besides(&self, changes: &mut Changes) {
        changes.write(CustomerWrite::ForgetBuyer {
            checkout_id: self.id,
        });
    }
}

impl Erased for BenefitGrant {}
impl Erased for Payment {}
impl Erased for Subscription {}
impl Erased for Refund {}

impl Erased for Order {
    fn files(&self, erased: &Self) -> Vec<String> {
        let kept = |kind, number: &Option<String>, digest: &Option<String>| {
            let document = KeptDocument {
                organization_id: self.organization_id,
                subject_id: self.id,
                kind,
                number: number.clone().unwrap_or_default(),
                digest: digest.clone()?,
            };
            Some(document.path())
        };
        let mut files = Vec::new();
        if self.receipt_digest != erased.receipt_digest {
            let digest = &self.receipt_digest;
            files.extend(kept(DocumentKind::Receipt, &self.receipt_number, digest));
        }
        if self.invoice_digest != erased.invoice_digest {
            let digest = &self.invoice_digest;
            files.extend(kept(DocumentKind::Invoice, &self.invoice_number, digest));
        }
        files
    }
}

/// Erases the customer's rows of one kind, part by part.
async fn each<R: Erased>(
    app: &App,
    customer: &Customer,
    erased: impl Fn(&R) -> Option<R>,
) -> Result<Part, ApiError> {
    let list = List::of::<R>(customer.organization_id)
        .eq("customer_id", customer.id)
        .order("created_at", Direction::Desc);
    let mut all = Part::default();
    let mut after = None;
    loop {
        let (rows, last) = app
            .store
            .rows_after(list.clone(), after.as_ref(), PART)
            .await?;
        all.and(some(app, &rows, &erased).await?);
        match last {
            Some(last) => after = Some(last),
            None => return Ok(all),
        }
    }
}

/// Erases what Till's own events say of the customer.
async fn done_by_till(app: &App, customer: &Customer) -> Result<(), ApiError> {
    let list = List::of::<SystemEvent>(customer.organization_id)
        .eq("customer_id", customer.id)
        .order("timestamp", Direction::Desc);
    let mut after = None;
    loop {
        let (rows, last) = app
            .store
            .rows_after::<SystemEvent>(list.clone(), after.as_ref(), PART)
            .await?;
        let mut changes = Changes::new();
        for row in &rows {
            let erased = erasure::system_event(row);
            if erased != *row {
                changes.update(row, &erased);
            }
        }
        app.commit(changes).await?;
        match last {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}

/// Erases what the customer's usage events say besides numbers. No webhook tells of them.
async fn usage(app: &App, customer: &Customer) -> Result<(), ApiError> {
    let own = customer.organization_id;
    let events = || List::of::<UsageEvent>(own).order("timestamp", Direction::Desc);
    let mut lists = vec![events().eq("customer_id", customer.id)];
    if let Some(external_id) = customer.external_id_before() {
        // Events that name the customer by an id alone are of whoever has that id now.
        let has_it = [external_id.to_owned()];
        if app.store.customers_named(own, &has_it).await?.is_empty() {
            let unbound = events().is_null("customer_id");
            lists.push(unbound.eq("external_customer_id", external_id));
        }
    }
    for list in lists {
        let mut after = None;
        loop {
            let (rows, last) = app
                .store
                .rows_after::<UsageEvent>(list.clone(), after.as_ref(), PART)
                .await?;
            let mut changes = Changes::new();
            for row in &rows {
                let erased = erasure::usage_event(row);
                if erased != *row {
                    changes.update(row, &erased);
                }
            }
            app.commit(changes).await?;
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
    }
    Ok(())
}

/// Erases some rows, and what webhooks told of them.
async fn some<R: Erased>(
    app: &App,
    rows: &[R],
    erased: impl Fn(&R) -> Option<R>,
) -> Result<Part, ApiError> {
    let mut part = Part::default();
    let mut changes = Changes::new();
    let mut files = Vec::new();
    for row in rows {
        let Some(new) = erased(row) else {
            part.is_left = true;
            continue;
        };
        row.besides(&mut changes);
        if new != *row {
            files.extend(row.files(&new));
            changes.update(row, &new);
        }
    }
    // A file that is gone is made again where its row still names it; one that no row names would stay for ever.
    crate::files::remove(app, &files).await;
    app.commit(changes).await?;
    let subjects: Vec<Uuid> = rows.iter().map(Record::id).collect();
    part.and(told_of(app, &subjects).await?);
    Ok(part)
}

/// Erases what webhooks told of these, where nobody waits for it.
async fn told_of(app: &App, subjects: &[Uuid]) -> Result<Part, ApiError> {
    let mut changes = Changes::new();
    for id in subjects {
        let subject_id = *id;
        changes
            .write(CustomerWrite::ForgetPayloads { subject_id })
            .write(CustomerWrite::ForgetAnswers { subject_id });
    }
    app.commit(changes).await?;
    let waiting = app.store.waiting_events_about(subjects).await?;
    Ok(Part {
        is_left: waiting > 0,
    })
}

/// Erases sessions that were never paid, in which the customer's address was typed, with their attempts.
async fn typed(app: &App, customer: &Customer, email: &str) -> Result<Part, ApiError> {
    let (own, most) = (customer.organization_id, i64::from(PART));
    let mut all = Part::default();
    let mut after = Uuid::nil();
    loop {
        let found = app.store.sessions_of_address(own, email, after, most);
        let sessions = found.await?;
        let Some(last) = sessions.last() else {
            return Ok(all);
        };
        after = last.id;
        let ids: Vec<Uuid> = sessions.iter().map(|session| session.id).collect();
        all.and(attempts(app, &ids).await?);
        all.and(some(app, &sessions, erasure::checkout).await?);
    }
}

/// Erases the attempts to pay some sessions.
async fn attempts(app: &App, sessions: &[Uuid]) -> Result<Part, ApiError> {
    let mut all = Part::default();
    let mut after = Uuid::nil();
    loop {
        let found = (app.store).attempts_of_sessions(sessions, after, i64::from(PART));
        let attempts = found.await?;
        let Some(last) = attempts.last() else {
            return Ok(all);
        };
        after = last.id;
        all.and(some(app, &attempts, erasure::payment).await?);
    }
}
