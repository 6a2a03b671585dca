//! The tables whose lists know more than their columns.

use super::table::{LateColumn, ListedTable};

/// All of them.
const LISTED: &[&ListedTable] = &[
    &BENEFITS,
    &BENEFIT_GRANTS,
    &METERS,
    &CHECKOUT_LINKS,
    &CHECKOUTS,
    &CUSTOM_FIELDS,
    &CUSTOMERS,
    &DISCOUNTS,
    &ORGANIZATIONS,
    &PRODUCTS,
    &ORDERS,
    &PAYMENTS,
    &REFUNDS,
    &SUBSCRIPTIONS,
    &DELIVERIES,
    &EVENT_TYPES,
    &USAGE_EVENTS,
    &SYSTEM_EVENTS,
    &CUSTOMER_METERS,
];

/// Finds what lists must know of a table.
pub(super) fn listed(table: &str) -> &'static ListedTable {
    let found = LISTED.iter().find(|listed| listed.name == table);
    found.copied().unwrap_or(&ListedTable::PLAIN)
}

/// Lists of benefits.
const BENEFITS: ListedTable = ListedTable {
    name: "benefits",
    sorts: &[("description", "lower(benefits.description)")],
    ..ListedTable::PLAIN
};

/// Lists of grants of benefits.
const BENEFIT_GRANTS: ListedTable = ListedTable {
    name: "benefit_grants",
    sorts: &[
        ("granted_at", "benefit_grants.granted_at"),
        ("revoked_at", "benefit_grants.revoked_at"),
        (
            "type",
            "(select b.kind from benefits b where b.id = benefit_grants.benefit_id)",
        ),
        ("organization", "benefit_grants.organization_id"),
        ("product_benefit", "benefit_grants.position"),
    ],
    ..ListedTable::PLAIN
};

/// Lists of meters.
const METERS: ListedTable = ListedTable {
    name: "meters",
    sorts: &[("name", "lower(meters.name)")],
    ..ListedTable::PLAIN
};

/// Lists of checkout links.
const CHECKOUT_LINKS: ListedTable = ListedTable {
    name: "checkout_links",
    sorts: &[
        ("label", "checkout_links.label"),
        ("success_url", "checkout_links.success_url"),
    ],
    ..ListedTable::PLAIN
};

/// Lists of checkout sessions.
const CHECKOUTS: ListedTable = ListedTable {
    name: "checkouts",
    leading: &["status", "product_id"],
    late: Some(LateColumn {
        column: "external_customer_id",
        halves: ["checkouts.status = 'open'", "checkouts.status <> 'open'"],
    }),
    yielding: &[
        ("status", "customer_id"),
        ("product_id", "customer_id"),
        ("status", "external_customer_id"),
        ("product_id", "external_customer_id"),
    ],
    ..ListedTable::PLAIN
};

/// Lists of custom fields.
const CUSTOM_FIELDS: ListedTable = ListedTable {
    name: "custom_fields",
    sorts: &[("name", "lower(custom_fields.name)")],
    ..ListedTable::PLAIN
};

/// Lists of customers.
const CUSTOMERS: ListedTable = ListedTable {
    name: "customers",
    sorts: &[("name", "lower(customers.name)")],
    ..ListedTable::PLAIN
};

/// Lists of discounts.
const DISCOUNTS: ListedTable = ListedTable {
    name: "discounts",
    sorts: &[
        ("name", "lower(discounts.name)"),
        ("code", "discounts.code_key"),
        ("ends_at", "discounts.ends_at"),
    ],
    ..ListedTable::PLAIN
};

/// Lists of organizations.
const ORGANIZATIONS: ListedTable = ListedTable {
    name: "organizations",
    sorts: &[("name", "lower(organizations.name)")],
    ..ListedTable::PLAIN
};

/// Lists of products. What one costs, for sorting, is its oldest price in use.
const PRODUCTS: ListedTable = ListedTable {
    name: "products",
    sorts: &[
        ("name", "lower(products.name)"),
        (
            "price_amount_type",
            "(select case r.amount_type when 'custom' then 1 when 'fixed' then 2 else 3 end \
             from product_prices r where r.product_id = products.id and not r.is_archived and r.checkout_id is null \
             order by r.created_at, r.position, r.id limit 1)",
        ),
        (
            "price_amount",
            "(select case r.amount_type when 'custom' then r.minimum_amount else r.price_amount end \
             from product_prices r where r.product_id = products.id and not r.is_archived and r.checkout_id is null \
             order by r.created_at, r.position, r.id limit 1)",
        ),
    ],
    ..ListedTable::PLAIN
};

