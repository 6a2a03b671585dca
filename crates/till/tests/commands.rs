//! The binary as an operator meets it: every test starts the real program.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than anything takes on a busy machine; reaching it is a failure.
const PATIENCE: Duration = Duration::from_secs(60);
const KEY: &str = "b5b0cb87a1e1c0f97c7ab2d8c1d7a1f042c7ab2d";

fn till(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TILL_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    till(args).output().expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn path(folder: &TempDir) -> &str {
    folder.path().to_str().expect("UTF-8")
}

/// A running server; ended with the test.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut child = till(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, out }
    }

    /// `till dev --json` in a folder, with the line that it printed.
    fn dev(folder: &Path) -> (Self, Value) {
        let folder = folder.to_str().expect("UTF-8");
        let mut running = Self::start(&[
            "dev",
            "--json",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            folder,
        ]);
        let mut line = String::new();
        running.out.read_line(&mut line).expect("readable");
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line:?}"));
        // Nobody reads it, and a full pipe would stop the server.
        let errors = running.child.stderr.take().expect("piped");
        std::thread::spawn(move || {
            std::io::copy(&mut BufReader::new(errors), &mut std::io::sink())
        });
        (running, ready)
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .expect("sh")
                .success()
        );
    }

    /// The exit status after SIGTERM, and whatever else was printed on standard output.
    fn stop(mut self, within: Duration) -> (i32, String) {
        self.signal("TERM");
        let (tell, told) = mpsc::channel();
        let mut child = std::mem::replace(&mut self.child, nothing());
        let id = child.id();
        std::thread::spawn(move || tell.send(child.wait()));
        let Ok(status) = told.recv_timeout(within) else {
            let _ = Command::new("sh")
                .args(["-c", &format!("kill -KILL {id}")])
                .status();
            panic!("still running {within:?} after SIGTERM");
        };
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("readable");
        (status.expect("waited for").code().unwrap_or(-1), rest)
    }
}

/// A child that is done, to stand where another was taken.
fn nothing() -> Child {
    Command::new("true").spawn().expect("true")
}

/// One request on a connection of its own: status, headers and body.
fn call(
    url: &str,
    method: &str,
    path: &str,
    token: &str,
    body: Option<Value>,
) -> (u16, String, Value) {
    let mut stream = send(url, method, path, token, body);
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .expect("a status");
    (
        status,
        head.to_lowercase(),
        serde_json::from_str(body).unwrap_or(Value::Null),
    )
}

fn send(url: &str, method: &str, path: &str, token: &str, body: Option<Value>) -> TcpStream {
    let host = url.strip_prefix("http://").expect("http");
    let mut stream = TcpStream::connect(host).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("sent");
    stream
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

#[test]
fn dev_keeps_token_and_products_and_prints_one_line_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("new/folder");
    let (first, ready) = Running::dev(&inside);
    let url = text(&ready["url"]);
    assert!(url.starts_with("http://127.0.0.1:") && !url.ends_with('/') && !url.ends_with(":0"));
    let link = text(&ready["dashboard_url"]).to_owned();
    assert!(
        link.starts_with(&format!("{url}/sign-in/link/till_lnk_")),
        "{link}"
    );
    let (status, head, _) = call(url, "GET", link.strip_prefix(url).unwrap(), "", None);
    assert_eq!(status, 200, "{head}");
    assert_eq!(ready["owner_email"], "owner@example.com");
    let keys: Vec<_> = ready.as_object().unwrap().keys().cloned().collect();
    let wanted = [
        "url",
        "token",
        "organization_id",
        "dashboard_url",
        "products",
        "owner_email",
    ];
    assert_eq!(keys, wanted);

    let products = ready["products"].as_array().unwrap();
    let ids: Vec<_> = products.iter().map(|product| &product["id"]).collect();
    let body = json!({"products": ids});
    let (status, head, session) = call(
        url,
        "POST",
        "/v1/checkouts/",
        text(&ready["token"]),
        Some(body),
    );
    assert_eq!(status, 201, "{session}");
    assert!(head.contains("\r\nx-request-id: "), "{head}");
    let offered = session["products"].as_array().unwrap();
    assert_eq!((products.len(), offered.len()), (3, 3));
    for (i, (shown, kept)) in products.iter().zip(offered).enumerate() {
        assert_eq!((&shown["id"], &shown["name"]), (&kept["id"], &kept["name"]));
        assert_eq!(shown["price_id"], kept["prices"][0]["id"]);
        let interval = if i < 2 { json!("month") } else { Value::Null };
        assert_eq!(kept["recurring_interval"], interval);
    }
    assert_eq!(
        first.stop(PATIENCE),
        (0, String::new()),
        "nothing but the one line"
    );

    let (second, again) = Running::dev(&inside);
    for key in ["token", "organization_id", "products"] {
        assert_eq!(ready[key], again[key], "{key}");
    }
    assert_eq!(second.stop(PATIENCE).0, 0);

    // Only the database's hash is left: a new token is made, for the same shop.
    std::fs::remove_file(inside.join("dev.json")).unwrap();
    let (third, renewed) = Running::dev(&inside);
    assert_ne!(ready["token"], renewed["token"]);
    assert_eq!(ready["organization_id"], renewed["organization_id"]);
    assert_eq!(ready["products"], renewed["products"]);
    let (status, ..) = call(
        text(&renewed["url"]),
        "GET",
        "/v1/checkouts/",
        text(&renewed["token"]),
        None,
    );
    assert_eq!(status, 200);
    drop(third);
}

