//! Delivering webhooks.
