//! One-time links that sign people in to the dashboard: `till sign-in`, and what `init` and `dev` print.

use jiff::SignedDuration;
use till_core::{
    kernel::{
        records::{Role, User},
        tokens::SecretKey,
        urls::PublicUrls,
    },
    people::{sign_in, team::Team},
};
use till_store::Store;
use till_wire::values::email_syntax;

use crate::{
    clock,
    config::{Init, SignIn},
    guard, open,
    stop::{Stop, say},
};

/// The lifetime of a link that the operator asked for.
const LIFE: SignedDuration = SignedDuration::from_hours(1);
/// The lifetime of the link that `till dev` prints at its start.
const DEV_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Prints a link for somebody who is known.
pub async fn run(wanted: &SignIn) -> Result<(), Stop> {
    let email = email_syntax(&wanted.email)
        .ok_or_else(|| Stop::settings("Enter an e-mail address, such as owner@example.com."))?
        .to_lowercase();
    let key = guard::needed_secret_key(&wanted.key, &wanted.database)?;
    let url = match &wanted.public.public_url {
        Some(_) => guard::public_url(&wanted.public, true)?,
        None => format!("http://{}", wanted.address.listen),
    };
    let store = open::database(&wanted.database, true).await?;
    let user = store.user_by_email(&email).await?.ok_or_else(|| {
        Stop::failed(format!(
            "no one has the address {email}: create an owner with `till init`, or ask an owner to invite this person."
        ))
    })?;
    let link = make(&store, &key, &user, &url, None, LIFE).await?;
    store.close().await;
    say(link);
    Ok(())
}

/// The link that `till init` tells a new owner, if the settings say how to make one.
pub async fn first(
    wanted: &Init,
    store: &Store,
    owner: &User,
    slug: &str,
) -> Result<Option<String>, Stop> {
    let key = guard::secret_key(&wanted.key, &wanted.database)?;
    let (Some(key), Some(_)) = (key, &wanted.public.public_url) else {
        return Ok(None);
    };
    let url = guard::public_url(&wanted.public, true)?;
    let next = format!("/dashboard/{slug}");
    make(store, &key, owner, &url, Some(&next), LIFE)
        .await
        .map(Some)
}

/// The link of a fresh start of `till dev`: whom it signs in, and its address.
pub async fn for_dev(
    store: &Store,
    key: &SecretKey,
    team: &Team,
    url: &str,
) -> Result<(String, String), Stop> {
    let owner = team.people.iter().find(|(m, _)| m.role == Role::Owner);
    let (_, owner) = owner.ok_or_else(|| Stop::failed("the organization has no owner."))?;
    let next = format!("/dashboard/{}", team.organization.slug);
    let link = make(store, key, owner, url, Some(&next), DEV_LIFE).await?;
    Ok((owner.email.clone(), link))
}

async fn make(
    store: &Store,
    key: &SecretKey,
    user: &User,
    url: &str,
    next: Option<&str>,
    life: SignedDuration,
) -> Result<String, Stop> {
    let (token, changes) = sign_in::link(user, life, key, &clock::at());
    store.commit(changes).await?;
    let urls = PublicUrls {
        public_url: url.to_owned(),
        publishable_key: String::new(),
    };
    Ok(urls.sign_in_link(&token, next))
}
