//! Intents of both kinds, charges, refunds and disputes.

use serde_json::{Value, json};

use super::{View, cards};
use crate::{
    books::{Challenge, Charge, Dispute, PaymentIntent, Refund, SetupIntent},
    cards::numbered,
    descriptor,
    work::methods,
};

/// Seconds that a merchant has to answer a dispute.
const ANSWERED_WITHIN: i64 = 10 * 24 * 3600;

fn automatic(redirects: Option<&String>) -> Value {
    redirects.map_or(
        Value::Null,
        |redirects| json!({ "allow_redirects": redirects, "enabled": true }),
    )
}

fn types(allowed: Option<&Vec<String>>) -> Value {
    allowed.map_or_else(|| json!(["card"]), |allowed| json!(allowed))
}

impl View<'_> {
    /// Next step of the buyer.
    fn next_action(&self, challenge: Option<&Challenge>) -> Value {
        let Some(challenge) = challenge else {
            return Value::Null;
        };
        let url = format!("{}/3ds/{}", self.account.script_url, challenge.id);
        if challenge.by_script {
            return json!({
                "type": "use_stripe_sdk",
                "use_stripe_sdk": { "type": "three_d_secure_redirect", "stripe_js": url, "source": challenge.id },
            });
        }
        json!({
            "type": "redirect_to_url",
            "redirect_to_url": { "return_url": challenge.return_url, "url": url },
        })
    }

    /// A payment intent.
    pub fn intent(&self, row: &PaymentIntent) -> Value {
        let paid = row.status == "succeeded";
        json!({
            "id": row.id, "object": "payment_intent", "allowed_payment_method_types": row.allowed,
            "amount": row.amount, "amount_capturable": 0, "amount_details": { "tip": {} },
            "amount_received": if paid { row.amount } else { 0 }, "application": null,
            "application_fee_amount": null, "automatic_payment_methods": automatic(row.automatic.as_ref()),
            "canceled_at": row.canceled_at, "cancellation_reason": row.cancellation_reason,
            "capture_method": row.capture_method, "client_secret": row.client_secret,
            "confirmation_method": "automatic", "created": row.created, "currency": row.currency,
            "customer": row.customer, "customer_account": null, "description": row.description,
            "excluded_payment_method_types": null, "last_payment_error": row.last_error,
            "latest_charge": row.latest_charge, "livemode": self.account.live, "managed_payments": null,
            "metadata": row.metadata, "next_action": self.next_action(row.challenge.as_ref()),
            "on_behalf_of": null, "payment_method": row.method,
            "payment_method_configuration_details": null,
            "payment_method_options": {
                "card": {
                    "installments": null, "mandate_options": null, "network": null,
                    "request_three_d_secure": row.request_three_d_secure.as_deref().unwrap_or("automatic"),
                },
            },
            "payment_method_types": types(row.allowed.as_ref()), "payment_record": null, "processing": null,
            "receipt_email": row.receipt_email, "review": null, "setup_future_usage": row.setup_future_usage,
            "shipping": row.shipping, "source": null, "statement_descriptor": null,
            "statement_descriptor_suffix": row.suffix, "status": row.status, "transfer_data": null,
            "transfer_group": row.transfer_group,
        })
    }

    /// A setup intent.
    pub fn setup(&self, row: &SetupIntent) -> Value {
        json!({
            "id": row.id, "object": "setup_intent", "allowed_payment_method_types": row.allowed,
            "application": null, "automatic_payment_methods": automatic(row.automatic.as_ref()),
            "cancellation_reason": row.cancellation_reason, "client_secret": row.client_secret,
            "created": row.created, "customer": row.customer, "customer_account": null,
            "description": row.description, "excluded_payment_method_types": null, "flow_directions": null,
            "last_setup_error": row.last_error, "latest_attempt": row.latest_attempt,
            "livemode": self.account.live, "mandate": null, "metadata": row.metadata,
            "next_action": self.next_action(row.challenge.as_ref()), "on_behalf_of": null,
            "payment_method": row.method, "payment_method_configuration_details": null,
            "payment_method_options": {
                "card": {
                    "mandate_options": null, "network": null,
                    "request_three_d_secure": row.request_three_d_secure.as_deref().unwrap_or("automatic"),
                },
            },
            "payment_method_types": types(row.allowed.as_ref()), "single_use_mandate": null,
            "status": row.status, "usage": row.usage,
        })
    }

    /// A charge.
    pub fn charge(&self, row: &Charge) -> Value {
        let failure = |name: &str| {
            row.failure
                .as_ref()
                .and_then(|failure| failure.get(name))
                .cloned()
        };
        let method = self.books.methods.get(&row.method);
        let receipt = format!("{}/receipts/{}", self.account.script_url, row.id);
        json!({
            "id": row.id, "object": "charge", "amount": row.amount,
            "amount_captured": if row.paid { row.amount } else { 0 }, "amount_refunded": row.amount_refunded,
            "application": null, "application_fee": null, "application_fee_amount": null,
            "balance_transaction": row.transaction,
            "billing_details": method.map_or_else(|| methods::billing(None), |method| method.billing.clone()),
            "calculated_statement_descriptor": descriptor::calculated(&self.account.prefix, row.suffix.as_deref()),
            "captured": row.paid, "created": row.created, "currency": row.currency, "customer": row.customer,
            "description": row.description, "disputed": row.disputed, "failure_balance_transaction": null,
            "failure_code": failure("code"), "failure_message": failure("message"), "fraud_details": {},
            "livemode": self.account.live, "metadata": row.metadata, "on_behalf_of": null,
            "outcome": outcome(row), "paid": row.paid, "payment_intent": row.intent,
            "payment_method": row.method, "payment_method_details": self.method_details(row),
            "radar_options": {}, "receipt_email": row.receipt_email, "receipt_number": null,
            "receipt_url": row.paid.then_some(receipt), "refunded": row.paid && row.amount_refunded == row.amount,
            "review": null, "shipping": row.shipping, "source": null, "source_transfer": null,
            "statement_descriptor": null, "statement_descriptor_suffix": row.suffix,
            "status": if row.paid { "succeeded" } else { "failed" }, "transfer_data": null,
            "transfer_group": row.transfer_group,
        })
    }

    fn method_details(&self, row: &Charge) -> Value {
        let Some(method) = self.books.methods.get(&row.method) else {
            return Value::Null;
        };
        let brand = numbered(&method.number).brand;
        let three_d_secure = match row.authenticated {
            true => json!({
                "authentication_flow": "challenge", "electronic_commerce_indicator": "05",
                "exemption_indicator": null, "result": "authenticated", "result_reason": null,
                "transaction_id": row.id.replace("ch_", "tds_"), "version": "2.2.0",
            }),
            false => Value::Null,
        };
        json!({
            "card": {
                "amount_authorized": if row.paid { json!(row.amount) } else { Value::Null },
                "authorization_code": if row.paid { json!("123456") } else { Value::Null },
                "brand": brand,
                "checks": {
                    "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass",
                },
                "country": "US", "electronic_commerce_indicator": null, "exp_month": method.exp_month,
                "exp_year": method.exp_year, "extended_authorization": { "status": "disabled" },
                "fingerprint": cards::fingerprint(&method.number), "funding": "credit",
                "incremental_authorization": { "status": "unavailable" }, "installments": null,
                "last4": cards::last4(&method.number), "mandate": null,
                "multicapture": { "status": "unavailable" }, "network": brand, "network_token": { "used": false },
                "network_transaction_id": row.id.replace("ch_", ""),
                "overcapture": { "maximum_amount_capturable": row.amount, "status": "unavailable" },
                "regulated_status": "unregulated", "three_d_secure": three_d_secure, "transaction_link_id": null,
                "wallet": null,
            },
            "type": "card",
        })
    }

    /// A refund.
    pub fn refund(&self, row: &Refund) -> Value {
        let charge = self.books.charges.get(&row.charge);
        let mut refund = json!({
            "id": row.id, "object": "refund", "amount": row.amount, "balance_transaction": row.transaction,
            "charge": row.charge, "created": row.created, "currency": row.currency,
            "customer": charge.and_then(|charge| charge.customer.clone()), "customer_account": null,
            "destination_details": {
                "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" },
                "type": "card",
            },
            "metadata": row.metadata, "payment_intent": row.intent,
            "payment_method": charge.map(|charge| charge.method.clone()), "reason": row.reason,
            "receipt_number": null, "source_transfer_reversal": null, "status": row.status,
            "transfer_reversal": null,
        });
        if let Some(reason) = &row.failure_reason {
            refund["failure_reason"] = json!(reason);
        }
        if let Some(transaction) = &row.failure_transaction {
            refund["failure_balance_transaction"] = json!(transaction);
        }
        if row.status == "pending" {
            refund["pending_reason"] = json!("processing");
        }
        refund
    }

    /// A dispute.
    pub fn dispute(&self, row: &Dispute) -> Value {
        let entries = row
            .transactions
            .iter()
            .filter_map(|id| self.books.transactions.get(id));
        let entries: Vec<Value> = entries.map(|entry| self.transaction(entry)).collect();
        let method = self
            .books
            .charges
            .get(&row.charge)
            .and_then(|charge| self.books.methods.get(&charge.method));
        let brand = method.map_or("visa", |method| numbered(&method.number).brand);
        let inquiry = row.status.starts_with("warning");
        let due = row.created + ANSWERED_WITHIN;
        json!({
            "id": row.id, "object": "dispute", "amount": row.amount, "balance_transactions": entries,
            "charge": row.charge, "created": row.created, "currency": row.currency,
            "enhanced_eligibility_types": [], "evidence": evidence(),
            "evidence_details": {
                "due_by": due, "enhanced_eligibility": {}, "has_evidence": false, "past_due": due < self.now,
                "submission_count": 0, "submission_method": "not_submitted",
            },
            "intended_submission_method": null, "is_charge_refundable": inquiry, "livemode": self.account.live,
            "metadata": row.metadata, "network_reason_code": "10.4", "payment_intent": row.intent,
            "payment_method_details": {
                "card": {
                    "brand": brand, "case_type": if inquiry { "inquiry" } else { "chargeback" }, "network": brand,
                    "network_reason_code": "10.4",
                },
                "type": "card",
            },
            "reason": row.reason, "status": row.status,
        })
    }
}

