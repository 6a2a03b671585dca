//! Documents: their numbers and digests in Till's rows, the files that Till keeps, and those that buyers fetched.

use std::{
    collections::{BTreeMap, BTreeSet, hash_map::DefaultHasher},
    fs,
    hash::{Hash, Hasher},
    path::Path,
};

use till_core::{documents::address, kernel::records};
use till_store::{Col, Query, Store};
use uuid::Uuid;

use crate::Failure;

/// An order's numbers.
#[derive(Debug, Clone)]
pub struct Numbered {
    pub order: Uuid,
    pub customer: Uuid,
    pub invoice: Option<String>,
    pub receipt: Option<String>,
    /// Number of credit notes that it counts.
    pub credit_notes: i64,
}

/// A refund's credit note.
#[derive(Debug, Clone)]
pub struct CreditNote {
    pub refund: Uuid,
    pub order: Option<Uuid>,
    /// The refund's state.
    pub state: String,
    pub number: Option<String>,
}

/// The numbers that a customer's next documents get.
#[derive(Debug, Clone)]
pub struct Next {
    pub customer: Uuid,
    pub invoice: i64,
    pub receipt: i64,
}

/// A file that was fetched.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The path of the API that told where it is.
    pub asked: String,
    /// Its path in the storage of files.
    pub path: String,
    /// Digest of its bytes.
    pub bytes: u64,
    pub is_pdf: bool,
}

/// Everything about documents.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    pub orders: Vec<Numbered>,
    pub credit_notes: Vec<CreditNote>,
    pub next: Vec<Next>,
    /// Paths of the files that rows name.
    pub named: BTreeSet<String>,
    /// The files that are kept, with digests of their bytes.
    pub files: BTreeMap<String, u64>,
    pub fetched: Vec<Fetched>,
    /// Orders whose invoice was asked for, which was accepted.
    pub asked: BTreeSet<Uuid>,
    /// Files that were fetched once, and were not there at the end.
    pub missing: Vec<String>,
}

/// Digest of a file's bytes.
pub fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

impl Documents {
    /// Reads Till's rows and the folder of its files.
    pub async fn read(store: &Store, files: &Path) -> Result<Self, Failure> {
        let mut all = Self::default();
        let orders = Query::select::<records::Order>("", vec![]);
        for row in store.all::<records::Order>(orders).await? {
            let path = |kind: &str, digest: &Option<String>| {
                let file = format!("{kind}-{}", digest.as_ref()?);
                Some(address::path(row.organization_id, row.id, &file))
            };
            all.named.extend(path("invoice", &row.invoice_digest));
            all.named.extend(path("receipt", &row.receipt_digest));
            all.orders.push(Numbered {
                order: row.id,
                customer: row.customer_id,
                invoice: row.invoice_number,
                receipt: row.receipt_number,
                credit_notes: row.credit_notes,
            });
        }
        let refunds = Query::select::<records::Refund>("", vec![]);
        for row in store.all::<records::Refund>(refunds).await? {
            if let Some(digest) = row.credit_note_digest {
                let file = format!("credit-note-{digest}");
                let path = address::path(row.organization_id, row.id, &file);
                all.named.insert(path);
            }
            all.credit_notes.push(CreditNote {
                refund: row.id,
                order: row.order_id,
                state: row.state.to_string(),
                number: row.credit_note_number,
            });
        }
        type NextRow = (Col<Uuid>, Col<i64>, Col<i64>);
        let next = Query::raw(
            "select id, invoice_next, receipt_next from customers",
            vec![],
        );
        for (Col(customer), Col(invoice), Col(receipt)) in store.all::<NextRow>(next).await? {
            all.next.push(Next {
                customer,
                invoice,
                receipt,
            });
        }
        kept(files, &mut all.files)?;
        Ok(all)
    }
}

/// The files of documents: `documents/{organization}/{subject}/{file}.pdf`.
fn kept(root: &Path, files: &mut BTreeMap<String, u64>) -> Result<(), Failure> {
    let mut folders = vec![root.join("documents")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "pdf") {
                let name = path.strip_prefix(root)?.display().to_string();
                files.insert(name, digest(&fs::read(&path)?));
            }
        }
    }
    Ok(())
}
