//! Monitoring: probes, metrics and log lines.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    path::Path,
    sync::mpsc::{Receiver, channel},
};

use serde_json::{Value, json};
use till_core::kernel::changes::Changes;
use till_store::{Options, Store};

use crate::kit::{PATIENCE, Running, call, send, send_as, text};

/// A running `till dev` whose log is read.
struct LoggedTill {
    running: Running,
    ready: Value,
    /// The address of `--metrics-listen`.
    inside: String,
    log: Receiver<String>,
}

impl LoggedTill {
    fn start(folder: &Path, more: &[&str]) -> Self {
        let own = [
            "dev",
            "--json",
            "--listen",
            "127.0.0.1:0",
            "--metrics-listen",
            "127.0.0.1:0",
            "--log-format",
            "json",
            "--data-dir",
            folder.to_str().unwrap(),
        ];
        let mut running = Running::start(&[&own, more].concat());
        let (tell, log) = channel();
        let errors = BufReader::new(running.child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let mut line = String::new();
        running.out.read_line(&mut line).unwrap();
        let mut watched = Self {
            running,
            ready: serde_json::from_str(&line).expect("JSON"),
            inside: String::new(),
            log,
        };
        let serving = watched.line(|line| line["message"] == "serving metrics");
        watched.inside = format!("http://{}", text(&serving["address"]));
        watched
    }

    fn url(&self) -> &str {
        text(&self.ready["url"])
    }

    /// The next line of the log that this holds for.
    fn line(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.log.recv_timeout(PATIENCE).expect("a line of the log");
            let line: Value = serde_json::from_str(&line).expect("JSON");
            if wanted(&line) {
                return line;
            }
        }
    }
}

/// Status and body.
fn get(url: &str, path: &str) -> (u16, String) {
    answer(send(url, "GET", path, "", None))
}

/// Status and body of what was asked.
fn answer(mut sent: TcpStream) -> (u16, String) {
    let mut answer = String::new();
    sent.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// The value of the line that begins so.
fn value(metrics: &str, begin: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(begin));
    line.unwrap_or_else(|| panic!("{begin} in\n{metrics}"))
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn probes_answer_everywhere_and_metrics_on_the_operators_address_alone() {
    let folder = tempfile::tempdir().unwrap();
    let till = LoggedTill::start(folder.path(), &[]);
    for url in [till.url(), &till.inside] {
        assert_eq!(get(url, "/healthz"), (200, "alive\n".to_owned()));
        assert_eq!(get(url, "/readyz"), (200, "ready\n".to_owned()));
    }
    assert_eq!(get(till.url(), "/metrics").0, 404);
    assert_eq!(get(&till.inside, "/v1/products/").0, 404);

    let token = text(&till.ready["token"]);
    let body = json!({"products": [till.ready["products"][2]["id"]]});
    let (status, _, session) = call(till.url(), "POST", "/v1/checkouts/", token, Some(body));
    assert_eq!(status, 201, "{session}");
    let secret = text(&session["client_secret"]);
    let confirm = format!("/v1/checkouts/client/{secret}/confirm");
    let buyer = json!({
        "customer_email": "ada@example.com", "customer_billing_address": {"country": "FR"},
        "confirmation_token_id": "pm_card_visa"
    });
    let (status, _, confirmed) = call(till.url(), "POST", &confirm, "", Some(buyer));
    assert_eq!(status, 200, "{confirmed}");
    let (status, metrics) = get(&till.inside, "/metrics");
    assert_eq!(status, 200);
    let created = r#"till_http_requests_total{method="POST",route="/v1/checkouts/",status="201"}"#;
    assert_eq!(value(&metrics, created), 1.0);
    let timed = r#"till_http_request_seconds_count{method="POST",route="/v1/checkouts/"}"#;
    assert_eq!(value(&metrics, timed), 1.0);
    let paid = r#"till_payment_attempts_total{outcome="succeeded"}"#;
    assert_eq!(value(&metrics, paid), 1.0);
    assert!(value(&metrics, "till_commit_batch_size_count") >= 3.0);
    let bytes = |part| {
        value(
            &metrics,
            &format!(r#"till_database_bytes{{part="{part}"}}"#),
        )
    };
    assert!(bytes("data") + bytes("log") > 100_000.0);
    assert!(value(&metrics, "process_resident_memory_bytes") > 1e6);
    assert!(value(&metrics, "process_open_fds") > 5.0);
    assert!(!metrics.contains(secret), "no label is made of an address");
}

#[test]
fn a_page_that_fails_gives_the_number_that_the_log_has() {
    let folder = tempfile::tempdir().unwrap();
    let till = LoggedTill::start(folder.path(), &[]);
    let token = text(&till.ready["token"]);
    let body = json!({"products": [till.ready["products"][0]["id"]]});
    let (.., session) = call(till.url(), "POST", "/v1/checkouts/", token, Some(body));
    let page = format!("/checkout/{}", text(&session["client_secret"]));
    assert_eq!(get(till.url(), &page).0, 200);
    let pay = |code: &str| {
        let form = format!(
            "intent=pay&customer_email=ada%40example.com&customer_name=Ada&country=FR&discount_code={code}\
             &card_number=4242424242424242&card_expiry=12%2F34&card_cvc=123"
        );
        let kind = ("application/x-www-form-urlencoded", form.as_str());
        answer(send_as(till.url(), "POST", &page, "", kind))
    };
    let fails = |lost: &'static str, ask: &dyn Fn() -> (u16, String)| {
        spoil(folder.path(), lost);
        let (status, shown) = ask();
        assert_eq!(status, 500, "{shown}");
        let line = till.line(|line| line["message"] == "a request failed");
        let id = text(&line["span"]["id"]);
        let shown = shown.replace("<code>", "");
        let number = format!("If you ask for help, quote this number: {id}");
        assert!(shown.contains(&number), "{shown}");
    };
    // A code that could not be looked for is no reason to charge the full price.
    fails("alter table discounts rename to astray", &|| pay("TENTH"));
    fails("alter table payments rename to lost", &|| pay(""));
    fails("alter table checkouts rename to mislaid", &|| {
        get(till.url(), &page)
    });
}

/// Takes something away from the database of a running Till.
fn spoil(folder: &Path, sql: &'static str) {
    let url = format!("sqlite://{}", folder.join("till.db").display());
    let mut changes = Changes::new();
    changes.any(sql, vec![]);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&url, Options::default()).await.unwrap();
        store.commit(changes).await.unwrap();
        store.close().await;
    });
}

