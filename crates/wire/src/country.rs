//! Countries and their states.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod table;

use table::{CA_STATES, ROWS, US_STATES};

/// An ISO 3166-1 country: two upper-case letters. Ordered by code.
///
/// JSON is read as [`Country::parse_stored`] reads; what people and API callers send goes
/// through [`Country::parse_input`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u8);

/// The text names no country, or none that is accepted there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCountry;

impl fmt::Display for InvalidCountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a supported country: use an ISO 3166 code of two letters such as US")
    }
}

impl std::error::Error for InvalidCountry {}

/// The state is none of its country's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidState {
    /// The country whose list was searched: US or CA.
    pub country: Country,
}

impl fmt::Display for InvalidState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.country {
            Country::US => {
                f.write_str("not a state of the United States: use a code such as US-NY")
            }
            _ => f.write_str("not a province or territory of Canada: use a code such as CA-QC"),
        }
    }
}

impl std::error::Error for InvalidState {}

/// Countries that addresses may still hold but nobody may enter.
const EMBARGOED: [&str; 5] = ["CU", "IR", "KP", "RU", "SY"];

/// Countries in whose addresses the Universal Postal Union knows no postal code; sorted.
const NO_POSTAL_CODES: [&str; 60] = [
    "AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BQ", "BS", "BW", "BZ", "CD", "CF", "CG", "CI",
    "CM", "CW", "DJ", "DM", "ER", "FJ", "GA", "GD", "GH", "GM", "GQ", "GY", "HK", "JM", "KI", "KM",
    "KN", "KP", "LY", "ML", "MO", "MR", "MW", "NR", "QA", "RW", "SB", "SC", "SL", "SR", "SS", "ST",
    "SX", "SY", "TD", "TG", "TK", "TL", "TO", "TV", "UG", "VU", "YE", "ZW",
];

impl Country {
    /// Canada.
    pub const CA: Country = Country::listed("CA");
    /// The United States.
    pub const US: Country = Country::listed("US");

    /// Every country, by code, the embargoed ones included.
    pub const ALL: [Country; ROWS.len()] = {
        let mut all = [Country(0); ROWS.len()];
        let mut i = 0;
        while i < all.len() {
            all[i] = Country(i as u8);
            i += 1;
        }
        all
    };

    /// The country of a code that is known to be listed; checked when compiled.
    const fn listed(code: &str) -> Country {
        let wanted = code.as_bytes();
        let mut i = 0;
        while i < ROWS.len() {
            let row = ROWS[i].0.as_bytes();
            if row[0] == wanted[0] && row[1] == wanted[1] {
                return Country(i as u8);
            }
            i += 1;
        }
        panic!("not in the table")
    }

    /// True where addresses have a postal code.
    pub fn has_postal_code(self) -> bool {
        NO_POSTAL_CODES.binary_search(&self.as_str()).is_err()
    }

    /// Reads a code in any case as callers and buyers send it; refuses CU, IR, KP, RU and SY.
    pub fn parse_input(code: &str) -> Result<Country, InvalidCountry> {
        let country = Country::parse_stored(code)?;
        if country.is_embargoed() {
            Err(InvalidCountry)
        } else {
            Ok(country)
        }
    }

    /// Reads a code in any case, of any country: for what is already stored.
    pub fn parse_stored(code: &str) -> Result<Country, InvalidCountry> {
        let code = code.to_ascii_uppercase();
        ROWS.binary_search_by(|row| row.0.cmp(&code))
            .ok()
            .and_then(|index| u8::try_from(index).ok())
            .map(Country)
            .ok_or(InvalidCountry)
    }

    /// The two upper-case letters.
    pub fn as_str(self) -> &'static str {
        ROWS[usize::from(self.0)].0
    }

    /// The usual English name.
    pub fn name(self) -> &'static str {
        ROWS[usize::from(self.0)].1
    }

    /// True if addresses of this country are refused as input.
    pub fn is_embargoed(self) -> bool {
        EMBARGOED.contains(&self.as_str())
    }

    /// The code of its currency, in small letters.
    pub(crate) fn tender(self) -> &'static str {
        ROWS[usize::from(self.0)].2
    }

    /// Every country that may be entered, in the order of its English name: for select boxes.
    pub fn choices() -> Vec<Country> {
        let mut choices: Vec<_> = Country::ALL
            .into_iter()
            .filter(|one| !one.is_embargoed())
            .collect();
        choices.sort_by_key(|country| folded(country.name()));
        choices
    }

    /// The states, provinces or territories as (prefixed code, English name), by name; empty for
    /// all countries but US and CA, whose states are free text.
    pub fn states(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Country::US => &US_STATES,
            Country::CA => &CA_STATES,
            _ => &[],
        }
    }
}

