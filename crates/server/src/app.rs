//! The application state that every handler and worker holds: the store, the processor, the clock.

pub mod background;
pub mod fast_path;
pub(crate) mod isolation;
pub mod limits;
pub(crate) mod once;
pub mod turns;
mod under_way;
pub mod workers;

use std::{
    fmt,
    sync::{Arc, atomic::AtomicI64},
};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use till_core::{
    checkout::CheckoutContext,
    documents::Document,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{Content, Organization},
        retention::RetentionPolicy,
        tokens::SecretKey,
        urls::PublicUrls,
    },
    organizations::embed::EmbedHosts,
    tax::Taxes,
};
use till_pdf::Sheet;
use till_ports::{
    files::Files,
    geo::Geo,
    mail::Mail,
    outbound::Outbound,
    processor::{Processor, sandbox::TestCards},
    tax::TaxProvider,
};
use till_store::{CommitError, Store};
use uuid::Uuid;

use self::{
    background::Background,
    fast_path::LocalFastPath,
    limits::Limits,
    workers::{Backoffs, Workers},
};
use crate::{error::ApiError, metrics::Metrics, passwords::Passwords};

/// The source of time and randomness: the machine in the binary, the test in tests.
pub trait Clock: Send + Sync {
    /// The current moment.
    fn now(&self) -> Timestamp;
    /// Fresh randomness.
    fn seed(&self) -> [u8; 32];

    /// Returns once `at` has come.
    #[allow(
        clippy::disallowed_methods,
        reason = "the machine's clock is waited for; tests have their own"
    )]
    fn wait(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        let left = at.duration_since(self.now());
        Box::pin(tokio::time::sleep(left.try_into().unwrap_or_default()))
    }
}

/// The settings of the operator.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Development: webhooks may go to private networks and over http, the API is not rate limited.
    pub dev: bool,
    /// Sites on this machine may embed the checkout, listed or not.
    pub loopback_embeds: bool,
    /// The address of a demo purchase, which the home page leads to; in development.
    pub demo_checkout: Option<String>,
    /// A header, set by a trusted proxy, that carries the buyer's network address.
    pub client_ip_header: Option<String>,
    /// A header, set by a trusted proxy, that carries the visitor's country.
    pub country_header: Option<String>,
    /// The times for which things that nobody needs any more are kept.
    pub retention: RetentionPolicy,
}

/// Everything a request needs. One per process, shared.
pub struct App {
    /// The database.
    pub store: Store,
    /// The payment processor.
    pub processor: Arc<dyn Processor>,
    /// The parts that only the sandbox has, when it is the processor in use.
    pub sandbox: Option<Arc<dyn TestCards>>,
    /// The client for addresses that users give.
    pub outbound: Outbound,
    /// The tax provider.
    pub taxes: Arc<dyn TaxProvider>,
    /// The storage of files.
    pub files: Files,
    /// Writes a document in its reader's language.
    pub sheet_of: fn(&Document) -> Sheet,
    /// Text of a letter.
    pub text_of: fn(&Content) -> String,
    /// The atlas of network addresses.
    pub geo: Arc<dyn Geo>,
    /// The mail transport.
    pub mail: Arc<dyn Mail>,
    /// Time and randomness.
    pub clock: Arc<dyn Clock>,
    /// The public addresses of the server.
    pub urls: PublicUrls,
    /// Keys everything kept as HMAC.
    pub key: SecretKey,
    /// The operator's decisions.
    pub policy: Policy,
    /// Rate limits.
    pub limits: Limits,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// The metrics.
    pub metrics: Metrics,
    /// The fast path: jobs of this node that are run at once.
    pub fast_path: LocalFastPath,
    /// The threads of work that no buyer waits for.
    pub background: Background,
    /// The state of this process's workers.
    pub workers: Workers,
    /// Orders the decisions of this process.
    pub decisions: AtomicI64,
    /// The things that failed lately and are left alone for a while.
    pub backoffs: Backoffs,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("site", &self.urls)
            .finish_non_exhaustive()
    }
}

