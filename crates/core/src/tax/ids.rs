//! Tax ids: is this number a valid one for a buyer in that country (spec checkout 9.5).
//!
//! Numbers are read as the public registers print them: separators, case and country prefixes do
//! not matter, wide digits and typographic dashes count as plain ones. Any other character outside
//! ASCII makes the number invalid, so that what is stored never looks like something it is not.
//! Nothing here asks a register whether the number was ever given out, and with no clock here a
//! number dated in the future passes. One-stop-shop numbers (`EU…`, `IM…`) are a kind of their own
//! and no `eu_vat`; Northern Ireland's (`XI…`) are.

mod africa_asia;
mod americas;
mod checksum;
mod europe;
mod format;
mod rule;

pub use format::Format;
use rule::Rule;

/// Checks `number` for a buyer in `country` (ISO 3166-1 alpha-2, upper case) and returns it
/// normalised, with the format that accepted it: the country's formats are tried in order and the
/// first one wins. `None` when no format accepts it or the country has none (docs/behaviour: tax/ids).
pub fn validate(number: &str, country: &str) -> Option<(String, Format)> {
    let number = rule::read(number, country)?;
    formats(country).iter().find_map(|format| {
        let normal = match format {
            Format::EuVat => europe::eu_vat(&number),
            other => rule_of(*other)?.apply(&number),
        };
        Some((normal?, *format))
    })
}

/// True where a buyer in the country (ISO 3166-1 alpha-2, upper case) can have a tax id that [`validate`] accepts.
pub fn is_known_in(country: &str) -> bool {
    let checked = |format: &Format| *format == Format::EuVat || rule_of(*format).is_some();
    formats(country).iter().any(checked)
}

/// The formats of a country, in the order they are tried.
fn formats(country: &str) -> &'static [Format] {
    use Format::*;
    match country {
        "AT" | "BE" | "BG" | "CY" | "CZ" | "DE" | "DK" | "EE" | "ES" | "FI" | "FR" | "GR"
        | "HR" | "HU" | "IE" | "IT" | "LT" | "LU" | "LV" | "MT" | "NL" | "PL" | "PT" | "RO"
        | "SE" | "SI" | "SK" => &[EuVat],
        "AD" => &[AdNrt],
        "AE" => &[AeTrn],
        "AR" => &[ArCuit],
        "AU" => &[AuAbn],
        "BH" => &[BhVat],
        "BO" => &[BoTin],
        "BR" => &[BrCnpj, BrCpf],
        "CA" => &[CaGstHst, CaBn],
        "CH" => &[ChUid, ChVat],
        "CL" => &[ClTin],
        "CN" => &[CnTin],
        "CO" => &[CoNit],
        "CR" => &[CrTin],
        "DO" => &[DoRcn],
        "EC" => &[EcRuc],
        "EG" => &[EgTin],
        "GB" => &[GbVat],
        "GE" => &[GeVat],
        "HK" => &[HkBr],
        "ID" => &[IdNpwp],
        "IL" => &[IlVat],
        "IN" => &[InGst],
        "IS" => &[IsVat],
        "JP" => &[JpCn],
        "KE" => &[KePin],
        "KR" => &[KrBrn],
        "KZ" => &[KzBin],
        "LI" => &[LiUid],
        "MK" => &[MkVat],
        "MU" => &[MuTan],
        "MX" => &[MxRfc],
        "MY" => &[MyItn],
        "NG" => &[NgTin],
        "NO" => &[NoVat],
        "NZ" => &[NzGst],
        "OM" => &[OmVat],
        "PE" => &[PeRuc],
        "PH" => &[PhTin],
        "RS" => &[RsPib],
        "RU" => &[RuInn],
        "SA" => &[SaVat],
        "SG" => &[SgUen],
        "SV" => &[SvNit],
        "TH" => &[ThVat],
        "TR" => &[TrTin],
        "TW" => &[TwVat],
        "UA" => &[UaVat],
        "US" => &[UsEin],
        "UY" => &[UyRuc],
        "VE" => &[VeRif],
        "VN" => &[VnTin],
        "ZA" => &[ZaVat],
        _ => &[],
    }
}

/// The rule of a national format: how it is written and checked. `None`: the format is known by name only, no
/// number is ever valid in it (among them `do_rcn`).
fn rule_of(format: Format) -> Option<Rule> {
    use {Format as F, africa_asia as aa, americas as am, europe as eu};
    Some(match format {
        F::AdNrt => Rule::new(" -.", "", eu::andorra),
        F::AeTrn => Rule::new(" -.", "", aa::emirates),
        F::ArCuit => Rule::new(" -", "", am::argentina),
        F::AuAbn => Rule::new(" ", "", aa::australia),
        F::BrCnpj => Rule::new(" -./", "", am::brazil_company),
        F::BrCpf => Rule::new(" -.", "", am::brazil_person),
        F::CaBn => Rule::new(" -", "", am::canada),
        F::CaGstHst => Rule::new(" -", "", am::canada_account),
        F::ChUid => Rule::completed(" -.", "", eu::with_che, eu::switzerland),
        F::ChVat => Rule::new(" -.", "", eu::switzerland_vat),
        F::ClTin => Rule::new(" -.", "CL", am::chile),
        F::CoNit => Rule::new(" -.,", "", am::colombia),
        F::CrTin => Rule::new(" -", "", am::costa_rica),
        F::EcRuc => Rule::new(" -", "", am::ecuador),
        F::GbVat => Rule::completed(" -.", "GB", eu::without_xi, eu::united_kingdom),
        F::GeVat => Rule::new(" -.", "GE", aa::georgia),
        F::HkBr => Rule::new(" -()", "", aa::hong_kong),
        F::IdNpwp => Rule::new(" -.", "", aa::indonesia),
        F::IlVat => Rule::new(" -", "", aa::israel),
        F::InGst => Rule::new(" -", "", aa::india),
        F::IsVat => Rule::new(" ", "IS", eu::iceland),
        F::JpCn => Rule::new(" -", "", aa::japan),
        F::KePin => Rule::new(" -", "", aa::kenya),
        F::KrBrn => Rule::new(" -", "", aa::korea),
        F::MkVat => Rule::new(" -", "MK", eu::north_macedonia),
        F::MuTan => Rule::new(" -", "", aa::mauritius),
        F::MxRfc => Rule::new(" -_", "", am::mexico),
        F::NoVat => Rule::new(" ", "NO", eu::norway),
        F::PeRuc => Rule::new(" ", "", am::peru),
        F::RsPib => Rule::new(" -.", "", eu::serbia),
        F::RuInn => Rule::new(" ", "", eu::russia),
        F::SgUen => Rule::new("", "", aa::singapore),
        F::SvNit => Rule::new(" -", "SV", am::el_salvador),
        F::ThVat => Rule::new(" -", "", aa::thailand),
        F::TrTin => Rule::new("", "", aa::turkey),
        F::TwVat => Rule::new(" -", "", aa::taiwan),
        // The dash has one place only, so the check sees it.
        F::UsEin => Rule::completed("", "", am::without_ein_dash, am::united_states),
        F::UyRuc => Rule::new(" -", "UY", am::uruguay),
        F::VeRif => Rule::new(" -", "", am::venezuela),
        F::VnTin => Rule::new(" -.", "", aa::vietnam),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
