//! License keys that a customer, or one of its members, has.

use till_core::{
    kernel::records::{Benefit, LicenseKey as Row, LicenseKeyActivation},
    license_keys::HeldKey,
    portal::Viewer,
};
use till_store::{List, Order};
use till_wire::{
    license_keys::{LicenseKeyRead, LicenseKeyWithActivations},
    members::MemberRole,
    page::Page,
};
use uuid::Uuid;

use crate::{
    actions::license_keys::held,
    app::App,
    error::{OrNotFound, Result},
    http::extract::{
        Params,
        query::{id, query},
    },
};

query! {
    /// The query of a list of a customer's license keys.
    pub(crate) struct ListQuery {
        /// Filter by benefit ID.
        benefit_id: Option<Uuid> = id(),
    }
}

/// License keys of the viewer: their own, and for the owner also those of the customer as such. None that is revoked, and
/// none of a benefit that is not public (docs/behaviour: license-keys/portal).
fn theirs(viewer: &Viewer) -> List {
    let member = viewer.member.as_ref().map(|member| member.id);
    let is_owner = viewer.role == MemberRole::Owner;
    List::of::<Row>(viewer.organization.id)
        .eq("customer_id", viewer.customer.id)
        .of_key_holder(member, is_owner)
        .order("created_at", Order::Asc)
}

/// Lists the viewer's license keys, the first one first.
pub async fn list(app: &App, viewer: &Viewer, mut params: Params) -> Result<Page<LicenseKeyRead>> {
    let sent = ListQuery::read(&mut params);
    let list = theirs(viewer).any_of("benefit_id", sent.benefit_id);
    let (rows, page) = params.page::<Row>(app, list).await?;
    let held = held(app, viewer.organization.id, rows).await?;
    Ok(page.of(held.iter().map(HeldKey::view)))
}

/// A license key of the viewer, as they see it.
#[derive(Debug, Clone)]
pub struct OwnKey {
    /// The key.
    pub held: HeldKey,
    /// Its activations, the first one first; none where the benefit does not let customers manage them.
    pub activations: Option<Vec<LicenseKeyActivation>>,
}

/// One of the viewer's license keys.
///
/// # Errors
/// 404 where it is not theirs, or is revoked.
pub async fn find(app: &App, viewer: &Viewer, id: Uuid) -> Result<OwnKey> {
    let own = viewer.organization.id;
    let list = theirs(viewer).eq("id", id);
    let (rows, _) = app.store.page::<Row>(list, 1, 1).await?;
    let held = held(app, own, rows).await?.pop().or_not_found()?;
    let benefit = app.store.benefits(own, &[held.key.benefit_id]).await?.pop();
    let activations = match benefit.is_some_and(|benefit| manages_activations(&benefit)) {
        true => Some(app.store.license_key_activations(id).await?),
        false => None,
    };
    Ok(OwnKey { held, activations })
}

/// True where customers see and end activations themselves.
pub fn manages_activations(benefit: &Benefit) -> bool {
    benefit.properties["activations"]["enable_customer_admin"] == true
}

/// Shows one of the viewer's license keys.
pub async fn get(app: &App, viewer: &Viewer, id: Uuid) -> Result<LicenseKeyWithActivations> {
    let found = find(app, viewer, id).await?;
    let activations = found.activations.unwrap_or_default();
    Ok(found.held.with(&activations))
}
