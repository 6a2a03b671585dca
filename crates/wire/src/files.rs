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
    /// Purpose of a file.
    pub enum FileService {
        /// Given to customers as a download.
        Downloadable = "downloadable",
        /// Shown with a product.
        ProductMedia = "product_media",
        /// Picture of an organization.
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

    /// True if anybody may see it, and it is therefore a picture.
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Downloadable)
    }
}

/// File that you have uploaded, or are about to upload.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct File {
    /// ID of the file.
    pub id: Uuid,
    /// ID of the organization that the file belongs to.
    pub organization_id: Uuid,
    /// Name of the file.
    pub name: String,
    /// Path of the file in the file storage.
    pub path: String,
    /// Media type of the file, such as `image/png`.
    pub mime_type: String,
    /// Size of the file in bytes.
    pub size: i64,
    /// Size of the file as text, such as `1.0 MB`.
    pub size_readable: String,
    /// Version in the file storage; always null.
    pub storage_version: Option<String>,
    /// Entity tag of the contents; null until the file has been uploaded.
    pub checksum_etag: Option<String>,
    /// SHA-256 checksum in base64; null if you sent none.
    pub checksum_sha256_base64: Option<String>,
    /// SHA-256 checksum in hexadecimal; null if you sent none.
    pub checksum_sha256_hex: Option<String>,
    /// Time at which the file was uploaded; null until then.
    pub last_modified_at: Option<Timestamp>,
    /// Your own name for this version of the file; null if it has none.
    pub version: Option<String>,
    /// Purpose of the file.
    pub service: FileService,
    /// True if the whole file has been uploaded.
    pub is_uploaded: bool,
    /// Time at which the file was announced, in UTC.
    pub created_at: Timestamp,
    /// Time at which the file was found to be malicious; always null.
    pub flagged_malicious_at: Option<Timestamp>,
    /// URL at which anybody can see the file; null for downloads.
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

/// Part of a file, and the URL to which it is sent with PUT.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UploadPart {
    /// Number of the part, from 1.
    pub number: i64,
    /// Position of the part's first byte in the file, from 0.
    pub chunk_start: i64,
    /// Position after the part's last byte.
    pub chunk_end: i64,
    /// SHA-256 checksum of the part in base64, as you announced it; null if you announced none.
    pub checksum_sha256_base64: Option<String>,
    /// URL to which the part's bytes are sent with PUT; it carries its own signature.
    pub url: String,
    /// Time at which the URL stops working.
    pub expires_at: Timestamp,
    /// Headers to send along with the part.
    pub headers: BTreeMap<String, String>,
}

/// Upload of a file: where its parts are sent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Upload {
    /// ID of the upload.
    pub id: String,
    /// Path of the file in the file storage.
    pub path: String,
    /// Parts of the file, with the URL of each.
    pub parts: Vec<UploadPart>,
}

/// File that has been announced, and where to upload it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FileUpload {
    /// File that has been announced.
    #[serde(flatten)]
    pub file: File,
    /// Upload: where the parts of the file are sent.
    pub upload: Upload,
}

/// Address at which a customer downloads a file.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Download {
    /// URL of the file; it carries its own signature and works for one hour, as long as the customer has the benefit, for this
    /// file and this customer or member alone. It serves single ranges, so a download that broke off can be resumed.
    pub url: String,
    /// Headers to send along; always empty.
    pub headers: BTreeMap<String, String>,
    /// Time at which the URL stops working.
    pub expires_at: Timestamp,
}

/// File that a customer has through a benefit, with the address at which it is downloaded.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DownloadableFile {
    /// ID of the file.
    pub id: Uuid,
    /// ID of the organization that the file belongs to.
    pub organization_id: Uuid,
    /// Name of the file.
    pub name: String,
    /// Path of the file in the file storage.
    pub path: String,
    /// Media type of the file, such as `application/zip`.
    pub mime_type: String,
    /// Size of the file in bytes.
    pub size: i64,
    /// Size of the file as text, such as `1.0 MB`.
    pub size_readable: String,
    /// Version in the file storage; always null.
    pub storage_version: Option<String>,
    /// Entity tag of the contents, which is the `ETag` of the download.
    pub checksum_etag: Option<String>,
    /// SHA-256 checksum in base64.
    pub checksum_sha256_base64: Option<String>,
    /// SHA-256 checksum in hexadecimal.
    pub checksum_sha256_hex: Option<String>,
    /// Time at which the file was uploaded.
    pub last_modified_at: Option<Timestamp>,
    /// Address at which the file is downloaded.
    pub download: Download,
    /// The merchant's name for this version of the file; null if it has none.
    pub version: Option<String>,
    /// Purpose of the file: `downloadable`.
    pub service: FileService,
    /// True if the whole file has been uploaded; always true.
    pub is_uploaded: bool,
}

/// File that a customer can download, and the benefit that gives it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DownloadableRead {
    /// ID of this file of this benefit for this customer or member: the same each time it is listed.
    pub id: Uuid,
    /// ID of the benefit that gives the file.
    pub benefit_id: Uuid,
    /// File, with the address at which it is downloaded.
    pub file: DownloadableFile,
}

/// File of a benefit, with the number of its downloads.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BenefitDownloadableFile {
    /// File.
    #[serde(flatten)]
    pub file: File,
    /// Number of different customers or members who began to download the file.
    pub downloaders: i64,
    /// Number of downloads that were begun; a download that is resumed counts once.
    pub downloads: i64,
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
