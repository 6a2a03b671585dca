use till_core::kernel::writes::{LicenseKeyWrite, Statement};
use till_core::license_keys::{ENDED, MOVED};
use till_wire::limits;

use super::exactly_one;

pub(super) fn license_key(write: LicenseKeyWrite) -> Statement {
    match write {
        LicenseKeyWrite::CountValidation {
            id,
            version,
            at,
            increment,
        } => exactly_one(
            MOVED,
            "update license_keys set validations = validations + 1, last_validated_at = $3, usage = usage + $4 \
             where id = $1 and version = $2 and (limit_usage is null or $4 = 0 or usage + $4 <= limit_usage)",
            vec![id.into(), version.into(), at.into(), increment.into()],
        ),
        LicenseKeyWrite::CountActivation { id, at } => exactly_one(
            MOVED,
            "update license_keys set activations = activations + 1 where id = $1 and status = 'granted' \
             and (expires_at is null or expires_at > $2) and limit_activations is not null \
             and activations < limit_activations and activations < $3",
            vec![id.into(), at.into(), limits::ACTIVATIONS.into()],
        ),
        LicenseKeyWrite::FreeActivation { id } => exactly_one(
            MOVED,
            "update license_keys set activations = activations - 1 where id = $1 and activations > 0",
            vec![id.into()],
        ),
        LicenseKeyWrite::EndActivation { id } => exactly_one(
            ENDED,
            "delete from license_key_activations where id = $1",
            vec![id.into()],
        ),
    }
}
