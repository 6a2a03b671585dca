//! Query parameters of lists, as the document shows them. Handlers read it with [`crate::http::extract::Params`],
//! which is as lenient as the reference.

#![allow(dead_code, reason = "these types exist for the document alone")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use till_wire::limits;
use till_wire::{
    benefits::{BenefitType, BenefitVisibility},
    custom_fields::CustomFieldType,
    orders::{OrderStatus, ProductBillingType},
    payments::PaymentStatus,
    products::Visibility,
    subscriptions::{CancellationReason, SubscriptionStatus},
};
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Schema,
        path::{Operation, ParameterIn},
        schema::{AdditionalProperties, ArrayItems, SchemaType, Type},
    },
};
use uuid::Uuid;

/// Writes the bounds of query strings and paths into an operation: they are the same for every one, as
/// [`crate::http::extract::Params`] reads them.
pub(super) fn bounded(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in != ParameterIn::Header
            && let Some(RefOr::T(schema)) = &mut parameter.schema
        {
            bound(schema);
        }
    }
}

fn bound(schema: &mut Schema) {
    match schema {
        Schema::Array(array) => {
            array.max_items = Some(limits::FILTER_VALUES);
            if let ArrayItems::RefOrSchema(item) = &mut array.items
                && let RefOr::T(item) = &mut **item
            {
                bound(item);
            }
        }
        Schema::Object(object) => {
            let kind = object.schema_type.clone();
            let is = |wanted| kind == SchemaType::Type(wanted);
            if is(Type::Integer) {
                object.maximum.get_or_insert(limits::PAGES.into());
            } else if is(Type::String) && object.enum_values.is_none() && object.format.is_none() {
                object.max_length = Some(limits::LINE);
            }
            if let Some(values) = &mut object.additional_properties {
                object.max_properties = Some(limits::FILTER_KEYS);
                if let AdditionalProperties::RefOr(RefOr::T(value)) = &mut **values {
                    bound(value);
                }
            }
            if let Some(names) = &mut object.property_names {
                bound(names);
            }
        }
        _ => {}
    }
}

/// Which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// The page, from 1.
    #[param(minimum = 1, default = 1)]
    page: Option<u32>,
    /// Items per page; more than 100 is taken as 100.
    #[param(minimum = 1, default = 10)]
    limit: Option<u32>,
}

/// Free data to filter by.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MetadataFilter {
    /// `metadata[key]=value`: compared as text; one key may be given several values, of which any may match.
    #[param(style = DeepObject, explode)]
    metadata: Option<BTreeMap<String, String>>,
}

/// Of which organizations.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfOrganization {
    /// Only of these organizations; any but the token's own find nothing.
    organization_id: Option<Vec<Uuid>>,
}

/// The organizations list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Organizations {
    /// Only the organization of this name.
    slug: Option<String>,
    /// `created_at` (default), `name`, `slug`; with `-` in front downwards.
    sorting: Option<Vec<String>>,
}

/// The products list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Products {
    /// Only these.
    id: Option<Vec<Uuid>>,
    /// Only names that contain this, in any case.
    query: Option<String>,
    /// Only archived ones, or only others.
    is_archived: Option<bool>,
    /// Only subscriptions, or only one-time purchases.
    is_recurring: Option<bool>,
    /// Only products with one of these benefits.
    benefit_id: Option<Vec<Uuid>>,
    /// Only of these visibilities.
    #[param(inline)]
    visibility: Option<Vec<Visibility>>,
    /// `created_at` (default `-created_at`), `name`, `price_amount`, `price_amount_type`; with `-` in front downwards.
    sorting: Option<Vec<String>>,
}

/// The benefits list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Benefits {
    /// Only these.
    id: Option<Vec<Uuid>>,
    /// None of these.
    exclude_id: Option<Vec<Uuid>>,
    /// Only of these types.
    #[param(inline)]
    r#type: Option<Vec<BenefitType>>,
    /// Only descriptions that contain this, in any case.
    query: Option<String>,
    /// Only of these visibilities.
    #[param(inline)]
    visibility: Option<Vec<BenefitVisibility>>,
    /// `created_at` (default `-created_at`), `description`, `type`, `user_order` (the order of `id`); with `-` in
    /// front downwards.
    sorting: Option<Vec<String>>,
}

/// The files list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Files {
    /// Only these.
    ids: Option<Vec<Uuid>>,
}

/// The meters list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Meters {
    /// Only names that contain this, in any case.
    query: Option<String>,
    /// Only archived ones, or only others.
    is_archived: Option<bool>,
    /// `name` (default), `created_at`; with `-` in front downwards.
    sorting: Option<Vec<String>>,
}

/// The discounts list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Discounts {
    /// Only with a name or a code that contains this, in any case.
    query: Option<String>,
    /// `created_at` (default `-created_at`), `name`, `code`, `redemptions_count`, `ends_at`; with `-` in front
    /// downwards.
    sorting: Option<Vec<String>>,
}

