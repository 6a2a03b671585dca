//! Opening a session.

pub(super) mod loaded;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use till_wire::{
    address::Address,
    checkouts::{CheckoutCreate, CheckoutStatus},
    events::EventType,
    input::Problem,
    loc,
};

pub use self::loaded::{Loaded, Origin};
use super::{
    Session,
    choose::{ad_hoc, check_amount, choose, usable},
    totals,
};
use crate::{
    catalog::custom_fields,
    customers::check_tax_id,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{Checkout, Customer},
        refusal::{Refusal, collected},
        urls::PublicUrls,
        values::Json,
    },
    organizations::capabilities,
    seats,
    subscriptions::trials,
    tax::Taxes,
    terms::{Buyer, Terms},
};

/// Time for which a session stays open.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Opens a session.
pub fn open(
    input: CheckoutCreate,
    loaded: Loaded,
    origin: Origin,
    urls: &PublicUrls,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<(Session, Changes), Refusal> {
    let id = ctx.id();
    let own_prices = ad_hoc(id, &input, &loaded, ctx);
    let choice = choose(&input, &loaded, origin, own_prices)?;
    if !capabilities(loaded.organization.status).api_access {
        return Err(Refusal::NotPermitted(
            "This organization cannot use the API.".into(),
        ));
    }
    if let Some(chosen) = input.amount {
        check_amount(chosen, choice.prices.iter())?;
    }
    let discount = match input.discount_id {
        None => None,
        Some(id) => Some(usable(
            loaded.discount.as_ref(),
            choice.sale(&loaded),
            "discount_id",
            id.to_string().into(),
            ctx,
        )?),
    };
    let prices = seats::range(choice.prices.iter());
    let range = prices.map(|r| r.within(input.min_seats, input.max_seats));
    let mut tax_id = match &input.customer_tax_id {
        None => None,
        Some(typed) => Some(
            check_tax_id(
                typed,
                input.customer_billing_address.as_ref(),
                ("customer_billing_address", "customer_tax_id"),
                "value_error",
            )
            .map_err(|problem| Refusal::field(*problem))?,
        ),
    };
    seats::judge_bounds(prices, input.min_seats, input.max_seats)?;
    let wanted = input.seats;
    let seats = seats::judge(range, wanted)?;
    no_units(&input)?;
    let customer = linked(&input, &loaded)?;
    let amount = totals::amount(choice.prices.iter(), input.amount, seats)?;

    let require_billing_address = input.require_billing_address
        || input
            .customer_billing_address
            .as_ref()
            .is_some_and(asks_for_more);
    let mut email = input.customer_email;
    let mut name = input.customer_name;
    let mut billing_name = input.customer_billing_name;
    let mut address = input.customer_billing_address;
    let mut external_id = input.external_customer_id;
    let mut is_business = input.is_business_customer.unwrap_or(false);
    if let Some(customer) = customer {
        email = email.or_else(|| Some(customer.email.clone()));
        name = name.or_else(|| customer.name.clone());
        billing_name = billing_name.or_else(|| customer.name_on_bills());
        address = address.or_else(|| customer.billing_address.as_ref().map(|a| a.0.clone()));
        tax_id = tax_id.or_else(|| customer.tax_id.clone().zip(customer.tax_id_format.clone()));
        external_id = external_id.or_else(|| customer.external_id.clone());
        if input.is_business_customer.is_none() {
            let street = customer
                .billing_address
                .as_ref()
                .is_some_and(|a| a.has_street_part());
            is_business = customer.billing_name.is_some() && street;
        }
    }
    if address.is_none() {
        address = loaded
            .ip_country
            .filter(|country| !country.is_embargoed())
            .map(Address::of_country);
    }
    let (customer_tax_id, customer_tax_id_format) = tax_id.unzip();
    let localised = loaded
        .organization
        .settings
        .features()
        .checkout_localization_enabled;
    let locale = if localised {
        input
            .locale
            .or_else(|| customer.and_then(|c| c.locale.clone()))
    } else {
        Some("en".to_owned())
    };
    let (trial_interval, trial_interval_count) = input.trial.unzip();
    let checkout = Checkout {
        id,
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: loaded.organization.id,
        status: CheckoutStatus::Open,
        client_secret: ctx.token("polar_c_"),
        expires_at: ctx.now + LIFETIME,
        success_url: input.success_url,
        return_url: input.return_url,
        embed_origin: input.embed_origin,
        product_ids: Json(choice.product_ids),
        allow_discount_codes: input.allow_discount_codes,
        require_billing_address,
        ad_hoc: !choice.ad_hoc.is_empty(),
        min_seats: input.min_seats,
        max_seats: input.max_seats,
        trial_interval,
        trial_interval_count,
        checkout_link_id: origin.checkout_link_id,
        customer_id: customer.map(|c| c.id),
        matched_by_email: false,
        external_customer_id: external_id,
        conflicting_external_customer_id: None,
        customer_ip_address: input.customer_ip_address,
        processor_metadata: Json(BTreeMap::new()),
        metadata: Json(input.metadata),
        customer_metadata: Json(input.customer_metadata),
        subscription_id: loaded.subscription.as_ref().map(|s| s.id),
        attempt_id: None,
        opened_at: None,
        distinct_id: None,
        terms: Terms {
            product_id: choice.product_id,
            price_id: choice.price_id,
            price_ids: Json(choice.prices.iter().map(|p| p.id).collect()),
            amount,
            currency: choice.currency,
            tax_amount: None,
            tax_behavior: None,
            tax_breakdown: None,
            allow_trial: input.allow_trial,
            seats,
            discount_id: None,
            discount_amount: 0,
            trial_end: None,
        },
        buyer: Buyer {
            custom_field_data: Json::default(),
            is_business_customer: is_business,
            customer_name: name,
            customer_email: email,
            customer_billing_name: billing_name,
            customer_billing_address: address.map(Json),
            customer_tax_id,
            customer_tax_id_format,
            locale,
            payment_method_type: None,
        },
    };
    let own = choice.ad_hoc;
    let mut session = Session::new(checkout, loaded.organization, loaded.offered)
        .with_own_prices(own.clone(), &loaded.meters);
    session.discount = discount;
    let custom_fields = session.selected().custom_fields();
    let answers = custom_fields::judge(&custom_fields, &input.custom_field_data, false);
    session.checkout.buyer.custom_field_data.0.0 = answers.map_err(Refusal::Invalid)?;
    session.checkout.terms.trial_end =
        trials::active(&session.checkout, &session.selected().product)
            .map(|trial| trials::end(ctx.now, trial));
    // An address that does not do is no reason to refuse the session (docs/behaviour: checkout/unknown-tax).
    totals::recompute_totals(&mut session, taxes);
    let mut changes = Changes::new();
    // Before the session, which refers to its price.
    for price in own {
        changes.insert(&price);
    }
    changes.insert(&session.checkout);
    changes.emit_checkout(
        &session,
        EventType::CheckoutCreated,
        &loaded.subscribers,
        urls,
        ctx,
    );
    Ok((session, changes))
}

/// Refuses units: no price here is counted in them.
fn no_units(input: &CheckoutCreate) -> Result<(), Refusal> {
    let given = [
        ("min_units", input.min_units),
        ("max_units", input.max_units),
        ("units", input.units),
    ];
    let problem = |(key, value): (&'static str, Option<i64>)| {
        Some(Problem::value(
            loc!["body", key],
            "This product is not sold by the unit",
            value?,
        ))
    };
    collected(given.into_iter().filter_map(problem).collect())
}

/// The customer of the subscription, else the one named by id, else by external id.
fn linked<'a>(input: &CheckoutCreate, loaded: &'a Loaded) -> Result<Option<&'a Customer>, Refusal> {
    if let Some(id) = input.subscription_id {
        let refuse = |words| {
            Refusal::field(Problem::value(
                loc!["body", "subscription_id"],
                words,
                id.to_string(),
            ))
        };
        if loaded.subscription.is_none() {
            return Err(refuse("This subscription does not exist"));
        }
        // What it costs now says nothing: a discount may hide the price, and usage is charged later.
        if !loaded
            .subscription_prices
            .iter()
            .all(|p| p.cost().is_free())
        {
            return Err(refuse(
                "Only free subscriptions can be upgraded at checkout",
            ));
        }
    } else if let Some(id) = input.customer_id
        && loaded.customer.is_none()
    {
        return Err(Refusal::field(Problem::value(
            loc!["body", "customer_id"],
            "This customer does not exist",
            id.to_string(),
        )));
    }
    Ok(loaded.customer.as_ref())
}

/// True for an address with parts that only the whole address has (docs/behaviour: checkout/address-wanted).
fn asks_for_more(address: &Address) -> bool {
    let us_or_canada = matches!(address.country.as_str(), "US" | "CA");
    address.has_street_part() || (address.state.is_some() && !us_or_canada)
}
