//! Addresses at which the files of documents are fetched: signed, for one file alone, and only for a while
//! (docs/behaviour: documents/address).

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{DocumentKind, file_name};
use crate::kernel::{tokens::SecretKey, urls::PublicUrls};

/// Folder of the files of documents in the storage of files.
pub const FOLDER: &str = "documents";
/// The time for which an address works.
const OPEN: SignedDuration = SignedDuration::from_mins(10);

/// A file of a document that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDocument {
    /// Organization that sold.
    pub organization_id: Uuid,
    /// The order, or the refund of a credit note.
    pub subject_id: Uuid,
    /// Its kind.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// Digest of the document's text.
    pub digest: String,
}

impl KeptDocument {
    /// Path of its file in the storage of files.
    pub fn path(&self) -> String {
        let (kind, digest) = (self.kind, &self.digest);
        path(
            self.organization_id,
            self.subject_id,
            &format!("{kind}-{digest}"),
        )
    }

    /// The address, which works for ten minutes.
    pub fn url(&self, urls: &PublicUrls, key: &SecretKey, now: Timestamp) -> String {
        let expires = (now + OPEN).as_second();
        let (kind, digest) = (self.kind, &self.digest);
        let name = file_name(self.kind, &self.number);
        let signature = signature(&self.path(), &name, expires, key);
        format!(
            "{}/documents/{}/{}/{kind}-{digest}/{name}?expires={expires}&signature={signature}",
            urls.public_url, self.organization_id, self.subject_id,
        )
    }
}

/// Path of a document's file in the storage of files.
pub fn path(organization_id: Uuid, subject_id: Uuid, file: &str) -> String {
    format!("{FOLDER}/{organization_id}/{subject_id}/{file}.pdf")
}

fn signature(path: &str, name: &str, expires: i64, key: &SecretKey) -> String {
    key.digest(&format!("document {path} {name} {expires}"))
}

/// True where somebody was given this address, and may still fetch the file under that name.
pub fn may_fetch(
    (path, name): (&str, &str),
    (expires, signed): (i64, &str),
    key: &SecretKey,
    now: Timestamp,
) -> bool {
    let expected = signature(path, name, expires, key);
    let same = expected.as_bytes().ct_eq(signed.as_bytes());
    bool::from(same) && now.as_second() < expires
}
