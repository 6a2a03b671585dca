//! `till backup` and `till restore`.

use serde_json::{Value, json};

use crate::kit::{PATIENCE, Running, call, err, out, run, text};

fn sessions(ready: &Value) -> i64 {
    let (url, token) = (text(&ready["url"]), text(&ready["token"]));
    let (status, _, list) = call(url, "GET", "/v1/checkouts/", token, None);
    assert_eq!(status, 200, "{list}");
    list["pagination"]["total_count"].as_i64().unwrap()
}

fn create(ready: &Value) {
    let body = json!({"products": [ready["products"][0]["id"]]});
    let (url, token) = (text(&ready["url"]), text(&ready["token"]));
    let (status, _, made) = call(url, "POST", "/v1/checkouts/", token, Some(body));
    assert_eq!(status, 201, "{made}");
}

#[test]
fn a_backup_of_a_running_server_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let copy = folder.path().join("till.backup");
    let copy = copy.to_str().unwrap();
    let here = ["--data-dir", data.to_str().unwrap()];
    let command = |words: &[&str]| run(&[words, &here].concat());

    let none = command(&["backup", copy]);
    assert_eq!(none.status.code(), Some(1));
    assert!(
        err(&none).contains("there is no database at"),
        "{}",
        err(&none)
    );
    assert!(!data.exists(), "nothing was made");

    let (running, ready) = Running::dev(&data);
    create(&ready);
    let made = command(&["backup", copy]);
    assert!(made.status.success(), "{}", err(&made));
    assert!(out(&made).contains("secret key"), "{}", out(&made));
    create(&ready);
    assert_eq!(sessions(&ready), 2);
    let twice = command(&["backup", copy]);
    assert!(err(&twice).contains("add --replace"), "{}", err(&twice));

    let running_on = command(&["restore", copy, "--replace"]);
    assert_eq!(running_on.status.code(), Some(1));
    assert!(
        err(&running_on).contains("is in use: stop the server"),
        "{}",
        err(&running_on)
    );
    create(&ready);
    assert_eq!(sessions(&ready), 3, "the server noticed nothing");
    assert_eq!(running.stop(PATIENCE).0, 0);

    let unasked = command(&["restore", copy]);
    assert!(err(&unasked).contains("add --replace"), "{}", err(&unasked));
    let restored = command(&["restore", copy, "--replace"]);
    assert!(restored.status.success(), "{}", err(&restored));
    assert!(out(&restored).contains("was kept as"), "{}", out(&restored));
    let (_running, again) = Running::dev(&data);
    assert_eq!(
        again["token"], ready["token"],
        "the key was there all the time"
    );
    assert_eq!(sessions(&again), 1);
}

#[test]
fn what_is_no_backup_of_till_is_refused_and_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let here = ["--data-dir", folder.path().to_str().unwrap()];
    assert!(run(&[&["migrate"], &here[..]].concat()).status.success());
    let before = std::fs::read(folder.path().join("till.db")).unwrap();
    let file = folder.path().join("other");
    std::fs::write(&file, "not a database ".repeat(100)).unwrap();
    let words = ["restore", file.to_str().unwrap(), "--replace"];
    let refused = run(&[&words, &here[..]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("damaged or not a database")
            && err(&refused).contains("Nothing was changed"),
        "{}",
        err(&refused)
    );
    assert_eq!(
        std::fs::read(folder.path().join("till.db")).unwrap(),
        before
    );
}

#[test]
fn postgresql_is_left_to_its_own_tools_and_its_password_untold() {
    let url = ["--database-url", "postgres://till:hidden@db.example/till"];
    for (command, tool) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let told = run(&[&[command, "file"], &url[..]].concat());
        assert_eq!(told.status.code(), Some(2));
        assert!(err(&told).contains(tool), "{}", err(&told));
        assert!(!err(&told).contains("hidden"), "{}", err(&told));
    }
}
