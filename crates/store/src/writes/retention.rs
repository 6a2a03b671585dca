use till_core::kernel::writes::{RetentionWrite, Statement};

use super::any;

pub(super) fn retention(write: RetentionWrite) -> Statement {
    match write {
        RetentionWrite::BlankCheckout(id) => any(
            "update checkouts set retention = 'blanked', version = version + 1, customer_name = null, \
             customer_email = null, customer_email_folded = null, customer_ip_address = null, customer_billing_name = null, \
             customer_billing_address = null, customer_tax_id = null, customer_tax_id_format = null, \
             customer_metadata = '{}', custom_field_data = '{}', distinct_id = null \
             where id = $1 and status = 'expired' and retention is null",
            vec![id.into()],
        ),
        RetentionWrite::DeleteCheckout(id) => any(
            "delete from checkouts where id = $1 and retention = 'blanked' and not ad_hoc \
             and not exists (select 1 from payments p where p.checkout_id = checkouts.id) \
             and not exists (select 1 from orders o where o.checkout_id = checkouts.id) \
             and not exists (select 1 from subscriptions s where s.checkout_id = checkouts.id) \
             and not exists (select 1 from discount_redemptions r where r.checkout_id = checkouts.id)",
            vec![id.into()],
        ),
        RetentionWrite::KeepCheckout(id) => any(
            "update checkouts set retention = 'kept' where id = $1",
            vec![id.into()],
        ),
        RetentionWrite::DeleteDeliveries(event_id) => any(
            "delete from webhook_deliveries where event_id in \
             (select id from webhook_events where id = $1 and payload is null and next_attempt_at is null)",
            vec![event_id.into()],
        ),
        RetentionWrite::DeleteWebhookEvent(id) => any(
            "delete from webhook_events where id = $1 and payload is null and next_attempt_at is null",
            vec![id.into()],
        ),
        RetentionWrite::FillDeliveryKind(id) => any(
            "update webhook_deliveries set kind = (select e.kind from webhook_events e \
             where e.id = webhook_deliveries.event_id) where id = $1 and kind is null",
            vec![id.into()],
        ),
        RetentionWrite::DeleteJournal {
            organization_id,
            sequence,
        } => any(
            "delete from journal where organization_id = $1 and sequence <= $2",
            vec![organization_id.into(), sequence.into()],
        ),
        RetentionWrite::DeleteCustomerSessions { before, limit } => any(
            "delete from customer_sessions where id in \
             (select id from customer_sessions where expires_at < $1 order by expires_at limit $2)",
            vec![before.into(), limit.into()],
        ),
        RetentionWrite::DeletePortalCodes { before, limit } => any(
            "delete from portal_codes where id in \
             (select id from portal_codes where expires_at < $1 order by expires_at limit $2)",
            vec![before.into(), limit.into()],
        ),
        RetentionWrite::DeleteEmailChanges { before, limit } => any(
            "delete from email_changes where id in \
             (select id from email_changes where expires_at < $1 order by expires_at limit $2)",
            vec![before.into(), limit.into()],
        ),
        RetentionWrite::DeleteMails { before, limit } => any(
            "delete from mails where id in \
             (select id from mails where created_at < $1 order by created_at limit $2)",
            vec![before.into(), limit.into()],
        ),
        RetentionWrite::DeleteNotices { before, limit } => any(
            "delete from processor_notices where id in \
             (select id from processor_notices where created_at < $1 order by created_at limit $2)",
            vec![before.into(), limit.into()],
        ),
        RetentionWrite::DeleteLeases(before) => {
            any("delete from leases where until < $1", vec![before.into()])
        }
    }
}
