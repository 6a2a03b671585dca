//! Standard rates of VAT, GST and the like, as known on 1 January 2026: the rate that most goods and all
//! electronically supplied services of a country bear. Reduced rates and special territories (the Canary
//! Islands, Büsingen, Åland) are not here: whoever needs one enters a rate for the place.
//!
//! Sources: for the EU, the European Commission's "VAT rates applied in the Member States of the European
//! Union" and its database "Taxes in Europe"; elsewhere the country's own authority, named at its row. A rate
//! that changes is changed here, together with its date and the date above.

use till_wire::{country::Country, tax::TaxRate};

/// A country's, or a province's, standard rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard {
    /// Country, or province with the country's prefix (`CA-ON`).
    pub place: &'static str,
    /// The name that buyers know it by.
    pub name: &'static str,
    /// The rate.
    pub rate: TaxRate,
    /// The day from which it holds, ISO 8601.
    pub since: &'static str,
}

const fn of(place: &'static str, name: &'static str, points: u32, since: &'static str) -> Standard {
    Standard {
        place,
        name,
        rate: TaxRate::basis_points(points),
        since,
    }
}

/// The rates, by place.
pub const STANDARD: &[Standard] = &[
    of("AE", "VAT", 500, "2018-01-01"), // Federal Tax Authority
    of("AT", "VAT", 2000, "1984-01-01"),
    of("AU", "GST", 1000, "2000-07-01"), // Australian Taxation Office
    of("BE", "VAT", 2100, "1996-01-01"),
    of("BG", "VAT", 2000, "1999-01-01"),
    of("BH", "VAT", 1000, "2022-01-01"), // National Bureau for Revenue
    of("CA", "GST", 500, "2008-01-01"),  // Canada Revenue Agency, GST/HST rates
    of("CA-NB", "HST", 1500, "2016-07-01"),
    of("CA-NL", "HST", 1500, "2016-07-01"),
    of("CA-NS", "HST", 1400, "2025-04-01"),
    of("CA-ON", "HST", 1300, "2010-07-01"),
    of("CA-PE", "HST", 1500, "2016-10-01"),
    of("CH", "VAT", 810, "2024-01-01"), // Federal Tax Administration
    of("CL", "IVA", 1900, "2003-10-01"), // Servicio de Impuestos Internos
    of("CO", "IVA", 1900, "2017-01-01"), // DIAN
    of("CY", "VAT", 1900, "2014-01-13"),
    of("CZ", "VAT", 2100, "2013-01-01"),
    of("DE", "VAT", 1900, "2021-01-01"),
    of("DK", "VAT", 2500, "1992-01-01"),
    of("EE", "VAT", 2400, "2025-07-01"),
    of("ES", "VAT", 2100, "2012-09-01"),
    of("FI", "VAT", 2550, "2024-09-01"),
    of("FR", "VAT", 2000, "2014-01-01"),
    of("GB", "VAT", 2000, "2011-01-04"), // HM Revenue & Customs
    of("GR", "VAT", 2400, "2016-06-01"),
    of("HR", "VAT", 2500, "2012-03-01"),
    of("HU", "VAT", 2700, "2012-01-01"),
    of("IE", "VAT", 2300, "2021-03-01"),
    of("IL", "VAT", 1800, "2025-01-01"), // Israel Tax Authority
    of("IN", "GST", 1800, "2017-07-01"), // Central Board of Indirect Taxes and Customs
    of("IS", "VAT", 2400, "2015-01-01"), // Skatturinn
    of("IT", "VAT", 2200, "2013-10-01"),
    of("JP", "Consumption tax", 1000, "2019-10-01"), // National Tax Agency
    of("KR", "VAT", 1000, "1977-07-01"),             // National Tax Service
    of("LI", "VAT", 810, "2024-01-01"),              // Steuerverwaltung
    of("LT", "VAT", 2100, "2009-09-01"),
    of("LU", "VAT", 1700, "2024-01-01"),
    of("LV", "VAT", 2100, "2012-07-01"),
    of("MT", "VAT", 1800, "2004-01-01"),
    of("MX", "IVA", 1600, "2010-01-01"), // Servicio de Administración Tributaria
    of("NL", "VAT", 2100, "2012-10-01"),
    of("NO", "VAT", 2500, "2005-01-01"), // Skatteetaten
    of("NZ", "GST", 1500, "2010-10-01"), // Inland Revenue
    of("OM", "VAT", 500, "2021-04-16"),  // Oman Tax Authority
    of("PH", "VAT", 1200, "2006-02-01"), // Bureau of Internal Revenue
    of("PL", "VAT", 2300, "2011-01-01"),
    of("PT", "VAT", 2300, "2011-01-01"),
    of("RO", "VAT", 2100, "2025-08-01"),
    of("RS", "VAT", 2000, "2012-10-01"), // Ministry of Finance
    of("SA", "VAT", 1500, "2020-07-01"), // Zakat, Tax and Customs Authority
    of("SE", "VAT", 2500, "1990-07-01"),
    of("SG", "GST", 900, "2024-01-01"), // Inland Revenue Authority
    of("SI", "VAT", 2200, "2013-07-01"),
    of("SK", "VAT", 2300, "2025-01-01"),
    of("TR", "VAT", 2000, "2023-07-10"), // Gelir İdaresi Başkanlığı
    of("TW", "VAT", 500, "1986-04-01"),  // Ministry of Finance
    of("UY", "IVA", 2200, "2007-07-01"), // Dirección General Impositiva
    of("ZA", "VAT", 1500, "2018-04-01"), // South African Revenue Service
];

/// Places without a general tax on sales of their own (their tax authorities; Federation of Tax
/// Administrators for the states).
const UNTAXED: [&str; 8] = ["BM", "HK", "KY", "MO", "US-DE", "US-MT", "US-NH", "US-OR"];

/// The standard rate of a country or province.
pub fn of_place(place: &str) -> Option<Standard> {
    STANDARD.iter().find(|one| one.place == place).copied()
}

/// The country whose tax is charged in a country: Monaco is in France's, the Isle of Man in the United Kingdom's.
pub fn tax_area(country: Country) -> Country {
    let area = match country.as_str() {
        "MC" => "FR",
        "IM" => "GB",
        _ => return country,
    };
    Country::parse_stored(area).unwrap_or(country)
}

/// True where there is no general tax on sales.
pub fn is_untaxed(place: &str) -> bool {
    UNTAXED.contains(&place)
}

/// The name of the tax of a province or state whose rate the merchant enters.
pub fn usual_name(country: &str, state: Option<&str>) -> &'static str {
    match (country, state) {
        ("US", _) => "Sales tax",
        ("CA", Some("CA-QC")) => "QST",
        ("CA", Some("CA-MB")) => "RST",
        ("CA", Some("CA-BC" | "CA-SK")) => "PST",
        _ => of_place(country).map_or("Tax", |known| known.name),
    }
}
