//! Documents of orders: what stands on an invoice, a receipt and a credit note, in no language yet, and the addresses at
//! which their files are fetched (docs/behaviour: documents/address).

pub mod address;
mod numbers;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use till_wire::{
    address::Address,
    country::Country,
    events::EventType,
    money::Currency,
    orders::OrderStatus,
    refunds::RefundReason,
    tax::{TaxLine, TaxabilityReason},
    words,
};
use uuid::Uuid;

use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        hex::hex,
        job_request::Queue,
        jobs::JobKind,
        records::{Order, Organization, Payment, Refund, RefundState},
        refusal::Refusal,
    },
    orders::payment::OrderRows,
};

pub use numbers::{TaxNumber, tax_label};

/// The job that makes an order's invoice.
pub const INVOICE_JOB: JobKind<Uuid> = JobKind::new("order_invoice", Queue::Mail);

/// Version of how documents look. A file of an older version is made anew when it is asked for again.
const TEMPLATE: u32 = 1;
/// Hexadecimal digits of a digest that are kept.
const DIGEST: usize = 32;

words! {
    /// A kind of document.
    pub enum DocumentKind {
        /// Bill of an order.
        Invoice = "invoice",
        /// Proof of payment.
        Receipt = "receipt",
        /// Proof of a refund.
        CreditNote = "credit-note",
    }
}

/// A document. Amounts are minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// Number of the order's invoice.
    pub invoice_number: String,
    /// Day of the order; of a credit note, of the refund.
    pub issued_at: Timestamp,
    /// The customer's language, BCP 47.
    pub language: Option<String>,
    /// Seller. No part of the digest: a document that was handed out does not change when the seller moves.
    #[serde(skip)]
    pub seller: Seller,
    /// Buyer.
    pub buyer: BuyerBlock,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Lines; none on a credit note.
    pub lines: Vec<DocumentLine>,
    /// Sums.
    pub sums: Sums,
    /// Taxes in their order; they add up to the tax.
    pub taxes: Vec<TaxLine>,
    /// True where the buyer accounts for the tax.
    pub is_reverse_charge: bool,
    /// Payments, on a receipt.
    pub payments: Vec<DocumentPayment>,
    /// Refunds, on a receipt.
    pub refunds: Vec<DocumentRefund>,
    /// Reason why money was given back, on a credit note.
    pub reason: Option<RefundReason>,
}

/// Seller, as documents name it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seller {
    /// Name that buyers know.
    pub brand: String,
    /// Legal name.
    pub name: String,
    /// Address; without one, at most the country is known.
    pub address: Option<Address>,
    /// Address for questions.
    pub email: Option<String>,
    /// Number of the tax that the buyer pays, or of the seller's own country.
    pub tax_number: Option<TaxNumber>,
    /// Words below the document.
    pub notes: Option<String>,
}

/// Buyer, as documents name them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BuyerBlock {
    /// Billing name, else the customer's name or address.
    pub name: String,
    /// Billing address.
    pub address: Option<Address>,
    /// E-mail address.
    pub email: String,
    /// Tax number.
    pub tax_number: Option<TaxNumber>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentLine {
    /// Name of what is sold.
    pub label: String,
    /// Before discount and tax.
    pub amount: i64,
    /// The period that it pays for.
    pub period: Option<(Timestamp, Timestamp)>,
}

