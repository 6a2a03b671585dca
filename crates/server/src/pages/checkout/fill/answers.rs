//! The merchant's own questions, with what is answered.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use till_core::{catalog::custom_fields::ProductField, checkout::Session};
use till_wire::custom_fields::CustomFieldKind;

use super::super::{
    form::CheckoutForm,
    markdown,
    view::{Answer, AnswerKind},
};

/// The fields that the selected product asks for.
pub(super) fn answers(session: &Session, form: Option<&CheckoutForm>) -> Vec<Answer> {
    let row = &session.checkout;
    let typed = form.filter(|f| f.is_of(row.terms.product_id));
    let custom_fields = session.selected().custom_fields();
    custom_fields
        .iter()
        .map(|one| {
            let slug = one.field.slug.as_str();
            let value = match typed {
                Some(form) => form.answer(slug).unwrap_or_default().to_owned(),
                None => kept(row.buyer.custom_field_data.0.get(slug), &one.field.takes()),
            };
            answer(one, value)
        })
        .collect()
}

fn answer(one: &ProductField<'_>, value: String) -> Answer {
    let takes = one.field.takes();
    let words = takes.words().clone();
    let day = |seconds: i64| {
        let moment = Timestamp::from_second(seconds).unwrap_or_default();
        moment.to_zoned(TimeZone::UTC).date().to_string()
    };
    Answer {
        slug: one.field.slug.clone(),
        label: markdown::render_line(&one.field.label()),
        name: markdown::words(&one.field.label()),
        help: words.form_help_text.as_deref().map(markdown::render_line),
        placeholder: words.form_placeholder,
        required: one.required,
        kind: match takes {
            CustomFieldKind::Text(text) if text.textarea == Some(true) => {
                AnswerKind::Lines(text.max_length)
            }
            CustomFieldKind::Text(text) => AnswerKind::Text(text.max_length),
            CustomFieldKind::Number(_) => AnswerKind::Number,
            CustomFieldKind::Date(bounds) => {
                AnswerKind::Date(bounds.ge.map(day), bounds.le.map(day))
            }
            CustomFieldKind::Checkbox(_) => AnswerKind::Checkbox,
            CustomFieldKind::Select(select) => {
                let options = select.options.into_iter();
                AnswerKind::Select(options.map(|o| (o.value, o.label)).collect())
            }
        },
        value,
    }
}

/// A kept answer as its field shows it: of a moment only the day.
fn kept(answer: Option<&Value>, takes: &CustomFieldKind) -> String {
    match (answer, takes) {
        (Some(Value::String(moment)), CustomFieldKind::Date(_)) => {
            moment.split('T').next().unwrap_or_default().to_owned()
        }
        (Some(Value::String(text)), _) => text.clone(),
        (Some(Value::Bool(false)) | None | Some(Value::Null), _) => String::new(),
        (Some(other), _) => other.to_string(),
    }
}
