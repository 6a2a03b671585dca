//! Countries and subdivisions that a billing address can name, and what their parts are called.

use std::sync::LazyLock;

use till_wire::country::Country;

use super::fields::Field;

/// ISO 3166-1 alpha-2 code and English name, sorted by name.
pub static COUNTRIES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    Country::choices()
        .into_iter()
        .map(|country| (country.as_str(), country.name()))
        .collect()
});

/// The country that a browser's `Accept-Language` speaks of: the region of its first language, else the country that
/// most readers of that language live in. None for languages of many countries.
#[must_use]
pub fn of_browser(header: &str) -> Option<Country> {
    let tag = header.split([',', ';']).next()?.trim();
    let mut parts = tag.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    let region = match parts.find(|part| part.len() == 2) {
        Some(region) => region,
        None => match language.as_str() {
            "de" => "DE",
            "fr" => "FR",
            "hu" => "HU",
            "it" => "IT",
            "ja" => "JP",
            "ko" => "KR",
            "nl" => "NL",
            "pl" => "PL",
            "sv" => "SE",
            "tr" => "TR",
            _ => return None,
        },
    };
    Country::parse_input(region).ok()
}

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

/// The lines below the country, in the order in which its people write an address.
#[must_use]
pub fn address_order(country: &str) -> &'static [Field; 5] {
    use Field::{City, Line1, Line2, PostalCode, State};
    match country {
        "CN" | "JP" | "KR" | "TW" => &[PostalCode, State, City, Line1, Line2],
        _ if writes_code_first(country) => &[Line1, Line2, PostalCode, City, State],
        _ => &[Line1, Line2, City, State, PostalCode],
    }
}

/// True where the postal code stands before the city.
fn writes_code_first(country: &str) -> bool {
    writes_city_last(country) || matches!(country, "BR" | "ES" | "IT" | "MX" | "MY" | "RO" | "TR")
}

/// True where the last line of an address is the postal code and the city: a state or region has no place in it.
pub(in crate::pages) fn writes_city_last(country: &str) -> bool {
    matches!(
        country,
        "AT" | "BE"
            | "BG"
            | "CH"
            | "CY"
            | "CZ"
            | "DE"
            | "DK"
            | "EE"
            | "FI"
            | "FR"
            | "GR"
            | "HR"
            | "HU"
            | "IS"
            | "LI"
            | "LT"
            | "LU"
            | "LV"
            | "MC"
            | "MT"
            | "NL"
            | "NO"
            | "PL"
            | "PT"
            | "SE"
            | "SI"
            | "SK"
    )
}

/// True where an address names its state, province, prefecture or county.
#[must_use]
pub fn writes_state(country: &str) -> bool {
    !writes_city_last(country) && !matches!(country, "GB" | "IL" | "NZ" | "SG")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_asked_for_as_it_is_written() {
        let place = |country, field| {
            let order = address_order(country);
            order.iter().position(|one| *one == field)
        };
        for country in ["DE", "FR", "IT", "JP"] {
            assert!(
                place(country, Field::PostalCode) < place(country, Field::City),
                "{country}"
            );
        }
        for country in ["US", "GB", "CA", ""] {
            assert!(
                place(country, Field::City) < place(country, Field::PostalCode),
                "{country}"
            );
        }
        assert_eq!(address_order("JP").first(), Some(&Field::PostalCode));
        assert_eq!(
            ["US", "CA", "IT", "JP", "DE", "FR", "GB"].map(writes_state),
            [true, true, true, true, false, false, false]
        );
    }

    #[test]
    fn a_country_is_guessed_from_the_first_language() {
        for (header, country) in [
            ("en-US,en;q=0.9", Some("US")),
            ("de", Some("DE")),
            ("de-AT,de;q=0.9,en;q=0.8", Some("AT")),
            ("zh-Hant-TW", Some("TW")),
            ("ja;q=0.9", Some("JP")),
            ("en,de-DE;q=0.5", None),
            ("es-419", None),
            ("es", None),
            ("ru-RU", None),
            ("fa-IR", None),
            ("*", None),
            ("", None),
        ] {
            let guess = of_browser(header);
            assert_eq!(guess.map(|country| country.as_str()), country, "{header}");
        }
    }
}
