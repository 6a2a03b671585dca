//! Files, made with the parts they will come in, whole once every part is there (docs/behaviour: files/parts).

use std::collections::{HashMap, HashSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;
use till_wire::{
    files::{
        File as View, FileCreate, FilePatch, FileUpload, FileUploadCompleted, PartCompleted,
        Upload as UploadView, UploadPart as UploadPartView, readable,
    },
    input::Problem,
    loc,
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    hex::hex,
    records::{File, Organization, Upload, UploadPart},
    refusal::{Refusal, collected, no_organization_id},
    tokens::SecretKey,
    urls::PublicUrls,
    values::Json,
};

/// The time for which a part may be uploaded.
const OPEN: SignedDuration = SignedDuration::from_mins(60);

impl File {
    /// The file as the API shows it.
    pub fn view(&self) -> View {
        View {
            id: self.id,
            organization_id: self.organization_id,
            name: self.name.clone(),
            path: self.path.clone(),
            mime_type: self.mime_type.clone(),
            size: self.size,
            size_readable: readable(self.size),
            storage_version: None,
            checksum_etag: self.checksum_etag.clone(),
            checksum_sha256_base64: self.checksum_sha256_base64.clone(),
            checksum_sha256_hex: self.checksum_sha256_hex.clone(),
            last_modified_at: self.last_modified_at,
            version: self.label.clone(),
            service: self.service,
            is_uploaded: self.is_uploaded,
            created_at: self.created_at,
            flagged_malicious_at: None,
            public_url: self.public_url.clone(),
        }
    }

    /// The address of a picture on the server itself, for its own pages; nothing for what nobody may see.
    pub fn shown_at(&self) -> Option<String> {
        let shown = self.service.is_public() && self.is_uploaded;
        shown.then(|| format!("/files/{}", self.path))
    }

    /// The path of a part until the file is whole.
    pub fn part_path(&self, number: i64) -> String {
        format!("{}/{number}", self.parts_folder())
    }

    /// The folder of its parts until then.
    pub fn parts_folder(&self) -> String {
        format!("uploads/{}", self.id)
    }

    /// The path of a part's SHA-256, in hexadecimal.
    pub fn sum_path(&self, number: i64) -> String {
        format!("{}.sha256", self.part_path(number))
    }

    /// The paths of all its parts until then, in their order.
    pub fn part_paths(&self) -> Vec<String> {
        let numbers = self.upload.parts.iter().map(|part| part.number);
        numbers.map(|number| self.part_path(number)).collect()
    }

    /// Everything that is kept of its parts until then.
    pub fn upload_paths(&self) -> Vec<String> {
        let numbers = self.upload.parts.iter().map(|part| part.number);
        let both = numbers.flat_map(|number| [self.part_path(number), self.sum_path(number)]);
        both.collect()
    }

    /// Everything that may be kept of it: the file, and until it is whole its parts. The file may be put together already when
    /// its completion is refused at the last moment.
    pub fn all_paths(&self) -> Vec<String> {
        let mut paths = vec![self.path.clone()];
        if !self.is_uploaded {
            paths.extend(self.upload_paths());
        }
        paths
    }

    /// The part of that number.
    pub fn part(&self, number: i64) -> Option<&UploadPart> {
        self.upload.parts.iter().find(|part| part.number == number)
    }

    /// The file with the addresses that its parts are sent to, which work for an hour.
    pub fn upload_view(&self, urls: &PublicUrls, key: &SecretKey, now: Timestamp) -> FileUpload {
        let expires_at = now + OPEN;
        let parts = self.upload.parts.iter().map(|part| UploadPartView {
            number: part.number,
            chunk_start: part.chunk_start,
            chunk_end: part.chunk_end,
            checksum_sha256_base64: part.checksum_sha256_base64.clone(),
            url: format!(
                "{}/files/uploads/{}/{}?expires={}&signature={}",
                urls.public_url,
                self.id,
                part.number,
                expires_at.as_second(),
                signature(self.id, part.number, expires_at.as_second(), key),
            ),
            expires_at,
            headers: Default::default(),
        });
        FileUpload {
            file: self.view(),
            upload: UploadView {
                id: self.id.to_string(),
                path: self.path.clone(),
                parts: parts.collect(),
            },
        }
    }
}

fn signature(file: Uuid, number: i64, expires: i64, key: &SecretKey) -> String {
    key.digest(&format!("upload {file} {number} {expires}"))
}

/// True where somebody was given this address to send a part to, and may still.
pub fn may_upload(
    (file, number): (Uuid, i64),
    (expires, signed): (i64, &str),
    key: &SecretKey,
    now: Timestamp,
) -> bool {
    let expected = signature(file, number, expires, key);
    let same = expected.as_bytes().ct_eq(signed.as_bytes());
    bool::from(same) && now.as_second() < expires
}

/// A name that is the same in an address and in a file system.
pub(super) fn plain(name: &str) -> String {
    let kept = |c: char| {
        let plain = c.is_ascii_alphanumeric() || "._-".contains(c);
        if plain { c } else { '_' }
    };
    let name: String = name.chars().map(kept).take(100).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "file" } else { name }.to_owned()
}

