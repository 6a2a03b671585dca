//! A product's pictures: uploaded, put in order, taken away.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, multipart::Field},
    routing::{get, post},
};
use bytes::Bytes;
use ring::digest::{SHA256, digest};
use serde_json::json;
use till_wire::{
    files::{File, FileCreate, FileService, FileUploadCompleted, PICTURES},
    products::{Product, ProductUpdate},
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer, CreatedResource,
        access::{Dashboard, Viewer},
        denied::Denied,
        detail::{DetailPage, Part},
        done,
        file_form::FileForm,
        form::{FormData, judged},
        parts::Cell,
        resource_pages::{PRODUCTS, find},
        show, show_again,
    },
    error::{ApiError, Result},
    files,
    http::{
        extract::{Body, Caller, PathId, scope},
        idempotency::{self, IdempotencyGuard},
    },
};

/// The largest form, in bytes: a handful of pictures.
const LIMIT: usize = 60 * 1024 * 1024;

/// The most parts of one form, each a picture or a field.
const PARTS: usize = 50;

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(
            &PRODUCTS.at("/{id}/media"),
            get(detail).post(upload).layer(DefaultBodyLimit::max(LIMIT)),
        )
        .route(&PRODUCTS.at("/{id}/media/change"), post(change))
}

/// The pictures and what can be done with them.
#[derive(Debug, Template)]
#[template(path = "dashboard/media.html")]
struct Media<'a> {
    files: &'a [File],
    action: String,
    accept: String,
    errors: Vec<String>,
    may: bool,
    key: &'a str,
}

fn page(viewer: &Viewer, product: &Product, errors: Vec<String>) -> Result<DetailPage> {
    let base = &product.base;
    let media = Media {
        files: &product.medias,
        action: PRODUCTS.path(viewer, base.id, "/media"),
        accept: PICTURES.join(","),
        errors,
        may: viewer.may::<scope::ProductsWrite>().is_ok()
            && viewer.may::<scope::FilesWrite>().is_ok(),
        key: &viewer.key,
    };
    Ok(DetailPage {
        layout: PRODUCTS.under_one(
            viewer,
            (base.id, &base.name),
            format!("Media of {}", base.name),
        ),
        state: Cell::Empty,
        actions: Vec::new(),
        menu: None,
        parts: vec![Part::Html(
            "Pictures",
            media.render().map_err(ApiError::internal)?,
        )],
    })
}

async fn detail(dashboard: Dashboard<scope::ProductsRead>, PathId(id): PathId) -> Answer {
    let product: Product = find(&dashboard, id).await?;
    show(&page(&dashboard, &product, Vec::new())?)
}

/// Takes each picture in as the API would; those that are wrong are told, the others stay.
async fn upload(
    dashboard: Dashboard<scope::ProductsWrite>,
    PathId(id): PathId,
    mut form: FileForm,
) -> Answer {
    let product: Product = find(&dashboard, id).await?;
    let (mut errors, mut added, mut key) = (Vec::new(), Vec::new(), None);
    for part in 0.. {
        if part == PARTS {
            errors.push(format!("Choose at most {} pictures at once.", PARTS - 1));
            break;
        }
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(words) => {
                errors.push(words);
                break;
            }
        };
        if field.name() == Some(idempotency::FIELD) {
            key = field.text().await.ok();
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            continue;
        }
        let place = added.len() + errors.len();
        let taken = picture(&dashboard, (&name, place), key.as_deref(), field).await;
        match judged(taken)? {
            Ok(file) => added.push(file),
            Err(problem) => errors.push(format!("{name}: {}", problem.all().join(" "))),
        }
    }
    if errors.is_empty() && added.is_empty() {
        errors.push("Choose a picture first.".to_owned());
    }
    let before = product.medias.iter().map(|file| file.id);
    let mut all: Vec<Uuid> = before.collect();
    // Those of a form that was sent before are there already.
    added.retain(|id| !all.contains(id));
    all.extend(&added);
    let product = match added.is_empty() {
        true => product,
        false => arrange(&dashboard, id, &all).await?,
    };
    match errors.is_empty() {
        true => done(
            &PRODUCTS.path(&dashboard, id, "/media"),
            "The pictures were added.",
        ),
        false => show_again(&page(&dashboard, &product, errors)?),
    }
}

