//! A connection's bytes, with limits to how long a request's head may take to arrive and an answer to be taken.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

use super::Timeouts;

/// The phase of a connection, as a count: even while a request is awaited, odd while one is answered.
#[derive(Debug, Clone, Default)]
pub(super) struct RequestPhase(Arc<AtomicUsize>);

impl RequestPhase {
    /// A request's head is there.
    pub(super) fn begin(&self) {
        self.0.fetch_or(1, Ordering::Relaxed);
    }

    /// Its answer is written, or given up.
    pub(super) fn end(&self) {
        let count = self.now();
        self.0.store((count | 1).wrapping_add(1), Ordering::Relaxed);
    }

    fn now(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A connection that ends when its caller takes too long.
#[derive(Debug)]
pub(super) struct TimedStream {
    stream: TcpStream,
    phase: RequestPhase,
    /// The turn that `begun` and `head_timeout` belong to.
    count: usize,
    /// Something of a request has arrived.
    begun: bool,
    head_timeout: Timeout,
    write_timeout: Timeout,
}

impl TimedStream {
    pub(super) fn new(stream: TcpStream, phase: RequestPhase, timeouts: Timeouts) -> Self {
        Self {
            stream,
            count: phase.now(),
            phase,
            begun: false,
            head_timeout: Timeout::new(timeouts.head),
            write_timeout: Timeout::new(timeouts.gap),
        }
    }

    /// The result of a write, unless the other side takes nothing for too long.
    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_timeout.stop();
            return written;
        }
        self.write_timeout.poll(cx)
    }
}

impl AsyncRead for TimedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = self.phase.now();
        if count != self.count {
            self.count = count;
            self.begun = false;
            self.head_timeout.stop();
        }
        let awaited = count.is_multiple_of(2);
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if !awaited {
            return read;
        }
        self.begun |= buf.filled().len() > before;
        // Most heads arrive at once: time is only taken of those that do not.
        if self.begun
            && (read.is_pending() || self.head_timeout.is_running())
            && let Poll::Ready(late) = self.head_timeout.poll::<()>(cx)
        {
            return Poll::Ready(late);
        }
        read
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.written(cx, shut)
    }
}

/// A time limit that begins when it is first looked at.
#[derive(Debug)]
pub(super) struct Timeout {
    after: Duration,
    running: Option<Pin<Box<Sleep>>>,
}

impl Timeout {
    pub(super) fn new(after: Duration) -> Self {
        Self {
            after,
            running: None,
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub(super) fn stop(&mut self) {
        self.running = None;
    }

    /// An error once the time is over.
    pub(super) fn poll<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let after = self.after;
        let begin = || Box::pin(sleep_until(Instant::now() + after));
        ready!(self.running.get_or_insert_with(begin).as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}
