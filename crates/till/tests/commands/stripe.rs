//! `--processor stripe`: its keys, its account, and the way from test sales to real ones.

use std::{path::Path, process::Command};

use serde_json::{Value, json};
use till_fake_stripe::{FakeStripe, Options};

use crate::kit::{Running, call, dev, err, out, path, till};

/// A fake account, and what serves it.
struct Account {
    fake: FakeStripe,
    /// Serves the fake for as long as the account is there.
    _runtime: tokio::runtime::Runtime,
}

fn account(id: &str) -> Account {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let fake = runtime.block_on(FakeStripe::with(Options {
        account: id.to_owned(),
        ..Options::default()
    }));
    Account {
        fake,
        _runtime: runtime,
    }
}

impl Account {
    /// The command, with this account's keys as variables.
    fn keys(&self, mut command: Command) -> Command {
        command
            .env("TILL_PROCESSOR", "stripe")
            .env("TILL_STRIPE_SECRET_KEY", self.fake.secret_key())
            .env("TILL_STRIPE_PUBLISHABLE_KEY", self.fake.publishable_key())
            .env("TILL_STRIPE_WEBHOOK_SECRET", self.fake.webhook_secret())
            .env("TILL_STRIPE_API_URL", self.fake.api_url())
            .env("TILL_STRIPE_SCRIPT_URL", self.fake.script_url());
        command
    }

    fn dev(&self, folder: &Path) -> (Running, Value) {
        Running::dev_as(self.keys(dev(folder)))
    }

    /// The words with which the server refuses to start.
    fn refusal(&self, folder: &Path) -> String {
        let output = self.keys(dev(folder)).output().unwrap();
        assert!(!output.status.success(), "{}", out(&output));
        err(&output)
    }
}

/// A purchase of the demo shop's first product with a card that pays.
fn buy(ready: &Value, fake: &FakeStripe) {
    let url = ready["url"].as_str().unwrap();
    let token = ready["token"].as_str().unwrap();
    let products = ready["products"].as_array().unwrap();
    let product = products
        .iter()
        .find(|product| product["recurring"] != true)
        .unwrap_or(&products[0]);
    let body = json!({"products": [product["id"]]});
    let (_, _, checkout) = call(url, "POST", "/v1/checkouts/", token, Some(body));
    let saves = checkout["product"]["is_recurring"] == true;
    let body = json!({
        "customer_email": "ada@example.com",
        "customer_billing_address": {"country": "FR"},
        "confirmation_token_id": fake.token("pm_card_visa", saves),
    });
    let confirm = format!(
        "/v1/checkouts/client/{}/confirm",
        checkout["client_secret"].as_str().unwrap()
    );
    let (status, _, told) = call(url, "POST", &confirm, "", Some(body));
    assert_eq!(status, 200, "{told}");
    let has_order = || call(url, "GET", "/v1/orders/", token, None).2["items"] != json!([]);
    assert!((0..5_000).any(|_| has_order()), "no order came of it");
}

#[test]
fn keys_of_another_account_or_mode_refuse_to_start_once_something_was_sold() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (account("acct_first"), account("acct_second"));
    let (running, _) = first.dev(folder.path());
    drop(running);
    // Nothing was sold: another account may be tried.
    let (running, _) = second.dev(folder.path());
    drop(running);
    let (running, ready) = first.dev(folder.path());
    buy(&ready, &first.fake);
    drop(running);
    let words = second.refusal(folder.path());
    assert!(
        words.contains("acct_first") && words.contains("till clear-test-data"),
        "{words}"
    );
    let files = folder.path().join("files");
    let (document, picture) = (
        files.join("documents/a/b/invoice-c.pdf"),
        files.join("p.png"),
    );
    for file in [&document, &picture] {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "x").unwrap();
    }
    let told = till(&["clear-test-data", "--data-dir", path(&folder)])
        .output()
        .unwrap();
    let told = out(&told);
    assert!(
        told.contains("Would delete")
            && told.contains("1 orders")
            && told.contains("1 files of documents"),
        "{told}"
    );
    assert!(document.exists());
    let cleared = till(&["clear-test-data", "--yes", "--data-dir", path(&folder)])
        .output()
        .unwrap();
    assert!(cleared.status.success(), "{}", err(&cleared));
    assert!(
        !document.exists() && picture.exists(),
        "documents go, what was uploaded stays"
    );
    let (_running, ready) = second.dev(folder.path());
    assert!(
        !ready["products"].as_array().unwrap().is_empty(),
        "products stay"
    );
    buy(&ready, &second.fake);
}

