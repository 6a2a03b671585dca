//! The organization that a caller belongs to.

use till_core::{kernel::records::Organization as Row, organizations};
use till_store::List;
use till_wire::{
    organizations::{Organization, OrganizationUpdate},
    page::Page,
};
use uuid::Uuid;

use crate::{
    error::{ApiError, OrNotFound, Result},
    http::extract::{
        Caller, Params,
        query::{Sorted, query, sorting, text},
        scope,
    },
};

const SORT_KEYS: [(&str, &str); 3] = [
    ("created_at", "created_at"),
    ("name", "name"),
    ("slug", "slug"),
];

query! {
    /// The query of the list of organizations.
    pub(crate) struct ListQuery {
        /// Filter by slug: only the organization with this one.
        slug: Option<String> = text(),
        sorting: Sorted = sorting(&SORT_KEYS, "created_at"),
    }
}

/// Lists the caller's organization.
pub async fn list(
    caller: &Caller<scope::OrganizationsRead>,
    mut params: Params,
) -> Result<Page<Organization>> {
    let sent = ListQuery::read(&mut params);
    let list = List::within::<Row>("id", &[caller.organization.id])
        .any_of("slug", sent.slug)
        .sorted(sent.sorting);
    let (rows, page) = params.page(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(organizations::view)))
}

/// Shows the caller's organization.
pub fn get(caller: &Caller<scope::OrganizationsRead>, id: Uuid) -> Result<Organization> {
    own(&caller.organization, id)?;
    Ok(organizations::view(&caller.organization))
}

/// Changes the caller's organization.
pub async fn update(
    caller: &Caller<scope::OrganizationsWrite>,
    id: Uuid,
    input: OrganizationUpdate,
) -> Result<Organization> {
    let app = &caller.app;
    own(&caller.organization, id)?;
    app.retry_on_conflict(|| async {
        let row = app.store.organization(id).await.or_not_found()?;
        let unpriced = match input.default_presentment_currency {
            Some(currency) => app.store.unpriced(id, currency).await?,
            None => Vec::new(),
        };
        let subscribers = app.store.subscribers(id).await?;
        let updated = organizations::update(
            &row,
            input.clone(),
            &unpriced,
            &subscribers,
            &caller.context(),
        )?;
        Ok(organizations::view(&app.apply(updated).await?))
    })
    .await
}

fn own(organization: &Row, id: Uuid) -> Result<()> {
    if organization.id == id {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}
