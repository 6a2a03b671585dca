//! Reason why a command ends without having done its work.

use std::{fmt::Display, io::Write, process::ExitCode};

use till_store::{CommitError, StoreError};

/// One sentence for the operator, and the exit status that goes with it.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// The settings are unsafe, incomplete or contradict each other: status 2.
    Settings(String),
    /// It could not be done: status 1.
    Failed(String),
}

impl Stop {
    /// Settings that must be changed first; `words` say how.
    pub fn settings(words: impl Into<String>) -> Self {
        Self::Settings(words.into())
    }

    /// Something that could not be done.
    pub fn failed(words: impl Display) -> Self {
        Self::Failed(words.to_string())
    }

    /// Says it on standard error and gives the exit status.
    pub fn tell(self) -> ExitCode {
        let (words, status) = match self {
            Self::Settings(words) => (words, 2),
            Self::Failed(words) => (words, 1),
        };
        // Nobody listening is no reason to change the status.
        let _ = writeln!(std::io::stderr(), "till: {words}");
        ExitCode::from(status)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Url(words) => Self::Settings(format!("--database-url: {words}.")),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<CommitError> for Stop {
    fn from(error: CommitError) -> Self {
        Self::failed(error)
    }
}

/// Prints on standard output; a closed pipe is the reader's wish and not an error.
pub fn say(text: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}
