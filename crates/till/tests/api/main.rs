//! The API, from the outside, on both databases. A test's name says the rule.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod benefit_grants;
mod benefits;
mod bounds;
mod budgets;
mod checkout_links;
mod checkouts;
mod claims;
mod clock;
mod conventions;
mod costs;
mod custom_fields;
mod customer_seats;
mod customer_sessions;
mod customers;
mod damaged;
mod dashboard;
mod dashboard_account;
mod dashboard_catalog;
mod dashboard_checkout_links;
mod dashboard_collection;
mod dashboard_developers;
mod dashboard_discounts;
mod dashboard_home;
mod dashboard_journal;
mod dashboard_members;
mod dashboard_payments;
mod dashboard_products;
mod dashboard_reference;
mod dashboard_refunds;
mod dashboard_sales;
mod dashboard_settings;
mod dashboard_sign_in;
mod dashboard_subscriptions;
mod dashboard_team;
mod dashboard_usage;
mod discounts;
mod disputes;
mod document;
mod documents;
mod drafts;
mod erasure;
mod exports;
mod files;
mod folding;
mod foreign;
mod gaps;
mod geo;
mod idempotency;
mod jobs;
mod known_gaps;
mod license_keys;
mod mail;
mod members;
mod metered;
mod meters;
mod new_cards;
mod notices;
mod openings;
mod orders;
mod organizations;
mod pages;
mod pages_answers;
mod pages_element;
mod pages_form;
mod pages_idempotency;
mod pages_languages;
mod pages_offer;
mod pages_order;
mod pages_terms;
mod paying;
mod portal;
mod portal_cards;
mod portal_email;
mod portal_kit;
mod portal_orders;
mod portal_pages;
mod portal_security;
mod portal_sign_in;
mod portal_subscriptions;
mod portal_walk;
mod problems;
mod products;
mod refunds;
mod reminders;
mod renewals;
mod request_fields;
mod retention;
mod robustness;
mod sales;
mod seats;
mod security;
mod security_dashboard;
mod security_outbound;
mod shown;
mod stripe;
mod subscriptions;
mod subscriptions_cancel;
mod subscriptions_change;
mod subscriptions_create;
mod subscriptions_kit;
mod subscriptions_pause;
mod taxes;
mod trials;
mod usage;
mod usage_meters;
mod visits;
mod webhooks;

/// `(kind, place)` pairs as the test session tells them.
fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(kind, place)| ((*kind).to_owned(), (*place).to_owned()))
        .collect()
}
