//! Changes to subscriptions.

use axum::http::StatusCode;
use serde::Serialize;
use till_core::{
    catalog::products::ProductWithPrices,
    kernel::{
        changes::{Changes, CommitConflict},
        context::DecisionContext,
        records::{Customer, Organization, Payment, Subscription as Row},
        refusal::{Refusal, SubscriptionRefusal},
    },
    payments::{attempt::UNSETTLED, outcome::is_refund_due},
    subscriptions::change::{self, ChangeRows, Charge, Made, declined},
};
use till_store::CommitError;
use till_wire::{
    discounts::DiscountBase,
    subscriptions::{Cancellation, Subscription, SubscriptionUpdate},
};
use uuid::Uuid;

use crate::{
    app::App,
    counting,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{Access, Caller, scope},
        idempotency::IdempotencyGuard,
    },
    joined::Joined,
    payments,
};

/// A subscription as it is after a change, with what it is shown with.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    /// The merchant.
    pub organization: &'a Organization,
    /// Customer whose it is.
    pub customer: &'a Customer,
    /// The subscription.
    pub subscription: &'a Row,
    /// Its product.
    pub offered: &'a ProductWithPrices,
    /// Its discount.
    pub discount: &'a Option<DiscountBase>,
}

/// Manner in which somebody changes a subscription: which ones, what they may, and as what they are shown it.
#[derive(Debug, Clone, Copy)]
pub struct Changing<'a, V> {
    /// Server that they ask.
    pub app: &'a App,
    /// The merchant.
    pub organization: &'a Organization,
    /// Customer whose subscription it has to be; none: anybody's.
    pub customer_id: Option<Uuid>,
    /// Refuses what they may not do.
    pub judge: fn(&ChangeRows, &SubscriptionUpdate) -> Result<(), Refusal>,
    /// The subscription as they see it.
    pub view: fn(Changed<'_>) -> V,
}

/// The merchant's changes, who may do everything.
fn merchants<'a>(caller: &'a Caller<scope::SubscriptionsWrite>) -> Changing<'a, Subscription> {
    Changing {
        app: &caller.app,
        organization: &caller.organization,
        customer_id: None,
        judge: |_, _| Ok(()),
        view: |now| {
            let discount = now.discount.clone();
            now.subscription.view(now.customer, now.offered, discount)
        },
    }
}

/// Changes a subscription (docs/behaviour: subscriptions/change). A change that is charged at once is made when the
/// charge has succeeded.
pub async fn update(
    caller: &Caller<scope::SubscriptionsWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
    update: &SubscriptionUpdate,
) -> Result<Subscription> {
    merchants(caller).change(id, guard, update).await
}

/// Ends a subscription at once.
pub async fn revoke(caller: &Caller<scope::SubscriptionsWrite>, id: Uuid) -> Result<Subscription> {
    let why = SubscriptionUpdate::Revoke(Cancellation::default());
    update(caller, id, &IdempotencyGuard::default(), &why).await
}

