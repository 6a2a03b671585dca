//! Numbers that the registers or the formats' own descriptions publish, and what holds for all.

use super::{Format, formats, is_known_in, validate};
use proptest::prelude::*;
use till_wire::country::Country;

/// Country, a number as people write it, and what it becomes.
const VALID: &[(&str, &str, &str, Format)] = &[
    ("AT", "AT U57194903", "ATU57194903", Format::EuVat),
    ("BE", "BE 428759497", "BE0428759497", Format::EuVat),
    ("BE", "BE(0)403.019.261", "BE0403019261", Format::EuVat),
    ("BG", "BG 175 074 752", "BG175074752", Format::EuVat),
    ("BG", "BG7523169263", "BG7523169263", Format::EuVat),
    ("BG", "BG7111042925", "BG7111042925", Format::EuVat),
    ("CY", "CY-10259033P", "CY10259033P", Format::EuVat),
    ("CZ", "CZ25123891", "CZ25123891", Format::EuVat),
    ("CZ", "CZ710319/2745", "CZ7103192745", Format::EuVat),
    ("CZ", "CZ991231123", "CZ991231123", Format::EuVat),
    ("CZ", "CZ640903926", "CZ640903926", Format::EuVat),
    ("DE", "de 136,695 976", "DE136695976", Format::EuVat),
    ("DK", "DK 13585628", "DK13585628", Format::EuVat),
    ("EE", "EE 100 931 558", "EE100931558", Format::EuVat),
    ("ES", "ESB-58378431", "ESB58378431", Format::EuVat),
    ("ES", "ES54362315K", "ES54362315K", Format::EuVat),
    ("ES", "ESX-5253868-R", "ESX5253868R", Format::EuVat),
    ("ES", "ESM1234567L", "ESM1234567L", Format::EuVat),
    ("FI", "FI 2077474-0", "FI20774740", Format::EuVat),
    ("FR", "FR61954506077", "FR61954506077", Format::EuVat),
    ("FR", "FR K7399859412", "FRK7399859412", Format::EuVat),
    ("FR", "FR4Z123456782", "FR4Z123456782", Format::EuVat),
    ("FR", "FR53000004605", "FR53000004605", Format::EuVat), // Monaco
    ("FR", "DE136695976", "DE136695976", Format::EuVat),     // another member's
    ("IE", "XI980780684", "XI980780684", Format::EuVat),
    ("GR", "EL 94259216", "EL094259216", Format::EuVat),
    ("GR", "GR094259216", "GR094259216", Format::EuVat),
    ("HR", "HR 33392005961", "HR33392005961", Format::EuVat),
    ("HU", "HU-12892312", "HU12892312", Format::EuVat),
    ("IE", "IE 6433435F", "IE6433435F", Format::EuVat),
    ("IE", "IE6433435OA", "IE6433435OA", Format::EuVat),
    ("IE", "IE8D79739I", "IE8D79739I", Format::EuVat),
    ("IT", "IT 00743110157", "IT00743110157", Format::EuVat),
    ("LT", "LT119511515", "LT119511515", Format::EuVat),
    ("LT", "LT 100001919017", "LT100001919017", Format::EuVat),
    ("LT", "LT100004801610", "LT100004801610", Format::EuVat),
    ("LU", "LU 150 274 42", "LU15027442", Format::EuVat),
    ("LV", "LV 4000 3521 600", "LV40003521600", Format::EuVat),
    ("LV", "LV161175-19997", "LV16117519997", Format::EuVat),
    ("LV", "LV328673-00679", "LV32867300679", Format::EuVat),
    ("MT", "MT 1167-9112", "MT11679112", Format::EuVat),
    ("NL", "NL4495445B01", "NL004495445B01", Format::EuVat),
    ("NL", "NL002455799B11", "NL002455799B11", Format::EuVat),
    ("PL", "PL 856-734-62-15", "PL8567346215", Format::EuVat),
    ("PT", "PT 501 964 843", "PT501964843", Format::EuVat),
    ("RO", "RO 185 472 90", "RO18547290", Format::EuVat),
    ("RO", "RO1630615123457", "RO1630615123457", Format::EuVat),
    ("SE", "SE 556703-7485 01", "SE556703748501", Format::EuVat),
    ("SI", "SI 5022 3054", "SI50223054", Format::EuVat),
    ("SK", "SK 202 274 96 19", "SK2022749619", Format::EuVat),
    ("AD", "U-132950-X", "U132950X", Format::AdNrt),
    ("AE", "100-123456789.01 2", "100123456789012", Format::AeTrn),
    ("AR", "20-05536168-2", "20055361682", Format::ArCuit),
    ("AU", "83 914 571 673", "83914571673", Format::AuAbn),
    ("BR", "16.727.230/0001-97", "16727230000197", Format::BrCnpj),
    ("BR", "12.ABC.345/01DE–35", "12ABC34501DE35", Format::BrCnpj),
    ("BR", "390.533.447-05", "39053344705", Format::BrCpf),
    (
        "CA",
        "12302 6635 RT 0001",
        "123026635RT0001",
        Format::CaGstHst,
    ),
    ("CA", "12302 6635", "123026635", Format::CaBn),
    ("CH", "CHE-100.155.212", "CHE100155212", Format::ChUid),
    ("CH", "100.155.212", "CHE100155212", Format::ChUid),
    (
        "CH",
        "CHE-107.787.577 IVA",
        "CHE107787577IVA",
        Format::ChVat,
    ),
    ("CL", "CL 12.531.909-2", "125319092", Format::ClTin),
    ("CO", "213.123.432-1", "2131234321", Format::CoNit),
    ("CR", "3-101-999999", "3101999999", Format::CrTin),
    ("EC", "1792060346-001", "1792060346001", Format::EcRuc),
    ("EC", "1714307103001", "1714307103001", Format::EcRuc),
    ("EC", "1792060347001", "1792060347001", Format::EcRuc), // no check digit
    ("GB", "GB 980 7806 84", "980780684", Format::GbVat),
    ("GB", "gd 001", "GD001", Format::GbVat),
    ("GB", "XI 980 7806 84", "980780684", Format::GbVat),
    ("GB", "GD8888 001 01", "GD888800101", Format::GbVat),
    ("GB", "HA8888 502 17", "HA888850217", Format::GbVat),
    ("GE", "GE 404876543", "404876543", Format::GeVat),
    ("GE", "01001012345", "01001012345", Format::GeVat),
    ("HK", "1234567(8)", "12345678", Format::HkBr),
    (
        "ID",
        "01.312.166.0-091.000",
        "013121660091000",
        Format::IdNpwp,
    ),
    ("ID", "3171011708450001", "3171011708450001", Format::IdNpwp),
    ("IL", "516179157", "516179157", Format::IlVat),
    ("IN", "27AAPFU0939F1ZV", "27AAPFU0939F1ZV", Format::InGst),
    ("IS", "IS 00621", "00621", Format::IsVat),
    ("JP", "5-8356-7825-6246", "5835678256246", Format::JpCn),
    ("KE", "p051365947m", "P051365947M", Format::KePin),
    ("KR", "116-82-00276", "1168200276", Format::KrBrn),
    ("MK", "MK4057009501106", "4057009501106", Format::MkVat),
    ("MK", "МК 4020990116747", "4020990116747", Format::MkVat), // Cyrillic letters
    ("MU", "20123456", "20123456", Format::MuTan),
    ("MX", "MAB-930714-8T4", "MAB9307148T4", Format::MxRfc),
    ("MX", "GODE 561231 GR8", "GODE561231GR8", Format::MxRfc),
    ("MX", "ñ&B930714-8T4", "Ñ&B9307148T4", Format::MxRfc),
    ("NO", "NO 995 525 828 MVA", "995525828MVA", Format::NoVat),
    ("PE", "20512333797", "20512333797", Format::PeRuc),
    ("RS", "101134702", "101134702", Format::RsPib),
    ("RU", "1234567894", "1234567894", Format::RuInn),
    ("RU", "123456789047", "123456789047", Format::RuInn),
    ("SG", "00192200M", "00192200M", Format::SgUen),
    ("SG", "197401143C", "197401143C", Format::SgUen),
    ("SG", "S16FC0121D", "S16FC0121D", Format::SgUen),
    (
        "SV",
        "SV 0614-050707-104-8",
        "06140507071048",
        Format::SvNit,
    ),
    ("TH", "0-99-4-000-61772-1", "0994000617721", Format::ThVat),
    ("TR", "4540536920", "4540536920", Format::TrTin),
    ("TW", "00501503", "00501503", Format::TwVat),
    ("TW", "04595257", "04595257", Format::TwVat),
    ("US", "91-1144442", "911144442", Format::UsEin),
    ("UY", "UY 21 140634 001 1", "211406340011", Format::UyRuc),
    ("VE", "V-11470283-4", "V114702834", Format::VeRif),
    ("VN", "01.00.112.437", "0100112437", Format::VnTin),
    ("VN", "0314409058-002", "0314409058002", Format::VnTin),
];

