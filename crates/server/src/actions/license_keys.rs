//! License keys: merchants see and change them, and programs use them.

use axum::http::StatusCode;
use till_core::{
    kernel::{
        context::DecisionContext,
        records::{
            Customer, CustomerMember, LicenseKey as Row, LicenseKeyActivation, Organization,
        },
    },
    license_keys::{self, HeldKey},
    organizations::capabilities,
};
use till_store::{List, Order};
use till_wire::{
    license_keys::{
        LicenseKeyActivate, LicenseKeyActivationRead, LicenseKeyDeactivate, LicenseKeyRead,
        LicenseKeyStatus, LicenseKeyUpdate, LicenseKeyValidate, LicenseKeyWithActivations,
        ValidatedLicenseKey,
    },
    page::Page,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{
            Access, Caller, Params,
            query::{ids, query, words},
            scope,
        },
        idempotency::IdempotencyGuard,
        limits,
    },
};

query! {
    /// The query of a list of license keys.
    pub(crate) struct ListQuery {
        /// Filter by benefit ID.
        benefit_id: Vec<Uuid> = ids(),
        /// Filter by customer ID. Till's own filter; Polar has none like it.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by status.
        status: Vec<LicenseKeyStatus> = words::<LicenseKeyStatus>(),
    }
}

/// Lists license keys, the first one first.
pub async fn list(
    caller: &Caller<scope::LicenseKeysRead>,
    mut params: Params,
) -> Result<Page<LicenseKeyRead>> {
    let sent = ListQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .any_of("benefit_id", sent.benefit_id)
        .any_of("customer_id", sent.customer_id)
        .any_of("status", sent.status)
        .order("created_at", Order::Asc);
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    let held = held(&caller.app, caller.organization.id, rows).await?;
    Ok(page.of(held.iter().map(HeldKey::view)))
}

/// License keys with those who have them: as many reads for a page as for a single key.
pub(crate) async fn held(app: &App, own: Uuid, rows: Vec<Row>) -> Result<Vec<HeldKey>> {
    let customers: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
    let members: Vec<Uuid> = rows.iter().filter_map(|row| row.member_id).collect();
    let (customers, members): (Vec<Customer>, Vec<CustomerMember>) = tokio::try_join!(
        app.store.customers(own, &customers),
        app.store.members_by_id(own, &members),
    )?;
    let held = |key: Row| {
        let customer = customers.iter().find(|one| one.id == key.customer_id);
        let missing = || ApiError::internal("the customer of a license key is not there");
        let member = members.iter().find(|one| Some(one.id) == key.member_id);
        Ok(HeldKey {
            customer: customer.cloned().ok_or_else(missing)?,
            member: member.cloned(),
            key,
        })
    };
    rows.into_iter().map(held).collect()
}

/// A license key with whose it is.
async fn find(app: &App, own: Uuid, id: Uuid) -> Result<HeldKey> {
    let row = app.store.license_key(own, id).await.or_not_found()?;
    held(app, own, vec![row]).await?.pop().or_not_found()
}

/// Shows a license key with its activations.
pub async fn get(
    caller: &Caller<scope::LicenseKeysRead>,
    id: Uuid,
) -> Result<LicenseKeyWithActivations> {
    let (app, own) = (&caller.app, caller.organization.id);
    let held = find(app, own, id).await?;
    let activations = app.store.license_key_activations(id).await?;
    Ok(held.with(&activations))
}

/// Shows an activation with its license key.
pub async fn get_activation(
    caller: &Caller<scope::LicenseKeysRead>,
    id: Uuid,
    activation_id: Uuid,
) -> Result<LicenseKeyActivationRead> {
    let (app, own) = (&caller.app, caller.organization.id);
    let held = find(app, own, id).await?;
    let found = app.store.license_key_activation(id, activation_id).await;
    Ok(held.activation(&found.or_not_found()?))
}

/// Changes a license key.
pub async fn update(
    caller: &Caller<scope::LicenseKeysWrite>,
    id: Uuid,
    input: LicenseKeyUpdate,
) -> Result<LicenseKeyRead> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let held = find(app, own, id).await?;
        let mut input = input.clone();
        // The key of a customer who is gone is revoked for good.
        if held.customer.deleted_at.is_some() {
            input.status = None;
        }
        let updated = license_keys::update(&held.key, input, &caller.context());
        let key = app.apply(updated).await?;
        Ok(HeldKey { key, ..held }.view())
    })
    .await
}

