use till_core::kernel::records::Content;

use super::{
    html,
    samples::{Sample, to_customers, to_team},
    text,
};
use crate::pages::words::Locale;

fn content() -> Content {
    Content {
        shop: "Ada & Söhne <shop>".to_owned(),
        logo: Some("https://shop.example/logo.png".to_owned()),
        color: None,
        language: "de".to_owned(),
        heading: "Ihre Bestellung".to_owned(),
        paragraphs: vec![
            "Vielen Dank. ".repeat(12),
            "<script>alert(1)</script>".to_owned(),
        ],
        facts: vec![("Bestellnummer".to_owned(), "ADA-0001".to_owned())],
        total: Some(("Gesamt".to_owned(), "12,00 €".to_owned())),
        button: Some((
            "Jetzt zahlen".to_owned(),
            "https://till.test/pay/1?a=b&c=d".to_owned(),
        )),
        notes: vec!["Antworten Sie.".to_owned()],
    }
}

#[test]
fn the_html_has_the_words_escaped_and_loads_the_logo_alone() {
    let html = html(&content()).unwrap();
    assert!(html.contains("Ada &#38; Söhne &#60;shop&#62;"), "{html}");
    assert!(!html.contains("<script"), "{html}");
    assert!(html.starts_with("<!doctype html>\n<html lang=\"de\">"));
    for light_and_dark in ["name=\"color-scheme\"", "prefers-color-scheme: dark"] {
        assert!(html.contains(light_and_dark));
    }
    let loaded: Vec<_> = html.split("src=\"").skip(1).collect();
    assert_eq!(loaded.len(), 1);
    assert!(loaded[0].starts_with("https://shop.example/logo.png\""));
    for loading in ["<link", "@import", "url(", "@font-face", "background="] {
        assert!(!html.contains(loading), "{loading}");
    }
    assert!(html.len() < 12 * 1024, "{} bytes", html.len());
}

#[test]
fn the_plain_text_says_the_same_on_short_lines() {
    let text = text(&content());
    for said in [
        "Ihre Bestellung\n\n",
        "Bestellnummer: ADA-0001\nGesamt: 12,00 €\n",
        "Jetzt zahlen:\nhttps://till.test/pay/1?a=b&c=d\n",
    ] {
        assert!(text.contains(said), "{text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 76),
        "{text}"
    );
}

/// Compares letters with `expected/NAME.txt`; with TILL_WRITE_SNAPSHOTS it is written anew.
fn held(name: &str, letters: &[Sample]) {
    let mut told = String::new();
    for letter in letters {
        let words = text(&letter.content);
        told += &format!("=== {}: {}\n{words}\n", letter.name, letter.subject);
    }
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/src/mail/expected/{name}.txt");
    if std::env::var_os("TILL_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        told, expected,
        "{path}: look at it, then TILL_WRITE_SNAPSHOTS=1"
    );
}

#[test]
fn each_letter_says_what_it_said_in_three_languages() {
    for locale in [Locale::En, Locale::De, Locale::Ja] {
        held(locale.tag(), &to_customers(locale));
    }
    held("team", &to_team());
}

#[test]
fn each_letter_in_each_language_is_small_whole_and_loads_the_logo_alone() {
    let locales = Locale::ALL.iter();
    let all = locales.flat_map(|locale| to_customers(*locale));
    for letter in all.chain(to_team()) {
        let Sample {
            name,
            subject,
            content,
        } = &letter;
        let html = html(content).unwrap();
        let of = format!("{name} in {}", content.language);
        assert!(
            !subject.is_empty() && !content.paragraphs.is_empty(),
            "{of}"
        );
        assert!(html.len() < 12 * 1024, "{of}: {} bytes", html.len());
        let loaded = html.matches("src=\"").count();
        assert_eq!(loaded, usize::from(content.logo.is_some()), "{of}");
        let said = text(content);
        // A message that is missing stands as its name.
        let is_name = |word: &str| word.starts_with("mail-") || word.starts_with("portal-");
        let has_name = said.split_whitespace().any(is_name);
        assert!(!said.contains("{ $") && !has_name, "{of}: {said}");
        let is_short = |line: &str| line.starts_with("http") || line.chars().count() <= 76;
        let is_one_word = |line: &str| !line.contains(' ');
        let long = said
            .lines()
            .find(|line| !is_short(line) && !is_one_word(line));
        assert_eq!(long, None, "{of}");
    }
}
