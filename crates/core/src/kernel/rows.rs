//! Reading several records from one joined row.

use crate::kernel::{
    changes::Record,
    values::{Cell, Columns, Kind, ReadError, Value},
};

/// A value read from the columns of one row, from left to right: a [`Record`], a tuple of them,
/// an `Option<Record>` for the missing side of a left join, or one [`Col`].
pub trait FromColumns: Sized {
    /// Reads its columns and leaves the rest.
    fn from_columns(row: &mut dyn Columns) -> Result<Self, ReadError>;
}

impl<R: Record> FromColumns for R {
    fn from_columns(row: &mut dyn Columns) -> Result<Self, ReadError> {
        R::read(row)
    }
}

/// `None` where the id, a record's first column, is null.
impl<R: Record> FromColumns for Option<R> {
    fn from_columns(row: &mut dyn Columns) -> Result<Self, ReadError> {
        let id = row.next(Kind::Uuid)?;
        if id != Value::Null {
            return R::read(&mut PeekedColumns {
                first: Some(id),
                rest: row,
            })
            .map(Some);
        }
        for _ in 1..R::COLUMNS.len() {
            row.next(Kind::Text)?;
        }
        Ok(None)
    }
}

/// A row whose first column was already taken.
struct PeekedColumns<'a> {
    first: Option<Value>,
    rest: &'a mut dyn Columns,
}

impl Columns for PeekedColumns<'_> {
    fn next(&mut self, kind: Kind) -> Result<Value, ReadError> {
        match self.first.take() {
            Some(value) => Ok(value),
            None => self.rest.next(kind),
        }
    }
}

/// One column that belongs to no record, such as a count in a joined row.
#[derive(Debug, Clone, PartialEq)]
pub struct Col<T>(pub T);

impl<T: Cell> FromColumns for Col<T> {
    fn from_columns(row: &mut dyn Columns) -> Result<Self, ReadError> {
        T::from_value(row.next(T::KIND)?)
            .map(Col)
            .map_err(|problem| ReadError {
                column: "(computed)".to_owned(),
                problem,
            })
    }
}

macro_rules! tuple {
    ($($part:ident),+) => {
        impl<$($part: FromColumns),+> FromColumns for ($($part,)+) {
            fn from_columns(row: &mut dyn Columns) -> Result<Self, ReadError> {
                Ok(($($part::from_columns(row)?,)+))
            }
        }
    };
}
tuple!(A, B);
tuple!(A, B, C);
tuple!(A, B, C, D);
tuple!(A, B, C, D, E);
tuple!(A, B, C, D, E, F);