/// The custom fields list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomFields {
    /// Only with a name or a slug that contains this, in any case.
    query: Option<String>,
    /// Only of these types.
    #[param(inline)]
    r#type: Option<Vec<CustomFieldType>>,
    /// `slug` (default), `created_at`, `name`, `type`; with `-` in front downwards.
    sorting: Option<Vec<String>>,
}

/// The customers list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Customers {
    /// Only the customer of this e-mail address, in any case.
    email: Option<String>,
    /// Only customers whose e-mail or name contains this, or whose external id starts with it, in any case.
    query: Option<String>,
    /// Only customers with a trialing, active or past due subscription, or only others.
    active: Option<bool>,
    /// Only made after this moment.
    created_after: Option<Timestamp>,
    /// Only made before this moment.
    created_before: Option<Timestamp>,
    /// `created_at` (default `-created_at`), `email`, `name`; with `-` in front downwards.
    sorting: Option<Vec<String>>,
}

/// The orders list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Orders {
    /// Only with an invoice number, or of customers whose e-mail or name, that contains this, in any case.
    query: Option<String>,
    /// Only of these products.
    product_id: Option<Vec<Uuid>>,
    /// Only of products that are paid so.
    #[param(inline)]
    product_billing_type: Option<Vec<ProductBillingType>>,
    /// Only with these discounts.
    discount_id: Option<Vec<Uuid>>,
    /// Only of these customers.
    customer_id: Option<Vec<Uuid>>,
    /// Only of customers with these ids of the merchant.
    external_customer_id: Option<Vec<String>>,
    /// Only of these sessions.
    checkout_id: Option<Vec<Uuid>>,
    /// Only of these subscriptions.
    subscription_id: Option<Vec<Uuid>>,
    /// Only in these states.
    #[param(inline)]
    status: Option<Vec<OrderStatus>>,
    /// Only made after this moment.
    created_after: Option<Timestamp>,
    /// Only made before this moment.
    created_before: Option<Timestamp>,
    /// `created_at` (default `-created_at`), `status`, `invoice_number`, `amount`, `net_amount`, `customer`,
    /// `product`, `discount`, `subscription`; with `-` in front downwards.
    sorting: Option<Vec<String>>,
}

/// The payments list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Payments {
    /// Only from e-mail addresses that contain this, in any case.
    query: Option<String>,
    /// Only of these sessions.
    checkout_id: Option<Vec<Uuid>>,
    /// Only of these orders.
    order_id: Option<Vec<Uuid>>,
    /// Only of these customers.
    customer_id: Option<Vec<Uuid>>,
    /// Only in these states.
    #[param(inline)]
    status: Option<Vec<PaymentStatus>>,
    /// Only paid so.
    method: Option<Vec<String>>,
    /// Only from these e-mail addresses, in any case.
    customer_email: Option<Vec<String>>,
    /// Only made after this moment.
    created_after: Option<Timestamp>,
    /// Only made before this moment.
    created_before: Option<Timestamp>,
    /// `created_at` (default `-created_at`), `status`, `amount`, `method`; with `-` in front downwards.
    sorting: Option<Vec<String>>,
}

/// The subscriptions list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Subscriptions {
    /// Only of customers whose e-mail or name contains this, in any case.
    query: Option<String>,
    /// Only of these products.
    product_id: Option<Vec<Uuid>>,
    /// Only of these customers.
    customer_id: Option<Vec<Uuid>>,
    /// Only of customers with these ids of the merchant.
    external_customer_id: Option<Vec<String>>,
    /// Only with these discounts.
    discount_id: Option<Vec<Uuid>>,
    /// Deprecated: only trialing and active ones, or only canceled and unpaid ones.
    active: Option<bool>,
    /// Only in these states.
    #[param(inline)]
    status: Option<Vec<SubscriptionStatus>>,
    /// Only those that end with their period, or only others.
    cancel_at_period_end: Option<bool>,
    /// Only cancelled for these reasons.
    #[param(inline)]
    customer_cancellation_reason: Option<Vec<CancellationReason>>,
    /// Only cancelled at or after this moment.
    canceled_at_after: Option<Timestamp>,
    /// Only cancelled at or before this moment.
    canceled_at_before: Option<Timestamp>,
    /// Only started after this moment.
    started_after: Option<Timestamp>,
    /// Only started before this moment.
    started_before: Option<Timestamp>,
    /// `started_at` (default `-started_at`), `customer`, `status`, `current_period_end`, `ended_at`, `ends_at`,
    /// `amount`, `product`, `discount`; with `-` in front downwards.
    sorting: Option<Vec<String>>,
}

/// Deleting a customer.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Deletion {
    /// Also replace the customer's personal data.
    #[param(default = false)]
    anonymize: Option<bool>,
}
