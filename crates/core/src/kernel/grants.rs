//! Grants of benefits as they are asked for: a decision says whose grants are to be looked at, in the same [`Changes`] as
//! its cause (docs/behaviour: benefits/sync). What is granted and revoked then is decided in [`crate::benefits`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::events::EventType;
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    job_request::{JobRequest, Queue},
    jobs::JobKind,
    writes::JobWrite,
};

/// The job that grants and revokes what a purchase gives.
pub const SYNC_JOB: JobKind<GrantScope> = JobKind::new("sync_grants", Queue::Benefits);
/// The job that asks for [`SYNC_JOB`] for many purchases, a page at a time.
pub const SYNC_EACH_JOB: JobKind<ManyScopes> = JobKind::new("sync_grants_of", Queue::Benefits);
/// The job that asks for [`SYNC_EACH_JOB`] for each product with benefits, behind the product of this id: once, for
/// purchases from before benefits were granted. A migration asks for it.
pub const EARLIER_JOB: JobKind<Option<Uuid>> =
    JobKind::new("grant_earlier_purchases", Queue::Benefits);

/// Purchase that gives benefits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantScope {
    /// Subscription with this ID.
    Subscription(Uuid),
    /// Order with this ID. One of a subscription gives nothing itself, but may begin a paid period of it.
    Order(Uuid),
}

impl GrantScope {
    /// ID of the subscription or the order.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Subscription(id) | Self::Order(id) => id,
        }
    }

    /// The scope that an event gives cause to look at; most give none. Whatever becomes of a subscription is told with
    /// `subscription.updated`, too.
    pub const fn of(event: EventType, subject_id: Uuid) -> Option<Self> {
        match event {
            EventType::SubscriptionUpdated => Some(Self::Subscription(subject_id)),
            EventType::OrderPaid => Some(Self::Order(subject_id)),
            _ => None,
        }
    }

    /// Key of its job.
    fn key(self) -> String {
        let kind = match self {
            Self::Subscription(_) => "subscription",
            Self::Order(_) => "order",
        };
        format!("{SYNC_JOB}:{kind}:{}", self.id())
    }
}

/// The purchases that a change of the catalog, or of a customer, gives cause to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopesOf {
    /// Subscriptions to the product with this ID.
    Subscriptions(Uuid),
    /// Paid orders of the product with this ID.
    Orders(Uuid),
    /// Live grants of the benefit with this ID.
    Benefit(Uuid),
    /// Live grants of the customer with this ID.
    Customer(Uuid),
}

/// A walk through many purchases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManyScopes {
    /// ID of the organization.
    pub organization_id: Uuid,
    /// Which.
    pub of: ScopesOf,
    /// The row that was looked at last: when it was created or started, and its ID. None at the beginning.
    pub after: Option<(Timestamp, Uuid)>,
}

impl ManyScopes {
    /// Key of its job. Each page has its own, so that a walk that begins anew does not end one that is under way.
    fn key(&self) -> String {
        let (of, id) = match self.of {
            ScopesOf::Subscriptions(id) => ("subscriptions", id),
            ScopesOf::Orders(id) => ("orders", id),
            ScopesOf::Benefit(id) => ("benefit", id),
            ScopesOf::Customer(id) => ("customer", id),
        };
        match self.after {
            None => format!("{SYNC_EACH_JOB}:{of}:{id}"),
            Some((_, after)) => format!("{SYNC_EACH_JOB}:{of}:{id}:{after}"),
        }
    }
}

impl Changes {
    /// Has the grants of a purchase looked at, soon.
    pub fn sync_grants(&mut self, ctx: &DecisionContext, scope: GrantScope) -> &mut Self {
        self.job(ctx, SYNC_JOB, &scope.key(), ctx.now, &scope)
    }

    /// Has the grants of a purchase looked at whose event was told, where its organization has benefits at all.
    pub(crate) fn sync_grants_after(
        &mut self,
        ctx: &DecisionContext,
        organization_id: Uuid,
        scope: GrantScope,
    ) -> &mut Self {
        let job = JobRequest::new(ctx, SYNC_JOB, &scope.key(), ctx.now, &scope);
        self.write(JobWrite::RequestForBenefits {
            job,
            organization_id,
        })
    }

    /// Has the grants of many purchases looked at, from the first one on.
    pub fn sync_grants_of(
        &mut self,
        ctx: &DecisionContext,
        organization_id: Uuid,
        of: ScopesOf,
    ) -> &mut Self {
        let after = None;
        self.sync_page(
            ctx,
            &ManyScopes {
                organization_id,
                of,
                after,
            },
        )
    }

    /// [`Changes::sync_grants_of`] from where the page begins.
    pub fn sync_page(&mut self, ctx: &DecisionContext, page: &ManyScopes) -> &mut Self {
        self.job(ctx, SYNC_EACH_JOB, &page.key(), ctx.now, page)
    }

    /// Has the grants of everybody who bought a product looked at.
    pub fn sync_buyers(
        &mut self,
        ctx: &DecisionContext,
        organization_id: Uuid,
        product_id: Uuid,
    ) -> &mut Self {
        self.sync_grants_of(ctx, organization_id, ScopesOf::Subscriptions(product_id))
            .sync_grants_of(ctx, organization_id, ScopesOf::Orders(product_id))
    }
}
