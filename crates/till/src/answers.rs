//! Answers' bodies, watched to their end: one that breaks off after its head was sent is no answer of that status.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::Method,
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use till_server::app::App;
use tracing::Span;

/// Which answer it is.
pub struct Answer {
    /// The app that counts it.
    pub app: Arc<App>,
    /// The span of its log lines.
    pub span: Span,
    /// Of the request.
    pub method: Method,
    /// The template of the request's route.
    pub path: String,
    /// The status of its head.
    pub status: u16,
}

/// Watches a body that is made while it is sent. What is there from the beginning cannot break off.
pub fn watched(response: Response, answer: impl FnOnce() -> Answer) -> Response {
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    let answer = answer();
    response.map(|body| Body::new(WatchedBody { body, answer }))
}

struct WatchedBody {
    body: Body,
    answer: Answer,
}

impl WatchedBody {
    /// Breaks off: whoever reads must not take a part for the whole.
    fn broken(&mut self, cause: &str) -> axum::Error {
        // What has panicked is not asked again.
        self.body = Body::empty();
        let Answer {
            app,
            method,
            path,
            status,
            ..
        } = &self.answer;
        app.metrics.broke_off(path, method);
        tracing::error!(%method, path, status, cause, "a response was cut off after its head had been sent");
        axum::Error::new("the response was cut off")
    }
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let span = this.answer.span.clone();
        let _entered = span.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut this.body).poll_frame(cx)));
        match polled {
            Ok(Poll::Ready(Some(Err(error)))) => {
                Poll::Ready(Some(Err(this.broken(&error.to_string()))))
            }
            Ok(polled) => polled,
            Err(_) => {
                this.answer.app.metrics.panicked("answer");
                Poll::Ready(Some(Err(this.broken("a panic, logged above"))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::to_bytes,
        response::{IntoResponse, Response},
    };
    use futures_util::{StreamExt as _, stream};
    use till_server::app::Clock;
    use till_testkit::Engine;

    use super::*;

    fn answer(app: &Arc<App>) -> Answer {
        Answer {
            app: app.clone(),
            span: Span::none(),
            method: Method::GET,
            path: "/dashboard/{shop}/orders.csv".to_owned(),
            status: 200,
        }
    }

    fn streamed(
        parts: impl stream::Stream<Item = Result<&'static str, std::io::Error>> + Send + 'static,
    ) -> Response {
        Body::from_stream(parts).into_response()
    }

    #[test]
    fn an_answer_that_breaks_off_is_counted_as_that_and_never_looks_whole() {
        till_testkit::run(Engine::Sqlite, |t| {
            Box::pin(async move {
                let failing = stream::iter([Ok("a"), Err(std::io::Error::other("no disk"))]);
                let panicking = stream::iter(0..2).map(|n| match n {
                    0 => Ok("a"),
                    _ => panic!("polled once too often"),
                });
                let whole = stream::iter([Ok("a"), Ok("b")]);
                for response in [streamed(failing), streamed(panicking)] {
                    let watched = watched(response, || answer(&t.app));
                    assert!(to_bytes(watched.into_body(), 9).await.is_err());
                }
                let watched = watched(streamed(whole), || answer(&t.app));
                assert_eq!(to_bytes(watched.into_body(), 9).await.unwrap(), "ab");
                let text = t
                    .app
                    .metrics
                    .text(&t.app.store, t.clock.now())
                    .await
                    .unwrap();
                for line in [
                    r#"till_http_broken_answers_total{method="GET",route="/dashboard/{shop}/orders.csv"} 2"#,
                    r#"till_panics_total{place="answer"} 1"#,
                ] {
                    assert!(text.lines().any(|one| one == line), "{line} in\n{text}");
                }
            })
        });
    }

    #[tokio::test]
    async fn an_answer_that_is_there_from_the_beginning_is_passed_on_as_it_is() {
        let response = "whole".into_response();
        let same = watched(response, || unreachable!("nothing can break"));
        assert_eq!(same.body().size_hint().exact(), Some(5));
    }
}
