//! Custom fields: what a checkout asks, and how an answer is judged (docs/behaviour/custom-fields.md).

mod edit;
mod judge;

use jiff::Timestamp;
use serde_json::{Map, Value};
use till_wire::{
    custom_fields::{CustomField as View, CustomFieldKind},
    metadata::Metadata,
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    records::CustomField,
    values::Json,
    writes::{AnsweredIn, CustomFieldWrite},
};

pub use edit::{RENAME_AGAIN, RENAME_JOB, Renamed, create, delete, update};
pub use judge::judge;

/// A custom field of a product: what its checkout asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProductField<'a> {
    /// The field.
    pub field: &'a CustomField,
    /// True where a buyer must fill it in to confirm.
    pub required: bool,
}

impl CustomField {
    /// The kind of answer that it takes.
    pub fn takes(&self) -> CustomFieldKind {
        CustomFieldKind::of(self.kind, &self.properties.0)
    }

    /// The text that buyers read at it: its label, else its name.
    pub fn label(&self) -> String {
        let words = self.takes().words().clone();
        words.form_label.unwrap_or_else(|| self.name.clone())
    }

    /// The field as the API shows it.
    pub fn view(&self) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            organization_id: self.organization_id,
            metadata: self.metadata.0.clone(),
            slug: self.slug.clone(),
            name: self.name.clone(),
            kind: self.takes(),
        }
    }
}

/// A row that holds answers to custom fields.
#[derive(Debug, Clone, PartialEq)]
pub struct AnsweredRow {
    /// The row.
    pub id: Uuid,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Its version.
    pub version: i64,
    /// Its answers by slug.
    pub answers: Metadata,
}

/// Moves a row's answers to a field's new slug, unless the row has changed since it was read.
pub fn rewrite(changes: &mut Changes, of: AnsweredIn, row: &AnsweredRow, old: &str, new: &str) {
    changes.write(CustomFieldWrite::ReplaceAnswers {
        of,
        id: row.id,
        version: row.version,
        answers: Json(renamed(&row.answers, old, new)),
    });
}

/// The answers with those under `old` moved to `new`, in the same place; an answer that `new` has already is
/// the later one, and stays.
pub fn renamed(answers: &Metadata, old: &str, new: &str) -> Metadata {
    let taken = answers.contains_key(new);
    let mut moved = Map::new();
    for (key, value) in answers.iter() {
        match key == old {
            true if taken => {}
            true => {
                moved.insert(new.to_owned(), Value::clone(value));
            }
            false => {
                moved.insert(key.clone(), value.clone());
            }
        }
    }
    Metadata(moved)
}

#[cfg(test)]
mod tests;
