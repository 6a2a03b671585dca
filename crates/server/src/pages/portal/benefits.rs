//! What the viewer has: notes to read, and files.

use axum::{http::Uri, response::Response};
use http::StatusCode;
use till_core::{
    benefits::offered_files,
    kernel::records::{Benefit, BenefitGrant},
};
use till_wire::benefits::BenefitType;

use super::{
    access::{Answer, Visit, answered},
    order,
    view::{Block, List, Row},
};
use crate::{actions::portal::grants, error::Result, pages::page};

/// A benefit in a list: its note below it, or how many files there are.
fn row(visit: &Visit, (_, benefit): &(BenefitGrant, Benefit)) -> Row {
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
    Ok(Some(Block::List(List {
        title: Some(visit.say("portal-benefits")),
        rows: held.iter().take(most).map(|one| row(visit, one)).collect(),
        empty: visit.say("portal-no-benefits"),
        more: (more || held.len() > most).then(|| visit.link("/benefits", "portal-all-benefits")),
    })))
}

/// `GET …/benefits`
pub(super) async fn list(visit: Visit, uri: Uri) -> Response {
    let answer = async {
        let number = order::page_number(&uri);
        let (held, more) = grants::held(visit.app(), &visit.viewer, number).await?;
        let list = Block::List(List {
            title: None,
            rows: held.iter().map(|one| row(&visit, one)).collect(),
            empty: visit.say("portal-no-benefits"),
            more: None,
        });
        let ways = order::paging(&visit, "/benefits", number, more);
        let blocks = std::iter::once(list).chain(ways).collect();
        let title = visit.say("portal-benefits");
        Ok(page(
            StatusCode::OK,
            &visit.page("/benefits", title, blocks),
        ))
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}
