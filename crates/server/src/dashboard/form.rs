//! Forms. A field is named by the place of its value in the API's body, so a form becomes that body, the
//! API's reader judges it, and its problems come back to their fields.

mod errors;
pub mod local_time;

use askama::Template;
use till_wire::{input::Words, money::Currency, values::Interval};
use uuid::Uuid;

use super::{layout::Layout, parts::sentence};
use crate::{dashboard::access::Viewer, http::idempotency, pages::Page};

pub use crate::dashboard::form::errors::{FormErrors, judged};
pub use crate::dashboard::form_data::FormData;

/// The kind of a field: how it is filled in.
#[derive(Debug, Clone)]
pub enum Kind {
    /// One line; the type of the input.
    Line(&'static str),
    /// An amount in major units.
    Amount,
    /// Several lines.
    Area(u8),
    /// One of these: value and words.
    Choice(Vec<(String, String)>),
    /// Yes or no.
    Tick,
    /// Any of these: value, words, and whether it is ticked.
    Ticks(Vec<(String, String, bool)>),
    /// Any of these, in groups under headings.
    GroupedTicks(Vec<TickGroup>),
    /// Fields of their own, as safe HTML that was rendered by a template.
    Html(String),
    /// Carried along unseen.
    Hidden,
}

/// Boxes of one field that belong together.
#[derive(Debug, Clone)]
pub struct TickGroup {
    /// The heading.
    pub title: String,
    /// The boxes.
    pub options: Vec<TickOption>,
}

/// A box that is ticked or not.
#[derive(Debug, Clone)]
pub struct TickOption {
    /// The value that is sent where it is ticked; also its words.
    pub value: String,
    /// True where it is ticked.
    pub on: bool,
}

impl Kind {
    /// One of these: values and words.
    pub fn choice<V, W>(options: impl IntoIterator<Item = (V, W)>) -> Self
    where
        V: Into<String>,
        W: Into<String>,
    {
        let options = options.into_iter();
        Self::Choice(options.map(|(v, w)| (v.into(), w.into())).collect())
    }

    /// Any of these: values and words.
    pub fn ticks(options: impl IntoIterator<Item = (String, String)>) -> Self {
        let options = options.into_iter();
        Self::Ticks(options.map(|(v, w)| (v, w, false)).collect())
    }

    /// One of the API's words.
    pub fn words<W: Words + 'static>() -> Self {
        let words = W::ALL.iter().map(|word| word.word());
        Self::choice(words.map(|word| (word, sentence(word))))
    }

    /// A currency.
    pub fn currencies() -> Self {
        let codes = Currency::ALL.iter().map(|one| one.as_str());
        Self::choice(codes.map(|code| (code, code.to_uppercase())))
    }

    /// The units of a trial, or none.
    pub fn trial_units(none: &str) -> Self {
        let units = Interval::ALL.iter();
        Self::choice(units.map(|unit| (unit.as_str(), sentence(&format!("{unit}s"))))).or(none)
    }

    /// A choice that may be left out, which these words say.
    pub fn or(mut self, words: &str) -> Self {
        if let Self::Choice(options) = &mut self {
            options.insert(0, (String::new(), words.to_owned()));
        }
        self
    }
}

/// The choices, by id and name, and behind them those chosen already: a list ends somewhere and leaves
/// out what is archived, and what a form does not show, it takes away.
pub fn with_chosen(
    options: impl IntoIterator<Item = (Uuid, String)>,
    chosen: impl IntoIterator<Item = (Uuid, String)>,
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (id, name) in options.into_iter().chain(chosen) {
        let id = id.to_string();
        if !all.iter().any(|(known, _)| *known == id) {
            all.push((id, name));
        }
    }
    all
}

/// The currency of a further row: one that no row has yet, the usual ones first.
pub fn next_currency(used: &[Currency]) -> Currency {
    let usual = ["usd", "eur", "gbp"].iter().filter_map(|c| c.parse().ok());
    let mut all = usual.chain(Currency::ALL.iter().copied());
    all.find(|one| !used.contains(one)).unwrap_or(Currency::USD)
}

/// A field of a form.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/field.html")]
pub struct Field {
    /// The place of its value in the API's body.
    pub name: String,
    label: String,
    kind: Kind,
    value: String,
    hint: Option<String>,
    error: Option<String>,
    required: bool,
    focus: bool,
    autocomplete: &'static str,
    only: Option<&'static str>,
    /// Not said to be optional, as that is plain to see.
    unmarked: bool,
}

