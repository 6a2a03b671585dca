//! Members of customers: the people who share what a customer bought.

crate::words! {
    /// Role of a member of a customer.
    pub enum MemberRole {
        /// Owns the customer: may do everything, and there is exactly one.
        Owner = "owner",
        /// Manages what is paid, and who belongs to the customer.
        BillingManager = "billing_manager",
        /// Uses what was bought.
        Member = "member",
    }
}
