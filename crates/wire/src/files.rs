//! Files.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::request::tagged_by;

mod requests;

pub use requests::{FileCreate, FilePatch, FileUploadCompleted, PARTS, PartCompleted, PartCreate};

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
tagged_by!("service": FileService);

const MEBIBYTE: i64 = 1024 * 1024;

/// The pictures that browsers show.
pub const PICTURES: [&str; 5] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/svg+xml",
];

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
    /// The owner.
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

#[cfg(test)]
mod tests {
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
}
