use till_core::kernel::writes::{Statement, UsageWrite};

use super::any;

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
    }
}
