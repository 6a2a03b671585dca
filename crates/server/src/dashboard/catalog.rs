//! Products, and what belongs to them: the pages under Products.

pub mod benefits;
pub mod checkout_links;
pub mod custom_fields;
pub mod discounts;
pub mod event_types;
pub mod files;
pub mod grants;
pub mod license_keys;
pub mod media;
pub mod meters;
pub mod products;
pub mod usage;

use std::sync::Arc;

use axum::Router;

use crate::app::App;

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(products::routes())
        .merge(benefits::routes())
        .merge(grants::routes())
        .merge(license_keys::routes())
        .merge(files::routes())
        .merge(meters::routes())
        .merge(usage::routes())
        .merge(event_types::routes())
        .merge(discounts::routes())
        .merge(custom_fields::routes())
        .merge(checkout_links::routes())
        .merge(media::routes())
}
