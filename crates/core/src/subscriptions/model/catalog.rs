//! Catalog of the model's shop, twice: as the model knows it, and as rows. And the tax office, which both ask.

use serde_json::json;
use till_wire::{
    address::Address,
    country::Country,
    money::Currency,
    products::{SeatTier, SeatTierType, SeatTiers, Visibility},
    values::Interval,
};

use super::{
    calendar::Every,
    shop::{Cut, Home, Lasts, Plan, Price, SEATS, Shop, Worth},
};
use crate::{
    catalog::products::ProductWithPrices,
    checkout::tests::{at, id, organization},
    discounts::samples::discount,
    kernel::{
        records::{Customer, Discount, Organization, PriceKind, Product, ProductPrice},
        values::Json,
    },
    tax::{Ruling, TaxAnswer, TaxQuery, Taxes},
};

#[derive(Debug)]
pub struct Catalog {
    pub organization: Organization,
    pub offered: Vec<ProductWithPrices>,
    pub discounts: Vec<Discount>,
}

/// Index of the plan whose price the buyer chooses.
pub const CHOSEN: usize = 8;
/// Index of the plan that is sold by the seat.
pub const BY_SEAT: usize = 6;

pub fn shop() -> Shop {
    let plan = |every, price| Plan {
        every,
        price,
        trial: None,
    };
    let tried = |every, price, trial| Plan {
        every,
        price,
        trial: Some(trial),
    };
    let cut = |worth, lasts, only| Cut { worth, lasts, only };
    Shop {
        plans: vec![
            plan(Every::Months(1), Price::Fixed(1_000)),
            plan(Every::Months(1), Price::Fixed(2_999)),
            plan(Every::Years(1), Price::Fixed(10_000)),
            plan(Every::Weeks(2), Price::Fixed(333)),
            plan(Every::Months(1), Price::Free),
            // Less than a card is charged.
            plan(Every::Months(1), Price::Fixed(31)),
            plan(Every::Months(1), Price::Seats(700)),
            tried(Every::Months(1), Price::Fixed(1_500), Every::Days(14)),
            plan(Every::Months(1), Price::Chosen),
            plan(Every::Months(3), Price::Fixed(2_700)),
            tried(Every::Years(1), Price::Seats(5_000), Every::Months(1)),
            plan(Every::Days(45), Price::Fixed(450)),
        ],
        cuts: vec![
            cut(Worth::Percent(10), Lasts::Forever, None),
            cut(Worth::Percent(50), Lasts::Once, None),
            cut(Worth::Percent(25), Lasts::Months(3), None),
            cut(Worth::Cents(300), Lasts::Months(6), None),
            cut(Worth::Percent(100), Lasts::Once, None),
            cut(Worth::Cents(500), Lasts::Forever, None),
            cut(Worth::Percent(20), Lasts::Forever, Some(0)),
        ],
    }
}

impl Catalog {
    pub fn of(shop: &Shop) -> Self {
        let mut organization = organization();
        let settings = &mut organization.settings.0;
        settings.tax.enabled = true;
        settings
            .feature_settings
            .features
            .reset_proration_behavior_enabled = true;
        let plans = shop.plans.iter().enumerate();
        let offered: Vec<_> = plans.map(|(n, plan)| offered(n as u128, plan)).collect();
        let cuts = shop.cuts.iter().enumerate();
        let discounts = cuts
            .map(|(n, cut)| discounted(n as u128, cut, &offered))
            .collect();
        Self {
            organization,
            offered,
            discounts,
        }
    }
}

fn units(every: Every) -> (Interval, i64) {
    match every {
        Every::Days(count) => (Interval::Day, count),
        Every::Weeks(count) => (Interval::Week, count),
        Every::Months(count) => (Interval::Month, count),
        Every::Years(count) => (Interval::Year, count),
    }
}