/// A new file, of which nothing is there yet.
pub fn create(
    input: FileCreate,
    organization: &Organization,
    urls: &PublicUrls,
    ctx: &DecisionContext,
) -> Result<(File, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    collected(problems)?;
    let id = ctx.id();
    let path = format!(
        "{}/{}/{id}/{}",
        input.service,
        organization.id,
        plain(&input.name)
    );
    let parts = input.parts.into_iter().map(|part| UploadPart {
        number: part.number,
        chunk_start: part.chunk_start,
        chunk_end: part.chunk_end,
        checksum_sha256_base64: part.checksum_sha256_base64,
    });
    let public = input.service.is_public();
    let file = File {
        id,
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: organization.id,
        service: input.service,
        name: input.name,
        public_url: public.then(|| format!("{}/files/{path}", urls.public_url)),
        path,
        mime_type: input.mime_type,
        size: input.size,
        label: input.version,
        checksum_etag: None,
        checksum_sha256_base64: input.checksum_sha256_base64,
        checksum_sha256_hex: None,
        last_modified_at: None,
        upload: Json(Upload {
            parts: parts.collect(),
        }),
        is_uploaded: false,
        deleted_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&file);
    Ok((file, changes))
}

/// Judges the claim that all parts are there, before their bytes are looked at.
pub fn claimed(file: &File, input: &FileUploadCompleted) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, words: &str| {
        problems.push(Problem::value(
            loc!["body", field],
            words,
            serde_json::Value::Null,
        ));
    };
    if input.id != file.id.to_string() {
        wrong("id", "The ID does not match the file's upload");
    }
    if input.path != file.path {
        wrong("path", "The path does not match the file's upload");
    }
    let named: HashSet<i64> = input.parts.iter().map(|part| part.number).collect();
    let all = file
        .upload
        .parts
        .iter()
        .all(|part| named.contains(&part.number));
    if !all || input.parts.len() != file.upload.parts.len() {
        wrong("parts", "The list must contain all parts of the file");
    }
    collected(problems)
}

fn wrong_parts(words: &str, sent: impl Into<serde_json::Value>) -> Refusal {
    Refusal::field(Problem::value(loc!["body", "parts"], words, sent))
}

/// Told where there are fewer parts than claimed.
pub fn part_missing() -> Refusal {
    wrong_parts("A part was not uploaded", serde_json::Value::Null)
}

/// A part that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPart {
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal, where it was noted when the part came.
    pub sum: Option<String>,
}

/// Judges the parts by what is known without their bytes, in their order, so that nothing is copied in vain. What is
/// decisive are the sums of what was copied: [`judged`].
pub fn found(file: &File, input: &FileUploadCompleted, found: &[FoundPart]) -> Result<(), Refusal> {
    let claims = claims(input);
    let fits = |(part, found): (&UploadPart, &FoundPart)| {
        let announced = part.checksum_sha256_base64.as_deref();
        claims.get(&part.number).is_some_and(|claim| {
            let tag = claim.checksum_etag.as_str();
            let Some(sum) = sum_of(tag) else {
                return false;
            };
            let base64 = STANDARD.encode(&sum);
            let claimed = claim.checksum_sha256_base64.as_deref();
            let known = found.sum.as_deref();
            u64::try_from(part.chunk_end - part.chunk_start) == Ok(found.size)
                && known.is_none_or(|known| known == tag)
                && announced.is_none_or(|announced| announced == base64)
                && claimed.is_none_or(|claimed| claimed == base64)
        })
    };
    let parts = &file.upload.parts;
    match found.len() == parts.len() && parts.iter().zip(found).all(fits) {
        true => Ok(()),
        false => Err(part_differs()),
    }
}