/// Lists of orders.
const ORDERS: ListedTable = ListedTable {
    name: "orders",
    sorts: &[
        (
            "customer",
            "(select lower(c.email) from customers c where c.id = orders.customer_id)",
        ),
        (
            "product",
            "(select lower(p.name) from products p where p.id = orders.product_id)",
        ),
        (
            "discount",
            "(select lower(d.name) from discounts d where d.id = orders.discount_id)",
        ),
        ("subscription", "orders.subscription_id"),
    ],
    ..ListedTable::PLAIN
};

/// Lists of payments.
const PAYMENTS: ListedTable = ListedTable {
    name: "payments",
    sorts: &[(
        "status",
        "case payments.state when 'succeeded' then 'succeeded' when 'failed' then 'failed' else 'pending' end",
    )],
    ..ListedTable::PLAIN
};

/// Lists of refunds.
const REFUNDS: ListedTable = ListedTable {
    name: "refunds",
    sorts: &[("net_amount", "refunds.amount - refunds.tax_amount")],
    ..ListedTable::PLAIN
};

/// Lists of subscriptions.
const SUBSCRIPTIONS: ListedTable = ListedTable {
    name: "subscriptions",
    sorts: &[
        (
            "customer",
            "(select lower(coalesce(c.name, c.email)) from customers c where c.id = subscriptions.customer_id)",
        ),
        (
            "product",
            "(select lower(p.name) from products p where p.id = subscriptions.product_id)",
        ),
        (
            "discount",
            "(select lower(d.name) from discounts d where d.id = subscriptions.discount_id)",
        ),
        ("started_at", "subscriptions.started_at"),
        ("ended_at", "subscriptions.ended_at"),
        ("ends_at", "subscriptions.ends_at"),
    ],
    ..ListedTable::PLAIN
};

/// Lists of deliveries.
const DELIVERIES: ListedTable = ListedTable {
    name: "webhook_deliveries",
    leading: &["kind", "endpoint_id"],
    yielding: &[("endpoint_id", "kind")],
    ..ListedTable::PLAIN
};

/// Lists of types of usage events.
const EVENT_TYPES: ListedTable = ListedTable {
    name: "event_types",
    sorts: &[
        ("name", "lower(event_types.name)"),
        ("label", "lower(event_types.label)"),
    ],
    ..ListedTable::PLAIN
};

/// Lists of usage events.
const USAGE_EVENTS: ListedTable = ListedTable {
    name: "usage_events",
    leading: &["customer_id", "external_customer_id", "name"],
    yielding: &[
        ("name", "customer_id"),
        ("name", "external_customer_id"),
        ("name", "parent_id"),
        ("customer_id", "parent_id"),
        ("external_customer_id", "parent_id"),
        ("organization_id", "id"),
        ("customer_id", "id"),
        ("external_customer_id", "id"),
        ("name", "id"),
    ],
    ..ListedTable::PLAIN
};

/// Lists of Till's own events.
const SYSTEM_EVENTS: ListedTable = ListedTable {
    name: "system_events",
    leading: &["customer_id", "external_customer_id", "name"],
    yielding: &[("name", "customer_id"), ("name", "external_customer_id")],
    ..ListedTable::PLAIN
};

/// Lists of customers' meters. Their units are kept as text.
const CUSTOMER_METERS: ListedTable = ListedTable {
    name: "customer_meters",
    sorts: &[
        (
            "customer_name",
            "(select lower(c.name) from customers c where c.id = customer_meters.customer_id)",
        ),
        (
            "meter_name",
            "(select lower(m.name) from meters m where m.id = customer_meters.meter_id)",
        ),
        (
            "consumed_units",
            "cast(customer_meters.consumed_units as numeric)",
        ),
        (
            "balance",
            "(customer_meters.credited_units - cast(customer_meters.consumed_units as numeric))",
        ),
    ],
    ..ListedTable::PLAIN
};
