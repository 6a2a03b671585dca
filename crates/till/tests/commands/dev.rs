//! `till dev`.

use std::{io::BufRead, path::Path};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kit::{PATIENCE, Running, call, dev, err, get, out, path, run, text};

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
        "checkout_url",
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
    let path = |ready: &Value| {
        let checkout = text(&ready["checkout_url"]).strip_prefix(text(&ready["url"]));
        checkout.expect("an address of this server").to_owned()
    };
    assert_eq!(path(&ready), path(&again), "the port alone is another");
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

/// The path of an address of this server.
fn path_of<'a>(url: &str, address: &'a str) -> &'a str {
    address
        .strip_prefix(url)
        .expect("an address of this server")
}

/// Opens the demo purchase, which leads to the page of a new session.
fn open_demo(url: &str, checkout: &str) {
    let (status, head, _) = call(url, "GET", path_of(url, checkout), "", None);
    assert_eq!(status, 307, "{head}");
    assert!(
        head.contains(&format!("\r\nlocation: {url}/checkout/polar_c_")),
        "{head}"
    );
}

#[test]
fn the_demo_purchase_opens_a_session_that_can_be_paid() {
    let folder = tempfile::tempdir().unwrap();
    let (first, ready) = Running::dev(folder.path());
    let (url, token) = (text(&ready["url"]), text(&ready["token"]));
    open_demo(url, text(&ready["checkout_url"]));
    let (_, _, sessions) = call(url, "GET", "/v1/checkouts/", token, None);
    let session = &sessions["items"][0];
    assert_eq!(session["products"].as_array().map(Vec::len), Some(3));
    let secret = text(&session["client_secret"]);
    let (status, ..) = call(url, "GET", &format!("/checkout/{secret}"), "", None);
    assert_eq!(status, 200);
    let confirm = format!("/v1/checkouts/client/{secret}/confirm");
    let buyer = json!({"customer_email": "ada@example.com", "confirmation_token_id": "pm_card_visa",
        "customer_billing_address": {"country": "FR"}});
    let (status, _, confirmed) = call(url, "POST", &confirm, "", Some(buyer));
    assert_eq!(status, 200, "{confirmed}");

    // Whoever deletes the link gets another one at the next start.
    let (_, _, links) = call(url, "GET", "/v1/checkout-links/", token, None);
    assert_eq!(links["items"].as_array().map(Vec::len), Some(1), "{links}");
    let link = format!("/v1/checkout-links/{}", text(&links["items"][0]["id"]));
    assert_eq!(call(url, "DELETE", &link, token, None).0, 204);
    assert_eq!(first.stop(PATIENCE).0, 0);
    let (_second, again) = Running::dev(folder.path());
    let (url, checkout) = (text(&again["url"]), text(&again["checkout_url"]));
    open_demo(url, checkout);
}

/// The clock of the shop once it stands.
fn standing_clock(url: &str, token: &str) -> Value {
    for _ in 0..100_000 {
        let (status, _, clock) = call(url, "GET", "/v1/sandbox/clock", token, None);
        assert_eq!(status, 200, "{clock}");
        if clock["advancing"] == false {
            return clock;
        }
    }
    panic!("the clock does not arrive");
}

#[test]
fn the_demo_shops_clock_is_moved_at_the_start_and_by_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = dev(folder.path());
    command.args(["--clock", "3months"]);
    let (_running, ready) = Running::dev_as(command);
    let (url, token) = (text(&ready["url"]), text(&ready["token"]));
    let first: Timestamp = text(&standing_clock(url, token)["now"]).parse().unwrap();
    let data = ["--data-dir", path(&folder)];
    let shown = run(&[&["clock"][..], &data].concat());
    assert!(
        out(&shown).starts_with("The clock of demo says "),
        "{}",
        err(&shown)
    );
    let moved = run(&[&["clock", "1y"][..], &data].concat());
    assert!(
        out(&moved).contains(" is being moved from "),
        "{}",
        err(&moved)
    );
    let second: Timestamp = text(&standing_clock(url, token)["now"]).parse().unwrap();
    let days = second.duration_since(first).as_hours() / 24;
    assert!((365..=366).contains(&days), "{days}");
    let back = run(&[&["clock", "0d"][..], &data].concat());
    assert_eq!(back.status.code(), Some(1));
    assert!(err(&back).contains("forward"), "{}", err(&back));
}

