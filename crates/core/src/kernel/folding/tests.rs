use proptest::prelude::*;

use super::*;

/// Groups of texts that mean the same; texts of different groups do not.
const SAME: &[&[&str]] = &[
    &[
        "éric",
        "ÉRIC",
        "e\u{301}ric",
        "E\u{301}RIC",
        "ｅ\u{301}ric",
        "é\u{200b}r\u{200e}ic",
        "\u{feff}éric",
    ],
    &["strasse", "straße", "STRASSE", "STRAẞE", "ＳＴＲＡSSE"],
    &["σίσυφοσ", "ΣΊΣΥΦΟΣ", "σίσυφος"],
    &["istanbul", "İstanbul", "ISTANBUL", "i\u{307}stanbul"],
    &["ısparta"],
    &[
        "save10",
        "SAVE10",
        "ＳＡＶＥ１０",
        "SA\u{ad}VE10",
        "\u{202a}save10\u{202c}",
    ],
    &["ﬁn", "fin"],
];

#[test]
fn texts_that_mean_the_same_fold_to_the_same() {
    let mut seen = std::collections::BTreeMap::new();
    for (i, group) in SAME.iter().enumerate() {
        for text in *group {
            assert_eq!(fold(text), fold(group[0]), "{text}");
            let other = seen.insert(fold(text), i).filter(|other| *other != i);
            assert_eq!(other, None, "{text}");
        }
    }
}

#[test]
fn an_address_is_one_however_its_domain_and_letters_are_written() {
    let key = email_key("ada@bücher.example");
    assert_eq!(key, "ada@xn--bcher-kva.example");
    for same in [
        "Ada@BÜCHER.example",
        " ada@bu\u{308}cher.example ",
        "ada@xn--bcher-kva.example",
        "ADA@XN--BCHER-KVA.EXAMPLE",
        "ａda@bücher。example",
        "a\u{200b}da@bücher.example",
    ] {
        assert_eq!(email_key(same), key, "{same}");
        assert_eq!(
            whole_email(same),
            whole_email("ada@bücher.example"),
            "{same}"
        );
    }
    for other in [
        "ada@bucher.example",
        "ada@straße.example",
        "eda@bücher.example",
    ] {
        assert_ne!(email_key(other), key, "{other}");
    }
    // The domain of its own since 2010, not that of the double s.
    assert_ne!(
        email_key("a@straße.example"),
        email_key("a@strasse.example")
    );
    assert_eq!(email_key("jörg@x.com"), email_key("JO\u{308}RG@X.com"));
    assert_ne!(email_key("jörg@x.com"), email_key("jorg@x.com"));
    // What is no domain name is still a key.
    assert_eq!(email_key("a@xn--\u{e9}.x"), email_key("A@XN--É.x"));
}

#[test]
fn tags_and_case_do_not_make_another_person() {
    assert_eq!(person_key("Ada+till@X.com"), person_key("ada@x.com"));
    assert_eq!(person_key("ada＋till@x.com"), person_key("ada@x.com"));
    assert_eq!(
        person_key("é+a+b@bücher.example"),
        person_key("É@xn--bcher-kva.example")
    );
    assert_ne!(person_key("ada@x.com"), person_key("bob@x.com"));
    // Nobody has an empty name: the plus is part of it.
    assert_eq!(
        person_key("+Ada@d.example").as_deref(),
        Some("+ada@d.example")
    );
    assert_ne!(person_key("+ada@d.example"), person_key("+bob@d.example"));
    assert_eq!(person_key("+x@d.example"), person_key("+X@D.example"));
    for none in ["nobody", "@d", "a@", "", "+"] {
        assert_eq!(person_key(none), None, "{none}");
    }
}

