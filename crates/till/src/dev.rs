//! `till dev`: everything to try Till, in one folder.

use serde::Serialize;
use till_server::app::{Clock, Policy};
use uuid::Uuid;

use crate::{
    clock::SystemClock,
    config::{Dev, Settings},
    demo::{self, OnSale, Shop},
    files, guard,
    open::{self, Parts},
    serve::{self, BoundListeners},
    sign_in,
    stop::{Stop, say},
    welcome,
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
}

/// The owner of the demo shop, and the link that signs them in.
struct OwnerSignIn {
    email: String,
    link: String,
}

/// Serves the demo shop.
pub async fn run(settings: &Settings, wanted: &Dev) -> Result<(), Stop> {
    let serving = BoundListeners::take(settings)?;
    let bound = &serving.bound;
    if !bound.address.ip().is_loopback() {
        tracing::warn!(
            address = %bound.address,
            "`till dev` is open to this network: test cards, no limits, webhooks to any address; use `till serve` for others"
        );
    }
    let url = match &settings.public_url {
        Some(_) => guard::public_url(&Settings {
            allow_insecure_http: true,
            ..settings.clone()
        })?,
        None => bound.url(),
    };
    files::folder(&settings.data_dir)?;
    let key = match settings.secret_key.is_some() || settings.secret_key_file.is_some() {
        true => guard::needed_secret_key(settings)?,
        false => guard::strong(
            &files::own_key(&settings.data_dir, SystemClock.seed())?,
            "The key in the data folder",
        )?,
    };
    let store = open::database(settings, true).await?;
    let shop = demo::open_shop(&store, &key, &settings.data_dir).await?;
    if let Some(why) = shop.renewed {
        tracing::warn!("{why}");
    }
    let team = store.team(shop.organization.id).await?;
    let team = team.ok_or_else(|| Stop::failed("the organization is gone."))?;
    let (email, link) = sign_in::for_dev(&store, &key, &team, &url).await?;
    let sign_in_link = OwnerSignIn { email, link };
    let policy = Policy {
        dev: true,
        client_ip_header: guard::client_ip_header(settings)?,
        country_header: guard::country_header(settings)?,
        retention: guard::retention(settings),
    };
    let limits = guard::limits(settings, 0);
    let geo = open::geo(settings)?;
    let files = open::files(settings)?;
    let app = open::app(Parts {
        store,
        key,
        public_url: url.clone(),
        policy,
        limits,
        files,
        geo,
        sandbox_url: guard::sandbox_url(settings)?,
    })?;
    serve::run(app, serving, || {
        say(ready(&url, &shop, &sign_in_link, wanted.json, settings))
    })
    .await
}

fn ready(
    url: &str,
    shop: &Shop,
    sign_in_link: &OwnerSignIn,
    json: bool,
    settings: &Settings,
) -> String {
    if !json {
        return welcome::text(url, &sign_in_link.link, shop, settings);
    }
    let ready = Ready {
        url,
        token: &shop.token,
        organization_id: shop.organization.id,
        dashboard_url: &sign_in_link.link,
        products: &shop.products,
        owner_email: &sign_in_link.email,
    };
    serde_json::to_string(&ready).expect("a struct of texts serialises")
}
