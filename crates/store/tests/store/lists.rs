use serde_json::json;
use till_core::kernel::{changes::Changes, values::Json};
use till_store::{List, Order};

use crate::kit::{Db, Person, now};

async fn keep(db: &Db, people: &[Person]) {
    let mut changes = Changes::new();
    for person in people {
        changes.insert(person);
    }
    db.store.commit(changes).await.unwrap();
}

async fn names(db: &Db, list: List) -> Vec<String> {
    let list = list.order("name", Order::Asc);
    let (rows, total) = db.store.page::<Person>(list, 1, 100).await.unwrap();
    assert_eq!(total, i64::try_from(rows.len()).unwrap());
    rows.into_iter().map(|person| person.name).collect()
}

fn all(db: &Db) -> List {
    List::of::<Person>(db.org)
}

on_both! {
    async fn a_page_has_its_rows_and_the_total(db: Db) {
        let people: Vec<_> = (0..25).map(|i| Person { count: i / 10, ..db.person(&format!("{i:02}")) }).collect();
        keep(&db, &people).await;
        keep(&db, &[Person { organization_id: db.at.id(), ..db.person("foreign") }]).await;
        let mut seen = Vec::new();
        for (page, rows) in [(1, 10), (2, 10), (3, 5), (4, 0)] {
            let list = all(&db).order("count", Order::Desc);
            let (got, total) = db.store.page::<Person>(list, page, 10).await.unwrap();
            assert_eq!((got.len(), total), (rows, 25), "page {page}");
            seen.extend(got.into_iter().map(|p| (p.count, p.id)));
        }
        let mut sorted = seen.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        assert_eq!(seen, sorted, "ties are ordered by id, the way the list runs");
        let (_, total) = db.store.page::<Person>(List::of_many::<Person>(&[]), 1, 10).await.unwrap();
        assert_eq!(total, 0, "no organization, no rows");
    }

    async fn a_list_that_is_counted_so_far_still_leads_to_its_last_page(db: Db) {
        let people: Vec<_> = (0..25).map(|i| db.person(&format!("{i:02}"))).collect();
        keep(&db, &people).await;
        for (page, rows, counted) in [(1, 5, 12), (2, 5, 17), (3, 5, 22), (4, 5, 25), (5, 5, 25), (6, 0, 25)] {
            let list = all(&db).counted_up_to(7).eq("active", true).order("name", Order::Asc);
            let (got, total) = db.store.page::<Person>(list, page, 5).await.unwrap();
            assert_eq!((got.len(), total), (rows, counted), "page {page}");
        }
    }

    async fn a_list_is_gone_on_with_behind_its_last_row(db: Db) {
        let people: Vec<_> = (0..25).map(|i| Person { count: i / 10, ..db.person(&format!("{i:02}")) }).collect();
        keep(&db, &people).await;
        let (mut seen, mut after) = (Vec::new(), None);
        for rows in [10, 10, 5] {
            let list = all(&db).order("count", Order::Desc);
            let (got, last) = db.store.rows_after::<Person>(list, after.as_ref(), 10).await.unwrap();
            assert_eq!((got.len(), last.is_some()), (rows, rows == 10));
            seen.extend(got.into_iter().map(|p| (p.count, p.id)));
            after = last;
            // What is new lies before what was read.
            keep(&db, &[Person { count: 9, ..db.person(&format!("new {rows} {}", seen.len())) }]).await;
        }
        let mut sorted = seen.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        sorted.dedup();
        assert_eq!(seen, sorted, "every row once, in the order of the list");
    }

    async fn filters_narrow_the_list(db: Db) {
        let a = Person { active: true, count: 1, born: Some(now()), ..db.person("a") };
        let b = Person { active: false, count: 2, maybe: Some(7), ..db.person("b") };
        keep(&db, &[a.clone(), b]).await;
        assert_eq!(names(&db, all(&db).eq("active", true)).await, ["a"]);
        assert_eq!(names(&db, all(&db).eq("name", "b")).await, ["b"]);
        assert_eq!(names(&db, all(&db).is_in("count", vec![1.into(), 2.into(), 3.into()])).await, ["a", "b"]);
        assert!(names(&db, all(&db).is_in("count", vec![])).await.is_empty());
        assert_eq!(names(&db, all(&db).is_null("born")).await, ["b"]);
        assert_eq!(names(&db, all(&db).not_null("maybe")).await, ["b"]);
        assert_eq!(names(&db, all(&db).after("born", now())).await, ["a"]);
        assert!(names(&db, all(&db).before("born", now())).await.is_empty());
        assert_eq!(names(&db, all(&db).starts_with("name", "a")).await, ["a"]);
        assert!(names(&db, all(&db).starts_with("name", "A")).await.is_empty());
        let exists = "people.count = ? or exists (select 1 from people q where q.name = ? and '?' = '?' and q.count > people.count)";
        assert_eq!(names(&db, all(&db).filter_sql(exists, vec![9.into(), "b".into()]).eq("active", true)).await, ["a"]);
    }

    async fn wildcards_are_taken_literally(db: Db) {
        let people = ["100%", "100 percent", "a_b", "axb", "wow!", r"back\slash", "O'Brien?"].map(|name| db.person(name));
        keep(&db, &people).await;
        for (text, found) in [
            ("0%", vec!["100%"]), ("A_B", vec!["a_b"]), ("!", vec!["wow!"]), (r"\", vec![r"back\slash"]),
            ("o'brien?", vec!["O'Brien?"]), ("100", vec!["100 percent", "100%"]), ("nul\0", vec![]),
        ] {
            let mut got = names(&db, all(&db).contains_ci("name", text)).await;
            got.sort();
            assert_eq!(got, found, "{text}");
        }
    }

    async fn metadata_is_compared_by_its_text_whatever_the_key(db: Db) {
        let keys = ["plain", "a.b", "a\"b", "$", "$.x", "a'b", "[0]", "0", "", "ключ", "q?", "back\\slash", "x]", "$1"];
        let mut people = Vec::new();
        for (i, key) in keys.iter().enumerate() {
            people.push(Person { metadata: Json(json!({"other": "v", *key: format!("v{i}")})), ..db.person(&format!("{i:02}")) });
        }
        keep(&db, &people).await;
        for (i, key) in keys.iter().enumerate() {
            let list = all(&db).metadata("metadata", key, &[format!("v{i}"), "nothing".to_owned()]);
            assert_eq!(names(&db, list).await, [format!("{i:02}")], "{key}");
            let other = all(&db).metadata("metadata", key, &["v".to_owned()]);
            assert!(names(&db, other).await.is_empty());
        }
        assert!(names(&db, all(&db).metadata("metadata", "a\0", &["v".to_owned()])).await.is_empty());
    }

    async fn metadata_values_of_every_type_are_found_by_their_text(db: Db) {
        let values = [json!(1), json!(true), json!(false), json!("text"), json!("1.50"), json!(1.5), json!(12_345_678_901_234_567_890_u64), json!(1e300), json!(-0.25), json!(null)];
        let people: Vec<_> = values.iter().enumerate()
            .map(|(i, value)| Person { metadata: Json(json!({"k": value})), ..db.person(&i.to_string()) })
            .collect();
        keep(&db, &people).await;
        for (i, value) in values.iter().enumerate() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let list = all(&db).metadata("metadata", "k", std::slice::from_ref(&text));
            let expected = if value.is_null() { vec![] } else { vec![i.to_string()] };
            assert_eq!(names(&db, list).await, expected, "{text}");
        }
        let any = all(&db).metadata("metadata", "k", &["1".to_owned(), "true".to_owned()]);
        assert_eq!(names(&db, any).await, ["0", "1"], "any of the values");
        let both = all(&db).metadata("metadata", "k", &["1".to_owned()]).metadata("metadata", "k", &["true".to_owned()]);
        assert!(names(&db, both).await.is_empty(), "filters add up");
    }
}
