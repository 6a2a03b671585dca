use proptest::prelude::*;
use till_wire::{money::Currency, tax::EU};

use super::*;

fn registered(country: &str) -> TaxRegistration {
    let country = Country::parse_input(country).unwrap();
    TaxRegistration {
        country,
        state: None,
        rate: None,
        name: None,
        eu_sales: in_eu(country).then_some(EuSales::Oss),
    }
}

fn entered(country: &str, state: Option<&str>, rate: &str) -> TaxRegistration {
    TaxRegistration {
        state: state.map(str::to_owned),
        rate: Some(rate.to_owned()),
        eu_sales: None,
        ..registered(country)
    }
}

fn selling(country: &str, how: EuSales) -> TaxRegistration {
    TaxRegistration {
        eu_sales: Some(how),
        ..registered(country)
    }
}

fn at(country: &str, state: Option<&str>) -> Address {
    Address {
        state: state.map(str::to_owned),
        postal_code: Some(
            if state == Some("US-CA") {
                "94105"
            } else {
                "10001"
            }
            .into(),
        ),
        ..Address::of_country(Country::parse_input(country).unwrap())
    }
}

fn ask(
    registrations: &[TaxRegistration],
    address: Address,
    tax_id: Option<&str>,
    (amount, behavior): (i64, TaxBehaviorOption),
) -> Result<TaxAnswer, String> {
    let settings = TaxSettings {
        enabled: true,
        registrations: registrations.to_vec(),
    };
    let query = TaxQuery {
        currency: Currency::USD,
        amount,
        behavior,
        address,
        seller: None,
        tax_id: tax_id.map(|number| (number.to_owned(), "eu_vat".to_owned())),
    };
    standard(&settings, &query)
}

/// Name, share, amount and reason of each line for an exclusive 10,000.
fn lines(
    registrations: &[TaxRegistration],
    address: Address,
    tax_id: Option<&str>,
) -> Vec<(String, String, i64, TaxabilityReason)> {
    let asked = (10_000, TaxBehaviorOption::Exclusive);
    let answer = ask(registrations, address, tax_id, asked).unwrap();
    let line = |line: TaxLine| {
        let share = line.rate.unwrap();
        (
            line.display_name,
            share,
            line.amount,
            line.taxability_reason,
        )
    };
    answer.lines.into_iter().map(line).collect()
}

fn one(
    registrations: &[TaxRegistration],
    address: Address,
    tax_id: Option<&str>,
) -> (i64, TaxabilityReason) {
    let lines = lines(registrations, address, tax_id);
    assert_eq!(lines.len(), 1);
    (lines[0].2, lines[0].3)
}

use TaxabilityReason::{
    NotCollecting, NotSubjectToTax, NotSupported, ReverseCharge, StandardRated,
};

#[test]
fn every_eu_country_has_a_rate_and_places_are_in_order_and_real() {
    for country in EU {
        assert!(rates::of_place(country).is_some(), "{country}");
    }
    assert!(rates::STANDARD.is_sorted_by(|a, b| a.place < b.place));
    for known in rates::STANDARD {
        let country = Country::parse_input(&known.place[..2]).unwrap();
        let states = country.states();
        assert!(known.place.len() == 2 || states.iter().any(|state| state.0 == known.place));
        assert!(
            known.since.parse::<jiff::civil::Date>().is_ok(),
            "{}",
            known.place
        );
        assert!(known.rate > TaxRate::default());
    }
}

#[test]
fn in_the_eu_the_own_country_pays_businesses_account_for_it_and_consumers_pay_theirs() {
    let german = [registered("DE")];
    assert_eq!(one(&german, at("DE", None), None), (1900, StandardRated));
    let own_business = one(&german, at("DE", None), Some("DE136695976"));
    assert_eq!(own_business, (1900, StandardRated));
    assert_eq!(one(&german, at("FR", None), None), (2000, StandardRated));
    let business = one(&german, at("FR", None), Some("FR61954506077"));
    assert_eq!(business, (0, ReverseCharge));
    let greek = one(&german, at("GR", None), Some("EL094259216"));
    assert_eq!(greek, (0, ReverseCharge));
    // An id of the merchant's own country makes nobody a business of another.
    let posing = one(&german, at("FR", None), Some("DE136695976"));
    assert_eq!(posing, (2000, StandardRated));
    // Northern Ireland's ids are for goods.
    let northern = one(&german, at("IE", None), Some("XI193054661"));
    assert_eq!(northern, (2300, StandardRated));
}

#[test]
fn a_small_merchant_charges_its_home_rate_and_a_domestic_one_nothing_abroad() {
    let home = [selling("DE", EuSales::Home)];
    assert_eq!(one(&home, at("FR", None), None), (1900, StandardRated));
    let business = one(&home, at("FR", None), Some("FR61954506077"));
    assert_eq!(business, (0, ReverseCharge));
    let domestic = [selling("DE", EuSales::Domestic)];
    assert_eq!(one(&domestic, at("FR", None), None), (0, NotCollecting));
    let both = [selling("DE", EuSales::Domestic), registered("FR")];
    let own_rate = one(&both, at("FR", None), Some("FR61954506077"));
    assert_eq!(own_rate, (2000, StandardRated));
}

