//! A `Changes` as the engines take it: statements, and who is told once they are committed.

use std::borrow::Cow;

use till_core::kernel::{
    changes::{Changes, CommitConflict, Signal, Wake, Write},
    values::Value,
};

use crate::list::Dialect;
use crate::{sql, writes};

/// One statement.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) binds: Vec<Value>,
    /// The refusal when it does not touch exactly one row.
    pub(crate) unless_one: Option<CommitConflict>,
    /// True where it could touch several rows.
    pub(crate) several: bool,
    /// Set where it writes one row as a record declares it: steps that write alike can be sent as one.
    pub(crate) row: Option<RowWrite>,
}

/// Write of one row, without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowWrite {
    /// Table and columns; the values are in their order.
    Insert(&'static str, &'static [&'static str]),
    /// Table and columns; the values are in their order, and after them stand the row's id and the version that was read.
    Update(&'static str, Vec<&'static str>),
}

/// The statements and hints of one commit.
#[derive(Debug)]
pub(crate) struct Batch {
    /// In the order they are applied.
    pub(crate) steps: Vec<Step>,
    pub(crate) signals: Vec<Signal>,
    /// Workers have something to do.
    pub(crate) wakes_workers: bool,
    /// The journal has new rows.
    pub(crate) wakes_journal: bool,
}

impl Batch {
    pub(crate) fn new(changes: Changes, dialect: Dialect) -> Self {
        debug_assert_eq!(changes.told_without_write(), None);
        Self {
            wakes_workers: changes.wakes(Wake::Workers),
            wakes_journal: changes.wakes(Wake::Journal),
            signals: changes.signals,
            steps: (changes.writes.into_iter())
                .map(|write| step(write, dialect))
                .collect(),
        }
    }
}

fn step(write: Write, dialect: Dialect) -> Step {
    match write {
        Write::Insert {
            table,
            columns,
            values,
            ..
        } => Step {
            sql: Cow::Owned(sql::insert(table, columns)),
            binds: values,
            unless_one: None,
            several: false,
            row: Some(RowWrite::Insert(table, columns)),
        },
        Write::Update {
            table,
            id,
            version,
            set,
            ..
        } => {
            let columns = set.iter().map(|(column, _)| *column).collect();
            let row = version.map(|_| RowWrite::Update(table, columns));
            let (sql, binds) = sql::update(table, id, version, set);
            Step {
                sql: Cow::Owned(sql),
                binds,
                unless_one: Some(CommitConflict::Stale),
                several: false,
                row,
            }
        }
        Write::Guard { table, id, version } => Step {
            sql: Cow::Owned(sql::guard(table, dialect)),
            binds: vec![Value::Uuid(id), Value::Int(version)],
            unless_one: Some(CommitConflict::Stale),
            several: false,
            row: None,
        },
        Write::Named(write) => {
            let statement = writes::statement(write);
            Step {
                sql: Cow::Borrowed(statement.sql),
                binds: statement.binds,
                unless_one: statement.refusal.map(CommitConflict::NotOne),
                several: true,
                row: None,
            }
        }
    }
}
