//! Files of documents: made when they are asked for, kept by the storage of files, and handed out at signed addresses.

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures_util::{TryStreamExt as _, stream};
use http::{StatusCode, header};
use serde::Deserialize;
use till_core::{
    documents::{
        Document, DocumentKind, DocumentRows,
        address::{KeptDocument, may_fetch, path},
        credited, file_name,
    },
    kernel::{
        changes::Changes,
        records::{Organization, Refund},
    },
};
use till_pdf::{Fonts, Sheet};
use till_ports::{
    files::{FilesError, Reading},
    mail::{Attachment, LARGEST_ATTACHMENT, Line},
};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    joined::Joined,
};

/// Bytes of a document's file, at most.
const LARGEST: u64 = 32 << 20;

/// Documents for letters and archives that one process makes at once.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Fonts of this process; those of the system are looked for when the first document is made.
static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::system);

/// Kind of a wanted document, and the row that it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The invoice of an order.
    Invoice(Uuid),
    /// The receipt of an order.
    Receipt(Uuid),
    /// The credit note of a refund.
    CreditNote(Uuid),
}

/// A document for somebody who wants its bytes alone: no file is kept of it.
#[derive(Debug)]
pub enum Made {
    /// The name of the file, and its bytes.
    File(String, Vec<u8>),
    /// The document cannot be made: the name that its file would have, and the cause.
    Failed(String, ApiError),
    /// There is no such document.
    Nothing,
}

/// A document with the rows that it was made of, and what is kept of it.
struct Loaded {
    rows: DocumentRows,
    refund: Option<Refund>,
    document: Document,
    /// The digest of the file that is kept.
    known: Option<String>,
    kept: KeptDocument,
}

/// The address of a document's file as it is now; makes the file where there is none, or another.
///
/// # Errors
/// Errors of [`DocumentRows::invoice`] and its like.
pub async fn url(app: &App, organization: &Organization, wanted: Wanted) -> Result<String> {
    let kept = make(app, organization, wanted).await?;
    Ok(kept.url(&app.urls, &app.key, app.clock.now()))
}

/// The bytes of a document with the name of its file: those of the file that is there, else those of the document as it would
/// be now, of which no file is kept.
///
/// # Errors
/// Errors of the database and of the storage of files.
pub async fn bytes(app: &App, organization: &Organization, wanted: Wanted) -> Result<Made> {
    let loaded = match load(app, organization, wanted).await {
        Ok(loaded) => loaded,
        Err(error) if error.status().is_server_error() => return Err(error),
        Err(_) => return Ok(Made::Nothing),
    };
    let name = loaded.document.file_name();
    let known = loaded.known.map(|digest| KeptDocument {
        digest,
        ..loaded.kept
    });
    if let Some(known) = known {
        match app.files.read(&known.path()).await {
            Ok(reading) => return Ok(Made::File(name, whole(reading).await?)),
            Err(FilesError::Missing) => {}
            Err(error) => return Err(ApiError::internal(error)),
        }
    }
    let _turn = AT_ONCE.acquire().await.map_err(ApiError::internal)?;
    Ok(match rendered(app.sheet_of, loaded.document).await {
        Ok(made) => Made::File(name, made),
        Err(error) => Made::Failed(name, error),
    })
}

/// Makes the file of a document, unless it is there and says the same (docs/behaviour: documents/generated).
pub async fn make(app: &App, organization: &Organization, wanted: Wanted) -> Result<KeptDocument> {
    app.retry_on_conflict(|| async {
        let loaded = load(app, organization, wanted).await?;
        let kept = loaded.kept.clone();
        let is_current = loaded.known.as_ref() == Some(&kept.digest);
        let is_there = is_current && has(app, &kept.path()).await?;
        if is_there {
            return Ok(kept);
        }
        let bytes = rendered(app.sheet_of, loaded.document.clone()).await?;
        keep(app, &kept.path(), bytes).await?;
        if !is_current {
            app.commit(noted(app, &loaded).await?).await?;
            let old = loaded.known.map(|digest| KeptDocument {
                digest,
                ..kept.clone()
            });
            let old = old.map(|old| old.path());
            crate::files::remove(app, old.as_slice()).await;
        }
        Ok(kept)
    })
    .await
}

/// The document that goes with a letter about a paid order: its invoice, else its receipt; none where it has neither, or
/// the file has more than [`LARGEST_ATTACHMENT`] bytes.
///
/// # Errors
/// The document cannot be made now.
pub async fn for_letter(
    app: &App,
    organization: &Organization,
    order_id: Uuid,
) -> Result<Option<Attachment>> {
    let Some(order) = app.store.order(organization.id, order_id).await? else {
        return Ok(None);
    };
    let is_named = order.billing_name.is_some() && order.billing_address.is_some();
    let wanted = match (order.has_invoice() && is_named, &order.receipt_number) {
        (true, _) => Wanted::Invoice(order_id),
        (false, Some(_)) => Wanted::Receipt(order_id),
        (false, None) => return Ok(None),
    };
    // Many letters at once leave the processors to those who wait for a page.
    let _turn = AT_ONCE.acquire().await.map_err(ApiError::internal)?;
    let kept = make(app, organization, wanted).await?;
    let reading = app.files.read(&kept.path()).await;
    let reading = reading.map_err(ApiError::internal)?;
    if reading.size > LARGEST_ATTACHMENT as u64 {
        tracing::info!(order = %order_id, bytes = reading.size, "a document is too large to go with a letter");
        return Ok(None);
    }
    Ok(Some(Attachment {
        name: Line::new(&file_name(kept.kind, &kept.number)),
        media_type: "application/pdf",
        bytes: whole(reading).await?,
    }))
}

