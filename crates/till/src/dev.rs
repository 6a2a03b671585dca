//! `till dev`: everything to try Till, in one folder.

use jiff::Span;
use serde::Serialize;
use till_core::{
    kernel::{records::Organization, urls::PublicUrls},
    organizations::clock::Unmoved,
};
use till_server::app::{App, Clock, Policy};
use uuid::Uuid;

use crate::{
    clock::SystemClock,
    config::Dev,
    demo::{self, OnSale},
    files, guard,
    open::{self, Parts},
    serve::{self, BoundListeners},
    sign_in,
    stop::{Stop, say},
    test_clock,
    welcome::{self, Started},
};

/// The object that `--json` prints, once, when everything is ready.
#[derive(Serialize)]
struct Ready<'a> {
    url: &'a str,
    token: &'a str,
    organization_id: Uuid,
    dashboard_url: &'a str,
    products: &'a [OnSale],
    owner_email: &'a str,
    checkout_url: Option<&'a str>,
}

/// Serves the demo shop.
pub async fn run(wanted: &Dev) -> Result<(), Stop> {
    let settings = &wanted.server;
    let folder = &settings.database.data_dir;
    let serving = BoundListeners::take(settings)?;
    let bound = &serving.bound;
    if !bound.address.ip().is_loopback() {
        tracing::warn!(
            address = %bound.address,
            "`till dev` can be reached from the network: it has no rate limits and sends webhooks to any address; use `till serve` in production"
        );
    }
    let url = match &settings.public.public_url {
        Some(_) => guard::public_url(&settings.public, true)?,
        None => bound.url(),
    };
    let processor = guard::processor(settings, &url, true)?;
    let mail = guard::mail(&settings.mail)?;
    files::folder(folder)?;
    let key = match guard::secret_key(&settings.key, &settings.database)? {
        Some(key) => key,
        None => guard::strong(
            &files::own_key(folder, SystemClock.seed())?,
            "The key in the data folder",
        )?,
    };
    let store = open::database(&settings.database, true).await?;
    let shop = demo::open_shop(&store, &key, folder).await?;
    if let Some(why) = shop.renewed {
        tracing::warn!("{why}");
    }
    let team = store.team(shop.organization.id).await?;
    let team = team.ok_or_else(|| Stop::failed("the organization no longer exists."))?;
    let (email, link) = sign_in::for_dev(&store, &key, &team, &url).await?;
    let urls = PublicUrls {
        public_url: url.clone(),
        publishable_key: String::new(),
    };
    let started = Started {
        checkout: shop
            .checkout_link
            .as_ref()
            .map(|secret| urls.short_link_url(secret)),
        url: url.clone(),
        dashboard: link,
        owner: email,
        shop,
    };
    let policy = Policy {
        dev: true,
        loopback_embeds: true,
        demo_checkout: started.checkout.clone(),
        client_ip_header: guard::client_ip_header(settings)?,
        country_header: guard::country_header(settings)?,
        retention: guard::retention(settings),
    };
    let limits = guard::limits(settings, 0);
    let geo = open::geo(settings)?;
    let files = open::files(&settings.files, &settings.database.data_dir)?;
    let app = open::app(Parts {
        store,
        key,
        public_url: url,
        policy,
        limits,
        files,
        geo,
        processor,
        mail,
    })
    .await?;
    if let Some(span) = wanted.clock {
        move_clock(&app, &started.shop.organization, span).await?;
    }
    serve::run(app, serving, || match wanted.json {
        true => say(json(&started)),
        false => say(welcome::text(&started, settings)),
    })
    .await
}

/// Starts to move the shop's clock; the server does it.
async fn move_clock(app: &App, shop: &Organization, span: Span) -> Result<(), Stop> {
    if app.sandbox.is_none() {
        return Err(Stop::settings("--clock: only the sandbox has test clocks."));
    }
    // As it is by now: the notes of the demo shop do not say.
    let shop = app.store.organization(shop.id).await?;
    let shop = shop.ok_or_else(|| Stop::failed("the organization no longer exists."))?;
    match test_clock::begin(&app.store, &shop, span).await {
        Ok(words) => tracing::info!("{words}"),
        // It goes on where the last start left it.
        Err(_) if shop.clock_target_at.is_some() => {
            tracing::warn!("--clock: {}", Unmoved::Advancing.words());
        }
        Err(stop) => return Err(stop),
    }
    Ok(())
}

fn json(started: &Started) -> String {
    let ready = Ready {
        url: &started.url,
        token: &started.shop.token,
        organization_id: started.shop.organization.id,
        dashboard_url: &started.dashboard,
        products: &started.shop.products,
        owner_email: &started.owner,
        checkout_url: started.checkout.as_deref(),
    };
    serde_json::to_string(&ready).expect("a struct of texts serialises")
}
