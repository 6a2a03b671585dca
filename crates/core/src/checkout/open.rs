//! Opening a session (checkout.md 2).

use std::collections::BTreeMap;

use jiff::SignedDuration;
use till_wire::{
    address::Address,
    checkouts::{CheckoutCreate, CheckoutStatus, Offer},
    country::Country,
    events::EventType,
    input::Problem,
    loc,
    money::Currency,
    products::{PriceAmount, Visibility},
};
use uuid::Uuid;

use super::{Session, totals};
use crate::{
    at::At,
    change::{Changes, Json},
    customers::check_tax_id,
    event::Audience,
    organizations::capabilities,
    products::Offered,
    records::{Checkout, Customer, Organization, ProductPrice, Subscription},
    refusal::{Refusal, collected},
    site::Site,
};

/// How long a session stays open.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The rows that opening depends on, all of the caller's organization.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The merchant.
    pub organization: Organization,
    /// Those of the wanted products that exist, with all their prices.
    pub offered: Vec<Offered>,
    /// The customer named by id or external id, if there is one.
    pub customer: Option<Customer>,
    /// The subscription to upgrade, if it exists.
    pub subscription: Option<Subscription>,
    /// The country of the buyer's network address, where known.
    pub ip_country: Option<Country>,
    /// Who is told.
    pub audience: Audience,
}

/// Opens a session.
pub fn open(
    input: CheckoutCreate,
    loaded: Loaded,
    site: &Site,
    at: &At,
) -> Result<(Session, Changes), Refusal> {
    not_yet(&input)?;
    let choice = choose(&input, &loaded)?;
    if !capabilities(loaded.organization.status).api_access {
        return Err(Refusal::NotPermitted(
            "This organization cannot use the API.".into(),
        ));
    }
    let amount = starting_amount(&input, &choice)?;
    if let Some(id) = input.discount_id {
        return Err(Refusal::field(Problem::value(
            loc!["body", "discount_id"],
            "This discount does not exist",
            id.to_string(),
        )));
    }
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
    no_quantities(&input)?;
    let customer = linked(&input, &loaded)?;

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
        .feature("checkout_localization_enabled");
    let locale = if localised {
        input
            .locale
            .or_else(|| customer.and_then(|c| c.locale.clone()))
    } else {
        Some("en".to_owned())
    };
    let checkout = Checkout {
        id: at.id(),
        created_at: at.now,
        modified_at: None,
        version: 1,
        organization_id: loaded.organization.id,
        status: CheckoutStatus::Open,
        client_secret: at.token("polar_c_"),
        expires_at: at.now + LIFETIME,
        success_url: input.success_url,
        return_url: input.return_url,
        embed_origin: input.embed_origin,
        product_id: choice.product_id,
        price_id: choice.price_id,
        product_ids: Json(choice.product_ids),
        amount,
        currency: choice.currency,
        tax_amount: None,
        tax_behavior: None,
        allow_discount_codes: input.allow_discount_codes,
        require_billing_address,
        allow_trial: input.allow_trial,
        customer_id: customer.map(|c| c.id),
        matched_by_email: false,
        external_customer_id: external_id,
        is_business_customer: is_business,
        customer_name: name,
        customer_email: email,
        customer_ip_address: input.customer_ip_address,
        customer_billing_name: billing_name,
        customer_billing_address: address.map(Json),
        customer_tax_id,
        customer_tax_id_format,
        locale,
        payment_method_type: None,
        processor_metadata: Json(BTreeMap::new()),
        metadata: Json(input.metadata),
        customer_metadata: Json(input.customer_metadata),
        subscription_id: loaded.subscription.as_ref().map(|s| s.id),
        attempt_id: None,
        opened_at: None,
        distinct_id: None,
    };
    let mut session = Session::new(checkout, loaded.organization, loaded.offered);
    totals::tax(&mut session);
    let mut changes = Changes::new();
    changes.insert(&session.checkout);
    changes.tell_checkout(
        &session,
        EventType::CheckoutCreated,
        &loaded.audience,
        site,
        at,
    );
    Ok((session, changes))
}

