//! Memory of the fake: its records, each in a table.

use std::collections::HashMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A record of a table.
pub trait Record: Serialize + DeserializeOwned {
    /// The id, unique in its table.
    fn id(&self) -> &str;
}

/// Records in the order in which they were made.
#[derive(Debug)]
pub struct Table<T> {
    rows: Vec<T>,
    places: HashMap<String, usize>,
    /// Places that changed since they were last written down.
    changed: Vec<usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            places: HashMap::new(),
            changed: Vec::new(),
        }
    }
}

impl<T: Record> Table<T> {
    /// The record of an id.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.places.get(id).map(|place| &self.rows[*place])
    }

    /// Adds a record, or replaces the one of its id.
    pub fn put(&mut self, row: T) {
        let place = match self.places.get(row.id()) {
            Some(place) => {
                self.rows[*place] = row;
                *place
            }
            None => {
                self.places.insert(row.id().to_owned(), self.rows.len());
                self.rows.push(row);
                self.rows.len() - 1
            }
        };
        self.changed.push(place);
    }

    /// Changes the record of an id, if it is there.
    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut T)) {
        if let Some(place) = self.places.get(id) {
            change(&mut self.rows[*place]);
            self.changed.push(*place);
        }
    }

    /// All records, the oldest first.
    pub fn all(&self) -> &[T] {
        &self.rows
    }

    /// The last record that a test fits.
    pub fn last(&self, fits: impl Fn(&T) -> bool) -> Option<&T> {
        self.rows.iter().rev().find(|row| fits(row))
    }

    /// Lines for the file, of what changed since the last time.
    fn written(&mut self, table: &str, lines: &mut String) {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        for place in changed {
            lines.push_str(&json!({ "table": table, "row": &self.rows[place] }).to_string());
            lines.push('\n');
        }
    }

    fn load(&mut self, row: Value) -> Result<(), serde_json::Error> {
        self.put(serde_json::from_value(row)?);
        self.changed.clear();
        Ok(())
    }
}

