//! Files.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    input::{Context, Fields, Patch, id, int_in, list, tagged, text_of},
    limits,
};

crate::words! {
    /// What a file is for.
    pub enum FileService {
        /// Given to buyers.
        Downloadable = "downloadable",
        /// Shown with a product.
        ProductMedia = "product_media",
        /// An organization's picture.
        OrganizationAvatar = "organization_avatar",
    }
}

const MEBIBYTE: i64 = 1024 * 1024;

/// The pictures that browsers show.
pub const PICTURES: [&str; 5] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/svg+xml",
];

/// What the media types of pictures look like.
const PICTURE_PATTERN: &str = r"^image\/(jpeg|png|gif|webp|svg\+xml)$";

impl FileService {
    /// The most bytes that one may have.
    pub const fn most(self) -> i64 {
        match self {
            Self::Downloadable => 5 * 1024 * MEBIBYTE,
            Self::ProductMedia => 10 * MEBIBYTE,
            Self::OrganizationAvatar => MEBIBYTE,
        }
    }

    /// Whether anybody may see it, and it is therefore a picture.
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Downloadable)
    }
}

/// A file.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct File {
    /// Id.
    pub id: Uuid,
    /// Whose.
    pub organization_id: Uuid,
    /// Name.
    pub name: String,
    /// Its place in the store of files.
    pub path: String,
    /// Media type.
    pub mime_type: String,
    /// Bytes.
    pub size: i64,
    /// The size in words, such as `1.0 MB`.
    pub size_readable: String,
    /// Reserved, null.
    pub storage_version: Option<String>,
    /// Tells contents apart; null until it is uploaded.
    pub checksum_etag: Option<String>,
    /// SHA-256, base64.
    pub checksum_sha256_base64: Option<String>,
    /// SHA-256, hexadecimal.
    pub checksum_sha256_hex: Option<String>,
    /// When it was uploaded.
    pub last_modified_at: Option<Timestamp>,
    /// The merchant's name for this version of it.
    pub version: Option<String>,
    /// What it is for.
    pub service: FileService,
    /// Whether all of it is there.
    pub is_uploaded: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Reserved, null.
    pub flagged_malicious_at: Option<Timestamp>,
    /// Where anybody can see it; null for what is no picture.
    pub public_url: Option<String>,
}

/// Bytes in words, by units of 1,024.
pub fn readable(bytes: i64) -> String {
    let units = ["KB", "MB", "GB", "TB"];
    let (mut unit, mut scale) = (0, 1024);
    if bytes < scale {
        return format!("{bytes} B");
    }
    while bytes >= scale * 1024 && unit + 1 < units.len() {
        (unit, scale) = (unit + 1, scale * 1024);
    }
    // Tenths, rounded down: a file is never shown larger than it is.
    let tenths = bytes % scale * 10 / scale;
    format!("{}.{tenths} {}", bytes / scale, units[unit])
}

/// One part of an upload, as it is announced: bytes `chunk_start..chunk_end` of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct PartCreate {
    pub number: i64,
    pub chunk_start: i64,
    pub chunk_end: i64,
    pub checksum_sha256_base64: Option<String>,
}

/// A file that is going to be uploaded.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct FileCreate {
    pub service: FileService,
    pub name: String,
    pub mime_type: String,
    pub size: i64,
    pub checksum_sha256_base64: Option<String>,
    pub version: Option<String>,
    pub organization_id: Option<Uuid>,
    pub parts: Vec<PartCreate>,
}

/// The most parts that an upload may have.
pub const PARTS: usize = 10_000;

impl FileCreate {
    /// Reads the body of a POST; the service is part of every problem's place. Parts are numbered from 1 and
    /// cover the file without gaps.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let service: FileService = tagged("service", value, cx)?;
        cx.at(service.as_str(), |cx| {
            cx.object(value, |f| Self::read_for(service, f))
        })
    }

    fn read_for(service: FileService, f: &mut Fields<'_, '_>) -> Option<Self> {
        let name = f.required("name", text_of(0, limits::LINE, true));
        let mime_type = f.required("mime_type", |value, cx| {
            let mime = text_of(0, limits::MEDIA_TYPE, true)(value, cx)?.to_ascii_lowercase();
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
        });
        let size = f.required("size", int_in(0, service.most()));
        let checksum = f.optional("checksum_sha256_base64", checksum);
        let version = f.optional("version", text_of(0, limits::LINE, true));
        let organization_id = f.optional("organization_id", id);
        let upload = f.required("upload", |value, cx| {
            cx.object(value, |f| f.required("parts", list(0, PARTS, part)))
        });
        let (size, parts) = (size?, upload?);
        let whole = f.whole();
        // An empty file has no parts, or a single one with nothing in it.
        let is_empty = size == 0 && parts.len() == 1;
        let mut next = 0;
        for (place, part) in parts.iter().enumerate() {
            let numbered = i64::try_from(place + 1) == Ok(part.number);
            let runs = part.chunk_end > next || is_empty;
            if !numbered || part.chunk_start != next || !runs {
                next = -1;
                break;
            }
            next = part.chunk_end;
        }
        if next != size {
            return f.cx.at("upload", |cx| {
                cx.at("parts", |cx| {
                    cx.refuse(
                        "parts are numbered from 1 and cover the file without gaps",
                        whole,
                    )
                })
            });
        }
        Some(Self {
            service,
            name: name?,
            mime_type: mime_type?,
            size,
            checksum_sha256_base64: checksum,
            version,
            organization_id,
            parts,
        })
    }
}

