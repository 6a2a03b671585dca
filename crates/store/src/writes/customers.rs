use till_core::kernel::writes::{AnsweredIn, CustomFieldWrite, CustomerWrite, Statement};

use till_core::portal::{codes::CODE_USED, email_change::LINK_USED};

use super::{any, exactly_one};

pub(super) fn customer(write: CustomerWrite) -> Statement {
    match write {
        CustomerWrite::DeleteSessions { customer_id } => any(
            "delete from customer_sessions where customer_id = $1",
            vec![customer_id.into()],
        ),
        CustomerWrite::DeletePaymentMethod { id } => {
            any("delete from payment_methods where id = $1", vec![id.into()])
        }
        CustomerWrite::DeleteOwnersSessions { customer_id } => any(
            "delete from customer_sessions where customer_id = $1 and member_id is null",
            vec![customer_id.into()],
        ),
        CustomerWrite::DeleteMemberSessions { member_id } => any(
            "delete from customer_sessions where member_id = $1",
            vec![member_id.into()],
        ),
        CustomerWrite::DeletePaymentMethods { customer_id } => any(
            "delete from payment_methods where customer_id = $1",
            vec![customer_id.into()],
        ),
        CustomerWrite::DeleteLetters { customer_id } => any(
            "delete from mails where customer_id = $1 or about_customer_id = $1",
            vec![customer_id.into()],
        ),
        CustomerWrite::ForgetBuyer { checkout_id } => any(
            "update discount_redemptions set email_key = null, card_fingerprint = null where checkout_id = $1",
            vec![checkout_id.into()],
        ),
        CustomerWrite::ForgetTrials {
            customer_id,
            email_key,
        } => any(
            "update trial_redemptions set email_key = $2, card_fingerprint = null where customer_id = $1",
            vec![customer_id.into(), email_key.into()],
        ),
        CustomerWrite::ForgetPayloads { subject_id } => any(
            "update webhook_events set payload = null \
             where subject_id = $1 and payload is not null and next_attempt_at is null",
            vec![subject_id.into()],
        ),
        CustomerWrite::ForgetAnswers { subject_id } => any(
            "update webhook_deliveries set response = null where event_id in \
             (select id from webhook_events where subject_id = $1) and response is not null",
            vec![subject_id.into()],
        ),
        CustomerWrite::DeleteMembers { customer_id } => any(
            "delete from customer_members where customer_id = $1",
            vec![customer_id.into()],
        ),
        CustomerWrite::ForgetSeats { customer_id } => any(
            "update customer_seats set metadata = null, version = version + 1 \
             where customer_id = $1 and metadata is not null",
            vec![customer_id.into()],
        ),
        CustomerWrite::DeleteActivations { customer_id } => any(
            "delete from license_key_activations where license_key_id in \
             (select id from license_keys where customer_id = $1)",
            vec![customer_id.into()],
        ),
        CustomerWrite::RevokeLicenseKeys { customer_id } => any(
            "update license_keys set status = 'revoked', activations = 0, version = version + 1 \
             where customer_id = $1 and (status <> 'revoked' or activations <> 0)",
            vec![customer_id.into()],
        ),
        CustomerWrite::DeleteMember { id } => any(
            "delete from customer_members where id = $1",
            vec![id.into()],
        ),
        CustomerWrite::DeleteSession { id } => any(
            "delete from customer_sessions where id = $1",
            vec![id.into()],
        ),
        CustomerWrite::UseCode { id, now } => exactly_one(
            CODE_USED,
            "update portal_codes set used_at = $1 where id = $2 and used_at is null",
            vec![now.into(), id.into()],
        ),
        CustomerWrite::UseEmailChange { id } => exactly_one(
            LINK_USED,
            "delete from email_changes where id = $1",
            vec![id.into()],
        ),
        CustomerWrite::DeleteEmailChanges { customer_id } => any(
            "delete from email_changes where customer_id = $1",
            vec![customer_id.into()],
        ),
        CustomerWrite::DeleteCodesOf {
            organization_id,
            email_key,
        } => any(
            "delete from portal_codes where organization_id = $1 and email_key = $2",
            vec![organization_id.into(), email_key.into()],
        ),
        CustomerWrite::UseCodesOf {
            organization_id,
            email_key,
            now,
        } => any(
            "update portal_codes set used_at = $1 \
             where organization_id = $2 and email_key = $3 and used_at is null",
            vec![now.into(), organization_id.into(), email_key.into()],
        ),
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
