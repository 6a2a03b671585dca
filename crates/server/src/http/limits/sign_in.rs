//! Budgets of signing in: whoever guesses is stopped, and nobody can lock somebody else out.
//!
//! Tries are counted by person and network together, so that a stranger spends only what is theirs, and by network. All
//! strangers together have one more budget for each person, against guesses from many networks. A browser that the
//! person has signed in with before is none of these: it has a budget of its own, which nobody else can spend.

use till_core::{
    kernel::{budgets::Budget, folding::email_key},
    people::sign_in::known_browser::KnownBrowser,
};
use uuid::Uuid;

use super::{Network, spend};
use crate::{app::App, error::ApiError};

/// The budgets of one way to sign in.
struct SignInBudgets {
    name: &'static str,
    /// Of one person from one network, and of one person in a browser of theirs.
    person: Budget,
    /// Of a network.
    network: Budget,
    /// Of one person from all networks and browsers that are not known to be theirs. One network's share of tries never
    /// spends it.
    strangers: Budget,
}

const PASSWORDS: SignInBudgets = SignInBudgets {
    name: "password",
    person: Budget::new(10, 90),
    network: Budget::new(30, 20),
    strangers: Budget::new(100, 60),
};
const LINKS: SignInBudgets = SignInBudgets {
    name: "link",
    person: Budget::new(5, 180),
    network: Budget::new(20, 60),
    strangers: Budget::new(30, 120),
};
/// None that a machine's own tests would meet from one address.
const TEST_NETWORK: Budget = Budget::new(10_000, 1);

/// Seconds to wait before a password may be tried, if a budget is spent. `email` is in lower case; `known`: the browser
/// is known to be that person's.
pub async fn password(
    app: &App,
    email: Option<&str>,
    network: &Network,
    known: Option<&KnownBrowser>,
) -> Result<Option<u64>, ApiError> {
    spend_budgets(app, &PASSWORDS, email, network, known).await
}

/// Seconds to wait before a link may be asked for, if a budget is spent; see [`password`].
pub async fn link(
    app: &App,
    email: Option<&str>,
    network: &Network,
    known: Option<&KnownBrowser>,
) -> Result<Option<u64>, ApiError> {
    spend_budgets(app, &LINKS, email, network, known).await
}

/// Seconds to wait before somebody who is signed in may try their current password again, if the budget is spent.
pub async fn current_password(app: &App, person: Uuid) -> Result<Option<u64>, ApiError> {
    let name = format!("current password of {person}");
    spend(app, vec![(name, PASSWORDS.person)]).await
}

async fn spend_budgets(
    app: &App,
    limits: &SignInBudgets,
    email: Option<&str>,
    network: &Network,
    known: Option<&KnownBrowser>,
) -> Result<Option<u64>, ApiError> {
    let name = limits.name;
    let email = email.map(email_key);
    if let (Some(known), Some(email)) = (known, &email) {
        let own = format!("{name} of {email} in browser {}", known.id);
        return spend(app, vec![(own, limits.person)]).await;
    }
    let of_network = match &app.limits.general {
        Some(_) => limits.network,
        None => TEST_NETWORK,
    };
    let mut budgets = vec![(format!("{name} from {network}"), of_network)];
    if let Some(email) = email {
        budgets.push((format!("{name} of {email} from {network}"), limits.person));
        budgets.push((format!("{name} of {email} by strangers"), limits.strangers));
    }
    spend(app, budgets).await
}
