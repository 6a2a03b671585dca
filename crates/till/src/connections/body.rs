//! Bodies on their way: a request's, which may take only so long, and an answer's, with whose end the next request is awaited.

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, HttpBody};
use hyper::body::{Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Timeouts, stream::RequestPhase};

/// Any error of a body.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A request's body. Only the time counts in which it is waited for: what becomes of its parts may take longer.
#[derive(Debug)]
pub(super) struct RequestBody {
    body: Incoming,
    timeouts: Timeouts,
    received: u64,
    /// For how long parts were waited for before this one.
    waited: Duration,
    /// Since when the next part is waited for, and until when it is.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl RequestBody {
    pub(super) fn new(body: Incoming, timeouts: Timeouts) -> Self {
        Self {
            body,
            timeouts,
            received: 0,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    /// The time that the next part may take.
    fn left(&self) -> Duration {
        let rate = f64::from(self.timeouts.rate);
        let whole = self.timeouts.body + Duration::from_secs_f64(self.received as f64 / rate);
        whole.saturating_sub(self.waited).min(self.timeouts.gap)
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                if let Some((since, _)) = self.waiting.take() {
                    self.waited += since.elapsed();
                }
                if let Some(Ok(frame)) = &frame {
                    self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                let left = self.left();
                let (_, until) = self.waiting.get_or_insert_with(|| {
                    let now = Instant::now();
                    (now, Box::pin(sleep_until(now + left)))
                });
                let is_late = until.as_mut().poll(cx).is_ready();
                match is_late {
                    true => {
                        let late = io::Error::from(ErrorKind::TimedOut);
                        Poll::Ready(Some(Err(late.into())))
                    }
                    false => Poll::Pending,
                }
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

/// An answer's body.
#[derive(Debug)]
pub(super) struct ResponseBody {
    body: Body,
    phase: RequestPhase,
}

impl ResponseBody {
    pub(super) fn new(body: Body, phase: RequestPhase) -> Self {
        Self { body, phase }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.phase.end();
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
