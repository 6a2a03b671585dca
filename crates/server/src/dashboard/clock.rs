//! The test clock that every page of the sandbox shows, and the form that moves it.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use till_core::organizations::clock::Unmoved;
use till_wire::clocks::{Clock, ClockMove, ClockSpan};

use super::{
    Answer,
    access::{Dashboard, Viewer, local_path},
    done,
    form_data::FormData,
    parts::{Moment, day},
};
use crate::{
    actions,
    app::App,
    error::ApiError,
    http::{extract::scope, idempotency::IdempotencyGuard},
};

/// Has htmx load the whole page again.
const RELOAD: HeaderName = HeaderName::from_static("hx-refresh");

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/dashboard/{shop}/clock", get(watch).post(advance))
}

/// The clock beside the menu.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/clock.html")]
pub(super) struct ClockControl {
    /// The address of the form, and of what a page asks while the clock is being moved.
    path: String,
    /// The organization's time; none where it is the present.
    now: Option<Moment>,
    /// The time that the clock is being moved to.
    target: Option<Moment>,
    /// The key of the form; none where the viewer may not move the clock.
    key: Option<String>,
    /// The page to come back to.
    page: String,
}

/// The moves that the form has: the words of their buttons, and their values.
const MOVES: [(&str, &str); 4] = [
    ("+1 day", "day"),
    ("+1 week", "week"),
    ("+1 month", "month"),
    ("+1 year", "year"),
];

impl ClockControl {
    /// The clock of the viewer's organization; none outside the sandbox, and where there is nothing to show or to do.
    pub(super) fn of(viewer: &Viewer) -> Option<Self> {
        let organization = &viewer.organization;
        let moment = |at| Moment::new(at, &viewer.zone);
        let may_move = viewer.may::<scope::OrganizationsWrite>().is_ok();
        let is_shown = may_move || organization.clock_offset_seconds > 0;
        (viewer.sandbox && is_shown).then(|| Self {
            path: viewer.path("/clock"),
            now: (organization.clock_offset_seconds > 0).then(|| moment(viewer.now())),
            target: organization.clock_target_at.map(moment),
            key: may_move.then(|| viewer.key.clone()),
            page: viewer.here().to_owned(),
        })
    }
}

/// Answer to a page that asks while the clock is being moved: how far it is, and, once it has arrived, to be loaded
/// again.
async fn watch(dashboard: Dashboard<scope::OrganizationsRead>, headers: HeaderMap) -> Answer {
    if !headers.contains_key("hx-request") {
        return Ok(Redirect::to(&dashboard.path("")).into_response());
    }
    let control = ClockControl::of(&dashboard).filter(|clock| clock.target.is_some());
    Ok(match control {
        Some(clock) => Html(clock.to_string()).into_response(),
        None => ([(RELOAD, HeaderValue::from_static("true"))], "").into_response(),
    })
}

/// Starts to move the clock, and shows the page again from which that was asked.
async fn advance(dashboard: Dashboard<scope::OrganizationsWrite>, form_data: FormData) -> Answer {
    let page = form_data.get("page").and_then(local_path);
    let page = page.map_or_else(|| dashboard.path(""), str::to_owned);
    let Some(span) = form_data.get("advance").and_then(span) else {
        return done(&page, "Choose how far the clock is to be moved.");
    };
    let asked = ClockMove {
        advance: Some(span),
        to: None,
    };
    let begin = async |guard: IdempotencyGuard| {
        actions::clock::advance(&dashboard.caller, &guard, asked).await
    };
    let begun: Result<Clock, ApiError> = dashboard.make(&form_data, begin).await;
    match begun {
        Ok(clock) => {
            let target = clock.target.unwrap_or(clock.now);
            let words = format!(
                "The clock is being moved to {}.",
                day(target, &dashboard.zone)
            );
            done(&page, &words)
        }
        Err(error) if error.status() == http::StatusCode::CONFLICT => {
            done(&page, &format!("{}.", Unmoved::Advancing.words()))
        }
        Err(error) => match error.problems() {
            [problem, ..] => done(&page, &format!("{}.", problem.msg)),
            [] => Err(error.into()),
        },
    }
}

/// The span that a button of the form stands for.
fn span(button: &str) -> Option<ClockSpan> {
    let one = Some(1);
    Some(match button {
        "day" => ClockSpan {
            days: one,
            ..ClockSpan::default()
        },
        "week" => ClockSpan {
            weeks: one,
            ..ClockSpan::default()
        },
        "month" => ClockSpan {
            months: one,
            ..ClockSpan::default()
        },
        "year" => ClockSpan {
            years: one,
            ..ClockSpan::default()
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_of_the_form_moves_the_clock() {
        for (words, value) in MOVES {
            assert!(span(value).is_some(), "{words}");
        }
        assert!(span("century").is_none());
    }
}
