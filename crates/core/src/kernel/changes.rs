//! A transaction is a value: everything a decision wants written, as data.
//!
//! `till-core` says *what* should be true; `till-store` makes all of it true at once or none of it.

use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::context::DecisionContext;
use crate::kernel::facts::Fact;
use crate::kernel::values::{Cell, Columns, ReadError, Value};
use crate::kernel::writes::{NamedWrite, Statement};

/// A row type: its table, its columns, and the way there and back. Made by [`record!`](crate::record).
pub trait Record: Sized {
    /// The table's name.
    const TABLE: &'static str;
    /// The columns, in the order of [`Record::values`] and [`Record::read`].
    const COLUMNS: &'static [&'static str];
    /// Columns that are only written, each with the column that it is worked out from: see [`Record::folded`].
    const FOLDED: &'static [(&'static str, &'static str)] = &[];
    /// All columns that are written: [`Record::COLUMNS`], then those of [`Record::FOLDED`].
    const WRITTEN: &'static [&'static str] = Self::COLUMNS;
    /// The values of all columns.
    fn values(&self) -> Vec<Value>;
    /// The values of [`Record::FOLDED`], which follow from the row: what it says in the form that is searched or
    /// compared ([`crate::kernel::folding`]), or null where that is only its lower case.
    fn folded(&self) -> Vec<Value> {
        Vec::new()
    }
    /// The values of [`Record::WRITTEN`].
    fn written(&self) -> Vec<Value> {
        let mut values = self.values();
        values.extend(self.folded());
        values
    }
    /// A row from its columns.
    fn read(row: &mut dyn Columns) -> Result<Self, ReadError>;
    /// The primary key.
    fn id(&self) -> Uuid;
    /// The version, for aggregates that several people change.
    fn version(&self) -> Option<i64>;
    /// The wake-up once the row is written in place of `before` (none: it is new).
    fn wakes(&self, _before: Option<&Self>) -> Option<Wake> {
        None
    }
}

/// A wake-up of those who have something to do once changes are committed. A hint: they look from time to time, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// The workers: jobs or webhook events are due.
    Workers,
    /// Whoever follows the journal.
    Journal,
}

/// Columns of a row that are one value, such as the terms of a sale. Made by [`part!`](crate::part).
pub trait Part: Sized {
    /// The columns, in the order of [`Part::values`] and [`Part::read`].
    const COLUMNS: &'static [&'static str];
    /// Adds the values of all columns.
    fn values(&self, into: &mut Vec<Value>);
    /// The part of a row of `table`, from its columns.
    fn read(row: &mut dyn Columns, table: &str) -> Result<Self, ReadError>;
}

/// The next column as its type.
pub fn read_cell<T: Cell>(
    row: &mut dyn Columns,
    table: &str,
    column: &str,
) -> Result<T, ReadError> {
    T::from_value(row.next(T::KIND)?).map_err(|problem| ReadError {
        column: format!("{table}.{column}"),
        problem,
    })
}

/// Lists of columns, one after the other.
pub const fn joined<const N: usize>(lists: &[&[&'static str]]) -> [&'static str; N] {
    let mut all = [""; N];
    let (mut list, mut next) = (0, 0);
    while list < lists.len() {
        let mut place = 0;
        while place < lists[list].len() {
            all[next] = lists[list][place];
            (place, next) = (place + 1, next + 1);
        }
        list += 1;
    }
    assert!(next == N, "all columns are joined");
    all
}

/// Lists of columns as one constant list.
#[doc(hidden)]
#[macro_export]
macro_rules! columns {
    ($first:expr) => { $first };
    ($first:expr $(, $list:expr)+) => {{
        const FIRST: &[&str] = $first;
        const ALL: [&str; FIRST.len() $(+ { const LIST: &[&str] = $list; LIST.len() })+] =
            $crate::kernel::changes::joined(&[FIRST $(, $list)+]);
        &ALL
    }};
}

/// Declares a value that fills several columns, and its [`Part`]. As JSON it is an object that has all of its fields.
#[macro_export]
macro_rules! part {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* $field:ident : $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[allow(missing_docs, reason = "a column is named as its migration names it")]
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$fmeta])* pub $field: $type),+ }
        impl $crate::kernel::changes::Part for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
            fn values(&self, into: &mut Vec<$crate::kernel::values::Value>) {
                into.extend([$($crate::kernel::values::Cell::to_value(&self.$field)),+]);
            }
            fn read(row: &mut dyn $crate::kernel::values::Columns, table: &str) -> Result<Self, $crate::kernel::values::ReadError> {
                Ok(Self { $($field: $crate::kernel::changes::read_cell(row, table, stringify!($field))?),+ })
            }
        }
    };
}