fn offered(n: u128, plan: &Plan) -> ProductWithPrices {
    let (interval, count) = units(plan.every);
    let trial = plan.trial.map(units);
    let product = Product {
        id: id(1_000 + n),
        created_at: at(0).now,
        modified_at: None,
        version: 1,
        organization_id: id(1),
        name: format!("Plan {n}"),
        description: None,
        visibility: Visibility::Public,
        recurring_interval: Some(interval),
        recurring_interval_count: Some(count),
        is_archived: false,
        metadata: Json::default(),
        trial_interval: trial.map(|(interval, _)| interval),
        trial_interval_count: trial.map(|(_, count)| count),
        meter_interval: None,
        meter_interval_count: None,
        benefit_ids: Json::default(),
        media_ids: Json::default(),
        custom_fields: Json::default(),
    };
    let tiers = |price_per_seat| SeatTiers {
        seat_tier_type: SeatTierType::Volume,
        tiers: vec![SeatTier {
            min_seats: 1,
            max_seats: Some(SEATS),
            price_per_seat,
        }],
        minimum_seats: 1,
        maximum_seats: Some(SEATS),
    };
    let (amount_type, price_amount, seat_tiers) = match plan.price {
        Price::Fixed(amount) => (PriceKind::Fixed, Some(amount), None),
        Price::Free => (PriceKind::Fixed, Some(0), None),
        Price::Seats(each) => (PriceKind::SeatBased, None, Some(Json(tiers(each)))),
        Price::Chosen => (PriceKind::Custom, None, None),
    };
    let price = ProductPrice {
        id: id(2_000 + n),
        created_at: at(0).now,
        modified_at: None,
        organization_id: id(1),
        product_id: product.id,
        position: 0,
        currency: Currency::USD,
        amount_type,
        price_amount,
        minimum_amount: (amount_type == PriceKind::Custom).then_some(100),
        maximum_amount: None,
        preset_amount: None,
        tax_behavior: None,
        is_archived: false,
        seat_tiers,
        meter_id: None,
        unit_amount: None,
        cap_amount: None,
        checkout_id: None,
    };
    ProductWithPrices::new(product, vec![price])
}

fn discounted(n: u128, cut: &Cut, offered: &[ProductWithPrices]) -> Discount {
    let mut body = match cut.worth {
        Worth::Percent(percent) => json!({"type": "percentage", "basis_points": percent * 100}),
        Worth::Cents(cents) => {
            json!({"type": "fixed", "amount": cents, "currency": "usd", "basis_points": null})
        }
    };
    let lasts = match cut.lasts {
        Lasts::Once => json!({"duration": "once"}),
        Lasts::Months(months) => json!({"duration": "repeating", "duration_in_months": months}),
        Lasts::Forever => json!({"duration": "forever"}),
    };
    let fields = body.as_object_mut().expect("an object");
    fields.extend(lasts.as_object().expect("an object").clone());
    let mut discount = discount(body, id(1), &at(0));
    discount.id = id(3_000 + n);
    let only = cut.only.map(|plan| offered[plan].product.id);
    discount.product_ids = Json(only.into_iter().collect());
    discount
}

/// Answers for both.
#[derive(Debug)]
pub struct Office;

impl Taxes for Office {
    fn rule(&self, query: &TaxQuery) -> Ruling {
        let home = match query.address.country.as_str() {
            "DE" => Home::Germany,
            "US" => Home::NewYork,
            _ => Home::Nowhere,
        };
        Ruling::Due(TaxAnswer {
            amount: home.tax(query.amount).0,
            lines: Vec::new(),
        })
    }
}

pub fn at_home(customer: Customer, home: Home) -> Customer {
    let country = match home {
        Home::Nowhere => None,
        Home::Germany => Some("DE"),
        Home::NewYork => Some("US"),
    };
    let country = country.map(|code| Country::parse_stored(code).expect("a country"));
    Customer {
        billing_address: country.map(|country| Json(Address::of_country(country))),
        ..customer
    }
}
