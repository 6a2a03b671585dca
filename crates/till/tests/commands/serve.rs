//! `till serve`, from its settings to its end.

use std::{
    io::{BufRead, BufReader, Read},
    net::{TcpListener, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};

use crate::kit::{KEY, PATIENCE, Running, call, err, out, path, run, send, text};

#[test]
fn serve_refuses_unsafe_settings_with_a_sentence_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let url = ["--public-url", "https://pay.example.com"];
    let key = ["--secret-key", KEY];
    let sandbox = ["--processor", "sandbox"];
    let missing = folder.path().join("missing").display().to_string();
    let cases: [(&[&[&str]], &str); 10] = [
        (&[&key, &sandbox], "--public-url https://"),
        (
            &[&["--public-url", "http://pay.example.com"], &key, &sandbox],
            "--allow-insecure-http",
        ),
        (
            &[&["--public-url", "pay.example.com"], &key, &sandbox],
            "absolute address",
        ),
        (&[&url, &sandbox], "openssl rand -hex 32"),
        (
            &[&url, &["--secret-key", "too short"], &sandbox],
            "9 bytes but needs at least 32",
        ),
        (
            &[
                &url,
                &["--secret-key", "changeme-changeme-changeme-changeme"],
                &sandbox,
            ],
            "easy to guess",
        ),
        (
            &[&url, &["--secret-key-file", &missing], &sandbox],
            "does not exist",
        ),
        (&[&url, &key], "--processor sandbox for test cards"),
        (
            &[
                &url,
                &key,
                &sandbox,
                &["--client-ip-header", "not a header"],
            ],
            "X-Forwarded-For",
        ),
        (
            &[&url, &key, &sandbox, &["--database-url", "mysql://host/db"]],
            "postgres://",
        ),
    ];
    for (settings, sentence) in cases {
        let mut args = vec![
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            path(&folder),
        ];
        args.extend(settings.iter().flat_map(|words| words.iter()));
        let output = run(&args);
        let words = err(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {words}");
        assert!(words.contains(sentence), "{args:?}: {words}");
        assert_eq!(
            words.trim().lines().count(),
            1 + words.matches(" WARN ").count(),
            "{words}"
        );
        assert!(
            !words.contains("too short") && !words.contains("changeme"),
            "no key in: {words}"
        );
    }
}

#[test]
fn init_token_and_serve_make_a_server_that_checks_scopes() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, format!("{KEY}\n")).unwrap();
    let shared = [
        "--data-dir",
        path(&folder),
        "--secret-key-file",
        key.to_str().unwrap(),
    ];
    let command = |words: &[&str]| run(&[words, &shared].concat());

    let init = [
        "init",
        "--organization",
        "Ada's Shop",
        "--owner-email",
        "Ada@Example.com",
    ];
    let made = command(&init);
    assert!(made.status.success(), "{}", err(&made));
    assert!(out(&made).contains("slug ada-s-shop"), "{}", out(&made));
    assert!(out(&made).contains("till sign-in ada@example.com --public-url"));
    let twice = command(&init);
    assert_eq!(twice.status.code(), Some(1));
    assert!(
        err(&twice).contains("already exists: choose another with --slug"),
        "{}",
        err(&twice)
    );
    let other = command(&[&init[..], &["--slug", "ada-two"]].concat());
    assert!(
        other.status.success(),
        "one owner, two organizations: {}",
        err(&other)
    );
    let named = [
        "--slug",
        "ada-three",
        "--public-url",
        "https://pay.example.com",
    ];
    let third = command(&[&init[..], &named].concat());
    let link = "https://pay.example.com/sign-in/link/till_lnk_";
    assert!(out(&third).contains(link), "{}", out(&third));

    let create = [
        "token",
        "create",
        "--organization",
        "ada-s-shop",
        "--name",
        "server",
    ];
    let scopes = [
        "--scope",
        "checkouts:read,orders:read",
        "--scope",
        "payments:read",
    ];
    let limited = command(&[&create[..], &scopes, &["--expires-in", "30d"]].concat());
    assert!(limited.status.success(), "{}", err(&limited));
    let limited = out(&limited).trim_end_matches('\n').to_owned();
    assert!(
        limited.starts_with("polar_oat_") && !limited.contains(char::is_whitespace),
        "alone"
    );
    let all = out(&command(&[&create[..], &["--all-scopes"]].concat()));
    for wrong in [
        &[][..],
        &["--scope", "everything"],
        &["--all-scopes", "--expires-in", "-3d"],
    ] {
        let output = command(&[&create[..], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", err(&output));
    }
    let unknown = command(&[
        "token",
        "create",
        "--organization",
        "nobody",
        "--name",
        "a",
        "--all-scopes",
    ]);
    assert!(
        err(&unknown).contains("the existing slugs are ada-s-shop, ada-two"),
        "{}",
        err(&unknown)
    );

    let serve = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--log-format",
        "json",
        "--processor",
        "sandbox",
    ];
    let urls = ["--public-url", "http://localhost:9"];
    let mut server = Running::start(&[&serve[..], &urls, &shared].concat());
    let mut errors = BufReader::new(server.child.stderr.take().unwrap()).lines();
    let mut warned = false;
    let url = errors.by_ref().map_while(Result::ok).find_map(|line| {
        let line: Value = serde_json::from_str(&line).expect("a JSON line");
        warned |= line["message"]
            .as_str()
            .is_some_and(|words| words.contains("NO REAL MONEY"));
        Some(format!("http://{}", line.get("address")?.as_str()?))
    });
    let url = url.expect("it says where it serves");
    assert!(warned, "the sandbox is announced");

    let (status, ..) = call(&url, "GET", "/v1/checkouts/", &limited, None);
    assert_eq!(status, 200);
    let (status, head, body) = call(
        &url,
        "POST",
        "/v1/checkouts/",
        &limited,
        Some(json!({"products": []})),
    );
    assert_eq!(
        (status, &body["error"]),
        (403, &json!("insufficient_scope"))
    );
    let id = head
        .split_once("x-request-id: ")
        .expect("an id")
        .1
        .lines()
        .next()
        .unwrap()
        .to_owned();
    let line = errors
        .by_ref()
        .map_while(Result::ok)
        .find(|line| line.contains(&id))
        .expect("its log line");
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&line["method"], &line["path"], &line["status"]),
        (&json!("POST"), &json!("/v1/checkouts/"), &json!(403))
    );
    let (status, ..) = call(&url, "GET", "/v1/checkouts/", all.trim(), None);
    assert_eq!(status, 200);

    let database = ["--data-dir", path(&folder)];
    let listed = out(&run(&[&["token", "list"], &database[..]].concat()));
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(!listed.contains("polar_oat_"), "{listed}");
    let line = listed
        .lines()
        .find(|line| line.contains("checkouts:read,orders:read,payments:read"));
    let line = line.unwrap_or_else(|| panic!("{listed}"));
    assert!(
        line.contains("until ") && line.contains("ada-s-shop"),
        "{line}"
    );
    let revoke = ["token", "revoke", line.split(' ').next().unwrap()];
    let revoked = run(&[&revoke[..], &database].concat());
    assert!(
        out(&revoked).contains("Revoked the token server"),
        "{}",
        err(&revoked)
    );
    let (status, _, body) = call(&url, "GET", "/v1/checkouts/", &limited, None);
    assert_eq!((status, &body["error"]), (401, &json!("invalid_token")));
    std::thread::spawn(move || errors.map_while(Result::ok).for_each(drop));
    assert_eq!(server.stop(PATIENCE).0, 0);
}