/// Declares a row type and its [`Record`]: one struct, one table, one place.
///
/// The first column must be `id: Uuid`. `versioned` records carry `version: i64`, which
/// [`Changes::update`] checks and raises. `checked` records have a `check(&self) -> Result<(), String>`: a row whose
/// columns do not go together is not read, so that nothing is worked out from half a price.
/// `parts { terms: Terms }` adds the columns of values that several row types share: see [`Part`].
/// `folded { name_folded: searchable(name) }` adds columns that are written whenever the row is, worked out by a
/// function of [`crate::kernel::folding`]: see [`Record::folded`]; `searchable(name in buyer)` where a part has the column.
/// `wakes due` names the row's own function that says who is woken when it is written: see [`Record::wakes`].
#[macro_export]
macro_rules! record {
    ($(#[$meta:meta])* $table:literal $(, $flag:ident)*; $(#[$smeta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* $field:ident : $type:ty),+ $(,)? }
        $(parts { $($part:ident : $ptype:ty),+ $(,)? })?
        $(folded { $($column:ident : $fold:ident ( $source:ident $(in $inside:ident)? )),+ $(,)? })? $(wakes $wakes:ident)?) => {
        $(#[$meta])*
        $(#[$smeta])*
        #[allow(missing_docs, reason = "a column is named as its migration names it")]
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$fmeta])* pub $field: $type,)+ $($(pub $part: $ptype),+)? }
        impl $crate::kernel::changes::Record for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = $crate::columns!(
                &[$(stringify!($field)),+] $($(, <$ptype as $crate::kernel::changes::Part>::COLUMNS)+)?
            );
            $(const FOLDED: &'static [(&'static str, &'static str)] = &[$((stringify!($column), stringify!($source))),+];)?
            const WRITTEN: &'static [&'static str] = $crate::columns!(
                &[$(stringify!($field)),+] $($(, <$ptype as $crate::kernel::changes::Part>::COLUMNS)+)?
                $(, &[$(stringify!($column)),+])?
            );
            $(fn folded(&self) -> Vec<$crate::kernel::values::Value> {
                vec![$($crate::kernel::values::Cell::to_value(
                    &$crate::kernel::folding::Text::text(&self $(.$inside)? .$source).and_then($crate::kernel::folding::$fold)
                )),+]
            })?
            fn values(&self) -> Vec<$crate::kernel::values::Value> {
                let mut values = Vec::with_capacity(Self::WRITTEN.len());
                values.extend([$($crate::kernel::values::Cell::to_value(&self.$field)),+]);
                $($($crate::kernel::changes::Part::values(&self.$part, &mut values);)+)?
                values
            }
            fn read(row: &mut dyn $crate::kernel::values::Columns) -> Result<Self, $crate::kernel::values::ReadError> {
                let read = Self {
                    $($field: $crate::kernel::changes::read_cell(row, $table, stringify!($field))?,)+
                    $($($part: $crate::kernel::changes::Part::read(row, $table)?),+)?
                };
                $($crate::record!(@$flag read $table);)*
                Ok(read)
            }
            fn id(&self) -> uuid::Uuid { self.id }
            fn version(&self) -> Option<i64> { $crate::record!(@version self $($flag)*) }
            $(fn wakes(&self, before: Option<&Self>) -> Option<$crate::kernel::changes::Wake> { self.$wakes(before) })?
        }
    };
    (@versioned $read:ident $table:literal) => {};
    (@checked $read:ident $table:literal) => {
        $read.check().map_err(|problem| $crate::kernel::values::ReadError {
            column: format!("{} {}", $table, $read.id),
            problem,
        })?
    };
    (@version $self:ident versioned $($rest:ident)*) => { Some($self.version) };
    (@version $self:ident checked) => { None };
    (@version $self:ident) => { None };
}

/// A row that says when it was last changed, and how often.
pub trait Revised: Record {
    /// It is changed now.
    fn revised(&mut self, now: Timestamp);
}

