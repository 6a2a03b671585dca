//! Postal addresses (docs/behaviour: api/addresses-of-people).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    country::{self, Country},
    input::{Context, blank_text, text_within},
    limits,
};

/// A billing address. Only the country is always known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// First line.
    #[serde(default)]
    pub line1: Option<String>,
    /// Second line.
    #[serde(default)]
    pub line2: Option<String>,
    /// Postal code.
    #[serde(default)]
    pub postal_code: Option<String>,
    /// City.
    #[serde(default)]
    pub city: Option<String>,
    /// State; of the United States and Canada with the country's prefix (`US-NY`).
    #[serde(default)]
    pub state: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    #[schema(value_type = String, min_length = 2, max_length = 2)]
    pub country: Country,
}

impl Address {
    /// An address of which only the country is known.
    pub fn of_country(country: Country) -> Self {
        Self {
            line1: None,
            line2: None,
            postal_code: None,
            city: None,
            state: None,
            country,
        }
    }

    /// Whether anything finer than country and state is known.
    pub fn has_street_part(&self) -> bool {
        [&self.line1, &self.line2, &self.city, &self.postal_code]
            .into_iter()
            .any(Option::is_some)
    }
}

/// A country that may be entered, in any case.
pub(crate) fn country(value: &Value, cx: &mut Context) -> Option<Country> {
    let unknown = |value: &Value, cx: &mut Context| -> Option<Country> {
        cx.fail("enum", "Input should be a supported country code", value)
    };
    let raw = text_within(value, cx, 2, |value, cx| {
        unknown(value, cx);
        None
    })?;
    Country::parse_input(raw).map_or_else(|_| unknown(value, cx), Some)
}

/// Reads an address: any case for the country, blank parts as null, US and CA states with or
/// without prefix.
pub fn address(value: &Value, cx: &mut Context) -> Option<Address> {
    let before = cx.problems.len();
    let read = cx.object(value, |f| {
        let country = f.required("country", country);
        let [line1, line2, postal_code, city, state] =
            ["line1", "line2", "postal_code", "city", "state"]
                .map(|key| f.blankable(key, blank_text(limits::LINE)).value());
        Some(Address {
            line1,
            line2,
            postal_code,
            city,
            state,
            country: country?,
        })
    })?;
    let state = match &read.state {
        None => None,
        Some(state) => match country::normalise_state(read.country, state) {
            Ok(state) => Some(state),
            Err(_) => return cx.refuse("this state does not belong to the country", value),
        },
    };
    (cx.problems.len() == before).then_some(Address { state, ..read })
}
