//! Running a decision that may ask for a tax: the decision stays pure, the provider is asked in between.

use std::sync::Mutex;

use till_core::{
    kernel::refusal::Refusal,
    tax::{Ruling, TaxQuery, Taxes},
};
use till_ports::tax::TaxError;
use till_wire::tax::TaxSettings;

use crate::{app::App, error::ApiError};

/// The rulings of the provider so far, and the query that it is to be asked next.
#[derive(Default)]
struct KnownRulings {
    rulings: Vec<(TaxQuery, Ruling)>,
    open: Mutex<Option<TaxQuery>>,
}

impl Taxes for KnownRulings {
    fn rule(&self, query: &TaxQuery) -> Ruling {
        if let Some((_, ruling)) = self.rulings.iter().find(|(known, _)| known == query) {
            return ruling.clone();
        }
        *self.open.lock().expect("nothing panics while it is held") = Some(query.clone());
        Ruling::Unasked
    }
}

/// The number of times that a decision may ask; one question is usual.
const QUESTIONS: usize = 4;

impl App {
    /// Runs a decision; where it asks for a tax, asks the provider and runs it again with the answer.
    pub async fn taxed<T>(
        &self,
        settings: &TaxSettings,
        mut decide: impl FnMut(&dyn Taxes) -> Result<T, Refusal>,
    ) -> Result<T, ApiError> {
        let mut known = KnownRulings::default();
        for _ in 0..QUESTIONS {
            let decided = decide(&known);
            let open = known
                .open
                .get_mut()
                .expect("nothing panics while it is held");
            let Some(query) = open.take() else {
                return Ok(decided?);
            };
            let ruling = match self.taxes.calculate(settings, &query).await {
                Ok(answer) => Ruling::Due(answer),
                Err(TaxError::Address(words)) => Ruling::Refused(words),
                Err(error @ TaxError::Unavailable(_)) => return Err(ApiError::internal(error)),
            };
            known.rulings.push((query, ruling));
        }
        Err(ApiError::internal("a decision kept asking for taxes"))
    }
}
