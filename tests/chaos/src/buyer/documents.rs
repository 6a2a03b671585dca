//! Documents: invoices, receipts and credit notes that are asked for, fetched, and fetched again.

use std::time::{Duration, Instant};

use rand::RngExt;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::{Buyer, GLANCE, World};
use crate::{
    net::{Answer, Call, GaveUp},
    record::{Fetched, digest},
};

/// The time that a buyer waits for an invoice that is being made.
const LOOKS: Duration = Duration::from_secs(10);
/// Documents that are read once more at the end, at most.
const READ_AGAIN: usize = 100;

impl Buyer<'_> {
    /// Of half of the purchases the documents are fetched.
    pub(super) async fn fetch_documents(&mut self, session: &Value) -> Result<(), GaveUp> {
        if self.chance.random_bool(0.5) {
            return Ok(());
        }
        let order = self.order(session).await?;
        let id = order["id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let Some(id) = id else {
            return Ok(());
        };
        self.invoice(id).await?;
        let (world, until) = (self.world, self.until);
        world
            .fetch(&format!("/v1/orders/{id}/receipt"), until)
            .await?;
        let path = format!("/v1/refunds/?order_id={id}");
        let refunds = world.read(&path, until).await?.body;
        for refund in refunds["items"].as_array().into_iter().flatten() {
            let refund = refund["id"].as_str().unwrap_or_default();
            let path = format!("/v1/refunds/{refund}/credit-note");
            world.fetch(&path, until).await?;
        }
        Ok(())
    }

    /// Asks for the invoice, twice, and fetches it once it is made.
    async fn invoice(&mut self, order: Uuid) -> Result<(), GaveUp> {
        let path = format!("/v1/orders/{order}/invoice");
        let first = self.post(&path, json!({}), true).await?;
        let second = self.post(&path, json!({}), true).await?;
        let end = format!("invoices: {} {}", first.status, first.error());
        self.world.count(end);
        if !first.is_ok() && !second.is_ok() {
            return Ok(());
        }
        {
            let mut seen = self.world.seen.lock().expect("no holder panics");
            seen.asked.insert(order);
        }
        let until = self.until.min(Instant::now() + LOOKS);
        while !self.world.fetch(&path, self.until).await? && Instant::now() < until {
            sleep(GLANCE).await;
        }
        Ok(())
    }
}

impl World {
    pub async fn read(&self, path: &str, until: Instant) -> Result<Answer, GaveUp> {
        let call = Call {
            method: Method::GET,
            path,
            body: None,
            key: None,
            signed: true,
        };
        self.net.ask(call, until).await
    }

    /// Fetches a document where the API says it is; false where there is none, or another in its place meanwhile.
    async fn fetch(&self, path: &str, until: Instant) -> Result<bool, GaveUp> {
        let Some(url) = self.read(path, until).await?.text("url") else {
            return Ok(false);
        };
        let Some(start) = url.find("/documents/") else {
            return Ok(false);
        };
        let address = &url[start..];
        let Some(bytes) = self.net.fetch(address, until).await? else {
            return Ok(false);
        };
        // `/documents/{organization}/{subject}/{file}/{name}?…`
        let parts: Vec<&str> = address.split('/').take(5).skip(1).collect();
        let fetched = Fetched {
            asked: path.to_owned(),
            path: format!("{}.pdf", parts.join("/")),
            bytes: digest(&bytes),
            is_pdf: bytes.starts_with(b"%PDF"),
        };
        let mut seen = self.seen.lock().expect("no holder panics");
        seen.fetched.push(fetched);
        Ok(true)
    }

    /// Fetches some of the documents once more, after everything has settled.
    pub async fn fetch_again(&self) {
        let asked = {
            let seen = self.seen.lock().expect("no holder panics");
            let asked = seen.fetched.iter().map(|one| &one.asked);
            // A refund whose money came back has no credit note any more.
            let asked = asked.filter(|path| !path.ends_with("/credit-note"));
            asked.take(READ_AGAIN).cloned().collect::<Vec<_>>()
        };
        let until = Instant::now() + LOOKS;
        for path in asked {
            if !matches!(self.fetch(&path, until).await, Ok(true)) {
                let mut seen = self.seen.lock().expect("no holder panics");
                seen.missing.push(path);
            }
        }
    }
}
