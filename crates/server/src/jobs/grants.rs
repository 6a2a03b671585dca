//! Benefits that purchases give (docs/behaviour: benefits/sync).

use std::collections::HashSet;

use till_core::{
    benefits::{self, GrantRows, Holder},
    kernel::{
        changes::Changes,
        grants::{EARLIER_JOB, GrantScope, ManyScopes},
        jobs::End,
        records::{Benefit, Customer, Organization, Product, Subscription},
    },
    seats::sold::Sold,
    usage::credits,
};
use till_store::Query;
use till_wire::{benefits::BenefitType, orders::BillingReason};
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// Purchases that one step of a walk asks for.
const PAGE: i64 = 100;

/// Grants and revokes what a purchase gives, as things are now. It may run any number of times.
pub async fn sync(app: &App, scope: GrantScope) -> Result<End, ApiError> {
    match scope {
        GrantScope::Subscription(id) => of_subscription(app, id).await,
        GrantScope::Order(id) => of_order(app, id).await,
    }
}

async fn of_subscription(app: &App, id: Uuid) -> Result<End, ApiError> {
    let found: Option<Subscription> = app.store.one(Query::by_id::<Subscription>(id)).await?;
    let Some(subscription) = found else {
        return Ok(End::Done(Changes::new()));
    };
    let purchase = Purchase {
        scope: GrantScope::Subscription(id),
        organization_id: subscription.organization_id,
        customer_id: subscription.customer_id,
        product_id: subscription.product_id,
        has_ended: subscription.ended_at.is_some(),
    };
    let Some((mut rows, organization)) = load(app, &purchase).await? else {
        return Ok(End::Done(Changes::new()));
    };
    let sold = Sold::Subscription(Box::new(subscription.clone()));
    let holders = holders(app, &sold, subscription.seats, &mut rows).await?;
    let ctx = app.context_of(&organization);
    let settings = &organization.settings.subscription_settings;
    let grace = settings.benefit_revocation_grace_period;
    rows.gives = benefits::subscription_gives(&subscription, grace, ctx.now);
    rows.cycles = app.store.paid_renewals(id).await?;
    rows.subscription = Some(subscription);
    let subscribers = app.store.subscribers(organization.id).await?;
    let changes = benefits::sync(&rows, &holders, &subscribers, &ctx);
    Ok(End::Done(changes))
}

async fn of_order(app: &App, id: Uuid) -> Result<End, ApiError> {
    let Some(order) = app.store.order_by_id(id).await? else {
        return Ok(End::Done(Changes::new()));
    };
    let own = order.organization_id;
    if let Some(subscription_id) = order.subscription_id {
        let mut changes = Changes::new();
        let begins_a_period = matches!(
            order.billing_reason,
            BillingReason::SubscriptionCycle | BillingReason::SubscriptionMeterCycle
        );
        if begins_a_period {
            let ctx = app.context_for(own).await?;
            changes.sync_grants(&ctx, GrantScope::Subscription(subscription_id));
        }
        return Ok(End::Done(changes));
    }
    let purchase = Purchase {
        scope: GrantScope::Order(id),
        organization_id: own,
        customer_id: order.customer_id,
        product_id: order.product_id,
        has_ended: false,
    };
    let Some((mut rows, organization)) = load(app, &purchase).await? else {
        return Ok(End::Done(Changes::new()));
    };
    let (refunds, disputes, subscribers) = tokio::try_join!(
        app.store.refunds_of_order(own, id),
        app.store.disputes_of_order(own, id),
        app.store.subscribers(own),
    )?;
    rows.gives = benefits::order_gives(&order, &refunds, &disputes);
    let sold = Sold::Order(Box::new(order.clone()));
    let holders = holders(app, &sold, order.seats, &mut rows).await?;
    let ctx = app.context_of(&organization);
    let changes = benefits::sync(&rows, &holders, &subscribers, &ctx);
    Ok(End::Done(changes))
}

/// Holders of what a purchase gives. Members who have a seat are put among the rows.
async fn holders(
    app: &App,
    sold: &Sold,
    number: Option<i64>,
    rows: &mut GrantRows,
) -> Result<Vec<Holder>, ApiError> {
    if number.is_none() {
        return Ok(benefits::holders(None, &[]));
    }
    let (seats, members) = tokio::try_join!(
        app.store.seats_of(sold),
        app.store.customer_members(rows.customer.id),
    )?;
    rows.members = members;
    Ok(benefits::holders(number, &seats))
}

/// A purchase, and the rows that it names.
struct Purchase {
    scope: GrantScope,
    organization_id: Uuid,
    customer_id: Uuid,
    product_id: Uuid,
    /// True for a subscription that has ended: what it used and was not billed for never is.
    has_ended: bool,
}