/// What is asked for and comes in a later version: refused, because a session that silently charged at
/// once instead of starting a trial would be worse.
fn not_yet(input: &CheckoutCreate) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    let mut refuse = |key: &'static str, words: &str| {
        problems.push(Problem::value(
            loc!["body", key],
            format!("{words} are not supported by this version of Till"),
            serde_json::Value::Null,
        ));
    };
    if !input.ad_hoc.is_empty() {
        refuse("prices", "Ad-hoc prices");
    }
    if input.trial.is_some() {
        refuse("trial_interval", "Trials");
    }
    collected(problems)
}

struct Choice {
    product_id: Uuid,
    price_id: Uuid,
    product_ids: Vec<Uuid>,
    currency: Currency,
    /// The prices that are summed: one for shape C, else all of the currency.
    prices: Vec<ProductPrice>,
}

/// CR-10 to CR-24: which product, price and currency.
fn choose(input: &CheckoutCreate, loaded: &Loaded) -> Result<Choice, Refusal> {
    match &input.offer {
        Offer::Price(id) => choose_price(*id, loaded),
        Offer::Product(id) => {
            let at = loc!["body", "product_id"];
            let offered = sellable(*id, loaded).map_err(|words| {
                Refusal::field(Problem::value(at.clone(), words, id.to_string()))
            })?;
            in_currency(offered, input, loaded).ok_or_else(|| {
                Refusal::field(Problem::value(
                    at,
                    "This product has no price in this currency",
                    id.to_string(),
                ))
            })
        }
        Offer::Products(ids) => {
            let problems = ids
                .iter()
                .enumerate()
                .filter_map(|(i, id)| {
                    let words = sellable(*id, loaded).err()?;
                    Some(Problem::value(
                        loc!["body", "products", i],
                        words,
                        id.to_string(),
                    ))
                })
                .collect();
            collected(problems)?;
            let first = ids[0];
            let offered = sellable(first, loaded).map_err(|_| Refusal::NotFound)?;
            let choice = in_currency(offered, input, loaded).ok_or_else(|| {
                Refusal::field(Problem::value(
                    loc!["body", "products", 0],
                    "This product has no price in this currency",
                    first.to_string(),
                ))
            })?;
            Ok(Choice {
                product_ids: ids.clone(),
                ..choice
            })
        }
    }
}

fn sellable(id: Uuid, loaded: &Loaded) -> Result<&Offered, &'static str> {
    let offered = loaded
        .offered
        .iter()
        .find(|o| o.product.id == id)
        .ok_or("This product does not exist")?;
    if offered.product.is_archived {
        return Err("This product is archived");
    }
    if offered.product.visibility == Visibility::Draft {
        return Err("This product is a draft");
    }
    Ok(offered)
}

fn choose_price(id: Uuid, loaded: &Loaded) -> Result<Choice, Refusal> {
    let refuse = |words: &str| {
        Refusal::field(Problem::value(
            loc!["body", "product_price_id"],
            words,
            id.to_string(),
        ))
    };
    let (offered, price) = loaded
        .offered
        .iter()
        .find_map(|o| Some((o, o.prices.iter().find(|p| p.id == id)?)))
        .ok_or_else(|| refuse("This price does not exist"))?;
    if price.is_archived {
        return Err(refuse("This price is archived"));
    }
    sellable(offered.product.id, loaded).map_err(refuse)?;
    Ok(Choice {
        product_id: offered.product.id,
        price_id: id,
        product_ids: vec![offered.product.id],
        currency: price.currency,
        prices: vec![price.clone()],
    })
}

