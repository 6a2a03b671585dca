//! Requests that make refunds.

use uuid::Uuid;

use super::RefundReason;
use crate::{limits, metadata::Metadata, request::*};

crate::words! {
    /// Reason that a refund is asked for with.
    enum AskedReason {
        Duplicate = "duplicate",
        Fraudulent = "fraudulent",
        CustomerRequest = "customer_request",
        ServiceDisruption = "service_disruption",
        SatisfactionGuarantee = "satisfaction_guarantee",
        Other = "other",
    }
}

impl From<AskedReason> for RefundReason {
    fn from(reason: AskedReason) -> Self {
        match reason {
            AskedReason::Duplicate => Self::Duplicate,
            AskedReason::Fraudulent => Self::Fraudulent,
            AskedReason::CustomerRequest => Self::CustomerRequest,
            AskedReason::ServiceDisruption => Self::ServiceDisruption,
            AskedReason::SatisfactionGuarantee => Self::SatisfactionGuarantee,
            AskedReason::Other => Self::Other,
        }
    }
}

request! {
    /// New refund.
    pub struct RefundCreate {
        /// ID of the order whose money is given back.
        pub order_id: Uuid = required(id()),
        /// Reason for the refund.
        pub reason: RefundReason = required(literal::<AskedReason>().map(RefundReason::from)),
        /// Amount to give back, without tax, in minor units of the order's currency: at most the order's
        /// `refundable_amount`. The tax on it is given back with it.
        pub amount: i64 = required(positive(limits::AMOUNT)),
        /// Note for yourself; no answer has it.
        pub comment: Option<String> = optional(blankable(limits::LINE)),
        /// True if the benefits of the order are taken back with the money; not for an order of a subscription.
        pub revoke_benefits: bool = omittable(flag()).or(false),
        /// Your own key-value data to attach to the refund: up to 50 keys of 1 to 40 characters; values are texts of 1
        /// to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::input::Context;

    fn places(change: Value) -> Vec<String> {
        let mut body = json!({
            "order_id": Uuid::nil(), "reason": "other", "amount": 1, "comment": " ",
        });
        body["order_id"] = json!("7d444840-9dc0-41d1-b245-5ffdce74fad2");
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let mut cx = Context::new("body");
        let read = RefundCreate::read(&body, &mut cx);
        assert_eq!(read.is_none(), !cx.problems.is_empty());
        let place = |p: &crate::input::Problem| {
            format!("{} {}", serde_json::to_string(&p.loc).unwrap(), p.kind)
        };
        cx.problems.iter().map(place).collect()
    }

    #[test]
    fn a_refund_gives_something_back_for_a_reason_that_is_the_merchants() {
        assert!(places(json!({})).is_empty());
        for amount in [json!(0), json!(-1)] {
            assert_eq!(
                places(json!({"amount": amount})),
                [r#"["body","amount"] greater_than"#]
            );
        }
        assert_eq!(
            places(json!({"reason": "dispute_prevention"})),
            [r#"["body","reason"] literal_error"#]
        );
    }
}