/// The form in which a state is stored: trimmed; for US and CA the prefixed code of a listed
/// state, whether it came bare (`NY`) or prefixed (`US-NY`), in any case; for other countries
/// the text as it is.
pub fn normalise_state(country: Country, state: &str) -> Result<String, InvalidState> {
    let state = state.trim();
    if country.states().is_empty() {
        return Ok(state.to_owned());
    }
    let code = state.to_ascii_uppercase();
    country
        .states()
        .iter()
        .find(|(listed, _)| *listed == code || listed[3..] == code)
        .map(|(listed, _)| (*listed).to_owned())
        .ok_or(InvalidState { country })
}

/// Lower case without the accents that country names have, so that Åland stands under A.
fn folded(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'å' | 'ã' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ô' => 'o',
            'ü' => 'u',
            'ç' => 'c',
            other => other,
        })
        .collect()
}

/// The OpenAPI schema of a short code.
pub(crate) fn code_schema(
    description: &str,
    example: &str,
) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .description(Some(description))
        .examples([serde_json::Value::from(example)])
        .into()
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = Cow::<'de, str>::deserialize(deserializer)?;
        Country::parse_stored(&code).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Country {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        code_schema("ISO 3166-1 alpha-2 country code, upper case.", "US")
    }
}

impl utoipa::ToSchema for Country {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_takes_any_case_and_refuses_the_embargoed() {
        for code in ["de", "De", "DE"] {
            assert_eq!(Country::parse_input(code).unwrap().as_str(), "DE");
        }
        for code in [
            "CU", "ir", "KP", "SY", "ru", "XX", "", "D", "DEU", " DE", "UK",
        ] {
            assert_eq!(Country::parse_input(code), Err(InvalidCountry), "{code:?}");
        }
    }

    #[test]
    fn stored_countries_include_the_embargoed() {
        for code in EMBARGOED {
            let country = Country::parse_stored(code).unwrap();
            assert_eq!(country.as_str(), code);
            assert_eq!(
                serde_json::from_str::<Country>(&format!("\"{code}\"")).unwrap(),
                country
            );
        }
    }

    #[test]
    fn the_table_is_sorted_and_every_named_currency_is_listed() {
        for pair in ROWS.windows(2) {
            assert!(pair[0].0 < pair[1].0);
        }
        for country in Country::ALL {
            assert_eq!(Country::parse_stored(country.as_str()), Ok(country));
            let code = ROWS[usize::from(country.0)].2;
            assert!(
                code.is_empty() || country.currency().is_some(),
                "{country}: {code}"
            );
        }
    }

    #[test]
    fn choices_are_in_order_of_name_without_the_embargoed() {
        let choices = Country::choices();
        assert_eq!(choices.len(), 244);
        let names: Vec<_> = choices.iter().map(|one| one.name()).collect();
        assert_eq!(names[..3], ["Afghanistan", "Åland Islands", "Albania"]);
        assert_eq!(names.last(), Some(&"Zimbabwe"));
        assert!(
            names
                .iter()
                .all(|name| folded(name).is_ascii() || name.contains('’')),
            "a letter is not folded"
        );
    }

    #[test]
    fn states_of_us_and_ca_are_stored_prefixed() {
        assert_eq!(normalise_state(Country::US, "NY").unwrap(), "US-NY");
        assert_eq!(normalise_state(Country::US, "US-NY").unwrap(), "US-NY");
        assert_eq!(normalise_state(Country::US, " us-dc ").unwrap(), "US-DC");
        assert_eq!(normalise_state(Country::CA, "QC").unwrap(), "CA-QC");
        assert_eq!(
            (Country::US.states().len(), Country::CA.states().len()),
            (51, 13)
        );
    }

    #[test]
    fn unknown_states_of_us_and_ca_are_refused() {
        for (country, state) in [
            (Country::US, "QC"),
            (Country::US, "CA-QC"),
            (Country::US, "New York"),
            (Country::US, ""),
            (Country::US, "US-"),
            (Country::US, "PR"),
            (Country::CA, "NY"),
        ] {
            assert_eq!(
                normalise_state(country, state),
                Err(InvalidState { country }),
                "{state:?}"
            );
        }
    }

    #[test]
    fn states_of_other_countries_are_free_text() {
        let germany = Country::parse_input("DE").unwrap();
        assert_eq!(normalise_state(germany, " Bayern ").unwrap(), "Bayern");
    }

    #[test]
    fn states_are_listed_by_name() {
        for country in [Country::US, Country::CA] {
            assert!(
                country
                    .states()
                    .windows(2)
                    .all(|pair| pair[0].1 < pair[1].1)
            );
        }
    }
}
