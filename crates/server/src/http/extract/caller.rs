//! Callers: a permission is part of the handler's signature.

use std::{marker::PhantomData, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use till_core::{
    kernel::{
        context::DecisionContext,
        records::{AccessToken, Organization},
    },
    portal::Viewer,
};
use till_wire::scope::Scope;

use crate::{app::App, error::ApiError};

/// The caller of a request, as [`crate::http::intake`] found out.
#[derive(Debug, Clone)]
pub enum Identity {
    /// Nobody.
    Anonymous,
    /// An organization's access token.
    Token(Arc<(AccessToken, Organization)>),
    /// Whoever looks at the portal of a customer.
    Viewer(Arc<Viewer>),
}

/// The scopes of which a route asks for any one.
pub trait Access: Send + Sync + 'static {
    /// Any one of these passes.
    const ANY: &'static [Scope];
}

/// A caller whose token carries one of the scopes of `A`, and whom they call.
#[derive(Debug, Clone)]
pub struct Caller<A> {
    /// State of the server.
    pub app: Arc<App>,
    /// The caller's organization, to which every finder is bound.
    pub organization: Organization,
    access: PhantomData<A>,
}

impl<A: Access> FromRequestParts<Arc<App>> for Caller<A> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let Some(Identity::Token(held)) = parts.extensions.get::<Identity>() else {
            return Err(ApiError::unauthorized());
        };
        let (token, organization) = &**held;
        Self::granted(app, organization, |scope| token.scopes.contains(&scope))
    }
}

impl<A> Caller<A> {
    /// The moment a decision about the organization's business is made with.
    pub fn context(&self) -> DecisionContext {
        self.app.context_of(&self.organization)
    }
}

impl<A: Access> Caller<A> {
    /// The caller, if `grants` holds for any of the scopes of `A`.
    pub(crate) fn granted(
        app: &Arc<App>,
        organization: &Organization,
        grants: impl Fn(Scope) -> bool,
    ) -> Result<Self, ApiError> {
        if !A::ANY.iter().any(|scope| grants(*scope)) {
            let names: Vec<_> = A::ANY.iter().map(|s| s.as_str()).collect();
            return Err(ApiError::insufficient_scope(names.join(" ")));
        }
        Ok(Self {
            app: app.clone(),
            organization: organization.clone(),
            access: PhantomData,
        })
    }
}

/// One type per kind of access.
pub mod scope {
    use till_wire::scope::Scope;

    use super::Access;

    macro_rules! access {
        ($($(#[$meta:meta])* $name:ident = [$($scope:ident),+];)+) => {$(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
            impl Access for $name {
                const ANY: &'static [Scope] = &[$(Scope::$scope),+];
            }
        )+};
    }

    access! {
        /// Reading organizations.
        OrganizationsRead = [OrganizationsRead, OrganizationsWrite];
        /// Changing organizations.
        OrganizationsWrite = [OrganizationsWrite];
        /// Reading products.
        ProductsRead = [ProductsRead, ProductsWrite];
        /// Changing products.
        ProductsWrite = [ProductsWrite];
        /// Reading benefits.
        BenefitsRead = [BenefitsRead, BenefitsWrite];
        /// Changing benefits.
        BenefitsWrite = [BenefitsWrite];
        /// Reading meters.
        MetersRead = [MetersRead, MetersWrite];
        /// Changing meters.
        MetersWrite = [MetersWrite];
        /// Reading usage events and their types.
        EventsRead = [EventsRead, EventsWrite];
        /// Ingesting usage events and labelling their types.
        EventsWrite = [EventsWrite];
        /// Reading meters of customers.
        CustomerMetersRead = [CustomerMetersRead];
        /// Reading discounts.
        DiscountsRead = [DiscountsRead, DiscountsWrite];
        /// Changing discounts.
        DiscountsWrite = [DiscountsWrite];
        /// Reading custom fields.
        CustomFieldsRead = [CustomFieldsRead, CustomFieldsWrite];
        /// Changing custom fields.
        CustomFieldsWrite = [CustomFieldsWrite];
        /// Reading checkout sessions.
        CheckoutsRead = [CheckoutsRead, CheckoutsWrite];
        /// Changing checkout sessions.
        CheckoutsWrite = [CheckoutsWrite];
        /// Reading checkout links.
        CheckoutLinksRead = [CheckoutLinksRead, CheckoutLinksWrite];
        /// Changing checkout links.
        CheckoutLinksWrite = [CheckoutLinksWrite];
        /// Reading files.
        FilesRead = [FilesRead, FilesWrite];
        /// Changing files.
        FilesWrite = [FilesWrite];
        /// Reading customers.
        CustomersRead = [CustomersRead, CustomersWrite];
        /// Changing customers.
        CustomersWrite = [CustomersWrite];
        /// Reading members of customers.
        MembersRead = [MembersRead, MembersWrite];
        /// Changing members of customers.
        MembersWrite = [MembersWrite];
        /// Reading seats; writing does not imply it.
        CustomerSeatsRead = [CustomerSeatsRead];
        /// Assigning and revoking seats.
        CustomerSeatsWrite = [CustomerSeatsWrite];
        /// Reading license keys.
        LicenseKeysRead = [LicenseKeysRead, LicenseKeysWrite];
        /// Changing, validating and activating license keys.
        LicenseKeysWrite = [LicenseKeysWrite];
        /// Opening customer sessions.
        CustomerSessionsWrite = [CustomerSessionsWrite];
        /// Reading orders; writing does not imply it.
        OrdersRead = [OrdersRead];
        /// Changing orders.
        OrdersWrite = [OrdersWrite];
        /// Reading refunds.
        RefundsRead = [RefundsRead, RefundsWrite];
        /// Making refunds.
        RefundsWrite = [RefundsWrite];
        /// Reading disputes.
        DisputesRead = [DisputesRead, DisputesWrite];
        /// Conceding disputes.
        DisputesWrite = [DisputesWrite];
        /// Reading payments.
        PaymentsRead = [PaymentsRead];
        /// Reading subscriptions.
        SubscriptionsRead = [SubscriptionsRead, SubscriptionsWrite];
        /// Making and changing subscriptions.
        SubscriptionsWrite = [SubscriptionsWrite];
        /// Reading webhook endpoints and deliveries.
        WebhooksRead = [WebhooksRead, WebhooksWrite];
        /// Changing webhook endpoints.
        WebhooksWrite = [WebhooksWrite];
    }
}
