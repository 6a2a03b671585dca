//! Files of any size take little memory: sent in parts, put together, and read from the middle on. Each test has a process of
//! its own (nextest), whose largest use of memory is looked at.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use till_ports::files::Files;

const MEBIBYTE: u64 = 1024 * 1024;
/// Mebibytes of one part.
const PART: u64 = 100;
/// Memory that the process may take beyond what it has at the beginning, in mebibytes.
const MOST: u64 = 128;

/// Most memory that this process has had, in mebibytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kibibytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kibibytes.parse::<u64>().unwrap() / 1024
}

/// Writes, assembles and reads a file of so many mebibytes.
async fn a_file_of(mebibytes: u64) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::folder(folder.path()).unwrap();
    let before = peak();
    let mut parts = Vec::new();
    for number in 0..mebibytes / PART {
        let piece = move |place: u64| {
            let byte = u8::try_from((number * PART + place) % 251).unwrap();
            Ok::<_, Infallible>(Bytes::from(vec![byte; 1024 * 1024]))
        };
        let path = format!("parts/{number}");
        let bytes = stream::iter(0..PART).map(piece);
        files.write(&path, PART * MEBIBYTE, bytes).await.unwrap();
        parts.push(path);
    }
    let judge = |sums: &[_], _: &_| (sums.len() == parts.len()).then_some(()).ok_or(());
    let assembled = files.assemble("whole", &parts, judge).await.unwrap();
    assert_eq!(assembled, Ok(()));
    for part in &parts {
        files.remove(part).await.unwrap();
    }
    let size = mebibytes / PART * PART * MEBIBYTE;
    let from = size / 2 + 1;
    let reading = files.read_range("whole", from..size).await.unwrap();
    assert_eq!(reading.size, size);
    let (mut bytes, mut at) = (reading.bytes, from);
    while let Some(piece) = bytes.next().await {
        let piece = piece.unwrap();
        let byte = u8::try_from(at / MEBIBYTE % 251).unwrap();
        assert_eq!(piece[0], byte, "byte {at}");
        at += piece.len() as u64;
    }
    assert_eq!(at, size);
    let taken = peak() - before;
    assert!(taken < MOST, "{mebibytes} MiB took {taken} MiB of memory");
}

#[tokio::test]
async fn a_file_of_300_mebibytes_takes_little_memory() {
    a_file_of(300).await;
}

/// `cargo nextest run -p till-ports --run-ignored all -E 'test(/5_gibibytes/)'`
#[tokio::test]
#[ignore = "writes 10 GiB to the folder of temporary files"]
async fn a_file_of_5_gibibytes_takes_as_little() {
    a_file_of(5 * 1024).await;
}
