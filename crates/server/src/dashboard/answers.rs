//! The answers to custom fields, as the buyer read the questions.

use serde_json::Value;
use till_core::kernel::records::CustomField;
use till_store::StoreError;
use till_wire::{custom_fields::CustomFieldKind, metadata::Metadata};

use super::{
    access::Viewer,
    detail::{Fact, Part},
    parts::Cell,
};
use crate::error::Result;

/// The part of a page with the answers, each under its field's label; none where nothing was answered.
pub async fn answers(viewer: &Viewer, answers: &Metadata) -> Result<Option<Part>> {
    let slugs: Vec<&str> = answers.0.keys().map(String::as_str).collect();
    if slugs.is_empty() {
        return Ok(None);
    }
    let (store, own) = (&viewer.app.store, viewer.organization.id);
    let fields = match store.custom_fields_by_slugs(own, &slugs).await {
        // A field that does not read costs the labels, not the page.
        Err(StoreError::Read(error)) => {
            tracing::error!(%error, "a custom field cannot be read; its answers are shown under their slugs");
            Vec::new()
        }
        found => found?,
    };
    let fact = |(slug, answer): (&String, &Value)| {
        let field = fields.iter().find(|field| field.slug == *slug);
        let label = field.map_or_else(|| slug.clone(), CustomField::label);
        Fact::new(label, value(answer, field.map(CustomField::takes)))
    };
    let facts = answers.0.iter().map(fact).collect();
    Ok(Some(Part::Facts("Answers", facts)))
}

/// An answer as its field shows it: the words of a choice, of a moment only the day.
fn value(answer: &Value, takes: Option<CustomFieldKind>) -> Cell {
    let text = match (answer, takes) {
        (Value::Null, _) => return Cell::Empty,
        (Value::Bool(yes), _) => if *yes { "Yes" } else { "No" }.to_owned(),
        (Value::String(text), Some(CustomFieldKind::Select(select))) => {
            let chosen = select.options.into_iter().find(|one| one.value == *text);
            chosen.map_or_else(|| text.clone(), |one| one.label)
        }
        (Value::String(text), Some(CustomFieldKind::Date(_))) => {
            text.split('T').next().unwrap_or_default().to_owned()
        }
        (Value::String(text), _) => text.clone(),
        (other, _) => other.to_string(),
    };
    Cell::Text(text)
}
