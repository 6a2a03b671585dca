//! Countries and subdivisions that a billing address can name, and what their parts are called.

use std::sync::LazyLock;

use till_wire::country::Country;

/// ISO 3166-1 alpha-2 code and English name, sorted by name.
pub static COUNTRIES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    Country::choices()
        .into_iter()
        .map(|country| (country.as_str(), country.name()))
        .collect()
});

/// The subdivisions that a country's state must be one of; `None` where any text will do.
#[must_use]
pub fn subdivisions(country: &str) -> Option<&'static [(&'static str, &'static str)]> {
    let states = Country::parse_input(country).ok()?.states();
    (!states.is_empty()).then_some(states)
}

/// The message with what people of a country call the state line of their address.
#[must_use]
pub fn state_label(country: &str) -> &'static str {
    match country {
        "US" | "AU" | "IN" | "BR" | "MX" => "state",
        "CA" | "ES" | "IT" | "NL" | "AR" => "province",
        _ => "region",
    }
}

/// The message with what people of a country call the postal code.
#[must_use]
pub fn postal_code_label(country: &str) -> &'static str {
    match country {
        "US" => "zip-code",
        "GB" | "AU" | "NZ" => "postcode",
        _ => "postal-code",
    }
}
