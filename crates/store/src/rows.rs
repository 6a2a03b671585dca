//! Rows between an engine and its caller. The engines do not know the type of a row, so that they are compiled once, and
//! not again for each type in each crate that reads it.

use std::any::Any;

use till_core::kernel::changes::Record;
use till_core::kernel::rows::FromColumns;
use till_core::kernel::values::{Columns, ReadError, Value};

/// Rows being read, of a type that the engines do not know.
pub(crate) trait Rows: Any + Send {
    /// Reads one more row.
    fn push(&mut self, row: &mut dyn Columns) -> Result<(), ReadError>;

    /// The number of rows so far.
    fn count(&self) -> usize;
}

impl<T: FromColumns + Send + 'static> Rows for Vec<T> {
    fn push(&mut self, row: &mut dyn Columns) -> Result<(), ReadError> {
        self.push(T::from_columns(row)?);
        Ok(())
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// The rows in their own type.
pub(crate) fn typed<T: 'static>(rows: Box<dyn Rows>) -> Vec<T> {
    let rows: Box<dyn Any> = rows;
    *rows
        .downcast()
        .expect("an engine gives back the rows that it was given")
}

/// Rows of a list.
pub(crate) trait PageRows: Rows {
    /// The value of `column` in the row at `index`, and the row's id; none where the column is null.
    fn position(&self, index: usize, column: &str) -> Option<[Value; 2]>;

    /// Takes the first row away.
    fn drop_first(&mut self);
}

impl<R: Record + Send + 'static> PageRows for Vec<R> {
    fn position(&self, index: usize, column: &str) -> Option<[Value; 2]> {
        let place = R::COLUMNS.iter().position(|known| *known == column)?;
        let row = self.get(index)?;
        let value = row.values().swap_remove(place);
        (value != Value::Null).then(|| [value, Value::Uuid(row.id())])
    }

    fn drop_first(&mut self) {
        if !self.is_empty() {
            self.remove(0);
        }
    }
}