/// Sums, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Sums {
    /// Of the lines.
    pub subtotal: i64,
    /// Taken off.
    pub discount: i64,
    /// Without tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Net and tax.
    pub total: i64,
    /// Balance used, with its sign: negative lowers what is due.
    pub applied_balance: i64,
    /// To be paid, or given back on a credit note.
    pub due: i64,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentPayment {
    /// Brand and last digits, where it was a card.
    pub card: Option<(String, String)>,
    /// The kind of method, where it was not.
    pub method: String,
    /// Time at which it was made.
    pub paid_at: Timestamp,
    /// Minor units.
    pub amount: i64,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentRefund {
    /// Number of its credit note.
    pub number: Option<String>,
    /// Time at which it was made.
    pub refunded_at: Timestamp,
    /// Minor units, tax included.
    pub amount: i64,
}

impl Document {
    /// Digest of what the document says: a file with the same digest says the same.
    pub fn digest(&self) -> String {
        let text = serde_json::to_vec(&(TEMPLATE, self)).unwrap_or_default();
        let mut digest = hex(&Sha256::digest(&text));
        digest.truncate(DIGEST);
        digest
    }

    /// Name of the file that people download.
    pub fn file_name(&self) -> String {
        file_name(self.kind, &self.number)
    }
}

/// Name of a document's file.
pub fn file_name(kind: DocumentKind, number: &str) -> String {
    let kind = match kind {
        DocumentKind::Invoice => "Invoice",
        DocumentKind::Receipt => "Receipt",
        DocumentKind::CreditNote => "Credit-note",
    };
    format!("{kind}-{number}.pdf")
}

/// An order with everything that its documents say.
#[derive(Debug, Clone)]
pub struct DocumentRows {
    /// The seller.
    pub organization: Organization,
    /// The order and its customer.
    pub order: OrderRows,
    /// The payment that paid it.
    pub payment: Option<Payment>,
    /// Its refunds, in any state.
    pub refunds: Vec<Refund>,
}

impl Order {
    /// True where an invoice is written for it.
    pub fn has_invoice(&self) -> bool {
        let is_open = matches!(self.status, OrderStatus::Draft | OrderStatus::Void);
        self.invoice_number.is_some() && !is_open
    }
}

impl Refund {
    /// The number of its credit note, where it has given something back.
    pub fn credit_note(&self) -> Option<&str> {
        let number = self.credit_note_number.as_deref();
        number.filter(|_| self.state == RefundState::Succeeded)
    }
}

impl DocumentRows {
    fn order(&self) -> &Order {
        &self.order.order
    }

    /// The invoice (docs/behaviour: documents/invoice).
    ///
    /// # Errors
    /// `OrderNotEligibleForInvoice` of a draft and of a void order, `MissingInvoiceBillingDetails` without the buyer's
    /// name or address.
    pub fn invoice(&self) -> Result<Document, Refusal> {
        let order = self.order();
        let number = order.invoice_number.clone();
        let Some(number) = number.filter(|_| order.has_invoice()) else {
            return Err(Refusal::OrderNotEligibleForInvoice);
        };
        if order.billing_name.is_none() || order.billing_address.is_none() {
            return Err(Refusal::MissingInvoiceBillingDetails);
        }
        Ok(self.document(DocumentKind::Invoice, number))
    }

    /// The receipt, with what was paid and given back (docs/behaviour: documents/receipt).
    ///
    /// # Errors
    /// `ReceiptNotAllocated` where nothing was charged.
    pub fn receipt(&self) -> Result<Document, Refusal> {
        let number = self.order().receipt_number.clone();
        let number = number.ok_or(Refusal::ReceiptNotAllocated)?;
        let mut document = self.document(DocumentKind::Receipt, number);
        let payments = self.payment.iter().map(|payment| DocumentPayment {
            card: payment
                .card
                .as_ref()
                .map(|card| (card.brand.clone(), card.last4.clone())),
            method: payment.method.clone(),
            paid_at: payment.created_at,
            amount: payment.amount,
        });
        document.payments = payments.collect();
        let given = |refund: &&Refund| refund.state == RefundState::Succeeded;
        let refunds = self.refunds.iter().filter(given);
        document.refunds = refunds
            .map(|refund| DocumentRefund {
                number: refund.credit_note_number.clone(),
                refunded_at: refund.created_at,
                amount: refund.amount,
            })
            .collect();
        document.refunds.sort_by_key(|refund| refund.refunded_at);
        Ok(document)
    }

    /// The credit note of a refund (docs/behaviour: documents/credit-note).
    ///
    /// # Errors
    /// `CreditNoteDoesNotExist` where nothing was given back, or it came back.
    pub fn credit_note(&self, refund: &Refund) -> Result<Document, Refusal> {
        let number = refund.credit_note();
        let number = number.ok_or(Refusal::CreditNoteDoesNotExist)?.to_owned();
        let mut document = self.document(DocumentKind::CreditNote, number);
        document.issued_at = refund.created_at;
        document.lines.clear();
        document.sums = Sums {
            net: refund.net_amount(),
            tax: refund.tax_amount,
            total: refund.amount,
            due: refund.amount,
            ..Sums::default()
        };
        // A part of several taxes has no rule by which it is theirs.
        document.taxes = match document.taxes.as_slice() {
            [only] if refund.tax_amount != 0 => vec![TaxLine {
                amount: refund.tax_amount,
                ..only.clone()
            }],
            _ => Vec::new(),
        };
        document.reason = Some(refund.reason);
        Ok(document)
    }

    fn document(&self, kind: DocumentKind, number: String) -> Document {
        let order = self.order();
        let lines = order.items.iter().map(|item| DocumentLine {
            label: item.label.clone(),
            amount: item.amount,
            period: item.start_timestamp.zip(item.end_timestamp),
        });
        let taxes = order.tax_breakdown.as_ref();
        let taxes = taxes.map(|lines| lines.0.clone()).unwrap_or_default();
        let reversed = |line: &TaxLine| line.taxability_reason == TaxabilityReason::ReverseCharge;
        Document {
            kind,
            number,
            invoice_number: order.invoice_number.clone().unwrap_or_default(),
            issued_at: order.created_at,
            language: self.order.customer.locale.clone(),
            seller: self.seller(),
            buyer: self.buyer(),
            currency: order.currency,
            lines: lines.collect(),
            sums: Sums {
                subtotal: order.subtotal_amount,
                discount: order.discount_amount,
                net: order.net_amount,
                tax: order.tax_amount,
                total: order.total_amount(),
                applied_balance: order.applied_balance_amount,
                due: order.due_amount(),
            },
            is_reverse_charge: taxes.iter().any(reversed),
            taxes: taxes.into_iter().filter(|line| line.amount != 0).collect(),
            payments: Vec::new(),
            refunds: Vec::new(),
            reason: None,
        }
    }

    fn buyer_country(&self) -> Option<Country> {
        let address = self.order().billing_address.as_ref();
        address.map(|address| address.country)
    }

    fn seller(&self) -> Seller {
        let row = &self.organization;
        let settings = &row.settings.invoices;
        let country = row.country.as_deref();
        let country = country.and_then(|code| Country::parse_stored(code).ok());
        let address = settings.address.clone();
        let own = address.as_ref().map(|address| address.country).or(country);
        Seller {
            brand: row.name.clone(),
            name: settings.name.clone().unwrap_or_else(|| row.name.clone()),
            address: address.or(country.map(Address::of_country)),
            email: row.email.clone(),
            tax_number: numbers::of_seller(&settings.tax_ids, self.buyer_country(), own),
            notes: settings.notes.clone(),
        }
    }

    fn buyer(&self) -> BuyerBlock {
        let (order, customer) = (self.order(), &self.order.customer);
        let name = order.billing_name.clone();
        let name = name.or_else(|| customer.name_on_bills());
        BuyerBlock {
            name: name.unwrap_or_else(|| customer.email.clone()),
            address: order.billing_address.as_ref().map(|a| a.0.clone()),
            email: customer.email.clone(),
            tax_number: order.tax_id.clone().map(|number| TaxNumber {
                label: self.buyer_country().map_or("", tax_label),
                number,
            }),
        }
    }

    /// The order's invoice has a file now: its digest, and who is told (docs/behaviour: documents/generated).
    pub fn invoiced(
        &self,
        digest: String,
        subscribers: &Subscribers,
        ctx: &DecisionContext,
    ) -> Changes {
        let mut new = self.order().clone();
        new.invoice_digest = Some(digest);
        let mut changes = Changes::new();
        if !changes.revise(self.order(), &mut new, ctx) {
            changes.touch(self.order());
        }
        let view = || self.order.view_of(&new);
        changes.emit(subscribers, ctx, EventType::OrderUpdated, new.id, view);
        changes
    }

    /// The order's receipt has a file now. Nobody is told: the order is as it was.
    pub fn receipted(&self, digest: String) -> Changes {
        let mut new = self.order().clone();
        new.receipt_digest = Some(digest);
        let mut changes = Changes::new();
        changes.update(self.order(), &new);
        changes
    }
}

/// A refund's credit note has a file now.
pub fn credited(refund: &Refund, digest: String) -> Changes {
    let mut new = refund.clone();
    new.credit_note_digest = Some(digest);
    let mut changes = Changes::new();
    changes.update(refund, &new);
    changes
}
