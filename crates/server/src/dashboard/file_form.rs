//! Forms with files. What is before the bytes of a file is small: the reader of such forms keeps it in memory until it is
//! whole, however long it gets.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    body::{Body, BodyDataStream},
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError, MultipartRejection},
    },
};
use bytes::Bytes;
use futures_util::Stream;

use crate::http::idempotency;

/// Bytes that may come without a field's beginning, while no file is read.
const MOST: usize = 64 * 1024;

/// Bytes that are passed on at once, before a file and of it: the reader takes in whatever is there before it looks at it.
const PIECE: usize = 8 * 1024;
const FILE_PIECE: usize = 64 * 1024;

/// The room that is left, where a file is read.
const FILE: usize = usize::MAX;

const TOO_LONG: &str = "What is sent before a file is longer than 64 KiB.";

/// A form with files that is being read.
pub struct FileForm {
    form: Multipart,
    room: Arc<AtomicUsize>,
}

impl<S: Send + Sync> FromRequest<S> for FileForm {
    type Rejection = MultipartRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let room = Arc::new(AtomicUsize::new(MOST));
        let watched = request.map(|body| {
            Body::from_stream(Watched {
                body: body.into_data_stream(),
                rest: Bytes::new(),
                pause: false,
                room: room.clone(),
            })
        });
        let form = Multipart::from_request(watched, state).await?;
        Ok(Self { form, room })
    }
}

impl FileForm {
    /// The next field, or what is wrong.
    pub async fn next_field(&mut self) -> Result<Option<Field<'_>>, String> {
        self.room.store(MOST, Ordering::Relaxed);
        let room = &self.room;
        let field = self.form.next_field().await;
        let field = field.map_err(|error| interrupted(room, &error))?;
        if let Some(field) = &field {
            let is_file = field.file_name().is_some_and(|name| !name.is_empty())
                && field.name() != Some(idempotency::FIELD);
            room.store(if is_file { FILE } else { MOST }, Ordering::Relaxed);
        }
        Ok(field)
    }

    /// The words for a field that could not be read.
    pub fn interrupted(&self, error: &MultipartError) -> String {
        interrupted(&self.room, error)
    }
}

fn interrupted(room: &AtomicUsize, error: &MultipartError) -> String {
    match room.load(Ordering::Relaxed) {
        0 => TOO_LONG.to_owned(),
        _ => format!("The upload was interrupted: {error}"),
    }
}

/// A body that ends with an error where there is no room for what comes.
struct Watched {
    body: BodyDataStream,
    rest: Bytes,
    /// True where the reader must look at what it has before it gets more.
    pause: bool,
    room: Arc<AtomicUsize>,
}

impl Stream for Watched {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        while self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_next(cx) {
                Poll::Ready(Some(Ok(bytes))) => self.rest = bytes,
                other => return other,
            }
        }
        let room = self.room.load(Ordering::Relaxed);
        let most = if room == FILE { FILE_PIECE } else { PIECE };
        let length = self.rest.len().min(most);
        let piece = self.rest.split_to(length);
        if room != FILE {
            let left = room.saturating_sub(length);
            self.room.store(left, Ordering::Relaxed);
            if left == 0 {
                return Poll::Ready(Some(Err(axum::Error::new(TOO_LONG))));
            }
        }
        self.pause = true;
        Poll::Ready(Some(Ok(piece)))
    }
}