#[test]
fn a_code_is_found_however_it_was_copied() {
    for typed in [
        "SAVE10",
        " save10 ",
        "SAVE 10",
        "S A V E\u{a0}1\u{2009}0",
        "ＳＡＶＥ　１０",
        "\u{200e}SAVE10\u{200f}",
        "SA\u{200b}VE\u{2060}10\u{feff}",
        "SAVE10\r\n",
    ] {
        assert_eq!(code_key(typed), "save10", "{typed:?}");
    }
    assert_eq!(code_key("ÉTÉ"), code_key("e\u{301}te\u{301}"));
    assert_eq!(code_key("İNDİRİM"), code_key("indirim"));
    assert_ne!(code_key("été"), code_key("ete"));
}

#[test]
fn an_international_address_is_searched_for_in_both_its_forms() {
    let found = searchable_email("Ada@xn--bcher-kva.example").unwrap();
    assert_eq!(found, "ada@bücher.example\nada@xn--bcher-kva.example");
    assert_eq!(searchable_email("Ada@example.com"), None);
    assert_eq!(
        searchable_email("Ａda@example.com").as_deref(),
        Some("ada@example.com")
    );
    assert_eq!(whole_email(" Ada@example.com"), "ada@example.com");
}

#[test]
fn digits_of_all_scripts_have_their_value() {
    for digits in [
        "0123456789",
        "０１２３４５６７８９",
        "٠١٢٣٤٥٦٧٨٩",
        "۰۱۲۳۴۵۶۷۸۹",
        "०१२३४५६७८९",
        "๐๑๒๓๔๕๖๗๘๙",
        "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
        "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
    ] {
        let read: Vec<_> = digits.chars().map(digit).collect();
        assert_eq!(read, (0..10).map(Some).collect::<Vec<_>>(), "{digits}");
        assert_eq!(plain(digits), "0123456789");
    }
    for other in ['a', '½', '五', '²', 'Ⅷ', '①', '.', '\u{0}'] {
        assert_eq!(digit(other), None, "{other}");
    }
    assert_eq!(plain("１２／３０"), "12/30");
    assert_eq!(plain("Ab\u{200b}c\u{202f}１２²"), "Abc 12²");
}

#[test]
fn no_key_is_longer_than_an_index_holds() {
    let (a, b) = ("ﷺ".repeat(85), "ﷺ".repeat(84));
    let keys = |text: &str| [email_key(&format!("{text}@shop.example")), code_key(text)];
    for (long, other) in keys(&a).into_iter().zip(keys(&b)) {
        assert!(long.len() <= LONGEST, "{long}");
        assert_ne!(long, other);
        assert_eq!(email_key(&long), long);
    }
    assert!(person_key(&format!("{a}@shop.example")).is_some_and(|key| key.len() <= LONGEST));
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in "\\PC*|[iıİI\u{307}\u{308}\u{323}ßẞςΣſﬁéÉe\u{301}\u{345}αᾳﷺ\u{200b}\u{ad}]{0,24}") {
        let folded = fold(&text);
        prop_assert_eq!(&fold(&folded), &folded);
        prop_assert_eq!(fold(&text.to_lowercase()), folded);
    }

    #[test]
    fn keys_are_ascii_and_keys_of_themselves(text in "[a-zäÄéß+ＡＢ１\u{200b}]{0,8}(@[a-zäÄß.ー。-]{1,12})") {
        for key in [email_key(&text), code_key(&text)] {
            prop_assert!(key.is_ascii(), "{}", key);
        }
        prop_assert_eq!(email_key(&email_key(&text)), email_key(&text));
        if let Some(person) = person_key(&text) {
            prop_assert_eq!(person_key(&person), Some(person));
        }
    }

    #[test]
    fn ascii_folds_to_its_lower_case(text in "[ -~]{0,40}") {
        prop_assert_eq!(fold(&text), text.to_ascii_lowercase());
        prop_assert_eq!(searchable(&text), None);
    }

    #[test]
    fn addresses_are_searched_for_alike_where_they_have_the_same_key(
        a in "[aAäÄß]{1,2}@[bBüÜß]{1,2}\\.[cC]", b in "[aAäÄß]{1,2}@[bBüÜß]{1,2}\\.[cC]",
    ) {
        prop_assert_eq!(email_key(&a) == email_key(&b), whole_email(&a) == whole_email(&b));
    }
}
