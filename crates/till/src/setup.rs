//! The operator's first commands: `init`, `migrate` and `openapi`.

use till_core::{
    kernel::changes::{Changes, CommitConflict},
    organizations::{self, slug_of},
    people,
};
use till_store::CommitError;
use till_wire::values::email_syntax;

use crate::{
    clock,
    config::{Init, Migrate},
    open, sign_in,
    stop::{Stop, say},
};

/// Makes an organization and its owner; the owner may have other organizations already.
pub async fn init(wanted: &Init) -> Result<(), Stop> {
    let name = wanted.organization.trim();
    if !(3..=256).contains(&name.chars().count()) {
        return Err(Stop::settings(
            "--organization: give a name of 3 to 256 characters.",
        ));
    }
    let slug = slug(name, wanted.slug.as_deref())?;
    let email = email_syntax(&wanted.owner_email)
        .ok_or_else(|| {
            Stop::settings("--owner-email: give an e-mail address, such as owner@example.com.")
        })?
        .to_lowercase();
    let store = open::database(&wanted.database, true).await?;
    let at = clock::at();
    let mut changes = Changes::new();
    let owner = match store.user_by_email(&email).await? {
        Some(owner) => owner,
        None => {
            let (owner, made) = people::create(&email, &at);
            changes.and(made);
            owner
        }
    };
    let (organization, made) = organizations::create(name, &slug, &owner, &at);
    changes.and(made);
    match store.commit(changes).await {
        Ok(()) => {}
        Err(CommitError::Conflict(CommitConflict::Taken(index)))
            if index == "organizations_slug" =>
        {
            return Err(Stop::failed(format!(
                "an organization with the slug {slug} already exists: choose another with --slug."
            )));
        }
        Err(error) => return Err(error.into()),
    }
    let link = sign_in::first(wanted, &store, &owner, &slug).await?;
    store.close().await;
    let dashboard = match link {
        Some(link) => format!(
            "Sign in to the dashboard with this link, which works once and expires in an hour: {link}"
        ),
        None => format!(
            "For a link that signs you in to the dashboard: till sign-in {} --public-url https://…",
            owner.email
        ),
    };
    say(format!(
        "Created the organization {name} (slug {slug}, ID {}) with the owner {}.\n\
         Next, create a token for your server: till token create --organization {slug} --name server --all-scopes\n\
         {dashboard}",
        organization.id, owner.email
    ));
    Ok(())
}

/// The slug that was given, if it is one, else one made of the name.
fn slug(name: &str, given: Option<&str>) -> Result<String, Stop> {
    match given {
        None => slug_of(name).ok_or_else(|| {
            Stop::settings("--organization: no slug can be derived from this name; give one with --slug, such as my-shop.")
        }),
        Some(given) if slug_of(given).as_deref() == Some(given) => Ok(given.to_owned()),
        Some(_) => Err(Stop::settings(
            "--slug: use 3 to 64 lower-case letters, digits and single hyphens, such as my-shop.",
        )),
    }
}

/// Applies the migrations that are missing and names them.
pub async fn migrate(wanted: &Migrate) -> Result<(), Stop> {
    let store = open::database(&wanted.database, false).await?;
    let before = store.migrations().await.unwrap_or_default();
    store.migrate().await?;
    let after = store.migrations().await?;
    store.close().await;
    let mut new = after
        .iter()
        .filter(|name| !before.contains(name))
        .peekable();
    if new.peek().is_none() {
        say("The database is up to date: nothing to apply.");
    }
    for name in new {
        say(format!("applied {name}"));
    }
    Ok(())
}

/// Prints the document that `/openapi.json` serves.
pub fn openapi() -> Result<(), Stop> {
    let document = till_server::api::document();
    say(serde_json::to_string_pretty(&document).map_err(Stop::failed)?);
    Ok(())
}
