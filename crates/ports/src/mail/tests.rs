use proptest::prelude::*;

use super::{Address, Line, MessageId, Security, SmtpSettings};

const SENDER: &str = "shop@example.com";

#[test]
fn an_address_has_one_sign_and_nothing_that_a_head_reads() {
    for good in [
        "ada@example.com",
        "ada+shop@bücher.example",
        "o'hara@example.co.uk",
    ] {
        assert_eq!(Address::parse(good).expect("an address"), good);
    }
    for bad in [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com>",
        "Ada <ada@example.com>",
        "ada@example.com,eve@example.com",
        "a@b@example.com",
        "ada @example.com",
        "ada@exa mple.com",
        "\"a b\"@example.com",
    ] {
        assert!(Address::parse(bad).is_err(), "{bad:?}");
    }
    let long = format!("{}@example.com", "a".repeat(65));
    assert!(Address::parse(&long).is_err());
    let bücher = Address::parse("ada@bücher.example").expect("an address");
    assert_eq!(bücher.for_network(), "ada@xn--bcher-kva.example");
}

proptest! {
    #[test]
    fn no_text_ends_a_line(text in "(?s).{0,300}") {
        let ends = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        prop_assert!(!Line::new(&text).contains(ends));
        prop_assert!(Line::new(&text).chars().count() <= 200);
        if let Ok(address) = Address::parse(&text) {
            prop_assert!(!address.contains(|c: char| c.is_whitespace() || c.is_control()));
        }
        let id = MessageId::new(&text, &text);
        prop_assert!(id.starts_with('<') && id.ends_with('>'));
        prop_assert_eq!(id.matches(|c: char| !c.is_ascii_graphic()).count(), 0);
    }
}

#[test]
fn a_server_is_encrypted_unless_it_is_said_otherwise() {
    let cases = [
        (
            "smtp://mail.example.com",
            Security::StartTls,
            "mail.example.com:587",
        ),
        (
            "smtps://mail.example.com",
            Security::Tls,
            "mail.example.com:465",
        ),
        (
            "smtps://a:b@mail.example.com:2465",
            Security::Tls,
            "mail.example.com:2465",
        ),
        ("smtp://localhost?tls=off", Security::None, "localhost:25"),
        (
            "smtp://a:b@127.0.0.1:1025?tls=off",
            Security::None,
            "127.0.0.1:1025",
        ),
    ];
    for (url, security, server) in cases {
        let settings = SmtpSettings::new(url, SENDER).expect(url);
        assert_eq!(
            (settings.security(), settings.server()),
            (security, server.to_owned())
        );
    }
}

#[test]
fn wrong_settings_are_refused_without_their_password() {
    for url in [
        "",
        "mail.example.com",
        "https://mail.example.com",
        "smtp://ada:geheim@mail.example.com?tls=off",
        "smtp://mail.example.com?tls=maybe",
        "smtps://mail.example.com?tls=off",
        "smtp://ada@mail.example.com",
        "smtp://:geheim@mail.example.com",
        "smtp://ada:geheim@mail.example.com/path",
    ] {
        let error = SmtpSettings::new(url, SENDER).expect_err(url);
        assert!(!error.to_string().contains("geheim"), "{error}");
    }
    assert!(SmtpSettings::new("smtp://mail.example.com", "Shop <shop@example.com>").is_err());
    let settings = SmtpSettings::new("smtp://ada:geheim@mail.example.com", SENDER);
    assert!(!format!("{settings:?}").contains("geheim"));
}
