//! Storage of files: a folder, or a bucket that speaks S3. Paths are the server's own, never a user's.

use std::{collections::HashMap, ops::Range, path::Path as Folder, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream::BoxStream};
use object_store::{
    ObjectStore, ObjectStoreExt as _, WriteMultipart, aws::AmazonS3Builder, local::LocalFileSystem,
    memory::InMemory, path::Path, prefix::PrefixStore,
};
use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub type Digest = [u8; 32];

/// Keeps files.
#[derive(Debug, Clone)]
pub struct Files(Arc<dyn ObjectStore>);

/// A file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// It is not there.
    #[error("there is no such file")]
    Missing,
    /// The sender broke off.
    #[error("the upload was interrupted: {0}")]
    BrokenOff(String),
    /// More bytes than there may be.
    #[error("more bytes than announced")]
    TooLong,
    /// The store does not work.
    #[error("the file storage failed: {0}")]
    Store(object_store::Error),
    /// The settings name no store.
    #[error("{0}")]
    Settings(String),
}

impl From<object_store::Error> for FilesError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Store(other),
        }
    }
}

/// Bytes of a file that are read at once.
const STEP: usize = 4 << 20;

/// A file that is being read.
pub struct Reading {
    /// Bytes in all.
    pub size: u64,
    /// The bytes.
    pub bytes: BoxStream<'static, Result<Bytes, FilesError>>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("size", &self.size).finish()
    }
}

/// The number of pieces of a large file that are on their way to a bucket at once.
const PIECES: usize = 4;

/// A file that is being written. It ends in a task of its own, even where nobody waits for it any more, as when the
/// sender's connection is closed: a bucket keeps what is unfinished for ever.
struct Unfinished(Option<WriteMultipart>);

impl Unfinished {
    async fn begin(store: &dyn ObjectStore, path: &str) -> Result<Self, FilesError> {
        let upload = store.put_multipart(&Path::from(path)).await?;
        Ok(Self(Some(WriteMultipart::new(upload))))
    }

    fn open(&mut self) -> &mut WriteMultipart {
        self.0.as_mut().expect("open until it ends")
    }

    async fn finish(mut self) -> Result<(), FilesError> {
        if let Some(write) = self.0.take() {
            let finished = tokio::spawn(write.finish()).await;
            finished.map_err(object_store::Error::from)??;
        }
        Ok(())
    }

    async fn abort(mut self) {
        if let Some(write) = self.0.take() {
            // It logs its failure itself; what is awaited is only its end.
            let _ = tokio::spawn(aborted(write)).await;
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let (Some(write), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(aborted(write));
        }
    }
}

async fn aborted(write: WriteMultipart) {
    if let Err(error) = write.abort().await {
        tracing::warn!(%error, "a failed upload could not be removed");
    }
}

impl Files {
    /// In a folder, which must be there. A file appears whole or not at all.
    pub fn folder(folder: &Folder) -> Result<Self, FilesError> {
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self(Arc::new(store)))
    }

    /// In a bucket: `s3://bucket/folder`. Keys, region and endpoint come from the usual `AWS_*` variables.
    pub fn bucket(url: &str) -> Result<Self, FilesError> {
        // Without a provider of its own the client takes the process's; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings = |words: String| FilesError::Settings(words);
        let parsed = url::Url::parse(url).map_err(|error| settings(error.to_string()))?;
        if parsed.scheme() != "s3" {
            return Err(settings("only s3://bucket/folder is supported".to_owned()));
        }
        let bucket = parsed
            .host_str()
            .ok_or_else(|| settings("the bucket is missing".to_owned()))?;
        let store = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .build()?;
        let prefix =
            Path::from_url_path(parsed.path()).map_err(|error| settings(error.to_string()))?;
        Ok(Self(Arc::new(PrefixStore::new(store, prefix))))
    }

    /// In memory, for tests.
    pub fn memory() -> Self {
        Self(Arc::new(InMemory::new()))
    }

