//! Postal addresses (docs/behaviour: api/addresses-of-people).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    country::{self, Country},
    input::{Context, text_within},
    limits,
    request::*,
};

/// Billing address. Only the country is always known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// First line of the address, such as street and number; null if it is not known.
    #[serde(default)]
    pub line1: Option<String>,
    /// Second line of the address; null if there is none.
    #[serde(default)]
    pub line2: Option<String>,
    /// Postal code of the address; null if it is not known.
    #[serde(default)]
    pub postal_code: Option<String>,
    /// City of the address; null if it is not known.
    #[serde(default)]
    pub city: Option<String>,
    /// State or province; in the United States and Canada with the country before it, such as `US-NY`. Null if it is
    /// not known.
    #[serde(default)]
    pub state: Option<String>,
    /// Country of the address, as an ISO 3166-1 code of two capital letters.
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

    /// True if anything finer than country and state is known.
    pub fn has_street_part(&self) -> bool {
        [&self.line1, &self.line2, &self.city, &self.postal_code]
            .into_iter()
            .any(Option::is_some)
    }
}

/// A country that may be entered, in any case.
pub(crate) fn country() -> impl Reader<Value = Country> {
    let unknown = |value: &Value, cx: &mut Context| {
        cx.fail("enum", "Input should be a supported country code", value)
    };
    let read = move |value: &Value, cx: &mut Context| {
        let raw = text_within(value, cx, 2, |value, cx| {
            cx.fail("enum", "Input should be a supported country code", value)
        })?;
        Country::parse_input(raw).map_or_else(|_| unknown(value, cx), Some)
    };
    read_by(read, || text(2, 2).schema())
}

/// An address: any case for the country, blank parts as null, US and CA states with or without prefix.
pub(crate) fn address() -> impl Reader<Value = Address> {
    let shape = object! {
        /// Billing address.
        Address {
            /// Country of the address, as an ISO 3166-1 code of two letters.
            country = required(country()),
            /// First line of the address, such as street and number.
            line1 = optional(blankable(limits::LINE)),
            /// Second line of the address.
            line2 = optional(blankable(limits::LINE)),
            /// Postal code of the address.
            postal_code = optional(blankable(limits::LINE)),
            /// City of the address.
            city = optional(blankable(limits::LINE)),
            /// State or province; in the United States and Canada one of their codes, such as `NY` or `US-NY`.
            state = optional(blankable(limits::LINE)),
        }
    };
    shape.and_then(|read: Address, value: &Value, cx: &mut Context| {
        let state = read.state.as_deref();
        let known = state.map(|state| country::normalise_state(read.country, state));
        match known.transpose() {
            Ok(state) => Some(Address { state, ..read }),
            Err(_) => cx.refuse("this state is not in the country", value),
        }
    })
}
