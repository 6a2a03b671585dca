//! The archive: the document with everything, and the files of invoices, receipts and credit notes.

use std::{collections::VecDeque, sync::Arc};

use axum::response::Response;
use jiff::tz::TimeZone;
use till_core::kernel::{
    changes::Record,
    records::{Customer, Order as OrderRow, Organization, Refund},
};
use till_store::{List, Order, Position};

use super::{PART, Parts, Reader, sent};
use crate::{
    app::App,
    documents::{self, Made, Wanted},
    error::{ApiError, Result},
    http::limits::{self, ArchiveFor},
    zip::{Archive, TooLong},
};

/// Stands in the place of a document that cannot be made.
const FAILED: &str = "This document could not be made. Please ask the shop for it.\n";

/// The next part of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Data,
    Orders,
    CreditNotes,
    List,
    Nothing,
}

/// Place up to which the archive was sent.
struct Sending {
    reader: Reader,
    archive: Archive,
    next: Next,
    /// The row behind which orders or refunds go on.
    after: Option<Position>,
    /// Documents of the rows that were read last.
    wanted: VecDeque<Wanted>,
}

/// Sends everything that is kept of a customer as an archive, with the files of documents; those that were never made are
/// made for it, and not kept. In the place of one that cannot be made stands a sentence that says so. An error behind the
/// first part breaks the transfer off.
///
/// # Errors
/// 429 where its budget is spent.
pub async fn archive(
    app: &Arc<App>,
    organization: &Organization,
    customer: &Customer,
    asked_by: ArchiveFor,
) -> Result<Response> {
    limits::archive(app, customer, asked_by).await?;
    let now = app.context().wall().to_zoned(TimeZone::UTC).datetime();
    let sending = Sending {
        reader: Reader::new(app, organization, customer),
        archive: Archive::new(now),
        next: Next::Data,
        after: None,
        wanted: VecDeque::new(),
    };
    let about = (
        "application/zip",
        "attachment; filename=\"customer-data.zip\"",
    );
    sent(about, Vec::new(), sending).await
}

impl Parts for Sending {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            if let Some(wanted) = self.wanted.pop_front() {
                match self.file(wanted).await? {
                    Some(part) => return Ok(Some(part)),
                    None => continue,
                }
            }
            match self.next {
                Next::Data => {
                    let mut part = Vec::new();
                    if self.reader.is_at_start() {
                        part.extend(self.archive.begin("customer-data.json").map_err(too_long)?);
                        part.extend(self.archive.add(&self.reader.head()).map_err(too_long)?);
                    }
                    match self.reader.next().await? {
                        Some(bytes) => part.extend(self.archive.add(&bytes).map_err(too_long)?),
                        None => {
                            part.extend(self.archive.end().map_err(too_long)?);
                            self.next = Next::Orders;
                        }
                    }
                    return Ok(Some(part));
                }
                _ if self.next != Next::Nothing && !self.archive.has_room() => {
                    self.next = Next::Nothing;
                    return Ok(Some(self.archive.finish().map_err(too_long)?));
                }
                Next::Orders => self.read(of_order, Next::CreditNotes).await?,
                Next::CreditNotes => self.read(of_refund, Next::List).await?,
                Next::List => {
                    self.next = Next::Nothing;
                    return Ok(Some(self.archive.finish().map_err(too_long)?));
                }
                Next::Nothing => return Ok(None),
            }
        }
    }
}

impl Sending {
    /// A document as a file of the archive; none where there is no such document, or no room for it.
    async fn file(&mut self, wanted: Wanted) -> Result<Option<Vec<u8>>> {
        if !self.archive.has_room() {
            return Ok(None);
        }
        let Reader {
            app, organization, ..
        } = &self.reader;
        let (name, bytes) = match Box::pin(documents::bytes(app, organization, wanted)).await? {
            Made::File(name, bytes) => (name, bytes),
            Made::Failed(name, error) => {
                let cause = error.cause();
                tracing::error!(?wanted, %cause, "a document of an archive could not be made");
                (format!("{name}.txt"), FAILED.as_bytes().to_vec())
            }
            Made::Nothing => return Ok(None),
        };
        let name = format!("documents/{name}");
        let mut part = self.archive.begin(&name).map_err(too_long)?;
        part.extend(self.archive.add(&bytes).map_err(too_long)?);
        part.extend(self.archive.end().map_err(too_long)?);
        Ok(Some(part))
    }

    /// Reads some rows of the customer, newest first, and what documents they may have; behind the last comes `next`.
    async fn read<R: Record + Send + Sync + 'static>(
        &mut self,
        documents: fn(&R) -> Vec<Wanted>,
        next: Next,
    ) -> Result<()> {
        let Reader {
            app,
            organization,
            customer,
            ..
        } = &self.reader;
        let list = List::of::<R>(organization.id)
            .eq("customer_id", customer.id)
            .order("created_at", Order::Desc);
        let rows = app.store.rows_after(list, self.after.as_ref(), PART);
        let (rows, last): (Vec<R>, _) = rows.await?;
        self.wanted.extend(rows.iter().flat_map(documents));
        if last.is_none() {
            self.next = next;
        }
        self.after = last;
        Ok(())
    }
}

fn too_long(error: TooLong) -> ApiError {
    ApiError::internal(error)
}

fn of_order(row: &OrderRow) -> Vec<Wanted> {
    let invoice = row.invoice_number.as_ref().map(|_| Wanted::Invoice(row.id));
    let receipt = row.receipt_number.as_ref().map(|_| Wanted::Receipt(row.id));
    invoice.into_iter().chain(receipt).collect()
}

fn of_refund(row: &Refund) -> Vec<Wanted> {
    let note = row.credit_note_number.as_ref();
    note.map(|_| Wanted::CreditNote(row.id))
        .into_iter()
        .collect()
}