/// The bytes of a document's file, which has [`LARGEST`] at most.
async fn whole(reading: Reading) -> Result<Vec<u8>> {
    let pieces: Vec<Bytes> = (reading.bytes.try_collect().await).map_err(ApiError::internal)?;
    Ok(pieces.concat())
}

/// True where an order's invoice is there and says what it would say now.
pub async fn has_current_invoice(
    app: &App,
    organization: &Organization,
    order_id: Uuid,
) -> Result<bool> {
    let loaded = load(app, organization, Wanted::Invoice(order_id)).await?;
    Ok(loaded.known.as_ref() == Some(&loaded.kept.digest))
}

async fn has(app: &App, path: &str) -> Result<bool> {
    app.files.has(path).await.map_err(ApiError::internal)
}

async fn keep(app: &App, path: &str, bytes: Vec<u8>) -> Result<()> {
    let pieces = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(bytes))]);
    let written = app.files.write(path, LARGEST, pieces).await;
    written.map_err(ApiError::internal)
}

/// The rows after a file was written.
async fn noted(app: &App, loaded: &Loaded) -> Result<Changes> {
    let (rows, digest) = (&loaded.rows, loaded.kept.digest.clone());
    Ok(match (&loaded.refund, loaded.kept.kind) {
        (Some(refund), _) => credited(refund, digest),
        (None, DocumentKind::Invoice) => {
            let subscribers = app.store.subscribers(rows.organization.id).await?;
            rows.invoiced(digest, &subscribers, &app.context_of(&rows.organization))
        }
        (None, _) => rows.receipted(digest),
    })
}

async fn load(app: &App, organization: &Organization, wanted: Wanted) -> Result<Loaded> {
    let own = organization.id;
    let (order_id, refund) = match wanted {
        Wanted::Invoice(id) | Wanted::Receipt(id) => (id, None),
        Wanted::CreditNote(id) => {
            let refund = app.store.own_refund(own, id).await?.or_not_found()?;
            (refund.order_id.or_not_found()?, Some(refund))
        }
    };
    let order = app.store.order(own, order_id).await?.or_not_found()?;
    let (order, payment, refunds) = tokio::try_join!(
        Box::pin(Joined::order_rows(app, organization, order)),
        async { Ok(app.store.payment_of_order(own, order_id).await?) },
        async { Ok(app.store.refunds_of_order(own, order_id).await?) },
    )?;
    let rows = DocumentRows {
        organization: organization.clone(),
        order,
        payment,
        refunds,
    };
    let (document, known) = match (wanted, &refund) {
        (Wanted::CreditNote(_), Some(refund)) => {
            (rows.credit_note(refund)?, refund.credit_note_digest.clone())
        }
        (Wanted::Receipt(_), _) => (rows.receipt()?, rows.order.order.receipt_digest.clone()),
        _ => (rows.invoice()?, rows.order.order.invoice_digest.clone()),
    };
    let kept = KeptDocument {
        organization_id: own,
        subject_id: refund.as_ref().map_or(order_id, |refund| refund.id),
        kind: document.kind,
        number: document.number.clone(),
        digest: document.digest(),
    };
    Ok(Loaded {
        rows,
        refund,
        document,
        known,
        kept,
    })
}

/// The bytes of a document's file. Takes milliseconds of a processor, so it is done aside.
async fn rendered(sheet_of: fn(&Document) -> Sheet, document: Document) -> Result<Vec<u8>> {
    let work = move || sheet_of(&document).render(&FONTS);
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(ApiError::internal)?
        .map_err(ApiError::internal)
}

/// The address at which files are fetched.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route(
        "/documents/{organization}/{subject}/{file}/{name}",
        get(give),
    )
}

#[derive(Deserialize)]
struct Signed {
    expires: i64,
    signature: String,
}

/// Gives a file to whoever has its address.
async fn give(
    State(app): State<Arc<App>>,
    Path((organization, subject, file, name)): Path<(Uuid, Uuid, String, String)>,
    Query(signed): Query<Signed>,
) -> Result<Response> {
    let path = path(organization, subject, &file);
    let said = (signed.expires, signed.signature.as_str());
    if !may_fetch((&path, &name), said, &app.key, app.clock.now()) {
        let words = "This address has expired, or is incomplete. Ask for a new one.";
        return Ok((StatusCode::FORBIDDEN, words).into_response());
    }
    let reading = match app.files.read(&path).await {
        Ok(reading) => reading,
        Err(FilesError::Missing) => return Err(ApiError::not_found()),
        Err(error) => return Err(ApiError::internal(error)),
    };
    let about = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_LENGTH, reading.size.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    let safe = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ];
    Ok((about, safe, Body::from_stream(reading.bytes)).into_response())
}
