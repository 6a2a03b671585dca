//! Subscriptions that the merchant makes: to free products only, without an order
//! (docs/behaviour: subscriptions/create).

use till_wire::{customers::SessionFor, events::EventType, metadata::Metadata};
use till_wire::{
    input::Problem,
    loc,
    subscriptions::{Subscription as View, SubscriptionCreate, SubscriptionFor},
};
use uuid::Uuid;

use super::start::{self, NewSubscription};
use crate::{
    catalog::products::ProductWithPrices,
    customers,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{Customer, Organization, ProductPrice},
        refusal::Refusal,
        values::Json,
    },
    seats,
    terms::Terms,
};

/// Subscribes a customer to a free product.
///
/// # Errors
/// Problem of the product or the customer, at its place.
pub fn create(
    input: &SubscriptionCreate,
    organization: &Organization,
    (offered, customer): (Option<&ProductWithPrices>, Option<&Customer>),
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(View, Changes), Refusal> {
    let refuse = |words: &str| {
        let place = loc!["body", "product_id"];
        Refusal::field(Problem::value(place, words, input.product_id.to_string()))
    };
    let offered = offered.ok_or_else(|| refuse("This product does not exist"))?;
    let terms = free_terms(offered, organization).map_err(refuse)?;
    let customer = customer.ok_or_else(|| unknown(&input.customer))?;
    let new = NewSubscription {
        customer_id: customer.id,
        product: &offered.product,
        terms: &terms,
        checkout_id: None,
        payment_method_id: None,
        upgraded: None,
        metadata: &input.metadata,
        custom_field_data: &Metadata::default(),
    };
    let subscription = start::start(new, ctx);
    let mut changes = Changes::new();
    changes.insert(&subscription);
    let view = || subscription.view(customer, offered, None);
    for kind in [
        EventType::SubscriptionCreated,
        EventType::SubscriptionActive,
        EventType::SubscriptionUpdated,
    ] {
        changes.emit(subscribers, ctx, kind, subscription.id, view);
    }
    changes.state_changed(subscribers, ctx, customer.id);
    Ok((view(), changes))
}

/// The terms of a subscription that costs nothing, in the organization's currency; else why the product is not for it.
fn free_terms(
    offered: &ProductWithPrices,
    organization: &Organization,
) -> Result<Terms, &'static str> {
    if let Some(words) = offered.unsellable() {
        return Err(words);
    }
    if !offered.product.is_recurring() {
        return Err("This product is sold once, not by subscription");
    }
    let currency = organization.default_currency;
    let sold: Vec<&ProductPrice> = offered.active_in(currency).collect();
    let first = sold.first().filter(|price| price.cost().is_free());
    let price = first.ok_or("This product is not free. Use a checkout for what is paid for")?;
    let ids: Vec<Uuid> = sold.iter().map(|price| price.id).collect();
    Ok(Terms {
        product_id: offered.product.id,
        price_id: price.id,
        price_ids: Json(ids),
        amount: 0,
        currency,
        seats: seats::range(sold.iter().copied()).map(|range| range.min),
        discount_id: None,
        discount_amount: 0,
        tax_amount: Some(0),
        tax_behavior: price.tax_behavior,
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    })
}

fn unknown(wanted: &SubscriptionFor) -> Refusal {
    customers::unknown(&match wanted {
        SubscriptionFor::Id(id) => SessionFor::Id(*id),
        SubscriptionFor::ExternalId(id) => SessionFor::ExternalId(id.clone()),
    })
}
