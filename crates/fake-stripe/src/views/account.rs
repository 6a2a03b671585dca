//! The account, customers, events, endpoints, domains and entries of the balance.

use serde_json::{Value, json};

use super::{View, address_of};
use crate::{
    account::{API_VERSION, AVAILABLE_AFTER, Account},
    books::{BalanceTransaction, Customer, Event, PaymentMethodDomain, WebhookEndpoint},
};

/// The account.
pub fn account(account: &Account) -> Value {
    json!({
        "id": account.id,
        "object": "account",
        "business_profile": {
            "annual_revenue": null, "estimated_worker_count": null, "mcc": "5734",
            "minority_owned_business_designation": null, "name": "Fake Stripe", "product_description": null,
            "specified_commercial_transactions_act_url": null, "support_address": null, "support_email": null,
            "support_phone": null, "support_url": null, "url": null,
        },
        "business_type": "company",
        "capabilities": { "card_payments": if account.charges_enabled { "active" } else { "inactive" } },
        "charges_enabled": account.charges_enabled,
        "controller": { "type": "account" },
        "country": account.country,
        "created": 1_700_000_000,
        "default_currency": "usd",
        "details_submitted": true,
        "email": "owner@example.com",
        "metadata": {},
        "payouts_enabled": true,
        "settings": {
            "bacs_debit_payments": { "display_name": null, "service_user_number": null },
            "branding": { "icon": null, "logo": null, "primary_color": null, "secondary_color": null },
            "card_payments": {
                "statement_descriptor_prefix": account.prefix,
                "statement_descriptor_prefix_kana": null, "statement_descriptor_prefix_kanji": null,
            },
            "dashboard": { "display_name": "Fake Stripe", "timezone": "Etc/UTC" },
            "payments": {
                "statement_descriptor": account.prefix, "statement_descriptor_kana": null,
                "statement_descriptor_kanji": null, "statement_descriptor_prefix_kana": null,
                "statement_descriptor_prefix_kanji": null,
            },
            "sepa_debit_payments": {},
        },
        "type": "standard",
    })
}

impl View<'_> {
    /// A customer.
    pub fn customer(&self, row: &Customer) -> Value {
        if row.deleted {
            return json!({ "id": row.id, "object": "customer", "deleted": true });
        }
        let field = |name: &str| row.fields.get(name).cloned().unwrap_or(Value::Null);
        let address = match row.fields.get("address").and_then(Value::as_object) {
            Some(address) => address_of(Some(address)),
            None => Value::Null,
        };
        let mut customer = json!({
            "id": row.id, "object": "customer", "address": address, "balance": 0, "created": row.created,
            "currency": null, "default_source": null, "delinquent": false, "description": field("description"),
            "discount": null, "email": field("email"),
            "invoice_prefix": row.id.get(4..12).unwrap_or_default().to_uppercase(),
            "invoice_settings": {
                "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null,
            },
            "livemode": self.account.live, "metadata": row.metadata, "name": field("name"),
            "next_invoice_sequence": 1, "phone": field("phone"),
            "preferred_locales": row.fields.get("preferred_locales").cloned().unwrap_or_else(|| json!([])),
            "shipping": null, "tax_exempt": "none", "test_clock": null,
        });
        for name in ["business_name", "individual_name"] {
            if let Some(value) = row.fields.get(name).filter(|value| value.is_string()) {
                customer[name] = value.clone();
            }
        }
        customer
    }

    /// An event.
    pub fn event(&self, row: &Event) -> Value {
        let mut data = json!({ "object": row.object });
        if let Some(previous) = &row.previous {
            data["previous_attributes"] = previous.clone();
        }
        json!({
            "id": row.id, "object": "event", "api_version": API_VERSION, "created": row.created, "data": data,
            "livemode": self.account.live, "pending_webhooks": 0,
            "request": { "id": row.request, "idempotency_key": row.idempotency_key }, "type": row.kind,
        })
    }

    /// An endpoint, without its secret.
    pub fn endpoint(&self, row: &WebhookEndpoint) -> Value {
        json!({
            "id": row.id, "object": "webhook_endpoint", "api_version": row.api_version, "application": null,
            "created": row.created, "description": row.description, "enabled_events": row.events,
            "livemode": self.account.live, "metadata": row.metadata,
            "status": if row.enabled { "enabled" } else { "disabled" }, "url": row.url,
        })
    }

    /// A domain.
    pub fn domain(&self, row: &PaymentMethodDomain) -> Value {
        let active = json!({ "status": "active" });
        json!({
            "id": row.id, "object": "payment_method_domain", "amazon_pay": active, "apple_pay": active,
            "created": row.created, "domain_name": row.name, "enabled": row.enabled, "google_pay": active,
            "klarna": active, "link": active, "livemode": self.account.live, "paypal": active,
        })
    }

    /// An entry of the balance.
    pub fn transaction(&self, row: &BalanceTransaction) -> Value {
        let available = row.created + AVAILABLE_AFTER;
        let fees = match row.fee {
            0 => json!([]),
            fee => json!([{
                "amount": fee, "application": null, "currency": row.currency,
                "description": "Stripe processing fees", "type": "stripe_fee",
            }]),
        };
        json!({
            "id": row.id, "object": "balance_transaction", "amount": row.amount, "available_on": available,
            "balance_type": "payments", "created": row.created, "currency": row.currency,
            "description": row.description, "exchange_rate": null, "fee": row.fee, "fee_details": fees,
            "net": row.amount - row.fee, "reporting_category": row.category, "source": row.source,
            "status": if available <= self.now { "available" } else { "pending" }, "type": row.kind,
        })
    }
}
