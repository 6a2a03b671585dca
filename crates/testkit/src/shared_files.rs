//! Files that all tests of a run use, though each test is a process of its own.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use tempfile::TempDir;

/// A file that the first test of a run makes and the others read.
pub(crate) struct SharedFile {
    path: PathBuf,
}

impl SharedFile {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            path: std::env::temp_dir().join("till-testkit").join(name),
        }
    }

    /// Path, once it is there.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.exists().then_some(&self.path)
    }

    /// A folder to make it in, so that nobody reads half of it; then `publish` gives it its name. Of two tests that
    /// make it at once, each makes the same.
    pub(crate) fn draft_folder(&self) -> TempDir {
        let folder = self.path.parent().expect("it lies in a folder");
        std::fs::create_dir_all(folder).unwrap();
        tempfile::tempdir_in(folder).unwrap()
    }

    pub(crate) fn publish(&self, complete: &Path) -> &Path {
        std::fs::rename(complete, &self.path).unwrap();
        &self.path
    }
}

/// Tells one build of the tests from another.
pub(crate) fn this_build() -> &'static str {
    static BUILD: LazyLock<String> = LazyLock::new(|| {
        let program = std::env::current_exe().unwrap();
        let file = program.metadata().unwrap();
        let mut hasher = DefaultHasher::new();
        (&program, file.len(), file.modified().unwrap()).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    });
    &BUILD
}
