//! `GET /embed.js` and `GET /embed.mjs`: Till's own drop-in for the script that puts a checkout into a merchant's page
//! (docs/behaviour: embedding/script). The same class both ways; the one sets a global, the other exports.

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use http::header;

use crate::app::App;

const CLASS: &str = include_str!("../../assets/embed.js");

/// In a function, so that nothing but the global stays behind. Loaded as a module it is not the current script.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "(() => {{\nconst script = document.currentScript ?? document.querySelector('script[src$=\"/embed.js\"]');\n\
         const TILL = new URL(script.src).origin;\n{CLASS}\n\
         window.Polar = {{ ...window.Polar, EmbedCheckout }};\n\
         if (script.hasAttribute(\"data-auto-init\")) EmbedCheckout.init();\n}})();\n"
    )
});

static MODULE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "const TILL = new URL(import.meta.url).origin;\n{CLASS}\n\
         export {{ EmbedCheckout, EmbedCheckout as PolarEmbedCheckout, EmbedCheckout as default }};\n"
    )
});

/// The two addresses.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/embed.js", get(|| async { served(&SCRIPT) }))
        .route("/embed.mjs", get(|| async { served(&MODULE) }))
}

/// Modules are only loaded from elsewhere where they say that they may be.
fn served(body: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_keeps_to_its_eight_kilobytes() {
        for body in [&*SCRIPT, &*MODULE] {
            assert!(body.len() <= 8_000, "{} bytes", body.len());
        }
    }

    #[test]
    fn the_names_are_those_that_merchants_know() {
        for name in [
            "data-polar-checkout",
            "data-polar-checkout-theme",
            "data-auto-init",
            "window.Polar",
            "POLAR_CHECKOUT",
            "polar-loader-spinner",
            "polar-no-scroll",
        ] {
            assert!(SCRIPT.contains(name), "{name}");
        }
        assert!(MODULE.contains("PolarEmbedCheckout"));
    }
}
