//! Requests that say whether and where tax is collected.

use std::collections::HashSet;

use serde_json::Value;

use super::{EuSales, TaxRate, TaxRegistration, TaxSettings, in_eu};
use crate::{
    address,
    country::{Country, normalise_state},
    input::{Context, Fields, text_of},
    limits,
    request::*,
};

impl TaxSettings {
    /// Reads them.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        Self::shape().read(value, cx)
    }

    /// As an organization's PATCH gives them.
    pub(crate) fn shape() -> impl Reader<Value = Self> {
        object! {
            /// Tax settings: whether and where tax is collected.
            TaxSettings {
                /// True if tax is collected.
                enabled = required(flag()),
                // Not optional: switching tax off and on must not forget where the merchant is registered.
                /// Registrations for taxes, one for each place; replaces the whole list.
                registrations = required(registrations()),
            }
        }
    }
}

fn registrations() -> impl Reader<Value = Vec<TaxRegistration>> {
    list(0, limits::REGISTRATIONS, registration()).and_then(
        |listed: Vec<TaxRegistration>, value: &Value, cx: &mut Context| {
            let mut places = HashSet::new();
            let again = listed.iter().position(|one| {
                let state = one.state.as_deref().map(str::to_lowercase);
                !places.insert((one.country, state))
            });
            match again {
                Some(place) => cx.at(place, |cx| {
                    cx.refuse("this place is already registered", value)
                }),
                None => Some(listed),
            }
        },
    )
}

fn registration() -> impl Reader<Value = TaxRegistration> {
    nested(
        &["Registration of the organization for a tax."],
        group! { f;
            /// Country of the registration, as an ISO 3166-1 code of two letters.
            country = required(address::country()),
            /// State or province that has a tax of its own; required in the United States.
            state = optional(blankable(100)),
            /// Rate in percent, as a decimal number such as `8.875`; if left out, the standard rate that Till knows.
            rate = optional(rate()),
            /// Name of the tax, as buyers see it; if left out, the standard name.
            name = optional(blankable(40)),
            /// Tax on sales to consumers in other EU countries; `oss` if left out, and only for EU countries.
            eu_sales = optional(word::<EuSales>()),
            => placed(TaxRegistration {
                country: country?,
                state: state?,
                rate: rate?,
                name: name?,
                eu_sales: eu_sales?,
            }, f)
        },
    )
}

/// Judges state and EU sales by the country.
fn placed(sent: TaxRegistration, f: &mut Fields<'_, '_>) -> Option<TaxRegistration> {
    let (whole, country) = (f.whole(), sent.country);
    let state = sent
        .state
        .as_deref()
        .map(|state| normalise_state(country, state));
    let state = match state.transpose() {
        Ok(state) => state,
        Err(error) => return f.cx.at("state", |cx| cx.refuse(error.to_string(), whole)),
    };
    if country == Country::US && state.is_none() {
        return f
            .cx
            .at("state", |cx| cx.fail("missing", "Field required", whole));
    }
    let european = in_eu(country) && state.is_none();
    if sent.eu_sales.is_some() && !european {
        return f.cx.at("eu_sales", |cx| {
            cx.refuse("this can be set only for a whole EU country", whole)
        });
    }
    let eu_sales = sent.eu_sales.or_else(|| european.then_some(EuSales::Oss));
    Some(TaxRegistration {
        state,
        eu_sales,
        ..sent
    })
}

/// A percentage from 0 to 100 of at most four decimals, as text or number; blank stands for null.
fn rate() -> impl Reader<Value = String> {
    const LONGEST: usize = 10;
    let read = |value: &Value, cx: &mut Context| {
        let raw = match value {
            Value::Number(number) => number.to_string(),
            other => text_of(0, LONGEST, true)(other, cx)?,
        };
        let raw = raw.trim().trim_end_matches('%').trim_end();
        match TaxRate::of_percent(raw) {
            Some(rate) => Some(rate.percent()),
            None => cx.refuse(
                "a rate must be a percentage from 0 to 100 with at most 4 decimal places",
                value,
            ),
        }
    };
    Blankable(read_by(read, || text(0, LONGEST).schema()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(settings: Value) -> Vec<(String, String)> {
        let mut cx = Context::new("body");
        TaxSettings::shape().read(&settings, &mut cx);
        let place = |p: &crate::input::Problem| serde_json::to_string(&p.loc).unwrap();
        cx.problems
            .iter()
            .map(|p| (p.kind.to_string(), place(p)))
            .collect()
    }

    #[test]
    fn registrations_are_judged_each_at_its_place() {
        let found = problems(json!({"enabled": true, "registrations": [
            {"country": "XX"},
            {"country": "US", "rate": "8"},
            {"country": "US", "state": "QC", "rate": "8"},
            {"country": "DE", "rate": "101"},
            {"country": "CH", "eu_sales": "oss"},
            {"country": "FR", "eu_sales": "anywhere"},
        ]}));
        let at = |row: usize, field: &str| format!(r#"["body","registrations",{row},"{field}"]"#);
        assert_eq!(
            found,
            [
                ("enum".into(), at(0, "country")),
                ("missing".into(), at(1, "state")),
                ("value_error".into(), at(2, "state")),
                ("value_error".into(), at(3, "rate")),
                ("value_error".into(), at(4, "eu_sales")),
                ("enum".into(), at(5, "eu_sales")),
            ]
        );
    }

    #[test]
    fn a_place_is_registered_once() {
        let twice = json!({"enabled": true, "registrations": [
            {"country": "US", "state": "NY", "rate": "8.875"},
            {"country": "us", "state": "us-ny", "rate": "4"},
        ]});
        let place = r#"["body","registrations",1]"#.to_owned();
        assert_eq!(problems(twice), [("value_error".into(), place)]);
    }

    #[test]
    fn an_eu_registration_is_for_the_one_stop_shop_unless_it_says_otherwise() {
        let mut cx = Context::new("body");
        let settings = json!({"enabled": true, "registrations": [
            {"country": "DE"}, {"country": "FR", "eu_sales": "domestic"}, {"country": "NO"},
        ]});
        let read = TaxSettings::shape().read(&settings, &mut cx).unwrap();
        let sales: Vec<_> = read.registrations.iter().map(|r| r.eu_sales).collect();
        assert_eq!(sales, [Some(EuSales::Oss), Some(EuSales::Domestic), None]);
    }
}
