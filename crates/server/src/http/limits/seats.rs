//! Budgets of seats: invitations are letters to addresses that somebody else has typed, and links are not to be guessed.

use till_core::kernel::{
    budgets::Budget,
    records::{Customer, CustomerSeat},
};

use super::{Network, count, portal::of_network};
use crate::{app::App, error::ApiError};

/// Invitations that the people of one customer send, that a network sends, and that all customers of an organization send:
/// a thousand a day. Whoever gets seats for nothing is as many customers as they like.
const INVITED: [Budget; 3] = [
    Budget::new(100, 30),
    Budget::new(100, 60),
    Budget::new(1000, 86),
];
/// Letters of one invitation that are sent again.
const AGAIN: Budget = Budget::new(5, 600);
/// Links of invitations that a network opens or uses.
const LINKS: Budget = Budget::new(30, 20);

/// Sender of invitations in the portal.
#[derive(Debug, Clone, Copy)]
pub struct Inviter<'a> {
    /// Customer whose seats are given.
    pub customer: &'a Customer,
    /// Network of the request.
    pub network: &'a Network,
}

impl Inviter<'_> {
    fn budgets(&self, app: &App) -> Vec<(String, Budget)> {
        let [person, from, all] = INVITED;
        let (name, network) = ("seat invitations sent", self.network);
        let (customer, own) = (self.customer.id, self.customer.organization_id);
        vec![
            (format!("{name} by customer {customer}"), person),
            (format!("{name} from {network}"), of_network(app, from)),
            (format!("{name} by customers of {own}"), all),
        ]
    }
}

/// Counts an invitation that a customer sends.
///
/// # Errors
/// 429 where a budget is spent.
pub async fn inviting(app: &App, inviter: Inviter<'_>) -> Result<(), ApiError> {
    count(app, inviter.budgets(app)).await
}

/// Counts a letter of an invitation that is sent again, whoever asks for it; of a customer it is one more invitation.
///
/// # Errors
/// 429 where a budget is spent.
pub async fn inviting_again(
    app: &App,
    seat: &CustomerSeat,
    inviter: Option<Inviter<'_>>,
) -> Result<(), ApiError> {
    let mut budgets = vec![(format!("invitations again to seat {}", seat.id), AGAIN)];
    budgets.extend(inviter.iter().flat_map(|inviter| inviter.budgets(app)));
    count(app, budgets).await
}

/// Counts a link of an invitation that is about to be looked up.
///
/// # Errors
/// 429 where the budget is spent: it is not looked up.
pub async fn claiming(app: &App, network: &Network) -> Result<(), ApiError> {
    let name = format!("seat invitations from {network}");
    count(app, vec![(name, of_network(app, LINKS))]).await
}
