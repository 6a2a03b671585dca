//! A download of the largest size: in pieces, from any place on, and in little memory. The file on disk has a hole from its
//! beginning to its end, so it takes no room.

use std::{fs::File as OnDisk, future::Future, os::unix::fs::FileExt as _, path::Path};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
    response::Response,
};
use futures_util::StreamExt as _;
use serde_json::json;
use till_core::catalog::files;
use till_ports::files::Files;
use till_testkit::{Till, both, id_in};
use till_wire::files::FileService;
use tower::ServiceExt as _;

use crate::files::announced;

const SIZE: u64 = FileService::Downloadable.most() as u64;
/// The only bytes of it that are not zero.
const END: &[u8] = b"the end";
/// Memory that the download may take, in mebibytes.
const MOST: u64 = 64;

/// Begins to measure anew: what was freed before hides nothing.
fn begin() {
    // Where it cannot be written, the peak from before counts, too.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Most memory that this process has had since, in mebibytes. Where tests share a process (without nextest), nothing.
fn peak() -> Option<u64> {
    std::env::var_os("NEXTEST")?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes = line.split_whitespace().nth(1)?;
    Some(kibibytes.parse::<u64>().ok()? / 1024)
}

/// A file of the largest size that is taken as uploaded, with the path at which it is kept.
async fn largest(t: &Till) -> (String, String) {
    let size = usize::try_from(SIZE).unwrap();
    let made = t
        .post(
            "/v1/files/",
            announced("downloadable", "application/zip", &[size]),
        )
        .await
        .created();
    let row = t
        .app
        .store
        .file_by_id(id_in(&made, "id"))
        .await
        .unwrap()
        .unwrap();
    let (whole, changes) = files::complete(&row, &[7; 32], &t.app.context());
    t.app.store.commit(changes).await.unwrap();
    (whole.id.to_string(), whole.path)
}

async fn asked(t: &Till, path: &str, range: Option<String>) -> Response {
    let mut request = Request::builder().method(Method::GET).uri(path);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let router = till_server::router(t.app.clone());
    router
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

/// Counts the bytes of a response without keeping them; the last ones must be these.
async fn counted(response: Response, ends: &[u8]) -> u64 {
    let mut bytes = response.into_body().into_data_stream();
    let (mut length, mut last) = (0, Vec::new());
    while let Some(piece) = bytes.next().await {
        let piece = piece.unwrap();
        length += piece.len() as u64;
        last = piece[piece.len().saturating_sub(ends.len())..].to_vec();
    }
    assert_eq!(last, ends);
    length
}

/// A customer's address of a file of the largest size, in Till's folder.
async fn address(t: &Till, folder: &Path) -> String {
    let (file, path) = largest(t).await;
    let place = folder.join(path);
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    let on_disk = OnDisk::create(&place).unwrap();
    on_disk.set_len(SIZE).unwrap();
    on_disk.write_all_at(END, SIZE - END.len() as u64).unwrap();
    let body = json!({"type": "downloadables", "description": "The film", "properties": {"files": [file]}});
    let benefit = t.post("/v1/benefits/", body).await.created();
    let product = t.product().await;
    crate::benefit_grants::include(t, &product, &[&benefit]).await;
    let checkout = t.checkout_for(&product).await;
    t.buy(&checkout, "buyer@example.com").await;
    let customer = &t.orders(&checkout).await.remove(0)["customer"];
    let viewer = t.viewer_of(customer).await;
    let offered = viewer
        .items("/v1/customer-portal/downloadables/")
        .await
        .remove(0);
    let url = offered["file"]["download"]["url"].as_str().unwrap();
    url.strip_prefix("https://till.test").unwrap().to_owned()
}

/// Looks that a download takes little memory.
async fn in_little_memory(download: impl Future<Output = ()>) {
    begin();
    let before = peak();
    download.await;
    if let (Some(before), Some(after)) = (before, peak()) {
        let taken = after - before;
        assert!(taken < MOST, "it took {taken} MiB of memory");
    }
}

async fn whole(t: &Till, at: &str) -> Response {
    let whole = asked(t, at, None).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(whole.headers()["content-length"], SIZE.to_string());
    whole
}

both! {
    async fn a_file_of_5_gibibytes_is_downloaded_from_anywhere_on_in_little_memory(t: &mut Till) {
        let folder = tempfile::tempdir().unwrap();
        let t = &t.another(|app| app.files = Files::folder(folder.path()).unwrap());
        let at = &address(t, folder.path()).await;
        in_little_memory(async {
            // The last one begins where a number of 32 bits ends.
            for first in [SIZE - 7, SIZE - (9 << 20), 1 << 32] {
                let part = asked(t, at, Some(format!("bytes={first}-"))).await;
                assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
                assert_eq!(part.headers()["content-range"], format!("bytes {first}-{}/{SIZE}", SIZE - 1));
                assert_eq!(counted(part, END).await, SIZE - first);
            }
            // Whoever breaks off is sent nothing more.
            let mut bytes = whole(t, at).await.into_body().into_data_stream();
            assert!(bytes.next().await.unwrap().unwrap().iter().all(|byte| *byte == 0));
        }).await;
    }

    #[ignore = "takes ten seconds of CPU where nothing is optimised"]
    async fn a_file_of_5_gibibytes_is_downloaded_as_a_whole_in_little_memory(t: &mut Till) {
        let folder = tempfile::tempdir().unwrap();
        let t = &t.another(|app| app.files = Files::folder(folder.path()).unwrap());
        let at = &address(t, folder.path()).await;
        in_little_memory(async { assert_eq!(counted(whole(t, at).await, END).await, SIZE) }).await;
    }
}
