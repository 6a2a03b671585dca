//! Rows in memory: changes are applied to them as a database would, all or none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    kernel::{
        changes::{Changes, CommitConflict, Record, Write},
        job_request::JobRequest,
        records::{JournalEntry, Payment, PaymentState},
        values::{Columns, Kind, ReadError, Value},
        writes::{DiscountWrite, JobWrite, NamedWrite, SubscriptionWrite, UsageWrite},
    },
    payments::attempt::UNSETTLED,
    subscriptions::bill::ENTRY_TAKEN,
};

/// Versions of rows after earlier writes of a commit.
type Raised = HashMap<(&'static str, Uuid), i64>;

/// Columns of which no two rows have the same.
const UNIQUE: [(&str, &[&str]); 7] = [
    ("usage_events", &["organization_id", "external_id"]),
    ("event_types", &["organization_id", "name"]),
    ("usage_buckets", &["meter_id", "subject_id", "starts_at"]),
    (
        "usage_values",
        &["meter_id", "subject_id", "starts_at", "value"],
    ),
    ("customer_meters", &["customer_id", "meter_id"]),
    (
        "usage_charges",
        &["subscription_id", "meter_id", "price_id", "starts_at"],
    ),
    ("usage_charge_values", &["charge_id", "value"]),
];

/// A table: its columns, as its record writes them, and its rows in the same order.
#[derive(Debug)]
struct Table {
    columns: &'static [&'static str],
    rows: BTreeMap<Uuid, Vec<Value>>,
}

impl Table {
    fn place(&self, column: &str) -> usize {
        let place = self.columns.iter().position(|one| *one == column);
        place.expect("a column of the table")
    }
}

/// The tables, what is told, and the jobs that wait.
#[derive(Debug, Default)]
pub struct Rows {
    tables: BTreeMap<&'static str, Table>,
    /// Entries of the journal since they were last taken.
    told: Vec<JournalEntry>,
    jobs: BTreeMap<String, JobRequest>,
    /// Rows that were written since they were last asked for.
    written: BTreeSet<Uuid>,
}

struct Reading<'a>(std::slice::Iter<'a, Value>);

impl Columns for Reading<'_> {
    fn next(&mut self, _: Kind) -> Result<Value, ReadError> {
        let value = self.0.next();
        Ok(value.expect("as many values as columns").clone())
    }
}

/// Rows that a record reads come first among what it writes.
fn read<R: Record>(values: &[Value]) -> R {
    R::read(&mut Reading(values.iter())).expect("what was written reads")
}

/// The rows of a table that changes insert.
pub fn inserted<R: Record>(changes: &Changes) -> Vec<R> {
    let inserts = changes.writes.iter().filter_map(|write| match write {
        Write::Insert { table, values, .. } if *table == R::TABLE => Some(read(values)),
        _ => None,
    });
    inserts.collect()
}

impl Rows {
    pub fn get<R: Record>(&self, id: Uuid) -> R {
        let row = self
            .tables
            .get(R::TABLE)
            .and_then(|table| table.rows.get(&id));
        read(row.expect("a row of this id"))
    }

    /// Rows whose columns have these values.
    pub fn of<R: Record>(&self, wanted: &[(&str, Value)]) -> Vec<R> {
        let Some(table) = self.tables.get(R::TABLE) else {
            return Vec::new();
        };
        let wanted = wanted
            .iter()
            .map(|(column, value)| (table.place(column), value));
        let wanted: Vec<(usize, &Value)> = wanted.collect();
        let fits = |row: &&Vec<Value>| wanted.iter().all(|(place, value)| row[*place] == **value);
        table
            .rows
            .values()
            .filter(fits)
            .map(|row| read(row))
            .collect()
    }

    /// Events that were told since it was last asked for, in order.
    pub fn take_told(&mut self) -> Vec<JournalEntry> {
        let mut told = std::mem::take(&mut self.told);
        told.sort_by_key(|entry| entry.sequence);
        told
    }

    /// The rows that were written since they were last asked for.
    pub fn take_written(&mut self) -> BTreeSet<Uuid> {
        std::mem::take(&mut self.written)
    }

    /// The jobs of a kind, which are done with this.
    pub fn take_jobs(&mut self, kind: &str) -> Vec<JobRequest> {
        let jobs = std::mem::take(&mut self.jobs).into_iter();
        let (taken, left): (BTreeMap<_, _>, _) = jobs.partition(|(_, job)| job.kind == kind);
        self.jobs = left;
        taken.into_values().collect()
    }

