//! The events that webhooks tell.

crate::words! {
    /// Type of a webhook event. Every type can be subscribed to; those of features that Till does not have yet are
    /// never sent.
    pub enum EventType {
        /// A checkout session was opened.
        CheckoutCreated = "checkout.created",
        /// A checkout session changed.
        CheckoutUpdated = "checkout.updated",
        /// A checkout session expired.
        CheckoutExpired = "checkout.expired",
        /// A customer was created.
        CustomerCreated = "customer.created",
        /// A customer changed.
        CustomerUpdated = "customer.updated",
        /// A customer was deleted.
        CustomerDeleted = "customer.deleted",
        /// The state of a customer changed: their details or what they hold.
        CustomerStateChanged = "customer.state_changed",
        /// A seat was assigned, and its person invited.
        CustomerSeatAssigned = "customer_seat.assigned",
        /// A seat was claimed.
        CustomerSeatClaimed = "customer_seat.claimed",
        /// A seat was taken back.
        CustomerSeatRevoked = "customer_seat.revoked",
        /// A member of a customer was created.
        MemberCreated = "member.created",
        /// A member of a customer changed.
        MemberUpdated = "member.updated",
        /// A member of a customer was deleted.
        MemberDeleted = "member.deleted",
        /// An order was created.
        OrderCreated = "order.created",
        /// An order changed.
        OrderUpdated = "order.updated",
        /// An order was paid.
        OrderPaid = "order.paid",
        /// An order was refunded.
        OrderRefunded = "order.refunded",
        /// A subscription was created.
        SubscriptionCreated = "subscription.created",
        /// A subscription changed.
        SubscriptionUpdated = "subscription.updated",
        /// A subscription became active.
        SubscriptionActive = "subscription.active",
        /// A subscription was cancelled.
        SubscriptionCanceled = "subscription.canceled",
        /// The cancellation of a subscription was withdrawn.
        SubscriptionUncanceled = "subscription.uncanceled",
        /// A subscription entered a new period.
        SubscriptionCycled = "subscription.cycled",
        /// A subscription ended, and access with it.
        SubscriptionRevoked = "subscription.revoked",
        /// A renewal could not be paid.
        SubscriptionPastDue = "subscription.past_due",
        /// A subscription was paused.
        SubscriptionPaused = "subscription.paused",
        /// A subscription resumed.
        SubscriptionResumed = "subscription.resumed",
        /// A refund was created.
        RefundCreated = "refund.created",
        /// A refund changed.
        RefundUpdated = "refund.updated",
        /// A product was created.
        ProductCreated = "product.created",
        /// A product changed.
        ProductUpdated = "product.updated",
        /// A discount was created.
        DiscountCreated = "discount.created",
        /// A discount changed.
        DiscountUpdated = "discount.updated",
        /// A discount was deleted.
        DiscountDeleted = "discount.deleted",
        /// The organization changed.
        OrganizationUpdated = "organization.updated",
        /// A benefit was created.
        BenefitCreated = "benefit.created",
        /// A benefit changed or was deleted.
        BenefitUpdated = "benefit.updated",
        /// A benefit was granted, again or for the first time.
        BenefitGrantCreated = "benefit_grant.created",
        /// A grant of a benefit changed.
        BenefitGrantUpdated = "benefit_grant.updated",
        /// A grant of a benefit entered a new period, which is paid.
        BenefitGrantCycled = "benefit_grant.cycled",
        /// A grant of a benefit was revoked.
        BenefitGrantRevoked = "benefit_grant.revoked",
    }
}