    /// Writes a file of at most `most` bytes; when it fails, nothing is there.
    pub async fn write<E: std::fmt::Display>(
        &self,
        path: &str,
        most: u64,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<(), FilesError> {
        let mut write = Unfinished::begin(&*self.0, path).await?;
        match Self::write_stream(write.open(), most, bytes).await {
            Ok(()) => write.finish().await,
            Err(error) => {
                write.abort().await;
                Err(error)
            }
        }
    }

    async fn write_stream<E: std::fmt::Display>(
        write: &mut WriteMultipart,
        most: u64,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<(), FilesError> {
        let mut bytes = std::pin::pin!(bytes);
        let mut length = 0_u64;
        while let Some(piece) = bytes.next().await {
            let piece = piece.map_err(|error| FilesError::BrokenOff(error.to_string()))?;
            length += piece.len() as u64;
            if length > most {
                return Err(FilesError::TooLong);
            }
            write.wait_for_capacity(PIECES).await?;
            write.put(piece);
        }
        Ok(())
    }

    /// Puts parts together into one file, where `judge` takes it: it is told the SHA-256 of each part, and of
    /// the whole. What was there before stays where a part is missing, or the judge says no.
    pub async fn assemble<T, E>(
        &self,
        path: &str,
        parts: &[String],
        judge: impl FnOnce(&[Digest], &Digest) -> Result<T, E>,
    ) -> Result<Result<T, E>, FilesError> {
        let mut write = Unfinished::begin(&*self.0, path).await?;
        let joined = self.join(write.open(), parts).await;
        let judged = joined.map(|(sums, whole)| judge(&sums, &whole));
        match judged {
            Ok(Ok(_)) => write.finish().await?,
            _ => write.abort().await,
        }
        judged
    }

    async fn join(
        &self,
        write: &mut WriteMultipart,
        parts: &[String],
    ) -> Result<(Vec<Digest>, Digest), FilesError> {
        let (mut sums, mut whole) = (Vec::new(), Sha256::new());
        for part in parts {
            let mut sum = Sha256::new();
            let mut bytes = self.read(part).await?.bytes;
            while let Some(piece) = bytes.next().await {
                let piece = piece?;
                sum.update(&piece);
                whole.update(&piece);
                write.wait_for_capacity(PIECES).await?;
                write.put(piece);
            }
            sums.push(sum.finalize().into());
        }
        Ok((sums, whole.finalize().into()))
    }

    /// Opens a file.
    pub async fn read(&self, path: &str) -> Result<Reading, FilesError> {
        let found = self.0.get(&Path::from(path)).await?;
        Ok(Reading {
            size: found.meta.size,
            bytes: found.into_stream().map_err(FilesError::from).boxed(),
        })
    }

    /// Opens some bytes of a file, from the first to before the last of the range; its size is that of the file. An empty
    /// range opens nothing, but the file must be there.
    pub async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Reading, FilesError> {
        let path = Path::from(path);
        if range.is_empty() {
            let size = self.0.head(&path).await?.size;
            let bytes = futures_util::stream::empty().boxed();
            return Ok(Reading { size, bytes });
        }
        let size = self.0.head(&path).await?.size;
        let (first, end) = (range.start, range.end.min(size));
        let store = self.0.clone();
        // A request of its own for each step: a store ends those that take long, however slow the reader is.
        let steps = futures_util::stream::iter((first..end).step_by(STEP));
        let bytes = steps.then(move |start| {
            let (store, path) = (store.clone(), path.clone());
            let until = start.saturating_add(STEP as u64).min(end);
            async move { Ok(store.get_range(&path, start..until).await?) }
        });
        Ok(Reading {
            size,
            bytes: bytes.boxed(),
        })
    }

    /// True where a file is there.
    pub async fn has(&self, path: &str) -> Result<bool, FilesError> {
        match self
            .0
            .head(&Path::from(path))
            .await
            .map_err(FilesError::from)
        {
            Ok(_) => Ok(true),
            Err(FilesError::Missing) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The sizes of the files in a folder and below it, by their paths.
    pub async fn sizes(&self, folder: &str) -> Result<HashMap<String, u64>, FilesError> {
        let files = self.0.list(Some(&Path::from(folder)));
        let sized = files.map_ok(|file| (file.location.to_string(), file.size));
        Ok(sized.try_collect().await?)
    }

    /// A small file, at most `most` bytes of it.
    pub async fn small(&self, path: &str, most: u64) -> Result<Bytes, FilesError> {
        let found = self.0.get(&Path::from(path)).await?;
        if found.meta.size > most {
            return Err(FilesError::TooLong);
        }
        Ok(found.bytes().await?)
    }

    /// Removes a file; one that is not there is removed already.
    pub async fn remove(&self, path: &str) -> Result<(), FilesError> {
        match self
            .0
            .delete(&Path::from(path))
            .await
            .map_err(FilesError::from)
        {
            Ok(()) | Err(FilesError::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The number of files in a folder and below it.
    pub async fn count(&self, folder: &str) -> Result<u64, FilesError> {
        let files = self.0.list(Some(&Path::from(folder)));
        let counted = files.try_fold(0, |count, _| std::future::ready(Ok(count + 1)));
        Ok(counted.await?)
    }

    /// Removes every file in a folder and below it.
    pub async fn remove_all(&self, folder: &str) -> Result<(), FilesError> {
        let files = self.0.list(Some(&Path::from(folder)));
        let paths = files.map_ok(|file| file.location).boxed();
        let mut removed = self.0.delete_stream(paths);
        while let Some(one) = removed.next().await {
            match one.map_err(FilesError::from) {
                Ok(_) | Err(FilesError::Missing) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn pieces(texts: &[&'static str]) -> impl Stream<Item = Result<Bytes, String>> + Send + use<> {
        let pieces: Vec<_> = texts
            .iter()
            .map(|text| match *text {
                "!" => Err("gone".to_owned()),
                text => Ok(Bytes::from_static(text.as_bytes())),
            })
            .collect();
        stream::iter(pieces)
    }

    async fn all(files: &Files, path: &str) -> Result<Vec<u8>, FilesError> {
        let mut bytes = files.read(path).await?.bytes;
        let mut all = Vec::new();
        while let Some(piece) = bytes.next().await {
            all.extend(piece?);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn files_are_kept_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        for files in [Files::folder(folder.path()).unwrap(), Files::memory()] {
            files
                .write("a/b/c.txt", 5, pieces(&["he", "llo"]))
                .await
                .unwrap();
            assert_eq!(all(&files, "a/b/c.txt").await.unwrap(), b"hello");
            assert!(files.has("a/b/c.txt").await.unwrap());
            assert!(!files.has("a/b/d.txt").await.unwrap());
            let long = files.write("a/long", 4, pieces(&["he", "llo"])).await;
            assert!(matches!(long, Err(FilesError::TooLong)));
            let broken = files.write("a/broken", 9, pieces(&["he", "!"])).await;
            assert!(matches!(broken, Err(FilesError::BrokenOff(_))));
            for gone in ["a/long", "a/broken", "a/never"] {
                assert!(
                    matches!(all(&files, gone).await, Err(FilesError::Missing)),
                    "{gone}"
                );
            }
            for (range, text) in [(0..5, "hello"), (1..3, "el"), (4..5, "o"), (2..2, "")] {
                let reading = files.read_range("a/b/c.txt", range).await.unwrap();
                assert_eq!(reading.size, 5);
                let pieces: Vec<Bytes> = reading.bytes.try_collect().await.unwrap();
                assert_eq!(pieces.concat(), text.as_bytes());
            }
            for range in [0..0, 0..5] {
                let missing = files.read_range("a/never", range).await;
                assert!(matches!(missing, Err(FilesError::Missing)));
            }
            files.remove("a/b/c.txt").await.unwrap();
            files.remove("a/b/c.txt").await.unwrap();
            assert!(matches!(
                all(&files, "a/b/c.txt").await,
                Err(FilesError::Missing)
            ));
        }
    }

    #[tokio::test]
    async fn a_folder_is_emptied_with_what_is_below_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        for files in [Files::memory(), Files::folder(folder.path()).unwrap()] {
            for path in [
                "documents/a/1.pdf",
                "documents/b/c/2.pdf",
                "documents.txt",
                "pictures/3.png",
            ] {
                files.write(path, 10, pieces(&["x"])).await.unwrap();
            }
            assert_eq!(files.count("documents").await.unwrap(), 2);
            let sizes = files.sizes("documents/b").await.unwrap();
            assert_eq!(sizes, [("documents/b/c/2.pdf".to_owned(), 1)].into());
            assert_eq!(files.small("documents/a/1.pdf", 1).await.unwrap(), "x");
            let long = files.small("documents/a/1.pdf", 0).await;
            assert!(matches!(long, Err(FilesError::TooLong)));
            let none = files.small("documents/a", 1).await;
            assert!(matches!(none, Err(FilesError::Missing)), "{none:?}");
            files.remove_all("documents").await.unwrap();
            files.remove_all("documents").await.unwrap();
            for empty in ["documents", "never"] {
                assert_eq!(files.count(empty).await.unwrap(), 0);
            }
            assert!(files.has("documents.txt").await.unwrap());
            assert!(files.has("pictures/3.png").await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_taken_leaves_the_one_that_was() {
        let folder = tempfile::tempdir().unwrap();
        for files in [Files::folder(folder.path()).unwrap(), Files::memory()] {
            files.write("1", 5, pieces(&["hello"])).await.unwrap();
            files.write("2", 6, pieces(&[" world"])).await.unwrap();
            let parts = ["1".to_owned(), "2".to_owned()];
            let assemble = |parts: Vec<String>, taken: bool| {
                let files = files.clone();
                async move {
                    let judge = |sums: &[Digest], whole: &Digest| {
                        assert_eq!(sums[0], <Digest>::from(Sha256::digest("hello")));
                        assert_eq!(*whole, <Digest>::from(Sha256::digest("hello world")));
                        taken.then_some(()).ok_or("no")
                    };
                    files.assemble("whole", &parts, judge).await
                }
            };
            let refused = assemble(parts.to_vec(), false).await;
            assert_eq!(refused.unwrap(), Err("no"));
            assert!(matches!(
                all(&files, "whole").await,
                Err(FilesError::Missing)
            ));
            assert_eq!(assemble(parts.to_vec(), true).await.unwrap(), Ok(()));
            let again = assemble(parts.to_vec(), false).await;
            assert_eq!(again.unwrap(), Err("no"));
            let missing = assemble(vec!["3".to_owned()], true).await;
            assert!(matches!(missing, Err(FilesError::Missing)));
            assert_eq!(all(&files, "whole").await.unwrap(), b"hello world");
        }
    }

    #[test]
    fn a_bucket_is_named_by_its_address() {
        assert!(Files::bucket("https://bucket.example").is_err());
        assert!(Files::bucket("s3:///nowhere").is_err());
    }
}
