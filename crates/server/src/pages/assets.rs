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

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

static STYLES: LazyLock<Asset> = LazyLock::new(|| {
    let body = concat!(
        include_str!("../../assets/base.css"),
        include_str!("../../assets/checkout.css"),
        include_str!("../../assets/embed-frame.css")
    );
    Asset::new("checkout", "css", CSS, body)
});
static PORTAL_STYLES: LazyLock<Asset> = LazyLock::new(|| {
    let body = concat!(
        include_str!("../../assets/base.css"),
        include_str!("../../assets/checkout.css"),
        include_str!("../../assets/portal.css")
    );
    Asset::new("portal", "css", CSS, body)
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let body = include_str!("../../assets/checkout.js");
    Asset::new("checkout", "js", JAVASCRIPT, body)
});
static ELEMENT_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let body = include_str!("../../assets/checkout-stripe.js");
    Asset::new("checkout-stripe", "js", JAVASCRIPT, body)
});
static FRAME_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let body = include_str!("../../assets/embed-frame.js");
    Asset::new("embed-frame", "js", JAVASCRIPT, body)
});
static DESK_STYLES: LazyLock<Asset> = LazyLock::new(|| {
    let body = concat!(
        include_str!("../../assets/base.css"),
        include_str!("../../assets/dashboard.css")
    );
    Asset::new("dashboard", "css", CSS, body)
});
static DESK_SCRIPTS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        (
            "htmx",
            include_str!("../../assets/vendor/htmx-2.0.11.min.js"),
        ),
        (
            "htmx-sse",
            include_str!("../../assets/vendor/htmx-ext-sse-2.2.4.min.js"),
        ),
        ("dashboard", include_str!("../../assets/dashboard.js")),
    ]
    .map(|(stem, body)| Asset::new(stem, "js", JAVASCRIPT, body))
});

static UPLOAD_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let body = include_str!("../../assets/upload.js");
    Asset::new("upload", "js", JAVASCRIPT, body)
});

/// Address of the pages' style sheet.
#[must_use]
pub fn styles_url() -> &'static str {
    &STYLES.url
}

/// Address of the style sheet of the portal's pages.
#[must_use]
pub fn portal_styles_url() -> &'static str {
    &PORTAL_STYLES.url
}

/// Address of the pages' ES module.
#[must_use]
pub fn script_url() -> &'static str {
    &SCRIPT.url
}

/// Address of the module that pages with Stripe's Payment Element have besides.
#[must_use]
pub fn element_script_url() -> &'static str {
    &ELEMENT_SCRIPT.url
}

/// Address of the module that pages in a frame have besides.
#[must_use]
pub fn frame_script_url() -> &'static str {
    &FRAME_SCRIPT.url
}

/// Address of the dashboard's style sheet.
#[must_use]
pub fn dashboard_styles_url() -> &'static str {
    &DESK_STYLES.url
}

/// Addresses of the dashboard's scripts, in the order they are run in.
#[must_use]
pub fn dashboard_scripts_urls() -> [&'static str; 3] {
    DESK_SCRIPTS.each_ref().map(|asset| asset.url.as_str())
}

/// Address of the script that the dashboard's pages with an upload of files have besides.
#[must_use]
pub fn upload_script_url() -> &'static str {
    &UPLOAD_SCRIPT.url
}

/// `GET /assets/{file}`: the files above, cacheable for ever; 404 for any other name.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(asset))
}

async fn asset(Path(file): Path<String>) -> Response {
    let own = [
        &*STYLES,
        &*PORTAL_STYLES,
        &*SCRIPT,
        &*ELEMENT_SCRIPT,
        &*FRAME_SCRIPT,
        &*DESK_STYLES,
        &*UPLOAD_SCRIPT,
    ];
    let found = own
        .into_iter()
        .chain(DESK_SCRIPTS.iter())
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
    fn the_script_stays_small() {
        // At most 8 kB over the wire: a test in the browser weighs it.
        let element = ELEMENT_SCRIPT.body.len();
        assert!(element <= 7_500, "{element} bytes");
        assert!(SCRIPT.body.len() <= 15_750, "{} bytes", SCRIPT.body.len());
    }
}
