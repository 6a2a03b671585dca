//! What uploads and changes files.

use serde_json::Value;
use uuid::Uuid;

use super::{FileService, PICTURES};
use crate::{
    input::{Context, Patch, text_of},
    limits,
    request::*,
};

/// The most parts that an upload may have.
pub const PARTS: usize = 10_000;

/// What the media types of pictures look like.
const PICTURE_PATTERN: &str = r"^image\/(jpeg|png|gif|webp|svg\+xml)$";

request! {
    /// A file that is going to be uploaded.
    pub struct FileCreate by variant: FileService {
        /// What it is for.
        pub service: FileService = tag(variant),
        /// Name.
        pub name: String = required(trimmed(0, limits::LINE)),
        /// Media type; of what anybody can see, one of a picture.
        pub mime_type: String = required(media_type(variant)),
        /// Bytes.
        pub size: i64 = required(int(0, variant.most())),
        /// Its parts.
        pub parts: Vec<PartCreate> as "upload" = required(upload()),
        /// SHA-256, base64.
        pub checksum_sha256_base64: Option<String> = optional(checksum()),
        /// Your name for this version of it.
        pub version: Option<String> = optional(trimmed(0, limits::LINE)),
        /// Not with an organization's token.
        pub organization_id: Option<Uuid> = optional(id()),
    }
    check |f| {
        match (&parts, size) {
            (Some(parts), Some(size)) if !cover(parts, size) => {
                let whole = f.whole();
                f.cx.at("upload", |cx| {
                    cx.at("parts", |cx| {
                        cx.refuse("parts are numbered from 1 and cover the file without gaps", whole)
                    })
                })
            }
            _ => Some(()),
        }
    }
}

fn media_type(service: FileService) -> impl Reader<Value = String> {
    let read = move |mime: String, value: &Value, cx: &mut Context| {
        let mime = mime.to_ascii_lowercase();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+/".contains(&b);
        if service.is_public() && !PICTURES.contains(&mime.as_str()) {
            return cx.bound(
                "string_pattern_mismatch",
                "A picture is a JPEG, PNG, GIF, WebP or SVG",
                value,
                "pattern",
                PICTURE_PATTERN,
            );
        }
        if mime.split('/').count() != 2 || !mime.bytes().all(plain) {
            return cx.refuse("this is not a media type", value);
        }
        Some(mime)
    };
    trimmed(0, limits::MEDIA_TYPE).and_then(read)
}

fn upload() -> impl Reader<Value = Vec<PartCreate>> {
    nested(
        &["How it is going to be uploaded."],
        group! { _f;
            /// Parts that cover the file without gaps; of an empty file none, or one.
            parts = required(list(0, PARTS, PartCreate::shape())),
            => parts
        },
    )
}

/// Whether parts are numbered from 1 and cover the file without gaps.
fn cover(parts: &[PartCreate], size: i64) -> bool {
    // An empty file has no parts, or a single one with nothing in it.
    let is_empty = size == 0 && parts.len() == 1;
    let mut next = 0;
    for (place, part) in parts.iter().enumerate() {
        let numbered = i64::try_from(place + 1) == Ok(part.number);
        let runs = part.chunk_end > next || is_empty;
        if !numbered || part.chunk_start != next || !runs {
            return false;
        }
        next = part.chunk_end;
    }
    next == size
}

request! {
    /// A part of the file.
    pub struct PartCreate {
        /// From 1.
        pub number: i64 = required(int(1, PARTS as i64)),
        /// First byte.
        pub chunk_start: i64 = required(int(0, FileService::Downloadable.most())),
        /// One past the last byte.
        pub chunk_end: i64 = required(int(0, FileService::Downloadable.most())),
        /// SHA-256, base64.
        pub checksum_sha256_base64: Option<String> = optional(checksum()),
    }
}

/// 32 bytes in base64.
fn checksum() -> impl Reader<Value = String> {
    let read = |value: &Value, cx: &mut Context| {
        let raw = text_of(0, limits::LINE, false)(value, cx)?;
        let digits = raw.strip_suffix('=').unwrap_or_default();
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
        if digits.len() == 43 && digits.bytes().all(known) {
            return Some(raw);
        }
        cx.refuse("a checksum is a SHA-256 in base64", value)
    };
    read_by(read, || text(44, 44).schema())
}

request! {
    /// An uploaded part.
    pub struct PartCompleted {
        /// From 1.
        pub number: i64 = required(int(1, PARTS as i64)),
        /// The `ETag` that its upload answered.
        pub checksum_etag: String = required(line(0).map(|tag: String| tag.trim_matches('"').to_owned())),
        /// SHA-256, base64.
        pub checksum_sha256_base64: Option<String> = optional(checksum()),
    }
}

request! {
    /// Says that all parts are there.
    pub struct FileUploadCompleted {
        /// The upload's id.
        pub id: String = required(line(0)),
        /// The upload's path.
        pub path: String = required(line(0)),
        /// All parts.
        pub parts: Vec<PartCompleted> = required(list(0, PARTS, PartCompleted::shape())),
    }
}

request! {
    /// A change to a file; what is not sent stays.
    pub struct FilePatch: Default {
        /// Name.
        pub name: Option<String> = optional(trimmed(0, limits::LINE)),
        /// Your name for this version of it; null clears it.
        pub version: Patch<String> = patch(trimmed(0, limits::LINE)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_cover_the_file_and_pictures_are_pictures() {
        let read = |body: Value| {
            let mut cx = Context::new("body");
            let read = FileCreate::read(&body, &mut cx);
            assert_eq!(read.is_some(), cx.problems.is_empty());
            read.is_some()
        };
        let body = |parts: Value, size: i64, mime: &str| json!({"service": "product_media", "name": "a.png", "mime_type": mime, "size": size, "upload": {"parts": parts}});
        let part = |number: i64, start: i64, end: i64| json!({"number": number, "chunk_start": start, "chunk_end": end});
        assert!(read(body(
            json!([part(1, 0, 5), part(2, 5, 9)]),
            9,
            "image/PNG"
        )));
        for parts in [
            json!([]),
            json!([part(1, 0, 8)]),
            json!([part(2, 0, 9)]),
            json!([part(1, 0, 5), part(2, 6, 9)]),
            json!([part(1, 0, 9), part(2, 9, 9)]),
        ] {
            assert!(!read(body(parts.clone(), 9, "image/png")), "{parts}");
        }
        assert!(!read(body(json!([part(1, 0, 9)]), 9, "text/html")));
        assert!(!read(body(
            json!([part(1, 0, 99_999_999)]),
            99_999_999,
            "image/png"
        )));
    }
}
