//! Letters: those that Till wrote down, and those that arrived.

use std::collections::HashMap;

use jiff::Timestamp;
use till_core::kernel::records;
use till_store::{Col, Query, Store};
use uuid::Uuid;

use crate::Failure;

/// A letter in Till's rows.
#[derive(Debug, Clone)]
pub struct Letter {
    pub id: Uuid,
    pub kind: String,
    /// The customer whom it is for; whom it tells of, where it is for the team.
    pub customer: Option<Uuid>,
    /// The order whose number it names.
    pub order: Option<Uuid>,
    pub recipient: String,
    pub state: String,
    /// Reason of its state.
    pub reason: Option<String>,
}

/// Act of the mail server on a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It took the letter and said so.
    Answered,
    /// It took the letter and hung up without a word.
    Cut,
    /// It did not take it this time.
    Refused,
}

/// A letter that came to the mail server.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Till's id of it, as its name says.
    pub letter: Option<Uuid>,
    /// The `Message-ID`.
    pub name: String,
    pub recipient: String,
    pub subject: String,
    /// Moment at which all of it had come.
    pub at: Timestamp,
    pub taken: Taken,
}

/// Everything about letters.
#[derive(Debug, Clone, Default)]
pub struct Mailed {
    pub letters: Vec<Letter>,
    /// In order of arrival.
    pub arrivals: Vec<Arrival>,
    /// Addresses of the merchant's people.
    pub people: Vec<String>,
}

impl Mailed {
    /// Reads Till's rows; the arrivals are the mail server's.
    pub async fn read(store: &Store, arrivals: Vec<Arrival>) -> Result<Self, Failure> {
        let orders = Query::select::<records::Order>("", vec![]);
        let orders = store.all::<records::Order>(orders).await?;
        let numbers: HashMap<&str, Uuid> = orders
            .iter()
            .filter_map(|order| Some((order.invoice_number.as_deref()?, order.id)))
            .collect();
        let mails = Query::select::<records::Mail>("", vec![]);
        let mails = store.all::<records::Mail>(mails).await?;
        let letters = mails.into_iter().map(|mail| Letter {
            id: mail.id,
            kind: mail.kind.to_string(),
            customer: mail.customer_id.or(mail.about_customer_id),
            order: mail
                .content
                .0
                .facts
                .iter()
                .find_map(|(_, value)| numbers.get(value.as_str()).copied()),
            recipient: mail.recipient,
            state: mail.state.to_string(),
            reason: mail.reason,
        });
        let people = "select u.email from users u join members m on m.user_id = u.id";
        let people = Query::raw(people, vec![]);
        let people = store.all::<Col<String>>(people).await?;
        Ok(Self {
            letters: letters.collect(),
            arrivals,
            people: people.into_iter().map(|Col(email)| email).collect(),
        })
    }
}
