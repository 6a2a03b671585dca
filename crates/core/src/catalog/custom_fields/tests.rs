use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use till_wire::{custom_fields::CustomFieldType, input::Step};

use super::*;
use crate::kernel::values::Json;

fn field(kind: CustomFieldType, properties: Value) -> CustomField {
    CustomField {
        id: Uuid::from_u128(1),
        created_at: Timestamp::UNIX_EPOCH,
        modified_at: None,
        version: 1,
        organization_id: Uuid::from_u128(2),
        kind,
        slug: "it".into(),
        name: "It".into(),
        properties: Json(properties),
        metadata: Json::default(),
        deleted_at: None,
    }
}

/// The answer that is kept, or the kind of the problem; `None`: nothing was answered.
fn tried(
    field: &CustomField,
    sent: Option<Value>,
    required: bool,
    enforce: bool,
) -> Result<Option<Value>, String> {
    let mut answers = Map::from_iter([("other".to_owned(), json!("unasked"))]);
    answers.extend(sent.map(|sent| ("it".to_owned(), sent)));
    match judge(&[ProductField { field, required }], &answers, enforce) {
        Ok(mut kept) => {
            let it = kept.remove("it");
            assert!(kept.is_empty(), "only what is asked is kept");
            Ok(it)
        }
        Err(problems) => {
            assert_eq!(problems.len(), 1);
            assert_eq!(problems[0].ctx, None);
            let place = ["body", "custom_field_data", "it"].map(Step::from);
            assert_eq!(problems[0].loc, place);
            Err(problems[0].kind.to_string())
        }
    }
}

/// An optional field's view of an answer.
fn read(field: &CustomField, sent: Value) -> Result<Value, String> {
    tried(field, Some(sent), false, true).map(Option::unwrap)
}

fn no(kind: &str) -> Result<Value, String> {
    Err(kind.to_owned())
}

#[test]
fn a_required_field_must_be_answered_only_where_that_is_enforced() {
    let options = json!({"options": [{"value": "a", "label": "A"}]});
    for kind in CustomFieldType::ALL {
        let field = field(*kind, options.clone());
        assert_eq!(tried(&field, None, true, false), Ok(None), "{kind}");
        assert_eq!(tried(&field, None, false, true), Ok(None), "{kind}");
        assert_eq!(
            tried(&field, None, true, true),
            Err("missing".into()),
            "{kind}"
        );
        let null = tried(&field, Some(Value::Null), true, true);
        assert!(null.is_err(), "{kind}: null is no answer");
        let null = tried(&field, Some(Value::Null), false, true);
        if *kind == CustomFieldType::Checkbox {
            assert_eq!(null, Err("bool_type".into()));
        } else {
            assert_eq!(null, Ok(Some(Value::Null)), "{kind}: clears");
        }
    }
}

#[test]
fn texts_have_a_length() {
    let plain = field(CustomFieldType::Text, json!({}));
    assert_eq!(read(&plain, json!("")), Ok(json!("")));
    assert_eq!(
        tried(&plain, Some(json!("")), true, true),
        Ok(Some(json!("")))
    );
    assert_eq!(read(&plain, json!(5)), no("string_type"));
    let bounded = field(
        CustomFieldType::Text,
        json!({"min_length": 2, "max_length": 3}),
    );
    assert_eq!(read(&bounded, json!("")), no("string_too_short"));
    assert_eq!(read(&bounded, json!("äöü")), Ok(json!("äöü")));
    assert_eq!(read(&bounded, json!("abcd")), no("string_too_long"));
}

#[test]
fn numbers_are_read_leniently_and_have_bounds() {
    let plain = field(CustomFieldType::Number, json!({}));
    for (sent, kept) in [
        (json!(5), Ok(json!(5))),
        (json!(5.0), Ok(json!(5))),
        (json!("5"), Ok(json!(5))),
        (json!(true), Ok(json!(1))),
        (json!(5.5), no("int_from_float")),
        (json!("five"), no("int_parsing")),
        (json!([]), no("int_type")),
        (json!(2_147_483_648_i64), no("less_than_equal")),
        (json!(-2_147_483_649_i64), no("greater_than_equal")),
    ] {
        assert_eq!(read(&plain, sent.clone()), kept, "{sent}");
    }
    let bounded = field(CustomFieldType::Number, json!({"ge": 0, "le": 10}));
    assert_eq!(read(&bounded, json!(-1)), no("greater_than_equal"));
    assert_eq!(read(&bounded, json!(11)), no("less_than_equal"));
}

