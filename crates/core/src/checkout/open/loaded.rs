//! The rows that a new session is decided from.

use till_wire::country::Country;
use uuid::Uuid;

use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        events::Subscribers,
        records::{Customer, Discount, Meter, Organization, ProductPrice, Subscription},
    },
};

/// The rows that opening depends on, all of the caller's organization.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The merchant.
    pub organization: Organization,
    /// The wanted products that exist, with all their prices.
    pub offered: Vec<ProductWithPrices>,
    /// The customer named by id or external id, if there is one.
    pub customer: Option<Customer>,
    /// The subscription to upgrade, if it exists.
    pub subscription: Option<Subscription>,
    /// Price of that subscription.
    pub subscription_prices: Vec<ProductPrice>,
    /// The country of the buyer's network address, where known.
    pub ip_country: Option<Country>,
    /// The discount that is named, if it exists.
    pub discount: Option<Discount>,
    /// The meters that ad-hoc prices name, if they exist.
    pub meters: Vec<Meter>,
    /// The subscribers of its events.
    pub subscribers: Subscribers,
}

/// Origin of a session.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin {
    /// The link that was visited.
    pub checkout_link_id: Option<Uuid>,
    /// Which of several products is chosen at first; else the first.
    pub selected: Option<Uuid>,
}
