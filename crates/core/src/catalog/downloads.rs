//! Downloads: files that somebody has through a benefit, the addresses at which they are fetched, and which bytes of a file a
//! request asks for (docs/behaviour: files/download-address).

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use till_wire::files::{
    BenefitDownloadableFile, Download, DownloadableFile, DownloadableRead, readable,
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes, context::DecisionContext, records::File, tokens::SecretKey, urls::PublicUrls,
    writes::DownloadWrite,
};

/// The time for which an address works.
const OPEN: SignedDuration = SignedDuration::from_mins(60);

/// File that somebody has through a benefit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Held {
    /// The customer.
    pub customer_id: Uuid,
    /// The member whose grant it is; none: it is the customer's own.
    pub member_id: Option<Uuid>,
    /// The benefit.
    pub benefit_id: Uuid,
    /// The file.
    pub file_id: Uuid,
}

impl Held {
    /// The member, or the customer as such.
    pub fn holder_id(&self) -> Uuid {
        self.member_id.unwrap_or(self.customer_id)
    }

    /// ID of the file for its holder: the same each time.
    pub fn id(&self) -> Uuid {
        let text = format!("{} {} {}", self.holder_id(), self.benefit_id, self.file_id);
        let sum: [u8; 32] = Sha256::digest(text).into();
        let mut first = [0; 16];
        first.copy_from_slice(&sum[..16]);
        uuid::Builder::from_random_bytes(first).into_uuid()
    }

    fn signature(&self, expires: i64, key: &SecretKey) -> String {
        let (holder, customer) = (self.holder_id(), self.customer_id);
        let (benefit, file) = (self.benefit_id, self.file_id);
        key.digest(&format!(
            "download {customer} {holder} {benefit} {file} {expires}"
        ))
    }

    /// Address of the file, with the time until which it works.
    pub fn address(
        &self,
        file: &File,
        urls: &PublicUrls,
        key: &SecretKey,
        now: Timestamp,
    ) -> Download {
        let expires_at = now + OPEN;
        let expires = expires_at.as_second();
        let member = self.member_id.map(|id| format!("&member={id}"));
        let url = format!(
            "{}/files/downloads/{}/{}/{}?customer={}{}&expires={expires}&signature={}",
            urls.public_url,
            self.benefit_id,
            self.file_id,
            super::files::plain(&file.name),
            self.customer_id,
            member.unwrap_or_default(),
            self.signature(expires, key),
        );
        Download {
            url,
            expires_at,
            headers: Default::default(),
        }
    }

    /// Judges an address that was requested.
    pub fn judge(
        &self,
        (expires, signed): (i64, &str),
        key: &SecretKey,
        now: Timestamp,
    ) -> Judgement {
        let expected = self.signature(expires, key);
        if !bool::from(expected.as_bytes().ct_eq(signed.as_bytes())) {
            return Judgement::Forged;
        }
        match now.as_second() < expires {
            true => Judgement::Works,
            false => Judgement::Expired,
        }
    }

    /// One more download that has begun.
    pub fn begun(&self, organization_id: Uuid, ctx: &DecisionContext) -> Changes {
        let (holder_id, benefit_id, file_id) = (self.holder_id(), self.benefit_id, self.file_id);
        let mut changes = Changes::new();
        changes
            .write(DownloadWrite::Count {
                id: ctx.id(),
                organization_id,
                customer_id: self.customer_id,
                holder_id,
                benefit_id,
                file_id,
                at: ctx.now,
            })
            .write(DownloadWrite::CountOfFile {
                benefit_id,
                file_id,
            })
            .write(DownloadWrite::CountDownloader {
                holder_id,
                benefit_id,
                file_id,
            });
        changes
    }

    /// The file as its holder sees it.
    pub fn view(&self, file: &File, download: Download) -> DownloadableRead {
        DownloadableRead {
            id: self.id(),
            benefit_id: self.benefit_id,
            file: DownloadableFile {
                id: file.id,
                organization_id: file.organization_id,
                name: file.name.clone(),
                path: file.path.clone(),
                mime_type: file.mime_type.clone(),
                size: file.size,
                size_readable: readable(file.size),
                storage_version: None,
                checksum_etag: file.checksum_etag.clone(),
                checksum_sha256_base64: file.checksum_sha256_base64.clone(),
                checksum_sha256_hex: file.checksum_sha256_hex.clone(),
                last_modified_at: file.last_modified_at,
                download,
                version: file.label.clone(),
                service: file.service,
                is_uploaded: file.is_uploaded,
            },
        }
    }
}

/// Validity of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It works now.
    Works,
    /// It has expired.
    Expired,
    /// Its signature is wrong.
    Forged,
}

/// Counts of one file, by a benefit or by all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// People who have begun to download it.
    pub downloaders: i64,
    /// Downloads that they have begun.
    pub downloads: i64,
}

