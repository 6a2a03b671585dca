//! Reasons why a processor gives no answer about the money.

/// Answer of a processor.
pub type Result<T, E = ProcessorError> = std::result::Result<T, E>;

/// Reason why there is no answer about the money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessorError {
    /// A timeout or a broken connection: whether anything moved is not known. Never a decline.
    #[error("the payment processor gave no clear answer: {0}")]
    Unsure(Cause),
    /// The request itself is wrong (an unknown token, an amount that is zero or too large). Certain: this request
    /// moved nothing, though an earlier one with the same id may have.
    #[error("the payment processor refused the request: {0}")]
    Refused(Cause),
    /// The processor does not work with us (a wrong key, a missing permission, a request that it
    /// cannot read): our fault, so never told to the buyer as a problem with the card. Certain:
    /// this request moved nothing, though an earlier one with the same id may have.
    #[error("the payment processor does not accept our requests: {0}")]
    Unavailable(Cause),
}

impl ProcessorError {
    /// The cause.
    pub fn cause(&self) -> &Cause {
        match self {
            Self::Unsure(cause) | Self::Refused(cause) | Self::Unavailable(cause) => cause,
        }
    }
}

/// Words for the log, and the request that they are about. Holds no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    words: String,
    request_id: Option<String>,
}

impl Cause {
    /// The processor's own id of the request that failed, by which the merchant finds it in the processor's log.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The cause with the processor's id of the request, where it told one.
    pub fn of_request(self, request_id: Option<String>) -> Self {
        Self { request_id, ..self }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words)?;
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl From<String> for Cause {
    fn from(words: String) -> Self {
        let request_id = None;
        Self { words, request_id }
    }
}

impl From<&str> for Cause {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}
