//! Delivering webhooks.
use crate::{app::App, error::ApiError};
use std::sync::Arc;
/// x
pub async fn run_due(_app: &App) -> Result<usize, ApiError> {
    Ok(0)
}
/// x
pub async fn serve(_app: Arc<App>, _shutdown: tokio::sync::watch::Receiver<bool>) {}
