//! Scopes: what a token may do.

crate::words! {
    /// A permission that an access token carries.
    pub enum Scope {
        /// Read organizations.
        OrganizationsRead = "organizations:read",
        /// Change organizations.
        OrganizationsWrite = "organizations:write",
        /// Read products.
        ProductsRead = "products:read",
        /// Change products.
        ProductsWrite = "products:write",
        /// Read benefits.
        BenefitsRead = "benefits:read",
        /// Change benefits.
        BenefitsWrite = "benefits:write",
        /// Read meters.
        MetersRead = "meters:read",
        /// Change meters.
        MetersWrite = "meters:write",
        /// Read usage events and their types.
        EventsRead = "events:read",
        /// Ingest usage events and label their types.
        EventsWrite = "events:write",
        /// Read meters of customers.
        CustomerMetersRead = "customer_meters:read",
        /// Read discounts.
        DiscountsRead = "discounts:read",
        /// Change discounts.
        DiscountsWrite = "discounts:write",
        /// Read custom fields.
        CustomFieldsRead = "custom_fields:read",
        /// Change custom fields.
        CustomFieldsWrite = "custom_fields:write",
        /// Read checkout sessions.
        CheckoutsRead = "checkouts:read",
        /// Create and change checkout sessions.
        CheckoutsWrite = "checkouts:write",
        /// Read checkout links.
        CheckoutLinksRead = "checkout_links:read",
        /// Create, change and delete checkout links.
        CheckoutLinksWrite = "checkout_links:write",
        /// Read files.
        FilesRead = "files:read",
        /// Upload, change and delete files.
        FilesWrite = "files:write",
        /// Read customers.
        CustomersRead = "customers:read",
        /// Change customers.
        CustomersWrite = "customers:write",
        /// Read members of customers.
        MembersRead = "members:read",
        /// Create, change and delete members of customers.
        MembersWrite = "members:write",
        /// Read seats of customers.
        CustomerSeatsRead = "customer_seats:read",
        /// Assign and revoke seats of customers.
        CustomerSeatsWrite = "customer_seats:write",
        /// Read license keys.
        LicenseKeysRead = "license_keys:read",
        /// Change, validate and activate license keys.
        LicenseKeysWrite = "license_keys:write",
        /// Create customer sessions.
        CustomerSessionsWrite = "customer_sessions:write",
        /// Read orders.
        OrdersRead = "orders:read",
        /// Change orders.
        OrdersWrite = "orders:write",
        /// Read subscriptions.
        SubscriptionsRead = "subscriptions:read",
        /// Change subscriptions.
        SubscriptionsWrite = "subscriptions:write",
        /// Read refunds.
        RefundsRead = "refunds:read",
        /// Create refunds.
        RefundsWrite = "refunds:write",
        /// Read disputes.
        DisputesRead = "disputes:read",
        /// Concede disputes.
        DisputesWrite = "disputes:write",
        /// Read payments.
        PaymentsRead = "payments:read",
        /// Read webhook endpoints and deliveries.
        WebhooksRead = "webhooks:read",
        /// Change webhook endpoints.
        WebhooksWrite = "webhooks:write",
    }
}