#[test]
fn without_a_registration_nothing_is_collected_and_the_line_says_why() {
    let swiss = [registered("CH")];
    assert_eq!(one(&swiss, at("CH", None), None), (810, StandardRated));
    assert_eq!(one(&swiss, at("FR", None), None), (0, NotCollecting));
    let business = one(&swiss, at("FR", None), Some("FR61954506077"));
    assert_eq!(business, (0, NotCollecting));
    assert_eq!(one(&swiss, at("US", None), None), (0, NotCollecting));
    assert_eq!(
        one(&swiss, at("US", Some("US-OR")), None),
        (0, NotSubjectToTax)
    );
    assert_eq!(one(&swiss, at("HK", None), None), (0, NotSubjectToTax));
    assert_eq!(one(&swiss, at("BR", None), None), (0, NotSupported));
    let brazil = [entered("BR", None, "17")];
    assert_eq!(one(&brazil, at("BR", None), None), (1700, StandardRated));
}

#[test]
fn us_states_take_the_rate_that_the_merchant_enters() {
    let york = [entered("US", Some("US-NY"), "8.875")];
    let found = lines(&york, at("US", Some("US-NY")), None);
    assert_eq!(
        found,
        [("Sales tax".into(), "0.08875".into(), 888, StandardRated)]
    );
    assert_eq!(
        one(&york, at("US", Some("US-CA")), None),
        (0, NotCollecting)
    );
    let mut address = at("US", Some("US-NY"));
    address.postal_code = None;
    let asked = (10_000, TaxBehaviorOption::Exclusive);
    let mut elsewhere = at("US", Some("US-NY"));
    elsewhere.postal_code = Some("97201".into());
    for lacking in [address, elsewhere, at("US", None)] {
        assert!(ask(&york, lacking, None, asked).is_err());
    }
    for (state, zip) in [("US-NY", "06390"), ("US-TX", "88510"), ("US-TN", "42223")] {
        let mut edge = at("US", Some(state));
        edge.postal_code = Some(zip.into());
        assert!(ask(&york, edge, None, asked).is_ok(), "{state} {zip}");
    }
    // Whoever collects nothing there needs no state.
    assert!(ask(&[], at("US", None), None, asked).is_ok());
}

#[test]
fn canadian_provinces_add_theirs_or_have_one_harmonised_rate() {
    let quebec = [registered("CA"), entered("CA", Some("CA-QC"), "9.975")];
    let found = lines(&quebec, at("CA", Some("CA-QC")), None);
    assert_eq!(
        found,
        [
            ("GST".into(), "0.05".into(), 500, StandardRated),
            ("QST".into(), "0.09975".into(), 998, StandardRated),
        ]
    );
    assert_eq!(
        one(&quebec, at("CA", Some("CA-ON")), None),
        (1300, StandardRated)
    );
    assert_eq!(
        one(&quebec, at("CA", Some("CA-AB")), None),
        (500, StandardRated)
    );
    let typed = [entered("CA", None, "5")];
    for (province, due) in [("CA-ON", 1300), ("CA-AB", 500)] {
        let found = one(&typed, at("CA", Some(province)), None);
        assert_eq!(found, (due, StandardRated), "{province}");
    }
    let asked = (10_000, TaxBehaviorOption::Exclusive);
    assert!(ask(&quebec, at("CA", None), None, asked).is_err());
}

#[test]
fn a_merchant_from_outside_the_union_is_established_in_none_of_its_countries() {
    let irish = TaxSettings {
        enabled: true,
        registrations: vec![registered("IE")],
    };
    let due = |seller: &str, tax_id: Option<&str>| {
        let query = TaxQuery {
            currency: Currency::USD,
            amount: 10_000,
            behavior: TaxBehaviorOption::Exclusive,
            address: at("IE", None),
            seller: Country::parse_stored(seller).ok(),
            tax_id: tax_id.map(|number| (number.to_owned(), "eu_vat".to_owned())),
        };
        standard(&irish, &query).unwrap().lines[0].taxability_reason
    };
    assert_eq!(due("US", Some("IE6433435F")), ReverseCharge);
    assert_eq!(due("US", None), StandardRated);
    assert_eq!(due("IE", Some("IE6433435F")), StandardRated);
    assert_eq!(due("", Some("IE6433435F")), StandardRated);
}

#[test]
fn monaco_and_the_isle_of_man_are_taxed_as_their_neighbours() {
    let german = [registered("DE")];
    assert_eq!(one(&german, at("MC", None), None), (2000, StandardRated));
    let british = [registered("GB")];
    assert_eq!(one(&british, at("IM", None), None), (2000, StandardRated));
    assert_eq!(one(&british, at("MC", None), None), (0, NotCollecting));
}

