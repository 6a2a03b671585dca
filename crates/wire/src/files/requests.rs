//! Requests that upload and change files.

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

/// Beginning of the media types of pictures.
const PICTURE_PATTERN: &str = r"^image\/(jpeg|png|gif|webp|svg\+xml)$";

request! {
    /// Announcement of a file that you are going to upload.
    pub struct FileCreate by variant: FileService {
        /// Purpose of the file.
        pub service: FileService = tag(variant),
        /// Name of the file.
        pub name: String = required(trimmed(0, limits::LINE)),
        /// Media type of the file, such as `application/pdf`; for a picture JPEG, PNG, GIF, WebP or SVG.
        pub mime_type: String = required(media_type(variant)),
        /// Size of the file in bytes.
        pub size: i64 = required(int(0, variant.most())),
        /// Parts in which the file will be sent.
        pub parts: Vec<PartCreate> as "upload" = required(upload()),
        /// SHA-256 checksum of the file in base64.
        pub checksum_sha256_base64: Option<String> = optional(checksum()),
        /// Your own name for this version of the file.
        pub version: Option<String> = optional(trimmed(0, limits::LINE)),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
    check |f| {
        match (&parts, size) {
            (Some(parts), Some(size)) if !cover(parts, size) => {
                let whole = f.whole();
                f.cx.at("upload", |cx| {
                    cx.at("parts", |cx| {
                        cx.refuse("parts must be numbered from 1 and cover the file without gaps", whole)
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
                "A picture must be a JPEG, PNG, GIF, WebP or SVG",
                value,
                "pattern",
                PICTURE_PATTERN,
            );
        }
        if mime.split('/').count() != 2 || !mime.bytes().all(plain) {
            return cx.refuse("this is not a valid media type", value);
        }
        Some(mime)
    };
    trimmed(0, limits::MEDIA_TYPE).and_then(read)
}

fn upload() -> impl Reader<Value = Vec<PartCreate>> {
    nested(
        &["Parts in which the file will be sent."],
        group! { _f;
            /// Parts of the file, in order and without gaps; one part is enough for a small file.
            parts = required(list(0, PARTS, PartCreate::shape())),
            => parts
        },
    )
}

/// True if parts must be numbered from 1 and cover the file without gaps.
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
    /// Part of a file that you are going to upload.
    pub struct PartCreate {
        /// Number of the part, from 1.
        pub number: i64 = required(int(1, PARTS as i64)),
        /// Position of the part's first byte in the file, from 0.
        pub chunk_start: i64 = required(int(0, FileService::Downloadable.most())),
        /// Position after the part's last byte.
        pub chunk_end: i64 = required(int(0, FileService::Downloadable.most())),
        /// SHA-256 checksum of the part in base64; if you send one, the upload is checked against it.
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
        cx.refuse("a checksum must be a SHA-256 in base64", value)
    };
    read_by(read, || text(44, 44).schema())
}

request! {
    /// Part of a file that you have uploaded.
    pub struct PartCompleted {
        /// Number of the part, from 1.
        pub number: i64 = required(int(1, PARTS as i64)),
        /// Value of the header `ETag` in the response to the part's upload.
        pub checksum_etag: String = required(line(0).map(|tag: String| tag.trim_matches('"').to_owned())),
        /// SHA-256 checksum of the part in base64.
        pub checksum_sha256_base64: Option<String> = optional(checksum()),
    }
}

request! {
    /// Confirmation that all parts of a file have been uploaded.
    pub struct FileUploadCompleted {
        /// ID of the upload, as returned when the file was announced.
        pub id: String = required(line(0)),
        /// Path of the upload, as returned when the file was announced.
        pub path: String = required(line(0)),
        /// Parts of the file, all of them.
        pub parts: Vec<PartCompleted> = required(list(0, PARTS, PartCompleted::shape())),
    }
}

request! {
    /// Change to a file. A field that is left out stays as it is.
    pub struct FilePatch: Default {
        /// New name of the file.
        pub name: Option<String> = optional(trimmed(0, limits::LINE)),
        /// Your own name for this version of the file; null clears it.
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
