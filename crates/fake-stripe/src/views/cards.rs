//! Payment methods and confirmation tokens.

use serde_json::{Value, json};

use super::View;
use crate::{
    books::{ConfirmationToken, PaymentMethod, letters},
    cards,
};

/// A card as it is shown; its fingerprint is known once it has paid or was kept.
fn card(number: &str, exp_month: i64, exp_year: i64, seen: Option<bool>) -> Value {
    let brand = cards::numbered(number).brand;
    let known = seen == Some(true);
    let mut card = json!({
        "brand": brand,
        "checks": {
            "address_line1_check": null, "address_postal_code_check": null,
            "cvc_check": if known { "pass" } else { "unchecked" },
        },
        "country": "US", "display_brand": brand, "exp_month": exp_month, "exp_year": exp_year, "funding": "credit",
        "generated_from": null, "last4": last4(number),
        "networks": { "available": [brand], "preferred": null },
        "regulated_status": "unregulated", "three_d_secure_usage": { "supported": true }, "wallet": null,
    });
    if seen.is_some() {
        card["fingerprint"] = if known {
            fingerprint(number).into()
        } else {
            Value::Null
        };
    }
    card
}

/// The last four digits.
pub fn last4(number: &str) -> &str {
    number
        .get(number.len().saturating_sub(4)..)
        .unwrap_or_default()
}

/// Value that tells a number from others.
pub fn fingerprint(number: &str) -> String {
    letters(&format!("fingerprint:{number}"), 16)
}

impl View<'_> {
    /// A payment method.
    pub fn method(&self, row: &PaymentMethod) -> Value {
        json!({
            "id": row.id, "object": "payment_method", "allow_redisplay": row.allow_redisplay,
            "billing_details": row.billing,
            "card": card(&row.number, row.exp_month, row.exp_year, Some(row.seen)),
            "created": row.created, "customer": row.customer, "customer_account": null,
            "livemode": self.account.live, "metadata": row.metadata, "type": "card",
        })
    }

    /// A confirmation token.
    pub fn token(&self, row: &ConfirmationToken) -> Value {
        let intent = |prefix: &str| row.used_by.as_deref().filter(|id| id.starts_with(prefix));
        json!({
            "id": row.id, "object": "confirmation_token", "created": row.created, "expires_at": row.expires_at,
            "livemode": self.account.live, "mandate_data": null, "metadata": null,
            "payment_intent": intent("pi_"), "payment_method_options": null,
            "payment_method_preview": {
                "billing_details": row.billing,
                "card": card(&row.number, row.exp_month, row.exp_year, None),
                "customer": null, "customer_account": null, "type": "card",
            },
            "return_url": row.return_url, "setup_future_usage": row.setup_future_usage,
            "setup_intent": intent("seti_"), "shipping": row.shipping, "use_stripe_sdk": true,
        })
    }
}
