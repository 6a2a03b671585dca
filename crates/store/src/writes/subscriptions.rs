use till_core::kernel::writes::{Statement, SubscriptionWrite};
use till_core::mail::reminders::REMINDED;
use till_core::subscriptions::{bill::ENTRY_TAKEN, claims::HELD};

use super::{any, exactly_one};

pub(super) fn subscription(write: SubscriptionWrite) -> Statement {
    match write {
        SubscriptionWrite::DeleteIdleClaims {
            organization_id,
            subject,
            checkout_id,
        } => any(
            "delete from subscription_claims where organization_id = $1 and subject = $2 and (checkout_id = $3 \
             or not exists (select 1 from checkouts c where c.id = subscription_claims.checkout_id \
             and (c.status = 'confirmed' or (c.status = 'open' and c.attempt_id is not null))))",
            vec![organization_id.into(), subject.into(), checkout_id.into()],
        ),
        SubscriptionWrite::CheckHeld {
            claim_id,
            organization_id,
            customer_id,
            email_key,
            subjects: [first, second],
            checkout_id,
        } => exactly_one(
            HELD,
            "update subscription_claims set created_at = created_at where id = $1 \
             and not exists (select 1 from subscriptions s where s.organization_id = $2 and s.customer_id = $3 \
             and s.status in ('trialing', 'active', 'past_due')) \
             and not exists (select 1 from subscriptions s where s.organization_id = $2 and s.customer_id = \
             (select c.id from customers c where c.organization_id = $2 and c.email_key = $4 and c.deleted_at is null) \
             and s.status in ('trialing', 'active', 'past_due')) \
             and not exists (select 1 from subscription_claims o where o.organization_id = $2 \
             and o.subject in ($5, $6) and o.checkout_id <> $7)",
            vec![
                claim_id.into(),
                organization_id.into(),
                customer_id.into(),
                email_key.into(),
                first.into(),
                second.into(),
                checkout_id.into(),
            ],
        ),
        SubscriptionWrite::DeleteClaims(checkout_id) => any(
            "delete from subscription_claims where checkout_id = $1",
            vec![checkout_id.into()],
        ),
        SubscriptionWrite::DeleteEntry(id) => exactly_one(
            ENTRY_TAKEN,
            "delete from billing_entries where id = $1",
            vec![id.into()],
        ),
        SubscriptionWrite::NoteReminder {
            id,
            version,
            period_end,
        } => exactly_one(
            REMINDED,
            "update subscriptions set reminded_for = $1 where id = $2 and version = $3 \
             and (reminded_for is null or reminded_for <> $1)",
            vec![period_end.into(), id.into(), version.into()],
        ),
        SubscriptionWrite::NoteExpiry { id, month } => exactly_one(
            REMINDED,
            "update payment_methods set reminded_for = $1 where id = $2 \
             and (reminded_for is null or reminded_for <> $1)",
            vec![month.into(), id.into()],
        ),
        SubscriptionWrite::DeleteTrialClaims(checkout_id) => any(
            "delete from trial_claims where checkout_id = $1",
            vec![checkout_id.into()],
        ),
    }
}