impl<V: Serialize> Changing<'_, V> {
    /// Makes a change.
    pub async fn change(
        &self,
        id: Uuid,
        guard: &IdempotencyGuard,
        update: &SubscriptionUpdate,
    ) -> Result<V> {
        let app = self.app;
        if let Some(attempt) = guard.begun().flatten() {
            let payment = app.store.attempt(attempt).await.or_not_found()?;
            return self.charged(id, &payment).await;
        }
        let decided = app.retry_on_conflict(|| self.decide(id, guard, update));
        let (rows, made, view) = decided.await?;
        match made.charge {
            Charge::Nothing => Ok(view),
            Charge::Change(payment) => {
                let payment = payments::charge_change(app, &rows, *payment).await?;
                self.charged(id, &payment).await
            }
            Charge::Period(period) => {
                let (rows, step) = *period;
                payments::charge_step(app, rows, step).await?;
                Ok(view)
            }
        }
    }

    /// Its row, where it is one that they may change.
    async fn row(&self, id: Uuid) -> Result<Row> {
        let row = self.app.store.subscription(self.organization.id, id);
        let row = row.await.or_not_found()?;
        match self.customer_id.is_none_or(|own| own == row.customer_id) {
            true => Ok(row),
            false => Err(ApiError::not_found()),
        }
    }

    /// Loads what a change depends on, decides, and commits, with the subscription as it is shown then. Of one that is
    /// charged first the request's key is kept with its attempt, of the others with their answer.
    async fn decide(
        &self,
        id: Uuid,
        guard: &IdempotencyGuard,
        update: &SubscriptionUpdate,
    ) -> Result<(ChangeRows, Made, V)> {
        let (app, organization) = (self.app, self.organization);
        let ctx = app.context_of(organization);
        let rows = counted_rows(app, update, &ctx, || async {
            let rows = rows_of(app, organization, self.row(id).await?, update).await?;
            (self.judge)(&rows, update)?;
            Ok(rows)
        });
        let rows = rows.await?;
        let made = app.taxed(&organization.settings.tax, |taxes| {
            let decided = change::decide(update, &rows, &ctx);
            Ok(decided.and_then(|decided| change::make(&rows, decided, taxes, &ctx)))
        });
        let mut made = made.await??;
        let view = (self.view)(Changed {
            organization,
            customer: &made.customer,
            subscription: &made.subscription,
            offered: &made.offered,
            discount: &made.discount,
        });
        let mut changes = std::mem::take(&mut made.changes);
        match &made.charge {
            Charge::Change(payment) => guard.begin(&mut changes, Some(payment.id), &app.context()),
            _ if changes.writes_nothing() => {}
            _ => guard.keep(&mut changes, StatusCode::OK, &view, &app.context())?,
        }
        commit(app, changes).await?;
        if let Charge::Change(_) = made.charge {
            guard.mark_begun();
        }
        Ok((rows, made, view))
    }

    /// The answer to a change that was charged at once.
    async fn charged(&self, id: Uuid, payment: &Payment) -> Result<V> {
        use till_core::kernel::records::PaymentState::{Failed, Succeeded};
        match payment.state {
            Succeeded if !is_refund_due(payment) => self.shown(id).await,
            // It ended while its change was charged.
            Succeeded => Err(SubscriptionRefusal::AlreadyCanceled.into()),
            Failed => Err(declined(payment).into()),
            // Nobody knows yet: the change is made, or not, as soon as the processor says.
            _ => Err(ApiError::from(SubscriptionRefusal::Locked)),
        }
    }

    /// The subscription as it is now.
    pub async fn shown(&self, id: Uuid) -> Result<V> {
        let (app, organization) = (self.app, self.organization);
        let row = self.row(id).await?;
        let wanted = [row.customer_id];
        let customers = app.store.customers(organization.id, &wanted);
        let customer = customers.await?.pop().or_not_found()?;
        let (subscription, offered, discount) = Joined::held(app, organization, row).await?;
        Ok((self.view)(Changed {
            organization,
            customer: &customer,
            subscription: &subscription,
            offered: &offered,
            discount: &discount,
        }))
    }
}

/// The rows that a change of a subscription depends on.
pub(super) async fn rows<A: Access>(
    caller: &Caller<A>,
    id: Uuid,
    update: &SubscriptionUpdate,
) -> Result<ChangeRows> {
    let (app, own) = (&caller.app, &caller.organization);
    let row = app.store.subscription(own.id, id).await.or_not_found()?;
    rows_of(app, own, row, update).await
}

/// The rows that a change of this subscription depends on.
pub(in crate::actions) async fn rows_of(
    app: &App,
    own: &Organization,
    row: Row,
    update: &SubscriptionUpdate,
) -> Result<ChangeRows> {
    let (product_id, discount_id) = match update {
        SubscriptionUpdate::Base(base) => (base.product_id, base.discount_id.as_value().copied()),
        _ => (None, None),
    };
    Joined::change(app, own, row, product_id, discount_id).await
}

/// The rows that a change depends on, as `read` reads them, and refuses what may not be done. Where the change settles
/// usage, what has come in until now is counted, and they are read again (docs/behaviour: metered/settled).
///
/// # Errors
/// Errors of `read`; 409 where counting takes too long.
pub(in crate::actions) async fn counted_rows<F, Fut>(
    app: &App,
    update: &SubscriptionUpdate,
    ctx: &DecisionContext,
    read: F,
) -> Result<ChangeRows>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<ChangeRows>>,
{
    let rows = Box::pin(read()).await?;
    if !change::decide(update, &rows, ctx).is_ok_and(|decided| decided.settles) {
        return Ok(rows);
    }
    match Box::pin(counting::count_now(app, &rows.billing)).await? {
        true => Box::pin(read()).await,
        false => Err(SubscriptionRefusal::Uncounted.into()),
    }
}

/// Commits a change.
async fn commit(app: &App, changes: Changes) -> Result<()> {
    match app.commit_exactly(changes).await {
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == UNSETTLED => {
            Err(SubscriptionRefusal::Locked.into())
        }
        committed => Ok(committed?),
    }
}
