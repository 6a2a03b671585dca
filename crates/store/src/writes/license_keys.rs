use till_core::kernel::writes::{LicenseKeyWrite, Statement};
use till_core::license_keys::{ENDED, MOVED};

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
        LicenseKeyWrite::EndActivation { id } => exactly_one(
            ENDED,
            "delete from license_key_activations where id = $1",
            vec![id.into()],
        ),
    }
}