#[test]
fn sign_in_prints_a_link_for_somebody_who_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, ready) = Running::dev(folder.path());
    let url = text(&ready["url"]);
    let command = |email: &str| {
        run(&[
            "sign-in",
            email,
            "--data-dir",
            path(&folder),
            "--public-url",
            url,
        ])
    };
    let printed = command("Owner@Example.com");
    assert!(printed.status.success(), "{}", err(&printed));
    let link = out(&printed).trim().to_owned();
    assert_ne!(link, text(&ready["dashboard_url"]));
    let (status, head, _) = call(url, "GET", link.strip_prefix(url).unwrap(), "", None);
    assert_eq!(status, 200, "{head}");
    let unknown = command("nobody@example.com");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(err(&unknown).contains("nobody has the address"));
}

#[test]
fn dev_keeps_its_secrets_to_the_owner() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("data");
    drop(Running::dev(&inside));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inside), 0o700);
    assert_eq!(mode(&inside.join("dev.json")), 0o600);
    assert_eq!(mode(&inside.join("secret.key")), 0o600);
    let key = std::fs::read_to_string(inside.join("secret.key")).unwrap();
    assert!(key.trim().len() == 64 && key.trim().bytes().all(|b| b.is_ascii_hexdigit()));
}

#[test]
fn dev_prints_programs_that_name_this_server_its_token_and_a_product() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "dev",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        path(&folder),
    ];
    let mut running = Running::start(&args);
    let mut words = String::new();
    while !words.contains("Ctrl-C") {
        assert_ne!(
            running.out.read_line(&mut words).expect("readable"),
            0,
            "{words}"
        );
    }
    let after = |label: &str| {
        let rest = words
            .split_once(label)
            .unwrap_or_else(|| panic!("no {label} in {words}"))
            .1;
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let (url, token, product) = (after("API"), after("Token"), after("Starter"));
    for program in ["curl -sS ", "@polar-sh/sdk", "polar_sdk"] {
        let program = words.split_once(program).expect("the program").1;
        assert!(program.contains(&url) && program.contains(&token) && program.contains(&product));
    }
    assert!(words.contains("4242 4242 4242 4242") && words.contains("standard error"));
    let body = json!({"products": [product]});
    let (status, _, session) = call(&url, "POST", "/v1/checkouts/", &token, Some(body));
    assert_eq!(status, 201, "{session}");
    assert!(text(&session["url"]).starts_with(&format!("{url}/checkout/")));
}

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
            "9 bytes and needs 32",
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
        (&[&url, &key], "add --processor sandbox"),
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
        err(&twice).contains("exists already: choose another with --slug"),
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
        err(&unknown).contains("there are: ada-s-shop, ada-two"),
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
    let site = ["--public-url", "http://localhost:9"];
    let mut server = Running::start(&[&serve[..], &site, &shared].concat());
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

    let listed = out(&command(&["token", "list"]));
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
    let revoked = command(&["token", "revoke", line.split(' ').next().unwrap()]);
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

