//! The product, price and currency that a session starts with, and the amount that a buyer may choose to
//! pay.

use till_wire::{
    checkouts::{CheckoutCreate, Offer},
    country::Country,
    input::Problem,
    loc,
    money::Currency,
    products::PriceAmount,
};
use uuid::Uuid;

use super::totals;
use crate::checkout::open::loaded::{Loaded, Origin};
use crate::{
    catalog::products::{self, ProductWithPrices},
    kernel::{
        context::DecisionContext,
        records::{Discount, Meter, ProductPrice},
        refusal::{Refusal, collected},
    },
};

/// The session's own prices, and what is wrong with them (docs/behaviour: checkout/ad-hoc-prices).
pub(super) struct OwnPrices {
    rows: Vec<ProductPrice>,
    problems: Vec<Problem>,
}

pub(super) fn ad_hoc(
    id: Uuid,
    input: &CheckoutCreate,
    loaded: &Loaded,
    ctx: &DecisionContext,
) -> OwnPrices {
    let mut own = OwnPrices {
        rows: Vec::new(),
        problems: Vec::new(),
    };
    let wanted: &[Uuid] = match &input.offer {
        Offer::Products(ids) => ids,
        _ => &[],
    };
    // As for the catalog's prices, an archived meter counts for no new one.
    let usable: Vec<Meter> = {
        let meters = loaded.meters.iter();
        meters
            .filter(|m| m.archived_at.is_none())
            .cloned()
            .collect()
    };
    for (product_id, entries) in &input.ad_hoc {
        let place = loc!["body", "prices", product_id.to_string()];
        if !wanted.contains(product_id) {
            own.problems.push(Problem::value(
                place,
                "This product is not one of the session's products",
                product_id.to_string(),
            ));
            continue;
        }
        // A product that does not exist is told of at its own place.
        let Some(offered) = loaded.offered.iter().find(|o| o.product.id == *product_id) else {
            continue;
        };
        let rules = products::Rules {
            organization: &loaded.organization,
            recurring: offered.product.is_recurring(),
            meters: &usable,
        };
        let prices = products::new_prices(entries.clone(), &place, &mut own.problems);
        products::compose(&prices, &rules, &place, &mut own.problems);
        own.rows
            .extend(prices.iter().map(|(i, price)| ProductPrice {
                checkout_id: Some(id),
                ..products::price_row(&offered.product, *i, price, ctx)
            }));
    }
    own
}

pub(super) struct Choice {
    pub product_id: Uuid,
    pub price_id: Uuid,
    pub product_ids: Vec<Uuid>,
    pub currency: Currency,
    /// The prices that are summed: one and the metered ones for shape C, else all of the currency.
    pub prices: Vec<ProductPrice>,
    /// The session's own prices.
    pub ad_hoc: Vec<ProductPrice>,
}

impl Choice {
    /// The sale that a discount has to suit: the session's own prices count before the catalog's.
    pub fn sale(&self, loaded: &Loaded) -> Sale {
        let own: Vec<_> = self.own_of(self.product_id).collect();
        let free = if own.is_empty() {
            let mut offered = loaded.offered.iter();
            offered.any(|o| o.product.id == self.product_id && o.is_free())
        } else {
            own.iter().all(|p| p.cost().is_free())
        };
        Sale {
            free,
            product_id: self.product_id,
            currency: self.currency,
        }
    }

    fn own_of(&self, product_id: Uuid) -> impl Iterator<Item = &ProductPrice> {
        self.ad_hoc
            .iter()
            .filter(move |p| p.product_id == product_id)
    }
}

