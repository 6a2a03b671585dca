//! The API, from the outside, on both databases. A test's name says the rule.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod benefits;
mod bounds;
mod budgets;
mod checkout_links;
mod checkouts;
mod claims;
mod conventions;
mod costs;
mod custom_fields;
mod customer_sessions;
mod customers;
mod damaged;
mod desk;
mod desk_account;
mod desk_catalog;
mod desk_checkout_links;
mod desk_developers;
mod desk_discounts;
mod desk_journal;
mod desk_products;
mod desk_reference;
mod desk_sales;
mod desk_settings;
mod desk_sign_in;
mod desk_team;
mod discounts;
mod document;
mod files;
mod folding;
mod foreign;
mod gaps;
mod geo;
mod idempotency;
mod known_gaps;
mod meters;
mod openings;
mod organizations;
mod pages;
mod pages_answers;
mod pages_form;
mod pages_languages;
mod pages_offer;
mod pages_once;
mod pages_terms;
mod paying;
mod problems;
mod products;
mod request_fields;
mod retention;
mod robustness;
mod sales;
mod seats;
mod security;
mod security_desk;
mod security_outbound;
mod shown;
mod subscriptions;
mod taxes;
mod trials;
mod visits;
mod webhooks;
mod work;

/// `(kind, place)` pairs as the test session tells them.
fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(kind, place)| ((*kind).to_owned(), (*place).to_owned()))
        .collect()
}
