//! Meters: what counts usage (lifecycle.md G.2).

crate::words! {
    /// What a meter counts in.
    pub enum MeterUnit {
        /// Plain numbers.
        Scalar = "scalar",
        /// Tokens of a language model.
        Token = "token",
        /// A unit with the merchant's own label.
        Custom = "custom",
    }
}
