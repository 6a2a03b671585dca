//! `till serve`.

use till_server::app::Policy;

use crate::{
    config::Serve,
    guard, open,
    open::{ChosenProcessor, Parts},
    serve::{self, BoundListeners},
    stop::Stop,
};

/// Requests a minute for each organization or network, unless set.
const RATE_LIMIT: u32 = 500;

/// Serves in production, if the settings are safe.
pub async fn run(wanted: &Serve) -> Result<(), Stop> {
    let (settings, production) = (&wanted.server, &wanted.production);
    let public_url = guard::public_url(&settings.public, production.allow_insecure_http)?;
    let key = guard::needed_secret_key(&settings.key, &settings.database)?;
    let policy = Policy {
        dev: false,
        loopback_embeds: false,
        demo_checkout: None,
        client_ip_header: guard::client_ip_header(settings)?,
        country_header: guard::country_header(settings)?,
        retention: guard::retention(settings),
    };
    let limits = guard::limits(settings, RATE_LIMIT);
    let processor = guard::processor(settings, &public_url, false)?;
    let mail = guard::mail(&settings.mail)?;
    if let ChosenProcessor::Sandbox(_) = processor {
        tracing::warn!(
            "NO REAL MONEY MOVES: the sandbox accepts test cards only, and anyone who knows their numbers can buy without paying"
        );
    }
    if public_url.starts_with("http://") {
        tracing::warn!(public_url, "the public URL does not use https");
    }
    let geo = open::geo(settings)?;
    let files = open::files(&settings.files, &settings.database.data_dir)?;
    let serving = BoundListeners::take(settings)?;
    let store = open::database(&settings.database, true).await?;
    if store.organizations().await?.is_empty() {
        tracing::warn!("there is no organization yet: create one with `till init`");
    }
    let app = open::app(Parts {
        store,
        key,
        public_url,
        policy,
        limits,
        files,
        geo,
        processor,
        mail,
    })
    .await?;
    serve::run(app, serving, || {}).await
}