impl File {
    /// The file as the merchant sees it among those of a benefit.
    pub fn counted_view(&self, counts: Counts) -> BenefitDownloadableFile {
        BenefitDownloadableFile {
            file: self.view(),
            downloaders: counts.downloaders,
            downloads: counts.downloads,
        }
    }

    /// True where customers can fetch it.
    pub fn is_downloadable(&self) -> bool {
        self.is_uploaded && self.deleted_at.is_none() && !self.service.is_public()
    }
}

/// Bytes that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of them.
    Whole,
    /// These.
    Part(Range<u64>),
    /// Bytes that the file does not have.
    Nowhere,
}

impl Wanted {
    /// Reads the header `Range` of a request for a file of `size` bytes (RFC 9110, 14.2). What is not understood counts as
    /// not sent, and so do several ranges at once.
    pub fn read(header: Option<&str>, size: u64) -> Self {
        let range = header.and_then(|header| {
            let (unit, range) = header.split_once('=')?;
            unit.trim().eq_ignore_ascii_case("bytes").then_some(range)
        });
        let Some((first, last)) = range.and_then(|range| range.trim().split_once('-')) else {
            return Self::Whole;
        };
        // A number of digits alone; one that is too large is larger than any file.
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
        };
        let part = match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
            (Some(first), None) if last.is_empty() => first..size,
            (None, Some(count)) if first.is_empty() => size.saturating_sub(count)..size,
            _ => return Self::Whole,
        };
        match part.start < part.end {
            true => Self::Part(part),
            false => Self::Nowhere,
        }
    }
}

/// The header `Content-Disposition` with which a file is saved under its name (RFC 6266), in ASCII: with a plain name for
/// old programs, and with the name as it is. Characters that mean something to file systems or
/// reverse the direction of text are replaced.
pub fn disposition(name: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let unsafe_in_names = |c: char| c.is_control() || turns(c) || "/\\:*?\"<>|".contains(c);
    let cleaned = name.chars().map(|c| match unsafe_in_names(c) {
        true => '_',
        false => c,
    });
    let cleaned: String = cleaned.take(200).collect();
    let cleaned = cleaned.trim_matches([' ', '.']);
    let cleaned = match cleaned.is_empty() {
        true => "file",
        false => cleaned,
    };
    let encoded: String = cleaned
        .bytes()
        .map(|byte| match byte {
            b'.' | b'_' | b'-' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let plain = super::files::plain(cleaned);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_one_part_of_the_file_or_not_understood() {
        let part = |range| Wanted::Part(range);
        for (header, size, wanted) in [
            (None, 10, Wanted::Whole),
            (Some("bytes=0-"), 10, part(0..10)),
            (Some("bytes=0-0"), 10, part(0..1)),
            (Some("Bytes=3-5"), 10, part(3..6)),
            (Some("bytes=3-99"), 10, part(3..10)),
            (Some("bytes=9-"), 10, part(9..10)),
            (Some("bytes=10-"), 10, Wanted::Nowhere),
            (Some("bytes=-3"), 10, part(7..10)),
            (Some("bytes=-30"), 10, part(0..10)),
            (Some("bytes=-0"), 10, Wanted::Nowhere),
            (Some("bytes=0-"), 0, Wanted::Nowhere),
            (Some("bytes=-5"), 0, Wanted::Nowhere),
            (Some("bytes=99999999999999999999999-"), 10, Wanted::Nowhere),
            (Some("bytes=1-99999999999999999999999"), 10, part(1..10)),
            (Some("bytes=5-3"), 10, Wanted::Whole),
            (Some("bytes=0-1,3-4"), 10, Wanted::Whole),
            (Some("bytes=-"), 10, Wanted::Whole),
            (Some("bytes=+1-2"), 10, Wanted::Whole),
            (Some("bytes=a-b"), 10, Wanted::Whole),
            (Some("lines=0-1"), 10, Wanted::Whole),
            (Some("bytes"), 10, Wanted::Whole),
            (Some(""), 10, Wanted::Whole),
        ] {
            assert_eq!(Wanted::read(header, size), wanted, "{header:?} of {size}");
        }
    }

    #[test]
    fn a_file_is_saved_under_a_name_that_means_nothing_else() {
        for (name, wanted) in [
            (
                "Ä b.zip",
                "attachment; filename=\"__b.zip\"; filename*=UTF-8''%C3%84%20b.zip",
            ),
            (
                "../../etc/passwd",
                "attachment; filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd",
            ),
            (
                "a\"; x=\r\n.exe",
                "attachment; filename=\"a___x___.exe\"; filename*=UTF-8''a_%3B%20x%3D__.exe",
            ),
            (
                "cod\u{202e}gpj.exe",
                "attachment; filename=\"cod_gpj.exe\"; filename*=UTF-8''cod_gpj.exe",
            ),
            (
                " .. ",
                "attachment; filename=\"file\"; filename*=UTF-8''file",
            ),
            ("", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ] {
            assert_eq!(disposition(name), wanted, "{name:?}");
        }
    }
}
