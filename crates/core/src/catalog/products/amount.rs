//! Amount of a price.

use till_wire::products::PriceAmount;

use crate::{
    kernel::{records::ProductPrice, refusal::Refusal},
    seats,
};

impl ProductPrice {
    /// Amount that the price adds to a sale or to a billing period, in minor units: 0 for usage, which is charged later.
    /// `chosen` is what the buyer pays where the price leaves that to the buyer.
    ///
    /// # Errors
    /// [`Refusal::InvalidQuantity`] where so many seats have no price.
    pub fn amount_for(&self, chosen: Option<i64>, seats: Option<i64>) -> Result<i64, Refusal> {
        Ok(match self.cost() {
            PriceAmount::Fixed { price_amount } => price_amount,
            PriceAmount::Custom {
                minimum_amount,
                preset_amount,
                ..
            } => chosen.or(preset_amount).unwrap_or(minimum_amount),
            PriceAmount::SeatBased { seat_tiers, .. } => {
                seats::cost(&seat_tiers, seats.unwrap_or(seat_tiers.minimum_seats))?
            }
            PriceAmount::MeteredUnit { .. } => 0,
        })
    }
}
