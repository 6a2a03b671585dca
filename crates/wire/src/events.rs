//! The events that webhooks tell.

crate::words! {
    /// A webhook event type. All types may be subscribed to; Till sends those of the features it has.
    pub enum EventType {
        /// `checkout.created`
        CheckoutCreated = "checkout.created",
        /// `checkout.updated`
        CheckoutUpdated = "checkout.updated",
        /// `checkout.expired`
        CheckoutExpired = "checkout.expired",
        /// `customer.created`
        CustomerCreated = "customer.created",
        /// `customer.updated`
        CustomerUpdated = "customer.updated",
        /// `customer.deleted`
        CustomerDeleted = "customer.deleted",
        /// `customer.state_changed`
        CustomerStateChanged = "customer.state_changed",
        /// `customer_seat.assigned`
        CustomerSeatAssigned = "customer_seat.assigned",
        /// `customer_seat.claimed`
        CustomerSeatClaimed = "customer_seat.claimed",
        /// `customer_seat.revoked`
        CustomerSeatRevoked = "customer_seat.revoked",
        /// `member.created`
        MemberCreated = "member.created",
        /// `member.updated`
        MemberUpdated = "member.updated",
        /// `member.deleted`
        MemberDeleted = "member.deleted",
        /// `order.created`
        OrderCreated = "order.created",
        /// `order.updated`
        OrderUpdated = "order.updated",
        /// `order.paid`
        OrderPaid = "order.paid",
        /// `order.refunded`
        OrderRefunded = "order.refunded",
        /// `subscription.created`
        SubscriptionCreated = "subscription.created",
        /// `subscription.updated`
        SubscriptionUpdated = "subscription.updated",
        /// `subscription.active`
        SubscriptionActive = "subscription.active",
        /// `subscription.canceled`
        SubscriptionCanceled = "subscription.canceled",
        /// `subscription.uncanceled`
        SubscriptionUncanceled = "subscription.uncanceled",
        /// `subscription.cycled`
        SubscriptionCycled = "subscription.cycled",
        /// `subscription.revoked`
        SubscriptionRevoked = "subscription.revoked",
        /// `subscription.past_due`
        SubscriptionPastDue = "subscription.past_due",
        /// `subscription.paused`
        SubscriptionPaused = "subscription.paused",
        /// `subscription.resumed`
        SubscriptionResumed = "subscription.resumed",
        /// `refund.created`
        RefundCreated = "refund.created",
        /// `refund.updated`
        RefundUpdated = "refund.updated",
        /// `product.created`
        ProductCreated = "product.created",
        /// `product.updated`
        ProductUpdated = "product.updated",
        /// `discount.created`
        DiscountCreated = "discount.created",
        /// `discount.updated`
        DiscountUpdated = "discount.updated",
        /// `discount.deleted`
        DiscountDeleted = "discount.deleted",
        /// `organization.updated`
        OrganizationUpdated = "organization.updated",
        /// `benefit.created`
        BenefitCreated = "benefit.created",
        /// `benefit.updated`
        BenefitUpdated = "benefit.updated",
        /// `benefit_grant.created`
        BenefitGrantCreated = "benefit_grant.created",
        /// `benefit_grant.updated`
        BenefitGrantUpdated = "benefit_grant.updated",
        /// `benefit_grant.cycled`
        BenefitGrantCycled = "benefit_grant.cycled",
        /// `benefit_grant.revoked`
        BenefitGrantRevoked = "benefit_grant.revoked",
    }
}