/// Country, and a number that is none there.
const INVALID: &[(&str, &str)] = &[
    ("FR", ""),
    ("FR", "123"),
    ("FR", "61954506077"),
    ("FR", "FR61954506078"),
    ("FR", "FRIO334175221"),
    ("FR", "GB980780684"),
    ("FR", "FRFR61954506077"),
    ("FR", "EU372022452"),
    ("AT", "AT57194903"),
    ("BE", "BE431150351"),
    ("BG", "BG175074751"),
    ("CY", "CY10259033Z"),
    ("CZ", "CZ25123890"),
    ("CZ", "CZ590312123"),
    ("DE", "DE136695978"),
    ("DK", "DK13585627"),
    ("EE", "EE100594103"),
    ("ES", "ESB64717839"),
    ("ES", "ES54362315Z"),
    ("FI", "FI20774741"),
    ("GR", "EL123456781"),
    ("HR", "HR33392005962"),
    ("HU", "HU12892313"),
    ("IE", "IE6433435E"),
    ("IE", "IE8?79739J"),
    ("IT", "IT00743110158"),
    ("LT", "LT100001919018"),
    ("LU", "LU15027443"),
    ("LV", "LV161375-19997"),
    ("MT", "MT11679113"),
    ("NL", "NL123456789B90"),
    ("PL", "PL8567346216"),
    ("PT", "PT501964842"),
    ("RO", "RO18547291"),
    ("RO", "RO1632215123457"),
    ("SE", "SE123456789101"),
    ("SE", "SE556703748502"),
    ("SI", "SI50223055"),
    ("SK", "SK2022749618"),
    ("AD", "I706193G"),
    ("AE", "10012345678901"),
    ("AR", "20267565392"),
    ("AU", "99999999999"),
    ("BR", "16727230000198"),
    ("BR", "23100299901"),
    ("BR", "390.533.447=05"),
    ("CA", "123456783"),
    ("CA", "123026635RX0001"),
    ("CH", "CHE-100.155.213"),
    ("CH", "CHE-107.787.578 IVA"),
    ("CL", "12531909-3"),
    ("CO", "2131234325"),
    ("CR", "3-534-123559"),
    ("EC", "1763154690001"),
    ("EC", "1792060347002"),
    ("EC", "179:;06034001"), // digits only
    ("GB", "802311781"),
    ("GB", "GD500"),
    ("GE", "1234567890"),
    ("HK", "1234567"),
    ("ID", "9971011708450001"),
    ("ID", "013121661091000"),
    ("IL", "516179150"),
    ("IN", "27AAPFU0939F1ZO"),
    ("IS", "0062199"),
    ("JP", "2-8356-7825-6246"),
    ("KE", "V123456789A"),
    ("KR", "1008200276"),
    ("MK", "4030000375890"),
    ("MU", "40123456"),
    ("MX", "GODE560230GR8"),
    ("MX", "PUTA561231GR8"),
    ("NO", "NO995525829MVA"),
    ("NO", "995525828"),
    ("PE", "20512333798"),
    ("RS", "101134703"),
    ("RU", "1234567895"),
    ("SG", "197401143D"),
    ("SG", "S16XX0121D"),
    ("SV", "06140507071040"),
    ("TH", "0994000617723"),
    ("TR", "4540536921"),
    ("TW", "00501502"),
    ("US", "07-1144442"),
    ("US", "911-14-4442"),
    ("UY", "210303670014"),
    ("VE", "V-11470283-3"),
    ("VN", "0100233480"),
    ("VN", "0314409058-000"),
    ("DO", "131246796"), // no number is valid there
    ("NZ", "49091850"),
    ("ZA", "4012345678"),
    ("XX", "FR61954506077"),
    ("fr", "FR61954506077"),
];