/// One write and what must hold for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// A new row. A unique violation refuses the whole as [`CommitConflict::Taken`].
    Insert {
        /// Table.
        table: &'static str,
        /// Columns.
        columns: &'static [&'static str],
        /// Values, one per column.
        values: Vec<Value>,
        /// The wake-up after the commit.
        wakes: Option<Wake>,
    },
    /// Changed columns of one row; refused as [`CommitConflict::Stale`] when the version has moved or the row is gone.
    Update {
        /// Table.
        table: &'static str,
        /// Primary key.
        id: Uuid,
        /// The version the decision was made on.
        version: Option<i64>,
        /// The columns that change.
        set: Vec<(&'static str, Value)>,
        /// The wake-up after the commit.
        wakes: Option<Wake>,
    },
    /// A row that was only read must still be as read, else [`CommitConflict::Stale`].
    Guard {
        /// Table.
        table: &'static str,
        /// Primary key.
        id: Uuid,
        /// The version the decision was made on.
        version: i64,
    },
    /// A write that the store knows by its name.
    Named(NamedWrite),
}

/// Reason why a commit wrote nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitConflict {
    /// A row moved between load and commit: load and decide again.
    #[error("a row changed between reading and writing")]
    Stale,
    /// A unique index (its name) already holds the value.
    #[error("unique index {0} already holds this value")]
    Taken(String),
    /// A named write that must touch exactly one row touched none or several; its label.
    #[error("{0} did not touch exactly one row")]
    NotOne(&'static str),
}

/// A hint to whoever watches `topic` (a buyer's open page), published after the commit. Never the truth:
/// a lost signal costs a poll, not data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The topic that is watched, such as `checkout:<id>`.
    pub topic: String,
    /// The message, JSON text.
    pub message: String,
}

/// The writes of one decision: all are applied, or none is.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use = "changes do nothing until they are committed"]
pub struct Changes {
    /// In the order they are applied.
    pub writes: Vec<Write>,
    /// Published after the commit.
    pub signals: Vec<Signal>,
    /// Facts for the journal's next entry.
    pub(super) facts: Vec<Fact>,
}

impl Changes {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row.
    pub fn insert<R: Record>(&mut self, row: &R) -> &mut Self {
        self.writes.push(Write::Insert {
            table: R::TABLE,
            columns: R::WRITTEN,
            values: row.written(),
            wakes: row.wakes(None),
        });
        self
    }

