//! Views of the portal: customers themselves, and what they bought.

use till_wire::{
    portal::{
        CustomerBoughtProduct, CustomerCustomerSession, CustomerOrder, CustomerOrganization,
        CustomerOrganizationData, CustomerOrganizationFeatureSettings, CustomerPortalCustomer,
        CustomerSubscription, CustomerSubscriptionMeter, CustomerSubscriptionMeterMeter,
        PortalAuthenticatedUser, PortalUserType,
    },
    subscriptions::SubscriptionMeter,
};

use super::Viewer;
use crate::{
    catalog::products::ProductWithPrices,
    kernel::records::{Customer, Order, Organization, Subscription},
    organizations,
};

impl Viewer {
    /// The session by which they came.
    pub fn session_view(&self) -> CustomerCustomerSession {
        CustomerCustomerSession {
            expires_at: self.session.expires_at,
            return_url: self.session.return_url.clone(),
        }
    }

    /// Person who looks: the member, else the customer.
    pub fn user_view(&self) -> PortalAuthenticatedUser {
        let customer = &self.customer;
        match &self.member {
            Some(member) => PortalAuthenticatedUser {
                kind: PortalUserType::Member,
                name: member.name.clone(),
                email: member.email.clone(),
                customer_id: customer.id,
                member_id: Some(member.id),
                role: Some(self.role),
            },
            None => PortalAuthenticatedUser {
                kind: PortalUserType::Customer,
                name: customer.name.clone(),
                email: customer.email.clone(),
                customer_id: customer.id,
                member_id: None,
                role: None,
            },
        }
    }
}

/// A customer as they see themselves.
pub fn customer(row: &Customer) -> CustomerPortalCustomer {
    CustomerPortalCustomer {
        created_at: row.created_at,
        modified_at: row.modified_at,
        id: row.id,
        email: row.email.clone(),
        email_verified: row.email_verified,
        name: row.name.clone(),
        billing_name: row.name_on_bills(),
        billing_address: row
            .billing_address
            .as_ref()
            .map(|address| address.0.clone()),
        tax_id: row.tax_id.clone().zip(row.tax_id_format.clone()),
        oauth_accounts: Default::default(),
        default_payment_method_id: row.default_payment_method_id,
        kind: row.kind,
        locale: row.locale.clone(),
    }
}

/// An organization as its customers see it.
pub fn organization(row: &Organization) -> CustomerOrganization {
    let features = &row.settings.feature_settings.features;
    CustomerOrganization {
        public: organizations::public(row),
        customer_portal_settings: row.settings.customer_portal_settings,
        organization_features: CustomerOrganizationFeatureSettings {
            member_model_enabled: features.member_model_enabled,
            checkout_localization_enabled: features.checkout_localization_enabled,
        },
    }
}

/// An organization with the products that everybody can buy.
pub fn organization_with_products(
    row: &Organization,
    products: &[ProductWithPrices],
) -> CustomerOrganizationData {
    let shown = products.iter().map(ProductWithPrices::public_view);
    CustomerOrganizationData {
        organization: organization(row),
        products: shown.map(|product| product.without_metadata()).collect(),
    }
}

/// A product as a customer who bought it sees it.
fn product(offered: &ProductWithPrices, seller: &Organization) -> CustomerBoughtProduct {
    CustomerBoughtProduct {
        product: offered.public_view().without_metadata(),
        organization: organization(seller),
    }
}

/// An order as its customer sees it.
pub fn order(
    row: &Order,
    customer: &Customer,
    offered: &ProductWithPrices,
    subscription: Option<&Subscription>,
    seller: &Organization,
) -> CustomerOrder {
    let whole = row.view(customer, offered, subscription, None);
    CustomerOrder::of(whole, product(offered, seller))
}

/// A subscription as its customer sees it.
pub fn subscription(
    row: &Subscription,
    customer: &Customer,
    offered: &ProductWithPrices,
    seller: &Organization,
) -> CustomerSubscription {
    let whole = row.view(customer, offered, None);
    let meter = |counted: SubscriptionMeter| CustomerSubscriptionMeter {
        meter: CustomerSubscriptionMeterMeter {
            id: counted.meter.id,
            created_at: counted.meter.created_at,
            modified_at: counted.meter.modified_at,
            name: counted.meter.name,
        },
        usage: counted.usage,
    };
    CustomerSubscription {
        base: whole.base.into(),
        product: product(offered, seller),
        price: whole.price,
        prices: whole.prices,
        meters: whole.meters.into_iter().map(meter).collect(),
        pending_update: whole.pending_update,
    }
}