/// SHA-256 of an `ETag` of ours.
fn sum_of(tag: &str) -> Option<Vec<u8>> {
    let is_hex = tag.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let digit = |place| u8::from_str_radix(tag.get(place..place + 2)?, 16).ok();
    match is_hex && tag.len() == 64 {
        true => (0..64).step_by(2).map(digit).collect(),
        false => None,
    }
}

fn claims(input: &FileUploadCompleted) -> HashMap<i64, &PartCompleted> {
    input.parts.iter().map(|one| (one.number, one)).collect()
}

fn part_differs() -> Refusal {
    let words = "A part differs from what was uploaded";
    wrong_parts(words, serde_json::Value::Null)
}

/// Judges what was put together. `sums` are the SHA-256 of its parts, in their order, and `whole` that of all: refused
/// where a part is not what its sender believes it to be, or the file is not the one that was announced.
pub fn judged(
    file: &File,
    input: &FileUploadCompleted,
    sums: &[[u8; 32]],
    whole: &[u8; 32],
) -> Result<(), Refusal> {
    let claims = claims(input);
    let same = |(part, sum): (&UploadPart, &[u8; 32])| {
        claims.get(&part.number).is_some_and(|claim| {
            let checksum = claim.checksum_sha256_base64.as_deref();
            claim.checksum_etag == hex(sum) && checksum.is_none_or(|c| c == STANDARD.encode(sum))
        })
    };
    let parts = &file.upload.parts;
    if sums.len() != parts.len() || !parts.iter().zip(sums).all(same) {
        return Err(part_differs());
    }
    let sha256_base64 = STANDARD.encode(whole);
    let announced = file.checksum_sha256_base64.as_ref();
    if announced.is_some_and(|sum| *sum != sha256_base64) {
        let words = "The file's checksum does not match the one that was announced";
        return Err(wrong_parts(words, sha256_base64));
    }
    Ok(())
}

/// The file is whole: put together, and [`judged`].
pub fn complete(file: &File, whole: &[u8; 32], ctx: &DecisionContext) -> (File, Changes) {
    let (sha256_base64, sha256_hex) = (STANDARD.encode(whole), hex(whole));
    let new = File {
        modified_at: Some(ctx.now),
        checksum_etag: Some(sha256_hex.clone()),
        checksum_sha256_base64: Some(sha256_base64),
        checksum_sha256_hex: Some(sha256_hex),
        last_modified_at: Some(ctx.now),
        is_uploaded: true,
        ..file.clone()
    };
    changed(file, new)
}

/// Renames a file, or its version.
pub fn update(file: &File, input: FilePatch, ctx: &DecisionContext) -> (File, Changes) {
    let mut new = file.clone();
    if let Some(name) = input.name {
        new.name = name;
    }
    input.version.apply(&mut new.label);
    let mut changes = Changes::new();
    changes.revise(file, &mut new, ctx);
    (new, changes)
}

/// Takes a file away; products show it no more.
pub fn delete(file: &File, ctx: &DecisionContext) -> Changes {
    let new = File {
        modified_at: Some(ctx.now),
        deleted_at: Some(ctx.now),
        ..file.clone()
    };
    changed(file, new).1
}

