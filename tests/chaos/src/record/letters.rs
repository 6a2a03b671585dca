//! Letters: those that Till wrote down, and those that arrived.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

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
    /// Letters of which a node could not write down that they were sent, as its log says: it was held up, and its job
    /// went to another one.
    pub unrecorded: HashSet<Uuid>,
}

impl Mailed {
    /// Reads Till's rows and the nodes' logs; the arrivals are the mail server's.
    pub async fn read(store: &Store, arrivals: Vec<Arrival>, logs: &Path) -> Result<Self, Failure> {
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
            unrecorded: unrecorded(logs)?,
        })
    }
}

fn unrecorded(logs: &Path) -> Result<HashSet<Uuid>, Failure> {
    let mut all = HashSet::new();
    for entry in fs::read_dir(logs)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("chaos-node") {
            all.extend(fs::read_to_string(&path)?.lines().filter_map(lost));
        }
    }
    Ok(all)
}

/// The letter of a line that says that the end of its sending was not written down.
fn lost(line: &str) -> Option<Uuid> {
    let is_lost =
        line.contains("could not be recorded") || line.contains("taken over by another node");
    let (_, id) = line.split_once("send_letter:")?;
    id.get(..36)?.parse().ok().filter(|_| is_lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_says_which_letters_were_not_written_down() {
        let id = "05c32a07-0b26-4103-af3d-e620abbb599e";
        let line =
            |words: &str| format!("WARN {words} kind=\"send_letter\" key=\"send_letter:{id}\"");
        let known = Some(id.parse().unwrap());
        assert_eq!(
            lost(&line("the result of a job could not be recorded")),
            known
        );
        assert_eq!(lost(&line("a job was taken over by another node")), known);
        assert_eq!(lost(&line("a job failed and will be retried")), None);
        assert_eq!(lost("a job was taken over by another node"), None);
    }
}
