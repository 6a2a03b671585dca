//! Till's own provider: the standard rate of the buyer's country, or the rate that the merchant enters, where
//! the merchant is registered.
//!
//! One rounding per calculation, half away from zero: of the sum of all taxes. Its parts are split from that
//! sum, so lines always add up, and adding a tax to a net amount and taking it out of the gross one agree.

use till_wire::{
    address::Address,
    country::Country,
    input::Problem,
    loc,
    organizations::TaxBehaviorOption,
    tax::{
        EuSales, TaxLine, TaxRate, TaxRateType, TaxRegistration, TaxSettings, TaxabilityReason,
        in_eu,
    },
};

use super::{
    TaxAnswer, TaxQuery,
    rates::{self, Standard},
};
use crate::kernel::refusal::{Refusal, collected};

/// The tax on an amount. The error says, in words for the buyer, what the address lacks.
pub fn standard(settings: &TaxSettings, query: &TaxQuery) -> Result<TaxAnswer, String> {
    let place = Place::of(&settings.registrations, &query.address)?;
    let levies = if in_eu(place.country) {
        europe(&place, query)
    } else {
        elsewhere(&place)
    };
    Ok(answer(query, &levies))
}

/// A tax that is charged, or is not, and why.
struct Levy {
    name: String,
    rate: TaxRate,
    country: Country,
    state: Option<String>,
    reason: TaxabilityReason,
}

/// The place of the buyer, and the merchant's registrations there.
struct Place<'a> {
    country: Country,
    state: Option<&'a str>,
    all: &'a [TaxRegistration],
    /// The merchant's registration for the whole country.
    nation: Option<&'a TaxRegistration>,
    /// The one for the buyer's state.
    region: Option<&'a TaxRegistration>,
}

/// True where a ZIP code's first digit is one of its state's (the regions of the postal service, and the few codes
/// that reach into a neighbouring one). Says yes where the state is not in the table.
fn is_near(address: &Address) -> bool {
    const REGIONS: [(&str, &str); 10] = [
        ("0", "CT MA ME NH NJ NY PR RI VI VT"),
        ("1", "DE NY PA"),
        ("2", "DC MD NC SC VA WV"),
        ("3", "AL FL GA MS TN"),
        ("4", "IN KY MI OH TN"),
        ("5", "DC IA MN MT ND SD WI"),
        ("6", "IL KS MO NE"),
        ("7", "AR LA OK TX"),
        ("8", "AZ CO ID NM NV TX UT WY"),
        ("9", "AK AS CA GU HI MP OR WA"),
    ];
    let (Some(state), Some(zip)) = (&address.state, &address.postal_code) else {
        return true;
    };
    let state = state.rsplit('-').next().unwrap_or(state);
    let mut of_state = REGIONS
        .iter()
        .filter(|(_, states)| states.split(' ').any(|one| one == state))
        .peekable();
    of_state.peek().is_none() || of_state.any(|(digit, _)| zip.trim().starts_with(digit))
}

impl<'a> Place<'a> {
    /// Where a merchant collects by state, the state must be known; in the US with the postal code, without
    /// which no state can be trusted.
    fn of(all: &'a [TaxRegistration], address: &'a Address) -> Result<Self, String> {
        let country = rates::tax_area(address.country);
        let here =
            |one: &&TaxRegistration| one.country == country || one.country == address.country;
        let own = || all.iter().filter(here);
        let lacks_state = address.state.is_none();
        match address.country {
            Country::US
                if own().next().is_some() && (lacks_state || address.postal_code.is_none()) =>
            {
                return Err("Enter the state and the ZIP code to calculate the tax".to_owned());
            }
            Country::CA if own().next().is_some() && lacks_state => {
                return Err("Enter the province to calculate the tax".to_owned());
            }
            Country::US if own().next().is_some() && !is_near(address) => {
                return Err("The ZIP code is not in this state".to_owned());
            }
            _ => {}
        }
        let state = address.state.as_deref();
        Ok(Self {
            country,
            state,
            all,
            nation: own().find(|one| one.state.is_none()),
            region: own().find(|one| one.state.is_some() && one.is_of(state)),
        })
    }

