//! The third witness: attempts whose outcome nobody has heard of.

use till_core::{
    kernel::{jobs::End, records::PaymentState},
    payments::{
        attempt::{RECONCILE_AFTER, ask_again, first_pause},
        declines,
    },
};
use till_ports::processor;
use uuid::Uuid;

use super::{
    buyer,
    charge::failed,
    outcome::{record_outcome, record_outcome_of},
};
use crate::{app::App, error::ApiError};

/// The reconciler: asks the processor how an attempt ended that nobody has heard of.
pub async fn reconcile(app: &App, id: Uuid) -> Result<End, ApiError> {
    let done = || End::Done(Default::default());
    let Some(payment) = app.store.attempt(id).await? else {
        return Ok(done());
    };
    if payment.state.is_settled() {
        return Ok(done());
    }
    let ctx = app.context_for(payment.organization_id).await?;
    let now = ctx.now;
    let touched = payment.modified_at.unwrap_or(payment.created_at);
    let retry = |at| End::Retry {
        at: ctx.wall_of(at),
    };
    let (seen, again) = (payment.version, |state| {
        retry(ask_again(touched, first_pause(state), now))
    });
    let given_up = now.duration_since(touched) >= RECONCILE_AFTER;
    // Somebody may still be about to confirm it, or a confirmation be on its way: where it is given up, the
    // processor is told first, and takes none from then on.
    let reference = payment.reference.as_deref();
    let told = match app.processor.retrieve(id, reference, ctx.wall()).await {
        Ok(None) if given_up => app.processor.abandon(id, reference, ctx.wall()).await,
        told => told,
    };
    let outcome = match told {
        Ok(Some(processor::Outcome::RequiresAction { .. }))
            if buyer::deadline(app, &payment).await? <= now =>
        {
            let noted = buyer::give_up(app, payment).await?;
            return Ok(match noted.state.is_settled() {
                true => done(),
                false => again(noted.state),
            });
        }
        Ok(Some(outcome)) => outcome,
        Ok(None) if given_up => {
            let abandoned = failed(
                declines::ABANDONED,
                "The payment was interrupted before it began. Nothing was charged.",
            );
            // The processor may not know it yet; whoever is about to ask finds it ended, or was first.
            return Ok(
                match record_outcome_of(app, payment, &abandoned, Some(seen)).await? {
                    Some(_) => done(),
                    None => retry(now),
                },
            );
        }
        Ok(None) => {
            return Ok(retry(touched + RECONCILE_AFTER));
        }
        Err(error) => {
            tracing::warn!(%error, payment = %id, "the processor could not be asked for the outcome of an attempt");
            return Ok(again(payment.state));
        }
    };
    let noted = record_outcome(app, id, &outcome).await?;
    Ok(match outcome {
        processor::Outcome::Processing => again(PaymentState::Processing),
        processor::Outcome::RequiresAction { .. } => {
            let at = ask_again(touched, first_pause(PaymentState::RequiresAction), now);
            let until = buyer::deadline(app, &noted).await?;
            retry(at.min(until))
        }
        _ => done(),
    })
}