impl App {
    /// The moment a decision is made with that is about no organization's business: people, keys, files, deliveries.
    pub fn context(&self) -> DecisionContext {
        DecisionContext::new(self.clock.now(), self.clock.seed()).after(&self.decisions)
    }

    /// The moment a decision about an organization's business is made with: in its own time.
    pub fn context_of(&self, organization: &Organization) -> DecisionContext {
        self.context().ahead(self.clock_offset(organization))
    }

    /// [`App::context_of`] for who has only the organization's id. Costs a read in the sandbox, none elsewhere.
    pub async fn context_for(&self, organization_id: Uuid) -> Result<DecisionContext, ApiError> {
        let organization = match self.sandbox {
            Some(_) => self.store.organization(organization_id).await?,
            None => None,
        };
        let offset = organization.map(|organization| self.clock_offset(&organization));
        Ok(self.context().ahead(offset.unwrap_or_default()))
    }

    /// The organization's time.
    pub fn now_of(&self, organization: &Organization) -> Timestamp {
        self.clock.now() + self.clock_offset(organization)
    }

    /// The organizations whose time is ahead of the machine's, so that other things are due for them. One whose clock is
    /// being moved is left to who moves it.
    pub async fn clocked_organizations(&self) -> Result<Vec<Organization>, ApiError> {
        Ok(match self.sandbox {
            Some(_) => self.store.clocked_organizations().await?,
            None => Vec::new(),
        })
    }

    /// Time by which an organization is ahead of the machine: only the sandbox has test clocks.
    fn clock_offset(&self, organization: &Organization) -> SignedDuration {
        match self.sandbox {
            Some(_) => organization.clock_offset(),
            None => SignedDuration::ZERO,
        }
    }

    /// Facts beside its rows that a decision about a checkout session depends on.
    pub fn checkout_context<'a>(
        &'a self,
        subscribers: &'a Subscribers,
        taxes: &'a dyn Taxes,
        ctx: &'a DecisionContext,
    ) -> CheckoutContext<'a> {
        CheckoutContext {
            subscribers,
            urls: &self.urls,
            key: &self.key,
            taxes,
            ctx,
        }
    }

    /// The sites that may embed an organization's checkout.
    pub fn embed_hosts<'a>(&self, organization: &'a Organization) -> EmbedHosts<'a> {
        EmbedHosts {
            listed: &organization.settings.embed_hosts,
            loopback: self.policy.loopback_embeds,
        }
    }

    /// Applies a decision's changes; a refusal asks [`App::retry_on_conflict`] to decide again.
    pub async fn commit(&self, changes: Changes) -> Result<(), ApiError> {
        if changes.is_empty() {
            return Ok(());
        }
        Ok(self.commit_exactly(changes).await?)
    }

    /// [`App::commit`] for those who tell one refusal from another.
    pub async fn commit_exactly(&self, mut changes: Changes) -> Result<(), CommitError> {
        let taken = self.fast_path.take(&mut changes, || self.context());
        self.store.commit(changes).await?;
        if let Some(taken) = taken {
            taken.begin();
        }
        Ok(())
    }

    /// Commits what was decided; what is now true.
    pub async fn apply<T>(&self, (now, changes): (T, Changes)) -> Result<T, ApiError> {
        self.commit(changes).await?;
        Ok(now)
    }

    /// Runs load-decide-commit, and again when rows moved in between (docs/behaviour: api/conflict).
    pub async fn retry_on_conflict<T, F, Fut>(&self, attempt: F) -> Result<T, ApiError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, ApiError>>,
    {
        let seed = self.clock.seed();
        let seed = u64::from_le_bytes(seed[..8].try_into().expect("eight bytes"));
        let settled = till_store::retry_on_conflict(seed, attempt).await;
        if let Err(error) = &settled
            && let Some(cause) = error.conflict()
        {
            // Where a value is taken and the decision does not see by whom, the fault is ours.
            tracing::warn!(%cause, "a request was abandoned because its rows kept changing");
        }
        settled
    }
}
