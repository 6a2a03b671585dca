use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::{
    ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};
use till_wire::country::Country;

use super::*;

/// The messages of a language with the values that each takes.
fn messages(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let resource = parser::parse(locale.words())
        .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", locale.tag()));
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        if let Entry::Message(message) = entry {
            let mut values = BTreeSet::new();
            in_pattern(
                &message.value.expect("a message says something"),
                &mut values,
            );
            let id = message.id.name.to_owned();
            assert!(
                messages.insert(id, values).is_none(),
                "{} says {} twice",
                locale.tag(),
                message.id.name
            );
        }
    }
    messages
}

fn in_pattern(pattern: &Pattern<&str>, values: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => in_inline(inline, values),
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => {
                in_inline(selector, values);
                for variant in variants {
                    in_pattern(&variant.value, values);
                }
            }
            PatternElement::TextElement { .. } => {}
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, values: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            values.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference {
            arguments: CallArguments { positional, .. },
            ..
        } => {
            for one in positional {
                in_inline(one, values);
            }
        }
        InlineExpression::Placeable { expression } => {
            if let Expression::Inline(inline) = &**expression {
                in_inline(inline, values);
            }
        }
        _ => {}
    }
}

/// Every source and template of the pages, tests left out.
fn sources() -> String {
    fn gather(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, all);
            } else if path.file_name().unwrap() != "tests.rs" {
                all.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = String::new();
    gather(&root.join("src/pages/checkout"), &mut all);
    all.push_str(&std::fs::read_to_string(root.join("src/pages/documents.rs")).unwrap());
    gather(&root.join("src/pages/portal"), &mut all);
    gather(&root.join("templates/portal"), &mut all);
    gather(&root.join("templates/checkout"), &mut all);
    gather(&root.join("src/mail"), &mut all);
    all
}

#[test]
fn every_language_says_the_same_with_the_same_values() {
    let english = messages(Locale::En);
    for locale in Locale::ALL {
        assert_eq!(messages(*locale), english, "{}", locale.tag());
    }
}

#[test]
fn every_message_is_used_and_every_used_one_is_there() {
    let (english, sources) = (messages(Locale::En), sources());
    for id in english.keys() {
        assert!(sources.contains(&format!("\"{id}\"")), "nobody says {id}");
    }
    for call in ["say(\"", "with(\""] {
        for part in sources.split(call).skip(1) {
            let id = part.split('"').next().unwrap();
            let is_id = id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            // `with` is also the end of other names.
            let foreign = call.starts_with('w') && !is_id;
            assert!(foreign || english.contains_key(id), "{id} has no words");
        }
    }
}

#[test]
fn every_message_can_be_said_for_every_number() {
    for locale in Locale::ALL {
        for (id, values) in messages(*locale) {
            for count in (0..=30).chain([100, 101, 1_000_000]) {
                let args: FluentArgs<'_> = values
                    .iter()
                    .map(|value| (value.clone(), Value::from(count)))
                    .collect();
                // Panics where a value or a form is missing.
                let words = locale.message(&id, Some(&args));
                assert!(
                    !words.trim().is_empty() && !words.contains('{'),
                    "{} {id}: {words}",
                    locale.tag()
                );
            }
        }
    }
}

#[test]
fn numbers_take_the_forms_of_the_language() {
    let said = |locale: Locale, id: &str, count: i64| locale.with(id, [("count", count.into())]);
    for (locale, id, count, words) in [
        (Locale::En, "every-month", 1, "per month"),
        (Locale::En, "seats-count", 1, "1 seat"),
        (Locale::En, "seats-count", 2, "2 seats"),
        (Locale::Fr, "seats-count", 0, "0 place"),
        (Locale::Pl, "seats-count", 1, "1 stanowisko"),
        (Locale::Pl, "seats-count", 3, "3 stanowiska"),
        (Locale::Pl, "seats-count", 5, "5 stanowisk"),
        (Locale::Pl, "seats-count", 12, "12 stanowisk"),
        (Locale::Pl, "seats-count", 22, "22 stanowiska"),
        (Locale::Sv, "every-month", 2, "varannan månad"),
        (Locale::Sv, "every-month", 3, "var 3:e månad"),
        (Locale::Sv, "every-year", 11, "vart 11:e år"),
        (Locale::Sv, "every-day", 21, "var 21:a dag"),
        (Locale::Ja, "trial-days", 14, "14日間無料"),
    ] {
        assert_eq!(said(locale, id, count), words, "{} {count}", locale.tag());
    }
}

#[test]
fn a_browser_gets_the_language_that_it_wants_most() {
    for (header, locale) in [
        ("de-CH, de;q=0.9, en;q=0.8", Some(Locale::De)),
        ("en;q=0.3, hu;q=0.7", Some(Locale::Hu)),
        ("fi, sv;q=0.5", Some(Locale::Sv)),
        ("pt-BR", Some(Locale::Pt)),
        ("pt", Some(Locale::Pt)),
        ("pt-PT,pt;q=0.9", Some(Locale::PtPt)),
        ("pt-AO", Some(Locale::PtPt)),
        ("fr_FR", Some(Locale::Fr)),
        ("de;q=0", None),
        ("*", None),
        ("", None),
        (";;q=,,-", None),
    ] {
        assert_eq!(Locale::of_browser(header), locale, "{header}");
    }
}

#[test]
fn every_country_that_may_be_chosen_has_a_name_in_every_language() {
    for locale in Locale::ALL {
        let names: BTreeMap<_, _> = locale.cldr().countries().iter().copied().collect();
        for country in Country::choices() {
            let name = names.get(country.as_str());
            assert!(
                name.is_some_and(|name| *name != country.as_str()),
                "{} {country}",
                locale.tag()
            );
        }
    }
}

#[test]
fn the_languages_are_told_apart_by_their_direction() {
    assert!(Locale::ALL.iter().all(|locale| locale.dir() == "ltr"));
}
