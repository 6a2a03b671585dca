use till_core::kernel::writes::{Statement, UsageWrite};
use till_core::usage::events::TYPES_FULL;

use super::{any, exactly_one};

pub(super) fn usage(write: UsageWrite) -> Statement {
    match write {
        UsageWrite::WithdrawBinding {
            key,
            organization_id,
            external_id,
        } => any(
            "delete from jobs where key = $1 and lease_until is null and buried is null and not exists \
             (select 1 from usage_events e where e.organization_id = $2 and e.customer_id is null \
             and e.external_customer_id = $3)",
            vec![key.into(), organization_id.into(), external_id.into()],
        ),
        UsageWrite::DeleteChargeValues(charge_id) => any(
            "delete from usage_charge_values where charge_id = $1",
            vec![charge_id.into()],
        ),
        UsageWrite::LockTypes { organization_id } => any(
            "update organizations set version = version where id = $1",
            vec![organization_id.into()],
        ),
        // On PostgreSQL a statement sees what was committed before it began: the lock is another one before.
        UsageWrite::CheckTypes {
            organization_id,
            most,
        } => exactly_one(
            TYPES_FULL,
            "update organizations set version = version where id = $1 and \
             (select count(*) from event_types where organization_id = $1) <= $2",
            vec![organization_id.into(), most.into()],
        ),
    }
}
