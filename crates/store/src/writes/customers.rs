use till_core::kernel::writes::{AnsweredIn, CustomFieldWrite, CustomerWrite, Statement};

use super::any;

pub(super) fn customer(write: CustomerWrite) -> Statement {
    match write {
        CustomerWrite::DeleteSessions { customer_id } => any(
            "delete from customer_sessions where customer_id = $1",
            vec![customer_id.into()],
        ),
        CustomerWrite::DeletePaymentMethod { id } => {
            any("delete from payment_methods where id = $1", vec![id.into()])
        }
    }
}

pub(super) fn custom_field(write: CustomFieldWrite) -> Statement {
    match write {
        CustomFieldWrite::ReplaceAnswers {
            of,
            id,
            version,
            answers,
        } => {
            let sql = match of {
                AnsweredIn::Checkouts => {
                    "update checkouts set custom_field_data = $1, version = version + 1 where id = $2 and version = $3"
                }
                AnsweredIn::Orders => {
                    "update orders set custom_field_data = $1, version = version + 1 where id = $2 and version = $3"
                }
                AnsweredIn::Subscriptions => {
                    "update subscriptions set custom_field_data = $1, version = version + 1 where id = $2 and version = $3"
                }
            };
            any(sql, vec![answers.into(), id.into(), version.into()])
        }
    }
}
