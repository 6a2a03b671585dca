//! The buyer's country: by network address, or by what the proxy in front says.

use axum::http::HeaderMap;
use till_wire::country::Country;

use crate::app::App;

impl App {
    /// The country of an address that a body or a row holds.
    pub fn country_of(&self, address: Option<&str>) -> Option<Country> {
        self.geo.country(address?.parse().ok()?)
    }

    /// The country of somebody who opens a page: by their address, else by the proxy's header.
    pub fn visitor_country(&self, headers: &HeaderMap, address: &str) -> Option<Country> {
        let said = || {
            let name = self.policy.country_header.as_deref()?;
            let code = headers.get(name)?.to_str().ok()?;
            Country::parse_stored(code.trim()).ok()
        };
        self.country_of(Some(address)).or_else(said)
    }
}
