//! Tax providers.

use till_core::tax::{TaxAnswer, TaxQuery};
use till_wire::tax::TaxSettings;

use crate::processor::BoxFuture;

/// Works out taxes. Held as `Arc<dyn TaxProvider>`.
pub trait TaxProvider: Send + Sync {
    /// The tax on an amount, for a merchant who is registered as `settings` say.
    fn calculate<'a>(
        &'a self,
        settings: &'a TaxSettings,
        query: &'a TaxQuery,
    ) -> BoxFuture<'a, Result<TaxAnswer, TaxError>>;
}

/// Reason why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxError {
    /// The address or the tax id does not do; in words for the buyer.
    #[error("{0}")]
    Address(String),
    /// The provider could not be asked.
    #[error("the tax provider could not be reached: {0}")]
    Unavailable(String),
}

/// Till's own provider: standard rates by country, and the rates that the merchant enters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Embedded;

impl TaxProvider for Embedded {
    fn calculate<'a>(
        &'a self,
        settings: &'a TaxSettings,
        query: &'a TaxQuery,
    ) -> BoxFuture<'a, Result<TaxAnswer, TaxError>> {
        Box::pin(
            async move { till_core::tax::standard(settings, query).map_err(TaxError::Address) },
        )
    }
}
