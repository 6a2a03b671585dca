//! Budgets of seats: invitations are letters to addresses that somebody else has typed, and links are not to be guessed.

use till_core::kernel::{
    budgets::Budget,
    records::{Customer, CustomerSeat},
};

use super::{Network, count, portal::of_network};
use crate::{app::App, error::ApiError};

/// Invitations that the people of one customer send; beyond that, one every half minute.
const INVITED: Budget = Budget::new(100, 30);
/// Letters of one invitation that are sent again.
const AGAIN: Budget = Budget::new(5, 600);
/// Links of invitations that a network opens or uses.
const LINKS: Budget = Budget::new(30, 20);

/// Counts an invitation that a customer sends.
///
/// # Errors
/// 429 where the budget is spent.
pub async fn inviting(app: &App, customer: &Customer) -> Result<(), ApiError> {
    let name = format!("seat invitations of customer {}", customer.id);
    count(app, vec![(name, INVITED)]).await
}

/// Counts a letter of an invitation that is sent again, whoever asks for it.
///
/// # Errors
/// 429 where the budget is spent.
pub async fn inviting_again(app: &App, seat: &CustomerSeat) -> Result<(), ApiError> {
    let name = format!("invitations again to seat {}", seat.id);
    count(app, vec![(name, AGAIN)]).await
}

/// Counts a link of an invitation that is about to be looked up.
///
/// # Errors
/// 429 where the budget is spent: it is not looked up.
pub async fn claiming(app: &App, network: &Network) -> Result<(), ApiError> {
    let name = format!("seat invitations from {network}");
    count(app, vec![(name, of_network(app, LINKS))]).await
}