#[test]
fn a_stripe_that_does_not_answer_stops_only_keys_that_were_never_seen() {
    let folder = tempfile::tempdir().unwrap();
    let account = account("acct_first");
    let (running, _) = account.dev(folder.path());
    drop(running);
    let gone = |mut command: Command| {
        command.env("TILL_STRIPE_API_URL", "http://127.0.0.1:9");
        command
    };
    let (running, _) = Running::dev_as(gone(account.keys(dev(folder.path()))));
    drop(running);
    let mut other = gone(account.keys(dev(folder.path())));
    let output = other
        .env("TILL_STRIPE_SECRET_KEY", "sk_test_another")
        .output()
        .unwrap();
    assert!(
        err(&output).contains("Stripe does not answer"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = dev(folder.path());
    let output = command
        .args([
            "--processor",
            "stripe",
            "--stripe-secret-key",
            "sk_test_geheim",
        ])
        .output()
        .unwrap();
    let words = err(&output);
    assert!(!output.status.success());
    assert!(
        words.contains("TILL_STRIPE_SECRET_KEY") && !words.contains("geheim"),
        "{words}"
    );
}

#[test]
fn a_missing_or_wrong_key_says_what_to_do_and_shows_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let account = account("acct_first");
    for (change, words) in [
        (("TILL_STRIPE_SECRET_KEY", ""), "TILL_STRIPE_SECRET_KEY"),
        (("TILL_STRIPE_SECRET_KEY", "sk_live_geheim"), "same mode"),
        (("TILL_STRIPE_SECRET_KEY", "sk_test_geheim"), "Developers"),
        (
            ("TILL_STRIPE_PUBLISHABLE_KEY", "sk_test_geheim"),
            "TILL_STRIPE_PUBLISHABLE_KEY",
        ),
        (("TILL_STRIPE_WEBHOOK_SECRET", "geheim"), "whsec_"),
        (
            ("TILL_STRIPE_API_URL", "https://api.example.com"),
            "on this machine",
        ),
    ] {
        let mut command = account.keys(dev(folder.path()));
        let output = command.env(change.0, change.1).output().unwrap();
        let told = err(&output);
        assert!(!output.status.success(), "{change:?}");
        assert!(
            told.contains(words) && !told.contains("geheim"),
            "{change:?}: {told}"
        );
    }
}

#[test]
fn the_doctor_looks_at_the_account() {
    let folder = tempfile::tempdir().unwrap();
    let account = account("acct_first");
    let (running, _) = account.dev(folder.path());
    drop(running);
    let args = [
        "doctor",
        "--data-dir",
        path(&folder),
        "--public-url",
        "http://127.0.0.1:9",
    ];
    let told = out(&account.keys(till(&args)).output().unwrap());
    for line in [
        "warn  processor   test mode of the Stripe account acct_first",
        "ok    processor   the account is the one that this database works with",
        "ok    processor   the account may take payments",
        "ok    processor   this machine's clock agrees with Stripe's",
        "ok    processor   the key has every permission that is needed",
        "warn  processor   no webhook endpoint at Stripe leads here",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(!told.contains(account.fake.secret_key()), "{told}");
    let (running, ready) = account.dev(folder.path());
    buy(&ready, &account.fake);
    drop(running);
    let other = self::account("acct_second");
    let told = out(&other.keys(till(&args)).output().unwrap());
    assert!(
        told.contains("FAIL  processor") && told.contains("acct_first"),
        "{told}"
    );
}
