//! Plans and meters of the model's shop, twice: as the model knows them, and as rows.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use till_wire::{
    benefits::{BenefitType, BenefitVisibility},
    meters::{Aggregation, Clause, Conjunction, Filter, FilterPart, MeterUnit, Operand, Operator},
    values::Interval,
};
use uuid::Uuid;

use crate::{
    catalog::products::ProductWithPrices,
    checkout::tests::{at, id, monthly},
    kernel::{
        records::{Benefit, Meter, PriceKind},
        values::Json,
    },
};

/// Function of a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Count,
    Sum,
    Max,
    Min,
    Avg,
    Unique,
}

/// Events that a meter chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    All,
    Calls,
    /// Events with a number of more than 2.
    Large,
}

/// Metered price: the meter, a unit's price in hundredths of a cent, and the cap in cents.
pub type Metered = (usize, i64, Option<i64>);

/// Weekly plan.
#[derive(Debug)]
pub struct Plan {
    /// Cents of a week.
    pub fixed: i64,
    pub metered: &'static [Metered],
    /// Credits: the meter, the units, and whether they move into the next period.
    pub credits: &'static [(usize, i64, bool)],
    /// Days of the trial.
    pub trial: Option<i64>,
    /// Days after which usage is billed within the week.
    pub part: Option<i64>,
}

pub const METERS: [(Kind, Only); 7] = [
    (Kind::Count, Only::Calls),
    (Kind::Sum, Only::All),
    (Kind::Max, Only::Calls),
    (Kind::Min, Only::All),
    (Kind::Avg, Only::Calls),
    (Kind::Unique, Only::All),
    // This one is made later than the others.
    (Kind::Count, Only::Large),
];

/// The meter that is made later than the others.
pub const LATE: usize = 6;

pub const PLANS: [Plan; 6] = [
    Plan {
        fixed: 500,
        metered: &[(0, 150, None), (1, 25, Some(40)), (5, 1_000, None)],
        credits: &[(0, 3, false), (1, 9, true)],
        trial: None,
        part: None,
    },
    Plan {
        fixed: 900,
        metered: &[
            (0, 333, None),
            (2, 100, None),
            (3, 50, Some(2)),
            (4, 75, None),
        ],
        credits: &[(4, 2, true), (0, 2, true)],
        trial: None,
        part: None,
    },
    Plan {
        fixed: 300,
        metered: &[],
        credits: &[(0, 5, true), (5, 2, false), (6, 4, true)],
        trial: None,
        part: None,
    },
    Plan {
        fixed: 100,
        metered: &[(6, 250, None), (1, 33, None), (5, 125, Some(5))],
        credits: &[(6, 2, true), (1, 5, false)],
        trial: Some(3),
        part: None,
    },
    Plan {
        fixed: 400,
        metered: &[(0, 200, None), (1, 1_500, Some(70)), (5, 300, None)],
        credits: &[(0, 4, true), (1, 6, false)],
        trial: None,
        part: Some(3),
    },
    Plan {
        fixed: 700,
        metered: &[
            (0, 110, None),
            (2, 90, None),
            (4, 60, None),
            (5, 80, Some(400)),
        ],
        credits: &[(0, 4, false), (5, 1, true)],
        trial: Some(2),
        part: Some(2),
    },
];

pub fn number(n: usize) -> u128 {
    u128::try_from(n).expect("few of them")
}

pub fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("a moment of these years")
}

pub fn customer_id(customer: usize) -> Uuid {
    id(5_000 + number(customer))
}

pub fn meter_id(meter: usize) -> Uuid {
    id(6_000 + number(meter))
}

/// Price of a plan: the fixed one, or one for each metered.
pub fn price_id(plan: usize, metered: Option<usize>) -> Uuid {
    id(7_000 + 10 * number(plan) + metered.map_or(0, |n| number(n) + 1))
}

pub fn benefit_id(plan: usize, n: usize) -> Uuid {
    id(8_000 + 10 * number(plan) + number(n))
}

pub fn product_id(plan: usize) -> Uuid {
    id(9_000 + number(plan))
}

pub fn meter(n: usize, made_at: i64) -> Meter {
    let (kind, only) = METERS[n];
    let property = || "n".to_owned();
    let aggregation = match kind {
        Kind::Count => Aggregation::Count,
        Kind::Sum => Aggregation::Sum {
            property: property(),
        },
        Kind::Max => Aggregation::Max {
            property: property(),
        },
        Kind::Min => Aggregation::Min {
            property: property(),
        },
        Kind::Avg => Aggregation::Avg {
            property: property(),
        },
        Kind::Unique => Aggregation::Unique {
            property: "who".to_owned(),
        },
    };
    let clause = |property: &str, operator: Operator, value: Operand| {
        vec![FilterPart::Clause(Clause {
            property: property.to_owned(),
            operator,
            value,
        })]
    };
    let clauses = match only {
        Only::All => Vec::new(),
        Only::Calls => clause("name", Operator::Eq, Operand::Text("call".to_owned())),
        Only::Large => clause("n", Operator::Gt, Operand::Number(2)),
    };
    Meter {
        id: meter_id(n),
        created_at: moment(made_at),
        modified_at: None,
        version: 1,
        organization_id: id(1),
        name: format!("Meter {n}"),
        unit: MeterUnit::Scalar,
        custom_label: None,
        custom_multiplier: None,
        filter: Json(Filter {
            conjunction: Conjunction::And,
            clauses,
        }),
        aggregation: Json(aggregation),
        metadata: Json::default(),
        archived_at: None,
    }
}

pub fn offered(n: usize) -> ProductWithPrices {
    let plan = &PLANS[n];
    let mut offered = monthly(plan.fixed);
    offered.product.id = product_id(n);
    offered.product.recurring_interval = Some(Interval::Week);
    offered.product.meter_interval = plan.part.map(|_| Interval::Day);
    offered.product.meter_interval_count = plan.part;
    offered.product.benefit_ids = Json((0..plan.credits.len()).map(|k| benefit_id(n, k)).collect());
    let mut fixed = offered.prices.remove(0);
    (fixed.id, fixed.product_id) = (price_id(n, None), product_id(n));
    for (k, (meter, hundredths, cap)) in plan.metered.iter().enumerate() {
        let mut price = fixed.clone();
        price.id = price_id(n, Some(k));
        (price.amount_type, price.price_amount) = (PriceKind::MeteredUnit, None);
        price.meter_id = Some(meter_id(*meter));
        let (cents, rest) = (hundredths / 100, hundredths % 100);
        price.unit_amount = Some(format!("{cents}.{rest:02}"));
        price.cap_amount = *cap;
        offered.prices.push(price);
    }
    offered.prices.insert(0, fixed);
    offered
}

pub fn benefit(plan: usize, n: usize) -> Benefit {
    let (meter, units, rollover) = PLANS[plan].credits[n];
    Benefit {
        id: benefit_id(plan, n),
        created_at: at(0).now,
        modified_at: None,
        version: 1,
        organization_id: id(1),
        kind: BenefitType::MeterCredit,
        description: "Credits".to_owned(),
        visibility: BenefitVisibility::Public,
        properties: Json(
            json!({"meter_id": meter_id(meter), "units": units, "rollover": rollover}),
        ),
        metadata: Json::default(),
        deleted_at: None,
    }
}

/// End of the trial of a plan that begins now.
pub fn trial_end(plan: usize, now: i64) -> Option<Timestamp> {
    let days = PLANS[plan].trial?;
    Some(moment(now) + SignedDuration::from_hours(24 * days))
}