#[test]
fn a_request_is_one_line_with_its_id_and_organization_and_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let till = LoggedTill::start(folder.path(), &[]);
    let token = text(&till.ready["token"]);
    let body =
        json!({"products": [till.ready["products"][0]["id"]], "customer_email": "ada@example.com"});
    let (_, head, session) = call(till.url(), "POST", "/v1/checkouts/", token, Some(body));
    let secret = text(&session["client_secret"]);
    let id = head
        .lines()
        .find_map(|line| line.strip_prefix("x-request-id: "))
        .expect("an id");
    let line = till.line(|line| line["message"] == "answered");
    assert_eq!(line["span"]["id"], id);
    assert_eq!(line["span"]["organization"], till.ready["organization_id"]);
    assert_eq!(
        (&line["method"], &line["path"], &line["status"]),
        (&json!("POST"), &json!("/v1/checkouts/"), &json!(201))
    );
    assert!(line["ms"].as_f64().unwrap() > 0.0);

    let _ = get(till.url(), "/healthz");
    let path = format!("/v1/checkouts/client/{secret}?token=in-the-query");
    assert_eq!(get(till.url(), &path).0, 200);
    let raw = till.log.recv_timeout(PATIENCE).expect("a line");
    for hidden in [secret, token, "in-the-query", "ada@example.com"] {
        assert!(!raw.contains(hidden), "{raw}");
    }
    let line: Value = serde_json::from_str(&raw).unwrap();
    assert_eq!(line["path"], "/v1/checkouts/client/{client_secret}");
    assert_eq!(
        line["span"].get("organization"),
        None,
        "nobody said who asks"
    );
}

#[test]
fn while_it_drains_readyz_says_no_and_requests_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let till = LoggedTill::start(folder.path(), &["--drain-seconds", "600"]);
    till.running.signal("TERM");
    till.line(|line| line["message"] == "stopping");
    let stopping = (503, "not ready: stopping\n".to_owned());
    while get(till.url(), "/readyz") != stopping {}
    assert_eq!(get(&till.inside, "/readyz"), stopping);
    assert_eq!(get(till.url(), "/healthz").0, 200);
    let token = text(&till.ready["token"]);
    let (status, ..) = call(till.url(), "GET", "/v1/checkouts/", token, None);
    assert_eq!(status, 200);
    let (code, _) = till.running.stop(PATIENCE);
    assert_eq!(code, 0, "asked twice, it does not wait any longer");
}
