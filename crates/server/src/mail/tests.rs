use till_core::kernel::records::Content;

use super::{html, text};

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
