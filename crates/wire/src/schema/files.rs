use utoipa::openapi::Schema;

use super::{id, line, list, object, one_of, schema_of, text, whole, words};
use crate::{
    files::{FileCreate, FilePatch, FileService, FileUploadCompleted, PARTS},
    limits,
};

const SHA: &str = "SHA-256, base64.";

fn create() -> Schema {
    let part = object("A part of the file.")
        .required("number", whole(1, PARTS as i64), "From 1.")
        .required(
            "chunk_start",
            whole(0, FileService::Downloadable.most()),
            "First byte.",
        )
        .required(
            "chunk_end",
            whole(0, FileService::Downloadable.most()),
            "One past the last byte.",
        )
        .optional("checksum_sha256_base64", text(44, 44), SHA)
        .schema();
    let upload = object("How it is going to be uploaded.")
        .required(
            "parts",
            list(0, PARTS, part),
            "Parts that cover the file without gaps; of an empty file none, or one.",
        )
        .schema();
    let of = |service: FileService| create_for(service, upload.clone());
    one_of(FileService::ALL.iter().copied().map(of).collect())
}

fn create_for(service: FileService, upload: Schema) -> Schema {
    object("A file that is going to be uploaded.")
        .required(
            "service",
            words([service.as_str()].into_iter()),
            "What it is for.",
        )
        .required("name", line(0), "Name.")
        .required(
            "mime_type",
            text(0, limits::MEDIA_TYPE),
            "Media type; of what anybody can see, one of a picture.",
        )
        .required("size", whole(0, service.most()), "Bytes.")
        .required("upload", upload, "Its parts.")
        .optional("checksum_sha256_base64", text(44, 44), SHA)
        .optional("version", line(0), "Your name for this version of it.")
        .optional("organization_id", id(), "Not with an organization's token.")
        .schema()
}

fn completed() -> Schema {
    let part = object("An uploaded part.")
        .required("number", whole(1, PARTS as i64), "From 1.")
        .required(
            "checksum_etag",
            line(0),
            "The `ETag` that its upload answered.",
        )
        .optional("checksum_sha256_base64", text(44, 44), SHA)
        .schema();
    object("Says that all parts are there.")
        .required("id", line(0), "The upload's id.")
        .required("path", line(0), "The upload's path.")
        .required("parts", list(0, PARTS, part), "All parts.")
        .schema()
}

fn patch() -> Schema {
    object("A change to a file; what is not sent stays.")
        .optional("name", line(0), "Name.")
        .optional(
            "version",
            line(0),
            "Your name for this version of it; null clears it.",
        )
        .schema()
}

schema_of!(FileCreate, create());
schema_of!(FileUploadCompleted, completed());
schema_of!(FilePatch, patch());
