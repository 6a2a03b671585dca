//! The portal: the pages on which customers see and change what they have bought (docs/behaviour/portal-pages.md).
//! Plain forms without script, but for the card.

mod access;
mod benefits;
mod cards;
mod change;
mod change_kind;
mod claim;
mod details;
mod email;
mod form;
mod license_keys;
mod order;
mod overview;
mod seat_list;
mod seats;
mod sign_in;
mod subscription;
mod usage;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use uuid::Uuid;

use self::{access::Id, seat_list::Of, seats::Act};
use super::{
    checkout::{
        request::error_page,
        view::{MessagePage, PageContext},
    },
    limited::{self, Refuse},
    page,
};
use crate::{app::App, http::same_site::is_ours};

/// The pages' routes.
pub fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let refuse: Refuse = |headers, error| error_page(PageContext::of_browser(headers), error);
    let at = |rest: &str| format!("/{{organization}}/portal{rest}");
    let one = |rest: &str| at(&format!("/subscriptions/{{id}}{rest}"));
    let mut router = Router::new()
        .route(&at(""), get(overview::show).post(sign_in::request_code))
        .route(&at("/code"), get(sign_in::back).post(sign_in::by_code))
        .route(&at("/sign-out"), post(sign_in::sign_out))
        .route(&at("/benefits"), get(benefits::list))
        .route(&at("/license-keys/{id}"), get(license_keys::show))
        .route(
            &at("/license-keys/{id}/activations/{activation_id}/remove"),
            post(license_keys::remove),
        )
        .route(&at("/orders"), get(order::list))
        .route(&at("/orders/{id}"), get(order::show).post(order::save))
        .route(&at("/orders/{id}/invoice"), get(order::invoice))
        .route(&at("/orders/{id}/receipt"), get(order::receipt))
        .route(&at("/subscriptions"), get(subscription::list))
        .route(&one(""), get(subscription::show))
        .route(&at("/usage"), get(usage::show))
        .route(&at("/cards"), get(cards::list))
        .route(&at("/cards/new"), get(cards::fill).post(cards::add))
        .route(&at("/cards/new/another"), post(cards::give_up))
        .route(&at("/cards/{id}/default"), post(cards::make_default))
        .route(&at("/cards/{id}/delete"), post(cards::delete))
        .route(&at("/details"), get(details::show).post(details::save))
        .route(&at("/details/email"), post(email::request))
        .route(&at("/data.zip"), get(details::data))
        .route(&at("/verify-email"), get(email::ask).post(email::confirm))
        .route(&at("/claim"), get(claim::ask).post(claim::claim));
    router = seat_routes(router, "subscriptions", Of::Subscription);
    router = seat_routes(router, "orders", Of::Order);
    for change in change_kind::Change::ALL {
        let fill = move |visit, id, query| change::fill(visit, id, query, change);
        let send = move |visit, id, posted| change::send(visit, id, posted, change);
        router = router.route(&one(&format!("/{}", change.path())), get(fill).post(send));
    }
    router
        .layer(middleware::from_fn_with_state(app.clone(), own_forms))
        .layer(middleware::from_fn_with_state(
            (app.clone(), refuse),
            limited::count,
        ))
}

/// The forms about seats, below the page of each of these `things`.
fn seat_routes(router: Router<Arc<App>>, things: &str, of: fn(Uuid) -> Of) -> Router<Arc<App>> {
    let path = format!("/{{organization}}/portal/{things}/{{id}}/seats");
    let assign =
        move |visit, network, Id(id): Id, posted| seats::assign(visit, network, of(id), posted);
    let act = move |act: Act| {
        move |visit, network, Id(id): Id, path, posted| {
            seats::act((visit, network), (of(id), act), path, posted)
        }
    };
    router
        .route(&format!("{path}/invite"), post(assign))
        .route(
            &format!("{path}/{{seat_id}}/resend"),
            post(act(Act::Resend)),
        )
        .route(
            &format!("{path}/{{seat_id}}/revoke"),
            post(act(Act::Revoke)),
        )
}

/// Refuses forms that come from elsewhere.
async fn own_forms(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_ours(request.headers(), &app.urls) {
        return next.run(request).await;
    }
    let page_context = PageContext::of_browser(request.headers());
    page(
        StatusCode::FORBIDDEN,
        &MessagePage::foreign_form(page_context),
    )
}
