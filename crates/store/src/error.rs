//! Errors below a decision.

use till_core::kernel::{changes::CommitConflict, values::ReadError};
use till_wire::input::shortened_text;

/// Bytes of a failed statement, and of the database's words about it, that are told: a statement may be as long as what a
/// caller asks for, and the words may repeat it.
const TOLD: usize = 1_000;

/// The database could not do it: nothing a caller did.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The address is not one this program can use; the text says why.
    #[error("database address: {0}")]
    Url(String),
    /// The database cannot be reached or opened.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A statement failed.
    #[error("{problem} (in: {sql})")]
    Sql {
        /// The statement, cut off where it is long; never its values.
        sql: String,
        /// The database's words, likewise.
        problem: String,
    },
    /// A row did not fit its type.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A migration cannot be applied; the text names the file.
    #[error("migration {0}")]
    Migration(String),
    /// The code that was to do it panicked; the log says where. Nothing was written.
    #[error("a panic in the database's own code")]
    Panic,
    /// The store was closed.
    #[error("the database is closed")]
    Closed,
}

impl StoreError {
    /// A statement failed.
    pub(crate) fn sql(sql: &str, problem: impl std::fmt::Display) -> Self {
        Self::Sql {
            sql: shortened_text(sql, TOLD),
            problem: shortened_text(&problem.to_string(), TOLD),
        }
    }
}

/// Answer of the store: an error is the database's unless another is named.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Reason why a commit wrote nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// Something that the decision relied on does not hold.
    #[error(transparent)]
    Conflict(#[from] CommitConflict),
    /// The database failed. After a lost connection the outcome may be unknown.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Errors that know whether loading and deciding again may help.
pub trait Stale {
    /// True where the rows moved between loading and committing.
    fn is_stale(&self) -> bool;
}

impl Stale for CommitError {
    fn is_stale(&self) -> bool {
        matches!(self, Self::Conflict(CommitConflict::Stale))
    }
}