/// The rows of a purchase; none where it gives nothing and never did, as most do.
async fn load(
    app: &App,
    purchase: &Purchase,
) -> Result<Option<(GrantRows, Organization)>, ApiError> {
    let (store, own) = (&app.store, purchase.organization_id);
    let (product, grants) = tokio::try_join!(
        store.one::<Product>(Query::by_id::<Product>(purchase.product_id)),
        store.grants_of(purchase.scope),
    )?;
    let Some(product) = product else {
        return Ok(None);
    };
    if product.benefit_ids.is_empty() && grants.is_empty() {
        return Ok(None);
    }
    let former = grants.iter().map(|grant| grant.benefit_id);
    let named: Vec<Uuid> = product.benefit_ids.iter().copied().chain(former).collect();
    let members = async {
        match grants.iter().any(|grant| grant.member_id.is_some()) {
            true => store.customer_members(purchase.customer_id).await,
            false => Ok(Vec::new()),
        }
    };
    let keys = async {
        match grants.is_empty() {
            true => Ok(Vec::new()),
            false => store.license_keys_of(purchase.scope).await,
        }
    };
    let (known, customer, organization, members, keys) = tokio::try_join!(
        store.benefits(own, &named),
        store.any_customer(purchase.customer_id),
        store.organization(own),
        members,
        keys,
    )?;
    let there: Option<(Customer, Organization)> = customer.zip(organization);
    let Some((customer, organization)) = there else {
        return Ok(None);
    };
    let gives_credits = known.iter().any(|one| one.kind == BenefitType::MeterCredit);
    let (mut counts, mut unbilled, mut paid_meters) = (Vec::new(), Vec::new(), Vec::new());
    if gives_credits {
        let subscription: Vec<Uuid> = match purchase.scope {
            GrantScope::Subscription(id) if !purchase.has_ended => vec![id],
            _ => Vec::new(),
        };
        let customers = [customer.id];
        let ((_, prices), usage, known) = tokio::try_join!(
            store.metered_subscriptions(own, &customers),
            store.usage_charges(&subscription),
            store.meters_of_customers(&customers),
        )?;
        counts = known;
        paid_meters = prices.iter().filter_map(|price| price.meter_id).collect();
        let used: Vec<Uuid> = usage.iter().map(|row| row.meter_id).collect();
        unbilled = credits::unbilled(&usage, &store.meters(own, &used).await?);
    }
    let find = |id: &Uuid| known.iter().find(|benefit| benefit.id == *id);
    let of_product = |benefit: &Benefit| product.benefit_ids.contains(&benefit.id);
    let rows = GrantRows {
        subscription: None,
        order_id: match purchase.scope {
            GrantScope::Subscription(_) => None,
            GrantScope::Order(id) => Some(id),
        },
        customer,
        members,
        gives: false,
        benefits: product
            .benefit_ids
            .iter()
            .filter_map(find)
            .cloned()
            .collect(),
        former: known
            .iter()
            .filter(|one| !of_product(one))
            .cloned()
            .collect(),
        grants,
        keys,
        cycles: Vec::new(),
        counts,
        unbilled,
        paid_meters,
    };
    Ok(Some((rows, organization)))
}

/// Has the grants of many purchases looked at: those of a page now, and the others in a job of their own.
pub async fn sync_each(app: &App, walk: ManyScopes) -> Result<End, ApiError> {
    let ctx = app.context();
    let found = app.store.scopes_of(&walk, PAGE).await?;
    let mut changes = Changes::new();
    // A team has many grants of one purchase.
    let scopes: HashSet<GrantScope> = found.iter().map(|(_, scope)| *scope).collect();
    for scope in scopes {
        changes.sync_grants(&ctx, scope);
    }
    if let Some((last, _)) = found.last()
        && i64::try_from(found.len()).is_ok_and(|count| count >= PAGE)
    {
        let next = ManyScopes {
            after: Some(*last),
            ..walk
        };
        changes.sync_page(&ctx, &next);
    }
    Ok(End::Done(changes))
}

/// Has the grants of everybody looked at who bought before benefits were granted, behind the product of this id.
pub async fn earlier(app: &App, after: Option<Uuid>) -> Result<End, ApiError> {
    let ctx = app.context();
    let found = app.store.products_with_benefits(after, PAGE).await?;
    let mut changes = Changes::new();
    for (product_id, organization_id) in &found {
        changes.sync_buyers(&ctx, *organization_id, *product_id);
    }
    if let Some((last, _)) = found.last() {
        let key = format!("{EARLIER_JOB}:{last}");
        changes.job(&ctx, EARLIER_JOB, &key, ctx.now, &Some(*last));
    }
    Ok(End::Done(changes))
}