/// CR-20: the explicit currency, else that of the buyer's country, else the organization's.
fn in_currency(offered: &Offered, input: &CheckoutCreate, loaded: &Loaded) -> Option<Choice> {
    let candidates = match input.currency {
        Some(currency) => vec![currency],
        None => loaded
            .ip_country
            .and_then(Country::currency)
            .into_iter()
            .chain([loaded.organization.default_currency])
            .collect(),
    };
    let (currency, price) = candidates
        .into_iter()
        .find_map(|currency| Some((currency, totals::selected_price(offered, currency)?)))?;
    Some(Choice {
        product_id: offered.product.id,
        price_id: price.id,
        product_ids: vec![offered.product.id],
        currency,
        prices: offered.active_in(currency).cloned().collect(),
    })
}

fn starting_amount(input: &CheckoutCreate, choice: &Choice) -> Result<i64, Refusal> {
    if let Some(chosen) = input.amount {
        check_amount(chosen, choice.prices.iter())?;
    }
    Ok(totals::amount(choice.prices.iter(), input.amount))
}

/// The bounds of an amount that the buyer chooses (CR-30, checkout.md 2.5); other prices ignore it.
pub fn check_amount<'a>(
    chosen: i64,
    mut prices: impl Iterator<Item = &'a ProductPrice>,
) -> Result<(), Refusal> {
    let custom = prices.find_map(|p| match p.cost() {
        PriceAmount::Custom {
            minimum_amount,
            maximum_amount,
            ..
        } => Some((minimum_amount, maximum_amount, p.currency)),
        PriceAmount::Fixed { .. } => None,
    });
    let Some((minimum, maximum, currency)) = custom else {
        return Ok(());
    };
    let words = |amount| till_wire::money::format_minor(amount, currency);
    let (kind, msg) = if chosen < minimum.max(0) {
        (
            "greater_than_equal",
            format!("Amount must be at least {}", words(minimum.max(0))),
        )
    } else if chosen > 0 && chosen < currency.min_charge() {
        (
            "invalid_amount",
            format!(
                "Amount must be 0 or at least {}",
                words(currency.min_charge())
            ),
        )
    } else if let Some(maximum) = maximum.filter(|m| chosen > *m) {
        (
            "less_than_equal",
            format!("Amount must be at most {}", words(maximum)),
        )
    } else if chosen > currency.max_charge() {
        (
            "less_than_equal",
            format!("Amount must be at most {}", words(currency.max_charge())),
        )
    } else {
        return Ok(());
    };
    Err(Refusal::field(Problem::new(
        kind,
        loc!["body", "amount"],
        msg,
        chosen,
    )))
}

/// CR-40, CR-44: no price here is counted in seats or units.
fn no_quantities(input: &CheckoutCreate) -> Result<(), Refusal> {
    let bounds = [
        ("min_seats", input.min_seats),
        ("max_seats", input.max_seats),
        ("min_units", input.min_units),
        ("max_units", input.max_units),
    ];
    let quantities = [("seats", input.seats), ("units", input.units)];
    let problem = |(key, value): (&'static str, Option<i64>)| {
        let value = value?;
        Some(Problem::value(
            loc!["body", key],
            "This product is not sold by quantity",
            value,
        ))
    };
    collected(bounds.into_iter().filter_map(problem).collect())?;
    collected(quantities.into_iter().filter_map(problem).collect())
}

/// CR-46 to CR-48: the customer of the subscription, else the one named by id, else by external id.
fn linked<'a>(input: &CheckoutCreate, loaded: &'a Loaded) -> Result<Option<&'a Customer>, Refusal> {
    if let Some(id) = input.subscription_id {
        let refuse = |words| {
            Refusal::field(Problem::value(
                loc!["body", "subscription_id"],
                words,
                id.to_string(),
            ))
        };
        let Some(subscription) = &loaded.subscription else {
            return Err(refuse("This subscription does not exist"));
        };
        if subscription.amount > 0 {
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

/// CR-52: whether a given address shows that the whole address is wanted.
fn asks_for_more(address: &Address) -> bool {
    let us_or_canada = matches!(address.country.as_str(), "US" | "CA");
    address.has_street_part() || (address.state.is_some() && !us_or_canada)
}