#[test]
fn migrate_says_what_it_applied_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = run(&["migrate", "--data-dir", path(&folder)]);
    assert!(first.status.success(), "{}", err(&first));
    assert!(out(&first).starts_with("applied 0001_"), "{}", out(&first));
    let second = run(&["migrate", "--data-dir", path(&folder)]);
    assert!(
        out(&second).contains("nothing to apply"),
        "{}",
        out(&second)
    );
}

#[test]
fn a_sandbox_of_its_own_keeps_its_books_while_till_dies_rule_6() {
    let folder = tempfile::tempdir().expect("a folder");
    let (books, data) = (folder.path().join("books"), folder.path().join("data"));
    let folders = [&books, &data].map(|path| path.to_str().expect("UTF-8"));
    let listen = ["--listen", "127.0.0.1:0", "--data-dir"];
    let mut sandbox = Running::start(&[&["sandbox"][..], &listen, &folders[..1]].concat());
    let mut url = String::new();
    sandbox.out.read_line(&mut url).expect("readable");
    let url = url.trim();
    let dev = ["dev", "--json", "--sandbox-url", url];
    let mut till = Running::start(&[&dev[..], &listen, &folders[1..]].concat());
    let mut line = String::new();
    till.out.read_line(&mut line).expect("readable");
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    let (at, token) = (text(&ready["url"]), text(&ready["token"]));

    let products = json!({"products": [ready["products"][2]["id"]]});
    let (_, _, checkout) = call(at, "POST", "/v1/checkouts/", token, Some(products));
    let card = json!({"number": "4242424242424242", "exp_month": 12, "exp_year": 34, "cvc": "123"});
    let (_, _, card) = call(
        at,
        "POST",
        "/v1/sandbox/confirmation-tokens",
        token,
        Some(card),
    );
    let secret = text(&checkout["client_secret"]);
    let path = format!("/v1/checkouts/client/{secret}/confirm");
    let body = json!({"customer_email": "ada@example.com", "confirmation_token_id": card["id"],
        "customer_billing_address": {"country": "FR"}});
    let (status, _, confirmed) = call(at, "POST", &path, token, Some(body));
    assert_eq!(status, 200, "{confirmed}");
    drop(till);
    let (_, _, books) = call(url, "GET", "/books", token, None);
    assert_eq!(books.as_array().map(Vec::len), Some(1), "{books}");
    assert_eq!(books[0]["outcome"]["outcome"], "succeeded", "{books}");
    assert_eq!(books[0]["kind"]["amount"]["minor"], checkout["amount"]);
}

#[test]
fn openapi_prints_the_document() {
    let output = run(&["openapi"]);
    let document: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert!(text(&document["openapi"]).starts_with("3.1"));
    assert!(document["paths"].get("/v1/checkouts/").is_some());
}

#[test]
fn every_setting_is_a_flag_and_a_variable_in_the_help() {
    let help = out(&run(&["--help"]));
    let settings = help.split_once("Settings:").expect("a heading").1;
    let flags: Vec<_> = settings
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--"))
        .map(|line| line.split_whitespace().next().expect("a flag"))
        .collect();
    assert!(flags.len() >= 12, "{flags:?}");
    for flag in flags {
        let variable = format!("TILL_{}", flag.to_uppercase().replace('-', "_"));
        assert!(settings.contains(&format!("[env: {variable}")), "{flag}");
    }
    let mut command = till(&["dev"]);
    let folder = tempfile::tempdir().unwrap();
    command
        .env("TILL_LISTEN", "127.0.0.1:99999")
        .env("TILL_DATA_DIR", folder.path());
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("127.0.0.1:99999"), "{}", err(&output));
}
