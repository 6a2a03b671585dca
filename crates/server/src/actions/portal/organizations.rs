//! Organizations as everybody sees them.

use till_core::{kernel::records::Product as Row, organizations::capabilities, portal::view};
use till_store::{List, Order};
use till_wire::{portal::CustomerOrganizationData, products::Visibility};

use crate::{
    app::App,
    error::{OrNotFound, Result},
};

/// Products that are shown, at most.
const MOST: u32 = 100;

/// An organization by its name in addresses, with the products that everybody can buy.
pub async fn by_slug(app: &App, slug: &str) -> Result<CustomerOrganizationData> {
    let found = app.store.organization_by_slug(slug).await?;
    let found = found.filter(|one| capabilities(one.status).api_access);
    let organization = found.or_not_found()?;
    let list = List::of::<Row>(organization.id)
        .eq("visibility", Visibility::Public)
        .any_of("is_archived", Some(false))
        .order("created_at", Order::Asc)
        .as_of(app.clock.now());
    let (rows, _): (Vec<Row>, _) = app.store.page(list, 1, MOST).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut offered = app.store.offered(organization.id, &ids).await?;
    offered.sort_by_key(|one| ids.iter().position(|id| *id == one.product.id));
    Ok(view::organization_with_products(&organization, &offered))
}
