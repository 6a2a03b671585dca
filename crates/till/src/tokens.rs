//! `till token`.

use jiff::{Timestamp, tz::TimeZone};
use till_core::kernel::{
    records::{AccessToken, Organization},
    tokens,
};
use till_store::{Query, Store};
use till_wire::scope::Scope;
use uuid::Uuid;

use crate::{
    clock,
    config::{DatabaseSettings, Token, TokenCreate},
    guard, open,
    stop::{Stop, say},
};

/// Does what is asked with tokens.
pub async fn run(command: &Token) -> Result<(), Stop> {
    match command {
        Token::Create(wanted) => create(wanted).await,
        Token::List {
            organization,
            database,
        } => list(database, organization.as_deref()).await,
        Token::Revoke { id, database } => revoke(database, *id).await,
    }
}

async fn create(wanted: &TokenCreate) -> Result<(), Stop> {
    let name = wanted.name.trim();
    if name.is_empty() {
        return Err(Stop::settings("--name: say what the token is for."));
    }
    let key = guard::needed_secret_key(&wanted.key, &wanted.database)?;
    let at = clock::at();
    let expires_at = wanted
        .expires_in
        .map(|span| end(at.now, span))
        .transpose()?;
    let mut scopes = match wanted.all_scopes {
        true => Scope::ALL.to_vec(),
        false => wanted.scope.clone(),
    };
    scopes.sort_unstable();
    scopes.dedup();
    let store = open::database(&wanted.database, true).await?;
    let organization = organization(&store, &wanted.organization).await?;
    let (_, text, changes) = tokens::create(
        organization.id,
        name.to_owned(),
        scopes,
        expires_at,
        &key,
        &at,
    );
    store.commit(changes).await?;
    store.close().await;
    say(text);
    Ok(())
}

/// `now` and the span, days and longer by the calendar in UTC.
fn end(now: Timestamp, span: jiff::Span) -> Result<Timestamp, Stop> {
    let end = now
        .to_zoned(TimeZone::UTC)
        .checked_add(span)
        .ok()
        .map(|end| end.timestamp());
    end.filter(|end| *end > now).ok_or_else(|| {
        Stop::settings("--expires-in: give a duration greater than zero, such as 30d or 12h.")
    })
}

async fn organization(store: &Store, slug: &str) -> Result<Organization, Stop> {
    if let Some(found) = store.organization_by_slug(slug).await? {
        return Ok(found);
    }
    let known: Vec<_> = store
        .organizations()
        .await?
        .into_iter()
        .map(|organization| organization.slug)
        .collect();
    Err(Stop::failed(match known.is_empty() {
        true => "there is no organization yet: create one with `till init`.".to_owned(),
        false => format!(
            "there is no organization with the slug {slug}; the existing slugs are {}.",
            known.join(", ")
        ),
    }))
}

async fn list(database: &DatabaseSettings, slug: Option<&str>) -> Result<(), Stop> {
    let store = open::database(database, true).await?;
    let organizations = match slug {
        Some(slug) => vec![organization(&store, slug).await?],
        None => store.organizations().await?,
    };
    let now = clock::at().now;
    for organization in organizations {
        for token in store.access_tokens(organization.id).await? {
            say(line(&organization, &token, now));
        }
    }
    store.close().await;
    Ok(())
}

fn line(organization: &Organization, token: &AccessToken, now: Timestamp) -> String {
    let day = |at: Timestamp| at.strftime("%F").to_string();
    let state = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {}", day(at)),
        (None, Some(at)) if at <= now => format!("expired {}", day(at)),
        (None, Some(at)) => format!("until {}", day(at)),
        (None, None) => "active".to_owned(),
    };
    let used = token
        .last_used_at
        .map_or_else(|| "never used".to_owned(), |at| format!("used {}", day(at)));
    let scopes = match token.scopes.len() == Scope::ALL.len() {
        true => "all scopes".to_owned(),
        false => token
            .scopes
            .iter()
            .map(|scope| scope.as_str())
            .collect::<Vec<_>>()
            .join(","),
    };
    format!(
        "{}  {}  {}  {state}  {used}  {scopes}",
        token.id, organization.slug, token.name
    )
}

async fn revoke(database: &DatabaseSettings, id: Uuid) -> Result<(), Stop> {
    let store = open::database(database, true).await?;
    let query = Query::by_id::<AccessToken>(id);
    let token: AccessToken = store.one(query).await?.ok_or_else(|| {
        Stop::failed(format!(
            "there is no token with the ID {id}: `till token list` shows the IDs."
        ))
    })?;
    if token.revoked_at.is_some() {
        say(format!("The token {} was already revoked.", token.name));
    } else {
        store.commit(tokens::revoke(&token, &clock::at())).await?;
        say(format!("Revoked the token {}.", token.name));
    }
    store.close().await;
    Ok(())
}
