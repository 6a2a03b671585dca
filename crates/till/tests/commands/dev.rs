//! `till dev`.

use std::{io::BufRead, path::Path};

use serde_json::{Value, json};

use crate::kit::{PATIENCE, Running, call, path, text};

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
