//! The fake Stripe as a program, for people.

use std::{io::Write, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Parser;
use till_fake_stripe::{API_VERSION, FakeStripe, Options};

/// A fake Stripe to test against: its own books, Stripe's test cards, signed webhooks, troubles on demand.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address of the API; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Address of the script and of the buyers' pages; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen_script: SocketAddr,
    /// Endpoint that every notice is sent to; can be given several times
    #[arg(long, value_name = "URL")]
    webhook: Vec<String>,
    /// File that keeps the books over a restart
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Live mode: keys begin with sk_live_ and pk_live_
    #[arg(long)]
    live: bool,
    /// Id of the account
    #[arg(long, default_value = "acct_1FakeStripe0000")]
    account: String,
    /// Number that ids, keys and chance follow from; the same one gives the same keys
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// One line of JSON instead of words
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.listen.ip().is_loopback() || !arguments.listen_script.ip().is_loopback() {
        eprintln!(
            "the fake Stripe listens on loopback addresses only: whoever reaches it controls it"
        );
        return ExitCode::FAILURE;
    }
    let options = Options {
        live: arguments.live,
        account: arguments.account,
        listen: arguments.listen,
        listen_script: arguments.listen_script,
        webhooks: arguments.webhook,
        data: arguments.data,
        seed: arguments.seed,
        ..Options::default()
    };
    let stripe = match FakeStripe::open(options).await {
        Ok(stripe) => stripe,
        Err(error) => {
            eprintln!("the fake Stripe cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let told = if arguments.json {
        json(&stripe)
    } else {
        words(&stripe)
    };
    println!("{told}");
    let _ = std::io::stdout().flush();
    stopped().await;
    ExitCode::SUCCESS
}

fn json(stripe: &FakeStripe) -> String {
    serde_json::json!({
        "api_url": stripe.api_url(),
        "script_url": stripe.script_url(),
        "account": stripe.account(),
        "secret_key": stripe.secret_key(),
        "publishable_key": stripe.publishable_key(),
        "webhook_secret": stripe.webhook_secret(),
        "api_version": API_VERSION,
    })
    .to_string()
}

fn words(stripe: &FakeStripe) -> String {
    format!(
        "A fake Stripe, version {API_VERSION}, account {}\n\
         API              {}\n\
         script           {}/endive/stripe.js\n\
         secret key       {}\n\
         publishable key  {}\n\
         webhook secret   {}\n\
         controls         {}/_fake/books, /_fake/exchanges, /_fake/troubles, … (CONTRIBUTING.md)\n\n\
         Settings of a Till that sells through it:\n\n\
         export TILL_PROCESSOR=stripe\n\
         export TILL_STRIPE_API_URL={}\n\
         export TILL_STRIPE_SCRIPT_URL={}/endive/stripe.js\n\
         export TILL_STRIPE_SECRET_KEY={}\n\
         export TILL_STRIPE_PUBLISHABLE_KEY={}\n\
         export TILL_STRIPE_WEBHOOK_SECRET={}",
        stripe.account(),
        stripe.api_url(),
        stripe.script_url(),
        stripe.secret_key(),
        stripe.publishable_key(),
        stripe.webhook_secret(),
        stripe.api_url(),
        stripe.api_url(),
        stripe.script_url(),
        stripe.secret_key(),
        stripe.publishable_key(),
        stripe.webhook_secret(),
    )
}

/// Waits for an interrupt or the wish to end.
async fn stopped() {
    let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ended.recv() => {}
    }
}
