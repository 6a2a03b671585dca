//! Benefits of the viewer: notes to read, files, and license keys.

use axum::{http::Uri, response::Response};
use http::StatusCode;
use till_core::{
    benefits::offered_files,
    catalog::downloads::Held,
    kernel::records::{Benefit, BenefitGrant, File, LicenseKey},
};
use till_wire::{benefits::BenefitType, files::readable};
use uuid::Uuid;

use super::{
    access::{Answer, Visit, answered},
    license_keys, order,
    view::{Block, List, Row},
};
use crate::{
    actions::{downloads, portal::grants},
    error::Result,
    pages::page,
};

/// Rows of benefits in a list.
async fn rows(visit: &Visit, held: &[(BenefitGrant, Benefit)]) -> Result<Vec<Row>> {
    let grants = held.iter().map(|(grant, _)| grant);
    let keys = license_keys::of_grants(visit, grants).await?;
    Ok(held.iter().map(|one| row(visit, one, &keys)).collect())
}

/// A benefit in a list: its note below it, how many files there are, or the license key, whose page has more.
fn row(visit: &Visit, (grant, benefit): &(BenefitGrant, Benefit), keys: &[LicenseKey]) -> Row {
    if let Some(key) = keys.iter().find(|key| key.grant_id == grant.id) {
        return Row {
            url: Some(visit.url(&license_keys::path(key.id))),
            title: benefit.description.clone(),
            badge: Some(license_keys::badge(visit, key)),
            note: Some(key.key.clone()),
            ..Row::default()
        };
    }
    let note = match benefit.kind {
        BenefitType::Custom => benefit.properties["note"].as_str().map(str::to_owned),
        BenefitType::Downloadables => {
            let count = i64::try_from(offered_files(&benefit.properties).len()).unwrap_or(0);
            let page_context = visit.portal.page_context;
            Some(page_context.with("portal-files", [("count", count.into())]))
        }
        _ => None,
    };
    Row {
        title: benefit.description.clone(),
        note: note.filter(|note| !note.trim().is_empty()),
        ..Row::default()
    }
}

/// The first of what the viewer has; none where they have nothing.
pub(super) async fn first(visit: &Visit, most: usize) -> Result<Option<Block>> {
    let (held, more) = grants::held(visit.app(), &visit.viewer, 1).await?;
    if held.is_empty() {
        return Ok(None);
    }
    let shown = &held[..held.len().min(most)];
    let mut rows = rows(visit, shown).await?;
    for (row, (_, benefit)) in rows.iter_mut().zip(shown) {
        // Files are fetched on the page of all benefits.
        if benefit.kind == BenefitType::Downloadables {
            row.url = Some(visit.link("/benefits", "portal-downloads").url);
        }
    }
    Ok(Some(Block::List(List {
        title: Some(visit.say("portal-benefits")),
        rows,
        empty: visit.say("portal-no-benefits"),
        more: (more || held.len() > most).then(|| visit.link("/benefits", "portal-all-benefits")),
    })))
}

/// Files of these benefits, each a link to its download; none where there are none.
async fn files(visit: &Visit, held: &[(BenefitGrant, Benefit)]) -> Result<Option<Block>> {
    let with_files = held
        .iter()
        .filter(|(_, benefit)| benefit.kind == BenefitType::Downloadables);
    let ids: Vec<Uuid> = with_files.map(|(_, benefit)| benefit.id).collect();
    if ids.is_empty() {
        return Ok(None);
    }
    let app = visit.app();
    let files = downloads::held(app, &visit.viewer, &ids).await?;
    let row = |(held, file): &(Held, File)| {
        let sum = file.checksum_sha256_hex.clone().unwrap_or_default();
        let size = readable(file.size);
        let sums = [("size", size.into()), ("sum", sum.into())];
        let name = match &file.label {
            Some(version) => format!("{} ({version})", file.name),
            None => file.name.clone(),
        };
        Row {
            url: Some(held.address(file, &app.urls, &app.key, app.clock.now()).url),
            title: name,
            note: Some(visit.portal.page_context.with("portal-file-sums", sums)),
            ..Row::default()
        }
    };
    let rows: Vec<Row> = files.iter().map(row).collect();
    Ok((!rows.is_empty()).then(|| {
        Block::List(List {
            title: Some(visit.say("portal-downloads")),
            rows,
            ..List::default()
        })
    }))
}

/// `GET …/benefits`
pub(super) async fn list(visit: Visit, uri: Uri) -> Response {
    let answer = async {
        let number = order::page_number(&uri);
        let (held, more) = grants::held(visit.app(), &visit.viewer, number).await?;
        let list = Block::List(List {
            title: None,
            rows: rows(&visit, &held).await?,
            empty: visit.say("portal-no-benefits"),
            more: None,
        });
        let files = files(&visit, &held).await?;
        let ways = order::paging(&visit, "/benefits", number, more);
        let blocks = std::iter::once(list).chain(files).chain(ways).collect();
        let title = visit.say("portal-benefits");
        Ok(page(
            StatusCode::OK,
            &visit.page("/benefits", title, blocks),
        ))
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}