/// User of a license key: somebody with a merchant's token, or a customer's program, which has none.
#[derive(Debug, Clone, Copy)]
pub struct KeyUser<'a> {
    app: &'a App,
    /// The organization of the token.
    own: Option<&'a Organization>,
}

impl<'a> KeyUser<'a> {
    /// Whoever holds a merchant's token: keys of other organizations are not found.
    pub fn merchant<A: Access>(caller: &'a Caller<A>) -> Self {
        Self {
            app: &caller.app,
            own: Some(&caller.organization),
        }
    }

    /// A program without a token; its budget must have been counted before.
    pub fn anybody(app: &'a App) -> Self {
        Self { app, own: None }
    }

    /// A license key by its text, with an activation where one is asked for, and its organization's time.
    async fn find(
        &self,
        organization_id: Uuid,
        key: &str,
        activation_id: Option<Uuid>,
    ) -> Result<(HeldKey, Option<LicenseKeyActivation>, DecisionContext)> {
        if self.own.is_some_and(|own| own.id != organization_id) {
            return Err(ApiError::not_found());
        }
        let store = &self.app.store;
        let found = store.license_key_of(organization_id, key, activation_id);
        let (held, activation) = found.await.or_not_found()?;
        if let Some(own) = self.own {
            return Ok((held, activation, self.app.context_of(own)));
        }
        limits::key_used(self.app, held.key.id)?;
        let organization = store.organization(organization_id).await.or_not_found()?;
        let is_open = capabilities(organization.status).api_access;
        is_open.then_some(()).or_not_found()?;
        Ok((held, activation, self.app.context_of(&organization)))
    }

    /// Validates a license key, and counts it: one read and one write, whatever the key has.
    ///
    /// # Errors
    /// Errors of [`license_keys::validate`]; 404 where there is no such key.
    pub async fn validate(
        &self,
        guard: &IdempotencyGuard,
        asked: LicenseKeyValidate,
    ) -> Result<ValidatedLicenseKey> {
        let app = self.app;
        // A repetition of what uses nothing up does no harm, and needs no answer that is kept.
        let nobody = IdempotencyGuard::default();
        let guard = match self.own.is_none() && asked.increment_usage.unwrap_or(0) == 0 {
            true => &nobody,
            false => guard,
        };
        app.retry_on_conflict(|| async {
            let (own, text) = (asked.organization_id, &asked.key);
            let (held, activation, ctx) = self.find(own, text, asked.activation_id).await?;
            let activation = activation.as_ref();
            let (key, changes) = license_keys::validate(&held.key, activation, &asked, &ctx)?;
            let held = HeldKey { key, ..held };
            app.reply(guard, StatusCode::OK, (held, changes), |held| {
                held.validated(activation)
            })
            .await
        })
        .await
    }

    /// Activates a license key.
    ///
    /// # Errors
    /// Errors of [`license_keys::activate`]; 404 where there is no such key.
    pub async fn activate(
        &self,
        guard: &IdempotencyGuard,
        asked: LicenseKeyActivate,
    ) -> Result<LicenseKeyActivationRead> {
        let app = self.app;
        app.retry_on_conflict(|| async {
            let (held, _, ctx) = self.find(asked.organization_id, &asked.key, None).await?;
            let ((key, activation), changes) =
                license_keys::activate(&held.key, asked.clone(), &ctx)?;
            let held = HeldKey { key, ..held };
            app.reply(guard, StatusCode::OK, (held, changes), |held| {
                held.activation(&activation)
            })
            .await
        })
        .await
    }

    /// Ends an activation, also of a license key that cannot be used any more.
    ///
    /// # Errors
    /// 404 where there is no such key, or no such activation of it.
    pub async fn deactivate(
        &self,
        guard: &IdempotencyGuard,
        asked: LicenseKeyDeactivate,
    ) -> Result<()> {
        let app = self.app;
        app.retry_on_conflict(|| async {
            let (own, id) = (asked.organization_id, Some(asked.activation_id));
            let (held, activation, _) = self.find(own, &asked.key, id).await?;
            let changes = license_keys::deactivate(&held.key, &activation.or_not_found()?);
            app.reply(guard, StatusCode::NO_CONTENT, ((), changes), |()| ())
                .await
        })
        .await
    }
}
