//! Budgets of the portal: of signing in, so that codes are neither guessed nor sent in heaps, of changes of e-mail
//! addresses, and of archives with a customer's data.
//!
//! Letters and guesses are counted by address and network together, so that a stranger spends only what is theirs, by
//! network, and by address from all networks, against guesses from many.

use till_core::kernel::{budgets::Budget, folding::email_key, records::Customer};
use uuid::Uuid;

use super::{CodeAttempt, Network, count};
use crate::{
    app::App,
    error::{ApiError, TooMany},
};

/// Letters to one address that one network asks for, that a network asks for, and that all ask for.
const ASKED: [Budget; 3] = [
    Budget::new(5, 180),
    Budget::new(20, 60),
    Budget::new(30, 120),
];
/// Wrong codes for one address from one network, of a network, and for one address from all.
const WRONG: [Budget; 3] = [
    Budget::new(10, 90),
    Budget::new(30, 20),
    Budget::new(100, 60),
];
/// Links to new e-mail addresses that one customer asks for, that a network asks for, and that one address gets from all
/// customers of an organization.
const CHANGED: [Budget; 3] = [
    Budget::new(5, 600),
    Budget::new(20, 60),
    Budget::new(5, 600),
];
/// Archives with the data of one customer, for the customer and for the merchant each.
const ARCHIVES: Budget = Budget::new(10, 360);
/// Wrong codes that are sent without an address, from all networks together: with a thousand codes waiting, one in
/// twenty-five of a year is found.
const WITHOUT_ADDRESS: Budget = Budget::new(600, 1);
/// None that a machine's own tests would meet from one address.
const TEST_NETWORK: Budget = Budget::new(10_000, 1);

/// Counts a letter with a code. Addresses that nobody has are counted alike.
///
/// # Errors
/// 429 where a budget is spent.
pub async fn portal_code(
    app: &App,
    organization_id: Uuid,
    email: &str,
    network: &Network,
) -> Result<(), ApiError> {
    let budgets = named(app, "portal codes", organization_id, email, network, ASKED);
    count(app, budgets).await
}

/// Counts a letter that confirms a customer's new e-mail address.
///
/// # Errors
/// 429 where a budget is spent.
pub async fn email_change(
    app: &App,
    customer: &Customer,
    email: &str,
    network: &Network,
) -> Result<(), ApiError> {
    let [person, from, to] = CHANGED;
    let (name, own) = ("e-mail changes", customer.organization_id);
    let budgets = vec![
        (format!("{name} from {network}"), of_network(app, from)),
        (format!("{name} by {}", customer.id), person),
        (format!("{name} to {} at {own}", email_key(email)), to),
    ];
    count(app, budgets).await
}

/// Person who asks for an archive with a customer's data: neither spends the other's budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveFor {
    /// The customer, in the portal.
    Customer,
    /// The merchant, on the dashboard.
    Merchant,
}

/// Counts an archive with a customer's data and documents, which takes a processor's time.
///
/// # Errors
/// 429 where the budget is spent.
pub async fn archive(app: &App, customer: &Customer, asked_by: ArchiveFor) -> Result<(), ApiError> {
    let whose = match asked_by {
        ArchiveFor::Customer => "their own",
        ArchiveFor::Merchant => "the merchant's",
    };
    let name = format!("archives of customer {}, {whose}", customer.id);
    count(app, vec![(name, ARCHIVES)]).await
}

/// The budget of a network: none that is met where requests are not counted.
pub(super) fn of_network(app: &App, budget: Budget) -> Budget {
    match &app.limits.general {
        Some(_) => budget,
        None => TEST_NETWORK,
    }
}

fn named(
    app: &App,
    name: &str,
    organization_id: Uuid,
    email: &str,
    network: &Network,
    [person, from, all]: [Budget; 3],
) -> Vec<(String, Budget)> {
    let whose = format!("{name} of {} at {organization_id}", email_key(email));
    let of_network = of_network(app, from);
    vec![
        (format!("{name} from {network}"), of_network),
        (format!("{whose} from {network}"), person),
        (format!("{whose} by all"), all),
    ]
}

impl CodeAttempt {
    /// Counts a code of the portal that is about to be looked up: for an address of an organization, or, where a program
    /// sends the code alone, for any.
    ///
    /// # Errors
    /// 429 where a budget is spent: the code is not looked up.
    pub async fn of_portal(
        app: &App,
        place: Option<(Uuid, &str)>,
        network: &Network,
    ) -> Result<Self, ApiError> {
        let name = "wrong portal codes";
        let budgets = match place {
            Some((own, email)) => named(app, name, own, email, network, WRONG),
            None => {
                let [_, from, _] = WRONG;
                vec![
                    (format!("{name} from {network}"), from),
                    (format!("{name} without an address"), WITHOUT_ADDRESS),
                ]
            }
        };
        Self::spending(app, budgets, TooMany::Requests).await
    }
}
