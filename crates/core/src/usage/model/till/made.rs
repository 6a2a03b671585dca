//! Rows and requests of what is sent and bought.

use serde_json::{Map, json};
use till_wire::{
    money::Currency,
    orders::OrderItem,
    usage::{EventCreate, EventMetadata},
};
use uuid::Uuid;

use super::{
    super::{
        By, Done, Sent,
        shop::{self, PLANS, customer_id, moment},
    },
    external,
};
use crate::{
    checkout::tests::id,
    kernel::{changes::Changes, context::DecisionContext, records::UsageEvent, values::Json},
    subscriptions::start::{NewSubscription, start},
    terms::Terms,
};

pub(super) fn start_one(customer: usize, plan: usize, ctx: &DecisionContext) -> (Changes, Done) {
    let offered = shop::offered(plan);
    let terms = Terms {
        product_id: offered.product.id,
        price_id: offered.prices[0].id,
        price_ids: Json(offered.prices.iter().map(|price| price.id).collect()),
        amount: PLANS[plan].fixed,
        currency: Currency::USD,
        seats: None,
        discount_id: None,
        discount_amount: 0,
        tax_amount: None,
        tax_behavior: None,
        tax_breakdown: None,
        allow_trial: true,
        trial_end: shop::trial_end(plan, ctx.now.as_second()),
    };
    let new = NewSubscription {
        customer_id: customer_id(customer),
        product: &offered.product,
        terms: &terms,
        checkout_id: None,
        payment_method_id: Some(id(9)),
        upgraded: None,
        metadata: &Default::default(),
        custom_field_data: &Default::default(),
    };
    let row = start(new, ctx);
    let mut changes = Changes::new();
    changes.insert(&row);
    let done = Done::Started {
        id: row.id,
        customer,
        plan,
    };
    (changes, done)
}

pub(super) fn request(sent: &Sent) -> EventCreate {
    let mut metadata = Map::new();
    metadata.insert("tag".to_owned(), json!(sent.tag));
    if let Some(quarters) = sent.quarters {
        let whole = quarters % 4 == 0;
        let number = match whole {
            true => json!(quarters / 4),
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            false => json!(quarters as f64 / 4.0),
        };
        metadata.insert("n".to_owned(), number);
    } else if sent.is_text {
        metadata.insert("n".to_owned(), json!("7"));
    }
    if let Some(who) = sent.who {
        let value = match sent.is_text {
            true => json!(who.to_string()),
            false => json!(who),
        };
        metadata.insert("who".to_owned(), value);
    }
    EventCreate {
        name: sent.name.to_owned(),
        timestamp: Some(moment(sent.time)),
        customer_id: match sent.by {
            By::Id(n) => Some(customer_id(n)),
            _ => None,
        },
        member_id: None,
        external_customer_id: match sent.by {
            By::External(n) => Some(external(n)),
            _ => None,
        },
        external_member_id: None,
        external_id: sent.external.map(|n| format!("event {n}")),
        parent_id: None,
        metadata: EventMetadata(metadata),
        organization_id: None,
    }
}

pub(super) fn tag(event: &UsageEvent) -> usize {
    let tag = event.metadata.0.0["tag"].as_u64().expect("each has one");
    usize::try_from(tag).expect("few of them")
}

/// Price, amount and units of a line of an order; no units of the fixed price.
pub(super) fn line(item: &OrderItem) -> (Uuid, i64, Option<String>) {
    let units = item.label.split_once(": ").map(|(_, rest)| {
        let (units, _) = rest.split_once(" ×").expect("units and their price");
        units.to_owned()
    });
    let price = item.product_price_id.expect("each line has its price");
    (price, item.amount, units)
}