/// The selected product, its price and the currency (docs/behaviour: checkout/currency, checkout/selected-price).
pub(super) fn choose(
    input: &CheckoutCreate,
    loaded: &Loaded,
    origin: Origin,
    own: OwnPrices,
) -> Result<Choice, Refusal> {
    match &input.offer {
        Offer::Price(id) => choose_price(*id, loaded),
        Offer::Product(id) => {
            let at = loc!["body", "product_id"];
            let offered = products::sellable(&loaded.offered, *id).map_err(|words| {
                Refusal::field(Problem::value(at.clone(), words, id.to_string()))
            })?;
            in_currency(offered, &[], input, loaded).ok_or_else(|| {
                Refusal::field(Problem::value(
                    at,
                    "This product has no price in this currency",
                    id.to_string(),
                ))
            })
        }
        Offer::Products(ids) => {
            let problems: Vec<_> = ids
                .iter()
                .enumerate()
                .filter_map(|(i, id)| {
                    let words = products::sellable(&loaded.offered, *id).err()?;
                    Some(Problem::value(
                        loc!["body", "products", i],
                        words,
                        id.to_string(),
                    ))
                })
                .collect();
            collected(problems)?;
            collected(own.problems)?;
            let first = origin.selected.unwrap_or(ids[0]);
            let offered =
                products::sellable(&loaded.offered, first).map_err(|_| Refusal::NotFound)?;
            let choice = in_currency(offered, &own.rows, input, loaded).ok_or_else(|| {
                Refusal::field(Problem::value(
                    loc!["body", "products", 0],
                    "This product has no price in this currency",
                    first.to_string(),
                ))
            })?;
            Ok(Choice {
                product_ids: ids.clone(),
                ad_hoc: own.rows,
                ..choice
            })
        }
    }
}

fn choose_price(id: Uuid, loaded: &Loaded) -> Result<Choice, Refusal> {
    let refuse = |words: &str| {
        Refusal::field(Problem::value(
            loc!["body", "product_price_id"],
            words,
            id.to_string(),
        ))
    };
    let (offered, price) = products::sellable_price(&loaded.offered, id).map_err(refuse)?;
    // One price is paid now (docs/behaviour: checkout/amount); the product's usage is charged later all the same.
    let usage = offered.active_in(price.currency);
    let usage = usage.filter(|p| p.id != id && !p.cost().is_static());
    Ok(Choice {
        product_id: offered.product.id,
        price_id: id,
        product_ids: vec![offered.product.id],
        currency: price.currency,
        prices: std::iter::once(price).chain(usage).cloned().collect(),
        ad_hoc: Vec::new(),
    })
}

/// The explicit currency, else that of the buyer's country, else the organization's.
fn in_currency(
    offered: &ProductWithPrices,
    own: &[ProductPrice],
    input: &CheckoutCreate,
    loaded: &Loaded,
) -> Option<Choice> {
    let candidates = match input.currency {
        Some(currency) => vec![currency],
        None => loaded
            .ip_country
            .and_then(Country::currency)
            .into_iter()
            .chain([loaded.organization.default_currency])
            .collect(),
    };
    let product_id = offered.product.id;
    let mut list: Vec<_> = own.iter().filter(|p| p.product_id == product_id).collect();
    if list.is_empty() {
        list = offered.active().collect();
    }
    let (currency, price) = candidates
        .into_iter()
        .find_map(|currency| Some((currency, totals::selected_price(&list, currency)?)))?;
    Some(Choice {
        product_id,
        price_id: price.id,
        product_ids: vec![product_id],
        currency,
        prices: list
            .into_iter()
            .filter(|p| p.currency == currency)
            .cloned()
            .collect(),
        ad_hoc: Vec::new(),
    })
}

/// The bounds of an amount that the buyer chooses; other prices ignore it (docs/behaviour: checkout/custom-amount).
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
        _ => None,
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
    } else if chosen % currency.charge_step() != 0 {
        let words = "Amount must be a whole number of the currency's units";
        ("multiple_of", words.to_owned())
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

/// A sale, as far as a discount has to suit it.
#[derive(Debug, Clone, Copy)]
pub struct Sale {
    /// True where the product costs nothing, in any currency.
    pub free: bool,
    /// The product.
    pub product_id: Uuid,
    /// Currency of the payment.
    pub currency: Currency,
}

/// A discount that somebody names, if it may be used for the sale now (docs/behaviour: discounts/suits).
pub fn usable(
    found: Option<&Discount>,
    sale: Sale,
    key: &'static str,
    echo: serde_json::Value,
    ctx: &DecisionContext,
) -> Result<Discount, Refusal> {
    let refuse =
        |words: &str| Refusal::field(Problem::value(loc!["body", key], words, echo.clone()));
    if sale.free {
        return Err(refuse(
            "This product is free, so no discount can be applied",
        ));
    }
    found
        .filter(|d| d.fits(sale.product_id, sale.currency) && d.is_redeemable(ctx.now))
        .cloned()
        .ok_or_else(|| refuse("This discount does not exist, or does not apply to this purchase"))
}
