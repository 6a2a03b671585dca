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

use super::Patience;

/// The turn on a connection: even while a request is awaited, odd while one is answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<AtomicUsize>);

impl Turns {
    /// A request's head is there.
    pub(super) fn begin(&self) {
        self.0.fetch_or(1, Ordering::Relaxed);
    }

    /// Its answer is written, or given up.
    pub(super) fn end(&self) {
        let turn = self.now();
        self.0.store((turn | 1).wrapping_add(1), Ordering::Relaxed);
    }

    fn now(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A connection that ends when its caller takes too long.
#[derive(Debug)]
pub(super) struct Watched {
    stream: TcpStream,
    turns: Turns,
    /// The turn that `begun` and `head` belong to.
    turn: usize,
    /// Something of a request has arrived.
    begun: bool,
    head: Limit,
    taking: Limit,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, turns: Turns, patience: Patience) -> Self {
        Self {
            stream,
            turn: turns.now(),
            turns,
            begun: false,
            head: Limit::new(patience.head),
            taking: Limit::new(patience.gap),
        }
    }

    /// What was written, unless the other side takes nothing for too long.
    fn taken<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.taking.stop();
            return written;
        }
        self.taking.poll(cx)
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let turn = self.turns.now();
        if turn != self.turn {
            self.turn = turn;
            self.begun = false;
            self.head.stop();
        }
        let awaited = turn.is_multiple_of(2);
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if !awaited {
            return read;
        }
        self.begun |= buf.filled().len() > before;
        // Most heads arrive at once: time is only taken of those that do not.
        if self.begun
            && (read.is_pending() || self.head.is_running())
            && let Poll::Ready(late) = self.head.poll::<()>(cx)
        {
            return Poll::Ready(late);
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.taken(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.taken(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.taken(cx, shut)
    }
}

/// A time limit that begins when it is first looked at.
#[derive(Debug)]
pub(super) struct Limit {
    after: Duration,
    running: Option<Pin<Box<Sleep>>>,
}

impl Limit {
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
