//! Creating and changing products.

use proptest::prelude::*;
use serde_json::{Value, json};
use till_wire::{
    files::FileService,
    input::Context,
    loc,
    meters::{Aggregation, Conjunction, Filter, MeterUnit},
    organizations::{OrganizationStatus, Settings, TaxBehaviorOption},
    products::{PriceCreate, ProductCreate, ProductUpdate, SeatTier, SeatTierType, SeatTiers},
    values::Interval,
};
use uuid::Uuid;

use super::{create::divides, *};
use crate::kernel::{
    changes::{Changes, Write},
    context::DecisionContext,
    events::Subscribers,
    records::{CheckoutLink, Organization, Upload},
    refusal::Refusal,
    values::Json,
};

fn at() -> DecisionContext {
    DecisionContext::new(jiff::Timestamp::UNIX_EPOCH, [4; 32])
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
        clock_offset_seconds: 0,
        clock_target_at: None,
    }
}

fn created(body: Value) -> Result<ProductWithPrices, Refusal> {
    let mut cx = Context::new("body");
    let input = ProductCreate::read(&body, &mut cx);
    assert_eq!(cx.problems, [], "{body}");
    create(
        input.unwrap(),
        &organization(),
        &ProductReferences::default(),
        &Subscribers::nobody(organization().id),
        &at(),
    )
    .map(|(o, _)| o)
}