    /// The tax that Till knows here, the province's before the country's.
    fn known(&self) -> Option<Standard> {
        let state = self.state.filter(|_| self.country == Country::CA);
        state
            .and_then(rates::of_place)
            .or_else(|| rates::of_place(self.country.as_str()))
    }

    fn untaxed(&self) -> bool {
        rates::is_untaxed(self.country.as_str()) || self.state.is_some_and(rates::is_untaxed)
    }

    /// Nothing is charged.
    fn nothing(&self, reason: TaxabilityReason) -> Levy {
        let state = self.state.filter(|_| !self.country.states().is_empty());
        let name = self.known().map_or_else(
            || rates::usual_name(self.country.as_str(), None),
            |known| known.name,
        );
        Levy {
            name: name.to_owned(),
            rate: TaxRate::default(),
            country: self.country,
            state: state.map(str::to_owned),
            reason,
        }
    }

    /// The tax that a registration charges: the rate entered, else the known one.
    fn charged(&self, by: &TaxRegistration, known: Option<Standard>) -> Levy {
        let entered = by.rate.as_deref().and_then(TaxRate::of_percent);
        let Some(rate) = entered.or(known.map(|known| known.rate)) else {
            return self.nothing(TaxabilityReason::NotSupported);
        };
        let usual = known.map_or_else(
            || rates::usual_name(by.country.as_str(), by.state.as_deref()),
            |known| known.name,
        );
        let by_province = known.filter(|known| known.place.len() > 2);
        Levy {
            name: by.name.clone().unwrap_or_else(|| usual.to_owned()),
            rate,
            country: by.country,
            state: by
                .state
                .clone()
                .or_else(|| by_province.map(|known| known.place.to_owned())),
            reason: TaxabilityReason::StandardRated,
        }
    }
}

/// The merchant's own country taxes everybody; businesses elsewhere account for it themselves; consumers
/// elsewhere pay what the registration says. A merchant from outside the union is established in none of its
/// countries, whichever it is registered in.
fn europe(place: &Place<'_>, query: &TaxQuery) -> Vec<Levy> {
    if let Some(region) = place.region {
        return vec![place.charged(region, None)];
    }
    let business = query
        .tax_id
        .as_ref()
        .filter(|(_, format)| format == "eu_vat")
        .and_then(|(number, _)| member_state(number));
    let from_outside = query.seller.is_some_and(|seller| !in_eu(seller));
    if let Some(own) = place.nation.filter(|_| !from_outside || business.is_none()) {
        return vec![place.charged(own, place.known())];
    }
    let members = || place.all.iter().filter(|one| one.eu_sales.is_some());
    let sells = |how| members().find(|one| one.eu_sales == Some(how));
    let levy = match business {
        Some(state)
            if members().count() > 0
                && (from_outside || members().all(|one| one.country.as_str() != state)) =>
        {
            place.nothing(TaxabilityReason::ReverseCharge)
        }
        _ => {
            if sells(EuSales::Oss).is_some() {
                let by = TaxRegistration {
                    country: place.country,
                    state: None,
                    rate: None,
                    name: None,
                    eu_sales: None,
                };
                place.charged(&by, place.known())
            } else if let Some(home) = sells(EuSales::Home) {
                place.charged(home, rates::of_place(home.country.as_str()))
            } else {
                place.nothing(TaxabilityReason::NotCollecting)
            }
        }
    };
    vec![levy]
}

/// The member state that gave out a VAT id; Northern Ireland's are of none, for services.
fn member_state(number: &str) -> Option<&str> {
    let state = match number.get(..2)? {
        "EL" => "GR",
        prefix => prefix,
    };
    let country = Country::parse_stored(state).ok()?;
    in_eu(country).then_some(country.as_str())
}

