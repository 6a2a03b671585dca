use till_core::discounts::{CUSTOMER_LIMIT, MOVED};
use till_core::kernel::writes::{DiscountWrite, Statement};

use super::{any, exactly_one};

/// The condition that a use `r` of a discount counts against its buyer's limit: not once every order that it led to was
/// given back in full, unless that prevented a dispute (docs/behaviour: discounts/per-customer).
macro_rules! redemption_counts {
    () => {
        "(not exists (select 1 from orders o where o.checkout_id = r.checkout_id) \
         or exists (select 1 from orders o where o.checkout_id = r.checkout_id and o.status <> 'refunded') \
         or exists (select 1 from orders o where o.subscription_id = r.subscription_id \
                    and o.discount_id = r.discount_id and o.status in ('paid', 'partially_refunded')) \
         or exists (select 1 from orders o join refunds b on b.order_id = o.id \
                    where (o.checkout_id = r.checkout_id or o.subscription_id = r.subscription_id) \
                    and b.reason = 'dispute_prevention' and b.state = 'succeeded'))"
    };
}
pub(crate) use redemption_counts;

pub(super) fn discount(write: DiscountWrite) -> Statement {
    match write {
        DiscountWrite::CountUse {
            discount_id,
            modified_at,
        } => exactly_one(
            MOVED,
            "update discounts set redemptions_count = redemptions_count + 1, version = version + 1 \
             where id = $1 and (max_redemptions is null or redemptions_count < max_redemptions) \
             and modified_at is not distinct from $2",
            vec![discount_id.into(), modified_at.into()],
        ),
        DiscountWrite::CountLateUse(discount_id) => any(
            "update discounts set redemptions_count = redemptions_count + 1, version = version + 1 where id = $1",
            vec![discount_id.into()],
        ),
        DiscountWrite::GiveBackUse(discount_id) => any(
            "update discounts set redemptions_count = redemptions_count - 1, version = version + 1 where id = $1",
            vec![discount_id.into()],
        ),
        DiscountWrite::CheckCustomerLimit {
            redemption_id,
            limit,
            discount_id,
            checkout_id,
            customer_id,
            email_key,
            card_fingerprint,
        } => exactly_one(
            CUSTOMER_LIMIT,
            concat!(
                "update discount_redemptions set created_at = created_at where id = $1 and $2 > \
                 (select count(*) from discount_redemptions r where r.discount_id = $3 and r.checkout_id <> $4 \
                 and (r.customer_id = $5 or r.email_key = $6 or r.card_fingerprint = $7) and ",
                redemption_counts!(),
                ")"
            ),
            vec![
                redemption_id.into(),
                limit.into(),
                discount_id.into(),
                checkout_id.into(),
                customer_id.into(),
                email_key.into(),
                card_fingerprint.into(),
            ],
        ),
        DiscountWrite::UncountUse(checkout_id) => any(
            "update discounts set redemptions_count = redemptions_count - 1, version = version + 1 \
             where id = (select discount_id from discount_redemptions where checkout_id = $1)",
            vec![checkout_id.into()],
        ),
        DiscountWrite::DeleteUse(checkout_id) => any(
            "delete from discount_redemptions where checkout_id = $1",
            vec![checkout_id.into()],
        ),
        DiscountWrite::BindUse {
            checkout_id,
            customer_id,
            subscription_id,
            card_fingerprint,
        } => any(
            "update discount_redemptions set customer_id = $1, subscription_id = $2, \
             card_fingerprint = coalesce($3, card_fingerprint) where checkout_id = $4",
            vec![
                customer_id.into(),
                subscription_id.into(),
                card_fingerprint.into(),
                checkout_id.into(),
            ],
        ),
    }
}
