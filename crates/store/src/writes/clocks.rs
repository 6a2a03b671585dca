use till_core::kernel::writes::{ClockWrite, Statement};
use till_core::organizations::clock::STANDING;

use super::{any, exactly_one};

pub(super) fn clock(write: ClockWrite) -> Statement {
    match write {
        ClockWrite::SetTarget { id, target } => exactly_one(
            STANDING,
            "update organizations set clock_target_at = $1 where id = $2 and clock_target_at is null",
            vec![target.into(), id.into()],
        ),
        ClockWrite::Move { id, offset_seconds } => any(
            "update organizations set clock_offset_seconds = $1 where id = $2 and clock_offset_seconds < $1",
            vec![offset_seconds.into(), id.into()],
        ),
        ClockWrite::Arrive { id, target } => any(
            "update organizations set clock_target_at = null where id = $1 and clock_target_at = $2",
            vec![id.into(), target.into()],
        ),
    }
}