/// Provinces whose tax comes on top of the country's; elsewhere a state's rate is the only one.
const ON_TOP: [&str; 4] = ["CA-BC", "CA-MB", "CA-QC", "CA-SK"];

fn elsewhere(place: &Place<'_>) -> Vec<Levy> {
    let mut levies = Vec::new();
    let on_top = place
        .region
        .is_none_or(|region| ON_TOP.contains(&region.state.as_deref().unwrap_or_default()));
    if on_top && let Some(nation) = place.nation {
        let known = place.known();
        // A rate entered for the country stands for its GST, not for a province's harmonised tax.
        let by = match known.filter(|known| known.place.len() > 2) {
            Some(_) => &TaxRegistration {
                rate: None,
                ..nation.clone()
            },
            None => nation,
        };
        levies.push(place.charged(by, known));
    }
    levies.extend(place.region.map(|region| place.charged(region, None)));
    if levies.is_empty() {
        let by_state = place.country == Country::US;
        let reason = if place.untaxed() {
            TaxabilityReason::NotSubjectToTax
        } else if by_state || place.known().is_some() {
            TaxabilityReason::NotCollecting
        } else {
            TaxabilityReason::NotSupported
        };
        levies.push(place.nothing(reason));
    }
    levies
}

/// Works out the sum and splits it.
fn answer(query: &TaxQuery, levies: &[Levy]) -> TaxAnswer {
    let share: i64 = levies.iter().map(|levy| levy.millionths()).sum();
    // What is due must be an amount that can be charged.
    let step = query.currency.charge_step();
    let exact = of_share(query.amount, share, query.behavior);
    let amount = divided(exact.into(), step.into()) * step;
    let (mut passed, mut given) = (0, 0);
    let lines = levies.iter().map(|levy| {
        // The rest is what the last line gets, so that nothing is lost between the lines.
        passed += levy.millionths();
        let up_to = if passed == share {
            amount
        } else {
            divided(i128::from(amount) * i128::from(passed), i128::from(share))
        };
        let own = up_to - given;
        given = up_to;
        TaxLine {
            rate_type: TaxRateType::Percentage,
            rate: Some(levy.rate.share()),
            display_name: levy.name.clone(),
            country: Some(levy.country.to_string()),
            state: levy.state.clone(),
            subdivision: None,
            amount: own,
            taxability_reason: levy.reason,
        }
    });
    TaxAnswer {
        lines: lines.collect(),
        amount,
    }
}

impl Levy {
    fn millionths(&self) -> i64 {
        i64::from(self.rate.millionths())
    }
}

const WHOLE: i128 = 1_000_000;

/// The tax at a share in millionths: added to an exclusive amount, contained in an inclusive one.
fn of_share(amount: i64, share: i64, behavior: TaxBehaviorOption) -> i64 {
    let part = i128::from(amount) * i128::from(share);
    match behavior {
        TaxBehaviorOption::Inclusive => divided(part, WHOLE + i128::from(share)),
        _ => divided(part, WHOLE),
    }
}

/// A quotient rounded half away from zero. `by` is positive.
fn divided(number: i128, by: i128) -> i64 {
    let half = if number < 0 { -by } else { by };
    i64::try_from((2 * number + half) / (2 * by)).expect("a share of an amount is no more than it")
}

/// Judges what only the rates can tell: a registration needs a rate where Till knows none.
pub fn check(settings: &TaxSettings) -> Result<(), Refusal> {
    let listed = settings.registrations.iter().enumerate();
    let problems = listed.filter_map(|(row, one)| {
        let known = one.state.is_none() && rates::of_place(one.country.as_str()).is_some();
        (one.rate.is_none() && !known).then(|| {
            let place = loc!["body", "tax_settings", "registrations", row, "rate"];
            let of = one.state.as_deref().unwrap_or(one.country.name());
            let words = format!("Till has no standard rate for {of}; enter a rate");
            Problem::new("missing", place, words, serde_json::Value::Null)
        })
    });
    collected(problems.collect())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