    /// An event of an order or a subscription whose row these changes do not write: its kind and the row. There must be
    /// none: a row that stays as it is takes [`Changes::update_told`]. Decisions that write the same row are made one after the
    /// other, so their events have the order of the decisions; those that only read it are not. Named writes do not count.
    ///
    /// A change of a session that changes nothing is exempt: the page that its buyer has open counts the versions.
    pub fn told_without_write(&self) -> Option<(&str, Uuid)> {
        let of = |columns: &[&str], values: &'_ [Value], name: &str| {
            let at = columns.iter().position(|column| *column == name)?;
            values.get(at).cloned()
        };
        let is_written = |id: Uuid| {
            self.writes.iter().any(|write| match write {
                Write::Insert {
                    columns, values, ..
                } => of(columns, values, "id") == Some(Value::Uuid(id)),
                Write::Update { id: written, .. } => *written == id,
                Write::Guard { .. } | Write::Named(_) => false,
            })
        };
        self.writes.iter().find_map(|write| match write {
            Write::Insert {
                table: "journal",
                columns,
                values,
                ..
            } => {
                let at = columns.iter().position(|column| *column == "kind")?;
                let Value::Text(kind) = values.get(at)? else {
                    return None;
                };
                let Value::Uuid(subject) = of(columns, values, "subject_id")? else {
                    return None;
                };
                let is_ordered = kind.starts_with("order.") || kind.starts_with("subscription.");
                (is_ordered && !is_written(subject)).then_some((kind.as_str(), subject))
            }
            _ => None,
        })
    }

    /// Writes the columns that differ, where the version is still `old`'s; raises the version.
    /// Nothing differs: nothing is written, but the version is still guarded.
    pub fn update<R: Record>(&mut self, old: &R, new: &R) -> &mut Self {
        debug_assert_eq!(old.id(), new.id(), "update must not change the id");
        let mut set: Vec<_> = R::WRITTEN
            .iter()
            .zip(old.written().into_iter().zip(new.written()))
            .filter(|(column, (before, after))| **column != "version" && before != after)
            .map(|(column, (_, after))| (*column, after))
            .collect();
        if set.is_empty() {
            return self.guard(old);
        }
        if let Some(version) = old.version() {
            set.push(("version", Value::Int(version + 1)));
        }
        self.writes.push(Write::Update {
            table: R::TABLE,
            id: old.id(),
            version: old.version(),
            set,
            wakes: new.wakes(Some(old)),
        });
        self
    }

    /// [`Changes::update`] of a row that these changes tell of: its version rises also where nothing differs, so that the
    /// events of two decisions have the decisions' order.
    pub fn update_told<R: Record>(&mut self, old: &R, new: &R) -> &mut Self {
        match old.written() == new.written() {
            true => self.touch(old),
            false => self.update(old, new),
        }
    }

    /// [`Changes::update`] of what somebody asked to be changed: where anything differs the row says when that was, and
    /// has its next version; where nothing does, nothing is written. Whether anything did.
    pub fn revise<R: Revised + PartialEq>(
        &mut self,
        old: &R,
        new: &mut R,
        ctx: &DecisionContext,
    ) -> bool {
        if old == new {
            return false;
        }
        new.revised(ctx.now);
        self.update(old, new);
        true
    }

    /// Makes the commit depend on a versioned row that was only read.
    pub fn guard<R: Record>(&mut self, row: &R) -> &mut Self {
        if let Some(version) = row.version() {
            self.writes.push(Write::Guard {
                table: R::TABLE,
                id: row.id(),
                version,
            });
        }
        self
    }

    /// Raises the version of a row that stays as it is, where it is still the one that was read: of two
    /// decisions about what belongs to the row, made at the same time, one is refused as stale.
    pub fn touch<R: Record>(&mut self, row: &R) -> &mut Self {
        if let Some(version) = row.version() {
            self.writes.push(Write::Update {
                table: R::TABLE,
                id: row.id(),
                version: Some(version),
                set: vec![("version", Value::Int(version + 1))],
                wakes: None,
            });
        }
        self
    }

    /// A write that the store knows by its name.
    pub fn write(&mut self, write: impl Into<NamedWrite>) -> &mut Self {
        self.writes.push(Write::Named(write.into()));
        self
    }

    /// SQL that must touch exactly one row, else the commit is refused with `refusal`. For tests: decisions name
    /// their writes.
    #[doc(hidden)]
    pub fn exactly_one(
        &mut self,
        refusal: &'static str,
        sql: &'static str,
        binds: Vec<Value>,
    ) -> &mut Self {
        self.write(Statement {
            sql,
            binds,
            refusal: Some(refusal),
            wakes_workers: false,
        })
    }

    /// SQL that may touch any number of rows. For tests: decisions name their writes.
    #[doc(hidden)]
    pub fn any(&mut self, sql: &'static str, binds: Vec<Value>) -> &mut Self {
        self.write(Statement {
            sql,
            binds,
            refusal: None,
            wakes_workers: false,
        })
    }

    /// Tells watchers of `topic` after the commit.
    pub fn signal(&mut self, topic: impl Into<String>, message: impl Into<String>) -> &mut Self {
        self.signals.push(Signal {
            topic: topic.into(),
            message: message.into(),
        });
        self
    }

    /// Appends another decision's writes.
    pub fn and(&mut self, other: Changes) -> &mut Self {
        self.writes.extend(other.writes);
        self.signals.extend(other.signals);
        let facts = std::mem::take(&mut self.facts);
        for fact in facts.into_iter().chain(other.facts) {
            self.note(fact);
        }
        self
    }

    /// True where `who` has something to do once this is committed.
    pub fn wakes(&self, who: Wake) -> bool {
        self.writes.iter().any(|write| match write {
            Write::Insert { wakes, .. } | Write::Update { wakes, .. } => *wakes == Some(who),
            Write::Guard { .. } => false,
            Write::Named(write) => who == Wake::Workers && write.wakes_workers(),
        })
    }

    /// True where nothing is written and nobody told, whatever must still hold.
    pub fn writes_nothing(&self) -> bool {
        let guards = |write: &Write| matches!(write, Write::Guard { .. });
        self.signals.is_empty() && self.writes.iter().all(guards)
    }

    /// True where there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.signals.is_empty()
    }
}