#[test]
fn dates_are_kept_as_iso_text_and_bounds_are_days() {
    let plain = field(CustomFieldType::Date, json!({}));
    for (sent, kept) in [
        (json!("2024-05-05"), Ok(json!("2024-05-05T00:00:00"))),
        (
            json!("2024-05-05T10:20:30"),
            Ok(json!("2024-05-05T10:20:30")),
        ),
        (
            json!("2024-05-05T10:20:30+02:00"),
            Ok(json!("2024-05-05T10:20:30+02:00")),
        ),
        (
            json!("2024-05-05T10:20:30.5-09:30"),
            Ok(json!("2024-05-05T10:20:30.500000-09:30")),
        ),
        (
            json!("2024-05-05T10:20:30Z"),
            Ok(json!("2024-05-05T10:20:30Z")),
        ),
        (
            json!("2024-05-05T10:20:30+00:00"),
            Ok(json!("2024-05-05T10:20:30Z")),
        ),
        (json!(1_714_867_200), Ok(json!("2024-05-05T00:00:00Z"))),
        (json!("1714867200"), Ok(json!("2024-05-05T00:00:00Z"))),
        (
            json!(1_714_867_200_000_i64),
            Ok(json!("2024-05-05T00:00:00Z")),
        ),
        (json!("soon"), no("datetime_from_date_parsing")),
        (json!(true), no("datetime_type")),
        (json!(1e300), no("datetime_parsing")),
        (json!("NaN"), no("datetime_parsing")),
    ] {
        assert_eq!(read(&plain, sent.clone()), kept, "{sent}");
    }
    let bounded = field(CustomFieldType::Date, json!({"ge": 0, "le": 1_714_910_400}));
    assert_eq!(
        read(&bounded, json!("1969-12-31")),
        no("greater_than_equal")
    );
    assert_eq!(
        read(&bounded, json!("1970-01-01")),
        Ok(json!("1970-01-01T00:00:00"))
    );
    assert_eq!(
        read(&bounded, json!("2024-05-05")),
        Ok(json!("2024-05-05T00:00:00"))
    );
    assert_eq!(
        read(&bounded, json!("2024-05-05T00:00:01")),
        no("less_than_equal")
    );
    // A bound is a day in UTC, whatever the offset that an answer is kept with.
    assert_eq!(
        read(&bounded, json!("2024-05-05T01:00:00+02:00")),
        Ok(json!("2024-05-05T01:00:00+02:00"))
    );
    assert_eq!(
        read(&bounded, json!("2024-05-04T23:00:00-02:00")),
        no("less_than_equal")
    );
}

#[test]
fn a_box_that_must_be_ticked_takes_a_plain_yes() {
    let field = field(CustomFieldType::Checkbox, json!({}));
    assert_eq!(read(&field, json!("off")), Ok(json!(false)));
    assert_eq!(read(&field, json!(1)), Ok(json!(true)));
    assert_eq!(read(&field, json!("perhaps")), no("bool_parsing"));
    let must = |sent| tried(&field, Some(sent), true, true);
    assert_eq!(must(json!(true)), Ok(Some(json!(true))));
    assert_eq!(must(json!(false)), Err("literal_error".into()));
    assert_eq!(
        tried(&field, Some(json!(false)), true, false),
        Ok(Some(json!(false)))
    );
}

#[test]
fn a_choice_is_one_of_the_options() {
    let options = json!([{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]);
    let field = field(CustomFieldType::Select, json!({"options": options}));
    assert_eq!(read(&field, json!("a")), Ok(json!("a")));
    assert_eq!(read(&field, json!("c")), no("literal_error"));
    assert_eq!(read(&field, json!(1)), no("literal_error"));
}

#[test]
fn every_wrong_answer_is_told() {
    let (mut one, mut two) = (
        field(CustomFieldType::Number, json!({})),
        field(CustomFieldType::Text, json!({})),
    );
    (one.slug, two.slug) = ("one".into(), "two".into());
    let fields = [&one, &two].map(|field| ProductField {
        field,
        required: true,
    });
    let answers = Map::from_iter([("one".to_owned(), json!("x"))]);
    assert_eq!(judge(&fields, &answers, true).unwrap_err().len(), 2);
}

#[test]
fn renamed_answers_keep_their_place_and_never_replace_later_ones() {
    let of = |value: Value| Metadata(value.as_object().unwrap().clone());
    let moved = renamed(&of(json!({"a": 1, "old": null, "b": 2})), "old", "new");
    assert_eq!(moved.keys().collect::<Vec<_>>(), ["a", "new", "b"]);
    let moved = renamed(&of(json!({"old": 1, "new": 2})), "old", "new");
    assert_eq!(moved, of(json!({"new": 2})));
}

fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9TZ:. +a-c-]{0,24}".prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!([1])),
        Just(json!({"a": 1})),
    ]
}

proptest! {
    /// Nothing makes it panic, and what is kept would be taken again, as it is.
    #[test]
    fn what_is_kept_is_an_answer(
        sent in anything(), kind in 0..5_usize, required: bool, enforce: bool,
        ge in proptest::option::of(i32::MIN..0), le in proptest::option::of(0..i32::MAX),
    ) {
        let properties = json!({"ge": ge, "le": le, "max_length": 8, "options": [{"value": "a", "label": "A"}]});
        let field = field(CustomFieldType::ALL[kind], properties);
        if let Ok(kept) = tried(&field, Some(sent), required, enforce) {
            prop_assert_eq!(tried(&field, kept.clone(), required, enforce), Ok(kept));
        }
    }

    #[test]
    fn numbers_within_their_bounds_are_kept(a: i32, b: i32, n: i32) {
        let (ge, le) = (a.min(b), a.max(b));
        let field = field(CustomFieldType::Number, json!({"ge": ge, "le": le}));
        prop_assert_eq!(read(&field, json!(n)).is_ok(), (ge..=le).contains(&n));
    }

    #[test]
    fn renaming_forth_and_back_is_nothing(keys in proptest::collection::btree_set("[a-c]{1,2}", 0..5)) {
        let answers = Metadata(keys.iter().map(|k| (k.clone(), json!(1))).collect());
        let there = renamed(&answers, "a", "zz");
        prop_assert!(!there.contains_key("a"));
        prop_assert_eq!(renamed(&there, "zz", "a"), answers);
    }
}