macro_rules! records {
    ($($(#[$doc:meta])* $record:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $record {
            pub id: String,
            pub created: i64,
            $($(#[$field_doc])* pub $field: $kind),*
        }

        impl Record for $record {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )*};
}

/// Pairs of texts that a merchant keeps with an object.
pub type Metadata = Map<String, Value>;

records! {
    /// A customer.
    Customer {
        /// `email`, `name`, `description`, `phone`, `address`, …
        fields: Map<String, Value>,
        metadata: Metadata,
        deleted: bool,
    }
    /// A card as a payment method.
    PaymentMethod {
        customer: Option<String>,
        /// The number, which is a test card's.
        number: String,
        exp_month: i64,
        exp_year: i64,
        /// `billing_details`.
        billing: Value,
        metadata: Metadata,
        allow_redisplay: String,
        /// True where its holder agreed to later payments.
        set_up: bool,
        /// True where it was used or detached without belonging to a customer, so that it is of no more use.
        consumed: bool,
        /// True where it has paid or was kept, so that its fingerprint is known.
        seen: bool,
    }
    /// A confirmation token.
    ConfirmationToken {
        expires_at: i64,
        number: String,
        exp_month: i64,
        exp_year: i64,
        billing: Value,
        setup_future_usage: Option<String>,
        return_url: Option<String>,
        shipping: Option<Value>,
        /// The intent that it confirmed.
        used_by: Option<String>,
    }
    /// A payment intent.
    PaymentIntent {
        amount: i64,
        currency: String,
        status: String,
        client_secret: String,
        customer: Option<String>,
        description: Option<String>,
        metadata: Metadata,
        allowed: Option<Vec<String>>,
        /// `allow_redirects` of the automatic payment methods, if they are on.
        automatic: Option<String>,
        capture_method: String,
        setup_future_usage: Option<String>,
        method: Option<String>,
        latest_charge: Option<String>,
        last_error: Option<Value>,
        receipt_email: Option<String>,
        shipping: Option<Value>,
        suffix: Option<String>,
        transfer_group: Option<String>,
        request_three_d_secure: Option<String>,
        canceled_at: Option<i64>,
        cancellation_reason: Option<String>,
        challenge: Option<Challenge>,
        /// Time at which its bank has decided, while it is `processing`.
        due: Option<i64>,
    }
    /// A setup intent.
    SetupIntent {
        status: String,
        client_secret: String,
        customer: Option<String>,
        description: Option<String>,
        metadata: Metadata,
        allowed: Option<Vec<String>>,
        automatic: Option<String>,
        usage: String,
        method: Option<String>,
        latest_attempt: Option<String>,
        last_error: Option<Value>,
        request_three_d_secure: Option<String>,
        cancellation_reason: Option<String>,
        challenge: Option<Challenge>,
    }
    /// A charge.
    Charge {
        intent: String,
        amount: i64,
        currency: String,
        customer: Option<String>,
        method: String,
        paid: bool,
        /// The error of a charge that failed: `code`, `message`, `decline_code`.
        failure: Option<Value>,
        amount_refunded: i64,
        disputed: bool,
        authenticated: bool,
        transaction: Option<String>,
        metadata: Metadata,
        description: Option<String>,
        receipt_email: Option<String>,
        suffix: Option<String>,
        shipping: Option<Value>,
        transfer_group: Option<String>,
    }
    /// A refund.
    Refund {
        charge: String,
        intent: String,
        amount: i64,
        currency: String,
        status: String,
        reason: Option<String>,
        metadata: Metadata,
        failure_reason: Option<String>,
        transaction: Option<String>,
        failure_transaction: Option<String>,
        /// State that it comes to, and its time.
        due: Option<(i64, String)>,
    }
    /// A dispute.
    Dispute {
        charge: String,
        intent: String,
        amount: i64,
        currency: String,
        status: String,
        reason: String,
        metadata: Metadata,
        transactions: Vec<String>,
    }
    /// An entry of the account's balance.
    BalanceTransaction {
        amount: i64,
        fee: i64,
        currency: String,
        kind: String,
        category: String,
        source: String,
        description: Option<String>,
    }
    /// Something that happened, with the object as it was then.
    Event {
        kind: String,
        object: Value,
        previous: Option<Value>,
        request: Option<String>,
        idempotency_key: Option<String>,
    }
    /// An endpoint that notices are sent to.
    WebhookEndpoint {
        url: String,
        events: Vec<String>,
        secret: String,
        description: Option<String>,
        metadata: Metadata,
        api_version: Option<String>,
        enabled: bool,
    }
    /// A domain that wallets know.
    PaymentMethodDomain { name: String, enabled: bool }
    /// An idempotency key with its answer; its id is the key.
    IdempotentResult { fingerprint: String, path: String, request: String, status: u16, body: String }
}

/// A question to a card's holder that waits for its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Challenge {
    /// Last part of the page's address.
    pub id: String,
    /// Address to which the buyer goes afterwards.
    pub return_url: Option<String>,
    /// True where the script shows it.
    pub by_script: bool,
}

macro_rules! tables {
    ($($field:ident: $record:ident),* $(,)?) => {
        /// All tables.
        #[derive(Debug, Default)]
        pub struct Books {
            $(pub $field: Table<$record>,)*
            /// Value that makes ids differ from those of other fakes.
            pub seed: u64,
            /// Ids made so far.
            pub made: u64,
            /// Seconds that the clock was moved by.
            pub moved: i64,
            /// `made` and `moved` as they were last written down.
            kept: (u64, i64),
        }

        impl Books {
            /// Lines for the file, of what changed since the last time.
            pub fn written(&mut self) -> String {
                let mut lines = String::new();
                $(self.$field.written(stringify!($field), &mut lines);)*
                if self.kept != (self.made, self.moved) {
                    self.kept = (self.made, self.moved);
                    let (made, moved) = self.kept;
                    lines.push_str(&json!({ "made": made, "moved": moved, "seed": self.seed }).to_string());
                    lines.push('\n');
                }
                lines
            }

            /// Takes in one line of the file.
            ///
            /// # Errors
            ///
            /// Lines that are not of these books.
            pub fn load(&mut self, line: &str) -> Result<(), String> {
                let mut line: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
                let row = line["row"].take();
                match line["table"].as_str() {
                    $(Some(stringify!($field)) => self.$field.load(row).map_err(|error| error.to_string()),)*
                    Some(other) => Err(format!("there is no table {other}")),
                    None => {
                        self.made = line["made"].as_u64().ok_or("it is no line of the books")?;
                        self.moved = line["moved"].as_i64().unwrap_or_default();
                        self.seed = line["seed"].as_u64().unwrap_or_default();
                        self.kept = (self.made, self.moved);
                        Ok(())
                    }
                }
            }
        }
    };
}

tables! {
    customers: Customer, methods: PaymentMethod, tokens: ConfirmationToken, intents: PaymentIntent, setups: SetupIntent, charges: Charge,
    refunds: Refund, disputes: Dispute, transactions: BalanceTransaction, events: Event, endpoints: WebhookEndpoint,
    domains: PaymentMethodDomain, keys: IdempotentResult,
}

impl Books {
    /// A new id, with the prefix of its kind.
    pub fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!(
            "{prefix}_{}",
            letters(&format!("{}:{}", self.seed, self.made), 24)
        )
    }
}

/// Letters and digits that follow from a text.
pub fn letters(text: &str, length: usize) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let digest = Sha256::digest(text.as_bytes());
    let more = Sha256::digest(digest);
    let bytes = digest.iter().chain(more.iter());
    bytes
        .take(length)
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_the_file_are_the_books() {
        let mut books = Books {
            seed: 7,
            ..Books::default()
        };
        let id = books.id("du");
        books.domains.put(PaymentMethodDomain {
            id: id.clone(),
            created: 1,
            name: "a.example".to_owned(),
            enabled: true,
        });
        let mut lines = books.written();
        books.domains.change(&id, |domain| domain.enabled = false);
        lines.push_str(&books.written());
        assert_eq!(books.written(), "");

        let mut again = Books::default();
        for line in lines.lines() {
            again.load(line).expect("a line");
        }
        assert_eq!(again.domains.all().len(), 1);
        assert!(!again.domains.all()[0].enabled);
        assert_eq!((again.made, again.seed), (1, 7));
        assert_eq!(again.id("x"), books.id("x"));
        assert!(again.load("{}").is_err() && again.load("nonsense").is_err());
    }
}