#[test]
fn numbers_are_normalised_by_the_first_format_that_accepts_them() {
    for (country, number, normal, format) in VALID {
        let expected = Some(((*normal).to_owned(), *format));
        assert_eq!(validate(number, country), expected, "{country} {number}");
    }
}

#[test]
fn wrong_numbers_and_unmapped_countries_are_refused() {
    for (country, number) in INVALID {
        assert_eq!(validate(number, country), None, "{country} {number}");
    }
}

#[test]
fn every_country_with_a_rule_has_both_examples() {
    let pairs = (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| [a, b]));
    for pair in pairs {
        let country = str::from_utf8(&pair).expect("two ASCII letters");
        for format in formats(country) {
            let ruled = *format == Format::EuVat || super::rule_of(*format).is_some();
            let valid = VALID
                .iter()
                .any(|(c, _, _, f)| *c == country && f == format);
            let invalid = INVALID.iter().any(|(c, _)| *c == country);
            assert_eq!(ruled, valid, "{country} {format}");
            assert!(!ruled || invalid, "{country}");
        }
    }
}

#[test]
fn format_words_can_be_read_back() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(*format));
    }
    assert!("EU_VAT".parse::<Format>().is_err());
}

#[test]
fn wide_digits_and_typographic_separators_are_plain_ones_and_other_scripts_are_refused() {
    let found = |number| validate(number, "DE").map(|(number, _)| number);
    assert_eq!(
        found("DE\u{a0}１３６\u{2011}695976").as_deref(),
        Some("DE136695976")
    );
    for number in [
        "DE136٦95976",
        "ＤE136695976",
        "DE136\u{200b}695976",
        "DЕ136695976",
        "DE13669597⑥",
    ] {
        assert_eq!(found(number), None, "{number}");
    }
    assert_eq!(validate("МК4020990116747", "RS"), None);
}

