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
    customers::{self, members},
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{Customer, CustomerMember, Organization, ProductPrice},
        refusal::Refusal,
        values::Json,
    },
    seats::{self, assign, sold::Sold},
    terms::Terms,
};

/// Rows that a subscription is made of.
#[derive(Debug, Clone)]
pub struct CreateRows {
    /// Product that the request names.
    pub offered: Option<ProductWithPrices>,
    /// Customer whom it names.
    pub customer: Option<Customer>,
    /// The customer's owner, where the product is sold by the seat.
    pub owner: Option<CustomerMember>,
    /// Subscribers of its events.
    pub subscribers: Subscribers,
}

/// Subscribes a customer to a free product. Where it is sold by the seat, they become a team whose owner has the first one.
///
/// # Errors
/// Problem of the product or the customer, at its place.
pub fn create(
    input: &SubscriptionCreate,
    organization: &Organization,
    rows: &CreateRows,
    ctx: &DecisionContext,
) -> Result<(View, Changes), Refusal> {
    let (offered, subscribers) = (rows.offered.as_ref(), &rows.subscribers);
    let refuse = |words: &str| {
        let place = loc!["body", "product_id"];
        Refusal::field(Problem::value(place, words, input.product_id.to_string()))
    };
    let offered = offered.ok_or_else(|| refuse("This product does not exist"))?;
    let terms = free_terms(offered, organization).map_err(refuse)?;
    let known = rows.customer.as_ref();
    let known = known.ok_or_else(|| unknown(&input.customer))?;
    let mut customer = known.clone();
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
    if subscription.seats.is_some() {
        members::become_team(&mut customer, &mut changes, subscribers, ctx);
        changes.update(known, &customer);
    }
    let view = || subscription.view(&customer, offered, None);
    for kind in [
        EventType::SubscriptionCreated,
        EventType::SubscriptionActive,
        EventType::SubscriptionUpdated,
    ] {
        changes.emit(subscribers, ctx, kind, subscription.id, view);
    }
    changes.state_changed(subscribers, ctx, customer.id);
    if subscription.seats.is_some() {
        let sold = Sold::Subscription(Box::new(subscription.clone()));
        let owner = rows.owner.clone();
        if let Some(owner) = &owner {
            changes.guard(owner);
        }
        assign::for_buyer(&sold, 0, &customer, owner, &mut changes, subscribers, ctx);
    }
    Ok((view(), changes))
}

/// True where a subscription that is made to this product has seats: the customer's owner is to be read then.
pub fn has_seats(offered: &ProductWithPrices, organization: &Organization) -> bool {
    seats::range(offered.active_in(organization.default_currency)).is_some()
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
