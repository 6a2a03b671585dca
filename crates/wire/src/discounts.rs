//! Discounts (checkout.md 7).

crate::words! {
    /// How a discount is worked out.
    pub enum DiscountType {
        /// An amount per currency.
        Fixed = "fixed",
        /// A share.
        Percentage = "percentage",
    }
}

crate::words! {
    /// How long a discount lasts on a subscription (checkout.md 7.6).
    pub enum DiscountDuration {
        /// The first period.
        Once = "once",
        /// Every period.
        Forever = "forever",
        /// A number of calendar months.
        Repeating = "repeating",
    }
}