#[test]
fn the_home_page_leads_to_dashboard_reference_and_demo_purchase() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, ready) = Running::dev(folder.path());
    let url = text(&ready["url"]);
    let page = get(url, "/");
    for address in ["/dashboard", "/reference", text(&ready["checkout_url"])] {
        assert!(
            page.contains(&format!("href=\"{address}\"")),
            "{address} in {page}"
        );
    }
    assert_eq!(call(url, "GET", "/reference", "", None).0, 200);
    assert_eq!(
        call(url, "GET", "/dashboard", "", None).0,
        303,
        "to sign in"
    );
}

/// The greeting of `till dev` in this folder, with the server that printed it.
fn greeting(folder: &Path, more: &[&str]) -> (Running, String) {
    let folder = folder.to_str().unwrap();
    let own = ["dev", "--listen", "127.0.0.1:0", "--data-dir", folder];
    let mut running = Running::start(&[&own, more].concat());
    let mut words = String::new();
    while !words.contains("Ctrl-C") {
        let read = running.out.read_line(&mut words).expect("readable");
        assert_ne!(read, 0, "{words}");
    }
    (running, words)
}

/// The rest of the line that begins with this label.
fn entry<'a>(words: &'a str, label: &str) -> &'a str {
    let mut lines = words.lines().map(str::trim_start);
    let found = lines.find_map(|line| line.strip_prefix(label));
    found
        .unwrap_or_else(|| panic!("no {label} in {words}"))
        .trim()
}

/// Output of a shell that gets this command, in a folder of its own and without settings.
fn shell(command: &str) -> String {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut shell = std::process::Command::new("sh");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TILL_") {
            shell.env_remove(name);
        }
    }
    let output = shell.args(["-c", command]).current_dir(elsewhere.path());
    let output = output.output().expect("sh");
    assert!(output.status.success(), "{command}: {}", err(&output));
    out(&output)
}

#[test]
fn the_commands_that_dev_prints_work_as_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("a shop");
    let database = format!("sqlite://{}/elsewhere.db", path(&folder));
    for more in [&[][..], &["--database-url", &database]] {
        let (_running, words) = greeting(&inside, more);
        let url = entry(&words, "API  ");
        open_demo(url, entry(&words, "Demo purchase"));
        let dashboard = entry(&words, "Dashboard");
        assert_eq!(call(url, "GET", path_of(url, dashboard), "", None).0, 200);
        let reference = entry(&words, "API reference");
        assert_eq!(call(url, "GET", path_of(url, reference), "", None).0, 200);

        let link = shell(entry(&words, "Sign in again"));
        assert_ne!(link.trim(), dashboard);
        assert_eq!(call(url, "GET", path_of(url, link.trim()), "", None).0, 200);
        let token = shell(entry(&words, "Another token"));
        assert_ne!(token.trim(), entry(&words, "Access token"));
        for token in [token.trim(), entry(&words, "Access token")] {
            assert_eq!(call(url, "GET", "/v1/checkouts/", token, None).0, 200);
        }
        let checked = shell(entry(&words, "Check  "));
        assert!(checked.contains("created by `till dev`"), "{checked}");

        let curl = words.split_once("\ncurl ").expect("a program").1;
        let curl = curl.split_once("\n\n").unwrap().0;
        assert!(curl.contains(&format!("{url}/v1/checkouts/")) && curl.contains("polar_oat_"));
        assert!(words.contains("4242 4242 4242 4242") && words.contains("standard error"));
    }
}

#[test]
fn a_sandbox_of_its_own_keeps_its_books_while_till_dies() {
    let folder = tempfile::tempdir().expect("a folder");
    let (books, data) = (folder.path().join("books"), folder.path().join("data"));
    let (_sandbox, url) = Running::sandbox(&books);
    let data = data.to_str().expect("UTF-8");
    let listen = ["--listen", "127.0.0.1:0", "--data-dir", data];
    let dev = ["dev", "--json", "--sandbox-url", &url];
    let mut till = Running::start(&[&dev[..], &listen].concat());
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
    let (_, _, attempts) = call(&url, "GET", "/attempts", token, None);
    assert_eq!(attempts.as_array().map(Vec::len), Some(1), "{attempts}");
    assert_eq!(attempts[0]["outcome"]["outcome"], "succeeded", "{attempts}");
    assert_eq!(attempts[0]["kind"]["amount"]["minor"], checkout["amount"]);
}