fn outcome(row: &Charge) -> Value {
    let declined = row
        .failure
        .as_ref()
        .and_then(|failure| failure.get("decline_code"))
        .cloned();
    let fraudulent = declined.as_ref().is_some_and(|code| code == "fraudulent");
    let (status, kind) = match (row.paid, fraudulent) {
        (true, _) => ("approved_by_network", "authorized"),
        (false, true) => ("not_sent_to_network", "blocked"),
        (false, false) => ("declined_by_network", "issuer_declined"),
    };
    json!({
        "advice_code": if row.paid { Value::Null } else { json!("try_again_later") },
        "network_advice_code": null, "network_decline_code": null, "network_status": status, "reason": declined,
        "risk_level": "normal", "risk_score": 12,
        "seller_message": if row.paid { "Payment complete." } else { "The bank declined the payment." },
        "type": kind,
    })
}

fn evidence() -> Value {
    let names = [
        "access_activity_log",
        "billing_address",
        "cancellation_policy",
        "cancellation_policy_disclosure",
        "cancellation_rebuttal",
        "customer_communication",
        "customer_email_address",
        "customer_name",
        "customer_purchase_ip",
        "customer_signature",
        "duplicate_charge_documentation",
        "duplicate_charge_explanation",
        "duplicate_charge_id",
        "product_description",
        "receipt",
        "refund_policy",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
        "service_date",
        "service_documentation",
        "shipping_address",
        "shipping_carrier",
        "shipping_date",
        "shipping_documentation",
        "shipping_tracking_number",
        "uncategorized_file",
        "uncategorized_text",
    ];
    let mut evidence: serde_json::Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), Value::Null))
        .collect();
    evidence.insert("enhanced_evidence".to_owned(), json!({}));
    Value::Object(evidence)
}