impl Field {
    /// A field.
    pub fn new(name: impl Into<String>, label: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            hint: None,
            error: None,
            required: false,
            focus: false,
            autocomplete: "off",
            unmarked: false,
            only: None,
        }
    }

    /// The field, shown only while the choice in its group is `kind`.
    pub fn only(mut self, kind: &'static str) -> Self {
        self.only = Some(kind);
        self
    }

    /// With the value it shows at first.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// With a line of help.
    pub fn hint(mut self, words: impl Into<String>) -> Self {
        self.hint = Some(words.into());
        self
    }

    /// The field, which must be filled in.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The field, which has the focus when the page opens.
    pub fn focus(mut self) -> Self {
        self.focus = true;
        self
    }

    /// With the browser's word for what it holds.
    pub fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = word;
        self
    }

    /// As a person sent it, with what is wrong with it.
    fn again(&mut self, form_data: &FormData, errors: &FormErrors) {
        match &mut self.kind {
            Kind::Tick => {
                self.value = if form_data.ticked(&self.name) {
                    "true"
                } else {
                    ""
                }
                .to_owned()
            }
            Kind::Ticks(options) => {
                let ticked = form_data.all(&self.name);
                for (value, _, on) in options {
                    *on = ticked.contains(&value.as_str());
                }
            }
            Kind::GroupedTicks(groups) => {
                let ticked = form_data.all(&self.name);
                for option in groups.iter_mut().flat_map(|group| &mut group.options) {
                    option.on = ticked.contains(&option.value.as_str());
                }
            }
            // A password is typed again.
            Kind::Line("password") => {}
            _ => {
                if let Some(value) = form_data.get(&self.name) {
                    self.value = value.to_owned();
                }
            }
        }
        self.error = errors.at(&self.name);
    }

    fn id(&self) -> String {
        self.name.replace('.', "-")
    }

    fn is_marked(&self) -> bool {
        !self.required && !self.unmarked
    }

    fn described(&self) -> Option<String> {
        let id = self.id();
        let parts = [
            self.hint.as_ref().map(|_| format!("{id}-hint")),
            self.error.as_ref().map(|_| format!("{id}-error")),
        ];
        let ids: Vec<_> = parts.into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// A part of a form under a heading.
#[derive(Debug, Clone)]
pub struct Group {
    /// The heading; empty for none.
    pub title: String,
    /// A line below it.
    pub note: Option<String>,
    /// The fields.
    pub fields: Vec<Field>,
    /// The fields stand side by side where there is room.
    pub row: bool,
    /// The fields stand in pairs, as rows of keys and values.
    pub pairs: bool,
    /// The place of the group as a whole in the API's body, for problems that are about no one field.
    pub place: Option<String>,
    /// Buttons below it that change the form's rows: name, value and words.
    pub buttons: Vec<(&'static str, String, String)>,
    error: Option<String>,
}

impl Group {
    /// Fields one below the other.
    pub fn new(title: impl Into<String>, fields: Vec<Field>) -> Self {
        Self {
            title: title.into(),
            note: None,
            fields,
            row: false,
            pairs: false,
            place: None,
            buttons: Vec::new(),
            error: None,
        }
    }

    /// Rows of free data for programs, with room for two more.
    pub fn metadata(form_data: &FormData) -> Self {
        let rows = form_data.rows_with_spare("_metadata", &["key", "value"], 2);
        let fields = rows.into_iter().enumerate().flat_map(|(place, row)| {
            [("key", "Key"), ("value", "Value")].map(|(part, words)| {
                let name = format!("_metadata.{row}.{part}");
                Field::new(name, format!("{words} {}", place + 1), Kind::Line("text"))
            })
        });
        Self::new("Metadata", fields.collect())
            .note("Your own data for your programs; customers never see it.")
            .place("metadata")
            .pairs()
    }

    /// With a button that changes the form's rows.
    pub fn button(mut self, name: &'static str, value: String, words: impl Into<String>) -> Self {
        self.buttons.push((name, value, words.into()));
        self
    }

    /// With a line below the heading.
    pub fn note(mut self, words: impl Into<String>) -> Self {
        self.note = Some(words.into());
        self
    }

    /// Side by side.
    pub fn row(mut self) -> Self {
        self.row = true;
        self
    }

    /// In pairs; none of them has to be filled in.
    pub fn pairs(mut self) -> Self {
        self.pairs = true;
        for field in &mut self.fields {
            field.unmarked = true;
        }
        self
    }

    /// With its place in the API's body.
    pub fn place(mut self, name: impl Into<String>) -> Self {
        self.place = Some(name.into());
        self
    }
}

/// A form.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/form.html")]
pub struct Form {
    /// The address that it is posted to.
    pub action: String,
    /// Words on its button.
    pub submit: String,
    /// True where the button destroys something.
    pub danger: bool,
    /// Its parts.
    pub groups: Vec<Group>,
    /// The address of a live preview of the form, if it has one.
    pub preview: Option<String>,
    /// The way out of a form that asks: the address that "Go back" leads to.
    pub back: Option<String>,
    idempotency_key: Option<String>,
    errors: Vec<String>,
    anchors: Vec<(String, String)>,
}

impl Form {
    /// A form.
    pub fn new(action: impl Into<String>, submit: impl Into<String>, groups: Vec<Group>) -> Self {
        Self {
            action: action.into(),
            submit: submit.into(),
            danger: false,
            groups,
            preview: None,
            back: None,
            idempotency_key: None,
            errors: Vec::new(),
            anchors: Vec::new(),
        }
    }

    /// The form, which makes something once, however often it is sent.
    pub fn idempotency_key(mut self, viewer: &Viewer) -> Self {
        self.idempotency_key = Some(viewer.key.clone());
        self
    }

    /// As a person sent it, with what the API found wrong.
    pub fn again(mut self, form_data: &FormData, errors: &FormErrors) -> Self {
        for group in &mut self.groups {
            for field in &mut group.fields {
                field.again(form_data, errors);
            }
            group.error = group.place.as_deref().and_then(|place| errors.at(place));
        }
        let fields = || self.groups.iter().flat_map(|group| &group.fields);
        // What is wrong with a field that nobody sees is said above the form.
        let seen = fields().filter(|field| !matches!(field.kind, Kind::Hidden));
        let names = seen.map(|field| field.name.as_str()).chain(
            self.groups
                .iter()
                .filter_map(|group| group.place.as_deref()),
        );
        self.errors = errors.unplaced(names);
        self.anchors = fields()
            .filter(|field| field.error.is_some() && !matches!(field.kind, Kind::Hidden))
            .map(|field| (field.id(), field.label.clone()))
            .collect();
        self
    }

    fn has_errors(&self) -> bool {
        !self.errors.is_empty()
            || !self.anchors.is_empty()
            || self.groups.iter().any(|group| group.error.is_some())
    }
}

/// A page with one form, and beside it what the form makes.
#[derive(Debug, Template)]
#[template(path = "dashboard/form_page.html")]
pub struct FormPage {
    /// Around it.
    pub layout: Layout,
    /// The form.
    pub form: Form,
    /// Safe HTML beside the form, replaced by its live preview.
    pub aside: Option<String>,
}

impl Page for FormPage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }
}

/// A page that asks once before something is destroyed. With script it opens as a dialog.
#[derive(Debug, Template)]
#[template(path = "dashboard/confirm.html")]
pub struct ConfirmPage {
    /// Around it; its title is the question.
    pub layout: Layout,
    /// The consequence, in words.
    pub words: String,
    /// Words on the button.
    pub submit: &'static str,
    /// The address that the form is posted to.
    pub action: String,
    /// The address that "Cancel" leads to.
    pub cancel: String,
}

impl Page for ConfirmPage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_shown_again_but_never_a_password() {
        let form = Form::new(
            "/x",
            "Save",
            vec![Group::new(
                "",
                vec![
                    Field::new("name", "Name", Kind::Line("text")),
                    Field::new("password", "Password", Kind::Line("password")),
                ],
            )],
        );
        let form_data = FormData::parse(b"name=%3Cb%3E&password=secret").unwrap();
        let html = form
            .again(&form_data, &FormErrors::field("name", "too short"))
            .to_string();
        assert!(
            html.contains("&#60;b&#62;") && !html.contains("secret"),
            "{html}"
        );
        assert!(
            html.contains("too short") && html.contains("aria-invalid"),
            "{html}"
        );
    }
}
