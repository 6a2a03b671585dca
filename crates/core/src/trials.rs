//! Trials: when the first charge comes, and who has had one (checkout.md CR-55, 5.4, CF-16).

use jiff::Timestamp;
use till_wire::values::Interval;

use crate::{
    customers::email_key,
    period,
    records::{Checkout, Product},
};

/// The trial of a session: its own, or the product's, each field falling back by itself. `None` where there is
/// none: not allowed, not a subscription, or not set.
pub fn active(checkout: &Checkout, product: &Product) -> Option<(Interval, i64)> {
    if !checkout.allow_trial || !product.is_recurring() {
        return None;
    }
    let interval = checkout.trial_interval.or(product.trial_interval)?;
    let count = checkout
        .trial_interval_count
        .or(product.trial_interval_count)?;
    Some((interval, count))
}

/// When a trial that begins now is over.
pub fn end(now: Timestamp, trial: (Interval, i64)) -> Timestamp {
    period::end(now, trial.0, trial.1, period::anchor(now))
}

/// An address without its tag, in lower case: `a+x@d` and `A@d` are one person (checkout.md 7.7). `None` where
/// it is no address.
pub fn person_key(email: &str) -> Option<String> {
    let key = email_key(email);
    let (local, domain) = key.rsplit_once('@')?;
    let bare = local.split('+').next().filter(|bare| !bare.is_empty())?;
    (!domain.is_empty()).then(|| format!("{bare}@{domain}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_and_case_do_not_make_another_person() {
        assert_eq!(person_key("Ada+till@X.com"), person_key("ada@x.com"));
        assert_ne!(person_key("ada@x.com"), person_key("bob@x.com"));
        assert_eq!(person_key("+x@d"), None);
        assert_eq!(person_key("nobody"), None);
    }

    proptest! {
        #[test]
        fn a_trial_ends_after_it_begins(days in 0i64..20_000, count in 1i64..1000, which in 0usize..4) {
            let now = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * days);
            let interval = Interval::ALL[which];
            let over = end(now, (interval, count));
            prop_assert!(over > now);
            prop_assert!(end(now, (interval, count + 1)) > over);
        }
    }
}