/// Announces, sends and completes a file, as a program would; `place` is which of the form's it is.
async fn picture(
    dashboard: &Dashboard<scope::ProductsWrite>,
    (name, place): (&str, usize),
    key: Option<&str>,
    field: Field<'_>,
) -> Result<Uuid> {
    let caller: Caller<scope::FilesWrite> = dashboard.may()?;
    let media_type = field.content_type().unwrap_or_default().to_owned();
    let bytes = field
        .bytes()
        .await
        .map_err(|refused| ApiError::body_refused(refused.status(), LIMIT))?;
    let sum = digest(&SHA256, &bytes);
    let content = [format!("{place}\n{name}\n").as_bytes(), sum.as_ref()].concat();
    let send = async |guard| take(&caller, (name, &media_type, bytes), guard).await;
    let CreatedResource { id, .. } = dashboard.make_of(key, &content, send).await?;
    Ok(id)
}

async fn take(
    caller: &Caller<scope::FilesWrite>,
    (name, media_type, bytes): (&str, &str, Bytes),
    guard: IdempotencyGuard,
) -> Result<File> {
    let announced = json!({
        "service": FileService::ProductMedia, "name": name, "mime_type": media_type, "size": bytes.len(),
        "upload": {"parts": [{"number": 1, "chunk_start": 0, "chunk_end": bytes.len()}]},
    });
    let input = Body(Some(announced)).read(FileCreate::read)?;
    let unguarded = IdempotencyGuard::default();
    let made = actions::files::create(caller, &unguarded, input).await?;
    let kept = files::keep_part(&caller.app, made.file.id, 1, bytes.into()).await?;
    let etag = kept.map_err(ApiError::internal)?;
    let completed = Body(Some(json!({
        "id": made.upload.id, "path": made.upload.path,
        "parts": [{"number": 1, "checksum_etag": etag}],
    })));
    let input = completed.read(FileUploadCompleted::read)?;
    actions::files::uploaded(caller, made.file.id, &guard, input).await
}

async fn arrange(
    dashboard: &Dashboard<scope::ProductsWrite>,
    id: Uuid,
    medias: &[Uuid],
) -> Result<Product> {
    let body = Body(Some(json!({"medias": medias})));
    let input = body.read(ProductUpdate::read)?;
    actions::products::update(&dashboard.caller, id, input).await
}

/// Moves a picture one place, or takes it away.
async fn change(
    dashboard: Dashboard<scope::ProductsWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let here = PRODUCTS.path(&dashboard, id, "/media");
    let product: Product = find(&dashboard, id).await?;
    let mut medias: Vec<Uuid> = product.medias.iter().map(|file| file.id).collect();
    let chosen = form_data
        .get("media")
        .and_then(|id| Uuid::try_parse(id).ok());
    let place = medias.iter().position(|id| Some(*id) == chosen);
    let Some(place) = place else {
        return Err(Denied::NotFound);
    };
    let other = match form_data.get("to") {
        Some("up") => place.checked_sub(1),
        Some("down") => Some(place + 1).filter(|other| *other < medias.len()),
        Some("remove") => {
            let caller = dashboard.may::<scope::FilesWrite>()?;
            let file = medias.remove(place);
            arrange(&dashboard, id, &medias).await?;
            actions::files::delete(&caller, file).await?;
            return done(&here, "The picture was removed.");
        }
        _ => None,
    };
    let Some(other) = other else {
        return done(&here, "The picture did not move.");
    };
    medias.swap(place, other);
    arrange(&dashboard, id, &medias).await?;
    done(&here, "The picture was moved.")
}
