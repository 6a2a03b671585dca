//! Workers: functions that do what is due and say how much; only the binary loops them.

pub mod customers;
pub mod webhooks;
