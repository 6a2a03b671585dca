//! Payments: attempts to take money or to keep a card (docs/behaviour: payment/journal).
//!
//! 1. commit: the attempt, *intended*, and the job that will ask how it ended;
//! 2. prepare at the processor; commit: *asked*, with its reference;
//! 3. confirm at the processor; commit: *settled*.
//!
//! No transaction is held across a call. Dying between any two steps leaves an attempt that [`reconcile()`] brings to its
//! end. What an attempt is made for has its own file: [`checkouts`], `orders`, `setups`, `changes`. Orders are paid with
//! saved cards (`off_session`), or by their customers ([`by_customer`]), who keep cards in their portal ([`by_viewer`]).

mod buyer;
pub mod by_customer;
pub mod by_viewer;
mod changes;
pub mod charge;
pub mod checkouts;
pub mod dispute;
pub mod notices;
mod off_session;
mod orders;
mod outcome;
mod reconcile;
pub mod refund;
mod setups;
pub mod witness;

pub use buyer::{ask, give_up};
pub use off_session::{
    charge_change, charge_order, charge_step, saved_method, send_begun, try_card,
};
pub use orders::rows as order_rows;
pub use outcome::record_outcome;
pub use reconcile::reconcile;
