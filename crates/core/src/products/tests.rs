//! checkout.md 1.3–1.5.

use proptest::prelude::*;
use serde_json::{Value, json};
use till_wire::{
    input::Context,
    organizations::{OrganizationStatus, Settings, TaxBehaviorOption},
};

use super::*;

fn at() -> At {
    At::new(jiff::Timestamp::UNIX_EPOCH, [4; 32])
}

fn organization() -> Organization {
    Organization {
        id: at().id(),
        created_at: at().now,
        modified_at: None,
        version: 1,
        name: "Shop".into(),
        slug: "shop".into(),
        email: None,
        website: None,
        avatar_url: None,
        country: None,
        status: OrganizationStatus::Active,
        default_currency: Currency::USD,
        default_tax_behavior: TaxBehaviorOption::Location,
        settings: Json(Settings::default()),
        details_submitted_at: None,
    }
}

fn created(body: Value) -> Result<Offered, Refusal> {
    let mut cx = Context::new("body");
    let input = ProductCreate::read(&body, &mut cx);
    assert_eq!(cx.problems, [], "{body}");
    create(
        input.unwrap(),
        &organization(),
        &[],
        &Audience::nobody(organization().id),
        &at(),
    )
    .map(|(o, _)| o)
}

fn changed(offered: &Offered, body: Value) -> Result<Offered, Refusal> {
    let mut cx = Context::new("body");
    let input = cx.object(&body, ProductUpdate::read);
    assert_eq!(cx.problems, [], "{body}");
    let at = At::new("2026-01-01T00:00:00Z".parse().unwrap(), [5; 32]);
    update(
        offered,
        input.unwrap(),
        &organization(),
        &[],
        &Audience::nobody(organization().id),
        &at,
    )
    .map(|(o, _)| o)
}

fn fixed(amount: i64) -> Value {
    json!({"amount_type": "fixed", "price_amount": amount})
}

fn count(refusal: Refusal) -> usize {
    match refusal {
        Refusal::Invalid(problems) => problems.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn s_173_a_free_price_is_fixed_at_nothing() {
    let offered = created(json!({"name": "Free", "prices": [{"amount_type": "free"}]})).unwrap();
    assert_eq!(
        offered.prices[0].cost(),
        PriceAmount::Fixed { price_amount: 0 }
    );
    assert!(offered.is_free());
}

#[test]
fn s_179_an_entry_with_an_id_keeps_the_price_whatever_else_it_says() {
    let offered = created(json!({"name": "One", "prices": [fixed(1000)]})).unwrap();
    let id = offered.prices[0].id;
    let same = changed(
        &offered,
        json!({"prices": [{"id": id, "price_amount": 2000}]}),
    )
    .unwrap();
    assert_eq!(same.prices, offered.prices);
    let new = changed(&offered, json!({"prices": [fixed(2000)]})).unwrap();
    assert_eq!(new.prices.len(), 2);
    assert!(new.prices[0].is_archived && new.active().all(|p| p.price_amount == Some(2000)));
    // An archived price cannot come back.
    assert_eq!(
        count(changed(&new, json!({"prices": [{"id": id}, fixed(5000)]})).unwrap_err()),
        1
    );
}

#[test]
fn s_182_q_2_the_interval_of_a_product_is_fixed() {
    let body = json!({"name": "Sub", "recurring_interval": "month", "prices": [fixed(1000)]});
    let offered = created(body).unwrap();
    for (body, allowed) in [
        (json!({"recurring_interval": "year"}), false),
        (json!({"recurring_interval": "month"}), false),
        (
            json!({"recurring_interval": "month", "recurring_interval_count": 1}),
            true,
        ),
        (json!({"recurring_interval_count": 2}), false),
        (json!({"recurring_interval_count": 1}), true),
        (json!({"recurring_interval": null}), true),
        (
            json!({"name": null, "is_archived": null, "visibility": null}),
            true,
        ),
    ] {
        let result = changed(&offered, body.clone());
        assert_eq!(result.is_ok(), allowed, "{body}");
    }
}

#[test]
fn a_trial_on_a_one_time_product_is_refused_at_both_fields() {
    let offered = created(json!({"name": "One", "prices": [fixed(1000)]})).unwrap();
    let trial = json!({"trial_interval": "day", "trial_interval_count": 3});
    assert_eq!(count(changed(&offered, trial).unwrap_err()), 2);
}

proptest! {
    /// PR-20 to PR-31, each counted in another way than the code does.
    #[test]
    fn the_composition_rules_hold_exactly(
        prices in prop::collection::vec((0usize..3, any::<bool>(), 0usize..3), 0..6),
    ) {
        let currencies: [Currency; 3] = ["usd", "eur", "gbp"].map(|c| c.parse().unwrap());
        let behaviors = [None, Some(TaxBehaviorOption::Inclusive), Some(TaxBehaviorOption::Exclusive)];
        let given: Vec<_> = prices
            .iter()
            .map(|(currency, custom, behavior)| PriceCreate {
                amount: if *custom {
                    PriceAmount::Custom { minimum_amount: 0, maximum_amount: None, preset_amount: None }
                } else {
                    PriceAmount::Fixed { price_amount: 1000 }
                },
                currency: currencies[*currency],
                tax_behavior: behaviors[*behavior],
            })
            .collect();
        let of = |c: usize, custom| prices.iter().filter(|p| p.0 == c && p.1 == custom).count();
        let used: Vec<usize> = (0..3).filter(|c| of(*c, true) + of(*c, false) > 0).collect();
        let mut expected = usize::from(prices.is_empty());
        for c in &used {
            expected += usize::from(of(*c, false) > 1) + usize::from(of(*c, true) > 1);
            expected += usize::from(of(*c, false) > 0 && of(*c, true) > 0);
            let mut taxes: Vec<_> = prices.iter().filter(|p| p.0 == *c).map(|p| p.2).collect();
            taxes.sort_unstable();
            taxes.dedup();
            expected += usize::from(taxes.len() > 1);
        }
        let mut shapes: Vec<_> = used.iter().map(|c| (of(*c, false) > 0, of(*c, true) > 0)).collect();
        shapes.sort_unstable();
        shapes.dedup();
        expected += usize::from(shapes.len() > 1);
        expected += usize::from(!used.is_empty() && !used.contains(&0));
        let mut problems = Vec::new();
        let given: Vec<_> = given.into_iter().enumerate().collect();
        let rules = Rules { organization: &organization(), recurring: false, meters: &[] };
        compose(&given, &rules, &loc!["body", "prices"], &mut problems);
        prop_assert_eq!(problems.len(), expected);
    }
}
