use till_core::kernel::values::Value;
use till_core::kernel::writes::{Statement, WebhookWrite};

use super::any;

pub(super) fn webhook(write: WebhookWrite) -> Statement {
    match write {
        WebhookWrite::SkipSuperseded {
            checkout_id,
            endpoint_id,
            now,
        } => any(
            "update webhook_events set skipped = $1, next_attempt_at = null, payload = null, modified_at = $2 \
             where subject_id = $3 and endpoint_id = $4 and kind = 'checkout.updated' and attempts = 0 \
             and next_attempt_at is not null",
            vec![
                Value::Bool(true),
                now.into(),
                checkout_id.into(),
                endpoint_id.into(),
            ],
        ),
        WebhookWrite::SkipWaiting { endpoint_id, now } => any(
            "update webhook_events set skipped = $1, modified_at = $2, next_attempt_at = null \
             where endpoint_id = $3 and next_attempt_at is not null",
            vec![Value::Bool(true), now.into(), endpoint_id.into()],
        ),
        WebhookWrite::PutOff { id, until } => any(
            "update webhook_events set next_attempt_at = $1 where id = $2 and next_attempt_at is not null",
            vec![until.into(), id.into()],
        ),
        WebhookWrite::ForgetPayloads { before, limit } => any(
            "update webhook_events set payload = null where id in (select id from webhook_events \
             where payload is not null and next_attempt_at is null and created_at < $1 order by created_at limit $2)",
            vec![before.into(), limit.into()],
        ),
    }
}