#[test]
fn sigterm_ends_open_event_streams_and_exits_with_0() {
    let folder = tempfile::tempdir().unwrap();
    let (running, ready) = Running::dev(folder.path());
    let (url, token) = (text(&ready["url"]), text(&ready["token"]));
    let body = json!({"products": [ready["products"][0]["id"]]});
    let (status, _, session) = call(url, "POST", "/v1/checkouts/", token, Some(body));
    assert_eq!(status, 201, "{session}");
    let address = format!(
        "/v1/checkouts/client/{}/stream",
        text(&session["client_secret"])
    );
    let mut stream = send(url, "GET", &address, "", None);
    let mut head = [0; 15];
    stream.read_exact(&mut head).expect("the stream opens");
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    let silent = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let (status, _) = running.stop(Duration::from_secs(6));
    assert_eq!(status, 0);
    let mut rest = String::new();
    stream
        .read_to_string(&mut rest)
        .expect("the stream ends as streams end");
    assert!(
        rest.ends_with("\r\n0\r\n\r\n") || rest.contains("connection: close"),
        "{rest}"
    );
    drop(silent);
}

#[test]
fn a_port_in_use_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let output = run(&[
        "dev",
        "--listen",
        &address.to_string(),
        "--data-dir",
        path(&folder),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let words = err(&output);
    assert!(
        words.contains(&format!("port {} is in use", address.port())),
        "{words}"
    );
    assert!(words.contains("--listen 127.0.0.1:0"), "{words}");
    assert!(!folder.path().join("till.db").exists(), "nothing was made");
}