fn part(value: &Value, cx: &mut Context) -> Option<PartCreate> {
    cx.object(value, |f| {
        let number = f.required("number", int_in(1, PARTS as i64));
        let start = f.required("chunk_start", int_in(0, FileService::Downloadable.most()));
        let end = f.required("chunk_end", int_in(0, FileService::Downloadable.most()));
        let checksum = f.optional("checksum_sha256_base64", checksum);
        Some(PartCreate {
            number: number?,
            chunk_start: start?,
            chunk_end: end?,
            checksum_sha256_base64: checksum,
        })
    })
}

/// 32 bytes in base64.
fn checksum(value: &Value, cx: &mut Context) -> Option<String> {
    let raw = text_of(0, limits::LINE, false)(value, cx)?;
    let digits = raw.strip_suffix('=').unwrap_or_default();
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    if digits.len() == 43 && digits.bytes().all(known) {
        return Some(raw);
    }
    cx.refuse("a checksum is a SHA-256 in base64", value)
}

/// Where a part is sent with PUT.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UploadPart {
    /// From 1.
    pub number: i64,
    /// First byte.
    pub chunk_start: i64,
    /// One past the last byte.
    pub chunk_end: i64,
    /// What its SHA-256 must be, base64.
    pub checksum_sha256_base64: Option<String>,
    /// Where, until it expires.
    pub url: String,
    /// When the address stops working.
    pub expires_at: Timestamp,
    /// Headers to send along.
    pub headers: BTreeMap<String, String>,
}

/// How a file is uploaded.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Upload {
    /// Names the upload.
    pub id: String,
    /// The file's place in the store of files.
    pub path: String,
    /// Its parts.
    pub parts: Vec<UploadPart>,
}

/// A file that is to be uploaded now.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FileUpload {
    /// The file.
    #[serde(flatten)]
    pub file: File,
    /// How.
    pub upload: Upload,
}

/// One uploaded part.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct PartCompleted {
    pub number: i64,
    pub checksum_etag: String,
    pub checksum_sha256_base64: Option<String>,
}

/// Says that all parts are there.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct FileUploadCompleted {
    pub id: String,
    pub path: String,
    pub parts: Vec<PartCompleted>,
}

impl FileUploadCompleted {
    /// Reads the body of a POST.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let id = f.required("id", text_of(0, limits::LINE, false));
        let path = f.required("path", text_of(0, limits::LINE, false));
        let parts = f.required(
            "parts",
            list(0, PARTS, |value, cx| {
                cx.object(value, |f| {
                    let number = f.required("number", int_in(1, PARTS as i64));
                    let etag = f.required("checksum_etag", text_of(0, limits::LINE, false));
                    let checksum = f.optional("checksum_sha256_base64", checksum);
                    Some(PartCompleted {
                        number: number?,
                        checksum_etag: etag?.trim_matches('"').to_owned(),
                        checksum_sha256_base64: checksum,
                    })
                })
            }),
        );
        Some(Self {
            id: id?,
            path: path?,
            parts: parts?,
        })
    }
}

/// A change to a file.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct FilePatch {
    pub name: Option<String>,
    pub version: Patch<String>,
}

impl FilePatch {
    /// Reads the body of a PATCH.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        Some(Self {
            name: f.optional("name", text_of(0, limits::LINE, true)),
            version: f.patch("version", text_of(0, limits::LINE, true)),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_are_readable() {
        for (bytes, words) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KB"),
            (1_048_576, "1.0 MB"),
            (1_572_864, "1.5 MB"),
            (5 * 1024 * MEBIBYTE, "5.0 GB"),
            (i64::MAX, "8388607.9 TB"),
        ] {
            assert_eq!(readable(bytes), words);
        }
    }

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
