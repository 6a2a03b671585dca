//! The processor's account: remembered at the first start, and every later start agrees with it.

use till_core::{
    kernel::{records::ProcessorName, tokens::SecretKey},
    payments::accounts::{self, Account, Mismatch},
};
use till_ports::processor::{
    ProcessorError,
    stripe::{Mode, Settings, Stripe, StripeAccount},
};
use till_store::{Store, StoreError};

use crate::{clock, stop::Stop};

/// The account that Stripe says the key belongs to; without its name where Stripe does not answer.
pub async fn of_stripe(
    stripe: &Stripe,
    settings: &Settings,
    key: &SecretKey,
) -> Result<Account, Stop> {
    let id = match stripe.account().await {
        Ok(account) => {
            if !account.charges_enabled {
                tracing::warn!(
                    account = account.id,
                    "the Stripe account may not take payments yet: complete it at Stripe"
                );
            }
            Some(account.id)
        }
        Err(ProcessorError::Unsure(cause)) => {
            tracing::warn!(%cause, "Stripe does not answer");
            None
        }
        Err(error) => {
            return Err(Stop::settings(format!(
                "TILL_STRIPE_SECRET_KEY: {error}. Give a key of your account from Developers › API keys."
            )));
        }
    };
    Ok(Account {
        id,
        live: settings.mode() == Mode::Live,
        key_digest: settings.key_digest(|secret| key.digest(&format!("stripe key {secret}"))),
    })
}

/// Remembers the account, or refuses to start; the sandbox has none.
pub async fn agree(
    store: &Store,
    processor: ProcessorName,
    account: Option<Account>,
) -> Result<(), Stop> {
    let known = store.processor_states().await?;
    let has_payments = store.has_payments().await?;
    let judged = accounts::remember(&known, (processor, account), has_payments, &clock::at());
    let changes = judged.map_err(|mismatch| Stop::settings(words(&mismatch)))?;
    match changes.is_empty() {
        true => Ok(()),
        false => Ok(store.commit(changes).await?),
    }
}

/// Checks that a server could start with this account; nothing is remembered.
pub async fn judge(
    store: &Store,
    account: &StripeAccount,
) -> Result<Result<(), Mismatch>, StoreError> {
    let known = store.processor_states().await?;
    let has_payments = store.has_payments().await?;
    let account = Account {
        id: Some(account.id.clone()),
        live: account.mode == Mode::Live,
        key_digest: String::new(),
    };
    let start = (ProcessorName::Stripe, Some(account));
    Ok(accounts::remember(&known, start, has_payments, &clock::at()).map(drop))
}

/// Fault, and what to do.
pub fn words(mismatch: &Mismatch) -> String {
    match mismatch {
        Mismatch::SellsThrough(account) => format!(
            "This database has real sales through the Stripe account {account}: give live keys of that account, or \
             another data folder (--data-dir) or database (--database-url)."
        ),
        Mismatch::TestedWith(account) => format!(
            "This database has test sales of the Stripe account {account}, and the key belongs to another one: give \
             keys of that account, or delete the test sales with `till clear-test-data`. Products stay."
        ),
        Mismatch::HasTestSales => {
            "This database has test sales, and the key is live: delete the test sales with \
             `till clear-test-data`. Products stay."
                .to_owned()
        }
        Mismatch::NotVerified => {
            "Stripe does not answer, so nobody knows whether this key belongs to the account that \
             this database works with: try again when Stripe answers (https://status.stripe.com)."
                .to_owned()
        }
    }
}