#[test]
fn a_region_may_have_a_rate_of_its_own() {
    let spanish = [registered("ES"), entered("ES", Some("Las Palmas"), "7")];
    let islands = one(&spanish, at("ES", Some("las palmas ")), None);
    assert_eq!(islands, (700, StandardRated));
    assert_eq!(
        one(&spanish, at("ES", Some("Madrid")), None),
        (2100, StandardRated)
    );
}

#[test]
fn halves_round_away_from_zero() {
    for (amount, share, exclusive) in [(50, 10_000, 1), (49, 10_000, 0), (-50, 10_000, -1)] {
        assert_eq!(
            of_share(amount, share, TaxBehaviorOption::Exclusive),
            exclusive
        );
    }
    assert_eq!(of_share(1000, 200_000, TaxBehaviorOption::Inclusive), 167);
    assert_eq!(
        of_share(11_900, 190_000, TaxBehaviorOption::Inclusive),
        1900
    );
}

#[test]
fn a_tax_is_an_amount_that_can_be_charged() {
    let settings = TaxSettings {
        enabled: true,
        registrations: vec![entered("IS", None, "24")],
    };
    for (code, amount, tax) in [
        ("isk", 12_300, 3_000),
        ("isk", 12_000, 2_900),
        ("usd", 12_300, 2_952),
    ] {
        let query = TaxQuery {
            currency: code.parse().unwrap(),
            amount,
            behavior: TaxBehaviorOption::Exclusive,
            address: at("IS", None),
            seller: None,
            tax_id: None,
        };
        let answer = standard(&settings, &query).unwrap();
        assert_eq!(answer.amount, tax, "{code} {amount}");
        assert_eq!(
            answer.lines.iter().map(|line| line.amount).sum::<i64>(),
            tax
        );
    }
}

#[test]
fn a_registration_needs_a_rate_where_none_is_known() {
    let mut texas = registered("US");
    texas.state = Some("US-TX".into());
    let settings = TaxSettings {
        enabled: true,
        registrations: vec![registered("DE"), texas, registered("BR")],
    };
    let Err(Refusal::Invalid(problems)) = check(&settings) else {
        panic!("they lack rates");
    };
    let places: Vec<_> = problems.iter().map(|p| p.loc[3].clone()).collect();
    assert_eq!(places, [1usize.into(), 2usize.into()]);
}

proptest! {
    #[test]
    fn lines_add_up_to_the_tax_and_none_is_negative(
        amount in 0..=999_999_999_999_i64, gst in 0..=1_000_000_u32, qst in 0..=1_000_000_u32,
        inclusive: bool,
    ) {
        let percent = |n: u32| format!("{}.{:04}", n / 10_000, n % 10_000);
        let both = [
            entered("CA", None, &percent(gst)),
            entered("CA", Some("CA-QC"), &percent(qst)),
        ];
        let behavior = if inclusive { TaxBehaviorOption::Inclusive } else { TaxBehaviorOption::Exclusive };
        let answer = ask(&both, at("CA", Some("CA-QC")), None, (amount, behavior)).unwrap();
        prop_assert_eq!(answer.lines.iter().map(|l| l.amount).sum::<i64>(), answer.amount);
        prop_assert!(answer.lines.iter().all(|l| l.amount >= 0));
        prop_assert!(!inclusive || answer.amount <= amount);
    }

    #[test]
    fn what_is_added_to_a_net_amount_is_what_the_gross_one_contains(
        net in 0..=999_999_999_999_i64, share in 0..=2_000_000_i64,
    ) {
        let added = of_share(net, share, TaxBehaviorOption::Exclusive);
        prop_assert_eq!(of_share(net + added, share, TaxBehaviorOption::Inclusive), added);
    }

    #[test]
    fn more_costs_no_less_tax(
        amount in 0..=999_999_999_999_i64, more in 0..=1_000_000_i64, share in 0..=2_000_000_i64,
        higher in 0..=1_000_000_i64, inclusive: bool,
    ) {
        let behavior = if inclusive { TaxBehaviorOption::Inclusive } else { TaxBehaviorOption::Exclusive };
        let tax = of_share(amount, share, behavior);
        prop_assert!(of_share(amount + more, share, behavior) >= tax);
        prop_assert!(of_share(amount, share + higher, behavior) >= tax);
    }

    #[test]
    fn every_place_gets_an_answer(index in 0..Country::ALL.len(), amount in 0..=99_999_999_i64) {
        let country = Country::ALL[index];
        let address = Address::of_country(country);
        let european = [registered("DE")];
        let answer = ask(&european, address, None, (amount, TaxBehaviorOption::Inclusive)).unwrap();
        prop_assert!(answer.amount >= 0 && answer.amount <= amount);
let taxed = in_eu(rates::tax_area(country));
        prop_assert!(taxed || answer.amount == 0);
        prop_assert!(!taxed || amount < 4 || answer.amount > 0);
    }
}
