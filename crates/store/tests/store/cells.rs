use till_core::kernel::rows::Col;
use till_core::kernel::{
    changes::Changes,
    values::{Json, Value},
};
use till_store::{CommitError, Query, columns};

use crate::kit::{Person, now};

on_both! {
    async fn every_kind_of_cell_comes_back_as_written(db: Db) {
        let full = Person {
            email: Some("ünï@example.com".to_owned()),
            born: Some(now()),
            active: false,
            count: i64::MIN,
            maybe: Some(i64::MAX),
            metadata: Json(serde_json::from_str(r#"{"z":1,"a":[true,null,"x"],"m":1.5,"é":"\""}"#).unwrap()),
            ..db.person("full")
        };
        let child = Person { parent: Some(full.id), born: Some("1901-02-03T04:05:06.000001Z".parse().unwrap()), ..db.person("child") };
        let mut changes = Changes::new();
        changes.insert(&full).insert(&child);
        db.store.commit(changes).await.unwrap();
        assert_eq!(db.get(full.id).await, full);
        assert_eq!(db.get(child.id).await, child);
    }

    async fn json_keeps_its_key_order_and_text(db: Db) {
        let person = db.person("json");
        let mut changes = Changes::new();
        changes.insert(&person);
        let text = r#"{"zebra": 1,  "apple":{"y":2,"b":1e2}}"#;
        changes.any("update people set metadata = $1", vec![Value::Json(text.to_owned())]);
        db.store.commit(changes).await.unwrap();
        let got: Vec<Col<Raw>> = db.store.all(Query::raw("select metadata from people", vec![])).await.unwrap();
        assert_eq!(got[0].0.0, text);
    }

    async fn json_that_looks_like_a_number_stays_text_and_bare_numbers_are_refused(db: Db) {
        for (text, kept) in [("[123]", true), (r#"{"1":2}"#, true), ("\"123\"", true), ("null", true), ("123", false), ("-1.5", false)] {
            let mut changes = Changes::new();
            let person = db.person(text);
            changes.insert(&person);
            changes.any("update people set metadata = $1 where id = $2", vec![Value::Json(text.to_owned()), person.id.into()]);
            let outcome = db.store.commit(changes).await;
            if kept {
                outcome.unwrap();
                let read = Query::raw("select metadata from people where id = $1", vec![person.id.into()]);
                let got: Option<Col<Raw>> = db.store.one(read).await.unwrap();
                assert_eq!(got.unwrap().0.0, text);
            } else {
                assert!(matches!(outcome, Err(CommitError::Store(_))), "{text}: {outcome:?}");
            }
        }
        assert_eq!(db.people().await, 4);
    }

    async fn a_joined_row_is_read_into_records_and_missing_sides_into_none(db: Db) {
        let parent = db.person("parent");
        let child = Person { parent: Some(parent.id), ..db.person("child") };
        let mut changes = Changes::new();
        changes.insert(&parent).insert(&child);
        db.store.commit(changes).await.unwrap();
        let sql = format!(
            "select {}, {}, 7 from people c left join people p on p.id = c.parent order by c.name",
            columns::<Person>("c"),
            columns::<Person>("p"),
        );
        let rows: Vec<(Person, Option<Person>, Col<i64>)> = db.store.all(Query::raw(sql, vec![])).await.unwrap();
        assert_eq!(rows, vec![(child, Some(parent.clone()), Col(7)), (parent, None, Col(7))]);
    }

    async fn numbered_values_may_come_in_any_order_and_twice(db: Db) {
        let person = db.person("b");
        let mut changes = Changes::new();
        changes.insert(&person);
        db.store.commit(changes).await.unwrap();
        let query = Query::select::<Person>(
            "where name = $2 and organization_id = $1 and name = $2",
            vec![db.org.into(), "b".into()],
        );
        assert_eq!(db.store.one(query).await.unwrap(), Some(person));
    }

    async fn a_damaged_cell_is_an_error_that_names_its_column(db: Db) {
        let read: Result<Vec<Col<i64>>, _> = db.store.all(Query::raw("select cast('x' as text) as wrong", vec![])).await;
        assert!(read.unwrap_err().to_string().contains("expected Int"));
    }
}

/// JSON text as stored.
#[derive(Debug)]
struct Raw(String);

impl till_core::kernel::values::Cell for Raw {
    const KIND: till_core::kernel::values::Kind = till_core::kernel::values::Kind::Json;
    fn to_value(&self) -> Value {
        Value::Json(self.0.clone())
    }
    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Json(text) => Ok(Self(text)),
            other => Err(format!("{other:?}")),
        }
    }
}