    fn row(&mut self, table: &str, id: Uuid) -> (&[&'static str], &mut Vec<Value>) {
        let table = self.tables.get_mut(table).expect("a table with rows");
        (
            table.columns,
            table.rows.get_mut(&id).expect("a row of this id"),
        )
    }

    /// A claim: the row is due again at this moment.
    pub fn claim(&mut self, table: &str, id: Uuid, until: Timestamp) {
        let (columns, row) = self.row(table, id);
        let place = columns.iter().position(|one| *one == "next_due_at");
        row[place.expect("its column")] = Value::Time(until);
    }

    /// Applies all of the changes, or none.
    pub fn commit(&mut self, changes: Changes) -> Result<(), CommitConflict> {
        // Versions that earlier writes of the same commit have raised.
        let mut raised = HashMap::new();
        for write in &changes.writes {
            self.check(write, &mut raised)?;
        }
        for write in changes.writes {
            self.apply(write);
        }
        Ok(())
    }

    fn check(&self, write: &Write, raised: &mut Raised) -> Result<(), CommitConflict> {
        match write {
            Write::Update {
                table, id, version, ..
            } => {
                self.is_at(table, *id, *version, raised)?;
                raised.extend(version.map(|version| ((*table, *id), version + 1)));
                Ok(())
            }
            Write::Guard { table, id, version } => self.is_at(table, *id, Some(*version), raised),
            Write::Insert { table, values, .. } if *table == Payment::TABLE => {
                let new: Payment = read(values);
                let of_it = [("subject_id", new.subject_id.into())];
                let settled = [PaymentState::Succeeded, PaymentState::Failed];
                let mut rivals = self.of::<Payment>(&of_it).into_iter();
                match rivals.any(|rival| !settled.contains(&rival.state)) {
                    true => Err(CommitConflict::Taken(UNSETTLED.to_owned())),
                    false => Ok(()),
                }
            }
            Write::Insert {
                table,
                columns,
                values,
                ..
            } => self.is_free(table, columns, values),
            Write::Named(NamedWrite::Subscription(SubscriptionWrite::DeleteEntry(id))) => {
                let entries = self.tables.get("billing_entries");
                match entries.is_some_and(|entries| entries.rows.contains_key(id)) {
                    true => Ok(()),
                    false => Err(CommitConflict::NotOne(ENTRY_TAKEN)),
                }
            }
            _ => Ok(()),
        }
    }

    /// Unique indexes of usage: what a null is in, or a bill has, stands in nobody's way.
    fn is_free(
        &self,
        table: &str,
        columns: &[&str],
        values: &[Value],
    ) -> Result<(), CommitConflict> {
        let known = UNIQUE.iter().find(|(of, _)| *of == table);
        let (Some((_, unique)), Some(there)) = (known, self.tables.get(table)) else {
            return Ok(());
        };
        let place = |column: &&str| columns.iter().position(|one| one == column);
        let places: Vec<usize> = unique.iter().filter_map(place).collect();
        assert_eq!(places.len(), unique.len(), "columns of {table}");
        let billed = columns.iter().position(|one| *one == "billed_at");
        let is_rival = |row: &&Vec<Value>| {
            let is_same =
                |place: &usize| row[*place] == values[*place] && row[*place] != Value::Null;
            let is_open = billed.is_none_or(|place| row[place] == Value::Null);
            is_open && places.iter().all(is_same)
        };
        match there.rows.values().find(is_rival) {
            Some(_) => Err(CommitConflict::Taken(table.to_owned())),
            None => Ok(()),
        }
    }

    fn is_at(
        &self,
        table: &'static str,
        id: Uuid,
        version: Option<i64>,
        raised: &Raised,
    ) -> Result<(), CommitConflict> {
        let known = raised.get(&(table, id));
        let table = self.tables.get(table).ok_or(CommitConflict::Stale)?;
        let row = table.rows.get(&id).ok_or(CommitConflict::Stale)?;
        let Some(version) = version else {
            return Ok(());
        };
        let stored = match known {
            Some(raised) => Value::Int(*raised),
            None => row[table.place("version")].clone(),
        };
        match stored == Value::Int(version) {
            true => Ok(()),
            false => Err(CommitConflict::Stale),
        }
    }

    fn apply(&mut self, write: Write) {
        match write {
            Write::Insert { table, values, .. } if table == JournalEntry::TABLE => {
                self.told.push(read(&values));
            }
            Write::Insert {
                table,
                columns,
                values,
                ..
            } => {
                let Value::Uuid(id) = values[0] else {
                    panic!("{table}: a row without an id");
                };
                self.written.insert(id);
                let rows = BTreeMap::new();
                let table = self.tables.entry(table).or_insert(Table { columns, rows });
                let before = table.rows.insert(id, values);
                assert!(before.is_none(), "an id is used twice");
            }
            Write::Update { table, id, set, .. } => {
                self.written.insert(id);
                let (columns, row) = self.row(table, id);
                for (column, value) in set {
                    let place = columns.iter().position(|one| *one == column);
                    row[place.expect("a column of the table")] = value;
                }
            }
            Write::Guard { .. } => {}
            Write::Named(NamedWrite::Usage(UsageWrite::DeleteChargeValues(id))) => {
                if let Some(values) = self.tables.get_mut("usage_charge_values") {
                    let place = values.place("charge_id");
                    values.rows.retain(|_, row| row[place] != Value::Uuid(id));
                }
            }
            // Nobody else makes types meanwhile.
            Write::Named(NamedWrite::Usage(
                UsageWrite::LockTypes { .. } | UsageWrite::CheckTypes { .. },
            )) => {}
            Write::Named(NamedWrite::Job(
                JobWrite::Request(job) | JobWrite::RequestForBenefits { job, .. },
            )) => {
                self.jobs.insert(job.key.clone(), job);
            }
            Write::Named(NamedWrite::Job(JobWrite::Withdraw(key))) => {
                self.jobs.remove(&key);
            }
            Write::Named(NamedWrite::Subscription(SubscriptionWrite::DeleteEntry(id))) => {
                let entries = self.tables.get_mut("billing_entries");
                let taken = entries.and_then(|entries| entries.rows.remove(&id));
                taken.expect("it was checked");
            }
            // Discounts here have no limits.
            Write::Named(NamedWrite::Discount(
                DiscountWrite::CountUse { .. }
                | DiscountWrite::CountLateUse(_)
                | DiscountWrite::GiveBackUse(_),
            )) => {}
            Write::Named(other) => panic!("nothing is known of {other:?}"),
        }
    }
}
