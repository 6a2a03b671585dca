//! The API of the customer portal: what customers see and change with their own tokens, over `actions::portal`.

mod benefit_grants;
mod customers;
mod data;
mod downloadables;
mod email_update;
mod license_keys;
mod members;
mod meters;
mod orders;
mod organizations;
mod payment_methods;
mod seats;
mod session;
mod sign_in;
mod subscriptions;

use super::operation::Operation;

/// The routes of each part.
pub(super) const OPERATIONS: [&[Operation]; 15] = [
    session::OPERATIONS,
    sign_in::OPERATIONS,
    organizations::OPERATIONS,
    customers::OPERATIONS,
    email_update::OPERATIONS,
    payment_methods::OPERATIONS,
    orders::OPERATIONS,
    subscriptions::OPERATIONS,
    benefit_grants::OPERATIONS,
    license_keys::OPERATIONS,
    downloadables::OPERATIONS,
    members::OPERATIONS,
    meters::OPERATIONS,
    seats::OPERATIONS,
    data::OPERATIONS,
];
