//! Styles and script of the pages, compiled in and served under names that carry their hash, so
//! that browsers may keep them for ever and still get every new version.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use sha2::{Digest, Sha256};

/// One compiled-in file and the address it is served at.
struct Asset {
    url: String,
    media_type: &'static str,
    body: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, body: &'static str) -> Self {
        let digest = Sha256::digest(body.as_bytes());
        let hash: String = digest[..6].iter().map(|b| format!("{b:02x}")).collect();
        Self {
            url: format!("/assets/{stem}.{hash}.{extension}"),
            media_type,
            body,
        }
    }
}

static STYLES: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "checkout",
        "css",
        "text/css; charset=utf-8",
        include_str!("../../assets/checkout.css"),
    )
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "checkout",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../../assets/checkout.js"),
    )
});

/// Address of the pages' style sheet.
#[must_use]
pub fn styles_url() -> &'static str {
    &STYLES.url
}

/// Address of the pages' ES module.
#[must_use]
pub fn script_url() -> &'static str {
    &SCRIPT.url
}

/// `GET /assets/{file}`: the files above, cacheable for ever; 404 for any other name.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(asset))
}

async fn asset(Path(file): Path<String>) -> Response {
    let found = [&*STYLES, &*SCRIPT]
        .into_iter()
        .find(|asset| asset.url.strip_prefix("/assets/") == Some(file.as_str()));
    match found {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.media_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            asset.body,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_asset_is_served_at_its_hashed_name_for_ever_and_at_no_other() {
        let name = |url: &str| url.replace("/assets/", "");
        let styles = asset(Path(name(styles_url()))).await;
        assert_eq!(styles.headers()["content-type"], "text/css; charset=utf-8");
        assert!(
            styles.headers()["cache-control"]
                .to_str()
                .expect("ascii")
                .contains("immutable")
        );
        let stale = asset(Path("checkout.000000000000.css".into())).await;
        assert_eq!(stale.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn the_script_keeps_to_its_eight_kilobytes() {
        assert!(SCRIPT.body.len() <= 8_000, "{} bytes", SCRIPT.body.len());
    }
}
