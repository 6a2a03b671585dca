//! An operation of the API: its route, and what the OpenAPI document says of it. The document is many times larger than the
//! routes, so it is worked out when somebody reads it, not when Till starts.

use std::sync::Arc;

use axum::{Router, routing::MethodRouter};
use utoipa::openapi::path::HttpMethod;
use utoipa_axum::router::UtoipaMethodRouter;

use crate::app::App;

/// A handler with its `#[utoipa::path]`; to be made by [`operations!`].
pub(super) struct Operation {
    pub(super) path: fn() -> String,
    pub(super) methods: fn() -> Vec<HttpMethod>,
    pub(super) handle: fn(MethodRouter<Arc<App>>, HttpMethod) -> MethodRouter<Arc<App>>,
    pub(super) document: fn() -> UtoipaMethodRouter<Arc<App>>,
}

impl Operation {
    pub(super) fn routed(&self, router: Router<Arc<App>>) -> Router<Arc<App>> {
        let methods = (self.methods)().into_iter();
        router.route(
            &(self.path)(),
            methods.fold(MethodRouter::new(), self.handle),
        )
    }
}

/// The operations of some handlers. `routes!`, of which it makes the route too, always works the document out.
macro_rules! operations {
    ($($handler:ident),+ $(,)?) => {
        utoipa_axum::paste! {
            &[$($crate::api::operation::Operation {
                path: <[<__path_ $handler>] as utoipa::Path>::path,
                methods: <[<__path_ $handler>] as utoipa::Path>::methods,
                handle: |router, method| {
                    use utoipa_axum::PathItemExt;
                    router.on(method.to_method_filter(), $handler)
                },
                document: || utoipa_axum::routes!($handler),
            }),+]
        }
    };
}
pub(super) use operations;
