//! Customers as lists and detail pages show them.

use std::collections::HashMap;

use till_wire::customers::Customer;
use uuid::Uuid;

use super::{access::Viewer, parts::Cell};
use crate::{error::Result, http::extract::Caller};

/// The buyer: the name, and the e-mail below it.
pub fn customer(viewer: &Viewer, customer: &Customer) -> Cell {
    let (text, note) = called(customer);
    match customer.deleted_at {
        Some(_) => Cell::Noted(text, "deleted".to_owned()),
        None => Cell::Link {
            href: viewer.path(&format!("/customers/{}", customer.id)),
            text,
            note,
        },
    }
}

/// A customer's name, else the e-mail; with a name, the e-mail too. A team may have neither.
pub fn called(customer: &Customer) -> (String, Option<String>) {
    match &customer.name {
        Some(name) => (name.clone(), customer.email.clone()),
        None => (address(customer), None),
    }
}

/// A customer's e-mail address; words and the ID for a team without one.
pub fn address(customer: &Customer) -> String {
    let without = || format!("Team {}", customer.id);
    customer.email.clone().unwrap_or_else(without)
}

/// The people behind rows that do not name their customers: the customer's id, else what is known of the person.
#[derive(Default)]
pub struct Buyers {
    rows: HashMap<Uuid, (Option<Uuid>, Option<String>)>,
    customers: HashMap<Uuid, Customer>,
}

impl Buyers {
    /// Reads the customers, deleted ones too; of each row its own id, the customer's, and what else is known.
    pub async fn of<A>(
        caller: &Caller<A>,
        rows: impl IntoIterator<Item = (Uuid, Option<Uuid>, Option<String>)>,
    ) -> Result<Self> {
        let rows = rows.into_iter();
        let rows: HashMap<_, _> = rows.map(|(row, id, known)| (row, (id, known))).collect();
        let ids: Vec<Uuid> = rows.values().filter_map(|(id, _)| *id).collect();
        let own = caller.organization.id;
        let customers = caller.app.store.customers(own, &ids).await?;
        let customers = customers.iter().map(|row| (row.id, row.view())).collect();
        Ok(Self { rows, customers })
    }

    /// The customer's id.
    pub fn id(&self, row: Uuid) -> Option<Uuid> {
        self.rows.get(&row)?.0
    }

    /// The other things known.
    pub fn known(&self, row: Uuid) -> Option<&String> {
        self.rows.get(&row)?.1.as_ref()
    }

    /// The customer, else what else is known.
    pub fn cell(&self, viewer: &Viewer, row: Uuid) -> Cell {
        match self.id(row).and_then(|id| self.customers.get(&id)) {
            Some(found) => customer(viewer, found),
            None => Cell::text(self.known(row).cloned()),
        }
    }
}