fn changed(offered: &ProductWithPrices, body: Value) -> Result<ProductWithPrices, Refusal> {
    let mut cx = Context::new("body");
    let input = ProductUpdate::read(&body, &mut cx);
    assert_eq!(cx.problems, [], "{body}");
    let ctx = DecisionContext::new("2026-01-01T00:00:00Z".parse().unwrap(), [5; 32]);
    update(
        offered,
        input.unwrap(),
        &organization(),
        &ProductReferences::default(),
        &[],
        &Subscribers::nobody(organization().id),
        &ctx,
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
fn a_free_price_is_fixed_at_nothing() {
    let offered = created(json!({"name": "Free", "prices": [{"amount_type": "free"}]})).unwrap();
    assert_eq!(
        offered.prices[0].cost(),
        PriceAmount::Fixed { price_amount: 0 }
    );
    assert!(offered.is_free());
}

#[test]
fn an_entry_with_an_id_keeps_the_price_whatever_else_it_says() {
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
fn the_interval_of_a_product_is_fixed() {
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

fn meter(n: u8) -> Meter {
    Meter {
        id: Uuid::from_bytes([n; 16]),
        created_at: at().now,
        modified_at: None,
        version: 1,
        organization_id: organization().id,
        name: "Tokens".into(),
        unit: MeterUnit::Scalar,
        custom_label: None,
        custom_multiplier: None,
        filter: Json(Filter {
            conjunction: Conjunction::And,
            clauses: vec![],
        }),
        aggregation: Json(Aggregation::Count),
        metadata: Json::default(),
        archived_at: None,
    }
}

fn file(id: Uuid) -> File {
    File {
        id,
        created_at: at().now,
        modified_at: None,
        version: 1,
        organization_id: organization().id,
        service: FileService::ProductMedia,
        name: "a.png".into(),
        path: "a".into(),
        mime_type: "image/png".into(),
        size: 1,
        label: None,
        checksum_etag: None,
        checksum_sha256_base64: None,
        checksum_sha256_hex: None,
        last_modified_at: None,
        upload: Json(Upload::default()),
        is_uploaded: true,
        deleted_at: None,
        public_url: None,
    }
}

fn link(products: Vec<Uuid>) -> CheckoutLink {
    CheckoutLink {
        id: Uuid::from_bytes([7; 16]),
        created_at: at().now,
        modified_at: None,
        version: 1,
        organization_id: organization().id,
        client_secret: "polar_cl_x".into(),
        label: None,
        product_ids: Json(products),
        allow_discount_codes: true,
        require_billing_address: false,
        discount_id: None,
        seats: None,
        success_url: None,
        return_url: None,
        trial_interval: None,
        trial_interval_count: None,
        metadata: Json::default(),
        signing_secret: "secret".into(),
        require_signature: false,
        deleted_at: None,
    }
}

/// The columns that a commit sets in a table's rows.
fn set_in(changes: &Changes, table: &str) -> Vec<Vec<&'static str>> {
    let columns = |write: &Write| match write {
        Write::Update { table: t, set, .. } if *t == table => {
            Some(set.iter().map(|(column, _)| *column).collect())
        }
        _ => None,
    };
    changes.writes.iter().filter_map(columns).collect()
}

#[test]
fn an_archived_product_leaves_its_links_and_empty_links_are_deleted() {
    let offered = created(json!({"name": "One", "prices": [fixed(1000)]})).unwrap();
    let own = offered.product.id;
    let links = [link(vec![own, Uuid::nil()]), link(vec![own])];
    let set = |body: Value| {
        let mut cx = Context::new("body");
        let input = ProductUpdate::read(&body, &mut cx).unwrap();
        let subscribers = Subscribers::nobody(organization().id);
        let named = ProductReferences::default();
        let (_, changes) = update(
            &offered,
            input,
            &organization(),
            &named,
            &links,
            &subscribers,
            &at(),
        )
        .unwrap();
        set_in(&changes, "checkout_links")
    };
    let set_on_archive = set(json!({"is_archived": true}));
    assert_eq!(set_on_archive.len(), 2);
    assert!(
        set_on_archive[0].contains(&"product_ids") && !set_on_archive[0].contains(&"deleted_at")
    );
    assert!(set_on_archive[1].contains(&"deleted_at"));
    assert_eq!(set(json!({"name": "Two"})).len(), 0);
}

#[test]
fn pictures_must_be_uploaded_and_meant_for_products() {
    let good = file(Uuid::from_bytes([1; 16]));
    let mut pending = file(Uuid::from_bytes([2; 16]));
    pending.is_uploaded = false;
    let mut other = file(Uuid::from_bytes([3; 16]));
    other.service = FileService::Downloadable;
    let named = ProductReferences {
        medias: vec![good.clone(), pending.clone(), other.clone()],
        ..ProductReferences::default()
    };
    let mut problems = Vec::new();
    let ids = [good.id, pending.id, other.id, good.id];
    assert_eq!(named.medias(&ids, &mut problems), [good]);
    let places: Vec<_> = problems.into_iter().map(|p| p.loc).collect();
    assert_eq!(places, [1, 2, 3].map(|i: usize| loc!["body", "medias", i]));
}

#[test]
fn a_meter_cycle_divides_the_billing_period() {
    use Interval::{Day, Month, Week, Year};
    for (meter, billing, expected) in [
        ((Day, 2), (Day, 4), true),
        ((Day, 3), (Day, 4), false),
        ((Day, 7), (Week, 1), true),
        ((Day, 14), (Week, 2), true),
        ((Day, 2), (Week, 1), false),
        ((Month, 3), (Year, 1), true),
        ((Month, 5), (Year, 1), false),
        ((Day, 1), (Month, 1), true),
        ((Day, 2), (Month, 1), false),
        ((Day, 1), (Year, 3), true),
        ((Week, 1), (Month, 1), false),
        ((Week, 4), (Year, 1), false),
        ((Month, 1), (Week, 4), false),
        ((Year, 1), (Month, 12), false),
        ((Year, 1), (Year, 2), true),
    ] {
        assert_eq!(
            divides(meter, billing),
            expected,
            "{meter:?} in {billing:?}"
        );
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    Fixed,
    Custom,
    Seat,
    Metered(u8),
}

fn amount(what: What) -> PriceAmount {
    match what {
        What::Fixed => PriceAmount::Fixed { price_amount: 1000 },
        What::Custom => PriceAmount::Custom {
            minimum_amount: 0,
            maximum_amount: None,
            preset_amount: None,
        },
        What::Seat => PriceAmount::seats(SeatTiers {
            seat_tier_type: SeatTierType::Volume,
            tiers: vec![SeatTier {
                min_seats: 1,
                max_seats: None,
                price_per_seat: 100,
            }],
            minimum_seats: 1,
            maximum_seats: None,
        }),
        What::Metered(n) => PriceAmount::MeteredUnit {
            unit_amount: "0.5".into(),
            cap_amount: None,
            meter_id: meter(n).id,
            meter: None,
        },
    }
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        3 => Just(What::Fixed),
        1 => Just(What::Custom),
        2 => Just(What::Seat),
        // Meter 3 does not exist.
        3 => (1u8..4).prop_map(What::Metered),
    ]
}

proptest! {
    /// The rules of docs/behaviour: products/composition, each counted in another way than the code does.
    #[test]
    fn the_composition_rules_hold_exactly(
        prices in prop::collection::vec((0usize..3, what(), 0usize..2), 0..7),
        recurring: bool,
        seats_enabled: bool,
    ) {
        let currencies: [Currency; 3] = ["usd", "eur", "gbp"].map(|c| c.parse().unwrap());
        let behaviors = [None, Some(TaxBehaviorOption::Inclusive)];
        let given: Vec<_> = prices
            .iter()
            .map(|(currency, what, behavior)| PriceCreate {
                amount: amount(*what),
                currency: currencies[*currency],
                tax_behavior: behaviors[*behavior],
            })
            .enumerate()
            .collect();
        let refused = |what: What| match what {
            What::Metered(n) => !recurring || n == 3,
            What::Seat => !seats_enabled,
            _ => false,
        };
        let mut expected = prices.iter().filter(|p| refused(p.1)).count();
        let left: Vec<_> = prices.iter().copied().filter(|p| !refused(p.1)).collect();
        expected += usize::from(left.is_empty());
        let used: Vec<usize> = (0..3).filter(|c| left.iter().any(|p| p.0 == *c)).collect();
        let mut shapes = Vec::new();
        for c in &used {
            let of = |what: What| left.iter().filter(|p| p.0 == *c && p.1 == what).count();
            let (fixed, custom, seat) = (of(What::Fixed), of(What::Custom), of(What::Seat));
            expected += [fixed, custom, seat].iter().filter(|n| **n > 1).count();
            expected += usize::from(custom > 0 && fixed + seat > 0);
            let meters = [of(What::Metered(1)), of(What::Metered(2))];
            expected += meters.iter().map(|n| n.saturating_sub(1)).sum::<usize>();
            let mut taxes: Vec<_> = left.iter().filter(|p| p.0 == *c).map(|p| p.2).collect();
            taxes.sort_unstable();
            taxes.dedup();
            expected += usize::from(taxes.len() > 1);
            let distinct = meters.iter().filter(|n| **n > 0).count();
            shapes.push((fixed > 0, custom > 0, seat > 0, distinct));
        }
        shapes.sort_unstable();
        shapes.dedup();
        expected += usize::from(shapes.len() > 1);
        expected += usize::from(!used.is_empty() && !used.contains(&0));
        let mut owner = organization();
        let settings = &mut owner.settings.0.feature_settings;
        settings.features.seat_based_pricing_enabled = seats_enabled;
        let meters = [meter(1), meter(2)];
        let rules = Rules { organization: &owner, recurring, meters: &meters };
        let mut problems = Vec::new();
        let place = loc!["body", "prices"];
        compose(&given, &rules, &place, &mut problems);
        prop_assert_eq!(problems.len(), expected, "{:?}", problems);
        prop_assert!(problems.iter().all(|p| p.loc.starts_with(&place)));
    }
}