/// Countries whose checksum tells every change of a single digit.
const DETECTING: &[&str] = &[
    "DE136695976",
    "HR33392005961",
    "FR61954506077",
    "SE556703748501",
    "IT00743110157",
    "ESB58378431",
    "BE0428759497",
    "LU15027442",
    "EE100931558",
    "HU12892312",
    "SK2022749619",
    "MT11679112",
    "PL8567346215",
    "FI20774740",
    "DK13585628",
];

#[test]
fn a_single_wrong_digit_is_found_where_the_checksum_guarantees_it() {
    let national = VALID
        .iter()
        .filter(|(country, ..)| ["AU", "IL", "NO", "RS"].contains(country));
    let national = national.map(|(country, _, normal, _)| (*country, *normal));
    for (country, number) in DETECTING
        .iter()
        .map(|number| ("DE", *number))
        .chain(national)
    {
        assert!(validate(number, country).is_some(), "{number}");
        for (at, old) in number.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for new in ('0'..='9').filter(|new| *new != old) {
                let mut wrong = number.to_owned();
                wrong.replace_range(at..=at, &new.to_string());
                assert_eq!(validate(&wrong, country), None, "{number} became {wrong}");
            }
        }
    }
}

fn country() -> impl Strategy<Value = String> {
    let countries = VALID.iter().map(|(country, ..)| (*country).to_owned());
    prop::sample::select(countries.collect::<Vec<_>>())
}

/// Something like a number: the shape of a valid one with a few characters changed.
fn near_number() -> impl Strategy<Value = (String, String)> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), "[0-9A-ZñÑ٣é １.-]"), 0..4);
    (prop::sample::select(VALID), edits).prop_map(|((country, number, ..), edits)| {
        let mut text: Vec<String> = number.chars().map(String::from).collect();
        for (at, new) in edits {
            let at = at.index(text.len());
            text[at] = new;
        }
        ((*country).to_owned(), text.concat())
    })
}

/// Properties that must hold for any answer.
fn check(number: &str, country: &str) -> Result<(), TestCaseError> {
    if let Some((normal, format)) = validate(number, country) {
        prop_assert!(formats(country).contains(&format));
        prop_assert!(normal.chars().all(|c| c.is_ascii_graphic() || c == 'Ñ'));
        prop_assert_eq!(validate(&normal, country), Some((normal, format)));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_panics_and_what_is_valid_is_already_normal(number in "\\PC{0,24}", country in country()) {
        check(&number, &country)?;
    }

    #[test]
    fn any_prefix_and_letters_are_survived(number in "[A-Z]{0,3}[0-9A-ZÑ+*&é]{0,16}", country in country()) {
        check(&number, &country)?;
    }

    #[test]
    fn changed_numbers_keep_the_laws((country, number) in near_number()) {
        check(&number, &country)?;
    }
}

#[test]
fn the_docs_list_the_countries_whose_ids_are_checked() {
    let docs = include_str!("../../../../../docs/tax.md");
    let (_, list) = docs
        .split_once("where one can be checked:")
        .expect("the list has a heading");
    let (list, _) = list.split_once('.').expect("the list ends");
    let listed: Vec<&str> = list.split(',').map(str::trim).collect();
    let checked = Country::ALL
        .iter()
        .filter(|country| !country.is_embargoed());
    let checked: Vec<&str> = checked
        .map(|country| country.as_str())
        .filter(|country| is_known_in(country))
        .collect();
    assert_eq!(listed, checked);
}
