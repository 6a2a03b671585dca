//! The account behind a processor's keys (docs/behaviour: payment/one-account). It is remembered at the first start:
//! two accounts, or test and real sales, never meet in one database.

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{ProcessorName, ProcessorState},
};

/// The account that the keys of a start belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The processor's name for it; `None` where the processor could not be asked.
    pub id: Option<String>,
    /// Mode of the keys: true where real money moves.
    pub live: bool,
    /// A digest of the secret key.
    pub key_digest: String,
}

/// Reason why a server may not start with this processor on this database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// Real sales were made through this account, and the keys are others'.
    SellsThrough(String),
    /// Test sales were made through this account, and the keys are another's.
    TestedWith(String),
    /// Test sales were made, and the keys are live.
    HasTestSales,
    /// The processor does not answer, and the key was never seen to belong to the account.
    NotVerified,
}

/// Judges a start on this processor, and remembers its account. `known` are the processors that the database has worked
/// with, `has_payments` tells whether anybody has tried to pay; the sandbox has no account.
///
/// # Errors
/// A [`Mismatch`]: nothing may be served then.
pub fn remember(
    known: &[ProcessorState],
    (processor, account): (ProcessorName, Option<Account>),
    has_payments: bool,
    ctx: &DecisionContext,
) -> Result<Changes, Mismatch> {
    let mut changes = Changes::new();
    let live = known.iter().find(|state| state.live == Some(true));
    let sells_through =
        |state: &ProcessorState| Mismatch::SellsThrough(state.account.clone().unwrap_or_default());
    let Some(account) = account else {
        return match live {
            Some(state) => Err(sells_through(state)),
            None => Ok(changes),
        };
    };
    let own = known.iter().find(|state| state.processor == processor);
    let Some(id) = account.id else {
        let is_known = own.is_some_and(|state| {
            state.key_digest.as_ref() == Some(&account.key_digest)
                && state.live == Some(account.live)
        });
        return match is_known {
            true => Ok(changes),
            false => Err(Mismatch::NotVerified),
        };
    };
    let is_same = |state: &ProcessorState| {
        state.processor == processor
            && state.account.as_ref() == Some(&id)
            && state.live == Some(account.live)
    };
    match live {
        Some(state) if !is_same(state) => return Err(sells_through(state)),
        None if account.live && has_payments => return Err(Mismatch::HasTestSales),
        _ => {}
    }
    let other = own
        .and_then(|state| state.account.as_ref())
        .filter(|other| **other != id);
    if let Some(other) = other.filter(|_| has_payments) {
        return Err(Mismatch::TestedWith(other.clone()));
    }
    let new = ProcessorState {
        account: Some(id),
        live: Some(account.live),
        key_digest: Some(account.key_digest),
        ..own.cloned().unwrap_or(ProcessorState {
            id: ctx.id(),
            processor,
            polled_until: ctx.now,
            last_notice_at: None,
            account: None,
            live: None,
            key_digest: None,
        })
    };
    match own {
        Some(state) => changes.update(state, &new),
        None => changes.insert(&new),
    };
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::kernel::changes::Write;

    const STRIPE: ProcessorName = ProcessorName::Stripe;

    fn ctx() -> DecisionContext {
        DecisionContext::new(Timestamp::UNIX_EPOCH, [1; 32])
    }

    fn account(id: Option<&str>, live: bool, key: &str) -> Option<Account> {
        Some(Account {
            id: id.map(str::to_owned),
            live,
            key_digest: key.to_owned(),
        })
    }

    fn known(id: &str, live: bool) -> Vec<ProcessorState> {
        vec![ProcessorState {
            id: uuid::Uuid::nil(),
            processor: STRIPE,
            polled_until: Timestamp::UNIX_EPOCH,
            last_notice_at: None,
            account: Some(id.to_owned()),
            live: Some(live),
            key_digest: Some("key".to_owned()),
        }]
    }

    fn start(
        known: &[ProcessorState],
        account: Option<Account>,
        has_payments: bool,
    ) -> Result<usize, Mismatch> {
        let processor = match account {
            Some(_) => STRIPE,
            None => ProcessorName::Sandbox,
        };
        let changes = remember(known, (processor, account), has_payments, &ctx())?;
        Ok(changes
            .writes
            .iter()
            .filter(|write| !matches!(write, Write::Named(_)))
            .count())
    }

    #[test]
    fn the_first_start_remembers_and_the_next_one_writes_nothing() {
        for live in [false, true] {
            assert_eq!(
                start(&[], account(Some("acct_1"), live, "key"), false),
                Ok(1)
            );
            let same = account(Some("acct_1"), live, "key");
            assert_eq!(start(&known("acct_1", live), same, true), Ok(0));
            let new_key = account(Some("acct_1"), live, "other");
            assert_eq!(start(&known("acct_1", live), new_key, true), Ok(1));
        }
    }

    #[test]
    fn test_sales_and_real_ones_never_meet() {
        let live = account(Some("acct_1"), true, "key");
        assert_eq!(start(&[], live.clone(), true), Err(Mismatch::HasTestSales));
        assert_eq!(
            start(&known("acct_1", false), live.clone(), true),
            Err(Mismatch::HasTestSales)
        );
        assert_eq!(start(&known("acct_1", false), live, false), Ok(1));
        let sells = Err(Mismatch::SellsThrough("acct_1".to_owned()));
        for payments in [false, true] {
            let (live, test) = (known("acct_1", true), account(Some("acct_1"), false, "key"));
            assert_eq!(start(&live, test, payments), sells);
            assert_eq!(
                start(&live, account(Some("acct_2"), true, "key"), payments),
                sells
            );
            assert_eq!(start(&live, None, payments), sells);
        }
    }

    #[test]
    fn keys_of_another_test_account_are_refused_once_something_was_sold() {
        let other = account(Some("acct_2"), false, "key");
        let known = known("acct_1", false);
        let refused = Err(Mismatch::TestedWith("acct_1".to_owned()));
        assert_eq!(start(&known, other.clone(), true), refused);
        assert_eq!(start(&known, other, false), Ok(1));
        assert_eq!(start(&known, None, true), Ok(0), "the sandbox tests, too");
    }

    #[test]
    fn a_processor_that_does_not_answer_is_trusted_with_a_known_key_alone() {
        for (live, key, wanted) in [
            (true, "key", Ok(0)),
            (true, "other", Err(Mismatch::NotVerified)),
            (false, "key", Err(Mismatch::NotVerified)),
        ] {
            let silent = account(None, live, key);
            assert_eq!(start(&known("acct_1", true), silent.clone(), true), wanted);
            assert_eq!(start(&[], silent, false), Err(Mismatch::NotVerified));
        }
    }
}