fn changed(old: &File, mut new: File) -> (File, Changes) {
    let mut changes = Changes::new();
    changes.update(old, &new);
    new.version += 1;
    (new, changes)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};
    use till_wire::files::FileService;

    use super::*;

    fn sum(text: &str) -> [u8; 32] {
        Sha256::digest(text).into()
    }

    fn file(announced: Option<&str>) -> File {
        let part = |number| UploadPart {
            number,
            chunk_start: 0,
            chunk_end: 5,
            checksum_sha256_base64: None,
        };
        let upload = Upload {
            parts: vec![part(1), part(2)],
        };
        File {
            id: Uuid::nil(),
            created_at: Timestamp::UNIX_EPOCH,
            modified_at: None,
            version: 1,
            organization_id: Uuid::nil(),
            service: FileService::Downloadable,
            name: "a".to_owned(),
            path: "a".to_owned(),
            public_url: None,
            mime_type: "text/plain".to_owned(),
            size: 11,
            label: None,
            checksum_etag: None,
            checksum_sha256_base64: announced.map(|text| STANDARD.encode(sum(text))),
            checksum_sha256_hex: None,
            last_modified_at: None,
            upload: Json(upload),
            is_uploaded: false,
            deleted_at: None,
        }
    }

    #[test]
    fn a_file_is_whole_where_every_sum_is_the_one_claimed_and_announced() {
        let ctx = DecisionContext::new(Timestamp::UNIX_EPOCH, [1; 32]);
        let sums = [sum("hello"), sum(" world")];
        let claim = |number, etag: &str, checksum: Option<&str>| PartCompleted {
            number,
            checksum_etag: hex(&sum(etag)),
            checksum_sha256_base64: checksum.map(|text| STANDARD.encode(sum(text))),
        };
        let right = vec![claim(2, " world", Some(" world")), claim(1, "hello", None)];
        let wrong_etag = vec![claim(1, "hello", None), claim(2, "hello", None)];
        let wrong_sum = vec![claim(1, "hello", Some("x")), claim(2, " world", None)];
        for (parts, sums, announced, taken) in [
            (&right, &sums[..], None, true),
            (&right, &sums[..], Some("hello world"), true),
            (&right, &sums[..], Some("hello"), false),
            (&right, &sums[..1], None, false),
            (&wrong_etag, &sums[..], None, false),
            (&wrong_sum, &sums[..], None, false),
        ] {
            let input = FileUploadCompleted {
                id: String::new(),
                path: String::new(),
                parts: parts.clone(),
            };
            let whole = sum("hello world");
            let file = file(announced);
            let judged = judged(&file, &input, sums, &whole);
            assert_eq!(judged.is_ok(), taken, "{judged:?}");
            let (file, _) = complete(&file, &whole, &ctx);
            assert_eq!(file.checksum_etag, Some(hex(&whole)));
        }
    }

    #[test]
    fn parts_are_judged_by_what_is_known_before_their_bytes_are_read() {
        let file = |announced: Option<&str>| {
            let mut file = file(None);
            for (part, end) in file.upload.0.parts.iter_mut().zip([5, 6]) {
                (part.chunk_start, part.chunk_end) = (0, end);
            }
            let sum = announced.map(|text| STANDARD.encode(sum(text)));
            file.upload.0.parts[1].checksum_sha256_base64 = sum;
            file
        };
        let world = hex(&sum(" world"));
        let of = |size, sum: Option<&str>| FoundPart {
            size,
            sum: sum.map(str::to_owned),
        };
        let right = of(6, Some(&world));
        for (announced, etag, checksum, second, taken) in [
            (None, &*world, None, &right, true),
            (Some(" world"), &world, Some(" world"), &of(6, None), true),
            (None, &world, None, &of(5, Some(&world)), false),
            (None, &world, None, &of(6, Some("other")), false),
            (None, &world, Some("hello"), &of(6, None), false),
            (Some("hello"), &world, None, &of(6, None), false),
            (None, "no sum", None, &of(6, None), false),
            (None, &world.to_uppercase(), None, &of(6, None), false),
        ] {
            let claim = |number, etag: &str, checksum: Option<&str>| PartCompleted {
                number,
                checksum_etag: etag.to_owned(),
                checksum_sha256_base64: checksum.map(|text| STANDARD.encode(sum(text))),
            };
            let parts = vec![
                claim(2, etag, checksum),
                claim(1, &hex(&sum("hello")), None),
            ];
            let input = FileUploadCompleted {
                id: String::new(),
                path: String::new(),
                parts,
            };
            let there = [of(5, None), second.clone()];
            let judged = found(&file(announced), &input, &there);
            assert_eq!(judged.is_ok(), taken, "{etag} {second:?}");
            found(&file(announced), &input, &there[..1]).unwrap_err();
        }
    }
}
